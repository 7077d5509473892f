//! The practice's verbs. One enum is the undo label, audit verb, log field, metric name and what a
//! peer checks against the author's permissions.

use serde::{Deserialize, Serialize};

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $words:literal;)*) => {
        /// What was done, in the practice's own words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        pub enum Op { $($(#[$doc])* $name,)* }

        impl Op {
            pub const ALL: &'static [Op] = &[$(Op::$name,)*];
            /// Stable name in files, logs and metrics.
            pub fn code(self) -> &'static str { match self { $(Op::$name => $code,)* } }
            /// As a person says it, for “Undo …” and the history.
            pub fn words(self) -> &'static str { match self { $(Op::$name => $words,)* } }
            pub fn from_code(code: &str) -> Option<Op> { match code { $($code => Some(Op::$name),)* _ => None } }
        }
    };
}

ops! {
    BookAppointment = "book_appointment", "book a visit";
    /// Several patients who come together.
    BookFamily = "book_family", "book a family";
    MoveAppointment = "move_appointment", "move a visit";
    ChangeLength = "change_length", "change a visit’s length";
    /// What is done in it, and so how long it takes.
    ChangeProcedures = "change_procedures", "change what is done in a visit";
    ChangeProvider = "change_provider", "change a visit’s provider";
    /// Each visit at the other’s time and place.
    SwapAppointments = "swap_appointments", "swap two visits";
    ConfirmAppointment = "confirm_appointment", "confirm a visit";
    MarkArrived = "mark_arrived", "mark arrived";
    SeatPatient = "seat_patient", "seat a patient";
    CompleteAppointment = "complete_appointment", "complete a visit";
    CheckOut = "check_out", "check out";
    CancelAppointment = "cancel_appointment", "cancel a visit";
    MarkNoShow = "mark_no_show", "mark a no-show";
    /// Back to scheduled or an earlier step.
    ReopenAppointment = "reopen_appointment", "take a visit up again";
    /// Note, flags: what changes neither time nor place.
    EditAppointment = "edit_appointment", "edit a visit";
    /// Many visits of one patient as one step.
    BookSeries = "book_series", "book a series of visits";
    ChangeSeries = "change_series", "change a series of visits";
    CancelSeries = "cancel_series", "cancel visits of a series";
    AddTimeBlock = "add_time_block", "block out time";
    ChangeTimeBlock = "change_time_block", "change a block-out";
    RemoveTimeBlock = "remove_time_block", "remove a block-out";
    /// Entered once, there on many days.
    AddBlockSeries = "add_block_series", "block out recurring time";
    ChangeBlockSeries = "change_block_series", "change recurring block-outs";
    RemoveBlockSeries = "remove_block_series", "remove recurring block-outs";
    /// Copies or moves of block-outs on other days.
    PasteBlocks = "paste_blocks", "paste block-outs";
    /// Somebody is away or a place is closed; who had a visit then needs a new time.
    AddAbsence = "add_absence", "enter an absence";
    ChangeAbsence = "change_absence", "change an absence";
    RemoveAbsence = "remove_absence", "remove an absence";
    /// A visit needs a new time.
    PinAppointment = "pin_appointment", "put a visit on the pinboard";
    /// It keeps its time after all.
    UnpinAppointment = "unpin_appointment", "take a visit off the pinboard";
    /// Many at once, by one plan.
    RescheduleVisits = "reschedule_visits", "give visits new times";
    CreateTemplate = "create_template", "begin a template";
    /// Its name, note, slots or whether it is in use.
    ChangeTemplate = "change_template", "change a template";
    /// Its slots as they are now, under a name.
    SaveTemplateVersion = "save_template_version", "keep a template’s version";
    /// To another location, or a second one at the same.
    CopyTemplate = "copy_template", "copy a template";
    /// With another location, or no longer.
    ShareTemplate = "share_template", "share a template";
    ApplyTemplate = "apply_template", "apply a template";
    RemoveTemplateApplication = "remove_template_application", "remove an applied template";
    /// Slots of one date by hand.
    ChangeDaySlots = "change_day_slots", "change a day’s slots";
    AddPatient = "add_patient", "add a patient";
    UpdatePatient = "update_patient", "edit a patient";
    /// Practice, locations, operatories, providers, appointment types, people.
    UpdateSettings = "update_settings", "change settings";
    /// A type’s usual length and the booked visits that follow it.
    ChangeType = "change_type", "change a type and its visits";
    /// A person decided about a conflict card: keep both, or this value.
    ResolveConflict = "resolve_conflict", "settle a conflict";
    ImportPatients = "import_patients", "import patients";
    ImportAppointments = "import_appointments", "import visits";
    ImportCalendar = "import_calendar", "import a calendar";
    /// The first entry of a practice.
    FoundPractice = "found_practice", "start the practice";
    Undo = "undo", "undo";
    Redo = "redo", "redo";
    /// Another workstation's changes came in. Never authored by a person.
    Merge = "merge", "receive changes";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_come_back() {
        for op in Op::ALL {
            assert_eq!(Op::from_code(op.code()), Some(*op));
            assert_eq!(serde_json::to_value(op).unwrap(), op.code());
        }
    }
}
