//! What people do at their desks, as the seed decides; the desk's rules decide whether it is done.

use std::fmt::Write;

use desk::DeskError;
use serde_json::{Value, json};

use super::Broken;
use super::dice::Dice;
use super::workstation::{Running, text};
use super::world::{World, disk};

/// Days that people book on: around the night when the clocks change in Cairo.
pub const DATES: [&str; 3] = ["2026-04-23", "2026-04-24", "2026-04-27"];
const FAMILIES: [&str; 8] = [
    "Rivera", "Osei", "Nakamura", "Chen", "Haddad", "Novak", "Silva", "Weiss",
];
const GIVEN: [&str; 6] = ["Ana", "Kwame", "Yui", "Lena", "Omar", "Jo"];
const NOTES: [&str; 5] = [
    "",
    "wire broke",
    "brings a consent form",
    "asked for mornings",
    "late last time\nring before",
];
/// Scanners at the location.
pub const SCANNERS: usize = 1;
/// What nobody may hear who only clicks: a fault of the program. Other codes are the practice's rules.
const FAULTS: [&str; 18] = [
    "bad_date",
    "bad_request",
    "bad_time",
    "busy",
    "cannot_seal",
    "chain_broken",
    "corrupt",
    "disk_full",
    "disk_trouble",
    "internal",
    "newer_version",
    "outdated",
    "unfit",
    "unknown_command",
    "unknown_location",
    "unknown_operatory",
    "unknown_type",
    "wrong_key",
];

/// What there is to choose from.
#[derive(Debug, Default)]
pub struct Town {
    pub location: String,
    pub operatories: Vec<String>,
    pub providers: Vec<String>,
    types: Vec<String>,
    /// The only scanner; visits of the first two types want it at their beginning.
    pub scanner: String,
    reasons: Vec<String>,
}

