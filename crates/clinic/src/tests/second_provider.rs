//! A second provider in a visit: whose time it takes, who may be it, and what is offered.

use expect_test::{Expect, expect};

use super::{apply, book_drawn, draw, near, outcome, visit};
use crate::conflicts;
use crate::drawing::{Drawing, provider_id};
use crate::openings::{self, Arrangement, BusyCalendar, FamilyRequest, OpeningRequest, find_family};
use crate::rescheduling::{Rescheduling, plan_rescheduling};
use crate::templates::HeldDays;
use crate::*;

/// A hygienist's visit of forty minutes in which a doctor looks in for the minutes 20 to 30.
const DAY: &str = "
    hours 9:00–12:00
    provider Patel 9:00–12:00
    provider Diaz 9:00–12:00
    type check XXXX//XX second ////XX//:Patel,Diaz
    type exam XXXX
    Tue 3 Mar    Op1 Chen                Op2 Patel      Op3 Diaz
    09:00        Rivera check &Patel     .              .
    09:40        .                       Osei exam      .
    10:00        .                       .              .
";

fn booked(sheet: &str, text: &str, expected: Expect) {
    let mut drawing = draw(sheet);
    let (request, leave) = drawing.booking(text).unwrap();
    let result = book_drawn(&drawing, &request, &leave);
    expected.assert_eq(&outcome(&mut drawing, "book", result));
}

fn kind(drawing: &Drawing, name: &str) -> AppointmentType {
    let mut kinds = drawing.roster.appointment_types.values();
    kinds.find(|kind| kind.name == name).expect("drawn").clone()
}

fn moved(drawing: &mut Drawing, patient: &str, request: &MoveRequest, leave: &Leave) -> String {
    let visit = drawing.visit_of(patient).unwrap().clone();
    let result = moved_placement(&drawing.roster, &drawing.zones, &visit, request).and_then(|placement| {
        let neighbours = near(drawing, &placement)?;
        move_appointment(
            &drawing.roster,
            &drawing.zones,
            &neighbours,
            &visit,
            request,
            leave,
            &drawing.author(2_000),
        )
    });
    outcome(drawing, "move", result)
}

#[test]
fn a_doctor_who_looks_in_is_needed_for_those_minutes_only() {
    booked(
        DAY,
        "Kim exam Op2 9:10",
        expect!["cannot book: Patel is needed 9:20–9:30 in Op1 by Rivera [doctor_taken]"],
    );
    booked(
        DAY,
        "Kim exam Op2 9:00 20min",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen             Op2 Patel  Op3 Diaz
        09:00           Rivera check &Patel  Kim exam   .
        09:20           |                    .          .
        09:40           .                    Osei exam  .
        10:00           .                    .          .
    "#]],
    );
    booked(
        DAY,
        "Kim exam Op2 9:30 10min",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen             Op2 Patel  Op3 Diaz
        09:00           Rivera check &Patel  .          .
        09:30           |                    Kim exam   .
        09:40           .                    Osei exam  .
        10:00           .                    .          .
    "#]],
    );
}

