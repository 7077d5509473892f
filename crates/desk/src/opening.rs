//! The ways into a practice: opening what is here, founding one, joining one, a backup, the demo.

use std::sync::Arc;
use std::time::Duration;

use clinic::{Op, PersonId, PracticeId, Roster, WorkstationId, ZoneName, Zones};
use jiff::Timestamp;
use jiff::civil::Date;
use store::audit::Via;
use store::{DatabaseKey, Draft, Store};
use sync::invitation::{InvitationCode, WelcomeParcel};

use crate::DeskError;
use crate::api::{InitPractice, JoinPractice, OpenDemo, RestoreBackup, ZoneList};
use crate::clock::{Clock, Ids};
use crate::commands::backups;
use crate::data_dir::{DataDir, Held, Lock};
use crate::demo::{Demo, DemoSize, DemoSpec, mid_morning};
use crate::desk::joining::Newcomer;
use crate::desk::{Desk, Parts};
use crate::front_desk::{Options, Purpose};
use crate::identity::Identity;
use crate::listeners::Listeners;
use crate::starter::{self, Founding};
use crate::{errors, read};

/// What every way in needs.
pub(crate) struct OpenWith<'a> {
    pub dir: &'a DataDir,
    pub options: &'a Options,
    pub listeners: Arc<Listeners>,
}

impl OpenWith<'_> {
    /// The time before a practice is open.
    pub fn now(&self) -> Timestamp {
        self.options.clock.as_ref().unwrap_or(&Clock::System).now()
    }
}

/// What the founding workstation is called until somebody renames it.
const WORKSTATION_NAME: &str = "Front desk";
/// Names that a name field takes.
const MAX_NAME_CHARS: usize = 200;
/// How long the first fetch of a practice may take without the relay saying anything new.
pub(crate) const JOIN_PATIENCE: Duration = Duration::from_secs(600);
pub(crate) const ASK_PATIENCE: Duration = Duration::from_secs(20);

/// Opens the practice that lies here. Code `passphrase_needed`: there is no other key.
pub(crate) fn open(with: &OpenWith<'_>, passphrase: Option<&str>) -> Result<Arc<Desk>, DeskError> {
    let key = match passphrase {
        Some(passphrase) => store::read_key_file(with.dir.path(), passphrase).map_err(errors::from_store),
        None => keychain_key(with),
    };
    // With a wrong or useless passphrase the keychain may still know better: a script's environment can be stale.
    let key = match (key, passphrase) {
        (Err(error), Some(_)) if error.code == "no_key_file" => keychain_key(with).map_err(|_| error)?,
        (result, _) => result?,
    };
    let store = Store::open(with.dir.path(), &key).map_err(errors::from_store)?;
    let desk = desk_of(with, store)?;
    desk.finish_joining(JOIN_PATIENCE)?;
    seat(with, &desk, passphrase)?;
    Ok(desk)
}

fn seat(with: &OpenWith<'_>, desk: &Desk, passphrase: Option<&str>) -> Result<(), DeskError> {
    let theirs = with.options.person_passphrase.as_deref().or(passphrase);
    let code = with.options.person_code.as_deref();
    desk.take_seat(with.options.person.as_deref(), theirs, code)
}

fn keychain_key(with: &OpenWith<'_>) -> Result<DatabaseKey, DeskError> {
    let vault = with.dir.vault()?;
    match with.options.keychain.fetch(&vault) {
        Some(key) => Ok(DatabaseKey::from_bytes(*key)),
        None => Err(DeskError::new(
            "passphrase_needed",
            "This practice is locked, and the keychain does not have its key.",
        )
        .hint("Type the passphrase, or set ORCA_PASSPHRASE.")
        .field("passphrase")),
    }
}

pub(crate) fn desk_of(with: &OpenWith<'_>, store: Store) -> Result<Arc<Desk>, DeskError> {
    let clock = clock_for(with.options.now.as_deref(), &store.roster(), &with.dir.zones())?;
    desk_at(with, store, clock)
}

