//! Schedule templates: the list, drawing, versions and figures.

mod applying;
mod places;
mod slots;

use clinic::{TemplateSpan, TemplateVersionId, Weekday};
use desk::DeskError;
use desk::api::{
    AnalyticsBy, AnalyticsRequest, CopyTemplateColumn, CreateTemplate, DiffTemplate, FillTemplate,
    Handlers as _, SaveTemplateVersion, TemplateCheck, TemplateDay, TemplateDayRequest, TemplateDetail,
    TemplateRef, TemplateSummary, TemplateVersionRef, TemplateVersionView, TemplatesRequest, UpdateTemplate,
};
use desk::import::lookup::{Choice, pick};

use crate::answer::{Answer, Outcome, columns};
use crate::args::{By, Template, Version};
use crate::commands::settings::weekdays;
use crate::names::Practice;

pub fn run(practice: &Practice, command: Template) -> Outcome {
    let front = &practice.front;
    match command {
        Template::List { location, archived } => list(practice, location, archived),
        Template::Show { template, version } => {
            let known = find(practice, &template)?;
            let detail = detail(practice, &known)?;
            let version = version.map(|text| version_of(&detail, &text)).transpose()?;
            let shown = front.template(TemplateRef {
                id: known.id,
                version,
            })?;
            Ok(Answer::new(&shown, drawn(practice, &shown)))
        }
        Template::Check { template } => {
            let known = find(practice, &template)?;
            let check = detail(practice, &known)?.check;
            Ok(Answer::new(&check, check_text(&check)))
        }
        Template::New {
            name,
            location,
            day,
            note,
        } => {
            let made = front.create_template(CreateTemplate {
                name,
                location: practice.location_or_first(location.as_deref())?,
                span: if day {
                    TemplateSpan::Day
                } else {
                    TemplateSpan::Week
                },
                note,
            })?;
            Ok(Answer::new(&made, format!("{} {}\n", made.name, made.id)))
        }
        Template::Rename { template, name } => {
            let known = find(practice, &template)?;
            update(practice, &known, Some(name), None, None)
        }
        Template::Archive { template, back } => {
            let known = find(practice, &template)?;
            update(practice, &known, None, None, Some(!back))
        }
        Template::Note { template, note } => {
            let known = find(practice, &template)?;
            update(practice, &known, None, Some(note), None)
        }
        Template::Slot { command } => slots::drawn_one(practice, command),
        Template::Slots {
            template,
            file,
            check,
        } => slots::from_file(practice, &template, &file, check),
        Template::Fill {
            template,
            slot,
            until,
            gap,
            also,
        } => {
            let known = find(practice, &template)?;
            let filled = front.fill_template(FillTemplate {
                template: known.id,
                slot: slots::new_slot(practice, known.location, &slot)?,
                until_minute: minute(&until, "until")?,
                gap_minutes: gap,
                weekdays: also.map(|text| days(&text, "also")).transpose()?,
            })?;
            let text = format!(
                "{} slots drawn, {} found no place.\n",
                filled.added.len(),
                filled.left_out
            );
            Ok(Answer::new(&filled, text))
        }
        Template::CopyColumn {
            template,
            from_day,
            from_operatory,
            to_days,
            to_operatory,
            replace,
        } => {
            let known = find(practice, &template)?;
            let chair = |text: &String| practice.operatory(text, Some(known.location));
            let copied = front.copy_template_column(CopyTemplateColumn {
                template: known.id,
                from_weekday: from_day.map(|text| day(&text, "from_day")).transpose()?,
                from_operatory: from_operatory.as_ref().map(chair).transpose()?,
                to_weekdays: to_days
                    .map(|text| days(&text, "to_days"))
                    .transpose()?
                    .unwrap_or_default(),
                to_operatories: to_operatory.iter().map(chair).collect::<Result<_, _>>()?,
                replace,
            })?;
            let text = format!(
                "{} slots copied, {} found no place.\n",
                copied.added.len(),
                copied.left_out
            );
            Ok(Answer::new(&copied, text))
        }
        Template::Version { command } => version(practice, command),
        Template::Copy {
            template,
            location,
            name,
            version,
            mapping,
        } => places::copy(
            practice,
            &template,
            location.as_deref(),
            name,
            version.as_deref(),
            &mapping,
        ),
        Template::Map {
            template,
            location,
            version,
            mapping,
        } => places::map(practice, &template, &location, version.as_deref(), &mapping),
        Template::Share {
            template,
            location,
            end,
            mapping,
        } => places::share(practice, &template, &location, end, &mapping),
        Template::Plan(given) => applying::plan(practice, &given),
        Template::Apply(given) => applying::apply(practice, &given),
        Template::Applications { location, from } => {
            applying::applications(practice, location.as_deref(), from.as_deref())
        }
        Template::Unapply { id, from, on } => {
            applying::unapply(practice, &id, from.as_deref(), on.as_deref())
        }
        Template::Day { date, location } => {
            let request = on_day(practice, date.as_deref(), location.as_deref())?;
            let day = front.template_day(request)?;
            Ok(Answer::new(&day, day_text(practice, &day)))
        }
        Template::DaySlot {
            date,
            location,
            command,
        } => slots::of_a_day(practice, &date, location.as_deref(), command),
        Template::Analytics {
            from,
            until,
            by,
            location,
            csv,
        } => {
            let location = location.map(|text| practice.location(&text)).transpose()?;
            let request = AnalyticsRequest {
                location,
                from: practice.date(&from, location, "from")?.to_string(),
                until: practice.date(&until, location, "until")?.to_string(),
                by: match by {
                    By::Class => AnalyticsBy::Class,
                    By::Template => AnalyticsBy::Template,
                    By::Weekday => AnalyticsBy::Weekday,
                    By::Provider => AnalyticsBy::Provider,
                    By::Location => AnalyticsBy::Location,
                    By::Week => AnalyticsBy::Week,
                    By::Month => AnalyticsBy::Month,
                },
            };
            if csv {
                let file = front.export_template_analytics(request)?;
                return Ok(Answer::new(&file, file.csv.clone()));
            }
            let figures = front.template_analytics(request)?;
            let heading = [
                "",
                "planned",
                "booked",
                "kept",
                "other slots",
                "no slot",
                "filled",
            ];
            let mut rows = vec![heading.map(str::to_owned).to_vec()];
            for row in figures.rows.iter().chain([&figures.total]) {
                rows.push(vec![
                    row.name.clone(),
                    row.planned_visits.to_string(),
                    row.booked_visits.to_string(),
                    row.kept_visits.to_string(),
                    row.leaked_visits.to_string(),
                    row.outside_visits.to_string(),
                    row.fill_rate
                        .map_or_else(String::new, |rate| format!("{:.0} %", rate * 100.0)),
                ]);
            }
            Ok(Answer::new(&figures, columns(&rows)))
        }
    }
}

