//! A small practice, workstations with files of their own, and a relay that is a list.

use std::collections::BTreeMap;
use std::sync::Arc;

use clinic::*;
use jiff::Timestamp;
use jiff::civil::DateTime;
use sha2::{Digest, Sha256};
use store::testing::{PlainSealer, open_plain};
use store::*;
use tempfile::TempDir;

pub const PRACTICE: PracticeId = PracticeId(1);
pub const LOCATION: LocationId = LocationId(2);
pub const OP_1: OperatoryId = OperatoryId(31);
pub const OP_2: OperatoryId = OperatoryId(32);
pub const CHEN: ProviderId = ProviderId(41);
pub const OKAFOR: ProviderId = ProviderId(42);
pub const ADJUSTMENT: AppointmentTypeId = AppointmentTypeId(51);
pub const AMARA: PersonId = PersonId(61);
pub const BEN: PersonId = PersonId(62);
pub const DESK_1: WorkstationId = WorkstationId(71);
pub const DESK_2: WorkstationId = WorkstationId(72);
pub const DESK_3: WorkstationId = WorkstationId(73);

pub fn key() -> DatabaseKey {
    DatabaseKey::from_bytes([9; 32])
}

pub fn zone() -> ZoneName {
    ZoneName::new("America/New_York")
}

pub fn start(wall: &str) -> Start {
    Zones::bundled()
        .resolve(wall.parse::<DateTime>().unwrap(), &zone())
        .unwrap()
}

pub fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + minute * 60).unwrap()
}

/// A workstation with a file of its own.
pub struct Desk {
    pub folder: TempDir,
    pub store: Store,
    pub person: PersonId,
    pub minute: i64,
}

impl Desk {
    pub fn new(workstation: WorkstationId, person: PersonId) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path(), &key(), PRACTICE, workstation).unwrap();
        Desk {
            folder,
            store,
            person,
            minute: 0,
        }
    }

    /// With the practice in it.
    pub fn founded() -> Desk {
        let mut desk = Desk::new(DESK_1, AMARA);
        desk.record(
            Op::FoundPractice,
            practice().into_iter().map(Change::add).collect(),
        )
        .unwrap();
        desk
    }

    pub fn by(&mut self) -> By {
        self.minute += 1;
        By {
            person: self.person,
            at: at(self.minute),
        }
    }

    pub fn record(&mut self, op: Op, changes: Vec<Change>) -> Result<Committed<()>, StoreError> {
        let by = self.by();
        self.store
            .transact(op, &by, &PlainSealer, |tx| tx.record(changes))
    }

    pub fn add_patient(&mut self, id: u128, given: &str, family: &str) -> PatientId {
        self.record(Op::AddPatient, vec![Change::add(patient(id, given, family))])
            .unwrap();
        PatientId(id)
    }

    pub fn book(
        &mut self,
        id: u128,
        patient: PatientId,
        wall: &str,
        operatory: OperatoryId,
        provider: ProviderId,
    ) -> AppointmentId {
        let by = self.by();
        let wall = wall.to_owned();
        self.store
            .transact(Op::BookAppointment, &by, &PlainSealer, |tx| {
                let mut visit = visit(id, patient, &wall, operatory, provider);
                visit.booked = tx.author().stamp;
                tx.record([Change::add(visit)])
            })
            .map(drop)
            .map_err(|error: StoreError| error)
            .unwrap();
        AppointmentId(id)
    }

    pub fn visit(&self, id: AppointmentId) -> Appointment {
        self.store
            .reads()
            .appointment(id)
            .unwrap()
            .expect("the visit is there")
    }

    pub fn edit(&mut self, op: Op, id: AppointmentId, edit: impl FnOnce(&mut Appointment)) {
        let before = self.visit(id);
        let mut after = before.clone();
        edit(&mut after);
        self.record(op, vec![Change::edit(before, after)]).unwrap();
    }

    pub fn move_to(&mut self, id: AppointmentId, wall: &str) {
        let start = start(wall);
        self.edit(Op::MoveAppointment, id, |visit| {
            visit.starts_at = start;
            visit.sequence += 1;
        });
    }

    pub fn undo(&mut self) -> Result<Committed<HistoryEntry>, StoreError> {
        let by = self.by();
        self.store.undo(&by, &PlainSealer, |_, _| Ok(()))
    }

    pub fn redo(&mut self) -> Result<Committed<HistoryEntry>, StoreError> {
        let by = self.by();
        self.store.redo(&by, &PlainSealer, |_, _| Ok(()))
    }

    /// Closed and opened again: another run of the program.
    pub fn reopen(self) -> Desk {
        let Desk {
            folder,
            store,
            person,
            minute,
        } = self;
        drop(store);
        let store = Store::open(folder.path(), &key()).unwrap();
        Desk {
            folder,
            store,
            person,
            minute,
        }
    }

    /// Everything people can see: all records, both kinds of conflicts.
    pub fn picture(&self) -> String {
        picture(&self.store)
    }

    pub fn assert_sound(&mut self) {
        let report = self.store.rebuild(true, &mut |_, _| ()).unwrap();
        assert!(report.is_identical(), "rows differ from documents: {report:#?}");
        let report = self.store.verify(&mut |_, _| ()).unwrap();
        assert!(report.is_sound(), "{report:#?}");
    }
}

