//! One connection as a state machine: frames in; replies, and requests to storage, out. The host answers requests
//! with inputs: pages and parcels whenever it likes, submissions in the order they were made.

use std::collections::VecDeque;
use std::sync::Arc;

use minicbor::bytes::ByteVec;

use super::rate::Rate;
use super::{
    Answer, AskedClaim, Line, MailPage, MailRequest, Page, Reached, StoredPack, StoredParcel, Submission,
    View, refusal_of,
};
use crate::cover::Retention;
use crate::envelope::{Envelope, Kind, verify_all};
use crate::id::{ChainHash, ClaimKey, LookupId, PracticeId, SetId, WorkstationId};
use crate::log::LogEntry;
use crate::membership::{Membership, Rejected};
use crate::statement::Statement;
use crate::wire::{
    Accepted, Auth, BadFrame, Challenge, Claimed, Entries, Frame, Head, LAST_FRAME, MAX_BATCH_BYTES,
    MAX_BATCH_ENVELOPES, MAX_PARCEL_BYTES, MAX_TOKEN_BYTES, Pack, PackStored, Parcel, ParcelStored, Pong,
    Pull, Push, PutParcel, Refusal, RefusalCode, Statements, Welcome, auth_message,
};

mod mail;

/// A claim weighs as much as so many envelopes: each is a row that stays for ever.
const CLAIM_COST: usize = 20;

/// Whether it says that the workstation does not belong here (any more).
fn is_out(refusal: &&Refusal) -> bool {
    matches!(refusal.code, RefusalCode::Revoked | RefusalCode::NotAMember)
}

/// Who may register a practice.
#[derive(Clone, PartialEq, Eq)]
pub enum Registration {
    Open,
    Token(String),
    Closed,
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Token(_) => "token",
            Self::Closed => "closed",
        })
    }
}

/// What one connection may ask of the relay.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Frames and envelopes a second, in the long run.
    pub rate_per_second: u32,
    /// … and at once.
    pub rate_burst: u32,
    /// Pushes that may wait for storage; the host stops reading the socket beyond.
    pub pending_pushes: usize,
    /// Lookups of parcels before proof of membership.
    pub parcel_lookups: u32,
    pub registration: Registration,
    /// Days for which what was pruned is still handed out; 0: nothing is pruned.
    pub retention_days: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rate_per_second: 5_000,
            rate_burst: 20_000,
            pending_pushes: 8,
            parcel_lookups: 8,
            registration: Registration::Open,
            retention_days: 0,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRequest {
    pub practice: PracticeId,
    pub after: u64,
    /// The hash the workstation has at `after`, to compare.
    pub expect: Option<ChainHash>,
    pub max_entries: usize,
    pub max_bytes: usize,
}

pub enum Input<'a> {
    /// One binary message from the workstation.
    Frame(&'a [u8]),
    /// The answer to [`Output::Load`].
    Practice(Option<Arc<View>>),
    /// The practice's log has grown. May skip steps, must come for the last one.
    View(Arc<View>),
    /// The answer to the oldest open [`Output::Submit`].
    Answered(Answer),
    /// The answer to [`Output::Read`].
    Page(Result<Page, Refusal>),
    /// The answer to [`Output::FindParcel`].
    Parcel(Option<StoredParcel>),
    /// The answer to [`Output::FindPack`].
    Pack(Option<Vec<u8>>),
    /// The answer to [`Output::ReadMail`].
    Mail(MailPage),
    /// The answer to [`Output::FindStatements`].
    Statements(Vec<LogEntry>),
    /// Storage could not be read.
    StorageFailed,
}

#[derive(Debug)]
pub enum Output {
    Send(Vec<u8>),
    /// Look up a practice and, from its answer on, tell this conversation of every new [`View`].
    Load(PracticeId),
    Submit(Submission),
    Read(ReadRequest),
    FindParcel(LookupId),
    FindPack {
        practice: PracticeId,
        set: SetId,
        number: u32,
    },
    ReadMail(MailRequest),
    /// Look up the statements after a position.
    FindStatements {
        practice: PracticeId,
        after: u64,
    },
    /// Read no further frame for so many milliseconds.
    Wait {
        millis: u64,
    },
    /// Send what is to be sent, then close. `refusal`: what was said, for counters.
    Close(RefusalCode),
}

