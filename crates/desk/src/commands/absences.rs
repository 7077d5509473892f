//! Absences: whom one would displace, entering it, taking it back; and the pinboard, on which nobody is forgotten.

use std::collections::BTreeMap;

use clinic::openings::{self, BusyCalendar, OpeningRequest};
use clinic::{AbsenceRequest, Appointment, BlockTarget, Op, Placement, Rule, TimeBlock, TimeBlockId, Waits};
use jiff::{SignedDuration, Timestamp};

use super::booked_there::filter_of;
use crate::api::{
    self, AbsenceEntered, AbsencePlan, AbsenceView, Absences, AppointmentChanged, DisplacedVisit, Pinboard,
    PinboardEntry, UndoState,
};
use crate::desk::{Desk, Reading};
use crate::{DeskError, read, refusals, views, words};

/// Displaced visits that a preview lists.
const MOST_LISTED: usize = 200;
/// Those of them for which a free time is looked for.
const MOST_SEARCHED: usize = 40;
/// Entries that the pinboard shows at once.
const MOST_PINNED: usize = 500;
/// Who was displaced by an absence that is over for longer is not asked for any more.
const KEPT_AFTER: SignedDuration = SignedDuration::from_hours(24 * 90);

impl Desk {
    pub fn plan_absence(&self, request: api::AbsenceFields) -> Result<AbsencePlan, DeskError> {
        let wanted = self.absence_request(&request)?;
        self.reading(|reading| {
            let wanted = self.everywhere(wanted, &request, &reading.roster);
            let wanted = match request.changes {
                None => wanted,
                Some(id) => vec![as_before(&reading.time_block(id)?, wanted)?],
            };
            let blocks = wanted
                .iter()
                .map(|one| clinic::absence_block(&reading.roster, reading.zones, one))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|cannot| reading.refuse_change(&cannot))?;
            let mut displaced = Vec::new();
            for block in &blocks {
                displaced.extend(
                    reading
                        .displaced_by(block)?
                        .into_iter()
                        .map(|visit| (visit, block)),
                );
            }
            let displaced_count = count(displaced.len());
            displaced.retain(|(visit, _)| reading.may_see(visit.location).is_ok());
            displaced.sort_by_key(|(visit, _)| (visit.starts_at.instant(), visit.id));
            displaced.truncate(MOST_LISTED);
            let busy = reading.busy_with(&blocks)?;
            let displaced = displaced
                .iter()
                .enumerate()
                .map(|(index, (visit, block))| {
                    Ok(DisplacedVisit {
                        visit: reading.card(visit)?,
                        others: reading.others_for(visit, block)?,
                        opening: if index < MOST_SEARCHED {
                            reading.new_time_for(visit, &busy)?
                        } else {
                            None
                        },
                    })
                })
                .collect::<Result<_, DeskError>>()?;
            Ok(AbsencePlan {
                words: reading.absence_words(&blocks[0], request.is_everywhere),
                displaced_count,
                displaced,
            })
        })
    }

    pub fn enter_absence(&self, request: api::AbsenceFields) -> Result<AbsenceEntered, DeskError> {
        let wanted = self.absence_request(&request)?;
        if let Some(id) = request.changes {
            self.write(Op::ChangeAbsence, |writing| {
                let block = writing.time_block(id)?;
                let wanted = as_before(&block, vec![wanted])?;
                let plan = clinic::change_absence(&writing.roster, writing.zones, &block, &wanted)
                    .map_err(|cannot| writing.refuse_change(&cannot))?;
                writing.record(plan.changes)
            })?;
            return self.entered(&[id], false);
        }
        let ids = self.write(Op::AddAbsence, |writing| {
            let wanted = self.everywhere(wanted, &request, &writing.roster);
            for one in &wanted {
                not_twice(writing, one)?;
                let plan = clinic::add_absence(&writing.roster, writing.zones, one)
                    .map_err(|cannot| writing.refuse_change(&cannot))?;
                writing.record(plan.changes)?;
            }
            Ok(wanted.iter().map(|one| one.id).collect::<Vec<_>>())
        })?;
        self.entered(&ids, request.is_everywhere)
    }

    fn entered(&self, ids: &[TimeBlockId], is_everywhere: bool) -> Result<AbsenceEntered, DeskError> {
        self.reading(|reading| {
            let mut displaced = 0;
            for id in ids {
                displaced += reading.displaced_by(&reading.time_block(*id)?)?.len();
            }
            let first = reading.time_block(ids[0])?;
            Ok(AbsenceEntered {
                displaced_count: count(displaced),
                absence: AbsenceView {
                    words: reading.absence_words(&first, is_everywhere),
                    ..reading.absence_view(&first)
                },
                undo: reading.undo_state()?,
            })
        })
    }

    /// The absence, or one at every location in use: that of the request first.
    fn everywhere(
        &self,
        wanted: AbsenceRequest,
        request: &api::AbsenceFields,
        roster: &clinic::Roster,
    ) -> Vec<AbsenceRequest> {
        let others = roster
            .locations
            .values()
            .filter(|place| request.is_everywhere && place.is_active && place.id != wanted.location)
            .map(|place| AbsenceRequest {
                id: TimeBlockId(self.new_id()),
                target: BlockTarget::Location(place.id),
                location: place.id,
                ..wanted.clone()
            });
        std::iter::once(wanted.clone()).chain(others).collect()
    }

    pub fn remove_absence(&self, request: api::TimeBlockRef) -> Result<UndoState, DeskError> {
        self.write(Op::RemoveAbsence, |writing| {
            let block = writing.time_block(request.id)?;
            if block.absence.is_none() {
                return Err(not_absent());
            }
            writing.record(clinic::remove_absence(&block).changes)
        })?;
        self.reading(|reading| reading.undo_state())
    }

    pub fn absences(&self, request: api::AbsencesRequest) -> Result<Absences, DeskError> {
        let from = request
            .from
            .as_deref()
            .map(|text| read::date(text, "from"))
            .transpose()?;
        self.reading(|reading| {
            let since = match from {
                None => reading.now,
                Some(date) => {
                    let zone = reading
                        .zones
                        .zone(&reading.roster.practice.zone)
                        .map_err(|error| reading.refuse(&error.into()))?;
                    clinic::hours::day_bounds(&zone, date).0
                }
            };
            let found = reading.reads().absences(since, Timestamp::MAX)?;
            Ok(Absences {
                absences: found
                    .iter()
                    .filter(|block| reading.may_see(block.location).is_ok())
                    .map(|block| reading.absence_view(block))
                    .collect(),
            })
        })
    }

    pub fn pinboard(&self) -> Result<Pinboard, DeskError> {
        self.reading(|reading| {
            let absences = reading.recent_absences()?;
            let mut waiting: BTreeMap<_, Appointment> = BTreeMap::new();
            let key = |visit: &Appointment| (visit.starts_at.instant(), visit.id);
            for visit in reading.reads().marked_appointments()? {
                waiting.insert(key(&visit), visit);
            }
            for block in &absences {
                for visit in reading.displaced_by(block)? {
                    waiting.insert(key(&visit), visit);
                }
            }
            waiting.retain(|_, visit| {
                reading.may_see(visit.location).is_ok() && clinic::waits(visit, &absences).is_some()
            });
            let entries = waiting.values().take(MOST_PINNED).map(|visit| {
                let why = clinic::waits(visit, &absences);
                let patient = reading.patient(visit.patient)?;
                let put_by = match why {
                    Some(Waits::Pinned(mark)) => Some(mark.by),
                    _ => None,
                };
                Ok(PinboardEntry {
                    visit: reading.card(visit)?,
                    is_own: put_by == Some(self.person()),
                    put_by: put_by
                        .and_then(|id| reading.roster.people.get(&id))
                        .map(|person| person.name.clone()),
                    reason: why.map_or_else(String::new, |why| why.words(&reading.roster)),
                    absence: match why {
                        Some(Waits::Displaced(block)) => Some(block.id),
                        _ => None,
                    },
                    phone: if patient.mobile_phone.is_empty() {
                        patient.home_phone
                    } else {
                        patient.mobile_phone
                    },
                })
            });
            Ok(Pinboard {
                count: count(waiting.len()),
                entries: entries.collect::<Result<_, DeskError>>()?,
            })
        })
    }

    pub fn pin_appointment(&self, request: api::PinAppointment) -> Result<AppointmentChanged, DeskError> {
        self.change_visit(Op::PinAppointment, request.id, Some(&request.reason), |writing| {
            let visit = writing.visit(request.id)?;
            clinic::pin_appointment(&visit, &request.reason, &writing.author)
                .map_err(|cannot| writing.refuse_change(&cannot))
        })
    }

    pub fn unpin_appointment(&self, request: api::AppointmentRef) -> Result<AppointmentChanged, DeskError> {
        self.change_visit(Op::UnpinAppointment, request.id, None, |writing| {
            let visit = writing.visit(request.id)?;
            let absences = writing.absences(visit.starts_at.instant(), visit.ends_at())?;
            Ok(clinic::unpin_appointment(&visit, &absences, &writing.author))
        })
    }

    fn absence_request(&self, fields: &api::AbsenceFields) -> Result<AbsenceRequest, DeskError> {
        let time = |text: &Option<String>, field| {
            let text = text.as_deref().filter(|text| !text.trim().is_empty());
            text.map(|text| read::time(text, field)).transpose()
        };
        if fields.is_everywhere && fields.changes.is_some() {
            return Err(refusals::invalid(&clinic::Invalid::new(
                "is_everywhere",
                "An absence that was entered is changed at its own place.",
            )));
        }
        if fields.is_everywhere && fields.target != BlockTarget::Location(fields.location) {
            return Err(refusals::invalid(&clinic::Invalid::new(
                "target",
                "Only locations are closed everywhere: choose one of them.",
            )));
        }
        Ok(AbsenceRequest {
            id: TimeBlockId(self.new_id()),
            target: fields.target,
            location: fields.location,
            first: read::date(&fields.first, "first")?,
            from: time(&fields.from, "from")?,
            last: read::date(&fields.last, "last")?,
            until: time(&fields.until, "until")?,
            reason: fields.reason,
            title: fields.title.clone(),
        })
    }
}

