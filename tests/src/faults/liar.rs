//! S7: the relay lies. It drops, repeats, reorders, leaves out, forges, forks, rolls back, splices and floods; a desk
//! notices, or nothing comes of it. Never is something shown that nobody entered, and nobody's own work is lost.
//!
//! The desks are real ones, the relay's rules too; the liar sits on the way down to the second desk, like a relay that
//! has been taken over, and keeps the chain of what it forges consistent.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use anyhow::{Context, Result, anyhow, ensure};
use desk::DeskError;
use desk::syncing::Practice;
use sync::envelope::{Envelope, HEADER_LENGTH};
use sync::id::ChainHash;
use sync::log;
use sync::session::{Batch, Content, Entry};
use sync::wire::{Entries, Frame, MAX_FRAME_BYTES};

use super::practice::{add_patient, book, portrait};
use super::report::{Finding, Tally};
use super::{Amount, Plan, parcel};
use crate::simulation::workstation::Running;
use crate::simulation::{self, Between, Broken, Dice, World};

/// The desk that is lied to.
const VICTIM: usize = 1;
const AUTHOR: usize = 0;
const MINUTE: u64 = 60_000;
/// Two signatures end an envelope.
const SIGNATURES: usize = 2 * 64;

/// What the liar does with a part of the log on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    LeaveOut,
    SwapNeighbours,
    Repeat,
    /// An old entry in place of a new one, for example how a workstation was let in.
    OldInPlaceOfNew,
    /// The sealed part of one envelope under the header and signatures of another.
    Splice,
    FlipBit,
    Shorten,
    Invent,
    /// The author’s header with another workstation in it.
    Impersonate,
    /// The number in the author’s sequence is another.
    Renumber,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attack {
    /// None: shows that it is not the harness itself that does harm.
    Honest,
    DropFrames,
    RepeatFrames,
    ReorderFrames,
    /// The last entries of a frame are missing, its hash is the whole one’s.
    CutTail,
    HeadTooHigh,
    HeadTooLow,
    Malformed,
    Oversized,
    OtherVersion,
    FlipFrame,
    /// The chain’s hash does not fit what was done.
    Clumsy(Edit),
    /// The chain is made to fit.
    Careful(Edit),
    AcknowledgeAndForget,
    /// The log ends earlier than before.
    RollBack,
    /// The log ends earlier, and goes on differently.
    RollBackAndRefill,
}

const EDITS: [Edit; 10] = [
    Edit::LeaveOut,
    Edit::SwapNeighbours,
    Edit::Repeat,
    Edit::OldInPlaceOfNew,
    Edit::Splice,
    Edit::FlipBit,
    Edit::Shorten,
    Edit::Invent,
    Edit::Impersonate,
    Edit::Renumber,
];

fn attacks() -> Vec<Attack> {
    let mut all = vec![
        Attack::DropFrames,
        Attack::RepeatFrames,
        Attack::ReorderFrames,
        Attack::CutTail,
        Attack::HeadTooHigh,
        Attack::HeadTooLow,
        Attack::Malformed,
        Attack::Oversized,
        Attack::OtherVersion,
        Attack::FlipFrame,
        Attack::AcknowledgeAndForget,
        Attack::RollBack,
        Attack::RollBackAndRefill,
    ];
    all.extend(EDITS.map(Attack::Clumsy));
    all.extend(EDITS.map(Attack::Careful));
    all
}

pub fn measure(plan: &Plan) -> Result<Vec<Finding>> {
    let seeds = match plan.amount {
        Amount::Long => 8,
        Amount::Quick => 1,
    };
    let (mut tally, mut control) = (Tally::default(), Tally::default());
    for is_believed in [false, true] {
        let honest = tried(Attack::Honest, plan.seed, is_believed)?;
        ensure!(honest == Ok("harmless"), "an honest relay does harm: {honest:?}");
    }
    for attack in attacks() {
        plan.say(&format!("S7 {attack:?}"));
        for seed in plan.seed..plan.seed + seeds {
            let name = || format!("{attack:?} SEED={seed}");
            tally.count(name, tried(attack, seed, false).with_context(name)?);
            if seed < plan.seed + 3 {
                control.count(name, tried(attack, seed, true).with_context(name)?);
            }
        }
    }
    let what = format!(
        "{} attacks by the relay × {seeds} seeds; control: a desk that believes what it is sent",
        attacks().len()
    );
    Ok(vec![
        Finding::new("S7", what, &tally, &control),
        parcel::measure(plan)?,
    ])
}

