//! The practice as the conversation with the relay sees it.

use std::sync::{Arc, PoisonError, Weak};

use sync::envelope::Seen;
use sync::membership::Applied;
use sync::session::{Batch, Content, Link};
use sync::wire::Refusal;
use sync::{ChainHash, EnvelopeId, Fingerprint, Membership, PracticeKeys, Statement, WorkstationKeys};

use crate::DeskError;
use crate::api::Event;
use crate::data_dir::{Held, Lock};
use crate::desk::Desk;
use crate::identity::{Identity, Sealing};
use crate::syncing::{Conversation, Practice, Setup, Shown};

const RELAY: &str = "relay/url";
const REGISTRATION_TOKEN: &str = "relay/registration_token";
/// Set once the relay has accepted anything.
const REACHED: &str = "relay/reached";
const MEMBERSHIP: &str = "sync/membership";
const FOUNDER: &str = "sync/founder";
/// The envelope that made this workstation a member.
const ADMISSION: &str = "sync/admission";

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
        self.desk.upgrade().ok_or_else(|| DeskError::new("closed", "The practice is closed."))
    }
}

impl Practice for Line {
    fn sync_setup(&self) -> Result<Setup, DeskError> {
        self.desk()?.sync_setup()
    }

    fn outbox_len(&self) -> Result<u64, DeskError> {
        self.desk()?.outbox_len()
    }

    fn outbox(&self, after: u64, limit: usize, max_bytes: usize) -> Result<Vec<(EnvelopeId, Vec<u8>)>, DeskError> {
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

    fn show(&self, shown: Shown) {
        if let Ok(desk) = self.desk() {
            desk.show(shown);
        }
    }
}

impl Practice for Desk {
    fn sync_setup(&self) -> Result<Setup, DeskError> {
        let identity = self.identity();
        let relay = self.relay()?.ok_or_else(|| DeskError::new("no_relay", "This practice has no relay yet."))?;
        let (cursor, hash) = self.cursor()?;
        let founder = self.founder()?;
        let store = self.store();
        let membership = match store.meta(MEMBERSHIP)? {
            Some(bytes) => Membership::from_bytes(&bytes)
                .map_err(|error| DeskError::new("corrupt", format!("The membership cannot be read: {error}.")))?,
            None => identity.empty_membership(Some(founder)),
        };
        let keys = WorkstationKeys::from_bytes(&identity.workstation_keys.to_bytes())
            .map_err(|_| DeskError::new("no_identity", "This workstation’s keys cannot be read."))?;
        Ok(Setup {
            relay,
            keys: Arc::new(keys),
            membership,
            admission: store.meta(ADMISSION)?,
            registration_token: store.meta(REGISTRATION_TOKEN)?.and_then(|bytes| String::from_utf8(bytes).ok()),
            cursor,
            hash,
            outbox: store.outbox_len()?,
        })
    }

    fn outbox_len(&self) -> Result<u64, DeskError> {
        Ok(self.store().outbox_len()?)
    }

    fn outbox(&self, after: u64, limit: usize, max_bytes: usize) -> Result<Vec<(EnvelopeId, Vec<u8>)>, DeskError> {
        let entries = self.store().outbox(after, limit, max_bytes)?;
        Ok(entries.into_iter().map(|entry| (EnvelopeId(entry.id), entry.bytes)).collect())
    }

    fn accepted(&self, positions: &[(EnvelopeId, u64)]) -> Result<(), DeskError> {
        let positions: Vec<([u8; 32], u64)> = positions.iter().map(|(id, position)| (id.0, *position)).collect();
        let mut store = self.store();
        store.mark_accepted(&positions)?;
        if store.meta(REACHED)?.is_none() {
            store.set_meta(REACHED, b"1")?;
        }
        Ok(())
    }

    fn set_aside(&self, id: EnvelopeId, refusal: &Refusal) -> Result<(), DeskError> {
        Ok(self.store().set_aside(id.0, &refusal.message)?)
    }

