//! A day as it was: looked at, never changed. What it can know and cannot: ADR 16.

use clinic::CannotBook;

use super::calendar::sheet_of;
use crate::api::{self, DayAsOf};
use crate::desk::Desk;
use crate::{DeskError, read, views};

impl Desk {
    /// The day sheet of a location as it was at a wall time of the past, and what was done to it since.
    ///
    /// # Errors
    /// A time that has not come yet, or that the clock skipped; a location that is not there or that the person may not see.
    pub fn day_as_of(&self, request: api::DayAsOfRequest) -> Result<DayAsOf, DeskError> {
        self.may_see(request.location)?;
        let date = read::date(&request.date, "date")?;
        let wall = read::wall(&request.at, "at")?;
        self.reading(|reading| {
            let location = reading.roster.location(request.location).ok_or_else(|| {
                DeskError::new("unknown_location", "There is no such location.").field("location")
            })?;
            let start = if request.later_of_two {
                reading.zones.resolve_later(wall, &location.zone)
            } else {
                reading.zones.resolve(wall, &location.zone)
            }
            .map_err(|error| reading.refuse(&CannotBook::Time(error)))?;
            if start.instant() > reading.now {
                return Err(DeskError::new("not_yet", "That moment has not come yet.")
                    .hint("Give a time that has passed; what is planned is on the day itself.")
                    .field("at"));
            }
            let past = reading.past_day(location.id, date, start.instant())?;
            let absences: Vec<clinic::TimeBlock> = past
                .time_blocks
                .iter()
                .filter(|block| block.absence.is_some())
                .cloned()
                .collect();
            let blocks = reading.blocks_here(past.time_blocks, location.id);
            let zone = reading.zone(location)?;
            let cards = reading.past_cards(&past.appointments, &absences)?;
            let entries = |list: &[store::HistoryEntry]| {
                list.iter()
                    .map(|entry| reading.history_view(entry, None))
                    .collect()
            };
            Ok(DayAsOf {
                sheet: sheet_of(
                    reading,
                    location,
                    date,
                    &zone,
                    &absences,
                    cards,
                    reading.cards_of_blocks(&blocks, date),
                    reading.slot_cards(location.id, date, Some(&past.appointments))?,
                )?,
                at: views::wall(&start),
                late: entries(&past.late),
                since: entries(&past.since),
                since_count: u32::try_from(past.since_count).unwrap_or(u32::MAX),
            })
        })
    }
}