/// One bit of an envelope is flipped on its way, and the chain is made to fit.
pub fn flipped_envelope(seed: u64) -> Result<Result<&'static str, String>> {
    tried(Attack::Careful(Edit::FlipBit), seed, false)
}

struct Liar {
    attack: Attack,
    dice: Dice,
    is_lying: bool,
    /// The victim has no checks of its own.
    is_believed: bool,
    /// Where the victim stands in the log as the liar tells it.
    told: (u64, ChainHash),
    /// How much shorter the log is as it is told; negative: longer.
    missing: i64,
    old: Vec<Vec<u8>>,
    held_back: Option<Vec<u8>>,
    /// Why a believing desk could not swallow something.
    choked: Option<String>,
}

impl Liar {
    fn lie(&mut self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        // Whoever forged the log must go on telling it like that.
        let is_careful = matches!(self.attack, Attack::Careful(_));
        if !self.is_lying && !is_careful {
            return vec![frame];
        }
        let Ok(parsed) = Frame::parse(&frame) else {
            return vec![frame];
        };
        match parsed {
            Frame::Entries(entries) if !entries.envelopes.is_empty() => self.about(entries, frame),
            Frame::Pong(mut pong) => {
                match self.attack {
                    Attack::HeadTooHigh => pong.head += 5,
                    Attack::HeadTooLow => pong.head = pong.head.saturating_sub(2),
                    _ => pong.head = self.told_position(pong.head),
                }
                vec![Frame::Pong(pong).to_bytes()]
            }
            Frame::Accepted(mut accepted) if is_careful => {
                for position in &mut accepted.positions {
                    *position = self.told_position(*position);
                }
                accepted.head.position = self.told_position(accepted.head.position);
                vec![Frame::Accepted(accepted).to_bytes()]
            }
            _ => vec![frame],
        }
    }

    fn told_position(&self, position: u64) -> u64 {
        position.saturating_add_signed(-self.missing)
    }

    fn about(&mut self, mut entries: Entries, frame: Vec<u8>) -> Vec<Vec<u8>> {
        match self.attack {
            Attack::Honest => vec![frame],
            Attack::DropFrames => Vec::new(),
            Attack::RepeatFrames => vec![frame.clone(), frame.clone(), frame],
            Attack::ReorderFrames => match self.held_back.take() {
                None => {
                    self.held_back = Some(frame);
                    Vec::new()
                }
                Some(earlier) => vec![frame, earlier],
            },
            Attack::CutTail => {
                entries.envelopes.pop();
                vec![Frame::Entries(entries).to_bytes()]
            }
            Attack::HeadTooHigh => {
                entries.head += 5;
                vec![Frame::Entries(entries).to_bytes()]
            }
            Attack::HeadTooLow => {
                entries.head = entries.head.saturating_sub(2);
                vec![Frame::Entries(entries).to_bytes()]
            }
            Attack::Malformed => {
                let length = self.dice.below(frame.len());
                let mut noise = vec![0; length];
                noise.fill_with(|| self.dice.bytes::<1>()[0]);
                vec![frame[..length].to_vec(), noise, Vec::new(), frame]
            }
            Attack::Oversized => vec![vec![0x83; MAX_FRAME_BYTES + 1], frame],
            Attack::OtherVersion => {
                let mut other = frame.clone();
                // `[version, number, content]`: the version is the second byte.
                other[1] = 9;
                vec![other, frame]
            }
            Attack::FlipFrame => {
                let mut flipped = frame;
                let at = self.dice.below(flipped.len());
                flipped[at] ^= 1 << self.dice.below(8);
                vec![flipped]
            }
            Attack::Clumsy(edit) => {
                self.edit(edit, &mut entries);
                vec![Frame::Entries(entries).to_bytes()]
            }
            Attack::Careful(edit) => {
                entries.after = self.told_position(entries.after);
                if entries.after != self.told.0 {
                    // Asked for again: what the victim has stays as it was told.
                    return Vec::new();
                }
                let whole = entries.envelopes.len();
                if self.is_lying {
                    self.edit(edit, &mut entries);
                }
                self.missing += whole as i64 - entries.envelopes.len() as i64;
                for envelope in &entries.envelopes {
                    self.told.0 += 1;
                    self.told.1 = log::next(self.told.1, Envelope::id_of(envelope));
                }
                entries.hash = self.told.1;
                entries.head = self.told.0;
                vec![Frame::Entries(entries).to_bytes()]
            }
            Attack::AcknowledgeAndForget | Attack::RollBack | Attack::RollBackAndRefill => vec![frame],
        }
    }

