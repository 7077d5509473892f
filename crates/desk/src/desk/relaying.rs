//! The practice as the conversation with the relay sees it.

use std::sync::{Arc, PoisonError, Weak};

use clinic::{PersonId, Rights, WorkstationId};
use store::{Cursor, Incoming, MergeBatch, Verdict};
use sync::cover::Retention;
use sync::envelope::Seen;
use sync::mail::MailPublic;
use sync::membership::Applied;
use sync::session::{Batch, Content, Link};
use sync::wire::{Letter, MailKey, Refusal};
use sync::{ChainHash, EnvelopeId, Fingerprint, PracticeKey, PracticeKeys, Statement};

use crate::DeskError;
use crate::api::Event;
use crate::data_dir::{Held, Lock};
use crate::desk::staff::MEMBERSHIP;
use crate::desk::{Desk, releasing};
use crate::identity::{Identity, Sealing};
use crate::syncing::{Conversation, Practice, Setup, Shown};

const RELAY: &str = "relay/url";
const REGISTRATION_TOKEN: &str = "relay/registration_token";
/// Set once the relay has accepted anything.
const REACHED: &str = "relay/reached";
const FOUNDER: &str = "sync/founder";
/// The envelope that made this workstation a member.
pub(super) const ADMISSION: &str = "sync/admission";

/// Holds the practice only as long as somebody else does, and the lock that tells windows that one talks already.
pub(super) struct Line {
    desk: Weak<Desk>,
    _lock: Option<Held>,
}

impl Line {
    pub(super) fn new(desk: Weak<Desk>, lock: Option<Held>) -> Self {
        Self { desk, _lock: lock }
    }

    fn desk(&self) -> Result<Arc<Desk>, DeskError> {
        self.desk
            .upgrade()
            .ok_or_else(|| DeskError::new("closed", "The practice is closed."))
    }
}

impl Practice for Line {
    fn sync_setup(&self) -> Result<Setup, DeskError> {
        self.desk()?.sync_setup()
    }

    fn outbox_len(&self) -> Result<u64, DeskError> {
        self.desk()?.outbox_len()
    }

    fn outbox(
        &self,
        after: u64,
        limit: usize,
        max_bytes: usize,
    ) -> Result<Vec<(EnvelopeId, Vec<u8>)>, DeskError> {
        self.desk()?.outbox(after, limit, max_bytes)
    }

    fn accepted(&self, positions: &[(EnvelopeId, u64)]) -> Result<(), DeskError> {
        self.desk()?.accepted(positions)
    }

    fn set_aside(&self, id: EnvelopeId, refusal: &Refusal) -> Result<(), DeskError> {
        self.desk()?.set_aside(id, refusal)
    }

    fn apply(&self, batch: Batch) -> Result<(), DeskError> {
        self.desk()?.apply(batch)
    }

    fn mail_key(&self, said: Option<(u32, MailPublic)>) -> Result<Option<MailKey>, DeskError> {
        self.desk()?.mail_key(said)
    }

    fn keep_letters(&self, letters: Vec<Letter>, up_to: u64) -> Result<(), DeskError> {
        self.desk()?.keep_letters(letters, up_to)
    }

    fn retention(&self, retention: Option<Retention>) -> Result<(), DeskError> {
        self.desk()?.retention(retention)
    }

    fn show(&self, shown: Shown) {
        if let Ok(desk) = self.desk() {
            desk.show(shown);
        }
    }
}

/// The batch in an envelope that was stored here.
fn opened(bytes: &[u8], keys: &PracticeKeys) -> Option<Vec<u8>> {
    let envelope = sync::Envelope::parse(bytes.to_vec()).ok()?;
    envelope.open(keys).ok().map(|body| body.to_vec())
}

/// Whose founding of the practice is trusted here.
pub(super) fn founder(reads: store::Reads<'_>) -> Result<Fingerprint, DeskError> {
    let bytes = reads.setting(FOUNDER)?.ok_or_else(|| {
        DeskError::new(
            "no_identity",
            "This workstation does not know who founded the practice.",
        )
    })?;
    bytes
        .try_into()
        .map(Fingerprint)
        .map_err(|_| DeskError::new("no_identity", "The founder’s fingerprint cannot be read."))
}

impl Practice for Desk {
    fn sync_setup(&self) -> Result<Setup, DeskError> {
        let identity = self.identity();
        let relay = self
            .relay()?
            .ok_or_else(|| DeskError::new("no_relay", "This practice has no relay yet."))?;
        let (cursor, hash) = self.cursor()?;
        let membership = self.membership_in_the_log()?;
        let store = self.store();
        Ok(Setup {
            relay,
            keys: identity.workstation_keys.clone(),
            membership,
            admission: store.reads().setting(ADMISSION)?,
            registration_token: store
                .reads()
                .setting(REGISTRATION_TOKEN)?
                .and_then(|bytes| String::from_utf8(bytes).ok()),
            cursor,
            hash,
            outbox: u64::from(store.reads().outbox_len()?),
            mail_after: store.reads().mail_after()?,
            is_beside: false,
        })
    }

