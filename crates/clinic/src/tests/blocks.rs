//! Block-outs and the validation of records.

use super::draw;
use crate::{
    BlockEdit, BlockPolicy, BlockRequest, BlockTarget, BlockTime, Entity, LocationId, Op, OperatoryId,
    Patient, Policy, ResponsibleParty, Roster, Rule, TimeBlock, TimeBlockId, add_time_block,
    change_time_block, remove_time_block, validate_appointment_type, validate_location, validate_operatory,
    validate_patient, validate_person, validate_practice, validate_provider,
};

const SHEET: &str = "
    Tue 3 Mar    Op1 Chen       Op2 Amara
    09:00        Rivera exam    .
";

fn lunch() -> BlockRequest {
    BlockRequest {
        id: TimeBlockId(1),
        target: BlockTarget::Operatory(crate::drawing::operatory_id("Op1")),
        location: LocationId(1),
        time: BlockTime::From {
            wall: "2026-03-03T12:00".parse().unwrap(),
            fold_later: false,
            length_minutes: 60,
        },
        title: " Lunch ".to_owned(),
        policy: BlockPolicy::Block,
        source_uid: String::new(),
    }
}

#[test]
fn time_is_blocked_out_changed_and_freed() {
    let drawing = draw(SHEET);
    let plan = add_time_block(&drawing.roster, &drawing.zones, &lunch()).unwrap();
    let Some(Entity::TimeBlock(block)) = &plan.changes[0].after else {
        panic!("{plan:?}")
    };
    assert_eq!((plan.op, block.title.as_str()), (Op::AddTimeBlock, "Lunch"));
    let edit = BlockEdit {
        policy: Some(BlockPolicy::Warn),
        ..BlockEdit::default()
    };
    let plan = change_time_block(&drawing.roster, &drawing.zones, block, &edit).unwrap();
    let Some(Entity::TimeBlock(changed)) = &plan.changes[0].after else {
        panic!("{plan:?}")
    };
    assert_eq!(
        (&changed.policy, &changed.starts_at),
        (&BlockPolicy::Warn, &block.starts_at)
    );
    assert!(
        change_time_block(&drawing.roster, &drawing.zones, block, &BlockEdit::default())
            .unwrap()
            .is_empty()
    );
    assert_eq!(remove_time_block(changed).changes[0].after, None);
}

#[test]
fn whole_days_are_as_long_as_they_are() {
    let drawing = draw(SHEET);
    let minutes = |first: &str, days| {
        let request = BlockRequest {
            time: BlockTime::Days {
                first: first.parse().unwrap(),
                days,
            },
            ..lunch()
        };
        let plan = add_time_block(&drawing.roster, &drawing.zones, &request).unwrap();
        let Some(Entity::TimeBlock(block)) = &plan.changes[0].after else {
            panic!("{plan:?}")
        };
        assert_eq!(block.starts_at.minute_of_day(), 0);
        block.length_minutes
    };
    assert_eq!(minutes("2026-03-03", 1), 1_440);
    assert_eq!(minutes("2026-11-01", 1), 1_500);
    assert_eq!(minutes("2027-03-14", 2), 2_820);
}

#[test]
fn a_block_out_that_cannot_be_names_the_field() {
    let drawing = draw(SHEET);
    let field = |change: &dyn Fn(&mut BlockRequest)| {
        let mut request = lunch();
        change(&mut request);
        let cannot = add_time_block(&drawing.roster, &drawing.zones, &request).unwrap_err();
        (cannot.code(), cannot.field().unwrap_or(""))
    };
    let time = |wall: &str, length_minutes| BlockTime::From {
        wall: wall.parse().unwrap(),
        fold_later: false,
        length_minutes,
    };
    assert_eq!(
        field(&|request| request.time = time("2026-03-03T12:00", 0)),
        ("invalid", "length_minutes")
    );
    assert_eq!(
        field(&|request| request.time = time("2026-03-03T12:00", u32::MAX)),
        ("invalid", "length_minutes")
    );
    assert_eq!(
        field(&|request| request.time = time("2027-03-14T02:30", 30)),
        ("no_such_time", "at")
    );
    assert_eq!(
        field(&|request| request.time = BlockTime::Days {
            first: "2026-03-03".parse().unwrap(),
            days: 0
        }),
        ("invalid", "length_minutes")
    );
    assert_eq!(
        field(&|request| request.time = BlockTime::Days {
            first: "2200-12-01".parse().unwrap(),
            days: 500
        }),
        ("invalid", "length_minutes")
    );
    assert_eq!(
        field(&|request| request.target = BlockTarget::Operatory(OperatoryId(9))),
        ("unknown_operatory", "operatory")
    );
    assert_eq!(
        field(&|request| request.location = LocationId(9)),
        ("unknown_location", "location")
    );
    assert_eq!(
        field(&|request| request.target = BlockTarget::Location(LocationId(9))),
        ("unknown_location", "location")
    );
    assert_eq!(
        field(&|request| request.title = "x".repeat(201)),
        ("invalid", "title")
    );
    assert_eq!(
        field(&|request| request.policy = BlockPolicy::RestrictedTo(vec![])),
        ("invalid", "policy")
    );
    let nothing = BlockPolicy::RestrictedTo(vec![crate::AppointmentTypeId(9)]);
    assert_eq!(
        field(&|request| request.policy = nothing.clone()),
        ("unknown_type", "appointment_type")
    );
}

