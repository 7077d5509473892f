//! What comes from the relay: the handshake, and the log, verified before anybody sees it.

use minicbor::bytes::ByteVec;

use super::{Alarm, Batch, Content, Effect, Entry, Millis, Open, PULL_ENVELOPES, Phase, Quarantine, Session};
use crate::envelope::{Envelope, Kind, verify_all};
use crate::id::EnvelopeId;
use crate::log::ChainBroken;
use crate::membership::Membership;
use crate::wire::{Auth, BadFrame, Challenge, Entries, Frame, Pull, Welcome};

impl Session {
    pub(super) fn frame(&mut self, now: Millis, bytes: &[u8]) {
        if !matches!(self.phase, Phase::Greeting { .. } | Phase::Open(_)) {
            return;
        }
        self.last_heard = now;
        let frame = match Frame::parse(bytes) {
            Ok(frame) => frame,
            // A newer relay may say more than we understand; what we need comes in frames we know.
            Err(BadFrame::Unknown(_)) => return,
            Err(error) => {
                self.effects
                    .push(Effect::Alarm(Alarm::Protocol(error.to_string())));
                return self.drop_connection(now, error.to_string());
            }
        };
        match (frame, &self.phase) {
            (Frame::Challenge(challenge), Phase::Greeting { .. }) => self.challenge(now, &challenge),
            (Frame::Welcome(welcome), Phase::Greeting { .. }) => self.welcome(now, &welcome),
            (Frame::Accepted(accepted), Phase::Open(_)) => self.accepted(now, accepted),
            (Frame::Entries(entries), Phase::Open(_)) => self.entries(now, entries),
            (Frame::ParcelStored(stored), Phase::Open(_)) => self.parcel_stored(now, stored.lookup),
            (Frame::Claimed(claimed), Phase::Open(_)) => self.claimed(claimed),
            (Frame::Mail(mail), Phase::Open(_)) => self.mail(now, mail),
            (Frame::Refused(refusal), _) => self.relay_refused(now, refusal),
            (Frame::Pong(pong), Phase::Open(_)) => {
                self.heard_head(now, pong.head);
                if pong.mail.is_some_and(|last| last > self.mail_after) {
                    self.get_mail(now);
                }
            }
            // Anything else comes too late or twice.
            _ => {}
        }
    }

    fn challenge(&mut self, now: Millis, challenge: &Challenge) {
        let keys = &self.config.keys;
        let auth = Auth {
            signature: keys.prove(&challenge.nonce, self.membership.practice()),
            admission: self.config.admission.clone().map(ByteVec::from),
            registration_token: self.config.registration_token.clone(),
        };
        self.send(now, &Frame::Auth(auth));
    }

    fn welcome(&mut self, now: Millis, welcome: &Welcome) {
        let head = welcome.head;
        if head.position < self.chain.position() {
            return self.stop(ChainBroken::RolledBack {
                cursor: self.chain.position(),
                head: head.position,
            });
        }
        if head.position == self.chain.position() && head.hash != self.chain.hash() {
            return self.stop(ChainBroken::Forked {
                position: head.position,
            });
        }
        self.failures = 0;
        self.offline_since = None;
        self.refused = None;
        self.phase = Phase::Open(Box::new(Open {
            head: head.position,
            progress_at: now,
            outbox_may_have_more: self.waiting > 0,
            told: welcome
                .retention
                .filter(|retention| retention.days > 0 && !self.config.is_beside)
                .map(|_| (0, now)),
            pruned: welcome
                .retention
                .map(|retention| retention.pruned.max(retention.gone)),
            ..Open::default()
        }));
        if let Phase::Open(open) = &mut self.phase {
            open.aside.understands = welcome.understands.unwrap_or_default();
        }
        self.effects.push(Effect::Retention(welcome.retention));
        // Also when nothing is missing: the answer starts the live stream.
        self.pull(now);
        self.ask_outbox();
        self.send_parcel(now);
        self.begin_aside(now);
    }

    pub(super) fn pull(&mut self, now: Millis) {
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        let after = self.chain.position();
        open.pulling = Some((after, now));
        open.must_pull = false;
        self.send(
            now,
            &Frame::Pull(Pull {
                after,
                hash: self.chain.hash(),
                limit: PULL_ENVELOPES,
            }),
        );
    }

    /// Entries that passed by or were not sent are asked for, as soon as there is room for them.
    pub(super) fn pull_if_needed(&mut self, now: Millis) {
        let Phase::Open(open) = &self.phase else { return };
        let behind = self.chain.position() < open.head;
        if behind && open.must_pull && open.pulling.is_none() && self.has_room() {
            self.pull(now);
        }
    }

    /// The relay's log is known to reach `head`. Entries up to there are normally on their way already; should
    /// they be lost, [`Session::tick`] asks for them.
    pub(super) fn heard_head(&mut self, now: Millis, head: u64) {
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        if self.chain.position() >= open.head {
            open.progress_at = now;
        }
        open.head = open.head.max(head);
    }

