//! A day as it was: what was written by then, wherever, and nothing of what came later.

use clinic::*;

use crate::world::*;

fn times(day: &store::PastDay) -> Vec<String> {
    day.appointments
        .iter()
        .map(|visit| {
            format!(
                "{} {}",
                visit.starts_at.wall.strftime("%H:%M"),
                visit.status.code()
            )
        })
        .collect()
}

/// The day of the stories at operatory 1's location, as it was.
fn day(desk: &Desk, at: jiff::Timestamp) -> store::PastDay {
    let location = desk.store.roster().operatory(OP_1).unwrap().location;
    desk.store
        .day_as_of(location, "2026-03-03".parse().unwrap(), at)
        .unwrap()
}

/// When the newest entry of a desk's history was written.
fn newest(desk: &Desk) -> jiff::Timestamp {
    let filter = store::HistoryFilter {
        limit: 1,
        ..store::HistoryFilter::default()
    };
    desk.store.history(&filter).unwrap()[0].at
}

#[test]
fn moves_cancellations_and_undone_bookings_are_seen_as_they_were() {
    let (mut a, _, _) = two_desks();
    let first = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    let booked = newest(&a);
    a.move_to(first, "2026-03-05T14:00");
    let moved = newest(&a);
    let second = a.book(201, PatientId(101), "2026-03-03T10:00", OP_1, CHEN);
    a.edit(Op::CancelAppointment, second, |visit| {
        visit.status = Status::Cancelled
    });
    assert!(booked < moved, "the desk's clock goes on between operations");

    assert_eq!(times(&day(&a, booked)), ["09:00 scheduled"]);
    assert_eq!(day(&a, booked).since.len(), 3);
    assert_eq!(times(&day(&a, moved)), Vec::<String>::new());
    assert_eq!(times(&day(&a, newest(&a))), ["10:00 cancelled"]);
    let before = booked - jiff::SignedDuration::from_secs(60);
    assert_eq!(times(&day(&a, before)), Vec::<String>::new());
    assert_eq!(
        a.visit(first).starts_at,
        start("2026-03-05T14:00"),
        "looking changes nothing"
    );
    a.assert_sound();
}

#[test]
fn both_desks_show_the_same_past_and_say_what_came_late() {
    let (mut a, mut b, mut relay) = two_desks();
    let id = a.book(200, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    b.minute = a.minute;
    b.edit(Op::EditAppointment, id, |visit| visit.arrive_early_minutes = 10);
    let written = newest(&b);
    // Off-line, the other desk goes on and only then hears of it.
    a.book(201, PatientId(101), "2026-03-03T10:00", OP_1, CHEN);
    while newest(&a) <= written {
        a.edit(Op::EditAppointment, AppointmentId(201), |visit| {
            visit.is_asap = !visit.is_asap
        });
    }
    relay.sync(&mut a, &mut b);
    let (here, there) = (day(&a, written), day(&b, written));
    assert_eq!(here.appointments, there.appointments);
    assert_eq!(here.appointments[0].arrive_early_minutes, 10);
    assert_eq!(
        here.late.len(),
        1,
        "it came after something that was done here later"
    );
    assert!(there.late.is_empty(), "whoever wrote it knew it");
    a.assert_sound();
}
