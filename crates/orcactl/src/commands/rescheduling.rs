//! New times for many visits at once.

use desk::DeskError;
use desk::api::{
    Handlers as _, Nothing, RescheduleMove, RescheduleProposal, RescheduleVisits, ReschedulingRequest,
};

use super::visits::sentence;
use crate::answer::{Answer, Outcome, columns, count};
use crate::args::{Reschedule, Rescheduling};
use crate::names::{Practice, appointment_id};

pub fn run(practice: &Practice, command: Reschedule) -> Outcome {
    match command {
        Reschedule::Plan(what) => {
            let plan = proposal(practice, &what)?;
            let text = described(practice, &plan);
            Ok(Answer::new(&plan, text))
        }
        Reschedule::Apply {
            what,
            without,
            reason,
        } => apply(practice, &what, &without, reason),
    }
}

fn apply(practice: &Practice, what: &Rescheduling, without: &[String], reason: String) -> Outcome {
    let without = without
        .iter()
        .map(|text| appointment_id(text))
        .collect::<Result<Vec<_>, _>>()?;
    let plan = proposal(practice, what)?;
    let moves: Vec<RescheduleMove> = plan
        .moves
        .iter()
        .filter(|one| !without.contains(&one.visit.id))
        .map(|one| RescheduleMove {
            second_provider: one.to.second_provider,
            id: one.visit.id,
            from: format!(
                "{}T{:02}:{:02}",
                one.visit.date,
                one.visit.start_minute / 60,
                one.visit.start_minute % 60
            ),
            at: one.to.at.clone(),
            later_of_two: one.to.later_of_two,
            operatory: one.to.operatory,
            provider: one.to.provider,
        })
        .collect();
    if moves.is_empty() {
        return Err(DeskError::new(
            "no_opening",
            "There is no new time for any of these visits; nothing was moved.",
        )
        .hint("Ask for more days, or --other-providers."));
    }
    let done = practice
        .front
        .reschedule_visits(RescheduleVisits { moves, reason })?;
    let mut text = format!("Moved {}\n", count(done.appointments.len(), "visit", "visits"));
    for card in &done.appointments {
        text.push_str(&format!("  {}\n", sentence(practice, card)));
    }
    for left in &plan.left {
        text.push_str(&format!(
            "  stays: {} ({})\n",
            sentence(practice, &left.visit),
            left.why
        ));
    }
    Ok(Answer::new(&done, text))
}

fn proposal(practice: &Practice, what: &Rescheduling) -> Result<RescheduleProposal, DeskError> {
    let date = |text: &Option<String>, field| {
        text.as_deref()
            .map(|text| practice.date(text, None, field).map(|date| date.to_string()))
            .transpose()
    };
    let visits = if what.pinboard {
        let pinned = practice.front.pinboard(Nothing {})?.entries;
        if pinned.is_empty() {
            return Err(DeskError::new(
                "invalid",
                "The pinboard is empty: no visit needs a new time.",
            ));
        }
        pinned.into_iter().map(|entry| entry.visit.id).collect()
    } else {
        what.visits
            .iter()
            .map(|text| appointment_id(text))
            .collect::<Result<_, _>>()?
    };
    practice.front.plan_rescheduling(ReschedulingRequest {
        provider: what
            .provider
            .as_deref()
            .map(|text| practice.provider(text))
            .transpose()?,
        date: date(&what.date, "date")?,
        visits,
        from: date(&what.from, "from")?,
        days: what.days,
        may_change_provider: what.other_providers,
    })
}

fn described(practice: &Practice, plan: &RescheduleProposal) -> String {
    let rows: Vec<Vec<String>> = plan
        .moves
        .iter()
        .map(|one| {
            vec![
                sentence(practice, &one.visit),
                format!("→ {}", one.to.at.replace('T', " ")),
                practice.operatory_name(one.to.operatory).to_owned(),
                practice.provider_name(one.to.provider).to_owned(),
                one.disturbance.clone(),
            ]
        })
        .collect();
    let mut text = columns(&rows);
    for left in &plan.left {
        text.push_str(&format!(
            "stays: {} ({})\n",
            sentence(practice, &left.visit),
            left.why
        ));
    }
    text.push_str(&plan.words);
    text.push('\n');
    text
}
