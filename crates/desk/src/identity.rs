//! Who this workstation is: its keys, its person's keys, the practice's keys, and who else belongs. Lies in the
//! encrypted database (docs/adr/0002).

use std::sync::Arc;

use clinic::{PersonId, PracticeId, WorkstationId};
use sync::aead::NONCE_LENGTH;
use sync::statement::{Found, Introduction, WorkstationPublic};
use sync::{
    Envelope, Membership, PersonKeys, PracticeKey, PracticeKeys, Statement, WorkstationKeys, envelope, log,
};
use zeroize::Zeroizing;

use crate::DeskError;

/// Keys in hand. Nothing of it is ever printed.
#[derive(Clone)]
pub struct Identity {
    pub practice: PracticeId,
    pub workstation: WorkstationId,
    /// Who acts here.
    pub person: PersonId,
    pub workstation_keys: Arc<WorkstationKeys>,
    pub person_keys: Arc<PersonKeys>,
    pub practice_keys: PracticeKeys,
}

const OWN_PERSON_KEYS: &str = "identity/person_keys";
const OWN_PERSON: &str = "identity/person";
const PRACTICE_KEYS: &str = "identity/practice_keys";

/// `N` bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

impl Identity {
    /// A workstation that founds a practice.
    pub fn founding(practice: PracticeId, workstation: WorkstationId, person: PersonId) -> Identity {
        let key = PracticeKey {
            epoch: 1,
            key: random(),
        };
        Identity::joining(practice, workstation, person, PracticeKeys::new(key))
    }

    /// A workstation that joins a practice whose keys it was given.
    pub fn joining(
        practice: PracticeId,
        workstation: WorkstationId,
        person: PersonId,
        practice_keys: PracticeKeys,
    ) -> Identity {
        Identity {
            practice,
            workstation,
            person,
            workstation_keys: Arc::new(WorkstationKeys::generate(
                sync::WorkstationId(workstation.to_bytes()),
                random(),
            )),
            person_keys: Arc::new(PersonKeys::generate(random())),
            practice_keys,
        }
    }

    pub fn sync_practice(&self) -> sync::PracticeId {
        sync::PracticeId(self.practice.to_bytes())
    }

    /// The position before the first entry of the log.
    pub fn genesis(&self) -> envelope::Seen {
        envelope::Seen {
            position: 0,
            hash: log::genesis(self.sync_practice()),
        }
    }

    /// The names of this person and workstation, readable by members only.
    pub fn introduction(&self, person_name: &str, workstation_name: &str) -> Result<Vec<u8>, DeskError> {
        let introduction = Introduction {
            person_id: self.person.to_bytes(),
            person_name: person_name.to_owned(),
            workstation_name: workstation_name.to_owned(),
        };
        Ok(introduction.seal(
            self.newest_key()?,
            &self.workstation_keys,
            &self.person_keys,
            random(),
        ))
    }

    /// The first statement of the practice's log.
    pub fn found(&self, person_name: &str, workstation_name: &str) -> Result<Statement, DeskError> {
        Ok(Statement::Found(Found {
            founder: self.person_keys.public(),
            workstation: WorkstationPublic::of(&self.workstation_keys),
            epoch: self.newest_key()?.epoch,
            introduction: self.introduction(person_name, workstation_name)?,
        }))
    }

    pub fn newest_key(&self) -> Result<&PracticeKey, DeskError> {
        self.practice_keys
            .newest()
            .ok_or_else(|| DeskError::new("no_practice_key", "This workstation has no key of the practice."))
    }

    /// Seals a batch of changes, or signs a statement, as this workstation's envelope number `sequence`.
    pub fn seal(
        &self,
        sequence: u64,
        seen: envelope::Seen,
        what: Sealing<'_>,
    ) -> Result<Envelope, DeskError> {
        let author = envelope::Author {
            practice: self.sync_practice(),
            workstation: &self.workstation_keys,
            person: &self.person_keys,
            sequence,
            seen,
        };
        let key = self.newest_key()?;
        let sealed = match what {
            Sealing::Changes(body) => Envelope::seal(&author, key, body, random::<NONCE_LENGTH>()),
            Sealing::Statement(statement) => Envelope::state(&author, key.epoch, statement),
        };
        sealed
            .map_err(|error| DeskError::new("too_large", format!("This is too much for one step: {error}.")))
    }

