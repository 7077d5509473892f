//! Writing: one operation through the store's one door, sealed for the relay, told to whoever listens.

use std::sync::Arc;

use clinic::roles::{NotAllowed, touches_of};
use clinic::{
    AcceptedConflict, Appointment, AppointmentId, Author, CannotBook, CannotChange, Change, Conflict,
    ConflictKey, Neighbours, Op, Patient, PatientId, Placement, Roster, TimeBlock, TimeBlockId, Zones,
};
use jiff::Timestamp;
use jiff::civil::Date;
use store::Tx;
use sync::ChainHash;
use sync::envelope::Seen;

use crate::audit::seen;
use crate::desk::held::Held;
use crate::desk::{Desk, looking};
use crate::identity::{Identity, Sealing};
use crate::{DeskError, refusals};

/// What a rule works with while it writes.
pub struct Writing<'a, 's> {
    pub roster: Arc<Roster>,
    pub zones: &'a Zones,
    pub author: Author,
    tx: &'a mut Tx<'s>,
}

/// Seals what the store wants to send, as this workstation and person.
pub(crate) struct Seal(pub Arc<Identity>);

impl store::Sealer for Seal {
    fn seal(&self, own_sequence: u64, head: &store::Cursor, batch: &[u8]) -> Result<store::Sealed, String> {
        let seen = if head.position == 0 {
            self.0.genesis()
        } else {
            Seen {
                position: head.position,
                hash: ChainHash(head.chain),
            }
        };
        let envelope = self
            .0
            .seal(own_sequence, seen, Sealing::Changes(batch))
            .map_err(|error| error.message)?;
        Ok(store::Sealed {
            id: envelope.id().0,
            bytes: envelope.into_bytes(),
        })
    }
}

impl Desk {
    /// Does one operation: everything that `act` records is durable and on its way when this returns, or nothing is.
    pub fn write<T>(
        &self,
        op: Op,
        act: impl FnOnce(&mut Writing<'_, '_>) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        let committed = self.commit(op, act)?;
        self.written(&committed.changes);
        Ok(committed.value)
    }

    /// Like [`Desk::write`] without telling anybody: for making a practice that nobody looks at yet.
    pub(crate) fn write_quietly<T>(
        &self,
        op: Op,
        act: impl FnOnce(&mut Writing<'_, '_>) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        Ok(self.commit(op, act)?.value)
    }

    /// Tells the screen and the conversation what was written here.
    pub(super) fn written(&self, changes: &store::ChangeSet) {
        self.tell_changes(changes, true);
        if let Some(conversation) = self.conversation() {
            conversation.outbox_grew();
        }
    }

    fn commit<T>(
        &self,
        op: Op,
        act: impl FnOnce(&mut Writing<'_, '_>) -> Result<T, DeskError>,
    ) -> Result<store::Committed<T>, DeskError> {
        let identity = self.identity();
        let by = self.by();
        let rights = self.rights();
        let mut store = self.store();
        self.give_looks(&mut store);
        let committed = store.transact(op, &by, &Seal(identity), |tx| {
            let mut writing = Writing {
                roster: tx.roster(),
                zones: &self.zones,
                author: *tx.author(),
                tx,
            };
            let value = act(&mut writing)?;
            check_touches(&rights, &self.zones, tx)?;
            Ok::<_, DeskError>(value)
        })?;
        seen::wrote(&committed.changes.changes);
        self.follow_busy(&store, &committed.changes);
        Ok(committed)
    }

    /// Makes all rows anew from the documents; with `check` compares only.
    pub(crate) fn rebuild(
        &self,
        check: bool,
        progress: store::Progress<'_>,
    ) -> Result<store::RebuildReport, DeskError> {
        let mut store = self.store();
        let report = store.rebuild(check, progress)?;
        if !check {
            self.forget_busy(&store);
        }
        Ok(report)
    }

    /// Who acts here, now.
    pub(super) fn by(&self) -> store::By {
        store::By {
            person: self.person(),
            at: self.now(),
        }
    }
}

/// Whether the person may do all that was recorded. The same question that every other workstation asks.
pub(super) fn check_touches(rights: &clinic::Rights, zones: &Zones, tx: &Tx<'_>) -> Result<(), DeskError> {
    check_changes(rights, zones, tx, &tx.changes())
}

/// Whether the person may make these changes here. A provider's block-out is felt wherever they work then: judged here, by hours
/// that may be other ones at another desk, and so not by those that receive it.
pub(super) fn check_changes(
    rights: &clinic::Rights,
    zones: &Zones,
    tx: &Tx<'_>,
    changes: &[clinic::Change],
) -> Result<(), DeskError> {
    let roster = tx.roster();
    let mut touches = touches_of(changes, &looking::template_home(tx.reads()));
    for (touch, change) in touches.iter_mut().zip(changes) {
        for entity in [&change.before, &change.after].into_iter().flatten() {
            if let clinic::Entity::TimeBlock(block) = entity {
                touch
                    .locations
                    .extend(clinic::felt_elsewhere(&roster, zones, block));
            }
        }
    }
    rights
        .check_touches(tx.workstation(), &touches)
        .map_err(|lacks| not_allowed(&lacks, &roster))
}

