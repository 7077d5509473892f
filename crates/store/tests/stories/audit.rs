//! Stories about the audit: what a write leaves in it, what looks leave, and that nobody can change it unnoticed.

use clinic::*;
use rusqlite::types::Value;
use store::audit::{AuditEntry, AuditFilter, AuditReport, BEGIN, Look, RESTORE};
use store::testing::{BrokenSealer, PlainSealer, open_plain};
use store::*;

use crate::world::*;

const ANA: PatientId = PatientId(100);
const KOFI: PatientId = PatientId(101);

fn look(desk: &mut Desk, action: &str, patients: &[PatientId]) {
    let By { person, at } = desk.by();
    desk.store.take_looks([Look {
        person,
        at,
        until: at,
        action: action.into(),
        object: "tuesday".into(),
        patients: patients.to_vec(),
        reason: String::new(),
        times: 1,
    }]);
}

fn looked(desk: &mut Desk, action: &str, patients: &[PatientId]) {
    look(desk, action, patients);
    desk.store.write_looks().unwrap();
}

fn try_verify(store: &Store, held: &[(u64, [u8; 32])]) -> Result<AuditReport, StoreError> {
    let open = |bytes: &[u8]| Ok(open_plain(bytes).unwrap().to_vec());
    store.verify_audit(&open, held, &mut |_, _| ())
}

fn verify(desk: &Desk) -> AuditReport {
    try_verify(&desk.store, &[]).unwrap()
}

fn sound(desk: &Desk) -> AuditReport {
    let report = verify(desk);
    assert!(report.is_sound(), "{report:#?}");
    report
}

fn entries(desk: &Desk, filter: &AuditFilter) -> Vec<AuditEntry> {
    let filter = AuditFilter {
        limit: 1_000,
        ..filter.clone()
    };
    let mut entries = desk.store.reads().audit(&filter).unwrap();
    entries.reverse();
    entries
}

fn actions(desk: &Desk, filter: &AuditFilter) -> Vec<String> {
    let list = entries(desk, filter);
    list.iter()
        .map(|entry| {
            let ids: Vec<u128> = entry.patients.iter().map(|id| id.0).collect();
            format!("{} {} {ids:?}", entry.number, entry.action)
        })
        .collect()
}

/// Looks at few and at many, writes of one and of many, an undo.
fn busy() -> Desk {
    let mut desk = Desk::founded();
    desk.add_patient(100, "Ana", "Rivera");
    desk.add_patient(101, "Kofi", "Osei");
    looked(&mut desk, "view_patient", &[ANA]);
    let many: Vec<PatientId> = (100..140).map(PatientId).collect();
    looked(&mut desk, "view_day_sheet", &many);
    desk.book(200, ANA, "2026-03-03T09:00", OP_1, CHEN);
    looked(&mut desk, "view_day_sheet", &many);
    look(&mut desk, "view_appointment", &[ANA, KOFI]);
    desk.undo().unwrap();
    looked(&mut desk, "view_month", &[]);
    desk.book(201, KOFI, "2026-03-03T10:00", OP_1, CHEN);
    desk
}

#[test]
fn writes_and_looks_are_one_chain_in_their_order() {
    let desk = busy();
    assert_eq!(
        actions(&desk, &AuditFilter::default())
            .iter()
            .map(|line| line.split(" [").next().unwrap())
            .collect::<Vec<_>>(),
        [
            "1 begin_audit",
            "2 found_practice",
            "3 add_patient",
            "4 add_patient",
            "5 view_patient",
            "6 view_day_sheet",
            "7 book_appointment",
            "8 view_day_sheet",
            "9 view_appointment",
            "10 undo",
            "11 view_month",
            "12 book_appointment"
        ]
    );
    let report = sound(&desk);
    assert_eq!((report.entries, report.looks, report.writes), (12, 5, 6));
    let booking = &entries(&desk, &AuditFilter::default())[6];
    assert_eq!(booking.patients, [ANA]);
    let history = desk.store.history(&HistoryFilter {
        limit: 10,
        ..HistoryFilter::default()
    });
    assert!(
        history
            .unwrap()
            .iter()
            .any(|entry| Some(entry.envelope) == booking.envelope)
    );
}

