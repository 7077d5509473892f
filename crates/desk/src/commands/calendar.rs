//! Day sheets, the month's density, block-outs, openings.

use clinic::hours::day_bounds;
use clinic::openings::{self, Leanings, OpeningRequest};
use clinic::templates::HeldDays;
use clinic::{BlockEdit, BlockRequest, BlockTarget, Op, OperatoryId, ProviderId, TimeBlockId, Timetable};
use jiff::civil::Date;
use store::DensityBy;

use crate::api::{
    self, BlockCard, DayDensity, DaySheet, DensityPart, MonthDensity, OpeningView, Openings, ProviderHours,
    UndoState, ViewBy,
};
use crate::audit::seen;
use crate::commands::block_series::not_an_absence;
use crate::desk::{Desk, Reading, Writing};
use crate::printing::day_clock::WallDay;
use crate::{DeskError, read, refusals, views};

const LONGEST_DENSITY_DAYS: i32 = 62;

impl Desk {
    pub fn day_sheet(&self, request: api::DaySheetRequest) -> Result<DaySheet, DeskError> {
        self.may_see(request.location)?;
        let date = read::date(&request.date, "date")?;
        self.check_day_has_arrived(date)?;
        self.reading(|reading| {
            let unknown =
                || DeskError::new("unknown_location", "There is no such location.").field("location");
            let location = reading.roster.location(request.location).ok_or_else(unknown)?;
            let zone = reading.zone(location)?;
            let (day_from, day_until) = day_bounds(&zone, date);
            let visits = reading.day_visits(request.location, date)?;
            // A visit may reach over midnight, and so into an absence that this day has no part of.
            let first = visits.iter().map(|visit| visit.starts_at.instant()).min();
            let last = visits.iter().map(clinic::Appointment::ends_at).max();
            let absences = reading.reads().absences(
                first.map_or(day_from, |first| first.min(day_from)),
                last.map_or(day_until, |last| last.max(day_until)),
            )?;
            sheet_of(
                reading,
                location,
                date,
                &zone,
                &absences,
                reading.cards_of_day(&visits, &absences)?,
                reading.day_blocks(request.location, date)?,
                reading.slot_cards(request.location, date, Some(&visits))?,
            )
        })
    }

    pub fn month_density(&self, request: api::MonthRequest) -> Result<MonthDensity, DeskError> {
        self.may_see(request.location)?;
        let from = read::date(&request.from, "from")?;
        let until = read::date(&request.until, "until")?;
        let days = (until - from).get_days();
        if !(0..=LONGEST_DENSITY_DAYS).contains(&days) {
            return Err(DeskError::new(
                "out_of_range",
                "Ask for 1 to 62 days: until must not be before from.",
            )
            .field("until"));
        }
        self.reading(|reading| {
            let location = reading.roster.location(request.location).ok_or_else(|| {
                DeskError::new("unknown_location", "There is no such location.").field("location")
            })?;
            let zone = reading.zone(location)?;
            let absences = reading
                .reads()
                .absences(day_bounds(&zone, from).0, day_bounds(&zone, until).1)?;
            let by = match request.by {
                Some(ViewBy::Operatory) => Some(DensityBy::Operatory),
                Some(ViewBy::Provider) => Some(DensityBy::Provider),
                Some(ViewBy::Location) | None => None,
            };
            let mut booked = reading.density(request.location, from, until, by)?;
            let mut days = Vec::new();
            let mut date = from;
            while date <= until {
                let day = booked.remove(&date).unwrap_or_default();
                let of_operatories = reading
                    .roster
                    .operatory_minutes(location.id, &zone, date, &absences);
                let capacity_minutes = of_operatories.iter().map(|(_, minutes)| minutes).sum();
                let parts = by.map_or_else(Vec::new, |by| {
                    let capacity = match by {
                        DensityBy::Operatory => {
                            bytes_of(of_operatories, |id| (id.to_bytes(), id.to_string()))
                        }
                        DensityBy::Provider => bytes_of(
                            reading
                                .roster
                                .provider_minutes(location.id, &zone, date, &absences),
                            |id| (id.to_bytes(), id.to_string()),
                        ),
                    };
                    density_parts(capacity, day.parts, by)
                });
                days.push(DayDensity {
                    date: date.to_string(),
                    visits: day.visits,
                    booked_minutes: day.booked_minutes,
                    capacity_minutes,
                    has_conflict: day.has_conflict,
                    parts,
                });
                let Ok(next) = date.tomorrow() else { break };
                date = next;
            }
            Ok(MonthDensity { days })
        })
    }

