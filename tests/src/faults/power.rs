//! S2: the power is cut in the middle of a command, or right after it said that it is done. What was synced is there; of
//! what was not, a random part: single sectors of writes, some cuts of files, names up to some point. What was
//! acknowledged is there afterwards, nothing is half there, and the next command works.
//!
//! A machine cannot be switched off here, so every command runs once under `strace`, which records all it writes and syncs
//! (`recording.rs`), and the disk is rebuilt as a cut could have left it. Everything that counts is played with that
//! recording, and compared with what really lies there first.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

use super::crash;
use super::day::{Day, backups};
use super::program::{Ended, Orcactl};
use super::recording::{Deed, Names, Naming, Recording, is_shared_memory};
use super::report::{Finding, Tally};
use super::{Amount, Plan, beginning, points};
use crate::simulation::Dice;

/// What a disk writes as a whole.
const SECTOR: u64 = 512;

/// The part that runs with the ordinary tests.
const QUICK: [&str; 2] = ["book", "second backup"];

/// How a disk treats what was not synced, in parts of a thousand that it keeps.
const KEPT: [u32; 5] = [0, 500, 1000, 900, 100];

/// Whether the disk does what it is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syncs {
    Honest,
    /// It says so and does not: the weakened variant.
    Ignored,
}

pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    let orcactl = Orcactl::ready()?;
    let wanted: &[&str] = match plan.amount {
        Amount::Long => &[],
        Amount::Quick => &QUICK,
    };
    let day = Day::play(&orcactl, wanted)?;
    let folder = day.home.path().join("trial");
    let mut dice = Dice::new(plan.seed);
    let (mut tally, mut control) = (Tally::default(), Tally::default());
    for step in &day.steps {
        plan.say(&format!("S2 {}", step.name));
        step.lay_out(&folder)?;
        let recording = recorded(&orcactl, &folder, &step.words(&folder))?;
        for cut in recording.cuts(plan.every) {
            let is_over = cut == recording.deeds.len();
            for kept in amounts(plan, is_over, &mut dice) {
                let place = || format!("{}, cut after {cut} of {}", step.name, recording.deeds.len());
                let ended = ended(is_over);
                lay_out(&recording, cut, Syncs::Honest, kept, &mut dice, &folder)?;
                tally.count(place, crash::judge(&orcactl, &folder, step, &ended)?);
                if is_over {
                    lay_out(&recording, cut, Syncs::Ignored, kept, &mut dice, &folder)?;
                    control.count(place, crash::judge(&orcactl, &folder, step, &ended)?);
                }
            }
        }
    }
    let what = format!(
        "power cut after {} of a day of {} commands, tearing what was not synced; control: a disk that ignores syncs",
        points(plan.every, "write, sync, cut and change of a name"),
        day.steps.len()
    );
    let mut findings = vec![Finding::new("S2", what, &tally, &control)];
    findings.extend(beginnings(plan, &orcactl, &mut dice)?);
    Ok(findings)
}

/// A practice is founded, joined or restored.
fn beginnings(plan: &Plan, orcactl: &Orcactl, dice: &mut Dice) -> Result<Vec<Finding>> {
    let home = super::practice::home()?;
    let folder = home.path().join("trial");
    let every = match plan.amount {
        Amount::Long => plan.every,
        Amount::Quick => plan.every * 10,
    };
    let mut findings = Vec::new();
    for way in beginning::ways(home.path())? {
        plan.say(&format!("S2 {}", way.name));
        let (mut tally, mut control) = (Tally::default(), Tally::default());
        let relay = way.lay_out(&folder)?;
        let recording = recorded(orcactl, &folder, &way.line)?;
        let whole = super::practice::examine(&folder).map_err(anyhow::Error::msg)?;
        drop(relay);
        for cut in recording.cuts(every) {
            let is_over = cut == recording.deeds.len();
            for kept in amounts(plan, is_over, dice) {
                let place = || format!("{}, cut after {cut} of {}", way.name, recording.deeds.len());
                let mut played = |syncs| -> Result<_> {
                    let _relay = way.lay_out(&folder)?;
                    lay_out(&recording, cut, syncs, kept, dice, &folder)?;
                    // Once it said that it is done, nobody gives the command again.
                    beginning::judge(orcactl, &folder, &way.line, &whole, !is_over)
                };
                tally.count(place, played(Syncs::Honest)?);
                if is_over {
                    control.count(place, played(Syncs::Ignored)?);
                }
            }
        }
        let what = format!(
            "power cut after {} of {}; control: a disk that ignores syncs",
            points(every, "write, sync, cut and change of a name"),
            way.name
        );
        findings.push(Finding::new("S2", what, &tally, &control));
    }
    Ok(findings)
}

