//! Backups: what changed is written once, damage is always found, and what comes back is what went in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clinic::{AppointmentId, Change, Op, PatientId};
use store::backup::*;
use store::*;
use tempfile::TempDir;

use crate::world::*;

const PASSPHRASE: &str = "korrekt pferd";
const CHEAP: PassphraseCost = PassphraseCost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};
/// Nowhere else in the world.
const CANARY: &str = "Zyxwandel";

/// A practice with some hundred kilobytes in it.
fn busy_desk() -> Desk {
    let mut desk = Desk::founded();
    let patients = (0..80).map(|number| patient(100 + number, "Ana", &format!("{CANARY}{number}")));
    desk.record(Op::AddPatient, patients.map(Change::add).collect())
        .unwrap();
    for day in 2..12 {
        let visits = (0..6).map(|hour| {
            let number = (day - 2) * 6 + hour;
            let wall = format!("2026-03-{day:02}T{:02}:00", 8 + hour);
            visit(1000 + number, PatientId(100 + number), &wall, OP_1, CHEN)
        });
        desk.record(Op::BookAppointment, visits.map(Change::add).collect())
            .unwrap();
    }
    desk.store.backup_source().protect(PASSPHRASE, CHEAP).unwrap();
    desk
}

fn made(desk: &Desk, folder: &Path, minute: i64) -> Result<Manifest, StoreError> {
    let new = NewBackup {
        folder,
        made_at: at(minute),
        keep: Keep::default(),
    };
    new.make(&desk.store.backup_source(), &mut |_, _, _| true)
}

fn verified(folder: &Path, id: Option<&str>, passphrase: &str) -> Result<VerifyReport, StoreError> {
    let scratch = tempfile::tempdir().unwrap();
    let found = find_backup(folder, id)?;
    verify(
        &found,
        Opener::Passphrase(passphrase),
        &scratch.path().join("look"),
        &mut |_, _, _| true,
    )
}