    fn mail_key(&self, said: Option<(u32, MailPublic)>) -> Result<Option<MailKey>, DeskError> {
        Ok(self.mail_key_to_say(said))
    }

    fn keep_letters(&self, letters: Vec<Letter>, up_to: u64) -> Result<(), DeskError> {
        self.store_letters(letters, up_to)
    }

    fn outbox_len(&self) -> Result<u64, DeskError> {
        Ok(u64::from(self.store().reads().outbox_len()?))
    }

    fn outbox(
        &self,
        after: u64,
        limit: usize,
        max_bytes: usize,
    ) -> Result<Vec<(EnvelopeId, Vec<u8>)>, DeskError> {
        let entries = self.store().reads().outbox_after(after, limit)?;
        let mut bytes = 0;
        Ok(entries
            .into_iter()
            .enumerate()
            .take_while(|(index, entry)| {
                bytes += entry.bytes.len();
                *index == 0 || bytes <= max_bytes
            })
            .map(|(_, entry)| (EnvelopeId(entry.id), entry.bytes))
            .collect())
    }

    fn accepted(&self, positions: &[(EnvelopeId, u64)]) -> Result<(), DeskError> {
        let positions: Vec<([u8; 32], u64)> =
            positions.iter().map(|(id, position)| (id.0, *position)).collect();
        let mut store = self.store();
        store.mark_accepted(&positions)?;
        if store.reads().setting(REACHED)?.is_none() {
            store.set_setting(REACHED, Some(b"1"))?;
        }
        Ok(())
    }

    fn set_aside(&self, id: EnvelopeId, refusal: &Refusal) -> Result<(), DeskError> {
        let identity = self.identity();
        let open = |bytes: &[u8]| opened(bytes, &identity.practice_keys);
        let changes = {
            let mut store = self.store();
            let changes = store.set_aside(id.0, &refusal.message, &open)?;
            self.follow_busy(&store, &changes);
            changes
        };
        self.look_at_staff()?;
        self.tell_changes(&changes, false);
        Ok(())
    }

    /// Stores a verified batch of the relay's log: raw envelopes, documents, rows, cursor, in one transaction.
    fn apply(&self, batch: Batch) -> Result<(), DeskError> {
        let identity = self.identity();
        let mut staff = self.staff_in_the_log()?;
        let mut newest_statement = self.store().reads().newest_statement()?;
        let mut keys_changed: Option<Identity> = None;
        let mut entries = Vec::with_capacity(batch.entries.len());
        for entry in batch.entries {
            let current = keys_changed.as_ref().unwrap_or(&identity);
            let mut next_key = None;
            let (envelope, verdict) = match entry.content {
                Content::Own(envelope) => (envelope, Verdict::Own),
                Content::Other(envelope) => (envelope, Verdict::Accepted),
                Content::Statement(envelope, applied) => {
                    if let Applied::Followed(Statement::Rotate(rotate)) = &applied {
                        let key = rotate.unwrap_for(identity.sync_practice(), &identity.workstation_keys);
                        let key = match key {
                            Some(key) => key.ok(),
                            None => self.unwrapped_by_kit(rotate)?,
                        };
                        next_key = key.map(|key| current.with_key(key));
                    }
                    let keys = next_key
                        .as_ref()
                        .map_or(&current.practice_keys, |next| &next.practice_keys);
                    newest_statement = entry.position;
                    let find = |id: &EnvelopeId| {
                        let here = entries.iter().find(|entry: &&Incoming| entry.id == id.0);
                        here.map(|entry| entry.bytes.clone())
                            .or_else(|| self.store().reads().quarantined_bytes(&id.0).ok().flatten())
                    };
                    let verdict = releasing::verdict(&envelope, &applied, &staff, keys, &find);
                    // The session has followed it already, so it is followed here, too.
                    if let Ok(next) = staff.after(entry.position, &envelope, keys) {
                        staff = next;
                    }
                    (envelope, verdict)
                }
                Content::Quarantined { bytes, reason } => {
                    let author =
                        sync::Envelope::parse(bytes.clone()).map(|envelope| envelope.header().workstation);
                    entries.push(Incoming {
                        position: entry.position,
                        id: entry.id.0,
                        bytes,
                        workstation: author.map_or(WorkstationId(0), |id| WorkstationId::from_bytes(id.0)),
                        batch: None,
                        rights: Arc::new(Rights::none(PersonId(0))),
                        judge_again: false,
                        verdict: Verdict::Quarantined {
                            reason: reason.to_string(),
                        },
                    });
                    continue;
                }
            };
            let workstation = WorkstationId::from_bytes(envelope.header().workstation.0);
            let rights = staff.rights(envelope.header().person);
            let seen = envelope.header().seen.position;
            let (batch, verdict) = match verdict {
                Verdict::Statement | Verdict::Release(_) => (None, verdict),
                verdict => match envelope.open(&current.practice_keys) {
                    Ok(body) => (Some(body.to_vec()), verdict),
                    Err(error) => (
                        None,
                        Verdict::Quarantined {
                            reason: error.to_string(),
                        },
                    ),
                },
            };
            entries.push(Incoming {
                position: entry.position,
                id: entry.id.0,
                bytes: envelope.into_bytes(),
                workstation,
                batch,
                rights,
                judge_again: newest_statement > seen,
                verdict,
            });
            keys_changed = next_key.or(keys_changed);
        }
        let mut settings: Vec<(&str, Vec<u8>)> = Vec::new();
        if let Some(membership) = &batch.membership {
            settings.push((MEMBERSHIP, membership.to_bytes()));
        }
        if let Some(changed) = &keys_changed {
            let (name, bytes) = changed.practice_keys_setting();
            settings.push((name, bytes.to_vec()));
        }
        let settings: Vec<(&str, &[u8])> = settings
            .iter()
            .map(|(name, bytes)| (*name, bytes.as_slice()))
            .collect();
        let cursor = Cursor {
            position: batch.cursor,
            chain: batch.hash.0,
        };
        let merged = {
            let mut store = self.store();
            let keys = keys_changed
                .as_ref()
                .map_or(&identity.practice_keys, |changed| &changed.practice_keys);
            let open = |bytes: &[u8]| opened(bytes, keys);
            let merged = store.merge_with(&MergeBatch { entries, cursor }, &settings, &open)?;
            self.follow_busy(&store, &merged.changes);
            merged
        };
        if let Some(changed) = keys_changed {
            self.keep_practice_keys(&changed.practice_keys);
            self.open_sealed_letters()?;
        }
        if batch.membership.is_some() {
            self.look_at_staff()?;
        }
        self.tell_changes(&merged.changes, false);
        Ok(())
    }

