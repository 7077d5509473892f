//! Automerge changes as a member's broken or wicked program could write them: the checksum fits, the envelope is sealed
//! and signed, the change is not what our own encoder makes. A desk sets it aside, or takes it and is sound afterwards.
//!
//! An input begins with three bytes that say which change of what an author wrote it replaces.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use desk::DeskError;
use desk::syncing::Practice;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::Batch;
use sync::envelope::{Author, Envelope};
use sync::log;
use sync::session::{Content, Entry};

use super::frames;
use super::{Read, Target};
use crate::faults::practice::{add_patient, book, portrait};
use crate::simulation::{Dice, World};

const VICTIM: usize = 1;
const AUTHOR: usize = 0;
/// A chunk of Automerge: four bytes of magic, four of checksum, one of kind, its length in LEB128, its content.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE: u8 = 1;
/// After so many inputs the victim is as it was: what was set aside need not pile up.
const RESET: u64 = 100;

/// The envelope that is changed, and in it document and change.
type Place = [u8; 3];

struct Changes {
    world: World,
    /// What the author wrote and the victim does not have yet, in its order.
    written: Vec<Batch>,
    place: Place,
    photograph: PathBuf,
    dice: Dice,
    heard: u64,
}

fn said(error: DeskError) -> anyhow::Error {
    anyhow!("{} ({})", error.message, error.code)
}

pub fn changes(seed: u64) -> Result<Box<dyn Target>> {
    let (mut world, talk) = frames::world(seed)?;
    world.plug(AUTHOR, false);
    let front = world.running(AUTHOR).front.clone();
    let patient = add_patient(&front, "Egede", "Pipaluk")?;
    let visit = book(&front, &patient, "Op 1", "09:00")?;
    let further = [
        (
            "edit_appointment",
            json!({ "id": visit, "note": "wire broke, ring before" }),
        ),
        ("set_status", json!({ "id": visit, "status": "confirmed" })),
        (
            "update_patient",
            json!({ "id": patient, "fields": { "family_name": "Egede", "given_name": "Pipaluk", "alert": "latex" } }),
        ),
        ("cancel_appointment", json!({ "id": visit, "reason": "ill" })),
        ("undo", json!({})),
        (
            "save_setting",
            json!({ "kind": "practice", "name": "Harbour", "email": "", "phone": "+1 207 555 0100", "time_increment_minutes": 10 }),
        ),
    ];
    for (command, request) in further {
        front.call(command, request).map_err(said)?;
    }
    let waiting = world
        .running(AUTHOR)
        .desk
        .outbox(0, usize::MAX, usize::MAX)
        .map_err(said)?;
    let written = waiting
        .into_iter()
        .map(|(_, bytes)| {
            let envelope = Envelope::parse(bytes).map_err(|error| anyhow!("{error}"))?;
            let body = envelope.open(&talk.keys).map_err(|error| anyhow!("{error}"))?;
            Batch::decode(&body).map_err(anyhow::Error::msg)
        })
        .collect::<Result<Vec<_>>>()?;
    let photograph = world.stations[VICTIM].photograph()?;
    let mut target = Changes {
        world,
        written,
        place: [0; 3],
        photograph,
        dice: Dice::new(seed ^ 0xc4a6),
        heard: 0,
    };
    target.begin_again(None)?;
    Ok(Box::new(target))
}

impl Changes {
    /// The victim as it was, with some of what the author wrote; the next one is changed from now on.
    fn begin_again(&mut self, place: Option<Place>) -> Result<()> {
        self.world.let_go(VICTIM);
        let photograph = self.photograph.clone();
        self.world.stations[VICTIM].fall_back_to(&photograph)?;
        self.world.stations[VICTIM].open().map_err(said)?;
        let wanted = place.unwrap_or_else(|| self.dice.bytes());
        let number = usize::from(wanted[0]) % self.written.len();
        let before = self.written[..number].to_vec();
        for batch in &before {
            self.merge(batch).map_err(anyhow::Error::msg)?;
        }
        self.place = self.nearest(wanted);
        Ok(())
    }

    /// A place that there is.
    fn nearest(&self, wanted: Place) -> Place {
        let [number, document, change] = wanted.map(usize::from);
        let number = number % self.written.len();
        let documents = &self.written[number].documents;
        let document = document % documents.len();
        let change = change % documents[document].1.len();
        [number, document, change].map(|part| part as u8)
    }

    fn sound(&self, place: Place) -> &[u8] {
        let [number, document, change] = place.map(usize::from);
        &self.written[number].documents[document].1[change]
    }