#[test]
fn the_operation_of_a_write_is_found_by_its_entry() {
    let mut desk = busy();
    for number in 0..40 {
        desk.add_patient(300 + number, "Mei", "Tanaka");
        if number % 3 == 0 {
            looked(&mut desk, "view_patient", &[ANA]);
        }
    }
    let mut found = 0;
    for entry in entries(&desk, &AuditFilter::default()) {
        let write = desk.store.reads().audited_write(entry.number).unwrap();
        assert_eq!(
            write.as_ref().map(|write| (write.op.code(), write.envelope)),
            entry.envelope.map(|envelope| (entry.action.as_str(), envelope)),
            "entry {}",
            entry.number
        );
        found += usize::from(write.is_some());
    }
    assert!(found > 40, "{found}");
    assert_eq!(desk.store.reads().audited_write(1_000_000).unwrap(), None);
}

#[test]
fn a_write_that_fails_leaves_no_entry_and_loses_no_look() {
    let mut desk = busy();
    let before = actions(&desk, &AuditFilter::default());
    look(&mut desk, "view_patient", &[KOFI]);
    let by = desk.by();
    let add = |tx: &mut Tx<'_>| tx.record([Change::add(patient(102, "Yui", "Nakamura"))]);
    let broken = desk
        .store
        .transact::<_, StoreError>(Op::AddPatient, &by, &BrokenSealer, add);
    assert!(matches!(broken, Err(StoreError::Seal(_))));
    let refused = desk
        .store
        .transact::<(), StoreError>(Op::AddPatient, &by, &PlainSealer, |tx| {
            add(tx)?;
            Err(StoreError::Unfit("no".into()))
        });
    assert!(refused.is_err());
    let nothing = desk
        .store
        .transact::<_, StoreError>(Op::AddPatient, &by, &PlainSealer, |_| Ok(()));
    assert!(nothing.unwrap().changes.changes.is_empty());
    assert_eq!(actions(&desk, &AuditFilter::default()), before);
    sound(&desk);
    desk.add_patient(102, "Yui", "Nakamura");
    assert_eq!(
        actions(&desk, &AuditFilter::default())[before.len()..],
        ["13 view_patient [101]", "14 add_patient [102]"]
    );
    sound(&desk);
}

#[test]
fn looks_that_were_not_written_are_not_written_twice() {
    let mut desk = busy();
    looked(&mut desk, "view_patient", &[KOFI]);
    let number = sound(&desk).entries;
    desk.store.write_looks().unwrap();
    let desk = desk.reopen();
    assert_eq!(sound(&desk).entries, number);
}

#[test]
fn two_programs_on_one_file_write_one_chain() {
    let mut window = busy();
    let mut command = Store::open(window.folder.path(), &key()).unwrap();
    command.acts_through(store::audit::Via::Command);
    for round in 0..3 {
        looked(&mut window, "view_patient", &[ANA]);
        let by = window.by();
        command
            .transact::<_, StoreError>(Op::AddPatient, &by, &PlainSealer, |tx| {
                tx.record([Change::add(patient(300 + round, "Lena", "Novak"))])
            })
            .unwrap();
        window.book(
            400 + round,
            ANA,
            &format!("2026-03-{:02}T09:00", 10 + round),
            OP_1,
            CHEN,
        );
    }
    sound(&window);
    assert!(try_verify(&command, &[]).unwrap().is_sound());
    let by_command = entries(&window, &AuditFilter::default())
        .iter()
        .filter(|entry| entry.via == store::audit::Via::Command)
        .count();
    assert_eq!(by_command, 3);
}

#[test]
fn a_patient_finds_looks_at_few_at_many_and_changes() {
    let desk = busy();
    let of = |patient| {
        let filter = AuditFilter {
            patient: Some(patient),
            ..AuditFilter::default()
        };
        entries(&desk, &filter)
            .iter()
            .map(|entry| entry.number)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(ANA), [3, 5, 6, 7, 8, 9, 10]);
    assert_eq!(of(KOFI), [4, 6, 8, 9, 12]);
    assert_eq!(of(PatientId(139)), [6, 8]);
    assert_eq!(of(PatientId(140)), [0; 0]);
    // The same forty are on the disk once.
    let sets: i64 = raw(&desk.folder)
        .query_row("SELECT count(*) FROM audit_sets", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sets, 1);

    let all = entries(&desk, &AuditFilter::default());
    let only = |filter: AuditFilter| -> Vec<u64> {
        let both = [
            entries(&desk, &filter),
            entries(
                &desk,
                &AuditFilter {
                    patient: Some(ANA),
                    ..filter
                },
            ),
        ];
        let [some, of_ana] = both.map(|list| list.iter().map(|entry| entry.number).collect::<Vec<_>>());
        assert!(
            of_ana.iter().all(|number| some.contains(number)),
            "{of_ana:?} {some:?}"
        );
        some
    };
    let action = |action: &str| AuditFilter {
        action: Some(action.into()),
        ..AuditFilter::default()
    };
    assert_eq!(only(action("view_day_sheet")), [6, 8]);
    assert_eq!(
        only(AuditFilter {
            from: Some(all[4].at),
            until: Some(all[7].at),
            ..AuditFilter::default()
        }),
        [5, 6, 7]
    );
    assert_eq!(
        only(AuditFilter {
            person: Some(BEN),
            ..AuditFilter::default()
        }),
        [0; 0]
    );
    assert_eq!(
        only(AuditFilter {
            before: Some(3),
            ..AuditFilter::default()
        }),
        [1, 2]
    );
}

