//! Hours in which no more visits may begin, as rows of bits.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::OpeningRequest;
use super::bits::Bits;
use super::busy::{BusyCalendar, Counted, minute_of};
use super::grid::{DAY_UNITS, Units};
use crate::{LocationId, OperatoryId, ProviderId, Roster};

const HOUR: i32 = 60;

/// For each limit that the search must heed: where it is full, by location.
#[derive(Default)]
pub(super) struct FullHours(Vec<(Option<ProviderId>, Vec<Bits>)>);

impl FullHours {
    /// `places` are the locations with their zones.
    pub fn lay(
        roster: &Roster,
        busy: &BusyCalendar,
        request: &OpeningRequest,
        places: &[(LocationId, &TimeZone)],
        span: Units,
    ) -> Self {
        let concerns = |wanted: Option<ProviderId>| {
            request.provider.is_none() || wanted.is_none() || wanted == request.provider
        };
        let limits: Vec<_> = roster
            .practice
            .visit_limits
            .iter()
            .filter(|limit| {
                concerns(limit.provider)
                    && limit
                        .appointment_type
                        .is_none_or(|id| id == request.appointment_type)
            })
            .collect();
        if limits.is_empty() {
            return Self::default();
        }
        let place_of = |id: &OperatoryId| {
            let location = roster.operatory(*id)?.location;
            places.iter().position(|(known, _)| *known == location)
        };
        let place_by_number: Vec<Option<usize>> = busy.operatories.names().iter().map(place_of).collect();
        let counted: Vec<Counted> = limits.iter().map(|limit| busy.counted(limit)).collect();
        let mut begins = vec![vec![Vec::new(); places.len()]; limits.len()];
        let last = span.first_day + span.count as i32 / DAY_UNITS;
        for visit in busy.visits_without(span.first_day, last, request.moving.as_deref()) {
            let Some(place) = place_by_number[visit.operatory as usize] else {
                continue;
            };
            for (list, counted) in begins.iter_mut().zip(&counted) {
                if counted.has(visit) {
                    list[place].push(visit.minute);
                }
            }
        }
        let stretches: Vec<Vec<Stretch>> = places.iter().map(|(_, zone)| stretches(zone, span)).collect();
        let full = limits.iter().zip(&mut begins).map(|(limit, begins)| {
            let rows = begins.iter_mut().zip(&stretches).map(|(begins, stretches)| {
                begins.sort_unstable();
                full(begins, usize::from(limit.most), stretches, span)
            });
            (limit.provider, rows.collect())
        });
        Self(full.collect())
    }

    /// The rows of the limits that a visit with this provider at a place must heed.
    pub fn of(&self, provider: ProviderId, place: usize) -> impl Iterator<Item = &Bits> {
        self.0
            .iter()
            .filter(move |(wanted, _)| wanted.is_none_or(|id| id == provider))
            .map(move |(_, rows)| &rows[place])
    }
}

/// A stretch in which the clock is not set: `[from, until)` in minutes since 1970 UTC, and how many minutes after a full hour on the
/// wall the full hour of UTC is.
#[derive(Clone, Copy)]
struct Stretch {
    from: i32,
    until: i32,
    past: i32,
}

fn stretches(zone: &TimeZone, span: Units) -> Vec<Stretch> {
    let (begin, end) = (span.instant(0), span.instant(span.count as i64));
    let mut all: Vec<Stretch> = Vec::new();
    let mut from = begin;
    let sets = zone
        .following(begin)
        .map(|transition| transition.timestamp())
        .take_while(|instant| *instant < end);
    let ends: Vec<Timestamp> = sets.chain([end]).collect();
    for until in ends {
        all.push(Stretch {
            from: minute_of(from),
            until: minute_of(until),
            past: zone.to_offset(from).seconds().div_euclid(60).rem_euclid(HOUR),
        });
        from = until;
    }
    all
}

/// Where a visit would begin in an hour in which as many begin as may. The hour is the one of `limits::hour_of`: it may begin before the
/// clock was set, and then what began before counts.
fn full(begins: &[i32], most: usize, stretches: &[Stretch], span: Units) -> Bits {
    let mut bits = Bits::none(span.count);
    if begins.len() < most {
        return bits;
    }
    for stretch in stretches {
        let mut hour = stretch.from - (stretch.from + stretch.past).rem_euclid(HOUR);
        let mut at = begins.partition_point(|minute| *minute < hour);
        while hour < stretch.until {
            let next = hour + HOUR;
            let within = begins[at..].iter().take_while(|minute| **minute < next).count();
            if within >= most {
                let (from, until) = (hour.max(stretch.from), next.min(stretch.until));
                bits.set(span.ceil(from), span.ceil(until));
            }
            at += within;
            hour = next;
        }
    }
    bits
}
