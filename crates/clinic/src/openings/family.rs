//! Openings for several patients who come together: side by side, or one after the other, so that the family waits as
//! little as possible. Each visit's own openings are found as ever; here they are only put together.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{
    BusyCalendar, Opening, OpeningRequest, PieceUnit, PiecesLeft, Reason, Wants, check_request, find,
};
use crate::doctor_time::all;
use crate::limits::{LimitedHour, limited_hours};
use crate::placement::overlap;
use crate::templates::HeldDays;
use crate::{CannotBook, Invalid, PatientId, ProviderId, Roster, TimePattern, Zones};

/// Most visits of one search.
pub const MAX_FAMILY: usize = 6;
/// Longest wait of one patient for the next, where they come one after the other.
const MOST_WAIT_MINUTES: i64 = 15;
/// Openings of one visit that are looked at in a day, and of those that begin at the same time.
const OF_A_DAY: usize = 3000;
const OF_A_START: usize = 6;
/// Ways to put a day together that are tried from one start.
const MOST_TRIES: usize = 3_000;

/// How the visits lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Arrangement {
    /// Whatever keeps the family here shortest.
    Any,
    /// All begin at the same time.
    SideBySide,
    /// Each begins when another ends, or at most 15 minutes later.
    BackToBack,
}

/// What is looked for: one request a visit, all over the same days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyRequest {
    pub visits: Vec<OpeningRequest>,
    pub arrangement: Arrangement,
    /// How many are wanted.
    pub limit: usize,
}

/// One opening for each visit, in the order asked for, all at one location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyOpening {
    pub visits: Vec<Opening>,
    /// Minutes from the first start to the last end.
    pub stay_minutes: u32,
}

/// An opening of one visit, with what decides whether it goes together with another.
struct Choice {
    opening: Opening,
    from: Timestamp,
    until: Timestamp,
    /// Place in that visit's own list of the day.
    rank: usize,
    /// The hours of limits in which it would begin, and how many more may.
    hours: Vec<(LimitedHour, u16)>,
    /// Equipment and assistants that it would take, and how many are left of them as things are.
    pieces: Vec<(PieceUnit, u16)>,
}

/// What of a visit does not depend on where it goes.
struct Wanted {
    pattern: TimePattern,
    second_pattern: Option<TimePattern>,
    before: SignedDuration,
    after: SignedDuration,
}

impl Wanted {
    /// Whom an opening would need in person, and when.
    fn doctor_time(&self, choice: &Choice) -> Vec<(ProviderId, (Timestamp, Timestamp))> {
        all(
            choice.from,
            (choice.opening.provider, &self.pattern),
            (choice.opening.second_provider, self.second_pattern.as_ref()),
        )
        .collect()
    }
}

/// The best ways to come together: the earliest day, there the shortest stay, then the earliest time. Of one start there is
/// one. What is offered clashes neither with what is booked nor within itself.
/// `held`: template slots of the searched days and the one after.
///
/// # Errors
/// As [`find`]; and if there are fewer than two visits or more than [`MAX_FAMILY`], if a patient is there twice, or if the visits ask for
/// different days.
pub fn find_family(
    roster: &Roster,
    zones: &Zones,
    busy: &BusyCalendar,
    held: &HeldDays,
    request: &FamilyRequest,
    now: Timestamp,
) -> Result<Vec<FamilyOpening>, CannotBook> {
    let wanted = check(roster, request)?;
    let Some(first) = request.visits.first() else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let mut pieces = PiecesLeft::new(roster, zones, busy);
    for day in 0..first.days {
        if found.len() >= request.limit {
            break;
        }
        let Ok(date) = first
            .from
            .checked_add(SignedDuration::from_hours(24 * i64::from(day)))
        else {
            break;
        };
        let mut all = Vec::with_capacity(wanted.len());
        for visit in &request.visits {
            let options = options_of(roster, zones, busy, held, visit, date, &mut pieces, now)?;
            if options.is_empty() {
                break;
            }
            all.push(options);
        }
        if all.len() == wanted.len() {
            let wanted_still = request.limit - found.len();
            let mut of_day = together(&wanted, &all, request.arrangement);
            of_day.truncate(wanted_still);
            found.append(&mut of_day);
        }
    }
    Ok(found)
}

