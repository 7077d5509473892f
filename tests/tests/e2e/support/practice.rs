//! The practice that journeys happen in: the demo, whose clock can stand still, with two chairs kept free for the journey.

use std::path::Path;

use anyhow::Result;
use orca_tests::driver::Desk;

/// A Tuesday morning at the demo's first location, whatever day the test runs on.
pub const NOW: &str = "2026-11-24T10:20";
/// Five minutes later: two people do not book in the same instant, and the screen says who was first.
pub const A_LITTLE_LATER: &str = "2026-11-24T10:25";

/// The chairs of our own. Nobody in the demo has a visit there, and the visits of [`LETTER`] go nowhere else.
pub const CHAIR: &str = "Annex 1";
pub const OTHER_CHAIR: &str = "Annex 2";
/// The letter of our own kind of visit, a check-up of twenty minutes.
pub const LETTER: &str = "Y";

/// Patients of our own, with names that no other patient's is like.
pub const ZELLER: &str = "Zeller, Iris";
pub const ZORN: &str = "Zorn, Ada";
pub const ZIMBA: &str = "Zimba, Ben";
/// Rings from this number.
pub const ZORNS_PHONE: &str = "2125550177";

/// A desk whose clock stands still, if it opens a demo practice.
pub fn desk(name: &str, data_dir: &Path) -> Desk {
    Desk::new(name, data_dir).env("ORCA_NOW", NOW)
}

/// A demo practice in this folder, with our own chairs, provider, kind of visit and patients.
pub fn demo(name: &str, data_dir: &Path) -> Result<Desk> {
    let desk = desk(name, data_dir);
    desk.orcactl(&["demo", "--bare", "--seed", "7", "--today", &NOW[..10]])?;
    let add = |what: &[&str]| desk.orcactl(&[&["settings", "add"], what].concat());
    let hours = "--hours=Lakeside: mon-fri 08:00-17:00";
    add(&["provider", "--name=Dr Ida Lang", hours])?;
    for chair in [CHAIR, OTHER_CHAIR] {
        let name = format!("--name={chair}");
        add(&["operatory", &name, "--location=Lakeside", "--usual-provider=Lang"])?;
    }
    let letter = format!("--letter={LETTER}");
    let kind = [
        "type",
        "--name=Check-up",
        "--code=CHECK",
        "--pattern=/XX/",
        &letter,
    ];
    let only = [
        "--providers=Lang",
        &format!("--operatories={CHAIR},{OTHER_CHAIR}"),
    ];
    add(&[kind.as_slice(), &only].concat())?;
    for (name, phone, born) in [
        (ZELLER, "2125550133", "1984-02-03"),
        (ZORN, ZORNS_PHONE, "1991-07-30"),
        (ZIMBA, "2125550199", "1979-11-05"),
    ] {
        let (family, given) = name.split_once(", ").unwrap_or((name, ""));
        let names = ["--family-name", family, "--given-name", given];
        let facts = ["--mobile-phone", phone, "--birth-date", born];
        desk.orcactl(&[["patients", "add"].as_slice(), &names, &facts].concat())?;
    }
    Ok(desk)
}

/// Books a check-up from the command line, at a wall time at the practice.
pub fn book(desk: &Desk, patient: &str, chair: &str, at: &str) -> Result<()> {
    let whom = ["book", "--patient", patient, "--type=CHECK", "--provider=Lang"];
    let there = ["--operatory", chair, "--at", at];
    desk.orcactl(&[whom.as_slice(), &there].concat())?;
    Ok(())
}
