//! Runs a target: the corpus first, then changed inputs until the time is over; counts what panics.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::mutate::mutated;
use super::{Amount, Plan, Read, Target, corpus, finds};
use crate::faults::{Finding, Tally};
use crate::simulation::Dice;

/// Where panics came from since the last input, however well they were caught. Panics come from any thread.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Libraries whose panics are caught where they are used.
const CONTAINED: [&str; 2] = ["/automerge-", "/hexane-"];

/// Of what was taken, so many are kept to be changed further.
const KEPT: usize = 500;

pub struct Engine {
    name: &'static str,
    target: Box<dyn Target>,
    seeds: Vec<Vec<u8>>,
    dice: Dice,
    pub tally: Tally,
    contained: BTreeMap<String, u64>,
    slowest: Duration,
    took: Duration,
}

impl Engine {
    pub fn new(name: &'static str, target: Box<dyn Target>, plan: &Plan) -> Result<Engine> {
        let seeds = target.seeds();
        ensure!(!seeds.is_empty(), "{name} has nothing to begin with");
        Ok(Engine {
            name,
            target,
            seeds,
            dice: Dice::new(plan.seed),
            tally: Tally::default(),
            contained: BTreeMap::new(),
            slowest: Duration::ZERO,
            took: Duration::ZERO,
        })
    }

    pub fn run(&mut self, amount: Amount) -> Result<()> {
        let began = Instant::now();
        let listening = Listening::begin();
        let mut known: Vec<_> = fs::read_dir(corpus(self.name))
            .map(|files| files.flatten().map(|file| file.path()).collect())
            .unwrap_or_default();
        known.sort();
        for path in known {
            self.try_one(&fs::read(path)?)?;
        }
        for seed in self.seeds.clone() {
            self.try_one(&seed)?;
        }
        let mut tried = 0;
        loop {
            let is_over = match amount {
                Amount::Seconds(seconds) => began.elapsed().as_secs() >= seconds,
                Amount::Inputs(inputs) => tried >= inputs,
            };
            if is_over {
                break;
            }
            tried += 1;
            let chosen = self.dice.below(self.seeds.len());
            let seed = self.target.next().unwrap_or_else(|| self.seeds[chosen].clone());
            let words = self.target.words();
            let mut input = mutated(&seed, &self.seeds, words, &mut self.dice);
            self.target.repair(&mut input);
            if self.try_one(&input)? == Some(Read::Taken) && self.seeds.len() < KEPT {
                self.seeds.push(input);
            }
        }
        drop(listening);
        self.took = began.elapsed();
        Ok(())
    }

    /// None: it did harm.
    fn try_one(&mut self, input: &[u8]) -> Result<Option<Read>> {
        let began = Instant::now();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| self.target.read(input)));
        self.slowest = self.slowest.max(began.elapsed());
        let panics = std::mem::take(&mut *PANICS.lock().unwrap_or_else(PoisonError::into_inner));
        let ours = panics
            .iter()
            .find(|place| !CONTAINED.iter().any(|library| place.contains(library)));
        let judged = match (&outcome, ours) {
            (Err(_), _) => Err(format!("it panicked: {}", panics.join(", "))),
            // Caught somewhere, and still not ours to make.
            (Ok(_), Some(place)) => Err(format!("a panic that was caught: {place}")),
            (Ok(Err(why)), None) => Err(why.clone()),
            (Ok(Ok(Read::Refused)), None) => Ok("refused"),
            (Ok(Ok(Read::Taken)), None) => Ok("taken"),
        };
        if ours.is_none() {
            for place in panics {
                *self.contained.entry(place).or_default() += 1;
            }
        }
        let is_harmful = judged.is_err();
        let name = self.name;
        let place = match is_harmful {
            true => leave(name, input)?,
            false => String::new(),
        };
        self.tally.count(|| place, judged);
        Ok(match outcome {
            Ok(Ok(read)) if !is_harmful => Some(read),
            _ => None,
        })
    }

    pub fn finding(&self, what: String, control: &Tally) -> Finding {
        let mut finding = Finding::new("S6", what, &self.tally, control);
        for (place, count) in &self.contained {
            finding
                .remarks
                .push(format!("{count} panics of a library, caught: {place}"));
        }
        finding.remarks.push(format!(
            "{:.0} s, {:.0} a second, the slowest {:.1} ms",
            self.took.as_secs_f64(),
            self.tally.tried as f64 / self.took.as_secs_f64().max(0.001),
            self.slowest.as_secs_f64() * 1000.0
        ));
        finding
    }
}

/// Leaves an input that did harm where a person finds it; says where.
fn leave(target: &str, input: &[u8]) -> Result<String> {
    if target == CONTROL {
        return Ok(format!("{input:02x?}"));
    }
    let folder = finds().join(target);
    fs::create_dir_all(&folder)?;
    let id = sync::Envelope::id_of(input).0;
    let name: String = id[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(folder.join(&name), input)?;
    Ok(format!("target/fuzz/{target}/{name}"))
}

type Hook = Box<dyn Fn(&panic::PanicHookInfo<'_>) + Sync + Send>;

/// As long as this lives, panics are written down instead of told.
struct Listening(Option<Hook>);

impl Listening {
    fn begin() -> Listening {
        let before = panic::take_hook();
        panic::set_hook(Box::new(|info| {
            let place = info.location().map_or_else(
                || "somewhere".to_owned(),
                |place| {
                    // Where the libraries lie is of no interest.
                    let file = place.file();
                    let from = file
                        .rfind("/src/")
                        .and_then(|at| file[..at].rfind('/'))
                        .unwrap_or(0);
                    format!("{}:{}", &file[from..], place.line())
                },
            );
            PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(place);
        }));
        Listening(Some(before))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // A panic in a test must be told again.
        if let Some(before) = self.0.take()
            && !std::thread::panicking()
        {
            panic::set_hook(before);
        }
    }
}

const CONTROL: &str = "control";

/// A parser as one writes it on a bad day: a length, so many bytes, and a sum behind them.
struct Careless;

impl Target for Careless {
    fn seeds(&self) -> Vec<Vec<u8>> {
        vec![vec![3, 1, 2, 3, 6]]
    }

    fn read(&mut self, input: &[u8]) -> Result<Read, String> {
        let Some((length, rest)) = input.split_first() else {
            return Ok(Read::Refused);
        };
        let sum: u8 = rest[..usize::from(*length)]
            .iter()
            .fold(0, |sum, byte| sum.wrapping_add(*byte));
        match rest.get(usize::from(*length)) {
            Some(written) if *written == sum => Ok(Read::Taken),
            _ => Ok(Read::Refused),
        }
    }
}

/// The weakened variant, read by the same engine.
pub fn control(plan: &Plan) -> Result<Tally> {
    let mut engine = Engine::new(CONTROL, Box::new(Careless), plan)?;
    engine.run(Amount::Inputs(300))?;
    Ok(engine.tally)
}
