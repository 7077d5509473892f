//! What a receptionist types, and whom it should find.

use clinic::{Patient, PatientId};

use super::*;

fn patient(id: u128, given: &str, family: &str, birth: &str, mobile: &str, chart: &str) -> Patient {
    Patient {
        id: PatientId(id),
        chart_number: chart.into(),
        family_name: family.into(),
        given_name: given.into(),
        preferred_name: String::new(),
        birth_date: (!birth.is_empty()).then(|| birth.parse().unwrap()),
        mobile_phone: mobile.into(),
        home_phone: String::new(),
        email: String::new(),
        responsible_party: None,
        family: None,
        alert: String::new(),
        note: String::new(),
        is_active: true,
    }
}

fn practice() -> Search {
    let mut search = Search::default();
    for patient in [
        patient(1, "Ana", "Rivera", "1985-03-14", "(555) 201-4477", "R-1001"),
        patient(2, "José", "Núñez", "1990-12-01", "+1 555 201 9000", "1002"),
        patient(3, "Mary-Jane", "O'Brien", "1985-07-04", "555.310.1985", "1003"),
        patient(4, "Anastasia", "Riverton", "2015-03-14", "", "1004"),
        patient(5, "Kofi", "Ana", "", "5559998888", ""),
        patient(6, "Łukasz", "Weiß", "1977-01-31", "", "W7"),
    ] {
        search.put(&patient);
    }
    search
}

fn ids(text: &str) -> Vec<u128> {
    practice()
        .find(text, 10)
        .into_iter()
        .map(|found| found.id.0)
        .collect()
}

#[test]
fn names_in_any_order_and_by_their_beginnings() {
    assert_eq!(ids("riv"), [1, 4]);
    assert_eq!(ids("ana riv"), [1, 4]);
    assert_eq!(
        ids("Rivera, Ana"),
        [1, 4],
        "few fit, so that a slip of the finger is thought of"
    );
    assert_eq!(
        ids("ana"),
        [5, 1, 4],
        "family names first, whole words before beginnings"
    );
    assert_eq!(ids("jane"), [3]);
    assert_eq!(ids("obrien"), [3]);
    assert_eq!(ids("o'br mary"), [3]);
}

#[test]
fn accents_do_not_matter() {
    assert_eq!(ids("nunez jose"), [2]);
    assert_eq!(ids("NÚÑEZ"), [2]);
    assert_eq!(ids("nu\u{301}n\u{303}ez"), [2], "accents as letters of their own");
    assert_eq!(ids("weiss lukasz"), [6]);
}

#[test]
fn misspelled_names_are_found_when_nothing_else_is() {
    assert_eq!(ids("rviera"), [1]);
    assert_eq!(ids("ana rivvera"), [1]);
    assert_eq!(ids("anastassia"), [4]);
    assert_eq!(ids("qqqqqq"), Vec::<u128>::new());
}

#[test]
fn a_slip_in_a_short_name_counts_beside_a_name_that_fits() {
    let mut search = Search::default();
    search.put(&patient(1, "Mia", "Hale", "2012-05-09", "555 201 4477", ""));
    search.put(&patient(2, "Kai", "Papadakis", "2011-02-03", "", ""));
    search.put(&patient(3, "Mia", "Lo", "", "", ""));
    search.put(&patient(4, "Max", "Hale", "", "", ""));
    let found = |text: &str| -> Vec<u128> {
        search
            .find(text, 10)
            .into_iter()
            .map(|found| found.id.0)
            .collect()
    };
    assert_eq!(found("Mya Hale"), [1]);
    assert_eq!(found("hale mai"), [4, 1], "a swap, or another letter");
    assert_eq!(found("Kay Papadakys"), [2]);
    assert_eq!(found("mya 2012"), [1], "a birth date fits, too");
    assert_eq!(found("mya"), [0u128; 0], "alone it is like too many others");
    assert_eq!(found("mya li"), [0u128; 0], "both may be slips");
    assert_eq!(found("m hale"), [4, 1]);
}

