//! The sealed mail box at the relay: which key letters are for, who may put some in, when they may go.

use std::collections::HashMap;

use super::{Log, LogError, Practice, ReadLog, Refusal, Stop, Write};
use crate::id::{LetterId, PracticeId, WorkstationId};
use crate::mail::{Outside, key_message};
use crate::wire::{Letter, MailKey, RefusalCode};

/// Letters are kept for so long after the first workstation has them, so that the others get them, too: 30 days.
pub const KEPT_LETTER_MILLIS: u64 = 30 * 24 * 60 * 60 * 1000;

/// How a practice's box stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailBox {
    /// The newest letter's number; 0 before the first.
    pub last: u64,
    /// Up to here some workstation has them.
    pub acknowledged: u64,
    /// Without it nobody can put anything in.
    pub key: Option<StoredKey>,
}

/// A mail key, and which workstation said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    pub workstation: WorkstationId,
    pub key: MailKey,
}

/// What is asked of the one writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailAsked {
    /// A workstation that has proved itself says the key.
    Key { practice: PracticeId, key: StoredKey },
    /// Somebody outside puts a letter in. Milliseconds since 1970 UTC, by the relay's clock.
    Letter {
        practice: PracticeId,
        sealed: Vec<u8>,
        received_at: u64,
    },
    /// A workstation that has proved itself has letters up to here.
    Acknowledge {
        practice: PracticeId,
        workstation: WorkstationId,
        up_to: u64,
        received_at: u64,
    },
    /// From time to time: what has been at a workstation for long may go.
    Tidy { practice: PracticeId, received_at: u64 },
}

impl MailAsked {
    #[must_use]
    pub fn practice(&self) -> PracticeId {
        match self {
            Self::Key { practice, .. }
            | Self::Letter { practice, .. }
            | Self::Acknowledge { practice, .. }
            | Self::Tidy { practice, .. } => *practice,
        }
    }
}

/// What is to be stored of mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailWrite {
    Key {
        practice: PracticeId,
        key: StoredKey,
    },
    Letter(NewLetter),
    /// The letters after one number and up to another are at a workstation since then.
    Acknowledge {
        practice: PracticeId,
        after: u64,
        up_to: u64,
        at_millis: u64,
    },
    /// What is in letters that some workstation has since before this time (milliseconds since 1970 UTC) goes. Their ids stay,
    /// so that nobody can put them in again.
    Tidy {
        practice: PracticeId,
        acknowledged_before: u64,
    },
}

impl MailWrite {
    #[must_use]
    pub fn practice(&self) -> PracticeId {
        match self {
            Self::Key { practice, .. } | Self::Acknowledge { practice, .. } | Self::Tidy { practice, .. } => {
                *practice
            }
            Self::Letter(new) => new.practice,
        }
    }
}

/// A letter as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLetter {
    pub practice: PracticeId,
    pub id: LetterId,
    pub letter: Letter,
}

/// Boxes and letters that this group of submissions changes.
#[derive(Default)]
pub(super) struct Staged {
    boxes: HashMap<PracticeId, MailBox>,
    letters: HashMap<(PracticeId, LetterId), u64>,
}

impl Staged {
    pub(super) fn into_boxes(self) -> HashMap<PracticeId, MailBox> {
        self.boxes
    }
}

fn refused<T>(code: RefusalCode, message: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Refused(Refusal::new(code, message)))
}

