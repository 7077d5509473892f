//! Tests of the import.

use std::cell::Cell;
use std::collections::BTreeMap;

use clinic::{
    Appointment, Change, Entity, EntityKind, Neighbourhood, Neighbours, Op, Patient, PatientId, PracticeId,
    Roster, Stamp, Status, TimeBlock, WorkstationId, Zones,
};
use expect_test::{Expect, expect};

use super::*;
use crate::api::ImportOutcome;
use crate::demo::{Demo, DemoSize, DemoSpec, mid_morning};

/// A store in memory, with the demo's roster and nobody in it.
struct Shelf {
    roster: Roster,
    records: BTreeMap<(EntityKind, String), Entity>,
    writes: Vec<(Op, usize)>,
    next: u128,
    fails_at_write: Option<usize>,
}

impl Door for Shelf {
    fn patients(&self) -> Result<Vec<Patient>, DeskError> {
        Ok(self.all(|entity| match entity {
            Entity::Patient(patient) => Some(patient),
            _ => None,
        }))
    }
    fn appointments_of(&self, patient: PatientId) -> Result<Vec<Appointment>, DeskError> {
        Ok(self
            .visits()
            .into_iter()
            .filter(|visit| visit.patient == patient)
            .collect())
    }
    fn appointment_from(&self, source: &str) -> Result<Option<Appointment>, DeskError> {
        let begins = format!("{source}#");
        Ok(self
            .visits()
            .into_iter()
            .find(|visit| visit.source_uid == source || visit.source_uid.starts_with(&begins)))
    }
    fn imported_blocks(&self) -> Result<Vec<TimeBlock>, DeskError> {
        Ok(self
            .blocks()
            .into_iter()
            .filter(|block| !block.source_uid.is_empty())
            .collect())
    }
    fn neighbours(&self, around: &Neighbourhood) -> Result<Neighbours, DeskError> {
        let near =
            |visit: &Appointment| visit.starts_at.instant() < around.until && visit.ends_at() > around.from;
        Ok(Neighbours {
            appointments: self.visits().into_iter().filter(near).collect(),
            ..Neighbours::default()
        })
    }
    fn write(&mut self, op: Op, changes: Vec<Change>) -> Result<(), DeskError> {
        if self.fails_at_write == Some(self.writes.len()) {
            return Err(DeskError::new("disk_full", "The disk is full."));
        }
        self.writes.push((op, changes.len()));
        for change in changes {
            let key = (change.entity().kind(), change.entity().key());
            assert_eq!(
                self.records.get(&key),
                change.before.as_ref(),
                "a change starts from what is there"
            );
            match change.after {
                Some(after) => self.records.insert(key, after),
                None => self.records.remove(&key),
            };
        }
        Ok(())
    }
}

impl Shelf {
    fn new() -> Shelf {
        let zones = Zones::bundled();
        let now = mid_morning("2026-03-03".parse().unwrap(), &zones).unwrap();
        let spec = DemoSpec {
            size: DemoSize::Small,
            seed: 1,
            now,
            practice: PracticeId(1),
            workstation: WorkstationId(2),
            is_furnished: false,
        };
        let changes = Demo::invent(spec, &zones).unwrap().roster();
        let roster = Roster::from_entities(changes.into_iter().filter_map(|change| change.after)).unwrap();
        Shelf {
            roster,
            records: BTreeMap::new(),
            writes: Vec::new(),
            next: 1000,
            fails_at_write: None,
        }
    }

    fn all<T>(&self, pick: impl Fn(Entity) -> Option<T>) -> Vec<T> {
        self.records.values().cloned().filter_map(pick).collect()
    }
    fn visits(&self) -> Vec<Appointment> {
        self.all(|entity| match entity {
            Entity::Appointment(visit) => Some(visit),
            _ => None,
        })
    }
    fn blocks(&self) -> Vec<TimeBlock> {
        self.all(|entity| match entity {
            Entity::TimeBlock(block) => Some(block),
            _ => None,
        })
    }
    fn provider(&self, name: &str) -> ProviderId {
        self.roster
            .providers
            .values()
            .find(|provider| provider.short_name == name)
            .unwrap()
            .id
    }
    fn lakeside(&self) -> LocationId {
        self.roster
            .locations
            .values()
            .find(|place| place.name == "Lakeside")
            .unwrap()
            .id
    }

