//! How many visits may begin in an hour, and what counts how much when openings are ranked.

use clinic::{RankingFactor, VisitLimit, Weight};
use desk::DeskError;
use desk::api::{Handlers as _, Nothing, PracticeView, SaveSetting, WeightSetting};
use serde_json::json;

use crate::answer::{Answer, Outcome, columns};
use crate::names::Practice;

/// Lists the limits or, with `set`, puts these in their place.
pub fn limits(practice: &Practice, set: Option<&[String]>) -> Outcome {
    let Some(set) = set else {
        return Ok(told_limits(practice, &practice.hello.practice));
    };
    let limits = match set {
        [none] if none.trim() == "none" => Vec::new(),
        some => some
            .iter()
            .map(|text| limit(practice, text))
            .collect::<Result<Vec<_>, _>>()?,
    };
    save(practice, Some(limits), None)?;
    Ok(told_limits(practice, &practice.front.hello(Nothing {})?.practice))
}

/// Lists the weights or, with `set`, changes some.
pub fn weights(practice: &Practice, set: &[String]) -> Outcome {
    if set.is_empty() {
        return Ok(told_weights(&practice.hello.practice));
    }
    let changes = set
        .iter()
        .map(|text| weight(text))
        .collect::<Result<Vec<_>, _>>()?;
    save(practice, None, Some(changes))?;
    Ok(told_weights(&practice.front.hello(Nothing {})?.practice))
}

fn save(
    practice: &Practice,
    limits: Option<Vec<VisitLimit>>,
    weights: Option<Vec<WeightSetting>>,
) -> Result<(), DeskError> {
    let now = &practice.hello.practice;
    practice.front.save_setting(SaveSetting::Practice {
        name: now.name.clone(),
        email: now.email.clone(),
        phone: now.phone.clone(),
        time_increment_minutes: now.time_increment_minutes,
        policies: None,
        limits,
        weights,
    })?;
    Ok(())
}

/// `Chen=6`, `/BOND=2`, `Chen/BOND=1`, `=20`.
fn limit(practice: &Practice, text: &str) -> Result<VisitLimit, DeskError> {
    let unreadable = || {
        DeskError::new("bad_request", format!("“{text}” cannot be read."))
            .hint("Write Chen=6 for a provider, /BOND=2 for a type, Chen/BOND=1 for both, =20 for all together.")
            .field("limits")
    };
    let (whom, most) = text.rsplit_once('=').ok_or_else(unreadable)?;
    let (provider, kind) = whom.split_once('/').unwrap_or((whom, ""));
    let (provider, kind) = (provider.trim(), kind.trim());
    Ok(VisitLimit {
        provider: (!provider.is_empty())
            .then(|| practice.provider(provider))
            .transpose()?,
        appointment_type: (!kind.is_empty()).then(|| practice.kind(kind)).transpose()?,
        most: most.trim().parse().map_err(|_| unreadable())?,
    })
}

/// `load=much`.
fn weight(text: &str) -> Result<WeightSetting, DeskError> {
    let unreadable = |what: &str| {
        let factors: Vec<&str> = RankingFactor::ALL.iter().map(|factor| factor.code()).collect();
        DeskError::new("bad_request", format!("“{what}” cannot be read."))
            .hint(format!(
                "Write FACTOR=off, little, normal, much or first. Factors are: {}.",
                factors.join(", ")
            ))
            .field("weights")
    };
    let (factor, weight) = text.split_once('=').ok_or_else(|| unreadable(text))?;
    Ok(WeightSetting {
        factor: RankingFactor::ALL
            .into_iter()
            .find(|known| known.code() == factor.trim())
            .ok_or_else(|| unreadable(factor))?,
        weight: Weight::ALL
            .into_iter()
            .find(|known| known.code() == weight.trim())
            .ok_or_else(|| unreadable(weight))?,
    })
}

fn told_limits(practice: &Practice, view: &PracticeView) -> Answer {
    let rows: Vec<Vec<String>> = view
        .limits
        .iter()
        .map(|limit| {
            let all = || "all together".to_owned();
            vec![
                limit
                    .provider
                    .map_or_else(all, |id| practice.provider_name(id).to_owned()),
                limit
                    .appointment_type
                    .map_or_else(|| "every type".to_owned(), |id| practice.kind_code(id).to_owned()),
                format!("{} an hour", limit.most),
            ]
        })
        .collect();
    Answer {
        json: json!({ "limits": view.limits }),
        text: if rows.is_empty() {
            "No limits.\n".to_owned()
        } else {
            columns(&rows)
        },
    }
}

fn told_weights(view: &PracticeView) -> Answer {
    let rows: Vec<Vec<String>> = view
        .weights
        .iter()
        .map(|setting| {
            vec![
                setting.factor.code().to_owned(),
                setting.weight.code().to_owned(),
                setting.factor.words().to_owned(),
            ]
        })
        .collect();
    Answer {
        json: json!({ "weights": view.weights }),
        text: columns(&rows),
    }
}