/// Columns whose every byte is tried, by table; the key is the row's.
const TABLES: [(&str, &[&str]); 4] = [
    (
        "audit",
        &[
            "number",
            "at_millis",
            "until_millis",
            "person",
            "action",
            "object",
            "reason",
            "times",
            "via",
            "envelope",
            "patients",
            "patient_set",
            "origin",
            "hash",
        ],
    ),
    ("audit_sets", &["id", "digest", "patients"]),
    ("audit_patients", &["patient", "number"]),
    ("log", &["audit"]),
];

/// The value with one thing about it changed, in every way that is tried.
fn scribbled(value: &Value) -> Vec<Value> {
    let flipped = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let mut all: Vec<Vec<u8>> = (0..bytes.len())
            .map(|at| {
                let mut bytes = bytes.to_vec();
                bytes[at] ^= 1;
                bytes
            })
            .collect();
        all.push([bytes, b"x"].concat());
        all.extend((!bytes.is_empty()).then(|| bytes[..bytes.len() - 1].to_vec()));
        all
    };
    match value {
        Value::Null => vec![
            Value::Integer(1),
            Value::Blob(vec![0; 32]),
            Value::Blob(Vec::new()),
        ],
        Value::Integer(number) => vec![Value::Integer(number + 1_000), Value::Integer(number ^ 1)],
        Value::Real(_) => unreachable!("there are none"),
        Value::Text(text) => flipped(text.as_bytes())
            .into_iter()
            .map(|bytes| Value::Text(String::from_utf8(bytes).unwrap()))
            .collect(),
        Value::Blob(bytes) => flipped(bytes).into_iter().map(Value::Blob).collect(),
    }
}

#[test]
fn every_byte_that_is_changed_is_noticed() {
    let desk = busy();
    sound(&desk);
    let other = raw(&desk.folder);
    other.pragma_update(None, "synchronous", "OFF").unwrap();
    let mut tried = 0;
    for (table, columns) in TABLES {
        let key = match table {
            "audit_patients" => "patient || number",
            _ => "rowid",
        };
        let put_back = match table {
            "log" => {
                "UPDATE log SET audit = (SELECT audit FROM kept WHERE kept.local = log.local)".to_owned()
            }
            _ => format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept"),
        };
        other
            .execute_batch(&format!("CREATE TEMP TABLE kept AS SELECT * FROM {table}"))
            .unwrap();
        let rows: Vec<Value> = other
            .prepare(&format!("SELECT {key} FROM {table}"))
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for row in &rows {
            for column in columns {
                let sql = format!("SELECT {column} FROM {table} WHERE {key} = ?1");
                let was: Value = other.query_row(&sql, [row], |row| row.get(0)).unwrap();
                for value in scribbled(&was) {
                    let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {key} = ?2");
                    // What the table itself refuses nobody can do.
                    if other.execute(&sql, rusqlite::params![value, row]).is_err() {
                        continue;
                    }
                    let report = try_verify(&desk.store, &[]);
                    let is_noticed = report.as_ref().map_or(true, |report| !report.is_sound());
                    assert!(
                        is_noticed,
                        "{table}.{column} of {row:?}: {was:?} became {value:?}"
                    );
                    other.execute_batch(&put_back).unwrap();
                    tried += 1;
                }
            }
        }
        other.execute_batch("DROP TABLE kept").unwrap();
        sound(&desk);
    }
    assert!(tried > 1_000, "{tried}");
}

