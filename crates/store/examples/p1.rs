//! Where the store stands: book, move and cancel on a full practice against one bare insert of the same bytes,
//! search as you type, filling a practice. `cargo run --release --example p1 -- [patients] [visits each]`.

use std::time::{Duration, Instant};

use clinic::*;
use jiff::Timestamp;
use store::testing::PlainSealer;
use store::*;

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse::<u64>().ok());
    let patients = arguments.next().unwrap_or(20_000);
    let visits = arguments.next().unwrap_or(12);
    let rounds = 500;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = DatabaseKey::generate().expect("random numbers");
    let mut store =
        Store::create(folder.path(), &key, PracticeId(1), WorkstationId(2)).expect("a new practice");

    let began = Instant::now();
    fill(&mut store, patients, visits);
    println!(
        "filled: {patients} patients, {} visits in {:.1} s",
        patients * visits,
        began.elapsed().as_secs_f64()
    );
    let size = std::fs::metadata(database_path(folder.path())).map_or(0, |meta| meta.len());
    println!("file: {} MB", size / 1_000_000);
    drop(store);

    let began = Instant::now();
    let mut store = Store::open(folder.path(), &key).expect("it opens");
    println!("opened in {:.1} ms", began.elapsed().as_secs_f64() * 1e3);

    let at = Timestamp::from_second(1_900_000_000).expect("a time");
    let by = By {
        person: PersonId(3),
        at,
    };
    let mut timings: Vec<(&str, Vec<Duration>)> = ["book", "move", "cancel", "bare"]
        .map(|name| (name, Vec::new()))
        .into();
    let bare_folder = tempfile::tempdir().expect("a temporary folder");
    let bare = bare(&bare_folder.path().join("bare.db"));
    let mut bytes = Vec::new();
    for round in 0..rounds {
        let patient = PatientId(u128::from(1 + (round * 7919) % patients) << 64);
        let id = AppointmentId((1u128 << 100) + u128::from(round));
        let visit = visit(id, patient, 40_000 + round as i64 * 2);
        let mut moved = visit.clone();
        moved.starts_at = start(60_000 + round as i64 * 2);
        moved.operatory = OperatoryId(11 + u128::from(round % 7));
        moved.sequence += 1;
        let mut cancelled = moved.clone();
        cancelled.status = Status::Cancelled;
        cancelled.broken_at = Some(at);
        cancelled.cancel_reason = "ill".into();
        for (slot, op, change) in [
            (0, Op::BookAppointment, Change::add(visit.clone())),
            (1, Op::MoveAppointment, Change::edit(visit, moved.clone())),
            (2, Op::CancelAppointment, Change::edit(moved, cancelled)),
        ] {
            let began = Instant::now();
            store
                .transact(op, &by, &PlainSealer, |tx| tx.record([change]))
                .map_err(|error: StoreError| error)
                .expect("it is written");
            timings[slot].1.push(began.elapsed());
        }
        if bytes.is_empty() {
            bytes = store.reads().outbox(1).expect("an outbox").remove(0).bytes;
            bytes.resize(1500, 7);
        }
        let began = Instant::now();
        bare.execute("INSERT INTO plain (bytes) VALUES (?1)", [&bytes])
            .expect("it is written");
        timings[3].1.push(began.elapsed());
    }
    let yardstick = median(&mut timings[3].1);
    for (name, times) in &mut timings {
        let middle = median(times);
        println!(
            "{name:>7}: p50 {:>4} µs, p99 {:>4} µs, {:.2} × bare",
            middle.as_micros(),
            times[times.len() * 99 / 100].as_micros(),
            middle.as_secs_f64() / yardstick.as_secs_f64()
        );
    }
    reading(&store);
}

