//! One group of submissions within its transaction: the practices it locked, what is known of its envelopes, and what it
//! writes in a few statements, however large it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sync::id::{ChainHash, EnvelopeId, PracticeId};
use sync::log::genesis;
use sync::relay::{LogError, NewEntry, Reached, StoredParcel, Submission, Write};
use sync::wire::Head;
use tokio_postgres::{Error, Row};

use super::aside::Aside;
use super::listen::{CHANNEL, payload};
use super::packs::Packs;
use super::pruning::note_reached;
use super::session::Session;
use super::{fixed, signed, unsigned};
use crate::storage::Usage;

/// What a group needs to know.
pub(super) struct Wanted {
    /// In the order in which every relay locks them, so that none waits in a circle. True: may be founded here.
    practices: BTreeMap<PracticeId, bool>,
    envelopes: HashSet<(PracticeId, EnvelopeId)>,
    /// Positions that authors say they have seen.
    seen: BTreeSet<(PracticeId, u64)>,
}

impl Wanted {
    pub(super) fn of(submissions: &[Submission]) -> Self {
        let mut wanted = Self {
            practices: BTreeMap::new(),
            envelopes: HashSet::new(),
            seen: BTreeSet::new(),
        };
        for submission in submissions {
            let practice = submission.practice();
            let may_found = wanted.practices.entry(practice).or_default();
            let envelopes = match submission {
                Submission::Push { envelopes, .. } => &envelopes[..],
                Submission::Admit { envelope, .. } => {
                    *may_found = true;
                    std::slice::from_ref(envelope)
                }
                Submission::Have { reached, .. } => {
                    if reached.position > 0 {
                        wanted.seen.insert((practice, reached.position));
                    }
                    &[]
                }
                Submission::Parcel(_) | Submission::Pack(_) | Submission::Claim(_) | Submission::Mail(_) => {
                    &[]
                }
            };
            for envelope in envelopes {
                wanted.envelopes.insert((practice, envelope.id()));
                let seen = envelope.header().seen.position;
                if seen > 0 {
                    wanted.seen.insert((practice, seen));
                }
            }
        }
        wanted
    }

    /// Begins the transaction and locks the practices' rows, in order. A practice that may be founded here gets a row at
    /// position 0, so that two foundings wait for each other, too.
    pub(super) async fn lock(&self, session: &Session) -> Result<Vec<Row>, Error> {
        session.batch("BEGIN").await?;
        let ids: Vec<&[u8]> = self.practices.keys().map(|practice| &practice.0[..]).collect();
        let lock = "SELECT id, number, position, hash, bytes, pack_bytes, pruned FROM practice WHERE id = ANY($1) ORDER BY id FOR UPDATE";
        let rows = session.query(lock, &[&ids]).await?;
        let known: HashSet<&[u8]> = rows.iter().map(|row| row.get(0)).collect();
        let founds = self
            .practices
            .iter()
            .any(|(practice, may_found)| *may_found && !known.contains(&practice.0[..]));
        if !founds {
            return Ok(rows);
        }
        // Rare. Locks are let go and taken again one by one, so that the order holds with the new rows among them.
        session.batch("ROLLBACK; BEGIN").await?;
        let mut rows = Vec::new();
        for (practice, may_found) in &self.practices {
            if *may_found {
                let make = "INSERT INTO practice (id, registered_at, position, hash, bytes) \
                            VALUES ($1, (extract(epoch FROM now()) * 1000)::bigint, 0, $2, 0) ON CONFLICT DO NOTHING";
                let start = genesis(*practice);
                session.execute(make, &[&&practice.0[..], &&start.0[..]]).await?;
            }
            rows.extend(session.query(lock, &[&vec![&practice.0[..]]]).await?);
        }
        Ok(rows)
    }

