//! The relay's side, without sockets and without a database: who may append, what gets which position, what is
//! refused. The server and the simulation put storage ([`Log`]) and connections ([`Conversation`]) around it. It reads
//! headers and statements, never what is sealed.

mod claims;
mod conversation;
mod mail;
mod packs;
mod pruning;
mod rate;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use claims::{AskedClaim, StoredClaim};
pub use conversation::{Conversation, Input, Limits, Output, ReadRequest, Registration};
pub use mail::{
    KEPT_LETTER_MILLIS, MailAsked, MailBox, MailPage, MailRequest, MailWrite, NewLetter, StoredKey, read_mail,
};
pub use packs::{KEPT_SNAPSHOTS, StoredIndex, StoredPack, UNFINISHED_MILLIS};
pub use pruning::{Prunable, Pruned, Reached, prunable};
pub use rate::Rate;

use crate::envelope::{Envelope, Header, Kind, Seen};
use crate::id::{
    ChainHash, ClaimKey, EnvelopeId, LetterId, LookupId, MailBoxId, PracticeId, SetId, WorkstationId,
};
use crate::keys::SigningPublic;
use crate::log::{self, Chain, LogEntry};
use crate::membership::{Membership, Rejected};
use crate::statement::Statement;
use crate::wire::{Head, Holder, Letter, PutParcel, Refusal, RefusalCode};

/// Parcels that one practice may have waiting.
pub const MAX_PARCELS: u64 = 64;

/// Storage failed. The text is for the relay's operator and holds no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LogError(pub String);

/// Consecutive entries after a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub after: u64,
    pub envelopes: Vec<Vec<u8>>,
    /// The chain hash after the last of them.
    pub hash: ChainHash,
}

/// A parcel as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredParcel {
    pub practice: PracticeId,
    pub parcel: PutParcel,
}

/// What the relay reads from storage.
pub trait ReadLog {
    /// Where the practice's log ends; `None` if it is not registered.
    fn head(&mut self, practice: PracticeId) -> Result<Option<Head>, LogError>;
    /// All statements, in order: the relay replays them to know the membership.
    fn statements(&mut self, practice: PracticeId) -> Result<Vec<LogEntry>, LogError>;
    /// The statements after a position, in order. Storage that several relays share finds them without reading all.
    fn statements_after(&mut self, practice: PracticeId, after: u64) -> Result<Vec<LogEntry>, LogError> {
        let mut statements = self.statements(practice)?;
        statements.retain(|entry| entry.position > after);
        Ok(statements)
    }
    fn position_of(&mut self, practice: PracticeId, id: EnvelopeId) -> Result<Option<u64>, LogError>;
    /// The chain hash after a position; `None` beyond the head. Position 0 is never asked for.
    fn hash_at(&mut self, practice: PracticeId, position: u64) -> Result<Option<ChainHash>, LogError>;
    /// Entries after a position, in order: at most so many and so many bytes, but at least one if there is one;
    /// `hash` is then that of the last. Empty pages need no particular hash. Envelopes that were deleted are empty.
    fn page(
        &mut self,
        practice: PracticeId,
        after: u64,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Page, LogError>;
    fn parcel(&mut self, lookup: LookupId) -> Result<Option<StoredParcel>, LogError>;
    fn parcels_of(&mut self, practice: PracticeId) -> Result<u64, LogError>;
    /// A pack of a snapshot; number 0: the index of a complete one.
    fn pack(&mut self, practice: PracticeId, set: SetId, number: u32) -> Result<Option<Vec<u8>>, LogError>;
    /// How many packs of a set are stored, not counting its index.
    fn packs_of(&mut self, practice: PracticeId, set: SetId) -> Result<u64, LogError>;
    /// Who has this claim.
    fn claim(&mut self, practice: PracticeId, key: ClaimKey) -> Result<Option<Holder>, LogError>;
    /// How the practice's mail box stands; an empty one if nothing was ever said of it.
    fn mail_box(&mut self, practice: PracticeId) -> Result<MailBox, LogError>;
    /// Whose box this is.
    fn practice_of(&mut self, mail_box: MailBoxId) -> Result<Option<PracticeId>, LogError>;
    /// The number of a letter that came, also if it was let go since.
    fn letter(&mut self, practice: PracticeId, id: LetterId) -> Result<Option<u64>, LogError>;
    /// Letters after a number that are still there, in order: at most so many and so many bytes, but at least one if there
    /// is one.
    fn letters(
        &mut self,
        practice: PracticeId,
        after: u64,
        max_letters: usize,
        max_bytes: usize,
    ) -> Result<Vec<Letter>, LogError>;
    /// How far each workstation said that it has the log.
    fn reached(&mut self, practice: PracticeId) -> Result<Vec<Reached>, LogError>;
    /// What is left of the log's beginning.
    fn pruned(&mut self, practice: PracticeId) -> Result<Pruned, LogError>;
}

/// Storage that appends.
pub trait Log: ReadLog {
    /// All of it or nothing, durable when this returns. After an error the relay reads anew what is stored.
    fn write(&mut self, writes: &[Write]) -> Result<(), LogError>;
}

/// One thing to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Position 1 also registers the practice.
    Entry(NewEntry),
    Parcel(StoredParcel),
    /// The invitation was used or withdrawn.
    DropParcel(SigningPublic),
    /// Parcels that expired before this time (milliseconds since 1970 UTC).
    DropExpired(u64),
    /// One that is there already stays as it is.
    Pack(StoredPack),
    /// The set's packs are all there.
    Snapshot(StoredIndex),
    /// All but the newest [`KEPT_SNAPSHOTS`] complete ones and those that are `needed` go, and what was begun before this time (milliseconds since 1970
    /// UTC) and not completed.
    TidySnapshots {
        practice: PracticeId,
        unfinished_before: u64,
        needed: Vec<SetId>,
    },
    /// A workstation has the log up to here; less than it said before changes nothing.
    Reached {
        practice: PracticeId,
        reached: Reached,
    },
    Claim(StoredClaim),
    Mail(MailWrite),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    pub practice: PracticeId,
    pub position: u64,
    pub id: EnvelopeId,
    pub hash: ChainHash,
    pub is_statement: bool,
    pub bytes: Vec<u8>,
    /// Milliseconds since 1970 UTC, for the operator only.
    pub received_at: u64,
}

