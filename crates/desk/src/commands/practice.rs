//! The practice itself: hello, clock, preferences, settings.

use clinic::{
    AppointmentType, AppointmentTypeId, AssistantPeriod, Change, Equipment, EquipmentId, FollowUp, Location,
    LocationId, Op, OpenSpan, Operatory, OperatoryId, Provider, ProviderId, ProviderSchedule, Roster, Rota,
    RulePolicies, SpecialDay, WorkingHours, ZoneName, Zones,
};

use crate::api::{
    AssistantSpan, BookedThere, BookedVisits, Hello, HoursSpan, LocationNow, LockAfter, Now, PersonView,
    Preferences, RosterView, RotaFields, SaveSetting, Session, WorkstationView,
};
use crate::desk::Desk;
use crate::desk::session::LOCK_AFTER_MINUTES;
use crate::{DeskError, read, refusals, views};

const PREFERENCES: &str = "preferences";
const LOCK_AFTER: &str = "lock_after_minutes";
/// Longer than half a shift is no lock.
const LONGEST_LOCK_MINUTES: u16 = 240;

impl Desk {
    pub fn hello(&self) -> Result<Hello, DeskError> {
        let sync = self.sync_state()?;
        let now = self.now_view();
        let arriving = self.arriving();
        self.reading(|reading| {
            let me = reading.roster.person(self.person()).map_or_else(
                || PersonView {
                    id: self.person(),
                    name: "You".to_owned(),
                    initials: "?".to_owned(),
                },
                views::person_view,
            );
            let workstation = WorkstationView {
                id: self.workstation(),
                name: reading
                    .roster
                    .workstation(self.workstation())
                    .map_or_else(|| "This workstation".to_owned(), |record| record.name.clone()),
            };
            Ok(Hello {
                program_version: env!("CARGO_PKG_VERSION").to_owned(),
                zone_data: reading.zones.version().to_owned(),
                practice: views::practice_view(&reading.roster),
                me,
                workstation,
                roster: views::roster_view(&reading.roster, reading.zones, reading.now),
                now,
                sync,
                undo: reading.undo_state()?,
                // Which visits they are between may not be here yet.
                conflict_count: if arriving.is_some() {
                    0
                } else {
                    reading.conflict_count()?
                },
                arriving,
                preferences: reading
                    .meta(PREFERENCES)?
                    .and_then(|bytes| serde_json::from_slice(&bytes).ok())
                    .unwrap_or_default(),
                views: reading.views_of(self.person())?,
            })
        })
    }

    /// What the clocks on the walls show.
    pub fn now_view(&self) -> Now {
        let instant = self.now();
        let roster = self.roster();
        let at = roster
            .locations
            .values()
            .filter_map(|location| {
                let here = self.zones().at(instant, &location.zone).ok()?;
                Some(LocationNow {
                    location: location.id,
                    wall: views::wall(&here),
                    date: here.date().to_string(),
                    minute: here.minute_of_day(),
                    later_of_two: self.zones().is_later_of_two(&here),
                })
            })
            .collect();
        Now {
            instant: views::instant(instant),
            is_fixed: self.clock_is_fixed(),
            at,
        }
    }

    pub fn set_preferences(&self, preferences: Preferences) -> Result<Preferences, DeskError> {
        for (field, value, allowed) in [
            (
                "theme",
                &preferences.theme,
                ["", "system", "light", "dark"].as_slice(),
            ),
            (
                "density",
                &preferences.density,
                ["", "dense", "comfortable"].as_slice(),
            ),
        ] {
            if !allowed.contains(&value.as_str()) {
                return Err(DeskError::new("invalid", format!("“{value}” is not a {field}.")).field(field));
            }
        }
        let bytes = serde_json::to_vec(&preferences).expect("preferences are plain data");
        self.set_meta(PREFERENCES, &bytes)?;
        Ok(preferences)
    }

    /// Minutes without a touch until this desk locks itself; 0: never.
    pub(crate) fn lock_after_minutes(&self) -> u16 {
        let kept = self.store().reads().setting(LOCK_AFTER).ok().flatten();
        kept.and_then(|bytes| bytes.try_into().ok())
            .map_or(LOCK_AFTER_MINUTES, u16::from_be_bytes)
    }

    pub fn set_lock_after(&self, request: LockAfter) -> Result<Session, DeskError> {
        if request.minutes > LONGEST_LOCK_MINUTES {
            return Err(DeskError::new(
                "invalid",
                format!("A desk locks itself after 1 to {LONGEST_LOCK_MINUTES} minutes, or never (0)."),
            )
            .field("minutes"));
        }
        self.set_meta(LOCK_AFTER, &request.minutes.to_be_bytes())?;
        self.tell_session();
        Ok(self.session())
    }

