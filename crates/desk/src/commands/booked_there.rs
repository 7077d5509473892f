//! Visits that are booked where time is blocked out, or with somebody or somewhere that is taken out of use: a person is asked first what
//! becomes of them, as of those who have a visit when a type changes.

use clinic::{Appointment, BlockTarget, Change, Entity, Roster, TimeBlock};
use jiff::{SignedDuration, Timestamp};
use store::RangeFilter;

use crate::api::{BookedThere, WayThrough};
use crate::desk::{Desk, Reading, Writing};
use crate::views::Names;
use crate::{DeskError, words};

/// Visits that the question names.
const NAMED: usize = 3;
/// Visits that one step puts on the pinboard: it travels as one envelope.
const MOST: usize = 800;
/// Nobody books further ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 366 * 20);

impl Desk {
    /// The changes of block-outs, with what becomes of the visits that they newly cover. Without an answer these are asked about.
    pub(super) fn blocked_out(
        &self,
        writing: &Writing<'_, '_>,
        mut changes: Vec<Change>,
        visits: Option<BookedThere>,
    ) -> Result<Vec<Change>, DeskError> {
        if visits == Some(BookedThere::Keep) {
            return Ok(changes);
        }
        let mut covered: Vec<Appointment> = Vec::new();
        for change in &changes {
            let Some(Entity::TimeBlock(after)) = &change.after else {
                continue;
            };
            let before = match &change.before {
                Some(Entity::TimeBlock(before)) => Some(before),
                _ => None,
            };
            covered.extend(newly_covered(writing, before, after)?);
        }
        let title = changes.iter().find_map(|change| match &change.after {
            Some(Entity::TimeBlock(block)) => Some(block.title.clone()),
            _ => None,
        });
        let pinned =
            self.asked_about(
                writing,
                covered,
                visits,
                &title.unwrap_or_default(),
                |count| match count {
                    1 => "1 visit is booked then".to_owned(),
                    more => format!("{more} visits are booked then"),
                },
            )?;
        changes.extend(pinned);
        Ok(changes)
    }

    /// A changed setting, with what becomes of the visits ahead if it takes a provider, an operatory or a location out of use. Without an
    /// answer these are asked about.
    pub(super) fn taken_out_of_use(
        &self,
        writing: &Writing<'_, '_>,
        change: Change,
        visits: Option<BookedThere>,
    ) -> Result<Vec<Change>, DeskError> {
        let retired = match (&change.before, &change.after) {
            (Some(Entity::Provider(before)), Some(Entity::Provider(after))) => (before.is_active
                && !after.is_active)
                .then(|| (BlockTarget::Provider(after.id), format!("with {}", after.name))),
            (Some(Entity::Operatory(before)), Some(Entity::Operatory(after))) => (before.is_active
                && !after.is_active)
                .then(|| (BlockTarget::Operatory(after.id), format!("in {}", after.name))),
            (Some(Entity::Location(before)), Some(Entity::Location(after))) => (before.is_active
                && !after.is_active)
                .then(|| (BlockTarget::Location(after.id), format!("at {}", after.name))),
            _ => None,
        };
        let Some((target, whose)) = retired.filter(|_| visits != Some(BookedThere::Keep)) else {
            return Ok(vec![change]);
        };
        let now = writing.author.at;
        let until = now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
        let mut ahead = writing.reads().range(&filter_of(target), now, until)?;
        ahead.retain(Appointment::is_planned);
        let why = format!("{} is out of use", name_of(&writing.roster, target));
        let pinned = self.asked_about(writing, ahead, visits, &why, |count| match count {
            1 => format!("1 visit {whose} is still ahead"),
            more => format!("{more} visits {whose} are still ahead"),
        })?;
        Ok(std::iter::once(change).chain(pinned).collect())
    }

    /// What the answer does to the visits; the question if there is none yet.
    fn asked_about(
        &self,
        writing: &Writing<'_, '_>,
        mut visits: Vec<Appointment>,
        answer: Option<BookedThere>,
        why: &str,
        count: impl Fn(usize) -> String,
    ) -> Result<Vec<Change>, DeskError> {
        visits.sort_by_key(|visit| (visit.starts_at.instant(), visit.id));
        visits.dedup_by_key(|visit| visit.id);
        match answer {
            _ if visits.is_empty() => Ok(Vec::new()),
            Some(BookedThere::Keep) => Ok(Vec::new()),
            Some(BookedThere::Pin) => {
                in_one_step(visits.len())?;
                let mut changes = Vec::new();
                for visit in visits.iter().filter(|visit| visit.pin().is_none()) {
                    let plan = clinic::pin_appointment(visit, why, &writing.author)
                        .map_err(|cannot| writing.refuse_change(&cannot))?;
                    changes.extend(plan.changes);
                }
                Ok(changes)
            }
            None => Err(DeskError {
                way_through: Some(WayThrough::Acknowledge),
                ..DeskError::new(
                    "visits_booked",
                    format!("{}: {}.", count(visits.len()), self.listed(writing, &visits)),
                )
                .hint("They can stay where they are, or go onto the list of visits that need a new time.")
                .field("visits")
            }),
        }
    }

