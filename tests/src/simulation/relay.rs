//! The relay's real rules over a log in memory, and the wires to it.

use std::collections::{BTreeMap, VecDeque};

use sync::PracticeId;
use sync::memory::{ConnectionId, Delivery, MemoryLog, QueueRelay};
use sync::relay::{Limits, ReadLog};
use sync::wire::{Accepted, Frame, Head};

use super::dice::Dice;

/// Chances in a thousand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Per frame.
    pub lose: u32,
    pub repeat: u32,
    pub reorder: u32,
    pub cut: u32,
    /// Per effect that a workstation carries out.
    pub kill: u32,
    /// Per thing a person does.
    pub unplug: u32,
    pub relay_away: u32,
    pub disk: u32,
    pub clock: u32,
}

/// One connection: what is on its way, in both directions.
#[derive(Default)]
pub struct Wire {
    pub up: VecDeque<Vec<u8>>,
    pub down: VecDeque<Delivery>,
}

pub struct Relay {
    rules: Option<QueueRelay<MemoryLog>>,
    pub is_away: bool,
    pub wires: BTreeMap<ConnectionId, Wire>,
    next: ConnectionId,
    /// Acknowledge the next push and store nothing of it.
    pub lie_once: bool,
    pub restarts: u32,
    pub frames_lost: u32,
}

impl Relay {
    pub fn new() -> Self {
        Self {
            rules: Some(QueueRelay::new(MemoryLog::default(), Limits::default())),
            is_away: false,
            wires: BTreeMap::new(),
            next: 1,
            lie_once: false,
            restarts: 0,
            frames_lost: 0,
        }
    }

    pub fn rules(&mut self) -> &mut QueueRelay<MemoryLog> {
        self.rules
            .as_mut()
            .expect("the rules are only taken for a moment")
    }

    pub fn head(&mut self, practice: PracticeId) -> u64 {
        self.rules()
            .log()
            .head(practice)
            .ok()
            .flatten()
            .map_or(0, |head| head.position)
    }

    /// A new connection, or none while it is away.
    pub fn connect(&mut self, now: u64, dice: &mut Dice) -> Option<ConnectionId> {
        if self.is_away {
            return None;
        }
        let connection = self.next;
        self.next += 1;
        self.rules().open(now, connection, dice.bytes());
        self.wires.insert(connection, Wire::default());
        Some(connection)
    }

    pub fn hang_up(&mut self, connection: ConnectionId) {
        self.rules().close(connection);
        self.wires.remove(&connection);
    }

    /// Its process dies: connections and memory are gone, the log stays.
    pub fn restart(&mut self) {
        self.rules = self.rules.take().map(QueueRelay::restarted);
        self.wires.clear();
        self.restarts += 1;
    }

    /// The next frame of a wire reaches the relay, unless the faults have something else in mind.
    pub fn take_in(
        &mut self,
        now: u64,
        connection: ConnectionId,
        practice: PracticeId,
        faults: Faults,
        dice: &mut Dice,
    ) {
        let Some(wire) = self.wires.get_mut(&connection) else {
            return;
        };
        let Some(frame) = take(&mut wire.up, faults, dice, &mut self.frames_lost) else {
            return;
        };
        if self.lie_once
            && let Some(lie) = self.lie(&frame, practice)
        {
            self.lie_once = false;
            return self.send(connection, Delivery::Send(lie));
        }
        for (to, delivery) in self.rules().receive(now, connection, &frame) {
            self.send(to, delivery);
        }
    }

    fn send(&mut self, to: ConnectionId, delivery: Delivery) {
        if let Some(wire) = self.wires.get_mut(&to) {
            wire.down.push_back(delivery);
        }
    }

    /// What comes out at the workstation's end.
    pub fn hand_out(
        &mut self,
        connection: ConnectionId,
        faults: Faults,
        dice: &mut Dice,
    ) -> Option<Delivery> {
        let wire = self.wires.get_mut(&connection)?;
        take(&mut wire.down, faults, dice, &mut self.frames_lost)
    }

    fn lie(&mut self, frame: &[u8], practice: PracticeId) -> Option<Vec<u8>> {
        let Ok(Frame::Push(push)) = Frame::parse(frame) else {
            return None;
        };
        let head: Head = self.rules().log().head(practice).ok().flatten()?;
        let positions = (1..)
            .take(push.envelopes.len())
            .map(|more| head.position + more)
            .collect();
        Some(
            Frame::Accepted(Accepted {
                batch: push.batch,
                positions,
                refused: None,
                head,
            })
            .to_bytes(),
        )
    }
}

fn take<T: Clone>(queue: &mut VecDeque<T>, faults: Faults, dice: &mut Dice, lost: &mut u32) -> Option<T> {
    if queue.len() > 1 && dice.chance(faults.reorder) {
        queue.swap(0, 1);
    }
    let message = queue.pop_front()?;
    if dice.chance(faults.lose) {
        *lost += 1;
        return None;
    }
    if dice.chance(faults.repeat) {
        queue.push_front(message.clone());
    }
    Some(message)
}
