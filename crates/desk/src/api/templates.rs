//! Schedule templates: drawing, versions, sharing, and where they are applied.

use clinic::{
    EmergencyHold, LocationId, OperatoryId, ProviderId, SlotWants, TemplateApplicationId, TemplateId,
    TemplateSlotId, TemplateSpan, TemplateVersionId, Weekday,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AppointmentCard, OpeningView, UndoState};

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct TemplatesRequest {
    /// Only those drawn here or shared with this location.
    pub location: Option<LocationId>,
    pub with_archived: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateList {
    /// By location and name.
    pub templates: Vec<TemplateSummary>,
    /// Every class that an appointment type in use has, by name.
    pub classes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateSummary {
    pub id: TemplateId,
    pub name: String,
    pub location: LocationId,
    pub span: TemplateSpan,
    pub is_archived: bool,
    pub slot_count: u32,
    pub newest_version: Option<TemplateVersionView>,
    /// The draft differs from the newest version.
    pub has_unsaved: bool,
    /// Other locations that use it.
    pub shared_with: Vec<LocationId>,
    /// The last date on which it is applied.
    pub applied_until: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateVersionView {
    pub id: TemplateVersionId,
    pub number: u32,
    pub name: String,
    /// Who kept it.
    pub by: String,
    /// RFC 3339 UTC.
    pub at: String,
    pub slot_count: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct TemplateRef {
    pub id: TemplateId,
    /// The slots of this version instead of the draft's.
    #[serde(default)]
    pub version: Option<TemplateVersionId>,
}

/// One template with all that the builder shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateDetail {
    pub id: TemplateId,
    pub name: String,
    pub note: String,
    pub location: LocationId,
    pub span: TemplateSpan,
    pub is_archived: bool,
    /// `Bonding week at Lakeside`, if it was copied.
    pub copied_from: Option<String>,
    /// Of the draft, or of the version asked for.
    pub slots: Vec<TemplateSlotView>,
    /// Newest first.
    pub versions: Vec<TemplateVersionView>,
    pub has_unsaved: bool,
    pub shares: Vec<TemplateShareView>,
    pub check: TemplateCheck,
    pub undo: UndoState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateSlotView {
    pub id: TemplateSlotId,
    pub slot: SlotFields,
    /// What it is for, in words: `Bonding`, `any of Adjustment`, `emergency, 2 units`.
    pub wants_words: String,
    /// Its own hue and letter, or those of what it wants.
    pub hue: u8,
    pub letter: String,
}

/// What a slot says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct SlotFields {
    /// In a week template.
    #[serde(default)]
    pub weekday: Option<Weekday>,
    /// Wall minutes since midnight, a multiple of five.
    pub start_minute: u16,
    pub length_minutes: u16,
    pub operatory: OperatoryId,
    #[serde(default)]
    pub provider: Option<ProviderId>,
    pub wants: SlotWants,
    /// Visits it is meant for; 1 if left out.
    #[serde(default)]
    pub capacity: Option<u16>,
    #[serde(default)]
    pub hold: Option<EmergencyHold>,
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub hue: Option<u8>,
    #[serde(default)]
    pub letter: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateShareView {
    pub location: LocationId,
    pub operatories: Vec<OperatoryMapping>,
    pub providers: Vec<ProviderMapping>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperatoryMapping {
    pub from: OperatoryId,
    /// None: its slots are left out.
    pub to: Option<OperatoryId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProviderMapping {
    pub from: ProviderId,
    /// None: whoever works there.
    pub to: Option<ProviderId>,
}

/// What is wrong with a template, and what it adds up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateCheck {
    /// By weekday and time; the first 200.
    pub problems: Vec<TemplateProblem>,
    pub problem_count: u32,
    /// By class, then name.
    pub totals: Vec<TemplateTotal>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateProblem {
    pub kind: TemplateProblemKind,
    pub weekday: Option<Weekday>,
    pub start_minute: u16,
    pub slots: Vec<TemplateSlotId>,
    /// `Dr Chen is needed in Op 1 and Op 2 from 9:10 to 9:20`.
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TemplateProblemKind {
    /// One provider is needed in two slots in the same minutes.
    DoctorTime,
    /// Two slots of one operatory overlap.
    Overlap,
    OutsideLocationHours,
    OutsideProviderHours,
    OutsideOperatoryHours,
    /// Shorter than what it is for.
    TooShort,
    /// Operatory, provider, type or class is no longer in use.
    OutOfUse,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateTotal {
    /// `Bonding`; of a type its name, of a class the class.
    pub name: String,
    pub slots: u32,
    /// Capacities added up.
    pub visits: u32,
    pub minutes: u32,
    /// The provider's own minutes in them.
    pub doctor_minutes: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CreateTemplate {
    pub name: String,
    pub location: LocationId,
    pub span: TemplateSpan,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub note: Option<String>,
}

/// Only what is given changes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct UpdateTemplate {
    pub id: TemplateId,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    /// Out of use, or back.
    #[serde(default)]
    pub is_archived: Option<bool>,
}

/// Changes of slots as one step.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChangeTemplateSlots {
    pub template: TemplateId,
    pub changes: Vec<SlotChange>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SlotChange {
    Add {
        slot: SlotFields,
    },
    Change {
        id: TemplateSlotId,
        slot: SlotFields,
    },
    Remove {
        id: TemplateSlotId,
    },
    /// On a date: as the template has it again.
    Reset {
        id: TemplateSlotId,
    },
}

/// Slots one after the other.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct FillTemplate {
    pub template: TemplateId,
    /// The first one; its length is that of each.
    pub slot: SlotFields,
    /// No slot ends later.
    pub until_minute: u16,
    /// Minutes between two; 0 if left out.
    #[serde(default)]
    pub gap_minutes: Option<u16>,
    /// Also on these weekdays.
    #[serde(default)]
    pub weekdays: Option<Vec<Weekday>>,
}

/// A column, a day or both onto others.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CopyTemplateColumn {
    pub template: TemplateId,
    /// None in a day template.
    #[serde(default)]
    pub from_weekday: Option<Weekday>,
    /// None: all operatories, each onto itself.
    #[serde(default)]
    pub from_operatory: Option<OperatoryId>,
    #[serde(default)]
    pub to_weekdays: Vec<Weekday>,
    #[serde(default)]
    pub to_operatories: Vec<OperatoryId>,
    /// What is there goes; otherwise slots that would overlap are left out.
    #[serde(default)]
    pub replace: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateSlotsChanged {
    pub template: TemplateDetail,
    /// Slots that were added, in the order asked for.
    pub added: Vec<TemplateSlotId>,
    /// Slots that found no place.
    pub left_out: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SaveTemplateVersion {
    pub template: TemplateId,
    /// `Summer`.
    pub name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TemplateVersionRef {
    pub template: TemplateId,
    pub version: TemplateVersionId,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct DiffTemplate {
    pub template: TemplateId,
    /// The older side; none: nothing yet.
    #[serde(default)]
    pub before: Option<TemplateVersionId>,
    /// None: the draft.
    #[serde(default)]
    pub after: Option<TemplateVersionId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateDiff {
    /// By weekday, time and operatory.
    pub entries: Vec<SlotDiff>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SlotDiff {
    pub id: TemplateSlotId,
    pub before: Option<SlotFields>,
    pub after: Option<SlotFields>,
    /// `Mon 9:00 Op 1, Bonding: longer, 60 → 90 min`.
    pub words: String,
}

/// What belongs to what when a template goes to another location.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CopyTemplate {
    pub template: TemplateId,
    /// None: the draft.
    #[serde(default)]
    pub version: Option<TemplateVersionId>,
    pub location: LocationId,
    /// Of the copy; without it that of the original.
    #[serde(default)]
    pub name: Option<String>,
    /// Instead of what the names suggest.
    #[serde(default)]
    pub operatories: Vec<OperatoryMapping>,
    #[serde(default)]
    pub providers: Vec<ProviderMapping>,
}

/// What a copy or share would map; changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateMapping {
    pub operatories: Vec<OperatoryMapping>,
    pub providers: Vec<ProviderMapping>,
    /// `Op 4 has no counterpart at Riverside: 12 slots are left out`.
    pub unmapped: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateCopied {
    pub template: TemplateDetail,
    pub unmapped: Vec<String>,
}

/// Lets another location use a template by reference.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ShareTemplate {
    pub template: TemplateId,
    pub location: LocationId,
    /// False: no longer. What is applied there stays.
    pub is_shared: bool,
    #[serde(default)]
    pub operatories: Vec<OperatoryMapping>,
    #[serde(default)]
    pub providers: Vec<ProviderMapping>,
}

/// A template, or several in turn, over dates.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ApplicationFields {
    pub location: LocationId,
    /// Further locations, planned and applied in the same step; each must have the templates or share them.
    #[serde(default)]
    #[ts(as = "Option<Vec<LocationId>>", optional)]
    pub also_at: Vec<LocationId>,
    /// One, or one for each week of a rotation.
    pub weeks: Vec<ApplicationWeek>,
    /// A day of a first week of the rotation; without it that of `from`.
    #[serde(default)]
    pub weeks_from: Option<String>,
    pub from: String,
    /// The last day, itself included; at most two years on.
    pub until: String,
    /// None: every weekday.
    #[serde(default)]
    pub weekdays: Option<Vec<Weekday>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ApplicationWeek {
    pub template: TemplateId,
    /// None: the newest.
    #[serde(default)]
    pub version: Option<TemplateVersionId>,
}

/// What applying would do; nothing is changed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApplicationPlan {
    /// By location, in the order asked for, then by date.
    pub days: Vec<ApplicationDay>,
    pub clean_days: u32,
    pub conflict_days: u32,
    pub conflict_count: u32,
    /// Days before today that would change: what was planned for them, and with it their figures.
    pub past_days: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApplicationDay {
    pub location: LocationId,
    pub date: String,
    pub state: ApplicationDayState,
    pub template: TemplateId,
    /// The application that holds there now.
    pub replaces: Option<TemplateApplicationId>,
    pub added: u32,
    pub changed: u32,
    pub removed: u32,
    /// Slots changed by hand that stay.
    pub kept_by_hand: Vec<String>,
    /// How many there are, those that are not listed among them.
    pub conflict_count: u32,
    /// At most 50 of a day.
    pub conflicts: Vec<FitConflict>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationDayState {
    /// Everything fits.
    Clean,
    Conflicts,
    /// The location is closed.
    Closed,
    /// It holds there already.
    Unchanged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FitConflictKind {
    /// A visit in no slot.
    OutsideSlots,
    /// A visit in a slot for something else.
    WrongType,
    /// More visits than a slot is meant for.
    OverCapacity,
    /// A slot's provider is away or not in.
    ProviderAway,
    /// A slot's operatory is out of use or closed.
    OperatoryMissing,
    ClosedDay,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FitConflict {
    pub kind: FitConflictKind,
    /// `Rivera, Ana 9:10–9:50 in Op 1 is in no slot`.
    pub words: String,
    pub visit: Option<AppointmentCard>,
    pub slot: Option<TemplateSlotId>,
    /// What can be done about it, best first.
    pub ways: Vec<FitWay>,
}

/// A way out of one conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FitWay {
    /// The visit stays where it is, beside the template.
    Keep,
    /// The visit waits on the pinboard for a new time.
    Pin,
    /// That day gets a slot of its own for the visit.
    AddSlot,
    /// That day goes without this slot.
    DropSlot,
    /// Moves the visit there, by the ordinary way of moving.
    Move { opening: OpeningView },
    /// That day keeps what it has.
    LeaveDay,
}

/// Which days are applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ApplyTo {
    CleanDays,
    /// Conflicts included; closed days never.
    AllDays,
    /// These dates, at every location that is meant.
    Days {
        dates: Vec<String>,
    },
    /// One by one, where not every location has the same.
    DaysAt {
        days: Vec<LocationDay>,
    },
}

/// One date of one location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LocationDay {
    pub location: LocationId,
    pub date: String,
}

/// What to do about one conflict of a day that is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FitDecision {
    PinVisit {
        date: String,
        appointment: clinic::AppointmentId,
    },
    AddSlot {
        date: String,
        appointment: clinic::AppointmentId,
    },
    DropSlot {
        date: String,
        slot: TemplateSlotId,
        /// None: the first of those applied to.
        #[serde(default)]
        #[ts(optional = nullable)]
        location: Option<LocationId>,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ApplyTemplate {
    pub fields: ApplicationFields,
    pub to: ApplyTo,
    #[serde(default)]
    pub decisions: Vec<FitDecision>,
    /// Days before today may change, and with them the figures of the past.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub acknowledge_past: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateApplied {
    pub application: ApplicationView,
    /// At further locations, in the order asked for.
    pub further: Vec<ApplicationView>,
    /// At all of them together.
    pub days: u32,
    /// Days that keep what they had.
    pub left_out: u32,
    pub undo: UndoState,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct ApplicationsRequest {
    pub location: Option<LocationId>,
    pub template: Option<TemplateId>,
    /// Those that hold on this day or later; without it from today.
    pub from: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Applications {
    /// Newest first.
    pub applications: Vec<ApplicationView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApplicationView {
    pub id: TemplateApplicationId,
    pub location: LocationId,
    pub weeks: Vec<ApplicationWeekView>,
    pub from: String,
    pub until: String,
    pub weekdays: Vec<Weekday>,
    /// Dates on which it holds; those that a newer one took over do not count.
    pub days: u32,
    /// Who took over the others: `5 days replaced by Big of Maria Reyes`.
    pub replaced: Vec<String>,
    pub by: String,
    /// RFC 3339 UTC.
    pub at: String,
    /// `Bonding week (version 3), Mon–Thu, 2 Mar – 29 May`.
    pub words: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApplicationWeekView {
    pub template: TemplateId,
    pub name: String,
    pub version: TemplateVersionId,
    pub version_number: u32,
    pub version_name: String,
    /// There is a newer version to apply.
    pub newest: Option<TemplateVersionId>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct RemoveApplication {
    pub id: TemplateApplicationId,
    /// Only from this day on.
    #[serde(default)]
    pub from: Option<String>,
    /// Only these days.
    #[serde(default)]
    pub dates: Option<Vec<String>>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TemplateDayRequest {
    pub location: LocationId,
    pub date: String,
}

/// The slots of one date, as they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateDay {
    pub location: LocationId,
    pub date: String,
    pub application: Option<ApplicationView>,
    pub slots: Vec<SlotCard>,
    /// The same slots in the same order, as a change of them says: with a look only where it is their own.
    pub as_drawn: Vec<TemplateSlotView>,
    /// Slots of the template that this date goes without.
    pub dropped: Vec<TemplateSlotView>,
    pub undo: UndoState,
}

/// A slot on the day sheet, behind the visits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SlotCard {
    pub id: TemplateSlotId,
    pub template: Option<TemplateId>,
    pub operatory: OperatoryId,
    pub provider: Option<ProviderId>,
    pub start_minute: u16,
    pub length_minutes: u16,
    pub wants: SlotWants,
    /// What it is for, in words.
    pub words: String,
    pub label: String,
    pub hue: u8,
    pub letter: String,
    pub capacity: u16,
    /// Visits in it.
    pub booked: u16,
    pub hold: Option<HoldState>,
    /// Changed by hand on this date.
    pub is_by_hand: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HoldState {
    pub units: u8,
    /// Wall time at the location from which anything may be booked there.
    pub releases_at: String,
    pub is_released: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChangeDaySlots {
    pub location: LocationId,
    pub date: String,
    pub changes: Vec<SlotChange>,
}

/// How templates and what happened compare.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct AnalyticsRequest {
    /// None: all that the person may see.
    #[serde(default)]
    pub location: Option<LocationId>,
    pub from: String,
    /// The last day, itself included; at most two years on.
    pub until: String,
    pub by: AnalyticsBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AnalyticsBy {
    Class,
    Template,
    Weekday,
    Provider,
    Location,
    Week,
    Month,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TemplateAnalytics {
    pub rows: Vec<AnalyticsRow>,
    pub total: AnalyticsRow,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AnalyticsRow {
    /// The id, class, weekday, or first day of a week or month.
    pub key: String,
    pub name: String,
    /// Capacities of the slots of these days.
    pub planned_visits: u32,
    pub planned_minutes: u32,
    /// Visits booked in such slots that fit them, whatever became of them, cancelled ones excepted.
    pub booked_visits: u32,
    pub booked_minutes: u32,
    /// Of the booked ones: those of days that are over which took place.
    pub kept_visits: u32,
    pub no_shows: u32,
    pub cancelled: u32,
    /// Visits in slots meant for something else, in the row of what the slot was meant for.
    pub leaked_visits: u32,
    /// Visits in no slot.
    pub outside_visits: u32,
    /// Median days between booking and visit; none without visits.
    pub lead_days: Option<f64>,
    pub holds: u32,
    /// Holds in which no visit was, of days that are over.
    pub unused_holds: u32,
    /// Of days that are over: the doctor was in and nobody needed them.
    pub doctor_idle_minutes: u32,
    /// Minutes that visits ended after their provider's hours.
    pub overrun_minutes: u32,
    /// Booked of planned minutes, 0–1; none where nothing was planned.
    pub fill_rate: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AnalyticsFile {
    /// `templates-by-class-2026-03.csv`.
    pub file_name: String,
    /// UTF-8, comma-separated (RFC 4180), with a heading.
    pub csv: String,
}
