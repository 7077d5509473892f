//! A log in memory and a relay over queues, for tests and the simulation. The rules are the relay's own; only disk and
//! sockets are missing, and both can be made to fail.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::id::{
    ChainHash, ClaimKey, EnvelopeId, LetterId, LookupId, MailBoxId, PracticeId, SetId, WorkstationId,
};
use crate::log::LogEntry;
use crate::relay::{
    Answer, Conversation, Input, KEPT_SNAPSHOTS, Limits, Log, LogError, MailAsked, MailBox, MailWrite,
    NewEntry, Output, Page, Pruned, Reached, ReadLog, RelayCore, StoredIndex, StoredPack, StoredParcel,
    Submission, View, Write, read_mail, read_page,
};
use crate::wire::{Head, Holder, Letter};

/// Where the next write fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fail {
    /// Nothing is stored, and the relay is told so.
    BeforeFsync,
    /// Everything is stored, but the relay hears of a failure.
    AfterFsync,
}

/// Entries and parcels in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryLog {
    practices: BTreeMap<PracticeId, Vec<NewEntry>>,
    ids: HashMap<(PracticeId, EnvelopeId), u64>,
    parcels: BTreeMap<LookupId, StoredParcel>,
    packs: BTreeMap<(PracticeId, SetId, u32), StoredPack>,
    /// In the order in which they were completed.
    snapshots: Vec<StoredIndex>,
    claims: BTreeMap<(PracticeId, ClaimKey), Holder>,
    boxes: BTreeMap<PracticeId, Kept>,
    reached: BTreeMap<PracticeId, Vec<Reached>>,
    gone: BTreeMap<PracticeId, u64>,
    /// The next write fails in this way, once.
    pub fail_next: Option<Fail>,
}

/// A mail box.
#[derive(Debug, Clone, Default)]
struct Kept {
    state: MailBox,
    ids: BTreeMap<LetterId, u64>,
    /// With the time when a workstation had it.
    letters: BTreeMap<u64, (Letter, Option<u64>)>,
}

impl MemoryLog {
    /// The whole log of a practice, for comparing.
    #[must_use]
    pub fn entries(&self, practice: PracticeId) -> Vec<LogEntry> {
        let entries = self
            .practices
            .get(&practice)
            .map(Vec::as_slice)
            .unwrap_or_default();
        entries
            .iter()
            .map(|entry| LogEntry {
                position: entry.position,
                bytes: entry.bytes.clone(),
            })
            .collect()
    }

    /// Cuts the log after a position, as a relay restored from an old backup would.
    pub fn truncate(&mut self, practice: PracticeId, position: u64) {
        let Some(entries) = self.practices.get_mut(&practice) else {
            return;
        };
        for gone in entries.drain(usize::try_from(position).unwrap_or(usize::MAX).min(entries.len())..) {
            self.ids.remove(&(practice, gone.id));
        }
    }

    /// Deletes envelopes up to a position for good, whoever may need them: statements, ids and hashes stay.
    pub fn delete(&mut self, practice: PracticeId, up_to: u64) {
        let entries = self.practices.entry(practice).or_default();
        for entry in entries
            .iter_mut()
            .filter(|entry| entry.position <= up_to && !entry.is_statement)
        {
            entry.bytes.clear();
        }
        self.gone.insert(practice, up_to);
    }

    /// Loses a pack, or with number 0 an index, as a damaged disk would.
    pub fn lose_pack(&mut self, practice: PracticeId, set: SetId, number: u32) {
        self.packs.remove(&(practice, set, number));
        if number == 0 {
            self.snapshots
                .retain(|index| index.stored.practice != practice || index.stored.pack.set != set);
        }
    }

    /// Forgets what a workstation said that it has.
    pub fn forget_reached(&mut self, practice: PracticeId, workstation: WorkstationId) {
        if let Some(all) = self.reached.get_mut(&practice) {
            all.retain(|known| known.workstation != workstation);
        }
    }