    fn edit(&mut self, edit: Edit, entries: &mut Entries) {
        let envelopes = &mut entries.envelopes;
        let at = self.dice.below(envelopes.len());
        let mut bytes: Vec<u8> = envelopes[at].to_vec();
        let whole = bytes.clone();
        match edit {
            Edit::LeaveOut => {
                envelopes.remove(at);
                self.old.push(whole);
                return;
            }
            Edit::SwapNeighbours => {
                if envelopes.len() > 1 {
                    let other = (at + 1) % envelopes.len();
                    envelopes.swap(at, other);
                    return;
                }
                // With a single one the neighbour is what came before.
                bytes = self.old.last().cloned().unwrap_or(bytes);
            }
            Edit::Repeat => {
                envelopes.insert(at, bytes.into());
                return;
            }
            Edit::OldInPlaceOfNew => {
                let old = self.dice.below(self.old.len());
                bytes = self.old.get(old).cloned().unwrap_or(bytes);
            }
            Edit::Splice => {
                if let Some(other) = self.old.last()
                    && other.len() == bytes.len()
                {
                    let sealed = HEADER_LENGTH..bytes.len() - SIGNATURES;
                    bytes[sealed.clone()].copy_from_slice(&other[sealed]);
                } else {
                    bytes[HEADER_LENGTH] ^= 1;
                }
            }
            Edit::FlipBit => {
                let offset = self.dice.below(bytes.len());
                bytes[offset] ^= 1 << self.dice.below(8);
            }
            Edit::Shorten => {
                let length = self.dice.below(bytes.len());
                bytes.truncate(length);
            }
            Edit::Invent => bytes.fill_with(|| self.dice.bytes::<1>()[0]),
            // Version, kind and practice are the first 18 bytes of the header; then the workstation.
            Edit::Impersonate => bytes[18] ^= 0x55,
            // Behind workstation and person.
            Edit::Renumber => bytes[2 + 3 * 16 + 7] ^= 1,
        }
        envelopes[at] = bytes.into();
        self.old.push(whole);
    }

    /// The weakened variant: a desk that stores what comes, with no look at chain, membership and signatures.
    fn swallow(&mut self, running: &Running, frame: &[u8]) -> Result<(), DeskError> {
        let Ok(Frame::Entries(entries)) = Frame::parse(frame) else {
            return Ok(());
        };
        let setup = running.desk.sync_setup()?;
        let skip = usize::try_from(setup.cursor.saturating_sub(entries.after)).unwrap_or(usize::MAX);
        let mut position = entries.after.max(setup.cursor);
        let mut hash = setup.hash;
        let mut taken = Vec::new();
        for bytes in entries.envelopes.into_iter().skip(skip).map(Vec::from) {
            let id = Envelope::id_of(&bytes);
            position += 1;
            hash = log::next(hash, id);
            let Ok(envelope) = Envelope::parse(bytes) else {
                continue;
            };
            let content = match envelope.header().workstation == setup.keys.id() {
                true => Content::Own(envelope),
                false => Content::Other(envelope),
            };
            taken.push(Entry {
                position,
                id,
                content,
            });
        }
        if taken.is_empty() {
            return Ok(());
        }
        running.desk.apply(Batch {
            entries: taken,
            cursor: position,
            hash,
            membership: None,
        })
    }
}