pub fn picture(store: &Store) -> String {
    let reads = store.reads();
    let mut lines = Vec::new();
    reads
        .for_each_patient(|patient| {
            for visit in reads.appointments_of(patient.id).unwrap() {
                lines.push(format!("{visit:?}"));
            }
            lines.push(format!("{patient:?}"));
        })
        .unwrap();
    lines.push(format!("{:?}", store.roster()));
    lines.push(format!(
        "{:?}",
        reads.time_blocks(Timestamp::MIN, Timestamp::MAX).unwrap()
    ));
    lines.push(format!("{:?}", reads.conflicts().unwrap()));
    lines.push(format!("{:?}", reads.field_conflicts().unwrap()));
    lines.join("\n")
}

/// A relay that keeps envelopes in a list.
#[derive(Default)]
pub struct Relay {
    pub log: Vec<(EnvelopeId, Vec<u8>, WorkstationId)>,
    /// What people may do; who is not listed may everything.
    pub grants: BTreeMap<PersonId, Vec<Grant>>,
    /// What the statements at these positions let in.
    pub releases: BTreeMap<u64, Vec<Release>>,
}

impl Relay {
    pub fn push(&mut self, desk: &mut Desk) {
        let mut accepted = Vec::new();
        for entry in desk.store.reads().outbox(10_000).unwrap() {
            let position = match self.log.iter().position(|(id, ..)| *id == entry.id) {
                Some(at) => at as u64 + 1,
                None => {
                    self.log.push((entry.id, entry.bytes, desk.store.workstation()));
                    self.log.len() as u64
                }
            };
            accepted.push((entry.id, position));
        }
        desk.store.mark_accepted(&accepted).unwrap();
    }

    /// An administrator, at a desk that is not in the story, lets these in.
    pub fn let_in(&mut self, what: &[EnvelopeId]) {
        let releases = what.iter().map(|id| self.release(*id)).collect();
        let statement = format!("let in {}", self.log.len()).into_bytes();
        self.log
            .push((Sha256::digest(&statement).into(), statement, WorkstationId(79)));
        self.releases.insert(self.log.len() as u64, releases);
    }

    /// As desks find it in the log.
    pub fn release(&self, id: EnvelopeId) -> Release {
        let found = self.log.iter().find(|(known, ..)| *known == id);
        let content = found
            .map(|(_, bytes, workstation)| enclosed(bytes, *workstation))
            .ok_or_else(|| "it is not here".to_owned());
        Release {
            id,
            by: AMARA,
            reason: "Ben asked first".into(),
            content,
        }
    }

    fn rights(&self, bytes: &[u8]) -> Rights {
        let batch = open_plain(bytes).map(Batch::decode);
        let person = batch
            .and_then(Result::ok)
            .map_or(PersonId(0), |batch| batch.person);
        match self.grants.get(&person) {
            None => Rights::unlimited(person),
            Some(grants) => Rights {
                grants: grants.clone(),
                ..Rights::none(person)
            },
        }
    }

    pub fn pull(&self, desk: &mut Desk) -> Merged {
        let from = desk.store.reads().cursor().unwrap().position as usize;
        desk.store
            .merge_with(
                &self.stretch(desk.store.workstation(), from, self.log.len()),
                &[],
                &|bytes| open_plain(bytes).map(<[u8]>::to_vec),
            )
            .unwrap()
    }

    /// The log from position `from + 1` to `until`, as this workstation would get it.
    pub fn stretch(&self, to: WorkstationId, from: usize, until: usize) -> MergeBatch {
        let mut chain = [0; 32];
        let mut entries = Vec::new();
        for (at, (id, bytes, workstation)) in self.log.iter().enumerate().take(until) {
            chain = Sha256::new()
                .chain_update(chain)
                .chain_update(id)
                .finalize()
                .into();
            if at >= from {
                entries.push(Incoming {
                    position: at as u64 + 1,
                    id: *id,
                    bytes: bytes.clone(),
                    workstation: *workstation,
                    batch: open_plain(bytes).map(<[u8]>::to_vec),
                    rights: Arc::new(self.rights(bytes)),
                    judge_again: true,
                    verdict: if let Some(releases) = self.releases.get(&(at as u64 + 1)) {
                        Verdict::Release(releases.clone())
                    } else if *workstation == to {
                        Verdict::Own
                    } else {
                        Verdict::Accepted
                    },
                });
            }
        }
        MergeBatch {
            entries,
            cursor: Cursor {
                position: until as u64,
                chain,
            },
        }
    }