    /// Which envelopes are in the log already, and the hashes at the positions seen.
    pub(super) async fn look_up(
        &self,
        session: &Session,
        group: &Group,
    ) -> Result<(Vec<Row>, Vec<Row>), Error> {
        let number = |practice: &PracticeId| group.practices.get(practice).map(|locked| locked.number);
        let (practices, ids): (Vec<i64>, Vec<&[u8]>) = self
            .envelopes
            .iter()
            .filter_map(|(practice, id)| Some((number(practice)?, &id.0[..])))
            .unzip();
        let known = "SELECT practice, id, position FROM entry \
                     WHERE (practice, id) IN (SELECT * FROM unnest($1::bigint[], $2::bytea[]))";
        let (seen_in, seen): (Vec<i64>, Vec<i64>) = self
            .seen
            .iter()
            .filter_map(|(practice, position)| Some((number(practice)?, signed(*position))))
            .unzip();
        let hashes = "SELECT practice, position, hash FROM entry \
                      WHERE (practice, position) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))";
        // Both are on their way at once.
        futures_util::future::try_join(
            session.query(known, &[&practices, &ids]),
            session.query(hashes, &[&seen_in, &seen]),
        )
        .await
    }
}

/// A practice whose row is locked.
pub(super) struct Locked {
    number: i64,
    head: Head,
    bytes: u64,
    pack_bytes: u64,
    pruned: u64,
}

impl Locked {
    pub(super) fn registered(&self) -> Option<Head> {
        (self.head.position > 0).then_some(self.head)
    }

    pub(super) fn usage(&self) -> Usage {
        Usage {
            envelopes: self.head.position.saturating_sub(self.pruned),
            bytes: self.bytes,
            pack_bytes: self.pack_bytes,
        }
    }
}

/// What is locked and known.
pub(super) struct Group {
    practices: HashMap<PracticeId, Locked>,
    asked: HashSet<(PracticeId, EnvelopeId)>,
    positions: HashMap<(PracticeId, EnvelopeId), u64>,
    hashes: HashMap<(PracticeId, u64), ChainHash>,
}

impl Group {
    /// From the rows of [`Wanted::lock`].
    pub(super) fn of(rows: Vec<Row>) -> Result<Self, LogError> {
        let mut practices = HashMap::new();
        for row in rows {
            let locked = Locked {
                number: row.get(1),
                head: Head {
                    position: unsigned(&row, 2),
                    hash: ChainHash(fixed(&row, 3)?),
                },
                bytes: unsigned(&row, 4),
                pack_bytes: unsigned(&row, 5),
                pruned: unsigned(&row, 6),
            };
            practices.insert(PracticeId(fixed(&row, 0)?), locked);
        }
        Ok(Self {
            practices,
            asked: HashSet::new(),
            positions: HashMap::new(),
            hashes: HashMap::new(),
        })
    }

    /// Takes over what [`Wanted::look_up`] found.
    pub(super) fn remember(
        &mut self,
        wanted: &Wanted,
        known: &[Row],
        hashes: &[Row],
    ) -> Result<(), LogError> {
        let ids: HashMap<i64, PracticeId> = self
            .practices
            .iter()
            .map(|(id, locked)| (locked.number, *id))
            .collect();
        let practice = |row: &Row| {
            ids.get(&row.get(0))
                .copied()
                .ok_or_else(|| LogError("PostgreSQL: an answer about another practice".into()))
        };
        for row in known {
            let id = EnvelopeId(fixed(row, 1)?);
            self.positions.insert((practice(row)?, id), unsigned(row, 2));
        }
        for row in hashes {
            let hash = ChainHash(fixed(row, 2)?);
            self.hashes.insert((practice(row)?, unsigned(row, 1)), hash);
        }
        self.asked.clone_from(&wanted.envelopes);
        Ok(())
    }

    pub(super) fn practice(&self, practice: PracticeId) -> Option<&Locked> {
        self.practices.get(&practice)
    }