    /// Seals it as its author would, and gives it to the victim. Whether it was applied.
    fn merge(&mut self, batch: &Batch) -> Result<bool, String> {
        let identity = self.world.running(AUTHOR).desk.identity();
        let desk = self.world.running(VICTIM).desk.clone();
        let setup = desk.sync_setup().map_err(|error| error.to_string())?;
        let author = Author {
            practice: identity.sync_practice(),
            workstation: &identity.workstation_keys,
            person: &identity.person_keys,
            sequence: 1_000 + setup.cursor,
            seen: identity.genesis(),
        };
        let key = identity.practice_keys.newest().ok_or("the author has a key")?;
        let envelope = Envelope::seal(&author, key, &batch.encode(), self.dice.bytes())
            .map_err(|error| error.to_string())?;
        let id = envelope.id();
        let position = setup.cursor + 1;
        let aside = set_aside(&self.world.running(VICTIM).front)?;
        desk.apply(sync::session::Batch {
            entries: vec![Entry {
                position,
                id,
                content: Content::Other(envelope),
            }],
            cursor: position,
            hash: log::next(setup.hash, id),
            membership: None,
        })
        .map_err(|error| format!("merging stops: {} ({})", error.message, error.code))?;
        Ok(set_aside(&self.world.running(VICTIM).front)? == aside)
    }
}

fn set_aside(front: &desk::FrontDesk) -> Result<u64, String> {
    let state = front.call("sync_state", json!({}));
    let state = state.map_err(|error| error.to_string())?;
    Ok(state["quarantined"].as_u64().unwrap_or_default())
}

impl Target for Changes {
    fn seeds(&self) -> Vec<Vec<u8>> {
        vec![[&self.place[..], self.sound(self.place)].concat()]
    }

    fn next(&self) -> Option<Vec<u8>> {
        Some([&self.place[..], self.sound(self.place)].concat())
    }

    fn repair(&self, input: &mut Vec<u8>) {
        let mut change = input.get(self.place.len()..).unwrap_or_default().to_vec();
        repair(&mut change);
        *input = [&self.place[..], &change].concat();
    }

    fn read(&mut self, input: &[u8]) -> Result<Read, String> {
        self.heard += 1;
        let Some((wanted, input)) = input.split_first_chunk() else {
            return Ok(Read::Refused);
        };
        let place = self.nearest(*wanted);
        if place != self.place {
            self.begin_again(Some(place))
                .map_err(|error| format!("{error:#}"))?;
        }
        if self.sound(place) == input {
            return Ok(Read::Taken);
        }
        let [number, document, change] = place.map(usize::from);
        let mut batch = self.written[number].clone();
        batch.documents[document].1[change] = input.to_vec();
        let is_taken = self.merge(&batch)?;
        if is_taken || self.heard.is_multiple_of(RESET) {
            let front = self.world.running(VICTIM).front.clone();
            let report = front.verify(&mut |_, _| ()).map_err(|error| error.to_string())?;
            if !report.is_sound() {
                return Err(format!("not sound afterwards: {}", report.troubles.join("; ")));
            }
            match portrait(&front) {
                // An administrator may write any name; a desk that does not know the zone says which it is.
                Err(error) if error.message.contains("is not a time zone known here") => {}
                Err(error) => return Err(format!("nothing is shown any more: {error}")),
                Ok(_) => {}
            }
            self.begin_again(None)
                .context("the victim as it was")
                .map_err(|error| format!("{error:#}"))?;
        }
        Ok(if is_taken { Read::Taken } else { Read::Refused })
    }
}

/// Makes magic, length and checksum fit what the chunk holds.
fn repair(input: &mut Vec<u8>) {
    let content = input.get(9..).unwrap_or_default();
    // Behind the length that was written, or what is left of it.
    let length = content.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
    let content = content.get(length..).unwrap_or_default().to_vec();
    let mut rest = vec![CHANGE];
    let mut left = content.len();
    loop {
        let more = left > 0x7f;
        rest.push((left & 0x7f) as u8 | if more { 0x80 } else { 0 });
        left >>= 7;
        if !more {
            break;
        }
    }
    rest.extend_from_slice(&content);
    let sum = Sha256::digest(&rest);
    input.clear();
    input.extend_from_slice(&MAGIC);
    input.extend_from_slice(&sum[..4]);
    input.extend_from_slice(&rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_change_is_left_as_it_is_and_a_changed_one_fits_again() {
        // Empty, but for its length.
        let mut sound = Vec::new();
        repair(&mut sound);
        let once = sound.clone();
        repair(&mut sound);
        assert_eq!(sound, once);
        let mut long = [MAGIC.to_vec(), vec![0; 4], vec![CHANGE, 5], vec![9; 300]].concat();
        repair(&mut long);
        assert_eq!(long[8..11], [CHANGE, 0xac, 0x02], "three hundred in LEB128");
        let digest = Sha256::digest(&long[8..]);
        assert_eq!(long[4..8], digest[..4]);
        let before = long.clone();
        repair(&mut long);
        assert_eq!(long, before);
    }
}
