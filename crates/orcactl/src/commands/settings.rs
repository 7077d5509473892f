//! Settings: so that a whole practice can be built without the screen.

use clinic::{LocationId, ProviderKind, Weekday};
use desk::DeskError;
use desk::api::{
    AssistantSpan, BookedVisits, Handlers as _, HoursSpan, RotaFields, SaveSetting, SpecialDayFields,
    TimeSpan,
};
use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, columns};
use crate::args::{
    Booked, ChangedRecord, Kind, LocationArgs, OperatoryArgs, ProviderArgs, Record, RotaArgs, Settings,
    TypeArgs, with_answer,
};
use crate::names::Practice;

pub fn run(practice: &Practice, command: Settings) -> Outcome {
    match command {
        Settings::Show => Ok(show(practice)),
        Settings::Practice {
            name,
            email,
            phone,
            increment,
        } => {
            let now = &practice.hello.practice;
            save(
                practice,
                "practice",
                SaveSetting::Practice {
                    name: name.unwrap_or_else(|| now.name.clone()),
                    email: email.unwrap_or_else(|| now.email.clone()),
                    phone: phone.unwrap_or_else(|| now.phone.clone()),
                    time_increment_minutes: increment.unwrap_or(now.time_increment_minutes),
                    policies: None,
                    limits: None,
                    weights: None,
                },
            )
        }
        Settings::Rules { kind, set } => super::rules::run(practice, kind.as_deref(), &set),
        Settings::Limits { set } => super::ranking::limits(practice, &set),
        Settings::Weights { set } => super::ranking::weights(practice, &set),
        Settings::Add { record } => match *record {
            Record::Location(fields) => location(practice, None, fields),
            Record::Operatory(fields) => operatory(practice, None, fields),
            Record::Provider(fields) => provider(practice, None, fields),
            Record::Type(fields) => kind(practice, None, fields),
        },
        Settings::Change { record } => match *record {
            ChangedRecord::Location { which, fields } => location(practice, Some(&which), fields),
            ChangedRecord::Operatory { which, fields } => operatory(practice, Some(&which), fields),
            ChangedRecord::Provider { which, fields } => provider(practice, Some(&which), fields),
            ChangedRecord::Type { which, fields } => kind(practice, Some(&which), fields),
        },
    }
}

fn show(practice: &Practice) -> Answer {
    let hello = &practice.hello;
    let settings = &hello.practice;
    let rows = [
        ("Practice", settings.name.clone()),
        ("E-mail", settings.email.clone()),
        ("Phone", settings.phone.clone()),
        ("Grid", format!("{} minutes", settings.time_increment_minutes)),
        ("You", hello.me.name.clone()),
        ("Workstation", hello.workstation.name.clone()),
        ("Zone data", hello.zone_data.clone()),
        ("Program", hello.program_version.clone()),
    ];
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(what, text)| vec![what.to_owned(), text])
        .collect();
    let json = json!({
        "practice": settings,
        "me": hello.me,
        "workstation": hello.workstation,
        "roster": hello.roster,
        "zone_data": hello.zone_data,
        "program_version": hello.program_version,
        "data_is_demo": settings.is_demo,
    });
    Answer {
        json,
        text: columns(&rows),
    }
}

/// Saves and answers the record as it is now.
fn save(practice: &Practice, what: &str, setting: SaveSetting) -> Outcome {
    let before = &practice.hello.roster;
    let id = id_of(&setting);
    let roster = practice.front.save_setting(setting).map_err(with_answer)?;
    let record = match what {
        "practice" => serde_json::to_value(practice.front.hello(desk::api::Nothing {})?.practice),
        "location" => one(&before.locations, &roster.locations, id, |record| {
            record.id.to_string()
        }),
        "operatory" => one(&before.operatories, &roster.operatories, id, |record| {
            record.id.to_string()
        }),
        "provider" => one(&before.providers, &roster.providers, id, |record| {
            record.id.to_string()
        }),
        _ => one(
            &before.appointment_types,
            &roster.appointment_types,
            id,
            |record| record.id.to_string(),
        ),
    };
    let record = record.expect("the seam's types are JSON");
    let name = record["name"].as_str().unwrap_or_default().to_owned();
    let id = record["id"].as_str().unwrap_or_default().to_owned();
    Ok(Answer {
        json: record,
        text: format!("Saved {name} {id}\n"),
    })
}