fn list(practice: &Practice, location: Option<String>, archived: bool) -> Outcome {
    let found = practice.front.templates(TemplatesRequest {
        location: location.map(|text| practice.location(&text)).transpose()?,
        with_archived: archived,
    })?;
    let rows: Vec<Vec<String>> = found
        .templates
        .iter()
        .map(|one| {
            vec![
                one.name.clone(),
                practice.location_name(one.location).to_owned(),
                format!("{} slots", one.slot_count),
                one.newest_version.as_ref().map_or_else(
                    || "no version".to_owned(),
                    |version| format!("version {} {}", version.number, version.name),
                ),
                one.id.to_string(),
            ]
        })
        .collect();
    Ok(Answer::new(
        &found,
        some_or(&rows, "There are no templates yet.\n"),
    ))
}

fn update(
    practice: &Practice,
    known: &TemplateSummary,
    name: Option<String>,
    note: Option<String>,
    is_archived: Option<bool>,
) -> Outcome {
    let changed = practice.front.update_template(UpdateTemplate {
        id: known.id,
        name,
        note,
        is_archived,
    })?;
    let state = if changed.is_archived {
        "out of use"
    } else {
        "in use"
    };
    Ok(Answer::new(&changed, format!("{}, {state}\n", changed.name)))
}

