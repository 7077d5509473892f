//! What stands in the way of a visit: typed, with the clashing visit or block and its times, and in words.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::{
    AbsenceReason, AppointmentId, AppointmentTypeId, EquipmentId, LocationId, OperatoryId, PatientId, Policy,
    ProviderId, Roster, Rule, Start, Status, TemplateSlotId, TimeBlockId,
};

/// Another visit, as far as it is in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Clash {
    pub appointment: AppointmentId,
    pub patient: PatientId,
    pub operatory: OperatoryId,
    /// The minutes that it takes (of the doctor, if that is the clash), on the wall clock of the visit that
    /// was to be placed.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub from: Start,
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub until: Start,
}

/// Part of a wall day: `[from, until)`; an `until` of 00:00 is the midnight at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OpenSpan {
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub from: Time,
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub until: Time,
}

/// One reason why a visit does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "RuleViolation"))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Violation {
    OperatoryTaken {
        operatory: OperatoryId,
        by: Clash,
    },
    /// Both need the provider in person (their `X` units) in the same minutes, wherever they are.
    DoctorTaken {
        provider: ProviderId,
        by: Clash,
    },
    PatientElsewhere {
        patient: PatientId,
        by: Clash,
    },
    OutsideLocationHours {
        appointment_type: AppointmentTypeId,
        location: LocationId,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
        /// Opening hours of that wall day; none when closed.
        open: Vec<OpenSpan>,
        /// Of the special day, if it is one.
        title: String,
    },
    OutsideOperatoryHours {
        appointment_type: AppointmentTypeId,
        operatory: OperatoryId,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
        /// When it can be used on that wall day.
        open: Vec<OpenSpan>,
        /// Of the special day, if it is one.
        title: String,
    },
    OutsideProviderHours {
        appointment_type: AppointmentTypeId,
        provider: ProviderId,
        location: LocationId,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
        /// The provider's hours at that location on that wall day.
        open: Vec<OpenSpan>,
        /// Of the special day, if it is one.
        title: String,
    },
    Blocked {
        appointment_type: AppointmentTypeId,
        time_block: TimeBlockId,
        target: crate::BlockTarget,
        title: String,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
        /// The block asks only to be asked: it never refuses.
        is_only_warning: bool,
        /// Why the provider is away or the place closed, if it is that.
        absence: Option<AbsenceReason>,
    },
    /// The time is kept for other types.
    BlockRestricted {
        appointment_type: AppointmentTypeId,
        time_block: TimeBlockId,
        target: crate::BlockTarget,
        title: String,
        types: Vec<AppointmentTypeId>,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
    },
    /// Too close to another visit in the operatory.
    BufferTooShort {
        operatory: OperatoryId,
        by: Clash,
        wanted_minutes: u16,
        free_minutes: u16,
    },
    TypeNotAllowedForProvider {
        appointment_type: AppointmentTypeId,
        provider: ProviderId,
    },
    /// Not one of those whom the type names for its second pattern.
    TypeNotAllowedForSecond {
        appointment_type: AppointmentTypeId,
        provider: ProviderId,
    },
    /// The visit needs a second provider, and nobody is named.
    SecondProviderMissing {
        appointment_type: AppointmentTypeId,
    },
    TypeNotAllowedForOperatory {
        appointment_type: AppointmentTypeId,
        operatory: OperatoryId,
    },
    TypeNotAllowedAtLocation {
        appointment_type: AppointmentTypeId,
        location: LocationId,
    },
    /// The day's template reserves that time for something else.
    SlotForOther {
        appointment_type: AppointmentTypeId,
        slot: TemplateSlotId,
        operatory: OperatoryId,
        /// What it is for, in words.
        wants: String,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
    },
    /// The slot has all the visits it is meant for.
    SlotFull {
        appointment_type: AppointmentTypeId,
        slot: TemplateSlotId,
        operatory: OperatoryId,
        wants: String,
        capacity: u16,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
    },
    /// Kept for emergencies, and not released yet.
    KeptForEmergencies {
        appointment_type: AppointmentTypeId,
        slot: TemplateSlotId,
        operatory: OperatoryId,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        releases_at: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
    },
    /// The day has a template, and that time is in none of its slots.
    InNoSlot {
        appointment_type: AppointmentTypeId,
        operatory: OperatoryId,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
    },
    /// The patient comes that day already. Only told while a visit is booked.
    SameDayVisit {
        appointment_type: AppointmentTypeId,
        other_type: AppointmentTypeId,
        /// On the other visit's own wall clock.
        by: Clash,
    },
    /// The patient has a visit of that type ahead. Only told while a visit is booked.
    SameTypeAhead {
        appointment_type: AppointmentTypeId,
        /// The next of them, on its own wall clock.
        by: Clash,
        /// How many come after that one.
        more: u16,
    },
    /// As many visits begin in that hour as a limit allows.
    HourFull {
        appointment_type: AppointmentTypeId,
        location: LocationId,
        /// Whom the limit is about; none: everybody.
        provider: Option<ProviderId>,
        /// What it is about; none: everything.
        of_type: Option<AppointmentTypeId>,
        most: u16,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
    },
    /// All pieces that the location has of something are in use.
    EquipmentTaken {
        appointment_type: AppointmentTypeId,
        equipment: EquipmentId,
        pieces: u16,
        /// Of the visits that have them the one that was booked last, with the minutes in which nothing is left.
        by: Clash,
        /// The others that have one then, by start.
        also: Vec<Clash>,
    },
    /// The location has none of something that the visit uses.
    EquipmentMissing {
        appointment_type: AppointmentTypeId,
        equipment: EquipmentId,
        location: LocationId,
    },
    /// All assistants that the location has are busy with other visits, or none is there.
    AssistantsBusy {
        appointment_type: AppointmentTypeId,
        location: LocationId,
        /// How many are there.
        there: u16,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
        /// The visits that need one then, by start; empty where nobody is there.
        by: Vec<Clash>,
    },
    /// The visit would be on a day that is over.
    DayIsOver {
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
    },
    /// A step that happens in the practice is taken before the visit's day.
    BeforeItsDay {
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        from: Start,
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        until: Start,
        to: Status,
        /// How many days the visit is ahead.
        days: u32,
    },
    /// The visit becomes so short that the minutes of its second provider are cut off.
    SecondNotNeeded {
        appointment_type: AppointmentTypeId,
        provider: ProviderId,
    },
}

