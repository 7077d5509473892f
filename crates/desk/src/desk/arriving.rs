//! A practice whose calendar still comes: today can be looked at, the rest follows, and nothing is written before all of it
//! is here ([ADR 9](../../../../docs/adr/0009-snapshots.md)). A window works so; a command waits until everything is here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::civil::Date;
use store::snapshot::{Days, Outline};
use sync::Membership;
use sync::log::LogEntry;

use crate::DeskError;
use crate::api::{Arriving, ArrivingDays, ArrivingStage, Changed, Event, UndoState};
use crate::data_dir::Lock;
use crate::desk::joining::Newcomer;
use crate::desk::{Desk, agreed};
use crate::{views, words};

/// Who belongs to the practice, followed past the place that the snapshot covers: what whoever sits here may look at
/// meanwhile. Verified statement by statement from the snapshot's own membership on.
pub(crate) const MEMBERSHIP_AHEAD: &str = "snapshot/membership";
/// After a broken line, until it is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// What a desk knows of a calendar on its way.
#[derive(Default)]
pub(super) struct Arrivals {
    now: Mutex<Option<State>>,
    running: Mutex<Option<Running>>,
    pub stop: Arc<Stop>,
}

#[derive(Clone)]
struct State {
    shown: Arriving,
    days: Option<Days>,
}

struct Running(JoinHandle<()>);

/// Says that the practice is being closed, also to who sleeps.
#[derive(Default)]
pub(crate) struct Stop {
    is_set: AtomicBool,
    lock: Mutex<()>,
    turned: Condvar,
}

impl Stop {
    pub fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Acquire)
    }

    fn set(&self, value: bool) {
        let _held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_set.store(value, Ordering::Release);
        self.turned.notify_all();
    }

    /// Sleeps so long, or until it is set.
    fn sleep(&self, time: Duration) {
        let held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let woken = self.turned.wait_timeout_while(held, time, |()| !self.is_set());
        drop(woken.unwrap_or_else(PoisonError::into_inner));
    }
}

/// Told to whoever waits for a window's practice: today is here, or everything, or it failed before.
pub(super) type Waiting = Sender<Result<(), DeskError>>;

fn still_arriving(words: &str) -> DeskError {
    DeskError::new("arriving", words.to_owned())
        .hint("The rest comes from the relay by itself; try again in a moment.")
}

/// What is right although not everything is here. Whatever is not listed waits.
fn is_answered(stage: ArrivingStage, command: &str) -> bool {
    let always = matches!(
        command,
        "hello"
            | "lock"
            | "sync_state"
            | "sync_now"
            | "set_preferences"
            | "backup_state"
            | "downtime_state"
            | "people"
    );
    let today = matches!(
        command,
        "day_sheet" | "print_day_sheet" | "find_patients" | "patient" | "appointment" | "time_block"
    );
    let calendar = matches!(
        command,
        "month_density"
            | "list_patients"
            | "openings"
            | "check_placement"
            | "check_change"
            | "conflicts"
            | "pinboard"
            | "absences"
            | "plan_absence"
            | "ics"
            | "print_week"
            | "print_route_slips"
    );
    match stage {
        ArrivingStage::Log => always,
        ArrivingStage::Today => always || today,
        ArrivingStage::Calendar => always || today || calendar,
    }
}

impl Desk {
    /// How far the calendar has come; `None`: all of it is here.
    pub(crate) fn arriving(&self) -> Option<Arriving> {
        self.arrivals_now().as_ref().map(|state| state.shown.clone())
    }

    fn arrivals_now(&self) -> std::sync::MutexGuard<'_, Option<State>> {
        self.arrivals.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the file has everything: only then is it talked about with the relay, backed up, printed by itself.
    pub(super) fn has_whole_calendar(&self) -> bool {
        matches!(self.store().arrival(), Ok(None)) && self.arriving().is_none()
    }

    /// Whether a command can be answered with what is here.
    pub(crate) fn check_has_arrived(&self, command: &str) -> Result<(), DeskError> {
        match self.arrivals_now().as_ref().map(|state| state.shown.stage) {
            None => Ok(()),
            Some(stage) if is_answered(stage, command) => Ok(()),
            Some(ArrivingStage::Calendar) => Err(still_arriving(
                "The calendar is here, but not everything that belongs to it yet: you can look, and write in a moment.",
            )),
            Some(ArrivingStage::Today | ArrivingStage::Log) => Err(still_arriving(
                "The calendar is still arriving: you can look at today and the next days, and do everything else in a moment.",
            )),
        }
    }

