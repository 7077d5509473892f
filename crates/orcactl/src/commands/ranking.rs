//! How many visits may begin in an hour, and what counts how much when openings are ranked.

use clinic::{AppointmentTypeId, ProviderId, RankingFactor, VisitLimit, Weight};
use desk::DeskError;
use desk::api::{Handlers as _, Nothing, PracticeView, SaveSetting, WeightSetting};
use serde_json::json;

use crate::answer::{Answer, Outcome, columns};
use crate::names::Practice;

/// Lists the limits or, with `set`, changes some.
pub fn limits(practice: &Practice, set: &[String]) -> Outcome {
    if set.is_empty() {
        return Ok(told_limits(practice, &practice.hello.practice));
    }
    let mut limits = practice.hello.practice.limits.clone();
    for text in set {
        let (provider, appointment_type, most) = limit(practice, text)?;
        let known = limits
            .iter()
            .position(|one| (one.provider, one.appointment_type) == (provider, appointment_type));
        match (known, most) {
            (Some(at), Some(most)) => limits[at].most = most,
            (Some(at), None) => {
                limits.remove(at);
            }
            (None, Some(most)) => limits.push(VisitLimit {
                provider,
                appointment_type,
                most,
            }),
            (None, None) => {}
        }
    }
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

/// Whom and what a limit is about, and how many; none of the last: no limit.
type Asked = (Option<ProviderId>, Option<AppointmentTypeId>, Option<u16>);

/// `Chen=6`, `/BOND=2`, `Chen/BOND=1`, `all=20`; `none` instead of a number: no limit.
fn limit(practice: &Practice, text: &str) -> Result<Asked, DeskError> {
    let unreadable = || {
        DeskError::new("bad_request", format!("“{text}” cannot be read."))
            .hint("Write Chen=6 for a provider, /BOND=2 for a type, Chen/BOND=1 for both, all=20 for all together.")
            .field("limits")
    };
    let (whom, most) = text.rsplit_once('=').ok_or_else(unreadable)?;
    let most = match most.trim() {
        "none" => None,
        number => Some(number.parse().map_err(|_| unreadable())?),
    };
    if whom.trim() == "all" {
        return Ok((None, None, most));
    }
    let (provider, kind) = whom.split_once('/').unwrap_or((whom, ""));
    let (provider, kind) = (provider.trim(), kind.trim());
    if provider.is_empty() && kind.is_empty() {
        return Err(unreadable());
    }
    let provider = (!provider.is_empty()).then(|| practice.provider(provider));
    let kind = (!kind.is_empty()).then(|| practice.kind(kind));
    Ok((provider.transpose()?, kind.transpose()?, most))
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
        factor: RankingFactor::read(factor.trim()).ok_or_else(|| unreadable(factor))?,
        weight: Weight::read(weight.trim()).ok_or_else(|| unreadable(weight))?,
    })
}

fn told_limits(practice: &Practice, view: &PracticeView) -> Answer {
    let rows: Vec<Vec<String>> = view
        .limits
        .iter()
        .map(|limit| {
            let all = || "everybody".to_owned();
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
