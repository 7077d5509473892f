//! Coming into a practice: fetch everything first, then say who is here. Survives being broken off: what was
//! begun is finished at the next start.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clinic::{Change, Op, Person, Workstation};
use serde::{Deserialize, Serialize};
use sync::snapshot::Pinned;
use sync::{Fingerprint, PackHash, SetId};

use crate::DeskError;
use crate::desk::Desk;
use crate::desk::arriving::Waiting;
use crate::desk::kit::KIT_KEYS;
use crate::desk::relaying::ADMISSION;
use crate::views::initials;

const JOINING: &str = "joining";
/// How often it is looked whether the practice is being closed.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Who comes in; kept until everybody else has been told.
#[derive(Serialize, Deserialize)]
pub(crate) struct Newcomer {
    person: String,
    workstation: String,
    /// The calendar to begin with: a snapshot's set and the hash of its index.
    #[serde(default)]
    snapshot: Option<([u8; 16], [u8; 32])>,
    /// Comes in with the recovery kit.
    #[serde(default)]
    restores: bool,
}

impl Newcomer {
    /// Somebody with an invitation, and the snapshot that it names.
    pub(crate) fn invited(person: &str, workstation: &str, snapshot: Option<Pinned>) -> Newcomer {
        Newcomer {
            person: person.to_owned(),
            workstation: workstation.to_owned(),
            snapshot: snapshot.map(|pinned| (pinned.set.0, pinned.index.0)),
            restores: false,
        }
    }

    /// Somebody with the recovery kit.
    pub(crate) fn restoring(person: &str, workstation: &str) -> Newcomer {
        Newcomer {
            restores: true,
            ..Newcomer::invited(person, workstation, None)
        }
    }
}

impl Desk {
    /// Keeps what is needed to finish joining, however often it is broken off.
    pub(crate) fn begin_joining(
        &self,
        relay: &str,
        founder: Fingerprint,
        newcomer: &Newcomer,
    ) -> Result<(), DeskError> {
        self.trust_founder(founder)?;
        self.set_relay(relay, None)?;
        self.set_meta(JOINING, &serde_json::to_vec(newcomer).expect("plain data"))
    }

    /// Fetches the practice and adds this person and workstation to it, if that is not done yet. A window does not wait for
    /// all of it ([`Desk::arriving`]).
    pub(crate) fn finish_joining(self: &Arc<Self>, patience: Duration) -> Result<(), DeskError> {
        match self.newcomer()? {
            Some(newcomer) => self.come_in_with_today_first(newcomer, patience),
            None => Ok(()),
        }
    }

    /// All of it. `waiting`: who is told when today can be looked at.
    pub(super) fn come_in(
        self: &Arc<Self>,
        newcomer: &Newcomer,
        patience: Duration,
        waiting: Option<&Waiting>,
    ) -> Result<(), DeskError> {
        let go_on = |error: DeskError| {
            error.hint("Joining has begun and is finished at the next start: connect to the relay and open the program again.")
        };
        if let Some((set, index)) = newcomer.snapshot {
            let pinned = Pinned {
                set: SetId(set),
                index: PackHash(index),
            };
            let admission = self.store().reads().setting(ADMISSION)?;
            self.arrive(pinned, admission, waiting).map_err(go_on)?;
        }
        let admission = self.store().reads().setting(ADMISSION)?;
        let as_agreed = self.arrive_as_agreed(admission).map_err(go_on)?;
        self.wait_in_step(patience).map_err(go_on)?;
        if as_agreed {
            self.check_agreed()?;
        }
        self.heed_demo_clock()?;
        self.introduce()?;
        if self.has_screen() {
            // Compared beside the work that begins now.
            return self.all_is_here();
        }
        self.check_arrival()
    }

    /// Until everything is sent and here, or the practice is closed.
    fn wait_in_step(self: &Arc<Self>, patience: Duration) -> Result<(), DeskError> {
        let deadline = Instant::now() + patience;
        self.talk(|conversation| {
            loop {
                let left = deadline.saturating_duration_since(Instant::now());
                match conversation.wait_in_step(left.min(LOOK_EVERY)) {
                    Ok(()) => return Ok(()),
                    Err(error) if left.is_zero() || conversation.has_stopped() => return Err(error),
                    Err(error) if self.arrivals.stop.is_set() => return Err(error),
                    Err(_) => {}
                }
            }
        })
    }

    fn newcomer(&self) -> Result<Option<Newcomer>, DeskError> {
        let Some(bytes) = self.store().reads().setting(JOINING)? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| DeskError::new("corrupt", format!("What was begun cannot be read: {error}.")))
    }

    /// Adds this person and workstation to the practice that was fetched, if that is not done yet.
    pub fn introduce(&self) -> Result<(), DeskError> {
        let Some(newcomer) = self.newcomer()? else {
            return Ok(());
        };
        if self.roster().practice.name.is_empty() {
            return Err(DeskError::new("joining", "The relay does not have this practice’s calendar yet.")
                .hint("Open the practice on the workstation that made the invitation, let it sync, then start again here."));
        }
        let is_known = newcomer.restores && self.become_administrator(&newcomer.person)?;
        let (person, workstation) = (self.person(), self.workstation());
        let roster = self.roster();
        // It may have been broken off between being said and being done with.
        let mut changes = Vec::new();
        if roster.workstation(workstation).is_none() {
            changes.push(Change::add(Workstation {
                id: workstation,
                name: newcomer.workstation.clone(),
            }));
        }
        match roster.person(person) {
            Some(before) if is_known => {
                let mut after = before.clone();
                after.is_active = true;
                changes.extend((after != *before).then(|| Change::edit(before.clone(), after)));
            }
            Some(_) => {}
            None => changes.push(Change::add(Person {
                id: person,
                name: newcomer.person.clone(),
                initials: initials(&newcomer.person),
                is_active: true,
            })),
        }
        if !changes.is_empty() {
            self.write(Op::UpdateSettings, |writing| writing.record(changes))?;
        }
        let mut store = self.store();
        store.set_setting(KIT_KEYS, None)?;
        Ok(store.set_setting(JOINING, None)?)
    }
}
