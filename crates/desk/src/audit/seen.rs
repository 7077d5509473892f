//! Whose data a command shows: noted where a record becomes a card, a view or a name in a sentence, and gathered for as
//! long as the command runs. A command runs on one thread from beginning to end, so what it showed belongs to the thread;
//! otherwise every view and every refusal would have to carry a list, and the one that forgets it would not be noticed.

use std::cell::RefCell;

use clinic::{Change, PatientId};

/// Patients whose data were shown, and those whose data were written; both ascending once the command is over.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub shown: Vec<PatientId>,
    pub written: Vec<PatientId>,
}

impl Seen {
    pub fn besides_written(mut self) -> Vec<PatientId> {
        self.shown.retain(|id| self.written.binary_search(id).is_err());
        self.shown
    }
}

thread_local! {
    static SEEN: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

/// Puts back what was gathered before, also when a command panics.
struct Outer(Option<Seen>);

impl Drop for Outer {
    fn drop(&mut self) {
        SEEN.set(self.0.take());
    }
}

/// Runs `show` and gathers what it notes. What was being gathered before goes on afterwards.
pub(crate) fn during<T>(show: impl FnOnce() -> T) -> (T, Seen) {
    let outer = Outer(SEEN.replace(Some(Seen::default())));
    let shown = show();
    let mut seen = SEEN.take().unwrap_or_default();
    drop(outer);
    for list in [&mut seen.shown, &mut seen.written] {
        list.sort_unstable();
        list.dedup();
    }
    (shown, seen)
}

/// This patient's data is shown.
pub(crate) fn note(patient: PatientId) {
    SEEN.with_borrow_mut(|seen| {
        if let Some(seen) = seen {
            seen.shown.push(patient);
        }
    });
}

/// These changes are told in words.
pub(crate) fn note_changes(changes: &[Change]) {
    store::audit::patients_of(changes).into_iter().for_each(note);
}

/// These changes were written, which the store noted by itself.
pub(crate) fn wrote(changes: &[Change]) {
    SEEN.with_borrow_mut(|seen| {
        if let Some(seen) = seen {
            seen.written.extend(store::audit::patients_of(changes));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_inside_belongs_to_the_inside() {
        note(PatientId(9));
        let ((), outer) = during(|| {
            note(PatientId(2));
            let ((), inner) = during(|| note(PatientId(5)));
            assert_eq!(inner.shown, [PatientId(5)]);
            note(PatientId(1));
            note(PatientId(2));
        });
        assert_eq!(outer.shown, [PatientId(1), PatientId(2)]);
    }

    #[test]
    fn a_panic_leaves_nothing_behind() {
        let ((), outer) = during(|| {
            let broken = std::panic::catch_unwind(|| {
                during(|| {
                    note(PatientId(5));
                    panic!("a command breaks");
                })
            });
            assert!(broken.is_err());
            note(PatientId(1));
        });
        assert_eq!(outer.shown, [PatientId(1)]);
    }
}