fn desk_at(with: &OpenWith<'_>, mut store: Store, clock: Clock) -> Result<Arc<Desk>, DeskError> {
    if let Ids::Counted(_) = with.options.ids {
        // A test that counts its ids wants to see the same again: also which of two values Automerge shows.
        store.reincarnate(with.options.ids.next(with.now()).to_be_bytes());
    }
    let identity = Identity::from_bytes(|name| store.reads().setting(name).ok().flatten())?;
    let desk = Desk::new(Parts {
        dir: with.dir.clone(),
        store,
        identity,
        zones: with.dir.zones(),
        clock: with.options.clock.clone().unwrap_or(clock),
        // A clock that was given stays.
        demo_now: with.options.now.clone().filter(|_| with.options.clock.is_none()),
        ids: with.options.ids.clone(),
        listeners: with.listeners.clone(),
        via: match with.options.purpose {
            Purpose::Window => Via::Window,
            Purpose::Command => Via::Command,
        },
    });
    desk.know_founder()?;
    desk.read_earlier_releases()?;
    Ok(desk)
}

/// `ORCA_NOW` counts only in a demo practice: a real one must never book by a wrong clock.
pub(crate) fn clock_for(now: Option<&str>, roster: &Roster, zones: &Zones) -> Result<Clock, DeskError> {
    match now {
        Some(text) if roster.practice.is_demo => {
            fixed_now(text, &roster.practice.zone, zones).map(Clock::Fixed)
        }
        _ => Ok(Clock::System),
    }
}

/// An instant (RFC 3339), or a wall time in the practice's zone.
fn fixed_now(text: &str, zone: &ZoneName, zones: &Zones) -> Result<Timestamp, DeskError> {
    if let Ok(instant) = text.trim().parse::<Timestamp>() {
        return Ok(instant);
    }
    let wall = read::wall(text, "ORCA_NOW")?;
    zones
        .resolve(wall, zone)
        .map(|start| start.instant())
        .map_err(|error| {
            DeskError::new("bad_time", format!("ORCA_NOW cannot be used: {error}.")).field("ORCA_NOW")
        })
}

/// A practice in the making. Whatever breaks off before [`Beginning::finish`], also a power cut, leaves none, and the same
/// command can be given again.
pub(crate) struct Beginning<'a, 'b> {
    with: &'a OpenWith<'b>,
    /// Nobody else begins one here meanwhile.
    _alone: Held,
    draft: Draft,
}

impl<'a, 'b> Beginning<'a, 'b> {
    pub fn start(with: &'a OpenWith<'b>) -> Result<Self, DeskError> {
        if with.dir.has_practice() {
            return Err(practice_exists(with.dir));
        }
        let Some(alone) = with.dir.lock(Lock::Beginning)? else {
            return Err(DeskError::new(
                "busy",
                format!(
                    "Another program is starting a practice in {}.",
                    with.dir.path().display()
                ),
            )
            .hint("Wait until it is finished, or choose another folder with --data."));
        };
        Ok(Self {
            with,
            _alone: alone,
            draft: Draft::begin(with.dir.path())?,
        })
    }

    /// The empty file with its keys.
    pub fn create(
        &self,
        identity: &Identity,
        passphrase: Option<&str>,
    ) -> Result<(Store, DatabaseKey), DeskError> {
        let passphrase = passphrase
            .or(self.with.options.passphrase.as_deref())
            .filter(|text| !text.is_empty());
        let keychain = self.with.options.keychain;
        if passphrase.is_none() && !keychain.is_there() {
            return Err(DeskError::new(
                "passphrase_needed",
                "This computer has no keychain, so the practice needs a passphrase.",
            )
            .hint("Choose a passphrase, or set ORCA_PASSPHRASE.")
            .field("passphrase"));
        }
        let key = DatabaseKey::generate()?;
        // The name in the keychain belongs to the folder: a second attempt replaces what the first one kept there.
        let kept = keychain.is_there() && keychain.keep(&self.with.dir.vault()?, key.expose());
        match passphrase {
            Some(passphrase) => {
                let cost = self.with.options.passphrase_cost;
                store::write_key_file(self.draft.path(), &key, passphrase, cost)?;
            }
            None if !kept => {
                return Err(
                    DeskError::new("passphrase_needed", "The keychain would not keep the key.")
                        .hint("Choose a passphrase instead.")
                        .field("passphrase"),
                );
            }
            None => {}
        }
        let mut store = Store::create(self.draft.path(), &key, identity.practice, identity.workstation)?;
        for (name, bytes) in identity.to_bytes() {
            store.set_setting(name, Some(&bytes))?;
        }
        Ok((store, key))
    }

