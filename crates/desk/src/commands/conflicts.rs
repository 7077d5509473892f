//! Conflict cards: showing them, deciding them.

use std::collections::BTreeSet;

use clinic::openings::OpeningRequest;
use clinic::{Appointment, Conflict, ConflictKind, Op};

use store::FieldConflictKey;

use crate::api::{
    self, ConflictCard, ConflictDetails, ConflictSide, Conflicts, FieldValue, OpeningView, OverlapKind,
};
use crate::desk::{Desk, Reading};
use crate::field_words::{field_words, value_words};
use crate::{DeskError, refusals, views, words};

/// Openings offered to each side of a card, and how far ahead they are looked for.
const WAYS_OUT: usize = 3;
const WAYS_OUT_DAYS: u16 = 28;

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
                ways_out: self.ways_out(visit)?,
            });
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

    /// Where a visit could go instead, nearest first: the same day and provider if possible.
    fn ways_out(&self, visit: &Appointment) -> Result<Vec<OpeningView>, DeskError> {
        let wanted = |provider| OpeningRequest {
            appointment_type: visit.appointment_type,
            provider,
            operatory: None,
            location: Some(visit.location),
            patient: Some(visit.patient),
            from: visit.starts_at.date().max(self.today(visit.location)),
            days: WAYS_OUT_DAYS,
            after: None,
            before: None,
            weekdays: None,
            pattern: Some(visit.pattern.clone()),
            limit: 60,
            moving: Some(Box::new(visit.clone())),
        };
        let mut found = self.find_openings(&wanted(Some(visit.provider)))?;
        if found.is_empty() {
            found = self.find_openings(&wanted(None))?;
        }
        let here = views::wall(&visit.starts_at);
        let distance = |at: &str| minutes_between(at, &here);
        found.sort_by_key(|opening| distance(&opening.at));
        // One offer per time is enough: three operatories at ten o'clock are no choice.
        let mut times = BTreeSet::new();
        found.retain(|opening| times.insert(opening.at.clone()));
        found.truncate(WAYS_OUT);
        Ok(found)
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

fn minutes_between(a: &str, b: &str) -> i64 {
    let read = |text: &str| text.parse::<jiff::civil::DateTime>().ok();
    match (read(a), read(b)) {
        (Some(a), Some(b)) => (a - b)
            .total(jiff::Unit::Minute)
            .map_or(i64::MAX, |minutes| minutes.abs() as i64),
        _ => i64::MAX,
    }
}