fn id_of(setting: &SaveSetting) -> Option<String> {
    match setting {
        SaveSetting::Practice { .. } => None,
        SaveSetting::Location { id, .. } => id.map(|id| id.to_string()),
        SaveSetting::Operatory { id, .. } => id.map(|id| id.to_string()),
        SaveSetting::Provider { id, .. } => id.map(|id| id.to_string()),
        SaveSetting::AppointmentType { id, .. } => id.map(|id| id.to_string()),
        SaveSetting::Equipment { id, .. } => id.map(|id| id.to_string()),
    }
}

/// The record with the id, or the one that was not there before.
fn one<T: serde::Serialize>(
    before: &[T],
    after: &[T],
    id: Option<String>,
    id_of: impl Fn(&T) -> String,
) -> serde_json::Result<Value> {
    let known: Vec<String> = before.iter().map(&id_of).collect();
    let found = after.iter().find(|record| match &id {
        Some(id) => id_of(record) == *id,
        None => !known.contains(&id_of(record)),
    });
    serde_json::to_value(found)
}

fn missing(field: &str) -> DeskError {
    DeskError::new("missing", format!("--{} is missing.", field.replace('_', "-")))
        .hint("A new record needs it.")
        .field(field)
}

fn location(practice: &Practice, which: Option<&str>, given: LocationArgs) -> Outcome {
    let id = which.map(|text| practice.location(text)).transpose()?;
    let now = id.and_then(|id| practice.location_view(id)).cloned();
    let hours = match given.hours.as_slice() {
        [] => now.as_ref().map_or_else(Vec::new, |place| spans(&place.hours)),
        texts => hours(practice, texts, None)?,
    };
    save(
        practice,
        "location",
        SaveSetting::Location {
            id,
            name: given
                .name
                .or_else(|| now.as_ref().map(|place| place.name.clone()))
                .ok_or_else(|| missing("name"))?,
            zone: given
                .zone
                .or_else(|| now.as_ref().map(|place| place.zone.clone()))
                .ok_or_else(|| missing("zone"))?,
            address: given
                .address
                .or_else(|| now.as_ref().map(|place| place.address.clone()))
                .unwrap_or_default(),
            phone: given
                .phone
                .or_else(|| now.as_ref().map(|place| place.phone.clone()))
                .unwrap_or_default(),
            hours: hours
                .into_iter()
                .map(|span| HoursSpan {
                    location: None,
                    ..span
                })
                .collect(),
            rota: rota(practice, &given.rota, now.as_ref().map(|place| &place.rota), None)?,
            is_active: given
                .active
                .unwrap_or_else(|| now.as_ref().is_none_or(|place| place.is_active)),
            visits: given.visits.answer(),
            assistants: assistants(practice, &given.assistants)?,
        },
    )
}

/// All that was typed, as `mon-fri 08:00-12:00=3`; `None` where nothing was.
fn assistants(practice: &Practice, typed: &[String]) -> Result<Option<Vec<AssistantSpan>>, DeskError> {
    match typed {
        [] => return Ok(None),
        [empty] if empty.trim().is_empty() => return Ok(Some(Vec::new())),
        _ => {}
    }
    let mut all = Vec::new();
    for text in typed {
        let unreadable = || {
            DeskError::new(
                "bad_request",
                format!("“{text}” does not say how many assistants are there when."),
            )
            .hint("Write days, hours and a number: \"mon-fri 08:00-12:00=3\".")
            .field("assistants")
        };
        let (when, count) = text.rsplit_once('=').ok_or_else(unreadable)?;
        let count: u16 = count.trim().parse().map_err(|_| unreadable())?;
        let spans = hours(practice, &[when.trim().to_owned()], None).map_err(|_| unreadable())?;
        all.extend(spans.into_iter().map(|span| AssistantSpan {
            weekday: span.weekday,
            from: span.from,
            until: span.until,
            count,
        }));
    }
    Ok(Some(all))
}

