//! What happens when a rule is broken: for the practice, and for types of visit that have it otherwise.

use clinic::{Policy, Rule};
use desk::DeskError;
use desk::api::{AppointmentTypeView, Handlers as _, Nothing, RuleSetting, SaveSetting};
use serde_json::json;

use crate::answer::{Answer, Outcome, columns};
use crate::names::Practice;

/// Lists or, with `set`, changes rules; of a type with its code, name or id.
pub fn run(practice: &Practice, kind: Option<&str>, set: &[String]) -> Outcome {
    let changes = set
        .iter()
        .map(|text| change(text))
        .collect::<Result<Vec<_>, _>>()?;
    match kind {
        None => of_practice(practice, &changes),
        Some(text) => of_type(practice, text, &changes),
    }
}

fn of_practice(practice: &Practice, changes: &[(Rule, Option<Policy>)]) -> Outcome {
    let now = &practice.hello.practice;
    if changes.is_empty() {
        return Ok(told(&now.policies, &[]));
    }
    let policies = changes
        .iter()
        .map(|(rule, policy)| {
            let policy = policy.ok_or_else(|| {
                DeskError::new("bad_request", "Only a type can follow the practice.")
                    .hint("Write allow, warn or refuse.")
                    .field("policies")
            })?;
            Ok(RuleSetting { rule: *rule, policy })
        })
        .collect::<Result<_, DeskError>>()?;
    practice.front.save_setting(SaveSetting::Practice {
        name: now.name.clone(),
        email: now.email.clone(),
        phone: now.phone.clone(),
        time_increment_minutes: now.time_increment_minutes,
        policies: Some(policies),
        limits: None,
        weights: None,
    })?;
    Ok(told(&practice.front.hello(Nothing {})?.practice.policies, &[]))
}

fn of_type(practice: &Practice, text: &str, changes: &[(Rule, Option<Policy>)]) -> Outcome {
    let id = practice.kind(text)?;
    let known = |kinds: &[AppointmentTypeView]| kinds.iter().find(|kind| kind.id == id).cloned();
    let unknown = || DeskError::new("unknown_type", "There is no such appointment type.");
    let now = known(&practice.hello.roster.appointment_types).ok_or_else(unknown)?;
    let everywhere = &practice.hello.practice.policies;
    if changes.is_empty() {
        return Ok(told(everywhere, &now.policies));
    }
    let mut policies = now.policies.clone();
    for (rule, policy) in changes {
        policies.retain(|own| own.rule != *rule);
        policies.extend(policy.map(|policy| RuleSetting { rule: *rule, policy }));
    }
    let roster = practice.front.save_setting(SaveSetting::AppointmentType {
        id: Some(id),
        name: now.name,
        code: now.code,
        letter: now.letter,
        class: None,
        hue: now.hue,
        pattern: now.pattern,
        buffer_before_minutes: now.buffer_before_minutes,
        buffer_after_minutes: now.buffer_after_minutes,
        providers: now.providers,
        operatories: now.operatories,
        locations: None,
        online_text: None,
        reminder_text: None,
        follow_up: None,
        booked: None,
        policies: Some(policies),
        is_active: now.is_active,
        equipment: None,
        assistant: None,
        second_pattern: None,
        second_providers: None,
    })?;
    let saved = known(&roster.appointment_types).ok_or_else(unknown)?;
    Ok(told(everywhere, &saved.policies))
}

/// `time_block=allow`; `time_block=practice` is none of its own.
fn change(text: &str) -> Result<(Rule, Option<Policy>), DeskError> {
    let rules: Vec<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    let unreadable = |what: &str| {
        DeskError::new("bad_request", format!("“{what}” cannot be read."))
            .hint(format!(
                "Write RULE=allow, warn, refuse or practice. Rules are: {}.",
                rules.join(", ")
            ))
            .field("policies")
    };
    let (rule, policy) = text.split_once('=').ok_or_else(|| unreadable(text))?;
    let rule = Rule::ALL
        .into_iter()
        .find(|known| known.code() == rule.trim())
        .ok_or_else(|| unreadable(rule))?;
    let policy = match policy.trim() {
        "allow" => Some(Policy::Allow),
        "warn" => Some(Policy::Warn),
        "refuse" => Some(Policy::Refuse),
        "practice" => None,
        other => return Err(unreadable(other)),
    };
    Ok((rule, policy))
}

fn told(everywhere: &[RuleSetting], own: &[RuleSetting]) -> Answer {
    let policy_words = |policy| match policy {
        Policy::Allow => "allow",
        Policy::Warn => "warn",
        Policy::Refuse => "refuse",
    };
    let rows: Vec<Vec<String>> = everywhere
        .iter()
        .map(|setting| {
            let mine = own.iter().find(|own| own.rule == setting.rule);
            vec![
                setting.rule.code().to_owned(),
                policy_words(mine.map_or(setting.policy, |own| own.policy)).to_owned(),
                setting.rule.words().to_owned(),
                if mine.is_some() { "this type only" } else { "" }.to_owned(),
            ]
        })
        .collect();
    Answer {
        json: json!({ "policies": everywhere, "of_type": own }),
        text: columns(&rows),
    }
}
