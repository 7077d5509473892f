//! Equipment that visits share, and what types of visits use of it.

use clinic::{EquipmentCount, EquipmentId, EquipmentNeed};
use desk::DeskError;
use desk::api::{EquipmentView, Handlers as _, RosterView, SaveSetting};
use serde_json::json;

use crate::answer::{Answer, Outcome, columns};
use crate::args::EquipmentCommand;
use crate::names::Practice;

pub fn run(practice: &Practice, command: EquipmentCommand) -> Outcome {
    let known = &practice.hello.roster.equipment;
    match command {
        EquipmentCommand::List => Ok(list(practice, known)),
        EquipmentCommand::Add { name, counts } => save(
            practice,
            SaveSetting::Equipment {
                id: None,
                name,
                counts: counted(practice, Vec::new(), &counts.pieces)?,
                is_active: true,
            },
        ),
        EquipmentCommand::Set {
            which,
            name,
            counts,
            active,
        } => {
            let now = find(practice, &which)?;
            save(
                practice,
                SaveSetting::Equipment {
                    id: Some(now.id),
                    name: name.unwrap_or(now.name),
                    counts: counted(practice, now.counts, &counts.pieces)?,
                    is_active: active.unwrap_or(now.is_active),
                },
            )
        }
        EquipmentCommand::Remove { which } => {
            let now = find(practice, &which)?;
            save(
                practice,
                SaveSetting::Equipment {
                    id: Some(now.id),
                    name: now.name,
                    counts: now.counts,
                    is_active: false,
                },
            )
        }
    }
}

/// What a type uses: `Scanner` for all of the visit, `Scanner:0-15` for some of its minutes, `Scanner:15-` from one on.
pub fn need(practice: &Practice, text: &str) -> Result<EquipmentNeed, DeskError> {
    let unreadable = || {
        DeskError::new("bad_request", format!("“{text}” does not say what is used when."))
            .hint("Write Scanner, or Scanner:0-15 for the first fifteen minutes of the visit.")
            .field("equipment")
    };
    let (name, minutes) = match text.rsplit_once(':') {
        Some((name, minutes)) => (name, Some(minutes)),
        None => (text, None),
    };
    let equipment = find(practice, name.trim())?.id;
    let Some(minutes) = minutes else {
        return Ok(EquipmentNeed {
            equipment,
            from_minute: 0,
            until_minute: None,
        });
    };
    let (from, until) = minutes.split_once('-').ok_or_else(unreadable)?;
    Ok(EquipmentNeed {
        equipment,
        from_minute: from.trim().parse().map_err(|_| unreadable())?,
        until_minute: match until.trim() {
            "" => None,
            until => Some(until.parse().map_err(|_| unreadable())?),
        },
    })
}

/// `Scanner, Scanner 0–15 min`, as a type’s page says it.
pub fn need_words(practice: &Practice, need: &EquipmentNeed) -> String {
    let known = &practice.hello.roster.equipment;
    let name = known
        .iter()
        .find(|one| one.id == need.equipment)
        .map_or("removed equipment", |one| one.name.as_str());
    match (need.from_minute, need.until_minute) {
        (0, None) => name.to_owned(),
        (from, None) => format!("{name} from minute {from}"),
        (from, Some(until)) => format!("{name} from minute {from} to {until}"),
    }
}

fn find(practice: &Practice, which: &str) -> Result<EquipmentView, DeskError> {
    let known = &practice.hello.roster.equipment;
    let is_meant = |one: &&EquipmentView| {
        one.id.to_string() == which || one.name.to_lowercase() == which.trim().to_lowercase()
    };
    let in_use = known.iter().filter(|one| one.is_active).find(is_meant);
    in_use
        .or_else(|| known.iter().find(is_meant))
        .cloned()
        .ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
            let hint = match names.is_empty() {
                true => "Add it with “orcactl equipment add”.".to_owned(),
                false => format!("There is: {}.", names.join(", ")),
            };
            DeskError::new("not_found", format!("There is no equipment “{which}”."))
                .hint(hint)
                .field("equipment")
        })
}

fn counted(
    practice: &Practice,
    mut counts: Vec<EquipmentCount>,
    given: &[String],
) -> Result<Vec<EquipmentCount>, DeskError> {
    for text in given {
        let (place, pieces) = match text.rsplit_once('=') {
            Some((place, pieces)) => (Some(place.trim()), pieces),
            None => (None, text.as_str()),
        };
        let location = match (place, practice.active_locations().as_slice()) {
            (Some(place), _) => practice.location(place)?,
            (None, [only]) => only.id,
            (None, _) => {
                return Err(
                    DeskError::new("bad_request", format!("“{text}” names no location."))
                        .hint("Write LOCATION=N, for example \"Main St=2\".")
                        .field("counts"),
                );
            }
        };
        let pieces = pieces.trim().parse().map_err(|_| {
            DeskError::new("bad_request", format!("“{pieces}” is not a number of pieces."))
                .hint("Write LOCATION=N, for example \"Main St=2\".")
                .field("counts")
        })?;
        counts.retain(|count| count.location != location);
        counts.push(EquipmentCount { location, pieces });
    }
    Ok(counts)
}

fn save(practice: &Practice, setting: SaveSetting) -> Outcome {
    let SaveSetting::Equipment { id, .. } = setting else {
        unreachable!("only equipment is saved here");
    };
    let before: Vec<EquipmentId> = practice.hello.roster.equipment.iter().map(|one| one.id).collect();
    let RosterView { equipment, .. } = practice.front.save_setting(setting)?;
    let saved = equipment
        .iter()
        .find(|one| id.map_or(!before.contains(&one.id), |id| id == one.id))
        .ok_or_else(|| DeskError::new("not_found", "The equipment was not saved."))?;
    Ok(Answer::new(saved, format!("Saved {} {}\n", saved.name, saved.id)))
}

fn list(practice: &Practice, known: &[EquipmentView]) -> Answer {
    let rows: Vec<Vec<String>> = known
        .iter()
        .map(|one| {
            let counts: Vec<String> = one
                .counts
                .iter()
                .filter_map(|count| {
                    let place = practice.location_view(count.location)?;
                    Some(format!("{} {}", count.pieces, place.name))
                })
                .collect();
            vec![
                one.name.clone(),
                match (one.is_active, counts.is_empty()) {
                    (false, _) => "out of use".to_owned(),
                    (true, true) => "nowhere".to_owned(),
                    (true, false) => counts.join(", "),
                },
                one.id.to_string(),
            ]
        })
        .collect();
    Answer {
        json: json!({ "equipment": known }),
        text: match rows.is_empty() {
            true => "No equipment\n".to_owned(),
            false => columns(&rows),
        },
    }
}