fn operatory(practice: &Practice, which: Option<&str>, given: OperatoryArgs) -> Outcome {
    let named = given
        .location
        .as_deref()
        .map(|text| practice.location(text))
        .transpose()?;
    let id = which
        .map(|text| {
            practice
                .operatory(text, named)
                .or_else(|_| practice.operatory(text, None))
        })
        .transpose()?;
    let now = id.and_then(|id| practice.operatory_view(id)).cloned();
    let usual = match given.usual_provider.as_deref() {
        None => now.as_ref().and_then(|chair| chair.usual_provider),
        Some("") => None,
        Some(text) => Some(practice.provider(text)?),
    };
    let location = match named.or_else(|| now.as_ref().map(|chair| chair.location)) {
        Some(location) => location,
        None if practice.active_locations().len() == 1 => practice.location_or_first(None)?,
        None => return Err(missing("location")),
    };
    save(
        practice,
        "operatory",
        SaveSetting::Operatory {
            id,
            location,
            name: given
                .name
                .or_else(|| now.as_ref().map(|chair| chair.name.clone()))
                .ok_or_else(|| missing("name"))?,
            usual_provider: usual,
            hours: match given.hours.as_slice() {
                [] => None,
                texts => Some(hours(practice, texts, Some(location))?),
            },
            rota: rota(
                practice,
                &given.rota,
                now.as_ref().map(|chair| &chair.rota),
                Some(location),
            )?,
            is_active: given
                .active
                .unwrap_or_else(|| now.as_ref().is_none_or(|chair| chair.is_active)),
            visits: given.visits.answer(),
        },
    )
}

fn provider(practice: &Practice, which: Option<&str>, given: ProviderArgs) -> Outcome {
    let id = which.map(|text| practice.provider(text)).transpose()?;
    let now = id.and_then(|id| practice.provider_view(id)).cloned();
    let name = given
        .name
        .or_else(|| now.as_ref().map(|who| who.name.clone()))
        .ok_or_else(|| missing("name"))?;
    let short_name = given
        .short_name
        .or_else(|| now.as_ref().map(|who| who.short_name.clone()))
        .unwrap_or_else(|| name.split_whitespace().next_back().unwrap_or_default().to_owned());
    let letter = given
        .letter
        .or_else(|| now.as_ref().map(|who| who.letter.clone()))
        .unwrap_or_else(|| {
            short_name
                .chars()
                .next()
                .map(|letter| letter.to_uppercase().to_string())
                .unwrap_or_default()
        });
    let hours = match given.hours.as_slice() {
        [] => now.as_ref().map_or_else(Vec::new, |who| spans(&who.hours)),
        texts => hours(practice, texts, only_location(practice))?,
    };
    let kind = match given.kind {
        Some(Kind::Doctor) => ProviderKind::Doctor,
        Some(Kind::Hygienist) => ProviderKind::Hygienist,
        Some(Kind::Assistant) => ProviderKind::Assistant,
        None => now.as_ref().map_or(ProviderKind::Doctor, |who| who.kind),
    };
    let free_hue = free_hue(practice.hello.roster.providers.iter().map(|who| who.hue));
    save(
        practice,
        "provider",
        SaveSetting::Provider {
            id,
            name,
            short_name,
            provider_kind: kind,
            hue: given
                .hue
                .or_else(|| now.as_ref().map(|who| who.hue))
                .unwrap_or(free_hue),
            letter,
            hours,
            rota: rota(
                practice,
                &given.rota,
                now.as_ref().map(|who| &who.rota),
                only_location(practice),
            )?,
            is_active: given
                .active
                .unwrap_or_else(|| now.as_ref().is_none_or(|who| who.is_active)),
            visits: given.visits.answer(),
        },
    )
}