fn reading(store: &Store) {
    let began = Instant::now();
    store.search_patients("x", 1).expect("an answer");
    println!(
        "search index made in {:.0} ms",
        began.elapsed().as_secs_f64() * 1e3
    );
    let mut times = Vec::new();
    for query in [
        "a",
        "ri",
        "rivera",
        "ana riv",
        "rviera",
        "kofi osie",
        "4477",
        "555 201",
        "3/14",
        "1985-03-14",
        "C1999",
        "zzzzzz",
        "montgomery",
    ] {
        for _ in 0..20 {
            let began = Instant::now();
            store.search_patients(query, 12).expect("an answer");
            times.push(began.elapsed());
        }
    }
    let middle = median(&mut times);
    println!(
        "search: p50 {} µs, p99 {} µs",
        middle.as_micros(),
        times[times.len() * 99 / 100].as_micros()
    );
    let mut times = Vec::new();
    for day in 0..60 {
        let date = start(day * 60).date();
        let began = Instant::now();
        let visits = store.reads().visits_on(LocationId(5), date).expect("a day");
        for visit in &visits {
            store.patient_head(visit.patient).expect("a patient");
        }
        times.push(began.elapsed());
    }
    println!("day sheet: p50 {} µs", median(&mut times).as_micros());
    let began = Instant::now();
    let date = start(0).date();
    let days = store
        .reads()
        .density(
            LocationId(5),
            date,
            date.saturating_add(jiff::Span::new().days(31)),
        )
        .expect("a month");
    println!("month: {} days in {} µs", days.len(), began.elapsed().as_micros());
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn bare(path: &std::path::Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).expect("a file");
    connection
        .execute_batch(&format!("PRAGMA key = \"x'{}'\"", "ab".repeat(32)))
        .expect("a key");
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; CREATE TABLE plain (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;").expect("a table");
    connection
}

fn fill(store: &mut Store, patients: u64, visits: u64) {
    const GIVEN: [&str; 12] = [
        "Ana",
        "José",
        "Mary-Jane",
        "Kofi",
        "Łukasz",
        "Mei",
        "Noor",
        "Priya",
        "Olu",
        "Sven",
        "Tomás",
        "Zoë",
    ];
    const FAMILY: [&str; 14] = [
        "Rivera",
        "Núñez",
        "O'Brien",
        "Osei",
        "Weiß",
        "Lin",
        "Haddad",
        "Montgomery",
        "Okafor",
        "Smith",
        "Schneider",
        "Tanaka",
        "Nguyen",
        "Kowalski",
    ];
    let at = Timestamp::from_second(1_800_000_000).expect("a time");
    let by = By {
        person: PersonId(3),
        at,
    };
    let each = (500 / (visits + 1)).max(1);
    let mut next = 1;
    while next <= patients {
        let until = (next + each).min(patients + 1);
        let changes = (next..until).flat_map(|number| {
            let id = PatientId(u128::from(number) << 64);
            let record = Patient {
                id,
                chart_number: format!("C{number}"),
                family_name: format!("{}{}", FAMILY[number as usize % 14], suffix(number / 14)),
                given_name: GIVEN[(number / 3) as usize % 12].to_owned(),
                preferred_name: String::new(),
                birth_date: Some(jiff::civil::date(
                    1940 + (number % 80) as i16,
                    1 + (number % 12) as i8,
                    1 + (number % 28) as i8,
                )),
                mobile_phone: format!("(555) {:03}-{:04}", number % 1000, number * 7 % 10_000),
                home_phone: String::new(),
                email: format!("p{number}@example.org"),
                responsible_party: None,
                family: None,
                alert: String::new(),
                note: String::new(),
                is_active: true,
            };
            let booked = (0..visits).map(move |visit_number| {
                let number = visit_number * patients + number;
                Change::add(visit(
                    AppointmentId(u128::from(number) << 32),
                    id,
                    (number / 30 * 2) as i64,
                ))
            });
            std::iter::once(Change::add(record)).chain(booked)
        });
        store
            .transact(Op::ImportAppointments, &by, &PlainSealer, |tx| tx.record(changes))
            .map_err(|error: StoreError| error)
            .expect("it is written");
        next = until;
    }
}

/// Names differ as names do.
fn suffix(number: u64) -> String {
    let letters = b"aeioulnrst";
    let mut text = String::new();
    let mut rest = number % 2000;
    while rest > 0 {
        text.push(letters[(rest % 10) as usize] as char);
        rest /= 10;
    }
    text
}

/// Slots of ten minutes, 60 a day.
fn start(slot: i64) -> Start {
    let date = jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(slot / 60));
    let minute = slot % 60 * 10;
    let wall = date
        .at(7, 0, 0, 0)
        .saturating_add(jiff::Span::new().minutes(minute));
    Start {
        wall,
        offset: jiff::tz::Offset::constant(-5),
        zone: ZoneName::new("America/New_York"),
    }
}

fn visit(id: AppointmentId, patient: PatientId, slot: i64) -> Appointment {
    Appointment {
        id,
        patient,
        appointment_type: AppointmentTypeId(4),
        provider: ProviderId(51 + (id.0 >> 32) % 30),
        operatory: OperatoryId(11 + (id.0 >> 32) % 30),
        location: LocationId(5),
        starts_at: start(slot),
        pattern: "XX//".parse().expect("a pattern"),
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
            millis: 1,
            counter: 0,
            workstation: WorkstationId(2),
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
