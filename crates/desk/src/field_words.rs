//! Fields of records and what is in them, as people say it: for conflict cards and for what a change changed.

use clinic::{Change, Entity, EntityKind, Roster};
use serde_json::Value;

use crate::api::AuditDifference;
use crate::audit::seen;
use crate::views::Names;
use crate::words;

/// Differences that one change of many records lists; whoever needs more looks at the records.
const MOST_LISTED: usize = 60;

/// Fields that follow from others, or that nobody reads.
fn is_silent(field: &str) -> bool {
    (field.ends_with("_at") && field != "starts_at")
        || matches!(
            field,
            "id" | "booked" | "sequence" | "sort" | "family" | "series" | "planned"
        )
}

/// What was changed from what to what. Records that came or went have their own words.
pub fn differences(changes: &[Change], names: &Names<'_>) -> Vec<AuditDifference> {
    let mut found = Vec::new();
    for change in changes {
        let (Some(before), Some(after)) = (&change.before, &change.after) else {
            continue;
        };
        let (old, new) = (before.to_fields(), after.to_fields());
        for (field, value) in &new {
            let was = old.get(field).unwrap_or(&Value::Null);
            if was == value || is_silent(field) {
                continue;
            }
            if found.len() == MOST_LISTED {
                return found;
            }
            found.push(AuditDifference {
                subject: subject(after, names),
                field: field_words(field),
                before: value_words(names.roster, field, was),
                after: value_words(names.roster, field, value),
            });
        }
    }
    found
}

/// Whose or which record: `Rivera, Ana, Tue 3 Mar 9:00`.
fn subject(entity: &Entity, names: &Names<'_>) -> String {
    match entity {
        Entity::Appointment(visit) => {
            seen::note(visit.patient);
            format!(
                "{}, {}",
                names.patient(visit.patient),
                words::short_when(visit.starts_at.wall)
            )
        }
        Entity::Patient(patient) => {
            seen::note(patient.id);
            patient.display_name()
        }
        other if other.kind() == EntityKind::Practice => "The practice".to_owned(),
        other => words::capital(&words::setting(other)),
    }
}

