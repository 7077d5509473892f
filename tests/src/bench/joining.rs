//! P6: a new workstation joins the full practice with a snapshot, beside one that applies the whole log.

use std::io::Write;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use desk::api::{
    ArrivingStage, Boot, DaySheetRequest, Event, Handlers, JoinPractice, MonthRequest, Nothing, RelayInvite,
};
use desk::{FrontDesk, Purpose};

use super::pair::Pair;
use super::practice::{self, Practice, TODAY};
use super::process::{told_by_child, usage};
use super::report::Figure;

/// Nothing here takes so long unless it never comes.
const PATIENCE: Duration = Duration::from_secs(600);

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
            "a new workstation joins: today’s sheets of every location were read",
            joined.today,
        )
        .at_most(1.0),
        figure("… every day, patient and month can be looked at", joined.calendar).at_most(5.0),
        figure(
            "… everything is here, the others know, and it can be written",
            joined.all,
        )
        .better_than("applying the whole log", replayed.all, 1.0),
        figure("… and rows were compared with all documents", joined.checked).at_most(15.0),
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

/// The child: a window that joins. Says after how many seconds today's sheets were read, the calendar could be looked at,
/// everything was here and written to, all was compared, and how much memory it held at the most (MiB).
pub fn join(folder: &Path, code: &str) -> Result<()> {
    let (sender, events) = channel();
    let front = FrontDesk::start(practice::options(folder, Purpose::Window));
    front.subscribe(Box::new(move |batch| {
        for event in batch {
            // Nobody listens any more at the end.
            let _ = sender.send((Instant::now(), event.clone()));
        }
    }));
    let start = Instant::now();
    let boot = front.join_practice(JoinPractice {
        code: code.to_owned(),
        person: "Cleo Third".to_owned(),
        workstation: "Third desk".to_owned(),
        passphrase: None,
    })?;
    ensure!(matches!(boot, Boot::Ready), "the third desk did not open");
    let hello = front.hello(Nothing {})?;
    for location in &hello.roster.locations {
        let sheet = front.day_sheet(DaySheetRequest {
            location: location.id,
            date: TODAY.to_string(),
        })?;
        ensure!(
            !sheet.appointments.is_empty(),
            "nobody comes to {} today",
            location.name
        );
    }
    let today = start.elapsed();
    let (mut calendar, mut all, mut is_here) = (today, today, hello.arriving.is_none());
    while !is_here {
        let (at, event) = events.recv_timeout(PATIENCE)?;
        let Event::Arriving { arriving } = event else {
            continue;
        };
        match arriving {
            Some(arriving) if arriving.stage == ArrivingStage::Today => {}
            // Told again with every part of the history.
            Some(_) => calendar = if calendar == today { at - start } else { calendar },
            None => (all, is_here) = (at - start, true),
        }
    }
    // What was told is so.
    front.month_density(MonthRequest {
        location: hello.roster.locations[0].id,
        from: TODAY.to_string(),
        until: TODAY.to_string(),
        by: None,
    })?;
    let came_in_packs = hello.arriving.is_some();
    // Rows that were made here from the log are not compared.
    let mut checked = all;
    while came_in_packs && checked == all {
        let (at, event) = events.recv_timeout(PATIENCE)?;
        if matches!(event, Event::Progress { what, .. } if what == "Compared") {
            checked = at - start;
        }
    }
    let peak = usage(std::process::id()).peak_mib.unwrap_or(f64::NAN);
    let line = format!(
        "{} {} {} {} {peak}",
        today.as_secs_f64(),
        calendar.as_secs_f64(),
        all.as_secs_f64(),
        checked.as_secs_f64()
    );
    front.close();
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
