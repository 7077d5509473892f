//! Visits and block-outs by time, place and person.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use clinic::{
    Appointment, AppointmentId, AppointmentSeriesId, BlockSeriesId, Entity, EntityKind, LocationId,
    Neighbourhood, Neighbours, OperatoryId, PatientId, ProviderId, RecurringAppointment, Standing, TimeBlock,
    TimeBlockId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};

use super::Reads;
use crate::StoreError;
use crate::overlaps::{self, LONGEST_SECONDS};
use crate::rows;
use crate::rows::{
    APPOINTMENT_COLUMNS, TIME_BLOCK_COLUMNS, blob, read_appointment, read_time_block, yyyymmdd,
};

/// What to look for in a stretch of time. An empty list does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RangeFilter {
    pub locations: Vec<LocationId>,
    pub operatories: Vec<OperatoryId>,
    /// As first or second provider.
    pub providers: Vec<ProviderId>,
    /// Whether cancelled and missed visits are wanted.
    pub with_broken: bool,
}

/// How much is booked on one day at one location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Density {
    pub date: Date,
    pub visits: u32,
    /// Over all operatories.
    pub booked_minutes: u32,
}

/// What a day's bookings are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DensityBy {
    Operatory,
    Provider,
}

/// How much is booked on one day at one location for one operatory or provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DensityPart {
    pub date: Date,
    /// The bytes of the operatory's or provider's id.
    pub id: [u8; 16],
    pub visits: u32,
    /// The visits' lengths; for a provider only their own time in them (the `X` units, also as second provider), since one may
    /// work at several chairs.
    pub booked_minutes: u32,
}

fn select(rest: &str) -> String {
    static COLUMNS: LazyLock<String> = LazyLock::new(|| APPOINTMENT_COLUMNS.join(", "));
    format!("SELECT {} FROM appointments {rest}", *COLUMNS)
}

fn read_yyyymmdd(date: i64) -> Result<Date, StoreError> {
    Date::new(
        (date / 10_000) as i16,
        (date / 100 % 100) as i8,
        (date % 100) as i8,
    )
    .map_err(StoreError::corrupt)
}

const TAKES_TIME: &str = "status NOT IN ('cancelled', 'no_show')";
/// At a location, by the days around a stretch and the stretch itself: parameters of [`Reads::lasting`].
const LASTING: &str = "WHERE location = ?1 AND date >= ?2 AND date <= ?3 AND starts < ?4 AND ends > ?5";

/// From one location to the next in the table, which lies by location and date; without it every visit would be looked at.
const ANYWHERE: &str = "location IN (
     WITH RECURSIVE used (location) AS (
         SELECT min(location) FROM appointments
         UNION ALL
         SELECT (SELECT min(location) FROM appointments WHERE location > used.location)
         FROM used WHERE used.location IS NOT NULL)
     SELECT location FROM used WHERE location IS NOT NULL)";

const BROKEN_OF_A_PATIENT: &str =
    "SELECT id FROM appointments WHERE patient = ?1 AND status IN ('cancelled', 'no_show')";
const STARTS_OF_A_PATIENT: &str = "SELECT starts, id FROM appointments WHERE patient = ?1 ORDER BY starts";

static KEPT_OF_A_PATIENT: LazyLock<String> = LazyLock::new(|| {
    select(
        "WHERE patient = ?1 AND starts < ?2 AND status IN ('completed', 'checked_out') ORDER BY starts DESC LIMIT ?3",
    )
});

static BEGINNING_AT: LazyLock<String> = LazyLock::new(|| {
    select(&format!(
        "WHERE location = ?1 AND date IN (?2, ?3, ?4) AND starts >= ?5 AND starts < ?6 AND {TAKES_TIME}"
    ))
});

/// Visits that take time while a stretch lasts, by what they share.
static MEETING: LazyLock<[String; 4]> = LazyLock::new(|| {
    ["operatory", "provider", "second_provider", "patient"].map(|column| {
        select(&format!(
            "WHERE {column} = ?1 AND starts > ?2 - 86400 AND starts < ?3 AND ends > ?2 AND {TAKES_TIME}"
        ))
    })
});

