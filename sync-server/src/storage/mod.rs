//! The seam to storage: what the one writer of a relay and those who read pages ask of it, whichever engine is below.

pub mod postgres;
pub mod sqlite;

use std::path::PathBuf;

use sync::id::{LookupId, MailBoxId, PracticeId, SetId};
use sync::log::LogEntry;
use sync::relay::{
    Log, LogError, MailBox, MailPage, MailRequest, NewEntry, Page, ReadLog, ReadRequest, StoredKey,
    StoredParcel, Submission, read_mail, read_page,
};
use sync::wire::{Head, Refusal};

/// Which engine, and where.
#[derive(Debug, Clone)]
pub enum Database {
    /// A directory of this relay's own.
    Sqlite(PathBuf),
    /// A database that several relays may share.
    Postgres(postgres::Address),
}

/// How much of a relay one practice takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Without those that were pruned.
    pub envelopes: u64,
    /// Of the log.
    pub bytes: u64,
    /// Of snapshots, beside the log.
    pub pack_bytes: u64,
}

/// What a practice has beside its log and snapshots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AsideUsage {
    pub claims: u64,
    /// That are kept.
    pub letters: u64,
    pub letter_bytes: u64,
}

/// What one step of pruning moved or deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    pub envelopes: u64,
    pub bytes: u64,
}

/// Storage as a relay's one writer uses it: `begin`, judge, `write`, `finish`.
pub trait Storage: Log + Send + 'static {
    /// Takes the practices of a group of submissions until [`Storage::finish`]: nobody else appends to them meanwhile.
    /// Gives where their logs end, if others may have moved them.
    fn begin(&mut self, group: &[Submission]) -> Result<Vec<(PracticeId, Head)>, LogError>;
    /// Lets go of what [`Storage::begin`] took, whether or not something was written.
    fn finish(&mut self);
    /// Where logs end, as far as others may have moved them; what is not registered is left out.
    fn heads(&mut self, practices: &[PracticeId]) -> Result<Vec<(PracticeId, Head)>, LogError>;
    fn usage(&mut self, practice: PracticeId) -> Result<Usage, LogError>;
    fn aside_usage(&mut self, practice: PracticeId) -> Result<AsideUsage, LogError>;
    /// How mail boxes stand, as far as others may have put something in.
    fn mail_boxes(&mut self, practices: &[PracticeId]) -> Result<Vec<(PracticeId, MailBox)>, LogError>;
    /// The entries of the last write, for those who follow the head.
    fn take_written(&mut self) -> Vec<NewEntry>;
    /// Practices that may have something to prune, in any order.
    fn with_snapshots(&mut self) -> Result<Vec<PracticeId>, LogError>;
    /// Moves at most so many of the oldest envelopes up to a position to the cold part: still handed out, not counted any
    /// more. Durable and whole when this returns.
    fn chill(
        &mut self,
        practice: PracticeId,
        up_to: u64,
        now_millis: u64,
        most: u32,
    ) -> Result<Step, LogError>;
    /// Deletes at most so many of the oldest envelopes up to a position that moved to the cold part before a time
    /// (milliseconds since 1970 UTC).
    fn delete_cold(
        &mut self,
        practice: PracticeId,
        up_to: u64,
        moved_before: u64,
        most: u32,
    ) -> Result<Step, LogError>;
    /// The relay stops.
    fn close(&mut self) {}
}

/// Storage as connections use it.
pub trait Reader: Send {
    fn page(&mut self, request: &ReadRequest) -> Result<Result<Page, Refusal>, LogError>;
    fn parcel(&mut self, lookup: LookupId) -> Result<Option<StoredParcel>, LogError>;
    fn pack(&mut self, practice: PracticeId, set: SetId, number: u32) -> Result<Option<Vec<u8>>, LogError>;
    fn mail(&mut self, request: &MailRequest) -> Result<MailPage, LogError>;
    /// Whose box this is, and the key to which its letters are sealed.
    fn mail_key(&mut self, mail_box: MailBoxId) -> Result<Option<(PracticeId, StoredKey)>, LogError>;
    fn statements(&mut self, practice: PracticeId, after: u64) -> Result<Vec<LogEntry>, LogError>;
}

impl<L: ReadLog + Send> Reader for L {
    fn page(&mut self, request: &ReadRequest) -> Result<Result<Page, Refusal>, LogError> {
        read_page(self, request)
    }

    fn parcel(&mut self, lookup: LookupId) -> Result<Option<StoredParcel>, LogError> {
        ReadLog::parcel(self, lookup)
    }

    fn pack(&mut self, practice: PracticeId, set: SetId, number: u32) -> Result<Option<Vec<u8>>, LogError> {
        ReadLog::pack(self, practice, set, number)
    }

    fn mail(&mut self, request: &MailRequest) -> Result<MailPage, LogError> {
        read_mail(self, request)
    }

    fn mail_key(&mut self, mail_box: MailBoxId) -> Result<Option<(PracticeId, StoredKey)>, LogError> {
        let Some(practice) = self.practice_of(mail_box)? else {
            return Ok(None);
        };
        Ok(self.mail_box(practice)?.key.map(|key| (practice, key)))
    }

    fn statements(&mut self, practice: PracticeId, after: u64) -> Result<Vec<LogEntry>, LogError> {
        ReadLog::statements_after(self, practice, after)
    }
}

/// Positions and times fit into the engines' signed integers.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
