//! P6: a new workstation joins the full practice with a snapshot, beside one that applies the whole log.

use std::io::Write;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use desk::api::{Boot, Event, Handlers, JoinPractice, RelayInvite};
use desk::{FrontDesk, Purpose};

use super::pair::Pair;
use super::practice::{self, Practice};
use super::process::{told_by_child, usage};
use super::report::Figure;

/// What the child tells of its joining: seconds, and MiB at its peak.
struct Joined {
    today: f64,
    calendar: f64,
    all: f64,
    checked: f64,
    peak: f64,
}

pub fn measure(practice: &Practice) -> Result<Vec<Figure>> {
    let pair = Pair::ready(practice)?;
    let work = pair.to_work(practice)?;
    let front = practice::open(&work.first, Purpose::Command)?;
    let invite = || {
        front.relay_invite(RelayInvite {
            relay: None,
            registration_token: None,
            grants: None,
        })
    };
    let (with_snapshot, without) = (invite()?.code, invite()?.code);
    front.close();
    drop(front);
    let dir = tempfile::tempdir_in(practice.home())?;
    let joined = join_as_child(&dir.path().join("third"), &with_snapshot)?;
    // The yardstick: the same newcomer where the relay has no snapshot.
    let relay = rusqlite::Connection::open(work.relay_dir().join("relay.sqlite"))?;
    relay.execute("DELETE FROM snapshot", [])?;
    drop(relay);
    let replayed = join_as_child(&dir.path().join("fourth"), &without)?;

    let figure = |what: &str, value: f64| Figure::new("P6", what, value, "s");
    let mut figures = vec![
        figure(
            "a new workstation joins: the calendar can be looked at",
            joined.all,
        )
        .at_most(1.0)
        .better_than("applying the whole log", replayed.all, 1.0),
        figure("… meanwhile today’s patients have come", joined.today),
        figure("… the whole calendar", joined.calendar).at_most(5.0),
        figure("… and rows are compared with all documents", joined.checked).at_most(15.0),
        Figure::new("P6", "… memory at its peak", joined.peak, "MB").at_most(250.0),
    ];
    if let Some(making) = &pair.made {
        figures.push(figure(
            "sending the practice, and the snapshot made and sent",
            making.upload.as_secs_f64(),
        ));
    }
    Ok(figures)
}

fn join_as_child(folder: &Path, code: &str) -> Result<Joined> {
    let told = told_by_child(&["join", &folder.display().to_string(), code])?;
    let mut numbers = told.split_whitespace().map(|number| number.parse::<f64>());
    let mut next = || numbers.next().context("the child told less")?.context("a number");
    Ok(Joined {
        today: next()?,
        calendar: next()?,
        all: next()?,
        checked: next()?,
        peak: next()?,
    })
}

/// The child: joins, and says when the day, the calendar, everything was there, when it was checked (seconds), and how much
/// memory it held at the most (MiB).
pub fn join(folder: &Path, code: &str) -> Result<()> {
    let (sender, events) = channel();
    let front = FrontDesk::start(practice::options(folder, Purpose::Command));
    front.subscribe(Box::new(move |batch| {
        for event in batch {
            if let Event::Progress { job, what, .. } = event
                && job == "join"
            {
                // Nobody listens any more at the end.
                let _ = sender.send((Instant::now(), what.clone()));
            }
        }
    }));
    let start = Instant::now();
    let boot = front.join_practice(JoinPractice {
        code: code.to_owned(),
        person: "Cleo Third".to_owned(),
        workstation: "Third desk".to_owned(),
        passphrase: None,
    })?;
    let checked = start.elapsed();
    ensure!(matches!(boot, Boot::Ready), "the third desk did not open");
    let told: Vec<(Instant, String)> = events.try_iter().collect();
    // Where there is no snapshot nothing is told: everything is there when joining ends.
    let first = |what: &str| {
        let found = told.iter().find(|(_, told)| told == what);
        found
            .map_or(checked, |(at, _)| at.duration_since(start))
            .as_secs_f64()
    };
    let peak = usage(std::process::id()).peak_mib.unwrap_or(f64::NAN);
    let line = format!(
        "{} {} {} {} {peak}",
        first("The calendar"),
        first("The history"),
        first("Checking"),
        checked.as_secs_f64()
    );
    front.close();
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