fn kind(practice: &Practice, which: Option<&str>, given: TypeArgs) -> Outcome {
    let id = which.map(|text| practice.kind(text)).transpose()?;
    let now = id.and_then(|id| practice.kind_view(id)).cloned();
    let code = given
        .code
        .or_else(|| now.as_ref().map(|kind| kind.code.clone()))
        .ok_or_else(|| missing("code"))?;
    let providers = match given.providers.as_slice() {
        [] => now.as_ref().map_or_else(Vec::new, |kind| kind.providers.clone()),
        [empty] if empty.is_empty() => Vec::new(),
        texts => texts
            .iter()
            .map(|text| practice.provider(text))
            .collect::<Result<_, _>>()?,
    };
    let operatories = match given.operatories.as_slice() {
        [] => now
            .as_ref()
            .map_or_else(Vec::new, |kind| kind.operatories.clone()),
        [empty] if empty.is_empty() => Vec::new(),
        texts => texts
            .iter()
            .map(|text| practice.operatory(text, None))
            .collect::<Result<_, _>>()?,
    };
    let locations = match given.details.locations.as_slice() {
        [] => None,
        [empty] if empty.is_empty() => Some(Vec::new()),
        texts => Some(
            texts
                .iter()
                .map(|text| practice.location(text))
                .collect::<Result<_, _>>()?,
        ),
    };
    let second_providers = match given.details.second_providers.as_slice() {
        [] => None,
        [empty] if empty.is_empty() => Some(Vec::new()),
        texts => Some(
            texts
                .iter()
                .map(|text| practice.provider(text))
                .collect::<Result<_, _>>()?,
        ),
    };
    let follow_up = given
        .details
        .follow_up
        .as_deref()
        .map(|text| super::types::follow_up(practice, text))
        .transpose()?;
    let free_hue = free_hue(
        practice
            .hello
            .roster
            .appointment_types
            .iter()
            .map(|kind| kind.hue),
    );
    save(
        practice,
        "type",
        SaveSetting::AppointmentType {
            id,
            name: given
                .name
                .or_else(|| now.as_ref().map(|kind| kind.name.clone()))
                .ok_or_else(|| missing("name"))?,
            letter: given
                .letter
                .or_else(|| now.as_ref().map(|kind| kind.letter.clone()))
                .unwrap_or_else(|| {
                    code.chars()
                        .next()
                        .map(|letter| letter.to_uppercase().to_string())
                        .unwrap_or_default()
                }),
            code,
            class: given.class,
            hue: given
                .hue
                .or_else(|| now.as_ref().map(|kind| kind.hue))
                .unwrap_or(free_hue),
            pattern: given
                .pattern
                .or_else(|| now.as_ref().map(|kind| kind.pattern.clone()))
                .ok_or_else(|| missing("pattern"))?,
            buffer_before_minutes: given
                .buffer_before
                .or(now.as_ref().map(|kind| kind.buffer_before_minutes))
                .unwrap_or(0),
            buffer_after_minutes: given
                .buffer_after
                .or(now.as_ref().map(|kind| kind.buffer_after_minutes))
                .unwrap_or(0),
            providers,
            operatories,
            locations,
            online_text: given.details.online_text,
            reminder_text: given.details.reminder_text,
            follow_up,
            booked: match given.details.booked {
                Booked::Leave => None,
                Booked::Change => Some(BookedVisits::ChangeThoseThatFit),
            },
            policies: None,
            is_active: given
                .active
                .unwrap_or_else(|| now.as_ref().is_none_or(|kind| kind.is_active)),
            equipment: super::types::uses(practice, &given.details.uses)?,
            assistant: given.details.assistant.map(Into::into),
            second_pattern: given.details.second_pattern,
            second_providers,
        },
    )
}

/// The first of the twelve hues that nobody has.
fn free_hue(taken: impl Iterator<Item = u8>) -> u8 {
    let taken: Vec<u8> = taken.collect();
    (0..12)
        .find(|hue| !taken.contains(hue))
        .unwrap_or((taken.len() % 12) as u8)
}

fn only_location(practice: &Practice) -> Option<LocationId> {
    match practice.active_locations().as_slice() {
        [only] => Some(only.id),
        _ => None,
    }
}

fn spans(hours: &[clinic::WorkingHours]) -> Vec<HoursSpan> {
    let clock = |time: jiff::civil::Time| format!("{:02}:{:02}", time.hour(), time.minute());
    let span = |span: &clinic::WorkingHours| HoursSpan {
        location: Some(span.location),
        weekday: span.weekday,
        from: clock(span.from),
        until: clock(span.until),
    };
    hours.iter().map(span).collect()
}

