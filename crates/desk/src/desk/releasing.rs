//! Letting in what was set aside: an administrator says it in the log, and every desk follows it where it meets it there.

use std::collections::HashMap;

use clinic::{DocumentId, Roster};
use store::{Batch, Content, Cursor, Incoming, MergeBatch, Release, Verdict};
use sync::membership::Applied;
use sync::release::{LetIn, MAX_ENCLOSED_BYTES, Named};
use sync::{Envelope, EnvelopeId, PracticeKeys, Statement};

use crate::api::{LetInEntry, LetInWhy, ReleaseSetAside, SetAside, SetAsideEntry, SetAsideWork};
use crate::audit::seen;
use crate::desk::staff::Staff;
use crate::desk::{Desk, looking};
use crate::identity::random;
use crate::{DeskError, views};

/// Entries listed of what was set aside, and of what was let in.
const MOST_LISTED: usize = 200;
/// Fewer digits of an id are a slip rather than a choice.
const SHORTEST_ID: usize = 6;
/// Set once what an older program passed over was looked at.
const READ: &str = "releases/read";

/// What a statement means for the store. `staff`: the people just before it. `find`: the bytes of an envelope that is here.
pub(super) fn verdict(
    envelope: &Envelope,
    applied: &Applied,
    staff: &Staff,
    keys: &PracticeKeys,
    find: &dyn Fn(&EnvelopeId) -> Option<Vec<u8>>,
) -> Verdict {
    let Applied::Followed(Statement::Release(release)) = applied else {
        return Verdict::Statement;
    };
    let author = envelope.header().person;
    // The relay knows administrators; of the whole practice or of one place is sealed, so it is asked here.
    if let Err(lacks) = staff.rights(author).check_administrator(None) {
        tracing::warn!(%lacks, "somebody lets in what they may not");
        return Verdict::Statement;
    }
    let (Some(signer), Some(by)) = (
        staff.signer(author),
        staff.signer(author).and_then(|signer| signer.person),
    ) else {
        return Verdict::Statement;
    };
    let Ok(let_in) = release.open(keys, signer.key) else {
        tracing::warn!("what is let in cannot be read here");
        return Verdict::Statement;
    };
    let named = let_in.envelopes.iter().map(|named| Release {
        id: named.id.0,
        by,
        reason: let_in.reason.clone(),
        content: match named
            .bytes
            .as_ref()
            .map(|bytes| bytes.to_vec())
            .or_else(|| find(&named.id))
        {
            Some(bytes) => content(named.id, bytes, staff, keys),
            None => Err("it is not here".to_owned()),
        },
    });
    Verdict::Release(named.collect())
}

/// The envelope, opened, if somebody who was ever a member signed it.
fn content(id: EnvelopeId, bytes: Vec<u8>, staff: &Staff, keys: &PracticeKeys) -> Result<Content, String> {
    if Envelope::id_of(&bytes) != id {
        return Err("another envelope is enclosed than the one that is named".to_owned());
    }
    let envelope = Envelope::parse(bytes).map_err(|error| error.to_string())?;
    let header = *envelope.header();
    staff
        .membership
        .verify_once_member(&envelope)
        .map_err(|rejected| rejected.to_string())?;
    let person = staff.signer(header.person).and_then(|signer| signer.person);
    Ok(Content {
        workstation: clinic::WorkstationId::from_bytes(header.workstation.0),
        person: person.ok_or_else(|| "nobody knows who signed it".to_owned())?,
        batch: envelope.open(keys).map_err(|error| error.to_string())?.to_vec(),
        bytes: envelope.into_bytes(),
    })
}

