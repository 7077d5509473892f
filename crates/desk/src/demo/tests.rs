//! Tests of the demo.

use std::collections::{BTreeMap, HashMap};

use clinic::{Appointment, Entity, Patient, Status};

use super::*;

fn spec(size: DemoSize, date: &str, seed: u64) -> DemoSpec {
    let zones = Zones::bundled();
    let now = mid_morning(date.parse().unwrap(), &zones).unwrap();
    DemoSpec {
        size,
        seed,
        now,
        practice: PracticeId(1),
        workstation: WorkstationId(2),
        is_furnished: false,
    }
}

fn demo(size: DemoSize, date: &str, seed: u64) -> Demo {
    Demo::invent(spec(size, date, seed), &Zones::bundled()).unwrap()
}

fn visits(demo: &Demo) -> Vec<Appointment> {
    demo.patients()
        .flatten()
        .filter_map(|change| match change.after {
            Some(Entity::Appointment(visit)) => Some(visit),
            _ => None,
        })
        .collect()
}

fn patients(demo: &Demo) -> Vec<Patient> {
    demo.patients()
        .flatten()
        .filter_map(|change| match change.after {
            Some(Entity::Patient(patient)) => Some(patient),
            _ => None,
        })
        .collect()
}

/// Everything as one number, to compare whole practices.
fn digest(demo: &Demo) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::hash::DefaultHasher::new();
    for change in demo.batches(500).flatten() {
        serde_json::to_string(&change).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}

#[test]
fn the_same_seed_gives_the_same_practice_and_another_seed_another() {
    let one = digest(&demo(DemoSize::Small, "2026-03-03", 7));
    assert_eq!(one, digest(&demo(DemoSize::Small, "2026-03-03", 7)));
    assert_ne!(one, digest(&demo(DemoSize::Small, "2026-03-03", 8)));
}

#[test]
fn today_is_believably_full_on_any_day_of_the_week() {
    // A Tuesday, a Friday and a Sunday.
    for date in ["2026-03-03", "2026-11-27", "2026-11-29"] {
        let demo = demo(DemoSize::Small, date, 1);
        let today: jiff::civil::Date = date.parse().unwrap();
        let lakeside = demo.roster.locations[0].id;
        let here: Vec<Appointment> = visits(&demo)
            .into_iter()
            .filter(|v| v.starts_at.date() == today && v.location == lakeside)
            .collect();
        assert!(
            (120..=150).contains(&here.len()),
            "{} visits on {date}",
            here.len()
        );
        let count = |status| here.iter().filter(|v| v.status == status).count();
        assert!(
            count(Status::CheckedOut) + count(Status::Completed) >= 20,
            "{date}"
        );
        assert!(
            count(Status::Seated) >= 5,
            "{} seated on {date}",
            count(Status::Seated)
        );
        assert!(count(Status::Arrived) >= 1, "{date}");
        assert!(count(Status::Confirmed) > count(Status::Scheduled), "{date}");
        assert!(count(Status::Scheduled) >= 3, "{date}");
        assert!(count(Status::Cancelled) + count(Status::NoShow) >= 1, "{date}");
        let chairs: std::collections::BTreeSet<_> = here.iter().map(|v| v.operatory).collect();
        assert_eq!(chairs.len(), 12, "every operatory is used on {date}");
    }
}

#[test]
fn statuses_fit_the_clock() {
    let demo = demo(DemoSize::Small, "2026-03-03", 3);
    let now = demo.spec.now;
    for visit in visits(&demo) {
        let start = visit.starts_at.instant();
        assert!(visit.booked.millis < now.as_millisecond() as u64);
        match visit.status {
            Status::Scheduled | Status::Confirmed => {
                assert!(visit.arrived_at.is_none() && start > now, "{visit:?}")
            }
            Status::Cancelled => assert!(!visit.cancel_reason.is_empty() && visit.sequence == 1),
            Status::NoShow => assert!(start < now),
            _ => assert!(visit.arrived_at.is_some_and(|at| at <= now)),
        }
        for at in [
            visit.confirmed_at,
            visit.seated_at,
            visit.completed_at,
            visit.checked_out_at,
            visit.broken_at,
        ] {
            assert!(at.is_none_or(|at| at <= now), "{visit:?}");
        }
    }
}

