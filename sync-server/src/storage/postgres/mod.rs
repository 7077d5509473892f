//! The logs in PostgreSQL: one database, several relays side by side.
//!
//! A group of submissions is judged and written in one transaction that first locks the rows of its practices, in the
//! order of their ids. So nobody else appends meanwhile, positions have no gaps, and the commit, which waits for the
//! database's disk, is the acknowledgement. Everything a judgement needs to look up is fetched in two questions.

mod address;
mod aside;
mod group;
mod listen;
mod open;
mod packs;
mod pruning;
mod session;
mod tls;

use sync::id::{
    ChainHash, ClaimKey, EnvelopeId, LetterId, LookupId, MailBoxId, PracticeId, SetId, WorkstationId,
};
use sync::keys::SigningPublic;
use sync::log::LogEntry;
use sync::relay::{
    Log, LogError, MailBox, NewEntry, Page, Pruned, Reached, ReadLog, StoredParcel, Submission, Write,
};
use sync::wire::{Head, Holder, Letter, PutParcel};
use tokio::runtime::Handle;
use tokio_postgres::Row;

use super::{AsideUsage, Step, Storage, Usage, signed};
use group::Group;
use session::Line;

pub use address::{Address, BadAddress};
pub use listen::listen;
pub use open::CannotUse;

/// A database that this program may write to.
pub struct Postgres {
    address: Address,
}

impl Postgres {
    /// Reaches the database, checks what is in it and brings it up to date.
    pub async fn open(address: &Address) -> Result<Self, CannotUse> {
        if address.is_exposed() {
            tracing::warn!(
                database = %address,
                "no TLS to the database: name its certificate authority with --database-ca, unless the network between is \
                 your own"
            );
        }
        open::open(address).await?;
        Ok(Self {
            address: address.clone(),
        })
    }

    /// A log with a connection of its own. To be used on threads that may block, within the runtime's life.
    #[must_use]
    pub fn log(&self) -> PostgresLog {
        PostgresLog {
            line: Line::new(self.address.clone(), Handle::current()),
            group: None,
            written: Vec::new(),
        }
    }
}

/// One connection to the logs.
pub struct PostgresLog {
    line: Line,
    /// The group whose practices are locked.
    group: Option<Group>,
    written: Vec<NewEntry>,
}

fn unsigned(row: &Row, column: usize) -> u64 {
    u64::try_from(row.get::<_, i64>(column)).unwrap_or(0)
}

fn fixed<const N: usize>(row: &Row, column: usize) -> Result<[u8; N], LogError> {
    row.get::<_, &[u8]>(column)
        .try_into()
        .map_err(|_| LogError(format!("PostgreSQL: column {column} has not {N} bytes")))
}

fn entries(rows: &[Row]) -> Vec<LogEntry> {
    rows.iter()
        .map(|row| LogEntry {
            position: unsigned(row, 0),
            bytes: row.get(1),
        })
        .collect()
}

impl PostgresLog {
    /// Reads; within the group's transaction while there is one.
    fn read(
        &mut self,
        sql: &'static str,
        parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)],
    ) -> Result<Vec<Row>, LogError> {
        if self.group.is_some() {
            self.line
                .step(async |session| session.query(sql, parameters).await)
        } else {
            self.line
                .ask(async |session| session.query(sql, parameters).await)
        }
    }
}

impl ReadLog for PostgresLog {
    fn head(&mut self, practice: PracticeId) -> Result<Option<Head>, LogError> {
        if let Some(group) = &self.group
            && let Some(locked) = group.practice(practice)
        {
            return Ok(locked.registered());
        }
        Ok(self.heads(&[practice])?.first().map(|(_, head)| *head))
    }

    fn statements(&mut self, practice: PracticeId) -> Result<Vec<LogEntry>, LogError> {
        self.statements_after(practice, 0)
    }

