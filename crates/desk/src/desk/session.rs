//! Who sits at this desk: signing in and out, locking, and what a locked desk still answers.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use clinic::PersonId;
use sync::staff::{Emergency, Login, Place};
use sync::{PersonKeys, Statement};
use zeroize::Zeroizing;

use crate::access::Access;
use crate::api::{EmergencyView, Event, SecondFactor, Session, SessionState};
use crate::desk::Desk;
use crate::desk::staff::{EmergencyNote, Staff};
use crate::desk::writing::not_allowed;
use crate::identity::Identity;
use crate::{DeskError, views};

/// First bytes of a person's key behind their passphrase.
const LOGIN: &[u8; 8] = b"ORCALOG\x01";
/// Minutes without a touch until a desk locks itself, unless it was told otherwise.
pub(crate) const LOCK_AFTER_MINUTES: u16 = 10;
/// A PIN is short, so it may be tried this often; then the passphrase is asked for.
const PIN_TRIES: u8 = 5;
/// Wrong passphrases before the next try has to wait, and the longest wait. Only this person waits, at this desk only.
const FREE_TRIES: u32 = 3;
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How long emergency access lasts.
pub(crate) const EMERGENCY_MINUTES: i64 = 60;

/// What a desk knows of who sits at it. In memory only.
pub(crate) struct Seat {
    is_locked: bool,
    /// The person who can come back with their PIN, as long as the shift lasts.
    resting: Option<Resting>,
    pin: Option<Zeroizing<String>>,
    wrong: std::collections::HashMap<PersonId, (u32, Instant)>,
    touched: (Instant, SystemTime),
    emergency_until: Option<jiff::Timestamp>,
    /// A second factor that waits to be confirmed, and whose it will be.
    pub(super) offered: Option<(PersonId, Zeroizing<[u8; crate::one_time::SECRET_LENGTH]>)>,
}

struct Resting {
    person: PersonId,
    keys: Arc<PersonKeys>,
    pin: Zeroizing<String>,
    tries: u8,
}

impl Seat {
    pub fn new(is_locked: bool) -> Seat {
        Seat {
            is_locked,
            resting: None,
            pin: None,
            wrong: std::collections::HashMap::new(),
            touched: (Instant::now(), SystemTime::now()),
            emergency_until: None,
            offered: None,
        }
    }
}

fn wrong_passphrase() -> DeskError {
    DeskError::new("wrong_passphrase", "This is not the passphrase.").field("passphrase")
}