/// `starts_at` is the time, `mobile_phone` the mobile phone.
pub fn field_words(field: &str) -> String {
    match field {
        "starts_at" => "time".to_owned(),
        "pattern" => "length".to_owned(),
        "is_active" => "in use".to_owned(),
        "is_asap" => "would come sooner".to_owned(),
        "second_pattern" => "when a second provider is needed".to_owned(),
        "second_providers" => "who can be the second provider".to_owned(),
        "needs_new_time" => "new time".to_owned(),
        "also" => "what is done besides".to_owned(),
        "arrive_early_minutes" => "asked to come early".to_owned(),
        "start_minute" => "start".to_owned(),
        "length_minutes" => "length in minutes".to_owned(),
        "wants" => "what it is for".to_owned(),
        "capacity" => "visits it is for".to_owned(),
        "hold" => "emergency hold".to_owned(),
        "content" => "time and use".to_owned(),
        "is_archived" => "out of use".to_owned(),
        "dates" => "days".to_owned(),
        "counts" => "pieces".to_owned(),
        "assistant" => "when it needs an assistant".to_owned(),
        "assistants" => "assistants who are there".to_owned(),
        "follow_up" => "next visit, weeks later".to_owned(),
        "policies" => "what happens when a rule is broken".to_owned(),
        "visit_limits" => "most visits in an hour".to_owned(),
        "weights" => "what counts when openings are ranked".to_owned(),
        "online_text" => "text for patients".to_owned(),
        "reminder_text" => "text for reminders".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A field's value; ids as the names that they stand for.
pub fn value_words(roster: &Roster, field: &str, value: &Value) -> String {
    if field == "equipment"
        && let Ok(needs) = serde_json::from_value::<Vec<clinic::EquipmentNeed>>(value.clone())
        && !needs.is_empty()
    {
        let needs: Vec<String> = needs.iter().map(|need| need_words(roster, need)).collect();
        return needs.join("; ");
    }
    if field == "assistants"
        && let Ok(periods) = serde_json::from_value::<Vec<clinic::AssistantPeriod>>(value.clone())
        && !periods.is_empty()
    {
        let periods: Vec<String> = periods.iter().map(period_words).collect();
        return periods.join("; ");
    }
    if field == "content" {
        return slot_words(roster, value);
    }
    if field == "needs_new_time"
        && let Ok(mark) = serde_json::from_value::<clinic::NeedsNewTime>(value.clone())
    {
        let what = if mark.is_kept {
            "stays where it is"
        } else {
            "needs one"
        };
        return match mark.reason.as_str() {
            "" => what.to_owned(),
            reason => format!("{what}: {reason}"),
        };
    }
    let text = match value {
        Value::Null => return "nothing".to_owned(),
        Value::Bool(true) => return "yes".to_owned(),
        Value::Bool(false) => return "no".to_owned(),
        Value::String(text) if text.is_empty() => return "nothing".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => return "nothing".to_owned(),
        Value::Array(list) if field == "visit_limits" => {
            let limits = list.iter().map(|limit| limit_words(roster, limit));
            return limits.collect::<Vec<_>>().join("; ");
        }
        Value::Array(list) => return joined(roster, list.iter(), "; "),
        Value::Object(parts) if parts.is_empty() => return "nothing".to_owned(),
        // What matters in these are the names of the parts.
        Value::Object(parts) if matches!(field, "policies" | "weights") => {
            let parts = parts.iter().map(|(name, value)| {
                format!("{} {}", name.replace('_', " "), value_words(roster, "", value))
            });
            return parts.collect::<Vec<_>>().join(", ");
        }
        Value::Object(parts) => return joined(roster, parts.values(), ", "),
        Value::Number(number) => match (field, number.as_u64()) {
            ("start_minute", Some(minute)) => {
                clinic::templates::clock(u16::try_from(minute).unwrap_or(u16::MAX))
            }
            ("arrive_early_minutes", Some(0)) => "no".to_owned(),
            ("arrive_early_minutes", Some(minutes)) => format!("by {minutes} minutes"),
            _ => number.to_string(),
        },
    };
    match field {
        "starts_at" => text
            .parse::<clinic::Start>()
            .map_or(text, |start| words::short_when(start.wall)),
        "pattern" | "second_pattern" => text
            .parse::<clinic::TimePattern>()
            .map_or(text.clone(), |pattern| {
                format!("{} minutes ({text})", pattern.length_minutes())
            }),
        "assistant" => clinic::AssistantNeed::read(&text).map_or(text, |need| need.words().to_owned()),
        "status" => clinic::Status::from_code(&text).map_or(text, |status| status.words().to_owned()),
        _ => name_of(roster, &text).unwrap_or(text),
    }
}

/// A slot of one date: `9:00–10:00 in Op 1, Bonding`, or that the date goes without it.
fn slot_words(roster: &Roster, value: &Value) -> String {
    let Ok(slot) = serde_json::from_value::<clinic::TemplateSlot>(value.clone()) else {
        return "the day goes without it".to_owned();
    };
    let until = slot.start_minute.saturating_add(slot.length_minutes);
    let operatory = roster
        .operatory(slot.operatory)
        .map_or("a removed operatory", |record| &record.name);
    let label = match slot.label.as_str() {
        "" => String::new(),
        label => format!(" ({label})"),
    };
    format!(
        "{}–{} in {operatory}, {}{label}",
        clinic::templates::clock(slot.start_minute),
        clinic::templates::clock(until),
        clinic::templates::wants_words(roster, &slot)
    )
}

/// `6 for Chen`, `2 for Bonding, Chen`, `20 for all`.
fn limit_words(roster: &Roster, limit: &Value) -> String {
    let whom = [&limit["provider"], &limit["appointment_type"]];
    let whom = match joined(roster, whom.into_iter(), ", ") {
        nobody if nobody == "nothing" => "all".to_owned(),
        whom => whom,
    };
    format!("{} for {whom}", limit["most"])
}

/// `3 on Monday 8:00–12:00`.
fn period_words(period: &clinic::AssistantPeriod) -> String {
    format!(
        "{} on {:?} {}–{}",
        period.count,
        period.weekday,
        period.from.strftime("%-H:%M"),
        period.until.strftime("%-H:%M")
    )
}

/// `Scanner`, `Scanner from minute 0 to 15`.
pub fn need_words(roster: &Roster, need: &clinic::EquipmentNeed) -> String {
    let name = roster
        .equipment(need.equipment)
        .map_or("removed equipment", |record| &record.name);
    match (need.from_minute, need.until_minute) {
        (0, None) => name.to_owned(),
        (from, None) => format!("{name} from minute {from}"),
        (from, Some(until)) => format!("{name} from minute {from} to {until}"),
    }
}

/// Parts that say something, in a row.
fn joined<'v>(roster: &Roster, parts: impl Iterator<Item = &'v Value>, between: &str) -> String {
    let parts: Vec<String> = parts
        .filter(|part| !part.is_null() && part.as_str() != Some(""))
        .map(|part| value_words(roster, "", part))
        .collect();
    if parts.is_empty() {
        "nothing".to_owned()
    } else {
        parts.join(between)
    }
}

fn name_of(roster: &Roster, id: &str) -> Option<String> {
    None.or_else(|| Some(roster.operatory(id.parse().ok()?)?.name.clone()))
        .or_else(|| Some(roster.provider(id.parse().ok()?)?.name.clone()))
        .or_else(|| Some(roster.appointment_type(id.parse().ok()?)?.name.clone()))
        .or_else(|| Some(roster.location(id.parse().ok()?)?.name.clone()))
        .or_else(|| Some(roster.equipment(id.parse().ok()?)?.name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_of_a_date_says_when_where_and_what_for() {
        let slot = serde_json::json!({
            "id": clinic::TemplateSlotId(1), "template": clinic::TemplateId(1), "weekday": null, "start_minute": 540,
            "length_minutes": 60, "operatory": clinic::OperatoryId(1), "provider": null, "wants": { "kind": "class", "name": "Long" },
            "capacity": 1, "hold": null, "label": "early", "hue": null, "letter": "",
        });
        let roster = Roster::new(clinic::Practice {
            id: clinic::PracticeId(1),
            name: "Lakeside".to_owned(),
            zone: clinic::ZoneName::new("UTC"),
            email: String::new(),
            phone: String::new(),
            time_increment_minutes: 10,
            policies: clinic::RulePolicies::default(),
            visit_limits: Vec::new(),
            weights: Default::default(),
            cancel_reasons: Vec::new(),
            usual_interval_weeks: 6,
            is_demo: false,
        });
        assert_eq!(
            value_words(&roster, "content", &slot),
            "9:00–10:00 in a removed operatory, any of Long (early)"
        );
        assert_eq!(
            value_words(&roster, "content", &Value::Null),
            "the day goes without it"
        );
    }
}