    /// `Hale, Mia Tue 3 Mar 8:30 Op 1; … and 22 more`, without names where this person may not look.
    fn listed(&self, writing: &Writing<'_, '_>, visits: &[Appointment]) -> String {
        let rights = self.rights();
        let may_see = |visit: &&Appointment| {
            rights
                .check(clinic::Permission::ViewCalendar, Some(visit.location))
                .is_ok()
        };
        let named: Vec<&Appointment> = visits.iter().filter(may_see).take(NAMED).collect();
        let mut parts: Vec<String> = writing.with_names(|patients| {
            let names = Names {
                roster: &writing.roster,
                patients,
            };
            let words = |visit: &&Appointment| {
                format!(
                    "{} {} {}",
                    names.patient(visit.patient),
                    words::short_when(visit.starts_at.wall),
                    names.operatory(visit.operatory)
                )
            };
            named.iter().map(words).collect()
        });
        match (visits.len() - named.len(), named.is_empty()) {
            (0, _) => {}
            (_, true) => parts.push("at a location that you may not see".to_owned()),
            (more, false) => parts.push(format!("and {more} more")),
        }
        parts.join("; ")
    }
}

impl Reading<'_> {
    /// Block-outs that lie over a visit, in words.
    pub(super) fn block_outs_over(&self, visit: &Appointment) -> Result<Vec<String>, DeskError> {
        let mut blocks = self
            .reads()
            .time_blocks(visit.starts_at.instant(), visit.ends_at())?;
        blocks.retain(|block| block.absence.is_none() && block.covers(&self.roster, visit));
        blocks.sort_by_key(|block| (block.starts_at.instant(), block.id));
        let words = |block: &TimeBlock| {
            let here = |instant| {
                self.zones
                    .at(instant, &visit.starts_at.zone)
                    .unwrap_or_else(|_| block.starts_at.clone())
            };
            let (from, until) = (here(block.starts_at.instant()), here(block.ends_at()));
            let times = if from.date() == until.date() {
                format!("{}–{}", words::clock_time(&from), words::clock_time(&until))
            } else {
                words::stretch(&from, &until)
            };
            format!(
                "{} {times} ({})",
                block.title,
                name_of(&self.roster, block.target)
            )
        };
        Ok(blocks.iter().map(words).collect())
    }
}

/// Visits to come that the block-out concerns and did not before it changed.
fn newly_covered(
    writing: &Writing<'_, '_>,
    before: Option<&TimeBlock>,
    after: &TimeBlock,
) -> Result<Vec<Appointment>, DeskError> {
    let now = writing.author.at;
    if after.ends_at() <= now {
        return Ok(Vec::new());
    }
    let roster = &writing.roster;
    let mut visits = writing.reads().range(
        &filter_of(after.target),
        after.starts_at.instant(),
        after.ends_at(),
    )?;
    visits.retain(|visit| {
        visit.ends_at() > now
            && after.covers(roster, visit)
            && before.is_none_or(|before| !before.covers(roster, visit))
    });
    Ok(visits)
}

/// Visits that a block-out of this target could concern.
pub(super) fn filter_of(target: BlockTarget) -> RangeFilter {
    let mut filter = RangeFilter::default();
    match target {
        BlockTarget::Provider(id) => filter.providers.push(id),
        BlockTarget::Operatory(id) => filter.operatories.push(id),
        BlockTarget::Location(id) => filter.locations.push(id),
    }
    filter
}

fn name_of(roster: &Roster, target: BlockTarget) -> String {
    let name = match target {
        BlockTarget::Provider(id) => roster.provider(id).map(|record| &record.name),
        BlockTarget::Operatory(id) => roster.operatory(id).map(|record| &record.name),
        BlockTarget::Location(id) => roster.location(id).map(|record| &record.name),
    };
    name.cloned().unwrap_or_default()
}

fn in_one_step(visits: usize) -> Result<(), DeskError> {
    if visits <= MOST {
        return Ok(());
    }
    Err(DeskError::new(
        "too_many_visits",
        format!("{visits} visits would be put on the list; one step takes {MOST} at the most."),
    )
    .hint("Let them stay, and give them new times day by day.")
    .field("visits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_too_much_for_one_step_is_refused_in_words() {
        assert!(in_one_step(MOST).is_ok());
        let refused = in_one_step(MOST + 1).unwrap_err();
        assert_eq!(
            refused.message,
            "801 visits would be put on the list; one step takes 800 at the most."
        );
    }
}