impl Violation {
    pub fn rule(&self) -> Rule {
        match self {
            Violation::OperatoryTaken { .. } => Rule::OperatoryOverlap,
            Violation::DoctorTaken { .. } => Rule::DoctorTimeOverlap,
            Violation::PatientElsewhere { .. } => Rule::PatientOverlap,
            // A chair's hours are its location's, narrowed.
            Violation::OutsideLocationHours { .. } | Violation::OutsideOperatoryHours { .. } => {
                Rule::OutsideLocationHours
            }
            Violation::OutsideProviderHours { .. } => Rule::OutsideProviderHours,
            Violation::Blocked { .. } | Violation::BlockRestricted { .. } => Rule::TimeBlock,
            Violation::BufferTooShort { .. } => Rule::Buffer,
            Violation::TypeNotAllowedForProvider { .. }
            | Violation::TypeNotAllowedForSecond { .. }
            | Violation::SecondProviderMissing { .. }
            | Violation::SecondNotNeeded { .. }
            | Violation::TypeNotAllowedForOperatory { .. }
            | Violation::TypeNotAllowedAtLocation { .. } => Rule::TypeNotAllowed,
            Violation::SlotForOther { .. } | Violation::SlotFull { .. } | Violation::InNoSlot { .. } => {
                Rule::TemplateMismatch
            }
            Violation::KeptForEmergencies { .. } => Rule::EmergencyHold,
            Violation::SameDayVisit { .. } => Rule::SameDayVisit,
            Violation::SameTypeAhead { .. } => Rule::SameTypeAhead,
            Violation::HourFull { .. } => Rule::VisitsPerHour,
            Violation::EquipmentTaken { .. } | Violation::EquipmentMissing { .. } => Rule::Equipment,
            Violation::AssistantsBusy { .. } => Rule::Assistants,
            Violation::DayIsOver { .. } | Violation::BeforeItsDay { .. } => Rule::DayOfVisit,
        }
    }