#[test]
fn whoever_is_second_must_be_free_in_and_not_away() {
    booked(
        DAY,
        "Kim check Op3 9:20 &Patel",
        expect!["cannot book: Patel is needed 9:40–10:00 in Op2 by Osei [doctor_taken]"],
    );
    let hours = |hours| DAY.replace("provider Patel 9:00–12:00", &format!("provider Patel {hours}"));
    // Only the minutes 20 to 30 count.
    booked(
        &hours("10:20–12:00"),
        "Kim check Op1 10:00 &Patel",
        expect![[r#"
        Tue 3 Mar 2026  Op1 Chen             Op2 Patel  Op3 Diaz
        09:00           Rivera check &Patel  .          .
        09:40           .                    Osei exam  .
        10:00           Kim check &Patel     .          .
        10:40           .                    .          .
    "#]],
    );
    booked(
        &hours("10:25–12:00"),
        "Kim check Op1 10:00 &Patel",
        expect!["cannot book: Patel works 10:25–12:00 at Main on Tue 3 Mar [needs_acknowledgement]"],
    );
    let blocked = |span| {
        DAY.replace(
            "    Tue 3 Mar",
            &format!("    block Patel {span} # lunch\n    Tue 3 Mar"),
        )
    };
    booked(
        &blocked("10:30–11:00"),
        "Kim check Op1 10:00 &Patel",
        expect![[r#"
            Tue 3 Mar 2026  Op1 Chen             Op2 Patel  Op3 Diaz
            09:00           Rivera check &Patel  .          .
            09:40           .                    Osei exam  .
            10:00           Kim check &Patel     .          .
            10:40           .                    .          .
            block Patel 10:30–11:00 # lunch
        "#]],
    );
    booked(
        &blocked("10:25–11:00"),
        "Kim check Op1 10:00 &Patel",
        expect!["cannot book: Patel is blocked out 10:25–11:00 (lunch) [blocked]"],
    );
}

#[test]
fn nobody_is_first_and_second_and_only_those_named_are_second() {
    booked(
        DAY,
        "Kim check Op2 10:20 &Patel",
        expect![
            "cannot book: Patel cannot be first and second provider of one visit. Choose somebody else for one of the two [invalid]"
        ],
    );
    booked(
        DAY,
        "Kim check Op3 10:20 &Chen",
        expect!["cannot book: Chen cannot be the second provider of check [needs_acknowledgement]"],
    );
    booked(
        DAY,
        "Kim check Op1 10:20",
        expect!["cannot book: check needs a second provider, and nobody is named [needs_acknowledgement]"],
    );
    booked(
        DAY,
        "Kim check Op1 10:20 anyway",
        expect![[r#"
        although check needs a second provider, and nobody is named
        Tue 3 Mar 2026  Op1 Chen             Op2 Patel  Op3 Diaz
        09:00           Rivera check &Patel  .          .
        09:40           .                    Osei exam  .
        10:00           .                    .          .
        10:20           Kim check            .          .
        11:00           .                    .          .
    "#]],
    );
    booked(
        DAY,
        "Kim exam Op1 10:20 &Patel",
        expect![
            "cannot book: This visit needs no second provider. Leave that empty, or choose a type with a second pattern [invalid]"
        ],
    );
}

#[test]
fn a_second_provider_is_named_and_changed_where_the_visit_is() {
    let to = |name: &str| MoveRequest {
        second_provider: SecondProvider::Named(provider_id(name)),
        ..MoveRequest::default()
    };
    let mut drawing = draw(DAY);
    expect![[r#"
        Tue 3 Mar 2026  Op1 Chen            Op2 Patel  Op3 Diaz
        09:00           Rivera check &Diaz  .          .
        09:40           .                   Osei exam  .
        10:00           .                   .          .
    "#]]
    .assert_eq(&moved(&mut drawing, "Rivera", &to("Diaz"), &Leave::NONE));
    expect!["cannot move: Chen cannot be first and second provider of one visit. Choose somebody else for one of the two [invalid]"].assert_eq(&moved(&mut drawing, "Rivera", &to("Chen"), &Leave::NONE));
    expect!["cannot move: This visit needs no second provider. Leave that empty, or choose a type with a second pattern [invalid]"].assert_eq(&moved(&mut drawing, "Osei", &to("Diaz"), &Leave::NONE));
    // Nobody is possible, knowingly; and without a word where the visit needs nobody any more.
    let nobody = MoveRequest {
        second_provider: SecondProvider::Nobody,
        ..MoveRequest::default()
    };
    expect!["cannot move: check needs a second provider, and nobody is named [needs_acknowledgement]"]
        .assert_eq(&moved(&mut draw(DAY), "Rivera", &nobody, &Leave::NONE));
    let knowingly = Leave {
        acknowledge_warnings: true,
        ..Leave::NONE
    };
    expect![[r#"
        although check needs a second provider, and nobody is named
        Tue 3 Mar 2026  Op1 Chen      Op2 Patel  Op3 Diaz
        09:00           Rivera check  .          .
        09:40           .             Osei exam  .
        10:00           .             .          .
    "#]]
    .assert_eq(&moved(&mut draw(DAY), "Rivera", &nobody, &knowingly));
    let mut needs_none = draw(DAY);
    needs_none.appointments[0].second_pattern = None;
    expect![[r#"
        Tue 3 Mar 2026  Op1 Chen      Op2 Patel  Op3 Diaz
        09:00           Rivera check  .          .
        09:40           .             Osei exam  .
        10:00           .             .          .
    "#]]
    .assert_eq(&moved(&mut needs_none, "Rivera", &nobody, &Leave::NONE));
    // Moved as a whole, it takes its second provider along.
    let later = MoveRequest {
        wall: Some(drawing.date.at(10, 20, 0, 0)),
        ..MoveRequest::default()
    };
    expect![[r#"
        Tue 3 Mar 2026  Op1 Chen            Op2 Patel  Op3 Diaz
        09:40           .                   Osei exam  .
        10:00           .                   .          .
        10:20           Rivera check &Diaz  .          .
        11:00           .                   .          .
    "#]]
    .assert_eq(&moved(&mut drawing, "Rivera", &later, &Leave::NONE));
}

#[test]
fn a_shorter_visit_needs_nobody_beyond_its_end() {
    let mut drawing = draw(DAY);
    let visit = drawing.visit_of("Rivera").unwrap().clone();
    let shorter = |minutes: u16| Appointment {
        pattern: visit.pattern.with_length(minutes).unwrap(),
        ..visit.clone()
    };
    let needed = |visit: &Appointment| {
        let begins = visit.starts_at.instant();
        let minute = |at: jiff::Timestamp| at.duration_since(begins).as_mins();
        let spans = visit.doctor_time().map(|(id, (from, until))| {
            let who = if id == visit.provider { "first" } else { "second" };
            format!("{who} {}–{}", minute(from), minute(until))
        });
        spans.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(needed(&visit), "first 0–20, first 30–40, second 20–30");
    assert_eq!(needed(&shorter(25)), "first 0–20, second 20–25");
    assert_eq!(needed(&shorter(20)), "first 0–20");
    assert_eq!(needed(&shorter(60)), "first 0–20, first 30–60, second 20–30");
    drawing.appointments[0] = shorter(20);
    let (request, leave) = drawing.booking("Kim exam Op2 9:20 10min").unwrap();
    assert!(
        book_drawn(&drawing, &request, &leave).is_ok(),
        "Patel is free again"
    );
}

#[test]
fn procedures_together_keep_the_check_where_its_work_is() {
    let mut drawing = draw(
        "
        type clean /XXXX/ second ///X//:Patel
        type scan //X///
        type seal /X/ second /XX
        Tue 3 Mar    Op1 Chen
        09:00        .
    ",
    );
    for names in [
        "clean",
        "clean+scan",
        "scan+clean",
        "clean+seal",
        "seal+clean",
        "scan",
    ] {
        let (request, _) = drawing.booking(&format!("Kim {names} Op1 9:00")).unwrap();
        let asked = together(&drawing.roster, request.appointment_type, &request.also).unwrap();
        let second = asked
            .second_pattern
            .map_or_else(String::new, |pattern| pattern.to_string());
        let line = format!("{names}: {} {second}", asked.pattern);
        let expected = match names {
            "clean" => "clean: /XXXX/ ///X//",
            "clean+scan" => "clean+scan: //XXXXX/// ////X/////",
            "scan+clean" => "scan+clean: //XXXXX/// /////X////",
            "clean+seal" => "clean+seal: /XXXXX/ ///X/XX",
            "seal+clean" => "seal+clean: /XXXXX/ /X//X/X",
            _ => "scan: //X/// ",
        };
        assert_eq!(line, expected);
    }
}

#[test]
fn merged_desks_see_a_doctor_in_two_places_from_either_side() {
    let drawing = draw(
        "
        type check XXXX//XX second ////XX//
        type exam XXXX
        Tue 3 Mar    Op1 Chen                Op2 Amara              Op3 Patel
        09:00        Rivera check &Patel     Kim check &Patel       Osei exam
        09:20        |                       |                      .
        09:40        .                       .                      .
    ",
    );
    let found = conflicts::find(&drawing.roster, &drawing.appointments, &[]);
    let words: Vec<String> = found
        .iter()
        .map(|conflict| {
            let names = conflict
                .appointments
                .map(|id| drawing.name(visit(&drawing, id.0).patient));
            format!("{} {}", conflict.kind, names.join(" and "))
        })
        .collect();
    // Osei has Patel for twenty minutes from nine, the other two from twenty past.
    assert_eq!(words, ["doctor_time Rivera and Kim"]);
    for one in &drawing.appointments {
        let others: Vec<Appointment> = drawing
            .appointments
            .iter()
            .filter(|other| other.id != one.id)
            .cloned()
            .collect();
        let seen = conflicts::involving(&drawing.roster, one, &others, &[]);
        let expected: Vec<&Conflict> = found
            .iter()
            .filter(|conflict| conflict.appointments.contains(&one.id))
            .collect();
        assert_eq!(seen.iter().collect::<Vec<_>>(), expected);
    }
    // What a change of the second provider touches is looked at again, on the old side and the new.
    let before = drawing.appointments[0].clone();
    let after = Appointment {
        second_provider: Some(provider_id("Amara")),
        ..before.clone()
    };
    let touched = conflicts::affected(&[Change::edit(before, after)]).buckets;
    for name in ["Patel", "Amara"] {
        let resource = conflicts::Resource::Provider(provider_id(name));
        assert!(touched.iter().any(|bucket| bucket.resource == resource), "{name}");
    }
}

#[test]
fn an_absence_displaces_who_needs_the_second_provider_then() {
    let absent = |span: &str| {
        let sheet = DAY.replace(
            "    Tue 3 Mar",
            &format!("    away Patel {span} # ill\n    Tue 3 Mar"),
        );
        let drawing = draw(&sheet);
        let visits = drawing.appointments.iter();
        let waiting = visits.filter_map(|visit| {
            let why = waits(visit, &drawing.time_blocks)?;
            Some(format!(
                "{}: {}",
                drawing.name(visit.patient),
                why.words(&drawing.roster)
            ))
        });
        waiting.collect::<Vec<_>>()
    };
    assert_eq!(absent("9:00–9:20"), Vec::<String>::new());
    assert_eq!(absent("9:25–9:40"), ["Rivera: Patel is away (ill)"]);
    assert_eq!(absent("9:30–9:50"), ["Osei: Patel is away (ill)"]);
}

fn offered(drawing: &Drawing, request: &OpeningRequest) -> String {
    let busy = BusyCalendar::build(&drawing.appointments, &drawing.time_blocks);
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let held = HeldDays::default();
    let found = openings::find(&drawing.roster, &drawing.zones, &busy, &held, request, now).unwrap();
    let line = |opening: &Opening| {
        let reasons = opening.reasons.iter().map(|reason| reason.words(&drawing.roster));
        let name = |id| drawing.roster.provider(id).unwrap().short_name.clone();
        let second = opening.second_provider.map_or_else(|| "nobody".to_owned(), name);
        format!(
            "{} {} then {second}: {}\n",
            opening.starts_at.wall.strftime("%H:%M"),
            name(opening.provider),
            reasons.collect::<Vec<_>>().join(", ")
        )
    };
    found.iter().map(line).collect()
}

#[test]
fn openings_name_who_is_free_for_the_second_part() {
    let drawing = draw(&DAY.replace("hours 9:00–12:00", "hours 9:00–11:00"));
    let request = OpeningRequest {
        provider: Some(provider_id("Chen")),
        days: 1,
        limit: 4,
        ..OpeningRequest::new(kind(&drawing, "check").id, drawing.date)
    };
    expect![[r#"
        09:40 Chen then Patel: earliest day, leaves no short gap, usual provider of Op1, Patel is free for the second part
        10:20 Chen then Patel: earliest day, leaves no short gap, usual provider of Op1, Patel is free for the second part
        10:00 Chen then Patel: earliest day, leaves no short gap, Patel is free for the second part
        09:45 Chen then Patel: earliest day, leaves no short gap, Patel is free for the second part
    "#]].assert_eq(&offered(&drawing, &request));
    let only = OpeningRequest {
        second_provider: Some(provider_id("Patel")),
        ..request.clone()
    };
    expect![[r#"
        09:40 Chen then Patel: earliest day, leaves no short gap, usual provider of Op1, Patel is free for the second part
        10:20 Chen then Patel: earliest day, leaves no short gap, usual provider of Op1, Patel is free for the second part
        10:00 Chen then Patel: earliest day, leaves no short gap, Patel is free for the second part
        09:45 Chen then Patel: earliest day, leaves no short gap, Patel is free for the second part
    "#]].assert_eq(&offered(&drawing, &only));
    let away = OpeningRequest {
        away: Some((provider_id("Patel"), drawing.date)),
        ..request
    };
    expect![[r#"
        09:40 Chen then Diaz: earliest day, leaves no short gap, usual provider of Op1, Diaz is free for the second part
        10:20 Chen then Diaz: earliest day, leaves no short gap, usual provider of Op1, Diaz is free for the second part
        10:00 Chen then Diaz: earliest day, leaves no short gap, Diaz is free for the second part
        09:45 Chen then Diaz: earliest day, leaves no short gap, Diaz is free for the second part
    "#]].assert_eq(&offered(&drawing, &away));
}

#[test]
fn a_plan_for_an_absent_second_provider_leaves_the_time_and_names_another() {
    let drawing = draw(DAY);
    let busy = BusyCalendar::build(&drawing.appointments, &drawing.time_blocks);
    let request = Rescheduling {
        visits: vec![drawing.visit_of("Rivera").unwrap().clone()],
        from: drawing.date,
        days: 1,
        away: Some((provider_id("Patel"), drawing.date)),
        may_change_provider: false,
        effort: 1_000,
    };
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let plan = plan_rescheduling(
        &drawing.roster,
        &drawing.zones,
        &busy,
        &HeldDays::default(),
        &request,
        now,
    )
    .unwrap();
    let to = &plan.placed[0].opening;
    let wall = to.starts_at.wall.strftime("%H:%M").to_string();
    assert_eq!(
        (wall.as_str(), to.provider, to.second_provider),
        ("09:00", provider_id("Chen"), Some(provider_id("Diaz")))
    );
}

#[test]
fn a_family_does_not_share_its_second_provider_at_once() {
    let mut drawing = draw(
        "
        hours 9:00–10:00
        provider Chen 9:00–10:00
        provider Amara 9:00–10:00
        provider Patel 9:00–10:00
        type check XX// second //XX:Patel
        Tue 3 Mar    Op1 Chen    Op2 Amara
        09:00        .           .
    ",
    );
    let kim = drawing.booking("Kim check Op1 9:00").unwrap().0;
    let lee = drawing.booking("Lee check Op2 9:00").unwrap().0;
    let visit = |booking: &BookRequest, provider: &str| OpeningRequest {
        patient: Some(booking.patient),
        provider: Some(provider_id(provider)),
        days: 1,
        ..OpeningRequest::new(booking.appointment_type, drawing.date)
    };
    let request = FamilyRequest {
        visits: vec![visit(&kim, "Chen"), visit(&lee, "Amara")],
        arrangement: Arrangement::Any,
        limit: 1,
    };
    let busy = BusyCalendar::default();
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let found = find_family(
        &drawing.roster,
        &drawing.zones,
        &busy,
        &HeldDays::default(),
        &request,
        now,
    )
    .unwrap();
    let mut starts: Vec<String> = found[0]
        .visits
        .iter()
        .map(|opening| opening.starts_at.wall.strftime("%H:%M").to_string())
        .collect();
    starts.sort();
    assert_eq!(starts[0], "09:00");
    assert_ne!(starts[0], starts[1], "side by side Patel would be in two places");
}

#[test]
fn a_type_says_clearly_what_is_wrong_with_its_second_pattern() {
    let drawing = draw(DAY);
    let wrong = |second: Option<&str>, first: &[&str], others: &[&str]| {
        let ids = |names: &[&str]| names.iter().map(|name| provider_id(name)).collect();
        let record = AppointmentType {
            second_pattern: second.map(|text| text.parse().unwrap()),
            providers: ids(first),
            second_providers: ids(others),
            ..kind(&drawing, "check")
        };
        validate_appointment_type(&record, &drawing.roster).map_or_else(
            |error| format!("{}: {}", error.field, error.message),
            |()| "fine".to_owned(),
        )
    };
    assert_eq!(wrong(Some("////XX//"), &[], &["Patel"]), "fine");
    assert_eq!(wrong(None, &[], &[]), "fine");
    expect!["second_pattern: The second pattern has 35 minutes and the first 40: both are of one visit, so make them equally long."].assert_eq(&wrong(Some("////XX/"), &[], &[]));
    expect!["second_pattern: The second pattern needs nobody: put an X where the second provider is needed, or leave it empty."].assert_eq(&wrong(Some("////////"), &[], &[]));
    expect!["second_providers: Nobody is needed for the second time: paint the second pattern, or leave its providers empty."].assert_eq(&wrong(None, &[], &["Patel"]));
    expect!["second_providers: Patel cannot be first and second provider of one visit. Choose somebody else for one of the two."].assert_eq(&wrong(Some("////XX//"), &["Patel"], &["Patel"]));
    expect!["second_providers: There is no provider “5D5RXEHYX05XMGNMTNXSM7QS6V”."].assert_eq(&wrong(
        Some("////XX//"),
        &[],
        &["Nobody"],
    ));
}

#[test]
fn booked_visits_follow_a_changed_second_pattern_where_they_fit() {
    let drawing = draw(DAY);
    let before = kind(&drawing, "check");
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let visit = drawing.visit_of("Rivera").unwrap();
    let after = |second: Option<&str>| AppointmentType {
        second_pattern: second.map(|text| text.parse().unwrap()),
        ..before.clone()
    };
    let follow = |after: &AppointmentType| {
        assert!(reshapes(&before, after));
        let mut drawing = draw(DAY);
        let change = Change::edit(before.clone(), after.clone());
        apply(&mut drawing, &[change]);
        let one = follows_type(&drawing.roster, &before, after, visit, now).unwrap();
        let around = near(&drawing, &one.placement()).unwrap();
        retype(&drawing.roster, &drawing.zones, vec![one], &[around])
            .unwrap()
            .remove(0)
    };
    let earlier = follow(&after(Some("XX//////")));
    assert!(earlier.fits());
    assert_eq!(
        earlier.after.second_pattern,
        after(Some("XX//////")).second_pattern
    );
    assert_eq!(earlier.after.second_provider, Some(provider_id("Patel")));
    let none = follow(&after(None));
    assert!(none.fits());
    assert_eq!(
        (none.after.second_pattern, none.after.second_provider),
        (None, None)
    );
    // A person who gave the visit another second pattern meant it.
    let own = Appointment {
        second_pattern: Some("X///////".parse().unwrap()),
        ..visit.clone()
    };
    let changed = after(Some("XX//////"));
    assert_eq!(follows_type(&drawing.roster, &before, &changed, &own, now), None);
}

fn shortened(drawing: &mut Drawing, patient: &str, minutes: u16, leave: &Leave) -> String {
    let visit = drawing.visit_of(patient).unwrap().clone();
    let length = Length::Minutes(minutes);
    let result = resized_placement(&visit, &length).and_then(|placement| {
        let neighbours = near(drawing, &placement)?;
        let (roster, zones) = (&drawing.roster, &drawing.zones);
        change_length(
            roster,
            zones,
            &neighbours,
            &visit,
            &length,
            leave,
            &drawing.author(2_000),
        )
    });
    outcome(drawing, "change", result)
}

#[test]
fn who_is_cut_off_with_their_minutes_is_asked_about_and_leaves() {
    let mut drawing = draw(DAY);
    let anyway = Leave {
        acknowledge_warnings: true,
        ..Leave::NONE
    };
    // Some of their minutes are left.
    assert!(!shortened(&mut drawing, "Rivera", 25, &Leave::NONE).starts_with("cannot"));
    expect![[
        "cannot change: Patel is not needed any more: the minutes of the second provider are cut off [needs_acknowledgement]"
    ]]
    .assert_eq(&shortened(&mut drawing, "Rivera", 20, &Leave::NONE));
    let told = shortened(&mut drawing, "Rivera", 20, &anyway);
    assert!(
        told.starts_with("although Patel is not needed any more"),
        "{told}"
    );
    assert_eq!(drawing.visit_of("Rivera").unwrap().second_provider, None);
    // Longer again, it needs somebody again.
    expect![["cannot change: check needs a second provider, and nobody is named [needs_acknowledgement]"]]
        .assert_eq(&shortened(&mut drawing, "Rivera", 40, &Leave::NONE));
}