    /// The same identity after the practice's key was changed.
    pub fn with_key(&self, key: PracticeKey) -> Identity {
        let mut changed = self.clone();
        changed.practice_keys.add(key);
        changed
    }

    /// The same workstation in the hands of this person.
    pub fn acting_as(&self, person: PersonId, person_keys: Arc<PersonKeys>) -> Identity {
        Identity {
            person,
            person_keys,
            ..self.clone()
        }
    }

    /// The same workstation in nobody's hands: with keys that nobody knows, so that whatever were signed would be
    /// refused by everybody.
    pub fn acting_as_nobody(&self) -> Identity {
        self.acting_as(self.person, Arc::new(PersonKeys::generate(random())))
    }

    /// For the encrypted database, after the practice's key was changed.
    pub fn practice_keys_setting(&self) -> (&'static str, Zeroizing<Vec<u8>>) {
        (PRACTICE_KEYS, self.practice_keys.to_bytes())
    }

    /// Where it says who that person is.
    pub fn own_person_setting() -> &'static str {
        OWN_PERSON
    }

    /// Where the key of this workstation's own person lies as long as they have no log-in.
    pub fn own_person_keys_setting() -> &'static str {
        OWN_PERSON_KEYS
    }

    /// For the encrypted database.
    pub fn to_bytes(&self) -> Vec<(&'static str, Zeroizing<Vec<u8>>)> {
        vec![
            (
                "identity/practice",
                Zeroizing::new(self.practice.to_bytes().to_vec()),
            ),
            (
                "identity/workstation",
                Zeroizing::new(self.workstation.to_bytes().to_vec()),
            ),
            (OWN_PERSON, Zeroizing::new(self.person.to_bytes().to_vec())),
            ("identity/workstation_keys", self.workstation_keys.to_bytes()),
            (OWN_PERSON_KEYS, self.person_keys.to_bytes()),
            (PRACTICE_KEYS, self.practice_keys.to_bytes()),
        ]
    }

    /// Reads back what [`Identity::to_bytes`] gave; `get` looks a name up.
    pub fn from_bytes(get: impl Fn(&str) -> Option<Vec<u8>>) -> Result<Identity, DeskError> {
        let missing = |name: &str| {
            DeskError::new(
                "no_identity",
                format!("This workstation’s identity is incomplete ({name})."),
            )
            .hint("Restore a backup, or join the practice again with an invitation.")
        };
        let bytes = |name: &str| get(name).map(Zeroizing::new).ok_or_else(|| missing(name));
        let id = |name: &str| -> Result<[u8; 16], DeskError> {
            bytes(name)?.as_slice().try_into().map_err(|_| missing(name))
        };
        Ok(Identity {
            practice: PracticeId::from_bytes(id("identity/practice")?),
            workstation: WorkstationId::from_bytes(id("identity/workstation")?),
            person: PersonId::from_bytes(id(OWN_PERSON)?),
            workstation_keys: WorkstationKeys::from_bytes(&bytes("identity/workstation_keys")?)
                .map(Arc::new)
                .map_err(|_| missing("workstation keys"))?,
            // Not there: this workstation's own person logs in like everybody else.
            person_keys: match get(OWN_PERSON_KEYS).map(Zeroizing::new) {
                Some(bytes) => PersonKeys::from_bytes(&bytes).map_err(|_| missing("person keys"))?,
                None => PersonKeys::generate(random()),
            }
            .into(),
            practice_keys: PracticeKeys::from_bytes(&bytes(PRACTICE_KEYS)?)
                .map_err(|_| missing("practice keys"))?,
        })
    }

    /// Whose founding this workstation trusts, with nothing known yet.
    pub fn empty_membership(&self, trusted: Option<sync::Fingerprint>) -> Membership {
        Membership::new(self.sync_practice(), trusted)
    }
}

/// What goes into an envelope.
pub enum Sealing<'a> {
    Changes(&'a [u8]),
    Statement(&'a Statement),
}
