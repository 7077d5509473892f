//! Templates over dates: planned, applied with what was decided, listed and taken back.

use clinic::LocationId;
use desk::DeskError;
use desk::api::{
    ApplicationFields, ApplicationWeek, ApplicationsRequest, ApplyTemplate, ApplyTo, FitDecision,
    Handlers as _, RemoveApplication,
};
use serde_json::json;

use super::{days, detail, find, parse, some_or, version_of};
use crate::answer::{Answer, Outcome};
use crate::args::{ApplyArgs, ApplyWithArgs};
use crate::names::Practice;

pub fn plan(practice: &Practice, given: &ApplyArgs) -> Outcome {
    let plan = practice.front.plan_application(application(practice, given)?)?;
    let mut text = format!(
        "{} days fit, {} have conflicts ({} in all).\n",
        plan.clean_days, plan.conflict_days, plan.conflict_count
    );
    for day in &plan.days {
        let state = serde_json::to_value(day.state).unwrap_or_default();
        let place = if given.location.len() > 1 {
            format!("{} ", practice.location_name(day.location))
        } else {
            String::new()
        };
        text.push_str(&format!(
            "{place}{} {} +{} ~{} -{}\n",
            day.date,
            state.as_str().unwrap_or_default(),
            day.added,
            day.changed,
            day.removed
        ));
        for words in &day.kept_by_hand {
            text.push_str(&format!("  by hand: {words}\n"));
        }
        for conflict in &day.conflicts {
            // What a decision about it names.
            let id = match (&conflict.visit, conflict.slot) {
                (Some(visit), _) => format!(" visit {}", visit.id),
                (None, Some(slot)) => format!(" slot {slot}"),
                (None, None) => String::new(),
            };
            text.push_str(&format!("  {}{id}\n", conflict.words));
        }
    }
    Ok(Answer::new(&plan, text))
}

fn application(practice: &Practice, given: &ApplyArgs) -> Result<ApplicationFields, DeskError> {
    let mut weeks = Vec::with_capacity(given.templates.len());
    let mut home = None;
    for text in &given.templates {
        let (name, version) = match text.rsplit_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text.as_str(), None),
        };
        let known = find(practice, name)?;
        let version = match version {
            None => None,
            Some(text) => Some(version_of(&detail(practice, &known)?, text)?),
        };
        home.get_or_insert(known.location);
        weeks.push(ApplicationWeek {
            template: known.id,
            version,
        });
    }
    let mut places = given
        .location
        .iter()
        .map(|text| practice.location(text))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let location = match (places.next(), home) {
        (Some(first), _) => first,
        (None, Some(home)) => home,
        (None, None) => practice.location_or_first(None)?,
    };
    let date = |text: &str, field: &str| -> Result<String, DeskError> {
        Ok(practice.date(text, Some(location), field)?.to_string())
    };
    Ok(ApplicationFields {
        location,
        also_at: places.collect(),
        weeks,
        weeks_from: given
            .weeks_from
            .as_deref()
            .map(|text| date(text, "weeks_from"))
            .transpose()?,
        from: date(&given.from, "from")?,
        until: date(&given.until, "until")?,
        weekdays: given.days.as_deref().map(|text| days(text, "days")).transpose()?,
    })
}

