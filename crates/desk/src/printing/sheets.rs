//! Days, weeks and slips of a location, gathered from the practice's records.

use std::collections::BTreeSet;

use clinic::{Appointment, BlockTarget, Location, LocationId, OperatoryId, ProviderId, TimeBlock};
use jiff::civil::{Date, Weekday};
use paper::{Block, Column, DaySheet, Head, RouteSlips, Slip, Week, WeekDay, WeekRow, WeekVisit};

use super::Choice;
use super::day_clock::WallDay;
use super::letters::Letters;
use crate::DeskError;
use crate::api::PrintBy;
use crate::desk::Reading;

/// What can be ticked on a route slip.
const TO_DO: [&str; 8] = [
    "Checked in",
    "Health history asked",
    "Seated",
    "X-rays or photos",
    "Scan or impressions",
    "Treatment done",
    "Next visit booked",
    "Paid or billed",
];

/// One column of a day or row of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Operatory(OperatoryId),
    Provider(ProviderId),
}

/// Gathers sheets of one practice at one moment.
pub(crate) struct Printer<'a> {
    pub(super) reading: &'a Reading<'a>,
    pub(super) letters: &'a Letters,
    pub(super) choice: Choice,
    by: &'a str,
}

impl<'a> Printer<'a> {
    /// `by`: who prints, in words.
    pub(crate) fn new(
        reading: &'a Reading<'a>,
        letters: &'a Letters,
        choice: Choice,
        by: &'a str,
    ) -> Printer<'a> {
        Printer {
            reading,
            letters,
            choice,
            by,
        }
    }

    pub(crate) fn day(&self, location: LocationId, date: Date) -> Result<DaySheet, DeskError> {
        let place = self.location(location)?;
        let day = WallDay::new(date, &place.zone, self.reading.zones)?;
        let (taking_place, broken): (Vec<_>, Vec<_>) = self
            .chosen(location, date)?
            .into_iter()
            .partition(Appointment::takes_time);
        let blocks = self.reading.blocks_on(location, date)?;
        let overlapping = self.overlapping()?;
        let shown = |visit: &Appointment| {
            let patient = self.patient(visit);
            let starts = day.minute(visit.starts_at.instant());
            self.visit(visit, patient.as_ref(), date, starts, &overlapping)
        };
        let mut columns = Vec::new();
        for column in self.places(location, date, &taking_place)? {
            let own = taking_place.iter().filter(|visit| is_in(visit, column));
            let mut visits = Vec::new();
            for visit in own {
                visits.push(shown(visit)?);
            }
            let blocks = blocks.iter().filter(|block| self.reaches(block, column));
            columns.push(Column {
                blocks: blocks
                    .map(|block| Block {
                        span: day.span(block.starts_at.instant(), block.ends_at()),
                        title: self.block_title(block, column),
                    })
                    .filter(|block| block.span.until > block.span.from)
                    .collect(),
                hours: self.hours(column, location, date)?.map(|spans| day.hours(&spans)),
                visits,
                ..self.heading(column)
            });
        }
        let mut sheet = DaySheet {
            head: self.head(place, &day),
            day: long_date(date),
            by: by_words(self.choice.by).to_owned(),
            clock: day.clock(),
            open: day.hours(
                &self
                    .reading
                    .open_spans(BlockTarget::Location(location), location, date)?,
            ),
            columns,
            increment: self.reading.roster.practice.time_increment_minutes,
            broken: Vec::new(),
        };
        for visit in &broken {
            sheet.broken.push(shown(visit)?);
        }
        Ok(sheet)
    }

    /// The week of a date, from Monday.
    pub(crate) fn week(&self, location: LocationId, date: Date) -> Result<Week, DeskError> {
        let place = self.location(location)?;
        let dates = week_of(date)?;
        let mut rows: Vec<(Place, WeekRow)> = Vec::new();
        let mut days = Vec::new();
        for (at, date) in dates.iter().copied().enumerate() {
            let day = WallDay::new(date, &place.zone, self.reading.zones)?;
            let visits: Vec<Appointment> = self
                .chosen(location, date)?
                .into_iter()
                .filter(Appointment::takes_time)
                .collect();
            let blocks = self.reading.blocks_on(location, date)?;
            days.push(WeekDay {
                name: crate::words::short_date(date),
                is_closed: self
                    .reading
                    .open_spans(BlockTarget::Location(location), location, date)?
                    .is_empty(),
            });
            for row in self.places(location, date, &visits)? {
                let index = match rows.iter().position(|(place, _)| *place == row) {
                    Some(index) => index,
                    None => {
                        let name = self.heading(row).name;
                        let days = vec![Vec::new(); dates.len()];
                        rows.push((row, WeekRow { name, days }));
                        rows.len() - 1
                    }
                };
                let mut lines: Vec<(u16, WeekVisit)> = Vec::new();
                for visit in visits.iter().filter(|visit| is_in(visit, row)) {
                    lines.push((day.minute(visit.starts_at.instant()), self.week_line(visit)));
                }
                for block in blocks.iter().filter(|block| self.reaches(block, row)) {
                    let span = day.span(block.starts_at.instant(), block.ends_at());
                    if span.until > span.from {
                        lines.push((span.from, self.week_block(block, row, date)));
                    }
                }
                lines.sort_by(|one, other| (one.0, &one.1.name).cmp(&(other.0, &other.1.name)));
                rows[index].1.days[at] = lines.into_iter().map(|(_, line)| line).collect();
            }
        }
        let day = WallDay::new(date, &place.zone, self.reading.zones)?;
        Ok(Week {
            head: self.head(place, &day),
            week: week_words(&dates),
            by: by_words(self.choice.by).to_owned(),
            days,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        })
    }

    /// A slip for each visit that takes place, by time.
    pub(crate) fn slips(&self, location: LocationId, date: Date) -> Result<RouteSlips, DeskError> {
        let place = self.location(location)?;
        let day = WallDay::new(date, &place.zone, self.reading.zones)?;
        let overlapping = self.overlapping()?;
        let mut slips = Vec::new();
        for visit in self
            .chosen(location, date)?
            .iter()
            .filter(|visit| visit.takes_time())
        {
            let patient = self.patient(visit);
            let starts = day.minute(visit.starts_at.instant());
            let ends = self
                .reading
                .zones
                .after_minutes(&visit.starts_at, visit.length_minutes().into());
            let until = ends.map_or_else(|_| String::new(), |end| crate::words::clock_time(&end));
            slips.push(Slip {
                time: format!("{}–{until}", crate::words::clock_time(&visit.starts_at)),
                born: patient
                    .as_ref()
                    .and_then(|patient| patient.birth_date)
                    .map(|date| self.unless_private(&date.strftime("%-d %B %Y").to_string()))
                    .unwrap_or_default(),
                chart_number: patient
                    .as_ref()
                    .map(|patient| self.unless_private(&patient.chart_number))
                    .unwrap_or_default(),
                responsible: patient
                    .as_ref()
                    .map(|patient| self.responsible(patient))
                    .unwrap_or_default(),
                next_visit: self.next_visit(visit)?,
                visit: self.visit(visit, patient.as_ref(), date, starts, &overlapping)?,
            });
        }
        Ok(RouteSlips {
            head: self.head(place, &day),
            day: long_date(date),
            to_do: TO_DO.map(str::to_owned).to_vec(),
            slips,
        })
    }

    pub(crate) fn reading(&self) -> &'a Reading<'a> {
        self.reading
    }

    fn location(&self, id: LocationId) -> Result<&Location, DeskError> {
        let found = self.reading.roster.location(id);
        found
            .ok_or_else(|| DeskError::new("unknown_location", "There is no such location.").field("location"))
    }

    /// Visits of a day that the choice lets through, by start.
    pub(crate) fn chosen(&self, location: LocationId, date: Date) -> Result<Vec<Appointment>, DeskError> {
        let Choice {
            operatories,
            providers,
            ..
        } = &self.choice;
        let mut visits = self.reading.day_visits(location, date)?;
        visits.retain(|visit| {
            (operatories.is_empty() || operatories.contains(&visit.operatory))
                && (providers.is_empty() || people_of(visit).any(|provider| providers.contains(&provider)))
        });
        Ok(visits)
    }

    /// What is in use that day, and what is not but has visits.
    fn places(
        &self,
        location: LocationId,
        date: Date,
        visits: &[Appointment],
    ) -> Result<Vec<Place>, DeskError> {
        let roster = &self.reading.roster;
        Ok(match self.choice.by {
            PrintBy::Operatory => {
                let busy: BTreeSet<OperatoryId> = visits.iter().map(|visit| visit.operatory).collect();
                let wanted = &self.choice.operatories;
                let mut found: Vec<_> = roster
                    .operatories
                    .values()
                    .filter(|chair| {
                        chair.location == location && (chair.is_active || busy.contains(&chair.id))
                    })
                    .filter(|chair| wanted.is_empty() || wanted.contains(&chair.id))
                    .collect();
                found.sort_by(|one, other| (one.sort, &one.name).cmp(&(other.sort, &other.name)));
                found
                    .into_iter()
                    .map(|chair| Place::Operatory(chair.id))
                    .collect()
            }
            PrintBy::Provider => {
                let busy: BTreeSet<ProviderId> = visits.iter().flat_map(people_of).collect();
                let wanted = &self.choice.providers;
                let mut is_in = BTreeSet::new();
                for provider in roster.providers.values().filter(|provider| provider.is_active) {
                    let target = BlockTarget::Provider(provider.id);
                    if !self.reading.open_spans(target, location, date)?.is_empty() {
                        is_in.insert(provider.id);
                    }
                }
                let mut found: Vec<_> = roster
                    .providers
                    .values()
                    .filter(|provider| is_in.contains(&provider.id) || busy.contains(&provider.id))
                    .filter(|provider| wanted.is_empty() || wanted.contains(&provider.id))
                    .collect();
                found.sort_by(|one, other| (one.sort, &one.name).cmp(&(other.sort, &other.name)));
                found
                    .into_iter()
                    .map(|provider| Place::Provider(provider.id))
                    .collect()
            }
        })
    }

    fn heading(&self, place: Place) -> Column {
        let roster = &self.reading.roster;
        let (name, beside) = match place {
            Place::Operatory(id) => roster.operatory(id).map_or_else(Default::default, |chair| {
                let usual = chair.usual_provider.and_then(|id| roster.provider(id));
                (
                    chair.name.clone(),
                    usual.map(|provider| provider.name.clone()).unwrap_or_default(),
                )
            }),
            Place::Provider(id) => roster.provider(id).map_or_else(Default::default, |provider| {
                (provider.name.clone(), String::new())
            }),
        };
        Column {
            name: self.letters.noting(&name),
            beside: self.letters.noting(&beside),
            ..Column::default()
        }
    }

    /// None: as the location is open.
    fn hours(
        &self,
        place: Place,
        location: LocationId,
        date: Date,
    ) -> Result<Option<Vec<crate::api::MinuteSpan>>, DeskError> {
        let target = match place {
            Place::Operatory(id) => {
                let has_own = |chair: &clinic::Operatory| !chair.hours.is_empty();
                if !self.reading.roster.operatory(id).is_some_and(has_own) {
                    return Ok(None);
                }
                BlockTarget::Operatory(id)
            }
            Place::Provider(id) => BlockTarget::Provider(id),
        };
        self.reading.open_spans(target, location, date).map(Some)
    }

    /// A provider's block-out also stands in the operatory where they usually work.
    fn reaches(&self, block: &TimeBlock, place: Place) -> bool {
        match (block.target, place) {
            (BlockTarget::Location(_), _) => true,
            (BlockTarget::Operatory(one), Place::Operatory(other)) => one == other,
            (BlockTarget::Provider(one), Place::Provider(other)) => one == other,
            (BlockTarget::Provider(one), Place::Operatory(other)) => {
                let chair = self.reading.roster.operatory(other);
                chair.and_then(|chair| chair.usual_provider) == Some(one)
            }
            (BlockTarget::Operatory(_), Place::Provider(_)) => false,
        }
    }

    fn block_title(&self, block: &TimeBlock, place: Place) -> String {
        let title = self.letters.noting(&block.title);
        match (block.target, place) {
            (BlockTarget::Provider(id), Place::Operatory(_)) => {
                let provider = self.reading.roster.provider(id);
                provider.map_or(title.clone(), |provider| {
                    format!("{}: {title}", provider.short_name)
                })
            }
            _ => title,
        }
    }

    fn week_line(&self, visit: &Appointment) -> WeekVisit {
        let patient = self.patient(visit);
        let kind = self.reading.roster.appointment_types.get(&visit.appointment_type);
        WeekVisit {
            time: crate::words::clock_time(&visit.starts_at),
            length: visit.length_minutes(),
            name: self.name(patient.as_ref()),
            letter: kind.map(|kind| kind.letter.clone()).unwrap_or_default(),
            is_confirmed: visit.status != clinic::Status::Scheduled,
            is_block: false,
        }
    }

    fn week_block(&self, block: &TimeBlock, place: Place, date: Date) -> WeekVisit {
        let begins_today = block.starts_at.date() == date;
        WeekVisit {
            time: match begins_today {
                true => crate::words::clock_time(&block.starts_at),
                false => "0:00".to_owned(),
            },
            name: self.block_title(block, place),
            is_block: true,
            ..WeekVisit::default()
        }
    }

    fn responsible(&self, patient: &clinic::Patient) -> String {
        let Some(party) = &patient.responsible_party else {
            return String::new();
        };
        let parts = [&party.name, &party.relationship, &party.phone];
        let parts: Vec<&str> = parts
            .into_iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        self.unless_private(&parts.join(", "))
    }

    /// The one after this, or when it would usually be.
    fn next_visit(&self, visit: &Appointment) -> Result<String, DeskError> {
        let next = self
            .reading
            .visits_of(visit.patient)?
            .into_iter()
            .filter(|other| other.takes_time() && other.starts_at > visit.starts_at)
            .min_by(|one, other| one.starts_at.cmp(&other.starts_at));
        if let Some(next) = next {
            let done = clinic::procedure_names(&self.reading.roster, next.appointment_type, &next.also);
            let wall = next.starts_at.wall;
            return Ok(format!("{}, {done}", wall.strftime("%a %-d %B %Y, %-H:%M")));
        }
        let weeks = self.reading.roster.practice.usual_interval_weeks;
        let due = visit
            .starts_at
            .date()
            .checked_add(jiff::Span::new().weeks(i64::from(weeks)));
        Ok(match (weeks, due) {
            (0, _) | (_, Err(_)) => "not booked".to_owned(),
            (_, Ok(due)) => format!(
                "not booked; usual after {weeks} weeks: about {}",
                due.strftime("%-d %B")
            ),
        })
    }

    fn head(&self, location: &Location, day: &WallDay) -> Head {
        let now = self.reading.zones.at(self.reading.now, &location.zone);
        Head {
            practice: self.letters.noting(&self.reading.roster.practice.name),
            location: self.letters.noting(&location.name),
            zone: format!(
                "{} ({})",
                location.zone.as_str().replace('_', " "),
                day.abbreviation()
            ),
            printed_at: now.map_or_else(
                |_| String::new(),
                |now| now.wall.strftime("%-d %B %Y, %-H:%M").to_string(),
            ),
            printed_by: self.letters.noting(self.by),
        }
    }
}

