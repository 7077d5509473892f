//! Types of visits: what one says, and whom a change would concern.

use clinic::EquipmentNeed;
use desk::DeskError;
use desk::api::{AppointmentTypeView, FollowUpFields, Handlers as _, TypeChange};

use crate::answer::{Answer, Outcome, columns};
use crate::args::{TypeCommand, TypePreview};
use crate::commands::equipment::{need, need_words};
use crate::names::Practice;

pub fn run(practice: &Practice, command: TypeCommand) -> Outcome {
    match command {
        TypeCommand::Show { which } => show(practice, &which),
        TypeCommand::Preview(preview) => self::preview(practice, preview),
    }
}

/// `ADJ:6`; nothing for an empty text.
pub fn follow_up(practice: &Practice, text: &str) -> Result<FollowUpFields, DeskError> {
    if text.trim().is_empty() {
        return Ok(FollowUpFields {
            appointment_type: None,
            weeks: None,
        });
    }
    let unreadable = || {
        DeskError::new("bad_request", format!("“{text}” is no next visit."))
            .hint("Write a type and weeks, for example ADJ:6.")
            .field("follow_up")
    };
    let (kind, weeks) = text.rsplit_once(':').ok_or_else(unreadable)?;
    Ok(FollowUpFields {
        appointment_type: Some(practice.kind(kind.trim())?),
        weeks: Some(weeks.trim().parse().map_err(|_| unreadable())?),
    })
}

/// All that was typed; `None` where nothing was.
pub fn uses(practice: &Practice, typed: &[String]) -> Result<Option<Vec<EquipmentNeed>>, DeskError> {
    match typed {
        [] => Ok(None),
        [empty] if empty.is_empty() => Ok(Some(Vec::new())),
        texts => texts
            .iter()
            .map(|text| need(practice, text))
            .collect::<Result<_, _>>()
            .map(Some),
    }
}

fn view(practice: &Practice, which: &str) -> Result<AppointmentTypeView, DeskError> {
    let id = practice.kind(which)?;
    practice
        .kind_view(id)
        .cloned()
        .ok_or_else(|| DeskError::new("unknown_type", "There is no such appointment type."))
}

fn show(practice: &Practice, which: &str) -> Outcome {
    let kind = view(practice, which)?;
    let all = |names: Vec<String>, none: &str| match names.is_empty() {
        true => none.to_owned(),
        false => names.join(", "),
    };
    let providers = kind.providers.iter().filter_map(|id| practice.provider_view(*id));
    let operatories = kind
        .operatories
        .iter()
        .filter_map(|id| practice.operatory_view(*id));
    let locations = kind.locations.iter().filter_map(|id| practice.location_view(*id));
    let next = kind.follow_up.and_then(|next| {
        let weeks = if next.weeks == 1 { "week" } else { "weeks" };
        let name = &practice.kind_view(next.appointment_type)?.name;
        Some(format!("{name} in {} {weeks}", next.weeks))
    });
    let rows = [
        ("Type", kind.name.clone()),
        ("Code", kind.code.clone()),
        ("Letter", kind.letter.clone()),
        ("Class", kind.class.clone()),
        (
            "Pattern",
            format!("{} ({} minutes)", kind.pattern, kind.length_minutes),
        ),
        (
            "Free minutes",
            format!(
                "{} before, {} after",
                kind.buffer_before_minutes, kind.buffer_after_minutes
            ),
        ),
        (
            "Done by",
            all(providers.map(|one| one.name.clone()).collect(), "everybody"),
        ),
        (
            "In",
            all(
                operatories.map(|one| one.name.clone()).collect(),
                "every operatory",
            ),
        ),
        (
            "At",
            all(locations.map(|one| one.name.clone()).collect(), "every location"),
        ),
        (
            "Uses",
            all(
                kind.equipment
                    .iter()
                    .map(|need| need_words(practice, need))
                    .collect(),
                "no equipment",
            ),
        ),
        ("Assistant", kind.assistant.words().to_owned()),
        ("Second provider", second_words(practice, &kind)),
        ("Next visit", next.unwrap_or_else(|| "none".to_owned())),
        ("For patients", kind.online_text.clone()),
        ("In reminders", kind.reminder_text.clone()),
        ("In use", if kind.is_active { "yes" } else { "no" }.to_owned()),
    ];
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(what, text)| vec![what.to_owned(), text])
        .collect();
    Ok(Answer {
        json: serde_json::to_value(&kind).expect("the seam's types are JSON"),
        text: columns(&rows),
    })
}

/// `//X/ by Chen or Patel`; nothing where one provider is enough.
fn second_words(practice: &Practice, kind: &AppointmentTypeView) -> String {
    let Some(units) = &kind.second_pattern else {
        return String::new();
    };
    let names: Vec<&str> = kind
        .second_providers
        .iter()
        .map(|id| practice.provider_name(*id))
        .collect();
    match names.is_empty() {
        true => format!("{units} by everybody else"),
        false => format!("{units} by {}", names.join(", ")),
    }
}

fn preview(practice: &Practice, given: TypePreview) -> Outcome {
    let kind = view(practice, &given.which)?;
    let found = practice.front.preview_type_change(TypeChange {
        id: kind.id,
        pattern: given.pattern.unwrap_or(kind.pattern),
        buffer_before_minutes: given.buffer_before.unwrap_or(kind.buffer_before_minutes),
        buffer_after_minutes: given.buffer_after.unwrap_or(kind.buffer_after_minutes),
        equipment: uses(practice, &given.uses)?,
        assistant: given.assistant.map(Into::into),
        second_pattern: given.second_pattern,
    })?;
    let rows: Vec<Vec<String>> = found
        .first
        .iter()
        .map(|visit| {
            vec![
                visit.at.replace('T', " "),
                visit.patient_name.clone(),
                format!("{} → {} minutes", visit.length_minutes, visit.new_length_minutes),
                match visit.reasons.is_empty() {
                    true => "fits".to_owned(),
                    false => visit.reasons.join("; "),
                },
            ]
        })
        .collect();
    let more = found.count as usize - found.first.len();
    let rest = match more {
        0 => String::new(),
        more => format!("… and {more} more\n"),
    };
    let text = format!(
        "{} booked visits are as the type is now; {} of them would fit\n{}{rest}",
        found.count,
        found.fitting,
        columns(&rows)
    );
    Ok(Answer {
        json: serde_json::to_value(&found).expect("the seam's types are JSON"),
        text,
    })
}
