//! P5: changes on their way from one workstation through the relay to another.

use std::time::{Duration, Instant};

use anyhow::Result;
use clinic::{AppointmentId, Op};
use desk::{DeskError, FrontDesk};

use super::pair::{Listened, Pair, note, visits_of_patients};
use super::peer;
use super::practice::Practice;
use super::process::RelayProcess;
use super::report::Figure;
use super::stats::Samples;

/// Changes in one operation when they come in batches, as imports do.
const BATCH: usize = 400;
const ROUNDS: usize = 3;

pub fn measure(practice: &Practice) -> Result<Vec<Figure>> {
    let changes = practice.scale.of(2_000, 300);
    let pair = Pair::ready(practice)?;
    let work = pair.to_work(practice)?;
    let first = Listened::open(&work.first)?;
    let second = Listened::open(&work.second)?;
    first.wait_in_step()?;
    second.wait_in_step()?;
    let visits = visits_of_patients(&first.front, changes)?;

    let latency = latency(&first, &second, &visits[..practice.scale.of(300, 20)])?;
    let mut rounds = Rounds {
        first: &first,
        second: &second,
        relay: &work.relay,
        visits: &visits,
    };
    let singly = rounds.run("one at a time", &|front, visits, text| {
        visits.iter().try_for_each(|visit| note(front, *visit, text))
    })?;
    let batched = rounds.run("in batches", &in_batches)?;
    let server = work.relay.usage();
    first.front.close();
    second.front.close();
    drop(work);

    // With nothing else running beside it.
    let peer = peer::measure(changes, practice.scale.of(ROUNDS, 1));
    let peer_seconds = peer.as_ref().ok().map(|peer| peer.wall_seconds);
    let name = peer
        .as_ref()
        .map_or_else(|why| why.to_string(), |peer| peer.peer.clone());
    let beside = |figure: Figure, its: Option<f64>, least: f64| match its {
        Some(its) => figure.better_than(&name, its, least),
        None => figure.without_yardstick(&name),
    };
    let mut figures = Vec::new();
    if let Some(made) = &pair.made {
        figures.push(Figure::new(
            "P5",
            "send a whole practice to a new relay, once",
            made.upload.as_secs_f64(),
            "s",
        ));
        figures.push(Figure::new(
            "P5",
            "join it with a new workstation",
            made.join.as_secs_f64(),
            "s",
        ));
    }
    figures.push(beside(
        Figure::new("P5", format!("{changes} changes in {changes} documents, a commit each, until durable at desk, relay and other desk"), singly.wall(), "s"),
        peer_seconds,
        8.0,
    ));
    figures.push(Figure::new(
        "P5",
        "of that, writing them at the first desk",
        singly.written.median() / 1e3,
        "s",
    ));
    figures.push(beside(
        Figure::new(
            "P5",
            format!("the same in batches of {BATCH}"),
            batched.wall(),
            "s",
        ),
        peer_seconds,
        16.0,
    ));
    let its_cpu = peer.as_ref().ok().and_then(|peer| peer.server_cpu_seconds);
    for (what, round) in [
        ("relay’s processor time, a commit each", &singly),
        ("relay’s processor time, batched", &batched),
    ] {
        figures.push(match round.relay_cpu() {
            Some(cpu) => beside(Figure::new("P5", what, cpu, "s"), its_cpu, 20.0),
            None => Figure::missing("P5", what, "s", "this system has no /proc"),
        });
    }
    let its_memory = peer.as_ref().ok().and_then(|peer| peer.server_peak_mib);
    figures.push(match server.peak_mib {
        Some(peak) => beside(
            Figure::new("P5", "relay’s memory at its peak", peak, "MB"),
            its_memory,
            20.0,
        ),
        None => Figure::missing(
            "P5",
            "relay’s memory at its peak",
            "MB",
            "this system has no /proc",
        ),
    });
    figures.push(
        Figure::new(
            "P5",
            format!("one change visible on the other desk, p50 of {}", latency.len()),
            latency.median(),
            "ms",
        )
        .at_most(5.0),
    );
    figures.push(
        Figure::new(
            "P5",
            "one change visible on the other desk, p99",
            latency.p99(),
            "ms",
        )
        .at_most(20.0),
    );
    Ok(figures)
}

/// From the command on one desk to the event on the other.
fn latency(first: &Listened, second: &Listened, visits: &[AppointmentId]) -> Result<Samples> {
    let mut times = Samples::default();
    second.hush();
    for visit in visits {
        let start = Instant::now();
        note(&first.front, *visit, "seen?")?;
        times.add(second.told_of(*visit)?.saturating_duration_since(start));
    }
    first.wait_in_step()?;
    Ok(times)
}

fn in_batches(front: &FrontDesk, visits: &[AppointmentId], text: &str) -> Result<()> {
    let desk = front.desk()?;
    for batch in visits.chunks(BATCH) {
        desk.write(Op::EditAppointment, |writing| {
            let mut changes = Vec::with_capacity(batch.len());
            for id in batch {
                let visit = writing.visit(*id)?;
                let plan = clinic::edit_appointment(&visit, Some(text), None, None)
                    .map_err(|cannot| DeskError::new("bench", format!("{cannot:?}")))?;
                changes.extend(plan.changes);
            }
            writing.record(changes)
        })?;
    }
    Ok(())
}

struct Rounds<'a> {
    first: &'a Listened,
    second: &'a Listened,
    relay: &'a RelayProcess,
    visits: &'a [AppointmentId],
}

/// A way of writing this text into the notes of these visits.
type Write<'a> = &'a dyn Fn(&FrontDesk, &[AppointmentId], &str) -> Result<()>;

/// Times of one way of writing.
#[derive(Default)]
struct Round {
    walls: Samples,
    /// Until the last command returned at the first desk.
    written: Samples,
    cpu_seconds: Samples,
}

impl Round {
    fn wall(&self) -> f64 {
        self.walls.median() / 1e3
    }

    fn relay_cpu(&self) -> Option<f64> {
        (!self.cpu_seconds.is_empty()).then(|| self.cpu_seconds.median())
    }
}

impl Rounds<'_> {
    fn run(&mut self, how: &str, write: Write<'_>) -> Result<Round> {
        let mut round = Round::default();
        let Some(last) = self.visits.last().copied() else {
            return Ok(round);
        };
        for number in 0..ROUNDS {
            let text = format!("{how} {number}");
            self.first.wait_in_step()?;
            self.second.wait_in_step()?;
            self.second.hush();
            self.first.hush();
            let before = self.relay.usage().cpu_seconds;
            let start = Instant::now();
            write(&self.first.front, self.visits, &text)?;
            let written: Duration = start.elapsed();
            self.second.wait_for_note(last, &text)?;
            // The first one has heard from the relay that everything is kept.
            self.first.wait_in_step()?;
            round.walls.add(start.elapsed());
            round.written.add(written);
            let after = self.relay.usage().cpu_seconds;
            round
                .cpu_seconds
                .extend(before.zip(after).map(|(before, after)| after - before));
            eprintln!(
                "P5 {text}: {:.2} s, written after {:.2} s",
                start.elapsed().as_secs_f64(),
                written.as_secs_f64()
            );
        }
        Ok(round)
    }
}