impl Desk {
    /// What this workstation keeps and does not apply, and what was let in again.
    pub fn set_aside_list(&self) -> Result<SetAside, DeskError> {
        let roster = self.roster();
        let staff = self.staff();
        let keys = self.practice_keys();
        let said = self.let_in_ahead(&staff)?;
        let (entries, released) = {
            let store = self.store();
            let reads = store.reads();
            (reads.quarantine(MOST_LISTED)?, reads.released(MOST_LISTED)?)
        };
        let mut listed = Vec::with_capacity(entries.len());
        for entry in entries {
            let id = EnvelopeId(entry.id);
            let bytes = self.store().reads().quarantined_bytes(&entry.id)?;
            let content = bytes.map(|bytes| content(id, bytes, &staff, &keys));
            let batch = match (&entry.batch, &content) {
                (Some(batch), _) => Batch::decode(batch).ok(),
                (None, Some(Ok(content))) => Batch::decode(&content.batch).ok(),
                _ => None,
            };
            listed.push(SetAsideEntry {
                id: id.to_string(),
                workstation: roster
                    .workstation(entry.workstation)
                    .map(|record| record.name.clone()),
                can_let_in: batch.is_some() && matches!(content, Some(Ok(_))),
                work: batch.map(|batch| self.work(&batch, &roster)).transpose()?,
                reason: entry.reason,
                position: entry.position,
                let_in: said.get(&entry.id).cloned(),
            });
        }
        let released = released.into_iter().map(|entry| LetInEntry {
            id: EnvelopeId(entry.id).to_string(),
            workstation: entry
                .workstation
                .and_then(|id| roster.workstation(id))
                .map(|record| record.name.clone()),
            person: entry
                .person
                .and_then(|id| roster.person(id))
                .map(|person| person.name.clone()),
            what: entry.op.map(|op| op.words().to_owned()),
            why: LetInWhy {
                by: roster.person(entry.by).map(|person| person.name.clone()),
                reason: entry.reason,
            },
            is_waiting: entry.is_waiting,
            trouble: Some(entry.trouble).filter(|trouble| !trouble.is_empty()),
        });
        Ok(SetAside {
            entries: listed,
            released: released.collect(),
        })
    }

    fn work(&self, batch: &Batch, roster: &Roster) -> Result<SetAsideWork, DeskError> {
        let mut patients = Vec::new();
        let store = self.store();
        for (document, _) in &batch.documents {
            if let DocumentId::Patient(id) = document
                && store.reads().patient(*id)?.is_some()
            {
                seen::note(*id);
                patients.push(looking::patient_name(store.reads(), *id));
            }
        }
        Ok(SetAsideWork {
            what: batch.op.words().to_owned(),
            person: roster.person(batch.person).map(|person| person.name.clone()),
            at: views::instant(batch.at),
            patients,
        })
    }

    /// What was let in here and is not in the log yet.
    fn let_in_ahead(&self, staff: &Staff) -> Result<HashMap<store::EnvelopeId, LetInWhy>, DeskError> {
        let roster = self.roster();
        let keys = self.practice_keys();
        let ahead = self.store().reads().statements_ahead()?;
        let mut said = HashMap::new();
        for envelope in ahead.into_iter().filter_map(|bytes| Envelope::parse(bytes).ok()) {
            let author = staff.signer(envelope.header().person);
            let statement = envelope.statement_bytes().map(Statement::parse);
            if let (Some(author), Some(Ok(Statement::Release(release)))) = (author, statement)
                && let Ok(let_in) = release.open(&keys, author.key)
            {
                let by = author.person.and_then(|id| roster.person(id));
                let why = LetInWhy {
                    by: by.map(|person| person.name.clone()),
                    reason: let_in.reason,
                };
                said.extend(let_in.envelopes.iter().map(|named| (named.id.0, why.clone())));
            }
        }
        Ok(said)
    }

    /// Lets in what was set aside. It counts here, too, when the relay has given the statement its place.
    pub fn release_set_aside(&self, request: ReleaseSetAside) -> Result<SetAside, DeskError> {
        self.may_administer()?;
        let reason = request.reason.trim();
        if reason.chars().count() < 5 {
            return Err(
                DeskError::new("reason_needed", "Say in a few words why this is let in.").field("reason"),
            );
        }
        let staff = self.staff();
        let keys = self.practice_keys();
        let said = self.let_in_ahead(&staff)?;
        let mut wanted = Vec::new();
        for text in &request.ids {
            let (id, bytes) = self.set_aside_called(text)?;
            let sound = content(id, bytes.clone(), &staff, &keys)
                .and_then(|content| Batch::decode(&content.batch).map(drop));
            if let Err(why) = sound {
                return Err(
                    DeskError::new("cannot_let_in", format!("This cannot be let in: {why}."))
                        .hint("What nobody of the practice signed, or cannot be read, stays set aside.")
                        .field("ids"),
                );
            }
            if !said.contains_key(&id.0) {
                wanted.push((id, bytes));
            }
        }
        let identity = self.identity();
        while !wanted.is_empty() {
            let let_in = LetIn {
                reason: reason.to_owned(),
                envelopes: take_enclosed(&mut wanted),
            };
            let release = let_in.seal(identity.newest_key()?, identity.person_keys.public(), random());
            self.append_statement_of(&identity, &Statement::Release(release))?;
        }
        self.set_aside_list()
    }

