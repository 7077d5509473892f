//! Block-outs on many days: entered as one that recurs, changed and removed together, copied and moved to other days.
//! Each occurrence is a block-out of its own, so that what two desks do to different ones merges by itself.

use std::collections::HashSet;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan};

use crate::blocks::{check, resolve};
use crate::hours::day_bounds;
use crate::{
    BlockEdit, BlockRequest, BlockSeriesId, BlockTarget, BlockTime, CannotBook, CannotChange, Change,
    Invalid, LocationId, Op, Plan, Recurrence, Roster, TimeBlock, TimeBlockId, TimeError, Zones,
};

/// Block-outs that one paste takes along at the most.
pub const MAX_PASTED: usize = 1_000;

/// Which occurrences of a series are meant, seen from one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    This,
    /// This one and those that begin later.
    Following,
    All,
}

/// A day on which something could not be done, and why, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub date: Date,
    pub title: String,
    pub why: String,
}

/// What is done, and what is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partly {
    pub plan: Plan,
    pub left_out: Vec<LeftOut>,
}

/// Blocks out time on every date of a rule; `request.time` is that of the first day. A day on which the clock skips the
/// time is left out. `ids` makes an id for each occurrence.
pub fn add_block_series(
    roster: &Roster,
    zones: &Zones,
    request: &BlockRequest,
    recurrence: &Recurrence,
    series: BlockSeriesId,
    mut ids: impl FnMut() -> TimeBlockId,
) -> Result<Partly, CannotChange> {
    let first = match request.time {
        BlockTime::From { wall, .. } => wall.date(),
        BlockTime::Days { first, .. } => first,
    };
    crate::placement::plausible(first.at(0, 0, 0, 0))?;
    let mut partly = Partly::new(Op::AddBlockSeries);
    for date in recurrence.dates(first)? {
        let time = match request.time {
            BlockTime::From {
                wall,
                fold_later,
                length_minutes,
            } => BlockTime::From {
                wall: date.to_datetime(wall.time()),
                fold_later,
                length_minutes,
            },
            BlockTime::Days { days, .. } => BlockTime::Days { first: date, days },
        };
        let (starts_at, length_minutes) = match resolve(roster, zones, request.location, time) {
            Err(CannotChange::Placement(CannotBook::Time(error))) if is_skipped(&error) => {
                partly.leave_out(date, &request.title, skipped(&error));
                continue;
            }
            other => other?,
        };
        let block = TimeBlock {
            id: ids(),
            target: request.target,
            location: request.location,
            starts_at,
            length_minutes,
            title: request.title.trim().to_owned(),
            policy: request.policy.clone(),
            source_uid: request.source_uid.clone(),
            series: Some(series),
            absence: None,
        };
        check(roster, &block)?;
        partly.plan.changes.push(Change::add(block));
    }
    Ok(partly)
}

/// Changes occurrences of a series. A new time moves each by as many days, to the same time of the day; where the clock
/// skips it, that day keeps its time. What follows from here on becomes a series of its own (`split`), so that *all* means
/// what looks alike.
pub fn change_block_series(
    roster: &Roster,
    zones: &Zones,
    of_series: &[TimeBlock],
    block: &TimeBlock,
    scope: Scope,
    edit: &BlockEdit,
    split: BlockSeriesId,
) -> Result<Partly, CannotChange> {
    let mut partly = Partly::new(Op::ChangeBlockSeries);
    let meant = occurrences(of_series, block, scope);
    let splits = scope == Scope::Following && meant.len() < of_series.len();
    for before in meant {
        let time = edit
            .time
            .map(|time| shifted(time, block, before))
            .transpose()
            .map_err(CannotChange::from)?;
        let edit = BlockEdit { time, ..edit.clone() };
        let mut after = before.clone();
        if let Some(time) = edit.time {
            match resolve(roster, zones, before.location, time) {
                Err(CannotChange::Placement(CannotBook::Time(error)))
                    if is_skipped(&error) && before.id != block.id =>
                {
                    partly.leave_out(before.starts_at.date(), &before.title, skipped(&error));
                }
                other => (after.starts_at, after.length_minutes) = other?,
            }
        }
        if let Some(title) = &edit.title {
            after.title = title.trim().to_owned();
        }
        if let Some(policy) = &edit.policy {
            after.policy = policy.clone();
        }
        if splits {
            after.series = Some(split);
        }
        check(roster, &after)?;
        if after != *before {
            partly.plan.changes.push(Change::edit(before.clone(), after));
        }
    }
    Ok(partly)
}

/// Frees the time of occurrences again.
pub fn remove_block_series(of_series: &[TimeBlock], block: &TimeBlock, scope: Scope) -> Plan {
    let changes = occurrences(of_series, block, scope)
        .into_iter()
        .cloned()
        .map(Change::remove)
        .collect();
    Plan::new(Op::RemoveBlockSeries, changes)
}

fn occurrences<'b>(of_series: &'b [TimeBlock], block: &'b TimeBlock, scope: Scope) -> Vec<&'b TimeBlock> {
    if scope == Scope::This || block.series.is_none() {
        return vec![block];
    }
    of_series
        .iter()
        .filter(|other| other.series == block.series)
        .filter(|other| scope == Scope::All || other.starts_at >= block.starts_at)
        .collect()
}