    pub(super) fn ends(&self) -> Vec<(PracticeId, Head)> {
        self.practices
            .iter()
            .filter_map(|(practice, locked)| Some((*practice, locked.registered()?)))
            .collect()
    }

    /// Whether the log was asked about this envelope.
    pub(super) fn knows(&self, practice: PracticeId, id: EnvelopeId) -> bool {
        self.asked.contains(&(practice, id))
    }

    pub(super) fn position_of(&self, practice: PracticeId, id: EnvelopeId) -> Option<u64> {
        self.positions.get(&(practice, id)).copied()
    }

    pub(super) fn hash_at(&self, practice: PracticeId, position: u64) -> Option<ChainHash> {
        self.hashes.get(&(practice, position)).copied()
    }

    /// Turns writes into columns, and makes sure that they continue the locked logs.
    pub(super) fn gather<'a>(&self, writes: &'a [Write]) -> Result<Gathered<'a>, LogError> {
        let mut gathered = Gathered::default();
        let mut moved: BTreeMap<PracticeId, (Head, u64)> = BTreeMap::new();
        let locked = |practice: &PracticeId| {
            self.practices
                .get(practice)
                .ok_or_else(|| LogError("PostgreSQL: a write to a practice that is not locked".into()))
        };
        for write in writes {
            match write {
                Write::Entry(entry) => {
                    let known = locked(&entry.practice)?;
                    let (head, bytes) = moved.entry(entry.practice).or_insert((known.head, known.bytes));
                    if entry.position != head.position + 1 {
                        return Err(LogError(format!(
                            "PostgreSQL: position {} does not follow {}",
                            entry.position, head.position
                        )));
                    }
                    *head = Head {
                        position: entry.position,
                        hash: entry.hash,
                    };
                    *bytes += entry.bytes.len() as u64;
                    gathered.entry(known.number, entry);
                }
                Write::Parcel(stored) => {
                    let number = locked(&stored.practice)?.number;
                    gathered.parcels.push(Parcels::Put(number, stored));
                }
                Write::DropParcel(invitation) => gathered.parcels.push(Parcels::Drop(&invitation.0)),
                Write::DropExpired(now) => gathered.parcels.push(Parcels::DropExpired(*now)),
                Write::Pack(stored) => {
                    let number = locked(&stored.practice)?.number;
                    gathered.packs.push(Packs::Put(number, stored));
                }
                Write::Snapshot(index) => {
                    let number = locked(&index.stored.practice)?.number;
                    gathered.packs.push(Packs::Complete(number, index));
                }
                Write::TidySnapshots {
                    practice,
                    unfinished_before,
                    needed,
                } => gathered.packs.push(Packs::Tidy {
                    practice: locked(practice)?.number,
                    unfinished_before: *unfinished_before,
                    needed: needed.iter().map(|set| set.0.to_vec()).collect(),
                }),
                Write::Claim(claim) => {
                    let number = locked(&claim.practice)?.number;
                    gathered.aside.push(Aside::Claim(number, claim));
                }
                Write::Mail(mail) => {
                    let number = locked(&mail.practice())?.number;
                    gathered.aside.push(Aside::Mail(number, mail));
                }
                Write::Reached { practice, reached } => {
                    gathered.reached.push((locked(practice)?.number, reached));
                }
            }
        }
        for (practice, (head, bytes)) in moved {
            gathered.moved.push(self.practices[&practice].number);
            gathered.to.push(signed(head.position));
            gathered.hashes_at_head.push(head.hash.0.to_vec());
            gathered.weighs.push(signed(bytes));
            gathered.news.push(payload(practice, head.position));
        }
        gathered.unfounded = self.practices.values().any(|locked| locked.head.position == 0);
        Ok(gathered)
    }
}