    /// The type of the visit that was to be placed, where that matters.
    fn appointment_type(&self) -> Option<AppointmentTypeId> {
        match self {
            Violation::OutsideLocationHours { appointment_type, .. }
            | Violation::OutsideOperatoryHours { appointment_type, .. }
            | Violation::OutsideProviderHours { appointment_type, .. }
            | Violation::Blocked { appointment_type, .. }
            | Violation::BlockRestricted { appointment_type, .. }
            | Violation::TypeNotAllowedForProvider { appointment_type, .. }
            | Violation::TypeNotAllowedForSecond { appointment_type, .. }
            | Violation::SecondProviderMissing { appointment_type }
            | Violation::SecondNotNeeded { appointment_type, .. }
            | Violation::SameDayVisit { appointment_type, .. }
            | Violation::SameTypeAhead { appointment_type, .. }
            | Violation::EquipmentTaken { appointment_type, .. }
            | Violation::EquipmentMissing { appointment_type, .. }
            | Violation::AssistantsBusy { appointment_type, .. }
            | Violation::TypeNotAllowedForOperatory { appointment_type, .. }
            | Violation::TypeNotAllowedAtLocation { appointment_type, .. }
            | Violation::SlotForOther { appointment_type, .. }
            | Violation::SlotFull { appointment_type, .. }
            | Violation::InNoSlot { appointment_type, .. }
            | Violation::KeptForEmergencies { appointment_type, .. }
            | Violation::HourFull { appointment_type, .. } => Some(*appointment_type),
            Violation::OperatoryTaken { .. }
            | Violation::DoctorTaken { .. }
            | Violation::PatientElsewhere { .. }
            | Violation::BufferTooShort { .. }
            | Violation::DayIsOver { .. }
            | Violation::BeforeItsDay { .. } => None,
        }
    }

    /// What the practice does about it, or for visits of this type. A block-out whose own policy is *warn* never does more than
    /// that.
    pub fn policy(&self, roster: &Roster) -> Policy {
        let policy = match self.appointment_type() {
            Some(kind) => roster.policy(self.rule(), kind),
            None => roster.practice.policies.of(self.rule()),
        };
        if self.is_warning_block() {
            policy.min(Policy::Warn)
        } else {
            policy
        }
    }

    pub(crate) fn is_warning_block(&self) -> bool {
        matches!(
            self,
            Violation::Blocked {
                is_only_warning: true,
                ..
            }
        )
    }