    pub fn save_setting(&self, request: SaveSetting) -> Result<RosterView, DeskError> {
        let fresh = self.new_id();
        if let SaveSetting::AppointmentType {
            booked: Some(BookedVisits::ChangeThoseThatFit),
            ..
        } = request
        {
            return self.save_type_with_visits(&request, fresh);
        }
        self.write(Op::UpdateSettings, |writing| {
            let change = setting_change(&writing.roster, writing.zones, fresh, &request)?;
            match (&change.before, &change.after) {
                (Some(before), Some(after)) if before == after => Ok(()),
                _ => writing.record(self.taken_out_of_use(writing, change, booked_there(&request))?),
            }
        })?;
        self.reading(|reading| Ok(views::roster_view(&reading.roster, reading.zones, reading.now)))
    }
}

/// What the request says of visits ahead of what it takes out of use.
fn booked_there(request: &SaveSetting) -> Option<BookedThere> {
    match request {
        SaveSetting::Location { visits, .. }
        | SaveSetting::Operatory { visits, .. }
        | SaveSetting::Provider { visits, .. } => *visits,
        SaveSetting::Practice { .. }
        | SaveSetting::AppointmentType { .. }
        | SaveSetting::Equipment { .. } => None,
    }
}

pub(super) fn unknown(what: &str) -> DeskError {
    DeskError::new("unknown_record", format!("There is no such {what}.")).field("id")
}

/// A limit about somebody or something that there is.
fn limit_is_known(roster: &Roster, limit: &clinic::VisitLimit) -> Result<(), DeskError> {
    let provider = limit.provider.filter(|id| roster.provider(*id).is_none());
    let kind = limit
        .appointment_type
        .filter(|id| roster.appointment_type(*id).is_none());
    match (provider, kind) {
        (None, None) => Ok(()),
        (Some(_), _) => Err(unknown("provider").field("limits")),
        (None, Some(_)) => Err(unknown("appointment type").field("limits")),
    }
}