/// The refusal, in words that say whom to ask.
pub(crate) fn not_allowed(lacks: &NotAllowed, roster: &Roster) -> DeskError {
    let place = match lacks {
        NotAllowed::Place { location, .. } | NotAllowed::AdministratorHere(location) => {
            roster.location(*location).map(|record| record.name.clone())
        }
        _ => None,
    };
    let what = match (lacks, place) {
        (NotAllowed::Permission(permission), _) => {
            format!("Your role does not let you {}.", permission.words())
        }
        (NotAllowed::Place { permission, .. }, place) => format!(
            "Your role does not let you {} at {}.",
            permission.words(),
            place.unwrap_or_else(|| "this location".to_owned())
        ),
        (NotAllowed::Administrator, _) => "Only an administrator of the practice can do this.".to_owned(),
        (NotAllowed::AdministratorHere(_), place) => format!(
            "Only an administrator of {} can do this.",
            place.unwrap_or_else(|| "this location".to_owned())
        ),
        (NotAllowed::SuperAdmin, _) => "Only a Super Admin makes and unmakes Super Admins.".to_owned(),
    };
    let hint = match lacks {
        NotAllowed::Permission(_) | NotAllowed::Place { .. } => {
            "Ask an administrator, or take emergency access with a reason if a patient cannot wait."
        }
        NotAllowed::Administrator | NotAllowed::AdministratorHere(_) => "Ask an administrator.",
        NotAllowed::SuperAdmin => "Ask a Super Admin.",
    };
    DeskError::new("not_allowed", what).hint(hint)
}

impl Writing<'_, '_> {
    /// The date at a location.
    pub fn today(&self, location: clinic::LocationId) -> Date {
        super::looking::today(&self.roster, self.zones, location, self.author.at)
    }

    pub fn record(&mut self, changes: Vec<Change>) -> Result<(), DeskError> {
        Ok(self.tx.record(changes)?)
    }

    /// Why, for the history.
    pub fn reason(&mut self, reason: &str) {
        self.tx.reason(reason.trim());
    }

    pub fn visit(&self, id: AppointmentId) -> Result<Appointment, DeskError> {
        looking::visit(self.tx.reads(), id)
    }

    pub fn patient(&self, id: PatientId) -> Result<Patient, DeskError> {
        looking::patient(self.tx.reads(), id)
    }

    pub fn time_block(&self, id: TimeBlockId) -> Result<TimeBlock, DeskError> {
        looking::time_block(self.tx.reads(), id)
    }

    pub fn block_series(&self, series: clinic::BlockSeriesId) -> Result<Vec<TimeBlock>, DeskError> {
        Ok(self.tx.reads().block_series(series)?)
    }

    /// Block-outs that overlap a stretch of time.
    pub fn time_blocks(&self, from: Timestamp, until: Timestamp) -> Result<Vec<TimeBlock>, DeskError> {
        Ok(self.tx.reads().time_blocks(from, until)?)
    }

    /// Block-outs of a location, and those of providers entered on its clock, that begin on a date.
    pub fn blocks_beginning(
        &self,
        location: clinic::LocationId,
        date: Date,
    ) -> Result<Vec<TimeBlock>, DeskError> {
        let mut blocks = self.tx.reads().blocks_around(location, date)?;
        blocks.retain(|block| block.location == location && block.starts_at.date() == date);
        Ok(blocks)
    }

    pub fn absences(&self, from: Timestamp, until: Timestamp) -> Result<Vec<TimeBlock>, DeskError> {
        Ok(self.tx.reads().absences(from, until)?)
    }

    pub fn neighbours(&self, placement: &Placement) -> Result<Neighbours, DeskError> {
        looking::neighbours(self.slots(), placement)
    }

    /// What lies around a visit that is taken up again: what is asked when one is booked.
    pub fn neighbours_taken_up(&self, placement: &Placement) -> Result<Neighbours, DeskError> {
        looking::neighbours_taken_up(self.slots(), placement)
    }

    /// Where the slots of dates are looked up.
    pub(crate) fn slots(&self) -> Held<'_> {
        Held {
            reads: self.tx.reads(),
            versions: self.tx.kept_versions(),
            is_settled: !self.tx.changes_applications(),
            roster: &self.roster,
            zones: self.zones,
            now: self.author.at,
        }
    }

    pub(crate) fn reads(&self) -> store::Reads<'_> {
        self.tx.reads()
    }

    pub fn practice_today(&self) -> Date {
        looking::practice_today(&self.roster, self.zones, self.author.at)
    }

    pub fn with_names<T>(&self, use_names: impl FnOnce(&dyn Fn(PatientId) -> String) -> T) -> T {
        use_names(&|id| looking::patient_name(self.tx.reads(), id))
    }

    pub fn refuse(&self, cannot: &CannotBook) -> DeskError {
        self.with_names(|names| refusals::cannot_book(cannot, &self.roster, names))
    }

    pub fn refuse_change(&self, cannot: &CannotChange) -> DeskError {
        self.with_names(|names| refusals::cannot_change(cannot, &self.roster, names))
    }

    /// An overlap that is still open.
    pub fn overlap(&self, key: &ConflictKey) -> Result<Option<Conflict>, DeskError> {
        Ok(self.tx.reads().conflict(key)?)
    }

    pub fn accepted(&self, key: &ConflictKey) -> Result<Option<AcceptedConflict>, DeskError> {
        Ok(self.tx.reads().accepted_conflict(key)?)
    }

    /// Decides a field that has several values.
    pub fn settle(&mut self, key: &store::FieldConflictKey, value: &str) -> Result<(), DeskError> {
        Ok(self.tx.settle(key, value)?)
    }

    /// A chart number belongs to one patient.
    pub fn chart_number_is_free(&self, patient: &Patient) -> Result<(), DeskError> {
        let taken = self.tx.reads().patients_by_chart(&patient.chart_number)?;
        match taken.iter().find(|other| other.id != patient.id) {
            None => Ok(()),
            Some(other) => {
                seen::note(other.id);
                Err(DeskError::new(
                    "chart_number_taken",
                    format!(
                        "The chart number {} belongs to {}.",
                        patient.chart_number,
                        other.display_name()
                    ),
                )
                .hint("Give another number, or leave it empty.")
                .field("chart_number"))
            }
        }
    }
}