    /// Does the first work in the draft; only what is whole becomes the practice, and is opened as such.
    pub fn finish(
        self,
        store: Store,
        key: &DatabaseKey,
        clock: Clock,
        first: impl FnOnce(&Arc<Desk>) -> Result<(), DeskError>,
    ) -> Result<Arc<Desk>, DeskError> {
        let draft = OpenWith {
            dir: &DataDir::new(self.draft.path()),
            options: self.with.options,
            // Nobody sees a practice yet.
            listeners: Arc::new(Listeners::default()),
        };
        let desk = desk_at(&draft, store, clock)?;
        first(&desk)?;
        desk.write_all_looks()?;
        desk.store().settle()?;
        let desk = Arc::into_inner(desk).expect("a desk without loops and listeners has one owner");
        drop(desk);
        self.draft.move_in()?;
        desk_of(self.with, Store::open(self.with.dir.path(), key)?)
    }
}

pub(crate) fn name<'a>(text: &'a str, field: &str, what: &str) -> Result<&'a str, DeskError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(DeskError::new("invalid", format!("{what} is missing.")).field(field));
    }
    if text.chars().count() > MAX_NAME_CHARS {
        return Err(DeskError::new(
            "invalid",
            format!("{what} is too long: {MAX_NAME_CHARS} characters at the most."),
        )
        .field(field));
    }
    Ok(text)
}

/// Starts a practice.
pub(crate) fn found(with: &OpenWith<'_>, request: &InitPractice) -> Result<Arc<Desk>, DeskError> {
    let practice_name = name(&request.name, "name", "The practice’s name")?;
    let person_name = name(&request.person, "person", "Your name")?;
    let zone = ZoneName::new(request.zone.trim());
    let zones = with.dir.zones();
    zones.zone(&zone).map_err(|error| {
        DeskError::new("unknown_zone", format!("{error}."))
            .hint("Write an IANA name such as America/New_York or Europe/Berlin.")
            .field("zone")
    })?;
    let now = with.now();
    let ids = &with.options.ids;
    let identity = Identity::founding(
        PracticeId(ids.next(now)),
        WorkstationId(ids.next(now)),
        PersonId(ids.next(now)),
    );
    let founding = Founding {
        practice: identity.practice,
        name: practice_name,
        zone,
        person: identity.person,
        person_name,
        workstation: identity.workstation,
        workstation_name: WORKSTATION_NAME,
    };
    let records = starter::records(&founding, || ids.next(now));
    let statement = identity.found(person_name, founding.workstation_name)?;
    let beginning = Beginning::start(with)?;
    let (store, key) = beginning.create(&identity, request.passphrase.as_deref())?;
    beginning.finish(store, &key, Clock::System, |desk| {
        desk.append_statement(&statement)?;
        desk.write(Op::FoundPractice, |writing| writing.record(records))
    })
}

/// Opens the small demo in an empty folder.
pub(crate) fn demo(with: &OpenWith<'_>, request: &OpenDemo) -> Result<Arc<Desk>, DeskError> {
    let plan = DemoPlan {
        size: DemoSize::Small,
        seed: request.seed.unwrap_or(DEMO_SEED),
        today: None,
        is_furnished: true,
    };
    demo_of(with, &plan, request.passphrase.as_deref(), &mut |_, _| {})
}

/// Which demo.
#[derive(Debug, Clone)]
pub struct DemoPlan {
    pub size: DemoSize,
    pub seed: u64,
    /// The day in the middle, at mid-morning; `ORCA_NOW` or the clock if left out.
    pub today: Option<Date>,
    /// With ideal weeks, equipment and assistants.
    pub is_furnished: bool,
}

/// The seed of the demo that everybody knows.
pub const DEMO_SEED: u64 = 7;
/// Records in one envelope of the demo.
const DEMO_BATCH: usize = 400;

