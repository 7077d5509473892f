//! Applying a template to dates, what is applied where, and taking it back.

use clinic::templates::DayState;
use clinic::{Change, LocationId, Op, TemplateApplication, TemplateApplicationId};
use jiff::civil::Date;

use super::planning::{PlanDate, Planned, date, plan_all};
use super::views::count;
use crate::DeskError;
use crate::api::{
    Applications, ApplicationsRequest, ApplyTemplate, ApplyTo, RemoveApplication, TemplateApplied, UndoState,
};
use crate::desk::Desk;

impl Desk {
    pub fn apply_template(&self, request: ApplyTemplate) -> Result<TemplateApplied, DeskError> {
        let (holds, days, left_out) = self.write(Op::ApplyTemplate, |writing| {
            let all = plan_all(writing.slots(), &request.fields)?;
            let chosen = chosen(&all, &request.to)?;
            if chosen.is_empty() {
                return Err(nothing_left(&all));
            }
            if !request.acknowledge_past {
                let past = chosen
                    .iter()
                    .filter(|day| day.is_past(writing.today(day.location)));
                refuse_past(past.count())?;
            }
            let mut changes = self.decided(writing, &request.fields, &chosen, &request.decisions)?;
            let mut holds = Vec::with_capacity(all.len());
            let (mut days, mut left_out) = (0, 0);
            for planned in &all {
                let here: Vec<&PlanDate> = chosen
                    .iter()
                    .copied()
                    .filter(|day| day.location == planned.wanted.location)
                    .collect();
                let dates: Vec<Date> = here
                    .iter()
                    .filter(|day| day.state != DayState::Unchanged)
                    .map(|day| day.date)
                    .collect();
                let unchanged = planned
                    .dates
                    .iter()
                    .filter(|day| day.state == DayState::Unchanged)
                    .count();
                days += dates.len();
                left_out += planned.dates.len() - unchanged - dates.len();
                if dates.is_empty() {
                    holds.extend(here.first().and_then(|day| day.replaces));
                    continue;
                }
                let id = TemplateApplicationId(self.new_id());
                holds.push(id);
                changes.push(Change::add(TemplateApplication {
                    id,
                    dates,
                    applied: writing.author.stamp,
                    by: writing.author.person,
                    ..planned.wanted.clone()
                }));
            }
            writing.record(changes)?;
            Ok((holds, count(days), count(left_out)))
        })?;
        self.reading(|reading| {
            let mut views = Vec::with_capacity(holds.len());
            for id in &holds {
                let record = reading.reads().template_application(*id)?.ok_or_else(unknown)?;
                views.push(reading.application_view(&record)?);
            }
            let mut views = views.into_iter();
            Ok(TemplateApplied {
                application: views.next().ok_or_else(unknown)?,
                further: views.collect(),
                days,
                left_out,
                undo: reading.undo_state()?,
            })
        })
    }

    pub fn applications(&self, request: ApplicationsRequest) -> Result<Applications, DeskError> {
        if let Some(location) = request.location {
            self.may_see(location)?;
        }
        let from = request
            .from
            .as_deref()
            .map(|text| date(text, "from"))
            .transpose()?;
        self.reading(|reading| {
            let mut found: Vec<TemplateApplication> = Vec::new();
            for location in reading.roster.locations.keys() {
                if request.location.is_some_and(|only| only != *location)
                    || reading.may_see(*location).is_err()
                {
                    continue;
                }
                let from = from.unwrap_or_else(|| reading.today(*location));
                found.extend(reading.reads().template_applications(*location, from)?);
            }
            found.retain(|record| {
                request
                    .template
                    .is_none_or(|only| record.weeks.iter().any(|week| week.template == only))
            });
            found.sort_by_key(|record| std::cmp::Reverse((record.applied, record.id)));
            let applications = found
                .iter()
                .map(|record| reading.application_view(record))
                .collect::<Result<_, _>>()?;
            Ok(Applications { applications })
        })
    }