    fn set_aside_called(&self, text: &str) -> Result<(EnvelopeId, Vec<u8>), DeskError> {
        let text = text.trim().to_lowercase();
        let entries = self.store().reads().quarantine(usize::MAX)?;
        let mut found = entries
            .iter()
            .map(|entry| EnvelopeId(entry.id))
            .filter(|id| text.len() >= SHORTEST_ID && id.to_string().starts_with(&text));
        let (first, another) = (found.next(), found.next());
        let bytes = match (first, another) {
            (Some(id), None) => self
                .store()
                .reads()
                .quarantined_bytes(&id.0)?
                .map(|bytes| (id, bytes)),
            (Some(_), Some(_)) => {
                return Err(
                    DeskError::new("unclear", format!("“{text}” names several of them."))
                        .hint("Write more of the id.")
                        .field("ids"),
                );
            }
            (None, _) => None,
        };
        bytes.ok_or_else(|| {
            DeskError::new("unknown_record", "Nothing with this id was set aside.")
                .hint("What was let in already is listed below.")
                .field("ids")
        })
    }

    /// What an older program passed over in the log because it did not know it.
    pub(crate) fn read_earlier_releases(&self) -> Result<(), DeskError> {
        {
            let store = self.store();
            // What comes with a snapshot was read by whoever made it.
            if store.reads().setting(READ)?.is_some() || store.arrival()?.is_some() {
                return Ok(());
            }
        }
        let identity = self.identity();
        let keys = &identity.practice_keys;
        let statements = self.store().reads().statements()?;
        let find = |id: &EnvelopeId| self.store().reads().quarantined_bytes(&id.0).ok().flatten();
        let mut entries = Vec::new();
        if !statements.is_empty() {
            let mut staff = Staff::read(identity.empty_membership(Some(self.founder()?)), keys);
            for (position, bytes) in statements {
                let Ok(envelope) = Envelope::parse(bytes) else {
                    continue;
                };
                let mut membership = staff.membership.clone();
                let Ok(applied) = membership.apply(position, &envelope) else {
                    continue;
                };
                let verdict = verdict(&envelope, &applied, &staff, keys, &find);
                staff = Staff::read(membership, keys);
                if matches!(verdict, Verdict::Release(_)) {
                    entries.push(Incoming {
                        position,
                        id: envelope.id().0,
                        workstation: clinic::WorkstationId::from_bytes(envelope.header().workstation.0),
                        bytes: envelope.into_bytes(),
                        batch: None,
                        rights: std::sync::Arc::new(clinic::Rights::none(clinic::PersonId(0))),
                        judge_again: false,
                        verdict,
                    });
                }
            }
        }
        let mut store = self.store();
        let cursor: Cursor = store.reads().cursor()?;
        store.merge_with(&MergeBatch { entries, cursor }, &[(READ, b"1")], &|_| None)?;
        Ok(())
    }
}

/// As many as fit into one statement; one that is too large for any is only named: it is in the log.
fn take_enclosed(wanted: &mut Vec<(EnvelopeId, Vec<u8>)>) -> Vec<Named> {
    let mut room = MAX_ENCLOSED_BYTES;
    let mut taken = Vec::new();
    while let Some((_, bytes)) = wanted.first() {
        let fits = bytes.len() <= room;
        if !fits && bytes.len() <= MAX_ENCLOSED_BYTES {
            break;
        }
        let (id, bytes) = wanted.remove(0);
        if fits {
            room -= bytes.len();
        }
        taken.push(Named {
            id,
            bytes: fits.then(|| bytes.into()),
        });
    }
    taken
}
