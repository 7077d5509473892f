//! Records of the practice as the screen and the command line show them.

use std::collections::BTreeMap;

use clinic::{
    Appointment, BlockTarget, ConflictKey, OperatoryId, Patient, PatientId, Person, ProviderId, Roster,
    Start, TimeBlock, Zones,
};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::api::{
    AppointmentCard, AppointmentTypeView, BlockCard, EquipmentView, LocationView, MinuteSpan, OpeningView,
    OperatoryView, PatientFields, PatientView, PersonView, PracticeView, ProviderView, RosterView,
    RuleSetting, WeightSetting, Who, WorkstationView,
};
use crate::audit::seen;

/// Names for ids, for words.
pub struct Names<'a> {
    pub roster: &'a Roster,
    pub patients: &'a dyn Fn(PatientId) -> String,
}

impl Names<'_> {
    pub fn patient(&self, id: PatientId) -> String {
        (self.patients)(id)
    }

    pub fn operatory(&self, id: OperatoryId) -> String {
        self.roster
            .operatory(id)
            .map_or_else(|| "a removed operatory".to_owned(), |record| record.name.clone())
    }

    pub fn provider(&self, id: ProviderId) -> String {
        self.roster
            .provider(id)
            .map_or_else(|| "a removed provider".to_owned(), |record| record.name.clone())
    }

    pub fn block_target(&self, target: &BlockTarget) -> String {
        match target {
            BlockTarget::Provider(id) => self.provider(*id),
            BlockTarget::Operatory(id) => self.operatory(*id),
            BlockTarget::Location(id) => self
                .roster
                .location(*id)
                .map_or_else(|| "a removed location".to_owned(), |record| record.name.clone()),
        }
    }
}

pub fn person_view(record: &Person) -> PersonView {
    PersonView {
        id: record.id,
        name: record.name.clone(),
        initials: record.initials.clone(),
    }
}

pub fn card(
    visit: &Appointment,
    zones: &Zones,
    head: &store::PatientHead,
    conflicts: Vec<ConflictKey>,
    needs_new_time: Option<String>,
) -> AppointmentCard {
    seen::note(visit.patient);
    AppointmentCard {
        id: visit.id,
        patient: visit.patient,
        patient_name: head.name.clone(),
        appointment_type: visit.appointment_type,
        provider: visit.provider,
        operatory: visit.operatory,
        location: visit.location,
        date: visit.starts_at.date().to_string(),
        start_minute: visit.starts_at.minute_of_day(),
        later_of_two: zones.is_later_of_two(&visit.starts_at),
        length_minutes: visit.length_minutes(),
        pattern: visit.pattern.to_string(),
        status: visit.status,
        doctor_needed: visit.doctor_needed,
        is_asap: visit.is_asap,
        has_note: !visit.note.is_empty(),
        has_alert: head.has_alert,
        is_first_visit: head.first_visit == Some(visit.id),
        arrived_at: visit.arrived_at.map(instant),
        seated_at: visit.seated_at.map(instant),
        completed_at: visit.completed_at.map(instant),
        checked_out_at: visit.checked_out_at.map(instant),
        conflicts,
        needs_new_time,
        arrive_early_minutes: Some(visit.arrive_early_minutes).filter(|minutes| *minutes > 0),
        also: visit.also.clone(),
        equipment: visit.equipment.clone(),
        assistant: visit.assistant,
        second_provider: visit.second_provider,
        second_pattern: visit.wanted_second().map(|pattern| pattern.to_string()),
    }
}

/// A block as each wall day from `from` to `until` sees it: cut at the midnights.
pub fn block_cards(block: &TimeBlock, zones: &Zones, from: Date, until: Date) -> Vec<BlockCard> {
    let minutes = i32::try_from(block.length_minutes).unwrap_or(i32::MAX);
    let Ok(end) = zones.after_minutes(&block.starts_at, minutes) else {
        return Vec::new();
    };
    let first = block.starts_at.date().max(from);
    // A block that ends at midnight does not reach into the next day.
    let last = if end.minute_of_day() == 0 && end.date() > block.starts_at.date() {
        end.date().yesterday().unwrap_or(end.date())
    } else {
        end.date()
    }
    .min(until);
    let mut cards = Vec::new();
    let mut date = first;
    while date <= last {
        let start_minute = if date == block.starts_at.date() {
            block.starts_at.minute_of_day()
        } else {
            0
        };
        let end_minute = if date == end.date() {
            end.minute_of_day()
        } else {
            24 * 60
        };
        if end_minute > start_minute {
            cards.push(BlockCard {
                id: block.id,
                target: block.target,
                location: block.location,
                date: date.to_string(),
                start_minute,
                length_minutes: end_minute - start_minute,
                title: block.title.clone(),
                policy: block.policy.clone(),
                series: block.series,
                absence: block.absence,
            });
        }
        match date.tomorrow() {
            Ok(next) => date = next,
            Err(_) => break,
        }
    }
    cards
}