/// The time that `other` gets when `block` gets `time`.
fn shifted(time: BlockTime, block: &TimeBlock, other: &TimeBlock) -> Result<BlockTime, Invalid> {
    let days = |from: Date| {
        let shift = from.duration_since(block.starts_at.date());
        other
            .starts_at
            .date()
            .checked_add(shift)
            .map_err(|_| Invalid::new("at", "This date is too far away."))
    };
    Ok(match time {
        BlockTime::From {
            wall,
            fold_later,
            length_minutes,
        } => BlockTime::From {
            wall: days(wall.date())?.to_datetime(wall.time()),
            fold_later,
            length_minutes,
        },
        BlockTime::Days { first, days: count } => BlockTime::Days {
            first: days(first)?,
            days: count,
        },
    })
}

/// Where block-outs are pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paste {
    /// Days later (or earlier) on each one’s own wall clock.
    pub days: i32,
    /// Minutes later (or earlier) on that clock; whole days stay whole days.
    pub minutes: i32,
    /// Onto this provider, operatory or location instead of their own; its clock is that of the location.
    pub onto: Option<(BlockTarget, LocationId)>,
    /// They leave where they were.
    pub is_cut: bool,
}

/// Copies or moves block-outs to other days. `there`: block-outs that overlap the days they go to; what is there already in
/// the same way is left out. Copies belong to no series. Whole days stay whole days, of 23, 24 or 25 hours as they come.
pub fn paste_blocks(
    roster: &Roster,
    zones: &Zones,
    blocks: &[TimeBlock],
    there: &[TimeBlock],
    paste: &Paste,
    mut ids: impl FnMut() -> TimeBlockId,
) -> Result<Partly, CannotChange> {
    if blocks.is_empty() {
        return Err(Invalid::new("blocks", "There is no block-out to paste.").into());
    }
    if blocks.len() > MAX_PASTED {
        return Err(Invalid::new(
            "blocks",
            format!("{MAX_PASTED} block-outs at a time at the most."),
        )
        .into());
    }
    let mut partly = Partly::new(Op::PasteBlocks);
    let moved: HashSet<TimeBlockId> = blocks.iter().map(|block| block.id).collect();
    for before in blocks {
        let (target, location) = paste.onto.unwrap_or((before.target, before.location));
        let wall = before
            .starts_at
            .wall
            .checked_add(i64::from(paste.days).days())
            .and_then(|wall| wall.checked_add(i64::from(paste.minutes).minutes()))
            .map_err(|_| Invalid::new("to", "This date is too far away."))?;
        let time = whole_days(zones, before)?.map_or(
            BlockTime::From {
                wall,
                fold_later: false,
                length_minutes: before.length_minutes,
            },
            |days| BlockTime::Days {
                first: wall.date(),
                days,
            },
        );
        let (starts_at, length_minutes) = match resolve(roster, zones, location, time) {
            Err(CannotChange::Placement(CannotBook::Time(error))) if is_skipped(&error) => {
                partly.leave_out(wall.date(), &before.title, skipped(&error));
                continue;
            }
            other => other?,
        };
        let after = TimeBlock {
            target,
            location,
            starts_at,
            length_minutes,
            ..before.clone()
        };
        check(roster, &after)?;
        let is_alike = |other: &TimeBlock| {
            other.target == target
                && other.starts_at.instant() == after.starts_at.instant()
                && other.length_minutes == after.length_minutes
                && other.title == after.title
                && other.policy == after.policy
                && !(paste.is_cut && moved.contains(&other.id))
        };
        if there.iter().any(is_alike) {
            partly.leave_out(wall.date(), &before.title, "it is there already".to_owned());
            continue;
        }
        let stays_in_document = paste.onto.is_none();
        if paste.is_cut && stays_in_document {
            if after != *before {
                partly.plan.changes.push(Change::edit(before.clone(), after));
            }
            continue;
        }
        if paste.is_cut {
            partly.plan.changes.push(Change::remove(before.clone()));
        }
        partly.plan.changes.push(Change::add(TimeBlock {
            id: ids(),
            series: None,
            // A second import of the calendar would otherwise take the copy for its own.
            source_uid: String::new(),
            ..after
        }));
    }
    Ok(partly)
}

/// How many whole wall days it covers; none if it covers parts of days.
fn whole_days(zones: &Zones, block: &TimeBlock) -> Result<Option<u16>, CannotChange> {
    let zone = zones.zone(&block.starts_at.zone).map_err(CannotBook::from)?;
    let (first, ends_at) = (block.starts_at.date(), block.ends_at());
    let last = zone.to_datetime(ends_at - SignedDuration::from_nanos(1)).date();
    let is_whole =
        day_bounds(&zone, first).0 == block.starts_at.instant() && day_bounds(&zone, last).1 == ends_at;
    let days = last.duration_since(first).as_hours() / 24 + 1;
    Ok(is_whole.then(|| u16::try_from(days).unwrap_or(1)))
}

fn is_skipped(error: &TimeError) -> bool {
    matches!(error, TimeError::Nonexistent { .. })
}

fn skipped(error: &TimeError) -> String {
    match error {
        TimeError::Nonexistent { wall, .. } => format!("the clock skips {}", clock(*wall)),
        other => other.to_string(),
    }
}

fn clock(wall: DateTime) -> String {
    wall.strftime("%-H:%M").to_string()
}

impl Partly {
    fn new(op: Op) -> Self {
        Self {
            plan: Plan::new(op, Vec::new()),
            left_out: Vec::new(),
        }
    }

    fn leave_out(&mut self, date: Date, title: &str, why: String) {
        self.left_out.push(LeftOut {
            date,
            title: title.trim().to_owned(),
            why,
        });
    }
}