#[test]
fn whoever_may_be_here_already_is_named() {
    let mut search = Search::default();
    search.put(&patient(1, "Kai", "Papadakis", "2011-02-03", "555 201 4477", ""));
    search.put(&patient(2, "Soren", "Ramírez", "2010-01-01", "", ""));
    search.put(&patient(3, "Mary-Jane", "O'Brien", "", "+1 555 310 1985", ""));
    let like = |given: &str, family: &str, birth: &str, phone: &str| -> Vec<u128> {
        let found = search.similar(&patient(9, given, family, birth, phone, ""));
        found.into_iter().map(|id| id.0).collect()
    };
    let nobody = [0u128; 0];
    assert_eq!(like("Kay", "Papadakys", "2011-02-03", ""), [1]);
    assert_eq!(
        like("Kay", "Papadakys", "2011-02-04", "5552014477"),
        [1],
        "the same telephone"
    );
    assert_eq!(like("Kay", "Papadakys", "", ""), nobody, "only similar");
    assert_eq!(
        like("Ida", "Papadakis", "2011-02-03", "5552014477"),
        nobody,
        "a sister"
    );
    assert_eq!(like("SOREN", "Ramirez", "", ""), [2], "accents");
    assert_eq!(like("Ramirez", "Søren", "2010-01-01", ""), [2], "names exchanged");
    assert_eq!(
        like("Soren", "Ramírez", "2010-01-02", ""),
        nobody,
        "born another day"
    );
    assert_eq!(like("Mary", "Obrien", "", "310-1985"), [3]);
    assert_eq!(like("Mary", "Obrien", "", ""), nobody);
    let here = patient(1, "Kai", "Papadakis", "2011-02-03", "", "");
    assert_eq!(search.similar(&here), [], "nobody is like themselves");
}

#[test]
fn phones_by_their_end_their_middle_and_as_written() {
    assert_eq!(ids("4477"), [1]);
    assert_eq!(ids("201-4477"), [1]);
    assert_eq!(ids("(555) 201 4477"), [1]);
    assert_eq!(ids("15552014477"), [1], "with the country's code");
    assert_eq!(ids("5552019"), [2]);
    assert_eq!(ids("201"), [2, 1]);
    assert_eq!(ids("ana 8888"), [5]);
}

#[test]
fn birth_dates_whole_and_in_part() {
    assert_eq!(ids("1985-03-14"), [1]);
    assert_eq!(ids("3/14/1985"), [1]);
    assert_eq!(ids("03/14/85"), [1]);
    assert_eq!(ids("14.3.1985"), [1]);
    assert_eq!(ids("03141985"), [1]);
    assert_eq!(ids("1985-03"), [1]);
    assert_eq!(ids("3/14"), [1, 4]);
    assert_eq!(ids("1985"), [3, 1], "a phone's end before a year");
    assert_eq!(ids("riv 2015"), [4]);
}

#[test]
fn chart_numbers_exactly_first() {
    assert_eq!(ids("1002")[0], 2);
    assert_eq!(ids("r-1001"), [1]);
    assert_eq!(ids("w7"), [6]);
}

#[test]
fn the_index_follows_changes() {
    let mut search = practice();
    search.put(&patient(1, "Ana", "Morales", "1985-03-14", "", ""));
    assert!(
        search
            .find("rivera", 10)
            .iter()
            .all(|found| found.id.0 == 4 || found.looseness >= TYPO)
    );
    assert_eq!(search.find("morales", 10)[0].id.0, 1);
    search.remove(PatientId(1));
    assert!(search.find("morales", 10).is_empty());
    assert!(search.find("", 10).is_empty());
}

#[test]
fn names_that_sound_alike() {
    let mut search = Search::default();
    search.put(&patient(1, "Stephen", "Maier", "", "", ""));
    search.put(&patient(2, "Kathryn", "Phillips", "", "", ""));
    let found = |search: &Search, text: &str| -> Vec<u128> {
        search
            .find(text, 10)
            .into_iter()
            .map(|found| found.id.0)
            .collect()
    };
    assert_eq!(found(&search, "meyer"), [1]);
    assert_eq!(found(&search, "steven meyer"), [1]);
    assert_eq!(found(&search, "catherine filips"), [2]);
    assert_eq!(
        found(&search, "meyer filips"),
        [0u128; 0],
        "each word must fit the same person"
    );
    // One slip of the finger is nearer than a sound.
    search.put(&patient(3, "Ida", "Meyre", "", "", ""));
    assert_eq!(found(&search, "meyer"), [3, 1]);
    search.remove(PatientId(1));
    assert_eq!(found(&search, "meyer"), [3]);
}
