//! Conflict cards: showing them, deciding them.

use std::collections::BTreeSet;

use clinic::openings::{self, OpeningRequest};
use clinic::rescheduling::{Disturbance, is_told};
use clinic::{Appointment, Conflict, ConflictKind, Op};

use store::FieldConflictKey;

use crate::api::{
    self, ConflictCard, ConflictDetails, ConflictSide, Conflicts, FieldValue, OverlapKind, WayOut,
};
use crate::desk::{Desk, Reading};
use crate::field_words::{field_words, value_words};
use crate::{DeskError, refusals, views, words};

/// Openings offered to each side of a card, and how far ahead they are looked for.
const WAYS_OUT: usize = 3;
const WAYS_OUT_DAYS: u16 = 28;
/// The one that disturbs least need not be among the first by merit; a day of one provider has a few hundred.
const WAYS_OUT_LOOKED_AT: usize = 600;

impl Desk {
    pub fn conflicts(&self) -> Result<Conflicts, DeskError> {
        self.reading(|reading| {
            let mut cards = Vec::new();
            for conflict in reading.overlaps()? {
                cards.push(reading.overlap_card(&conflict)?);
            }
            for conflict in reading.field_conflicts()? {
                cards.push(reading.field_card(&conflict)?);
            }
            cards.sort_by(|a, b| a.date.cmp(&b.date).then_with(|| a.key.cmp(&b.key)));
            Ok(Conflicts { cards })
        })
    }

    pub fn keep_both(&self, request: api::KeepBoth) -> Result<Conflicts, DeskError> {
        self.write(Op::ResolveConflict, |writing| {
            let (kind, [a, b]) = request.key.parts().ok_or_else(no_such_conflict)?;
            writing.overlap(&request.key)?.ok_or_else(no_such_conflict)?;
            let (a, b) = (writing.visit(a)?, writing.visit(b)?);
            let earlier = writing.accepted(&request.key)?;
            let plan = clinic::conflicts::keep_both_plan(
                kind,
                (&a, &b),
                &request.reason,
                earlier.as_ref(),
                &writing.author,
            )
            .map_err(|error| refusals::invalid(&error))?;
            writing.reason(&request.reason);
            writing.record(plan.changes)
        })?;
        self.conflicts()
    }

    pub fn choose_value(&self, request: api::ChooseValue) -> Result<Conflicts, DeskError> {
        self.write(Op::ResolveConflict, |writing| {
            let key = FieldConflictKey::parse(&request.key.0).ok_or_else(no_such_conflict)?;
            writing.settle(&key, &request.value)
        })?;
        self.conflicts()
    }
}

fn no_such_conflict() -> DeskError {
    DeskError::new("unknown_conflict", "This conflict is settled already.")
        .hint("Look at the list again; somebody may have been quicker.")
        .field("key")
}