fn restored(folder: &Path, id: Option<&str>) -> Result<(TempDir, Store), StoreError> {
    let to = tempfile::tempdir().unwrap();
    let draft = Draft::begin(to.path())?;
    let key = restore(&find_backup(folder, id)?, PASSPHRASE, &draft, &mut |_, _, _| true)?;
    draft.move_in()?;
    let store = Store::open(to.path(), &key)?;
    Ok((to, store))
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.file_name().unwrap() != "backup.lock" {
            all.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    all
}

/// Everything a store says of the practice, beside what is its own.
fn whole(store: &Store) -> String {
    let reads = store.reads();
    let log = reads.history(&HistoryFilter::default()).unwrap();
    let visits: Vec<_> = (0..60)
        .map(|number| reads.appointment(AppointmentId(1000 + number)).unwrap())
        .collect();
    format!(
        "{:?} {:?} {log:?} {visits:?}",
        store.roster(),
        reads.cursor().unwrap()
    )
}

#[test]
fn what_comes_back_is_what_went_in() {
    let desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    let manifest = made(&desk, folder.path(), 1).unwrap();
    assert_eq!(
        manifest.written_bytes, manifest.database_bytes,
        "the first one is whole"
    );
    let (_home, mut copy) = restored(folder.path(), None).unwrap();
    assert_eq!(whole(&copy), whole(&desk.store));
    assert!(copy.rebuild(true, &mut |_, _| ()).unwrap().is_identical());
    assert!(copy.verify(&mut |_, _| ()).unwrap().is_sound());
    assert_eq!(
        verified(folder.path(), Some(&manifest.id), PASSPHRASE).unwrap(),
        desk.store.verify(&mut |_, _| ()).unwrap()
    );
}

#[test]
fn the_second_backup_writes_what_changed_and_nothing_else() {
    let mut desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    let first = made(&desk, folder.path(), 1).unwrap();
    let chunk = 65_536;
    assert!(first.written_bytes >= 4 * chunk, "{}", first.written_bytes);
    let idle = made(&desk, folder.path(), 2).unwrap();
    // The file's first page counts its own copies.
    assert!(
        idle.written_bytes <= chunk,
        "{} bytes for nothing",
        idle.written_bytes
    );
    desk.move_to(AppointmentId(1007), "2026-03-27T15:00");
    let third = made(&desk, folder.path(), 3).unwrap();
    assert!(
        third.written_bytes > 0 && third.written_bytes < third.database_bytes,
        "{} of {}",
        third.written_bytes,
        third.database_bytes
    );
    // Each stands for itself: the older one without the move, the newer one with it.
    let (_home, older) = restored(folder.path(), Some(&first.id)).unwrap();
    let (_home, newer) = restored(folder.path(), Some(&third.id)).unwrap();
    assert_ne!(whole(&older), whole(&newer));
    assert_eq!(whole(&newer), whole(&desk.store));
}

#[test]
fn writing_goes_on_while_a_backup_is_made() {
    let mut desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    let source = desk.store.backup_source();
    let new = NewBackup {
        folder: folder.path(),
        made_at: at(1),
        keep: Keep::default(),
    };
    let before = whole(&desk.store);
    let mut number = 0;
    new.make(&source, &mut |step, _, _| {
        if step != Step::Copying {
            number += 1;
            desk.add_patient(5000 + number, "Kofi", "Osei");
        }
        true
    })
    .unwrap();
    assert!(number > 4);
    let (_home, copy) = restored(folder.path(), None).unwrap();
    assert_eq!(whole(&copy), before, "the moment at which it began");
    assert!(desk.store.verify(&mut |_, _| ()).unwrap().is_sound());
}

#[test]
fn every_changed_bit_and_every_missing_byte_is_found() {
    let desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    made(&desk, folder.path(), 1).unwrap();
    let good = files(folder.path());
    assert!(good.len() > 4, "{} files", good.len());
    for (path, bytes) in &good {
        // A sample of each file: its ends, and steps that are prime to pages, lines and words.
        let step = (bytes.len() / 9).max(1) | 1;
        let places = (0..bytes.len()).step_by(step).chain([bytes.len() - 1]);
        for (turn, place) in places.enumerate() {
            let mut bad = bytes.clone();
            bad[place] ^= 1 << (turn % 8);
            fs::write(path, &bad).unwrap();
            let found = verified(folder.path(), None, PASSPHRASE);
            assert!(
                matches!(found, Err(StoreError::BackupDamaged { .. })),
                "{} at {place}: {found:?}",
                path.display()
            );
        }
        for length in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            fs::write(path, &bytes[..length]).unwrap();
            let found = verified(folder.path(), None, PASSPHRASE);
            assert!(
                matches!(found, Err(StoreError::BackupDamaged { .. })),
                "{} cut to {length}: {found:?}",
                path.display()
            );
        }
        fs::write(path, bytes).unwrap();
    }
    verified(folder.path(), None, PASSPHRASE).unwrap();
}

#[test]
fn a_damaged_backup_is_not_restored_and_leaves_nothing_behind() {
    let desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    made(&desk, folder.path(), 1).unwrap();
    let (path, bytes) = files(folder.path()).pop_first().unwrap();
    fs::write(&path, &bytes[1..]).unwrap();
    let to = tempfile::tempdir().unwrap();
    let found = find_backup(folder.path(), None).unwrap();
    let draft = Draft::begin(to.path()).unwrap();
    let refused = restore(&found, PASSPHRASE, &draft, &mut |_, _, _| true);
    drop(draft);
    assert!(
        matches!(refused, Err(StoreError::BackupDamaged { .. })),
        "{refused:?}"
    );
    assert_eq!(fs::read_dir(to.path()).unwrap().count(), 0);
}

#[test]
fn a_chunk_that_was_damaged_meanwhile_is_written_again() {
    let desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    let first = made(&desk, folder.path(), 1).unwrap();
    let chunk = files(folder.path())
        .into_keys()
        .find(|path| path.extension().is_none())
        .unwrap();
    fs::write(&chunk, b"rotten").unwrap();
    let second = made(&desk, folder.path(), 2).unwrap();
    verified(folder.path(), Some(&second.id), PASSPHRASE).unwrap();
    assert!(verified(folder.path(), Some(&first.id), PASSPHRASE).is_err());
}