fn version(practice: &Practice, command: Version) -> Outcome {
    match command {
        Version::Save { template, name } => {
            let known = find(practice, &template)?;
            let saved = practice.front.save_template_version(SaveTemplateVersion {
                template: known.id,
                name,
            })?;
            let text = saved.versions.first().map_or_else(String::new, |version| {
                format!("Version {} {} {}\n", version.number, version.name, version.id)
            });
            Ok(Answer::new(&saved, text))
        }
        Version::Restore { template, version } => {
            let known = find(practice, &template)?;
            let version = version_of(&detail(practice, &known)?, &version)?;
            let restored = practice.front.restore_template_version(TemplateVersionRef {
                template: known.id,
                version,
            })?;
            Ok(Answer::new(&restored, drawn(practice, &restored)))
        }
        Version::Diff {
            template,
            before,
            after,
        } => {
            let known = find(practice, &template)?;
            let detail = detail(practice, &known)?;
            let diff = practice.front.diff_template(DiffTemplate {
                template: known.id,
                before: Some(version_of(&detail, &before)?),
                after: after.map(|text| version_of(&detail, &text)).transpose()?,
            })?;
            let lines: Vec<&str> = diff.entries.iter().map(|entry| entry.words.as_str()).collect();
            let text = match lines.as_slice() {
                [] => "They are the same.\n".to_owned(),
                lines => format!("{}\n", lines.join("\n")),
            };
            Ok(Answer::new(&diff, text))
        }
    }
}

fn find(practice: &Practice, text: &str) -> Result<TemplateSummary, DeskError> {
    let all = practice
        .front
        .templates(TemplatesRequest {
            location: None,
            with_archived: true,
        })?
        .templates;
    let choices: Vec<Choice<usize>> = all
        .iter()
        .enumerate()
        .map(|(at, one)| Choice {
            id: at,
            label: format!("{} at {}", one.name, practice.location_name(one.location)),
            names: vec![one.id.to_string(), one.name.clone()],
        })
        .collect();
    let found = pick(text, &choices).map_err(|_| {
        DeskError::new("not_found", format!("“{text}” is not one template."))
            .hint("“orcactl template list --archived” names them; give the id where two have one name.")
            .field("template")
    })?;
    Ok(all[found].clone())
}

fn detail(practice: &Practice, known: &TemplateSummary) -> Result<TemplateDetail, DeskError> {
    practice.front.template(TemplateRef {
        id: known.id,
        version: None,
    })
}

/// A version by number, name or id.
fn version_of(detail: &TemplateDetail, text: &str) -> Result<TemplateVersionId, DeskError> {
    let text = text.trim();
    let mut exact = detail.versions.iter();
    if let Some(version) =
        exact.find(|version| version.number.to_string() == text || version.id.to_string() == text)
    {
        return Ok(version.id);
    }
    let named: Vec<&TemplateVersionView> = detail
        .versions
        .iter()
        .filter(|version| version.name.eq_ignore_ascii_case(text))
        .collect();
    match named.as_slice() {
        [one] => Ok(one.id),
        [] => Err(
            DeskError::new("not_found", format!("{} has no version “{text}”.", detail.name))
                .hint("“orcactl template show” lists them.")
                .field("version"),
        ),
        several => {
            let numbers: Vec<String> = several.iter().map(|version| version.number.to_string()).collect();
            Err(DeskError::new(
                "not_clear",
                format!("{} has several versions called “{text}”.", detail.name),
            )
            .hint(format!("Give the number: {}.", numbers.join(", ")))
            .field("version"))
        }
    }
}

fn days(text: &str, field: &str) -> Result<Vec<Weekday>, DeskError> {
    weekdays(text).map_err(|error| error.field(field))
}

fn day(text: &str, field: &str) -> Result<Weekday, DeskError> {
    match days(text, field)?.as_slice() {
        [one] => Ok(*one),
        _ => Err(DeskError::new("not_clear", format!("“{text}” is not one weekday.")).field(field)),
    }
}