    /// Both send, then both fetch.
    pub fn sync(&mut self, a: &mut Desk, b: &mut Desk) {
        self.push(a);
        self.push(b);
        self.pull(a);
        self.pull(b);
    }
}

/// An envelope as a statement encloses it.
pub fn enclosed(bytes: &[u8], workstation: WorkstationId) -> Content {
    let batch = open_plain(bytes).unwrap().to_vec();
    Content {
        bytes: bytes.to_vec(),
        workstation,
        person: Batch::decode(&batch).unwrap().person,
        batch,
    }
}

/// Two workstations that know the same practice, and their relay.
pub fn two_desks() -> (Desk, Desk, Relay) {
    let mut a = Desk::founded();
    let mut b = Desk::new(DESK_2, BEN);
    let mut relay = Relay::default();
    a.add_patient(100, "Ana", "Rivera");
    a.add_patient(101, "Kofi", "Osei");
    relay.sync(&mut a, &mut b);
    assert_eq!(a.picture(), b.picture());
    (a, b, relay)
}

pub fn practice() -> Vec<Entity> {
    let hours = |location| {
        Weekday::ALL
            .into_iter()
            .map(|weekday| WorkingHours {
                location,
                weekday,
                from: jiff::civil::time(8, 0, 0, 0),
                until: jiff::civil::time(17, 0, 0, 0),
            })
            .collect::<Vec<_>>()
    };
    let operatory = |id, name: &str, sort| Operatory {
        id,
        location: LOCATION,
        name: name.into(),
        usual_provider: None,
        sort,
        is_active: true,
        hours: Vec::new(),
        rota: Default::default(),
    };
    let provider = |id, name: &str, letter: &str| Provider {
        id,
        name: format!("Dr {name}"),
        short_name: name.into(),
        kind: ProviderKind::Doctor,
        hue: 3,
        letter: letter.into(),
        schedule: ProviderSchedule {
            hours: hours(LOCATION),
        },
        sort: 1,
        is_active: true,
        rota: Default::default(),
    };
    let person = |id, name: &str| Person {
        id,
        name: name.into(),
        initials: name[..1].into(),
        is_active: true,
    };
    vec![
        Practice {
            id: PRACTICE,
            name: "Willow Street".into(),
            zone: zone(),
            email: "desk@willow.example".into(),
            phone: String::new(),
            time_increment_minutes: 10,
            policies: RulePolicies::default(),
            visit_limits: Vec::new(),
            weights: Default::default(),
            cancel_reasons: vec!["ill".into()],
            usual_interval_weeks: 6,
            is_demo: false,
        }
        .into(),
        Location {
            id: LOCATION,
            name: "Main".into(),
            zone: zone(),
            address: "1 Willow Street".into(),
            phone: String::new(),
            hours: hours(LOCATION),
            sort: 0,
            is_active: true,
            rota: Default::default(),
            assistants: Vec::new(),
        }
        .into(),
        operatory(OP_1, "Op 1", 1).into(),
        operatory(OP_2, "Op 2", 2).into(),
        provider(CHEN, "Chen", "C").into(),
        provider(OKAFOR, "Okafor", "O").into(),
        AppointmentType {
            id: ADJUSTMENT,
            name: "Adjustment".into(),
            code: "ADJ".into(),
            letter: "A".into(),
            class: String::new(),
            policies: Default::default(),
            hue: 1,
            pattern: "XX//".parse().unwrap(),
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            providers: vec![],
            operatories: vec![OP_1, OP_2],
            locations: Vec::new(),
            online_text: String::new(),
            reminder_text: String::new(),
            follow_up: None,
            equipment: Vec::new(),
            assistant: Default::default(),
            second_pattern: None,
            second_providers: Vec::new(),
            sort: 0,
            is_active: true,
        }
        .into(),
        person(AMARA, "Amara").into(),
        person(BEN, "Ben").into(),
        Workstation {
            id: DESK_1,
            name: "Desk 1".into(),
        }
        .into(),
        Workstation {
            id: DESK_2,
            name: "Desk 2".into(),
        }
        .into(),
    ]
}

pub fn patient(id: u128, given: &str, family: &str) -> Patient {
    Patient {
        id: PatientId(id),
        chart_number: format!("C{id}"),
        family_name: family.into(),
        given_name: given.into(),
        preferred_name: String::new(),
        birth_date: Some("1985-03-14".parse().unwrap()),
        mobile_phone: "(555) 201-4477".into(),
        home_phone: String::new(),
        email: String::new(),
        responsible_party: None,
        family: None,
        alert: String::new(),
        note: String::new(),
        is_active: true,
    }
}

