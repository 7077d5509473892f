//! P4: how long the screen takes to paint a day, a week and a month, in Chromium and in WebKitGTK, beside other calendars that
//! paint the same scenes in the same browser.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::practice::Practice;
use super::{Figure, Scale};

/// What `tests/peers/paint.mjs` prints.
#[derive(Debug, Deserialize)]
struct Painted {
    /// Browser, calendar, scene.
    browsers: BTreeMap<String, BTreeMap<String, BTreeMap<String, Scene>>>,
    /// Browsers that are not here, and why.
    missing: BTreeMap<String, String>,
}

/// Medians, in milliseconds.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Scene {
    paint: Option<f64>,
    #[serde(rename = "move")]
    moved: Option<f64>,
    drag: Option<f64>,
    nodes: Option<f64>,
}

const OWN: &str = "own";
const NAMES: [(&str, &str); 2] = [
    ("fullcalendar", "FullCalendar 7.0.2"),
    ("eventcalendar", "EventCalendar 5.15.0"),
];
/// Scene, what it is, the most milliseconds it may take to paint.
const SCENES: [(&str, &str, f64); 3] = [
    ("day", "day of 150 visits in 12 columns", 60.0),
    ("week", "week of 700 visits in 84 columns", 120.0),
    ("month", "month of 2,500 visits", 60.0),
];
const FASTER_THAN_PEERS: f64 = 5.0;
const MOST_NODES: f64 = 3000.0;
const MOVE_MS: f64 = 8.0;

pub fn measure(practice: &Practice) -> Result<Vec<Figure>> {
    match painted(practice.scale) {
        Ok(painted) => Ok(figures(&painted)),
        // A machine without browsers or a desktop still has every other figure.
        Err(error) => Ok(vec![Figure::missing("P4", "paint", "ms", format!("{error:#}"))]),
    }
}

fn painted(scale: Scale) -> Result<Painted> {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    ensure!(
        peers.join("node_modules/fullcalendar").is_dir(),
        "not measured: run npm ci in tests/peers first"
    );
    let mut words = vec![
        peers.join("paint.mjs").display().to_string(),
        "--rounds".to_owned(),
    ];
    match scale {
        Scale::Full | Scale::Grown(_) => words.push("6".to_owned()),
        Scale::Small => words.extend(["1", "--only", OWN].map(str::to_owned)),
    }
    // WebKitGTK paints on a display; one that nobody sees will do.
    let mut command = if std::env::var_os("DISPLAY").is_none() && is_installed("xvfb-run") {
        let mut xvfb = Command::new("xvfb-run");
        xvfb.args(["-a", "-s", "-screen 0 1680x1050x24", "node"]);
        xvfb
    } else {
        Command::new("node")
    };
    let output = command
        .args(words)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("not measured: node cannot be started")?;
    ensure!(
        output.status.success(),
        "not measured: it ended with {}",
        output.status
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text
        .trim()
        .lines()
        .last()
        .context("not measured: it printed nothing")?;
    serde_json::from_str(line).context("not measured: it printed no result")
}

fn is_installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn figures(painted: &Painted) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (browser, calendars) in &painted.browsers {
        let Some(own) = calendars.get(OWN) else { continue };
        for (scene, words, goal) in SCENES {
            let Some(seen) = own.get(scene) else { continue };
            let what = |part: &str| format!("{browser}: {words}, {part}");
            let paint =
                Figure::new("P4", what("painted"), seen.paint.unwrap_or(f64::NAN), "ms").at_most(goal);
            figures.push(match fastest_peer(calendars, scene) {
                Some((name, its)) => paint.better_than(name, its, FASTER_THAN_PEERS),
                None => paint,
            });
            if let Some(moved) = seen.moved {
                figures.push(Figure::new("P4", what("one visit moved"), moved, "ms").at_most(MOVE_MS));
            }
            if let Some(drag) = seen.drag {
                let most = if browser == "webkit" { 33.0 } else { 16.0 };
                figures.push(Figure::new("P4", what("drag frame, p95"), drag, "ms").at_most(most));
            }
            if let Some(nodes) = seen.nodes {
                figures.push(Figure::new("P4", what("elements"), nodes, "elements").at_most(MOST_NODES));
            }
        }
    }
    for (browser, why) in &painted.missing {
        figures.push(Figure::missing("P4", format!("{browser}: paint"), "ms", why));
    }
    figures
}

/// Which of the others painted the scene first.
fn fastest_peer(
    calendars: &BTreeMap<String, BTreeMap<String, Scene>>,
    scene: &str,
) -> Option<(&'static str, f64)> {
    NAMES
        .iter()
        .filter_map(|(peer, name)| Some((*name, calendars.get(*peer)?.get(scene)?.paint?)))
        .min_by(|one, other| one.1.total_cmp(&other.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scene_is_held_against_its_goal_and_the_others() {
        let painted: Painted = serde_json::from_str(
            r#"{"rounds":6,"missing":{"webkit":"not installed"},"browsers":{"chromium":{
                "own":{"day":{"paint":50.0,"move":9.0,"drag":12.0,"nodes":1500}},
                "fullcalendar":{"day":{"paint":300.0,"move":30.0,"drag":null,"nodes":1600}},
                "eventcalendar":{"day":{"paint":200.0,"move":null,"drag":null,"nodes":900}}}}}"#,
        )
        .unwrap();
        let figures = figures(&painted);
        let met: Vec<(f64, Option<bool>)> = figures
            .iter()
            .filter_map(|figure| Some((figure.value?, figure.met)))
            .collect();
        assert_eq!(
            met,
            [
                (50.0, Some(false)),
                (9.0, Some(false)),
                (12.0, Some(true)),
                (1500.0, Some(true)),
            ]
        );
        assert_eq!(figures[0].ratio, Some(4.0), "the faster of the two counts");
        let last = figures.last().unwrap();
        assert_eq!(
            (last.value, last.yardstick.as_deref()),
            (None, Some("not installed"))
        );
    }
}