/// The demo at any size, with progress (records done, of about so many).
pub(crate) fn demo_of(
    with: &OpenWith<'_>,
    plan: &DemoPlan,
    passphrase: Option<&str>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Arc<Desk>, DeskError> {
    let zones = with.dir.zones();
    let bad_time = |error: clinic::TimeError| DeskError::new("bad_time", format!("{error}.")).field("today");
    let now = match (plan.today, with.options.now.as_deref()) {
        (Some(today), _) => mid_morning(today, &zones).map_err(bad_time)?,
        (None, Some(text)) => fixed_now(text, &ZoneName::new("America/New_York"), &zones)?,
        (None, None) => with.now(),
    };
    let ids = &with.options.ids;
    let (practice, workstation) = (PracticeId(ids.next(now)), WorkstationId(ids.next(now)));
    let spec = DemoSpec {
        size: plan.size,
        seed: plan.seed,
        now,
        practice,
        workstation,
        is_furnished: plan.is_furnished,
    };
    let mut demo = Demo::invent(spec, &zones).map_err(bad_time)?;
    let roster = demo.roster();
    let person = roster
        .iter()
        .find_map(|change| match change.entity() {
            clinic::Entity::Person(person) => Some(person.clone()),
            _ => None,
        })
        .expect("somebody works in the demo practice");
    let identity = Identity::founding(practice, workstation, person.id);
    let statement = identity.found(&person.name, WORKSTATION_NAME)?;
    let beginning = Beginning::start(with)?;
    let (store, key) = beginning.create(&identity, passphrase)?;
    // Its history begins on its own day; never later than now, or what is done next would seem to come before it.
    // Opened afterwards, it is known to be a demo, whose clock may stand still.
    beginning.finish(store, &key, Clock::Fixed(now.min(with.now())), |desk| {
        desk.append_statement(&statement)?;
        let total = demo.patient_count() + demo.appointment_count();
        let mut done = 0;
        for mut batch in demo.batches(DEMO_BATCH) {
            if done == 0 {
                batch.push(clinic::Change::add(clinic::Workstation {
                    id: workstation,
                    name: WORKSTATION_NAME.to_owned(),
                }));
            }
            // The roster of a big practice, with years of block-outs, is more than one envelope may hold.
            for piece in batch.chunks(DEMO_BATCH + DEMO_BATCH / 4) {
                done += piece.len();
                desk.write_quietly(Op::FoundPractice, |writing| writing.record(piece.to_vec()))?;
                progress(done.min(total), total);
            }
        }
        let mut is_more = plan.is_furnished;
        let mut templates = Vec::new();
        while is_more {
            is_more = desk.write_quietly(Op::FoundPractice, |writing| {
                if templates.is_empty() {
                    templates = demo.templates(&writing.author);
                }
                let piece: Vec<_> = templates.drain(..templates.len().min(DEMO_BATCH)).collect();
                writing.record(piece)?;
                Ok(!templates.is_empty())
            })?;
        }
        Ok(())
    })
}

/// Goes on from a backup in an empty folder. The incarnation is a new one, as whenever a file is opened, so that
/// nothing clashes with what this workstation wrote after the backup and the relay still has.
pub(crate) fn restore(with: &OpenWith<'_>, request: &RestoreBackup) -> Result<Arc<Desk>, DeskError> {
    let folder = backups::absolute(&request.folder)?;
    let passphrase = request
        .passphrase
        .as_deref()
        .or(with.options.passphrase.as_deref())
        .filter(|text| !text.is_empty())
        .ok_or_else(backups::needs_passphrase)?;
    let beginning = Beginning::start(with)?;
    let found = store::backup::find_backup(&folder, request.id.as_deref())?;
    let mut shown = backups::shown(backups::RESTORE, &with.listeners);
    let key = store::backup::restore(&found, passphrase, &beginning.draft, &mut shown)?;
    let keychain = with.options.keychain;
    if keychain.is_there() && !keychain.keep(&with.dir.vault()?, key.expose()) {
        tracing::warn!("the keychain would not keep the key: the passphrase opens the practice");
    }
    let store = Store::open(beginning.draft.path(), &key)?;
    let clock = clock_for(with.options.now.as_deref(), &store.roster(), &with.dir.zones())?;
    let desk = beginning.finish(store, &key, clock, |desk| {
        // From here on its audit is another one than the one that went on after the backup.
        // The id tells it from another computer that goes on from the same backup in the same moment.
        let restored = format!("{} {}", found.id, ulid::Ulid(desk.new_id()));
        desk.looked(store::audit::RESTORE, restored, Vec::new());
        Ok(())
    })?;
    desk.finish_joining(JOIN_PATIENCE)?;
    seat(with, &desk, Some(passphrase))?;
    Ok(desk)
}

pub(crate) fn practice_exists(dir: &DataDir) -> DeskError {
    DeskError::new(
        "practice_exists",
        format!("{} holds a practice already.", dir.path().display()),
    )
    .hint("Choose an empty folder with --data.")
}

/// Joins a practice with an invitation: fetches its keys from the relay, then the whole log.
pub(crate) fn join(with: &OpenWith<'_>, request: &JoinPractice) -> Result<Arc<Desk>, DeskError> {
    let code = checked(with, request)?;
    let answer = crate::syncing::ask_once(code.relay(), code.ask(), ASK_PATIENCE)?;
    let welcome = code.answer(&answer).map_err(|error| {
        DeskError::new(
            "invitation_refused",
            format!("The invitation cannot be used: {error}."),
        )
        .hint("Ask for a new invitation; each works once and for seven days.")
        .field("code")
    })?;
    let desk = enlist(with, request, &welcome)?;
    desk.finish_joining(JOIN_PATIENCE)?;
    Ok(desk)
}

/// What can be wrong with a request to join before the relay is asked.
fn checked(with: &OpenWith<'_>, request: &JoinPractice) -> Result<InvitationCode, DeskError> {
    name(&request.person, "person", "Your name")?;
    name(&request.workstation, "workstation", "This workstation’s name")?;
    if with.dir.has_practice() {
        return Err(practice_exists(with.dir));
    }
    request.code.parse().map_err(|error: sync::invitation::BadCode| {
        DeskError::new(
            "bad_code",
            format!("{}.", crate::words::capital(&error.to_string())),
        )
        .hint("Copy the whole code, from ORCA- to its end.")
        .field("code")
    })
}

/// Makes this workstation's file with what an invitation's parcel holds, and writes the statement that joins.
pub(crate) fn enlist(
    with: &OpenWith<'_>,
    request: &JoinPractice,
    welcome: &WelcomeParcel,
) -> Result<Arc<Desk>, DeskError> {
    let code = checked(with, request)?;
    let (person_name, workstation_name) = (request.person.trim(), request.workstation.trim());
    let now = with.now();
    let ids = &with.options.ids;
    let identity = Identity::joining(
        PracticeId::from_bytes(welcome.practice.0),
        WorkstationId(ids.next(now)),
        PersonId(ids.next(now)),
        welcome.keys.clone(),
    );
    let introduction = identity.introduction(person_name, workstation_name)?;
    let statement = code.join(
        welcome.practice,
        &identity.workstation_keys,
        &identity.person_keys,
        introduction,
    );
    let beginning = Beginning::start(with)?;
    let (store, key) = beginning.create(&identity, request.passphrase.as_deref())?;
    beginning.finish(store, &key, Clock::System, |desk| {
        let newcomer = Newcomer::invited(person_name, workstation_name, welcome.snapshot);
        desk.begin_joining(code.relay(), welcome.founder, &newcomer)?;
        desk.append_statement_having_seen(&statement, welcome.seen)
    })
}

/// The zones that the zone data knows; the computer's own first, as a suggestion only.
pub(crate) fn zone_list(dir: &DataDir) -> ZoneList {
    let zones = dir.zones();
    let names = zones.names();
    let own = iana_time_zone::get_timezone()
        .ok()
        .filter(|name| names.iter().any(|known| known == name));
    ZoneList {
        suggested: own.unwrap_or_else(|| "America/New_York".to_owned()),
        zones: names,
    }
}
