//! How much of the relay one practice may take. Who is at the limit can still read, and hears in clear words why nothing
//! new is stored; what is waiting stays on its workstations.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sync::id::PracticeId;
use sync::mail::Outside;
use sync::relay::{AskedClaim, LogError, MailAsked, Submission};
use sync::wire::{Refusal, RefusalCode};

use crate::storage::{AsideUsage, Storage, Usage};

const MEGABYTE: u64 = 1_000_000;

/// The most that one practice may store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub envelopes: u64,
    pub bytes: u64,
    /// Claims are for ever: at 100 bytes each these are half a gigabyte.
    pub claims: u64,
    /// Letters from outside that are kept.
    pub letters: u64,
    pub letter_bytes: u64,
}

impl Default for Quota {
    /// Many years of a large practice: it is there against mistakes and misuse.
    fn default() -> Self {
        Self {
            envelopes: 50_000_000,
            bytes: 50_000 * MEGABYTE,
            claims: 5_000_000,
            letters: 20_000,
            letter_bytes: 100 * MEGABYTE,
        }
    }
}

impl Quota {
    fn is_full(&self, usage: Usage) -> bool {
        usage.envelopes >= self.envelopes || usage.bytes >= self.bytes
    }

    /// In thousandths of what is allowed.
    fn filled(&self, usage: Usage) -> u64 {
        let part = |used: u64, of: u64| used.saturating_mul(1000) / of.max(1);
        part(usage.envelopes, self.envelopes).max(part(usage.bytes, self.bytes))
    }

    fn refusal(&self, usage: Usage) -> Refusal {
        let message = format!(
            "this practice has filled its place on the relay ({} MB of {} MB, {} changes of {}): nothing is lost and \
             everybody can go on working, but changes are not passed on until the relay's operator gives it more",
            usage.bytes / MEGABYTE,
            self.bytes / MEGABYTE,
            usage.envelopes,
            self.envelopes
        );
        Refusal::new(RefusalCode::PracticeFull, message)
    }
}

/// The practices of one group, as they fill.
pub struct Filling {
    quota: Quota,
    usage: HashMap<PracticeId, Usage>,
    aside: HashMap<PracticeId, AsideUsage>,
}

impl Filling {
    #[must_use]
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            usage: HashMap::new(),
            aside: HashMap::new(),
        }
    }

    /// Why a submission is not to be stored, if the practice is full already. A push that was stored before is answered
    /// all the same, so that its author learns that it was.
    pub fn refuses(
        &mut self,
        storage: &mut impl Storage,
        submission: &Submission,
    ) -> Result<Option<Refusal>, LogError> {
        let practice = submission.practice();
        if let Submission::Claim(asked) = submission {
            return self.refuses_claim(storage, asked);
        }
        if let Submission::Mail(asked) = submission {
            return self.refuses_letter(storage, asked);
        }
        if matches!(
            submission,
            Submission::Admit { .. } | Submission::Parcel(_) | Submission::Have { .. }
        ) {
            return Ok(None);
        }
        let usage = match self.usage.get_mut(&practice) {
            Some(usage) => usage,
            None => self.usage.entry(practice).or_insert(storage.usage(practice)?),
        };
        let envelopes = match submission {
            Submission::Push { envelopes, .. } => &envelopes[..],
            Submission::Pack(stored) => {
                // A snapshot only saves time: it takes what the log leaves, and never fills the practice's place.
                usage.pack_bytes += stored.pack.bytes.len() as u64;
                let refused = usage.bytes.saturating_add(usage.pack_bytes) > self.quota.bytes;
                return Ok(refused.then(|| self.quota.refusal(*usage)));
            }
            Submission::Admit { .. }
            | Submission::Parcel(_)
            | Submission::Claim(_)
            | Submission::Mail(_)
            | Submission::Have { .. } => &[],
        };
        if self.quota.is_full(*usage) {
            for envelope in envelopes {
                if storage.position_of(practice, envelope.id())?.is_none() {
                    return Ok(Some(self.quota.refusal(*usage)));
                }
            }
            return Ok(None);
        }
        // An upper bound for what follows in this group: repeats count again until the next.
        usage.envelopes += envelopes.len() as u64;
        usage.bytes += envelopes
            .iter()
            .map(|envelope| envelope.bytes().len() as u64)
            .sum::<u64>();
        Ok(None)
    }

    fn aside(
        &mut self,
        storage: &mut impl Storage,
        practice: PracticeId,
    ) -> Result<&mut AsideUsage, LogError> {
        Ok(match self.aside.entry(practice) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(storage.aside_usage(practice)?),
        })
    }

    fn refuses_claim(
        &mut self,
        storage: &mut impl Storage,
        asked: &AskedClaim,
    ) -> Result<Option<Refusal>, LogError> {
        let most = self.quota.claims;
        let usage = self.aside(storage, asked.practice)?;
        if usage.claims < most {
            // An upper bound within this group: ones that somebody has count again until the next.
            usage.claims += 1;
            return Ok(None);
        }
        if storage.claim(asked.practice, asked.key)?.is_some() {
            return Ok(None);
        }
        let message = format!(
            "this practice has {most} claims on the relay, which is all that it may have: the relay's operator can give it more"
        );
        Ok(Some(Refusal::new(RefusalCode::PracticeFull, message)))
    }

    fn refuses_letter(
        &mut self,
        storage: &mut impl Storage,
        asked: &MailAsked,
    ) -> Result<Option<Refusal>, LogError> {
        let MailAsked::Letter { practice, sealed, .. } = asked else {
            return Ok(None);
        };
        let quota = self.quota;
        let weight = sealed.len() as u64;
        let usage = self.aside(storage, *practice)?;
        if usage.letters < quota.letters && usage.letter_bytes + weight <= quota.letter_bytes {
            usage.letters += 1;
            usage.letter_bytes += weight;
            return Ok(None);
        }
        let id = Outside::of(sealed).map(|outside| outside.id);
        if let Ok(id) = id
            && storage.letter(*practice, id)?.is_some()
        {
            return Ok(None);
        }
        let message = "the practice's mail box is full: nothing more is taken in until some of it has gone";
        Ok(Some(Refusal::new(RefusalCode::PracticeFull, message)))
    }

    /// How full the fullest of them is, in thousandths.
    #[must_use]
    pub fn fullest(&self) -> u64 {
        let filled = self.usage.values().map(|usage| self.quota.filled(*usage));
        filled.max().unwrap_or(0)
    }
}
