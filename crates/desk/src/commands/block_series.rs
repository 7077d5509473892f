//! Block-outs on many days in one step: recurring ones, cut, copied and pasted ones.

use clinic::{
    BlockEdit, BlockRequest, BlockSeriesId, BlockTarget, BlockTime, Ends, Invalid, Op, Partly, Paste,
    Recurrence, Repeat, Scope, TimeBlock, TimeBlockId, Weekday, monday_of,
};
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};

use crate::api::{self, BlockDetail, BlocksChanged, BookedThere, LeftOutView, SeriesScope, SeriesView};
use crate::desk::{Desk, Writing};
use crate::{DeskError, read, refusals, views};

impl Desk {
    pub fn time_block(&self, request: api::TimeBlockRef) -> Result<BlockDetail, DeskError> {
        let card = self.block_card(request.id)?;
        self.reading(|reading| {
            let block = reading.time_block(request.id)?;
            let series = match block.series {
                None => None,
                Some(id) => {
                    let all = reading.reads().block_series(id)?;
                    let date = |block: Option<&TimeBlock>| {
                        block.map_or_else(String::new, |block| block.starts_at.date().to_string())
                    };
                    Some(SeriesView {
                        id,
                        count: u32::try_from(all.len()).unwrap_or(u32::MAX),
                        first: date(all.first()),
                        last: date(all.last()),
                    })
                }
            };
            Ok(BlockDetail {
                card,
                at: views::wall(&block.starts_at),
                length_minutes: block.length_minutes,
                until: views::wall(&reading.end_of(&block)),
                series,
                absence: block.absence,
            })
        })
    }

    pub fn add_block_series(&self, request: api::AddBlockSeries) -> Result<BlocksChanged, DeskError> {
        let recurrence = recurrence(&request.recurrence)?;
        let series = BlockSeriesId(self.new_id());
        let wanted = BlockRequest {
            id: TimeBlockId(series.0),
            target: request.target,
            location: request.location,
            time: BlockTime::From {
                wall: read::wall(&request.at, "at")?,
                fold_later: false,
                length_minutes: request.length_minutes,
            },
            title: request.title,
            policy: request.policy,
            source_uid: String::new(),
        };
        self.many(Op::AddBlockSeries, request.visits, |writing| {
            clinic::add_block_series(
                &writing.roster,
                writing.zones,
                &wanted,
                &recurrence,
                series,
                || TimeBlockId(self.new_id()),
            )
            .map_err(|cannot| writing.refuse_change(&cannot))
        })
    }

    pub fn change_block_series(&self, request: api::ChangeBlockSeries) -> Result<BlocksChanged, DeskError> {
        let wall = request
            .at
            .as_deref()
            .map(|text| read::wall(text, "at"))
            .transpose()?;
        let split = BlockSeriesId(self.new_id());
        self.many(Op::ChangeBlockSeries, request.visits, |writing| {
            let (block, all) = of_series(writing, request.id)?;
            let time = (wall.is_some() || request.length_minutes.is_some()).then(|| BlockTime::From {
                wall: wall.unwrap_or(block.starts_at.wall),
                fold_later: false,
                length_minutes: request.length_minutes.unwrap_or(block.length_minutes),
            });
            let edit = BlockEdit {
                time,
                title: request.title.clone(),
                policy: request.policy.clone(),
            };
            clinic::change_block_series(
                &writing.roster,
                writing.zones,
                &all,
                &block,
                scope(request.scope),
                &edit,
                split,
            )
            .map_err(|cannot| writing.refuse_change(&cannot))
        })
    }

    pub fn remove_block_series(&self, request: api::RemoveBlockSeries) -> Result<BlocksChanged, DeskError> {
        self.many(Op::RemoveBlockSeries, Some(BookedThere::Keep), |writing| {
            let (block, all) = of_series(writing, request.id)?;
            Ok(Partly {
                plan: clinic::remove_block_series(&all, &block, scope(request.scope)),
                left_out: Vec::new(),
            })
        })
    }

    pub fn paste_blocks(&self, request: api::PasteBlocks) -> Result<BlocksChanged, DeskError> {
        let to = read::date(&request.to, "to")?;
        let invalid = |field, message: &str| refusals::invalid(&Invalid::new(field, message));
        if let api::PasteFrom::Blocks { ids } = &request.from
            && ids.len() > clinic::MAX_PASTED
        {
            return Err(invalid("from", "1000 block-outs at a time at the most."));
        }
        let onto = match (request.onto, request.onto_location) {
            (None, _) => None,
            (Some(target), Some(location)) => Some((target, location)),
            (Some(BlockTarget::Location(id)), None) => Some((BlockTarget::Location(id), id)),
            (Some(_), None) => return Err(invalid("onto_location", "Say at which location.")),
        };
        let at = request
            .at
            .as_deref()
            .map(|text| read::time(text, "at"))
            .transpose()?;
        self.many(Op::PasteBlocks, request.visits, |writing| {
            let (blocks, shift) = taken(writing, &request.from, to)?;
            let minutes = at.map_or(0, |at| minutes_to(&blocks, at));
            let paste = Paste {
                days: i32::try_from(shift.as_hours() / 24).unwrap_or(i32::MAX),
                minutes,
                onto,
                is_cut: request.is_cut,
            };
            let there = landing(
                writing,
                &blocks,
                shift + SignedDuration::from_mins(i64::from(minutes)),
            )?;
            clinic::paste_blocks(&writing.roster, writing.zones, &blocks, &there, &paste, || {
                TimeBlockId(self.new_id())
            })
            .map_err(|cannot| writing.refuse_change(&cannot))
        })
    }

