//! The practice as the conversation with the relay sees it.

use std::sync::{Arc, PoisonError, Weak};

use clinic::WorkstationId;
use store::{Cursor, Incoming, MergeBatch, Verdict};
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

    fn show(&self, shown: Shown) {
        if let Ok(desk) = self.desk() {
            desk.show(shown);
        }
    }
}

impl Practice for Desk {
    fn sync_setup(&self) -> Result<Setup, DeskError> {
        let identity = self.identity();
        let relay = self
            .relay()?
            .ok_or_else(|| DeskError::new("no_relay", "This practice has no relay yet."))?;
        let (cursor, hash) = self.cursor()?;
        let founder = self.founder()?;
        let store = self.store();
        let membership = match store.reads().setting(MEMBERSHIP)? {
            Some(bytes) => Membership::from_bytes(&bytes).map_err(|error| {
                DeskError::new("corrupt", format!("The membership cannot be read: {error}."))
            })?,
            None => identity.empty_membership(Some(founder)),
        };
        let keys = WorkstationKeys::from_bytes(&identity.workstation_keys.to_bytes())
            .map_err(|_| DeskError::new("no_identity", "This workstation’s keys cannot be read."))?;
        Ok(Setup {
            relay,
            keys: Arc::new(keys),
            membership,
            admission: store.reads().setting(ADMISSION)?,
            registration_token: store
                .reads()
                .setting(REGISTRATION_TOKEN)?
                .and_then(|bytes| String::from_utf8(bytes).ok()),
            cursor,
            hash,
            outbox: u64::from(store.reads().outbox_len()?),
        })
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
        Ok(self.store().set_aside(id.0, &refusal.message)?)
    }

    /// Stores a verified batch of the relay's log: raw envelopes, documents, rows, cursor, in one transaction.
    fn apply(&self, batch: Batch) -> Result<(), DeskError> {
        let identity = self.identity();
        let mut keys_changed: Option<Identity> = None;
        let mut entries = Vec::with_capacity(batch.entries.len());
        for entry in batch.entries {
            let current = keys_changed.as_ref().unwrap_or(&identity);
            let mut next_key = None;
            let (envelope, verdict) = match entry.content {
                Content::Own(envelope) => (envelope, Verdict::Own),
                Content::Other(envelope) => (envelope, Verdict::Accepted),
                Content::Statement(envelope, applied) => {
                    if let Applied::Followed(Statement::Rotate(rotate)) = &applied
                        && let Some(Ok(key)) =
                            rotate.unwrap_for(identity.sync_practice(), &identity.workstation_keys)
                    {
                        next_key = Some(current.with_key(key)?);
                    }
                    (envelope, Verdict::Statement)
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
                        verdict: Verdict::Quarantined {
                            reason: reason.to_string(),
                        },
                    });
                    continue;
                }
            };
            let workstation = WorkstationId::from_bytes(envelope.header().workstation.0);
            let (batch, verdict) = match verdict {
                Verdict::Statement => (None, verdict),
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
                verdict,
            });
            keys_changed = next_key.or(keys_changed);
        }
        let mut settings: Vec<(&str, Vec<u8>)> = Vec::new();
        if let Some(membership) = &batch.membership {
            settings.push((MEMBERSHIP, membership.to_bytes()));
        }
        if let Some(changed) = &keys_changed {
            settings.extend(
                changed
                    .to_bytes()
                    .into_iter()
                    .map(|(name, bytes)| (name, bytes.to_vec())),
            );
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
            let merged = store.merge_with(&MergeBatch { entries, cursor }, &settings)?;
            self.follow_busy(&store, &merged.changes);
            merged
        };
        if let Some(changed) = keys_changed {
            *self.identity.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(changed);
        }
        self.tell_changes(&merged.changes, false);
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
        match self.store().reads().setting(FOUNDER)? {
            Some(bytes) => bytes
                .try_into()
                .map(Fingerprint)
                .map_err(|_| DeskError::new("no_identity", "The founder’s fingerprint cannot be read.")),
            // Nothing stored: this workstation founded the practice itself.
            None => Ok(self.identity().person_keys.public().fingerprint()),
        }
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

    /// Writes a statement about the membership into the outbox.
    pub fn append_statement(&self, statement: &Statement) -> Result<(), DeskError> {
        let (position, hash) = self.cursor()?;
        self.append_statement_having_seen(statement, Seen { position, hash })
    }

    /// Like [`Desk::append_statement`], where more of the log is known than is fetched: from an invitation's parcel.
    pub(crate) fn append_statement_having_seen(
        &self,
        statement: &Statement,
        seen: Seen,
    ) -> Result<(), DeskError> {
        let identity = self.identity();
        let mut store = self.store();
        let bytes = store.append_statement(|sequence| {
            let envelope = identity.seal(sequence, seen, Sealing::Statement(statement))?;
            Ok::<_, DeskError>(store::Sealed {
                id: envelope.id().0,
                bytes: envelope.into_bytes(),
            })
        })?;
        if matches!(statement, Statement::Found(_) | Statement::Join(_)) {
            store.set_setting(ADMISSION, Some(&bytes))?;
        }
        Ok(())
    }
}