/// What a practice looks like from the relay at one moment.
#[derive(Debug, Clone)]
pub struct View {
    pub head: Head,
    pub membership: Arc<Membership>,
    pub mail: MailBox,
    pub pruned: Pruned,
}

/// The pushes of one connection, in order: once one of them was refused or could not be stored, those already
/// behind it must not overtake it.
#[derive(Debug, Clone, Default)]
pub struct Line(Arc<AtomicBool>);

impl Line {
    fn is_broken(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn break_off(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What connections hand to the one writer.
#[derive(Debug, Clone)]
pub enum Submission {
    /// Envelopes of one workstation, in order. Signatures of changes were verified by the conversation against
    /// an earlier view; the writer judges policy at the real position, and statements completely.
    Push {
        practice: PracticeId,
        workstation: WorkstationId,
        envelopes: Vec<Envelope>,
        line: Line,
    },
    /// `Found` or `Join` on first contact.
    Admit {
        practice: PracticeId,
        envelope: Envelope,
    },
    Parcel(StoredParcel),
    Pack(StoredPack),
    Claim(AskedClaim),
    Mail(MailAsked),
    /// A workstation has the log up to a position, with this chain hash.
    Have {
        practice: PracticeId,
        reached: Reached,
        hash: ChainHash,
    },
}

impl Submission {
    #[must_use]
    pub fn practice(&self) -> PracticeId {
        match self {
            Self::Push { practice, .. } | Self::Admit { practice, .. } | Self::Have { practice, .. } => {
                *practice
            }
            Self::Parcel(stored) => stored.practice,
            Self::Pack(stored) => stored.practice,
            Self::Claim(asked) => asked.practice,
            Self::Mail(asked) => asked.practice(),
        }
    }

    /// Refuses all of it without judging; nothing of the same connection overtakes it.
    #[must_use]
    pub fn refuse(&self, refusal: Refusal) -> Answer {
        if let Some(line) = self.line() {
            line.break_off();
        }
        Answer::refused(refusal)
    }

    fn line(&self) -> Option<Line> {
        match self {
            Self::Push { line, .. } => Some(line.clone()),
            Self::Admit { .. }
            | Self::Parcel(_)
            | Self::Pack(_)
            | Self::Claim(_)
            | Self::Mail(_)
            | Self::Have { .. } => None,
        }
    }
}

/// The writer's answer to one submission. What has a position or a holder is durable.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Of envelopes in the log; of a letter its number in the box.
    pub positions: Vec<u64>,
    /// Of a claim.
    pub holder: Option<Holder>,
    pub refused: Option<Refusal>,
    pub view: Option<Arc<View>>,
}

impl Answer {
    fn refused(refusal: Refusal) -> Self {
        Self {
            refused: Some(refusal),
            ..Self::default()
        }
    }
}

struct Practice {
    chain: Chain,
    membership: Arc<Membership>,
    pruned: Pruned,
    view: Arc<View>,
    mail: MailBox,
}

/// The one writer of all logs.
pub struct RelayCore<L> {
    log: L,
    practices: HashMap<PracticeId, Practice>,
}

/// What happened in one call of [`RelayCore::append`].
struct Staged {
    writes: Vec<Write>,
    /// Ids that get their position in this call.
    positions: HashMap<(PracticeId, EnvelopeId), u64>,
    touched: Vec<PracticeId>,
    parcels: HashMap<PracticeId, u64>,
    claims: HashMap<(PracticeId, ClaimKey), Holder>,
    mail: mail::Staged,
}

enum Stop {
    Refused(Refusal),
    Storage(LogError),
}

impl From<LogError> for Stop {
    fn from(error: LogError) -> Self {
        Self::Storage(error)
    }
}

impl From<Rejected> for Stop {
    fn from(rejected: Rejected) -> Self {
        Self::Refused(refusal_of(&rejected))
    }
}

/// How a verdict of the policy reads on the wire.
#[must_use]
pub fn refusal_of(rejected: &Rejected) -> Refusal {
    let code = match rejected {
        Rejected::UnknownWorkstation => RefusalCode::NotAMember,
        Rejected::NotFounded => RefusalCode::UnknownPractice,
        // A person who was removed takes nobody else at that workstation along: this one envelope is refused. So does
        // one who was never let in, because whoever wrote that was no administrator any more.
        Rejected::WorkstationRevoked { .. } => RefusalCode::Revoked,
        Rejected::InvitationUsed
        | Rejected::InvitationVoid
        | Rejected::KitUsed { .. }
        | Rejected::KitRenewed { .. } => RefusalCode::InvitationUsed,
        Rejected::SeenAhead { .. } => RefusalCode::OtherLog,
        _ => RefusalCode::Rejected,
    };
    Refusal::new(code, rejected.to_string())
}

/// Storage fails.
#[must_use]
pub fn unavailable() -> Refusal {
    Refusal::new(
        RefusalCode::Unavailable,
        "the relay cannot store anything at the moment; nothing was lost",
    )
}

impl<L: Log> RelayCore<L> {
    pub fn new(log: L) -> Self {
        Self {
            log,
            practices: HashMap::new(),
        }
    }

    /// The storage, for reading pages and parcels between two calls of [`RelayCore::append`].
    pub fn log(&mut self) -> &mut L {
        &mut self.log
    }

    /// Forgets a practice that nobody is connected to; it is read again when needed.
    pub fn forget(&mut self, practice: PracticeId) {
        self.practices.remove(&practice);
    }

    /// The practice as it is now; `None` if it is not registered.
    pub fn view(&mut self, practice: PracticeId) -> Result<Option<Arc<View>>, LogError> {
        Ok(self.load(practice)?.map(|known| known.view.clone()))
    }

    /// Follows the log to `head`, where another relay on the same storage may have taken it, so that what comes next
    /// is judged by the statements before it. Says whether anything was new.
    pub fn catch_up(&mut self, id: PracticeId, head: Head) -> Result<bool, LogError> {
        let Some(known) = self.practices.get_mut(&id) else {
            return Ok(false); // Read whole when it is needed.
        };
        let position = known.chain.position();
        if position == head.position && known.chain.hash() == head.hash {
            return Ok(false);
        }
        if position >= head.position {
            // The storage was put back to an older copy: what is in memory never happened.
            self.practices.remove(&id);
            return Ok(true);
        }
        let mut membership = known.membership.clone();
        for entry in self.log.statements_after(id, position)? {
            if entry.position > head.position {
                break;
            }
            follow(id, Arc::make_mut(&mut membership), entry)?;
        }
        known.chain = Chain::at(head.position, head.hash);
        known.view = Arc::new(View {
            head,
            membership: membership.clone(),
            mail: known.mail.clone(),
            pruned: known.pruned,
        });
        known.membership = membership;
        Ok(true)
    }

    /// Takes over how a practice's mail box stands where another relay on the same storage may have put something in. Says
    /// whether that is news.
    pub fn follow_mail(&mut self, id: PracticeId, mail: MailBox) -> bool {
        let Some(known) = self.practices.get_mut(&id).filter(|known| known.mail != mail) else {
            return false;
        };
        known.mail = mail.clone();
        known.view = Arc::new(View {
            mail,
            ..View::clone(&known.view)
        });
        true
    }

    /// Looks up what was pruned meanwhile, here or by another relay on the same storage. Gives the view if that is news.
    ///
    /// # Errors
    /// Of storage.
    pub fn look_at_pruned(&mut self, id: PracticeId) -> Result<Option<Arc<View>>, LogError> {
        let Some(known) = self.practices.get_mut(&id) else {
            return Ok(None); // Read whole when it is needed.
        };
        let pruned = self.log.pruned(id)?;
        if pruned == known.pruned {
            return Ok(None);
        }
        known.pruned = pruned;
        known.view = Arc::new(View {
            pruned,
            ..View::clone(&known.view)
        });
        Ok(Some(known.view.clone()))
    }

    fn load(&mut self, id: PracticeId) -> Result<Option<&mut Practice>, LogError> {
        if !self.practices.contains_key(&id) {
            let Some(head) = self.log.head(id)? else {
                return Ok(None);
            };
            let mut membership = Membership::new(id, None);
            for entry in self.log.statements(id)? {
                if entry.position <= head.position {
                    follow(id, &mut membership, entry)?;
                }
            }
            let membership = Arc::new(membership);
            let mail = self.log.mail_box(id)?;
            let pruned = self.log.pruned(id)?;
            let view = Arc::new(View {
                head,
                membership: membership.clone(),
                mail: mail.clone(),
                pruned,
            });
            let chain = Chain::at(head.position, head.hash);
            self.practices.insert(
                id,
                Practice {
                    chain,
                    membership,
                    pruned,
                    view,
                    mail,
                },
            );
        }
        Ok(self.practices.get_mut(&id))
    }

    /// Judges and appends what many connections submitted, in this order, in one durable write. Gives one answer
    /// for each. `now_millis`: since 1970 UTC, for expiry and the operator's records.
    pub fn append(&mut self, now_millis: u64, submissions: Vec<Submission>) -> Vec<Answer> {
        let mut staged = Staged {
            writes: Vec::new(),
            positions: HashMap::new(),
            touched: Vec::new(),
            parcels: HashMap::new(),
            claims: HashMap::new(),
            mail: mail::Staged::default(),
        };
        let mut answers = Vec::with_capacity(submissions.len());
        let practices: Vec<_> = submissions.iter().map(Submission::practice).collect();
        let lines: Vec<_> = submissions.iter().filter_map(Submission::line).collect();
        let mut failed = None;
        for submission in submissions {
            let mut answer = Answer::default();
            match self.judge(now_millis, submission, &mut staged, &mut answer) {
                Ok(()) => {}
                Err(Stop::Refused(refusal)) => answer.refused = Some(refusal),
                Err(Stop::Storage(error)) => {
                    failed = Some(error);
                    break;
                }
            }
            answers.push(answer);
        }
        let stored = match failed {
            Some(error) => Err(error),
            None if staged.writes.is_empty() => Ok(()),
            None => self.log.write(&staged.writes),
        };
        if stored.is_err() {
            for line in lines {
                line.break_off();
            }
            // What is in memory may be ahead of what is stored, or behind: read it anew.
            for practice in staged.touched {
                self.practices.remove(&practice);
            }
            return vec![Answer::refused(unavailable()); practices.len()];
        }
        for (id, mail) in staged.mail.into_boxes() {
            if let Some(practice) = self.practices.get_mut(&id) {
                practice.mail = mail;
                if !staged.touched.contains(&id) {
                    staged.touched.push(id);
                }
            }
        }
        for id in staged.touched {
            if let Some(practice) = self.practices.get_mut(&id) {
                if practice.chain.position() == 0 {
                    // Its founding was refused after all: it is not registered.
                    self.practices.remove(&id);
                    continue;
                }
                let head = Head {
                    position: practice.chain.position(),
                    hash: practice.chain.hash(),
                };
                practice.view = Arc::new(View {
                    head,
                    membership: practice.membership.clone(),
                    mail: practice.mail.clone(),
                    pruned: practice.pruned,
                });
            }
        }
        for (answer, id) in answers.iter_mut().zip(&practices) {
            answer.view = self.practices.get(id).map(|practice| practice.view.clone());
        }
        answers
    }

    fn judge(
        &mut self,
        now: u64,
        submission: Submission,
        staged: &mut Staged,
        answer: &mut Answer,
    ) -> Result<(), Stop> {
        match submission {
            Submission::Push {
                practice,
                workstation,
                envelopes,
                line,
            } => {
                if line.is_broken() {
                    let message = "a push before this one was refused";
                    return Err(Stop::Refused(Refusal::new(RefusalCode::OutOfTurn, message)));
                }
                for envelope in envelopes {
                    let judged = if envelope.header().workstation == workstation {
                        self.entry(now, practice, envelope, staged)
                    } else {
                        let message = "this envelope was written by another workstation";
                        Err(Stop::Refused(Refusal::new(RefusalCode::Rejected, message)))
                    };
                    answer.positions.push(judged.inspect_err(|_| line.break_off())?);
                }
                Ok(())
            }
            Submission::Admit { practice, envelope } => {
                answer
                    .positions
                    .push(self.entry(now, practice, envelope, staged)?);
                Ok(())
            }
            Submission::Parcel(stored) => {
                let practice = stored.practice;
                let known = match staged.parcels.get(&practice) {
                    Some(known) => *known,
                    None => self.log.parcels_of(practice)?,
                };
                if known >= MAX_PARCELS {
                    return Err(Stop::Refused(Refusal::new(
                        RefusalCode::TooMany,
                        format!(
                            "there are {known} open invitations already: withdraw some, or wait until they expire"
                        ),
                    )));
                }
                staged.parcels.insert(practice, known + 1);
                staged.writes.push(Write::DropExpired(now));
                staged.writes.push(Write::Parcel(stored));
                Ok(())
            }
            Submission::Pack(stored) => {
                self.load(stored.practice)?;
                let practice = self.practices.get_mut(&stored.practice);
                staged
                    .writes
                    .extend(packs::judge(&mut self.log, practice, stored)?);
                Ok(())
            }
            Submission::Claim(asked) => {
                self.load(asked.practice)?;
                let practice = self.practices.get(&asked.practice);
                answer.holder = Some(claims::judge(&mut self.log, practice, asked, staged)?);
                Ok(())
            }
            Submission::Mail(asked) => {
                self.load(asked.practice())?;
                let practice = self.practices.get(&asked.practice());
                answer
                    .positions
                    .extend(mail::judge(&mut self.log, practice, asked, staged)?);
                Ok(())
            }
            Submission::Have {
                practice,
                reached,
                hash,
            } => {
                self.load(practice)?;
                let known = self.practices.get(&practice);
                staged
                    .writes
                    .push(pruning::judge(&mut self.log, known, practice, reached, hash)?);
                Ok(())
            }
        }
    }

    fn entry(
        &mut self,
        now: u64,
        id: PracticeId,
        envelope: Envelope,
        staged: &mut Staged,
    ) -> Result<u64, Stop> {
        if let Some(position) = staged.positions.get(&(id, envelope.id())) {
            return Ok(*position);
        }
        let header = *envelope.header();
        if self.load(id)?.is_none() {
            // Only a founding can start a log; anything else is refused by the policy of an empty one.
            if header.kind == Kind::Changes {
                return Err(Rejected::NotFounded.into());
            }
            let membership = Membership::new(id, None);
            let hash = log::genesis(id);
            let view = Arc::new(View {
                head: Head { position: 0, hash },
                membership: Arc::new(membership.clone()),
                mail: MailBox::default(),
                pruned: Pruned::default(),
            });
            let mut trial = membership;
            trial.apply(1, &envelope)?;
            let chain = Chain::at(0, hash);
            let membership = view.membership.clone();
            self.practices.insert(
                id,
                Practice {
                    chain,
                    membership,
                    pruned: Pruned::default(),
                    view,
                    mail: MailBox::default(),
                },
            );
            staged.touched.push(id);
        } else if let Some(position) = self.log.position_of(id, envelope.id())? {
            return Ok(position);
        }
        let practice = self.practices.get_mut(&id).expect("loaded or made just now");
        let position = practice.chain.position() + 1;
        Membership::fits_position(&header, position)?;
        match header.kind {
            Kind::Changes => {
                // First whether it is this log at all: in another one, who belongs says nothing about the author.
                check_seen(&mut self.log, id, &practice.chain, &header)?;
                practice.membership.may_append(&header)?;
            }
            Kind::Statement => {
                let statement = Statement::parse(envelope.statement_bytes().expect("it is a statement"))
                    .map_err(Rejected::from)?;
                if let Statement::Join(join) = &statement
                    && let Some(invitation) = practice.membership.invitation(join.invitation)
                    && invitation.used_by.is_none()
                    && invitation.expires_at_millis < now
                {
                    return Err(Stop::Refused(Refusal::new(
                        RefusalCode::InvitationExpired,
                        "this invitation has expired: ask for a new one",
                    )));
                }
                check_seen(&mut self.log, id, &practice.chain, &header)?;
                // The copy lets open connections keep judging by the view they have.
                let mut next = Membership::clone(&practice.membership);
                next.apply(position, &envelope)?;
                let former = practice.membership.kit_pairs().iter().map(|pair| pair.signing);
                let done_with: Vec<SigningPublic> = match statement {
                    Statement::Join(join) => vec![join.invitation],
                    Statement::Revoke(revoke) => revoke.invitation.into_iter().collect(),
                    Statement::Kit(_) | Statement::Recover(_) => former.collect(),
                    _ => Vec::new(),
                };
                practice.membership = Arc::new(next);
                staged.writes.extend(done_with.into_iter().map(Write::DropParcel));
            }
        }
        practice.chain.push(envelope.id());
        let hash = practice.chain.hash();
        staged.positions.insert((id, envelope.id()), position);
        if !staged.touched.contains(&id) {
            staged.touched.push(id);
        }
        staged.writes.push(Write::Entry(NewEntry {
            practice: id,
            position,
            id: envelope.id(),
            hash,
            is_statement: header.kind == Kind::Statement,
            bytes: envelope.into_bytes(),
            received_at: now,
        }));
        Ok(position)
    }
}

/// A statement that is in the log already.
fn follow(practice: PracticeId, membership: &mut Membership, entry: LogEntry) -> Result<(), LogError> {
    let position = entry.position;
    let envelope = Envelope::parse(entry.bytes).map_err(|error| damaged(practice, position, &error))?;
    membership
        .apply(position, &envelope)
        .map_err(|error| damaged(practice, position, &error))?;
    Ok(())
}

fn damaged(practice: PracticeId, position: u64, error: &dyn std::fmt::Display) -> LogError {
    LogError(format!(
        "the log of practice {} is damaged at position {position}: {error}",
        practice.short()
    ))
}

/// A workstation that has seen another log than this (the relay was restored from an older copy, or lies to
/// one of them) must not write into this one.
fn check_seen(
    log: &mut impl ReadLog,
    practice: PracticeId,
    chain: &Chain,
    header: &Header,
) -> Result<(), Stop> {
    let Seen { position, hash } = header.seen;
    let known = match chain.hash_at(position) {
        Some(known) => Some(known),
        None => hash_at(log, practice, position)?,
    };
    if known == Some(hash) {
        return Ok(());
    }
    Err(Stop::Refused(other_log(position)))
}

fn other_log(position: u64) -> Refusal {
    Refusal::new(
        RefusalCode::OtherLog,
        format!("the relay's log is not the one this workstation has seen at position {position}"),
    )
}

fn hash_at(
    log: &mut impl ReadLog,
    practice: PracticeId,
    position: u64,
) -> Result<Option<ChainHash>, LogError> {
    if position == 0 {
        Ok(Some(log::genesis(practice)))
    } else {
        log.hash_at(practice, position)
    }
}

/// Carries out a conversation's [`Output::Read`].
pub fn read_page(log: &mut impl ReadLog, request: &ReadRequest) -> Result<Result<Page, Refusal>, LogError> {
    if let Some(expected) = request.expect
        && hash_at(log, request.practice, request.after)? != Some(expected)
    {
        return Ok(Err(other_log(request.after)));
    }
    let mut page = log.page(
        request.practice,
        request.after,
        request.max_entries,
        request.max_bytes,
    )?;
    if page.envelopes.iter().any(Vec::is_empty) {
        return Ok(Err(pruning::pruned(request.after)));
    }
    if page.envelopes.is_empty() {
        page.hash = hash_at(log, request.practice, request.after)?
            .ok_or_else(|| LogError(format!("there is no position {}", request.after)))?;
    }
    Ok(Ok(page))
}