/// The change that a setting asks for, checked.
pub(super) fn setting_change(
    roster: &Roster,
    zones: &Zones,
    fresh: u128,
    request: &SaveSetting,
) -> Result<Change, DeskError> {
    let valid = |result: Result<(), clinic::Invalid>| result.map_err(|error| refusals::invalid(&error));
    let text = |value: &str| value.trim().to_owned();
    match request {
        SaveSetting::Practice {
            name,
            email,
            phone,
            time_increment_minutes,
            policies,
            limits,
            weights,
        } => {
            let before = roster.practice.clone();
            let mut after = before.clone();
            for setting in policies.iter().flatten() {
                after.policies.0.insert(setting.rule, setting.policy);
            }
            for setting in weights.iter().flatten() {
                after.weights.0.insert(setting.factor, setting.weight);
            }
            if let Some(limits) = limits {
                for limit in limits {
                    limit_is_known(roster, limit)?;
                }
                after.visit_limits.clone_from(limits);
            }
            (after.name, after.email, after.phone) = (text(name), text(email), text(phone));
            after.time_increment_minutes = *time_increment_minutes;
            valid(clinic::validate_practice(&after, zones))?;
            Ok(Change::edit(before, after))
        }
        SaveSetting::Location {
            id,
            name,
            zone,
            address,
            phone,
            hours,
            rota,
            is_active,
            assistants,
            visits: _,
        } => {
            let before = id
                .map(|id| roster.location(id).cloned().ok_or_else(|| unknown("location")))
                .transpose()?;
            let id = id.unwrap_or(LocationId(fresh));
            let after = Location {
                id,
                name: text(name),
                zone: ZoneName::new(zone.trim()),
                address: text(address),
                phone: text(phone),
                hours: working_hours(hours, Some(id))?,
                rota: new_rota(rota.as_ref(), before.as_ref().map(|old| &old.rota), Some(id))?,
                sort: before.as_ref().map_or(
                    next_sort(roster.locations.values().map(|record| record.sort)),
                    |old| old.sort,
                ),
                is_active: *is_active,
                assistants: match assistants {
                    Some(given) => assistant_periods(given)?,
                    None => before
                        .as_ref()
                        .map_or_else(Vec::new, |old| old.assistants.clone()),
                },
            };
            valid(clinic::validate_location(&after, roster, zones))?;
            Ok(change(before, after))
        }
        SaveSetting::Operatory {
            id,
            location,
            name,
            usual_provider,
            hours,
            rota,
            is_active,
            visits: _,
        } => {
            let before = id
                .map(|id| roster.operatory(id).cloned().ok_or_else(|| unknown("operatory")))
                .transpose()?;
            if let Some(old) = &before
                && old.location != *location
            {
                return Err(DeskError::new("invalid", "An operatory stays at its location.")
                    .hint("Retire it and add one at the other location.")
                    .field("location"));
            }
            let after = Operatory {
                id: id.unwrap_or(OperatoryId(fresh)),
                location: *location,
                name: text(name),
                usual_provider: *usual_provider,
                hours: match hours {
                    Some(hours) => working_hours(hours, Some(*location))?,
                    None => before.as_ref().map(|old| old.hours.clone()).unwrap_or_default(),
                },
                rota: new_rota(
                    rota.as_ref(),
                    before.as_ref().map(|old| &old.rota),
                    Some(*location),
                )?,
                sort: before.as_ref().map_or(
                    next_sort(roster.operatories.values().map(|record| record.sort)),
                    |old| old.sort,
                ),
                is_active: *is_active,
            };
            valid(clinic::validate_operatory(&after, roster))?;
            Ok(change(before, after))
        }
        SaveSetting::Provider {
            id,
            name,
            short_name,
            provider_kind,
            hue,
            letter,
            hours,
            rota,
            is_active,
            visits: _,
        } => {
            let before = id
                .map(|id| roster.provider(id).cloned().ok_or_else(|| unknown("provider")))
                .transpose()?;
            let after = Provider {
                id: id.unwrap_or(ProviderId(fresh)),
                name: text(name),
                short_name: text(short_name),
                kind: *provider_kind,
                hue: *hue,
                letter: text(letter),
                schedule: ProviderSchedule {
                    hours: working_hours(hours, None)?,
                },
                rota: new_rota(rota.as_ref(), before.as_ref().map(|old| &old.rota), None)?,
                sort: before.as_ref().map_or(
                    next_sort(roster.providers.values().map(|record| record.sort)),
                    |old| old.sort,
                ),
                is_active: *is_active,
            };
            valid(clinic::validate_provider(&after, roster))?;
            Ok(change(before, after))
        }
        SaveSetting::AppointmentType {
            id,
            name,
            code,
            letter,
            class,
            hue,
            pattern,
            buffer_before_minutes,
            buffer_after_minutes,
            providers,
            operatories,
            locations,
            online_text,
            reminder_text,
            follow_up,
            booked: _,
            policies,
            is_active,
            equipment,
            assistant,
            second_pattern,
            second_providers,
        } => {
            let before = id
                .map(|id| {
                    roster
                        .appointment_type(id)
                        .cloned()
                        .ok_or_else(|| unknown("appointment type"))
                })
                .transpose()?;
            let after = AppointmentType {
                id: id.unwrap_or(AppointmentTypeId(fresh)),
                name: text(name),
                code: text(code),
                letter: text(letter),
                class: class
                    .as_deref()
                    .map(text)
                    .unwrap_or_else(|| before.as_ref().map_or_else(String::new, |old| old.class.clone())),
                hue: *hue,
                pattern: read::pattern(pattern, "pattern")?,
                buffer_before_minutes: *buffer_before_minutes,
                buffer_after_minutes: *buffer_after_minutes,
                providers: providers.clone(),
                operatories: operatories.clone(),
                locations: match locations {
                    Some(given) => given.clone(),
                    None => before.as_ref().map_or_else(Vec::new, |old| old.locations.clone()),
                },
                online_text: online_text.as_deref().map(text).unwrap_or_else(|| {
                    before
                        .as_ref()
                        .map_or_else(String::new, |old| old.online_text.clone())
                }),
                reminder_text: reminder_text.as_deref().map(text).unwrap_or_else(|| {
                    before
                        .as_ref()
                        .map_or_else(String::new, |old| old.reminder_text.clone())
                }),
                follow_up: match follow_up {
                    Some(given) => given.appointment_type.map(|appointment_type| FollowUp {
                        appointment_type,
                        weeks: given.weeks.unwrap_or(roster.practice.usual_interval_weeks),
                    }),
                    None => before.as_ref().and_then(|old| old.follow_up),
                },
                policies: match policies {
                    Some(given) => RulePolicies(given.iter().map(|one| (one.rule, one.policy)).collect()),
                    None => before
                        .as_ref()
                        .map_or_else(RulePolicies::default, |old| old.policies.clone()),
                },
                sort: before.as_ref().map_or(
                    next_sort(roster.appointment_types.values().map(|record| record.sort)),
                    |old| old.sort,
                ),
                is_active: *is_active,
                equipment: match equipment {
                    Some(given) => given.clone(),
                    None => before.as_ref().map_or_else(Vec::new, |old| old.equipment.clone()),
                },
                assistant: assistant
                    .or(before.as_ref().map(|old| old.assistant))
                    .unwrap_or_default(),
                second_pattern: second_pattern_of(second_pattern.as_deref(), before.as_ref())?,
                second_providers: match second_providers {
                    Some(given) => given.clone(),
                    None => before
                        .as_ref()
                        .map_or_else(Vec::new, |old| old.second_providers.clone()),
                },
            };
            valid(clinic::validate_appointment_type(&after, roster))?;
            Ok(change(before, after))
        }
        SaveSetting::Equipment {
            id,
            name,
            counts,
            is_active,
        } => {
            let before = id
                .map(|id| roster.equipment(id).cloned().ok_or_else(|| unknown("equipment")))
                .transpose()?;
            let mut counts = counts.clone();
            counts.retain(|count| count.pieces > 0);
            counts.sort_by_key(|count| count.location);
            let after = Equipment {
                id: id.unwrap_or(EquipmentId(fresh)),
                name: text(name),
                counts,
                sort: before.as_ref().map_or(
                    next_sort(roster.equipment.values().map(|record| record.sort)),
                    |old| old.sort,
                ),
                is_active: *is_active,
            };
            valid(clinic::validate_equipment(&after, roster))?;
            Ok(change(before, after))
        }
    }
}

