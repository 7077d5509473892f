//! The relay: how current this workstation is, and inviting others.

use std::sync::Arc;
use std::time::Duration;

use clinic::{Grant, Role};
use jiff::SignedDuration;
use sync::envelope::Seen;
use sync::invitation::{InvitationCode, WelcomeParcel};
use sync::session::Link;
use sync::snapshot::Pinned;
use sync::staff::Place;

use crate::api::{self, Invitation, SyncMode, SyncState};
use crate::clock::{Clock, millis};
use crate::desk::Desk;
use crate::desk::staff::capability_for;
use crate::desk::writing::not_allowed;
use crate::identity::random;
use crate::syncing::Practice;
use crate::{DeskError, qr, views};

/// How long an invitation is good.
const INVITATION_DAYS: i64 = 7;
const RELAY_PATIENCE: Duration = Duration::from_secs(30);

impl Desk {
    pub fn sync_state(&self) -> Result<SyncState, DeskError> {
        let relay = self.relay()?;
        let shown = self.shown();
        let now = self.now();
        let (waiting, quarantined) = (self.outbox_len()?, self.quarantined()?);
        let (mode, behind) = match shown.status.map(|status| status.link) {
            _ if relay.is_none() => (SyncMode::Alone, 0),
            None | Some(Link::Offline { .. }) => (SyncMode::Offline, 0),
            Some(Link::Connecting) => (SyncMode::Connecting, 0),
            Some(Link::Behind { entries }) => (SyncMode::Behind, u32::try_from(entries).unwrap_or(u32::MAX)),
            Some(Link::Live) => (SyncMode::Live, 0),
            Some(Link::Stopped) => (SyncMode::Stopped, 0),
        };
        let retry_at = shown
            .retry_in
            .and_then(|wait| SignedDuration::try_from(wait).ok())
            .and_then(|wait| now.checked_add(wait).ok())
            .map(views::instant);
        Ok(SyncState {
            mode,
            // Alone, nothing waits for anybody.
            waiting: if relay.is_some() {
                u32::try_from(waiting).unwrap_or(u32::MAX)
            } else {
                0
            },
            behind,
            relay,
            last_live_at: self.last_live_at().map(views::instant),
            trouble: self.cover_trouble().or(shown.trouble),
            is_removed: shown.is_removed,
            retry_at,
            quarantined,
        })
    }

    pub fn sync_now(&self) -> Result<SyncState, DeskError> {
        if let Some(conversation) = self.conversation() {
            conversation.retry_now();
        }
        self.sync_state()
    }

    /// Syncs once and says how it went: for the command line. Beside a window, waits for the window to do it.
    pub fn sync_once(self: &Arc<Self>, patience: Duration) -> Result<SyncState, DeskError> {
        if self.relay()?.is_none() {
            return Err(no_relay());
        }
        self.talk(|conversation| conversation.wait_in_step(patience))?;
        self.sync_state()
    }

    /// What a newcomer is given behind an invitation.
    pub fn welcome(&self, snapshot: Option<Pinned>) -> Result<WelcomeParcel, DeskError> {
        let (position, hash) = self.cursor()?;
        Ok(WelcomeParcel {
            practice: self.identity().sync_practice(),
            practice_name: self.roster().practice.name.clone(),
            keys: self.practice_keys(),
            founder: self.founder()?,
            seen: Seen { position, hash },
            snapshot,
        })
    }

    pub fn relay_invite(self: &Arc<Self>, request: api::RelayInvite) -> Result<Invitation, DeskError> {
        let relay = match (
            request
                .relay
                .as_deref()
                .map(str::trim)
                .filter(|url| !url.is_empty()),
            self.relay()?,
        ) {
            (Some(wanted), Some(known)) if trimmed(wanted) != trimmed(&known) => {
                return Err(
                    DeskError::new("relay_known", format!("This practice uses the relay {known}."))
                        .hint("Leave the address out to invite with it.")
                        .field("relay"),
                );
            }
            (_, Some(known)) => known,
            (Some(wanted), None) => {
                // Makes sure that it can be written into a code before anything is kept.
                InvitationCode::new(wanted, random()).map_err(|error| bad_relay(&error))?;
                self.set_relay(wanted, request.registration_token.as_deref())?;
                wanted.to_owned()
            }
            (None, None) => return Err(no_relay()),
        };
        let code = InvitationCode::new(&relay, random()).map_err(|error| bad_relay(&error))?;
        let grants = request
            .grants
            .unwrap_or_else(|| vec![Grant::everywhere(Role::FrontDesk)]);
        self.rights()
            .check_grants(&[], &grants)
            .map_err(|lacks| not_allowed(&lacks, &self.roster()))?;
        let capability = capability_for(&grants);
        let plain = serde_json::to_vec(&grants).expect("roles are plain data");
        let roles = self.note(&self.identity(), Place::Invited(code.public()), &plain)?;
        // The relay goes by the world’s clock, also where a demo’s stands still.
        let expires_at = Clock::System.now() + SignedDuration::from_hours(24 * INVITATION_DAYS);
        let invited = self.talk(|conversation| {
            // First the statement must be in the log: the relay takes a parcel only for an invitation it knows.
            self.append_statement(&code.invite(capability, millis(expires_at), Some(roles)))?;
            conversation.outbox_grew();
            conversation.wait_in_step(RELAY_PATIENCE)?;
            let snapshot = self.offer_snapshot();
            conversation.store_parcel(
                code.parcel(&self.welcome(snapshot)?, millis(expires_at), random()),
                RELAY_PATIENCE,
            )
        });
        if let Err(error) = invited {
            // A relay that never answered is not kept: the next try may name another one.
            self.forget_relay_if_never_reached()?;
            return Err(error);
        }
        let text = code.to_string();
        let qr_svg = qr::svg(&text)?;
        Ok(Invitation {
            code: text,
            qr_svg,
            expires_at: views::instant(expires_at),
        })
    }
}

fn trimmed(url: &str) -> &str {
    url.trim_end_matches('/')
}

pub(crate) fn bad_relay(error: &sync::invitation::BadCode) -> DeskError {
    DeskError::new(
        "bad_relay",
        format!("{}.", crate::words::capital(&error.to_string())),
    )
    .hint("Write its address like wss://relay.example.")
    .field("relay")
}

pub(crate) fn no_relay() -> DeskError {
    DeskError::new("no_relay", "This practice has no relay yet.")
        .hint("Name one with the first invitation: relay invite --relay wss://relay.example.")
        .field("relay")
}
