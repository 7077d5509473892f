//! P1: booking, moving and cancelling a visit, durable, beside one bare insert of the same bytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use clinic::{AppointmentTypeId, PatientId};
use desk::api::{
    BookAppointment, CancelAppointment, Handlers, Leave, ListPatients, MoveAppointment, OpeningView,
    OpeningsRequest,
};
use desk::{FrontDesk, Purpose};
use rusqlite::Connection;

use super::practice::{self, Practice};
use super::report::Figure;
use super::stats::Samples;

const GOAL: f64 = 2.0;

pub fn measure(practice: &Practice) -> Result<Vec<Figure>> {
    let copy = practice.copy()?;
    let front = copy.open(Purpose::Window)?;
    let rounds = practice.scale.of(300, 20);
    let work = Work::of(&front)?;

    // What one booking adds, before the times count.
    let probe = work.book(&front, 0, &work.opening(&front, 0, 0)?)?;
    let bytes = bytes_of_newest(copy.path())?;
    work.cancel(&front, probe)?;
    let bare = Bare::beside(copy.path(), bytes)?;
    let mut disk = File::create(copy.path().join("appended"))?;

    let (mut book, mut moved, mut cancel) = (Samples::default(), Samples::default(), Samples::default());
    let (mut bare_times, mut disk_times) = (Samples::default(), Samples::default());
    for round in 0..rounds {
        let (first, second) = (work.opening(&front, round, 0)?, work.opening(&front, round, 9)?);
        bare_times.time(|| bare.insert())?;
        let id = book.time(|| work.book(&front, round, &first))?;
        bare_times.time(|| bare.insert())?;
        moved.time(|| {
            front.move_appointment(MoveAppointment {
                second_provider: None,
                no_second_provider: false,
                id,
                at: Some(second.at.clone()),
                later_of_two: false,
                operatory: Some(second.operatory),
                provider: Some(second.provider),
                leave: with_warnings(),
            })
        })?;
        bare_times.time(|| bare.insert())?;
        cancel.time(|| work.cancel(&front, id))?;
        disk_times.time(|| disk.write_all(&[0; 4096]).and_then(|()| disk.sync_data()))?;
    }
    front.close();

    let yardstick = format!(
        "bare SQLCipher insert of {bytes} bytes (p99 {:.2})",
        bare_times.p99()
    );
    let mut figures: Vec<Figure> = [("book", &book), ("move", &moved), ("cancel", &cancel)]
        .into_iter()
        .map(|(verb, times)| {
            let what = format!(
                "{verb} a visit, all durable, p50 of {} (p99 {:.2} ms)",
                times.len(),
                times.p99()
            );
            Figure::new("P1", what, times.median(), "ms").against(&yardstick, bare_times.median(), GOAL)
        })
        .collect();
    figures.push(Figure::new(
        "P1",
        "this disk: append 4 KiB and sync, p50",
        disk_times.median(),
        "ms",
    ));
    Ok(figures)
}

pub(super) fn with_warnings() -> Leave {
    Leave {
        acknowledge_warnings: true,
        override_reason: None,
    }
}

/// Whom and what to book.
pub(super) struct Work {
    kind: AppointmentTypeId,
    patients: Vec<PatientId>,
}

impl Work {
    pub fn of(front: &FrontDesk) -> Result<Self> {
        let hello = practice::hello(front)?;
        let kinds = &hello.roster.appointment_types;
        let kind = kinds
            .iter()
            .find(|kind| kind.is_active && kind.length_minutes <= 30)
            .context("a short kind of visit")?;
        let page = front.list_patients(ListPatients {
            after: None,
            limit: Some(1_000),
        })?;
        let patients = page
            .patients
            .iter()
            .filter(|patient| patient.is_active)
            .map(|patient| patient.id)
            .collect();
        Ok(Self {
            kind: kind.id,
            patients,
        })
    }

    fn patient(&self, round: usize) -> PatientId {
        self.patients[round * 7 % self.patients.len()]
    }

    /// Free time, another day each round.
    pub fn opening(&self, front: &FrontDesk, round: usize, later_days: i64) -> Result<OpeningView> {
        let from = practice::day(2 + (round as i64 * 3) % 30 + later_days);
        let request = OpeningsRequest {
            second_provider: None,
            appointment_type: self.kind,
            location: None,
            provider: None,
            operatory: None,
            patient: Some(self.patient(round)),
            from: Some(from.to_string()),
            days: Some(14),
            after: None,
            before: None,
            weekdays: Vec::new(),
            pattern: None,
            limit: Some(1),
            also: Vec::new(),
        };
        front
            .openings(request)?
            .openings
            .into_iter()
            .next()
            .context("the practice has free time")
    }

    pub fn book(
        &self,
        front: &FrontDesk,
        round: usize,
        opening: &OpeningView,
    ) -> Result<clinic::AppointmentId> {
        let booked = front.book_appointment(BookAppointment {
            second_provider: None,
            patient: self.patient(round),
            appointment_type: self.kind,
            at: opening.at.clone(),
            later_of_two: false,
            operatory: opening.operatory,
            provider: opening.provider,
            pattern: None,
            note: String::new(),
            is_asap: false,
            arrive_early_minutes: None,
            also: Vec::new(),
            leave: with_warnings(),
        })?;
        Ok(booked.appointment.id)
    }

    pub fn cancel(&self, front: &FrontDesk, id: clinic::AppointmentId) -> Result<()> {
        front.cancel_appointment(CancelAppointment {
            id,
            reason: "Patient asked".to_owned(),
        })?;
        Ok(())
    }
}

/// What the newest operation holds: envelope, history, document change, and the row of the visit.
fn bytes_of_newest(dir: &Path) -> Result<usize> {
    let file = connect(&store::database_path(dir), dir)?;
    let one = |sql: &str| file.query_row(sql, [], |row| row.get::<_, u32>(0).map(|count| count as usize));
    let log = one(
        "SELECT length(bytes) + length(changes) + length(reason) + 120 FROM log ORDER BY local DESC LIMIT 1",
    )?;
    let chunk = one(
        "SELECT length(bytes) FROM document_chunks WHERE chunk & 0xFFFFFF > 0 ORDER BY rowid DESC LIMIT 1",
    )?;
    // A visit’s row: five ids, times, pattern and status.
    const ROW: usize = 220;
    Ok(log + chunk + ROW)
}

/// Opens an encrypted file with the practice’s key and the practice’s settings.
fn connect(path: &Path, dir: &Path) -> Result<Connection> {
    let key = practice::key(dir)?;
    let connection = Connection::open(path)?;
    let digits: String = key.expose().iter().map(|byte| format!("{byte:02x}")).collect();
    connection.execute_batch(&format!("PRAGMA key = \"x'{digits}'\""))?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    Ok(connection)
}

/// The yardstick: one table, one row, one transaction.
struct Bare {
    connection: Connection,
    row: Vec<u8>,
}

impl Bare {
    fn beside(dir: &Path, bytes: usize) -> Result<Self> {
        let connection = connect(&dir.join("bare.db"), dir)?;
        connection.execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
        Ok(Self {
            connection,
            row: vec![0x5a; bytes],
        })
    }

    fn insert(&self) -> Result<()> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        self.connection
            .prepare_cached("INSERT INTO rows (bytes) VALUES (?1)")?
            .execute([&self.row])?;
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}
