//! S7, the way in: the relay hands a newcomer another parcel than the one that was left for them, to swap in keys of its
//! own. Without the code nobody can make one that opens.

use anyhow::{Result, anyhow};
use sync::envelope::Seen;
use sync::id::{ChainHash, Fingerprint, PracticeId};
use sync::invitation::{CannotJoin, InvitationCode, WelcomeParcel};
use sync::keys::{PracticeKey, PracticeKeys};
use sync::wire::{Frame, Parcel};

use super::report::{Finding, Tally};
use super::{Amount, Plan};
use crate::simulation::Dice;

const RELAY: &str = "wss://relay.invalid";

fn code(dice: &mut Dice) -> Result<InvitationCode> {
    InvitationCode::new(RELAY, dice.bytes()).map_err(|error| anyhow!("{error}"))
}

fn welcome(dice: &mut Dice) -> WelcomeParcel {
    WelcomeParcel {
        practice: PracticeId(dice.bytes()),
        practice_name: "Harbour Dental".to_owned(),
        keys: PracticeKeys::new(PracticeKey {
            epoch: 1,
            key: dice.bytes(),
        }),
        founder: Fingerprint(dice.bytes()),
        seen: Seen {
            position: 7,
            hash: ChainHash(dice.bytes()),
        },
        snapshot: Some(sync::snapshot::Pinned {
            set: sync::SetId(dice.bytes()),
            index: sync::PackHash(dice.bytes()),
        }),
    }
}

/// Everything that a newcomer trusts because of it.
fn trusted(welcome: &WelcomeParcel) -> (PracticeId, String, Vec<u8>, Fingerprint, Seen) {
    (
        welcome.practice,
        welcome.practice_name.clone(),
        welcome.keys.to_bytes().to_vec(),
        welcome.founder,
        welcome.seen,
    )
}

fn judged(answer: Result<WelcomeParcel, CannotJoin>, left: &WelcomeParcel) -> Result<&'static str, String> {
    match answer {
        Err(_) => Ok("noticed"),
        Ok(found) if trusted(&found) == trusted(left) => Ok("harmless"),
        Ok(_) => Err("the newcomer trusts something else".to_owned()),
    }
}

pub fn measure(plan: &Plan) -> Result<Finding> {
    let mut dice = Dice::new(plan.seed);
    let rounds = match plan.amount {
        Amount::Long => 100,
        Amount::Quick => 3,
    };
    let (mut tally, mut control) = (Tally::default(), Tally::default());
    for round in 0..rounds {
        let (mine, left) = (code(&mut dice)?, welcome(&mut dice));
        let put = mine.parcel(&left, u64::MAX, dice.bytes());
        let frame = |sealed: Vec<u8>| {
            Frame::Parcel(Parcel {
                lookup: mine.lookup(),
                sealed,
            })
            .to_bytes()
        };
        let whole = frame(put.sealed.clone());
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << dice.below(8);
            let place = || format!("round {round}, a bit of byte {at} flipped");
            tally.count(place, judged(mine.answer(&flipped), &left));
            let place = || format!("round {round}, cut after byte {at}");
            tally.count(place, judged(mine.answer(&whole[..at]), &left));
        }
        // The relay's own parcel, and one that was left for somebody else of the same practice.
        let (attacker, own) = (code(&mut dice)?, welcome(&mut dice));
        let swapped = attacker.parcel(&own, u64::MAX, dice.bytes()).sealed;
        let other = code(&mut dice)?.parcel(&left, u64::MAX, dice.bytes()).sealed;
        for (what, sealed) in [("the relay’s own", swapped.clone()), ("another’s", other)] {
            let place = || format!("round {round}, {what} parcel");
            tally.count(place, judged(mine.answer(&frame(sealed)), &left));
        }
        // A newcomer who takes the key from where the parcel comes from.
        let opened = attacker.open(&swapped).map_err(CannotJoin::from);
        control.count(|| format!("round {round}"), judged(opened, &left));
    }
    Ok(Finding::new(
        "S7",
        "an invitation’s parcel altered or swapped; control: a newcomer who gets the key from the relay, too",
        &tally,
        &control,
    ))
}