/// Judges and stages it. Of a letter, its number.
pub(super) fn judge<L: Log>(
    log: &mut L,
    known: Option<&Practice>,
    asked: MailAsked,
    staged: &mut super::Staged,
) -> Result<Option<u64>, Stop> {
    let practice = asked.practice();
    let Some(known) = known else {
        return refused(
            RefusalCode::UnknownPractice,
            "this relay does not know the practice",
        );
    };
    // What is stored counts, not what was seen of it: another relay may have put something in.
    let mut mail = match staged.mail.boxes.get(&practice) {
        Some(mail) => mail.clone(),
        None => log.mail_box(practice)?,
    };
    let mut number = None;
    match asked {
        MailAsked::Key { key, .. } => {
            check_key(known, practice, &key)?;
            let is_said =
                |said: &StoredKey| said.key.epoch == key.key.epoch && said.key.public == key.key.public;
            if mail.key.as_ref().is_some_and(is_said) {
                return Ok(None);
            }
            mail.key = Some(key.clone());
            staged.writes.push(Write::Mail(MailWrite::Key { practice, key }));
        }
        MailAsked::Letter {
            sealed, received_at, ..
        } => {
            let outside = match Outside::of(&sealed) {
                Ok(outside) => outside,
                Err(error) => return refused(RefusalCode::Malformed, error.to_string()),
            };
            let place = (practice, outside.id);
            let there = match staged.mail.letters.get(&place) {
                Some(number) => Some(*number),
                None => log.letter(practice, outside.id)?,
            };
            if there.is_some() {
                return Ok(there); // Sent again, because the first answer was lost.
            }
            match &mail.key {
                None => return refused(RefusalCode::NoMailBox, "this practice takes no mail here yet"),
                Some(said) if outside.epoch == 0 || outside.epoch > said.key.epoch => {
                    return refused(
                        RefusalCode::Rejected,
                        "this letter is sealed with a key that the practice does not have",
                    );
                }
                Some(_) => {}
            }
            mail.last += 1;
            number = Some(mail.last);
            staged.mail.letters.insert(place, mail.last);
            let letter = Letter {
                number: mail.last,
                received_at,
                sealed,
            };
            staged.writes.push(Write::Mail(MailWrite::Letter(NewLetter {
                practice,
                id: outside.id,
                letter,
            })));
        }
        MailAsked::Acknowledge {
            workstation,
            up_to,
            received_at,
            ..
        } => {
            known.membership.may_connect(workstation)?;
            let up_to = up_to.min(mail.last);
            if up_to <= mail.acknowledged {
                return Ok(None);
            }
            let after = std::mem::replace(&mut mail.acknowledged, up_to);
            staged.writes.push(Write::Mail(MailWrite::Acknowledge {
                practice,
                after,
                up_to,
                at_millis: received_at,
            }));
        }
        MailAsked::Tidy { received_at, .. } => {
            if mail.acknowledged > 0 {
                staged.writes.push(Write::Mail(MailWrite::Tidy {
                    practice,
                    acknowledged_before: received_at.saturating_sub(KEPT_LETTER_MILLIS),
                }));
            }
            return Ok(None);
        }
    }
    staged.mail.boxes.insert(practice, mail);
    Ok(number)
}

/// Only a member of today says a key, and only the one of today: who was removed knows the older ones.
fn check_key(known: &Practice, practice: PracticeId, said: &StoredKey) -> Result<(), Stop> {
    let StoredKey { workstation, key } = said;
    let point = known.membership.may_connect(*workstation)?;
    let message = key_message(practice, *workstation, key.epoch, key.public);
    if !point.verify(&message, &key.signature) {
        return refused(RefusalCode::Rejected, "the mail key is not rightly signed");
    }
    if known.membership.epoch() != Some(key.epoch) {
        return refused(
            RefusalCode::Rejected,
            "this mail key is not of the practice's present epoch",
        );
    }
    Ok(())
}

/// Carries out a conversation's request for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailRequest {
    pub practice: PracticeId,
    pub after: u64,
    pub max_letters: usize,
    pub max_bytes: usize,
}

/// Letters after a number, and the box at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailPage {
    pub letters: Vec<Letter>,
    pub mail: MailBox,
    /// There is nothing between what was asked for and here but these letters.
    pub up_to: u64,
}

/// Carries out a conversation's [`super::Output::ReadMail`].
pub fn read_mail(log: &mut impl ReadLog, request: &MailRequest) -> Result<MailPage, LogError> {
    // First the end: what comes in meanwhile may be among the letters, but nothing before the end is left out.
    let mut mail = log.mail_box(request.practice)?;
    let letters = log.letters(
        request.practice,
        request.after,
        request.max_letters,
        request.max_bytes,
    )?;
    let up_to = letters.last().map_or(mail.last, |letter| letter.number);
    mail.last = mail.last.max(up_to);
    Ok(MailPage { letters, mail, up_to })
}
