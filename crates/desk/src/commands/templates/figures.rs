//! Planned, booked and kept, over dates of one or all locations, told apart by what a person asks.

use std::collections::BTreeMap;

use clinic::hours::day_bounds;
use clinic::templates::{DayFigures, DoctorTime, Figures, MAX_APPLIED_DAYS, day_figures};
use clinic::{Appointment, BlockTarget, LocationId, Provider, Weekday, monday_of};
use jiff::civil::Date;
use store::RangeFilter;

use super::planning::date;
use crate::DeskError;
use crate::api::{AnalyticsBy, AnalyticsFile, AnalyticsRequest, AnalyticsRow, TemplateAnalytics};
use crate::audit::table::line;
use crate::desk::{Desk, Reading};

impl Desk {
    pub fn template_analytics(&self, request: AnalyticsRequest) -> Result<TemplateAnalytics, DeskError> {
        let from = date(&request.from, "from")?;
        let until = date(&request.until, "until")?;
        if until < from {
            return Err(DeskError::new(
                "empty_range",
                format!("The last day, {until}, is before the first, {from}."),
            )
            .hint("Give a last day that is not before the first.")
            .field("until"));
        }
        if (until - from).get_days() >= MAX_APPLIED_DAYS {
            return Err(
                DeskError::new("out_of_range", "Figures cover two years at the most.")
                    .hint("Choose a shorter time.")
                    .field("until"),
            );
        }
        let rights = self.rights();
        if let Some(location) = request.location {
            rights
                .check(clinic::Permission::ViewAnalytics, Some(location))
                .map_err(|lacks| crate::desk::writing::not_allowed(&lacks, &self.roster()))?;
        }
        self.reading(|reading| {
            let mut rows: BTreeMap<(String, String), Figures> = BTreeMap::new();
            let mut total = Figures::default();
            let locations: Vec<LocationId> = match request.location {
                Some(location) => {
                    super::known_location(&reading.roster, location, "location")?;
                    vec![location]
                }
                None => reading
                    .roster
                    .locations
                    .keys()
                    .copied()
                    .filter(|location| {
                        rights
                            .check(clinic::Permission::ViewAnalytics, Some(*location))
                            .is_ok()
                    })
                    .collect(),
            };
            let mut names = Names::default();
            for location in locations {
                reading.figures_at(location, from, until, &mut |day, part| {
                    total.add(&part.figures);
                    if let Some((key, name)) = names.key(reading, request.by, location, day, &part) {
                        rows.entry((key, name)).or_default().add(&part.figures);
                    }
                })?;
            }
            let mut rows: Vec<AnalyticsRow> = rows
                .into_iter()
                .map(|((key, name), figures)| row(key, name, &figures))
                .collect();
            // Days, weeks and months follow the calendar; everything else its name.
            if !matches!(
                request.by,
                AnalyticsBy::Weekday | AnalyticsBy::Week | AnalyticsBy::Month
            ) {
                rows.sort_by_cached_key(|row| (row.name.to_lowercase(), row.key.clone()));
            }
            if request.by == AnalyticsBy::Weekday {
                // The key sorts; what is told is the weekday itself.
                for row in &mut rows {
                    row.key = row.key.split_once('-').map_or("", |(_, code)| code).to_owned();
                }
            }
            Ok(TemplateAnalytics {
                rows,
                total: row(String::new(), "All".to_owned(), &total),
            })
        })
    }

    pub fn export_template_analytics(&self, request: AnalyticsRequest) -> Result<AnalyticsFile, DeskError> {
        let by = match request.by {
            AnalyticsBy::Class => "class",
            AnalyticsBy::Template => "template",
            AnalyticsBy::Weekday => "weekday",
            AnalyticsBy::Provider => "provider",
            AnalyticsBy::Location => "location",
            AnalyticsBy::Week => "week",
            AnalyticsBy::Month => "month",
        };
        let month = |text: &str| text.trim().get(..7).unwrap_or_default().to_owned();
        let (first, last) = (month(&request.from), month(&request.until));
        let period = if first == last {
            first
        } else {
            format!("{first}-{last}")
        };
        let figures = self.template_analytics(request)?;
        let mut csv = line(&HEADING);
        for row in figures.rows.iter().chain([&figures.total]) {
            let cells = cells(row);
            csv.push_str(&line(&cells.iter().map(String::as_str).collect::<Vec<_>>()));
        }
        Ok(AnalyticsFile {
            file_name: format!("templates-by-{by}-{period}.csv"),
            csv,
        })
    }
}

const HEADING: [&str; 17] = [
    "key",
    "name",
    "planned visits",
    "planned minutes",
    "booked visits",
    "booked minutes",
    "kept visits",
    "no-shows",
    "cancelled",
    "visits in other slots",
    "visits in no slot",
    "median lead days",
    "emergency holds",
    "unused holds",
    "doctor idle minutes",
    "overrun minutes",
    "fill rate",
];

fn cells(row: &AnalyticsRow) -> Vec<String> {
    let number = |value: Option<f64>, places: usize| {
        value.map_or_else(String::new, |value| format!("{value:.places$}"))
    };
    vec![
        row.key.clone(),
        row.name.clone(),
        row.planned_visits.to_string(),
        row.planned_minutes.to_string(),
        row.booked_visits.to_string(),
        row.booked_minutes.to_string(),
        row.kept_visits.to_string(),
        row.no_shows.to_string(),
        row.cancelled.to_string(),
        row.leaked_visits.to_string(),
        row.outside_visits.to_string(),
        number(row.lead_days, 1),
        row.holds.to_string(),
        row.unused_holds.to_string(),
        row.doctor_idle_minutes.to_string(),
        row.overrun_minutes.to_string(),
        number(row.fill_rate, 3),
    ]
}