/// The liar as the world sees it, and as the judge can still reach it.
struct Seat(Rc<RefCell<Liar>>);

impl Between for Seat {
    fn down(&mut self, station: usize, running: &Running, frame: Vec<u8>) -> Result<Vec<Vec<u8>>, DeskError> {
        let mut liar = self.0.borrow_mut();
        if station != VICTIM {
            return Ok(vec![frame]);
        }
        let frames = liar.lie(frame);
        if !liar.is_believed {
            return Ok(frames);
        }
        for frame in &frames {
            if let Err(error) = liar.swallow(running, frame) {
                liar.choked = Some(error.to_string());
            }
        }
        // A believing desk has no session that could object; the greeting it needs.
        Ok(frames
            .into_iter()
            .filter(|frame| !matches!(Frame::parse(frame), Ok(Frame::Entries(_)) | Err(_)))
            .collect())
    }

    fn up(&mut self, station: usize, frame: Vec<u8>) -> Vec<Vec<u8>> {
        let liar = self.0.borrow();
        // The rules of the honest relay behind the liar would object to a hash that it never gave.
        let is_telltale = matches!(Frame::parse(&frame), Ok(Frame::Pull(_)));
        let is_forging = matches!(liar.attack, Attack::Careful(_));
        match station == VICTIM && is_telltale && is_forging {
            true => Vec::new(),
            false => vec![frame],
        }
    }
}

fn said(error: DeskError) -> anyhow::Error {
    anyhow!("{} ({})", error.message, error.code)
}

fn write(world: &mut World, station: usize, family: &str) -> Result<()> {
    let front = world.running(station).front.clone();
    let patient = add_patient(&front, family, "Noor")?;
    if world.dice.chance(500) {
        let (chair, hour) = (["Op 1", "Op 2"][station], 8 + world.dice.below(8));
        // It may clash with an earlier one: then it is not made.
        let _ = book(&front, &patient, chair, &format!("{hour:02}:00"));
    }
    world.tell_outbox(station).map_err(said)
}

fn lines(world: &mut World, station: usize) -> Result<BTreeSet<String>> {
    let shown = portrait(&world.running(station).front).map_err(said)?;
    // Whether a visit overlaps with another depends on what else has arrived.
    let line = |line: &str| line.split(" conflicts ").next().unwrap_or_default().to_owned();
    Ok(shown.lines().map(line).filter(|line| !line.is_empty()).collect())
}

fn tried(attack: Attack, seed: u64, is_believed: bool) -> Result<Result<&'static str, String>> {
    let plan = simulation::Plan {
        seed,
        steps: 0,
        workstations: Some(2),
        broken: Broken::Nothing,
    };
    let mut world = World::new(&plan).map_err(|failure| anyhow!("{failure}"))?;
    for family in ["Abe", "Chan"] {
        write(&mut world, AUTHOR, family)?;
    }
    write(&mut world, VICTIM, "Diaz")?;
    world.until_quiet().map_err(said)?;
    let base = lines(&mut world, AUTHOR)?;

    let practice = world.practice;
    let setup = world.running(VICTIM).desk.sync_setup().map_err(said)?;
    let liar = Rc::new(RefCell::new(Liar {
        attack,
        dice: Dice::new(seed ^ 0x5eed),
        is_lying: true,
        is_believed,
        told: (setup.cursor, setup.hash),
        missing: 0,
        old: world
            .relay
            .rules()
            .log()
            .entries(practice)
            .into_iter()
            .map(|entry| entry.bytes)
            .collect(),
        held_back: None,
        choked: None,
    }));
    world.between = Some(Box::new(Seat(liar.clone())));

    let mut objected = Vec::new();
    if let Err(error) = carry_on(&mut world, attack, &liar) {
        // The real program drops the conversation, says why, and begins a new one.
        objected.push(error.to_string());
    }
    for station in [AUTHOR, VICTIM] {
        let running = world.running(station);
        if station != VICTIM || !is_believed {
            objected.extend(running.alarms.iter().map(ToString::to_string));
        }
        let set_aside = running
            .front
            .call("sync_state", serde_json::json!({}))
            .map_err(said)?;
        if set_aside["quarantined"] != 0 {
            objected.push("an entry was set aside".to_owned());
        }
    }
    objected.extend(liar.borrow().choked.clone());
    judge(&mut world, &base, &objected, is_believed)
}

