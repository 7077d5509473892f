//! Snapshots: made and sent by whoever invites, fetched by whoever joins. Everything a snapshot does the log does, too, only
//! more slowly: whatever goes wrong with one is no reason not to invite or to join.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use store::snapshot::{Days, NotSettled, Outline, PackKind, Unpacked, Written, unpack};
use store::{Cursor, RebuildReport, Store};
use sync::courier::Courier;
use sync::envelope::Seen;
use sync::snapshot::{Contents, Index, Listed, Maker, Pinned, open_pack, seal_pack};
use sync::{ChainHash, Membership, PackHash, SetId};

use crate::DeskError;
use crate::desk::Desk;
use crate::desk::agreed::Standing;
use crate::desk::arriving::Waiting;
use crate::desk::staff::MEMBERSHIP;
use crate::identity::{Identity, random};
use crate::syncing::carrying::{Carrier, Trouble};

/// The newest snapshot that this workstation made.
const OFFERED: &str = "snapshot/offered";
/// A calendar came with a snapshot and its rows have not been compared with its documents yet.
const UNCHECKED: &str = "snapshot/unchecked";
/// A log of fewer bytes is applied as fast.
const WORTH_BYTES: u64 = 256 * 1024;
/// A snapshot is offered again until the log has grown by so many entries.
const STALE_ENTRIES: u64 = 1_000;
/// … and as long as it has the visits of today and of so many days more first: its newcomers come soon.
const FRESH_DAYS: i64 = 2;
/// How often, and after what pause, it is tried to find the outbox empty.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);
/// How often a broken line is tried again before the log is taken instead.
const LINES: u32 = 3;
/// Packs that wait for the next thread.
const WAITING: usize = 4;

/// The check of a calendar that came, on its thread; stops when dropped.
pub(super) struct Checking {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Checking {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // One that panicked has nothing more to say.
            let _ = thread.join();
        }
    }
}

/// A snapshot that was made and is at the relay.
pub(super) struct Made {
    pub pinned: Pinned,
    pub covers: Seen,
    pub digest: Option<store::Digest>,
    /// The last day whose visits come with its first packs, as yyyymmdd.
    last_day: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct Offered {
    set: [u8; 16],
    index: [u8; 32],
    position: u64,
    /// The last day whose visits come with its first packs.
    #[serde(default)]
    last_day: Option<u32>,
}

impl Desk {
    /// A snapshot for newcomers at the relay: the newest one if it is new enough, or one that is made now. `None` if the log
    /// is short, or if it cannot be made; then the log does.
    pub(crate) fn offer_snapshot(&self) -> Option<Pinned> {
        match self.offered_or_made() {
            Ok(pinned) => pinned,
            Err(trouble) => {
                tracing::warn!(%trouble, "no snapshot was made; a newcomer applies the whole log");
                None
            }
        }
    }

    fn offered_or_made(&self) -> Result<Option<Pinned>, Trouble> {
        let (position, _) = self.cursor()?;
        let (offered, bytes) = {
            let store = self.store();
            (store.reads().setting(OFFERED)?, store.reads().bytes_of_the_log()?)
        };
        let offered = offered.and_then(|bytes| serde_json::from_slice::<Offered>(&bytes).ok());
        let today = self.reading(|reading| Ok(reading.practice_today()))?;
        let soon = today.saturating_add(jiff::Span::new().days(FRESH_DAYS));
        if let Some(offered) = offered
            && position.saturating_sub(offered.position) <= STALE_ENTRIES
            && offered
                .last_day
                .and_then(|last| Days::from_numbers([last, last]))
                .is_some_and(|days| days.last >= soon)
        {
            return Ok(Some(Pinned {
                set: SetId(offered.set),
                index: PackHash(offered.index),
            }));
        }
        if bytes < WORTH_BYTES {
            return Ok(None);
        }
        for _ in 0..TRIES {
            match self.make_snapshot(false)? {
                Ok(made) => {
                    let (pinned, position) = (made.pinned, made.covers.position);
                    let offered = Offered {
                        set: pinned.set.0,
                        index: pinned.index.0,
                        position,
                        last_day: made.last_day,
                    };
                    self.set_meta(OFFERED, &serde_json::to_vec(&offered).expect("plain data"))?;
                    return Ok(Some(pinned));
                }
                Err(NotSettled) => std::thread::sleep(PAUSE),
            }
        }
        tracing::info!("something is always on its way to the relay: no snapshot for now");
        Ok(None)
    }

