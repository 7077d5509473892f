//! Days, openings, block-outs.

use clinic::{BlockPolicy, BlockTarget};
use desk::DeskError;
use desk::api::{
    AddTimeBlock, BlockCard, ChangeBlockSeries, ChangeTimeBlock, DayAsOfRequest, DaySheet, DaySheetRequest,
    Handlers as _, OpeningsRequest, TimeBlockRef,
};
use serde_json::json;

use super::settings::weekdays;
use super::visits::{card_row, clock};
use crate::answer::{Answer, Outcome, columns, count};
use crate::args::{Block, BlockPolicyArgs, Day, Openings, with_answer};
use crate::names::{Practice, block_id};

pub fn day(practice: &Practice, day: &Day) -> Outcome {
    let location = practice.location_or_first(day.location.as_deref())?;
    let date = practice.date(&day.date, Some(location), "date")?;
    if let Some(at) = &day.as_of {
        return day_as_of(practice, location, date, at);
    }
    let sheet = practice.front.day_sheet(DaySheetRequest {
        location,
        date: date.to_string(),
    })?;
    let text = as_text(practice, &sheet, date);
    Ok(Answer::new(&sheet, text))
}

fn day_as_of(
    practice: &Practice,
    location: clinic::LocationId,
    date: jiff::civil::Date,
    at: &str,
) -> Outcome {
    let past = practice.front.day_as_of(DayAsOfRequest {
        location,
        date: date.to_string(),
        at: practice.wall(at, Some(location), "at")?,
        later_of_two: false,
    })?;
    let mut text = format!("As it was at {}\n", past.at.replace('T', " "));
    text.push_str(&as_text(practice, &past.sheet, date));
    let lists = [("Known here only later", &past.late), ("Done since", &past.since)];
    for (title, entries) in lists {
        if entries.is_empty() {
            continue;
        }
        let rows: Vec<Vec<String>> = entries
            .iter()
            .map(|entry| {
                vec![
                    entry.by.at.clone(),
                    entry.by.person.clone(),
                    entry.by.workstation.clone(),
                    entry.words.clone(),
                ]
            })
            .collect();
        text.push_str(&format!("\n{title}\n{}", columns(&rows)));
    }
    if past.since_count as usize > past.since.len() {
        text.push_str(&format!(
            "  and {} before these\n",
            past.since_count as usize - past.since.len()
        ));
    }
    Ok(Answer::new(&past, text))
}