    fn entries(&mut self, now: Millis, frame: Entries) {
        let known = self.chain.position();
        let has_room = self.has_room();
        let last = frame.after.saturating_add(frame.envelopes.len() as u64);
        self.heard_head(now, frame.head.max(last));
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        if open.pulling.is_some_and(|(after, _)| after == frame.after) {
            // The page asked for. If it does not reach the head, the next must be asked for, too.
            open.pulling = None;
            open.must_pull = last < frame.head;
        }
        if frame.after > known || last > known && !has_room {
            // A gap, or more than the desk has room for.
            open.must_pull = true;
            return self.pull_if_needed(now);
        }
        if last <= known {
            return self.pull_if_needed(now);
        }
        open.progress_at = now;
        let skip = usize::try_from(known - frame.after).unwrap_or(usize::MAX);
        match self.verify(frame.envelopes.into_iter().skip(skip).map(Vec::from)) {
            Ok(_) if self.chain.hash() != frame.hash => self.stop(ChainBroken::WrongHash { position: last }),
            Ok(verified) => self.take(now, verified),
            Err(broken) => self.stop(broken),
        }
    }

    fn take(&mut self, now: Millis, verified: Verified) {
        for entry in &verified.entries {
            self.own.remove(&entry.id);
        }
        self.policy_changed |= verified.policy_changed;
        self.unapplied
            .push_back((self.chain.position(), verified.entries.len()));
        self.effects.push(Effect::Apply(Batch {
            entries: verified.entries,
            cursor: self.chain.position(),
            hash: self.chain.hash(),
            membership: verified.policy_changed.then(|| Box::new(self.membership.clone())),
        }));
        self.pull_if_needed(now);
    }

    /// Verifies consecutive entries after the chain's end and follows them. Between two statements the policy
    /// does not change, so the signatures of such a stretch are checked together. After an error the session
    /// stops, so what was followed so far need not be taken back.
    fn verify(&mut self, raw: impl Iterator<Item = Vec<u8>>) -> Result<Verified, ChainBroken> {
        let mut verified = Verified {
            entries: Vec::new(),
            policy_changed: false,
        };
        let mut stretch: Vec<(u64, Envelope)> = Vec::new();
        for bytes in raw {
            let position = self.chain.position() + 1;
            let id = match Envelope::check(&bytes) {
                Ok(header) => {
                    let fits = Membership::fits_position(&header, position);
                    if fits.is_ok() && self.membership.may_append(&header).is_ok() {
                        self.chain.check_seen(header.seen)?;
                    }
                    let envelope = Envelope::checked(bytes, header);
                    let id = envelope.id();
                    if header.kind == Kind::Changes {
                        stretch.push((position, envelope));
                    } else {
                        self.close_stretch(&mut stretch, &mut verified.entries);
                        verified.policy_changed |= self.follow(position, envelope, &mut verified.entries);
                    }
                    id
                }
                Err(error) => {
                    let id = Envelope::id_of(&bytes);
                    self.close_stretch(&mut stretch, &mut verified.entries);
                    verified
                        .entries
                        .push(quarantined(position, id, bytes, error.into()));
                    id
                }
            };
            self.chain.push(id);
        }
        self.close_stretch(&mut stretch, &mut verified.entries);
        Ok(verified)
    }

    fn follow(&mut self, position: u64, envelope: Envelope, entries: &mut Vec<Entry>) -> bool {
        let id = envelope.id();
        match self.membership.apply(position, &envelope) {
            Ok(applied) => {
                entries.push(Entry {
                    position,
                    id,
                    content: Content::Statement(envelope, applied),
                });
                true
            }
            Err(rejected) => {
                entries.push(quarantined(position, id, envelope.into_bytes(), rejected.into()));
                false
            }
        }
    }

    fn close_stretch(&self, stretch: &mut Vec<(u64, Envelope)>, entries: &mut Vec<Entry>) {
        let signed_here = |envelope: &Envelope| self.own.contains(&envelope.id());
        let unsure: Vec<&Envelope> = stretch
            .iter()
            .map(|(_, envelope)| envelope)
            .filter(|envelope| !signed_here(envelope))
            .collect();
        let mut verdicts = verify_all(&unsure, &self.membership).into_iter();
        for (position, envelope) in stretch.drain(..) {
            let verdict = if signed_here(&envelope) {
                self.membership.may_append(envelope.header())
            } else {
                verdicts
                    .next()
                    .expect("one verdict for each envelope that was verified")
            };
            let id = envelope.id();
            entries.push(
                match verdict.and_then(|()| Membership::fits_position(envelope.header(), position)) {
                    Ok(()) if envelope.header().workstation == self.config.keys.id() => Entry {
                        position,
                        id,
                        content: Content::Own(envelope),
                    },
                    Ok(()) => Entry {
                        position,
                        id,
                        content: Content::Other(envelope),
                    },
                    Err(rejected) => quarantined(position, id, envelope.into_bytes(), rejected.into()),
                },
            );
        }
    }
}

struct Verified {
    entries: Vec<Entry>,
    policy_changed: bool,
}

fn quarantined(position: u64, id: EnvelopeId, bytes: Vec<u8>, reason: Quarantine) -> Entry {
    Entry {
        position,
        id,
        content: Content::Quarantined { bytes, reason },
    }
}