    /// Stores a verified batch of the relay's log: raw envelopes, documents, rows, cursor, in one transaction.
    fn apply(&self, batch: Batch) -> Result<(), DeskError> {
        let identity = self.identity();
        let mut keys_changed: Option<Identity> = None;
        let mut entries = Vec::with_capacity(batch.entries.len());
        for entry in batch.entries {
            let current = keys_changed.as_ref().unwrap_or(&identity);
            let (bytes, content) = match entry.content {
                Content::Own(envelope) => {
                    let body = open(&envelope, current);
                    (envelope.into_bytes(), body.map_or_else(store::Content::Quarantined, store::Content::Own))
                }
                Content::Other(envelope) => {
                    let body = open(&envelope, current);
                    (envelope.into_bytes(), body.map_or_else(store::Content::Quarantined, store::Content::Other))
                }
                Content::Statement(envelope, applied) => {
                    if let Applied::Followed(Statement::Rotate(rotate)) = &applied
                        && let Some(Ok(key)) = rotate.unwrap_for(identity.sync_practice(), &identity.workstation_keys)
                    {
                        keys_changed = Some(current.with_key(key)?);
                    }
                    (envelope.into_bytes(), store::Content::Statement)
                }
                Content::Quarantined { bytes, reason } => (bytes, store::Content::Quarantined(reason.to_string())),
            };
            entries.push(store::Incoming { position: entry.position, id: entry.id.0, bytes, content });
        }
        let mut meta = Vec::new();
        if let Some(membership) = &batch.membership {
            meta.push((MEMBERSHIP.to_owned(), membership.to_bytes()));
        }
        if let Some(changed) = &keys_changed {
            meta.extend(changed.to_bytes().into_iter().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())));
        }
        let merged = self.store().merge(store::MergeBatch { entries, cursor: batch.cursor, chain: batch.hash.0, meta })?;
        if let Some(changed) = keys_changed {
            *self.identity.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(changed);
        }
        self.tell_changes(&merged, false);
        Ok(())
    }

    fn show(&self, shown: Shown) {
        if shown.status.is_some_and(|status| status.link == Link::Live) {
            *self.last_live_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.now());
        }
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        if let Ok(state) = self.sync_state() {
            self.tell(&[Event::Sync { state }]);
        }
    }
}

impl Desk {
    /// Address of the relay, if this practice has one.
    pub fn relay(&self) -> Result<Option<String>, DeskError> {
        Ok(self.store().meta(RELAY)?.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    pub(crate) fn set_relay(&self, url: &str, token: Option<&str>) -> Result<(), DeskError> {
        let mut store = self.store();
        if let Some(token) = token {
            store.set_meta(REGISTRATION_TOKEN, token.as_bytes())?;
        }
        Ok(store.set_meta(RELAY, url.as_bytes())?)
    }

    pub(crate) fn forget_relay_if_never_reached(&self) -> Result<(), DeskError> {
        let mut store = self.store();
        if store.meta(REACHED)?.is_none() {
            store.remove_meta(RELAY)?;
            store.remove_meta(REGISTRATION_TOKEN)?;
        }
        Ok(())
    }

    pub(crate) fn practice_keys(&self) -> PracticeKeys {
        self.identity().practice_keys.clone()
    }

    /// Whose founding of the practice is trusted here.
    pub(crate) fn founder(&self) -> Result<Fingerprint, DeskError> {
        match self.store().meta(FOUNDER)? {
            Some(bytes) => bytes
                .try_into()
                .map(Fingerprint)
                .map_err(|_| DeskError::new("no_identity", "The founder’s fingerprint cannot be read.")),
            // Nothing stored: this workstation founded the practice itself.
            None => Ok(self.identity().person_keys.public().fingerprint()),
        }
    }

    pub(crate) fn trust_founder(&self, founder: Fingerprint) -> Result<(), DeskError> {
        Ok(self.store().set_meta(FOUNDER, &founder.0)?)
    }

    /// How far the relay's log is applied here, and the chain's hash there.
    pub(crate) fn cursor(&self) -> Result<(u64, ChainHash), DeskError> {
        let identity = self.identity();
        let (cursor, hash) = self.store().cursor()?;
        Ok(if cursor == 0 { (0, identity.genesis().hash) } else { (cursor, ChainHash(hash)) })
    }

    pub(crate) fn quarantined(&self) -> Result<u32, DeskError> {
        Ok(self.store().quarantined()?)
    }

    pub(crate) fn shown(&self) -> Shown {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn last_live_at(&self) -> Option<jiff::Timestamp> {
        *self.last_live_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The conversation that runs beside the window, if there is one.
    pub(crate) fn conversation(&self) -> Option<Arc<Conversation>> {
        self.conversation.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

    /// Writes a statement about the membership into the outbox.
    pub(crate) fn append_statement(&self, statement: &Statement) -> Result<(), DeskError> {
        let identity = self.identity();
        let (position, hash) = self.cursor()?;
        let seen = Seen { position, hash };
        let mut store = self.store();
        let bytes = store.append_statement(|sequence| {
            let envelope = identity.seal(sequence, seen, Sealing::Statement(statement))?;
            Ok::<_, DeskError>(store::Sealed { id: envelope.id().0, bytes: envelope.into_bytes() })
        })?;
        if matches!(statement, Statement::Found(_) | Statement::Join(_)) {
            store.set_meta(ADMISSION, &bytes)?;
        }
        Ok(())
    }
}

fn open(envelope: &sync::Envelope, identity: &Identity) -> Result<Vec<u8>, String> {
    envelope.open(&identity.practice_keys).map(|body| body.to_vec()).map_err(|error| error.to_string())
}