/// `mon-fri 08:00-17:00`, `tue,thu 8:00-12:00`, with a place in front where there are several: `Westfield: mon 9:00-12:00`.
fn hours(
    practice: &Practice,
    texts: &[String],
    usual: Option<LocationId>,
) -> Result<Vec<HoursSpan>, DeskError> {
    let mut all = Vec::new();
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        // A place ends with a colon that no digit stands before.
        let place = text
            .char_indices()
            .find(|(at, letter)| *letter == ':' && !text[..*at].ends_with(|c: char| c.is_ascii_digit()));
        let (location, rest) = match place {
            Some((at, _)) => (Some(practice.location(&text[..at])?), text[at + 1..].trim()),
            None => (usual, text.trim()),
        };
        all.extend(
            stretch(rest)?
                .into_iter()
                .map(|(weekday, from, until)| HoursSpan {
                    location,
                    weekday,
                    from,
                    until,
                }),
        );
    }
    Ok(all)
}

/// Alternate weeks and special days with what was typed; nothing typed: as they are.
fn rota(
    practice: &Practice,
    given: &RotaArgs,
    now: Option<&clinic::Rota>,
    usual: Option<LocationId>,
) -> Result<Option<RotaFields>, DeskError> {
    let is_given = given.every_week
        || !given.week.is_empty()
        || given.weeks_from.is_some()
        || !given.special.is_empty()
        || !given.usual.is_empty();
    if !is_given {
        return Ok(None);
    }
    let now = now.cloned().unwrap_or_default();
    let mut fields = RotaFields {
        other_weeks: now.other_weeks.iter().map(|week| spans(week)).collect(),
        weeks_from: now.weeks_from.map(|date| date.to_string()),
        special_days: now.special_days.iter().map(special_fields).collect(),
    };
    if given.every_week {
        (fields.other_weeks, fields.weeks_from) = (Vec::new(), None);
    }
    if !given.week.is_empty() {
        fields.other_weeks = other_weeks(practice, &given.week, usual)?;
    }
    let date = |text: &str, field| practice.date(text, usual, field).map(|date| date.to_string());
    if let Some(text) = &given.weeks_from {
        fields.weeks_from = Some(date(text, "weeks_from")?);
    }
    for text in &given.usual {
        let gone = date(text, "usual")?;
        fields.special_days.retain(|day| day.date != gone);
    }
    for text in &given.special {
        let day = special_day(practice, text)?;
        fields
            .special_days
            .retain(|known| known.date != day.date || known.location != day.location);
        fields.special_days.push(day);
    }
    Ok(Some(fields))
}

fn special_fields(day: &clinic::SpecialDay) -> SpecialDayFields {
    let clock = |time: jiff::civil::Time| format!("{:02}:{:02}", time.hour(), time.minute());
    SpecialDayFields {
        date: day.date.to_string(),
        location: day.location,
        title: day.title.clone(),
        open: day
            .open
            .iter()
            .map(|span| TimeSpan {
                from: clock(span.from),
                until: clock(span.until),
            })
            .collect(),
    }
}

/// `2: mon-fri 08:00-12:00`, for each week and stretch. Weeks in between that nobody named have no hours.
fn other_weeks(
    practice: &Practice,
    texts: &[String],
    usual: Option<LocationId>,
) -> Result<Vec<Vec<HoursSpan>>, DeskError> {
    let mut weeks: Vec<Vec<HoursSpan>> = Vec::new();
    for text in texts {
        let bad = || {
            DeskError::new("bad_hours", format!("“{text}” are not hours of another week."))
                .hint("Write “2: mon-fri 08:00-12:00”, or “2:” for a week without hours.")
                .field("week")
        };
        let (number, rest) = text.split_once(':').ok_or_else(bad)?;
        let number: usize = number.trim().parse().map_err(|_| bad())?;
        if !(2..=clinic::MAX_WEEKS).contains(&number) {
            return Err(bad());
        }
        weeks.resize(weeks.len().max(number - 1), Vec::new());
        weeks[number - 2].extend(hours(practice, &[rest.trim().to_owned()], usual)?);
    }
    Ok(weeks)
}