impl Desk {
    pub(super) fn seat(&self) -> std::sync::MutexGuard<'_, Seat> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_locked(&self) -> bool {
        self.seat().is_locked
    }

    /// Whether a command may run now, by this person.
    pub(crate) fn check_access(&self, access: Access) -> Result<(), DeskError> {
        if access == Access::Anybody {
            return Ok(());
        }
        if self.is_locked() {
            return Err(DeskError::new("locked", "This desk is locked.").hint("Sign in to go on."));
        }
        let rights = self.rights();
        match access {
            Access::Anybody | Access::SignedIn => Ok(()),
            Access::Permission(permission) => rights.check(permission, None),
            Access::AnyOf(permissions) => {
                let first = permissions
                    .first()
                    .map_or(Ok(()), |first| rights.check(*first, None));
                if permissions.iter().any(|permission| rights.may(*permission)) {
                    Ok(())
                } else {
                    first
                }
            }
            Access::Administrator => {
                if rights.is_administrator() {
                    self.check_factor_is_there()?;
                    Ok(())
                } else {
                    rights.check_administrator(None)
                }
            }
        }
        .map_err(|lacks| not_allowed(&lacks, &self.roster()))
    }

    /// Whether the person may see the calendar of a location.
    pub(crate) fn may_see(&self, location: clinic::LocationId) -> Result<(), DeskError> {
        self.rights()
            .check(clinic::Permission::ViewCalendar, Some(location))
            .map_err(|lacks| not_allowed(&lacks, &self.roster()))
    }

    pub fn session(&self) -> Session {
        let staff = self.staff();
        let identity = self.identity();
        let roster = self.roster();
        let rights = staff.rights(identity.person_keys.key_id());
        let (is_locked, can_use_pin, emergency_until) = {
            let seat = self.seat();
            let can_use_pin = seat.resting.as_ref().map(|resting| resting.person);
            (seat.is_locked, can_use_pin, seat.emergency_until)
        };
        let people = roster
            .people
            .values()
            .filter(|person| person.is_active && staff.login_of(person.id).is_some())
            .map(views::person_view)
            .collect();
        Session {
            state: if is_locked {
                SessionState::Locked
            } else {
                SessionState::Open
            },
            practice: roster.practice.name.clone(),
            me: (!is_locked)
                .then(|| roster.people.get(&identity.person).map(views::person_view))
                .flatten(),
            people,
            pin_for: can_use_pin,
            may: clinic::Permission::ALL
                .iter()
                .copied()
                .filter(|permission| !is_locked && rights.may(*permission))
                .collect(),
            is_administrator: !is_locked && rights.is_administrator(),
            is_super_admin: !is_locked && rights.is_super_admin(),
            has_login: staff
                .signer(identity.person_keys.key_id())
                .is_some_and(|signer| signer.login.is_some()),
            second_factor: if is_locked {
                SecondFactor::default()
            } else {
                self.second_factor(&staff, &identity)
            },
            lock_after_minutes: self.lock_after_minutes(),
            emergency_until: emergency_until.map(views::instant),
            emergencies: if is_locked {
                Vec::new()
            } else {
                self.emergencies(&staff, &roster, identity.person)
            },
        }
    }

    /// Who else has emergency access.
    fn emergencies(&self, staff: &Staff, roster: &clinic::Roster, me: PersonId) -> Vec<EmergencyView> {
        roster
            .people
            .values()
            .filter(|person| person.id != me)
            .filter_map(|person| {
                let note = staff
                    .keys_of(person.id)
                    .find_map(|signer| signer.emergency.as_ref())?;
                Some(EmergencyView {
                    person: views::person_view(person),
                    reason: note.reason.clone(),
                    until: views::instant(note.until),
                })
            })
            .collect()
    }

    pub(crate) fn tell_session(&self) {
        self.tell(&[Event::Session {
            session: self.session(),
        }]);
    }

    /// Who sits here when the program starts: the named person, or the workstation's own, whose key lies here as long as
    /// they have no passphrase. `passphrase`: theirs, tried before anybody is asked. Without it the desk is locked.
    pub(crate) fn take_seat(
        &self,
        person: Option<&str>,
        passphrase: Option<&str>,
        code: Option<&str>,
    ) -> Result<(), DeskError> {
        let staff = self.staff();
        let id = match person {
            Some(text) => crate::read::person(&self.roster(), text)?,
            None => self.own_person(),
        };
        if staff.login_of(id).is_none() {
            return if id == self.own_person() {
                Ok(())
            } else {
                Err(DeskError::new("no_login", "This person has no log-in.")
                    .hint("An administrator gives one: orcactl people add, or orcactl people passphrase.")
                    .field("as"))
            };
        }
        let tried = passphrase.map(|passphrase| self.sign_in(id, passphrase, code));
        match tried {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) if person.is_some() => Err(error),
            // A code is asked for where there is a screen; a command says what it needs, or that it is wrong.
            Some(Err(error)) if error.field.as_deref() == Some("code") && !self.has_screen() => Err(error),
            _ if person.is_some() => Err(DeskError::new(
                "passphrase_needed",
                "The person’s passphrase is needed.",
            )
            .hint("Set ORCA_PERSON_PASSPHRASE.")
            .field("as")),
            _ => {
                self.seat().is_locked = true;
                self.act_as(Identity::acting_as_nobody);
                Ok(())
            }
        }
    }

    /// Signs a person in with their passphrase, whoever sat here before. `code`: of their second factor, if they have one.
    pub fn sign_in(
        &self,
        person: PersonId,
        passphrase: &str,
        code: Option<&str>,
    ) -> Result<Session, DeskError> {
        self.may_try(person)?;
        let staff = self.staff();
        let Some((signer, login)) = staff.login_of(person) else {
            return Err(DeskError::new("no_login", "This person has no log-in.")
                .hint("An administrator gives one under People.")
                .field("person"));
        };
        let opened = store::unwrap_secret(LOGIN, login, &signer.key.0, passphrase, "the log-in");
        let secret = match opened {
            Ok(secret) => secret,
            Err(store::StoreError::WrongPassphrase) => {
                self.note_wrong(person);
                return Err(wrong_passphrase());
            }
            Err(error) => return Err(error.into()),
        };
        let keys = Arc::new(PersonKeys::generate(*secret));
        if keys.public() != signer.key {
            return Err(wrong_passphrase());
        }
        if let Err(error) = self.check_second_factor(person, &keys, code) {
            if code.is_some() {
                self.note_wrong(person);
            }
            return Err(error);
        }
        self.sit_down(person, keys);
        Ok(self.session())
    }

    pub(super) fn sit_down(&self, person: PersonId, keys: Arc<PersonKeys>) {
        let before = {
            let mut seat = self.seat();
            seat.is_locked = false;
            seat.pin = None;
            seat.offered = None;
            seat.wrong.remove(&person);
            seat.touched = (Instant::now(), SystemTime::now());
            let until = seat.emergency_until.take();
            until.map(|_| seat.resting.take()).or_else(|| {
                seat.resting = None;
                None
            })
        };
        if let Some(resting) = before {
            // Whoever took emergency access gives it back when somebody else takes the seat.
            let identity = self.identity();
            let theirs = match resting {
                Some(resting) => identity.acting_as(resting.person, resting.keys),
                None => (*identity).clone(),
            };
            if theirs.person != person {
                self.end_emergency_of(&theirs);
            }
        }
        // Begun before the screen was covered, or before the program was started anew.
        let emergency = self
            .staff()
            .signer(keys.key_id())
            .and_then(|signer| signer.emergency.as_ref().map(|note| note.until));
        self.seat().emergency_until = emergency;
        self.act_as(|identity| identity.acting_as(person, keys));
        self.tell_session();
    }

    fn own_person(&self) -> PersonId {
        *self.own_person.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This workstation, and the key that lies here, are this person's from now on.
    pub(super) fn belong_to(&self, person: PersonId) -> Result<(), DeskError> {
        self.set_meta(Identity::own_person_setting(), &person.to_bytes())?;
        *self.own_person.lock().unwrap_or_else(PoisonError::into_inner) = person;
        self.act_as(|identity| identity.acting_as(person, identity.person_keys.clone()));
        Ok(())
    }

    fn act_as(&self, change: impl FnOnce(&Identity) -> Identity) {
        let mut identity = self.identity.write().unwrap_or_else(PoisonError::into_inner);
        *identity = Arc::new(change(&identity));
    }

    /// After some wrong tries each next one waits twice as long, up to a minute.
    pub(super) fn may_try(&self, person: PersonId) -> Result<(), DeskError> {
        let seat = self.seat();
        let Some((count, last)) = seat.wrong.get(&person) else {
            return Ok(());
        };
        let Some(beyond) = count.checked_sub(FREE_TRIES) else {
            return Ok(());
        };
        let wait = Duration::from_secs(1 << beyond.min(6)).min(LONGEST_WAIT);
        match wait.checked_sub(last.elapsed()).filter(|left| !left.is_zero()) {
            None => Ok(()),
            Some(left) => Err(DeskError::new(
                "too_many_tries",
                format!(
                    "Too many wrong passphrases: try again in {}.",
                    match left.as_secs() {
                        0 => "a second".to_owned(),
                        more => format!("{} seconds", more + 1),
                    }
                ),
            )
            .hint("Others can sign in meanwhile. An administrator can give a new passphrase.")
            .field("passphrase")),
        }
    }

    pub(super) fn note_wrong(&self, person: PersonId) {
        let mut seat = self.seat();
        let entry = seat.wrong.entry(person).or_insert((0, Instant::now()));
        *entry = (entry.0.saturating_add(1), Instant::now());
    }

    /// Locks the desk: nothing of the practice is answered until somebody signs in. Who has a PIN comes back with it.
    pub fn lock(&self) -> Result<Session, DeskError> {
        if !self.session().has_login && !self.is_locked() {
            return Err(
                DeskError::new("no_way_back", "You have no passphrase to come back with.")
                    .hint("Choose one first: your name at the top, then “Choose passphrase”."),
            );
        }
        self.cover();
        Ok(self.session())
    }

    /// The workstation is no longer of the practice, as one that was stolen: whoever sits here sees nothing any more. People
    /// of the practice sign in with their passphrase; a PIN does not count. The relay's word is enough for this: it takes
    /// nothing from who has a passphrase, and nobody's work is lost.
    pub(crate) fn lock_as_removed(&self) {
        if self.is_locked() {
            self.seat().resting = None;
            self.tell_session();
            return;
        }
        self.looked("lock", "removed".to_owned(), Vec::new());
        self.seat().pin = None;
        self.cover();
    }

    fn cover(&self) {
        let identity = self.identity();
        let gives_back = {
            let mut seat = self.seat();
            if seat.is_locked {
                return;
            }
            seat.is_locked = true;
            let pin = seat.pin.take();
            let gives_back = pin.is_none() && seat.emergency_until.take().is_some();
            seat.resting = pin.map(|pin| Resting {
                person: identity.person,
                keys: identity.person_keys.clone(),
                pin,
                tries: 0,
            });
            gives_back
        };
        if gives_back {
            self.end_emergency_of(&identity);
        }
        self.act_as(Identity::acting_as_nobody);
        self.tell_session();
    }

    /// Comes back to a locked desk with the PIN of this shift.
    pub fn resume(&self, pin: &str) -> Result<Session, DeskError> {
        let back = {
            let mut seat = self.seat();
            let Some(resting) = seat.resting.as_mut() else {
                return Err(DeskError::new(
                    "no_pin",
                    "The PIN does not count any more: type your passphrase.",
                )
                .field("pin"));
            };
            if *resting.pin == pin {
                seat.resting.take()
            } else {
                resting.tries += 1;
                if resting.tries >= PIN_TRIES {
                    seat.resting = None;
                }
                None
            }
        };
        match back {
            Some(Resting {
                person, keys, pin, ..
            }) => {
                self.sit_down(person, keys);
                self.seat().pin = Some(pin);
                Ok(self.session())
            }
            None => Err(DeskError::new("wrong_pin", "This is not the PIN.").field("pin")),
        }
    }

    /// A PIN for this shift, at this desk; it is forgotten when somebody else signs in or the program ends.
    pub fn set_pin(&self, pin: &str) -> Result<Session, DeskError> {
        let is_fit = pin.len() >= 4 && pin.len() <= 12 && pin.bytes().all(|byte| byte.is_ascii_digit());
        if !is_fit {
            return Err(DeskError::new("invalid", "A PIN has 4 to 12 digits.").field("pin"));
        }
        if !self.session().has_login {
            return Err(DeskError::new(
                "no_login",
                "A PIN stands in for a passphrase, and you have none yet.",
            )
            .hint("Choose your passphrase first."));
        }
        self.seat().pin = Some(Zeroizing::new(pin.to_owned()));
        Ok(self.session())
    }

    /// The person at the desk chooses a passphrase. `current`: the old one, if there is one.
    pub fn choose_passphrase(
        &self,
        current: Option<&str>,
        passphrase: &str,
        cost: store::PassphraseCost,
    ) -> Result<Session, DeskError> {
        let identity = self.identity();
        let staff = self.staff();
        if let Some((signer, login)) = staff.login_of(identity.person) {
            let current = current.ok_or_else(|| wrong_passphrase().field("current"))?;
            self.may_try(identity.person)?;
            if store::unwrap_secret(LOGIN, login, &signer.key.0, current, "the log-in").is_err() {
                self.note_wrong(identity.person);
                return Err(
                    DeskError::new("wrong_passphrase", "This is not your passphrase so far.")
                        .field("current"),
                );
            }
        }
        self.say_login(&identity, passphrase, cost)?;
        // From now on the key is behind the passphrase only.
        if self.own_person() == identity.person {
            self.store()
                .set_setting(Identity::own_person_keys_setting(), None)?;
        }
        Ok(self.session())
    }

    /// Says in the log, signed by `identity`’s person, how they log in.
    pub(crate) fn say_login(
        &self,
        identity: &Identity,
        passphrase: &str,
        cost: store::PassphraseCost,
    ) -> Result<(), DeskError> {
        check_passphrase(passphrase)?;
        let key = identity.person_keys.public();
        let secret = identity.person_keys.to_bytes();
        let secret: Zeroizing<[u8; 32]> = Zeroizing::new(
            secret[1..]
                .try_into()
                .map_err(|_| DeskError::new("internal", "The key has an unexpected form."))?,
        );
        let wrapped = store::wrap_secret(LOGIN, &secret, &key.0, passphrase, cost)?;
        let login = self.note(identity, Place::Login(key), &wrapped)?;
        self.append_statement_of(identity, &Statement::Login(Login { login: Some(login) }))
    }

    /// The screen was touched.
    pub fn touched(&self) {
        self.seat().touched = (Instant::now(), SystemTime::now());
    }

    /// Locks a desk that nobody touched for long, also if the computer slept meanwhile or its clock was set back; ends
    /// emergency access when its time is over.
    pub(crate) fn lock_if_left_alone(&self) {
        let minutes = self.lock_after_minutes();
        let limit = Duration::from_secs(60 * u64::from(minutes));
        let (is_idle, is_over) = {
            let seat = self.seat();
            let (steady, wall) = seat.touched;
            // The steady clock may stand still while the computer sleeps; the wall clock may be set.
            let idle = steady.elapsed().max(wall.elapsed().unwrap_or_default());
            let is_over = seat.emergency_until.is_some_and(|until| self.now() >= until);
            (minutes > 0 && !seat.is_locked && idle >= limit, is_over)
        };
        if is_over
            && !self.is_locked()
            && let Err(error) = self.end_emergency()
        {
            tracing::warn!(code = error.code, "emergency access could not be given back");
        }
        if is_idle && let Err(error) = self.lock() {
            tracing::debug!(code = error.code, "the desk is not locked");
            self.touched();
        }
    }

    /// Takes emergency access with a reason: everything at the calendar for an hour, and everybody is told.
    pub fn break_glass(&self, reason: &str) -> Result<Session, DeskError> {
        let reason = reason.trim();
        if reason.chars().count() < 5 {
            return Err(
                DeskError::new("reason_needed", "Say in a few words what the emergency is.").field("reason"),
            );
        }
        let from = self.now();
        let until = from + jiff::SignedDuration::from_mins(EMERGENCY_MINUTES);
        let note = EmergencyNote {
            reason: reason.to_owned(),
            from,
            until,
        };
        let identity = self.identity();
        let place = Place::Emergency(identity.person_keys.public());
        let plain = serde_json::to_vec(&note).expect("a note is plain data");
        let reason = Some(self.note(&identity, place, &plain)?);
        self.append_statement_of(&identity, &Statement::Emergency(Emergency { reason }))?;
        self.seat().emergency_until = Some(until);
        tracing::warn!(person = %identity.person, "emergency access was taken");
        self.tell_session();
        Ok(self.session())
    }

    /// Gives emergency access back.
    pub fn end_emergency(&self) -> Result<Session, DeskError> {
        let identity = self.identity();
        self.append_statement_of(&identity, &Statement::Emergency(Emergency { reason: None }))?;
        self.seat().emergency_until = None;
        self.tell_session();
        Ok(self.session())
    }

    fn end_emergency_of(&self, identity: &Identity) {
        let end = Statement::Emergency(Emergency { reason: None });
        if let Err(error) = self.append_statement_of(identity, &end) {
            tracing::warn!(code = error.code, "emergency access could not be given back");
        }
    }
}

/// Long enough to be worth Argon2.
pub(crate) fn check_passphrase(passphrase: &str) -> Result<(), DeskError> {
    if passphrase.chars().count() < 8 {
        return Err(DeskError::new(
            "invalid",
            "A passphrase has at least 8 characters; three or four words are good.",
        )
        .field("passphrase"));
    }
    Ok(())
}