    /// Packs, seals and sends. `with_digest`: adds it up, too, which takes much longer.
    pub(super) fn make_snapshot(&self, with_digest: bool) -> Result<Result<Made, NotSettled>, Trouble> {
        let identity = self.identity();
        let practice = identity.sync_practice();
        let key = identity.newest_key()?;
        let (source, today) = {
            let store = self.store();
            let today = self.reading_of(&store).practice_today();
            let source = store.snapshot_source();
            let source = if with_digest { source.with_digest() } else { source };
            (source, today)
        };
        let mut carrier = self.carrier(None)?;
        let set = SetId(random());
        let mut packs: Vec<Listed> = Vec::new();
        let (sender, receiver) = sync_channel(WAITING);
        let (written, mut carrier) = std::thread::scope(|scope| {
            let sending = scope.spawn(move || carrier.put(set, &receiver).map(|()| carrier));
            let written = source.write(today, &[MEMBERSHIP], &mut |kind: PackKind, content: Vec<u8>| {
                let number = u32::try_from(packs.len() + 1).unwrap_or(u32::MAX);
                let sealed = seal_pack(practice, set, number, key, &content, random());
                packs.push(Listed {
                    kind: kind.code(),
                    hash: PackHash::of(&sealed),
                });
                sender
                    .send((number, sealed))
                    .map_err(|_| store::StoreError::Io("the relay takes no more packs".to_owned()))
            });
            drop(sender);
            let sent = sending.join().expect("sending does not panic");
            // Why sending stopped says more than that it did.
            sent.and_then(|carrier| Ok((written?, carrier)))
        })?;
        let Written {
            outline,
            settings,
            digest,
        } = match written {
            Ok(written) => written,
            Err(unsettled) => return Ok(Err(unsettled)),
        };
        let membership = settings.into_iter().flatten().next().ok_or_else(|| {
            DeskError::new(
                "no_snapshot",
                "The log does not say yet who belongs to the practice.",
            )
        })?;
        let contents = Contents {
            data_version: outline.data_version,
            membership,
            clock_millis: outline.clock_millis,
            clock_counter: outline.clock_counter,
            packs,
            counts: outline.counts,
            days: outline.days.map(Days::to_numbers),
        };
        let covers = Seen {
            position: outline.cursor.position,
            hash: ChainHash(outline.cursor.chain),
        };
        let maker = Maker {
            workstation: &identity.workstation_keys,
            person: &identity.person_keys,
            key,
        };
        let index = Index::seal(&maker, practice, covers, set, &contents, random())
            .map_err(|error| Trouble::Altered(error.to_string()))?;
        carrier.complete(&index)?;
        Ok(Ok(Made {
            pinned: index.pinned(),
            covers,
            digest,
            last_day: contents.days.map(|[_, last]| last),
        }))
    }

    pub(super) fn carrier(&self, admission: Option<Vec<u8>>) -> Result<Carrier, Trouble> {
        let identity = self.identity();
        let relay = self
            .relay()?
            .ok_or_else(|| DeskError::new("no_relay", "This practice has no relay yet."))?;
        let courier = Courier::new(
            identity.workstation_keys.clone(),
            identity.sync_practice(),
            admission,
        );
        Carrier::open(&relay, courier)
    }

    /// Takes the calendar over from a snapshot, if there is nothing here yet. Goes on where it was broken off. Does nothing if
    /// there is no such snapshot any more: then the log is applied from its beginning. `waiting`: who is told when today can be
    /// looked at.
    pub(super) fn arrive(
        &self,
        pinned: Pinned,
        admission: Option<Vec<u8>>,
        waiting: Option<&Waiting>,
    ) -> Result<(), DeskError> {
        if let Some(waiting) = waiting
            && self.arriving().is_none()
            && self.look_at_what_came()?
        {
            // Nobody listens any more where it was told before.
            let _ = waiting.send(Ok(()));
        }
        let mut line = 0;
        loop {
            {
                let store = self.store();
                if store.arrival()?.is_none() && !store.is_blank()? {
                    return Ok(());
                }
            }
            let trouble = match self.fetch_snapshot(pinned, admission.clone(), None, waiting) {
                Ok(()) => return self.look_at_staff(),
                Err(trouble) => trouble,
            };
            line += 1;
            match trouble {
                Trouble::Line(why) if line < LINES && !self.arrivals.stop.is_set() => {
                    tracing::warn!(why, "fetching the calendar was broken off and goes on");
                }
                Trouble::Line(why) => {
                    // The conversation will say it in its own words; what has come waits.
                    return Err(DeskError::new(
                        "relay_trouble",
                        format!("The relay does not answer: {why}."),
                    ));
                }
                Trouble::NoSnapshot | Trouble::Altered(_) => {
                    tracing::warn!(%trouble, "the snapshot cannot be used; the log is applied");
                    self.store().give_up_arrival()?;
                    return self.snapshot_is_given_up();
                }
                Trouble::Desk(error) if error.code == "newer_version" => {
                    tracing::warn!("the snapshot is a newer program's; the log is applied");
                    return Ok(());
                }
                Trouble::Desk(error) => return Err(error),
            }
        }
    }

