//! The practice that everything is measured on: made once, kept, copied for whoever writes to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use desk::api::{Boot, Handlers, Hello, Nothing};
use desk::{DEMO_SEED, DemoPlan, FrontDesk, Keychain, Options, Purpose};
use jiff::civil::{Date, date};

use super::Scale;

/// Raised when what is generated changes although seed and file version do not.
const GENERATION: u32 = 2;
/// A Tuesday in the middle of it.
pub const TODAY: Date = date(2026, 3, 3);
const NOW: &str = "2026-03-03T10:20";
const PASSPHRASE: &str = "measured, not promised";

/// A generated practice in a folder that nobody writes to.
pub struct Practice {
    pub scale: Scale,
    /// Where it and everything made from it lies.
    home: PathBuf,
    /// How long it took to make, if it was made now.
    pub made_in: Option<Duration>,
}

impl Practice {
    /// Takes the one that lies in `cache`, or makes it.
    pub fn ready(cache: &Path, scale: Scale) -> Result<Self> {
        let name = format!(
            "{}-{GENERATION}-{}-{DEMO_SEED}-{TODAY}",
            scale.name(),
            store::DATA_VERSION
        );
        let home = cache.join(name);
        let mut practice = Self {
            scale,
            home,
            made_in: None,
        };
        if !practice.original().is_dir() {
            practice.made_in = Some(practice.make()?);
        }
        Ok(practice)
    }

    fn original(&self) -> PathBuf {
        self.home.join("practice")
    }

    fn make(&self) -> Result<Duration> {
        // Only what was finished gets the name that counts; processes side by side do not meet.
        fs::create_dir_all(&self.home)?;
        let draft = tempfile::tempdir_in(&self.home)?;
        let start = Instant::now();
        let front = FrontDesk::start(options(draft.path(), Purpose::Command));
        let plan = DemoPlan {
            size: self.scale.size(),
            seed: DEMO_SEED,
            today: Some(TODAY),
            is_furnished: false,
        };
        let mut shown = 0;
        front.make_demo(&plan, &mut |done, total| {
            let percent = done * 100 / total.max(1);
            if percent >= shown + 20 {
                shown = percent;
                eprintln!(
                    "making the practice: {percent} % of {total} records, {:.0} s",
                    start.elapsed().as_secs_f64()
                );
            }
        })?;
        front.close();
        drop(front);
        let took = start.elapsed();
        match fs::rename(draft.path(), self.original()) {
            // Another process was faster: its practice is the same.
            Err(_) if self.original().is_dir() => {}
            result => result.context("the new practice cannot be named")?,
        }
        Ok(took)
    }

    /// Where practices lie.
    pub fn cache(&self) -> &Path {
        self.home.parent().unwrap_or(&self.home)
    }

    /// Where things made from it may be kept, such as a joined pair.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// A copy to write to; gone when dropped.
    pub fn copy(&self) -> Result<Copied> {
        Copied::of(&self.original(), &self.home)
    }
}

/// A copy of a data folder, removed when dropped.
pub struct Copied(tempfile::TempDir);

impl Copied {
    pub fn of(original: &Path, home: &Path) -> Result<Self> {
        let copy = tempfile::tempdir_in(home)?;
        copy_folder(original, copy.path())?;
        Ok(Self(copy))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn open(&self, purpose: Purpose) -> Result<FrontDesk> {
        open(self.path(), purpose)
    }
}

/// Copies files and folders.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

pub fn options(dir: &Path, purpose: Purpose) -> Options {
    let base = match purpose {
        Purpose::Window => Options::window(dir),
        Purpose::Command => Options::command(dir),
    };
    Options {
        passphrase: Some(PASSPHRASE.to_owned()),
        now: Some(NOW.to_owned()),
        keychain: Keychain::Off,
        ..base
    }
}

/// Opens a practice that is there.
pub fn open(dir: &Path, purpose: Purpose) -> Result<FrontDesk> {
    let front = FrontDesk::start(options(dir, purpose));
    match front.boot_state() {
        Boot::Ready => Ok(front),
        Boot::Failed { error } => Err(error.into()),
        other => bail!("the practice did not open: {other:?}"),
    }
}

/// The key of a practice made here, to put a bare database beside it.
pub fn key(dir: &Path) -> Result<store::DatabaseKey> {
    Ok(store::read_key_file(dir, PASSPHRASE)?)
}

/// The practice’s places, people and kinds of visit.
pub fn hello(front: &FrontDesk) -> Result<Hello> {
    Ok(front.hello(Nothing {})?)
}

/// A day so many days after today.
pub fn day(after: i64) -> Date {
    TODAY.saturating_add(jiff::Span::new().days(after))
}