    fn statements_after(&mut self, practice: PracticeId, after: u64) -> Result<Vec<LogEntry>, LogError> {
        let sql = "SELECT entry.position, entry.bytes FROM entry JOIN practice ON number = practice \
                   WHERE practice.id = $1 AND entry.position > $2 AND is_statement ORDER BY entry.position";
        let rows = self.read(sql, &[&&practice.0[..], &signed(after)])?;
        Ok(entries(&rows))
    }

    fn position_of(&mut self, practice: PracticeId, id: EnvelopeId) -> Result<Option<u64>, LogError> {
        if let Some(group) = &self.group
            && group.knows(practice, id)
        {
            return Ok(group.position_of(practice, id));
        }
        let sql = "SELECT entry.position FROM entry JOIN practice ON number = practice \
                   WHERE practice.id = $1 AND entry.id = $2";
        let rows = self.read(sql, &[&&practice.0[..], &&id.0[..]])?;
        Ok(rows.first().map(|row| unsigned(row, 0)))
    }

    fn hash_at(&mut self, practice: PracticeId, position: u64) -> Result<Option<ChainHash>, LogError> {
        if let Some(hash) = self
            .group
            .as_ref()
            .and_then(|group| group.hash_at(practice, position))
        {
            return Ok(Some(hash));
        }
        let sql = "SELECT entry.hash FROM entry JOIN practice ON number = practice \
                   WHERE practice.id = $1 AND entry.position = $2";
        let rows = self.read(sql, &[&&practice.0[..], &signed(position)])?;
        rows.first().map(|row| fixed(row, 0).map(ChainHash)).transpose()
    }

    fn page(
        &mut self,
        practice: PracticeId,
        after: u64,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Page, LogError> {
        let mut page = Page {
            after,
            envelopes: Vec::new(),
            hash: ChainHash([0; 32]),
        };
        // The database adds up sizes, so that a page of large envelopes is not sent just to be thrown away.
        let sql = "SELECT bytes, hash FROM ( \
                       SELECT position, coalesce(cold.bytes, entry.bytes) AS bytes, entry.hash, \
                              sum(octet_length(coalesce(cold.bytes, entry.bytes))) OVER (ORDER BY position) AS size \
                       FROM entry LEFT JOIN cold USING (practice, position) \
                       WHERE practice = (SELECT number FROM practice WHERE id = $1) \
                           AND position > $2 ORDER BY position LIMIT $3 \
                   ) AS candidate WHERE size <= $4 OR position = $2 + 1 ORDER BY position";
        let limit = i64::try_from(max_entries).unwrap_or(i64::MAX);
        let size = i64::try_from(max_bytes).unwrap_or(i64::MAX);
        let rows = self.read(sql, &[&&practice.0[..], &signed(after), &limit, &size])?;
        if let Some(last) = rows.last() {
            page.hash = ChainHash(fixed(last, 1)?);
        }
        page.envelopes = rows.iter().map(|row| row.get(0)).collect();
        Ok(page)
    }

    fn parcel(&mut self, lookup: LookupId) -> Result<Option<StoredParcel>, LogError> {
        let sql = "SELECT practice.id, invitation, sealed, expires_at FROM parcel \
                   JOIN practice ON number = practice WHERE lookup = $1";
        let rows = self.read(sql, &[&&lookup.0[..]])?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(StoredParcel {
            practice: PracticeId(fixed(row, 0)?),
            parcel: PutParcel {
                lookup,
                invitation: SigningPublic(fixed(row, 1)?),
                sealed: row.get(2),
                expires_at_millis: unsigned(row, 3),
            },
        }))
    }

    fn parcels_of(&mut self, practice: PracticeId) -> Result<u64, LogError> {
        let sql = "SELECT count(*) FROM parcel JOIN practice ON number = practice WHERE practice.id = $1";
        let rows = self.read(sql, &[&&practice.0[..]])?;
        Ok(rows.first().map_or(0, |row| unsigned(row, 0)))
    }