#[test]
fn a_patient_needs_a_name_and_plausible_data() {
    let drawing = draw(SHEET);
    let good = drawing.patients.values().next().unwrap().clone();
    let today = "2026-03-03".parse().unwrap();
    assert_eq!(validate_patient(&good, today), Ok(()));
    let field = |change: &dyn Fn(&mut Patient)| {
        let mut patient = good.clone();
        change(&mut patient);
        validate_patient(&patient, today)
            .err()
            .map(|invalid| invalid.field)
    };
    assert_eq!(
        field(&|patient| patient.family_name = "  ".to_owned()),
        Some("family_name")
    );
    assert_eq!(field(&|patient| patient.family_name = "ö".repeat(200)), None);
    assert_eq!(
        field(&|patient| patient.family_name = "ö".repeat(201)),
        Some("family_name")
    );
    assert_eq!(
        field(&|patient| patient.given_name = "A\nB".to_owned()),
        Some("given_name")
    );
    assert_eq!(
        field(&|patient| patient.birth_date = Some("2026-03-04".parse().unwrap())),
        Some("birth_date")
    );
    assert_eq!(
        field(&|patient| patient.birth_date = Some("1800-03-04".parse().unwrap())),
        Some("birth_date")
    );
    assert_eq!(field(&|patient| patient.birth_date = Some(today)), None);
    for (phone, bad) in [
        ("", None),
        ("(212) 555-0100 x7", None),
        ("none", Some("mobile_phone")),
        ("12", Some("mobile_phone")),
    ] {
        assert_eq!(
            field(&|patient| patient.mobile_phone = phone.to_owned()),
            bad,
            "{phone}"
        );
    }
    for (email, is_good) in [
        ("ana@example.org", true),
        ("ana.b+c@mail.example.co.uk", true),
        ("ana", false),
        ("ana@", false),
        ("@example.org", false),
        ("a b@example.org", false),
        ("ana@example..org", false),
        ("ana@b@example.org", false),
        ("Ana <ana@example.org>", false),
    ] {
        assert_eq!(
            field(&|patient| patient.email = email.to_owned()).is_none(),
            is_good,
            "{email}"
        );
    }
    let party = ResponsibleParty {
        name: String::new(),
        relationship: String::new(),
        phone: String::new(),
        email: String::new(),
    };
    assert_eq!(
        field(&|patient| patient.responsible_party = Some(party.clone())),
        Some("responsible_party")
    );
}

