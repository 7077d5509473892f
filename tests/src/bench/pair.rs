//! Two workstations of one practice and their relay, as folders that were made once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clinic::{AppointmentId, PatientId};
use desk::api::{
    AppointmentRef, Boot, EditAppointment, Event, Handlers, JoinPractice, ListPatients, Nothing, PatientRef,
    RelayInvite, SyncMode,
};
use desk::{FrontDesk, Purpose};

use super::practice::{self, Copied, Practice};
use super::process::RelayProcess;

/// How long anything may take before we give up on it.
const PATIENCE: Duration = Duration::from_secs(600);

/// A workstation that has everything, another that joined it, and the relay between them.
pub struct Pair {
    folder: PathBuf,
    /// How long uploading and joining took, if it was done now.
    pub made: Option<Making>,
}

pub struct Making {
    pub upload: Duration,
    pub join: Duration,
}

/// Copies of the pair at work; the relay ends when dropped.
pub struct AtWork {
    copy: Copied,
    pub first: PathBuf,
    pub second: PathBuf,
    pub relay: RelayProcess,
}

impl Pair {
    pub fn ready(practice: &Practice) -> Result<Self> {
        let mut pair = Self {
            folder: practice.home().join("pair"),
            made: None,
        };
        if !pair.folder.is_dir() {
            pair.made = Some(pair.make(practice)?);
        }
        Ok(pair)
    }

    fn make(&self, practice: &Practice) -> Result<Making> {
        let first = practice.copy()?;
        let draft = tempfile::tempdir_in(practice.home())?;
        let relay_data = draft.path().join("relay");
        fs::create_dir_all(&relay_data)?;
        let relay = RelayProcess::start(&relay_data, 0)?;

        eprintln!("sending the practice to a relay, once");
        let front = first.open(Purpose::Command)?;
        let start = Instant::now();
        let invitation = loop {
            // A desk waits half a minute for the relay; a whole practice that was never sent takes longer.
            let invite = RelayInvite {
                relay: Some(relay.url()),
                registration_token: None,
                grants: None,
            };
            match front.relay_invite(invite) {
                Ok(invitation) => break invitation,
                Err(error) if start.elapsed() > PATIENCE => return Err(error.into()),
                Err(error) => eprintln!("not yet: {error}"),
            }
        };
        let upload = start.elapsed();

        eprintln!("joining with another workstation, once");
        let second = draft.path().join("second");
        let start = Instant::now();
        let other = FrontDesk::start(practice::options(&second, Purpose::Command));
        let request = JoinPractice {
            code: invitation.code,
            person: "Bea Second".to_owned(),
            workstation: "Second desk".to_owned(),
            passphrase: None,
        };
        ensure!(
            matches!(other.join_practice(request)?, Boot::Ready),
            "the second desk did not open"
        );
        let join = start.elapsed();
        // The first one hears who came.
        front.sync_once(PATIENCE)?;
        other.close();
        front.close();
        drop((front, other));
        practice::copy_folder(first.path(), &draft.path().join("first"))?;
        fs::write(draft.path().join("port"), relay.address.port().to_string())?;
        drop(relay);
        fs::rename(draft.path(), &self.folder).context("the new pair cannot be named")?;
        Ok(Making { upload, join })
    }

    /// Copies the pair and starts its relay on the port that both know.
    pub fn to_work(&self, practice: &Practice) -> Result<AtWork> {
        let copy = Copied::of(&self.folder, practice.home())?;
        let port: u16 = fs::read_to_string(copy.path().join("port"))?.trim().parse()?;
        let relay = RelayProcess::start(&copy.path().join("relay"), port).with_context(|| {
            format!(
                "if another program has the port, remove {} to make a new pair",
                self.folder.display()
            )
        })?;
        Ok(AtWork {
            first: copy.path().join("first"),
            second: copy.path().join("second"),
            relay,
            copy,
        })
    }
}

