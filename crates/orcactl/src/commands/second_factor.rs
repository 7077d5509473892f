//! The second factor of whoever acts.

use desk::api::{Code, Handlers as _, Nothing, RequireSecondFactor, Session, TrustWorkstation};

use crate::answer::{Answer, Outcome};
use crate::args::SecondFactor;
use crate::names::Practice;
use crate::session;

pub fn run(practice: &Practice, command: SecondFactor) -> Outcome {
    let front = &practice.front;
    let (session, text): (Session, &str) = match command {
        SecondFactor::SetUp => {
            let offer = front.begin_second_factor(Nothing {})?;
            // Not part of the answer: the answer comes when it is confirmed.
            eprintln!(
                "Add this to an authenticator app: {}\n{}",
                offer.secret, offer.uri
            );
            let set = front.confirm_second_factor(Code {
                code: session::code()?,
            })?;
            let text = format!(
                "The second factor is on. Each of these works once in place of a code, should the phone be lost:\n{}\n",
                set.codes.join("\n")
            );
            return Ok(Answer::new(&set, text));
        }
        SecondFactor::Remove { code } => (
            front.remove_second_factor(Code { code })?,
            "You have no second factor any more.\n",
        ),
        SecondFactor::Trust => (
            front.trust_workstation(TrustWorkstation { is_trusted: true })?,
            "You are asked for no code at this workstation.\n",
        ),
        SecondFactor::Distrust => (
            front.trust_workstation(TrustWorkstation { is_trusted: false })?,
            "You are asked for a code at this workstation.\n",
        ),
        SecondFactor::Require { administrators } => {
            let request = RequireSecondFactor {
                is_required: administrators,
            };
            let text = if administrators {
                "Administrators need a second factor.\n"
            } else {
                "Administrators need no second factor.\n"
            };
            (front.require_second_factor(request)?, text)
        }
    };
    Ok(Answer::new(&session, text.to_owned()))
}