    fn apply(&mut self, write: &Write) {
        match write {
            Write::Entry(entry) => {
                let entries = self.practices.entry(entry.practice).or_default();
                assert_eq!(entry.position, entries.len() as u64 + 1, "positions have no gaps");
                self.ids.insert((entry.practice, entry.id), entry.position);
                entries.push(entry.clone());
            }
            Write::Parcel(stored) => {
                self.parcels.insert(stored.parcel.lookup, stored.clone());
            }
            Write::DropParcel(invitation) => {
                self.parcels
                    .retain(|_, stored| stored.parcel.invitation != *invitation);
            }
            Write::DropExpired(now) => {
                self.parcels
                    .retain(|_, stored| stored.parcel.expires_at_millis >= *now);
            }
            Write::Pack(stored) => {
                let key = (stored.practice, stored.pack.set, stored.pack.number);
                self.packs.entry(key).or_insert_with(|| stored.clone());
            }
            Write::Snapshot(index) => {
                if !self.is_complete(index.stored.practice, index.stored.pack.set) {
                    self.snapshots.push(index.clone());
                }
            }
            Write::TidySnapshots {
                practice,
                unfinished_before,
                needed,
            } => self.tidy(*practice, *unfinished_before, needed),
            Write::Reached { practice, reached } => {
                let all = self.reached.entry(*practice).or_default();
                match all
                    .iter_mut()
                    .find(|known| known.workstation == reached.workstation)
                {
                    Some(known) if known.position > reached.position => {}
                    Some(known) => *known = *reached,
                    None => all.push(*reached),
                }
            }
            Write::Claim(claim) => {
                let before = self.claims.insert((claim.practice, claim.key), claim.holder);
                assert_eq!(before, None, "a claim is given once");
            }
            Write::Mail(write) => self.apply_mail(write),
        }
    }

    fn apply_mail(&mut self, write: &MailWrite) {
        match write {
            MailWrite::Key { practice, key } => {
                self.boxes.entry(*practice).or_default().state.key = Some(key.clone());
            }
            MailWrite::Letter(new) => {
                let kept = self.boxes.entry(new.practice).or_default();
                assert_eq!(new.letter.number, kept.state.last + 1, "numbers have no gaps");
                kept.state.last = new.letter.number;
                kept.ids.insert(new.id, new.letter.number);
                kept.letters.insert(new.letter.number, (new.letter.clone(), None));
            }
            MailWrite::Acknowledge {
                practice,
                after,
                up_to,
                at_millis,
            } => {
                let kept = self.boxes.entry(*practice).or_default();
                kept.state.acknowledged = *up_to;
                for (_, acknowledged_at) in kept.letters.range_mut(after + 1..=*up_to).map(|(_, kept)| kept) {
                    *acknowledged_at = Some(*at_millis);
                }
            }
            MailWrite::Tidy {
                practice,
                acknowledged_before,
            } => {
                let kept = self.boxes.entry(*practice).or_default();
                kept.letters
                    .retain(|_, (_, at)| at.is_none_or(|at| at >= *acknowledged_before));
            }
        }
    }

    fn is_complete(&self, practice: PracticeId, set: SetId) -> bool {
        self.snapshots
            .iter()
            .any(|index| index.stored.practice == practice && index.stored.pack.set == set)
    }

    fn tidy(&mut self, practice: PracticeId, unfinished_before: u64, needed: &[SetId]) {
        let mut kept = 0;
        let mut at = self.snapshots.len();
        while at > 0 {
            at -= 1;
            if self.snapshots[at].stored.practice != practice {
                continue;
            }
            kept += 1;
            if kept > KEPT_SNAPSHOTS && !needed.contains(&self.snapshots[at].stored.pack.set) {
                self.snapshots.remove(at);
            }
        }
        let complete: Vec<SetId> = self
            .snapshots
            .iter()
            .filter(|index| index.stored.practice == practice)
            .map(|index| index.stored.pack.set)
            .collect();
        self.packs.retain(|(owner, set, _), stored| {
            *owner != practice || complete.contains(set) || stored.received_at >= unfinished_before
        });
    }
}

