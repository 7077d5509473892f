//! The recovery kit at an open practice: making one, how it stands, and a forgotten passphrase.

use std::sync::Arc;
use std::time::Duration;

use clinic::{Grant, Role};
use sync::envelope::Seen;
use sync::invitation::WelcomeParcel;
use sync::membership::KnownKit;
use sync::recovery::{self, Kit, KitCard, KitPart, MAX_PARTS, MIN_PARTS, Pair};
use sync::statement::Revoke;
use sync::{PersonKeys, Statement, WorkstationKeys};
use zeroize::Zeroizing;

use crate::api::{
    KitView, MakeRecoveryKit, PrintedPart, RecoveryCheck, RecoveryKit, RecoveryStatus, ResetWithKit, Session,
};
use crate::clock::millis;
use crate::desk::Desk;
use crate::desk::session::check_passphrase;
use crate::desk::staff::Card;
use crate::desk::writing::not_allowed;
use crate::identity::random;
use crate::syncing::ask_once;
use crate::{DeskError, qr, views};

/// While a practice is being restored: unwraps the practice keys that came after the kit was made.
pub(crate) const KIT_KEYS: &str = "recovery/keys";
const RELAY_PATIENCE: Duration = Duration::from_secs(30);
const ASK_PATIENCE: Duration = Duration::from_secs(5);

/// Reads two typed parts.
pub(crate) fn read_pair(first: &str, second: &str) -> Result<Pair, DeskError> {
    let part = |text: &str, field: &str, which: &str| {
        text.parse::<KitPart>().map_err(|error| {
            DeskError::new("bad_kit_part", format!("{which} part: {error}."))
                .hint("Each letter or digit is on the paper; O and 0, I, L and 1 are the same.")
                .field(field)
        })
    };
    let (one, other) = (
        part(first, "first", "The first")?,
        part(second, "second", "The second")?,
    );
    Pair::of(&one, &other).map_err(|error| {
        DeskError::new(
            "no_pair",
            format!("{}.", crate::words::capital(&error.to_string())),
        )
        .hint("Any two parts of the newest kit will do; its name is printed on each.")
        .field("second")
    })
}

pub(crate) fn kit_refused(why: impl std::fmt::Display) -> DeskError {
    DeskError::new("kit_refused", format!("The recovery kit cannot be used: {why}."))
        .hint("Only the newest kit counts, and only until it was used. Its name and day are printed on each part.")
        .field("first")
}

impl Desk {
    pub fn recovery_status(&self, request: RecoveryCheck) -> Result<RecoveryStatus, DeskError> {
        let staff = self.staff();
        let Some(kit) = staff.membership.kit() else {
            return Ok(RecoveryStatus { kit: None });
        };
        let card = self.kit_card(kit);
        let is_used = kit.used_at.is_some();
        let is_at_relay = match (&card, request.ask_relay) {
            (Some(card), Some(true)) if !is_used => self.is_at_relay(card)?,
            _ => None,
        };
        let roster = self.roster();
        let by = card
            .as_ref()
            .and_then(|card| roster.person(clinic::PersonId::from_bytes(card.by)));
        let made_at = card
            .as_ref()
            .and_then(|card| jiff::Timestamp::from_millisecond(card.made_at_millis).ok());
        Ok(RecoveryStatus {
            kit: Some(KitView {
                name: card.as_ref().map(|card| card.name.clone()).unwrap_or_default(),
                made_at: made_at.map(views::instant).unwrap_or_default(),
                by: by.map(|person| person.name.clone()),
                parts: card.as_ref().map_or(0, |card| card.parts),
                is_used,
                is_behind: staff.membership.epoch().is_some_and(|epoch| kit.epoch < epoch),
                is_at_relay,
            }),
        })
    }

    fn kit_card(&self, kit: &KnownKit) -> Option<KitCard> {
        KitCard::open(&kit.card, &self.practice_keys(), kit.author).ok()
    }

