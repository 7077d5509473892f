//! How a document begins: the same first change, byte for byte, on every workstation, which makes the
//! containers. Without it two desks that create one at the same time would hide each other's records.

use std::sync::OnceLock;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, Change, ObjType, ROOT};
use clinic::{DocumentId, EntityKind, WorkstationId};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// Writes the first changes and nothing else.
pub(crate) fn genesis_actor() -> ActorId {
    ActorId::from([0u8; 16])
}

/// Which kind of document, as an index.
fn shape(document: DocumentId) -> usize {
    match document {
        DocumentId::Practice => 0,
        DocumentId::Location(_) => 1,
        DocumentId::Provider(_) => 2,
        DocumentId::Patient(_) => 3,
        DocumentId::Template(_) => 4,
    }
}

/// Containers by shape, then by version: a later release appends a list, and never touches an older one.
const CONTAINERS: [&[&[EntityKind]]; 5] = [
    &[
        &[
            EntityKind::Practice,
            EntityKind::Person,
            EntityKind::Workstation,
            EntityKind::AppointmentType,
        ],
        &[EntityKind::Equipment],
    ],
    &[
        &[EntityKind::Location, EntityKind::Operatory, EntityKind::TimeBlock],
        &[EntityKind::TemplateApplication, EntityKind::DaySlot],
    ],
    &[&[EntityKind::Provider, EntityKind::TimeBlock]],
    &[
        &[
            EntityKind::Patient,
            EntityKind::Appointment,
            EntityKind::AcceptedConflict,
        ],
        &[EntityKind::RecurringAppointment],
    ],
    &[&[
        EntityKind::ScheduleTemplate,
        EntityKind::TemplateSlot,
        EntityKind::TemplateVersion,
        EntityKind::TemplateShare,
    ]],
];

struct Genesis {
    empty: Automerge,
    changes: Vec<Change>,
    bytes: Vec<u8>,
}

fn genesis(document: DocumentId) -> &'static Genesis {
    static ALL: OnceLock<Vec<Genesis>> = OnceLock::new();
    &ALL.get_or_init(|| CONTAINERS.iter().map(|versions| build(versions)).collect())[shape(document)]
}

fn build(versions: &[&[EntityKind]]) -> Genesis {
    let mut empty = Automerge::new().with_actor(genesis_actor());
    for containers in versions {
        let mut transaction = empty.transaction();
        for kind in *containers {
            transaction
                .put_object(ROOT, kind.container(), ObjType::Map)
                .expect("an empty map takes any key");
        }
        transaction.commit_with(CommitOptions::default().with_time(0));
    }
    let changes = empty.get_changes(&[]);
    let bytes = changes
        .iter()
        .flat_map(|change| change.raw_bytes().to_vec())
        .collect();
    Genesis {
        empty,
        changes,
        bytes,
    }
}

/// The kinds of records that a document holds.
pub(crate) fn kinds(document: DocumentId) -> impl Iterator<Item = EntityKind> {
    CONTAINERS[shape(document)]
        .iter()
        .flat_map(|version| version.iter().copied())
}

/// A document with its containers and nothing in them.
pub(crate) fn empty(document: DocumentId, actor: &ActorId) -> Automerge {
    genesis(document).empty.clone().with_actor(actor.clone())
}

/// The first changes as stored bytes.
pub(crate) fn bytes(document: DocumentId) -> &'static [u8] {
    &genesis(document).bytes
}

/// Adds what a newer release put into the beginning.
pub(crate) fn complete(document: DocumentId, automerge: &mut Automerge) -> Result<(), StoreError> {
    let missing: Vec<Change> = genesis(document)
        .changes
        .iter()
        .filter(|change| !has(automerge, change))
        .cloned()
        .collect();
    if !missing.is_empty() {
        automerge.apply_changes(missing).map_err(StoreError::corrupt)?;
    }
    Ok(())
}

fn has(automerge: &Automerge, change: &Change) -> bool {
    automerge.get_change_meta_by_hash(&change.hash()).is_some()
}

/// The Automerge actor of one run of the program at one workstation. Each run has a new one: a restored
/// backup that went on with its old actor would diverge for ever. Receivers compute it too, so that nobody
/// writes under another's name.
pub(crate) fn actor(workstation: WorkstationId, incarnation: &[u8; 16]) -> ActorId {
    let digest = Sha256::new()
        .chain_update(b"orca-front-desk actor 1")
        .chain_update(workstation.to_bytes())
        .chain_update(incarnation)
        .finalize();
    ActorId::from(&digest[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, new documents would not fit those of other workstations: never bless it.
    #[test]
    fn the_first_change_never_changes() {
        let id = clinic::PatientId(1);
        let hashes: Vec<String> = [
            DocumentId::Practice,
            DocumentId::Location(clinic::LocationId(1)),
            DocumentId::Provider(clinic::ProviderId(1)),
            DocumentId::Patient(id),
            DocumentId::Template(clinic::TemplateId(1)),
        ]
        .into_iter()
        .flat_map(|document| genesis(document).changes.iter())
        .map(|change| change.hash().to_string())
        .collect();
        expect_test::expect![[r#"
            fa14d77c1eba393ccda718bfa9e0335e2da652dfd5aa16291dd0dd4143369270
            be7727f088d55a176b931a6bde4c03639f13b4d5738ba37062208295173d26af
            5fa01cc8a04303163d7009c90a1ec3d074c8ef3e064b6e2e53635101fe986548
            8bb3b7e57273a227f25d2d3dea3d0e09b65d1946e213307a8c4dcb74f58e172d
            227b83cefa9b496ba84fc18698cfc6a94d9faf139c9c22cce330878d1706c074
            7aac1275390d8f9c476ec539b2c99e76322ad397cc2d64f275214732bfbea7bb
            9f26f5be106915dcced083572b61056303c9f6cd0030e4eefd94685441571569
            f6e6546113dd1252aceea1b4f9743a036426e211854fa9bcc0861729da043645"#]]
        .assert_eq(&hashes.join("\n"));
    }
}