    /// Whether a day is here, whole.
    pub(crate) fn check_day_has_arrived(&self, day: Date) -> Result<(), DeskError> {
        match self.arrivals_now().as_ref() {
            Some(State {
                shown:
                    Arriving {
                        stage: ArrivingStage::Today,
                        ..
                    },
                days: Some(days),
            }) if !days.has(day) => Err(still_arriving(&format!(
                "This day has not come yet. {} to {} can be looked at.",
                words::short_date(days.first),
                words::short_date(days.last)
            ))),
            _ => Ok(()),
        }
    }

    /// Whether only the patients of the next days are here.
    pub(crate) fn has_few_patients(&self) -> bool {
        self.arriving()
            .is_some_and(|arriving| arriving.stage == ArrivingStage::Today)
    }

    fn set_arriving(&self, state: Option<State>) {
        *self.arrivals_now() = state;
        self.tell(&[Event::Arriving {
            arriving: self.arriving(),
        }]);
    }

    fn change_arriving(&self, change: impl FnOnce(&mut Arriving)) {
        if let Some(state) = self.arrivals_now().as_mut() {
            change(&mut state.shown);
        }
        self.tell(&[Event::Arriving {
            arriving: self.arriving(),
        }]);
    }

    /// Goes on coming into a practice. A window returns as soon as today can be looked at, and the rest comes on a thread of
    /// its own; else, and for a command, it returns when everything is here.
    pub(super) fn come_in_with_today_first(
        self: &Arc<Self>,
        newcomer: Newcomer,
        patience: Duration,
    ) -> Result<(), DeskError> {
        let Some(lock) = self.dir.lock(Lock::Arriving)? else {
            // A window beside this command is at it: what it has can be looked at.
            return self.look_at_what_came().and_then(|has_today| {
                if has_today {
                    Ok(())
                } else {
                    Err(still_arriving("Another program is fetching this practice."))
                }
            });
        };
        if !self.has_screen() {
            return self.come_in(&newcomer, patience, None);
        }
        let (sender, receiver) = channel();
        let desk = self.clone();
        let thread = std::thread::Builder::new()
            .name("orca-arrive".to_owned())
            .spawn(move || {
                let _lock = lock;
                let mut told = false;
                loop {
                    let result = desk.come_in(&newcomer, patience, Some(&sender));
                    let can_be_looked_at = desk.arriving().is_some();
                    let Err(error) = result else {
                        // Nobody listens any more if today was shown before.
                        let _ = sender.send(Ok(()));
                        return;
                    };
                    if !can_be_looked_at {
                        let _ = sender.send(Err(error));
                        return;
                    }
                    if !told {
                        // Here since an earlier start, and the relay is not.
                        let _ = sender.send(Ok(()));
                        told = true;
                    }
                    tracing::warn!(
                        code = error.code,
                        "the calendar’s arriving was broken off and goes on"
                    );
                    desk.change_arriving(|shown| shown.trouble = Some(error.message.clone()));
                    desk.arrivals.stop.sleep(PAUSE);
                    if desk.arrivals.stop.is_set() {
                        return;
                    }
                }
            })
            .expect("the operating system starts threads");
        let result = receiver
            .recv()
            .unwrap_or_else(|_| Err(DeskError::new("internal", "Joining ended without a word.")));
        if self.arriving().is_some() || result.is_ok() {
            *self
                .arrivals
                .running
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(Running(thread));
        }
        result
    }

    /// Shows what came before this start; says whether it is enough to be looked at.
    pub(super) fn look_at_what_came(&self) -> Result<bool, DeskError> {
        let Some(arrival) = self.store().arrival()? else {
            return Ok(false);
        };
        let stage = if arrival.has_calendar() {
            ArrivingStage::Calendar
        } else {
            ArrivingStage::Today
        };
        let days = self.store().show_today()?;
        if stage == ArrivingStage::Today && !days.is_some_and(|days| self.is_today(days)) {
            self.store().show_all()?;
            return Ok(false);
        }
        self.show(stage, days, (arrival.packs, 0))?;
        Ok(true)
    }

    /// Whether it is one of these days at every location.
    fn is_today(&self, days: Days) -> bool {
        self.reading(|reading| {
            let mut places = reading.roster.locations.keys();
            Ok(places.all(|location| days.has(reading.today(*location))))
        })
        .unwrap_or(false)
    }

    fn show(&self, stage: ArrivingStage, days: Option<Days>, packs: (u32, u32)) -> Result<(), DeskError> {
        self.look_at_staff()?;
        let (done, total) = packs;
        self.set_arriving(Some(State {
            shown: Arriving {
                stage,
                days: days.map(|days| ArrivingDays {
                    first: days.first.to_string(),
                    last: days.last.to_string(),
                }),
                done,
                total,
                trouble: None,
            },
            days,
        }));
        Ok(())
    }