    /// Whether the relay keeps a kit's parcels; gives it those that it does not.
    fn is_at_relay(&self, card: &KitCard) -> Result<Option<bool>, DeskError> {
        let Some(relay) = self.relay()? else {
            return Ok(Some(false));
        };
        let mut missing = Vec::new();
        for parcel in &card.parcels {
            match ask_once(&relay, recovery::ask(parcel.lookup), ASK_PATIENCE) {
                Ok(answer) if recovery::is_kept(&answer, parcel) => {}
                Ok(_) => missing.push(parcel.clone()),
                Err(_) => return Ok(None),
            }
        }
        let Some(conversation) = self.conversation().filter(|_| !missing.is_empty()) else {
            return Ok(Some(missing.is_empty()));
        };
        for parcel in missing {
            if conversation.store_parcel(parcel, RELAY_PATIENCE).is_err() {
                return Ok(Some(false));
            }
        }
        Ok(Some(true))
    }

    pub fn make_recovery_kit(self: &Arc<Self>, request: MakeRecoveryKit) -> Result<RecoveryKit, DeskError> {
        // Whoever holds two parts becomes Super Admin, so only one who may make those makes a kit.
        self.rights()
            .check_grants(&[], &[Grant::everywhere(Role::SuperAdmin)])
            .map_err(|lacks| not_allowed(&lacks, &self.roster()))?;
        if !(MIN_PARTS..=MAX_PARTS).contains(&request.parts) {
            return Err(
                DeskError::new("invalid", format!("A kit has {MIN_PARTS} to {MAX_PARTS} parts."))
                    .hint("Any two of them are needed.")
                    .field("parts"),
            );
        }
        let relay = self.relay()?;
        let name = random();
        let parts: Vec<KitPart> = (1..=request.parts)
            .map(|number| KitPart::new(name, number, random()))
            .collect();
        let made_at = self.now();
        if relay.is_none() {
            self.certify_kit(&parts, made_at)?;
        } else {
            self.talk(|conversation| {
                // Nothing is said before the relay answers: the old kit must not go for one that nobody ever saw.
                conversation.wait_in_step(RELAY_PATIENCE)?;
                let parcels = self.certify_kit(&parts, made_at)?;
                conversation.outbox_grew();
                conversation.wait_in_step(RELAY_PATIENCE)?;
                for parcel in parcels {
                    conversation.store_parcel(parcel, RELAY_PATIENCE)?;
                }
                Ok(())
            })?;
        }
        let printed = parts.iter().map(|part| {
            Ok(PrintedPart {
                number: part.number(),
                groups: part.groups(),
                qr_svg: qr::svg(&Zeroizing::new(part.to_string()))?,
            })
        });
        Ok(RecoveryKit {
            name: parts[0].kit_name(),
            practice: self.roster().practice.name.clone(),
            relay,
            made_at: views::instant(made_at),
            parts: printed.collect::<Result<_, DeskError>>()?,
        })
    }

    /// Says in the log which pairs count from now on; gives what the relay is to keep for them.
    fn certify_kit(
        &self,
        parts: &[KitPart],
        made_at: jiff::Timestamp,
    ) -> Result<Vec<sync::wire::PutParcel>, DeskError> {
        let identity = self.identity();
        let welcome: WelcomeParcel = self.welcome(None)?;
        let pairs: Vec<Pair> = parts
            .iter()
            .enumerate()
            .flat_map(|(at, one)| parts[at + 1..].iter().map(move |other| Pair::of(one, other)))
            .collect::<Result<_, _>>()
            .map_err(|error| DeskError::new("internal", error.to_string()))?;
        let parcels: Vec<_> = pairs.iter().map(|pair| pair.parcel(&welcome, random())).collect();
        let card = KitCard {
            made_at_millis: i64::try_from(millis(made_at)).unwrap_or(i64::MAX),
            by: identity.person.to_bytes(),
            parts: u8::try_from(parts.len()).unwrap_or(MAX_PARTS),
            name: parts[0].kit_name(),
            parcels: parcels.clone(),
        };
        let card = card.seal(identity.newest_key()?, identity.person_keys.public(), random());
        self.append_statement_of(
            &identity,
            &Statement::Kit(Kit {
                pairs: pairs.iter().map(Pair::public).collect(),
                card,
            }),
        )?;
        Ok(parcels)
    }

