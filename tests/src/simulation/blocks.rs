//! What people do with time that is not simply free: block-outs, series of them, absences, holidays, and whom those displace.

use desk::DeskError;
use serde_json::{Value, json};

use super::acts::{DATES, Town, Wish, leave};
use super::world::World;

impl World {
    pub fn block_act(&mut self, index: usize) -> Result<Option<Wish>, DeskError> {
        match self.dice.below(12) {
            0 | 1 => Ok(Some(("add_time_block", self.block_out()))),
            2 | 3 => Ok(Some(("enter_absence", self.absence()))),
            4 => Ok(Some(("enter_absence", self.holiday()))),
            5 => Ok(Some(("add_block_series", self.series()))),
            6 | 7 => self.block_change(index),
            8 | 9 => self.paste(index),
            10 => self.somebody_is_back(index),
            _ => self.new_time(index),
        }
    }

    fn block_out(&mut self) -> Value {
        let (town, dice) = (&self.town, &mut self.dice);
        let target = match dice.below(3) {
            0 => json!({ "kind": "provider", "id": Town::one(dice, &town.providers) }),
            1 => json!({ "kind": "operatory", "id": Town::one(dice, &town.operatories) }),
            _ => json!({ "kind": "location", "id": town.location }),
        };
        let policy = if dice.chance(500) { "warn" } else { "block" };
        json!({
            "target": target, "location": town.location, "at": Town::time(dice), "length_minutes": 10 * (1 + dice.below(6)),
            "title": "staff meeting", "policy": { "kind": policy }, "visits": if policy == "warn" { "pin" } else { "keep" },
        })
    }

    /// A provider is ill for a day or from a time on, or a chair is out of order.
    fn absence(&mut self) -> Value {
        let (town, dice) = (&self.town, &mut self.dice);
        let target = match dice.below(3) {
            0 => json!({ "kind": "operatory", "id": Town::one(dice, &town.operatories) }),
            _ => json!({ "kind": "provider", "id": Town::one(dice, &town.providers) }),
        };
        let date = DATES[dice.below(DATES.len())];
        let from = dice.chance(500).then(|| format!("{:02}:20", 8 + dice.below(8)));
        let reason = ["ill", "vacation", "repair"][dice.below(3)];
        json!({
            "target": target, "location": town.location, "first": date, "last": date, "from": from, "reason": reason,
        })
    }

    fn series(&mut self) -> Value {
        let mut request = self.block_out();
        request["title"] = json!("huddle");
        request["recurrence"] = json!({
            "repeat": { "kind": "weekly", "every": 1, "weekdays": ["monday", "thursday", "friday"] },
            "ends": { "kind": "count", "times": 2 + self.dice.below(4) },
        });
        request
    }

    fn block_change(&mut self, index: usize) -> Result<Option<Wish>, DeskError> {
        let day = self.day(index)?;
        let dice = &mut self.dice;
        let Some(block) = dice.pick(day["blocks"].as_array().map_or(&[][..], Vec::as_slice)) else {
            return Ok(None);
        };
        if block["absence"].is_string() {
            return Ok(Some(("remove_absence", json!({ "id": block["id"] }))));
        }
        if block["series"].is_string() && dice.chance(700) {
            let scope = ["this", "following", "all"][dice.below(3)];
            return Ok(Some(match dice.below(3) {
                0 => (
                    "remove_block_series",
                    json!({ "id": block["id"], "scope": scope }),
                ),
                _ => (
                    "change_block_series",
                    json!({ "id": block["id"], "scope": scope, "title": "late huddle", "length_minutes": 10 * (1 + dice.below(6)), "visits": "keep" }),
                ),
            }));
        }
        Ok(Some(if dice.chance(500) {
            ("remove_time_block", json!({ "id": block["id"] }))
        } else {
            (
                "change_time_block",
                json!({ "id": block["id"], "title": "lunch", "length_minutes": 10 * (1 + dice.below(6)), "visits": "keep" }),
            )
        }))
    }

    /// Everything is closed, on each location's own clock.
    fn holiday(&mut self) -> Value {
        let location = &self.town.location;
        let date = DATES[self.dice.below(DATES.len())];
        json!({
            "target": { "kind": "location", "id": location }, "is_everywhere": self.dice.chance(500), "location": location,
            "first": date, "last": date, "reason": "holiday", "title": "Founders’ day",
        })
    }

    /// One block-out, a day of them or a week, copied or cut; onto somebody else, at another time.
    fn paste(&mut self, index: usize) -> Result<Option<Wish>, DeskError> {
        let day = self.day(index)?;
        let (town, dice) = (&self.town, &mut self.dice);
        let block = dice
            .pick(day["blocks"].as_array().map_or(&[][..], Vec::as_slice))
            .cloned();
        let is_one = block.is_some() && dice.chance(500);
        let from = match block {
            Some(block) if is_one => json!({ "kind": "blocks", "ids": [block["id"]] }),
            _ => {
                let kind = ["day", "week"][dice.below(2)];
                json!({ "kind": kind, "location": town.location, "date": day["date"] })
            }
        };
        let mut request = json!({ "from": from, "to": DATES[dice.below(DATES.len())], "is_cut": dice.chance(300), "visits": "keep" });
        if is_one && dice.chance(500) {
            request["at"] = json!(format!("{:02}:{:02}", dice.below(18), 10 * dice.below(6)));
        }
        if is_one && dice.chance(400) {
            request["onto"] = json!({ "kind": "operatory", "id": Town::one(dice, &town.operatories) });
            request["onto_location"] = json!(town.location);
        }
        Ok(Some(("paste_blocks", request)))
    }

    /// An absence is taken back.
    fn somebody_is_back(&mut self, index: usize) -> Result<Option<Wish>, DeskError> {
        let known = self
            .running(index)
            .call("absences", json!({ "from": DATES[0] }))?;
        let absences = known["absences"].as_array().map_or(&[][..], Vec::as_slice);
        Ok(self
            .dice
            .pick(absences)
            .map(|absence| ("remove_absence", json!({ "id": absence["id"] }))))
    }

    /// A visit leaves the list of those that need a new time: with one, or because it stays.
    fn new_time(&mut self, index: usize) -> Result<Option<Wish>, DeskError> {
        let board = self.running(index).call("pinboard", json!({}))?;
        let (town, dice) = (&self.town, &mut self.dice);
        let entries = board["entries"].as_array().map_or(&[][..], Vec::as_slice);
        let Some(visit) = dice.pick(entries).map(|entry| entry["visit"]["id"].clone()) else {
            return Ok(None);
        };
        Ok(Some(if dice.chance(300) {
            ("unpin_appointment", json!({ "id": visit }))
        } else {
            let at = Town::time(dice);
            let operatory = Town::one(dice, &town.operatories);
            (
                "move_appointment",
                json!({ "id": visit, "at": at, "operatory": operatory, "leave": leave(dice) }),
            )
        }))
    }
}
