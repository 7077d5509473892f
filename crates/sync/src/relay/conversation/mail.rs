//! The part of a conversation that is about sealed mail.

use super::{Conversation, MailPage, MailRequest, Output, Pending, Phase, Submission};
use crate::id::{PracticeId, WorkstationId};
use crate::mail::MailPublic;
use crate::relay::{MailAsked, MailBox, StoredKey};
use crate::wire::{Frame, MAX_BATCH_BYTES, MAX_BATCH_ENVELOPES, Mail};

/// What the workstation was told of its practice's box.
#[derive(Default)]
pub(super) struct Told {
    is_reading: bool,
    /// Nothing until it asks for the first time.
    news: Option<News>,
}

impl Told {
    pub(super) fn is_reading(&self) -> bool {
        self.is_reading
    }
}

/// What a workstation must hear of.
#[derive(Clone, Copy, PartialEq, Eq)]
struct News {
    last: u64,
    key: Option<(u32, MailPublic)>,
    /// The practice's present epoch: another one asks for another mail key.
    epoch: Option<u32>,
}

impl Conversation {
    pub(super) fn mail_frame(
        &mut self,
        now: u64,
        practice: PracticeId,
        workstation: WorkstationId,
        frame: Frame,
    ) {
        let asked = match frame {
            Frame::GetMail(get) => {
                self.mail.is_reading = true;
                return self.out.push(Output::ReadMail(MailRequest {
                    practice,
                    after: get.after,
                    max_letters: MAX_BATCH_ENVELOPES,
                    max_bytes: MAX_BATCH_BYTES,
                }));
            }
            Frame::PutMailKey(key) => MailAsked::Key {
                practice,
                key: StoredKey { workstation, key },
            },
            Frame::AckMail(ack) => MailAsked::Acknowledge {
                practice,
                workstation,
                up_to: ack.up_to,
                received_at: now,
            },
            _ => return,
        };
        self.pending.push_back(Pending::Mail);
        self.out.push(Output::Submit(Submission::Mail(asked)));
    }

    pub(super) fn mail_page(&mut self, page: MailPage) {
        if !std::mem::take(&mut self.mail.is_reading) {
            return;
        }
        self.mail.news = Some(self.news(&page.mail));
        self.send(&Frame::Mail(mail(&page.mail, page.letters, page.up_to)));
        // What came in while this was read.
        self.tell_of_mail();
    }

    /// Says that the box has changed, to who asked for mail before.
    pub(super) fn tell_of_mail(&mut self) {
        let (Phase::Open { .. }, Some(view), Some(told)) = (&self.phase, &self.view, self.mail.news) else {
            return;
        };
        let now = view.mail.clone();
        let news = self.news(&now);
        if self.mail.is_reading || news == told || now.last < told.last {
            return;
        }
        self.mail.news = Some(news);
        // Where the workstation is, only it knows.
        self.send(&Frame::Mail(mail(&now, Vec::new(), 0)));
    }

    /// For who has asked for mail.
    pub(super) fn newest_letter(&self) -> Option<u64> {
        self.mail.news?;
        self.view.as_ref().map(|view| view.mail.last)
    }

    fn news(&self, mail: &MailBox) -> News {
        News {
            last: mail.last,
            key: mail.key.as_ref().map(|said| (said.key.epoch, said.key.public)),
            epoch: self.view.as_ref().and_then(|view| view.membership.epoch()),
        }
    }
}

fn mail(mail: &MailBox, letters: Vec<crate::wire::Letter>, up_to: u64) -> Mail {
    Mail {
        letters,
        up_to,
        last: mail.last,
        epoch: mail.key.as_ref().map(|said| said.key.epoch),
        public: mail.key.as_ref().map(|said| said.key.public),
    }
}