enum Phase {
    Fresh,
    Loading {
        practice: PracticeId,
        workstation: WorkstationId,
    },
    Challenged {
        practice: PracticeId,
        workstation: WorkstationId,
    },
    Admitting {
        practice: PracticeId,
        workstation: WorkstationId,
    },
    Open {
        practice: PracticeId,
        workstation: WorkstationId,
    },
    Closed,
}

/// What an open submission was made for.
enum Pending {
    Push {
        batch: u64,
        unsound: Option<Refusal>,
    },
    Parcel(LookupId),
    Pack(SetId, u32),
    Claim(ClaimKey),
    /// A mail key or an acknowledgement of letters: the box's next state is the answer.
    Mail,
    Have,
    Admission,
}

pub struct Conversation {
    limits: Arc<Limits>,
    nonce: [u8; 32],
    phase: Phase,
    view: Option<Arc<View>>,
    /// Live entries are sent from here on.
    following: Option<u64>,
    /// Whether the read on its way was asked for by the workstation (rather than to follow the head).
    reading: Option<bool>,
    next_pull: Option<Pull>,
    last_batch: u64,
    line: Line,
    /// A push was unsound: those behind it are refused with it.
    unsound: bool,
    /// The policy after statements that are on their way to the writer.
    ahead: Option<Membership>,
    pending: VecDeque<Pending>,
    lookups: u32,
    finding: VecDeque<LookupId>,
    /// The pack that is being looked up.
    fetching: Option<(SetId, u32)>,
    mail: mail::Told,
    /// Statements are being looked up.
    stating: bool,
    rate: Rate,
    out: Vec<Output>,
}

impl Conversation {
    /// `nonce`: 32 random bytes for this connection. `now_millis`: since 1970 UTC.
    #[must_use]
    pub fn new(limits: Arc<Limits>, nonce: [u8; 32], now_millis: u64) -> Self {
        let rate = Rate::new(limits.rate_per_second, limits.rate_burst, now_millis);
        Self {
            limits,
            nonce,
            phase: Phase::Fresh,
            view: None,
            following: None,
            reading: None,
            next_pull: None,
            last_batch: 0,
            line: Line::default(),
            unsound: false,
            ahead: None,
            pending: VecDeque::new(),
            lookups: 0,
            finding: VecDeque::new(),
            fetching: None,
            mail: mail::Told::default(),
            stating: false,
            rate,
            out: Vec::new(),
        }
    }