/// Overlaps counted by hand, without the rules of `clinic`: the second opinion.
fn overlaps(visits: &[Appointment]) -> usize {
    let mut chairs: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for visit in visits.iter().filter(|v| v.takes_time()) {
        let start = visit.starts_at.instant().as_second() / 60;
        let length = i64::from(visit.length_minutes());
        chairs
            .entry(format!("chair {}", visit.operatory))
            .or_default()
            .push((start, start + length));
        chairs
            .entry(format!("patient {}", visit.patient))
            .or_default()
            .push((start, start + length));
        let doctor = chairs.entry(format!("doctor {}", visit.provider)).or_default();
        for (from, until) in visit.pattern.provider_spans() {
            doctor.push((start + i64::from(from), start + i64::from(until)));
        }
    }
    let mut count = 0;
    for spans in chairs.values_mut() {
        spans.sort_unstable();
        count += spans.windows(2).filter(|pair| pair[1].0 < pair[0].1).count();
    }
    count
}

#[test]
fn no_chair_doctor_or_patient_is_taken_twice() {
    for seed in [1, 2, 3] {
        let demo = demo(DemoSize::Small, "2026-03-03", seed);
        let mut visits = visits(&demo);
        assert_eq!(overlaps(&visits), 0);
        // The check can see an overlap when there is one.
        let mut twice = visits[10].clone();
        twice.status = Status::Scheduled;
        visits.push(twice.clone());
        visits.push(twice);
        assert!(overlaps(&visits) > 0);
    }
}

#[test]
fn every_visit_keeps_the_practice_s_own_rules() {
    let demo = demo(DemoSize::Small, "2026-03-03", 1);
    let records = demo.roster().into_iter().filter_map(|change| change.after);
    let roster = clinic::Roster::from_entities(records).unwrap();
    let visits = visits(&demo);
    assert_eq!(clinic::conflicts::find(&roster, &visits, &[]), []);
    let mut days: HashMap<Date, Vec<&Appointment>> = HashMap::new();
    for visit in visits.iter().filter(|visit| visit.takes_time()) {
        days.entry(visit.starts_at.date()).or_default().push(visit);
    }
    let zones = Zones::bundled();
    // Three weeks around today: a vacation, staff huddles, a chair in service, a change of clocks.
    let near = |date: &Date| days_between(*date, "2026-03-03".parse().unwrap()).abs() < 14;
    for (date, visits) in days.iter().filter(|(date, _)| near(date)) {
        let time_blocks = demo
            .roster
            .blocks
            .iter()
            .filter(|block| block.starts_at.date() == *date)
            .cloned()
            .collect();
        let neighbours = clinic::Neighbours {
            appointments: visits.iter().map(|visit| (*visit).clone()).collect(),
            time_blocks,
            ..clinic::Neighbours::default()
        };
        for visit in visits {
            let found =
                clinic::check_placement(&roster, &zones, &neighbours, &clinic::Placement::of(visit)).unwrap();
            assert_eq!(found, [], "{visit:?}");
        }
    }
    assert!(days.keys().filter(|date| near(date)).count() >= 15);
}

#[test]
fn families_share_a_name_and_minors_have_somebody_who_answers_for_them() {
    let demo = demo(DemoSize::Small, "2026-03-03", 1);
    let patients = patients(&demo);
    assert_eq!(patients.len(), 900);
    let mut families: HashMap<_, Vec<&Patient>> = HashMap::new();
    let turned_18 = "2008-03-03".parse().unwrap();
    for patient in &patients {
        let is_minor = patient.birth_date.unwrap() > turned_18;
        assert_eq!(is_minor, patient.responsible_party.is_some(), "{patient:?}");
        assert!(patient.message_email().ends_with("@example.com"), "{patient:?}");
        let phone = if is_minor {
            &patient.home_phone
        } else {
            &patient.mobile_phone
        };
        assert!(phone.contains(") 555-01"), "{phone}");
        if let Some(family) = patient.family {
            families.entry(family).or_default().push(patient);
        }
    }
    assert!(families.len() > 100);
    assert!(
        families
            .values()
            .all(|members| members.len() > 1
                && members.iter().all(|m| m.family_name == members[0].family_name))
    );
    let charts: std::collections::BTreeSet<_> = patients.iter().map(|p| &p.chart_number).collect();
    assert_eq!(charts.len(), patients.len());
}

#[test]
fn batches_hold_everything_once_and_never_tear_a_patient() {
    let demo = demo(DemoSize::Small, "2026-03-03", 1);
    let batches: Vec<Vec<Change>> = demo.batches(400).collect();
    let total: usize = batches.iter().map(Vec::len).sum();
    assert_eq!(
        total,
        demo.roster().len() + demo.patient_count() + demo.appointment_count()
    );
    for batch in &batches[1..] {
        assert!(matches!(batch[0].after, Some(Entity::Patient(_))));
        assert!(batch.len() < 500);
    }
}