    fn pack(&mut self, practice: PracticeId, set: SetId, number: u32) -> Result<Option<Vec<u8>>, LogError> {
        let rows = if number == 0 {
            self.read(packs::INDEX, &[&&practice.0[..], &&set.0[..]])?
        } else {
            let number = i32::try_from(number).unwrap_or(i32::MAX);
            self.read(packs::PACK, &[&&practice.0[..], &&set.0[..], &number])?
        };
        Ok(rows.first().map(|row| row.get(0)))
    }

    fn packs_of(&mut self, practice: PracticeId, set: SetId) -> Result<u64, LogError> {
        let rows = self.read(packs::COUNT, &[&&practice.0[..], &&set.0[..]])?;
        Ok(rows.first().map_or(0, |row| unsigned(row, 0)))
    }

    fn claim(&mut self, practice: PracticeId, key: ClaimKey) -> Result<Option<Holder>, LogError> {
        let rows = self.read(aside::HOLDER, &[&&practice.0[..], &&key.0[..]])?;
        rows.first().map(aside::holder).transpose()
    }

    fn mail_box(&mut self, practice: PracticeId) -> Result<MailBox, LogError> {
        let found = self.mail_boxes(&[practice])?.pop();
        Ok(found.map(|(_, state)| state).unwrap_or_default())
    }

    fn practice_of(&mut self, mail_box: MailBoxId) -> Result<Option<PracticeId>, LogError> {
        let rows = self.read(aside::PRACTICE_OF, &[&&mail_box.0[..]])?;
        rows.first().map(|row| fixed(row, 0).map(PracticeId)).transpose()
    }

    fn letter(&mut self, practice: PracticeId, id: LetterId) -> Result<Option<u64>, LogError> {
        let rows = self.read(aside::LETTER, &[&&practice.0[..], &&id.0[..]])?;
        Ok(rows.first().map(|row| unsigned(row, 0)))
    }

    fn letters(
        &mut self,
        practice: PracticeId,
        after: u64,
        max_letters: usize,
        max_bytes: usize,
    ) -> Result<Vec<Letter>, LogError> {
        let limit = i64::try_from(max_letters).unwrap_or(i64::MAX);
        let size = i64::try_from(max_bytes).unwrap_or(i64::MAX);
        let rows = self.read(aside::LETTERS, &[&&practice.0[..], &signed(after), &limit, &size])?;
        Ok(rows.iter().map(aside::letter).collect())
    }

    fn reached(&mut self, practice: PracticeId) -> Result<Vec<Reached>, LogError> {
        let rows = self.read(pruning::REACHED, &[&&practice.0[..]])?;
        rows.iter()
            .map(|row| {
                Ok(Reached {
                    workstation: WorkstationId(fixed(row, 0)?),
                    position: unsigned(row, 1),
                    at_millis: unsigned(row, 2),
                })
            })
            .collect()
    }

    fn pruned(&mut self, practice: PracticeId) -> Result<Pruned, LogError> {
        let rows = self.read(pruning::PRUNED, &[&&practice.0[..]])?;
        Ok(rows.first().map_or_else(Pruned::default, |row| Pruned {
            cold: unsigned(row, 0),
            gone: unsigned(row, 1),
        }))
    }
}

impl Log for PostgresLog {
    fn write(&mut self, writes: &[Write]) -> Result<(), LogError> {
        let Some(group) = &self.group else {
            return Err(LogError(
                "PostgreSQL: a group is written after it was begun".into(),
            ));
        };
        let gathered = group.gather(writes)?;
        self.line.step(async |session| gathered.insert(session).await)?;
        self.line.step(async |session| session.batch("COMMIT").await)?;
        self.group = None;
        self.written.extend(writes.iter().filter_map(|write| match write {
            Write::Entry(entry) => Some(entry.clone()),
            _ => None,
        }));
        Ok(())
    }
}