    /// Whether the workstation has proved itself.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
    }

    /// Whether the host should read further frames now.
    #[must_use]
    pub fn wants_frames(&self) -> bool {
        self.pending.len() < self.limits.pending_pushes
            && !matches!(
                self.phase,
                Phase::Loading { .. } | Phase::Admitting { .. } | Phase::Closed
            )
            && self.next_pull.is_none()
            && self.finding.is_empty()
            && self.fetching.is_none()
            && !self.mail.is_reading()
            && !self.stating
    }

    #[must_use]
    pub fn handle(&mut self, now_millis: u64, input: Input<'_>) -> Vec<Output> {
        if !matches!(self.phase, Phase::Closed) {
            match input {
                Input::Frame(bytes) => self.frame(now_millis, bytes),
                Input::Practice(view) => self.loaded(view),
                Input::View(view) => self.viewed(view),
                Input::Answered(answer) => self.answered(answer),
                Input::Page(page) => self.page(page),
                Input::Parcel(parcel) => self.parcel(now_millis, parcel),
                Input::Pack(bytes) => self.pack(bytes),
                Input::Mail(page) => self.mail_page(page),
                Input::Statements(entries) => self.statements(entries),
                Input::StorageFailed => self.refuse(super::unavailable()),
            }
        }
        std::mem::take(&mut self.out)
    }

    fn send(&mut self, frame: &Frame) {
        self.out.push(Output::Send(frame.to_bytes()));
    }

    /// Says why, then closes.
    fn refuse(&mut self, refusal: Refusal) {
        let code = refusal.code;
        self.send(&Frame::Refused(refusal));
        self.out.push(Output::Close(code));
        self.phase = Phase::Closed;
    }

    fn head(&self) -> Option<Head> {
        self.view.as_ref().map(|view| view.head)
    }

    fn frame(&mut self, now: u64, bytes: &[u8]) {
        let frame = match Frame::parse(bytes) {
            Ok(frame) => frame,
            Err(error) => {
                let code = match error {
                    BadFrame::Version(_) | BadFrame::Unknown(_) => RefusalCode::NotUnderstood,
                    BadFrame::TooLong(_) | BadFrame::Malformed(_) => RefusalCode::Malformed,
                };
                return self.refuse(Refusal::new(code, error.to_string()));
            }
        };
        let cost = match &frame {
            Frame::Push(push) => 1 + push.envelopes.len(),
            Frame::Claim(_) => CLAIM_COST,
            _ => 1,
        };
        let wait = self.rate.take(now, cost);
        if wait > 0 {
            self.out.push(Output::Wait { millis: wait });
        }
        match (frame, &self.phase) {
            (Frame::Hello(hello), Phase::Fresh) => {
                self.phase = Phase::Loading {
                    practice: hello.practice,
                    workstation: hello.workstation,
                };
                self.out.push(Output::Load(hello.practice));
            }
            (Frame::GetParcel(get), Phase::Fresh) => {
                self.lookups += 1;
                if self.lookups > self.limits.parcel_lookups {
                    return self.refuse(Refusal::new(
                        RefusalCode::TooMany,
                        "too many invitations asked for",
                    ));
                }
                self.finding.push_back(get.lookup);
                self.out.push(Output::FindParcel(get.lookup));
            }
            (
                Frame::Auth(auth),
                Phase::Challenged {
                    practice,
                    workstation,
                },
            ) => {
                let (practice, workstation) = (*practice, *workstation);
                self.auth(practice, workstation, auth);
            }
            (
                Frame::Push(push),
                Phase::Open {
                    practice,
                    workstation,
                },
            ) => {
                let (practice, workstation) = (*practice, *workstation);
                self.push(practice, workstation, push);
            }
            (Frame::Pull(pull), Phase::Open { .. }) => {
                if self.reading.is_some() {
                    self.next_pull = Some(pull);
                } else {
                    self.pull(&pull);
                }
            }
            (Frame::PutParcel(parcel), Phase::Open { practice, .. }) => {
                let practice = *practice;
                self.put_parcel(practice, parcel);
            }
            (
                Frame::PutPack(pack),
                Phase::Open {
                    practice,
                    workstation,
                },
            ) => {
                let (practice, workstation) = (*practice, *workstation);
                self.pending.push_back(Pending::Pack(pack.set, pack.number));
                self.out.push(Output::Submit(Submission::Pack(StoredPack {
                    practice,
                    workstation,
                    pack,
                    received_at: now,
                })));
            }
            (
                Frame::Have(have),
                Phase::Open {
                    practice,
                    workstation,
                },
            ) => {
                let (practice, workstation) = (*practice, *workstation);
                self.pending.push_back(Pending::Have);
                self.out.push(Output::Submit(Submission::Have {
                    practice,
                    reached: Reached {
                        workstation,
                        position: have.position,
                        at_millis: now,
                    },
                    hash: have.hash,
                }));
            }
            (Frame::GetStatements(get), Phase::Open { practice, .. }) => {
                let practice = *practice;
                self.stating = true;
                self.out.push(Output::FindStatements {
                    practice,
                    after: get.after,
                });
            }
            (Frame::GetPack(get), Phase::Open { practice, .. }) => {
                let practice = *practice;
                self.fetching = Some((get.set, get.number));
                self.out.push(Output::FindPack {
                    practice,
                    set: get.set,
                    number: get.number,
                });
            }
            (
                Frame::Claim(claim),
                Phase::Open {
                    practice,
                    workstation,
                },
            ) => {
                self.pending.push_back(Pending::Claim(claim.key));
                self.out.push(Output::Submit(Submission::Claim(AskedClaim {
                    practice: *practice,
                    workstation: *workstation,
                    key: claim.key,
                    received_at: now,
                })));
            }
            (
                frame @ (Frame::PutMailKey(_) | Frame::GetMail(_) | Frame::AckMail(_)),
                Phase::Open {
                    practice,
                    workstation,
                },
            ) => {
                let (practice, workstation) = (*practice, *workstation);
                self.mail_frame(now, practice, workstation, frame);
            }
            (Frame::Ping(ping), _) => {
                let head = self
                    .head()
                    .filter(|_| self.is_open())
                    .map_or(0, |head| head.position);
                self.send(&Frame::Pong(Pong {
                    number: ping.number,
                    head,
                    mail: self.newest_letter(),
                }));
            }
            (other, _) => self.refuse(Refusal::new(
                RefusalCode::OutOfTurn,
                format!("{} does not fit here in the conversation", other.name()),
            )),
        }
    }

    fn loaded(&mut self, view: Option<Arc<View>>) {
        let Phase::Loading {
            practice,
            workstation,
        } = self.phase
        else {
            return;
        };
        self.view = view;
        self.phase = Phase::Challenged {
            practice,
            workstation,
        };
        let nonce = self.nonce;
        self.send(&Frame::Challenge(Challenge { nonce }));
    }

    fn auth(&mut self, practice: PracticeId, workstation: WorkstationId, auth: Auth) {
        let message = auth_message(&self.nonce, practice, workstation);
        let wrong = || {
            Refusal::new(
                RefusalCode::BadAuth,
                "the workstation could not prove that it is itself",
            )
        };
        let membership = self.view.as_ref().map(|view| view.membership.clone());
        let known = membership
            .as_ref()
            .map(|membership| membership.may_connect(workstation));
        let refusal = match known {
            Some(Ok(key)) => {
                if key.verify(&message, &auth.signature) {
                    return self.welcome(practice, workstation);
                }
                return self.refuse(wrong());
            }
            Some(Err(rejected @ Rejected::WorkstationRevoked { .. })) => {
                return self.refuse(refusal_of(&rejected));
            }
            Some(Err(rejected)) => refusal_of(&rejected),
            None => Refusal::new(
                RefusalCode::UnknownPractice,
                "this relay does not know the practice",
            ),
        };
        // Not a member yet: it may come in by its own statement.
        let Some(admission) = auth.admission else {
            return self.refuse(refusal);
        };
        let envelope = match Envelope::parse(admission.into()) {
            Ok(envelope) => envelope,
            Err(error) => return self.refuse(Refusal::new(RefusalCode::Malformed, error.to_string())),
        };
        let statement = match envelope.statement_bytes().map(Statement::parse) {
            Some(Ok(statement)) => statement,
            Some(Err(error)) => return self.refuse(Refusal::new(RefusalCode::Malformed, error.to_string())),
            None => return self.refuse(refusal),
        };
        let (key, registers) = match &statement {
            Statement::Found(found) => (found.workstation.signing, true),
            Statement::Join(join) => (join.workstation.signing, false),
            Statement::Recover(recover) => match &recover.workstation {
                Some(keys) => (keys.signing, false),
                None => return self.refuse(refusal),
            },
            _ => return self.refuse(refusal),
        };
        let header = envelope.header();
        if header.practice != practice || header.workstation != workstation {
            return self.refuse(wrong());
        }
        if registers != self.view.is_none() {
            // Founding a practice that exists, or joining one that does not.
            return self.refuse(refusal);
        }
        if registers && let Err(refusal) = self.may_register(auth.registration_token.as_deref()) {
            return self.refuse(refusal);
        }
        if !key.point().is_ok_and(|key| key.verify(&message, &auth.signature)) {
            return self.refuse(wrong());
        }
        self.phase = Phase::Admitting {
            practice,
            workstation,
        };
        self.pending.push_back(Pending::Admission);
        self.out
            .push(Output::Submit(Submission::Admit { practice, envelope }));
    }

    fn may_register(&self, token: Option<&str>) -> Result<(), Refusal> {
        let closed = |message: &str| Err(Refusal::new(RefusalCode::RegistrationClosed, message));
        match (&self.limits.registration, token) {
            (Registration::Open, _) => Ok(()),
            (Registration::Closed, _) => closed("this relay does not take new practices"),
            (Registration::Token(_), None) => {
                closed("this relay asks for a registration token; its operator can tell you")
            }
            (Registration::Token(_), Some(given)) if given.len() > MAX_TOKEN_BYTES => {
                closed("the registration token is too long")
            }
            (Registration::Token(right), Some(given)) => {
                // Comparing hashes takes the same time wherever the texts differ.
                let hash = |text: &str| crate::aead::sha256(&[text.as_bytes()]);
                if hash(right) == hash(given) {
                    Ok(())
                } else {
                    closed("the registration token is not right")
                }
            }
        }
    }

    fn welcome(&mut self, practice: PracticeId, workstation: WorkstationId) {
        let Some(head) = self.head() else {
            return self.refuse(super::unavailable());
        };
        self.phase = Phase::Open {
            practice,
            workstation,
        };
        let pruned = self.view.as_ref().map(|view| view.pruned).unwrap_or_default();
        let days = self.limits.retention_days;
        let retention = (days > 0 || pruned.cold > 0).then_some(Retention {
            days,
            pruned: pruned.cold,
            gone: pruned.gone,
        });
        self.send(&Frame::Welcome(Welcome {
            head,
            understands: Some(LAST_FRAME),
            retention,
        }));
    }

    fn push(&mut self, practice: PracticeId, workstation: WorkstationId, push: Push) {
        if push.batch <= self.last_batch {
            return; // A repeat: the answer to the first is on its way.
        }
        if push.batch != self.last_batch + 1 {
            return self.refuse(Refusal::new(
                RefusalCode::OutOfTurn,
                "a push before this one is missing",
            ));
        }
        let bytes: usize = push.envelopes.iter().map(|envelope| envelope.len()).sum();
        let too_large = bytes > MAX_BATCH_BYTES && push.envelopes.len() > 1;
        if push.envelopes.len() > MAX_BATCH_ENVELOPES || too_large {
            return self.refuse(Refusal::new(
                RefusalCode::Malformed,
                format!("a push has at most {MAX_BATCH_ENVELOPES} envelopes and {MAX_BATCH_BYTES} bytes"),
            ));
        }
        self.last_batch = push.batch;
        let (envelopes, unsound) = if self.unsound {
            let refusal = Refusal::new(RefusalCode::OutOfTurn, "a push before this one was refused");
            (Vec::new(), Some(refusal))
        } else {
            self.sound(workstation, push.envelopes)
        };
        self.unsound |= unsound.is_some();
        self.pending.push_back(Pending::Push {
            batch: push.batch,
            unsound,
        });
        let line = self.line.clone();
        self.out.push(Output::Submit(Submission::Push {
            practice,
            workstation,
            envelopes,
            line,
        }));
    }

    /// The envelopes up to the first that is malformed or not rightly signed, and what is wrong with that one. Signatures
    /// are checked with the keys that count after the statements sent before them; whether those statements are
    /// accepted, and who may append then, the writer judges at the position.
    fn sound(&mut self, workstation: WorkstationId, raw: Vec<ByteVec>) -> (Vec<Envelope>, Option<Refusal>) {
        let mut envelopes = Vec::with_capacity(raw.len());
        let mut unsound = None;
        for bytes in raw {
            match Envelope::parse(bytes.into()) {
                Ok(envelope) if envelope.header().workstation == workstation => envelopes.push(envelope),
                Ok(_) => {
                    let message = "this envelope was written by another workstation";
                    unsound = Some(Refusal::new(RefusalCode::Rejected, message));
                    break;
                }
                Err(error) => {
                    unsound = Some(Refusal::new(RefusalCode::Malformed, error.to_string()));
                    break;
                }
            }
        }
        let Some(view) = self.view.clone() else {
            return (Vec::new(), Some(super::unavailable()));
        };
        let is_statement = |envelope: &Envelope| envelope.header().kind == Kind::Statement;
        let mut ahead = self.ahead.take().filter(|_| !self.pending.is_empty());
        let mut first = 0;
        while first < envelopes.len() {
            let last = (first..envelopes.len())
                .find(|index| is_statement(&envelopes[*index]))
                .unwrap_or(envelopes.len());
            let stretch: Vec<&Envelope> = envelopes[first..last].iter().collect();
            let verdicts = verify_all(&stretch, ahead.as_ref().unwrap_or(&view.membership));
            let bad = verdicts
                .into_iter()
                .enumerate()
                .find_map(|(at, verdict)| Some((at, verdict.err()?)));
            if let Some((at, rejected)) = bad {
                unsound = Some(refusal_of(&rejected));
                envelopes.truncate(first + at);
                break;
            }
            if let Some(statement) = envelopes.get(last) {
                let membership = ahead.get_or_insert_with(|| (*view.membership).clone());
                // Its place is not known yet; any that its author can have seen before will do.
                let position = view.head.position.max(statement.header().seen.position) + 1;
                // One that does not count changes nothing here either.
                let _ = membership.apply(position, statement);
            }
            first = last + 1;
        }
        self.ahead = ahead;
        (envelopes, unsound)
    }

    fn put_parcel(&mut self, practice: PracticeId, parcel: PutParcel) {
        if parcel.sealed.len() > MAX_PARCEL_BYTES {
            let message = format!("a parcel has at most {MAX_PARCEL_BYTES} bytes");
            return self.send(&Frame::Refused(Refusal::new(RefusalCode::Malformed, message)));
        }
        self.pending.push_back(Pending::Parcel(parcel.lookup));
        self.out.push(Output::Submit(Submission::Parcel(StoredParcel {
            practice,
            parcel,
        })));
    }

    fn answered(&mut self, answer: Answer) {
        if let Some(view) = answer.view {
            self.keep_newest(view);
        }
        match self.pending.pop_front() {
            Some(Pending::Push { batch, unsound }) => {
                let Some(head) = self.head() else {
                    return self.refuse(super::unavailable());
                };
                let refused = answer.refused.or(unsound);
                let accepted = Accepted {
                    batch,
                    positions: answer.positions,
                    refused,
                    head,
                };
                self.send(&Frame::Accepted(accepted));
                self.follow();
            }
            Some(Pending::Parcel(lookup)) => match answer.refused {
                None => self.send(&Frame::ParcelStored(ParcelStored { lookup })),
                Some(refusal) => self.send(&Frame::Refused(refusal)),
            },
            Some(Pending::Pack(set, number)) => match answer.refused {
                None => self.send(&Frame::PackStored(PackStored { set, number })),
                Some(refusal) => self.send(&Frame::Refused(refusal)),
            },
            Some(Pending::Claim(key)) => {
                if let Some(refusal) = answer.refused.as_ref().filter(is_out) {
                    return self.refuse(refusal.clone());
                }
                self.send(&Frame::Claimed(Claimed {
                    key,
                    holder: answer.holder,
                    refused: answer.refused,
                }));
            }
            Some(Pending::Mail) => match answer.refused.as_ref().filter(is_out) {
                Some(refusal) => self.refuse(refusal.clone()),
                // What was not stored is said again when the workstation next hears of the box.
                None => self.tell_of_mail(),
            },
            Some(Pending::Have) => {
                if let Some(refusal) = answer.refused {
                    self.send(&Frame::Refused(refusal));
                }
            }
            Some(Pending::Admission) => {
                let Phase::Admitting {
                    practice,
                    workstation,
                } = self.phase
                else {
                    return;
                };
                match answer.refused {
                    None => self.welcome(practice, workstation),
                    Some(refusal) => self.refuse(refusal),
                }
            }
            None => {}
        }
    }

    fn pull(&mut self, pull: &Pull) {
        let Phase::Open { practice, .. } = self.phase else {
            return;
        };
        self.following = None;
        self.reading = Some(true);
        self.out.push(Output::Read(ReadRequest {
            practice,
            after: pull.after,
            expect: Some(pull.hash),
            max_entries: usize::try_from(pull.limit)
                .unwrap_or(usize::MAX)
                .clamp(1, MAX_BATCH_ENVELOPES),
            max_bytes: MAX_BATCH_BYTES,
        }));
    }

    fn page(&mut self, page: Result<Page, Refusal>) {
        let Some(asked_for) = self.reading.take() else {
            return;
        };
        let page = match page {
            Ok(page) => page,
            Err(refusal) => return self.refuse(refusal),
        };
        let last = page.after + page.envelopes.len() as u64;
        let head = self.head().map_or(last, |head| head.position.max(last));
        if asked_for || !page.envelopes.is_empty() {
            let envelopes = page.envelopes.into_iter().map(ByteVec::from).collect();
            self.send(&Frame::Entries(Entries {
                after: page.after,
                envelopes,
                hash: page.hash,
                head,
            }));
        }
        self.following = (!asked_for || last >= head).then_some(last);
        if let Some(pull) = self.next_pull.take() {
            self.pull(&pull);
        } else {
            self.follow();
        }
    }

    fn keep_newest(&mut self, view: Arc<View>) {
        if self.view.as_ref().is_none_or(|known| {
            known.head.position <= view.head.position && known.mail.last <= view.mail.last
        }) {
            self.view = Some(view);
        }
    }

    fn viewed(&mut self, view: Arc<View>) {
        self.keep_newest(view);
        if let (Phase::Open { workstation, .. }, Some(view)) = (&self.phase, &self.view)
            && let Err(rejected) = view.membership.may_connect(*workstation)
        {
            let refusal = refusal_of(&rejected);
            return self.refuse(refusal);
        }
        self.tell_of_mail();
        self.follow();
    }

    /// Reads on if the log has grown beyond what was sent. A slow reader gets larger pages, not more memory.
    fn follow(&mut self) {
        let Phase::Open { practice, .. } = self.phase else {
            return;
        };
        let (Some(after), None, Some(head)) = (self.following, self.reading, self.head()) else {
            return;
        };
        if head.position > after {
            self.reading = Some(false);
            self.out.push(Output::Read(ReadRequest {
                practice,
                after,
                expect: None,
                max_entries: MAX_BATCH_ENVELOPES,
                max_bytes: MAX_BATCH_BYTES,
            }));
        }
    }

    fn parcel(&mut self, now: u64, stored: Option<StoredParcel>) {
        let Some(lookup) = self.finding.pop_front() else {
            return;
        };
        let fresh = stored
            .map(|stored| stored.parcel)
            .filter(|parcel| parcel.expires_at_millis >= now);
        match fresh {
            Some(parcel) => self.send(&Frame::Parcel(Parcel {
                lookup,
                sealed: parcel.sealed,
            })),
            None => self.send(&Frame::Refused(Refusal::new(
                RefusalCode::NoParcel,
                "the relay has no such invitation: it was used, has expired, or the code is another relay's",
            ))),
        }
    }

    /// As many as fit into one frame.
    fn statements(&mut self, entries: Vec<LogEntry>) {
        if !std::mem::take(&mut self.stating) {
            return;
        }
        let all = entries.len();
        let mut bytes = 0;
        let entries: Vec<(u64, ByteVec)> = entries
            .into_iter()
            .enumerate()
            .take_while(|(at, entry)| {
                bytes += entry.bytes.len();
                *at == 0 || *at < MAX_BATCH_ENVELOPES && bytes <= MAX_BATCH_BYTES
            })
            .map(|(_, entry)| (entry.position, ByteVec::from(entry.bytes)))
            .collect();
        let has_more = entries.len() < all;
        self.send(&Frame::Statements(Statements { entries, has_more }));
    }

    fn pack(&mut self, bytes: Option<Vec<u8>>) {
        let Some((set, number)) = self.fetching.take() else {
            return;
        };
        match bytes {
            Some(bytes) => self.send(&Frame::Pack(Pack { set, number, bytes })),
            None => self.send(&Frame::Refused(Refusal::new(
                RefusalCode::NoSnapshot,
                "the relay does not have this snapshot of the practice, or not any more",
            ))),
        }
    }
}