pub fn apply(practice: &Practice, given: &ApplyWithArgs) -> Outcome {
    let fields = application(practice, &given.what)?;
    let location = fields.location;
    let to = match (given.on.is_empty(), given.all) {
        (false, _) => ApplyTo::Days {
            dates: dates(practice, location, &given.on)?,
        },
        (true, true) => ApplyTo::AllDays,
        (true, false) => ApplyTo::CleanDays,
    };
    let mut decisions = Vec::new();
    for text in &given.pin {
        let (date, id) = decided(practice, location, text, "pin")?;
        decisions.push(FitDecision::PinVisit {
            date,
            appointment: parse(id, "visit")?,
        });
    }
    for text in &given.add_slot {
        let (date, id) = decided(practice, location, text, "add_slot")?;
        decisions.push(FitDecision::AddSlot {
            date,
            appointment: parse(id, "visit")?,
        });
    }
    for text in &given.drop_slot {
        let (date, id) = decided(practice, location, text, "drop_slot")?;
        decisions.push(FitDecision::DropSlot {
            date,
            slot: parse(id, "slot")?,
            location: None,
        });
    }
    let applied = practice.front.apply_template(ApplyTemplate {
        fields,
        to,
        decisions,
        acknowledge_past: given.past,
    })?;
    let mut text = format!(
        "{}: {} days, {} left as they were. {}\n",
        applied.application.words, applied.days, applied.left_out, applied.application.id
    );
    for one in &applied.further {
        text.push_str(&format!(
            "{}: {} {}\n",
            practice.location_name(one.location),
            one.words,
            one.id
        ));
    }
    Ok(Answer::new(&applied, text))
}

/// `2026-03-03:ID`: about which day, and the visit or slot there.
fn decided<'t>(
    practice: &Practice,
    location: LocationId,
    text: &'t str,
    field: &str,
) -> Result<(String, &'t str), DeskError> {
    let (date, id) = text.rsplit_once(':').ok_or_else(|| {
        DeskError::new(
            "not_clear",
            format!("“{text}” does not say which day and which one."),
        )
        .hint("Write 2026-03-03:ID, as “orcactl template plan” lists them.")
        .field(field)
    })?;
    Ok((practice.date(date, Some(location), field)?.to_string(), id))
}

fn dates(practice: &Practice, location: LocationId, given: &[String]) -> Result<Vec<String>, DeskError> {
    given
        .iter()
        .map(|text| Ok(practice.date(text, Some(location), "on")?.to_string()))
        .collect()
}

pub fn applications(practice: &Practice, location: Option<&str>, from: Option<&str>) -> Outcome {
    let location = location.map(|text| practice.location(text)).transpose()?;
    let from = from
        .map(|text| practice.date(text, location, "from"))
        .transpose()?;
    let found = practice.front.applications(ApplicationsRequest {
        location,
        template: None,
        from: from.map(|date| date.to_string()),
    })?;
    let rows: Vec<Vec<String>> = found
        .applications
        .iter()
        .flat_map(|one| {
            let taken_over = one
                .replaced
                .iter()
                .map(|words| vec![String::new(), words.clone()]);
            let line = vec![
                practice.location_name(one.location).to_owned(),
                one.words.clone(),
                format!("{} days", one.days),
                one.id.to_string(),
            ];
            std::iter::once(line).chain(taken_over)
        })
        .collect();
    Ok(Answer::new(&found, some_or(&rows, "Nothing is applied.\n")))
}

pub fn unapply(practice: &Practice, id: &str, from: Option<&str>, on: Option<&[String]>) -> Outcome {
    let known = parse(id, "applied template")?;
    // Relative days are those of the location where it is applied.
    let all = practice.front.applications(ApplicationsRequest {
        from: Some(format!("{}-01-01", clinic::FIRST_YEAR)),
        ..ApplicationsRequest::default()
    })?;
    let location = all
        .applications
        .iter()
        .find(|one| one.id == known)
        .map(|one| one.location);
    let date = |text: &str, field: &str| -> Result<String, DeskError> {
        Ok(practice.date(text, location, field)?.to_string())
    };
    let undo = practice.front.remove_application(RemoveApplication {
        id: known,
        from: from.map(|text| date(text, "from")).transpose()?,
        dates: on
            .map(|texts| {
                texts
                    .iter()
                    .map(|text| date(text, "on"))
                    .collect::<Result<_, _>>()
            })
            .transpose()?,
    })?;
    Ok(Answer {
        json: json!({ "removed": id.trim(), "undo": undo }),
        text: "It is no longer applied there.\n".to_owned(),
    })
}