    /// `agreed`: what it must be. Without, whoever named it is believed. `waiting`: who is told when today can be looked at.
    pub(super) fn fetch_snapshot(
        &self,
        pinned: Pinned,
        admission: Option<Vec<u8>>,
        agreed: Option<&Standing>,
        waiting: Option<&Waiting>,
    ) -> Result<(), Trouble> {
        let identity = self.identity();
        let mut carrier = self.carrier(admission)?;
        let index = carrier.index(pinned)?;
        let altered = |error: sync::snapshot::BadSnapshot| Trouble::Altered(error.to_string());
        let contents = index.open(&identity.practice_keys).map_err(altered)?;
        if let Some(agreed) = agreed {
            agreed.check_index(&index, &contents)?;
        }
        let outline = outline(&index, &contents);
        let last = index.header().packs;
        let is_today = |number: u32| {
            let listed = contents.packs.get(number as usize - 1);
            listed.is_some_and(|listed| listed.kind == PackKind::Today.code())
        };
        // Through a connection of its own where somebody looks at what is here meanwhile.
        let mut beside = match waiting {
            Some(_) => Some(self.store().again()?),
            None => None,
        };
        let mut with_store =
            |act: &mut dyn FnMut(&mut Store) -> Result<(), store::StoreError>| match &mut beside {
                Some(store) => act(store),
                None => act(&mut self.store()),
            };
        let mut here = 0;
        with_store(&mut |store| {
            here = store.begin_arrival(pinned.index.0, &outline)?.packs;
            Ok(())
        })?;
        if waiting.is_some() && here < last {
            let statements = carrier.statements(index.header().covers.position)?;
            if let Ok(membership) = Membership::from_bytes(&contents.membership) {
                self.keep_membership_ahead(membership, &statements)?;
            }
        }
        // Of an earlier start: now it is known of how many.
        self.packs_came(here, last);
        let job = self.job("join");
        let mut calendar_is_here = false;
        if here < last {
            let wanted = here + 1..=last;
            let (sealed_in, sealed_out) = sync_channel(WAITING);
            let (open_in, open_out) = sync_channel::<Result<(u32, Unpacked), Trouble>>(WAITING);
            std::thread::scope(|scope| {
                let stops = || self.arrivals.stop.is_set();
                let fetching = scope.spawn(move || carrier.fetch(pinned.set, wanted, &sealed_in, &stops));
                let (index, contents, identity) = (&index, &contents, &identity);
                scope.spawn(move || {
                    for (number, sealed) in sealed_out {
                        let unpacked = opened(index, contents, identity, number, &sealed);
                        let failed = unpacked.is_err();
                        if open_in.send(unpacked).is_err() || failed {
                            return;
                        }
                    }
                });
                for unpacked in open_out {
                    let (number, unpacked) = unpacked?;
                    let kind = contents.packs[number as usize - 1].kind;
                    if kind == PackKind::History.code() && !calendar_is_here {
                        calendar_is_here = true;
                        with_store(&mut |store| store.calendar_arrived())?;
                        self.calendar_is_here()?;
                    }
                    let mut unpacked = Some(unpacked);
                    with_store(&mut |store| match unpacked.take() {
                        Some(unpacked) => store.take_pack(number, unpacked).map(drop),
                        None => Ok(()),
                    })?;
                    job.progress(number, last, words(kind));
                    self.packs_came(number, last);
                    if let Some(waiting) = waiting
                        && is_today(number)
                        && !is_today(number + 1)
                        && let Some(days) = outline.days
                    {
                        with_store(&mut |store| store.today_arrived(days))?;
                        self.today_is_here(&outline, (number, last), waiting)?;
                    }
                }
                fetching.join().expect("fetching does not panic")
            })?;
        }
        if let Some(agreed) = agreed {
            agreed.check_log(&self.store())?;
        }
        let settings: [(&str, &[u8]); 2] = [(MEMBERSHIP, &contents.membership), (UNCHECKED, b"1")];
        with_store(&mut |store| store.finish_arrival(&outline, &settings))?;
        drop(beside);
        // What came through another connection is noticed here.
        self.store().refresh()?;
        self.calendar_is_here()?;
        Ok(())
    }