/// The wish, about whom the absence is already.
///
/// # Errors
/// If it is an ordinary block-out.
fn as_before(block: &TimeBlock, mut wanted: Vec<AbsenceRequest>) -> Result<AbsenceRequest, DeskError> {
    if block.absence.is_none() {
        return Err(not_absent());
    }
    let wanted = wanted.swap_remove(0);
    Ok(AbsenceRequest {
        id: block.id,
        target: block.target,
        location: block.location,
        ..wanted
    })
}

fn not_absent() -> DeskError {
    DeskError::new("not_an_absence", "This block-out is not an absence.")
        .hint("Change or remove it as a block-out.")
        .field("id")
}

/// # Errors
/// If the same is entered already: whoever takes one back later would wonder why the patients go on waiting.
fn not_twice(writing: &crate::desk::Writing<'_, '_>, wanted: &AbsenceRequest) -> Result<(), DeskError> {
    let block = clinic::absence_block(&writing.roster, writing.zones, wanted)
        .map_err(|cannot| writing.refuse_change(&cannot))?;
    let around = writing.absences(block.starts_at.instant(), block.ends_at())?;
    let covers = |other: &&TimeBlock| {
        other.target == block.target
            && other.starts_at.instant() <= block.starts_at.instant()
            && block.ends_at() <= other.ends_at()
    };
    match around.iter().find(covers) {
        None => Ok(()),
        Some(other) => Err(DeskError::new(
            "absent_already",
            format!(
                "This time lies in an absence that is entered already: {}.",
                other.title
            ),
        )
        .hint("Change that one instead.")
        .field("first")),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Reading<'_> {
    /// Visits that cannot be while an absence lasts and about which nobody decided yet, by start.
    pub fn displaced_by(&self, block: &TimeBlock) -> Result<Vec<Appointment>, DeskError> {
        let filter = filter_of(block.target);
        let mut visits = self
            .reads()
            .range(&filter, block.starts_at.instant(), block.ends_at())?;
        visits.retain(|visit| block.displaces(visit) && visit.pin().is_none_or(|mark| !mark.is_kept));
        Ok(visits)
    }

    /// Absences to come, and those of the last three months.
    fn recent_absences(&self) -> Result<Vec<TimeBlock>, DeskError> {
        let from = self.now.checked_sub(KEPT_AFTER).unwrap_or(Timestamp::MIN);
        Ok(self.reads().absences(from, Timestamp::MAX)?)
    }

    /// Taken time as it would be with these absences.
    fn busy_with(&self, blocks: &[TimeBlock]) -> Result<BusyCalendar, DeskError> {
        self.with_busy(|busy| {
            let mut busy = busy.clone();
            for block in blocks {
                busy.add_time_block(block);
            }
            Ok(busy)
        })
    }

    /// Providers who could see a patient then and there instead.
    fn others_for(
        &self,
        visit: &Appointment,
        block: &TimeBlock,
    ) -> Result<Vec<clinic::ProviderId>, DeskError> {
        let mut others = Vec::new();
        if !matches!(block.target, BlockTarget::Provider(_)) {
            return Ok(others);
        }
        for provider in self.roster.providers.values() {
            let known = [Some(visit.provider), visit.second_provider];
            if !provider.is_active || known.contains(&Some(provider.id)) {
                continue;
            }
            let is_second = visit
                .second_provider
                .is_some_and(|second| block.target == BlockTarget::Provider(second));
            let placement = if is_second {
                Placement {
                    second_provider: Some(provider.id),
                    ..Placement::of(visit)
                }
            } else {
                Placement {
                    provider: provider.id,
                    ..Placement::of(visit)
                }
            };
            let neighbours = self.neighbours(&placement)?;
            let fits = clinic::check_placement(&self.roster, self.zones, &neighbours, &placement).is_ok_and(
                |violations| {
                    // The place stays: what the day’s template says of it stays too.
                    violations.iter().all(|violation| {
                        matches!(violation.rule(), Rule::TemplateMismatch | Rule::EmergencyHold)
                    })
                },
            );
            if fits {
                others.push(provider.id);
            }
        }
        Ok(others)
    }

    /// The best free time for a visit that must move.
    fn new_time_for(
        &self,
        visit: &Appointment,
        busy: &BusyCalendar,
    ) -> Result<Option<api::OpeningView>, DeskError> {
        let request = OpeningRequest {
            patient: Some(visit.patient),
            location: Some(visit.location),
            pattern: Some(visit.pattern.clone()),
            moving: Some(Box::new(visit.clone())),
            limit: 1,
            ..OpeningRequest::new(
                visit.appointment_type,
                visit.starts_at.date().max(self.today(visit.location)),
            )
        };
        let held = self.held_days(request.location, request.from, request.days)?;
        let found = openings::find(&self.roster, self.zones, busy, &held, &request, self.now)
            .map_err(|cannot| self.refuse(&cannot))?;
        Ok(found
            .first()
            .map(|opening| views::opening(opening, &self.roster, self.zones)))
    }

    fn absence_view(&self, block: &TimeBlock) -> AbsenceView {
        let until = self.end_of(block);
        AbsenceView {
            id: block.id,
            target: block.target,
            location: block.location,
            from: views::wall(&block.starts_at),
            until: views::wall(&until),
            words: self.absence_words(block, false),
            title: block.title.clone(),
            reason: block.absence.unwrap_or(clinic::AbsenceReason::Other),
        }
    }

    pub(super) fn end_of(&self, block: &TimeBlock) -> clinic::Start {
        self.zones
            .at(block.ends_at(), &block.starts_at.zone)
            .unwrap_or_else(|_| block.starts_at.clone())
    }

    fn absence_words(&self, block: &TimeBlock, is_everywhere: bool) -> String {
        let until = self.end_of(block);
        let target = self.with_names(|names| {
            let names = views::Names {
                roster: &self.roster,
                patients: names,
            };
            names.block_target(&block.target)
        });
        let whom = if is_everywhere {
            "The whole practice".to_owned()
        } else {
            target.to_string()
        };
        format!("{whom}, {}", words::stretch(&block.starts_at, &until))
    }
}