impl Storage for PostgresLog {
    fn begin(&mut self, submissions: &[Submission]) -> Result<Vec<(PracticeId, Head)>, LogError> {
        self.finish();
        let wanted = group::Wanted::of(submissions);
        // Nothing but locks was taken when this fails, so it may be tried again on a new connection.
        let rows = self.line.ask(async |session| wanted.lock(session).await)?;
        let group = Group::of(rows)?;
        let ends = group.ends();
        self.group = Some(group);
        let (known, hashes) = {
            let (wanted, group) = (&wanted, self.group.as_ref());
            let group = group.ok_or_else(|| LogError("PostgreSQL: no group".into()))?;
            self.line
                .step(async |session| wanted.look_up(session, group).await)?
        };
        if let Some(group) = &mut self.group {
            group.remember(&wanted, &known, &hashes)?;
        }
        Ok(ends)
    }

    fn finish(&mut self) {
        if self.group.take().is_some()
            && self
                .line
                .step(async |session| session.batch("ROLLBACK").await)
                .is_err()
        {
            self.line.hang_up(); // The server rolls back what a lost connection has begun.
        }
    }

    fn heads(&mut self, practices: &[PracticeId]) -> Result<Vec<(PracticeId, Head)>, LogError> {
        let ids: Vec<&[u8]> = practices.iter().map(|practice| &practice.0[..]).collect();
        let sql = "SELECT id, position, hash FROM practice WHERE id = ANY($1) AND position > 0";
        let rows = self.read(sql, &[&ids])?;
        rows.iter()
            .map(|row| {
                let head = Head {
                    position: unsigned(row, 1),
                    hash: ChainHash(fixed(row, 2)?),
                };
                Ok((PracticeId(fixed(row, 0)?), head))
            })
            .collect()
    }

    fn usage(&mut self, practice: PracticeId) -> Result<Usage, LogError> {
        if let Some(group) = &self.group
            && let Some(locked) = group.practice(practice)
        {
            return Ok(locked.usage());
        }
        let sql = "SELECT position - pruned, bytes, pack_bytes FROM practice WHERE id = $1";
        let rows = self.read(sql, &[&&practice.0[..]])?;
        Ok(rows.first().map_or_else(Usage::default, |row| Usage {
            envelopes: unsigned(row, 0),
            bytes: unsigned(row, 1),
            pack_bytes: unsigned(row, 2),
        }))
    }

    fn aside_usage(&mut self, practice: PracticeId) -> Result<AsideUsage, LogError> {
        let rows = self.read(aside::USAGE, &[&&practice.0[..]])?;
        Ok(rows.first().map_or_else(AsideUsage::default, |row| AsideUsage {
            claims: unsigned(row, 0),
            letters: unsigned(row, 1),
            letter_bytes: unsigned(row, 2),
        }))
    }

    fn mail_boxes(&mut self, practices: &[PracticeId]) -> Result<Vec<(PracticeId, MailBox)>, LogError> {
        let ids: Vec<&[u8]> = practices.iter().map(|practice| &practice.0[..]).collect();
        let rows = self.read(aside::BOXES, &[&ids])?;
        rows.iter().map(aside::mail_box).collect()
    }

    fn take_written(&mut self) -> Vec<NewEntry> {
        std::mem::take(&mut self.written)
    }

    fn with_snapshots(&mut self) -> Result<Vec<PracticeId>, LogError> {
        let rows = self.read(pruning::WITH_SNAPSHOTS, &[])?;
        rows.iter().map(|row| fixed(row, 0).map(PracticeId)).collect()
    }

    fn chill(
        &mut self,
        practice: PracticeId,
        up_to: u64,
        now_millis: u64,
        most: u32,
    ) -> Result<Step, LogError> {
        // Done twice it only goes on.
        self.line
            .ask(async |session| pruning::chill(session, practice, up_to, now_millis, most).await)
    }

    fn delete_cold(
        &mut self,
        practice: PracticeId,
        up_to: u64,
        moved_before: u64,
        most: u32,
    ) -> Result<Step, LogError> {
        self.line
            .ask(async |session| pruning::delete_cold(session, practice, up_to, moved_before, most).await)
    }
}
