//! Hears from the database that another relay has appended. Notifications only hurry: after every gap in listening, and
//! from time to time, the logs' ends are looked up.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sync::id::PracticeId;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_postgres::Notification;

use super::address::Address;
use super::session::{Pause, Session, told};
use crate::metrics::{Metrics, add};
use crate::writer::Job;

/// The channel's name in the database.
pub(super) const CHANNEL: &str = "orca_relay";
/// A line that has fallen silent is tried, and the logs' ends are looked up.
const LOOK_EVERY: Duration = Duration::from_secs(15);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What a notification says: which practice, and where its log ends now.
pub(super) fn payload(practice: PracticeId, position: u64) -> String {
    let id: String = practice.0.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{id} {position}")
}

/// Which practice, and where its log ends; nothing of the latter: something is in its mail box.
fn parse(payload: &str) -> Option<(PracticeId, Option<u64>)> {
    let (id, news) = payload.split_once(' ')?;
    let mut bytes = [0; 16];
    if id.len() != 2 * bytes.len() || !id.is_ascii() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(id.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    let position = match news {
        "mail" => None,
        position => Some(position.parse().ok()?),
    };
    Some((PracticeId(bytes), position))
}

/// What a notification says of mail. Relays of the release before pass over it.
pub(super) fn mail_payload(practice: PracticeId) -> String {
    let id: String = practice.0.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{id} mail")
}

/// Listens until the relay stops.
pub async fn listen(
    address: Address,
    jobs: mpsc::WeakSender<Job>,
    mut stopping: watch::Receiver<bool>,
    metrics: Arc<Metrics>,
) {
    let mut pause = Pause::default();
    loop {
        let why = tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            ended = once(&address, &jobs, &metrics, &mut pause) => match ended {
                Some(why) => why,
                None => return,
            },
        };
        if metrics.database_is(false) {
            tracing::error!(why, "the database is away; workstations keep what they have");
        }
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(pause.next()) => {}
        }
    }
}

/// One connection's life; gives why it ended, or nothing if the relay stops.
async fn once(
    address: &Address,
    jobs: &mpsc::WeakSender<Job>,
    metrics: &Metrics,
    pause: &mut Pause,
) -> Option<String> {
    let (sender, mut heard) = mpsc::unbounded_channel();
    let opened = async {
        let session = Session::open(address, Some(sender)).await?;
        session.batch(&format!("LISTEN {CHANNEL}")).await?;
        Ok(session)
    };
    let session = match timeout(ANSWER_WITHIN, opened).await {
        Ok(Ok(session)) => session,
        Ok(Err(error)) => return Some(told(&error)),
        Err(_) => return Some("no answer in time".into()),
    };
    *pause = Pause::default();
    if metrics.database_is(true) {
        tracing::info!("the database is there");
    }
    // What was appended while nobody listened.
    jobs.upgrade()?.send(Job::LookAround).await.ok()?;
    loop {
        match timeout(LOOK_EVERY, heard.recv()).await {
            Ok(Some(first)) => {
                let (grown, mail) = newest(first, &mut heard);
                let grown = grown
                    .into_iter()
                    .map(|(practice, position)| Job::Grown { practice, position });
                let mail = mail.into_iter().map(|practice| Job::MailCame { practice });
                for job in grown.chain(mail) {
                    add(&metrics.notifications, 1);
                    jobs.upgrade()?.send(job).await.ok()?;
                }
            }
            Ok(None) => return Some("the connection ended".into()),
            Err(_) => {
                match timeout(ANSWER_WITHIN, session.batch("")).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => return Some(told(&error)),
                    Err(_) => return Some("the connection has fallen silent".into()),
                }
                jobs.upgrade()?.send(Job::LookAround).await.ok()?;
            }
        }
    }
}

/// Of what has been heard, the newest for each practice, and whose mail box has changed.
fn newest(
    first: Notification,
    heard: &mut mpsc::UnboundedReceiver<Notification>,
) -> (HashMap<PracticeId, u64>, HashSet<PracticeId>) {
    let mut newest = HashMap::new();
    let mut mail = HashSet::new();
    let mut next = Some(first);
    while let Some(notification) = next {
        match parse(notification.payload()) {
            Some((practice, Some(position))) => {
                let known = newest.entry(practice).or_insert(position);
                *known = position.max(*known);
            }
            Some((practice, None)) => {
                mail.insert(practice);
            }
            None => {}
        }
        next = heard.try_recv().ok();
    }
    (newest, mail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_read_back_and_nonsense_is_not() {
        let practice = PracticeId([0xa5; 16]);
        assert_eq!(parse(&payload(practice, 17)), Some((practice, Some(17))));
        assert_eq!(parse(&mail_payload(practice)), Some((practice, None)));
        for nonsense in [
            "",
            "a5 1",
            "zz",
            &"é".repeat(16),
            &format!("{} x", "a5".repeat(16)),
        ] {
            assert_eq!(parse(nonsense), None, "{nonsense}");
        }
    }
}
