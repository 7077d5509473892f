//! Beginning with the snapshot that two workstations agreed on, where the relay has the log's beginning no more. Whom the
//! newcomer believes follows from the statements, which stay: from the founder's fingerprint to the two who agreed.

use store::Store;
use sync::cover::Cover;
use sync::log::{self, LogEntry};
use sync::membership::Applied;
use sync::snapshot::{Contents, Index};
use sync::{ChainHash, Envelope, EnvelopeId, Fingerprint, Membership, Statement};

use crate::DeskError;
use crate::desk::Desk;
use crate::syncing::carrying::Trouble;

/// What an agreed snapshot must be.
pub(super) struct Standing {
    pub cover: Cover,
    /// At the covered position, as the statements say.
    pub membership: Membership,
    /// The statements up to there: position and id.
    pub statements: Vec<(u64, EnvelopeId)>,
}

impl Standing {
    /// What the statements of a log say, all of them, judged from the founder on. `None`: nothing was agreed on.
    pub fn read(practice: sync::PracticeId, founder: Fingerprint, all: &[LogEntry]) -> Option<Standing> {
        let whole = follow(practice, founder, all, u64::MAX);
        let cover = whole.agreed()?.cover;
        let statements = all
            .iter()
            .take_while(|entry| entry.position <= cover.position)
            .map(|entry| (entry.position, Envelope::id_of(&entry.bytes)))
            .collect();
        Some(Standing {
            cover,
            membership: follow(practice, founder, all, cover.position),
            statements,
        })
    }

    pub fn check_index(&self, index: &Index, contents: &Contents) -> Result<(), Trouble> {
        let covers = index.header().covers;
        if (covers.position, covers.hash) != (self.cover.position, self.cover.hash) {
            return Err(Trouble::Altered(
                "the snapshot is of another place in the log than was agreed on".to_owned(),
            ));
        }
        index.verify(&self.membership).map_err(|rejected| {
            Trouble::Altered(format!("nobody of the practice made the snapshot: {rejected}"))
        })?;
        // One that an older release kept is made anew from the statements that come with the snapshot.
        match Membership::from_bytes(&contents.membership) {
            Ok(theirs) if theirs != self.membership => Err(Trouble::Altered(
                "the snapshot says something else than the log about who belongs".to_owned(),
            )),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Whether what came is this log, entry by entry: the ids give the chain's hash, and these are its statements, no more and
    /// no fewer.
    pub fn check_log(&self, store: &Store) -> Result<(), Trouble> {
        let ids = store.reads().ids_of_the_log_to(self.cover.position)?;
        let altered = || Trouble::Altered("the snapshot is not of this log".to_owned());
        let ids = ids.ok_or_else(altered)?;
        let start = log::genesis(self.membership.practice());
        let hash: ChainHash = ids
            .iter()
            .fold(start, |hash, id| log::next(hash, EnvelopeId(*id)));
        let statements = store.reads().statement_ids_to(self.cover.position)?;
        let are_the_same = statements
            .iter()
            .map(|(position, id)| (*position, EnvelopeId(*id)))
            .eq(self.statements.iter().copied());
        if hash != self.cover.hash || !are_the_same {
            return Err(altered());
        }
        Ok(())
    }
}

pub(super) fn follow(
    practice: sync::PracticeId,
    founder: Fingerprint,
    all: &[LogEntry],
    to: u64,
) -> Membership {
    follow_on(Membership::new(practice, Some(founder)), all, to)
}

/// Follows these statements from where a membership stands.
pub(super) fn follow_on(mut membership: Membership, all: &[LogEntry], to: u64) -> Membership {
    for entry in all.iter().take_while(|entry| entry.position <= to) {
        let followed = Envelope::parse(entry.bytes.clone())
            .map_err(|error| error.to_string())
            .and_then(|envelope| {
                envelope.statement_bytes().ok_or("it is no statement")?;
                membership
                    .apply(entry.position, &envelope)
                    .map_err(|error| error.to_string())
            });
        if let Err(why) = followed {
            tracing::debug!(position = entry.position, why, "a statement has no effect");
        }
    }
    membership
}

impl Desk {
    /// If the relay has deleted the log's beginning and there is nothing here yet: takes over the snapshot that stands for
    /// it. Says whether it did. Does nothing where the log is whole.
    pub(super) fn arrive_as_agreed(&self, admission: Option<Vec<u8>>) -> Result<bool, DeskError> {
        {
            let store = self.store();
            if !store.is_blank()? && store.arrival()?.is_none() {
                return Ok(false);
            }
        }
        let mut carrier = match self.carrier(admission.clone()) {
            Ok(carrier) => carrier,
            // The conversation will say it in its own words.
            Err(Trouble::Line(_) | Trouble::NoSnapshot) => return Ok(false),
            Err(trouble) => return Err(no_beginning(&trouble)),
        };
        if carrier.retention().is_none_or(|retention| retention.gone == 0) {
            return Ok(false);
        }
        let all = carrier.statements(0).map_err(|trouble| no_beginning(&trouble))?;
        drop(carrier);
        let practice = self.identity().sync_practice();
        let standing = Standing::read(practice, self.founder()?, &all).ok_or_else(|| {
            no_beginning(&"no two workstations have agreed on what would stand in its place")
        })?;
        self.take_keys_of(&all)?;
        let fetched = self.fetch_snapshot(standing.cover.snapshot, admission, Some(&standing), None);
        if let Err(trouble) = fetched {
            if matches!(trouble, Trouble::Altered(_)) {
                self.store().give_up_arrival()?;
            }
            return Err(no_beginning(&trouble));
        }
        self.look_at_staff()?;
        Ok(true)
    }

    /// Keys that came after those that this workstation was given: the snapshot may be sealed with one of them.
    fn take_keys_of(&self, all: &[LogEntry]) -> Result<(), DeskError> {
        let identity = self.identity();
        let mut membership = Membership::new(identity.sync_practice(), Some(self.founder()?));
        for entry in all {
            let Ok(envelope) = Envelope::parse(entry.bytes.clone()) else {
                continue;
            };
            if envelope.statement_bytes().is_none() {
                continue;
            }
            let Ok(Applied::Followed(Statement::Rotate(rotate))) =
                membership.apply(entry.position, &envelope)
            else {
                continue;
            };
            if identity.practice_keys.get(rotate.epoch).is_some() {
                continue;
            }
            let key = match rotate.unwrap_for(identity.sync_practice(), &identity.workstation_keys) {
                Some(key) => key.ok(),
                None => self.unwrapped_by_kit(&rotate)?,
            };
            if let Some(key) = key {
                self.take_practice_key(key)?;
            }
        }
        Ok(())
    }

    /// After the rest of the log was read: whether the two did agree, in the log itself.
    pub(super) fn check_agreed(&self) -> Result<(), DeskError> {
        let (cursor, _) = self.cursor()?;
        match self.membership_in_the_log()?.agreed() {
            Some(agreed) if agreed.since <= cursor => Ok(()),
            _ => Err(no_beginning(&"what it showed instead does not stand in the log")),
        }
    }
}

fn no_beginning(why: &dyn std::fmt::Display) -> DeskError {
    DeskError::new(
        "no_beginning",
        format!("The relay does not have the beginning of the practice’s log, and this workstation cannot begin without: {why}."),
    )
    .hint("Ask for a new invitation from a workstation that has the practice; it brings a snapshot of its own.")
}