/// How much of what was not synced stays: the moment after “done” is worth more than one try.
fn amounts(plan: &Plan, is_over: bool, dice: &mut Dice) -> Vec<u32> {
    match (is_over, plan.amount) {
        (false, _) => vec![KEPT[dice.below(KEPT.len())]],
        (true, Amount::Quick) => KEPT[..2].to_vec(),
        (true, Amount::Long) => KEPT.to_vec(),
    }
}

fn ended(is_over: bool) -> Ended {
    Ended {
        code: is_over.then_some(0),
        stdout: String::new(),
        stderr: String::new(),
    }
}

/// Runs a command on what lies in a folder, and makes sure that the recording has all of it.
fn recorded(orcactl: &Orcactl, folder: &Path, words: &[String]) -> Result<Recording> {
    let places = [folder.to_owned(), backups(folder)];
    let mut recording = Recording::begin(&places)?;
    let log = folder.with_extension("recording");
    let ended = orcactl.run_recorded(folder, words, &log)?;
    if !ended.is_acknowledged() {
        bail!("{words:?} ended with {:?}: {}", ended.code, ended.stderr);
    }
    recording.read(&fs::read_to_string(&log)?, &places)?;
    fs::remove_file(&log)?;
    let disk = Disk::until(&recording, recording.deeds.len(), Syncs::Honest);
    let (names, files) = disk.after_a_cut(1000, &mut Dice::new(0));
    let real = Recording::begin(&places)?;
    ensure!(
        names.folders == real.names.folders,
        "the recording has other folders"
    );
    ensure!(
        names.files.keys().eq(real.names.files.keys()),
        "the recording has other files: {:?} instead of {:?}",
        names.files.keys(),
        real.names.files.keys()
    );
    for (path, file) in &real.names.files {
        ensure!(
            is_shared_memory(path) || real.contents[*file] == files[names.files[path]],
            "the recording has another {}",
            path.display()
        );
    }
    Ok(recording)
}

impl Recording {
    /// After how many deeds the power is cut: every so many-th, and when all is done.
    fn cuts(&self, every: usize) -> BTreeSet<usize> {
        let mut cuts: BTreeSet<usize> = (1..=self.deeds.len()).step_by(every).collect();
        cuts.insert(self.deeds.len());
        cuts
    }
}

/// What was done to a file since it was last synced.
#[derive(Debug, Clone)]
enum Pending {
    Write { at: u64, bytes: Vec<u8> },
    Cut { length: u64 },
}

/// A disk and the system's memory of it.
struct Disk {
    files: Vec<(Vec<u8>, Vec<Pending>)>,
    names: Names,
    /// In their order; a journal keeps it.
    namings: Vec<Naming>,
    /// So many of them are on the disk.
    synced: usize,
}

impl Disk {
    /// After so many deeds of a recording.
    fn until(recording: &Recording, deeds: usize, syncs: Syncs) -> Disk {
        let mut disk = Disk {
            files: Vec::new(),
            names: recording.names.clone(),
            namings: Vec::new(),
            synced: 0,
        };
        // What came later had nothing in it at first, and `contents` knows that.
        for content in &recording.contents {
            disk.files.push((content.clone(), Vec::new()));
        }
        for deed in &recording.deeds[..deeds] {
            match deed {
                Deed::Write { file, at, bytes } => disk.files[*file].1.push(Pending::Write {
                    at: *at,
                    bytes: bytes.clone(),
                }),
                Deed::Cut { file, length } => {
                    disk.files[*file].1.push(Pending::Cut { length: *length });
                }
                Deed::Sync { file } if syncs == Syncs::Honest => disk.sync(*file),
                Deed::SyncFolder { folder } if syncs == Syncs::Honest => disk.sync_folder(folder),
                Deed::Sync { .. } | Deed::SyncFolder { .. } => {}
                Deed::Name(naming) => disk.namings.push(naming.clone()),
            }
        }
        disk
    }

    fn sync(&mut self, file: usize) {
        let (content, pending) = &mut self.files[file];
        for pending in pending.drain(..) {
            match pending {
                Pending::Write { at, bytes } => put(content, at, &bytes),
                Pending::Cut { length } => content.resize(length as usize, 0),
            }
        }
    }

    /// Syncing a file says nothing about its name; only this does.
    fn sync_folder(&mut self, folder: &Path) {
        let is_in = |path: &PathBuf| path.parent() == Some(folder);
        let last = self.namings.iter().rposition(|naming| match naming {
            Naming::Create { path, .. }
            | Naming::Remove { path }
            | Naming::MakeFolder { path }
            | Naming::RemoveFolder { path } => is_in(path),
            Naming::Rename { from, to } => is_in(from) || is_in(to),
        });
        self.synced = self.synced.max(last.map_or(0, |last| last + 1));
    }