pub fn patient_fields(patient: &Patient) -> PatientFields {
    PatientFields {
        chart_number: patient.chart_number.clone(),
        family_name: patient.family_name.clone(),
        given_name: patient.given_name.clone(),
        preferred_name: patient.preferred_name.clone(),
        birth_date: patient.birth_date.map(|date| date.to_string()),
        mobile_phone: patient.mobile_phone.clone(),
        home_phone: patient.home_phone.clone(),
        email: patient.email.clone(),
        responsible_party: patient.responsible_party.clone(),
        alert: patient.alert.clone(),
        note: patient.note.clone(),
    }
}

pub fn patient_view(patient: &Patient, today: Date) -> PatientView {
    seen::note(patient.id);
    PatientView {
        id: patient.id,
        name: patient.display_name(),
        age_years: patient.birth_date.and_then(|birth| age_years(birth, today)),
        fields: patient_fields(patient),
        is_active: patient.is_active,
    }
}

/// Completed years; none for a birth date still to come.
pub fn age_years(birth: Date, today: Date) -> Option<u16> {
    if birth > today {
        return None;
    }
    let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
    u16::try_from(today.year() - birth.year() - i16::from(!had_birthday)).ok()
}

fn rule_settings(policies: impl Iterator<Item = (clinic::Rule, clinic::Policy)>) -> Vec<RuleSetting> {
    policies
        .map(|(rule, policy)| RuleSetting { rule, policy })
        .collect()
}

pub fn practice_view(roster: &Roster) -> PracticeView {
    let practice = &roster.practice;
    PracticeView {
        id: practice.id,
        name: practice.name.clone(),
        email: practice.email.clone(),
        phone: practice.phone.clone(),
        time_increment_minutes: practice.time_increment_minutes,
        cancel_reasons: practice.cancel_reasons.clone(),
        usual_interval_weeks: practice.usual_interval_weeks,
        is_demo: practice.is_demo,
        policies: rule_settings(
            clinic::Rule::ALL
                .into_iter()
                .map(|rule| (rule, roster.practice.policies.of(rule))),
        ),
        limits: practice.visit_limits.clone(),
        weights: clinic::RankingFactor::ALL
            .into_iter()
            .map(|factor| WeightSetting {
                factor,
                weight: practice.weights.of(factor),
            })
            .collect(),
    }
}