    /// One operation on many block-outs. Nothing to do is no operation, and is told. `visits`: what becomes of those that they cover.
    fn many(
        &self,
        op: Op,
        visits: Option<BookedThere>,
        rule: impl FnOnce(&mut Writing<'_, '_>) -> Result<Partly, DeskError>,
    ) -> Result<BlocksChanged, DeskError> {
        let (count, left_out) = self.write(op, |writing| {
            let partly = rule(writing)?;
            let count = u32::try_from(partly.plan.changes.len()).unwrap_or(u32::MAX);
            let changes = self.blocked_out(writing, partly.plan.changes, visits)?;
            writing.record(changes)?;
            Ok((count, partly.left_out))
        })?;
        self.reading(|reading| {
            Ok(BlocksChanged {
                count,
                left_out: left_out
                    .iter()
                    .map(|day| LeftOutView {
                        date: day.date.to_string(),
                        title: day.title.clone(),
                        why: day.why.clone(),
                    })
                    .collect(),
                undo: reading.undo_state()?,
            })
        })
    }
}

/// Minutes from where the first of them begins on its day to this time.
fn minutes_to(blocks: &[TimeBlock], at: jiff::civil::Time) -> i32 {
    let of_day = |time: jiff::civil::Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
    let first = blocks.iter().map(|block| block.starts_at.wall).min();
    first.map_or(0, |first| of_day(at) - of_day(first.time()))
}

/// Absences say whom they displace: they are not changed, removed or pasted unseen.
///
/// # Errors
/// If it is one.
pub(super) fn not_an_absence(block: &TimeBlock) -> Result<(), DeskError> {
    match block.absence {
        None => Ok(()),
        Some(_) => Err(DeskError::new("is_absence", "This is an absence.")
            .hint("Change or remove it as an absence: whoever has a visit then is listed.")
            .field("id")),
    }
}

fn of_series(writing: &Writing<'_, '_>, id: TimeBlockId) -> Result<(TimeBlock, Vec<TimeBlock>), DeskError> {
    let block = writing.time_block(id)?;
    not_an_absence(&block)?;
    let all = match block.series {
        Some(series) => writing.block_series(series)?,
        None => vec![block.clone()],
    };
    Ok((block, all))
}

pub(super) fn scope(scope: SeriesScope) -> Scope {
    match scope {
        SeriesScope::This => Scope::This,
        SeriesScope::Following => Scope::Following,
        SeriesScope::All => Scope::All,
    }
}

pub(super) fn recurrence(fields: &api::RecurrenceFields) -> Result<Recurrence, DeskError> {
    let repeat = match &fields.repeat {
        api::RepeatFields::Daily { every } => Repeat::Daily { every: *every },
        api::RepeatFields::Weekly { every, weekdays } => Repeat::Weekly {
            every: *every,
            weekdays: weekdays.clone(),
        },
        api::RepeatFields::MonthlyOnDate { every } => Repeat::MonthlyOnDate { every: *every },
        api::RepeatFields::MonthlyOnWeekday { every, is_last } => Repeat::MonthlyOnWeekday {
            every: *every,
            is_last: *is_last,
        },
    };
    let ends = match &fields.ends {
        api::EndsFields::Until { date } => Ends::Until(read::date(date, "until")?),
        api::EndsFields::Count { times } => Ends::Count(*times),
    };
    let except = fields
        .except
        .iter()
        .map(|text| read::date(text, "except"))
        .collect::<Result<_, _>>()?;
    Ok(Recurrence { repeat, ends, except })
}

/// What is cut or copied, by start, and how far it goes.
fn taken(
    writing: &Writing<'_, '_>,
    from: &api::PasteFrom,
    to: Date,
) -> Result<(Vec<TimeBlock>, SignedDuration), DeskError> {
    let (location, first, days, to) = match from {
        api::PasteFrom::Blocks { ids } => {
            let mut blocks = ids
                .iter()
                .map(|id| writing.time_block(*id))
                .collect::<Result<Vec<_>, _>>()?;
            blocks.sort_by_key(|block| (block.starts_at.clone(), block.id));
            blocks.dedup_by_key(|block| block.id);
            for block in &blocks {
                not_an_absence(block)?;
            }
            let first = blocks.first().map_or(to, |block| block.starts_at.date());
            return Ok((blocks, to.duration_since(first)));
        }
        api::PasteFrom::Day { location, date } => (*location, read::date(date, "from")?, 1, to),
        api::PasteFrom::Week { location, date } => {
            let date = read::date(date, "from")?;
            (*location, monday_of(date), Weekday::ALL.len(), monday_of(to))
        }
    };
    let mut blocks = Vec::new();
    for date in first.series(1.day()).take(days) {
        let mut day = writing.blocks_beginning(location, date)?;
        day.retain(|block| block.absence.is_none());
        blocks.append(&mut day);
    }
    Ok((blocks, to.duration_since(first)))
}

/// Block-outs around where these go.
fn landing(
    writing: &Writing<'_, '_>,
    blocks: &[TimeBlock],
    shift: SignedDuration,
) -> Result<Vec<TimeBlock>, DeskError> {
    let day = SignedDuration::from_hours(24);
    let starts = || blocks.iter().map(|block| block.starts_at.instant());
    let (Some(first), Some(last)) = (starts().min(), starts().max()) else {
        return Ok(Vec::new());
    };
    let at = |instant: jiff::Timestamp, shift| instant.checked_add(shift).ok();
    match (at(first, shift - day), at(last, shift + day)) {
        (Some(from), Some(until)) => writing.time_blocks(from, until),
        _ => Ok(Vec::new()),
    }
}