/// What is wrong after somebody with the key did this.
fn tampered(desk: &Desk, sql: &str) -> Vec<String> {
    let other = raw(&desk.folder);
    other.execute_batch(sql).unwrap();
    verify(desk).troubles
}

#[test]
fn cuts_and_swaps_are_noticed() {
    for sql in [
        "DELETE FROM audit WHERE number = 5",
        "DELETE FROM audit WHERE number = 1",
        "DELETE FROM audit WHERE number >= 11",
        "DELETE FROM audit WHERE number = 12",
        "DELETE FROM audit",
        "DELETE FROM audit; UPDATE log SET audit = NULL",
        "DELETE FROM audit WHERE number >= 8; UPDATE log SET audit = NULL WHERE audit >= 8",
        // One out of the middle, the others moved up.
        "DELETE FROM audit WHERE number = 5; UPDATE audit SET number = number - 1 WHERE number > 5;
         UPDATE log SET audit = audit - 1 WHERE audit > 5; DELETE FROM audit_patients WHERE number = 5;
         UPDATE audit_patients SET number = number - 1 WHERE number > 5",
        // Two looks change places.
        "UPDATE audit SET number = 99 WHERE number = 6; UPDATE audit SET number = 6 WHERE number = 8;
         UPDATE audit SET number = 8 WHERE number = 99",
        // Looks after the last write.
        "DELETE FROM audit WHERE number >= 14; DELETE FROM audit_patients WHERE number >= 14",
        "DELETE FROM audit_patients WHERE number = 9",
        "DELETE FROM audit_sets",
        "UPDATE log SET audit = NULL WHERE audit = 7",
        "DELETE FROM log WHERE audit = 12",
        "UPDATE log SET person = x'00000000000000000000000000000099' WHERE audit = 12; \
         UPDATE audit SET person = x'00000000000000000000000000000099' WHERE number = 12",
    ] {
        let mut desk = busy();
        looked(&mut desk, "view_month", &[]);
        looked(&mut desk, "view_patient", &[KOFI]);
        sound(&desk);
        assert!(!tampered(&desk, sql).is_empty(), "{sql}");
    }
}