impl ReadLog for MemoryLog {
    fn head(&mut self, practice: PracticeId) -> Result<Option<Head>, LogError> {
        let last = self.practices.get(&practice).and_then(|entries| entries.last());
        Ok(last.map(|entry| Head {
            position: entry.position,
            hash: entry.hash,
        }))
    }

    fn statements(&mut self, practice: PracticeId) -> Result<Vec<LogEntry>, LogError> {
        let entries = self
            .practices
            .get(&practice)
            .map(Vec::as_slice)
            .unwrap_or_default();
        Ok(entries
            .iter()
            .filter(|entry| entry.is_statement)
            .map(|entry| LogEntry {
                position: entry.position,
                bytes: entry.bytes.clone(),
            })
            .collect())
    }

    fn position_of(&mut self, practice: PracticeId, id: EnvelopeId) -> Result<Option<u64>, LogError> {
        Ok(self.ids.get(&(practice, id)).copied())
    }

    fn hash_at(&mut self, practice: PracticeId, position: u64) -> Result<Option<ChainHash>, LogError> {
        let index = usize::try_from(position)
            .ok()
            .and_then(|position| position.checked_sub(1));
        let entries = self.practices.get(&practice);
        Ok(entries
            .zip(index)
            .and_then(|(entries, index)| entries.get(index))
            .map(|entry| entry.hash))
    }

    fn page(
        &mut self,
        practice: PracticeId,
        after: u64,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Page, LogError> {
        let entries = self
            .practices
            .get(&practice)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut page = Page {
            after,
            envelopes: Vec::new(),
            hash: ChainHash([0; 32]),
        };
        let mut bytes = 0;
        for entry in entries
            .iter()
            .skip(usize::try_from(after).unwrap_or(usize::MAX))
            .take(max_entries)
        {
            bytes += entry.bytes.len();
            if bytes > max_bytes && !page.envelopes.is_empty() {
                break;
            }
            page.envelopes.push(entry.bytes.clone());
            page.hash = entry.hash;
        }
        Ok(page)
    }

    fn parcel(&mut self, lookup: LookupId) -> Result<Option<StoredParcel>, LogError> {
        Ok(self.parcels.get(&lookup).cloned())
    }

    fn pack(&mut self, practice: PracticeId, set: SetId, number: u32) -> Result<Option<Vec<u8>>, LogError> {
        if number > 0 {
            let stored = self.packs.get(&(practice, set, number));
            return Ok(stored.map(|stored| stored.pack.bytes.clone()));
        }
        let index = self
            .snapshots
            .iter()
            .find(|index| index.stored.practice == practice && index.stored.pack.set == set);
        Ok(index.map(|index| index.stored.pack.bytes.clone()))
    }

    fn packs_of(&mut self, practice: PracticeId, set: SetId) -> Result<u64, LogError> {
        let all = (practice, set, 0)..=(practice, set, u32::MAX);
        Ok(self.packs.range(all).count() as u64)
    }

    fn reached(&mut self, practice: PracticeId) -> Result<Vec<Reached>, LogError> {
        Ok(self.reached.get(&practice).cloned().unwrap_or_default())
    }

    fn pruned(&mut self, practice: PracticeId) -> Result<Pruned, LogError> {
        let gone = self.gone.get(&practice).copied().unwrap_or(0);
        Ok(Pruned { cold: gone, gone })
    }

    fn parcels_of(&mut self, practice: PracticeId) -> Result<u64, LogError> {
        Ok(self
            .parcels
            .values()
            .filter(|stored| stored.practice == practice)
            .count() as u64)
    }

    fn claim(&mut self, practice: PracticeId, key: ClaimKey) -> Result<Option<Holder>, LogError> {
        Ok(self.claims.get(&(practice, key)).copied())
    }

    fn mail_box(&mut self, practice: PracticeId) -> Result<MailBox, LogError> {
        let kept = self.boxes.get(&practice);
        Ok(kept.map(|kept| kept.state.clone()).unwrap_or_default())
    }

    fn practice_of(&mut self, mail_box: MailBoxId) -> Result<Option<PracticeId>, LogError> {
        let mut known = self.boxes.keys().copied();
        Ok(known.find(|practice| crate::mail::box_of(*practice) == mail_box))
    }

    fn letter(&mut self, practice: PracticeId, id: LetterId) -> Result<Option<u64>, LogError> {
        let kept = self.boxes.get(&practice);
        Ok(kept.and_then(|kept| kept.ids.get(&id).copied()))
    }

    fn letters(
        &mut self,
        practice: PracticeId,
        after: u64,
        max_letters: usize,
        max_bytes: usize,
    ) -> Result<Vec<Letter>, LogError> {
        let Some(kept) = self.boxes.get(&practice) else {
            return Ok(Vec::new());
        };
        let mut size = 0;
        let from = after.saturating_add(1)..;
        let letters = kept.letters.range(from).map(|(_, (letter, _))| letter);
        Ok(letters
            .take(max_letters)
            .enumerate()
            .take_while(|(at, letter)| {
                size += letter.sealed.len();
                *at == 0 || size <= max_bytes
            })
            .map(|(_, letter)| letter.clone())
            .collect())
    }
}

impl MemoryLog {
    /// The letters that are kept of a practice, for comparing.
    #[must_use]
    pub fn kept_letters(&self, practice: PracticeId) -> Vec<Letter> {
        let kept = self.boxes.get(&practice);
        kept.map(|kept| kept.letters.values().map(|(letter, _)| letter.clone()).collect())
            .unwrap_or_default()
    }
}

impl Log for MemoryLog {
    fn write(&mut self, writes: &[Write]) -> Result<(), LogError> {
        match self.fail_next.take() {
            Some(Fail::BeforeFsync) => return Err(LogError("made to fail before fsync".into())),
            failing => {
                for write in writes {
                    self.apply(write);
                }
                if failing.is_some() {
                    return Err(LogError("made to fail after fsync".into()));
                }
            }
        }
        Ok(())
    }
}

/// What the relay does to one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    Send(Vec<u8>),
    Close,
}