    fn run(&mut self, kind: ImportKind, text: &str, how: How<'_>) -> Result<ImportReport, DeskError> {
        let zones = Zones::bundled();
        let now = mid_morning("2026-03-03".parse().unwrap(), &zones).unwrap();
        let roster = self.roster.clone();
        let ids = Cell::new(self.next);
        let mut next_id = || {
            ids.set(ids.get() + 1);
            ids.get()
        };
        let mut counter = 0;
        let mut next_stamp = || {
            counter += 1;
            Stamp {
                millis: 1,
                counter,
                workstation: WorkstationId(2),
            }
        };
        let seen = Cell::new(0);
        let mut progress = |done, _, _: &str| seen.set(done);
        let asked = Cell::new(0_usize);
        let is_cancelled = || {
            asked.set(asked.get() + 1);
            how.cancel_after.is_some_and(|after| asked.get() > after)
        };
        let mut job = Job {
            door: self,
            roster: &roster,
            zones: &zones,
            now,
            today: "2026-03-03".parse().unwrap(),
            dry_run: how.dry_run,
            next_id: &mut next_id,
            next_stamp: &mut next_stamp,
            progress: &mut progress,
            is_cancelled: &is_cancelled,
        };
        let report = import(
            kind,
            text,
            how.location,
            how.provider.map(|name| name_of(&roster, name)),
            &mut job,
        );
        self.next = ids.get();
        report
    }

    fn patients_csv(&mut self, text: &str) -> String {
        lines(&self.run(ImportKind::PatientsCsv, text, How::default()).unwrap())
    }
    fn appointments_csv(&mut self, text: &str) -> String {
        lines(
            &self
                .run(ImportKind::AppointmentsCsv, text, How::default())
                .unwrap(),
        )
    }
}

fn name_of(roster: &Roster, name: &str) -> ProviderId {
    roster
        .providers
        .values()
        .find(|provider| provider.short_name == name)
        .unwrap()
        .id
}

#[derive(Default, Clone, Copy)]
struct How<'a> {
    dry_run: bool,
    cancel_after: Option<usize>,
    location: Option<LocationId>,
    provider: Option<&'a str>,
}

/// A report as a person reads it.
fn lines(report: &ImportReport) -> String {
    let mut text = format!(
        "{} added, {} updated, {} unchanged, {} failed{}\n",
        report.added,
        report.updated,
        report.unchanged,
        report.failed,
        if report.cancelled { ", stopped" } else { "" }
    );
    for line in &report.lines {
        let field = line
            .field
            .as_ref()
            .map(|field| format!(" [{field}]"))
            .unwrap_or_default();
        text.push_str(&format!(
            "{:>3} {:?}: {}{field}\n",
            line.line, line.outcome, line.message
        ));
    }
    text
}

fn check(actual: &str, expected: Expect) {
    expected.assert_eq(actual);
}

const PEOPLE: &str = "Chart #;LName;First Name;DOB;Cell;E-Mail;Guarantor;Relationship;Guarantor Phone;Notes;Sex\r\n\
    P1;Rivera;Ana;5/9/2014;2125550140;;Marta Rivera;Mother;(212) 555-0141;\"Plays\r\nthe drums\";F\r\n\
    P2;Osei;Kofi;14.02.1990;+1 212 555 0142;kofi@example.com;;;;;M\r\n\
    P3;;;1990-01-01;;;;;;;\r\n\
    P4;Future;Fay;2030-01-01;;;;;;;\r\n\
    ;Lund;Sven;31/31/2001;;;;;;;\r\n\
    ;Lund;Sven;2001-03-31;212-555-0144;nonsense;;;;;\r\n\
    ;Lund;Mia;3/31/03;212-555-0144;;;;;;\r\n";

