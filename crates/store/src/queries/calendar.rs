//! Visits and block-outs by time, place and person.

use std::collections::HashSet;
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

/// One day at one location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRows {
    /// Cancelled and missed visits too, by start.
    pub appointments: Vec<Appointment>,
    /// Every block-out that may touch the day: the location's and its operatories', and all providers'. Some may end
    /// just before it or begin just after it.
    pub time_blocks: Vec<TimeBlock>,
}

/// What to look for in a stretch of time. An empty list does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RangeFilter {
    pub locations: Vec<LocationId>,
    pub operatories: Vec<OperatoryId>,
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
    /// The visits' lengths; for a provider only their own time in them (the `X` units), since one may work at several chairs.
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

    /// The first visit that takes or took place.
    pub fn first_visit_of(&self, patient: PatientId) -> Result<Option<AppointmentId>, StoreError> {
        let sql = format!(
            "SELECT id FROM appointments WHERE patient = ?1 AND {TAKES_TIME} ORDER BY starts, id LIMIT 1"
        );
        self.one(&sql, [patient.to_bytes()], |row| {
            Ok(AppointmentId::from_bytes(row.get(0)?))
        })
    }

    /// Visits whose wall date is `date`, and the block-outs around.
    pub fn day(&self, location: LocationId, date: Date) -> Result<DayRows, StoreError> {
        let appointments = self.all(
            &select("WHERE location = ?1 AND date = ?2 ORDER BY starts, id"),
            params![location.to_bytes(), yyyymmdd(date)],
            read_appointment,
        )?;
        // Zones are at most 14 hours off; a day has at most 25.
        let midnight = date.to_datetime(jiff::civil::Time::midnight());
        let midnight = jiff::tz::Offset::UTC
            .to_timestamp(midnight)
            .map_err(StoreError::corrupt)?
            .as_second();
        let mut time_blocks = self.blocks_between(midnight - 14 * 3600, midnight + 39 * 3600)?;
        time_blocks.retain(|block| {
            block.location == location || matches!(block.target, clinic::BlockTarget::Provider(_))
        });
        Ok(DayRows {
            appointments,
            time_blocks,
        })
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
        let mut found = Vec::new();
        for value in first {
            let mut sql = format!("WHERE {column} = ? AND starts > ? AND starts < ? AND ends > ?");
            let mut parameters = vec![
                value.clone(),
                Value::Integer(from - LONGEST_SECONDS),
                Value::Integer(until),
                Value::Integer(from),
            ];
            for (name, list) in [
                ("location", &locations),
                ("operatory", &operatories),
                ("provider", &providers),
            ] {
                if name != column {
                    add_list(&mut sql, &mut parameters, name, list);
                }
            }
            if !filter.with_broken {
                sql.push_str(&format!(" AND {TAKES_TIME}"));
            }
            found.extend(self.all(&select(&sql), params_from_iter(parameters), read_appointment)?);
        }
        found.sort_by_key(|record| (record.starts_at.instant(), record.id));
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
        let day = |second: i64| -> Result<i64, StoreError> {
            let instant = Timestamp::from_second(second).map_err(StoreError::corrupt)?;
            Ok(yyyymmdd(jiff::tz::Offset::UTC.to_datetime(instant).date()))
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
        let (first, last) = (day(from - 2 * LONGEST_SECONDS)?, day(until + LONGEST_SECONDS)?);
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
            DensityBy::Operatory => ("operatory", "sum(ends - starts) / 60"),
            DensityBy::Provider => (
                "provider",
                "sum(length(pattern) - length(replace(pattern, 'X', ''))) * 5",
            ),
        };
        let sql = format!(
            "SELECT date, {column}, count(*), {minutes} FROM appointments
             WHERE location = ?1 AND date >= ?2 AND date <= ?3 AND {TAKES_TIME}
             GROUP BY date, {column} ORDER BY date, {column}"
        );
        self.all(
            &sql,
            params![location.to_bytes(), yyyymmdd(from), yyyymmdd(until)],
            |row| {
                Ok(DensityPart {
                    date: read_yyyymmdd(row.get(0)?)?,
                    id: row.get(1)?,
                    visits: row.get(2)?,
                    booked_minutes: row.get(3)?,
                })
            },
        )
    }

    /// What `clinic::check_placement` wants to see.
    pub fn neighbours(&self, around: &Neighbourhood) -> Result<Neighbours, StoreError> {
        let (from, until) = (around.from.as_second(), around.until.as_second());
        let appointments = self.meeting(
            around.operatory,
            around.provider,
            around.patient,
            from,
            // Whole seconds: a stretch that ends within a second still reaches into it.
            until + i64::from(around.until.subsec_nanosecond() > 0),
        )?;
        let mut time_blocks = self.blocks_between(from, until)?;
        time_blocks.retain(|block| match block.target {
            clinic::BlockTarget::Provider(id) => id == around.provider,
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

    /// Other visits that take time and share operatory, provider or patient with this one while it lasts.
    pub fn sharing(&self, visit: &Appointment) -> Result<Vec<Appointment>, StoreError> {
        let from = visit.starts_at.instant().as_second();
        let until = from + i64::from(visit.length_minutes()) * 60;
        let mut found = self.meeting(visit.operatory, visit.provider, Some(visit.patient), from, until)?;
        found.retain(|other| other.id != visit.id);
        Ok(found)
    }

    fn meeting(
        &self,
        operatory: OperatoryId,
        provider: ProviderId,
        patient: Option<PatientId>,
        from: i64,
        until: i64,
    ) -> Result<Vec<Appointment>, StoreError> {
        static BY: LazyLock<[String; 3]> = LazyLock::new(|| {
            ["operatory", "provider", "patient"].map(|column| {
                select(&format!(
                    "WHERE {column} = ?1 AND starts > ?2 - 86400 AND starts < ?3 AND ends > ?2 AND {TAKES_TIME}"
                ))
            })
        });
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let keys = [
            Some(operatory.to_bytes()),
            Some(provider.to_bytes()),
            patient.map(|id| id.to_bytes()),
        ];
        for (sql, key) in BY.iter().zip(keys) {
            let Some(key) = key else { continue };
            let more = self.all(sql, params![key, from, until], read_appointment)?;
            found.extend(more.into_iter().filter(|visit| seen.insert(visit.id)));
        }
        Ok(found)
    }

    /// Visits that start in `[from, until)`, seconds since 1970.
    pub(crate) fn starting_between(&self, from: i64, until: i64) -> Result<Vec<Appointment>, StoreError> {
        let day = |second: i64| -> Result<i64, StoreError> {
            let instant = Timestamp::from_second(second).map_err(StoreError::corrupt)?;
            Ok(yyyymmdd(jiff::tz::Offset::UTC.to_datetime(instant).date()))
        };
        let (first, last) = (day(from - LONGEST_SECONDS)?, day(until + LONGEST_SECONDS)?);
        // From one location to the next in the index; DISTINCT would look at every visit.
        let sql = select(
            "WHERE location IN (
                 WITH RECURSIVE used (location) AS (
                     SELECT min(location) FROM appointments
                     UNION ALL
                     SELECT (SELECT min(location) FROM appointments WHERE location > used.location)
                     FROM used WHERE used.location IS NOT NULL)
                 SELECT location FROM used WHERE location IS NOT NULL)
             AND date >= ?1 AND date <= ?2 AND starts >= ?3 AND starts < ?4",
        );
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
        let columns = TIME_BLOCK_COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM time_blocks WHERE absence IS NOT NULL AND ends > ?1 AND starts < ?2
             ORDER BY starts, id"
        );
        self.all(&sql, [from.as_second(), until.as_second()], read_time_block)
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
        let sql = select(&format!("WHERE starts >= ?1 AND {TAKES_TIME}"));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([from.as_second()])?;
        while let Some(row) = rows.next()? {
            each(read_appointment(row)?);
        }
        Ok(())
    }
}

fn add_list(sql: &mut String, parameters: &mut Vec<Value>, column: &str, list: &[Value]) {
    if list.is_empty() {
        return;
    }
    let marks = vec!["?"; list.len()].join(", ");
    sql.push_str(&format!(" AND {column} IN ({marks})"));
    parameters.extend(list.iter().cloned());
}
