//! Who wants to hear what changed: windows, bridges, tests.

use std::sync::{Mutex, PoisonError};

use crate::api::Event;

/// Hears events in batches, on whatever thread caused them.
pub type Listener = Box<dyn Fn(&[Event]) + Send + Sync>;

#[derive(Default)]
pub(crate) struct Listeners(Mutex<Vec<Listener>>);

impl Listeners {
    pub fn add(&self, listener: Listener) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(listener);
    }

    pub fn tell(&self, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        for listener in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            listener(events);
        }
    }
}