impl Town {
    /// A second doctor, a scanner and a few patients, so that there is something to do.
    pub fn settle(first: &Running) -> Result<Town, DeskError> {
        let hello = first.call("hello", json!({}))?;
        let location = text(&hello["roster"]["locations"][0]["id"]);
        let hours: Vec<Value> = hello["roster"]["locations"][0]["hours"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|span| json!({ "location": location, "weekday": span["weekday"], "from": hour(&span["from"]), "until": hour(&span["until"]) }))
            .collect();
        let second = json!({
            "kind": "provider", "id": null, "name": "Dr Amara Diallo", "short_name": "Diallo", "provider_kind": "doctor",
            "hue": 4, "letter": "A", "hours": hours, "is_active": true,
        });
        first.call("save_setting", second)?;
        let (roster, scanner) = with_scanner(first, &location)?;
        for (index, family) in FAMILIES.iter().enumerate().take(6) {
            first.call(
                "add_patient",
                json!({ "fields": { "family_name": family, "given_name": GIVEN[index % GIVEN.len()] } }),
            )?;
        }
        let reasons = hello["practice"]["cancel_reasons"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect();
        Ok(Town {
            location,
            operatories: Town::ids(&roster["operatories"]),
            providers: Town::ids(&roster["providers"]),
            types: Town::ids(&roster["appointment_types"]),
            scanner,
            reasons,
        })
    }

    pub fn one(dice: &mut Dice, list: &[String]) -> String {
        dice.pick(list).cloned().unwrap_or_default()
    }

    /// What is done beside a kind of visit, so often in a thousand: one other thing.
    fn beside(&self, dice: &mut Dice, own: &str, often: u32) -> Vec<String> {
        let other = Town::one(dice, &self.types);
        if dice.chance(often) && other != own {
            vec![other]
        } else {
            Vec::new()
        }
    }

    /// Some hours are wanted by everybody.
    pub fn time(dice: &mut Dice) -> String {
        let date = DATES[dice.below(DATES.len())];
        let (hour, minute) = if dice.chance(500) {
            (9 + dice.below(2), 10 * dice.below(6))
        } else {
            (7 + dice.below(11), 10 * dice.below(6))
        };
        format!("{date}T{hour:02}:{minute:02}")
    }
}

/// One scanner for the whole location, and two kinds of visit that begin with it.
fn with_scanner(first: &Running, location: &str) -> Result<(Value, String), DeskError> {
    let scanner = json!({
        "kind": "equipment", "id": null, "name": "Scanner", "is_active": true,
        "counts": [{ "location": location, "pieces": SCANNERS }],
    });
    let mut roster = first.call("save_setting", scanner)?;
    let id = text(&roster["equipment"][0]["id"]);
    let kinds = roster["appointment_types"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    for mut kind in kinds.into_iter().take(2) {
        kind["kind"] = json!("appointment_type");
        kind["equipment"] = json!([{ "equipment": id, "from_minute": 0, "until_minute": 10 }]);
        roster = first.call("save_setting", kind)?;
    }
    Ok((roster, id))
}

/// `08:00` of a wall time with seconds.
fn hour(value: &Value) -> String {
    text(value).chars().take(5).collect()
}

/// A command with its request.
pub type Wish = (&'static str, Value);

impl World {
    /// A person somewhere does something.
    pub fn somebody_acts(&mut self, step: u32) -> Result<(), DeskError> {
        let index = self.dice.below(self.stations.len());
        if self.stations[index].running.is_none() {
            return self.reopen(index);
        }
        let Some((name, request)) = self.wish(index)? else {
            return Ok(());
        };
        let forgets =
            self.plan.broken == Broken::ForgetWrite && !self.has_misbehaved && step > self.plan.steps / 2;
        let photograph = if forgets {
            Some(self.stations[index].photograph().map_err(disk)?)
        } else {
            None
        };

        let running = self.running(index);
        let before = running.newest_unsent()?;
        let answer = running.call(name, request.clone());
        let after = running.newest_unsent()?;
        let mut line = format!("{step} {}: {name} {request}", self.stations[index].name);
        match answer {
            Ok(_) => {
                self.tally.done += 1;
                if let Some(id) = after.filter(|id| before != Some(*id)) {
                    self.stations[index]
                        .acknowledged
                        .push((id, format!("step {step}, {name}")));
                    if let Some(photograph) = photograph {
                        self.has_misbehaved = true;
                        self.let_go(index);
                        self.stations[index].fall_back_to(&photograph).map_err(disk)?;
                        return self.reopen(index);
                    }
                }
                self.tell_outbox(index)?;
            }
            Err(error) if !FAULTS.contains(&error.code.as_str()) => {
                self.tally.refused += 1;
                let _ = write!(line, " → {}", error.message);
            }
            Err(error) => {
                self.note(line);
                return Err(error);
            }
        }
        self.note(line);
        if self.plan.broken == Broken::LoseAcknowledged && !self.has_misbehaved && step > self.plan.steps / 2
        {
            self.has_misbehaved = true;
            self.relay.lie_once = true;
        }
        Ok(())
    }

    fn wish(&mut self, index: usize) -> Result<Option<Wish>, DeskError> {
        let choice = self.dice.below(100);
        match choice {
            0..26 => self.booking(index).map(Some),
            26..28 => Ok(Some(("add_patient", self.newcomer()))),
            28..33 => self.patient_change(index),
            33..39 => Ok(Some(("undo", json!({})))),
            39..42 => Ok(Some(("redo", json!({})))),
            42..46 => self.decision(index),
            46..54 => self.block_act(index),
            54..58 => self.template_act(index),
            _ => self.visit_change(index, choice),
        }
    }

    fn booking(&mut self, index: usize) -> Result<Wish, DeskError> {
        let patients = Town::ids(&self.running(index).call("list_patients", json!({}))?["patients"]);
        let (town, dice) = (&self.town, &mut self.dice);
        let leave = leave(dice);
        let kind = Town::one(dice, &town.types);
        let also = town.beside(dice, &kind, 150);
        Ok((
            "book_appointment",
            json!({
                "patient": Town::one(dice, &patients),
                "appointment_type": kind,
                "also": also,
                "at": Town::time(dice),
                "operatory": Town::one(dice, &town.operatories),
                "provider": Town::one(dice, &town.providers),
                "note": NOTES[dice.below(NOTES.len())],
                "leave": leave,
            }),
        ))
    }

    fn newcomer(&mut self) -> Value {
        let dice = &mut self.dice;
        let family = FAMILIES[dice.below(FAMILIES.len())];
        let given = GIVEN[dice.below(GIVEN.len())];
        json!({ "fields": { "family_name": family, "given_name": given }, "although_similar": dice.chance(500) })
    }

    fn patient_change(&mut self, index: usize) -> Result<Option<Wish>, DeskError> {
        let patients = self.running(index).call("list_patients", json!({}))?;
        let dice = &mut self.dice;
        let Some(patient) = dice
            .pick(patients["patients"].as_array().map_or(&[][..], Vec::as_slice))
            .cloned()
        else {
            return Ok(None);
        };
        let mut fields = patient["fields"].clone();
        match dice.below(4) {
            0 => fields["mobile_phone"] = json!(format!("+1 555 010 {:04}", dice.below(10_000))),
            1 => fields["note"] = json!(NOTES[dice.below(NOTES.len())]),
            2 => fields["alert"] = json!(["", "latex allergy"][dice.below(2)]),
            _ => fields["preferred_name"] = json!(GIVEN[dice.below(GIVEN.len())]),
        }
        Ok(Some((
            "update_patient",
            json!({ "id": patient["id"], "fields": fields }),
        )))
    }

    fn decision(&mut self, index: usize) -> Result<Option<Wish>, DeskError> {
        let cards = self.running(index).call("conflicts", json!({}))?;
        let Some(card) = self
            .dice
            .pick(cards["cards"].as_array().map_or(&[][..], Vec::as_slice))
            .cloned()
        else {
            return Ok(None);
        };
        Ok(Some(if card["details"]["kind"] == "overlap" {
            (
                "keep_both",
                json!({ "key": card["key"], "reason": "both agreed" }),
            )
        } else {
            let values = card["details"]["values"]
                .as_array()
                .map_or(&[][..], Vec::as_slice);
            let value = self
                .dice
                .pick(values)
                .map_or(Value::Null, |value| value["id"].clone());
            ("choose_value", json!({ "key": card["key"], "value": value }))
        }))
    }

    /// Somebody draws a template, keeps a version, applies it, takes it back or changes a day’s slots.
    fn template_act(&mut self, index: usize) -> Result<Option<Wish>, DeskError> {
        let location = self.town.location.clone();
        let known = self
            .running(index)
            .call("templates", json!({ "with_archived": true }))?;
        let known = known["templates"].as_array().cloned().unwrap_or_default();
        let slot = self.slot();
        let Some(template) = self.dice.pick(&known).cloned().filter(|_| self.dice.chance(920)) else {
            return Ok(Some((
                "create_template",
                json!({ "name": "Spring day", "location": location, "span": "day" }),
            )));
        };
        let id = template["id"].clone();
        let detail = self.running(index).call("template", json!({ "id": id }))?;
        let date = DATES[self.dice.below(DATES.len())];
        let dice = &mut self.dice;
        let drawn = dice
            .pick(detail["slots"].as_array().map_or(&[][..], Vec::as_slice))
            .cloned();
        let other = dice.pick(&known).cloned().unwrap_or_else(|| template.clone());
        let kept = dice
            .pick(detail["versions"].as_array().map_or(&[][..], Vec::as_slice))
            .cloned();
        Ok(Some(match (dice.below(11), drawn) {
            (0, Some(drawn)) => (
                "change_template_slots",
                json!({ "template": id, "changes": [{ "kind": "change", "id": drawn["id"], "slot": slot }] }),
            ),
            (1, Some(drawn)) => (
                "change_template_slots",
                json!({ "template": id, "changes": [{ "kind": "remove", "id": drawn["id"] }] }),
            ),
            (2, Some(_)) => {
                let name = ["early", "late"][dice.below(2)];
                ("save_template_version", json!({ "template": id, "name": name }))
            }
            (3 | 4, Some(_)) => (
                "apply_template",
                json!({
                    "fields": { "location": location, "weeks": [{ "template": id }], "from": DATES[0], "until": DATES[DATES.len() - 1] },
                    "to": { "kind": "all_days" }, "acknowledge_past": true,
                }),
            ),
            // Another in turn, and only where everything fits.
            (8, Some(_)) => (
                "apply_template",
                json!({
                    "fields": {
                        "location": location, "weeks": [{ "template": id }, { "template": other["id"] }], "from": date,
                        "until": DATES[DATES.len() - 1],
                    },
                    "to": { "kind": "clean_days" }, "acknowledge_past": true,
                }),
            ),
            (9, Some(_)) if kept.is_some() => (
                "restore_template_version",
                json!({ "template": id, "version": kept.map(|kept| kept["id"].clone()) }),
            ),
            // Out of use for a while, and back.
            (10, Some(_)) => (
                "update_template",
                json!({ "id": id, "is_archived": dice.chance(300) }),
            ),
            (5, Some(_)) => {
                let applied = self
                    .running(index)
                    .call("applications", json!({ "from": DATES[0] }))?;
                let applied = applied["applications"].as_array().map_or(&[][..], Vec::as_slice);
                let Some(one) = self.dice.pick(applied) else {
                    return Ok(None);
                };
                ("remove_application", json!({ "id": one["id"], "from": date }))
            }
            (6, Some(_)) => {
                let day = self
                    .running(index)
                    .call("template_day", json!({ "location": location, "date": date }))?;
                let slots = day["slots"].as_array().map_or(&[][..], Vec::as_slice);
                let change = match self.dice.pick(slots) {
                    Some(held) if self.dice.chance(500) => json!({ "kind": "remove", "id": held["id"] }),
                    Some(held) => json!({ "kind": "change", "id": held["id"], "slot": slot }),
                    None => json!({ "kind": "add", "slot": slot }),
                };
                (
                    "change_day_slots",
                    json!({ "location": location, "date": date, "changes": [change] }),
                )
            }
            _ => (
                "change_template_slots",
                json!({ "template": id, "changes": [{ "kind": "add", "slot": slot }] }),
            ),
        }))
    }

    fn slot(&mut self) -> Value {
        let (town, dice) = (&self.town, &mut self.dice);
        let wants = match dice.below(3) {
            0 => json!({ "kind": "any" }),
            _ => json!({ "kind": "type", "id": Town::one(dice, &town.types) }),
        };
        let hold = dice
            .chance(200)
            .then(|| json!({ "units": 1 + dice.below(3), "release_hours": dice.below(48) }));
        json!({
            "start_minute": 480 + 30 * dice.below(16), "length_minutes": 30 * (1 + dice.below(4)),
            "operatory": Town::one(dice, &town.operatories), "wants": wants, "capacity": 1 + dice.below(2), "hold": hold,
        })
    }

    pub fn day(&mut self, index: usize) -> Result<Value, DeskError> {
        let date = DATES[self.dice.below(DATES.len())];
        let request = json!({ "location": self.town.location, "date": date });
        self.running(index).call("day_sheet", request)
    }

    fn visit_change(&mut self, index: usize, choice: usize) -> Result<Option<Wish>, DeskError> {
        let day = self.day(index)?;
        let Some(card) = self
            .dice
            .pick(day["appointments"].as_array().map_or(&[][..], Vec::as_slice))
            .cloned()
        else {
            return self.booking(index).map(Some);
        };
        let id = &card["id"];
        if choice >= 80 {
            let detail = self.running(index).call("appointment", json!({ "id": id }))?;
            let next = detail["next_statuses"].as_array().map_or(&[][..], Vec::as_slice);
            let Some(status) = self.dice.pick(next).cloned() else {
                return Ok(None);
            };
            if status != "cancelled" {
                return Ok(Some((
                    "set_status",
                    json!({ "id": id, "status": status, "leave": leave(&mut self.dice) }),
                )));
            }
        }
        let (town, dice) = (&self.town, &mut self.dice);
        Ok(Some(match choice {
            58..68 => {
                let mut request = json!({ "id": id, "leave": leave(dice) });
                if dice.chance(700) {
                    request["at"] = json!(Town::time(dice));
                }
                if dice.chance(400) {
                    request["operatory"] = json!(Town::one(dice, &town.operatories));
                }
                if dice.chance(250) || request.as_object().is_some_and(|fields| fields.len() == 2) {
                    request["provider"] = json!(Town::one(dice, &town.providers));
                }
                ("move_appointment", request)
            }
            68..70 => (
                "change_procedures",
                json!({ "id": id, "also": town.beside(dice, &text(&card["appointment_type"]), 700), "leave": leave(dice) }),
            ),
            70..73 => (
                "change_length",
                json!({ "id": id, "length_minutes": 10 * (1 + dice.below(9)), "leave": leave(dice) }),
            ),
            73..75 => match card["needs_new_time"].is_string() {
                true => ("unpin_appointment", json!({ "id": id })),
                false => ("pin_appointment", json!({ "id": id, "reason": "too early" })),
            },
            75..80 => {
                let mut request = json!({ "id": id, "note": NOTES[dice.below(NOTES.len())] });
                if dice.chance(300) {
                    request["is_asap"] = json!(dice.chance(500));
                }
                ("edit_appointment", request)
            }
            _ => (
                "cancel_appointment",
                json!({ "id": id, "reason": Town::one(dice, &town.reasons) }),
            ),
        }))
    }
}

/// People see most warnings and book anyway; now and then they override a rule.
pub fn leave(dice: &mut Dice) -> Value {
    let reason = dice.chance(100).then_some("the doctor agreed");
    json!({ "acknowledge_warnings": dice.chance(800), "override_reason": reason })
}
