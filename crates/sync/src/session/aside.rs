//! What a session does beside the log: claims, and fetching sealed mail.

use super::{Effect, Millis, Phase, Session};
use crate::id::ClaimKey;
use crate::mail::MailPublic;
use crate::wire::{AckMail, Claim, Claimed, Frame, GetMail, Mail, MailKey, Refusal, RefusalCode};

/// What one open connection knows of this.
#[derive(Default)]
pub(super) struct Aside {
    /// The relay understands frames up to this number.
    pub(super) understands: u16,
    /// Asked and not answered, oldest first.
    claims: Vec<(ClaimKey, Millis)>,
    mail_asked: Option<Millis>,
    /// Letters are at the desk and not stored yet.
    is_keeping: bool,
    last: u64,
    /// What the relay says of the mail key, once it has said anything.
    key: Option<Option<(u32, MailPublic)>>,
    /// The mail key that was said over this connection: two workstations that disagree do not talk each other down for ever.
    said: Option<(u32, MailPublic)>,
}

impl Aside {
    /// Since when something is unanswered.
    pub(super) fn asked_since(&self) -> Option<Millis> {
        let claims = self.claims.iter().map(|(_, at)| *at);
        claims.chain(self.mail_asked).min()
    }

    fn understands(&self, frame: &Frame) -> bool {
        frame.number() <= self.understands
    }
}

impl Session {
    /// A connection was opened.
    pub(super) fn begin_aside(&mut self, now: Millis) {
        for key in self.claims.clone() {
            self.send_claim(now, key);
        }
        // That may have been lost on the way.
        self.acknowledge(now);
        self.get_mail(now);
    }

    fn acknowledge(&mut self, now: Millis) {
        // What is read beside the workstation's own session says nothing of what the workstation has.
        if self.config.is_beside {
            return;
        }
        let frame = Frame::AckMail(AckMail {
            up_to: self.mail_after,
        });
        let is_understood = matches!(&self.phase, Phase::Open(open) if open.aside.understands(&frame));
        if self.mail_after > 0 && is_understood {
            self.send(now, &frame);
        }
    }

    pub(super) fn claim(&mut self, now: Millis, key: ClaimKey) {
        if !self.claims.contains(&key) {
            self.claims.push(key);
            self.send_claim(now, key);
        }
    }

    pub(super) fn forget_claim(&mut self, key: ClaimKey) {
        self.claims.retain(|claim| *claim != key);
    }

    fn send_claim(&mut self, now: Millis, key: ClaimKey) {
        let Phase::Open(open) = &mut self.phase else {
            return; // Sent when there is a connection.
        };
        let frame = Frame::Claim(Claim { key });
        if open.aside.understands(&frame) {
            open.aside.claims.push((key, now));
            self.send(now, &frame);
        } else {
            let message = "this relay keeps no claims: its operator must update it";
            self.forget_claim(key);
            self.effects.push(Effect::Claimed {
                key,
                holder: Err(Refusal::new(RefusalCode::NotUnderstood, message)),
            });
        }
    }

    pub(super) fn claimed(&mut self, claimed: Claimed) {
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        open.aside.claims.retain(|(key, _)| *key != claimed.key);
        let holder = match (claimed.holder, claimed.refused) {
            (Some(holder), None) => Ok(holder),
            (_, Some(refusal)) => Err(refusal),
            (None, None) => Err(Refusal::new(
                RefusalCode::Malformed,
                "the relay did not say who has it",
            )),
        };
        self.forget_claim(claimed.key);
        self.effects.push(Effect::Claimed {
            key: claimed.key,
            holder,
        });
    }

    pub(super) fn get_mail(&mut self, now: Millis) {
        if self.config.is_beside {
            return;
        }
        let after = self.mail_after;
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        let frame = Frame::GetMail(GetMail { after });
        if open.aside.understands(&frame) && open.aside.mail_asked.is_none() && !open.aside.is_keeping {
            open.aside.mail_asked = Some(now);
            self.send(now, &frame);
        }
    }

    pub(super) fn mail(&mut self, now: Millis, mail: Mail) {
        if self.config.is_beside {
            return;
        }
        let after = self.mail_after;
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        let aside = &mut open.aside;
        aside.last = mail.last;
        aside.key = Some(mail.epoch.zip(mail.public));
        let is_news = mail.up_to == 0 && mail.last > 0;
        if !is_news {
            aside.mail_asked = None;
        }
        if !aside.is_keeping {
            if mail.last < after {
                // Another box than the one known here: the relay has changed. What is in it is fetched from the start.
                aside.is_keeping = true;
                self.effects.push(Effect::KeepLetters {
                    letters: Vec::new(),
                    up_to: 0,
                });
            } else if !is_news && mail.up_to > after {
                let mut letters = mail.letters;
                let is_in_order = letters.is_sorted_by(|one, next| one.number < next.number);
                if !is_in_order || letters.last().is_some_and(|letter| letter.number > mail.up_to) {
                    return self.drop_connection(now, "the relay's letters came out of order");
                }
                // What was asked for twice is here already.
                letters.retain(|letter| letter.number > after);
                aside.is_keeping = true;
                self.effects.push(Effect::KeepLetters {
                    letters,
                    up_to: mail.up_to,
                });
            } else if is_news && mail.last > after {
                self.get_mail(now);
            }
        }
        self.tell_mail_key();
    }

    /// The desk sees to it that the relay says the right key.
    fn tell_mail_key(&mut self) {
        if let Phase::Open(open) = &self.phase
            && let Some(said) = open.aside.key
        {
            self.effects.push(Effect::MailKey { said });
        }
    }

    /// Statements were stored: the practice may have a new key.
    pub(super) fn policy_stored(&mut self) {
        if self.unapplied.is_empty() && std::mem::take(&mut self.policy_changed) {
            self.tell_mail_key();
        }
    }

    pub(super) fn letters_kept(&mut self, now: Millis, up_to: u64) {
        self.mail_after = up_to;
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        if !std::mem::take(&mut open.aside.is_keeping) {
            return; // Of an earlier connection; this one asked from where that one began, which does no harm.
        }
        let more = open.aside.last > up_to;
        self.acknowledge(now);
        if more {
            self.get_mail(now);
        }
    }

    pub(super) fn put_mail_key(&mut self, now: Millis, key: MailKey) {
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        let said = Some((key.epoch, key.public));
        let frame = Frame::PutMailKey(key);
        if open.aside.understands(&frame) && open.aside.said != said {
            open.aside.said = said;
            self.send(now, &frame);
        }
    }
}
