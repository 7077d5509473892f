//! Absences, the pinboard, and block-outs on many days.

use clinic::{AbsenceReason, BlockTarget, LocationId};
use desk::DeskError;
use desk::api::{
    AbsenceFields, AbsencesRequest, AddBlockSeries, AppointmentRef, BlocksChanged, ChangeBlockSeries,
    EndsFields, Handlers as _, Nothing, PasteBlocks, PasteFrom, PinAppointment, RecurrenceFields,
    RemoveBlockSeries, RepeatFields, SeriesScope, TimeBlockRef,
};
use serde_json::json;

use crate::answer::{Answer, Outcome, columns};
use crate::args::{Absence, AbsenceArgs, Monthly, PasteArgs, Reason, RepeatArgs, ScopeArg, with_answer};
use crate::commands::settings::weekdays;
use crate::commands::visits::{card_row, changed};
use crate::names::{Practice, appointment_id, block_id};

pub fn run(practice: &Practice, command: Absence) -> Outcome {
    match command {
        Absence::List { from } => {
            let from = from
                .as_deref()
                .map(|text| practice.date(text, None, "from").map(|date| date.to_string()))
                .transpose()?;
            let found = practice.front.absences(AbsencesRequest { from })?;
            let rows: Vec<Vec<String>> = found
                .absences
                .iter()
                .map(|absence| {
                    vec![
                        absence.words.clone(),
                        absence.title.clone(),
                        absence.id.to_string(),
                    ]
                })
                .collect();
            let text = if rows.is_empty() {
                "Nobody is away.\n".to_owned()
            } else {
                columns(&rows)
            };
            Ok(Answer::new(&found, text))
        }
        Absence::Plan(given) => {
            let plan = practice.front.plan_absence(fields(practice, &given)?)?;
            let mut rows = Vec::new();
            for displaced in &plan.displaced {
                let others: Vec<&str> = displaced
                    .others
                    .iter()
                    .map(|id| practice.provider_name(*id))
                    .collect();
                let mut row = vec![displaced.visit.date.clone()];
                row.extend(card_row(practice, &displaced.visit, true));
                row.push(if others.is_empty() {
                    String::new()
                } else {
                    format!("then with {}", others.join(" or "))
                });
                row.push(displaced.opening.as_ref().map_or_else(String::new, |opening| {
                    format!(
                        "free {} {}",
                        opening.at.replace('T', " "),
                        practice.provider_name(opening.provider)
                    )
                }));
                rows.push(row);
            }
            let text = format!(
                "{} displaces {}.\n{}",
                plan.words,
                visits(plan.displaced_count),
                columns(&rows)
            );
            Ok(Answer::new(&plan, text))
        }
        Absence::Add(given) => {
            let entered = practice.front.enter_absence(fields(practice, &given)?)?;
            Ok(told_absence(&entered))
        }
        Absence::Change {
            id,
            from,
            until,
            reason,
            title,
        } => {
            let id = block_id(&id)?;
            let detail = practice.front.time_block(TimeBlockRef { id })?;
            let location = detail.card.location;
            let (first, from) = match from {
                Some(text) => moment(practice, &text, location, "from")?,
                None => as_it_was(&detail.at),
            };
            let (last, until) = match until {
                Some(text) => moment(practice, &text, location, "until")?,
                None => last_of(&detail.until),
            };
            let entered = practice.front.enter_absence(AbsenceFields {
                changes: Some(id),
                target: detail.card.target,
                is_everywhere: false,
                location,
                first,
                last,
                from,
                until,
                title: title.unwrap_or_else(|| match reason {
                    // Its title may be the former reason’s own word.
                    Some(_) => String::new(),
                    None => detail.card.title.clone(),
                }),
                reason: reason.map_or(detail.absence.unwrap_or(AbsenceReason::Other), reason_of),
            })?;
            Ok(told_absence(&entered))
        }
        Absence::Remove { id } => {
            let undo = practice
                .front
                .remove_absence(TimeBlockRef { id: block_id(&id)? })?;
            Ok(Answer {
                json: json!({ "removed": id.trim(), "undo": undo }),
                text: "The absence is gone; who had a visit then keeps it.\n".to_owned(),
            })
        }
    }
}