/// `2026-12-25 closed Christmas Day`, `2026-12-24 08:00-12:00 13:00-14:00 Christmas Eve`.
fn special_day(practice: &Practice, text: &str) -> Result<SpecialDayFields, DeskError> {
    let bad = || {
        DeskError::new("bad_special_day", format!("“{text}” is not a special day."))
            .hint("Write “2026-12-25 closed Christmas Day”, or “2026-12-24 08:00-12:00 Christmas Eve”.")
            .field("special")
    };
    let (location, rest) = match text.split_once(": ") {
        Some((place, rest)) => (Some(practice.location(place)?), rest),
        None => (None, text),
    };
    let mut words = rest.split_whitespace().peekable();
    let date = practice.date(words.next().ok_or_else(bad)?, location, "special")?;
    let mut open = Vec::new();
    let is_closed = words.next_if_eq(&"closed").is_some();
    while let Some((from, until)) = words
        .peek()
        .filter(|word| !is_closed && word.starts_with(|c: char| c.is_ascii_digit()))
        .and_then(|word| word.split_once(['-', '–']))
    {
        open.push(TimeSpan {
            from: from.to_owned(),
            until: until.to_owned(),
        });
        words.next();
    }
    if open.is_empty() && !is_closed {
        return Err(bad());
    }
    Ok(SpecialDayFields {
        date: date.to_string(),
        location,
        title: words.collect::<Vec<_>>().join(" "),
        open,
    })
}

/// `mon,wed-fri`.
pub fn weekdays(text: &str) -> Result<Vec<Weekday>, DeskError> {
    let days = stretch(&format!("{text} 0:00-1:00")).map_err(|_| {
        DeskError::new("bad_weekdays", format!("“{text}” are not weekdays."))
            .hint("Write “mon,wed” or “mon-fri”.")
            .field("on")
    })?;
    Ok(days.into_iter().map(|(weekday, ..)| weekday).collect())
}

fn stretch(text: &str) -> Result<Vec<(Weekday, String, String)>, DeskError> {
    let bad = || {
        DeskError::new("bad_hours", format!("“{text}” are not hours."))
            .hint("Write “mon-fri 08:00-17:00”, or “tue,thu 08:00-12:00”.")
            .field("hours")
    };
    let (days, times) = text.trim().split_once(char::is_whitespace).ok_or_else(bad)?;
    let (from, until) = times.trim().split_once(['-', '–']).ok_or_else(bad)?;
    let day = |name: &str| -> Result<usize, DeskError> {
        let name = name.trim().to_ascii_lowercase();
        let names = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ];
        names
            .iter()
            .position(|full| name.len() >= 3 && full.starts_with(&name))
            .ok_or_else(bad)
    };
    let mut weekdays = Vec::new();
    for part in days.split(',') {
        match part.split_once(['-', '–']) {
            None => weekdays.push(day(part)?),
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                if first > last {
                    return Err(bad());
                }
                weekdays.extend(first..=last);
            }
        }
    }
    Ok(weekdays
        .into_iter()
        .map(|at| (Weekday::ALL[at], from.trim().to_owned(), until.trim().to_owned()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_written_as_on_a_door() {
        let days = |text: &str| {
            stretch(text)
                .unwrap()
                .iter()
                .map(|(day, ..)| *day)
                .collect::<Vec<_>>()
        };
        assert_eq!(days("mon-fri 08:00-17:00").len(), 5);
        assert_eq!(days("Tue,Thu 8:00-12:00"), [Weekday::Tuesday, Weekday::Thursday]);
        assert_eq!(
            days("mon,wed-thu 8:00 - 12:00"),
            [Weekday::Monday, Weekday::Wednesday, Weekday::Thursday]
        );
        for text in [
            "",
            "mon",
            "8:00-17:00",
            "fri-mon 8:00-17:00",
            "mo 8:00-17:00",
            "mon 8:00",
        ] {
            assert_eq!(
                stretch(text).unwrap_err().field.as_deref(),
                Some("hours"),
                "{text}"
            );
        }
    }
}