pub fn visit(
    id: u128,
    patient: PatientId,
    wall: &str,
    operatory: OperatoryId,
    provider: ProviderId,
) -> Appointment {
    Appointment {
        id: AppointmentId(id),
        patient,
        appointment_type: ADJUSTMENT,
        provider,
        operatory,
        location: LOCATION,
        starts_at: start(wall),
        pattern: "XX//".parse().unwrap(),
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        status: Status::Scheduled,
        doctor_needed: false,
        confirmed_at: None,
        arrived_at: None,
        seated_at: None,
        completed_at: None,
        checked_out_at: None,
        broken_at: None,
        cancel_reason: String::new(),
        is_asap: false,
        note: String::new(),
        booked: Stamp {
            millis: 0,
            counter: 0,
            workstation: DESK_1,
        },
        sequence: 0,
        source_uid: String::new(),
        needs_new_time: None,
        series: None,
        planned: None,
        arrive_early_minutes: 0,
        also: Vec::new(),
        equipment: Vec::new(),
        assistant: Default::default(),
        second_provider: None,
        second_pattern: None,
    }
}

/// The file as another program with the key would open it.
pub fn raw(folder: &tempfile::TempDir) -> rusqlite::Connection {
    use sha2::Digest;
    let digest = sha2::Sha256::new()
        .chain_update(b"orca-front-desk database mark 1")
        .chain_update([9; 32])
        .finalize();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let connection = rusqlite::Connection::open(database_path(folder.path())).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA key = \"x'{}{}'\"",
            hex(&[9; 32]),
            hex(&digest[..16])
        ))
        .unwrap();
    connection
}

/// Takes from a file what migration 6 and later ones gave it.
pub const WITHOUT_HOURS: &str = "
    DROP INDEX patients_family; ALTER TABLE practice DROP COLUMN visit_limits; ALTER TABLE practice DROP COLUMN weights;
    DROP INDEX appointments_second; ALTER TABLE appointments DROP COLUMN second_provider; ALTER TABLE appointments DROP COLUMN second_pattern;
    ALTER TABLE appointment_types DROP COLUMN second_pattern; ALTER TABLE appointment_types DROP COLUMN second_providers;
    DROP INDEX overlaps_time; DROP INDEX appointments_also; ALTER TABLE appointments DROP COLUMN also; DROP INDEX appointments_series; ALTER TABLE appointments DROP COLUMN series;
    ALTER TABLE appointments DROP COLUMN planned; ALTER TABLE appointments DROP COLUMN arrive_early_minutes; ALTER TABLE appointments DROP COLUMN equipment;
    ALTER TABLE appointments DROP COLUMN assistant; ALTER TABLE appointment_types DROP COLUMN assistant; ALTER TABLE locations DROP COLUMN assistants;
    ALTER TABLE appointment_types DROP COLUMN equipment; DROP TABLE equipment; DROP TABLE recurring_appointments;
    ALTER TABLE appointment_types DROP COLUMN class; ALTER TABLE appointment_types DROP COLUMN policies;
    ALTER TABLE appointment_types DROP COLUMN locations; ALTER TABLE appointment_types DROP COLUMN online_text;
    ALTER TABLE appointment_types DROP COLUMN reminder_text; ALTER TABLE appointment_types DROP COLUMN follow_up;
    DROP TABLE schedule_templates; DROP TABLE template_slots; DROP TABLE template_versions; DROP TABLE template_shares;
    DROP TABLE template_applications; DROP TABLE application_dates; DROP TABLE day_slots;
    DROP INDEX time_blocks_series; DROP INDEX time_blocks_absence; DROP INDEX appointments_pinned;
    ALTER TABLE appointments DROP COLUMN needs_new_time; ALTER TABLE time_blocks DROP COLUMN series;
    ALTER TABLE time_blocks DROP COLUMN absence; ALTER TABLE operatories DROP COLUMN hours;
    ALTER TABLE locations DROP COLUMN other_weeks; ALTER TABLE locations DROP COLUMN weeks_from;
    ALTER TABLE locations DROP COLUMN special_days; ALTER TABLE operatories DROP COLUMN other_weeks;
    ALTER TABLE operatories DROP COLUMN weeks_from; ALTER TABLE operatories DROP COLUMN special_days;
    ALTER TABLE providers DROP COLUMN other_weeks; ALTER TABLE providers DROP COLUMN weeks_from;
    ALTER TABLE providers DROP COLUMN special_days; PRAGMA user_version = 5;";
