//! Block-outs: adding, changing and removing time that is not simply free. Visits that are there already
//! stay: whom a block would cover says [`TimeBlock::covers`], and a person is asked before it is laid.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use crate::hours::{day_bounds, wall_minutes_span};
use crate::placement::{known_location, known_operatory, overlap, plausible};
use crate::{
    BlockPolicy, BlockTarget, CannotBook, CannotChange, Change, Invalid, Location, LocationId, Op, Plan,
    Roster, Start, TimeBlock, TimeBlockId, What, Zones, validate_time_block,
};

/// A stretch of time on a location's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockTime {
    /// From a wall time, for elapsed minutes.
    From {
        wall: DateTime,
        fold_later: bool,
        length_minutes: u32,
    },
    /// Whole wall days, of 23, 24 or 25 hours as they come.
    Days { first: Date, days: u16 },
}

/// A block-out that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockRequest {
    /// Made at the edge.
    pub id: TimeBlockId,
    pub target: BlockTarget,
    /// For a provider: whose wall clock the time is on. For an operatory or location it must be its own.
    pub location: LocationId,
    pub time: BlockTime,
    pub title: String,
    pub policy: BlockPolicy,
    /// `UID` where it comes from a calendar; else empty.
    pub source_uid: String,
}

/// What should change about a block-out; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockEdit {
    pub time: Option<BlockTime>,
    pub title: Option<String>,
    pub policy: Option<BlockPolicy>,
}

/// Blocks out time.
pub fn add_time_block(roster: &Roster, zones: &Zones, request: &BlockRequest) -> Result<Plan, CannotChange> {
    let (starts_at, length_minutes) = resolve(roster, zones, request.location, request.time)?;
    let block = TimeBlock {
        id: request.id,
        target: request.target,
        location: request.location,
        starts_at,
        length_minutes,
        title: request.title.trim().to_owned(),
        policy: request.policy.clone(),
        source_uid: request.source_uid.clone(),
        series: None,
        absence: None,
    };
    check(roster, &block)?;
    Ok(Plan::new(Op::AddTimeBlock, vec![Change::add(block)]))
}

/// Changes a block-out; the plan is empty when nothing differs.
pub fn change_time_block(
    roster: &Roster,
    zones: &Zones,
    block: &TimeBlock,
    edit: &BlockEdit,
) -> Result<Plan, CannotChange> {
    let mut after = block.clone();
    match edit.time {
        // Where it begins stays: on the day that clocks go back, the hour that it was in.
        Some(BlockTime::From {
            wall, length_minutes, ..
        }) if wall == block.starts_at.wall => {
            after.length_minutes = length_minutes;
        }
        Some(time) => (after.starts_at, after.length_minutes) = resolve(roster, zones, block.location, time)?,
        None => {}
    }
    if let Some(title) = &edit.title {
        after.title = title.trim().to_owned();
    }
    if let Some(policy) = &edit.policy {
        after.policy = policy.clone();
    }
    check(roster, &after)?;
    Ok(Plan::edit(Op::ChangeTimeBlock, block.clone(), after))
}

/// Frees the time again.
pub fn remove_time_block(block: &TimeBlock) -> Plan {
    Plan::new(Op::RemoveTimeBlock, vec![Change::remove(block.clone())])
}

/// Days of a block-out that are looked through for where else it is felt: hours come back after the longest rota.
const LOOKED_AT_DAYS: usize = 400;

/// The other locations at which a block-out is felt: where its provider has hours while it lasts. One for a chair or a location
/// is felt at its own only.
pub fn felt_elsewhere(roster: &Roster, zones: &Zones, block: &TimeBlock) -> Vec<LocationId> {
    let BlockTarget::Provider(provider) = block.target else {
        return Vec::new();
    };
    let span = (block.starts_at.instant(), block.ends_at());
    let works_at = |place: &Location| {
        let (Ok(zone), Some(table)) = (
            zones.zone(&place.zone),
            roster.provider_timetable(provider, place.id),
        ) else {
            return false;
        };
        let last = zone.to_datetime(span.1).date();
        zone.to_datetime(span.0)
            .date()
            .series(jiff::ToSpan::day(1))
            .take_while(|date| *date <= last)
            .take(LOOKED_AT_DAYS)
            .any(|date| {
                table
                    .open_on(date)
                    .into_iter()
                    .any(|minutes| overlap(wall_minutes_span(&zone, date, minutes), span))
            })
    };
    roster
        .locations
        .values()
        .filter(|place| place.id != block.location && works_at(place))
        .map(|place| place.id)
        .collect()
}

pub(crate) fn resolve(
    roster: &Roster,
    zones: &Zones,
    location: LocationId,
    time: BlockTime,
) -> Result<(Start, u32), CannotChange> {
    let zone = &known_location(roster, location)?.zone;
    match time {
        BlockTime::From {
            wall,
            fold_later,
            length_minutes,
        } => {
            plausible(wall)?;
            let start = if fold_later {
                zones.resolve_later(wall, zone)
            } else {
                zones.resolve(wall, zone)
            };
            Ok((start.map_err(CannotBook::from)?, length_minutes))
        }
        BlockTime::Days { first, days } => {
            plausible(first.at(0, 0, 0, 0))?;
            let rules = zones.zone(zone).map_err(CannotBook::from)?;
            let last = first
                .checked_add(SignedDuration::from_hours(24 * (i64::from(days) - 1)))
                .map_err(|_| Invalid::new("days", "That is too many days."))?;
            let (from, until) = (day_bounds(&rules, first).0, day_bounds(&rules, last).1);
            let length = u32::try_from(until.duration_since(from).as_mins()).unwrap_or(0);
            Ok((zones.at(from, zone).map_err(CannotBook::from)?, length))
        }
    }
}

pub(crate) fn check(roster: &Roster, block: &TimeBlock) -> Result<(), CannotChange> {
    let own = match block.target {
        BlockTarget::Provider(id) => {
            roster
                .provider(id)
                .ok_or_else(|| CannotBook::unknown(What::Provider, id))?;
            block.location
        }
        BlockTarget::Operatory(id) => known_operatory(roster, id)?.location,
        BlockTarget::Location(id) => known_location(roster, id)?.id,
    };
    if own != block.location {
        return Err(Invalid::new("location", "The operatory is at another location.").into());
    }
    if let BlockPolicy::RestrictedTo(types) = &block.policy
        && let Some(unknown) = types.iter().find(|id| roster.appointment_type(**id).is_none())
    {
        return Err(CannotBook::unknown(What::AppointmentType, unknown).into());
    }
    Ok(validate_time_block(block)?)
}
