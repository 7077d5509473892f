//! What a window does by itself: hears what other programs write to the same file, notices the turn of the
//! day, writes down what was looked at, keeps the conversation with the relay going, and makes backups and downtime packs when they are due.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use crate::api::Event;
use crate::data_dir::{Held, Lock};
use crate::desk::Desk;
use crate::syncing::Conversation;

/// How often the file is looked at for what others wrote: one pragma, a few microseconds.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Looks between two checks of the clock and of the conversation.
const LOOKS_PER_CHECK: u32 = 20;

/// A running watcher; stops when dropped.
pub(super) struct Watcher {
    stop: Sender<()>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // A thread that ended by itself needs no stop.
        let _ = self.stop.send(());
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

impl Desk {
    /// Starts what runs beside the commands.
    pub(crate) fn start_loops(self: Arc<Self>) {
        self.check_arrival_beside();
        let (stop, stopped) = mpsc::channel();
        let desk = Arc::downgrade(&self);
        let thread = std::thread::Builder::new()
            .name("orca-watch".to_owned())
            .spawn(move || watch(&desk, &stopped))
            .expect("the operating system starts threads");
        *self.watcher.lock().unwrap_or_else(PoisonError::into_inner) = Some(Watcher {
            stop,
            thread: Some(thread),
        });
    }

    /// Stops them and waits until they have.
    pub(crate) fn stop_loops(&self) {
        self.backing_up
            .stop
            .store(true, std::sync::atomic::Ordering::Relaxed);
        self.covering
            .stop
            .store(true, std::sync::atomic::Ordering::Relaxed);
        self.stop_arriving();
        self.stop_checking();
        let watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(watcher);
        if let Some(conversation) = self
            .conversation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            conversation.stop();
        }
    }

    fn start_conversation(self: &Arc<Self>, lock: Held) {
        let conversation = Conversation::start(Arc::new(super::relaying::Line::new(
            Arc::downgrade(self),
            Some(lock),
        )));
        *self.conversation.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(conversation));
    }
}

fn watch(desk: &Weak<Desk>, stopped: &mpsc::Receiver<()>) {
    let mut looks = 0;
    let mut today = Vec::new();
    loop {
        let Some(desk) = desk.upgrade() else { return };
        if looks % LOOKS_PER_CHECK == 0 {
            // A relay may just have been named, here or by a command beside this window.
            let is_whole = desk.has_whole_calendar();
            if is_whole
                && desk.conversation().is_none()
                && matches!(desk.relay(), Ok(Some(_)))
                && let Ok(Some(lock)) = desk.dir.lock(Lock::Sync)
            {
                desk.start_conversation(lock);
            }
            desk.write_looks();
            desk.lock_if_left_alone();
            if is_whole {
                desk.back_up_if_due();
                desk.write_downtime_if_due();
                desk.cover_if_due();
            }
            let now = desk.now_view();
            let dates: Vec<String> = now.at.iter().map(|at| at.date.clone()).collect();
            if dates != today {
                if !today.is_empty() {
                    desk.tell(&[Event::Clock { now }]);
                }
                today = dates;
            }
        }
        looks += 1;
        if let Err(error) = desk.hear_others() {
            tracing::warn!(code = error.code, "the file could not be looked at");
        }
        drop(desk);
        match stopped.recv_timeout(LOOK_EVERY) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
