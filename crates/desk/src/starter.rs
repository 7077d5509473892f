//! What a new practice starts with, so that the first visit can be booked a minute later: one location,
//! four operatories, one provider, the usual kinds of orthodontic visit. Everything can be renamed or retired.

use clinic::{
    AppointmentType, AppointmentTypeId, Change, Location, LocationId, Operatory, OperatoryId, Person,
    PersonId, Practice, PracticeId, Provider, ProviderId, ProviderKind, ProviderSchedule, RulePolicies,
    Weekday, WorkingHours, Workstation, WorkstationId, ZoneName,
};
use jiff::civil::time;

use crate::views::initials;

/// Who founds what, where.
pub struct Founding<'a> {
    pub practice: PracticeId,
    pub name: &'a str,
    pub zone: ZoneName,
    pub person: PersonId,
    pub person_name: &'a str,
    pub workstation: WorkstationId,
    pub workstation_name: &'a str,
}

/// Name, code, letter, hue, time pattern, minutes free afterwards.
const TYPES: [(&str, &str, &str, u8, &str, u16); 8] = [
    ("Adjustment", "ADJ", "A", 0, "/XX///", 0),
    ("Bonding", "BOND", "B", 1, "//XXX////XX///////", 0),
    ("Consultation", "CONS", "C", 2, "//XXXX///", 0),
    ("Debond", "DEB", "D", 3, "//XX//////XX", 5),
    ("Emergency", "EMER", "E", 4, "/XX/", 0),
    ("Observation", "OBS", "O", 5, "/XX", 0),
    ("Records", "REC", "R", 6, "////////", 0),
    ("Retainer check", "RET", "T", 7, "/X//", 0),
];

/// The records a founded practice begins with. `next_id` gives fresh ids.
pub fn records(founding: &Founding<'_>, mut next_id: impl FnMut() -> u128) -> Vec<Change> {
    let location = LocationId(next_id());
    let provider = ProviderId(next_id());
    let week = |from, until| -> Vec<WorkingHours> {
        Weekday::ALL[..5]
            .iter()
            .map(|&weekday| WorkingHours {
                location,
                weekday,
                from,
                until,
            })
            .collect()
    };
    let mut changes = vec![
        Change::add(Practice {
            id: founding.practice,
            name: founding.name.to_owned(),
            zone: founding.zone.clone(),
            email: String::new(),
            phone: String::new(),
            time_increment_minutes: 10,
            policies: RulePolicies::default(),
            visit_limits: Vec::new(),
            weights: Default::default(),
            cancel_reasons: [
                "Patient ill",
                "Patient cannot make it",
                "Weather or traffic",
                "Practice had to move it",
                "Booked by mistake",
            ]
            .map(str::to_owned)
            .to_vec(),
            usual_interval_weeks: 6,
            is_demo: false,
        }),
        Change::add(Person {
            id: founding.person,
            name: founding.person_name.to_owned(),
            initials: initials(founding.person_name),
            is_active: true,
        }),
        Change::add(Workstation {
            id: founding.workstation,
            name: founding.workstation_name.to_owned(),
        }),
        Change::add(Location {
            id: location,
            name: founding.name.to_owned(),
            zone: founding.zone.clone(),
            address: String::new(),
            phone: String::new(),
            hours: week(time(8, 0, 0, 0), time(17, 0, 0, 0)),
            sort: 0,
            is_active: true,
            rota: Default::default(),
            assistants: Vec::new(),
        }),
        Change::add(Provider {
            id: provider,
            name: "Doctor 1".to_owned(),
            short_name: "Doctor 1".to_owned(),
            kind: ProviderKind::Doctor,
            hue: 0,
            letter: "D".to_owned(),
            schedule: ProviderSchedule {
                hours: week(time(8, 0, 0, 0), time(17, 0, 0, 0)),
            },
            sort: 0,
            is_active: true,
            rota: Default::default(),
        }),
    ];
    for number in 1..=4 {
        changes.push(Change::add(Operatory {
            id: OperatoryId(next_id()),
            location,
            name: format!("Op {number}"),
            usual_provider: Some(provider),
            sort: number,
            is_active: true,
            hours: Vec::new(),
            rota: Default::default(),
        }));
    }
    for (sort, (name, code, letter, hue, pattern, after)) in TYPES.into_iter().enumerate() {
        changes.push(Change::add(AppointmentType {
            id: AppointmentTypeId(next_id()),
            name: name.to_owned(),
            code: code.to_owned(),
            letter: letter.to_owned(),
            class: String::new(),
            policies: Default::default(),
            hue,
            pattern: pattern.parse().expect("the starter patterns are patterns"),
            buffer_before_minutes: 0,
            buffer_after_minutes: after,
            providers: Vec::new(),
            operatories: Vec::new(),
            locations: Vec::new(),
            online_text: String::new(),
            reminder_text: String::new(),
            follow_up: None,
            equipment: Vec::new(),
            assistant: Default::default(),
            second_pattern: None,
            second_providers: Vec::new(),
            sort: i32::try_from(sort).unwrap_or(0),
            is_active: true,
        }));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_practice_has_everything_that_a_first_booking_needs() {
        let founding = Founding {
            practice: PracticeId(1),
            name: "Lakeside",
            zone: ZoneName::new("America/New_York"),
            person: PersonId(2),
            person_name: "Maria Reyes",
            workstation: WorkstationId(3),
            workstation_name: "Front desk",
        };
        let mut last = 10;
        let changes = records(&founding, || {
            last += 1;
            last
        });
        let count = |kind| {
            changes
                .iter()
                .filter(|change| change.entity().kind() == kind)
                .count()
        };
        assert_eq!(count(clinic::EntityKind::Operatory), 4);
        assert_eq!(count(clinic::EntityKind::Provider), 1);
        assert_eq!(count(clinic::EntityKind::AppointmentType), TYPES.len());
        let keys: std::collections::BTreeSet<String> =
            changes.iter().map(|change| change.entity().key()).collect();
        assert_eq!(keys.len(), changes.len(), "every record has an id of its own");
    }
}
