//! What goes to the relay: the outbox in order, a few pushes at a time, and parcels.

use minicbor::bytes::ByteVec;

use super::{Effect, InFlight, Millis, PUSH_ENVELOPES, PUSH_WINDOW, Phase, Session};
use crate::envelope::Envelope;
use crate::id::{EnvelopeId, LookupId};
use crate::wire::{Accepted, Frame, MAX_BATCH_BYTES, Push, Refusal, RefusalCode};

impl Session {
    pub(super) fn ask_outbox(&mut self) {
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        if open.asked_outbox.is_none() && open.outbox_may_have_more && open.in_flight.len() < PUSH_WINDOW {
            open.asked_outbox = Some(open.sent_sequence);
            open.outbox_may_have_more = false;
            self.effects.push(Effect::NeedOutbox {
                after_sequence: open.sent_sequence,
                limit: PUSH_ENVELOPES,
                max_bytes: MAX_BATCH_BYTES,
            });
        }
    }

    pub(super) fn outbox_ready(
        &mut self,
        now: Millis,
        after_sequence: u64,
        envelopes: Vec<(EnvelopeId, Vec<u8>)>,
    ) {
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        if open.asked_outbox != Some(after_sequence) {
            // An answer to a question from before the connection was lost: the new one has its own.
            return;
        }
        open.asked_outbox = None;
        let mut ids = Vec::with_capacity(envelopes.len());
        let mut bytes = 0;
        let mut push = Vec::with_capacity(envelopes.len());
        let mut unusable = None;
        let given = envelopes.len();
        for (id, envelope) in envelopes {
            if ids.len() == PUSH_ENVELOPES || (!ids.is_empty() && bytes + envelope.len() > MAX_BATCH_BYTES) {
                break;
            }
            match Envelope::parse(envelope) {
                Ok(envelope) if envelope.id() == id => {
                    open.sent_sequence = open.sent_sequence.max(envelope.header().sequence);
                    bytes += envelope.bytes().len();
                    ids.push(id);
                    push.push(ByteVec::from(envelope.into_bytes()));
                }
                Ok(_) => {
                    unusable = Some((id, "this envelope is not the one its id names".to_owned()));
                    break;
                }
                Err(error) => {
                    unusable = Some((id, error.to_string()));
                    break;
                }
            }
        }
        if !ids.is_empty() {
            open.next_batch += 1;
            // A short answer was all there is; the desk says so when there is more.
            open.outbox_may_have_more |=
                given > ids.len() || given == PUSH_ENVELOPES || bytes * 2 > MAX_BATCH_BYTES;
            let batch = open.next_batch;
            open.in_flight.push_back(InFlight {
                batch,
                ids,
                sent_at: now,
            });
            self.send(
                now,
                &Frame::Push(Push {
                    batch,
                    envelopes: push,
                }),
            );
        }
        if let Some((id, message)) = unusable {
            // Stored bytes that were damaged here can never be sent; what follows may still be.
            let refusal = Refusal::new(RefusalCode::Malformed, message);
            self.effects.push(Effect::SetAside { id, refusal });
        }
        self.ask_outbox();
    }

    pub(super) fn accepted(&mut self, now: Millis, accepted: Accepted) {
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        let Some(front) = open.in_flight.front() else {
            return;
        };
        if front.batch != accepted.batch {
            if accepted.batch > front.batch {
                // An acknowledgement was lost on the way: the relay knows better what it has.
                self.drop_connection(now, "the relay's acknowledgements came out of order");
            }
            return;
        }
        let push = open.in_flight.pop_front().expect("there is a front");
        let taken = accepted.positions.len().min(push.ids.len());
        let marked: Vec<_> = push
            .ids
            .iter()
            .copied()
            .zip(accepted.positions)
            .take(taken)
            .collect();
        self.own.extend(
            marked
                .iter()
                .filter(|(_, position)| *position > self.chain.position())
                .map(|(id, _)| *id),
        );
        if !marked.is_empty() {
            self.effects.push(Effect::Accepted(marked));
        }
        self.heard_head(now, accepted.head.position);
        match accepted.refused {
            None if taken == push.ids.len() => self.ask_outbox(),
            None => self.drop_connection(now, "the relay left envelopes unanswered"),
            Some(refusal) => self.envelope_refused(now, push.ids.get(taken).copied(), refusal),
        }
    }

    /// The relay took what came before, but not this one nor what follows.
    fn envelope_refused(&mut self, now: Millis, id: Option<EnvelopeId>, refusal: Refusal) {
        let for_good = matches!(refusal.code, RefusalCode::Malformed | RefusalCode::Rejected);
        match id {
            Some(id) if for_good => {
                self.effects.push(Effect::SetAside { id, refusal });
                // The pushes behind it were refused with it; a fresh connection sends them in order again.
                self.failures = 0;
                self.drop_connection(now, "the relay refused an envelope");
            }
            _ => self.refused(now, refusal),
        }
    }

    pub(super) fn send_parcel(&mut self, now: Millis) {
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        if open.parcel_since.is_none()
            && let Some(parcel) = self.parcels.front().cloned()
        {
            open.parcel_since = Some(now);
            self.send(now, &Frame::PutParcel(parcel));
        }
    }

    pub(super) fn parcel_stored(&mut self, now: Millis, lookup: LookupId) {
        if self.parcels.front().is_some_and(|parcel| parcel.lookup == lookup) {
            self.parcels.pop_front();
            self.effects.push(Effect::ParcelStored { lookup });
            if let Phase::Open(open) = &mut self.phase {
                open.parcel_since = None;
            }
            self.send_parcel(now);
        }
    }

    /// A refusal that is not part of an acknowledgement: of a parcel, or of the connection as a whole.
    pub(super) fn relay_refused(&mut self, now: Millis, refusal: Refusal) {
        let about_parcel = matches!(&self.phase, Phase::Open(open) if open.parcel_since.is_some())
            && matches!(refusal.code, RefusalCode::TooMany | RefusalCode::Malformed);
        if about_parcel && let Some(parcel) = self.parcels.pop_front() {
            self.effects.push(Effect::ParcelRefused {
                lookup: parcel.lookup,
                refusal,
            });
            if let Phase::Open(open) = &mut self.phase {
                open.parcel_since = None;
            }
            return self.send_parcel(now);
        }
        self.refused(now, refusal);
    }
}