fn check(roster: &Roster, request: &FamilyRequest) -> Result<Vec<Wanted>, CannotBook> {
    let visits = &request.visits;
    if !(2..=MAX_FAMILY).contains(&visits.len()) {
        return Err(Invalid::new("visits", format!("A family has 2 to {MAX_FAMILY} visits here.")).into());
    }
    let mut patients: Vec<PatientId> = visits.iter().filter_map(|visit| visit.patient).collect();
    patients.sort_unstable();
    if patients.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Invalid::new("visits", "The same patient is there twice.").into());
    }
    if visits
        .iter()
        .any(|visit| (visit.from, visit.days) != (visits[0].from, visits[0].days))
    {
        return Err(Invalid::new("visits", "All visits are looked for over the same days.").into());
    }
    visits
        .iter()
        .map(|visit| {
            check_request(roster, visit)?;
            let together = crate::procedures::together(roster, visit.appointment_type, visit.also())?;
            Ok(Wanted {
                pattern: visit.pattern.clone().unwrap_or(together.pattern),
                second_pattern: together.second_pattern,
                before: SignedDuration::from_mins(together.buffer_before_minutes.into()),
                after: SignedDuration::from_mins(together.buffer_after_minutes.into()),
            })
        })
        .collect()
}

/// One visit's openings of a day by start, the best few of each.
fn options_of(
    roster: &Roster,
    zones: &Zones,
    busy: &BusyCalendar,
    held: &HeldDays,
    visit: &OpeningRequest,
    date: Date,
    pieces: &mut PiecesLeft<'_>,
    now: Timestamp,
) -> Result<BTreeMap<Timestamp, Vec<Choice>>, CannotBook> {
    let of_day = OpeningRequest {
        from: date,
        days: 1,
        limit: OF_A_DAY,
        ..visit.clone()
    };
    let together = crate::procedures::together(roster, visit.appointment_type, visit.also())?;
    let wants = Wants {
        appointment_type: visit.appointment_type,
        pattern: visit.pattern.as_ref().unwrap_or(&together.pattern),
        equipment: &together.equipment,
        assistant: together.assistant,
    };
    let mut by_start: BTreeMap<Timestamp, Vec<Choice>> = BTreeMap::new();
    for (rank, opening) in find(roster, zones, busy, held, &of_day, now)?
        .into_iter()
        .enumerate()
    {
        if opening.reasons.iter().any(is_for_no_family) {
            continue;
        }
        let from = opening.starts_at.instant();
        let here = by_start.entry(from).or_default();
        if here.len() < OF_A_START {
            let length = SignedDuration::from_mins(opening.length_minutes.into());
            let place = (opening.location, opening.provider);
            let kind = visit.appointment_type;
            let taken = pieces.taken_by(wants, opening.location, from, None);
            here.push(Choice {
                hours: limited_hours(roster, busy, place, kind, &opening.starts_at, None),
                pieces: taken,
                until: from.saturating_add(length).unwrap_or(from),
                opening,
                from,
                rank,
            });
        }
    }
    Ok(by_start)
}

/// A slot that the template means for something else, or no assistant: one visit may have to take it, a family looks for another time.
fn is_for_no_family(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::SlotForOther(_) | Reason::SlotFull(_) | Reason::KeptForEmergencies | Reason::NoAssistant(..)
    )
}

/// Everything that a day's search knows while it goes.
struct Search<'a> {
    wanted: &'a [Wanted],
    all: &'a [BTreeMap<Timestamp, Vec<Choice>>],
    arrangement: Arrangement,
    tries: usize,
    /// Stay, ranks added up, and what was chosen of each visit.
    best: Option<(SignedDuration, usize, Vec<&'a Choice>)>,
}

/// The ways of one day, shortest stay first.
fn together(
    wanted: &[Wanted],
    all: &[BTreeMap<Timestamp, Vec<Choice>>],
    arrangement: Arrangement,
) -> Vec<FamilyOpening> {
    let mut starts: Vec<Timestamp> = all.iter().flat_map(|options| options.keys().copied()).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut ways: Vec<(SignedDuration, Timestamp, usize, Vec<&Choice>)> = Vec::new();
    for start in starts {
        let mut search = Search {
            wanted,
            all,
            arrangement,
            tries: 0,
            best: None,
        };
        let mut chosen = vec![None; all.len()];
        search.go(start, start, &mut chosen);
        if let Some((stay, ranks, chosen)) = search.best {
            ways.push((stay, start, ranks, chosen));
        }
    }
    ways.sort_by_key(|(stay, start, ranks, _)| (*stay, *start, *ranks));
    ways.into_iter()
        .map(|(stay, _, _, chosen)| FamilyOpening {
            visits: chosen.into_iter().map(|option| option.opening.clone()).collect(),
            stay_minutes: u32::try_from(stay.as_mins()).unwrap_or(u32::MAX),
        })
        .collect()
}