fn row(key: String, name: String, figures: &Figures) -> AnalyticsRow {
    AnalyticsRow {
        key,
        name,
        planned_visits: figures.planned_visits,
        planned_minutes: figures.planned_minutes,
        booked_visits: figures.booked_visits,
        booked_minutes: figures.booked_minutes,
        kept_visits: figures.kept_visits,
        no_shows: figures.no_shows,
        cancelled: figures.cancelled,
        leaked_visits: figures.leaked_visits,
        outside_visits: figures.outside_visits,
        lead_days: figures.median_lead_days(),
        holds: figures.holds,
        unused_holds: figures.unused_holds,
        doctor_idle_minutes: figures.doctor_idle_minutes,
        overrun_minutes: figures.overrun_minutes,
        fill_rate: figures.fill_rate(),
    }
}

/// What rows are called, looked up once.
#[derive(Default)]
struct Names {
    templates: BTreeMap<clinic::TemplateId, String>,
}

impl Names {
    /// The row that a part belongs to; none if it belongs to none of this kind.
    fn key(
        &mut self,
        reading: &Reading<'_>,
        by: AnalyticsBy,
        location: LocationId,
        day: Date,
        part: &DayFigures,
    ) -> Option<(String, String)> {
        Some(match by {
            AnalyticsBy::Class => {
                let class = part.class.clone()?;
                (class.clone(), class)
            }
            AnalyticsBy::Template => match part.template {
                None => (String::new(), "slots of single days".to_owned()),
                Some(id) => {
                    let name = self.templates.entry(id).or_insert_with(|| {
                        let found = reading.reads().template(id).ok().flatten();
                        found.map_or_else(|| "a removed template".to_owned(), |record| record.name)
                    });
                    (id.to_string(), name.clone())
                }
            },
            AnalyticsBy::Weekday => {
                let weekday = Weekday::of(day);
                let code = format!("{weekday:?}").to_lowercase();
                (format!("{}-{code}", weekday as u8), format!("{weekday:?}"))
            }
            AnalyticsBy::Provider => match part.provider {
                None => (String::new(), "whoever works there".to_owned()),
                Some(id) => {
                    let record = reading.roster.provider(id);
                    let name =
                        record.map_or_else(|| "a removed provider".to_owned(), |record| record.name.clone());
                    (id.to_string(), name)
                }
            },
            AnalyticsBy::Location => {
                let record = reading.roster.location(location);
                let name =
                    record.map_or_else(|| "a removed location".to_owned(), |record| record.name.clone());
                (location.to_string(), name)
            }
            AnalyticsBy::Week => {
                let monday = monday_of(day);
                (
                    monday.to_string(),
                    format!("Week of {}", monday.strftime("%-d %b %Y")),
                )
            }
            AnalyticsBy::Month => {
                let first = day.first_of_month();
                (first.to_string(), first.strftime("%B %Y").to_string())
            }
        })
    }
}

impl Reading<'_> {
    /// Hands out the figures of each date of a location that has slots.
    fn figures_at(
        &self,
        location: LocationId,
        from: Date,
        until: Date,
        add: &mut dyn FnMut(Date, DayFigures),
    ) -> Result<(), DeskError> {
        let held = self.slots().days(location, from, until)?;
        let (Some(first), Some(last)) = (held.first(), held.last()) else {
            return Ok(());
        };
        let Some(place) = self.roster.location(location) else {
            return Ok(());
        };
        let zone = self.zone(place)?;
        let (begins, ends) = (day_bounds(&zone, first.date).0, day_bounds(&zone, last.date).1);
        let absences = self.reads().absences(begins, ends)?;
        let filter = RangeFilter {
            locations: vec![location],
            with_broken: true,
            ..RangeFilter::default()
        };
        let mut visits: BTreeMap<Date, Vec<Appointment>> = BTreeMap::new();
        for visit in self.reads().range(&filter, begins, ends)? {
            visits.entry(visit.starts_at.date()).or_default().push(visit);
        }
        // Whoever went out of use worked until their last visit: what was counted of that time does not change.
        let mut working: Vec<(&Provider, Date)> = Vec::new();
        for provider in self.roster.providers.values() {
            let last = match provider.is_active {
                true => Some(Date::MAX),
                false => self.reads().last_date_of(provider.id)?,
            };
            working.extend(last.map(|last| (provider, last)));
        }
        for day in &held {
            let doctors: Vec<DoctorTime> = working
                .iter()
                .filter(|(_, last)| day.date <= *last)
                .filter_map(|(provider, _)| {
                    let table = self.roster.provider_timetable(provider.id, location)?;
                    let target = BlockTarget::Provider(provider.id);
                    let own = absences.iter().filter(|block| block.target == target);
                    let open = table.open_without(&zone, day.date, own);
                    (!open.is_empty()).then_some(DoctorTime {
                        provider: provider.id,
                        open,
                    })
                })
                .collect();
            let of_day = visits.get(&day.date).map_or(&[][..], Vec::as_slice);
            let day_ends = day_bounds(&zone, day.date).1;
            for part in day_figures(&self.roster, day, of_day, &doctors, day_ends, self.now) {
                add(day.date, part);
            }
        }
        Ok(())
    }
}