impl AtWork {
    /// Where the relay keeps its log.
    pub fn relay_dir(&self) -> PathBuf {
        self.copy.path().join("relay")
    }
}

/// A desk whose events are listened to.
pub struct Listened {
    pub front: FrontDesk,
    events: Receiver<(Instant, Vec<Event>)>,
}

impl Listened {
    pub fn open(dir: &Path) -> Result<Self> {
        let (sender, events): (Sender<(Instant, Vec<Event>)>, _) = channel();
        let front = practice::open(dir, Purpose::Window)?;
        front.subscribe(Box::new(move |batch| {
            // Nobody listens any more at the end.
            let _ = sender.send((Instant::now(), batch.to_vec()));
        }));
        Ok(Self { front, events })
    }

    /// Waits until everything is sent and received.
    pub fn wait_in_step(&self) -> Result<()> {
        let start = Instant::now();
        loop {
            let state = self.front.sync_state(Nothing {})?;
            if state.mode == SyncMode::Live && state.waiting == 0 && state.behind == 0 {
                return Ok(());
            }
            ensure!(
                start.elapsed() < PATIENCE,
                "the desks do not get in step: {state:?}"
            );
            // An event tells of every turn; the limit is for one that came before we listened.
            let _ = self.events.recv_timeout(Duration::from_millis(20));
        }
    }

    /// Forgets what was heard so far.
    pub fn hush(&self) {
        while self.events.try_recv().is_ok() {}
    }

    /// When the screen was told of a change to this visit.
    pub fn told_of(&self, visit: AppointmentId) -> Result<Instant> {
        loop {
            let (at, batch) = self
                .events
                .recv_timeout(PATIENCE)
                .context("the other desk hears nothing")?;
            let is_it = |event: &Event| matches!(event, Event::Changed(changed) if changed.appointments.iter().any(|card| card.id == visit));
            if batch.iter().any(is_it) {
                return Ok(at);
            }
        }
    }

    /// Waits until the visit has this note here; the relay keeps order, so what was written before is here too.
    pub fn wait_for_note(&self, visit: AppointmentId, note: &str) -> Result<()> {
        let start = Instant::now();
        loop {
            if self.note_of(visit)? == note {
                return Ok(());
            }
            ensure!(start.elapsed() < PATIENCE, "the note never came");
            let mut is_change = false;
            while !is_change {
                let Ok((_, batch)) = self.events.recv_timeout(Duration::from_millis(200)) else {
                    break;
                };
                is_change = batch.iter().any(|event| matches!(event, Event::Changed(_)));
            }
        }
    }

    pub fn note_of(&self, visit: AppointmentId) -> Result<String> {
        Ok(self.front.appointment(AppointmentRef { id: visit })?.note)
    }
}

/// Writes a note on a visit: one change of one document.
pub fn note(front: &FrontDesk, visit: AppointmentId, text: &str) -> Result<()> {
    front.edit_appointment(EditAppointment {
        id: visit,
        note: Some(text.to_owned()),
        is_asap: None,
        arrive_early_minutes: None,
    })?;
    Ok(())
}

/// A visit each of so many patients, so that each is another document.
pub fn visits_of_patients(front: &FrontDesk, count: usize) -> Result<Vec<AppointmentId>> {
    let mut visits = Vec::with_capacity(count);
    let mut after: Option<PatientId> = None;
    while visits.len() < count {
        let page = front.list_patients(ListPatients {
            after,
            limit: Some(200),
        })?;
        for patient in &page.patients {
            let detail = front.patient(PatientRef { id: patient.id })?;
            visits.extend(detail.visits.first().map(|visit| visit.id));
        }
        after = page.patients.last().map(|patient| patient.id);
        if !page.more && visits.len() < count {
            bail!(
                "the practice has visits of {} patients only, not of {count}",
                visits.len()
            );
        }
    }
    visits.truncate(count);
    Ok(visits)
}