enum Parcels<'a> {
    Put(i64, &'a StoredParcel),
    Drop(&'a [u8; 32]),
    DropExpired(u64),
}

/// A group's writes as columns of the tables.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    practices: Vec<i64>,
    positions: Vec<i64>,
    ids: Vec<&'a [u8]>,
    hashes: Vec<&'a [u8]>,
    are_statements: Vec<bool>,
    received_at: Vec<i64>,
    bytes: Vec<&'a [u8]>,
    parcels: Vec<Parcels<'a>>,
    packs: Vec<Packs<'a>>,
    aside: Vec<Aside<'a>>,
    reached: Vec<(i64, &'a Reached)>,
    moved: Vec<i64>,
    to: Vec<i64>,
    hashes_at_head: Vec<Vec<u8>>,
    weighs: Vec<i64>,
    news: Vec<String>,
    unfounded: bool,
}

impl<'a> Gathered<'a> {
    fn entry(&mut self, number: i64, entry: &'a NewEntry) {
        self.practices.push(number);
        self.positions.push(signed(entry.position));
        self.ids.push(&entry.id.0);
        self.hashes.push(&entry.hash.0);
        self.are_statements.push(entry.is_statement);
        self.received_at.push(signed(entry.received_at));
        self.bytes.push(&entry.bytes);
    }

    /// Writes it all; the commit is the caller's.
    pub(super) async fn insert(&self, session: &Session) -> Result<(), Error> {
        for parcels in &self.parcels {
            match parcels {
                Parcels::Put(number, StoredParcel { parcel, .. }) => {
                    let sql = "INSERT INTO parcel (lookup, practice, invitation, sealed, expires_at) \
                               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (lookup) DO UPDATE \
                               SET sealed = excluded.sealed, expires_at = excluded.expires_at \
                               WHERE parcel.practice = excluded.practice";
                    let expires = signed(parcel.expires_at_millis);
                    session
                        .execute(
                            sql,
                            &[
                                &&parcel.lookup.0[..],
                                number,
                                &&parcel.invitation.0[..],
                                &parcel.sealed,
                                &expires,
                            ],
                        )
                        .await?;
                }
                Parcels::Drop(invitation) => {
                    let sql = "DELETE FROM parcel WHERE invitation = $1";
                    session.execute(sql, &[&&invitation[..]]).await?;
                }
                Parcels::DropExpired(now) => {
                    let sql = "DELETE FROM parcel WHERE expires_at < $1";
                    session.execute(sql, &[&signed(*now)]).await?;
                }
            }
        }
        for packs in &self.packs {
            packs.write(session).await?;
        }
        for aside in &self.aside {
            aside.write(session).await?;
        }
        for (practice, reached) in &self.reached {
            note_reached(session, *practice, reached).await?;
        }
        if !self.practices.is_empty() {
            self.insert_entries(session).await?;
        }
        if self.unfounded {
            // Made to judge a founding that was then refused.
            session
                .execute("DELETE FROM practice WHERE position = 0", &[])
                .await?;
        }
        Ok(())
    }

    async fn insert_entries(&self, session: &Session) -> Result<(), Error> {
        let insert = "INSERT INTO entry (practice, position, id, hash, is_statement, received_at, bytes) \
                      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[], $5::boolean[], \
                                           $6::bigint[], $7::bytea[])";
        session
            .execute(
                insert,
                &[
                    &self.practices,
                    &self.positions,
                    &self.ids,
                    &self.hashes,
                    &self.are_statements,
                    &self.received_at,
                    &self.bytes,
                ],
            )
            .await?;
        let advance = "UPDATE practice SET position = new.position, hash = new.hash, bytes = new.bytes \
                       FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bigint[]) \
                           AS new (number, position, hash, bytes) WHERE practice.number = new.number";
        session
            .execute(
                advance,
                &[&self.moved, &self.to, &self.hashes_at_head, &self.weighs],
            )
            .await?;
        let tell = "SELECT pg_notify($1, news) FROM unnest($2::text[]) AS news";
        session.query(tell, &[&CHANNEL, &self.news]).await?;
        Ok(())
    }
}
