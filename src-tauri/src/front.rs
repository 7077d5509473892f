//! The desk behind the window: opened beside the first paint, closed with the window.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use desk::{DeskError, Event, FrontDesk, Options};
use serde_json::Value;

enum State {
    Opening,
    Open(FrontDesk),
    Closed,
}

/// The one desk of this program. Calls made while it is still opening wait for it.
pub struct Front {
    state: Mutex<State>,
    changed: Condvar,
}

impl Front {
    /// Opens the desk on a thread of its own, so that the window is there meanwhile; `tell` hears its events in
    /// batches.
    pub fn open(data_dir: PathBuf, tell: impl Fn(&[Event]) + Send + Sync + 'static) -> Arc<Self> {
        let front = Arc::new(Self {
            state: Mutex::new(State::Opening),
            changed: Condvar::new(),
        });
        let opening = Arc::clone(&front);
        thread::spawn(move || {
            // A panic here would leave every call waiting for ever.
            let opened = catch_unwind(AssertUnwindSafe(|| {
                let desk = FrontDesk::start(Options::window(data_dir).from_env());
                desk.subscribe(Box::new(tell));
                desk
            }));
            let mut state = opening.lock();
            if matches!(*state, State::Opening) {
                *state = opened.map_or(State::Closed, State::Open);
            }
            drop(state);
            opening.changed.notify_all();
        });
        front
    }

    /// Runs a command; blocks until it is done.
    ///
    /// # Errors
    /// What the desk says; `internal` if it failed in a way it did not foresee.
    pub fn call(&self, name: &str, request: Value) -> Result<Value, DeskError> {
        let Some(desk) = self.desk() else {
            return Err(DeskError::new("closed", "The desk is closed.").hint("Start Orca Front Desk again."));
        };
        // One broken command must not take the window down with a day's work in sight.
        catch_unwind(AssertUnwindSafe(|| desk.call(name, request))).unwrap_or_else(|_| {
            Err(DeskError::new(
                "internal",
                "Something went wrong inside Orca Front Desk; nothing was changed.",
            )
            .hint("Try again; if it happens again, start the program anew."))
        })
    }

    /// Closes the desk: its background work ends and its files are left in order.
    pub fn close(&self) {
        let was = std::mem::replace(&mut *self.lock(), State::Closed);
        self.changed.notify_all();
        if let State::Open(desk) = was {
            desk.close();
        }
    }

    fn desk(&self) -> Option<FrontDesk> {
        let mut state = self.lock();
        loop {
            match &*state {
                State::Open(desk) => return Some(desk.clone()),
                State::Closed => return None,
                State::Opening => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
