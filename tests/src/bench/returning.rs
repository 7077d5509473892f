//! P10: a workstation comes back after a week without the relay, and its screen stays usable meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Result;
use desk::Purpose;
use desk::api::{DaySheetRequest, Handlers};

use super::pair::{Listened, Pair, note, visits_of_patients};
use super::practice::{self, Practice, TODAY};
use super::report::Figure;
use super::stats::Samples;

pub fn measure(practice: &Practice) -> Result<Vec<Figure>> {
    let (documents, own) = (practice.scale.of(3_000, 200), practice.scale.of(1_500, 100));
    let pair = Pair::ready(practice)?;
    let work = pair.to_work(practice)?;

    // A command beside no window: nothing is sent.
    let away = practice::open(&work.second, Purpose::Command)?;
    let visits = visits_of_patients(&away, documents)?;
    // Their own visits, and every other document is changed on both sides: two notes by two people merge.
    for visit in visits.iter().step_by(documents / own) {
        note(&away, *visit, "While away.")?;
    }
    away.close();
    drop(away);

    let others = Listened::open(&work.first)?;
    for round in ["On Monday.", "On Thursday."] {
        for visit in &visits {
            note(&others.front, *visit, round)?;
        }
    }
    others.wait_in_step()?;
    others.hush();

    let back = Listened::open(&work.second)?;
    let start = Instant::now();
    let location = practice::hello(&back.front)?.roster.locations[0].id;
    let is_over = AtomicBool::new(false);
    let (took, looks) = std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut looks = Samples::default();
            while !is_over.load(Ordering::Relaxed) {
                let request = DaySheetRequest {
                    location,
                    date: TODAY.to_string(),
                };
                if looks.time(|| back.front.day_sheet(request)).is_err() {
                    break;
                }
                // As often as a screen could show it.
                std::thread::sleep(std::time::Duration::from_millis(16));
            }
            looks
        });
        let arrived = back.wait_in_step();
        let took = start.elapsed();
        is_over.store(true, Ordering::Relaxed);
        arrived.map(|()| (took, looking.join().unwrap_or_default()))
    })?;
    // Not only in step by its own account.
    back.wait_for_note(visits[1], "On Thursday.")?;
    others.wait_in_step()?;
    let both = (back.note_of(visits[0])?, others.note_of(visits[0])?);
    anyhow::ensure!(both.0 == both.1, "the desks differ after the return: {both:?}");
    back.front.close();
    others.front.close();

    let what = format!(
        "back after a week: {own} own changes out, {} of others in, over {documents} documents",
        2 * documents
    );
    Ok(vec![
        Figure::new("P10", what, took.as_secs_f64(), "s").at_most(2.0),
        Figure::new(
            "P10",
            format!("day sheet asked {} times meanwhile, p50", looks.len()),
            looks.median(),
            "ms",
        ),
        Figure::new("P10", "day sheet meanwhile, the slowest", looks.max(), "ms"),
    ])
}