impl<'a> Search<'a> {
    /// Chooses one more visit, any of those left, that begins at `at`, or, one after the other, where another ends. `begin` is when
    /// the first one began.
    fn go(&mut self, begin: Timestamp, at: Timestamp, chosen: &mut Vec<Option<&'a Choice>>) {
        if chosen.iter().all(Option::is_some) {
            self.keep(begin, chosen);
            return;
        }
        let all = self.all;
        for visit in 0..all.len() {
            if chosen[visit].is_some() {
                continue;
            }
            for at in self.times(begin, at, chosen) {
                for option in all[visit].get(&at).into_iter().flatten() {
                    self.tries += 1;
                    if self.tries > MOST_TRIES {
                        return;
                    }
                    if self.fits(visit, option, chosen) && self.may_be_better(begin, option) {
                        chosen[visit] = Some(option);
                        self.go(begin, at, chosen);
                        chosen[visit] = None;
                    }
                }
            }
        }
    }

    /// When the next visit may begin.
    fn times(&self, begin: Timestamp, at: Timestamp, chosen: &[Option<&'a Choice>]) -> Vec<Timestamp> {
        let ends = chosen.iter().flatten().map(|option| option.until);
        let mut times = Vec::new();
        if chosen.iter().all(Option::is_none) {
            return vec![begin];
        }
        if self.arrangement != Arrangement::BackToBack {
            times.push(begin);
        }
        if self.arrangement != Arrangement::SideBySide {
            for end in ends {
                // Five minutes are the finest grid there is.
                for wait in (0..=MOST_WAIT_MINUTES).step_by(5) {
                    let next = end.saturating_add(SignedDuration::from_mins(wait)).unwrap_or(end);
                    if next >= at && !times.contains(&next) {
                        times.push(next);
                    }
                }
            }
        }
        times.sort_unstable();
        times
    }

    fn may_be_better(&self, begin: Timestamp, option: &Choice) -> bool {
        self.best
            .as_ref()
            .is_none_or(|(stay, _, _)| option.until.duration_since(begin) <= *stay)
    }

    fn keep(&mut self, begin: Timestamp, chosen: &[Option<&'a Choice>]) {
        let chosen: Vec<&Choice> = chosen.iter().flatten().copied().collect();
        let end = chosen.iter().map(|option| option.until).max().unwrap_or(begin);
        let (stay, ranks) = (
            end.duration_since(begin),
            chosen.iter().map(|option| option.rank).sum(),
        );
        let is_better = self
            .best
            .as_ref()
            .is_none_or(|(known, known_ranks, _)| (stay, ranks) < (*known, *known_ranks));
        if is_better {
            self.best = Some((stay, ranks, chosen));
        }
    }

    /// Whether it clashes with none of those chosen already: hours of limits, chair with its buffers, doctor time, location, pieces of
    /// equipment, assistants.
    fn fits(&self, visit: usize, option: &Choice, chosen: &[Option<&'a Choice>]) -> bool {
        let begin = |hour: &LimitedHour| {
            let has = |other: &&Choice| other.hours.iter().any(|(known, _)| known == hour);
            chosen.iter().flatten().copied().filter(has).count()
        };
        let has_room = |(hour, left): &(LimitedHour, u16)| begin(hour) < usize::from(*left);
        let has_pieces = option.pieces.iter().all(|(unit, left)| {
            let others = chosen.iter().flatten().flat_map(|other| &other.pieces);
            others.filter(|(taken, _)| taken == unit).count() < usize::from(*left)
        });
        has_pieces
            && option.hours.iter().all(has_room)
            && chosen.iter().enumerate().all(|(other, at)| {
                let Some(at) = at else { return true };
                let (mine, theirs) = (&self.wanted[visit], &self.wanted[other]);
                if option.opening.location != at.opening.location {
                    return false;
                }
                if option.opening.operatory == at.opening.operatory {
                    let gap = if option.from >= at.until {
                        (
                            option.from.duration_since(at.until),
                            mine.before.max(theirs.after),
                        )
                    } else if at.from >= option.until {
                        (
                            at.from.duration_since(option.until),
                            theirs.before.max(mine.after),
                        )
                    } else {
                        return false;
                    };
                    if gap.0 < gap.1 {
                        return false;
                    }
                }
                let needed = &theirs.doctor_time(at);
                mine.doctor_time(option).iter().all(|(who, span)| {
                    needed
                        .iter()
                        .all(|(other, theirs)| who != other || !overlap(*span, *theirs))
                })
            })
    }
}