    pub fn remove_application(&self, request: RemoveApplication) -> Result<UndoState, DeskError> {
        let from = request
            .from
            .as_deref()
            .map(|text| date(text, "from"))
            .transpose()?;
        let only = match &request.dates {
            None => None,
            Some(dates) => Some(
                dates
                    .iter()
                    .map(|text| date(text, "dates"))
                    .collect::<Result<Vec<_>, _>>()?,
            ),
        };
        self.write(Op::RemoveTemplateApplication, |writing| {
            let reads = writing.reads();
            let record = reads.template_application(request.id)?.ok_or_else(unknown)?;
            let goes = |date: &Date| {
                from.is_none_or(|from| *date >= from) && only.as_ref().is_none_or(|only| only.contains(date))
            };
            let gone: Vec<Date> = record.dates.iter().copied().filter(goes).collect();
            let (Some(first), Some(last)) = (gone.first(), gone.last()) else {
                return Err(
                    DeskError::new("nothing_to_remove", "It is applied on none of these days.")
                        .hint("Choose days on which it holds.")
                        .field(if only.is_some() { "dates" } else { "from" }),
                );
            };
            let mut changes = Vec::new();
            // What it had replaced there goes too: whoever removes a template wants the day without one.
            for older in reads.template_applications(record.location, *first)? {
                if older.applied <= record.applied {
                    changes.extend(without(older, &gone));
                }
            }
            // Hand edits of the template's own slots have nothing left to change; slots of the day alone stay.
            let held = writing.slots().days(record.location, *first, *last)?;
            for edit in reads.day_slots(record.location, *first, *last)? {
                let day = held
                    .iter()
                    .find(|day| day.date == edit.date && day.application == Some(record.id));
                let Some(day) = day.filter(|_| gone.contains(&edit.date)) else {
                    continue;
                };
                let is_own = day.slot(edit.slot).is_some_and(|held| !held.is_of_template);
                if !is_own {
                    changes.push(Change::remove(edit));
                }
            }
            writing.record(changes)
        })?;
        self.reading(|reading| reading.undo_state())
    }
}

fn unknown() -> DeskError {
    DeskError::new("unknown_application", "There is no such applied template.")
        .hint("It may have been taken back; look at the list again.")
        .field("id")
}

/// The days that are meant, without closed ones.
fn chosen<'p>(all: &'p [Planned], to: &ApplyTo) -> Result<Vec<&'p PlanDate>, DeskError> {
    let planned = || all.iter().flat_map(|planned| &planned.dates);
    // Without a location: at each of them.
    let wanted: Option<Vec<(Option<LocationId>, Date)>> = match to {
        ApplyTo::Days { dates } => Some(
            dates
                .iter()
                .map(|text| Ok((None, date(text, "to")?)))
                .collect::<Result<_, DeskError>>()?,
        ),
        ApplyTo::DaysAt { days } => Some(
            days.iter()
                .map(|day| Ok((Some(day.location), date(&day.date, "to")?)))
                .collect::<Result<_, DeskError>>()?,
        ),
        ApplyTo::CleanDays | ApplyTo::AllDays => None,
    };
    let is = |day: &PlanDate, (location, date): &(Option<LocationId>, Date)| {
        day.date == *date && location.is_none_or(|location| location == day.location)
    };
    if let Some(wanted) = &wanted
        && let Some((_, stray)) = wanted.iter().find(|one| !planned().any(|day| is(day, one)))
    {
        return Err(
            DeskError::new("not_applied", format!("The template says nothing about {stray}."))
                .hint("Choose days of the plan.")
                .field("to"),
        );
    }
    let is_meant = |day: &&PlanDate| match (&wanted, to) {
        (Some(wanted), _) => wanted.iter().any(|one| is(day, one)),
        (None, ApplyTo::CleanDays) => matches!(day.state, DayState::Clean | DayState::Unchanged),
        (None, _) => true,
    };
    Ok(planned()
        .filter(|day| day.state != DayState::Closed)
        .filter(is_meant)
        .collect())
}

fn refuse_past(days: usize) -> Result<(), DeskError> {
    if days == 0 {
        return Ok(());
    }
    let words = match days {
        1 => "One of these days is".to_owned(),
        days => format!("{days} of these days are"),
    };
    Err(DeskError::new(
        "changes_the_past",
        format!("{words} over: what was planned for the past would change, and with it its figures."),
    )
    .hint("Choose a first day that is not before today, or say that the past may change.")
    .field("acknowledge_past"))
}

fn nothing_left(all: &[Planned]) -> DeskError {
    if all.iter().all(|planned| planned.dates.is_empty()) {
        return DeskError::new(
            "nothing_to_apply",
            "The template says nothing about any of these days.",
        )
        .hint("Choose other dates or weekdays.")
        .field("from");
    }
    DeskError::new("nothing_to_apply", "None of these days can be applied.")
        .hint("Look at the plan: days are closed or have conflicts. Choose all days, or some.")
        .field("to")
}

/// The application without some of its dates; it goes when none is left.
fn without(record: TemplateApplication, gone: &[Date]) -> Option<Change> {
    let dates: Vec<Date> = record
        .dates
        .iter()
        .copied()
        .filter(|date| !gone.contains(date))
        .collect();
    if dates.len() == record.dates.len() {
        return None;
    }
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return Some(Change::remove(record));
    };
    let after = TemplateApplication {
        from: *first,
        until: *last,
        dates: dates.clone(),
        ..record.clone()
    };
    Some(Change::edit(record, after))
}
