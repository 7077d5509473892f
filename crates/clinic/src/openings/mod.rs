//! Openings: free time for a visit of a given type, ranked, over weeks and many chairs at once.
//!
//! Everything is asked of rows of bits in units of five minutes of elapsed time, so that days of 23 or 25
//! hours and zones with odd offsets need no special case. What [`find`] offers breaks no rule of
//! [`crate::check_placement`] except, ranked last, a block-out that only warns, too few assistants where that only warns, a time in no
//! slot of the day's template, and, if there is nothing else, slots for other things; and it misses nothing that begins on the practice's grid.

mod assistants;
mod bits;
mod busy;
mod family;
mod full_hours;
mod gather;
mod grid;
mod ground;
mod leanings;
mod pieces;
mod rank;
mod seconds;
mod slots;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

pub use busy::BusyCalendar;
pub use family::{Arrangement, FamilyOpening, FamilyRequest, MAX_FAMILY, find_family};
use ground::Ground;
pub use leanings::{Habit, Leanings};
pub(crate) use pieces::{PieceUnit, PiecesLeft, Wants};

use crate::placement::{known_location, known_operatory, plausible};
use crate::procedures::{must_be_in_use, together};
use crate::templates::HeldDays;
use crate::violation::op_name;
use crate::{
    Appointment, AppointmentTypeId, CannotBook, LocationId, OperatoryId, PatientId, ProviderId, Roster,
    Start, TimePattern, Weekday, What, Zones,
};

/// Most days that one search looks at.
pub const MAX_DAYS: u16 = 366;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningRequest {
    pub appointment_type: AppointmentTypeId,
    pub provider: Option<ProviderId>,
    pub operatory: Option<OperatoryId>,
    pub location: Option<LocationId>,
    /// Who must not be in two places.
    pub patient: Option<PatientId>,
    /// First wall day.
    pub from: Date,
    /// How many days, at most [`MAX_DAYS`].
    pub days: u16,
    /// The visit begins at this wall time or later …
    pub after: Option<Time>,
    /// … and is over by this one, on the day on which it begins.
    pub before: Option<Time>,
    /// None: every day.
    pub weekdays: Option<Vec<Weekday>>,
    /// Instead of the type's own.
    pub pattern: Option<TimePattern>,
    /// How many are wanted.
    pub limit: usize,
    /// The visit that would move there: its own time counts as free.
    pub moving: Option<Box<Appointment>>,
    /// What is known of the patient.
    pub leanings: Leanings,
    /// What is done beside the type. A visit that moves keeps what is done in it, whatever stands here.
    pub also: Vec<AppointmentTypeId>,
    /// Who should come for the units of the second pattern; none: whoever is free then.
    pub second_provider: Option<ProviderId>,
    /// Somebody who is away on a day, although no block-out may say so yet: not asked as second provider.
    pub away: Option<(ProviderId, Date)>,
}

impl OpeningRequest {
    /// Anything for a type in the four weeks from a day on: the first ten.
    pub fn new(appointment_type: AppointmentTypeId, from: Date) -> Self {
        Self {
            appointment_type,
            provider: None,
            operatory: None,
            location: None,
            patient: None,
            from,
            days: 28,
            after: None,
            before: None,
            weekdays: None,
            pattern: None,
            limit: 10,
            moving: None,
            leanings: Leanings::default(),
            also: Vec::new(),
            second_provider: None,
            away: None,
        }
    }
}

impl OpeningRequest {
    /// What is done beside the type.
    pub(crate) fn also(&self) -> &[AppointmentTypeId] {
        self.moving
            .as_deref()
            .map_or(&self.also, |visit| visit.also.as_slice())
    }
}

/// Free time that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub starts_at: Start,
    pub length_minutes: u16,
    pub location: LocationId,
    pub operatory: OperatoryId,
    pub provider: ProviderId,
    /// Who is free for the units of the second pattern; none where the visit needs nobody.
    pub second_provider: Option<ProviderId>,
    /// Why it is where it is in the list; most telling first.
    pub reasons: Vec<Reason>,
}

/// What speaks for or against an opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// On the first day that has any.
    EarliestDay,
    /// Days later (or, negative, earlier) than the day that was asked for.
    DaysAway(i32),
    /// Nothing stays free before or after it.
    FillsGap,
    /// What stays free around it is long enough for another visit.
    LeavesNoShortGap,
    /// Before or after it stays a gap that is too short for any type.
    LeavesShortGap,
    UsualProvider(OperatoryId),
    /// Who treated the patient most.
    SameProvider(ProviderId),
    SameOperatory(OperatoryId),
    /// On which the patient usually comes.
    UsualWeekday(Habit<Weekday>),
    /// Before or after noon, as usual.
    UsualHalf(Habit<bool>),
    /// Somebody of the family comes that day.
    WithFamily,
    /// The provider has little to do that day.
    LightDay(ProviderId),
    /// Who is free for the units of the second pattern.
    WithSecond(ProviderId),
    /// Lies on a block-out that only warns; its title.
    OnBlockOut(String),
    /// No assistant is left in these minutes of it, on the wall clock there: whoever books is asked.
    NoAssistant(Time, Time),
    /// Lies in a template slot that is meant for it: what that is for, in words.
    InSlot(String),
    /// The day has a template, and it lies in none of its slots.
    InNoSlot,
    /// Lies in a slot that is meant for something else.
    SlotForOther(String),
    SlotFull(String),
    KeptForEmergencies,
}

