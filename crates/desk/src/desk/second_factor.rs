//! The second factor: one-time codes beside the passphrase, checked at every desk, off-line too.

use clinic::PersonId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sync::staff::{Factor, Place, Policy};
use sync::{KeyId, PersonKeys, Statement};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::api::{
    BackupCodes, Code, RequireSecondFactor, SecondFactor, SecondFactorOffer, Session, TrustWorkstation,
};
use crate::clock::Clock;
use crate::desk::Desk;
use crate::desk::staff::{Rules, Staff};
use crate::identity::{Identity, random};
use crate::one_time::{self, SECRET_LENGTH};
use crate::{DeskError, qr};

/// Place of what only the person reads.
const PLACE: &[u8] = b"second factor 1";
/// Backup codes that are made.
const BACKUP_CODES: usize = 8;
/// Letters of one: 50 random bits.
const BACKUP_LETTERS: usize = 10;

/// What only the person's own key opens.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Kept {
    secret: [u8; SECRET_LENGTH],
    /// SHA-256 of each that is left.
    #[zeroize(skip)]
    backup: Vec<[u8; 32]>,
    /// Workstations at which no code is asked for.
    #[zeroize(skip)]
    trusted: Vec<clinic::WorkstationId>,
}

fn digest(backup_code: &str) -> [u8; 32] {
    let letters: String = backup_code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    Sha256::new()
        .chain_update(b"orca backup code 1\0")
        .chain_update(letters)
        .finalize()
        .into()
}

fn wrong_code() -> DeskError {
    DeskError::new("wrong_code", "This is not the code, or it was used already.")
        .hint("Wait for the next one, and check that the clocks of phone and computer are right; or take a backup code.")
        .field("code")
}

fn needed() -> DeskError {
    DeskError::new(
        "second_factor_needed",
        "A code of the authenticator app is needed.",
    )
    .hint("Type the six digits it shows, or a backup code. For a command: ORCA_PERSON_CODE.")
    .field("code")
}

fn used_setting(key: KeyId) -> String {
    format!("factor/used/{key}")
}

impl Desk {
    /// The world's clock, also where a demo's stands still: phones go by it.
    fn world_seconds(&self) -> u64 {
        let now = match self.roster().practice.is_demo {
            true => Clock::System.now(),
            false => self.now(),
        };
        u64::try_from(now.as_second()).unwrap_or_default()
    }

    fn kept(&self, staff: &Staff, keys: &PersonKeys) -> Result<Option<Kept>, DeskError> {
        let Some(sealed) = staff
            .signer(keys.key_id())
            .and_then(|signer| signer.factor.as_deref())
        else {
            return Ok(None);
        };
        let bad = || {
            DeskError::new(
                "corrupt",
                "The second factor cannot be read: an administrator can reset the log-in.",
            )
        };
        let plain = keys.open_private(PLACE, sealed).map_err(|_| bad())?;
        serde_json::from_slice(&plain).map(Some).map_err(|_| bad())
    }

    /// How it stands for whoever sits here.
    pub(super) fn second_factor(&self, staff: &Staff, identity: &Identity) -> SecondFactor {
        let kept = self.kept(staff, &identity.person_keys).ok().flatten();
        let is_administrator = staff.rights(identity.person_keys.key_id()).is_administrator();
        SecondFactor {
            is_on: kept.is_some(),
            is_required: staff.rules.second_factor && is_administrator,
            is_trusted_here: kept
                .as_ref()
                .is_some_and(|kept| kept.trusted.contains(&identity.workstation)),
            backup_codes: kept.map_or(0, |kept| u8::try_from(kept.backup.len()).unwrap_or(u8::MAX)),
        }
    }

    /// Where the practice asks it of administrators, one without it may do nothing as such.
    pub(super) fn check_factor_is_there(&self) -> Result<(), DeskError> {
        let staff = self.staff();
        let has_one = staff
            .signer(self.identity().person_keys.key_id())
            .is_some_and(|signer| signer.factor.is_some());
        if staff.rules.second_factor && !has_one {
            return Err(DeskError::new(
                "second_factor_missing",
                "The practice asks administrators for a second factor, and you have none yet.",
            )
            .hint("Set it up first: your name at the top, then “Second factor”."));
        }
        Ok(())
    }

    /// At the sign-in, with the passphrase right: is a code asked for, and is this it?
    pub(super) fn check_second_factor(
        &self,
        person: PersonId,
        keys: &std::sync::Arc<PersonKeys>,
        code: Option<&str>,
    ) -> Result<(), DeskError> {
        let Some(mut kept) = self.kept(&self.staff(), keys)? else {
            return Ok(());
        };
        if kept.trusted.contains(&self.workstation()) {
            return Ok(());
        }
        let code = code
            .map(str::trim)
            .filter(|code| !code.is_empty())
            .ok_or_else(needed)?;
        if self.takes_code(&kept, keys.key_id(), code)? {
            return Ok(());
        }
        let used = digest(code);
        let before = kept.backup.len();
        kept.backup.retain(|left| *left != used);
        if kept.backup.len() == before {
            return Err(wrong_code());
        }
        // Every desk hears that it is used; off-line ones when they are back.
        let theirs = self.identity().acting_as(person, keys.clone());
        self.say_factor(&theirs, Some(&kept))
    }