    pub fn openings(&self, request: api::OpeningsRequest) -> Result<Openings, DeskError> {
        if let Some(location) = request.location {
            self.may_see(location)?;
        }
        let limit = read::bounded(request.limit, 10, 1..=200, "limit")?;
        let days = read::bounded(request.days, 28, 1..=366, "days")?;
        let from = request
            .from
            .as_deref()
            .map(|text| read::date(text, "from"))
            .transpose()?;
        let after = request
            .after
            .as_deref()
            .map(|text| read::time(text, "after"))
            .transpose()?;
        let before = request
            .before
            .as_deref()
            .map(|text| read::time(text, "before"))
            .transpose()?;
        let pattern = request
            .pattern
            .as_deref()
            .map(|text| read::pattern(text, "pattern"))
            .transpose()?;
        self.reading(|reading| {
            let wanted = OpeningRequest {
                appointment_type: request.appointment_type,
                provider: request.provider,
                operatory: request.operatory,
                location: request.location.or_else(|| reading.only_place()),
                patient: request.patient,
                from: from.unwrap_or_else(|| {
                    request
                        .location
                        .map_or_else(|| reading.practice_today(), |location| reading.today(location))
                }),
                days,
                after,
                before,
                weekdays: (!request.weekdays.is_empty()).then(|| request.weekdays.clone()),
                pattern: pattern.clone(),
                limit: usize::from(limit),
                moving: None,
                leanings: match request.patient {
                    Some(patient) => reading.leanings(patient)?,
                    None => Leanings::default(),
                },
                also: request.also.clone(),
                second_provider: request.second_provider,
                away: None,
            };
            let mut openings = reading.find_openings(&wanted)?;
            openings.retain(|opening| reading.may_see(opening.location).is_ok());
            Ok(Openings {
                openings,
                learned: wanted.leanings.words(),
            })
        })
    }

    pub fn add_time_block(&self, request: api::AddTimeBlock) -> Result<BlockCard, DeskError> {
        let id = TimeBlockId(self.new_id());
        let wanted = BlockRequest {
            id,
            target: request.target,
            location: request.location,
            time: clinic::BlockTime::From {
                wall: read::wall(&request.at, "at")?,
                fold_later: false,
                length_minutes: request.length_minutes,
            },
            title: request.title,
            policy: request.policy,
            source_uid: String::new(),
        };
        self.write(Op::AddTimeBlock, |writing| {
            let plan = clinic::add_time_block(&writing.roster, writing.zones, &wanted)
                .map_err(|cannot| writing.refuse_change(&cannot))?;
            let changes = self.blocked_out(writing, plan.changes, request.visits)?;
            writing.record(changes)
        })?;
        self.block_card(id)
    }

    pub fn change_time_block(&self, request: api::ChangeTimeBlock) -> Result<BlockCard, DeskError> {
        let wall = request
            .at
            .as_deref()
            .map(|text| read::wall(text, "at"))
            .transpose()?;
        let until = request
            .until
            .as_deref()
            .map(|text| read::wall(text, "until"))
            .transpose()?;
        self.write(Op::ChangeTimeBlock, |writing| {
            let block = writing.time_block(request.id)?;
            not_an_absence(&block)?;
            let wall = wall.unwrap_or(block.starts_at.wall);
            let length_minutes = match until {
                None => request.length_minutes,
                Some(until) => Some(writing.minutes_between(&block, wall, until)?),
            };
            let time = (request.at.is_some() || length_minutes.is_some()).then(|| clinic::BlockTime::From {
                wall,
                fold_later: false,
                length_minutes: length_minutes.unwrap_or(block.length_minutes),
            });
            let edit = BlockEdit {
                time,
                title: request.title.clone(),
                policy: request.policy.clone(),
            };
            let plan = clinic::change_time_block(&writing.roster, writing.zones, &block, &edit)
                .map_err(|cannot| writing.refuse_change(&cannot))?;
            let changes = self.blocked_out(writing, plan.changes, request.visits)?;
            writing.record(changes)
        })?;
        self.block_card(request.id)
    }

    pub fn remove_time_block(&self, request: api::TimeBlockRef) -> Result<UndoState, DeskError> {
        self.write(Op::RemoveTimeBlock, |writing| {
            let block = writing.time_block(request.id)?;
            not_an_absence(&block)?;
            writing.record(clinic::remove_time_block(&block).changes)
        })?;
        self.reading(|reading| reading.undo_state())
    }

    pub(super) fn block_card(&self, id: TimeBlockId) -> Result<BlockCard, DeskError> {
        self.reading(|reading| {
            let block = reading.time_block(id)?;
            let first = block.starts_at.date();
            views::block_cards(&block, reading.zones, first, first)
                .into_iter()
                .next()
                .ok_or_else(|| DeskError::new("internal", "The block-out has no length."))
        })
    }
}

type Part = ([u8; 16], String);

fn bytes_of<T>(minutes: Vec<(T, u32)>, name: impl Fn(T) -> Part) -> Vec<(Part, u32)> {
    minutes
        .into_iter()
        .map(|(id, minutes)| (name(id), minutes))
        .collect()
}

/// The parts of one day: every operatory in use, every provider who is in; and whoever has a visit all the same.
fn density_parts(
    capacity: Vec<(Part, u32)>,
    mut left: std::collections::BTreeMap<[u8; 16], (u32, u32)>,
    by: DensityBy,
) -> Vec<DensityPart> {
    let part = |id: String, (visits, booked_minutes): (u32, u32), capacity_minutes: u32| DensityPart {
        id,
        visits,
        booked_minutes,
        capacity_minutes,
    };
    let mut parts: Vec<DensityPart> = capacity
        .into_iter()
        .map(|((bytes, id), minutes)| part(id, left.remove(&bytes).unwrap_or_default(), minutes))
        .collect();
    parts.extend(left.into_iter().map(|(bytes, figures)| {
        let id = match by {
            DensityBy::Operatory => OperatoryId::from_bytes(bytes).to_string(),
            DensityBy::Provider => ProviderId::from_bytes(bytes).to_string(),
        };
        part(id, figures, 0)
    }));
    parts
}

