//! Patients in families: brothers and sisters share a name, a telephone and a responsible party.

use clinic::{FamilyId, Patient, PatientId, ResponsibleParty};
use jiff::ToSpan;

use super::dice::Dice;
use super::names::{ALERTS, FAMILY, GIVEN, PATIENT_NOTES, PREFERRED};
use super::roster::Roster;
use super::{DemoSize, DemoSpec};

/// A patient, and what the filling of days wants to know.
pub(crate) struct Person {
    pub index: u32,
    pub patient: Patient,
    /// Index of the location they come to.
    pub home: usize,
    /// Day of the window on which they first turn up; 0: were here before.
    pub arrives: u32,
}

fn how_many(size: DemoSize) -> u32 {
    match size {
        DemoSize::Small => 900,
        DemoSize::Full => 20_000,
        DemoSize::Grown { visits } => (visits / 12).max(2_000),
    }
}

pub(crate) fn invent(spec: &DemoSpec, roster: &Roster) -> Vec<Person> {
    let mut dice = Dice::new(spec.seed, 2);
    let count = how_many(spec.size);
    // Of 1,000 patients so many were here before the first day.
    let (before, chairs): (u32, Vec<u32>) = (
        if spec.size == DemoSize::Small { 850 } else { 220 },
        roster
            .operatories
            .iter()
            .map(|chairs| chairs.len() as u32)
            .collect(),
    );
    let mut people: Vec<Person> = Vec::with_capacity(count as usize);
    while (people.len() as u32) < count {
        let size = [1, 2, 3, 4][dice.weighted(&[48, 34, 14, 4])].min(count - people.len() as u32);
        let home = dice.weighted(&chairs);
        let arrives = if dice.per_mille(before) {
            0
        } else {
            dice.below(roster.window.today_index() + 1)
        };
        add_family(&mut people, &mut dice, roster, size, home, arrives);
    }
    people
}

fn add_family(
    people: &mut Vec<Person>,
    dice: &mut Dice,
    roster: &Roster,
    size: u32,
    home: usize,
    arrives: u32,
) {
    let name = *dice.pick(FAMILY);
    let parent = *dice.pick(GIVEN);
    let phone = phone(dice);
    let parent_mail = format!(
        "{}.{}{}@example.com",
        ascii(parent),
        ascii(name),
        dice.below(90) + 10
    );
    let arrival = roster.window.date(arrives);
    let made = u64::try_from(roster.start(home, arrives, 9 * 60).instant().as_millisecond()).unwrap_or(0);
    let family = (size > 1).then(|| FamilyId(dice.id(made)));
    let mut taken = vec![parent];
    for member in 0..size {
        let mut given = *dice.pick(GIVEN);
        while taken.contains(&given) {
            given = *dice.pick(GIVEN);
        }
        taken.push(given);
        // The first of a family is a child in two cases of three; further ones nearly always.
        let is_child = dice.per_mille(if member == 0 { 660 } else { 900 });
        let days_old = if is_child {
            dice.between(7 * 366, 17 * 365)
        } else {
            dice.between(19 * 366, 62 * 365)
        };
        let birth_date = arrival.checked_sub(days_old.days()).ok();
        let is_minor = birth_date.is_some_and(|born| born > roster.window.today.saturating_sub(18.years()));
        let index = people.len() as u32;
        let preferred = PREFERRED
            .iter()
            .find(|(long, _)| *long == given)
            .filter(|_| dice.per_mille(600));
        people.push(Person {
            index,
            home,
            arrives,
            patient: Patient {
                id: PatientId(dice.id(made)),
                chart_number: (10_001 + index).to_string(),
                family_name: name.to_owned(),
                given_name: given.to_owned(),
                preferred_name: preferred
                    .map(|(_, short)| (*short).to_owned())
                    .unwrap_or_default(),
                birth_date,
                mobile_phone: if is_minor { String::new() } else { phone.clone() },
                home_phone: if is_minor { phone.clone() } else { String::new() },
                email: match is_minor {
                    true => String::new(),
                    false => format!(
                        "{}.{}{}@example.com",
                        ascii(given),
                        ascii(name),
                        dice.below(90) + 10
                    ),
                },
                responsible_party: is_minor.then(|| ResponsibleParty {
                    name: format!("{parent} {name}"),
                    relationship: (*dice.pick(&["mother", "father", "guardian", "mother", "father"]))
                        .to_owned(),
                    phone: phone.clone(),
                    email: parent_mail.clone(),
                }),
                family,
                alert: if dice.per_mille(60) {
                    (*dice.pick(ALERTS)).to_owned()
                } else {
                    String::new()
                },
                note: if dice.per_mille(50) {
                    (*dice.pick(PATIENT_NOTES)).to_owned()
                } else {
                    String::new()
                },
                is_active: true,
            },
        });
    }
}

/// `(417) 555-0123`: 555-0100 to 555-0199 are kept free for fiction in every area.
fn phone(dice: &mut Dice) -> String {
    // Area codes have neither 9 in the middle nor 11 at the end.
    let area = (dice.below(8) + 2) * 100 + dice.below(9) * 10 + dice.below(9) + 1;
    let area = if area % 100 == 11 { area + 1 } else { area };
    format!("({area}) 555-01{:02}", dice.below(100))
}

fn ascii(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}