#[test]
fn settings_are_checked_field_by_field() {
    let drawing = draw(SHEET);
    let roster = &drawing.roster;
    let kind = roster.appointment_types.values().next().unwrap().clone();
    assert_eq!(validate_appointment_type(&kind, roster), Ok(()));
    let twin = crate::AppointmentType {
        id: crate::AppointmentTypeId(7),
        code: "EXAM".to_owned(),
        ..kind.clone()
    };
    assert_eq!(
        validate_appointment_type(&twin, roster).unwrap_err().field,
        "code"
    );
    let odd = crate::AppointmentType {
        buffer_after_minutes: 7,
        ..kind.clone()
    };
    assert_eq!(
        validate_appointment_type(&odd, roster).unwrap_err().field,
        "buffer_after_minutes"
    );
    let hue = crate::AppointmentType { hue: 12, ..kind };
    assert_eq!(validate_appointment_type(&hue, roster).unwrap_err().field, "hue");

    let provider = roster.providers.values().next().unwrap().clone();
    assert_eq!(validate_provider(&provider, roster), Ok(()));
    let mut double = provider.clone();
    double.schedule.hours.extend(provider.schedule.hours.clone());
    assert_eq!(validate_provider(&double, roster).unwrap_err().field, "hours");
    let mut backwards = provider;
    backwards.schedule.hours[0].until = "06:00".parse().unwrap();
    assert_eq!(validate_provider(&backwards, roster).unwrap_err().field, "hours");

    let chair = roster.operatories.values().next().unwrap().clone();
    assert_eq!(validate_operatory(&chair, roster), Ok(()));
    let twin = crate::Operatory {
        id: OperatoryId(7),
        name: chair.name.to_lowercase(),
        ..chair.clone()
    };
    assert_eq!(validate_operatory(&twin, roster).unwrap_err().field, "name");
    let lost = crate::Operatory {
        location: LocationId(9),
        ..chair
    };
    assert_eq!(validate_operatory(&lost, roster).unwrap_err().field, "location");

    let location = roster.locations[&drawing.location].clone();
    assert_eq!(validate_location(&location, roster, &drawing.zones), Ok(()));
    let mars = crate::Location {
        zone: crate::ZoneName::new("Mars/Base"),
        ..location.clone()
    };
    assert_eq!(
        validate_location(&mars, roster, &drawing.zones)
            .unwrap_err()
            .field,
        "zone"
    );
    let west = crate::Location {
        zone: crate::ZoneName::new("America/Denver"),
        ..location
    };
    assert_eq!(
        validate_location(&west, roster, &drawing.zones)
            .unwrap_err()
            .field,
        "zone"
    );

    let practice = crate::Practice {
        time_increment_minutes: 7,
        ..roster.practice.clone()
    };
    assert_eq!(
        validate_practice(&practice, &drawing.zones).unwrap_err().field,
        "time_increment_minutes"
    );
    assert_eq!(validate_practice(&roster.practice, &drawing.zones), Ok(()));
    let person = crate::Person {
        id: crate::PersonId(1),
        name: "Amara".to_owned(),
        initials: "AMAR".to_owned(),
        is_active: true,
    };
    assert_eq!(validate_person(&person).unwrap_err().field, "initials");
}

#[test]
fn a_block_out_covers_who_would_be_asked_about_or_refused_there() {
    let drawing = draw(
        "
        Tue 3 Mar    Op1 Chen              Op2 Amara
        09:00        Rivera exam           Osei filling
        09:30        Ito exam (seated)     .
        10:00        .                     .
        ",
    );
    let chair = drawing.visit_of("Rivera").unwrap().operatory;
    let place = drawing.location;
    let block = |target, policy| TimeBlock {
        id: TimeBlockId(9),
        target,
        location: place,
        starts_at: drawing.visit_of("Rivera").unwrap().starts_at.clone(),
        length_minutes: 60,
        title: "meeting".to_owned(),
        policy,
        source_uid: String::new(),
        series: None,
        absence: None,
    };
    let covered = |block: &TimeBlock, roster: &Roster| -> Vec<String> {
        let visits = drawing.appointments.iter();
        visits
            .filter(|visit| block.covers(roster, visit))
            .map(|visit| drawing.name(visit.patient))
            .collect()
    };
    let everywhere = block(BlockTarget::Location(place), BlockPolicy::Warn);
    assert_eq!(covered(&everywhere, &drawing.roster), ["Rivera", "Osei"]);
    let one_chair = block(BlockTarget::Operatory(chair), BlockPolicy::Block);
    assert_eq!(covered(&one_chair, &drawing.roster), ["Rivera"]);
    let exam = drawing.visit_of("Rivera").unwrap().appointment_type;
    let kept = block(
        BlockTarget::Location(place),
        BlockPolicy::RestrictedTo(vec![exam]),
    );
    assert_eq!(covered(&kept, &drawing.roster), ["Osei"]);
    let mut allowed = drawing.roster.clone();
    allowed.practice.policies.0.insert(Rule::TimeBlock, Policy::Allow);
    assert_eq!(covered(&everywhere, &allowed), Vec::<String>::new());
}
