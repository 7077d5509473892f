//! The audit at the desk: what each command is in it, whose data it showed, and when that is written down. Writes are
//! noted by the store in their own transaction; looks are gathered here and written in lots, so that paging through
//! the calendar waits for no disk.

mod about;
mod looks;
mod rules;
pub(crate) mod seen;
pub mod table;
mod words;

pub(crate) use about::About;
pub(crate) use looks::Looks;
pub(crate) use words::{action_words, all_actions};

use std::sync::PoisonError;

use clinic::{PatientId, PersonId};
use store::audit::Look;

use crate::DeskError;
use crate::desk::Desk;
use rules::Rule;

/// More looks than this do not wait for the turn of the watcher.
const MOST_WAITING: usize = 200;

/// While changing one thing a person was shown others: who is in the way, whose conflict is left.
const WHILE_CHANGING: &str = "view_while_changing";
/// A passphrase or PIN was wrong; the object is whose was tried.
const REFUSED: &str = "sign_in_refused";
/// Somebody else's change appeared on this screen.
const AS_IT_CAME: &str = "view_change";

impl Desk {
    /// Runs a command and notes in the audit whose data it showed, if it succeeded or if its refusal names anybody.
    pub(crate) fn audited<Q: About, A>(
        &self,
        command: &str,
        request: Q,
        run: impl FnOnce(Q) -> Result<A, DeskError>,
    ) -> Result<A, DeskError> {
        self.check_has_arrived(command)?;
        let rule = rules::rule(command);
        let (object, reason) = (request.object(), request.reason());
        let person = self.person();
        let (answer, seen) = seen::during(|| run(request));
        let note = |action: &str, object, patients| {
            self.looked_by(person, action, object, patients, reason.clone());
        };
        match rule {
            Some(Rule::Looks(action)) => {
                let shown = seen.besides_written();
                if answer.is_ok() || !shown.is_empty() {
                    note(action, object, shown);
                }
            }
            Some(Rule::SignsIn(action)) => match answer {
                Ok(_) => self.looked(action, object, Vec::new()),
                Err(_) => note(REFUSED, object, Vec::new()),
            },
            // A write is its own entry; only whom it showed besides is a look.
            Some(Rule::Writes) | None => {
                let others = seen.besides_written();
                if !others.is_empty() {
                    let object = format!("{command} {object}");
                    note(WHILE_CHANGING, object.trim_end().to_owned(), others);
                }
            }
            Some(Rule::ShowsNobody) => {}
        }
        answer
    }

    /// Shows the screen what others changed.
    pub(crate) fn audited_news<T>(&self, is_own: bool, show: impl FnOnce() -> T) -> T {
        let (shown, seen) = seen::during(show);
        // A locked screen shows nothing.
        if !is_own && self.has_screen() && !self.is_locked() && !seen.shown.is_empty() {
            self.looked(AS_IT_CAME, String::new(), seen.shown);
        }
        shown
    }

    /// Somebody looked, now.
    pub(crate) fn looked(&self, action: &str, object: String, patients: Vec<PatientId>) {
        self.looked_by(self.person(), action, object, patients, String::new());
    }

    fn looked_by(
        &self,
        person: PersonId,
        action: &str,
        object: String,
        patients: Vec<PatientId>,
        reason: String,
    ) {
        let now = self.now();
        let look = Look {
            person,
            at: now,
            until: now,
            action: action.to_owned(),
            object,
            patients,
            reason,
            times: 1,
        };
        let waiting = {
            let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
            looks.add(look);
            looks.waiting()
        };
        if waiting > MOST_WAITING {
            self.write_looks();
        }
    }

    /// Hands what was looked at over to the store, for its next transaction.
    pub(crate) fn give_looks(&self, store: &mut store::Store) {
        let now = self.now();
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner).due(now);
        store.take_looks(looks);
    }

    /// Writes down what was looked at. What cannot be written waits on.
    pub(crate) fn write_looks(&self) {
        let mut store = self.store();
        self.give_looks(&mut store);
        if let Err(error) = store.write_looks() {
            tracing::error!(%error, "the audit could not be written; it is tried again");
        }
    }

    /// Writes down everything, repeated looks too: at the end, and before the audit itself is looked at.
    pub(crate) fn write_all_looks(&self) -> Result<(), DeskError> {
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner).all();
        let mut store = self.store();
        store.take_looks(looks);
        Ok(store.write_looks()?)
    }

    /// The last chance of looks that nobody waits for.
    pub(crate) fn write_last_looks(&self) {
        if let Err(error) = self.write_all_looks() {
            tracing::error!(code = error.code, "what was looked at last is not in the audit");
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.write_last_looks();
    }
}