/// A day at a location from what is on it; when it is open is what the hours say, less the absences.
pub(super) fn sheet_of(
    reading: &Reading<'_>,
    location: &clinic::Location,
    date: Date,
    zone: &jiff::tz::TimeZone,
    absences: &[clinic::TimeBlock],
    appointments: Vec<api::AppointmentCard>,
    blocks: Vec<BlockCard>,
    slots: Vec<api::SlotCard>,
) -> Result<DaySheet, DeskError> {
    let open = |table: Option<Timetable<'_>>, target| {
        let own = absences.iter().filter(|block| block.target == target);
        table.map_or_else(Vec::new, |table| {
            views::spans(&table.open_without(zone, date, own))
        })
    };
    Ok(DaySheet {
        location: location.id,
        date: date.to_string(),
        open: open(
            reading.roster.location_timetable(location.id),
            BlockTarget::Location(location.id),
        ),
        appointments,
        blocks,
        slots,
        provider_hours: reading
            .roster
            .providers
            .values()
            .filter(|provider| provider.is_active)
            .map(|provider| ProviderHours {
                provider: provider.id,
                spans: open(
                    reading.roster.provider_timetable(provider.id, location.id),
                    BlockTarget::Provider(provider.id),
                ),
            })
            .filter(|hours| !hours.spans.is_empty())
            .collect(),
        clock: WallDay::new(date, &location.zone, reading.zones)?.if_set(),
    })
}

impl Writing<'_, '_> {
    /// From one wall time to another where a block-out is; it begins in the hour it was in if it begins as before.
    ///
    /// # Errors
    /// If it would end before it begins.
    fn minutes_between(
        &self,
        block: &clinic::TimeBlock,
        from: jiff::civil::DateTime,
        until: jiff::civil::DateTime,
    ) -> Result<u32, DeskError> {
        let zone = &block.starts_at.zone;
        let at = |wall| {
            self.zones
                .resolve(wall, zone)
                .map_err(|error| self.refuse(&error.into()))
        };
        let from = match from == block.starts_at.wall {
            true => block.starts_at.instant(),
            false => at(from)?.instant(),
        };
        let minutes = self
            .zones
            .resolve_later(until, zone)
            .map_err(|error| self.refuse(&error.into()))?;
        let minutes = minutes.instant().duration_since(from).as_mins();
        u32::try_from(minutes)
            .ok()
            .filter(|minutes| *minutes > 0)
            .ok_or_else(|| {
                refusals::invalid(&clinic::Invalid::new(
                    "until",
                    "A block-out ends after it begins.",
                ))
            })
    }
}

impl Reading<'_> {
    /// Openings as the seam shows them.
    pub fn find_openings(&self, wanted: &OpeningRequest) -> Result<Vec<OpeningView>, DeskError> {
        let held = self.held_days(wanted.location, wanted.from, wanted.days)?;
        self.find_openings_in(&held, wanted)
    }

    /// What is known of a patient that speaks for some openings.
    pub fn leanings(&self, patient: clinic::PatientId) -> Result<Leanings, DeskError> {
        let kept = self
            .reads()
            .kept_visits_of(patient, self.now, Leanings::LOOKED_AT)?;
        let leanings = Leanings {
            family: self.reads().family_dates(patient, self.now)?,
            ..Leanings::of(&kept)
        };
        if leanings != Leanings::default() {
            // The reasons of openings tell it.
            seen::note(patient);
        }
        Ok(leanings)
    }

    /// The same among slots that may not hold yet.
    pub fn find_openings_in(
        &self,
        held: &HeldDays,
        wanted: &OpeningRequest,
    ) -> Result<Vec<OpeningView>, DeskError> {
        let found =
            self.with_busy(|busy| openings::find(&self.roster, self.zones, busy, held, wanted, self.now))?;
        Ok(found
            .iter()
            .map(|opening| views::opening(opening, &self.roster, self.zones))
            .collect())
    }

    /// All block-outs that reach into a day at a location.
    pub fn day_blocks(&self, location: clinic::LocationId, date: Date) -> Result<Vec<BlockCard>, DeskError> {
        Ok(self.cards_of_blocks(&self.blocks_on(location, date)?, date))
    }

    /// What of these block-outs is on a day, by start.
    pub fn cards_of_blocks(&self, blocks: &[clinic::TimeBlock], date: Date) -> Vec<BlockCard> {
        let mut cards: Vec<BlockCard> = blocks
            .iter()
            .flat_map(|block| views::block_cards(block, self.zones, date, date))
            .collect();
        cards.sort_by_key(|card| (card.start_minute, card.id));
        cards
    }
}