fn change<T: Into<clinic::Entity>>(before: Option<T>, after: T) -> Change {
    match before {
        Some(before) => Change::edit(before, after),
        None => Change::add(after),
    }
}

fn next_sort(sorts: impl Iterator<Item = i32>) -> i32 {
    sorts.max().unwrap_or(-1).saturating_add(1)
}

fn working_hours(spans: &[HoursSpan], own: Option<LocationId>) -> Result<Vec<WorkingHours>, DeskError> {
    spans
        .iter()
        .map(|span| {
            Ok(WorkingHours {
                location: span.location.or(own).ok_or_else(|| {
                    DeskError::new("invalid", "Working hours need a location.").field("hours")
                })?,
                weekday: span.weekday,
                from: read::time(&span.from, "hours")?,
                until: read::time(&span.until, "hours")?,
            })
        })
        .collect()
}

/// By weekday and time, whatever the order in which they came.
fn assistant_periods(spans: &[AssistantSpan]) -> Result<Vec<AssistantPeriod>, DeskError> {
    let mut periods = spans
        .iter()
        .map(|span| {
            Ok(AssistantPeriod {
                weekday: span.weekday,
                from: read::time(&span.from, "assistants")?,
                until: read::time(&span.until, "assistants")?,
                count: span.count,
            })
        })
        .collect::<Result<Vec<_>, DeskError>>()?;
    periods.sort_by_key(|period| (period.weekday, period.from));
    Ok(periods)
}

/// Alternate weeks and special days as asked for, or as they were.
fn new_rota(
    fields: Option<&RotaFields>,
    before: Option<&Rota>,
    own: Option<LocationId>,
) -> Result<Rota, DeskError> {
    let Some(fields) = fields else {
        return Ok(before.cloned().unwrap_or_default());
    };
    let other_weeks = fields
        .other_weeks
        .iter()
        .map(|week| working_hours(week, own))
        .collect::<Result<_, _>>()?;
    let weeks_from = fields
        .weeks_from
        .as_deref()
        .filter(|text| !text.trim().is_empty())
        .map(|text| read::date(text, "weeks_from"))
        .transpose()?;
    let mut special_days = fields
        .special_days
        .iter()
        .map(|day| {
            let open = day.open.iter().map(|span| {
                Ok(OpenSpan {
                    from: read::time(&span.from, "special_days")?,
                    until: read::time(&span.until, "special_days")?,
                })
            });
            Ok(SpecialDay {
                date: read::date(&day.date, "special_days")?,
                location: day.location,
                title: day.title.trim().to_owned(),
                open: open.collect::<Result<_, DeskError>>()?,
            })
        })
        .collect::<Result<Vec<_>, DeskError>>()?;
    special_days.sort_by_key(|day| (day.date, day.location));
    Ok(Rota {
        other_weeks,
        weeks_from,
        special_days,
    })
}

/// As given; empty is none, left out as it was.
pub(super) fn second_pattern_of(
    given: Option<&str>,
    before: Option<&AppointmentType>,
) -> Result<Option<clinic::TimePattern>, DeskError> {
    match given.map(str::trim) {
        Some("") => Ok(None),
        Some(text) => read::pattern(text, "second_pattern").map(Some),
        None => Ok(before.and_then(|old| old.second_pattern.clone())),
    }
}