#[test]
fn a_grown_practice_has_as_many_visits_as_it_says_and_always_the_same_weeks_ahead() {
    let ahead = |visits: u32| {
        let demo = demo(DemoSize::Grown { visits }, "2026-03-03", 7);
        assert_eq!(demo.appointment_count(), visits as usize);
        let today = demo.roster.window.today_index();
        let all = demo.visits.iter().flatten();
        all.filter(|visit| (today + 1..today + 60).contains(&visit.day))
            .count()
    };
    let (young, old) = (ahead(10_000), ahead(30_000));
    assert!(young.abs_diff(old) * 20 < young, "{young} and {old} visits ahead");
}

#[test]
fn the_full_practice_has_the_promised_size() {
    let demo = demo(DemoSize::Full, "2026-11-23", 42);
    assert_eq!(demo.patient_count(), 20_000);
    assert_eq!(demo.appointment_count(), 250_000);
    assert_eq!(demo.roster.locations.len(), 3);
    assert_eq!(demo.roster.providers.len(), 12);
    assert_eq!(demo.roster.operatories.iter().map(Vec::len).sum::<usize>(), 30);
    let zones: std::collections::BTreeSet<_> =
        demo.roster.locations.iter().map(|l| l.zone.as_str()).collect();
    assert_eq!(zones.len(), 2);
}

/// A furnished one with its templates, as one author keeps them.
fn furnished(date: &str) -> (Demo, Vec<Change>) {
    let spec = DemoSpec {
        is_furnished: true,
        ..spec(DemoSize::Small, date, 7)
    };
    let author = clinic::Author {
        person: clinic::PersonId(3),
        at: spec.now,
        stamp: clinic::Stamp {
            millis: 5,
            counter: 0,
            workstation: spec.workstation,
        },
    };
    let mut demo = Demo::invent(spec, &Zones::bundled()).unwrap();
    let templates = demo.templates(&author);
    (demo, templates)
}

#[test]
fn a_furnished_practice_has_weeks_that_nothing_is_wrong_with_on_any_day() {
    for date in ["2026-03-03", "2026-03-08", "2026-06-01"] {
        let (demo, templates) = furnished(date);
        let records = demo.roster().into_iter().filter_map(|change| change.after);
        let roster = clinic::Roster::from_entities(records).unwrap();
        let mut slots: BTreeMap<_, Vec<clinic::TemplateSlot>> = BTreeMap::new();
        let mut places = BTreeMap::new();
        let mut dates = 0;
        for change in &templates {
            match change.after.as_ref().unwrap() {
                Entity::ScheduleTemplate(template) => {
                    places.insert(template.id, template.location);
                }
                Entity::TemplateSlot(slot) => slots.entry(slot.template).or_default().push(slot.clone()),
                Entity::TemplateVersion(version) => {
                    assert_eq!(&version.slots, &slots[&version.template], "{date}");
                }
                Entity::TemplateApplication(application) => dates += application.dates.len(),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(places.len(), 4, "{date}");
        assert!(dates > 100, "{date}: {dates} days");
        for (template, slots) in slots {
            let check = clinic::templates::check(&roster, places[&template], &slots);
            assert!(check.problems.is_empty(), "{date}: {:?}", check.problems);
        }
    }
}

#[test]
fn furnishing_lets_visits_use_what_there_is_and_moves_none() {
    let (with, _) = furnished("2026-03-03");
    let without = demo(DemoSize::Small, "2026-03-03", 7);
    let (with_visits, without_visits) = (visits(&with), visits(&without));
    let bare = |visit: &Appointment| Appointment {
        equipment: Vec::new(),
        ..visit.clone()
    };
    assert!(with_visits.iter().map(bare).eq(without_visits.iter().cloned()));
    // Nobody waits for a scanner: those minutes never hold more visits than pieces.
    let (mut used, furnishing) = (BTreeMap::new(), with.furnishing.as_ref().unwrap());
    for visit in &with_visits {
        for need in &visit.equipment {
            let (from, until) = need.minutes(visit.length_minutes()).unwrap();
            for minute in from..until {
                let at = visit.starts_at.instant() + jiff::SignedDuration::from_mins(minute.into());
                *used.entry((need.equipment, visit.location, at)).or_insert(0_u16) += 1;
            }
        }
    }
    assert!(used.len() > 1_000, "{}", used.len());
    for ((equipment, location, at), count) in used {
        let pieces = furnishing
            .equipment
            .iter()
            .find(|one| one.id == equipment)
            .unwrap()
            .pieces_at(location);
        assert!(count <= pieces, "{count} of {pieces} at {at}");
    }
}
