//! Who may do what, judged by what a change touches: what a workstation lets its own person do and what all others accept
//! of them are the same, for every role and everything that people do.

use std::collections::BTreeSet;

use clinic::roles::{Places, touches_of};
use clinic::*;
use store::*;

use crate::world::*;

const VISIT: AppointmentId = AppointmentId(200);
const ELSEWHERE: LocationId = LocationId(3);

/// Something a person does, on a desk where a visit is booked.
type Deed = fn(&mut Desk) -> Result<(), StoreError>;

fn edit(desk: &mut Desk, op: Op, edit: fn(&mut Appointment)) -> Result<(), StoreError> {
    let before = desk.visit(VISIT);
    let mut after = before.clone();
    edit(&mut after);
    desk.record(op, vec![Change::edit(before, after)]).map(drop)
}

fn block(id: u128) -> TimeBlock {
    TimeBlock {
        id: TimeBlockId(id),
        target: BlockTarget::Operatory(OP_1),
        location: LOCATION,
        starts_at: start("2026-03-03T12:00"),
        length_minutes: 60,
        title: "Lunch".into(),
        policy: BlockPolicy::Block,
        source_uid: String::new(),
        series: None,
        absence: None,
    }
}

const DEEDS: &[(&str, Deed)] = &[
    ("book", |desk| {
        desk.book(201, PatientId(100), "2026-03-04T09:00", OP_1, CHEN);
        Ok(())
    }),
    ("book a series", |desk| {
        let visit = visit(202, PatientId(100), "2026-03-06T09:00", OP_1, CHEN);
        let series = RecurringAppointment {
            id: AppointmentSeriesId(700),
            patient: visit.patient,
            appointment_type: visit.appointment_type,
            provider: visit.provider,
            operatory: visit.operatory,
            location: visit.location,
            wall: visit.starts_at.wall,
            pattern: visit.pattern.clone(),
            recurrence: Recurrence {
                repeat: Repeat::Daily { every: 1 },
                ends: Ends::Count(1),
                except: Vec::new(),
            },
            passes_over_closed: false,
        };
        desk.record(Op::BookSeries, vec![Change::add(series), Change::add(visit)])
            .map(drop)
    }),
    ("move", |desk| {
        desk.move_to(VISIT, "2026-03-05T09:00");
        Ok(())
    }),
    ("confirm", |desk| {
        edit(desk, Op::ConfirmAppointment, |visit| {
            visit.status = Status::Confirmed
        })
    }),
    ("cancel", |desk| {
        edit(desk, Op::CancelAppointment, |visit| {
            visit.status = Status::Cancelled
        })
    }),
    ("cancel under another name", |desk| {
        edit(desk, Op::EditAppointment, |visit| {
            visit.note = "looks harmless".into();
            visit.status = Status::Cancelled;
        })
    }),
    ("note", |desk| {
        edit(desk, Op::EditAppointment, |visit| visit.note = "ramp".into())
    }),
    ("move to another location", |desk| {
        edit(desk, Op::MoveAppointment, |visit| visit.location = ELSEWHERE)
    }),
    ("add a patient", |desk| {
        desk.add_patient(300, "Noor", "Haddad");
        Ok(())
    }),
    ("edit a patient", |desk| {
        let before = patient(100, "Ana", "Rivera");
        let mut after = before.clone();
        after.alert = "latex".into();
        desk.record(Op::UpdatePatient, vec![Change::edit(before, after)])
            .map(drop)
    }),
    ("block out time", |desk| {
        desk.record(Op::AddTimeBlock, vec![Change::add(block(400))])
            .map(drop)
    }),
    ("enter an absence", |desk| {
        let mut absence = block(401);
        absence.target = BlockTarget::Provider(CHEN);
        absence.absence = Some(AbsenceReason::Ill);
        desk.record(Op::AddAbsence, vec![Change::add(absence)]).map(drop)
    }),
    ("close another location, called a note", |desk| {
        let mut closed = block(402);
        closed.target = BlockTarget::Location(ELSEWHERE);
        closed.location = ELSEWHERE;
        closed.absence = Some(AbsenceReason::Holiday);
        desk.record(Op::EditAppointment, vec![Change::add(closed)])
            .map(drop)
    }),
    ("put a visit on the pinboard", |desk| {
        edit(desk, Op::PinAppointment, |visit| {
            visit.needs_new_time = Some(NeedsNewTime {
                starts_at: visit.starts_at.clone(),
                provider: visit.provider,
                operatory: visit.operatory,
                reason: String::new(),
                by: PersonId(62),
                at: at(1),
                is_kept: false,
            })
        })
    }),
    ("give an operatory hours of its own, called an absence", |desk| {
        let before = desk.store.roster().operatory(OP_1).cloned().unwrap();
        let mut after = before.clone();
        after.rota.special_days = vec![SpecialDay {
            date: "2026-03-03".parse().unwrap(),
            location: None,
            title: String::new(),
            open: Vec::new(),
        }];
        desk.record(Op::AddAbsence, vec![Change::edit(before, after)])
            .map(drop)
    }),
    ("edit an operatory", |desk| {
        let before = desk.store.roster().operatory(OP_1).cloned().unwrap();
        let mut after = before.clone();
        after.name = "Chair 1".into();
        desk.record(Op::UpdateSettings, vec![Change::edit(before, after)])
            .map(drop)
    }),
    ("take a provider out of use, called an edited visit", |desk| {
        let before = desk.store.roster().provider(CHEN).cloned().unwrap();
        let mut after = before.clone();
        after.is_active = false;
        desk.record(Op::EditAppointment, vec![Change::edit(before, after)])
            .map(drop)
    }),
    ("rename the practice", |desk| {
        let before = desk.store.roster().practice.clone();
        let mut after = before.clone();
        after.name = "Mine".into();
        desk.record(Op::UpdateSettings, vec![Change::edit(before, after)])
            .map(drop)
    }),
    ("add another person", |desk| {
        let person = Person {
            id: PersonId(63),
            name: "Cleo".into(),
            initials: "C".into(),
            is_active: true,
        };
        desk.record(Op::UpdateSettings, vec![Change::add(person)])
            .map(drop)
    }),
    ("undo a booking", |desk| {
        desk.book(201, PatientId(100), "2026-03-04T09:00", OP_1, CHEN);
        desk.undo().map(drop)
    }),
    ("redo a booking", |desk| {
        desk.book(201, PatientId(100), "2026-03-04T09:00", OP_1, CHEN);
        desk.undo()?;
        desk.redo().map(drop)
    }),
    ("undo a cancellation", |desk| {
        edit(desk, Op::CancelAppointment, |visit| {
            visit.status = Status::Cancelled
        })?;
        desk.undo().map(drop)
    }),
    ("a booking and a provider in one step", |desk| {
        let provider = desk.store.roster().provider(CHEN).cloned().unwrap();
        let mut after = provider.clone();
        after.hue = 7;
        let booked = visit(201, PatientId(100), "2026-03-04T09:00", OP_1, CHEN);
        let changes = vec![Change::add(booked), Change::edit(provider, after)];
        desk.record(Op::BookAppointment, changes).map(drop)
    }),
];