pub fn pinboard(practice: &Practice) -> Outcome {
    let board = practice.front.pinboard(Nothing {})?;
    let rows: Vec<Vec<String>> = board
        .entries
        .iter()
        .map(|entry| {
            let mut row = vec![entry.visit.date.clone()];
            row.extend(card_row(practice, &entry.visit, true));
            let put_by = entry.put_by.clone().unwrap_or_default();
            row.extend([entry.phone.clone(), entry.reason.clone(), put_by]);
            row
        })
        .collect();
    let text = if rows.is_empty() {
        "No visit needs a new time.\n".to_owned()
    } else {
        columns(&rows)
    };
    Ok(Answer::new(&board, text))
}

pub fn pin(practice: &Practice, id: &str, reason: Option<String>) -> Outcome {
    let request = PinAppointment {
        id: appointment_id(id)?,
        reason: reason.unwrap_or_default(),
    };
    changed(
        practice,
        "On the pinboard:",
        practice.front.pin_appointment(request),
    )
}

pub fn unpin(practice: &Practice, id: &str) -> Outcome {
    let request = AppointmentRef {
        id: appointment_id(id)?,
    };
    changed(
        practice,
        "Stays where it is:",
        practice.front.unpin_appointment(request),
    )
}

/// Blocks out time that recurs; `block` is the first one.
pub fn add_series(practice: &Practice, block: desk::api::AddTimeBlock, repeat: &RepeatArgs) -> Outcome {
    let series = AddBlockSeries {
        target: block.target,
        location: block.location,
        at: block.at,
        length_minutes: block.length_minutes,
        title: block.title,
        policy: block.policy,
        recurrence: recurrence(practice, block.location, repeat)?,
        visits: block.visits,
    };
    let changed = practice.front.add_block_series(series).map_err(with_answer)?;
    Ok(told("Blocked out", &changed))
}

pub fn change_series(practice: &Practice, request: ChangeBlockSeries) -> Outcome {
    let changed = practice.front.change_block_series(request).map_err(with_answer)?;
    Ok(told("Changed", &changed))
}

pub fn remove_series(practice: &Practice, id: &str, scope: ScopeArg) -> Outcome {
    let changed = practice.front.remove_block_series(RemoveBlockSeries {
        id: block_id(id)?,
        scope: scope_of(scope),
    })?;
    Ok(told("Removed", &changed))
}

pub fn paste(practice: &Practice, given: &PasteArgs) -> Outcome {
    let location = practice.location_or_first(given.location.as_deref())?;
    let date = |text: &str, field| {
        practice
            .date(text, Some(location), field)
            .map(|date| date.to_string())
    };
    let from = match (&given.what.day, &given.what.week) {
        (Some(day), _) => PasteFrom::Day {
            location,
            date: date(day, "day")?,
        },
        (None, Some(week)) => PasteFrom::Week {
            location,
            date: date(week, "week")?,
        },
        (None, None) => PasteFrom::Blocks {
            ids: given
                .what
                .ids
                .iter()
                .map(|id| block_id(id))
                .collect::<Result<_, _>>()?,
        },
    };
    let (onto, onto_location) = match (&given.onto_provider, &given.onto_operatory) {
        (Some(provider), _) => (
            Some(BlockTarget::Provider(practice.provider(provider)?)),
            Some(location),
        ),
        (None, Some(chair)) => {
            let named = given.location.is_some().then_some(location);
            let id = practice.operatory(chair, named)?;
            let place = practice.operatory_view(id).map(|chair| chair.location);
            (Some(BlockTarget::Operatory(id)), place)
        }
        (None, None) => (None, None),
    };
    let pasting = PasteBlocks {
        from,
        to: date(&given.to, "to")?,
        at: given.at.clone(),
        is_cut: given.cut,
        onto,
        onto_location,
        visits: given.visits.answer(),
    };
    let changed = practice.front.paste_blocks(pasting).map_err(with_answer)?;
    Ok(told(if given.cut { "Moved" } else { "Pasted" }, &changed))
}

pub fn scope_of(scope: ScopeArg) -> SeriesScope {
    match scope {
        ScopeArg::This => SeriesScope::This,
        ScopeArg::Following => SeriesScope::Following,
        ScopeArg::All => SeriesScope::All,
    }
}

fn told(verb: &str, changed: &BlocksChanged) -> Answer {
    let mut text = match changed.count {
        1 => format!("{verb} 1 block-out.\n"),
        count => format!("{verb} {count} block-outs.\n"),
    };
    if !changed.left_out.is_empty() {
        text.push_str("Left out:\n");
        let rows: Vec<Vec<String>> = changed
            .left_out
            .iter()
            .map(|day| vec![day.date.clone(), day.title.clone(), day.why.clone()])
            .collect();
        text.push_str(&columns(&rows));
    }
    Answer::new(changed, text)
}