    /// Stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Violation::OperatoryTaken { .. } => "chair_taken",
            Violation::DoctorTaken { .. } => "doctor_taken",
            Violation::PatientElsewhere { .. } => "patient_elsewhere",
            Violation::OutsideLocationHours { .. }
            | Violation::OutsideOperatoryHours { .. }
            | Violation::OutsideProviderHours { .. } => "outside_hours",
            Violation::Blocked { .. } | Violation::BlockRestricted { .. } => "blocked",
            Violation::BufferTooShort { .. } => "buffer_too_short",
            Violation::TypeNotAllowedForProvider { .. }
            | Violation::TypeNotAllowedForSecond { .. }
            | Violation::SecondProviderMissing { .. }
            | Violation::TypeNotAllowedForOperatory { .. }
            | Violation::TypeNotAllowedAtLocation { .. } => "type_not_allowed",
            Violation::SecondNotNeeded { .. } => "second_not_needed",
            Violation::SlotForOther { .. } | Violation::SlotFull { .. } | Violation::InNoSlot { .. } => {
                "template_mismatch"
            }
            Violation::KeptForEmergencies { .. } => "kept_for_emergencies",
            Violation::SameDayVisit { .. } => "same_day_visit",
            Violation::SameTypeAhead { .. } => "same_type_ahead",
            Violation::HourFull { .. } => "hour_full",
            Violation::EquipmentTaken { .. } | Violation::EquipmentMissing { .. } => "no_equipment",
            Violation::AssistantsBusy { .. } => "no_assistant",
            Violation::DayIsOver { .. } => "day_is_over",
            Violation::BeforeItsDay { .. } => "before_its_day",
        }
    }

    /// The visit in the way, if it is one.
    pub fn clash(&self) -> Option<&Clash> {
        match self {
            Violation::OperatoryTaken { by, .. }
            | Violation::DoctorTaken { by, .. }
            | Violation::PatientElsewhere { by, .. }
            | Violation::BufferTooShort { by, .. }
            | Violation::SameDayVisit { by, .. }
            | Violation::SameTypeAhead { by, .. }
            | Violation::EquipmentTaken { by, .. } => Some(by),
            _ => None,
        }
    }

    /// The visit in the way, if it is one.
    pub fn appointment(&self) -> Option<AppointmentId> {
        self.clash().map(|by| by.appointment)
    }

    /// From when until when the obstacle lasts; for hours, the times that were asked for.
    pub fn times(&self) -> Option<(&Start, &Start)> {
        match self {
            Violation::OutsideLocationHours { from, until, .. }
            | Violation::OutsideOperatoryHours { from, until, .. }
            | Violation::OutsideProviderHours { from, until, .. }
            | Violation::Blocked { from, until, .. }
            | Violation::BlockRestricted { from, until, .. }
            | Violation::HourFull { from, until, .. }
            | Violation::AssistantsBusy { from, until, .. }
            | Violation::DayIsOver { from, until }
            | Violation::BeforeItsDay { from, until, .. } => Some((from, until)),
            other => other.clash().map(|by| (&by.from, &by.until)),
        }
    }

    /// As a receptionist says it: `Op 2 is taken 10:00–10:40 by Osei, Kofi`. `names` gives a patient's name.
    pub fn words(&self, roster: &Roster, names: &dyn Fn(PatientId) -> String) -> String {
        match self {
            Violation::OperatoryTaken { operatory, by } => {
                format!(
                    "{} is taken {} by {}",
                    op_name(roster, *operatory),
                    span_words(&by.from, &by.until),
                    names(by.patient)
                )
            }
            Violation::DoctorTaken { provider, by } => format!(
                "{} is needed {} in {} by {}",
                provider_name(roster, *provider),
                span_words(&by.from, &by.until),
                op_name(roster, by.operatory),
                names(by.patient)
            ),
            Violation::PatientElsewhere { patient, by } => format!(
                "{} has another visit {} in {}",
                names(*patient),
                span_words(&by.from, &by.until),
                op_name(roster, by.operatory)
            ),
            Violation::OutsideLocationHours {
                location,
                from,
                open,
                title,
                ..
            } => {
                let name = location_name(roster, *location);
                let hours = if open.is_empty() {
                    format!("{name} is closed on {}", from.wall.strftime("%A %-d %b"))
                } else {
                    format!(
                        "{name} is open {} on {}",
                        open_words(open),
                        from.wall.strftime("%a %-d %b")
                    )
                };
                hours + &in_brackets(title)
            }
            Violation::OutsideOperatoryHours {
                operatory,
                from,
                open,
                title,
                ..
            } => {
                let (name, day) = (op_name(roster, *operatory), from.wall.strftime("%a %-d %b"));
                let hours = if open.is_empty() {
                    format!("{name} is not used on {day}")
                } else {
                    format!("{name} is used {} on {day}", open_words(open))
                };
                hours + &in_brackets(title)
            }
            Violation::OutsideProviderHours {
                provider,
                location,
                from,
                open,
                title,
                ..
            } => {
                let (name, place) = (provider_name(roster, *provider), location_name(roster, *location));
                let hours = if open.is_empty() {
                    format!(
                        "{name} does not work at {place} on {}",
                        from.wall.strftime("%A %-d %b")
                    )
                } else {
                    format!(
                        "{name} works {} at {place} on {}",
                        open_words(open),
                        from.wall.strftime("%a %-d %b")
                    )
                };
                hours + &in_brackets(title)
            }
            Violation::Blocked {
                target,
                title,
                from,
                until,
                absence,
                ..
            } => {
                let state = match (absence, target) {
                    (None, _) => "blocked out",
                    (Some(_), crate::BlockTarget::Provider(_)) => "away",
                    (Some(_), _) => "closed",
                };
                format!(
                    "{} is {state} {}{}",
                    target_name(roster, target),
                    span_words(from, until),
                    in_brackets(title)
                )
            }
            Violation::BlockRestricted {
                target,
                title,
                types,
                from,
                until,
                ..
            } => {
                let names: Vec<&str> = types.iter().map(|id| type_name(roster, *id)).collect();
                let kept = if names.is_empty() {
                    "nothing".to_owned()
                } else {
                    list_words(&names)
                };
                let (place, when) = (target_name(roster, target), span_words(from, until));
                format!("{place} is kept for {kept} {when}{}", in_brackets(title))
            }
            Violation::BufferTooShort {
                operatory,
                by,
                wanted_minutes,
                free_minutes,
            } => format!(
                "{} has {free_minutes} free minutes next to {} ({}), {wanted_minutes} are wanted",
                op_name(roster, *operatory),
                names(by.patient),
                span_words(&by.from, &by.until)
            ),
            Violation::TypeNotAllowedForProvider {
                appointment_type,
                provider,
            } => {
                format!(
                    "{} is not done by {}",
                    type_name(roster, *appointment_type),
                    provider_name(roster, *provider)
                )
            }
            Violation::TypeNotAllowedForSecond {
                appointment_type,
                provider,
            } => {
                format!(
                    "{} cannot be the second provider of {}",
                    provider_name(roster, *provider),
                    type_name(roster, *appointment_type)
                )
            }
            Violation::SecondProviderMissing { appointment_type } => {
                format!(
                    "{} needs a second provider, and nobody is named",
                    type_name(roster, *appointment_type)
                )
            }
            Violation::TypeNotAllowedForOperatory {
                appointment_type,
                operatory,
            } => {
                format!(
                    "{} is not done in {}",
                    type_name(roster, *appointment_type),
                    op_name(roster, *operatory)
                )
            }
            Violation::TypeNotAllowedAtLocation {
                appointment_type,
                location,
            } => {
                format!(
                    "{} is not done at {}",
                    type_name(roster, *appointment_type),
                    location_name(roster, *location)
                )
            }
            Violation::SlotForOther {
                operatory,
                wants,
                from,
                until,
                ..
            } => format!(
                "{} is meant for {wants} {}",
                op_name(roster, *operatory),
                span_words(from, until)
            ),
            Violation::SlotFull {
                operatory,
                wants,
                capacity,
                from,
                until,
                ..
            } => {
                let visits = if *capacity == 1 { "visit" } else { "visits" };
                format!(
                    "{} has the {capacity} {visits} it is meant for {} ({wants})",
                    op_name(roster, *operatory),
                    span_words(from, until)
                )
            }
            Violation::KeptForEmergencies {
                operatory,
                releases_at,
                from,
                until,
                ..
            } => {
                let released = if releases_at.date() == from.date() {
                    releases_at.wall.strftime("%-H:%M")
                } else {
                    releases_at.wall.strftime("%a %-d %b %-H:%M")
                };
                format!(
                    "{} {} is kept for emergencies until {released}",
                    op_name(roster, *operatory),
                    span_words(from, until)
                )
            }
            Violation::HourFull {
                location,
                provider,
                of_type,
                most,
                from,
                until,
                ..
            } => {
                let whose = match provider {
                    Some(id) => provider_name(roster, *id),
                    None => location_name(roster, *location),
                };
                let visits = if *most == 1 { "visit" } else { "visits" };
                let what = of_type.map_or_else(String::new, |id| format!(" ({})", type_name(roster, id)));
                format!(
                    "{whose} has the {most} {visits}{what} that may begin {}",
                    span_words(from, until)
                )
            }
            Violation::InNoSlot {
                operatory,
                from,
                until,
                ..
            } => format!(
                "{} {} is in no slot of the template",
                op_name(roster, *operatory),
                span_words(from, until)
            ),
            Violation::SameDayVisit { other_type, by, .. } => format!(
                "{} has another visit that day: {} {} in {}",
                names(by.patient),
                type_name(roster, *other_type),
                span_words(&by.from, &by.until),
                op_name(roster, by.operatory)
            ),
            Violation::SameTypeAhead {
                appointment_type,
                by,
                more,
            } => {
                let rest = match more {
                    0 => String::new(),
                    more => format!(", and {more} more after it"),
                };
                format!(
                    "{} has a visit of this type already: {} on {} in {}{rest}",
                    names(by.patient),
                    type_name(roster, *appointment_type),
                    by.from.wall.strftime("%a %-d %b %Y at %-H:%M"),
                    op_name(roster, by.operatory)
                )
            }
            Violation::EquipmentTaken {
                equipment,
                pieces,
                by,
                also,
                ..
            } => {
                let name = equipment_name(roster, *equipment);
                let what = match pieces {
                    1 => format!("{name} is in use"),
                    2 => format!("Both of {name} are in use"),
                    more => format!("All {more} of {name} are in use"),
                };
                let who: Vec<String> = also
                    .iter()
                    .chain([by])
                    .map(|one| format!("{} ({})", names(one.patient), op_name(roster, one.operatory)))
                    .collect();
                let who: Vec<&str> = who.iter().map(String::as_str).collect();
                format!(
                    "{what} {} by {}",
                    span_words(&by.from, &by.until),
                    list_words(&who)
                )
            }
            Violation::EquipmentMissing {
                equipment, location, ..
            } => format!(
                "{} has no {}",
                location_name(roster, *location),
                equipment_name(roster, *equipment)
            ),
            Violation::AssistantsBusy {
                location,
                there,
                from,
                until,
                by,
                ..
            } => {
                let who: Vec<String> = by
                    .iter()
                    .map(|one| format!("{} ({})", names(one.patient), op_name(roster, one.operatory)))
                    .collect();
                let who: Vec<&str> = who.iter().map(String::as_str).collect();
                let what = match there {
                    0 => {
                        return format!(
                            "No assistant is at {} {}",
                            location_name(roster, *location),
                            span_words(from, until)
                        );
                    }
                    1 => "The only assistant is".to_owned(),
                    2 => "Both assistants are".to_owned(),
                    more => format!("All {more} assistants are"),
                };
                format!("{what} with {} {}", list_words(&who), span_words(from, until))
            }
            Violation::DayIsOver { from, .. } => {
                format!("{} is over", from.wall.strftime("%a %-d %b %Y"))
            }
            Violation::BeforeItsDay { from, to, days, .. } => {
                let ahead = match days {
                    1 => "tomorrow".to_owned(),
                    days => format!("{days} days ahead"),
                };
                format!(
                    "The visit is on {}, {ahead}: nobody can be {} yet",
                    from.wall.strftime("%a %-d %b %Y"),
                    match to {
                        Status::NoShow => "missing",
                        other => other.words(),
                    }
                )
            }
            Violation::SecondNotNeeded { provider, .. } => format!(
                "{} is not needed any more: the minutes of the second provider are cut off",
                provider_name(roster, *provider)
            ),
        }
    }
}

