//! The recovery kit: making it, how it stands, and coming back with it.

use std::path::PathBuf;

use desk::DeskError;
use desk::api::{
    Handlers as _, KitView, MakeRecoveryKit, RecoveryCheck, RecoveryKit, ResetWithKit, RestoreFromKit,
};

use super::practice::{begun, must_be_fresh, whoever_is_here};
use super::relay::this_computer;
use crate::answer::{Answer, Outcome};
use crate::args::{Recovery, Restoring};
use crate::names::Practice;
use crate::session;

/// Without a practice: two parts and the relay bring it back.
pub fn restore(data: Option<PathBuf>, restoring: Restoring) -> Outcome {
    let front = session::start(data)?;
    must_be_fresh(&front)?;
    let boot = front.restore_from_kit(RestoreFromKit {
        relay: restoring.relay,
        first: session::kit_part(restoring.parts.first(), "One part of the kit: ")?,
        second: session::kit_part(restoring.parts.get(1), "Another part: ")?,
        person: restoring.person.unwrap_or_else(whoever_is_here),
        workstation: restoring.workstation.unwrap_or_else(this_computer),
        passphrase: session::new_passphrase()?,
    })?;
    begun(front, boot, "Brought back")
}

/// At a practice whose administrator forgot the passphrase: nobody is signed in.
pub fn reset(data: Option<PathBuf>, who: &str, parts: &[String]) -> Outcome {
    let front = session::open_locked(data)?;
    let people = front.session(desk::api::Nothing {})?.people;
    let person = people
        .iter()
        .find(|person| person.name.eq_ignore_ascii_case(who) || person.initials.eq_ignore_ascii_case(who))
        .ok_or_else(|| {
            DeskError::new(
                "unknown_person",
                format!("Nobody who signs in here is called “{who}”."),
            )
            .field("person")
        })?;
    let session = front.reset_with_kit(ResetWithKit {
        first: session::kit_part(parts.first(), "One part of the kit: ")?,
        second: session::kit_part(parts.get(1), "Another part: ")?,
        person: person.id,
        passphrase: session::passphrase_for(&person.name)?,
    })?;
    front.write_audit()?;
    front.close();
    let text = format!(
        "{} has a new passphrase. The kit is used up: make a new one with “orcactl recovery make”.\n",
        person.name
    );
    Ok(Answer::new(&session, text))
}

pub fn run(practice: &Practice, command: Recovery) -> Outcome {
    match command {
        Recovery::Make { parts } => {
            let kit = practice.front.make_recovery_kit(MakeRecoveryKit { parts })?;
            let text = printed(&kit);
            Ok(Answer::new(&kit, text))
        }
        Recovery::Status => {
            let status = practice.front.recovery_status(RecoveryCheck {
                ask_relay: Some(true),
            })?;
            let text = match &status.kit {
                None => "No recovery kit was ever made: orcactl recovery make.\n".to_owned(),
                Some(kit) => stands(kit),
            };
            Ok(Answer::new(&status, text))
        }
        Recovery::Restore(_) | Recovery::Reset { .. } => {
            unreachable!("these begin without anybody who is signed in")
        }
    }
}

fn stands(kit: &KitView) -> String {
    let by = kit.by.as_deref().unwrap_or("somebody who is gone");
    let mut text = format!(
        "Kit {}, {} parts, made {} by {by}.\n",
        kit.name, kit.parts, kit.made_at
    );
    let warning = match (kit.is_used, kit.is_behind, kit.is_at_relay) {
        (true, ..) => "It was used, so it counts no more: make a new one.",
        (_, true, _) => "The practice’s key has changed since in a way it does not know: make a new one.",
        (.., Some(false)) => "The relay does not keep what it needs: make a new one while the relay answers.",
        (.., None) => "The relay was not asked or did not answer.",
        (.., Some(true)) => "The relay keeps what it needs.",
    };
    text.push_str(warning);
    text.push('\n');
    text
}

/// One page a part, parted by form feeds, for the printer.
fn printed(kit: &RecoveryKit) -> String {
    let pages: Vec<String> = kit
        .parts
        .iter()
        .map(|part| {
            let relay = kit.relay.as_ref().map_or_else(
                || "No relay: it only gives an administrator a new passphrase.".to_owned(),
                |relay| format!("Relay: {relay}"),
            );
            format!(
                "Recovery kit {} of {}\nPart {} of {}, made {}\n\n    {}\n    {}\n\n{relay}\nAny two parts of this kit, together, bring the practice back: orcactl recovery restore, or “Restore with\nthe recovery kit” in an empty Orca Front Desk. Keep each part in another place, like cash.\n",
                kit.name,
                kit.practice,
                part.number,
                kit.parts.len(),
                kit.made_at,
                part.groups[..4].join(" "),
                part.groups[4..].join(" "),
            )
        })
        .collect();
    pages.join("\u{c}\n")
}