    /// Whether it is a code of now; it counts once at this workstation.
    fn takes_code(&self, kept: &Kept, key: KeyId, code: &str) -> Result<bool, DeskError> {
        let setting = used_setting(key);
        let used = self
            .store()
            .reads()
            .setting(&setting)?
            .and_then(|bytes| bytes.try_into().ok())
            .map(u64::from_be_bytes);
        let Some(step) = one_time::step_of(&kept.secret, code, self.world_seconds(), used) else {
            return Ok(false);
        };
        self.set_meta(&setting, &step.to_be_bytes())?;
        Ok(true)
    }

    fn say_factor(&self, identity: &Identity, kept: Option<&Kept>) -> Result<(), DeskError> {
        let factor = kept
            .map(|kept| {
                let plain = Zeroizing::new(serde_json::to_vec(kept).expect("a second factor is plain data"));
                let sealed = identity.person_keys.seal_private(PLACE, &plain, random());
                self.note(identity, Place::Factor(identity.person_keys.public()), &sealed)
            })
            .transpose()?;
        self.append_statement_of(identity, &Statement::Factor(Factor { factor }))
    }

    /// A fresh secret for the person at the desk; nothing counts before it is confirmed.
    pub fn begin_second_factor(&self) -> Result<SecondFactorOffer, DeskError> {
        if !self.session().has_login {
            return Err(DeskError::new(
                "no_login",
                "A second factor comes second to a passphrase, and you have none yet.",
            )
            .hint("Choose your passphrase first."));
        }
        let identity = self.identity();
        let roster = self.roster();
        let secret = Zeroizing::new(random::<SECRET_LENGTH>());
        let name = roster.person(identity.person).map_or("", |person| &person.name);
        let uri = one_time::uri(&*secret, &roster.practice.name, name);
        let offer = SecondFactorOffer {
            secret: one_time::text(&*secret),
            qr_svg: qr::svg(&uri)?,
            uri,
        };
        self.seat().offered = Some((identity.person, secret));
        Ok(offer)
    }

    /// The person's app shows the right code, so it counts from now on.
    pub fn confirm_second_factor(&self, request: Code) -> Result<BackupCodes, DeskError> {
        let identity = self.identity();
        let offered = match &self.seat().offered {
            Some((person, secret)) if *person == identity.person => Some(secret.clone()),
            _ => None,
        };
        let secret = offered.ok_or_else(|| {
            DeskError::new("not_begun", "There is nothing to confirm.").hint("Set up the second factor anew.")
        })?;
        let codes: Vec<Zeroizing<String>> = (0..BACKUP_CODES).map(|_| backup_code()).collect();
        let kept = Kept {
            secret: *secret,
            backup: codes.iter().map(|code| digest(code)).collect(),
            trusted: Vec::new(),
        };
        if !self.takes_code(&kept, identity.person_keys.key_id(), &request.code)? {
            return Err(wrong_code());
        }
        self.say_factor(&identity, Some(&kept))?;
        self.seat().offered = None;
        Ok(BackupCodes {
            codes: codes.iter().map(|code| code.to_string()).collect(),
            session: self.session(),
        })
    }

    pub fn remove_second_factor(&self, request: Code) -> Result<Session, DeskError> {
        let identity = self.identity();
        let kept = self.own_factor(&identity)?;
        self.may_try(identity.person)?;
        let is_backup = kept.backup.contains(&digest(&request.code));
        if !is_backup && !self.takes_code(&kept, identity.person_keys.key_id(), &request.code)? {
            self.note_wrong(identity.person);
            return Err(wrong_code());
        }
        self.say_factor(&identity, None)?;
        Ok(self.session())
    }

    /// Said in the log by the person themselves: no code is asked of them at this workstation, or again.
    pub fn trust_workstation(&self, request: TrustWorkstation) -> Result<Session, DeskError> {
        let identity = self.identity();
        let mut kept = self.own_factor(&identity)?;
        let here = identity.workstation;
        kept.trusted.retain(|known| *known != here);
        if request.is_trusted {
            kept.trusted.push(here);
        }
        self.say_factor(&identity, Some(&kept))?;
        Ok(self.session())
    }

    pub fn require_second_factor(&self, request: RequireSecondFactor) -> Result<Session, DeskError> {
        self.may_administer()?;
        let identity = self.identity();
        if request.is_required {
            // Whoever asks it of others goes first, or nobody could take it back.
            self.own_factor(&identity)?;
        }
        let rules = Rules {
            second_factor: request.is_required,
        };
        let json = |plain: serde_json::Result<Vec<u8>>| plain.expect("a table and rules are plain data");
        let table = json(serde_json::to_vec(&*self.staff().table));
        let policy = Policy {
            table: self.note(&identity, Place::Policy, &table)?,
            rules: Some(self.note(&identity, Place::Rules, &json(serde_json::to_vec(&rules)))?),
        };
        self.append_statement_of(&identity, &Statement::Policy(policy))?;
        Ok(self.session())
    }

    fn own_factor(&self, identity: &Identity) -> Result<Kept, DeskError> {
        self.kept(&self.staff(), &identity.person_keys)?.ok_or_else(|| {
            DeskError::new("no_second_factor", "You have no second factor yet.")
                .hint("Set it up first: your name at the top, then “Second factor”.")
        })
    }
}

/// Two groups of five letters and digits that can be read aloud.
fn backup_code() -> Zeroizing<String> {
    let letters = Zeroizing::new(data_encoding::BASE32_NOPAD.encode(&random::<7>()));
    let letters = &letters[..BACKUP_LETTERS];
    Zeroizing::new(format!("{}-{}", &letters[..5], &letters[5..]))
}
