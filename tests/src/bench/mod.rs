//! The performance figures, each beside its yardstick in the same run: `cargo xtask bench`.

mod crowd;
mod growth;
mod joining;
mod memory;
mod opening;
mod painting;
mod pair;
mod peer;
mod practice;
mod process;
mod reading;
mod report;
mod returning;
mod searching;
mod stats;
mod syncing;
mod writing;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use desk::demo::DemoSize;

pub use process::child;
pub use report::{Figure, json, table};

/// How big a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// 20,000 patients, 250,000 visits: what the goals speak of.
    Full,
    /// To see that measuring works.
    Small,
    /// So many visits, for growth.
    Grown(u32),
}

impl Scale {
    fn name(self) -> String {
        match self {
            Scale::Full => "full".to_owned(),
            Scale::Small => "small".to_owned(),
            Scale::Grown(visits) => format!("grown-{visits}"),
        }
    }

    fn size(self) -> DemoSize {
        match self {
            Scale::Full => DemoSize::Full,
            Scale::Small => DemoSize::Small,
            Scale::Grown(visits) => DemoSize::Grown { visits },
        }
    }

    /// So many at full scale, fewer otherwise.
    fn of(self, full: usize, small: usize) -> usize {
        match self {
            Scale::Full | Scale::Grown(_) => full,
            Scale::Small => small,
        }
    }
}

/// What to measure.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Empty: every figure.
    pub only: Vec<String>,
    pub is_json: bool,
    pub scale: Scale,
    /// Also what takes an hour: growth up to a million visits.
    pub is_long: bool,
    /// Where practices are kept between runs.
    pub cache: PathBuf,
}

type Measure = fn(&practice::Practice, &Wanted) -> Result<Vec<Figure>>;

/// Every figure, in the order of the table.
const FIGURES: [(&str, Measure); 11] = [
    ("P1", |practice, _| writing::measure(practice)),
    ("P2", |practice, _| reading::measure(practice)),
    ("P3", |practice, _| opening::measure(practice)),
    ("P4", |practice, _| painting::measure(practice)),
    ("P5", |practice, _| syncing::measure(practice)),
    ("P6", |practice, _| joining::measure(practice)),
    ("P7", |practice, _| crowd::measure(practice)),
    ("P8", |practice, _| memory::measure(practice)),
    ("P9", |practice, _| searching::measure(practice)),
    ("P10", |practice, _| returning::measure(practice)),
    ("P11", |practice, wanted| {
        growth::measure(practice, wanted.is_long)
    }),
];

impl Wanted {
    /// From the words after the program's name.
    ///
    /// # Errors
    /// If a word is not understood; says what would be.
    pub fn from_words(words: impl IntoIterator<Item = String>, cache: PathBuf) -> Result<Self> {
        let mut wanted = Self {
            only: Vec::new(),
            is_json: false,
            scale: Scale::Full,
            is_long: false,
            cache,
        };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value"));
            match word.as_str() {
                "--json" => wanted.is_json = true,
                "--long" => wanted.is_long = true,
                "--only" => wanted.only = value()?.split(',').map(|id| id.trim().to_uppercase()).collect(),
                "--scale" => {
                    wanted.scale = match value()?.as_str() {
                        "full" => Scale::Full,
                        "small" => Scale::Small,
                        other => bail!("--scale is full or small, not {other}"),
                    }
                }
                other => {
                    bail!("unknown argument {other}; there are --only P1,P3 --json --long --scale full|small")
                }
            }
        }
        if let Some(id) = wanted
            .only
            .iter()
            .find(|id| FIGURES.iter().all(|(known, _)| known != id))
        {
            let known: Vec<&str> = FIGURES.iter().map(|(id, _)| *id).collect();
            bail!("there is no figure {id}; there are {}", known.join(", "));
        }
        Ok(wanted)
    }
}

/// Measures what is wanted.
///
/// # Errors
/// If the practice cannot be made or a command fails that should not.
pub fn measure(wanted: &Wanted) -> Result<Vec<Figure>> {
    let practice = practice::Practice::ready(&wanted.cache, wanted.scale)?;
    let mut figures = Vec::new();
    if let Some(made_in) = practice.made_in {
        let what = format!("make the {} practice, once", wanted.scale.name());
        figures.push(Figure::new("P0", what, made_in.as_secs_f64(), "s").at_most(180.0));
    }
    for (id, measure) in FIGURES {
        if wanted.only.is_empty() || wanted.only.iter().any(|only| only == id) {
            eprintln!("measuring {id}");
            figures.extend(measure(&practice, wanted).with_context(|| format!("{id} cannot be measured"))?);
        }
    }
    Ok(figures)
}

/// Where practices are kept if nothing else is said: `bench` beside the built programs.
///
/// # Errors
/// If this program does not know where it lies.
pub fn default_cache() -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let target = me
        .parent()
        .and_then(Path::parent)
        .context("this program lies nowhere")?;
    Ok(target.join("bench"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(words: &[&str]) -> Result<Wanted> {
        Wanted::from_words(
            words.iter().map(|word| (*word).to_owned()),
            PathBuf::from("cache"),
        )
    }

    #[test]
    fn words_say_what_is_wanted() {
        let everything = wanted(&[]).unwrap();
        assert!(everything.only.is_empty() && everything.scale == Scale::Full);
        assert!(!everything.is_json && !everything.is_long);
        let some = wanted(&["--only", "p1, P10", "--json", "--long", "--scale", "small"]).unwrap();
        assert_eq!(some.only, ["P1", "P10"]);
        assert!(some.is_json && some.is_long && some.scale == Scale::Small);
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (words, part) in [
            (&["--only", "P99"][..], "no figure P99"),
            (&["--only"], "needs a value"),
            (&["--scale", "big"], "full or small"),
            (&["-x"], "unknown argument -x"),
        ] {
            let error = wanted(words).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
