//! What one workstation shows, as text that can be compared and read.

use std::collections::BTreeMap;
use std::fmt::Write;

use desk::DeskError;
use serde_json::{Value, json};

use super::workstation::{Running, text};

/// Everything a person at this workstation can see of the practice.
pub struct Portrait {
    pub sheets: String,
    pub cards: String,
    /// Keys of the conflict cards.
    pub card_keys: Vec<String>,
    pub patients: String,
    /// Visits that need a new time with the reason, and who is away.
    pub waiting: Vec<String>,
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn clock(minute: &Value) -> String {
    let minute = minute.as_u64().unwrap_or(0);
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn who(by: &Value) -> String {
    format!(
        "{} at {} {}",
        text(&by["person"]),
        text(&by["workstation"]),
        text(&by["at"])
    )
}

impl Portrait {
    pub fn of(running: &Running, location: &str, dates: &[&str]) -> Result<Portrait, DeskError> {
        let names = running.names()?;
        let name = |id: &Value| names.get(&text(id)).cloned().unwrap_or_else(|| text(id));
        let mut sheets = String::new();
        for date in dates {
            let day = running.call("day_sheet", json!({ "location": location, "date": date }))?;
            let _ = writeln!(sheets, "{date}");
            for block in list(&day["blocks"]) {
                let _ = writeln!(
                    sheets,
                    "  # {} {} min {} {} {}",
                    clock(&block["start_minute"]),
                    block["length_minutes"],
                    text(&block["title"]),
                    text(&block["policy"]["kind"]),
                    name(&block["target"]["id"]),
                );
            }
            for slot in list(&day["slots"]) {
                let _ = writeln!(
                    sheets,
                    "  ~ {} {} min {} {} {}/{} {} {}",
                    clock(&slot["start_minute"]),
                    slot["length_minutes"],
                    name(&slot["operatory"]),
                    text(&slot["words"]),
                    slot["booked"],
                    slot["capacity"],
                    slot["is_by_hand"],
                    slot["template"],
                );
            }
            for card in list(&day["appointments"]) {
                sheets.push_str(&visit(running, card, &name)?);
            }
        }
        let conflicts = running.call("conflicts", json!({}))?;
        let cards = list(&conflicts["cards"]);
        Ok(Portrait {
            sheets,
            cards: cards.iter().map(conflict).collect(),
            card_keys: cards.iter().map(|card| text(&card["key"])).collect(),
            patients: patients(running)?,
            waiting: waiting(running)?,
        })
    }
}

fn visit(running: &Running, card: &Value, name: &dyn Fn(&Value) -> String) -> Result<String, DeskError> {
    let detail = running.call("appointment", json!({ "id": card["id"] }))?;
    let flags: Vec<&str> = ["doctor_needed", "is_asap", "has_alert", "is_first_visit"]
        .into_iter()
        .filter(|flag| card[*flag] == json!(true))
        .collect();
    let mut steps = BTreeMap::new();
    for step in [
        "confirmed_at",
        "arrived_at",
        "seated_at",
        "completed_at",
        "checked_out_at",
        "broken_at",
    ] {
        if !detail[step].is_null() {
            steps.insert(step, text(&detail[step]));
        }
    }
    let conflicts: Vec<String> = list(&card["conflicts"]).iter().map(text).collect();
    let also: Vec<String> = list(&card["also"]).iter().map(name).collect();
    Ok(format!(
        "  {} {} {} {} min {} {} {} {also:?} {} {:?} {:?} {:?} {:?} {:?} {}\n",
        clock(&card["start_minute"]),
        name(&card["operatory"]),
        text(&card["patient_name"]),
        card["length_minutes"],
        text(&card["pattern"]),
        name(&card["provider"]),
        text(&card["status"]),
        card["equipment"],
        flags,
        text(&detail["note"]),
        text(&detail["cancel_reason"]),
        steps,
        conflicts,
        text(&detail["starts_at"]),
    ))
}

/// Title, who did what, and what is offered: all of it must be the same everywhere.
fn conflict(card: &Value) -> String {
    let mut lines = format!("{} [{}]\n", text(&card["title"]), text(&card["key"]));
    let details = &card["details"];
    for side in list(&details["sides"]) {
        let ways: Vec<String> = list(&side["ways_out"])
            .iter()
            .map(|way| text(&way["at"]))
            .collect();
        let _ = writeln!(
            lines,
            "  {} {} by {}{} → {}",
            text(&side["card"]["patient_name"]),
            clock(&side["card"]["start_minute"]),
            who(&side["by"]),
            if side["is_winner"] == json!(true) {
                " (keeps its place)"
            } else {
                ""
            },
            ways.join(", "),
        );
    }
    for value in list(&details["values"]) {
        let shown = if value["is_shown"] == json!(true) {
            " (shown)"
        } else {
            ""
        };
        let _ = writeln!(
            lines,
            "  {} = {} by {}{shown}",
            text(&value["id"]),
            text(&value["value"]),
            who(&value["by"])
        );
    }
    lines
}

fn patients(running: &Running) -> Result<String, DeskError> {
    let page = running.call("list_patients", json!({ "limit": 1000 }))?;
    Ok(list(&page["patients"])
        .iter()
        .map(|patient| format!("{} {}\n", text(&patient["name"]), patient["fields"]))
        .collect())
}

fn waiting(running: &Running) -> Result<Vec<String>, DeskError> {
    let board = running.call("pinboard", json!({}))?;
    let absences = running.call("absences", json!({ "from": "2026-04-01" }))?;
    let visits = list(&board["entries"]).iter().map(|entry| {
        let visit = &entry["visit"];
        format!(
            "{} {} {}: {}",
            text(&visit["date"]),
            clock(&visit["start_minute"]),
            text(&visit["patient_name"]),
            text(&entry["reason"])
        )
    });
    let away = list(&absences["absences"])
        .iter()
        .map(|absence| format!("{}: {}", text(&absence["words"]), text(&absence["title"])));
    Ok(visits.chain(away).collect())
}

/// Two texts next to each other; `|` marks the lines that differ.
pub fn side_by_side(left: (&str, &str), right: (&str, &str)) -> String {
    let (names, texts) = ((left.0, right.0), (left.1, right.1));
    let width = texts
        .0
        .lines()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0)
        .clamp(20, 110);
    let mut out = format!("{:width$}   {}\n", names.0, names.1);
    let (mut a, mut b) = (texts.0.lines(), texts.1.lines());
    loop {
        let (left, right) = (a.next(), b.next());
        if left.is_none() && right.is_none() {
            return out;
        }
        let mark = if left == right { ' ' } else { '|' };
        let _ = writeln!(
            out,
            "{:width$} {mark} {}",
            left.unwrap_or(""),
            right.unwrap_or("")
        );
    }
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn lines_that_differ_are_marked() {
        let text = side_by_side(("Desk 1", "same\nhere"), ("Desk 2", "same\nthere\nmore"));
        let marked: Vec<bool> = text.lines().map(|line| line.contains('|')).collect();
        assert_eq!(marked, [false, false, true, true]);
    }
}