pub fn roster_view(roster: &Roster, zones: &Zones, now: Timestamp) -> RosterView {
    RosterView {
        locations: sorted(&roster.locations, |record| (record.sort, record.name.clone()))
            .map(|record| LocationView {
                id: record.id,
                name: record.name.clone(),
                zone: record.zone.to_string(),
                zone_abbreviation: zones
                    .zone(&record.zone)
                    .map(|zone| zone.to_offset_info(now).abbreviation().to_owned())
                    .unwrap_or_default(),
                address: record.address.clone(),
                phone: record.phone.clone(),
                hours: record.hours.clone(),
                rota: record.rota.clone(),
                is_active: record.is_active,
                assistants: record.assistants.clone(),
            })
            .collect(),
        operatories: sorted(&roster.operatories, |record| (record.sort, record.name.clone()))
            .map(|record| OperatoryView {
                id: record.id,
                location: record.location,
                name: record.name.clone(),
                usual_provider: record.usual_provider,
                hours: record.hours.clone(),
                rota: record.rota.clone(),
                is_active: record.is_active,
            })
            .collect(),
        providers: sorted(&roster.providers, |record| (record.sort, record.name.clone()))
            .map(|record| ProviderView {
                id: record.id,
                name: record.name.clone(),
                short_name: record.short_name.clone(),
                kind: record.kind,
                hue: record.hue,
                letter: record.letter.clone(),
                hours: record.schedule.hours.clone(),
                rota: record.rota.clone(),
                is_active: record.is_active,
            })
            .collect(),
        appointment_types: sorted(&roster.appointment_types, |record| {
            (record.sort, record.name.clone())
        })
        .map(|record| AppointmentTypeView {
            id: record.id,
            name: record.name.clone(),
            code: record.code.clone(),
            letter: record.letter.clone(),
            class: record.class.clone(),
            hue: record.hue,
            pattern: record.pattern.to_string(),
            length_minutes: record.pattern.length_minutes(),
            buffer_before_minutes: record.buffer_before_minutes,
            buffer_after_minutes: record.buffer_after_minutes,
            providers: record.providers.clone(),
            operatories: record.operatories.clone(),
            locations: record.locations.clone(),
            online_text: record.online_text.clone(),
            reminder_text: record.reminder_text.clone(),
            follow_up: record.follow_up,
            policies: rule_settings(record.policies.0.iter().map(|(rule, policy)| (*rule, *policy))),
            is_active: record.is_active,
            equipment: record.equipment.clone(),
            assistant: record.assistant,
            second_pattern: record.second_pattern.as_ref().map(|pattern| pattern.to_string()),
            second_providers: record.second_providers.clone(),
        })
        .collect(),
        equipment: sorted(&roster.equipment, |record| (record.sort, record.name.clone()))
            .map(|record| EquipmentView {
                id: record.id,
                name: record.name.clone(),
                counts: record.counts.clone(),
                is_active: record.is_active,
            })
            .collect(),
        people: sorted(&roster.people, |record| (0, record.name.clone()))
            .map(person_view)
            .collect(),
        workstations: sorted(&roster.workstations, |record| (0, record.name.clone()))
            .map(|record| WorkstationView {
                id: record.id,
                name: record.name.clone(),
            })
            .collect(),
    }
}

fn sorted<K, T>(records: &BTreeMap<K, T>, key: impl Fn(&T) -> (i32, String)) -> impl Iterator<Item = &T> {
    let mut list: Vec<&T> = records.values().collect();
    list.sort_by_cached_key(|record| key(record));
    list.into_iter()
}

/// Who did something, in words. `at` is what their workstation's clock said.
pub fn who(
    roster: &Roster,
    person: clinic::PersonId,
    workstation: clinic::WorkstationId,
    at: Timestamp,
) -> Who {
    who_if_known(roster, Some(person), Some(workstation), at)
}

/// Like [`who`], where the record may not say.
pub fn who_if_known(
    roster: &Roster,
    person: Option<clinic::PersonId>,
    workstation: Option<clinic::WorkstationId>,
    at: Timestamp,
) -> Who {
    let person = person.and_then(|id| roster.people.get(&id));
    Who {
        person: person.map_or_else(|| "Somebody".to_owned(), |record| record.name.clone()),
        initials: person.map_or_else(|| "?".to_owned(), |record| record.initials.clone()),
        workstation: workstation
            .and_then(|id| roster.workstations.get(&id))
            .map_or_else(
                || "an unknown workstation".to_owned(),
                |record| record.name.clone(),
            ),
        at: instant(at),
    }
}

/// Stretches of a day as the seam writes them.
pub fn spans(open: &[clinic::hours::Minutes]) -> Vec<MinuteSpan> {
    open.iter()
        .map(|&(from, until)| MinuteSpan { from, until })
        .collect()
}

pub fn opening(opening: &clinic::Opening, roster: &Roster, zones: &Zones) -> OpeningView {
    OpeningView {
        at: wall(&opening.starts_at),
        later_of_two: zones.is_later_of_two(&opening.starts_at),
        location: opening.location,
        operatory: opening.operatory,
        provider: opening.provider,
        second_provider: opening.second_provider,
        length_minutes: opening.length_minutes,
        reasons: opening
            .reasons
            .iter()
            .map(|reason| reason.words(roster))
            .collect(),
    }
}

/// RFC 3339 in UTC, whole seconds.
pub fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Wall time as the seam writes it.
pub fn wall(start: &Start) -> String {
    start.wall.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// One to three letters of a name.
pub fn initials(name: &str) -> String {
    let letters: String = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|letter| letter.is_alphabetic()))
        .flat_map(char::to_uppercase)
        .take(3)
        .collect();
    if letters.is_empty() {
        "?".to_owned()
    } else {
        letters
    }
}
