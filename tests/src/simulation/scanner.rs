//! Whether every visit too many at the scanner is asked about, by counting who uses it in each minute.

use std::collections::BTreeMap;

use clinic::{Appointment, ConflictKey, ConflictKind};
use desk::DeskError;
use store::Store;

use super::acts::SCANNERS;

/// What is wrong with the questions about the scanner, in words. `shown`: keys of all conflict cards.
pub fn troubles(store: &Store, visits: &[Appointment], shown: &[String]) -> Result<Vec<String>, DeskError> {
    let mut using: BTreeMap<i64, Vec<&Appointment>> = BTreeMap::new();
    for visit in visits {
        let first = visit.starts_at.instant().as_second() / 60;
        for need in &visit.equipment {
            let (from, until) = need.minutes(visit.length_minutes()).unwrap_or((0, 0));
            for minute in from..until {
                using.entry(first + i64::from(minute)).or_default().push(visit);
            }
        }
    }
    using.retain(|_, users| users.len() > SCANNERS);

    let mut found = Vec::new();
    for (minute, users) in &using {
        let mut asked = 0;
        for (place, a) in users.iter().enumerate() {
            for b in &users[place + 1..] {
                asked += usize::from(is_asked(store, a, b, shown)?);
            }
        }
        // Each visit that has no scanner is one question at least.
        if asked < users.len() - SCANNERS {
            found.push(format!(
                "{} visits are at {SCANNERS} scanner in minute {minute}, and {asked} questions ask about it",
                users.len()
            ));
        }
    }
    for key in shown {
        let Some((ConflictKind::Equipment, both)) = ConflictKey(key.clone()).parts() else {
            continue;
        };
        let is_so = using
            .values()
            .any(|users| both.iter().all(|id| users.iter().any(|visit| visit.id == *id)));
        if !is_so {
            found.push(format!("a card for {key}, which never want the scanner together"));
        }
    }
    Ok(found)
}

/// Two visits are one question, whatever of theirs it is about; one that was answered counts as long as both stay.
fn is_asked(store: &Store, a: &Appointment, b: &Appointment, shown: &[String]) -> Result<bool, DeskError> {
    let (a, b) = if a.id < b.id { (a, b) } else { (b, a) };
    let times = [a, b].map(|visit| (visit.starts_at.instant(), visit.ends_at()));
    for kind in ConflictKind::ALL {
        let key = ConflictKey::new(kind, a.id, b.id);
        let accepted = store.reads().accepted_conflict(&key)?;
        if shown.contains(&key.0) || accepted.is_some_and(|decision| decision.times == times) {
            return Ok(true);
        }
    }
    Ok(false)
}