/// People work while the relay lies; then it is honest again, and they work on.
fn carry_on(world: &mut World, attack: Attack, liar: &Rc<RefCell<Liar>>) -> Result<()> {
    let practice = world.practice;
    match attack {
        Attack::AcknowledgeAndForget => {
            world.relay.lie_once = true;
            write(world, AUTHOR, "Egede")?;
            world.run_for(MINUTE).map_err(said)?;
        }
        Attack::RollBack => {
            write(world, AUTHOR, "Egede")?;
            world.until_quiet().map_err(said)?;
            let head = world.relay.head(practice);
            world.relay_is_away(true);
            world.relay.rules().log().truncate(practice, head - 1);
            world.relay.restart();
            world.relay_is_away(false);
        }
        Attack::RollBackAndRefill => {
            world.plug(VICTIM, false);
            write(world, AUTHOR, "Egede")?;
            world.run_for(MINUTE).map_err(said)?;
            let head = world.relay.head(practice);
            world.relay_is_away(true);
            world.plug(AUTHOR, false);
            world.relay.rules().log().truncate(practice, head - 1);
            world.relay.restart();
            world.relay_is_away(false);
            world.plug(VICTIM, true);
            write(world, VICTIM, "Farouk")?;
            world.run_for(2 * MINUTE).map_err(said)?;
            world.plug(AUTHOR, true);
        }
        _ => {
            for family in ["Egede", "Farouk", "Garcia-Lopez"] {
                write(world, AUTHOR, family)?;
                // A desk without checks has no conversation that could carry its own work.
                if !liar.borrow().is_believed {
                    write(world, VICTIM, &format!("{family}-Smith"))?;
                }
                world.run_for(2 * MINUTE).map_err(said)?;
            }
        }
    }
    liar.borrow_mut().is_lying = false;
    world.run_for(2 * MINUTE).map_err(said)?;
    for family in ["Hoang", "Ito"] {
        write(world, AUTHOR, family)?;
        world.run_for(5 * MINUTE).map_err(said)?;
    }
    Ok(())
}

fn judge(
    world: &mut World,
    base: &BTreeSet<String>,
    objected: &[String],
    is_believed: bool,
) -> Result<Result<&'static str, String>> {
    let [author, victim] = [lines(world, AUTHOR)?, lines(world, VICTIM)?];
    for (who, shown) in [("the author", &author), ("the victim", &victim)] {
        if let Some(gone) = base.difference(shown).next() {
            return Ok(Err(format!("{who} lost {gone}")));
        }
    }
    // Everything that a desk shows was entered at one of the two: what only the victim shows, it entered itself.
    let own = |line: &&String| {
        let names = ["-Smith", "Farouk", "Diaz", simulation::PEOPLE[VICTIM]];
        names.iter().any(|name| line.contains(name))
    };
    if let Some(strange) = victim.difference(&author).find(|line| !own(line)) {
        return Ok(Err(format!("the victim shows {strange}, which nobody entered")));
    }
    if !objected.is_empty() {
        return Ok(Ok("noticed"));
    }
    if author == victim {
        return Ok(Ok("harmless"));
    }
    let status = world.running(VICTIM).status;
    // A desk without checks shows what it was told as the whole truth.
    if !is_believed && status.is_some_and(|status| !status.is_in_step()) {
        return Ok(Ok("held back, and the desk shows that it is behind"));
    }
    let missing: Vec<&String> = author.symmetric_difference(&victim).collect();
    Ok(Err(format!(
        "not noticed, and the desks differ in {} lines, for example {}",
        missing.len(),
        missing[0]
    )))
}