    /// A new passphrase for an administrator who forgot theirs. Works off-line; uses the kit up.
    pub fn reset_with_kit(
        &self,
        request: &ResetWithKit,
        cost: store::PassphraseCost,
    ) -> Result<Session, DeskError> {
        check_passphrase(&request.passphrase)?;
        let pair = read_pair(&request.first, &request.second)?;
        let staff = self.staff();
        staff
            .membership
            .check_kit(pair.public().signing)
            .map_err(kit_refused)?;
        let roster = self.roster();
        let person = roster
            .person(request.person)
            .ok_or_else(|| DeskError::new("unknown_record", "There is no such person.").field("person"))?;
        let grants = staff.rights_of(person.id).grants.clone();
        if !grants.iter().any(|grant| grant.role.is_administrator()) {
            return Err(
                DeskError::new("not_an_administrator", "The recovery kit is for administrators.")
                    .hint("An administrator gives everybody else a new passphrase, under People.")
                    .field("person"),
            );
        }
        let here = self.identity();
        let theirs = here.acting_as(person.id, Arc::new(PersonKeys::generate(random())));
        let workstation_name = roster
            .workstation(here.workstation)
            .map_or("", |record| &record.name);
        let introduction = theirs.introduction(&person.name, workstation_name)?;
        let recover = pair.recover(
            theirs.sync_practice(),
            &theirs.workstation_keys,
            false,
            &theirs.person_keys,
            introduction,
        );
        self.append_statement_of(&theirs, &recover)?;
        for signer in staff.keys_of(person.id) {
            self.append_statement_of(&theirs, &revoked(signer.key))?;
        }
        let card = Card {
            person: person.id,
            grants,
        };
        self.say_login(&theirs, &request.passphrase, cost)?;
        self.say_staff_of(&theirs, theirs.person_keys.public(), &card)?;
        tracing::warn!(person = %person.id, "the recovery kit gave a new passphrase");
        self.sit_down(person.id, theirs.person_keys.clone());
        Ok(self.session())
    }

    /// Whoever brings the practice back under the name of one of its administrators is that person; their lost keys count no
    /// more. Nobody of that name: they come in as somebody new.
    pub(super) fn become_administrator(&self, name: &str) -> Result<bool, DeskError> {
        let staff = self.staff();
        let roster = self.roster();
        let is_administrator = |person: &&clinic::Person| {
            let grants = &staff.rights_of(person.id).grants;
            person.name.eq_ignore_ascii_case(name) && grants.iter().any(|grant| grant.role.is_administrator())
        };
        let Some(person) = roster.people.values().find(is_administrator) else {
            return Ok(false);
        };
        let key = self.identity().person_keys.public();
        let card = Card {
            person: person.id,
            grants: vec![Grant::everywhere(Role::SuperAdmin)],
        };
        self.say_staff(key, &card)?;
        for signer in staff.keys_of(person.id).filter(|signer| signer.key != key) {
            self.append_statement(&revoked(signer.key))?;
        }
        self.belong_to(person.id)?;
        Ok(true)
    }

    /// A key that the kit's holder can get at, while the practice is being restored.
    pub(super) fn unwrapped_by_kit(
        &self,
        rotate: &sync::statement::Rotate,
    ) -> Result<Option<sync::PracticeKey>, DeskError> {
        let Some(bytes) = self.store().reads().setting(KIT_KEYS)?.map(Zeroizing::new) else {
            return Ok(None);
        };
        let keys = WorkstationKeys::from_bytes(&bytes)
            .map_err(|error| DeskError::new("corrupt", format!("{error}.")))?;
        let practice = self.identity().sync_practice();
        Ok(rotate.unwrap_for(practice, &keys).and_then(Result::ok))
    }

    /// For a new workstation with two parts: the statement by which it comes in, and what it keeps until it has everything.
    pub(crate) fn come_in_with(
        &self,
        pair: &Pair,
        seen: Seen,
        introduction: Vec<u8>,
    ) -> Result<(), DeskError> {
        let identity = self.identity();
        self.set_meta(KIT_KEYS, &pair.keys().to_bytes())?;
        let recover = pair.recover(
            identity.sync_practice(),
            &identity.workstation_keys,
            true,
            &identity.person_keys,
            introduction,
        );
        self.append_statement_having_seen(&recover, seen)
    }
}

fn revoked(key: sync::keys::SigningPublic) -> Statement {
    Statement::Revoke(Revoke {
        workstation: None,
        person: Some(key.key_id()),
        invitation: None,
    })
}
