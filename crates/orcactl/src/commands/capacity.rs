//! How much of what visits share is in use on a day: equipment and assistants, by time.

use std::cmp::Ordering;

use clinic::{TimePattern, Weekday};
use desk::DeskError;
use desk::api::{AppointmentCard, DaySheet, DaySheetRequest, EquipmentView, Handlers as _, LocationView};
use serde_json::{Value, json};

use super::visits::clock;
use crate::answer::{Answer, Outcome, columns};
use crate::names::Practice;

/// Minutes of the wall day, `[from, until)`.
type Minutes = (u16, u16);

/// Stretches in which the same visits have a piece or an assistant, and how many are left.
pub fn run(practice: &Practice, date: &str, location: Option<&str>) -> Outcome {
    let location = practice.location_or_first(location)?;
    let date = practice.date(date, Some(location), "date")?;
    let sheet = practice.front.day_sheet(DaySheetRequest {
        location,
        date: date.to_string(),
    })?;
    let (mut rows, mut equipment) = (Vec::new(), Vec::new());
    for kind in practice
        .hello
        .roster
        .equipment
        .iter()
        .filter(|kind| kind.is_active)
    {
        let count = kind.counts.iter().find(|count| count.location == location);
        let pieces = count.map_or(0, |count| count.pieces);
        let stretches = stretches(&uses_of(&sheet, kind), &[(0, u16::MAX, pieces)]);
        if pieces == 0 && stretches.is_empty() {
            continue;
        }
        equipment.push(json!({
            "equipment": kind.id, "name": kind.name, "pieces": pieces,
            "in_use": stretches.iter().map(told).collect::<Vec<_>>(),
        }));
        rows.push(vec![format!("{}: {pieces}", kind.name)]);
        rows.extend(stretches.iter().map(row));
    }
    let mut answer = json!({ "location": location, "date": date.to_string(), "equipment": equipment });
    let place = practice.location_view(location);
    if let Some(there) = place.and_then(|place| there(place, Weekday::of(date))) {
        let stretches = stretches(&assisted(&sheet)?, &there);
        let periods = there.iter().map(
            |(from, until, count)| json!({ "from": clock(*from), "until": clock(*until), "count": count }),
        );
        let in_use = stretches.iter().map(|stretch| {
            let mut told = told(stretch);
            told["there"] = stretch.there.into();
            told
        });
        answer["assistants"] = json!({
            "there": periods.collect::<Vec<_>>(),
            "in_use": in_use.collect::<Vec<_>>(),
        });
        let periods: Vec<String> = there
            .iter()
            .map(|(from, until, count)| format!("{count} {}–{}", clock(*from), clock(*until)))
            .collect();
        rows.push(vec![match periods.is_empty() {
            true => "Assistants: nobody".to_owned(),
            false => format!("Assistants: {}", periods.join(", ")),
        }]);
        rows.extend(stretches.iter().map(row));
    }
    Ok(Answer {
        json: answer,
        text: match rows.is_empty() {
            true => "No equipment, and assistants are not counted\n".to_owned(),
            false => columns(&rows),
        },
    })
}

/// Minutes of the wall day in which the same visits share what there is.
struct Stretch<'a> {
    minutes: Minutes,
    there: u16,
    cards: Vec<&'a AppointmentCard>,
}

/// `there`: how many from when until when; none at other times.
fn stretches<'a>(uses: &[(Minutes, &'a AppointmentCard)], there: &[(u16, u16, u16)]) -> Vec<Stretch<'a>> {
    let mut cuts: Vec<u16> = uses
        .iter()
        .map(|(minutes, _)| *minutes)
        .chain(there.iter().map(|(from, until, _)| (*from, *until)))
        .flat_map(|(from, until)| [from, until])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .map(|cut| Stretch {
            minutes: (cut[0], cut[1]),
            there: there
                .iter()
                .find(|(from, until, _)| *from <= cut[0] && cut[0] < *until)
                .map_or(0, |(_, _, count)| *count),
            cards: uses
                .iter()
                .filter(|((from, until), _)| *from <= cut[0] && cut[0] < *until)
                .map(|(_, card)| *card)
                .collect(),
        })
        .filter(|stretch| !stretch.cards.is_empty())
        .collect()
}

fn visits(sheet: &DaySheet) -> impl Iterator<Item = &AppointmentCard> {
    sheet.appointments.iter().filter(|card| card.status.takes_time())
}

fn uses_of<'a>(sheet: &'a DaySheet, kind: &EquipmentView) -> Vec<(Minutes, &'a AppointmentCard)> {
    visits(sheet)
        .flat_map(|card| card.equipment.iter().map(move |need| (card, need)))
        .filter(|(_, need)| need.equipment == kind.id)
        .filter_map(|(card, need)| {
            let (from, until) = need.minutes(card.length_minutes)?;
            Some(((card.start_minute + from, card.start_minute + until), card))
        })
        .collect()
}

fn assisted(sheet: &DaySheet) -> Result<Vec<(Minutes, &AppointmentCard)>, DeskError> {
    let mut all = Vec::new();
    for card in visits(sheet) {
        let pattern: TimePattern = card.pattern.parse().map_err(|error| {
            DeskError::new("internal", format!("A visit has no readable pattern: {error}."))
        })?;
        let minutes = card.assistant.minutes(&pattern).into_iter();
        all.extend(
            minutes.map(|(from, until)| ((card.start_minute + from, card.start_minute + until), card)),
        );
    }
    Ok(all)
}

/// How many assistants are at a location on a weekday, from when until when; `None` where they are not counted.
fn there(place: &LocationView, weekday: Weekday) -> Option<Vec<(u16, u16, u16)>> {
    if place.assistants.is_empty() {
        return None;
    }
    let today = place.assistants.iter().filter(|period| period.weekday == weekday);
    Some(
        today
            .map(|period| {
                let (from, until) = period.minutes();
                (from, until, period.count)
            })
            .collect(),
    )
}

fn told(stretch: &Stretch<'_>) -> Value {
    let (from, until) = stretch.minutes;
    json!({
        "from": clock(from), "until": clock(until), "used": stretch.cards.len(),
        "appointments": stretch.cards.iter().map(|card| card.id).collect::<Vec<_>>(),
    })
}

fn row(stretch: &Stretch<'_>) -> Vec<String> {
    let who: Vec<&str> = stretch
        .cards
        .iter()
        .map(|card| card.patient_name.as_str())
        .collect();
    let state = match stretch.cards.len().cmp(&usize::from(stretch.there)) {
        Ordering::Less => "",
        Ordering::Equal => "none left",
        Ordering::Greater => "too few",
    };
    vec![
        format!("  {}–{}", clock(stretch.minutes.0), clock(stretch.minutes.1)),
        format!("{} of {}", stretch.cards.len(), stretch.there),
        state.to_owned(),
        who.join("; "),
    ]
}