/// Who is asked: each role everywhere, and two for one location only.
fn people() -> Vec<(String, Vec<Grant>)> {
    let everywhere = Role::ALL
        .iter()
        .map(|role| (role.words().to_owned(), vec![Grant::everywhere(*role)]));
    let only = |role: Role, location| {
        let grant = Grant {
            role,
            places: Places::Only(BTreeSet::from([location])),
        };
        (format!("{} at {location:?}", role.words()), vec![grant])
    };
    everywhere
        .chain([
            ("nobody".to_owned(), Vec::new()),
            only(Role::FrontDesk, LOCATION),
            only(Role::FrontDesk, ELSEWHERE),
            only(Role::ClinicAdmin, LOCATION),
            only(Role::ClinicAdmin, ELSEWHERE),
        ])
        .collect()
}

#[test]
fn what_a_workstation_allows_its_own_person_is_what_others_accept() {
    let mut mismatches = Vec::new();
    let mut refused = 0;
    for (name, deed) in DEEDS {
        let (mut author, mut peer, mut relay) = two_desks();
        author.person = BEN;
        author.book(VISIT.0, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
        relay.sync(&mut author, &mut peer);
        let from = relay.log.len();
        let before = peer.picture();
        deed(&mut author).unwrap();
        let entries = author
            .store
            .history(&HistoryFilter {
                limit: 10,
                ..HistoryFilter::default()
            })
            .unwrap();
        relay.push(&mut author);
        // The entries of this deed, oldest first, each with what it touches at home.
        let steps = relay.log.len() - from;
        let mut own: Vec<_> = entries.iter().take(steps).collect();
        own.reverse();
        for (who, grants) in people() {
            let rights = Rights {
                grants: grants.clone(),
                ..Rights::none(BEN)
            };
            // One step of several refused leaves the later ones without what they build on.
            let allowed = own.iter().all(|entry| {
                rights
                    .check_touches(
                        DESK_1,
                        &touches_of(&entry.changes, &|id| {
                            author.store.reads().template_home(id).unwrap()
                        }),
                    )
                    .is_ok()
            });
            let (mut judge, _) = fresh_peer(&mut relay, from);
            relay.grants.insert(BEN, grants);
            let merged = relay.pull(&mut judge);
            relay.grants.clear();
            let accepted = merged.quarantined.is_empty() && merged.missing.is_empty();
            refused += usize::from(!accepted);
            if accepted != allowed {
                mismatches.push(format!("{who}: {name}: at home {allowed}, elsewhere {accepted}"));
            }
            if !accepted && steps == 1 {
                assert_eq!(judge.picture(), before, "{who}: {name}: refused and yet there");
            }
            if who == "nobody" {
                judge.assert_sound();
            }
        }
    }
    assert_eq!(mismatches, Vec::<String>::new());
    assert!(refused > 50, "the matrix has both sides: {refused}");
}

/// A workstation that has everything up to a position.
fn fresh_peer(relay: &mut Relay, until: usize) -> (Desk, Merged) {
    let mut desk = Desk::new(DESK_3, AMARA);
    let stretch = relay.stretch(DESK_3, 0, until);
    let merged = desk.store.merge(&stretch).unwrap();
    (desk, merged)
}

#[test]
fn nobody_acts_in_anothers_name() {
    let (mut a, mut b, mut relay) = two_desks();
    let from = relay.log.len();
    a.book(VISIT.0, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.push(&mut a);
    let mut stretch = relay.stretch(DESK_2, from, relay.log.len());
    // Signed by Ben, says it was Amara.
    stretch.entries[0].rights = std::sync::Arc::new(Rights::unlimited(BEN));
    let merged = b.store.merge(&stretch).unwrap();
    assert_eq!(merged.quarantined.len(), 1);
    assert!(merged.quarantined[0].1.contains("somebody else"), "{merged:?}");
    assert!(b.store.reads().appointment(VISIT).unwrap().is_none());
}

/// What somebody wrote after they lost the right, not knowing it yet: it goes back at their own desk, with all that builds
/// on it, and nothing else does.
#[test]
fn what_others_do_not_accept_goes_back_at_its_authors_desk() {
    let (mut a, mut b, mut relay) = two_desks();
    a.book(210, PatientId(101), "2026-03-03T11:00", OP_2, CHEN);
    relay.sync(&mut a, &mut b);
    relay.grants.insert(BEN, vec![Grant::everywhere(Role::ReadOnly)]);
    b.book(VISIT.0, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    b.edit(Op::EditAppointment, VISIT, |visit| {
        visit.note = "after school".into()
    });
    b.move_to(AppointmentId(210), "2026-03-04T11:00");
    // Somebody else at the same desk, who still may: builds on nothing that goes.
    b.person = AMARA;
    b.add_patient(102, "Mei", "Tanaka");
    a.edit(Op::EditAppointment, AppointmentId(210), |visit| {
        visit.note = "ramp".into();
    });
    relay.push(&mut a);
    relay.push(&mut b);
    relay.pull(&mut a);
    let merged = relay.pull(&mut b);
    assert!(
        merged.changes.changes.iter().any(|change| change.after.is_none()),
        "the screen is told that the visit is gone: {merged:?}"
    );
    assert_eq!(a.picture(), b.picture());
    assert!(b.store.reads().appointment(VISIT).unwrap().is_none());
    assert_eq!(b.visit(AppointmentId(210)).starts_at, start("2026-03-03T11:00"));
    assert_eq!(b.visit(AppointmentId(210)).note, "ramp");
    assert!(b.store.reads().patient(PatientId(102)).unwrap().is_some());
    let counts = |desk: &Desk| {
        let reads = desk.store.reads();
        (reads.quarantine_len().unwrap(), reads.waiting_len().unwrap())
    };
    assert_eq!(counts(&a), counts(&b), "kept at both, nothing lost");
    assert_eq!(counts(&a).0 + counts(&a).1, 3);
    a.assert_sound();
    b.assert_sound();
    // Work goes on, also after a restart, and everybody agrees.
    let mut b = b.reopen();
    b.move_to(AppointmentId(210), "2026-03-05T11:00");
    b.book(220, PatientId(100), "2026-03-06T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    assert_eq!(a.picture(), b.picture());
    assert_eq!(a.visit(AppointmentId(220)).patient, PatientId(100));
    b.assert_sound();
}
