//! P9: finding a patient while typing.

use anyhow::Result;
use desk::Purpose;
use desk::api::{FindPatients, Handlers, ListPatients, PatientView};
use serde_json::{Value, json};

use super::peer;
use super::practice::Practice;
use super::report::Figure;
use super::stats::Samples;

const GOAL_MS: f64 = 5.0;

pub fn measure(practice: &Practice) -> Result<Vec<Figure>> {
    let copy = practice.copy()?;
    let front = copy.open(Purpose::Window)?;
    let everybody = everybody(&front)?;
    let patients = &everybody[..everybody.len().min(1_000)];
    let step = (patients.len() / practice.scale.of(150, 12)).max(1);
    let looked_for: Vec<&PatientView> = patients.iter().step_by(step).collect();
    let mut start = Samples::default();
    start.time(|| {
        front.find_patients(FindPatients {
            text: "warm".to_owned(),
            limit: None,
        })
    })?;

    let mut all = Samples::default();
    let mut figures = Vec::new();
    let mut queries = Vec::new();
    for (kind, texts) in kinds() {
        let mut times = Samples::default();
        let (mut found, mut asked) = (0, 0);
        for patient in &looked_for {
            let typed = texts(patient);
            let last = typed.len().saturating_sub(1);
            for (at, text) in typed.into_iter().enumerate() {
                queries.push(json!({ "text": text, "wanted": (at == last).then_some(patient.id) }));
                let hits = times
                    .time(|| front.find_patients(FindPatients { text, limit: None }))?
                    .hits;
                if at == last {
                    asked += 1;
                    found += usize::from(hits.iter().any(|hit| hit.id == patient.id));
                }
            }
        }
        let what = format!(
            "search by {kind}, p99 of {} (p50 {:.2} ms; {found} of {asked} found)",
            times.len(),
            times.median()
        );
        all.extend(times.list());
        figures.push(Figure::new("P9", what, times.p99(), "ms").at_most(GOAL_MS));
    }
    front.close();
    let what = format!(
        "search as you type, p99 of {} keystrokes (p50 {:.2}, worst {:.2} ms)",
        all.len(),
        all.median(),
        all.max()
    );
    let whole = Figure::new("P9", what, all.p99(), "ms").at_most(GOAL_MS);
    figures.insert(0, beside_peer(whole, &everybody, &queries));
    figures.push(Figure::new(
        "P9",
        "the first search after opening: makes the index",
        start.max(),
        "ms",
    ));
    Ok(figures)
}

fn everybody(front: &impl Handlers) -> Result<Vec<PatientView>> {
    let mut all: Vec<PatientView> = Vec::new();
    loop {
        let page = front.list_patients(ListPatients {
            after: all.last().map(|patient| patient.id),
            limit: Some(1_000),
        })?;
        all.extend(page.patients);
        if !page.more {
            return Ok(all);
        }
    }
}

/// The same patients and the same keystrokes in an index of another maker.
fn beside_peer(figure: Figure, everybody: &[PatientView], queries: &[Value]) -> Figure {
    let patients: Vec<Value> = everybody
        .iter()
        .map(|patient| {
            let fields = &patient.fields;
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            json!({
                "id": patient.id,
                "name": format!("{} {} {}", fields.family_name, fields.given_name, fields.preferred_name),
                "numbers": format!("{} {}", digits(&fields.mobile_phone), digits(&fields.home_phone)),
                "birth": fields.birth_date,
                "chart": fields.chart_number,
            })
        })
        .collect();
    let asked = || -> Result<peer::SearchPeer> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("search.json");
        std::fs::write(
            &file,
            serde_json::to_vec(&json!({ "patients": patients, "queries": queries }))?,
        )?;
        peer::search(&file)
    };
    match asked() {
        Ok(its) => {
            let name = format!(
                "{} (p50 {:.2} ms; {} of {} found)",
                its.peer, its.p50_ms, its.found, its.asked
            );
            figure.beside(&name, its.p99_ms)
        }
        Err(why) => figure.without_yardstick(&why.to_string()),
    }
}

pub(super) type Texts = fn(&PatientView) -> Vec<String>;

/// What is typed for a patient, letter by letter where that is how it is typed; the last text should find them.
pub(super) fn kinds() -> [(&'static str, Texts); 5] {
    [
        ("name", |patient| {
            prefixes(&format!(
                "{} {}",
                patient.fields.family_name, patient.fields.given_name
            ))
        }),
        ("name with a slip", |patient| {
            vec![format!(
                "{} {}",
                slip(&patient.fields.family_name),
                patient.fields.given_name
            )]
        }),
        ("phone digits", |patient| {
            let fields = &patient.fields;
            let phone = if fields.mobile_phone.is_empty() {
                &fields.home_phone
            } else {
                &fields.mobile_phone
            };
            prefixes(&phone.chars().filter(char::is_ascii_digit).collect::<String>())
        }),
        ("birth date", |patient| {
            patient
                .fields
                .birth_date
                .iter()
                .flat_map(|date| prefixes(date))
                .collect()
        }),
        ("chart number", |patient| prefixes(&patient.fields.chart_number)),
    ]
}

/// From two letters on.
fn prefixes(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    (2.min(letters.len())..=letters.len())
        .filter(|length| *length > 0)
        .map(|length| letters[..length].iter().collect())
        .collect()
}

/// Two neighbouring letters in the wrong order: the commonest slip.
fn slip(name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if letters.len() >= 4 {
        letters.swap(2, 3);
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_grow_letter_by_letter() {
        assert_eq!(prefixes("Añas"), ["Añ", "Aña", "Añas"]);
        assert_eq!(prefixes("7"), ["7"]);
        assert!(prefixes("").is_empty());
    }

    #[test]
    fn a_slip_swaps_two_letters_of_longer_names() {
        assert_eq!(slip("Rivera"), "Rievra");
        assert_eq!(slip("Ng"), "Ng");
    }
}