impl Reason {
    /// For the list of openings.
    pub fn words(&self, roster: &Roster) -> String {
        match self {
            Reason::EarliestDay => "earliest day".to_owned(),
            Reason::DaysAway(0) => "same day".to_owned(),
            Reason::DaysAway(days) => {
                let number = days.unsigned_abs();
                let unit = if number == 1 { "day" } else { "days" };
                format!("{number} {unit} {}", if *days < 0 { "earlier" } else { "later" })
            }
            Reason::FillsGap => "fills the gap exactly".to_owned(),
            Reason::LeavesNoShortGap => "leaves no short gap".to_owned(),
            Reason::LeavesShortGap => "leaves a short gap".to_owned(),
            Reason::UsualProvider(operatory) => format!("usual provider of {}", op_name(roster, *operatory)),
            Reason::SameProvider(id) => {
                format!("with {} as before", crate::violation::provider_name(roster, *id))
            }
            Reason::SameOperatory(id) => format!("in {} as before", op_name(roster, *id)),
            Reason::UsualWeekday(habit) => format!(
                "a {} like {} of {} visits",
                leanings::weekday_name(habit.is),
                habit.kept,
                habit.of
            ),
            Reason::UsualHalf(habit) => format!(
                "in the {} like {} of {} visits",
                leanings::half_name(habit.is),
                habit.kept,
                habit.of
            ),
            Reason::WithFamily => "the family comes that day".to_owned(),
            Reason::LightDay(id) => {
                format!("a light day of {}", crate::violation::provider_name(roster, *id))
            }
            Reason::WithSecond(id) => format!(
                "{} is free for the second part",
                crate::violation::provider_name(roster, *id)
            ),
            Reason::OnBlockOut(title) if title.is_empty() => "on a block-out".to_owned(),
            Reason::OnBlockOut(title) => format!("on the block-out “{title}”"),
            Reason::NoAssistant(from, until) => format!(
                "no assistant is free {}–{}",
                from.strftime("%-H:%M"),
                until.strftime("%-H:%M")
            ),
            Reason::InSlot(wants) => format!("in a slot for {wants}"),
            Reason::InNoSlot => "in no slot of the template".to_owned(),
            Reason::SlotForOther(wants) => format!("in a slot meant for {wants}"),
            Reason::SlotFull(wants) => format!("in a full slot for {wants}"),
            Reason::KeptForEmergencies => "kept for emergencies".to_owned(),
        }
    }
}

/// The best openings, best first, by the practice's weights. As those are at first: the earliest day; there in a slot that is meant for it
/// rather than in none (on a day with a template), then without block-outs that warn and with an assistant, then without short gaps left over, then next to
/// what is taken already, then with the operatory's usual provider, then the earliest time, and at one time the doctor with less to
/// do. What is known of the patient ([`Leanings`]) comes in between. The same provider at the same time in a second operatory comes after
/// everything else: of its day, or of all days where an earlier day does not always come first. Nothing begins before `now`. Slots meant for
/// something else, full ones and emergency holds are offered only if there is nothing else at all. `held`: slots of the searched days
/// and the one after.
pub fn find(
    roster: &Roster,
    zones: &Zones,
    busy: &BusyCalendar,
    held: &HeldDays,
    request: &OpeningRequest,
    now: Timestamp,
) -> Result<Vec<Opening>, CannotBook> {
    check_request(roster, request)?;
    match Ground::lay(roster, zones, busy, held, request, now)? {
        Some(ground) if request.limit > 0 => Ok(rank::best(&ground)),
        _ => Ok(Vec::new()),
    }
}

fn check_request(roster: &Roster, request: &OpeningRequest) -> Result<(), CannotBook> {
    let inactive = |what, name: &str| {
        Err(CannotBook::Inactive {
            what,
            name: name.to_owned(),
        })
    };
    let kind = roster
        .appointment_type(request.appointment_type)
        .ok_or_else(|| CannotBook::unknown(What::AppointmentType, request.appointment_type))?;
    if request.moving.is_none() {
        if !kind.is_active {
            return inactive(What::AppointmentType, &kind.name);
        }
        together(roster, kind.id, &request.also)?;
        must_be_in_use(roster, &request.also, &[])?;
    }
    if let Some(id) = request.provider {
        let record = roster
            .provider(id)
            .ok_or_else(|| CannotBook::unknown(What::Provider, id))?;
        if !record.is_active {
            return inactive(What::Provider, &record.name);
        }
    }
    if let Some(id) = request.second_provider {
        let record = roster
            .provider(id)
            .ok_or_else(|| CannotBook::unknown(What::Provider, id))?;
        if !record.is_active {
            return inactive(What::Provider, &record.name);
        }
        if request.provider == Some(id) {
            return Err(crate::placement::same_twice(&record.name).into());
        }
    }
    if let Some(id) = request.operatory {
        let record = known_operatory(roster, id)?;
        if !record.is_active {
            return inactive(What::Operatory, &record.name);
        }
    }
    if let Some(id) = request.location {
        let record = known_location(roster, id)?;
        if !record.is_active {
            return inactive(What::Location, &record.name);
        }
    }
    if !(1..=MAX_DAYS).contains(&request.days) {
        return Err(crate::Invalid::new("days", format!("A search covers 1 to {MAX_DAYS} days.")).into());
    }
    plausible(request.from.at(0, 0, 0, 0))?;
    let last = request
        .from
        .checked_add(SignedDuration::from_hours(24 * i64::from(request.days)));
    plausible(last.unwrap_or(Date::MAX).at(0, 0, 0, 0))
}
