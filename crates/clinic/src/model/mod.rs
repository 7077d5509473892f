//! The nouns of the practice. Each is one record of one Automerge document (see [`crate::Entity`]); the
//! names of the fields are the names in documents, rows and exports.

mod appointment;
mod appointment_type;
mod assistants;
mod equipment;
mod location;
mod packed_slots;
mod patient;
mod practice;
mod provider;
mod ranking;
mod recurring_appointment;
mod template;
mod time_block;

pub use appointment::{AcceptedConflict, Appointment, ConflictKey, MAX_EARLY_MINUTES, NeedsNewTime};
pub use appointment_type::{AppointmentType, FollowUp};
pub use assistants::{AssistantNeed, AssistantPeriod};
pub use equipment::{Equipment, EquipmentCount, EquipmentNeed};
pub use location::{Location, Operatory};
pub use patient::{Patient, ResponsibleParty};
pub use practice::{Person, Policy, Practice, Rule, RulePolicies, VisitLimit, Workstation};
pub use provider::{Provider, ProviderKind, ProviderSchedule, Rota, SpecialDay, Weekday, WorkingHours};
pub use ranking::{RankingFactor, RankingWeights, Weight};
pub use recurring_appointment::{RecurringAppointment, SeriesPlace};
pub use template::{
    AppliedWeek, DaySlot, EmergencyHold, ScheduleTemplate, SlotWants, TemplateApplication, TemplateShare,
    TemplateSlot, TemplateSpan, TemplateVersion,
};
pub use time_block::{AbsenceReason, BlockPolicy, BlockTarget, TimeBlock};