static FAMILY_DATES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT DISTINCT date FROM appointments
         WHERE patient IN (
             SELECT id FROM patients WHERE family = (SELECT family FROM patients WHERE id = ?1) AND id <> ?1)
         AND starts >= ?2 AND {TAKES_TIME} ORDER BY date"
    )
});

const LAST_DATE_OF_A_PROVIDER: &str = "SELECT max(date) FROM (
     SELECT * FROM (
         SELECT date FROM appointments WHERE provider = ?1 AND status <> 'cancelled' ORDER BY starts DESC LIMIT 1)
     UNION ALL
     SELECT * FROM (
         SELECT date FROM appointments WHERE second_provider = ?1 AND status <> 'cancelled' ORDER BY starts DESC LIMIT 1))";

/// The midnight of a date in UTC, in seconds since 1970.
fn utc_midnight(date: Date) -> Result<i64, StoreError> {
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    let midnight = jiff::tz::Offset::UTC.to_timestamp(midnight);
    Ok(midnight.map_err(StoreError::corrupt)?.as_second())
}

/// The date in UTC of a second since 1970, as the table has dates.
fn utc_date(second: i64) -> Result<i64, StoreError> {
    let instant = Timestamp::from_second(second).map_err(StoreError::corrupt)?;
    Ok(yyyymmdd(jiff::tz::Offset::UTC.to_datetime(instant).date()))
}