    /// Names and contents after a cut; of what was not synced, so many parts of a thousand stay.
    fn after_a_cut(&self, kept: u32, dice: &mut Dice) -> (Names, Vec<Vec<u8>>) {
        let mut names = self.names.clone();
        let loose = self.namings.len() - self.synced;
        let stays = match kept {
            0 => 0,
            1000 => loose,
            _ => dice.below(loose + 1),
        };
        for naming in &self.namings[..self.synced + stays] {
            names.apply(naming);
        }
        let files = self.files.iter().map(|(content, pending)| {
            let mut content = content.clone();
            for pending in pending {
                match pending {
                    Pending::Cut { length } => {
                        if dice.chance(kept) {
                            content.resize(*length as usize, 0);
                        }
                    }
                    Pending::Write { at, bytes } => {
                        for (at, sector) in sectors(*at, bytes) {
                            if dice.chance(kept) {
                                put(&mut content, at, sector);
                            }
                        }
                    }
                }
            }
            content
        });
        let files = files.collect();
        (names, files)
    }
}

fn put(content: &mut Vec<u8>, at: u64, bytes: &[u8]) {
    let at = at as usize;
    if content.len() < at + bytes.len() {
        content.resize(at + bytes.len(), 0);
    }
    content[at..at + bytes.len()].copy_from_slice(bytes);
}

/// A write in the pieces that a disk keeps or loses as a whole.
fn sectors(at: u64, bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let (mut at, mut rest) = (at, bytes);
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let room = (SECTOR - at % SECTOR) as usize;
        let (piece, more) = rest.split_at(room.min(rest.len()));
        pieces.push((at, piece));
        at += piece.len() as u64;
        rest = more;
    }
    pieces
}

/// Lays out what a cut after so many deeds left.
fn lay_out(
    recording: &Recording,
    cut: usize,
    syncs: Syncs,
    kept: u32,
    dice: &mut Dice,
    folder: &Path,
) -> Result<()> {
    for place in [folder.to_owned(), backups(folder)] {
        if place.exists() {
            fs::remove_dir_all(place)?;
        }
    }
    let (names, files) = Disk::until(recording, cut, syncs).after_a_cut(kept, dice);
    for folder in &names.folders {
        fs::create_dir_all(folder)?;
    }
    for (path, file) in names.files.iter().filter(|(path, _)| !is_shared_memory(path)) {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, &files[*file])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording() -> Recording {
        let path = |name: &str| PathBuf::from("/p").join(name);
        let mut names = Names::default();
        names.folders.insert("/p".into());
        names.files.insert(path("old"), 0);
        Recording {
            names,
            contents: vec![b"abc".to_vec(), Vec::new()],
            deeds: vec![
                Deed::Write {
                    file: 0,
                    at: 0,
                    bytes: b"ABC".to_vec(),
                },
                Deed::Sync { file: 0 },
                Deed::Name(Naming::Create {
                    path: path("draft"),
                    file: 1,
                }),
                Deed::Write {
                    file: 1,
                    at: 0,
                    bytes: vec![7; 1500],
                },
                Deed::Sync { file: 1 },
                Deed::Name(Naming::Rename {
                    from: path("draft"),
                    to: path("old"),
                }),
                Deed::SyncFolder { folder: "/p".into() },
            ],
        }
    }

    fn old(deeds: usize, syncs: Syncs, kept: u32) -> Option<Vec<u8>> {
        let (names, files) = Disk::until(&recording(), deeds, syncs).after_a_cut(kept, &mut Dice::new(1));
        let file = names.files.get(Path::new("/p/old"))?;
        Some(files[*file].clone())
    }

    #[test]
    fn what_was_synced_stays_and_nothing_else_has_to() {
        assert_eq!(old(1, Syncs::Honest, 0), Some(b"abc".to_vec()));
        assert_eq!(old(1, Syncs::Honest, 1000), Some(b"ABC".to_vec()));
        assert_eq!(old(2, Syncs::Honest, 0), Some(b"ABC".to_vec()));
        assert_eq!(old(2, Syncs::Ignored, 0), Some(b"abc".to_vec()));
        // A file is safe, its new name is not, until the folder is.
        assert_eq!(old(6, Syncs::Honest, 0), Some(b"ABC".to_vec()));
        assert_eq!(old(7, Syncs::Honest, 0), Some(vec![7; 1500]));
    }

    #[test]
    fn a_torn_write_keeps_whole_sectors() {
        let pieces: Vec<(u64, usize)> = sectors(500, &[0; 600])
            .into_iter()
            .map(|(at, piece)| (at, piece.len()))
            .collect();
        assert_eq!(pieces, [(500, 12), (512, 512), (1024, 76)]);
        let torn = (0..20).any(|seed| {
            let disk = Disk::until(&recording(), 4, Syncs::Honest);
            let (_, files) = disk.after_a_cut(500, &mut Dice::new(seed));
            files[1].contains(&0) && files[1].contains(&7)
        });
        assert!(torn);
    }
}
