//! How many envelopes a relay verifies, stores durably and acknowledges in a second, over real sockets on loopback, with
//! either engine on the same disk: `cargo run --release -p orca-relay --example ceiling -- [envelopes] [workstations]`.

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use orca_relay::Config;
use support::place::Place;
use support::{Desk, Line, Running};
use sync::relay::Limits;

const BATCH: usize = 128;
const WINDOW: usize = 4;

#[tokio::main]
async fn main() {
    let number = |index: usize, otherwise: usize| {
        std::env::args()
            .nth(index)
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    };
    let (envelopes, workstations) = (number(1, 20_000), number(2, 4));
    for (engine, place) in [("SQLite", Place::sqlite()), ("PostgreSQL", Place::postgres())] {
        measure(engine, &place, envelopes, workstations).await;
    }
}

async fn measure(engine: &str, place: &Place, envelopes: usize, workstations: usize) {
    let limits = Limits {
        rate_per_second: 1_000_000,
        rate_burst: 1_000_000,
        ..Limits::default()
    };
    let relay = Running::start(Config {
        limits,
        ..place.config()
    })
    .await;

    let mut founder = Desk::founder();
    let mut desks = Vec::new();
    for _ in 1..workstations {
        let mut line = Line::connect(relay.address, &founder).await;
        let (code, invite, parcel) = founder.invite();
        line.push(&[invite]).await;
        line.accepted().await.expect("open");
        line.send(&parcel).await;
        line.receive().await.expect("stored");
        let mut asking = Line::open(relay.address).await;
        asking.send_raw(code.ask()).await;
        let answer = asking.receive().await.expect("an answer").to_bytes();
        desks.push(Desk::invited(
            &code,
            &code.answer(&answer).expect("the parcel opens"),
        ));
    }
    desks.push(founder);
    let share = envelopes / desks.len();
    let prepared: Vec<_> = desks
        .into_iter()
        .map(|mut desk| {
            let written: Vec<_> = (0..share)
                .map(|n| desk.write(&format!("change {n}, {}", "x".repeat(180))))
                .collect();
            (desk, written)
        })
        .collect();
    let mut lines = Vec::new();
    for (desk, written) in prepared {
        lines.push((Line::connect(relay.address, &desk).await, written));
    }

    let cpu_before = cpu_seconds();
    let started = Instant::now();
    let pushing: Vec<_> = lines
        .into_iter()
        .map(|(mut line, written)| {
            tokio::spawn(async move {
                let mut on_their_way = 0;
                for batch in written.chunks(BATCH) {
                    if on_their_way == WINDOW {
                        line.accepted().await.expect("open");
                        on_their_way -= 1;
                    }
                    line.push(batch).await;
                    on_their_way += 1;
                }
                for _ in 0..on_their_way {
                    assert!(line.accepted().await.expect("open").refused.is_none());
                }
            })
        })
        .collect();
    for push in pushing {
        push.await.expect("no panic");
    }
    let took = started.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss)] // a figure for people
    let done = (share * workstations) as f64;
    println!(
        "{engine}: {done} envelopes in {took:.3} s: {:.0} a second",
        done / took
    );
    if let (Some(before), Some(after)) = (cpu_before, cpu_seconds()) {
        println!(
            "{:.0} a second of processor time (pushing side included)",
            done / (after - before)
        );
    }
    relay.stop().await;
}

/// Processor time of this process so far, where the system tells.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}
