//! Whether the write-ahead log that a program left is whole.
//!
//! SQLite takes a frame whose checksum is wrong for the end of the log: after a power cut that is what a torn tail looks
//! like. A flipped bit looks the same, and what was acknowledged behind it would be gone without a word. So every commit
//! that waited for the disk is noted in a small file: of which log, and how many frames of it count. The note is written
//! *after* the disk has confirmed the commit, without waiting: after a kill it is exact, after a power cut it may be older
//! than the truth, never newer. The first program that opens the file compares, before SQLite does anything.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::hooks::Wal;
use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::connection::{PAGE, database_path, sidecar};

/// As SQLite writes it: magic, version, page size, number, two salts, two sums; each four bytes.
const HEADER: usize = 32;
/// Page number, pages of the database after a commit, two salts, two sums; then the page.
const FRAME_HEADER: usize = 24;
/// The lowest bit says in which order of bytes the sums are made.
const MAGIC: u32 = 0x377f_0682;
/// As SQLite does by itself when nobody else wants to hear of commits.
const CHECKPOINT_FRAMES: u32 = 1000;
/// How long a program waits for another one that is looking at the log, or has the file open already.
const LOOKS: u32 = 50;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// The random part of a log's header: every time SQLite begins the log anew it is another one.
type Salts = [u8; 8];

/// What was confirmed by the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Note {
    salts: Salts,
    frames: u32,
}

const NOTE_MAGIC: &[u8; 8] = b"ORCAEND\x01";
const NOTE: usize = 28;

impl Note {
    fn path(directory: &Path) -> PathBuf {
        directory.join("log.end")
    }

    fn to_bytes(self) -> [u8; NOTE] {
        let mut bytes = [0; NOTE];
        bytes[..8].copy_from_slice(NOTE_MAGIC);
        bytes[8..16].copy_from_slice(&self.salts);
        bytes[16..20].copy_from_slice(&self.frames.to_be_bytes());
        let sum = Sha256::digest(&bytes[..20]);
        bytes[20..].copy_from_slice(&sum[..8]);
        bytes
    }

    /// None: a torn or damaged note claims nothing.
    fn from_bytes(bytes: &[u8]) -> Option<Note> {
        let note = Note {
            salts: bytes.get(8..16)?.try_into().ok()?,
            frames: u32::from_be_bytes(bytes.get(16..20)?.try_into().ok()?),
        };
        (bytes == note.to_bytes()).then_some(note)
    }
}

/// A program's part in an open file: nobody judges the log while it lives, and commits are noted.
pub(crate) struct LogEnd {
    directory: PathBuf,
    /// Commits do not wait for the disk at the moment, so there is nothing to note.
    pub is_unhurried: Arc<AtomicBool>,
    /// Shared. None: the disk has no locks, or no room for the lock's file.
    _presence: Option<File>,
}

impl LogEnd {
    /// To be called before SQLite opens the file.
    ///
    /// # Errors
    /// [`StoreError::LogDamaged`]: something that was confirmed cannot be read. Nothing was touched.
    pub fn admit(directory: &Path) -> Result<LogEnd, StoreError> {
        Ok(LogEnd {
            directory: directory.to_owned(),
            is_unhurried: Arc::default(),
            _presence: presence(directory)?,
        })
    }

    /// Notes every commit from now on.
    pub fn follow(&self, connection: &mut Connection) -> Result<(), StoreError> {
        let log = sidecar(&database_path(&self.directory), "-wal");
        let path = Note::path(&self.directory);
        let is_unhurried = self.is_unhurried.clone();
        let mut note = None;
        connection.wal_hook(Some(move |wal: &mut Wal, frames: i32| {
            let frames = u32::try_from(frames).unwrap_or_default();
            if !is_unhurried.load(Ordering::Relaxed)
                && let Err(error) = write(&mut note, &path, &log, frames)
            {
                tracing::warn!(%error, "the end of the write-ahead log could not be noted");
            }
            if frames >= CHECKPOINT_FRAMES {
                // Whoever reads an older state holds it up; the next commit tries again.
                let _ = wal.checkpoint();
            }
            Ok(())
        }))?;
        Ok(())
    }
}

/// `kept`: the note's file, opened with the first commit.
fn write(kept: &mut Option<File>, path: &Path, log: &Path, frames: u32) -> io::Result<()> {
    let Some(before) = frames.checked_sub(1) else {
        return Ok(());
    };
    // The salts are taken from the last frame itself: meanwhile another program may have begun the log anew, and its header
    // says nothing about this commit. Not kept open, because the file is another one after every program has left it.
    let mut header = [0; FRAME_HEADER];
    let mut log = File::open(log)?;
    log.seek(SeekFrom::Start(
        HEADER as u64 + u64::from(before) * (FRAME_HEADER as u64 + PAGE),
    ))?;
    log.read_exact(&mut header)?;
    let salts = header[8..16].try_into().expect("eight bytes");
    let file = match kept {
        Some(file) => file,
        None => kept.insert(
            File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(path)?,
        ),
    };
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&Note { salts, frames }.to_bytes())
}