pub(crate) fn op_name(roster: &Roster, id: OperatoryId) -> &str {
    roster
        .operatory(id)
        .map_or("a removed operatory", |record| &record.name)
}

pub(crate) fn provider_name(roster: &Roster, id: ProviderId) -> &str {
    roster
        .provider(id)
        .map_or("a removed provider", |record| &record.name)
}

pub(crate) fn location_name(roster: &Roster, id: LocationId) -> &str {
    roster
        .location(id)
        .map_or("a removed location", |record| &record.name)
}

pub(crate) fn type_name(roster: &Roster, id: AppointmentTypeId) -> &str {
    roster
        .appointment_type(id)
        .map_or("a removed type", |record| &record.name)
}

pub(crate) fn equipment_name(roster: &Roster, id: EquipmentId) -> &str {
    roster
        .equipment(id)
        .map_or("removed equipment", |record| &record.name)
}

pub(crate) fn target_name<'a>(roster: &'a Roster, target: &crate::BlockTarget) -> &'a str {
    match target {
        crate::BlockTarget::Provider(id) => provider_name(roster, *id),
        crate::BlockTarget::Operatory(id) => op_name(roster, *id),
        crate::BlockTarget::Location(id) => location_name(roster, *id),
    }
}

fn in_brackets(title: &str) -> String {
    if title.is_empty() {
        String::new()
    } else {
        format!(" ({title})")
    }
}

/// `10:00–10:40`, or with the dates where they differ.
fn span_words(from: &Start, until: &Start) -> String {
    let ends_at_midnight =
        until.minute_of_day() == 0 && from.date().tomorrow().is_ok_and(|next| next == until.date());
    if from.date() == until.date() {
        format!(
            "{}–{}",
            from.wall.strftime("%-H:%M"),
            until.wall.strftime("%-H:%M")
        )
    } else if ends_at_midnight {
        format!("{}–24:00", from.wall.strftime("%-H:%M"))
    } else {
        format!(
            "{} – {}",
            from.wall.strftime("%a %-d %b %-H:%M"),
            until.wall.strftime("%a %-d %b %-H:%M")
        )
    }
}

fn open_words(open: &[OpenSpan]) -> String {
    let words: Vec<String> = open
        .iter()
        .map(|span| {
            let until = if span.until == Time::midnight() {
                "24:00".to_owned()
            } else {
                span.until.strftime("%-H:%M").to_string()
            };
            format!("{}–{until}", span.from.strftime("%-H:%M"))
        })
        .collect();
    list_words(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list_words(items: &[&str]) -> String {
    match items {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
