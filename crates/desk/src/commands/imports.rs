//! Bringing data in, as a long job.

use clinic::{Appointment, Change, Neighbourhood, Neighbours, Op, Patient, PatientId, Stamp, TimeBlock};

use crate::DeskError;
use crate::api::{self, ImportReport};
use crate::clock::millis;
use crate::desk::Desk;
use crate::import::{self, Door};

impl Desk {
    pub fn import(&self, request: api::Import) -> Result<ImportReport, DeskError> {
        let job = self.job(&request.job);
        let roster = self.roster();
        let (now, workstation) = (self.now(), self.workstation());
        let today = self.reading(|reading| Ok(reading.practice_today()))?;
        let mut stamp = Stamp {
            millis: 0,
            counter: 0,
            workstation,
        };
        let mut door = DeskDoor { desk: self };
        import::import(
            request.kind,
            &request.text,
            request.location,
            request.provider,
            &mut import::Job {
                door: &mut door,
                roster: &roster,
                zones: self.zones(),
                now,
                today,
                dry_run: request.dry_run,
                next_id: &mut || self.new_id(),
                next_stamp: &mut || {
                    stamp = stamp.next(millis(now), workstation);
                    stamp
                },
                progress: &mut |done, total, what| job.progress(done, total, what),
                is_cancelled: &|| job.is_cancelled(),
            },
        )
    }
}

/// The practice as an import sees it.
struct DeskDoor<'a> {
    desk: &'a Desk,
}

impl Door for DeskDoor<'_> {
    fn patients(&self) -> Result<Vec<Patient>, DeskError> {
        let mut all = Vec::new();
        self.desk
            .store()
            .reads()
            .for_each_patient(|patient| all.push(patient))?;
        Ok(all)
    }

    fn appointments_of(&self, patient: PatientId) -> Result<Vec<Appointment>, DeskError> {
        Ok(self.desk.store().reads().appointments_of(patient)?)
    }

    fn appointment_from(&self, source: &str) -> Result<Option<Appointment>, DeskError> {
        Ok(self.desk.store().reads().appointment_by_source(source)?)
    }

    fn imported_blocks(&self) -> Result<Vec<TimeBlock>, DeskError> {
        Ok(self.desk.store().reads().imported_time_blocks()?)
    }

    fn neighbours(&self, around: &Neighbourhood) -> Result<Neighbours, DeskError> {
        Ok(self.desk.store().reads().neighbours(around)?)
    }

    fn write(&mut self, op: Op, changes: Vec<Change>) -> Result<(), DeskError> {
        self.desk.write(op, |writing| writing.record(changes))
    }
}