    fn retention(&self, retention: Option<Retention>) -> Result<(), DeskError> {
        self.note_retention(retention)
    }

    fn show(&self, shown: Shown) {
        if shown.status.is_some_and(|status| status.link == Link::Live) {
            *self.last_live_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.now());
        }
        let is_removed = shown.is_removed;
        let before = std::mem::replace(
            &mut *self.shown.lock().unwrap_or_else(PoisonError::into_inner),
            shown,
        );
        if is_removed && !before.is_removed {
            self.lock_as_removed();
        }
        if let Ok(state) = self.sync_state() {
            self.tell(&[Event::Sync { state }]);
        }
    }
}

impl Desk {
    /// Address of the relay, if this practice has one.
    pub fn relay(&self) -> Result<Option<String>, DeskError> {
        Ok(self
            .store()
            .reads()
            .setting(RELAY)?
            .and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// Names the relay. Nothing is sent before a conversation starts.
    pub fn set_relay(&self, url: &str, token: Option<&str>) -> Result<(), DeskError> {
        let mut store = self.store();
        if let Some(token) = token {
            store.set_setting(REGISTRATION_TOKEN, Some(token.as_bytes()))?;
        }
        if store.reads().setting(RELAY)?.as_deref() != Some(url.as_bytes()) {
            store.keep_letters(&[], Some(0))?; // Another relay has another mail box.
        }
        Ok(store.set_setting(RELAY, Some(url.as_bytes()))?)
    }

    pub(crate) fn forget_relay_if_never_reached(&self) -> Result<(), DeskError> {
        let mut store = self.store();
        if store.reads().setting(REACHED)?.is_none() {
            store.set_setting(RELAY, None)?;
            store.set_setting(REGISTRATION_TOKEN, None)?;
        }
        Ok(())
    }

    pub(crate) fn practice_keys(&self) -> PracticeKeys {
        self.identity().practice_keys.clone()
    }

    /// Whose founding of the practice is trusted here.
    pub(crate) fn founder(&self) -> Result<Fingerprint, DeskError> {
        founder(self.store().reads())
    }

    /// A practice that was founded here before founders were written down; then who may do what, as far as the log tells.
    pub(crate) fn know_founder(&self) -> Result<(), DeskError> {
        let is_unknown = self.store().reads().setting(FOUNDER)?.is_none();
        if is_unknown && self.store().reads().statements_ahead()?.is_empty() && self.cursor()?.0 == 0 {
            // Nothing is founded or joined yet.
            return Ok(());
        }
        if is_unknown {
            self.trust_founder(self.identity().person_keys.public().fingerprint())?;
        }
        self.look_at_staff()
    }

    pub(crate) fn trust_founder(&self, founder: Fingerprint) -> Result<(), DeskError> {
        Ok(self.store().set_setting(FOUNDER, Some(&founder.0))?)
    }

    /// How far the relay's log is applied here, and the chain's hash there.
    pub(crate) fn cursor(&self) -> Result<(u64, ChainHash), DeskError> {
        let identity = self.identity();
        let cursor = self.store().reads().cursor()?;
        Ok(if cursor.position == 0 {
            (0, identity.genesis().hash)
        } else {
            (cursor.position, ChainHash(cursor.chain))
        })
    }

    pub(crate) fn quarantined(&self) -> Result<u32, DeskError> {
        Ok(self.store().reads().quarantine_len()?)
    }

    pub(crate) fn shown(&self) -> Shown {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn last_live_at(&self) -> Option<jiff::Timestamp> {
        *self.last_live_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The conversation that runs beside the window, if there is one.
    pub(crate) fn conversation(&self) -> Option<Arc<Conversation>> {
        self.conversation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Runs `act` on the window's conversation, or on one of its own that ends with it.
    pub(crate) fn talk(
        self: &Arc<Self>,
        act: impl FnOnce(&Conversation) -> Result<(), DeskError>,
    ) -> Result<(), DeskError> {
        if let Some(conversation) = self.conversation() {
            return act(&conversation);
        }
        // Beside a window both talk for a moment: every step is idempotent, so that does no harm.
        let lock = self.dir.lock(Lock::Sync)?;
        let conversation = Conversation::start(Arc::new(Line::new(Arc::downgrade(self), lock)));
        let result = act(&conversation);
        conversation.stop();
        result
    }

    /// Writes a statement about the membership into the outbox, as the person at this desk. Refused if it would have no
    /// effect.
    pub fn append_statement(&self, statement: &Statement) -> Result<(), DeskError> {
        self.append_statement_of(&self.identity(), statement)
    }

    /// Like [`Desk::append_statement`], as another person whose keys are in hand.
    pub(crate) fn append_statement_of(
        &self,
        identity: &Identity,
        statement: &Statement,
    ) -> Result<(), DeskError> {
        let (position, hash) = self.cursor()?;
        self.append(identity, statement, Seen { position, hash }, true)
    }

    /// Where more of the log is known than is fetched: from an invitation's parcel.
    pub(crate) fn append_statement_having_seen(
        &self,
        statement: &Statement,
        seen: Seen,
    ) -> Result<(), DeskError> {
        self.append(&self.identity(), statement, seen, false)
    }

    fn append(
        &self,
        identity: &Identity,
        statement: &Statement,
        seen: Seen,
        must_count: bool,
    ) -> Result<(), DeskError> {
        let staff = self.staff();
        let next = seen.position + 1;
        let bytes = {
            let mut store = self.store();
            let bytes = store.append_statement(|sequence| {
                let envelope = identity.seal(sequence, seen, Sealing::Statement(statement))?;
                // What was said here before comes before it in the log, too; its place is not known yet.
                if must_count && let Err(rejected) = staff.after(next, &envelope, &identity.practice_keys) {
                    return Err(DeskError::new(
                        "no_effect",
                        format!("This cannot be done: {rejected}."),
                    ));
                }
                Ok::<_, DeskError>(store::Sealed {
                    id: envelope.id().0,
                    bytes: envelope.into_bytes(),
                })
            })?;
            let is_admission = match statement {
                Statement::Found(_) | Statement::Join(_) => true,
                Statement::Recover(recover) => recover.workstation.is_some(),
                _ => false,
            };
            if is_admission {
                store.set_setting(ADMISSION, Some(&bytes))?;
            }
            bytes
        };
        drop(bytes);
        if matches!(statement, Statement::Found(_)) {
            self.trust_founder(identity.person_keys.public().fingerprint())?;
        }
        self.look_at_staff()?;
        if let Some(conversation) = self.conversation() {
            conversation.outbox_grew();
        }
        Ok(())
    }

    /// A new practice key, made here: what is written from now on is sealed with it.
    pub(crate) fn take_practice_key(&self, key: PracticeKey) -> Result<(), DeskError> {
        let changed = self.identity().with_key(key);
        let (name, bytes) = changed.practice_keys_setting();
        self.store().set_setting(name, Some(&bytes))?;
        self.keep_practice_keys(&changed.practice_keys);
        self.look_at_staff()
    }

    /// Adds, and forgets none: another thread may have learned of one meanwhile.
    fn keep_practice_keys(&self, keys: &PracticeKeys) {
        let mut identity = self.identity.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = (**identity).clone();
        for key in keys.iter() {
            changed.practice_keys.add(key.clone());
        }
        *identity = Arc::new(changed);
    }
}
