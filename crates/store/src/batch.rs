//! What an envelope carries once it is opened: one operation's changes to one or more documents, all or
//! nothing. Written in CBOR with a version in front.

use clinic::{DocumentId, LocationId, Op, PatientId, PersonId, ProviderId, Stamp, TemplateId, WorkstationId};
use jiff::Timestamp;
use minicbor::{Decode, Encode};

use crate::audit::Anchor;

/// The first version; a reader refuses what it does not know.
const VERSION: u8 = 1;

/// One operation as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub workstation: WorkstationId,
    /// Makes the author's Automerge actor, together with the workstation.
    pub incarnation: [u8; 16],
    pub op: Op,
    pub person: PersonId,
    pub at: Timestamp,
    pub stamp: Stamp,
    /// Why, where a reason was given.
    pub reason: String,
    /// The envelope that this one takes back or does again.
    pub undoes: Option<[u8; 32]>,
    /// Documents, each with its Automerge changes in causal order.
    pub documents: Vec<(DocumentId, Vec<Vec<u8>>)>,
    /// How far the author's audit had come just before; none from workstations that keep no audit yet.
    pub audit: Option<Anchor>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Wire {
    #[n(0)]
    version: u8,
    #[cbor(n(1), with = "minicbor::bytes")]
    workstation: [u8; 16],
    #[cbor(n(2), with = "minicbor::bytes")]
    incarnation: [u8; 16],
    #[n(3)]
    op: String,
    #[cbor(n(4), with = "minicbor::bytes")]
    person: [u8; 16],
    #[n(5)]
    at_millis: i64,
    #[n(6)]
    stamp_millis: u64,
    #[n(7)]
    stamp_counter: u32,
    #[n(8)]
    reason: String,
    #[cbor(n(9), with = "minicbor::bytes")]
    undoes: Option<[u8; 32]>,
    #[n(10)]
    documents: Vec<WireDocument>,
    /// Last, so that batches without one are the bytes they always were.
    #[n(11)]
    audit: Option<WireAnchor>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct WireAnchor {
    #[n(0)]
    number: u64,
    #[cbor(n(1), with = "minicbor::bytes")]
    hash: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    origin: [u8; 8],
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct WireDocument {
    #[cbor(n(0), with = "minicbor::bytes")]
    id: Vec<u8>,
    #[n(1)]
    changes: Vec<minicbor::bytes::ByteVec>,
}

impl Batch {
    pub fn encode(&self) -> Vec<u8> {
        let documents = self.documents.iter().map(|(id, changes)| WireDocument {
            id: document_bytes(*id),
            changes: changes.iter().map(|bytes| bytes.clone().into()).collect(),
        });
        let wire = Wire {
            version: VERSION,
            workstation: self.workstation.to_bytes(),
            incarnation: self.incarnation,
            op: self.op.code().to_owned(),
            person: self.person.to_bytes(),
            at_millis: self.at.as_millisecond(),
            stamp_millis: self.stamp.millis,
            stamp_counter: self.stamp.counter,
            reason: self.reason.clone(),
            undoes: self.undoes,
            documents: documents.collect(),
            audit: self.audit.map(|anchor| WireAnchor {
                number: anchor.number,
                hash: anchor.hash,
                origin: anchor.origin,
            }),
        };
        minicbor::to_vec(&wire).expect("writing to memory does not fail")
    }

    /// Reads a batch; the text says what is wrong with it.
    pub fn decode(bytes: &[u8]) -> Result<Batch, String> {
        let mut decoder = minicbor::Decoder::new(bytes);
        let version = decoder
            .array()
            .and_then(|_| decoder.u8())
            .map_err(|_| "it is not a batch of changes".to_owned())?;
        if version != VERSION {
            return Err(format!(
                "it has format {version}; this program reads {VERSION}: update this workstation"
            ));
        }
        let wire: Wire =
            minicbor::decode(bytes).map_err(|error| format!("it is not a batch of changes: {error}"))?;
        let op = Op::from_code(&wire.op).ok_or_else(|| {
            format!(
                "the operation “{}” is not known here: update this workstation",
                wire.op
            )
        })?;
        let workstation = WorkstationId::from_bytes(wire.workstation);
        let documents = wire.documents.into_iter().map(|document| {
            let id = document_from_bytes(&document.id)
                .ok_or("it names an unknown kind of document: update this workstation")?;
            Ok((id, document.changes.into_iter().map(Vec::from).collect()))
        });
        Ok(Batch {
            workstation,
            incarnation: wire.incarnation,
            op,
            person: PersonId::from_bytes(wire.person),
            at: Timestamp::from_millisecond(wire.at_millis)
                .map_err(|_| "its time is impossible".to_owned())?,
            stamp: Stamp {
                millis: wire.stamp_millis,
                counter: wire.stamp_counter,
                workstation,
            },
            reason: wire.reason,
            undoes: wire.undoes,
            documents: documents.collect::<Result<_, &str>>()?,
            audit: wire.audit.map(|anchor| Anchor {
                number: anchor.number,
                hash: anchor.hash,
                origin: anchor.origin,
            }),
        })
    }
}

/// A document's name in 1 or 17 bytes.
pub(crate) fn document_bytes(id: DocumentId) -> Vec<u8> {
    let (kind, id) = match id {
        DocumentId::Practice => return vec![0],
        DocumentId::Location(id) => (1, id.to_bytes()),
        DocumentId::Provider(id) => (2, id.to_bytes()),
        DocumentId::Patient(id) => (3, id.to_bytes()),
        DocumentId::Template(id) => (4, id.to_bytes()),
    };
    let mut bytes = Vec::with_capacity(17);
    bytes.push(kind);
    bytes.extend_from_slice(&id);
    bytes
}

pub(crate) fn document_from_bytes(bytes: &[u8]) -> Option<DocumentId> {
    let (kind, id) = bytes.split_first()?;
    if *kind == 0 {
        return id.is_empty().then_some(DocumentId::Practice);
    }
    let id: [u8; 16] = id.try_into().ok()?;
    match kind {
        1 => Some(DocumentId::Location(LocationId::from_bytes(id))),
        2 => Some(DocumentId::Provider(ProviderId::from_bytes(id))),
        3 => Some(DocumentId::Patient(PatientId::from_bytes(id))),
        4 => Some(DocumentId::Template(TemplateId::from_bytes(id))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        let workstation = WorkstationId(71);
        Batch {
            workstation,
            incarnation: [5; 16],
            op: Op::BookAppointment,
            person: PersonId(61),
            at: Timestamp::UNIX_EPOCH,
            stamp: Stamp {
                millis: 7,
                counter: 1,
                workstation,
            },
            reason: String::new(),
            undoes: None,
            documents: vec![(DocumentId::Practice, vec![vec![1, 2, 3]])],
            audit: None,
        }
    }

    /// As every release so far has written it: eleven fields.
    const WITHOUT_AUDIT: &str = "8b0150000000000000000000000000000000475005050505050505050505050505050505\
        70626f6f6b5f6170706f696e746d656e74500000000000000000000000000000003d00070160f6818241008143010203";

    #[test]
    fn a_batch_without_an_anchor_is_what_it_always_was() {
        let bytes = batch().encode();
        assert_eq!(data_encoding::HEXLOWER.encode(&bytes), WITHOUT_AUDIT);
        assert_eq!(Batch::decode(&bytes), Ok(batch()));
    }

    #[test]
    fn the_anchor_comes_back() {
        let anchored = Batch {
            audit: Some(Anchor {
                number: 300,
                hash: [0xAB; 32],
                origin: [1; 8],
            }),
            ..batch()
        };
        let bytes = anchored.encode();
        assert_eq!(Batch::decode(&bytes), Ok(anchored));
        // A reader that knows eleven fields reads those and passes over the twelfth.
        assert_eq!(bytes[0], 0x8c);
        assert_eq!(bytes[1..batch().encode().len()], batch().encode()[1..]);
    }
}