/// A connection's number, chosen by the test.
pub type ConnectionId = u64;

struct Connection {
    conversation: Conversation,
    practice: Option<PracticeId>,
}

/// A relay whose sockets are the caller's queues. Every storage request is carried out at once.
pub struct QueueRelay<L = MemoryLog> {
    core: RelayCore<L>,
    limits: Arc<Limits>,
    connections: BTreeMap<ConnectionId, Connection>,
}

impl<L: Log> QueueRelay<L> {
    #[must_use]
    pub fn new(log: L, limits: Limits) -> Self {
        Self {
            core: RelayCore::new(log),
            limits: Arc::new(limits),
            connections: BTreeMap::new(),
        }
    }

    pub fn log(&mut self) -> &mut L {
        self.core.log()
    }

    /// The relay's process dies and starts again: connections and memory are gone, the log stays.
    #[must_use]
    pub fn restarted(self) -> Self
    where
        L: Clone,
    {
        let mut core = self.core;
        let log = core.log().clone();
        Self {
            core: RelayCore::new(log),
            limits: self.limits,
            connections: BTreeMap::new(),
        }
    }

    /// Opens a connection. `nonce`: random.
    pub fn open(&mut self, now_millis: u64, connection: ConnectionId, nonce: [u8; 32]) {
        let conversation = Conversation::new(self.limits.clone(), nonce, now_millis);
        self.connections.insert(
            connection,
            Connection {
                conversation,
                practice: None,
            },
        );
    }

    pub fn close(&mut self, connection: ConnectionId) {
        self.connections.remove(&connection);
    }

    #[must_use]
    pub fn is_connected(&self, connection: ConnectionId) -> bool {
        self.connections.contains_key(&connection)
    }