#[test]
fn good_patients_come_in_and_bad_lines_say_why() {
    let mut shelf = Shelf::new();
    check(
        &shelf.patients_csv(PEOPLE),
        expect![[r#"
            3 added, 0 updated, 0 unchanged, 4 failed
              1 Unchanged: Columns not used: Sex
              2 Added: Rivera, Ana (P1)
              4 Added: Osei, Kofi (P2)
              5 Failed: the name is missing [LName]
              6 Failed: the birth date 2030-01-01 lies in the future [DOB]
              7 Failed: “31/31/2001” is not a date: write 2014-05-09 or 5/9/2014 [DOB]
              8 Failed: “nonsense” is not an e-mail address: write it as name@example.org. [E-Mail]
              9 Added: Lund, Mia
        "#]],
    );
    let patients = shelf.patients().unwrap();
    let ana = patients
        .iter()
        .find(|patient| patient.given_name == "Ana")
        .unwrap();
    assert_eq!(ana.birth_date, Some("2014-05-09".parse().unwrap()));
    assert_eq!(ana.mobile_phone, "(212) 555-0140");
    assert_eq!(ana.note, "Plays\nthe drums");
    assert_eq!(ana.responsible_party.as_ref().unwrap().name, "Marta Rivera");
    assert_eq!(ana.responsible_party.as_ref().unwrap().relationship, "mother");
}

#[test]
fn a_second_import_of_patients_adds_nothing_twice() {
    let mut shelf = Shelf::new();
    shelf.patients_csv(PEOPLE);
    let before = shelf.records.clone();
    let report = shelf
        .run(ImportKind::PatientsCsv, PEOPLE, How::default())
        .unwrap();
    assert_eq!(
        (report.added, report.updated, report.unchanged, report.failed),
        (0, 0, 3, 4)
    );
    assert_eq!(shelf.records, before);
    // The same people under other headings, with a new address and one new person.
    check(
        &shelf.patients_csv(
            "Name,Birthdate,Email,Mobile Phone\n\"Lund, Mia\",2003-03-31,mia@example.com,\nAna Rivera,5/9/14,,2125550140\nOsei Kofi,,,212.555.0142\nKofi Osei,1991-01-01,,\n",
        ),
        expect![[r#"
            1 added, 1 updated, 2 unchanged, 0 failed
              2 Updated: Lund, Mia: e-mail
              3 Unchanged: Rivera, Ana (P1)
              4 Unchanged: Osei, Kofi (P2)
              5 Added: Osei, Kofi
        "#]],
    );
}

#[test]
fn a_local_note_is_not_overwritten_by_an_old_export() {
    let mut shelf = Shelf::new();
    shelf.patients_csv("Chart,Name,Note\nP1,Ana Rivera,from the file\n");
    let before = shelf.patients().unwrap().remove(0);
    let after = Patient {
        note: "written here".to_owned(),
        ..before.clone()
    };
    shelf
        .write(Op::UpdatePatient, vec![Change::edit(before, after)])
        .unwrap();
    check(
        &shelf.patients_csv("Chart,Name,Note\nP1,Ana Rivera,from the file\n"),
        expect![[r#"
        0 added, 0 updated, 1 unchanged, 0 failed
          2 Unchanged: Rivera, Ana (P1)
    "#]],
    );
}

#[test]
fn families_are_kept_together() {
    let mut shelf = Shelf::new();
    shelf.patients_csv("PatNum,LName,FName,Birthdate,Guarantor ID\n1,Park,Jin,2010-01-01,9\n2,Park,Ada,2012-01-01,9\n3,Moss,Eva,1980-01-01,3\n");
    // Another member later joins the same family.
    shelf.patients_csv(
        "PatNum,LName,FName,Birthdate,Guarantor ID\n1,Park,Jin,2010-01-01,9\n4,Park,Leo,2015-01-01,9\n",
    );
    let families: Vec<_> = shelf
        .patients()
        .unwrap()
        .into_iter()
        .map(|p| (p.chart_number, p.family))
        .collect();
    assert_eq!(families[0].1, families[1].1);
    assert_eq!(families[0].1, families[3].1);
    assert_ne!(families[0].1, families[2].1);
}

#[test]
fn a_file_without_names_is_refused_as_a_whole() {
    let error = Shelf::new()
        .run(ImportKind::PatientsCsv, "Sex,Colour\nF,red\n", How::default())
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.field.as_deref()),
        ("missing_column", Some("family_name"))
    );
}

#[test]
fn stopping_keeps_what_was_written_and_says_so() {
    let mut text = "Chart,Last Name,First Name\n".to_owned();
    for number in 0..1000 {
        text.push_str(&format!("{number},Name{number},A\n"));
    }
    let mut shelf = Shelf::new();
    let report = shelf
        .run(
            ImportKind::PatientsCsv,
            &text,
            How {
                cancel_after: Some(450),
                ..How::default()
            },
        )
        .unwrap();
    assert!(report.cancelled);
    assert_eq!(report.added, 450);
    assert_eq!(shelf.patients().unwrap().len(), 450);
    assert_eq!(
        shelf.writes.iter().map(|write| write.1).collect::<Vec<_>>(),
        [200, 200, 50]
    );
    let rest = shelf.run(ImportKind::PatientsCsv, &text, How::default()).unwrap();
    assert_eq!((rest.added, rest.unchanged), (550, 450));
}

#[test]
fn a_dry_run_reports_the_same_and_writes_nothing() {
    let mut shelf = Shelf::new();
    let dry = shelf
        .run(
            ImportKind::PatientsCsv,
            PEOPLE,
            How {
                dry_run: true,
                ..How::default()
            },
        )
        .unwrap();
    assert!(shelf.records.is_empty());
    let real = shelf
        .run(ImportKind::PatientsCsv, PEOPLE, How::default())
        .unwrap();
    assert_eq!(dry.lines, real.lines);
    let dry = shelf
        .run(
            ImportKind::AppointmentsCsv,
            VISITS,
            How {
                dry_run: true,
                ..How::default()
            },
        )
        .unwrap();
    assert!(shelf.visits().is_empty());
    let real = shelf
        .run(ImportKind::AppointmentsCsv, VISITS, How::default())
        .unwrap();
    assert_eq!(dry.lines, real.lines);
}

#[test]
fn a_full_disk_says_how_far_it_came() {
    let mut text = "Chart,Last Name\n".to_owned();
    (0..300).for_each(|number| text.push_str(&format!("{number},Name{number}\n")));
    let mut shelf = Shelf::new();
    shelf.fails_at_write = Some(1);
    let error = shelf
        .run(ImportKind::PatientsCsv, &text, How::default())
        .unwrap_err();
    assert_eq!(error.code, "disk_full");
    assert!(error.hint.contains("near line 301"), "{error}");
    assert_eq!(shelf.patients().unwrap().len(), 200);
}

const VISITS: &str = "AptNum,PatNum,AptDateTime,Length,Type,Op,Provider,AptStatus,Note\n\
    1,P1,2026-03-10 09:00:00,40,ADJ,Op 1,Chen,1,\"bring, elastics\"\n\
    2,P2,3/10/2026 9:20 AM,,Consultation,op1,Dr. Mei Chen,,\n\
    3,P2,2026-02-03 14:00,0:30,WIRE,Op 5,,,\n\
    4,P2,2026-02-04 14:00,30,WIRE,,Osei,Broken,\n\
    5,P9,2026-03-10 10:00,30,ADJ,Op 1,Chen,,\n\
    6,P1,2026-03-10 25:00,30,ADJ,Op 1,Chen,,\n\
    7,P1,2026-03-08 02:30,30,ADJ,Op 1,Chen,,\n\
    8,P1,2026-03-11 10:00,30,ROOT,Op 1,Chen,,\n\
    9,P1,2026-03-11 10:00,30,ADJ,Op 99,Chen,,\n\
    10,P1,2026-03-11 10:00,30,ADJ,Op 1,Lucia,asleep,\n";

#[test]
fn visits_come_in_with_overlaps_and_bad_lines_say_why() {
    let mut shelf = Shelf::new();
    shelf.patients_csv(PEOPLE);
    check(
        &shelf.appointments_csv(VISITS),
        expect![[r#"
            4 added, 0 updated, 0 unchanged, 6 failed
              2 Added: Rivera, Ana (P1) 2026-03-10 09:00
              3 Added: Osei, Kofi (P2) 2026-03-10 09:20. It overlaps: Op 1 is taken 9:00–9:40 by Rivera, Ana
              4 Added: Osei, Kofi (P2) 2026-02-03 14:00
              5 Added: Osei, Kofi (P2) 2026-02-04 14:00
              6 Failed: nobody here has the chart number P9: import the patients first [PatNum]
              7 Failed: “2026-03-10 25:00” is not a date and time: write 2026-03-03 09:00 or 3/3/2026 9:00 AM [AptDateTime]
              8 Failed: 2:30 does not exist on Sun 8 Mar 2026 in America/New_York: the clock jumps ahead. The next time that exists is 3:30 [AptDateTime]
              9 Failed: there is no kind of visit “ROOT”; there are: ADJ Adjustment, WIRE Wire change, BOND Bonding, DEB Debond, CONS Consultation, REC Records, SEP Separators, RET Retainer check, OBS Observation, EMER Emergency, ALN Aligner check, CLEAN Cleaning [Type]
             10 Failed: there is no operatory “Op 99”; there are: Op 1 (Lakeside), Op 2 (Lakeside), Op 3 (Lakeside), Op 4 (Lakeside), Op 5 (Lakeside), Op 6 (Lakeside), Op 7 (Lakeside), Op 8 (Lakeside), Op 9 (Lakeside), Op 10 (Lakeside), Op 11 (Lakeside), Op 12 (Lakeside) and 4 more [Op]
             11 Failed: “asleep” is not a status; there are: scheduled, confirmed, arrived, seated, completed, checked_out, cancelled, no_show [AptStatus]
        "#]],
    );
    let visits = shelf.visits();
    let by_start = |wall: &str| {
        visits
            .iter()
            .find(|visit| visit.starts_at.wall == wall.parse().unwrap())
            .unwrap()
    };
    let booked = by_start("2026-03-10T09:00");
    assert_eq!(
        (booked.length_minutes(), booked.status, booked.note.as_str()),
        (40, Status::Scheduled, "bring, elastics")
    );
    assert_eq!(by_start("2026-03-10T09:20").length_minutes(), 30);
    let past = by_start("2026-02-03T14:00");
    assert_eq!(
        (past.status, past.completed_at),
        (Status::Completed, Some(past.ends_at()))
    );
    assert_eq!(past.provider, shelf.provider("Osei"));
    let broken = by_start("2026-02-04T14:00");
    assert_eq!(broken.status, Status::Cancelled);
    assert!(!broken.cancel_reason.is_empty());
    let conflicts = clinic::conflicts::find(&shelf.roster, &visits, &[]);
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
}

#[test]
fn a_second_import_of_visits_adds_nothing_twice_and_follows_changes_of_the_source_only() {
    let mut shelf = Shelf::new();
    shelf.patients_csv(PEOPLE);
    shelf.appointments_csv(VISITS);
    // Somebody moves a visit here.
    let before = shelf
        .visits()
        .into_iter()
        .find(|visit| visit.source_uid.starts_with("csv:1#"))
        .unwrap();
    let moved = Appointment {
        starts_at: Zones::bundled()
            .resolve("2026-03-10T15:00".parse().unwrap(), &before.starts_at.zone)
            .unwrap(),
        ..before.clone()
    };
    shelf
        .write(Op::MoveAppointment, vec![Change::edit(before, moved.clone())])
        .unwrap();
    let records = shelf.records.clone();
    let again = shelf
        .run(ImportKind::AppointmentsCsv, VISITS, How::default())
        .unwrap();
    assert_eq!(
        (again.added, again.updated, again.unchanged, again.failed),
        (0, 0, 4, 6)
    );
    assert_eq!(
        shelf.records, records,
        "the old file does not undo what was done here"
    );
    // The source changes a time and a status.
    check(
        &shelf.appointments_csv(
            "AptNum,PatNum,AptDateTime,Length,Type,Op,Provider,AptStatus,Note\n1,P1,2026-03-12 09:00:00,40,ADJ,Op 1,Chen,1,\"bring, elastics\"\n2,P2,3/10/2026 9:20 AM,,Consultation,op1,Dr. Mei Chen,canceled,\n",
        ),
        expect![[r#"
            0 added, 2 updated, 0 unchanged, 0 failed
              2 Updated: Rivera, Ana (P1) 2026-03-12 09:00: time
              3 Updated: Osei, Kofi (P2) 2026-03-10 09:20: status
        "#]],
    );
    let visit = shelf
        .visits()
        .into_iter()
        .find(|visit| visit.id == moved.id)
        .unwrap();
    assert_eq!(
        (visit.starts_at.wall, visit.sequence),
        ("2026-03-12T09:00".parse().unwrap(), 1)
    );
}

#[test]
fn visits_without_ids_are_recognised_by_patient_and_start() {
    let mut shelf = Shelf::new();
    shelf.patients_csv(PEOPLE);
    let text = "Patient,DOB,Date,Start,End,Type,Provider\nAna Rivera,2014-05-09,10.03.2026,9:00,9:40,Adjustment,Chen\n\"Rivera, Ana\",5/9/2014,10.03.2026,9:00 am,9:40 am,ADJ,Chen\n";
    check(
        &shelf.appointments_csv(text),
        expect![[r#"
        1 added, 0 updated, 1 unchanged, 0 failed
          2 Added: Rivera, Ana (P1) 2026-03-10 09:00
          3 Unchanged: Rivera, Ana (P1) 2026-03-10 09:00
    "#]],
    );
    let visit = shelf.visits().remove(0);
    assert_eq!(visit.length_minutes(), 40);
    let again = shelf
        .run(ImportKind::AppointmentsCsv, text, How::default())
        .unwrap();
    assert_eq!((again.added, again.failed), (0, 0));
    assert_eq!(shelf.visits().len(), 1);
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n\
    BEGIN:VEVENT\r\nUID:a@x\r\nDTSTAMP:20260301T000000Z\r\nDTSTART;TZID=Eastern Standard Time:20260310T090000\r\nDTEND;TZID=Eastern Standard Time:20260310T093000\r\nSUMMARY:Ana Rivera - Adjustment\r\nLOCATION:Op 3\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:b@x\r\nDTSTAMP:20260301T000000Z\r\nDTSTART;VALUE=DATE:20260312\r\nDTEND;VALUE=DATE:20260314\r\nSUMMARY:Vacation\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:c@x\r\nDTSTAMP:20260301T000000Z\r\nDTSTART:20260303T170000Z\r\nDTEND:20260303T180000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:Study club\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:d@x\r\nDTSTAMP:20260301T000000Z\r\nDTSTART:20260305T170000Z\r\nDTEND:20260305T180000Z\r\nTRANSP:TRANSPARENT\r\nSUMMARY:Birthday\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

#[test]
fn events_become_visits_or_block_outs_and_never_twice() {
    let mut shelf = Shelf::new();
    shelf.patients_csv(PEOPLE);
    let how = How {
        location: Some(shelf.lakeside()),
        provider: Some("Chen"),
        ..How::default()
    };
    let report = shelf.run(ImportKind::Calendar, CALENDAR, how).unwrap();
    check(
        &lines(&report),
        expect![[r#"
        5 added, 0 updated, 1 unchanged, 0 failed
          4 Added: Ana Rivera - Adjustment 2026-03-10 09:00 as Adjustment for Rivera, Ana (P1)
         12 Added: Vacation 2026-03-12 as a block-out
         19 Added: Study club 2026-03-03 12:00 as a block-out
         19 Added: Study club 2026-03-10 13:00 as a block-out
         19 Added: Study club 2026-03-17 13:00 as a block-out
         27 Unchanged: Birthday 2026-03-05 12:00: takes no time in the calendar
    "#]],
    );
    let visit = shelf.visits().remove(0);
    assert_eq!(shelf.roster.operatories[&visit.operatory].name, "Op 3");
    assert_eq!(
        visit.starts_at.to_string(),
        "2026-03-10T09:00:00-04:00[America/New_York]"
    );
    assert_eq!(visit.length_minutes(), 30);
    // Two whole days of a spring without a clock change.
    let vacation = shelf
        .blocks()
        .into_iter()
        .find(|block| block.title == "Vacation")
        .unwrap();
    assert_eq!(vacation.length_minutes, 2 * 24 * 60);
    assert_eq!(
        vacation.target,
        clinic::BlockTarget::Provider(shelf.provider("Chen"))
    );

    let records = shelf.records.clone();
    let again = shelf.run(ImportKind::Calendar, CALENDAR, how).unwrap();
    assert_eq!((again.added, again.updated, again.unchanged), (0, 0, 6));
    assert_eq!(shelf.records, records);

    // Moved, called off.
    let changed = CALENDAR
        .replace("20260310T090000", "20260310T100000")
        .replace("20260310T093000", "20260310T103000")
        .replace("SUMMARY:Vacation", "STATUS:CANCELLED\r\nSUMMARY:Vacation");
    check(
        &lines(&shelf.run(ImportKind::Calendar, &changed, how).unwrap()),
        expect![[r#"
        0 added, 2 updated, 4 unchanged, 0 failed
          4 Updated: Ana Rivera - Adjustment 2026-03-10 10:00: visit changed
         12 Updated: Vacation 2026-03-12: removed, it is gone from the calendar
         20 Unchanged: Study club 2026-03-03 12:00
         20 Unchanged: Study club 2026-03-10 13:00
         20 Unchanged: Study club 2026-03-17 13:00
         28 Unchanged: Birthday 2026-03-05 12:00: takes no time in the calendar
    "#]],
    );
    assert!(shelf.blocks().iter().all(|block| block.title != "Vacation"));
}

#[test]
fn a_calendar_without_a_place_asks_for_one() {
    let error = Shelf::new()
        .run(ImportKind::Calendar, CALENDAR, How::default())
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.field.as_deref()),
        ("location_needed", Some("location"))
    );
}

#[test]
fn nothing_that_can_be_typed_makes_it_panic() {
    let mut dice = crate::demo::testing_dice(9);
    let scraps = [
        "\"",
        ",",
        ";",
        "\n",
        "\r\n",
        "\t",
        "LName",
        "DOB",
        "5/9/14",
        "P1",
        "Ana",
        "é",
        "\u{feff}",
        "Type",
        "Op",
        "start",
        "ADJ",
        "2026-03-08",
        "02:30",
        "99999",
        "X//",
        "-",
        "BEGIN:VEVENT\r\n",
        "DTSTART:",
        "Provider",
        "Patient",
        "Date",
        "Time",
        "=",
    ];
    for _ in 0..2000 {
        let text: String = (0..dice.below(40)).map(|_| *dice.pick(&scraps)).collect();
        for kind in [
            ImportKind::PatientsCsv,
            ImportKind::AppointmentsCsv,
            ImportKind::Calendar,
        ] {
            let mut shelf = Shelf {
                records: BTreeMap::new(),
                writes: Vec::new(),
                next: 1,
                fails_at_write: None,
                roster: roster(),
            };
            let how = How {
                location: Some(shelf.lakeside()),
                ..How::default()
            };
            if let Ok(report) = shelf.run(kind, &text, how) {
                assert_eq!(
                    report.failed,
                    report
                        .lines
                        .iter()
                        .filter(|line| line.outcome == ImportOutcome::Failed)
                        .count() as u32
                );
            }
        }
    }
}

fn roster() -> Roster {
    static ROSTER: std::sync::LazyLock<Roster> = std::sync::LazyLock::new(|| Shelf::new().roster);
    ROSTER.clone()
}