/// First and second provider.
fn people_of(visit: &Appointment) -> impl Iterator<Item = ProviderId> {
    std::iter::once(visit.provider).chain(visit.second_provider)
}

fn is_in(visit: &Appointment, place: Place) -> bool {
    match place {
        Place::Operatory(id) => visit.operatory == id,
        // Whoever only looks in has it on their sheet, too.
        Place::Provider(id) => visit.provider == id || visit.second_provider == Some(id),
    }
}

fn by_words(by: PrintBy) -> &'static str {
    match by {
        PrintBy::Operatory => "By operatory",
        PrintBy::Provider => "By provider",
    }
}

/// `Tuesday 3 March 2026`.
fn long_date(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

fn week_of(date: Date) -> Result<Vec<Date>, DeskError> {
    let back = i64::from(date.weekday().since(Weekday::Monday));
    let days = (0..7).map(|day| date.checked_add(jiff::Span::new().days(day - back)));
    days.collect::<Result<Vec<_>, _>>().map_err(|_| {
        DeskError::new("out_of_range", format!("{date} is beyond what calendars hold.")).field("date")
    })
}

/// `2–8 March 2026`, `30 March – 5 April 2026`.
fn week_words(dates: &[Date]) -> String {
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return String::new();
    };
    let from = match (first.year() == last.year(), first.month() == last.month()) {
        (true, true) => format!("{}–", first.day()),
        (true, false) => first.strftime("%-d %B – ").to_string(),
        (false, _) => first.strftime("%-d %B %Y – ").to_string(),
    };
    format!("{from}{}", last.strftime("%-d %B %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_say_where_they_end() {
        let words = |date: &str| week_words(&week_of(date.parse().unwrap()).unwrap());
        assert_eq!(words("2026-03-08"), "2–8 March 2026");
        assert_eq!(words("2026-03-31"), "30 March – 5 April 2026");
        assert_eq!(words("2027-01-01"), "28 December 2026 – 3 January 2027");
        assert_eq!(
            week_of("9999-12-31".parse().unwrap())
                .unwrap_err()
                .field
                .as_deref(),
            Some("date")
        );
    }
}
