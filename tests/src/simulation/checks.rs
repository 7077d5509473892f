//! What must hold when everything is healed and quiet.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use clinic::{Appointment, ConflictKey, ConflictKind, Need};
use desk::DeskError;
use desk::syncing::Practice;
use store::{HistoryFilter, Store};

use super::acts::DATES;
use super::portrait::{Portrait, side_by_side};
use super::scanner;
use super::workstation::{PASSPHRASE, Workstation};
use super::world::World;
use super::{Broken, Failure, Tally};

impl World {
    /// Judges the world as it is, then once more with every program started anew.
    pub fn judge(mut self) -> Result<Tally, Box<Failure>> {
        let shown = self.judge_once()?;
        for index in 0..self.stations.len() {
            self.kill(index)
                .and_then(|()| self.reopen(index))
                .map_err(|error| self.failed(format!("at the end: {error}")))?;
        }
        self.until_quiet()
            .map_err(|error| self.failed(format!("at the end: {error}")))?;
        let again = self.judge_once()?;
        if shown != again {
            return Err(self.failed("the workstations show something else after a restart".to_owned()));
        }
        let mut hasher = DefaultHasher::new();
        shown.hash(&mut hasher);
        self.tally.fingerprint = hasher.finish();
        self.tally.envelopes = self.relay.head(self.practice);
        self.tally.relay_restarts = self.relay.restarts;
        self.tally.frames_lost = self.relay.frames_lost;
        // The kills of the check itself do not count.
        self.tally.kills -= u32::try_from(self.stations.len()).unwrap_or(0);
        Ok(self.tally)
    }

    /// Gives what everybody shows.
    fn judge_once(&mut self) -> Result<String, Box<Failure>> {
        let mut portraits = Vec::new();
        for (index, station) in self.stations.iter().enumerate() {
            let running = station.running.as_ref().expect("all were healed");
            let mut portrait = Portrait::of(running, &self.town.location, &DATES)
                .map_err(|error| self.failed(format!("{} cannot be looked at: {error}", station.name)))?;
            if self.plan.broken == Broken::HideCard && index == 0 {
                portrait.card_keys.pop();
            }
            if self.plan.broken == Broken::HideDisplaced && index == 0 {
                portrait.waiting.pop();
            }
            portraits.push((station.name.clone(), portrait));
        }
        self.all_show_the_same(&portraits)?;
        let mut troubles = Vec::new();
        for (station, (_, portrait)) in self.stations.iter().zip(&portraits) {
            let found = self
                .troubles_at(station, portrait)
                .unwrap_or_else(|error| vec![error.to_string()]);
            troubles.extend(
                found
                    .into_iter()
                    .map(|trouble| format!("{}: {trouble}", station.name)),
            );
        }
        troubles.extend(self.troubles_of_the_relay());
        if !troubles.is_empty() {
            return Err(self.failed(troubles.join("\n")));
        }
        let (cards, accepted) = self.count_overlaps()?;
        (self.tally.cards, self.tally.accepted) = (cards, accepted);
        let (_, portrait) = portraits.swap_remove(0);
        let waiting = portrait.waiting.join("\n");
        Ok([portrait.sheets, portrait.cards, portrait.patients, waiting].concat())
    }

    fn all_show_the_same(&self, portraits: &[(String, Portrait)]) -> Result<(), Box<Failure>> {
        let (first_name, first) = &portraits[0];
        let first_waiting = first.waiting.join("\n");
        for (name, other) in &portraits[1..] {
            let waiting = other.waiting.join("\n");
            let parts = [
                ("day sheets", &first.sheets, &other.sheets),
                ("conflict cards", &first.cards, &other.cards),
                ("patients", &first.patients, &other.patients),
                ("visits that need a new time", &first_waiting, &waiting),
            ];
            for (what, a, b) in parts {
                if a != b {
                    let mut failure = self.failed(format!("{first_name} and {name} show different {what}"));
                    failure.sheets = side_by_side((first_name, a), (name, b));
                    return Err(failure);
                }
            }
        }
        Ok(())
    }

    /// What is wrong at one workstation, in words.
    fn troubles_at(&self, station: &Workstation, portrait: &Portrait) -> Result<Vec<String>, DeskError> {
        let running = station.running.as_ref().expect("all were healed");
        let mut troubles = Vec::new();
        let report = running.front.rebuild(true, &mut |_, _| {})?;
        troubles.extend(
            report
                .differences
                .into_iter()
                .map(|difference| format!("rows differ from documents: {difference}")),
        );
        troubles.extend(running.front.verify(&mut |_, _| {})?.troubles);
        let audit = running.call("audit_verify", serde_json::json!({}))?;
        troubles.extend(
            audit["troubles"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|trouble| format!("the audit: {trouble}")),
        );
        let waiting = running.desk.outbox_len()?;
        if waiting > 0 {
            troubles.push(format!("{waiting} envelopes are left in the outbox"));
        }
        let store = second_look(station)?;
        let reads = store.reads();
        troubles.extend(
            reads
                .quarantine(10)?
                .into_iter()
                .map(|entry| format!("set aside: {}", entry.reason)),
        );
        if reads.waiting_len()? > 0 {
            troubles.push("envelopes wait for others that never came".to_owned());
        }
        let history = store.history(&HistoryFilter {
            limit: usize::MAX,
            ..HistoryFilter::default()
        })?;
        let known: HashSet<[u8; 32]> = history.iter().map(|entry| entry.envelope).collect();
        for author in &self.stations {
            for (id, what) in &author.acknowledged {
                if !known.contains(&id.0) {
                    troubles.push(format!(
                        "{} was told that {what} is done, and it is not in the history",
                        author.name
                    ));
                }
            }
        }
        let (open, _) = overlaps(&store)?;
        let shown: BTreeSet<String> = portrait
            .card_keys
            .iter()
            .filter(|key| !key.starts_with("field:") && !key.starts_with("equipment:"))
            .cloned()
            .collect();
        troubles.extend(
            open.difference(&shown)
                .map(|key| format!("no card for the overlap {key}")),
        );
        troubles.extend(
            shown
                .difference(&open)
                .map(|key| format!("a card for {key}, which do not overlap")),
        );
        troubles.extend(scanner::troubles(
            &store,
            &visits_of(&store)?,
            &portrait.card_keys,
        )?);
        Ok(troubles)
    }