/// `9:00`, or `24:00` for the day’s end.
fn minute(text: &str, field: &str) -> Result<u16, DeskError> {
    let read = || {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour <= 24 && minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
    };
    if text.len() > 8 {
        return Err(bad_time(text, field));
    }
    read().ok_or_else(|| bad_time(text, field))
}

fn bad_time(text: &str, field: &str) -> DeskError {
    DeskError::new("bad_time", format!("“{text}” is not a time of day."))
        .hint("Write 09:00.")
        .field(field)
}

fn on_day(
    practice: &Practice,
    date: Option<&str>,
    location: Option<&str>,
) -> Result<TemplateDayRequest, DeskError> {
    let location = practice.location_or_first(location)?;
    let date = match date {
        Some(text) => practice.date(text, Some(location), "date")?,
        None => practice.today(Some(location)),
    };
    Ok(TemplateDayRequest {
        location,
        date: date.to_string(),
    })
}

fn parse<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, DeskError> {
    text.trim().parse().map_err(|_| {
        DeskError::new(
            "bad_id",
            format!("“{text}” is not the id of a {what}: ids have 26 letters and digits."),
        )
        .field("id")
    })
}

fn some_or(rows: &[Vec<String>], nothing: &str) -> String {
    if rows.is_empty() {
        nothing.to_owned()
    } else {
        columns(rows)
    }
}

/// What is wrong, and what it adds up to.
fn check_text(check: &TemplateCheck) -> String {
    let mut lines: Vec<String> = check
        .problems
        .iter()
        .map(|problem| problem.words.clone())
        .collect();
    if lines.is_empty() {
        lines.push("Nothing is wrong with it.".to_owned());
    }
    let totals: Vec<Vec<String>> = check
        .totals
        .iter()
        .map(|total| {
            vec![
                total.name.clone(),
                format!("{} slots", total.slots),
                format!("{} visits", total.visits),
                format!("{} min", total.minutes),
                format!("{} min of the doctor", total.doctor_minutes),
            ]
        })
        .collect();
    format!("{}\n{}", lines.join("\n"), columns(&totals))
}

fn clock(minute: u16) -> String {
    clinic::templates::clock(minute)
}

fn drawn(practice: &Practice, detail: &TemplateDetail) -> String {
    let rows: Vec<Vec<String>> = detail
        .slots
        .iter()
        .map(|view| {
            vec![
                view.slot.weekday.map_or("", Weekday::short).to_owned(),
                format!(
                    "{}–{}",
                    clock(view.slot.start_minute),
                    clock(view.slot.start_minute.saturating_add(view.slot.length_minutes))
                ),
                practice.operatory_name(view.slot.operatory).to_owned(),
                view.wants_words.clone(),
                view.id.to_string(),
            ]
        })
        .collect();
    let mut text = format!("{}\n", detail.name);
    if !detail.note.is_empty() {
        text.push_str(&format!("{}\n", detail.note));
    }
    text.push_str(&some_or(&rows, "No slots yet.\n"));
    for version in &detail.versions {
        text.push_str(&format!(
            "version {} {} {}\n",
            version.number, version.name, version.id
        ));
    }
    for problem in &detail.check.problems {
        text.push_str(&format!("! {}\n", problem.words));
    }
    text
}

fn day_text(practice: &Practice, day: &TemplateDay) -> String {
    let rows: Vec<Vec<String>> = day
        .slots
        .iter()
        .map(|slot| {
            vec![
                format!(
                    "{}–{}",
                    clock(slot.start_minute),
                    clock(slot.start_minute.saturating_add(slot.length_minutes))
                ),
                practice.operatory_name(slot.operatory).to_owned(),
                slot.words.clone(),
                format!("{} of {}", slot.booked, slot.capacity),
                if slot.is_by_hand { "by hand" } else { "" }.to_owned(),
                slot.id.to_string(),
            ]
        })
        .collect();
    let head = day.application.as_ref().map_or_else(
        || "No template.".to_owned(),
        |application| application.words.clone(),
    );
    format!("{head}\n{}", columns(&rows))
}