impl Reading<'_> {
    fn overlap_card(&self, conflict: &Conflict) -> Result<ConflictCard, DeskError> {
        let visits = [
            self.visit(conflict.appointments[0])?,
            self.visit(conflict.appointments[1])?,
        ];
        let mut sides = Vec::new();
        for visit in &visits {
            sides.push(ConflictSide {
                card: self.card(visit)?,
                by: self.who_booked(visit)?,
                is_winner: conflict.winner == visit.id,
                is_told: is_told(visit),
                confirmed_at: visit.confirmed_at.map(views::instant),
                ways_out: Vec::new(),
            });
        }
        let ways = [self.ways_out(&visits[0])?, self.ways_out(&visits[1])?];
        for (side, way) in ranked(ways, [sides[0].is_winner, sides[1].is_winner]) {
            sides[side].ways_out.push(way);
        }
        // The one that keeps its place comes first.
        sides.sort_by_key(|side| !side.is_winner);
        let zone = &visits[0].starts_at.zone;
        let at = |instant| {
            self.zones
                .at(instant, zone)
                .map(|start| words::clock_time(&start))
                .unwrap_or_default()
        };
        let when = format!(
            "{} {}–{}",
            words::short_date(visits[0].starts_at.date()),
            at(conflict.from),
            at(conflict.until)
        );
        let (what, title) = self.with_names(|names| {
            let operatory = |visit: &Appointment| {
                self.roster
                    .operatory(visit.operatory)
                    .map_or("An operatory", |record| &record.name)
            };
            let provider = |visit: &Appointment| {
                self.roster
                    .provider(visit.provider)
                    .map_or("A provider", |record| &record.name)
            };
            match conflict.kind {
                ConflictKind::Operatory if visits[0].patient == visits[1].patient => (
                    OverlapKind::Operatory,
                    format!(
                        "{} is booked twice in {} {when}",
                        names(visits[0].patient),
                        operatory(&visits[0])
                    ),
                ),
                ConflictKind::Operatory => (
                    OverlapKind::Operatory,
                    format!("{} is double-booked {when}", operatory(&visits[0])),
                ),
                ConflictKind::DoctorTime => (
                    OverlapKind::DoctorTime,
                    format!(
                        "{} is needed in {} and {} {when}",
                        provider(&visits[0]),
                        operatory(&visits[0]),
                        operatory(&visits[1])
                    ),
                ),
                ConflictKind::Equipment => {
                    let names: Vec<&str> = clinic::conflicts::wanted_by_both(&visits[0], &visits[1])
                        .into_iter()
                        .filter_map(|id| Some(self.roster.equipment(id)?.name.as_str()))
                        .collect();
                    (
                        OverlapKind::Equipment,
                        format!("One {} too few {when}", names.join(" and one ")),
                    )
                }
                ConflictKind::Patient => (
                    OverlapKind::Patient,
                    format!("{} is in two places {when}", names(visits[0].patient)),
                ),
            }
        });
        Ok(ConflictCard {
            key: conflict.key.clone(),
            title,
            date: Some(visits[0].starts_at.date().to_string()),
            details: ConflictDetails::Overlap { what, sides },
        })
    }

    /// Where a visit could go instead, with what that disturbs, least first; with its own provider if possible.
    fn ways_out(&self, visit: &Appointment) -> Result<Vec<(Disturbance, api::OpeningView)>, DeskError> {
        // What is over or in the chair stays where it is.
        if !visit.is_planned() {
            return Ok(Vec::new());
        }
        let wanted = |provider| OpeningRequest {
            provider,
            location: Some(visit.location),
            patient: Some(visit.patient),
            days: WAYS_OUT_DAYS,
            pattern: Some(visit.pattern.clone()),
            limit: WAYS_OUT_LOOKED_AT,
            moving: Some(Box::new(visit.clone())),
            ..OpeningRequest::new(
                visit.appointment_type,
                visit.starts_at.date().max(self.today(visit.location)),
            )
        };
        let held = self.held_days(Some(visit.location), wanted(None).from, WAYS_OUT_DAYS)?;
        let find = |request: &OpeningRequest| {
            self.with_busy(|busy| openings::find(&self.roster, self.zones, busy, &held, request, self.now))
        };
        // A provider who has left takes nobody.
        let is_here = self
            .roster
            .provider(visit.provider)
            .is_some_and(|provider| provider.is_active);
        let mut found = if is_here {
            find(&wanted(Some(visit.provider)))?
        } else {
            Vec::new()
        };
        if found.is_empty() {
            found = find(&wanted(None))?;
        }
        let mut ways: Vec<(Disturbance, clinic::Opening)> = found
            .into_iter()
            .map(|opening| {
                let wall = opening.starts_at.wall;
                (
                    Disturbance::of(visit, wall, opening.provider, opening.operatory),
                    opening,
                )
            })
            .collect();
        // What disturbs as much stays in the order of merit.
        ways.sort_by_key(|(disturbance, _)| disturbance.points());
        // One offer per time is enough: three operatories at ten o'clock are no choice.
        let mut times = BTreeSet::new();
        ways.retain(|(_, opening)| times.insert(opening.starts_at.wall));
        ways.truncate(WAYS_OUT);
        Ok(ways
            .iter()
            .map(|(disturbance, opening)| (*disturbance, views::opening(opening, &self.roster, self.zones)))
            .collect())
    }

    fn field_card(&self, conflict: &store::FieldConflict) -> Result<ConflictCard, DeskError> {
        let (subject, appointment, date) = self.subject_of(conflict)?;
        let field = field_words(&conflict.key.field);
        let values = conflict
            .values
            .iter()
            .map(|value| FieldValue {
                id: value.id.clone(),
                value: value_words(&self.roster, &conflict.key.field, &value.value),
                by: views::who_if_known(&self.roster, value.person, value.workstation, value.at),
                is_shown: value.is_shown,
            })
            .collect();
        Ok(ConflictCard {
            key: clinic::ConflictKey(conflict.key.to_string()),
            title: format!("{subject}: two desks set a different {field}"),
            date,
            details: ConflictDetails::Field {
                subject,
                appointment,
                field,
                values,
            },
        })
    }
}

/// The ways out of both sides in one order, numbered: what disturbs least first; of two that disturb as much that which moves
/// the visit that was booked later. With the place of its side.
fn ranked(ways: [Vec<(Disturbance, api::OpeningView)>; 2], is_winner: [bool; 2]) -> Vec<(usize, WayOut)> {
    let mut all: Vec<(usize, Disturbance, api::OpeningView)> = Vec::new();
    for (side, ways) in ways.into_iter().enumerate() {
        all.extend(ways.into_iter().map(|(disturbance, to)| (side, disturbance, to)));
    }
    all.sort_by_key(|(side, disturbance, to)| (disturbance.points(), is_winner[*side], to.at.clone()));
    (1..)
        .zip(all)
        .map(|(number, (side, disturbance, to))| {
            let disturbance = disturbance.words();
            (
                side,
                WayOut {
                    number,
                    disturbance,
                    to,
                },
            )
        })
        .collect()
}