#[test]
fn a_wrong_passphrase_says_so() {
    let desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    made(&desk, folder.path(), 1).unwrap();
    let wrong = verified(folder.path(), None, "korrekt");
    assert!(matches!(wrong, Err(StoreError::WrongPassphrase)), "{wrong:?}");
    let changed = desk.store.backup_source().protect("another", CHEAP);
    assert!(matches!(changed, Err(StoreError::WrongPassphrase)), "{changed:?}");
}

#[test]
fn without_a_passphrase_there_is_no_backup() {
    let desk = Desk::founded();
    let folder = tempfile::tempdir().unwrap();
    let refused = made(&desk, folder.path(), 1);
    assert!(
        matches!(refused, Err(StoreError::BackupUnprotected)),
        "{refused:?}"
    );
    assert_eq!(files(folder.path()).len(), 0);
}

#[test]
fn a_list_that_somebody_without_the_key_wrote_is_not_believed() {
    let desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    made(&desk, folder.path(), 1).unwrap();
    let (path, bytes) = files(folder.path())
        .into_iter()
        .find(|(path, _)| path.extension().is_some())
        .unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (body, tail) = text.split_at(text.find("sha256 ").unwrap());
    let forged = body.replace("\"position\": 0", "\"position\": 7");
    assert_ne!(forged, body);
    let seal = &tail[tail.find("seal ").unwrap()..];
    use sha2::Digest;
    let checksum: String = sha2::Sha256::digest(forged.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    fs::write(&path, format!("{forged}sha256 {checksum}\n{seal}")).unwrap();
    let found = verified(folder.path(), None, PASSPHRASE);
    assert!(
        matches!(found, Err(StoreError::BackupDamaged { .. })),
        "{found:?}"
    );
}

#[test]
fn no_name_of_a_patient_and_no_key_can_be_read_in_a_backup() {
    let desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    made(&desk, folder.path(), 1).unwrap();
    let key = key();
    let hexadecimal: String = key.expose().iter().map(|byte| format!("{byte:02x}")).collect();
    for (path, bytes) in files(folder.path()) {
        let reads = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
        for secret in [
            CANARY.as_bytes(),
            key.expose(),
            hexadecimal.as_bytes(),
            PASSPHRASE.as_bytes(),
            b"SQLite format 3",
        ] {
            assert!(!reads(secret), "{}", path.display());
        }
    }
    // The same look finds it where it is not encrypted: in a row.
    let copy = format!("{:?}", desk.store.search_patients(CANARY, 1).unwrap());
    assert!(!copy.is_empty());
}

#[test]
fn being_stopped_or_refused_leaves_the_older_backups_and_nothing_else() {
    let mut desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    let first = made(&desk, folder.path(), 1).unwrap();
    let before = files(folder.path());
    desk.add_patient(9000, "Kofi", "Osei");
    for stop_at in [0, 1, 2, 4] {
        let mut steps = 0;
        let new = NewBackup {
            folder: folder.path(),
            made_at: at(2),
            keep: Keep::default(),
        };
        let stopped = new.make(&desk.store.backup_source(), &mut |_, _, _| {
            steps += 1;
            steps <= stop_at
        });
        assert!(matches!(stopped, Err(StoreError::BackupStopped)), "{stopped:?}");
        assert_eq!(
            files(folder.path()).keys().collect::<Vec<_>>(),
            before.keys().collect::<Vec<_>>()
        );
    }
    assert!(!desk.folder.path().join("backup.draft").exists());
    // A folder that is a file; and one in which something stands where chunks should go.
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let refused = made(&desk, &file, 3);
    assert!(
        matches!(refused, Err(StoreError::BackupFolder { .. })),
        "{refused:?}"
    );
    let other = tempfile::tempdir().unwrap();
    let own = other.path().join(DESK_1.to_string());
    fs::create_dir(&own).unwrap();
    fs::write(own.join("chunks"), "").unwrap();
    let refused = made(&desk, other.path(), 3);
    assert!(
        matches!(refused, Err(StoreError::BackupFolder { .. })),
        "{refused:?}"
    );
    verified(folder.path(), Some(&first.id), PASSPHRASE).unwrap();
}

/// `/dev/full` says that the disk is full, whatever is written.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_called_that_and_older_backups_stay() {
    let mut desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    let first = made(&desk, folder.path(), 1).unwrap();
    let own = folder.path().join(DESK_1.to_string());
    desk.add_patient(9000, "Kofi", "Osei");
    let before = files(folder.path());
    for draft in ["chunks/chunk.draft", "list.draft"] {
        std::os::unix::fs::symlink("/dev/full", own.join(draft)).unwrap();
        let refused = made(&desk, folder.path(), 2);
        assert!(
            matches!(refused, Err(StoreError::BackupDiskFull { .. })),
            "{refused:?}"
        );
        assert_eq!(files(folder.path()), before);
    }
    verified(folder.path(), Some(&first.id), PASSPHRASE).unwrap();
}

