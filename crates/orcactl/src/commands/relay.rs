//! The relay: inviting, joining, exchanging.

use std::path::PathBuf;
use std::time::Duration;

use desk::DeskError;
use desk::api::{Handlers as _, JoinPractice, LogCover, Nothing, RelayInvite, SyncMode, SyncState};

use super::practice::{begun, must_be_fresh, whoever_is_here};
use crate::answer::{Answer, Outcome, count};
use crate::args::{Relay, Sync};
use crate::commands::people;
use crate::names::Practice;
use crate::session;

pub fn join(
    data: Option<PathBuf>,
    code: String,
    person: Option<String>,
    workstation: Option<String>,
) -> Outcome {
    let front = session::start(data)?;
    must_be_fresh(&front)?;
    let boot = front.join_practice(JoinPractice {
        code,
        person: person.unwrap_or_else(whoever_is_here),
        workstation: workstation.unwrap_or_else(this_computer),
        passphrase: session::new_passphrase()?,
    })?;
    begun(front, boot, "Joined")
}

pub fn this_computer() -> String {
    ["COMPUTERNAME", "HOSTNAME"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|name| !name.trim().is_empty())
        .unwrap_or_else(|| "Workstation".to_owned())
}

pub fn run(practice: &Practice, command: Relay) -> Outcome {
    match command {
        Relay::Invite { relay, token, roles } => {
            let invitation = practice.front.relay_invite(RelayInvite {
                relay,
                registration_token: token,
                grants: Some(people::grants(practice, &roles)?),
            })?;
            let text = format!(
                "{}\nWorks once, until {}. On the other workstation: orcactl relay join CODE, or type it into the app.\n",
                invitation.code, invitation.expires_at
            );
            Ok(Answer::new(&invitation, text))
        }
        Relay::Log { cover } => {
            let known = if cover {
                practice.front.cover_log(Nothing {})?
            } else {
                practice.front.log_cover(Nothing {})?
            };
            let text = covered(&known);
            Ok(Answer::new(&known, text))
        }
        Relay::Join { .. } => Err(DeskError::new(
            "practice_exists",
            "This workstation has a practice already.",
        )
        .hint("Join from an empty folder with --data DIR.")),
    }
}

pub fn sync(practice: &Practice, sync: &Sync) -> Outcome {
    if sync.what.status {
        let state = practice.front.sync_state(Nothing {})?;
        let text = described(&state);
        return Ok(Answer::new(&state, text));
    }
    let state = practice.front.sync_once(Duration::from_secs(sync.timeout))?;
    let text = described(&state);
    Ok(Answer::new(&state, text))
}

fn described(state: &SyncState) -> String {
    let mode = match state.mode {
        SyncMode::Alone => "This workstation works alone: no relay is set up.",
        SyncMode::Offline => "Off-line.",
        SyncMode::Connecting => "Connecting.",
        SyncMode::Behind => "Fetching.",
        SyncMode::Live => "Live.",
        SyncMode::Stopped => "Stopped for safety.",
    };
    let mut text = format!("{mode}\n");
    if let Some(relay) = &state.relay {
        text.push_str(&format!("relay    {relay}\n"));
    }
    if state.relay.is_some() {
        text.push_str(&format!(
            "waiting  {}\n",
            count(state.waiting as usize, "change", "changes")
        ));
        text.push_str(&format!(
            "behind   {}\n",
            count(state.behind as usize, "change", "changes")
        ));
    }
    if state.quarantined > 0 {
        text.push_str(&format!(
            "set aside {}\n",
            count(state.quarantined as usize, "change", "changes")
        ));
    }
    if let Some(at) = &state.last_live_at {
        text.push_str(&format!("last up to date {at}\n"));
    }
    if let Some(trouble) = &state.trouble {
        text.push_str(&format!("{trouble}\n"));
    }
    text
}

fn covered(known: &LogCover) -> String {
    let mut text = format!("entries  {}\n", known.entries);
    match &known.agreed {
        Some(agreed) => text.push_str(&format!(
            "covered  up to {}, as {} agree\n",
            agreed.position,
            agreed.by.join(" and ")
        )),
        None => text.push_str("covered  nothing: no two workstations have agreed yet\n"),
    }
    for said in &known.said {
        match said.position {
            Some(position) => text.push_str(&format!("said     {}: up to {position}\n", said.workstation)),
            None => text.push_str(&format!("said     {}: nothing\n", said.workstation)),
        }
    }
    match known.retention_days {
        Some(days) => text.push_str(&format!(
            "pruned   up to {}, deleted up to {}; the relay keeps what it pruned for {}\n",
            known.pruned,
            known.deleted,
            count(days as usize, "day", "days")
        )),
        None => {
            text.push_str("pruned   nothing: the relay keeps the log for good, as far as is known here\n")
        }
    }
    for dispute in &known.disputes {
        text.push_str(&format!(
            "TROUBLE  {} do not have the same calendar at entry {}: nothing is pruned; check both with orcactl verify\n",
            dispute.between.join(" and "),
            dispute.position
        ));
    }
    text
}