    /// One message from a workstation; gives what goes to whom, in order.
    #[must_use]
    pub fn receive(
        &mut self,
        now_millis: u64,
        connection: ConnectionId,
        frame: &[u8],
    ) -> Vec<(ConnectionId, Delivery)> {
        let mut deliveries = Vec::new();
        self.input(now_millis, connection, Input::Frame(frame), &mut deliveries);
        deliveries
    }

    fn input(
        &mut self,
        now: u64,
        id: ConnectionId,
        input: Input<'_>,
        deliveries: &mut Vec<(ConnectionId, Delivery)>,
    ) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        for output in connection.conversation.handle(now, input) {
            match output {
                Output::Send(bytes) => deliveries.push((id, Delivery::Send(bytes))),
                Output::Close(_) => {
                    deliveries.push((id, Delivery::Close));
                    self.connections.remove(&id);
                }
                Output::Wait { .. } => {}
                Output::Load(practice) => {
                    if let Some(connection) = self.connections.get_mut(&id) {
                        connection.practice = Some(practice);
                    }
                    match self.core.view(practice) {
                        Ok(view) => self.input(now, id, Input::Practice(view), deliveries),
                        Err(_) => self.input(now, id, Input::StorageFailed, deliveries),
                    }
                }
                Output::Submit(submission) => {
                    let practice = submission.practice();
                    let answer = self.core.append(now, vec![submission]).remove(0);
                    let view = answer.view.clone();
                    self.input(now, id, Input::Answered(answer), deliveries);
                    if let Some(view) = view {
                        self.publish(now, practice, &view, deliveries);
                    }
                }
                Output::Read(request) => match read_page(self.core.log(), &request) {
                    Ok(page) => self.input(now, id, Input::Page(page), deliveries),
                    Err(_) => self.input(now, id, Input::StorageFailed, deliveries),
                },
                Output::FindParcel(lookup) => match self.core.log().parcel(lookup) {
                    Ok(parcel) => self.input(now, id, Input::Parcel(parcel), deliveries),
                    Err(_) => self.input(now, id, Input::StorageFailed, deliveries),
                },
                Output::FindStatements { practice, after } => {
                    match self.core.log().statements_after(practice, after) {
                        Ok(entries) => self.input(now, id, Input::Statements(entries), deliveries),
                        Err(_) => self.input(now, id, Input::StorageFailed, deliveries),
                    }
                }
                Output::FindPack {
                    practice,
                    set,
                    number,
                } => match self.core.log().pack(practice, set, number) {
                    Ok(pack) => self.input(now, id, Input::Pack(pack), deliveries),
                    Err(_) => self.input(now, id, Input::StorageFailed, deliveries),
                },
                Output::ReadMail(request) => match read_mail(self.core.log(), &request) {
                    Ok(page) => self.input(now, id, Input::Mail(page), deliveries),
                    Err(_) => self.input(now, id, Input::StorageFailed, deliveries),
                },
            }
        }
    }

    /// Somebody outside puts a letter in; gives its number or the refusal, and what goes to whom.
    pub fn post(
        &mut self,
        now_millis: u64,
        practice: PracticeId,
        sealed: Vec<u8>,
    ) -> (Answer, Vec<(ConnectionId, Delivery)>) {
        let asked = MailAsked::Letter {
            practice,
            sealed,
            received_at: now_millis,
        };
        let answer = self
            .core
            .append(now_millis, vec![Submission::Mail(asked)])
            .remove(0);
        let mut deliveries = Vec::new();
        if let Some(view) = &answer.view {
            self.publish(now_millis, practice, view, &mut deliveries);
        }
        (answer, deliveries)
    }

    fn publish(
        &mut self,
        now: u64,
        practice: PracticeId,
        view: &Arc<View>,
        deliveries: &mut Vec<(ConnectionId, Delivery)>,
    ) {
        let watching: Vec<_> = self
            .connections
            .iter()
            .filter(|(_, connection)| connection.practice == Some(practice))
            .map(|(id, _)| *id)
            .collect();
        for id in watching {
            self.input(now, id, Input::View(view.clone()), deliveries);
        }
    }
}