    /// Compares the rows that came with a snapshot with the documents that came with it, and makes them anew if they differ.
    pub(crate) fn check_arrival(&self) -> Result<(), DeskError> {
        match self.to_be_checked()? {
            Some(mut again) => {
                self.job("join").progress(1, 1, "Checking");
                let report = again.compare(&mut |_, _| true)?;
                drop(again);
                report.map_or(Ok(()), |report| self.checked(&report))
            }
            None => Ok(()),
        }
    }

    /// The practice through a connection of its own, if a calendar came that was not checked yet.
    fn to_be_checked(&self) -> Result<Option<Store>, DeskError> {
        let store = self.store();
        match store.reads().setting(UNCHECKED)? {
            Some(_) => Ok(Some(store.again()?)),
            None => Ok(None),
        }
    }

    fn checked(&self, report: &RebuildReport) -> Result<(), DeskError> {
        if !report.is_identical() {
            tracing::warn!(
                differences = report.difference_count,
                "the calendar that came differs from its documents and is made anew"
            );
            self.rebuild(false, &mut |_, _| {})?;
        }
        self.store().set_setting(UNCHECKED, None)?;
        self.job("join").progress(1, 1, "Compared");
        Ok(())
    }

    /// Does so on a thread of its own: people work meanwhile. Broken off when the practice is closed, it is done at the next
    /// start.
    pub(super) fn check_arrival_beside(self: &Arc<Self>) {
        let again = match self.to_be_checked() {
            Ok(Some(again)) => again,
            Ok(None) => return,
            Err(error) => return not_checked(&error),
        };
        let desk = Arc::downgrade(self);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::Builder::new()
            .name("orca-check".to_owned())
            .spawn(move || {
                let mut again = again;
                let report = again.compare(&mut |_, _| !stopped.load(Ordering::Relaxed));
                drop(again);
                let done = match (report, desk.upgrade()) {
                    (Ok(Some(report)), Some(desk)) => desk.checked(&report),
                    (Ok(_), _) => Ok(()),
                    (Err(error), _) => Err(error.into()),
                };
                if let Err(error) = done {
                    not_checked(&error);
                }
            })
            .expect("the operating system starts threads");
        *self.checking.lock().unwrap_or_else(PoisonError::into_inner) = Some(Checking {
            stop,
            thread: Some(thread),
        });
    }

    /// Stops it and waits until it has stopped: nothing reads the file after the practice is closed.
    pub(super) fn stop_checking(&self) {
        let checking = self
            .checking
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(checking);
    }
}

fn not_checked(error: &DeskError) {
    tracing::error!(
        code = error.code,
        "the calendar that came could not be checked; tried again at the next start"
    );
}

fn opened(
    index: &Index,
    contents: &Contents,
    identity: &Identity,
    number: u32,
    sealed: &[u8],
) -> Result<(u32, Unpacked), Trouble> {
    let packed = open_pack(index.header(), contents, number, &identity.practice_keys, sealed)
        .map_err(|error| Trouble::Altered(error.to_string()))?;
    Ok((number, unpack(&packed)?))
}

/// What a pack's kind is called where progress is told.
fn words(kind: u8) -> &'static str {
    match PackKind::from_code(kind) {
        Some(PackKind::Today) => "Today’s patients",
        Some(PackKind::Calendar) => "The calendar",
        Some(PackKind::History) | None => "The history",
    }
}

fn outline(index: &Index, contents: &Contents) -> Outline {
    let covers = index.header().covers;
    Outline {
        cursor: Cursor {
            position: covers.position,
            chain: covers.hash.0,
        },
        data_version: contents.data_version,
        clock_millis: contents.clock_millis,
        clock_counter: contents.clock_counter,
        counts: contents.counts.clone(),
        days: contents.days.and_then(Days::from_numbers),
    }
}
