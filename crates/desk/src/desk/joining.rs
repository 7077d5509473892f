//! Coming into a practice: fetch everything first, then say who is here. Survives being broken off: what was
//! begun is finished at the next start.

use std::sync::Arc;
use std::time::Duration;

use clinic::{Change, Op, Person, Workstation};
use serde::{Deserialize, Serialize};
use sync::Fingerprint;

use crate::DeskError;
use crate::desk::Desk;
use crate::views::initials;

const JOINING: &str = "joining";

/// Who comes in; kept until everybody else has been told.
#[derive(Serialize, Deserialize)]
struct Newcomer {
    person: String,
    workstation: String,
}

impl Desk {
    /// Keeps what is needed to finish joining, however often it is broken off.
    pub(crate) fn begin_joining(
        &self,
        relay: &str,
        founder: Fingerprint,
        person: &str,
        workstation: &str,
    ) -> Result<(), DeskError> {
        let newcomer = Newcomer {
            person: person.to_owned(),
            workstation: workstation.to_owned(),
        };
        self.trust_founder(founder)?;
        self.set_relay(relay, None)?;
        self.set_meta(JOINING, &serde_json::to_vec(&newcomer).expect("two names"))
    }

    /// Fetches the practice and adds this person and workstation to it, if that is not done yet.
    pub(crate) fn finish_joining(self: &Arc<Self>, patience: Duration) -> Result<(), DeskError> {
        if self.store().reads().setting(JOINING)?.is_none() {
            return Ok(());
        }
        self.talk(|conversation| conversation.wait_in_step(patience)).map_err(|error| {
            error.hint("Joining has begun and is finished at the next start: connect to the relay and open the program again.")
        })?;
        self.introduce()
    }

    /// Adds this person and workstation to the practice that was fetched, if that is not done yet.
    pub fn introduce(&self) -> Result<(), DeskError> {
        let Some(bytes) = self.store().reads().setting(JOINING)? else {
            return Ok(());
        };
        let newcomer: Newcomer = serde_json::from_slice(&bytes)
            .map_err(|error| DeskError::new("corrupt", format!("What was begun cannot be read: {error}.")))?;
        if self.roster().practice.name.is_empty() {
            return Err(DeskError::new("joining", "The relay does not have this practice’s calendar yet.")
                .hint("Open the practice on the workstation that made the invitation, let it sync, then start again here."));
        }
        let roster = self.roster();
        let (person, workstation) = (self.person(), self.workstation());
        // It may have been broken off between being said and being done with.
        let mut missing = Vec::new();
        if roster.person(person).is_none() {
            missing.push(Change::add(Person {
                id: person,
                name: newcomer.person.clone(),
                initials: initials(&newcomer.person),
                is_active: true,
            }));
        }
        if roster.workstation(workstation).is_none() {
            missing.push(Change::add(Workstation {
                id: workstation,
                name: newcomer.workstation.clone(),
            }));
        }
        if !missing.is_empty() {
            self.write(Op::UpdateSettings, |writing| writing.record(missing))?;
        }
        Ok(self.store().set_setting(JOINING, None)?)
    }
}
