//! Arrows between crates point inward only; what is pure stays pure.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::cargo;

/// A crate of ours and what it must never reach, directly or through others.
struct Wall {
    krate: &'static str,
    never: &'static [&'static str],
    because: &'static str,
}

/// Clock, chance, disk, network, documents.
const IMPURE: &[&str] = &[
    "rusqlite",
    "automerge",
    "tokio",
    "reqwest",
    "hyper",
    "rand",
    "getrandom",
    "uuid",
    "tauri",
    "store",
    "sync",
    "desk",
    "chrono",
];

const WALLS: &[Wall] = &[
    Wall {
        krate: "clinic",
        never: IMPURE,
        because: "the rules are pure",
    },
    Wall {
        krate: "outreach",
        never: IMPURE,
        because: "it is pure",
    },
    Wall {
        krate: "insights",
        never: IMPURE,
        because: "it is pure",
    },
    Wall {
        krate: "ical",
        never: &[
            "rusqlite",
            "automerge",
            "tokio",
            "reqwest",
            "rand",
            "tauri",
            "store",
            "sync",
            "desk",
        ],
        because: "it is pure",
    },
    Wall {
        krate: "paper",
        never: IMPURE,
        because: "it is pure",
    },
    Wall {
        krate: "sync",
        never: &[
            "clinic",
            "store",
            "desk",
            "tokio",
            "rusqlite",
            "automerge",
            "tauri",
        ],
        because: "it does no input or output and reads no schedule",
    },
    Wall {
        krate: "orca-relay",
        never: &["clinic", "store", "desk", "ical", "automerge", "tauri"],
        because: "the relay cannot read a schedule",
    },
    Wall {
        krate: "store",
        never: &["desk", "sync", "tokio", "tauri", "reqwest"],
        because: "arrows point inward",
    },
    Wall {
        krate: "desk",
        never: &["tauri", "axum", "clap"],
        because: "it knows nothing of who calls it",
    },
    Wall {
        krate: "orcactl",
        never: &["tauri"],
        because: "it works without a window",
    },
    Wall {
        krate: "orca-tests",
        never: &["tauri"],
        because: "it looks at the real app from outside",
    },
    Wall {
        krate: "xtask",
        never: &[
            "clinic",
            "store",
            "sync",
            "ical",
            "desk",
            "orca-relay",
            "tauri",
            "tokio",
        ],
        because: "it must compile before anything else does",
    },
];

/// Kinds of entries that a program ships with; what only tests use does not count.
pub fn broken() -> Result<Vec<String>> {
    let mut broken = BTreeSet::new();
    // Both systems that clinics use: a library may be there only on one.
    for platform in ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"] {
        let text = cargo()
            .args([
                "metadata",
                "--format-version",
                "1",
                "--locked",
                "--filter-platform",
                platform,
            ])
            .output()?;
        let metadata: Value =
            serde_json::from_str(&text).context("cargo metadata printed something else than JSON")?;
        broken.extend(breaches(&Graph::of(&metadata)));
    }
    Ok(broken.into_iter().collect())
}

/// Which crate needs which, by id; names beside.
#[derive(Default)]
struct Graph {
    names: BTreeMap<String, String>,
    needs: BTreeMap<String, Vec<String>>,
    members: BTreeSet<String>,
}

impl Graph {
    fn of(metadata: &Value) -> Self {
        let mut graph = Self::default();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for package in list(&metadata["packages"]) {
            graph.names.insert(text(&package["id"]), text(&package["name"]));
        }
        graph.members = list(&metadata["workspace_members"]).iter().map(text).collect();
        for node in list(&metadata["resolve"]["nodes"]) {
            let needs = list(&node["deps"])
                .iter()
                .filter(|dep| list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()))
                .map(|dep| text(&dep["pkg"]))
                .collect();
            graph.needs.insert(text(&node["id"]), needs);
        }
        graph
    }

    /// The shortest way from a crate to one of that name, as names.
    fn way(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let mut ways = vec![vec![from.to_owned()]];
        let mut seen = BTreeSet::new();
        while !ways.is_empty() {
            let mut longer = Vec::new();
            for way in ways {
                let last = way.last().expect("a way has a first step").clone();
                for need in self.needs.get(&last).into_iter().flatten() {
                    if !seen.insert(need.clone()) {
                        continue;
                    }
                    let mut next = way.clone();
                    next.push(need.clone());
                    if self.names.get(need).is_some_and(|name| name == to) {
                        return Some(next.iter().map(|id| self.names[id].clone()).collect());
                    }
                    longer.push(next);
                }
            }
            ways = longer;
        }
        None
    }
}

fn breaches(graph: &Graph) -> Vec<String> {
    let mut broken = Vec::new();
    for wall in WALLS {
        // `ical` is also the name of a library; ours is the member.
        let ours = graph
            .members
            .iter()
            .find(|id| graph.names.get(*id).is_some_and(|name| name == wall.krate));
        let Some(ours) = ours else { continue };
        for never in wall.never {
            if let Some(way) = graph.way(ours, never) {
                broken.push(format!(
                    "{} must not depend on {never} ({}): {}",
                    wall.krate,
                    wall.because,
                    way.join(" → ")
                ));
            }
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn house(needs: &[(&str, &str, Value)]) -> Graph {
        let names: BTreeSet<&str> = needs.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
        let node = |name: &&str| {
            let deps: Vec<Value> = needs
                .iter()
                .filter(|(from, _, _)| from == name)
                .map(|(_, to, kind)| json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] }))
                .collect();
            json!({ "id": name, "deps": deps })
        };
        Graph::of(&json!({
            "packages": names.iter().map(|name| json!({ "id": name, "name": name })).collect::<Vec<_>>(),
            "workspace_members": ["clinic", "store", "orca-relay"],
            "resolve": { "nodes": names.iter().map(node).collect::<Vec<_>>() },
        }))
    }

    #[test]
    fn a_forbidden_library_is_found_behind_another() {
        let graph = house(&[
            ("clinic", "ulid", Value::Null),
            ("ulid", "rand", Value::Null),
            ("store", "rusqlite", Value::Null),
        ]);
        assert_eq!(
            breaches(&graph),
            ["clinic must not depend on rand (the rules are pure): clinic → ulid → rand"]
        );
    }

    #[test]
    fn what_only_tests_or_build_scripts_use_does_not_count() {
        let graph = house(&[
            ("clinic", "rand", json!("dev")),
            ("orca-relay", "clinic", json!("build")),
        ]);
        assert_eq!(breaches(&graph), Vec::<String>::new());
    }
}