    /// The packs of today are here. `waiting`: who is told if today can be looked at now.
    pub(super) fn today_is_here(
        &self,
        outline: &Outline,
        packs: (u32, u32),
        waiting: &Waiting,
    ) -> Result<(), DeskError> {
        let Some(days) = outline.days else {
            return Ok(());
        };
        self.store().show_today()?;
        self.heed_demo_clock()?;
        if !self.is_today(days) {
            return Ok(self.store().show_all()?);
        }
        self.show(ArrivingStage::Today, Some(days), packs)?;
        // Nobody listens any more where it was told before.
        let _ = waiting.send(Ok(()));
        Ok(())
    }

    /// All visits and patients are here, as of the snapshot; history and what came after it follow.
    pub(super) fn calendar_is_here(&self) -> Result<(), DeskError> {
        if self.arriving().is_none() {
            return Ok(());
        }
        self.store().show_all()?;
        self.forget_busy(&self.store());
        self.change_arriving(|shown| shown.stage = ArrivingStage::Calendar);
        self.tell_reload()
    }

    /// The snapshot cannot be used: the whole log is applied, and until then nothing can be shown.
    pub(super) fn snapshot_is_given_up(&self) -> Result<(), DeskError> {
        if self.arriving().is_none() {
            return Ok(());
        }
        {
            let mut store = self.store();
            store.refresh()?;
            store.show_all()?;
            self.forget_busy(&store);
        }
        self.change_arriving(|shown| {
            shown.stage = ArrivingStage::Log;
            (shown.done, shown.total) = (0, 0);
        });
        self.tell_reload()
    }

    pub(super) fn packs_came(&self, done: u32, total: u32) {
        if self.arriving().is_some() {
            self.change_arriving(|shown| {
                (shown.done, shown.total) = (done, total);
                shown.trouble = None;
            });
        }
    }

    /// Everything is here, and the others know who came.
    pub(super) fn all_is_here(self: &Arc<Self>) -> Result<(), DeskError> {
        if self.arriving().is_none() {
            return Ok(());
        }
        {
            let mut store = self.store();
            store.show_all()?;
            // All of it is told at once.
            store.refresh()?;
            self.forget_busy(&store);
        }
        self.set_arriving(None);
        self.tell_session();
        self.tell_reload()?;
        self.check_arrival_beside();
        Ok(())
    }

    fn tell_reload(&self) -> Result<(), DeskError> {
        let roster = self.roster();
        let changed = self.reading(|reading| {
            Ok(Changed {
                op: clinic::Op::Merge,
                by: views::who_if_known(&roster, None, Some(self.workstation()), self.now()),
                is_own: false,
                appointments: Vec::new(),
                removed_appointments: Vec::new(),
                blocks: Vec::new(),
                removed_blocks: Vec::new(),
                slots: Vec::new(),
                templates: Vec::new(),
                patients: Vec::new(),
                roster: Some(views::roster_view(&roster, self.zones(), self.now())),
                practice: Some(views::practice_view(&roster)),
                conflict_count: reading.conflict_count()?,
                undo: UndoState::default(),
                reload: true,
            })
        })?;
        self.tell(&[Event::Changed(changed)]);
        Ok(())
    }

    /// Stops what still comes and waits until it has stopped; it goes on at the next start.
    pub(crate) fn stop_arriving(&self) {
        let running = {
            let mut slot = self
                .arrivals
                .running
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            slot.take()
        };
        if let Some(Running(thread)) = running {
            self.arrivals.stop.set(true);
            if thread.thread().id() != std::thread::current().id() {
                // One that panicked has nothing more to say.
                let _ = thread.join();
            }
        }
    }

    /// Keeps who belongs to the practice while its calendar comes.
    pub(super) fn keep_membership_ahead(
        &self,
        membership: Membership,
        statements: &[LogEntry],
    ) -> Result<(), DeskError> {
        let ahead = agreed::follow_on(membership, statements, u64::MAX);
        self.set_meta(MEMBERSHIP_AHEAD, &ahead.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::COMMANDS;

    #[test]
    fn what_writes_waits_until_everything_is_here() {
        let answered = |stage| -> Vec<&str> {
            let names = COMMANDS.iter().map(|command| command.name);
            names.filter(|name| is_answered(stage, name)).collect()
        };
        let (log, today, calendar) = (
            answered(ArrivingStage::Log),
            answered(ArrivingStage::Today),
            answered(ArrivingStage::Calendar),
        );
        assert!(log.iter().all(|name| today.contains(name)));
        assert!(today.iter().all(|name| calendar.contains(name)));
        assert_eq!((log.len(), today.len(), calendar.len()), (8, 14, 26));
        for writes in [
            "book_appointment",
            "undo",
            "import",
            "relay_invite",
            "back_up_now",
            "history",
        ] {
            assert!(!calendar.contains(&writes), "{writes}");
        }
    }
}