/// Whoever has the key can make a new chain that fits in itself. What was told to others does not fit.
#[test]
fn an_audit_that_is_begun_anew_contradicts_what_others_have() {
    let (mut a, mut b, mut relay) = two_desks();
    looked(&mut a, "view_patient", &[ANA]);
    a.book(200, ANA, "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    let told = b.store.reads().audit_anchors().unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].workstation, DESK_1);
    assert_eq!(entries(&a, &AuditFilter::default())[4].hash, told[0].anchor.hash);
    let held = [(told[0].anchor.number, told[0].anchor.hash)];
    assert!(try_verify(&a.store, &held).unwrap().is_sound());
    sound(&b);

    tampered(
        &a,
        "DELETE FROM audit; DELETE FROM audit_patients; UPDATE log SET audit = NULL",
    );
    looked(&mut a, "view_month", &[]);
    let troubles = verify(&a).troubles;
    assert!(
        troubles.iter().any(|trouble| trouble.contains("told others of")),
        "{troubles:?}"
    );
    // Even if its own envelopes are taken for gone, what the other desk kept is not in it.
    assert!(!try_verify(&a.store, &held).unwrap().is_sound());

    // And the other desk notices by itself as soon as something new is written.
    a.book(201, KOFI, "2026-03-03T10:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    let troubles = verify(&b).troubles;
    assert!(
        matches!(troubles.as_slice(), [one] if one.contains("contradicts itself")),
        "{troubles:?}"
    );
}

#[test]
fn anchors_are_kept_of_the_newest_write_whatever_comes_first() {
    let (mut a, mut b, mut relay) = two_desks();
    for visit in 200..205 {
        looked(&mut a, "view_month", &[]);
        a.book(
            visit,
            ANA,
            &format!("2026-03-{:02}T09:00", visit - 190),
            OP_1,
            CHEN,
        );
    }
    b.book(300, KOFI, "2026-03-03T09:00", OP_2, CHEN);
    relay.sync(&mut a, &mut b);
    relay.pull(&mut a);
    for (desk, other, number) in [(&b, &a, 13), (&a, &b, 0)] {
        let others = sound(desk).others;
        // The first write of an audit has nothing to vouch for.
        let newest = others.first().map_or(0, |kept| kept.anchor.number);
        assert_eq!(newest, number);
        let own = sound(other).head.unwrap();
        assert!(own.number > newest);
    }
    // The same stretch once more changes nothing.
    let again = relay.stretch(DESK_2, 0, relay.log.len());
    b.store.merge(&again).unwrap();
    sound(&b);
}

#[test]
fn going_on_from_a_backup_is_told_from_cheating() {
    let (mut a, mut b, mut relay) = two_desks();
    looked(&mut a, "view_patient", &[ANA]);
    a.book(200, ANA, "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);

    // A copy of the file, and then more happens.
    let copy = tempfile::tempdir().unwrap();
    let a = {
        let minute = a.minute;
        let Desk { folder, store, .. } = a;
        drop(store);
        for file in ["practice.db", "practice.mark"] {
            std::fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
        }
        let store = Store::open(folder.path(), &key()).unwrap();
        Desk {
            folder,
            store,
            person: AMARA,
            minute,
        }
    };
    let mut lost = a;
    for visit in 201..204 {
        looked(&mut lost, "view_month", &[]);
        lost.book(
            visit,
            KOFI,
            &format!("2026-03-{:02}T09:00", visit - 190),
            OP_1,
            CHEN,
        );
    }
    relay.sync(&mut lost, &mut b);
    let newest = sound(&b).others[0].anchor.number;

    let mut back = Desk {
        store: Store::open(copy.path(), &key()).unwrap(),
        folder: copy,
        person: AMARA,
        minute: lost.minute,
    };
    looked(&mut back, RESTORE, &[]);
    relay.pull(&mut back);
    back.book(210, ANA, "2026-03-24T09:00", OP_2, CHEN);
    back.book(211, ANA, "2026-03-25T09:00", OP_2, CHEN);
    relay.sync(&mut back, &mut b);
    assert_eq!(sound(&back).lost, Some(newest));
    // The other desk knows of both audits, and that neither contradicts itself.
    let others = sound(&b).others;
    assert_eq!(others.len(), 2);
    assert_ne!(others[0].anchor.origin, others[1].anchor.origin);

    // Without saying so it would look like cheating.
    let raw = raw(&back.folder);
    raw.execute(
        "UPDATE audit SET action = 'view_month' WHERE action = ?1",
        [RESTORE],
    )
    .unwrap();
    assert!(
        verify(&back)
            .troubles
            .iter()
            .any(|trouble| trouble.contains("others were told of"))
    );
}

/// As the first release left it: the audit begins with what is written next.
#[test]
fn a_file_from_before_the_audit_begins_one() {
    let mut desk = busy();
    let minute = desk.minute;
    let folder = {
        let Desk { folder, store, .. } = desk;
        drop(store);
        folder
    };
    let file = raw(&folder);
    file.execute_batch(WITHOUT_HOURS).unwrap();
    file.execute_batch(
        "DROP TABLE audit; DROP TABLE audit_sets; DROP TABLE audit_patients; DROP TABLE audit_anchors;
             DROP TABLE audit_breaks; DROP TABLE released; DROP TABLE inbox; ALTER TABLE log DROP COLUMN audit;
             DELETE FROM settings WHERE key = 'store.audit_end'; PRAGMA user_version = 2",
    )
    .unwrap();
    drop(file);
    desk = Desk {
        store: Store::open(folder.path(), &key()).unwrap(),
        folder,
        person: AMARA,
        minute,
    };
    let version: u32 = raw(&desk.folder)
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, DATA_VERSION);
    assert!(entries(&desk, &AuditFilter::default()).is_empty());
    assert_eq!(sound_but_for_anchors(&desk), 0);
    desk.book(210, ANA, "2026-03-10T09:00", OP_1, CHEN);
    let first = &entries(&desk, &AuditFilter::default())[0];
    assert_eq!((first.action.as_str(), first.object.as_str()), (BEGIN, "6"));
    assert_eq!(sound_but_for_anchors(&desk), 2);
}

/// Files of the first release had no anchors in their envelopes; this one has, because it is a newer one cut down.
fn sound_but_for_anchors(desk: &Desk) -> u64 {
    let report = verify(desk);
    let others: Vec<&String> = report
        .troubles
        .iter()
        .filter(|trouble| !trouble.contains("told others of"))
        .collect();
    assert!(others.is_empty(), "{others:?}");
    report.entries
}