fn as_text(practice: &Practice, sheet: &DaySheet, date: jiff::civil::Date) -> String {
    let span = |from: u16, until: u16| format!("{}–{}", clock(from), clock(until));
    let open = match sheet.open.as_slice() {
        [] => "closed".to_owned(),
        spans => spans
            .iter()
            .map(|open| span(open.from, open.until))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let zone = practice
        .location_view(sheet.location)
        .map_or("", |place| place.zone.as_str());
    let mut text = format!(
        "{} · {} · {open} · {} · {zone}\n",
        practice.location_name(sheet.location),
        date.strftime("%A %-d %B %Y"),
        count(sheet.appointments.len(), "visit", "visits"),
    );
    let everywhere: Vec<&BlockCard> = sheet
        .blocks
        .iter()
        .filter(|block| !matches!(block.target, BlockTarget::Operatory(_)))
        .collect();
    let block_row = |block: &&BlockCard| {
        let whose = match block.target {
            BlockTarget::Provider(id) => practice.provider_name(id).to_owned(),
            BlockTarget::Operatory(id) => practice.operatory_name(id).to_owned(),
            BlockTarget::Location(id) => practice.location_name(id).to_owned(),
        };
        let until = block.start_minute + block.length_minutes;
        let times = format!(
            "{:>5}–{:<5}",
            clock(block.start_minute),
            if until == 1440 {
                "24:00".to_owned()
            } else {
                clock(until)
            }
        );
        vec![
            times,
            "#".to_owned(),
            block.title.clone(),
            policy(practice, &block.policy),
            whose,
            block.id.to_string(),
        ]
    };
    if !everywhere.is_empty() {
        text.push_str("\nBlocked out\n");
        text.push_str(&columns(&everywhere.iter().map(block_row).collect::<Vec<_>>()));
    }
    for chair in practice
        .hello
        .roster
        .operatories
        .iter()
        .filter(|chair| chair.location == sheet.location)
    {
        let mut rows: Vec<(u16, Vec<String>)> = sheet
            .appointments
            .iter()
            .filter(|card| card.operatory == chair.id)
            .map(|card| (card.start_minute, card_row(practice, card, true)))
            .collect();
        let blocks = sheet
            .blocks
            .iter()
            .filter(|block| block.target == BlockTarget::Operatory(chair.id));
        rows.extend(blocks.map(|block| (block.start_minute, block_row(&block))));
        if rows.is_empty() && !chair.is_active {
            continue;
        }
        rows.sort();
        let usual = chair
            .usual_provider
            .and_then(|id| practice.provider_view(id))
            .map_or("", |who| who.name.as_str());
        text.push_str(&format!(
            "\n{}{}\n",
            chair.name,
            if usual.is_empty() {
                String::new()
            } else {
                format!(" · {usual}")
            }
        ));
        let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
        text.push_str(&if rows.is_empty() {
            "  free\n".to_owned()
        } else {
            columns(&rows)
        });
    }
    text
}

fn policy(practice: &Practice, policy: &BlockPolicy) -> String {
    match policy {
        BlockPolicy::Block => "blocked".to_owned(),
        BlockPolicy::Warn => "asks".to_owned(),
        BlockPolicy::RestrictedTo(kinds) => {
            let codes: Vec<&str> = kinds.iter().map(|kind| practice.kind_code(*kind)).collect();
            format!("only {}", codes.join(", "))
        }
    }
}

pub fn openings(practice: &Practice, wanted: &Openings) -> Outcome {
    let location = wanted
        .location
        .as_deref()
        .map(|text| practice.location(text))
        .transpose()?;
    let request = OpeningsRequest {
        appointment_type: practice.kind(&wanted.kind)?,
        location,
        provider: wanted
            .provider
            .as_deref()
            .map(|text| practice.provider(text))
            .transpose()?,
        operatory: wanted
            .operatory
            .as_deref()
            .map(|text| practice.operatory(text, location))
            .transpose()?,
        patient: wanted
            .patient
            .as_deref()
            .map(|text| practice.patient(text))
            .transpose()?,
        from: wanted
            .from
            .as_deref()
            .map(|text| practice.date(text, location, "from").map(|date| date.to_string()))
            .transpose()?,
        days: wanted.days,
        after: wanted.after.clone(),
        before: wanted.before.clone(),
        weekdays: wanted.on.as_deref().map_or(Ok(Vec::new()), weekdays)?,
        pattern: None,
        limit: wanted.limit,
        also: super::visits::kinds(practice, &wanted.also)?,
        second_provider: wanted
            .second
            .as_deref()
            .map(|text| practice.provider(text))
            .transpose()?,
    };
    let found = practice.front.openings(request)?;
    let rows: Vec<Vec<String>> = found
        .openings
        .iter()
        .map(|opening| {
            let day = opening
                .at
                .get(..10)
                .and_then(|date| date.parse::<jiff::civil::Date>().ok());
            vec![
                day.map_or(String::new(), |date| date.strftime("%a").to_string()),
                opening.at.replace('T', " "),
                format!("{} min", opening.length_minutes),
                practice.operatory_name(opening.operatory).to_owned(),
                practice.provider_name(opening.provider).to_owned(),
                practice.location_name(opening.location).to_owned(),
                // Two lines of one night would look the same.
                opening
                    .later_of_two
                    .then(|| "the later of two".to_owned())
                    .into_iter()
                    .chain(opening.reasons.iter().cloned())
                    .collect::<Vec<_>>()
                    .join(", "),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "No opening.\n".to_owned()
    } else {
        columns(&rows)
    };
    Ok(Answer::new(&found, text))
}

pub fn block(practice: &Practice, command: Block) -> Outcome {
    match command {
        Block::Add(add) => {
            let (target, location) = target(
                practice,
                add.provider.as_deref(),
                add.operatory.as_deref(),
                add.location.as_deref(),
            )?;
            let wanted = AddTimeBlock {
                target,
                location,
                at: practice.wall(&add.at, Some(location), "at")?,
                length_minutes: add.minutes,
                title: add.title.clone(),
                policy: block_policy(practice, &add.policy)?.unwrap_or(BlockPolicy::Block),
                visits: add.visits.answer(),
            };
            if add.repeat.is_given() {
                return super::absences::add_series(practice, wanted, &add.repeat);
            }
            let block = practice.front.add_time_block(wanted).map_err(with_answer)?;
            Ok(Answer::new(
                &block,
                format!("Blocked out {}\n", block_sentence(&block)),
            ))
        }
        Block::Show { id } => {
            let block = practice.front.time_block(TimeBlockRef { id: block_id(&id)? })?;
            let mut text = format!(
                "{} from {} for {} min {}\n",
                block.card.title,
                block.at.replace('T', " "),
                block.length_minutes,
                block.card.id
            );
            if let Some(series) = &block.series {
                text.push_str(&format!(
                    "one of {}, {} to {}\n",
                    series.count, series.first, series.last
                ));
            }
            Ok(Answer::new(&block, text))
        }
        Block::Change {
            id,
            at,
            minutes,
            title,
            policy,
            visits,
            scope,
        } => {
            let id = block_id(&id)?;
            let at = at
                .as_deref()
                .map(|text| practice.wall(text, None, "at"))
                .transpose()?;
            let policy = block_policy(practice, &policy)?;
            if let Some(scope) = scope {
                let request = ChangeBlockSeries {
                    id,
                    scope: super::absences::scope_of(scope),
                    at,
                    length_minutes: minutes,
                    title,
                    policy,
                    visits: visits.answer(),
                };
                return super::absences::change_series(practice, request);
            }
            let change = ChangeTimeBlock {
                id,
                at,
                length_minutes: minutes,
                until: None,
                title,
                policy,
                visits: visits.answer(),
            };
            let block = practice.front.change_time_block(change).map_err(with_answer)?;
            Ok(Answer::new(
                &block,
                format!("Changed {}\n", block_sentence(&block)),
            ))
        }
        Block::Paste(given) => super::absences::paste(practice, &given),
        Block::Remove {
            id,
            scope: Some(scope),
        } => super::absences::remove_series(practice, &id, scope),
        Block::Remove { id, scope: None } => {
            let undo = practice
                .front
                .remove_time_block(TimeBlockRef { id: block_id(&id)? })?;
            Ok(Answer {
                json: json!({ "removed": id.trim(), "undo": undo }),
                text: "The time is free again.\n".to_owned(),
            })
        }
    }
}

/// What is blocked or closed, and the location whose clock counts.
pub fn target(
    practice: &Practice,
    provider: Option<&str>,
    operatory: Option<&str>,
    location: Option<&str>,
) -> Result<(BlockTarget, clinic::LocationId), DeskError> {
    let named = location.map(|text| practice.location(text)).transpose()?;
    Ok(match (provider, operatory) {
        (Some(provider), _) => {
            let id = practice.provider(provider)?;
            let usual = practice
                .provider_view(id)
                .and_then(|who| who.hours.first())
                .map(|span| span.location);
            let location = named
                .or(usual)
                .map_or_else(|| practice.location_or_first(None), Ok)?;
            (BlockTarget::Provider(id), location)
        }
        (None, Some(operatory)) => {
            let id = practice.operatory(operatory, named)?;
            let location = practice
                .operatory_view(id)
                .map_or_else(|| practice.location_or_first(None), |c| Ok(c.location))?;
            (BlockTarget::Operatory(id), location)
        }
        (None, None) => {
            let id = named.map_or_else(|| only_location(practice), Ok)?;
            (BlockTarget::Location(id), id)
        }
    })
}

/// Blocking a whole location is too much to guess which.
fn only_location(practice: &Practice) -> Result<clinic::LocationId, DeskError> {
    match practice.active_locations().as_slice() {
        [only] => Ok(only.id),
        _ => Err(
            DeskError::new("location_needed", "It does not say what to block.")
                .hint("Give --provider, --operatory or --location.")
                .field("location"),
        ),
    }
}

fn block_policy(practice: &Practice, given: &BlockPolicyArgs) -> Result<Option<BlockPolicy>, DeskError> {
    if given.warn {
        return Ok(Some(BlockPolicy::Warn));
    }
    if given.only.is_empty() {
        return Ok(None);
    }
    let kinds = given
        .only
        .iter()
        .map(|text| practice.kind(text))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some(BlockPolicy::RestrictedTo(kinds)))
}

fn block_sentence(block: &BlockCard) -> String {
    format!(
        "{} {} {}–{} {}",
        block.title,
        block.date,
        clock(block.start_minute),
        clock(block.start_minute + block.length_minutes),
        block.id
    )
}