    fn troubles_of_the_relay(&mut self) -> Vec<String> {
        let mut troubles = Vec::new();
        let practice = self.practice;
        let mut chain = sync::log::genesis(practice);
        let mut stored = HashSet::new();
        for entry in self.relay.rules().log().entries(practice) {
            let id = sync::Envelope::id_of(&entry.bytes);
            chain = sync::log::next(chain, id);
            if self.given.get(&id) != Some(&entry.bytes) {
                troubles.push(format!(
                    "the relay stores at {} what nobody gave it",
                    entry.position
                ));
            }
            if !stored.insert(id) {
                troubles.push(format!("the relay stores {} twice", id.short()));
            }
        }
        for station in &self.stations {
            for (id, what) in &station.acknowledged {
                if !stored.contains(id) {
                    troubles.push(format!(
                        "{} was told that {what} is done, and the relay does not have it",
                        station.name
                    ));
                }
            }
            let running = station.running.as_ref().expect("all were healed");
            match running.desk.sync_setup() {
                Ok(setup) if setup.hash == chain => {}
                Ok(_) => troubles.push(format!(
                    "{} knows another chain than the relay's log has",
                    station.name
                )),
                Err(error) => troubles.push(error.to_string()),
            }
        }
        troubles
    }

    fn count_overlaps(&self) -> Result<(usize, usize), Box<Failure>> {
        let counted = second_look(&self.stations[0]).and_then(|store| overlaps(&store));
        let (open, accepted) = counted.map_err(|error| self.failed(error.to_string()))?;
        Ok((open.len(), accepted))
    }
}

/// The workstation's file, seen by another program.
fn second_look(station: &Workstation) -> Result<Store, DeskError> {
    let folder = station.data_dir();
    let key = store::read_key_file(&folder, PASSPHRASE)?;
    Ok(Store::open(&folder, &key)?)
}

/// All visits that take time.
fn visits_of(store: &Store) -> Result<Vec<Appointment>, DeskError> {
    let reads = store.reads();
    let mut visits: Vec<Appointment> = Vec::new();
    for patient in reads.patients_after(None, usize::MAX)? {
        visits.extend(
            reads
                .appointments_of(patient.id)?
                .into_iter()
                .filter(Appointment::takes_time),
        );
    }
    Ok(visits)
}

/// Every overlap in chairs, patients and doctors that no decision covers, by counting who wants what in each minute; and how many one covers.
fn overlaps(store: &Store) -> Result<(BTreeSet<String>, usize), DeskError> {
    let reads = store.reads();
    let visits = visits_of(store)?;
    let mut wanted: HashMap<(ConflictKind, u128, i64), Vec<usize>> = HashMap::new();
    for (index, visit) in visits.iter().enumerate() {
        let first = visit.starts_at.instant().as_second() / 60;
        for (unit, need) in visit.pattern.units().iter().enumerate() {
            for minute in 0..5 {
                let minute = first + unit as i64 * 5 + minute;
                let mut want =
                    |kind, resource| wanted.entry((kind, resource, minute)).or_default().push(index);
                want(ConflictKind::Operatory, visit.operatory.0);
                want(ConflictKind::Patient, visit.patient.0);
                if *need == Need::Provider {
                    want(ConflictKind::DoctorTime, visit.provider.0);
                }
            }
        }
    }
    // Two visits are one question: chair before patient before doctor.
    let order = [
        ConflictKind::Operatory,
        ConflictKind::Patient,
        ConflictKind::DoctorTime,
    ];
    let rank = |kind| {
        order
            .iter()
            .position(|known| *known == kind)
            .unwrap_or(order.len())
    };
    let mut pairs: BTreeMap<(usize, usize), ConflictKind> = BTreeMap::new();
    for ((kind, ..), together) in wanted {
        for (place, a) in together.iter().enumerate() {
            for b in &together[place + 1..] {
                let asked = pairs.entry((*a.min(b), *a.max(b))).or_insert(kind);
                if rank(kind) < rank(*asked) {
                    *asked = kind;
                }
            }
        }
    }
    let mut open = BTreeSet::new();
    let mut accepted = 0;
    for ((a, b), kind) in pairs {
        let (a, b) = (&visits[a], &visits[b]);
        let (a, b) = if a.id < b.id { (a, b) } else { (b, a) };
        let key = ConflictKey::new(kind, a.id, b.id);
        let times = [a, b].map(|visit| (visit.starts_at.instant(), visit.ends_at()));
        if reads
            .accepted_conflict(&key)?
            .is_some_and(|decision| decision.times == times)
        {
            accepted += 1;
        } else {
            open.insert(key.0);
        }
    }
    Ok((open, accepted))
}
