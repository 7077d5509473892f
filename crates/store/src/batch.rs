//! What an envelope carries once it is opened: one operation's changes to one or more documents, all or
//! nothing. Written in CBOR with a version in front.

use clinic::{DocumentId, LocationId, Op, PatientId, PersonId, ProviderId, Stamp, WorkstationId};
use jiff::Timestamp;
use minicbor::{Decode, Encode};

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
        _ => None,
    }
}