/// Takes a share in the file. The first one judges what the last program left; where somebody is in it already, that has
/// been done, and the log moves.
fn presence(directory: &Path) -> Result<Option<File>, StoreError> {
    let path = directory.join("log.lock");
    let file = match File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
    {
        Ok(file) => file,
        Err(error) => {
            // The practice must open where nothing can be written: on a full disk, too.
            tracing::warn!(%error, "the write-ahead log is looked at without a lock");
            judge(directory)?;
            return Ok(None);
        }
    };
    for look in 1..=LOOKS {
        if file.try_lock().is_ok() {
            judge(directory)?;
            // Whoever comes in between judges for themselves.
            file.unlock()?;
            file.lock_shared()?;
            return Ok(Some(file));
        }
        match file.try_lock_shared() {
            // Under another program's hands the log may look damaged for a moment, never whole if it is not.
            Ok(()) if look == LOOKS || judge(directory).is_ok() => return Ok(Some(file)),
            Ok(()) => file.unlock()?,
            Err(std::fs::TryLockError::WouldBlock) => {}
            Err(std::fs::TryLockError::Error(error)) => {
                tracing::warn!(%error, "this disk has no locks");
                return Ok(None);
            }
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
    Err(StoreError::Busy)
}

/// Compares the log with the note.
fn judge(directory: &Path) -> Result<(), StoreError> {
    let Some(note) = read(&Note::path(directory))?.and_then(|bytes| Note::from_bytes(&bytes)) else {
        return Ok(());
    };
    let path = sidecar(&database_path(directory), "-wal");
    let Some(log) = read(&path)? else {
        // The last program that leaves takes it away.
        return Ok(());
    };
    let damaged = |sound| {
        Err(StoreError::LogDamaged {
            path: path.clone(),
            confirmed: note.frames,
            sound,
        })
    };
    match sound(&log) {
        // An older log than this one was confirmed: it is in the main file, or this one would not have begun.
        Some((salts, _)) if salts != note.salts => Ok(()),
        Some((_, frames)) if frames >= note.frames => Ok(()),
        Some((_, frames)) => damaged(frames),
        // No whole frame was ever in it, so nothing can be missing.
        None if log.len() <= HEADER + FRAME_HEADER => Ok(()),
        None => damaged(0),
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The salts of a log and how many of its frames fit, as SQLite counts them. None: its header does not fit.
fn sound(log: &[u8]) -> Option<(Salts, u32)> {
    let number = |at: usize| -> Option<u32> {
        let bytes = log.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().expect("four bytes")))
    };
    let magic = number(0)?;
    if magic & !1 != MAGIC {
        return None;
    }
    let is_big_endian = magic & 1 == 1;
    let page = usize::try_from(number(8)?)
        .ok()
        .filter(|size| size.is_power_of_two() && *size >= 512)?;
    let mut sums = Sums {
        is_big_endian,
        so_far: (0, 0),
    };
    sums.add(&log[..24]);
    if Some(sums.so_far.0) != number(24) || Some(sums.so_far.1) != number(28) {
        return None;
    }
    let salts = &log[16..24];
    let mut frames = 0;
    for frame in log[HEADER..].chunks_exact(FRAME_HEADER + page) {
        let number = |at: usize| u32::from_be_bytes(frame[at..at + 4].try_into().expect("four bytes"));
        sums.add(&frame[..8]);
        sums.add(&frame[FRAME_HEADER..]);
        if frame[8..16] != *salts || number(0) == 0 || sums.so_far != (number(16), number(20)) {
            break;
        }
        frames += 1;
    }
    Some((salts.try_into().expect("eight bytes"), frames))
}

/// SQLite's checksum of a log: from its beginning on, over pairs of numbers.
struct Sums {
    is_big_endian: bool,
    so_far: (u32, u32),
}

impl Sums {
    fn add(&mut self, bytes: &[u8]) {
        let (mut first, mut second) = self.so_far;
        for pair in bytes.chunks_exact(8) {
            let number = |at: usize| {
                let four = pair[at..at + 4].try_into().expect("four bytes");
                match self.is_big_endian {
                    true => u32::from_be_bytes(four),
                    false => u32::from_le_bytes(four),
                }
            };
            first = first.wrapping_add(number(0)).wrapping_add(second);
            second = second.wrapping_add(number(4)).wrapping_add(first);
        }
        self.so_far = (first, second);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clinic::{PracticeId, WorkstationId};

    use super::*;
    use crate::{DatabaseKey, Store};

    const KEY: [u8; 32] = [7; 32];

    /// A practice with five commits in its log, as a killed program leaves it.
    fn killed() -> (tempfile::TempDir, PathBuf) {
        let (life, left) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = DatabaseKey::from_bytes(KEY);
        let mut store = Store::create(life.path(), &key, PracticeId(1), WorkstationId(2)).unwrap();
        store.settle().unwrap();
        for number in 0..5_u8 {
            store
                .set_setting(&format!("number {number}"), Some(&[number]))
                .unwrap();
        }
        for file in ["practice.db", "practice.db-wal", "practice.mark", "log.end"] {
            fs::copy(life.path().join(file), left.path().join(file)).unwrap();
        }
        let log = left.path().join("practice.db-wal");
        (left, log)
    }

    fn open(folder: &tempfile::TempDir) -> Result<Store, StoreError> {
        Store::open(folder.path(), &DatabaseKey::from_bytes(KEY))
    }

    fn newest(store: &Store) -> Option<Vec<u8>> {
        store.reads().setting("number 4").unwrap()
    }

    #[test]
    fn a_whole_log_opens_and_every_flipped_bit_that_counts_is_noticed() {
        let (folder, log) = killed();
        let whole = fs::read(&log).unwrap();
        let (salts, frames) = sound(&whole).unwrap();
        let note = Note::from_bytes(&fs::read(Note::path(folder.path())).unwrap()).unwrap();
        assert_eq!(note, Note { salts, frames });
        assert!(frames >= 5, "one for each commit at least: {frames}");
        // Every byte of the headers, and some of the pages; the last commit's frame, too.
        let frame = (whole.len() - HEADER) / frames as usize;
        for at in (0..whole.len()).filter(|at| *at < HEADER || (at - HEADER) % frame < 24 || at % 509 == 0) {
            let mut bad = whole.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&log, &bad).unwrap();
            assert!(
                matches!(judge(folder.path()), Err(StoreError::LogDamaged { .. })),
                "byte {at}"
            );
        }
        assert!(
            matches!(open(&folder), Err(StoreError::LogDamaged { .. })),
            "SQLite must not come before"
        );
        fs::write(&log, &whole).unwrap();
        assert_eq!(newest(&open(&folder).unwrap()), Some(vec![4]));
    }

    #[test]
    fn a_log_that_was_cut_is_noticed() {
        let (folder, log) = killed();
        let whole = fs::read(&log).unwrap();
        fs::write(&log, &whole[..whole.len() - 1]).unwrap();
        let Err(StoreError::LogDamaged { confirmed, sound, .. }) = open(&folder) else {
            panic!("it opens");
        };
        assert_eq!(confirmed, sound + 1);
    }

    #[test]
    fn what_was_never_confirmed_may_be_torn() {
        let (folder, log) = killed();
        let mut torn = fs::read(&log).unwrap();
        let (_, frames) = sound(&torn).unwrap();
        // The next transaction was being written when the power went: half a frame, then a whole one of old bytes.
        let frame = torn[HEADER..HEADER + FRAME_HEADER + 4096].to_vec();
        torn.extend_from_slice(&frame[..1000]);
        torn.resize(torn.len() + frame.len() - 1000, 0);
        torn.extend_from_slice(&frame);
        fs::write(&log, &torn).unwrap();
        assert_eq!(sound(&torn).unwrap().1, frames);
        assert_eq!(newest(&open(&folder).unwrap()), Some(vec![4]));
    }

    #[test]
    fn an_old_a_torn_and_a_missing_note_claim_nothing() {
        let (folder, log) = killed();
        let note = fs::read(Note::path(folder.path())).unwrap();
        let mut bad = fs::read(&log).unwrap();
        bad[HEADER + 100] ^= 1;
        fs::write(&log, &bad).unwrap();
        let mut old = Note::from_bytes(&note).unwrap();
        assert!(judge(folder.path()).is_err());
        old.salts[0] ^= 1;
        fs::write(Note::path(folder.path()), old.to_bytes()).unwrap();
        judge(folder.path()).unwrap();
        fs::write(Note::path(folder.path()), &note[..20]).unwrap();
        judge(folder.path()).unwrap();
        fs::remove_file(Note::path(folder.path())).unwrap();
        judge(folder.path()).unwrap();
    }

    #[test]
    fn nobody_judges_a_log_that_is_in_use() {
        let (folder, log) = killed();
        let first = open(&folder).unwrap();
        let second = open(&folder).unwrap();
        assert_eq!(newest(&second), newest(&first));
        drop((first, second));
        assert!(!log.exists(), "the last one that leaves takes it away");
        assert_eq!(newest(&open(&folder).unwrap()), Some(vec![4]));
    }

    #[test]
    fn a_commit_that_did_not_wait_for_the_disk_is_not_noted() {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::from_bytes(KEY);
        let mut store = Store::create(folder.path(), &key, PracticeId(1), WorkstationId(2)).unwrap();
        store.set_setting("a", Some(b"1")).unwrap();
        let note = || fs::read(Note::path(folder.path())).unwrap();
        let before = note();
        store.log_end.is_unhurried.store(true, Ordering::Relaxed);
        store.set_setting("b", Some(b"2")).unwrap();
        assert_eq!(note(), before);
        store.log_end.is_unhurried.store(false, Ordering::Relaxed);
        store.set_setting("c", Some(b"3")).unwrap();
        assert_ne!(note(), before);
    }
}