impl Reads<'_> {
    pub fn appointment(&self, id: AppointmentId) -> Result<Option<Appointment>, StoreError> {
        self.one(&select("WHERE id = ?1"), [id.to_bytes()], read_appointment)
    }

    pub fn time_block(&self, id: TimeBlockId) -> Result<Option<TimeBlock>, StoreError> {
        let sql = format!(
            "SELECT {} FROM time_blocks WHERE id = ?1",
            TIME_BLOCK_COLUMNS.join(", ")
        );
        self.one(&sql, [id.to_bytes()], read_time_block)
    }

    /// All of a patient's visits, by start.
    pub fn appointments_of(&self, patient: PatientId) -> Result<Vec<Appointment>, StoreError> {
        self.all(
            &select("WHERE patient = ?1 ORDER BY starts, id"),
            [patient.to_bytes()],
            read_appointment,
        )
    }

    /// A patient's visits on a wall date, and those from `now` on, by start.
    pub fn visits_that_day_or_ahead(
        &self,
        patient: PatientId,
        date: Date,
        now: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError> {
        self.all(
            &select("WHERE patient = ?1 AND (date = ?2 OR starts >= ?3) ORDER BY starts, id"),
            params![patient.to_bytes(), yyyymmdd(date), now.as_second()],
            read_appointment,
        )
    }

    /// A patient's visits before a moment that took place, the latest first.
    pub fn kept_visits_of(
        &self,
        patient: PatientId,
        before: Timestamp,
        most: usize,
    ) -> Result<Vec<Appointment>, StoreError> {
        self.all(
            &KEPT_OF_A_PATIENT,
            params![patient.to_bytes(), before.as_second(), most as i64],
            read_appointment,
        )
    }

    /// Dates from a moment on, each on its location's wall clock, on which others of the patient's family have a visit.
    pub fn family_dates(&self, patient: PatientId, from: Timestamp) -> Result<Vec<Date>, StoreError> {
        self.all(
            &FAMILY_DATES,
            params![patient.to_bytes(), from.as_second()],
            |row| read_yyyymmdd(row.get(0)?),
        )
    }

    /// The date, on its location's wall clock, of the last visit with a provider, as first or second, that was not cancelled.
    pub fn last_date_of(&self, provider: ProviderId) -> Result<Option<Date>, StoreError> {
        let last = self.one(LAST_DATE_OF_A_PROVIDER, [provider.to_bytes()], |row| {
            Ok(row.get::<_, Option<i64>>(0)?)
        })?;
        last.flatten().map(read_yyyymmdd).transpose()
    }

    /// The first visit that takes or took place. Looks at indexes only: the visits themselves lie all over the file.
    pub fn first_visit_of(&self, patient: PatientId) -> Result<Option<AppointmentId>, StoreError> {
        let broken = self.all(BROKEN_OF_A_PATIENT, [patient.to_bytes()], |row| {
            Ok(row.get::<_, [u8; 16]>(0)?)
        })?;
        let mut statement = self.connection.prepare_cached(STARTS_OF_A_PATIENT)?;
        let mut rows = statement.query([patient.to_bytes()])?;
        let mut first: Option<(i64, [u8; 16])> = None;
        while let Some(row) = rows.next()? {
            let (starts, id) = (row.get(0)?, row.get(1)?);
            if first.is_some_and(|(earlier, _)| earlier < starts) {
                break;
            }
            if !broken.contains(&id) {
                first = Some(first.map_or((starts, id), |other| other.min((starts, id))));
            }
        }
        Ok(first.map(|(_, id)| AppointmentId::from_bytes(id)))
    }

    /// Visits whose wall date is `date`, cancelled and missed ones too, by start.
    pub fn visits_on(&self, location: LocationId, date: Date) -> Result<Vec<Appointment>, StoreError> {
        static ON: LazyLock<String> =
            LazyLock::new(|| select("WHERE location = ?1 AND date = ?2 ORDER BY starts, id"));
        self.all(
            &ON,
            params![location.to_bytes(), yyyymmdd(date)],
            read_appointment,
        )
    }

    /// Every block-out that may touch a day: the location's and its operatories', and all providers'. Some may end just before
    /// it or begin just after it.
    pub fn blocks_around(&self, location: LocationId, date: Date) -> Result<Vec<TimeBlock>, StoreError> {
        // Zones are at most 14 hours off; a day has at most 25.
        let midnight = utc_midnight(date)?;
        let mut blocks = self.blocks_between(midnight - 14 * 3600, midnight + 39 * 3600)?;
        blocks.retain(|block| {
            block.location == location || matches!(block.target, clinic::BlockTarget::Provider(_))
        });
        Ok(blocks)
    }

    /// Visits that overlap `[from, until)`, by start.
    pub fn range(
        &self,
        filter: &RangeFilter,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError> {
        let (from, until) = (from.as_second(), until.as_second());
        let limit = |ids: &mut dyn Iterator<Item = [u8; 16]>| -> Vec<Value> { ids.map(blob).collect() };
        let locations = limit(&mut filter.locations.iter().map(|id| id.to_bytes()));
        let operatories = limit(&mut filter.operatories.iter().map(|id| id.to_bytes()));
        let providers = limit(&mut filter.providers.iter().map(|id| id.to_bytes()));

        // The shortest list of something that has an index by time; without any, the days of the locations.
        let (column, first) = match (operatories.is_empty(), providers.is_empty()) {
            (true, true) => return self.range_by_day(filter, &locations, from, until),
            (true, false) => ("provider", &providers),
            (false, true) => ("operatory", &operatories),
            (false, false) if operatories.len() <= providers.len() => ("operatory", &operatories),
            (false, false) => ("provider", &providers),
        };
        let columns: &[&str] = match column {
            "provider" => &["provider", "second_provider"],
            _ => &["operatory"],
        };
        let mut found = Vec::new();
        for (column, value) in columns
            .iter()
            .flat_map(|column| first.iter().map(move |value| (*column, value)))
        {
            let mut sql = format!("WHERE {column} = ? AND starts > ? AND starts < ? AND ends > ?");
            let mut parameters = vec![
                value.clone(),
                Value::Integer(from - LONGEST_SECONDS),
                Value::Integer(until),
                Value::Integer(from),
            ];
            for (name, list) in [("location", &locations), ("operatory", &operatories)] {
                if name != column {
                    add_list(&mut sql, &mut parameters, name, list);
                }
            }
            if column == "operatory" && !providers.is_empty() {
                let marks = vec!["?"; providers.len()].join(", ");
                sql.push_str(&format!(
                    " AND (provider IN ({marks}) OR second_provider IN ({marks}))"
                ));
                parameters.extend(providers.iter().chain(&providers).cloned());
            }
            if !filter.with_broken {
                sql.push_str(&format!(" AND {TAKES_TIME}"));
            }
            found.extend(self.all(&select(&sql), params_from_iter(parameters), read_appointment)?);
        }
        found.sort_by_key(|record| (record.starts_at.instant(), record.id));
        // Of two providers that were asked for, both may be in one visit.
        found.dedup_by_key(|record| record.id);
        Ok(found)
    }

    fn range_by_day(
        &self,
        filter: &RangeFilter,
        locations: &[Value],
        from: i64,
        until: i64,
    ) -> Result<Vec<Appointment>, StoreError> {
        let all_locations;
        let locations = if locations.is_empty() {
            all_locations = self.all("SELECT id FROM locations", [], |row| {
                let id: String = row.get(0)?;
                Ok(blob(crate::fields::parse::<LocationId>(&id)?.to_bytes()))
            })?;
            &all_locations[..]
        } else {
            locations
        };
        let broken = if filter.with_broken {
            String::new()
        } else {
            format!(" AND {TAKES_TIME}")
        };
        let sql = select(&format!(
            "WHERE location = ?1 AND date >= ?2 AND date <= ?3 AND starts < ?4 AND ends > ?5{broken}"
        ));
        // A wall date differs from the date in UTC by a day at the most; a visit lasts a day at the most.
        let (first, last) = (
            utc_date(from - 2 * LONGEST_SECONDS)?,
            utc_date(until + LONGEST_SECONDS)?,
        );
        let mut found = Vec::new();
        for location in locations {
            found.extend(self.all(
                &sql,
                params![location, first, last, until, from],
                read_appointment,
            )?);
        }
        found.sort_by_key(|record| (record.starts_at.instant(), record.id));
        Ok(found)
    }

    /// Block-outs that overlap `[from, until)`, by start.
    pub fn time_blocks(&self, from: Timestamp, until: Timestamp) -> Result<Vec<TimeBlock>, StoreError> {
        self.blocks_between(from.as_second(), until.as_second())
    }

    fn blocks_between(&self, from: i64, until: i64) -> Result<Vec<TimeBlock>, StoreError> {
        static SHORT: LazyLock<String> = LazyLock::new(|| {
            let columns = TIME_BLOCK_COLUMNS.join(", ");
            format!(
                "SELECT {columns} FROM time_blocks WHERE length_minutes <= 1440 AND starts > ?1 - 86400 AND starts < ?2 AND ends > ?1"
            )
        });
        static LONG: LazyLock<String> = LazyLock::new(|| {
            let columns = TIME_BLOCK_COLUMNS.join(", ");
            format!(
                "SELECT {columns} FROM time_blocks WHERE length_minutes > 1440 AND ends > ?1 AND starts < ?2"
            )
        });
        let mut found = self.all(&SHORT, [from, until], read_time_block)?;
        found.extend(self.all(&LONG, [from, until], read_time_block)?);
        found.sort_by_key(|record| (record.starts_at.instant(), record.id));
        Ok(found)
    }

    /// Visits per wall day at a location, for days that have any; cancelled and missed ones do not count.
    pub fn density(&self, location: LocationId, from: Date, until: Date) -> Result<Vec<Density>, StoreError> {
        let sql = format!(
            "SELECT date, count(*), sum(ends - starts) / 60 FROM appointments
             WHERE location = ?1 AND date >= ?2 AND date <= ?3 AND {TAKES_TIME} GROUP BY date ORDER BY date"
        );
        self.all(
            &sql,
            params![location.to_bytes(), yyyymmdd(from), yyyymmdd(until)],
            |row| {
                Ok(Density {
                    date: read_yyyymmdd(row.get(0)?)?,
                    visits: row.get(1)?,
                    booked_minutes: row.get(2)?,
                })
            },
        )
    }

    /// As [`Self::density`], each day told apart by operatory or provider, for those that have any visit.
    pub fn density_parts(
        &self,
        location: LocationId,
        from: Date,
        until: Date,
        by: DensityBy,
    ) -> Result<Vec<DensityPart>, StoreError> {
        let (column, minutes) = match by {
            DensityBy::Operatory => ("operatory", "(ends - starts) / 60"),
            DensityBy::Provider => (
                "provider",
                "(length(pattern) - length(replace(pattern, 'X', ''))) * 5",
            ),
        };
        let sql = format!(
            "SELECT date, {column}, {minutes} FROM appointments
             WHERE location = ?1 AND date >= ?2 AND date <= ?3 AND {TAKES_TIME}"
        );
        let second = "SELECT date, second_provider, pattern, second_pattern FROM appointments
             WHERE location = ?1 AND date >= ?2 AND date <= ?3 AND second_provider IS NOT NULL
               AND second_pattern IS NOT NULL AND status NOT IN ('cancelled', 'no_show')";
        // Added up here: SQLite would sort all visits first.
        let mut parts: BTreeMap<(i64, [u8; 16]), (u32, u32)> = BTreeMap::new();
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![location.to_bytes(), yyyymmdd(from), yyyymmdd(until)])?;
        while let Some(row) = rows.next()? {
            let (visits, minutes) = parts.entry((row.get(0)?, row.get(1)?)).or_default();
            *visits += 1;
            *minutes += row.get::<_, u32>(2)?;
        }
        if by == DensityBy::Provider {
            let mut statement = self.connection.prepare_cached(second)?;
            let mut rows = statement.query(params![location.to_bytes(), yyyymmdd(from), yyyymmdd(until)])?;
            while let Some(row) = rows.next()? {
                let (pattern, own): (String, String) = (row.get(2)?, row.get(3)?);
                // What reaches beyond the visit's end needs nobody.
                let needed = own
                    .chars()
                    .take(pattern.len())
                    .filter(|unit| *unit == 'X')
                    .count() as u32;
                let (visits, minutes) = parts.entry((row.get(0)?, row.get(1)?)).or_default();
                *visits += u32::from(needed > 0);
                *minutes += needed * 5;
            }
        }
        parts
            .into_iter()
            .map(|((date, id), (visits, booked_minutes))| {
                Ok(DensityPart {
                    date: read_yyyymmdd(date)?,
                    id,
                    visits,
                    booked_minutes,
                })
            })
            .collect()
    }

    /// Days of a location on which a visit is part of an open overlap, ascending.
    pub fn overlapping_days(
        &self,
        location: LocationId,
        from: Date,
        until: Date,
    ) -> Result<Vec<Date>, StoreError> {
        // An overlap begins within its visits, whose wall day is at most a day off and which last a day at the most.
        let (first, last) = (utc_midnight(from)?, utc_midnight(until)?);
        let sql = "SELECT DISTINCT visit.date FROM overlaps JOIN appointments visit ON visit.id IN (overlaps.first, overlaps.second)
             WHERE overlaps.starts >= ?1 AND overlaps.starts < ?2
               AND visit.location = ?3 AND visit.date BETWEEN ?4 AND ?5
             ORDER BY visit.date";
        let parameters = params![
            (first - LONGEST_SECONDS) * 1000,
            (last + 3 * LONGEST_SECONDS) * 1000,
            location.to_bytes(),
            yyyymmdd(from),
            yyyymmdd(until)
        ];
        self.all(sql, parameters, |row| read_yyyymmdd(row.get(0)?))
    }

    /// What `clinic::check_placement` wants to see.
    pub fn neighbours(&self, around: &Neighbourhood) -> Result<Neighbours, StoreError> {
        let (from, until) = (around.from.as_second(), around.until.as_second());
        let mut appointments = self.meeting(
            around.operatory,
            around.providers(),
            around.patient,
            from,
            // Whole seconds: a stretch that ends within a second still reaches into it.
            until + i64::from(around.until.subsec_nanosecond() > 0),
        )?;
        if let Some((begin, end)) = around.hour {
            let known: HashSet<AppointmentId> = appointments.iter().map(|visit| visit.id).collect();
            let more = self.beginning_at(around.location, begin.as_second(), end.as_second())?;
            appointments.extend(more.into_iter().filter(|visit| !known.contains(&visit.id)));
        }
        if around.with_equipment || around.with_assistants {
            let known: HashSet<AppointmentId> = appointments.iter().map(|visit| visit.id).collect();
            let mut more = match around.with_assistants {
                true => self.lasting_at(around.location, around.from, around.until)?,
                false => self.using_equipment(around.location, around.from, around.until)?,
            };
            more.retain(|visit| !known.contains(&visit.id));
            appointments.append(&mut more);
        }
        let mut time_blocks = self.blocks_between(from, until)?;
        time_blocks.retain(|block| match block.target {
            clinic::BlockTarget::Provider(id) => around.providers().any(|known| known == id),
            clinic::BlockTarget::Operatory(id) => id == around.operatory,
            clinic::BlockTarget::Location(id) => id == around.location,
        });
        let patient = match around.patient {
            None => Standing::Unknown,
            Some(id) => self
                .one(
                    "SELECT is_active FROM patients WHERE id = ?1",
                    [id.to_bytes()],
                    |row| Ok(row.get::<_, bool>(0)?),
                )?
                .map_or(Standing::Unknown, |active| {
                    if active {
                        Standing::Active
                    } else {
                        Standing::Inactive
                    }
                }),
        };
        let mut accepted = Vec::new();
        if let Some(id) = around.appointment {
            for other in &appointments {
                for kind in clinic::ConflictKind::ALL {
                    let key = clinic::ConflictKey::new(kind, id, other.id);
                    accepted.extend(overlaps::accepted_of(self.connection, &key)?);
                }
            }
        }
        Ok(Neighbours {
            appointments,
            time_blocks,
            patient,
            accepted,
            held: Vec::new(),
            others: Vec::new(),
        })
    }

    /// Other visits that take time and share operatory, a provider or patient with this one while it lasts.
    pub fn sharing(&self, visit: &Appointment) -> Result<Vec<Appointment>, StoreError> {
        let from = visit.starts_at.instant().as_second();
        let until = from + i64::from(visit.length_minutes()) * 60;
        let mut found = self.meeting(
            visit.operatory,
            std::iter::once(visit.provider).chain(visit.second_provider),
            Some(visit.patient),
            from,
            until,
        )?;
        found.retain(|other| other.id != visit.id);
        Ok(found)
    }

    /// Visits that take time and use equipment at a location while `[from, until)` lasts.
    pub(crate) fn using_equipment(
        &self,
        location: LocationId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError> {
        static USING: LazyLock<String> =
            LazyLock::new(|| select(&format!("{LASTING} AND equipment IS NOT NULL AND {TAKES_TIME}")));
        self.lasting(&USING, location, from, until)
    }

    /// Visits that take time at a location while `[from, until)` lasts.
    fn lasting_at(
        &self,
        location: LocationId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError> {
        static HERE: LazyLock<String> = LazyLock::new(|| select(&format!("{LASTING} AND {TAKES_TIME}")));
        self.lasting(&HERE, location, from, until)
    }

    fn lasting(
        &self,
        sql: &str,
        location: LocationId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError> {
        let (from, until) = (
            from.as_second(),
            until.as_second() + i64::from(until.subsec_nanosecond() > 0),
        );
        let (first, last) = (
            utc_date(from - 2 * LONGEST_SECONDS)?,
            utc_date(until + LONGEST_SECONDS)?,
        );
        self.all(
            sql,
            params![location.to_bytes(), first, last, until, from],
            read_appointment,
        )
    }

    fn meeting(
        &self,
        operatory: OperatoryId,
        providers: impl Iterator<Item = ProviderId>,
        patient: Option<PatientId>,
        from: i64,
        until: i64,
    ) -> Result<Vec<Appointment>, StoreError> {
        let by = |at: usize, id: [u8; 16]| (at, id);
        let people = providers.flat_map(|id| [by(1, id.to_bytes()), by(2, id.to_bytes())]);
        let keys: Vec<(usize, [u8; 16])> = std::iter::once(by(0, operatory.to_bytes()))
            .chain(people)
            .chain(patient.map(|id| by(3, id.to_bytes())))
            .collect();
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for (at, key) in keys {
            let more = self.all(&MEETING[at], params![key, from, until], read_appointment)?;
            found.extend(more.into_iter().filter(|visit| seen.insert(visit.id)));
        }
        Ok(found)
    }

    /// Visits at a location that take time and start in `[from, until)`, seconds since 1970: at most a day.
    fn beginning_at(
        &self,
        location: LocationId,
        from: i64,
        until: i64,
    ) -> Result<Vec<Appointment>, StoreError> {
        // Wall days are at most one off those of UTC.
        let dates = [from - LONGEST_SECONDS, from, from + LONGEST_SECONDS].map(utc_date);
        let [before, same, after] = dates;
        self.all(
            &BEGINNING_AT,
            params![location.to_bytes(), before?, same?, after?, from, until],
            read_appointment,
        )
    }

    /// Visits that start in `[from, until)`, seconds since 1970.
    pub(crate) fn starting_between(&self, from: i64, until: i64) -> Result<Vec<Appointment>, StoreError> {
        let (first, last) = (
            utc_date(from - LONGEST_SECONDS)?,
            utc_date(until + LONGEST_SECONDS)?,
        );
        let sql = select(&format!(
            "WHERE {ANYWHERE} AND date >= ?1 AND date <= ?2 AND starts >= ?3 AND starts < ?4"
        ));
        self.all(&sql, [first, last, from, until], read_appointment)
    }

    /// The visit imported under this `UID`, if any.
    pub fn appointment_by_source(&self, source_uid: &str) -> Result<Option<Appointment>, StoreError> {
        self.one(
            &select("WHERE source_uid = ?1 AND source_uid <> '' LIMIT 1"),
            [source_uid],
            read_appointment,
        )
    }

    /// The block-outs imported under this `UID`.
    pub fn time_blocks_by_source(&self, source_uid: &str) -> Result<Vec<TimeBlock>, StoreError> {
        let columns = TIME_BLOCK_COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM time_blocks WHERE source_uid = ?1 AND source_uid <> '' ORDER BY id"
        );
        self.all(&sql, [source_uid], read_time_block)
    }

    /// The block-outs of one series, by start.
    pub fn block_series(&self, series: BlockSeriesId) -> Result<Vec<TimeBlock>, StoreError> {
        let columns = TIME_BLOCK_COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM time_blocks WHERE series = ?1 ORDER BY starts, id");
        self.all(&sql, [series.to_bytes()], read_time_block)
    }

    /// The visits of one series, by start; broken ones too.
    pub fn appointment_series(&self, series: AppointmentSeriesId) -> Result<Vec<Appointment>, StoreError> {
        let sql = select("WHERE series = ?1 ORDER BY starts, id");
        self.all(&sql, [series.to_bytes()], read_appointment)
    }

    /// What a series was asked to be.
    pub fn recurring_appointment(
        &self,
        series: AppointmentSeriesId,
    ) -> Result<Option<RecurringAppointment>, StoreError> {
        match rows::load(
            self.connection,
            EntityKind::RecurringAppointment,
            &series.to_string(),
        )? {
            Some(Entity::RecurringAppointment(record)) => Ok(Some(record)),
            _ => Ok(None),
        }
    }

    /// Absences that overlap `[from, until)`, by start.
    pub fn absences(&self, from: Timestamp, until: Timestamp) -> Result<Vec<TimeBlock>, StoreError> {
        static AWAY: LazyLock<String> = LazyLock::new(|| {
            let columns = TIME_BLOCK_COLUMNS.join(", ");
            format!(
                "SELECT {columns} FROM time_blocks WHERE absence IS NOT NULL AND ends > ?1 AND starts < ?2
                 ORDER BY starts, id"
            )
        });
        self.all(&AWAY, [from.as_second(), until.as_second()], read_time_block)
    }

    /// Visits that take time and about which somebody decided that they need a new time, or need none, by start.
    pub fn marked_appointments(&self) -> Result<Vec<Appointment>, StoreError> {
        let sql = select(&format!(
            "WHERE needs_new_time IS NOT NULL AND {TAKES_TIME} ORDER BY starts, id"
        ));
        self.all(&sql, [], read_appointment)
    }

    /// Every visit that starts at or after `from` and takes time, in no order: for calendars kept in memory.
    pub fn for_each_visit_from(
        &self,
        from: Timestamp,
        mut each: impl FnMut(Appointment),
    ) -> Result<(), StoreError> {
        let from = from.as_second();
        let first = utc_date(from.saturating_sub(LONGEST_SECONDS)).unwrap_or(i64::MIN);
        let sql = select(&format!(
            "WHERE {ANYWHERE} AND date >= ?1 AND starts >= ?2 AND {TAKES_TIME}"
        ));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([first, from])?;
        while let Some(row) = rows.next()? {
            each(read_appointment(row)?);
        }
        Ok(())
    }
}

impl Reads<'_> {
    /// Planned visits that start after `from` and are of a type or have it beside their own, earliest first. Looks at all future visits: for settings, not for
    /// what is done all day.
    pub fn planned_of_type(
        &self,
        kind: clinic::AppointmentTypeId,
        from: Timestamp,
    ) -> Result<Vec<Appointment>, StoreError> {
        let sql = select(
            "WHERE starts > ?1 AND appointment_type = ?2 AND status IN ('scheduled', 'confirmed', 'arrived')",
        );
        let mut visits = self.all(
            &sql,
            rusqlite::params![from.as_second(), kind.to_bytes()],
            read_appointment,
        )?;
        let beside: Vec<Appointment> = self.all(
            &select(WITH_MORE),
            rusqlite::params![from.as_second()],
            read_appointment,
        )?;
        visits.extend(beside.into_iter().filter(|visit| visit.also.contains(&kind)));
        visits.sort_by_key(|visit| (visit.starts_at.instant(), visit.id));
        Ok(visits)
    }
}

/// Planned visits in which more is done than their own type.
const WITH_MORE: &str =
    "WHERE starts > ?1 AND also <> '' AND status IN ('scheduled', 'confirmed', 'arrived')";

fn add_list(sql: &mut String, parameters: &mut Vec<Value>, column: &str, list: &[Value]) {
    if list.is_empty() {
        return;
    }
    let marks = vec!["?"; list.len()].join(", ");
    sql.push_str(&format!(" AND {column} IN ({marks})"));
    parameters.extend(list.iter().cloned());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How SQLite goes about it, step by step.
    fn plan(sql: &str) -> String {
        let connection = crate::connection::in_memory();
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let unknown = vec![Value::Null; statement.parameter_count()];
        let steps = statement.query_map(params_from_iter(unknown), |row| row.get::<_, String>(3));
        steps.unwrap().collect::<Result<Vec<_>, _>>().unwrap().join("; ")
    }

    #[test]
    fn a_day_is_one_stretch_of_the_table() {
        let day = plan(&select("WHERE location = ?1 AND date = ?2 ORDER BY starts, id"));
        assert_eq!(
            day,
            "SEARCH appointments USING PRIMARY KEY (location=? AND date=?)"
        );
        let month = format!(
            "SELECT date, operatory, ends - starts FROM appointments
             WHERE location = ?1 AND date >= ?2 AND date <= ?3 AND {TAKES_TIME}"
        );
        assert_eq!(
            plan(&month),
            "SEARCH appointments USING PRIMARY KEY (location=? AND date>? AND date<?)"
        );
    }

    #[test]
    fn a_first_visit_is_found_in_indexes_alone() {
        for (sql, index) in [
            (BROKEN_OF_A_PATIENT, "appointments_broken"),
            (STARTS_OF_A_PATIENT, "appointments_patient"),
        ] {
            assert_eq!(
                plan(sql),
                format!("SEARCH appointments USING COVERING INDEX {index} (patient=?)")
            );
        }
    }

    #[test]
    fn what_a_patient_kept_and_what_begins_in_an_hour_are_found_by_index() {
        assert_eq!(
            plan(&KEPT_OF_A_PATIENT),
            "SEARCH appointments USING INDEX appointments_patient (patient=? AND starts<?)"
        );
        assert_eq!(
            plan(&BEGINNING_AT),
            "SEARCH appointments USING PRIMARY KEY (location=? AND date=? AND starts>? AND starts<?)"
        );
        let last = plan(LAST_DATE_OF_A_PROVIDER);
        for step in [
            "INDEX appointments_provider (provider=?)",
            "INDEX appointments_second (second_provider=?)",
        ] {
            assert!(last.contains(step), "{last}");
        }
        assert!(!last.contains("SCAN appointments"), "{last}");
        let family = plan(&FAMILY_DATES);
        for step in [
            "INDEX patients_family (family=?)",
            "INDEX appointments_patient (patient=? AND starts>?)",
        ] {
            assert!(family.contains(step), "{family}");
        }
        assert!(!family.contains("SCAN"), "{family}");
    }

    #[test]
    fn the_few_visits_with_more_than_their_type_are_found_in_their_index() {
        let plan = plan(&select(WITH_MORE));
        assert!(
            plan.contains("USING INDEX appointments_also (starts>?)"),
            "{plan}"
        );
    }

    #[test]
    fn what_comes_is_found_without_looking_at_the_past() {
        let plan = plan(&select(&format!(
            "WHERE {ANYWHERE} AND date >= ?1 AND starts >= ?2 AND {TAKES_TIME}"
        )));
        assert!(
            plan.contains("SEARCH appointments USING PRIMARY KEY (location=? AND date>?)"),
            "{plan}"
        );
        assert!(!plan.contains("SCAN appointments"), "{plan}");
    }
}