#[test]
fn generations_go_and_what_the_others_need_stays() {
    let mut desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    let day = 24 * 60;
    let mut newest = None;
    for number in 0..4 {
        desk.add_patient(9000 + number as u128, "Kofi", "Osei");
        let new = NewBackup {
            folder: folder.path(),
            made_at: at(number * day),
            keep: Keep { daily: 2, weekly: 0 },
        };
        newest = Some(
            new.make(&desk.store.backup_source(), &mut |_, _, _| true)
                .unwrap(),
        );
    }
    let left = list_backups(folder.path()).unwrap();
    assert_eq!(left.len(), 2);
    assert_eq!(left[0].id, newest.unwrap().id, "newest first");
    for found in &left {
        verified(folder.path(), Some(&found.id), PASSPHRASE).unwrap();
    }
    // Nothing is left over that no list names.
    let kept: u64 = files(folder.path())
        .values()
        .map(|bytes| bytes.len() as u64)
        .sum();
    assert!(kept < 3 * left[0].manifest.as_ref().unwrap().database_bytes);
}

#[test]
fn two_backups_of_one_file_at_once_are_one() {
    let desk = busy_desk();
    let folder = tempfile::tempdir().unwrap();
    let source = desk.store.backup_source();
    let new = NewBackup {
        folder: folder.path(),
        made_at: at(1),
        keep: Keep::default(),
    };
    let mut second = None;
    new.make(&source, &mut |_, _, _| {
        second.get_or_insert_with(|| made(&desk, folder.path(), 2));
        true
    })
    .unwrap();
    assert!(
        matches!(second, Some(Err(StoreError::BackupRunning))),
        "{second:?}"
    );
    assert_eq!(list_backups(folder.path()).unwrap().len(), 1);
}

/// The one trap of restoring: an Automerge actor that writes on where an older copy of it stood. With `is_new` as the
/// store does it; without, as a negative control, the same look must see the clash.
fn comes_back_as(is_new: bool) -> (String, String, u32) {
    let (mut a, mut b, mut relay) = two_desks();
    a.store.reincarnate([5; 16]);
    a.store.backup_source().protect(PASSPHRASE, CHEAP).unwrap();
    let first = a.book(300, PatientId(100), "2026-03-03T09:00", OP_1, CHEN);
    relay.sync(&mut a, &mut b);
    let folder = tempfile::tempdir().unwrap();
    made(&a, folder.path(), 1).unwrap();
    // The relay has this; the backup does not.
    a.move_to(first, "2026-03-04T10:00");
    relay.sync(&mut a, &mut b);

    let (home, store) = restored(folder.path(), None).unwrap();
    let mut back = Desk {
        folder: home,
        store,
        person: AMARA,
        minute: 500,
    };
    if !is_new {
        back.store.reincarnate([5; 16]);
    }
    back.book(301, PatientId(100), "2026-03-03T14:00", OP_1, CHEN);
    relay.sync(&mut back, &mut b);
    relay.sync(&mut back, &mut b);
    back.assert_sound();
    b.assert_sound();
    let set_aside = |desk: &Desk| desk.store.reads().quarantine_len().unwrap();
    (back.picture(), b.picture(), set_aside(&back) + set_aside(&b))
}

#[test]
fn what_comes_back_is_another_incarnation() {
    let (back, other, set_aside) = comes_back_as(true);
    assert_eq!((back == other, set_aside), (true, 0), "{back}\n{other}");
    let (back, other, set_aside) = comes_back_as(false);
    assert!(
        back != other || set_aside > 0,
        "the same actor twice goes unnoticed"
    );
}
