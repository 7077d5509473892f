//! Files that are not what they should be: said clearly, touched never.

use std::fs;

use store::*;

use crate::world::*;

fn closed() -> tempfile::TempDir {
    let mut desk = Desk::founded();
    desk.add_patient(100, "Ana", "Rivera");
    let Desk { folder, store, .. } = desk;
    drop(store);
    folder
}

fn opened(folder: &tempfile::TempDir) -> Result<(), StoreError> {
    Store::open(folder.path(), &key()).map(drop)
}

#[test]
fn a_wrong_key_is_not_damage_and_touches_nothing() {
    let folder = closed();
    let before = fs::read(database_path(folder.path())).unwrap();
    let wrong = Store::open(folder.path(), &DatabaseKey::from_bytes([1; 32])).map(drop);
    assert!(matches!(wrong, Err(StoreError::WrongKey)), "{wrong:?}");
    assert_eq!(fs::read(database_path(folder.path())).unwrap(), before);
    opened(&folder).unwrap();
}

#[test]
fn damage_is_not_a_wrong_key() {
    let folder = closed();
    let path = database_path(folder.path());
    let good = fs::read(&path).unwrap();
    let mut garbage = good.clone();
    garbage
        .iter_mut()
        .enumerate()
        .for_each(|(at, byte)| *byte = (at * 31 % 251) as u8);
    let mut scribbled = good.clone();
    scribbled[100..200].fill(0);
    let mut torn = good.clone();
    torn.truncate(good.len() - 1000);
    let mut short = good.clone();
    short.truncate(8192);
    for (what, bytes) in [
        ("empty", Vec::new()),
        ("garbage", garbage),
        ("scribbled", scribbled),
        ("torn", torn),
        ("short", short),
    ] {
        fs::write(&path, &bytes).unwrap();
        let error = opened(&folder).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{what}: {error:?}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{what}");
    }
    fs::write(&path, &good).unwrap();
    opened(&folder).unwrap();
}

#[test]
fn a_scribbled_page_in_the_middle_is_found_by_verify() {
    let folder = closed();
    let path = database_path(folder.path());
    let mut bytes = fs::read(&path).unwrap();
    let page = bytes.len() / 4096 / 2 * 4096;
    bytes[page + 50..page + 60].fill(0xAA);
    fs::write(&path, &bytes).unwrap();
    let found = match Store::open(folder.path(), &key()) {
        Err(error) => format!("{error:?}"),
        Ok(store) => match store.verify(&mut |_, _| ()) {
            Err(error) => format!("{error:?}"),
            Ok(report) => report.troubles.join("; "),
        },
    };
    assert!(
        found.contains("damaged") || found.contains("Corrupt") || found.contains("Io"),
        "{found}"
    );
}

#[test]
fn a_newer_version_is_left_alone() {
    let folder = closed();
    {
        let connection = raw(&folder);
        connection
            .pragma_update(None, "user_version", DATA_VERSION + 7)
            .unwrap();
    }
    let path = database_path(folder.path());
    let before = fs::read(&path).unwrap();
    let error = opened(&folder).unwrap_err();
    assert!(
        matches!(error, StoreError::NewerVersion { found, ours } if found == DATA_VERSION + 7 && ours == DATA_VERSION)
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn there_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(opened(&folder), Err(StoreError::NotThere { .. })));
    let desk = Desk::founded();
    let again = Store::create(desk.folder.path(), &key(), PRACTICE, DESK_1).map(drop);
    assert!(matches!(again, Err(StoreError::AlreadyExists { .. })));
}

#[test]
fn nothing_of_a_patient_is_readable_on_the_disk() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Xanthippe", "Quetzalcoatl");
    let id = desk.book(200, ana, "2026-03-03T09:00", OP_1, CHEN);
    desk.edit(clinic::Op::EditAppointment, id, |visit| {
        visit.note = "zyzzyva canary".into()
    });
    for file in fs::read_dir(desk.folder.path()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        for canary in ["Xanthippe", "Quetzalcoatl", "zyzzyva", "SQLite format"] {
            assert!(
                !bytes.windows(canary.len()).any(|part| part == canary.as_bytes()),
                "{canary}"
            );
        }
    }
}

#[test]
fn rows_that_lie_are_found_and_mended_by_rebuild() {
    let mut desk = Desk::founded();
    let ana = desk.add_patient(100, "Ana", "Rivera");
    desk.book(200, ana, "2026-03-03T09:00", OP_1, CHEN);
    desk.book(201, ana, "2026-03-03T09:10", OP_1, CHEN);
    let good = desk.picture();
    {
        let connection = raw(&desk.folder);
        connection
            .execute("UPDATE patients SET family_name = 'Smith'", [])
            .unwrap();
        connection
            .execute("DELETE FROM appointments WHERE id = ?1", [201u128.to_be_bytes()])
            .unwrap();
        connection
            .execute(
                "INSERT INTO people VALUES ('00000000000000000000000099', 'Ghost', 'G', 1)",
                [],
            )
            .unwrap();
        connection.execute("DELETE FROM overlaps", []).unwrap();
    }
    let report = desk.store.rebuild(true, &mut |_, _| ()).unwrap();
    assert_eq!(report.difference_count, 4, "{report:#?}");
    assert!(
        !report
            .differences
            .iter()
            .any(|text| text.contains("Rivera") || text.contains("Smith")),
        "{report:#?}"
    );
    assert!(!desk.store.verify(&mut |_, _| ()).unwrap().is_sound());

    let mut other = Store::open(desk.folder.path(), &key()).unwrap();
    let mut steps = 0;
    desk.store.rebuild(false, &mut |_, _| steps += 1).unwrap();
    assert!(steps > 3);
    assert_eq!(desk.picture(), good);
    assert!(
        other.refresh().unwrap().iter().any(|set| set.reload),
        "other programs are told to read again"
    );
    assert_eq!(picture(&other), good);
    desk.assert_sound();
}
