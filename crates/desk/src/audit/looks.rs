//! Looks on their way into the audit. Who looks at the same thing again within a minute makes one more entry at most:
//! the first look is written soon, the others are counted and written when the minute is over. Whoever was not on the
//! first list makes an entry of their own at once.

use std::collections::HashMap;

use clinic::{PatientId, PersonId};
use jiff::{SignedDuration, Timestamp};
use store::audit::Look;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[derive(Default)]
pub(crate) struct Looks {
    recent: HashMap<Key, Recent>,
    due: Vec<Look>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    person: PersonId,
    action: String,
    object: String,
    reason: String,
}

/// What was looked at in the last minute.
struct Recent {
    began: Timestamp,
    /// All who were shown since, ascending; their entries are written or due.
    patients: Vec<PatientId>,
    /// Looks that showed nobody new.
    again: Option<Again>,
}

struct Again {
    first: Timestamp,
    last: Timestamp,
    times: u32,
}

impl Recent {
    fn is_over(&self, now: Timestamp) -> bool {
        // A clock that was set back ends the minute too.
        now < self.began || now.duration_since(self.began) >= MINUTE
    }

    fn counted(&mut self, key: &Key) -> Option<Look> {
        self.again.take().map(|again| Look {
            person: key.person,
            at: again.first,
            until: again.last,
            action: key.action.clone(),
            object: key.object.clone(),
            patients: self.patients.clone(),
            reason: key.reason.clone(),
            times: again.times,
        })
    }
}

impl Looks {
    /// One look; `patients` ascending.
    pub fn add(&mut self, mut look: Look) {
        let key = Key {
            person: look.person,
            action: look.action.clone(),
            object: look.object.clone(),
            reason: look.reason.clone(),
        };
        let now = look.at;
        if let Some(recent) = self.recent.get_mut(&key) {
            if !recent.is_over(now) {
                look.patients
                    .retain(|patient| recent.patients.binary_search(patient).is_err());
                if look.patients.is_empty() {
                    let again = recent.again.get_or_insert(Again {
                        first: now,
                        last: now,
                        times: 0,
                    });
                    again.last = again.last.max(now);
                    again.times = again.times.saturating_add(1);
                } else {
                    recent.patients.extend_from_slice(&look.patients);
                    recent.patients.sort_unstable();
                    self.due.push(look);
                }
                return;
            }
            self.due.extend(recent.counted(&key));
        }
        let recent = Recent {
            began: now,
            patients: look.patients.clone(),
            again: None,
        };
        self.recent.insert(key, recent);
        self.due.push(look);
    }

    pub fn waiting(&self) -> usize {
        self.due.len()
    }

    /// What is to be written now.
    pub fn due(&mut self, now: Timestamp) -> Vec<Look> {
        let due = &mut self.due;
        self.recent.retain(|key, recent| {
            let is_over = recent.is_over(now);
            if is_over {
                due.extend(recent.counted(key));
            }
            !is_over
        });
        std::mem::take(due)
    }

    /// Everything, counted looks too, although their minute is not over.
    pub fn all(&mut self) -> Vec<Look> {
        let mut all = std::mem::take(&mut self.due);
        let mut counted: Vec<Look> = self
            .recent
            .iter_mut()
            .filter_map(|(key, recent)| recent.counted(key))
            .collect();
        counted.sort_by(|a, b| (a.at, &a.action, &a.object).cmp(&(b.at, &b.action, &b.object)));
        all.append(&mut counted);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(second: i64, object: &str, patients: &[u128]) -> Look {
        let at = Timestamp::from_second(1_770_000_000 + second).unwrap();
        Look {
            person: PersonId(61),
            at,
            until: at,
            action: "view_day_sheet".to_owned(),
            object: object.to_owned(),
            patients: patients.iter().map(|id| PatientId(*id)).collect(),
            reason: String::new(),
            times: 1,
        }
    }

    fn drawn(looks: &[Look]) -> Vec<String> {
        looks
            .iter()
            .map(|look| {
                let second = |at: Timestamp| at.as_second() - 1_770_000_000;
                let patients: Vec<u128> = look.patients.iter().map(|id| id.0).collect();
                format!(
                    "{} {}-{} x{} {patients:?}",
                    look.object,
                    second(look.at),
                    second(look.until),
                    look.times
                )
            })
            .collect()
    }

    fn due(looks: &mut Looks, second: i64) -> Vec<String> {
        drawn(&looks.due(look(second, "", &[]).at))
    }

    #[test]
    fn the_same_look_within_a_minute_is_counted() {
        let mut looks = Looks::default();
        looks.add(look(0, "tue", &[1, 2]));
        looks.add(look(1, "wed", &[3]));
        assert_eq!(due(&mut looks, 2), ["tue 0-0 x1 [1, 2]", "wed 1-1 x1 [3]"]);
        looks.add(look(10, "tue", &[1, 2]));
        looks.add(look(59, "tue", &[2]));
        assert_eq!(due(&mut looks, 59), [""; 0]);
        assert_eq!(due(&mut looks, 60), ["tue 10-59 x2 [1, 2]"]);
        looks.add(look(61, "tue", &[1, 2]));
        assert_eq!(due(&mut looks, 61), ["tue 61-61 x1 [1, 2]"]);
        assert_eq!(due(&mut looks, 200), [""; 0]);
    }

    #[test]
    fn somebody_new_on_the_sheet_is_written_at_once() {
        let mut looks = Looks::default();
        looks.add(look(0, "tue", &[1, 5]));
        looks.add(look(3, "tue", &[1, 3, 5]));
        looks.add(look(4, "tue", &[3]));
        assert_eq!(due(&mut looks, 5), ["tue 0-0 x1 [1, 5]", "tue 3-3 x1 [3]"]);
        assert_eq!(drawn(&looks.all()), ["tue 4-4 x1 [1, 3, 5]"]);
        assert_eq!(drawn(&looks.all()), [""; 0]);
    }

    #[test]
    fn a_clock_that_is_set_back_loses_nothing() {
        let mut looks = Looks::default();
        looks.add(look(100, "tue", &[1]));
        looks.add(look(101, "tue", &[1]));
        looks.add(look(5, "tue", &[1]));
        assert_eq!(
            due(&mut looks, 6),
            ["tue 100-100 x1 [1]", "tue 101-101 x1 [1]", "tue 5-5 x1 [1]"]
        );
    }
}
