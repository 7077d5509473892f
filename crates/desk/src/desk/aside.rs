//! What a desk does with its relay beside the log: claims, and letters from outside.

use std::sync::Arc;
use std::time::Duration;

use clinic::WorkstationId;
use jiff::Timestamp;
use sync::LetterId;
use sync::mail::{self, BadLetter, MailPublic, Outside};
use sync::wire::{Letter, MailKey};

use crate::DeskError;
use crate::desk::Desk;

/// Which workstation may do a thing that must be done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// This one, and no other ever. It may have asked before: whoever acts on it writes down first that it will, and looks
    /// there before doing so again.
    Mine,
    /// Another one was first.
    Theirs {
        workstation: WorkstationId,
        /// By the relay's clock.
        at: Timestamp,
    },
    /// The relay did not say, so nothing may be done now. `why` is for people.
    Unknown { why: String },
}

impl Desk {
    /// Asks for the right to do something once in the whole practice: `kind` names what is done, `about` with what, in bytes that
    /// every workstation makes in the same way. The relay learns neither. Waits no longer than `patience` for it.
    ///
    /// A practice without a relay has one workstation, whose everything is.
    ///
    /// # Errors
    /// If the practice's own file cannot be read.
    pub fn claim(
        self: &Arc<Self>,
        kind: &str,
        about: &[u8],
        patience: Duration,
    ) -> Result<Claimed, DeskError> {
        if self.relay()?.is_none() {
            return Ok(Claimed::Mine);
        }
        let identity = self.identity();
        let key = sync::claim::key(identity.sync_practice(), &identity.practice_keys, kind, about)
            .ok_or_else(|| {
                DeskError::new(
                    "no_identity",
                    "This workstation does not have the practice’s keys.",
                )
            })?;
        let mut answer = None;
        let talked = self.talk(|conversation| {
            answer = Some(conversation.claim(key, patience)?);
            Ok(())
        });
        Ok(match (answer, talked) {
            (Some(Ok(holder)), _) if holder.workstation == identity.workstation_keys.id() => Claimed::Mine,
            (Some(Ok(holder)), _) => Claimed::Theirs {
                workstation: WorkstationId::from_bytes(holder.workstation.0),
                at: i64::try_from(holder.at_millis)
                    .ok()
                    .and_then(|millis| Timestamp::from_millisecond(millis).ok())
                    .unwrap_or(Timestamp::MAX),
            },
            (Some(Err(refusal)), _) => Claimed::Unknown {
                why: format!("The relay refused: {}.", refusal.message),
            },
            (None, Err(error)) => Claimed::Unknown { why: error.message },
            (None, Ok(())) => Claimed::Unknown {
                why: "The relay does not answer.".to_owned(),
            },
        })
    }

    /// Letters from outside that came after a number (the relay's), in the order of coming; ones that cannot be read say why.
    ///
    /// # Errors
    /// If the practice's own file cannot be read.
    pub fn letters_after(&self, after: u64, limit: usize) -> Result<Vec<store::Letter>, DeskError> {
        Ok(self.store().reads().letters(after, limit)?)
    }

    /// The mail key to say to the relay, unless it says it already.
    pub(super) fn mail_key_to_say(&self, said: Option<(u32, MailPublic)>) -> Option<MailKey> {
        let identity = self.identity();
        let key = identity.practice_keys.newest()?;
        let practice = identity.sync_practice();
        let is_said = said == Some((key.epoch, mail::public(practice, key)));
        // The relay may know of an epoch that has not come here yet.
        let is_old = said.is_some_and(|(epoch, _)| epoch > key.epoch);
        (!is_said && !is_old).then(|| mail::announce(practice, key, &identity.workstation_keys))
    }

    /// Opens letters and stores them, with how far they reach.
    pub(super) fn store_letters(&self, letters: Vec<Letter>, up_to: u64) -> Result<(), DeskError> {
        let letters: Vec<store::Letter> = letters
            .into_iter()
            .map(|letter| self.open_letter(letter))
            .collect();
        let kept = self.store().keep_letters(&letters, Some(up_to))?;
        if kept > 0 {
            tracing::info!(kept, "letters came from outside");
        }
        Ok(())
    }

    /// Opens what was sealed with a key that has come since.
    pub(super) fn open_sealed_letters(&self) -> Result<(), DeskError> {
        let sealed = self.store().reads().sealed_letters()?;
        let opened: Vec<store::Letter> = sealed
            .into_iter()
            .map(|kept| {
                self.open_letter(Letter {
                    number: kept.number,
                    received_at: u64::try_from(kept.received_millis).unwrap_or(0),
                    sealed: kept.body,
                })
            })
            .filter(|letter| letter.trouble.is_empty())
            .collect();
        if !opened.is_empty() {
            self.store().keep_letters(&opened, None)?;
        }
        Ok(())
    }

    fn open_letter(&self, letter: Letter) -> store::Letter {
        let identity = self.identity();
        let opened = mail::open(identity.sync_practice(), &identity.practice_keys, &letter.sealed);
        let mut kept = store::Letter {
            // What is no letter has no id of its own.
            id: Outside::of(&letter.sealed)
                .map_or_else(|_| LetterId::of_junk(&letter.sealed), |outside| outside.id)
                .0,
            number: letter.number,
            received_millis: i64::try_from(letter.received_at).unwrap_or(i64::MAX),
            kind: String::new(),
            body: Vec::new(),
            trouble: String::new(),
        };
        match opened {
            Ok((_, message)) => {
                kept.kind = message.kind;
                kept.body = message.body;
            }
            Err(trouble) => {
                if matches!(trouble, BadLetter::UnknownEpoch(_)) {
                    kept.body = letter.sealed;
                }
                kept.trouble = trouble.to_string();
            }
        }
        kept
    }
}