fn visits(count: u32) -> String {
    match count {
        0 => "nobody".to_owned(),
        1 => "1 visit".to_owned(),
        more => format!("{more} visits"),
    }
}

pub(super) fn recurrence(
    practice: &Practice,
    location: LocationId,
    given: &RepeatArgs,
) -> Result<RecurrenceFields, DeskError> {
    let date = |text: &str, field| {
        practice
            .date(text, Some(location), field)
            .map(|date| date.to_string())
    };
    let every = given.every.unwrap_or(1);
    let repeat = match given.monthly {
        None if given.daily => RepeatFields::Daily { every },
        None => RepeatFields::Weekly {
            every,
            weekdays: given.on.as_deref().map_or(Ok(Vec::new()), weekdays)?,
        },
        Some(Monthly::Date) => RepeatFields::MonthlyOnDate { every },
        Some(Monthly::Weekday) => RepeatFields::MonthlyOnWeekday {
            every,
            is_last: false,
        },
        Some(Monthly::LastWeekday) => RepeatFields::MonthlyOnWeekday { every, is_last: true },
    };
    let ends = match (&given.until, given.times) {
        (Some(text), _) => EndsFields::Until {
            date: date(text, "until")?,
        },
        (None, Some(times)) => EndsFields::Count { times },
        (None, None) => {
            return Err(DeskError::new("missing", "It does not say when it ends.")
                .hint("Give --until or --times.")
                .field("until"));
        }
    };
    let except = given
        .except
        .iter()
        .map(|text| date(text, "except"))
        .collect::<Result<_, _>>()?;
    Ok(RecurrenceFields { repeat, ends, except })
}

fn told_absence(entered: &desk::api::AbsenceEntered) -> Answer {
    let then = match entered.displaced_count {
        0 => "Nobody had a visit then.".to_owned(),
        1 => "1 visit needs a new time: see “orcactl pinboard”.".to_owned(),
        more => format!("{more} visits need a new time: see “orcactl pinboard”."),
    };
    let text = format!("{} {}\n{then}\n", entered.absence.words, entered.absence.id);
    Answer::new(entered, text)
}

/// A date, and a time if it is not the whole day.
type Moment = (String, Option<String>);

fn moment(practice: &Practice, text: &str, location: LocationId, field: &str) -> Result<Moment, DeskError> {
    if text.contains([':']) {
        let wall = practice.wall(text, Some(location), field)?;
        return Ok(as_it_was(&wall));
    }
    Ok((practice.date(text, Some(location), field)?.to_string(), None))
}

/// `2026-03-03T11:20` as a date and a time; midnight is the whole day.
fn as_it_was(wall: &str) -> Moment {
    let (date, time) = wall.split_once('T').unwrap_or((wall, ""));
    (date.to_owned(), (time != "00:00").then(|| time.to_owned()))
}

/// The last day of what ends then: midnight is the end of the day before.
fn last_of(wall: &str) -> Moment {
    match as_it_was(wall) {
        (date, None) => {
            let before = date
                .parse::<jiff::civil::Date>()
                .and_then(|date| date.yesterday());
            (before.map_or(date, |before| before.to_string()), None)
        }
        timed => timed,
    }
}

fn reason_of(reason: Reason) -> AbsenceReason {
    match reason {
        Reason::Vacation => AbsenceReason::Vacation,
        Reason::Ill => AbsenceReason::Ill,
        Reason::Course => AbsenceReason::Course,
        Reason::Holiday => AbsenceReason::Holiday,
        Reason::Repair => AbsenceReason::Repair,
        Reason::Other => AbsenceReason::Other,
    }
}

fn fields(practice: &Practice, given: &AbsenceArgs) -> Result<AbsenceFields, DeskError> {
    let (target, location) = super::calendar::target(
        practice,
        given.provider.as_deref(),
        given.operatory.as_deref(),
        given.location.as_deref(),
    )?;
    let (first, from) = moment(practice, &given.from, location, "from")?;
    let (last, until) = match &given.until {
        Some(text) => moment(practice, text, location, "until")?,
        None => (first.clone(), None),
    };
    Ok(AbsenceFields {
        changes: None,
        target,
        is_everywhere: given.everywhere,
        location,
        first,
        last,
        from,
        until,
        reason: reason_of(given.reason),
        title: given.title.clone().unwrap_or_default(),
    })
}
