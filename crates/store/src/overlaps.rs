//! The overlaps table: kept in step with each change by looking only at what the change touched.

use std::collections::{BTreeMap, BTreeSet};

use clinic::conflicts::Shared;
use clinic::{
    AcceptedConflict, Appointment, AppointmentId, Change, Conflict, ConflictKey, ConflictKind, Entity,
    EntityKind, Roster,
};
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::queries::Reads;
use crate::{StoreError, rows};

/// A day: no visit is longer.
pub(crate) const LONGEST_SECONDS: i64 = 24 * 60 * 60;

/// Derives the overlaps again where these changes may have made or ended some. Says whether any did.
pub(crate) fn follow(
    connection: &Connection,
    roster: &Roster,
    changes: &[Change],
) -> Result<bool, StoreError> {
    let affected = clinic::conflicts::affected(changes);
    if affected.everything {
        let before = list(connection)?;
        derive_all(connection, roster)?;
        return Ok(before != list(connection)?);
    }
    let mut visits: BTreeMap<AppointmentId, Option<Appointment>> = BTreeMap::new();
    if !affected.buckets.is_empty() {
        for change in changes {
            if let Entity::Appointment(visit) = change.entity() {
                let after = match &change.after {
                    Some(Entity::Appointment(after)) => Some(after.clone()),
                    _ => None,
                };
                visits.insert(visit.id, after);
            }
        }
    }
    for (_, pair) in affected.pairs.iter().filter_map(ConflictKey::parts) {
        for id in pair {
            if let std::collections::btree_map::Entry::Vacant(entry) = visits.entry(id) {
                entry.insert(Reads::new(connection).appointment(id)?);
            }
        }
    }
    let mut changed = false;
    for (id, visit) in &visits {
        changed |= derive_one(connection, roster, *id, visit.as_ref())?;
    }
    let mut shared = affected.equipment;
    for visit in visits
        .values()
        .flatten()
        .filter(|visit| !visit.equipment.is_empty())
    {
        shared.push(Shared {
            location: visit.location,
            from: visit.starts_at.instant(),
            until: visit.ends_at(),
        });
    }
    if !shared.is_empty() {
        changed |= derive_equipment(connection, roster, visits.keys().copied().collect(), &shared)?;
    }
    Ok(changed)
}

/// Which visits contend for equipment is a question to all that use some at the same time: those that overlap these stretches, and
/// all that overlap them, and so on.
fn derive_equipment(
    connection: &Connection,
    roster: &Roster,
    mut ids: BTreeSet<AppointmentId>,
    shared: &[Shared],
) -> Result<bool, StoreError> {
    let reads = Reads::new(connection);
    let mut visits: BTreeMap<AppointmentId, Appointment> = BTreeMap::new();
    for stretch in shared {
        let (mut from, mut until) = (stretch.from, stretch.until);
        loop {
            let here = reads.using_equipment(stretch.location, from, until)?;
            let first = here
                .iter()
                .map(|visit| visit.starts_at.instant())
                .fold(from, Timestamp::min);
            let last = here.iter().map(Appointment::ends_at).fold(until, Timestamp::max);
            let is_whole = (first, last) == (from, until);
            (from, until) = (first, last);
            if is_whole {
                visits.extend(here.into_iter().map(|visit| (visit.id, visit)));
                break;
            }
        }
    }
    ids.extend(visits.keys().copied());
    let mut before = Vec::new();
    for id in &ids {
        before.extend(of(connection, *id)?.into_iter().filter(is_about_equipment));
    }
    before.sort_by(|a, b| a.key.cmp(&b.key));
    before.dedup();
    let visits: Vec<Appointment> = visits.into_values().collect();
    let mut accepted = Vec::new();
    for (at, visit) in visits.iter().enumerate() {
        for other in &visits[..at] {
            if visit.starts_at.instant() < other.ends_at() && other.starts_at.instant() < visit.ends_at() {
                for kind in ConflictKind::ALL {
                    accepted.extend(accepted_of(
                        connection,
                        &ConflictKey::new(kind, visit.id, other.id),
                    )?);
                }
            }
        }
    }
    let mut after = clinic::conflicts::find(roster, &visits, &accepted);
    after.retain(is_about_equipment);
    after.sort_by(|a, b| a.key.cmp(&b.key));
    replace(connection, before, &after)
}

fn is_about_equipment(conflict: &Conflict) -> bool {
    conflict.kind == ConflictKind::Equipment
}

fn derive_one(
    connection: &Connection,
    roster: &Roster,
    id: AppointmentId,
    visit: Option<&Appointment>,
) -> Result<bool, StoreError> {
    let mut before = of(connection, id)?;
    before.retain(|conflict| !is_about_equipment(conflict));
    let after = match visit {
        Some(visit) if visit.takes_time() => {
            let others = Reads::new(connection).sharing(visit)?;
            if others.is_empty() {
                Vec::new()
            } else {
                involving(connection, roster, visit, &others)?
            }
        }
        _ => Vec::new(),
    };
    replace(connection, before, &after)
}

/// Says whether anything differs; both sorted by key.
fn replace(connection: &Connection, before: Vec<Conflict>, after: &[Conflict]) -> Result<bool, StoreError> {
    if before == after {
        return Ok(false);
    }
    for conflict in before {
        connection
            .prepare_cached("DELETE FROM overlaps WHERE key = ?1")?
            .execute([conflict.key.0])?;
    }
    for conflict in after {
        insert(connection, conflict)?;
    }
    Ok(true)
}

fn involving(
    connection: &Connection,
    roster: &Roster,
    visit: &Appointment,
    others: &[Appointment],
) -> Result<Vec<Conflict>, StoreError> {
    let mut accepted = Vec::new();
    for other in others {
        for kind in ConflictKind::ALL {
            accepted.extend(accepted_of(
                connection,
                &ConflictKey::new(kind, visit.id, other.id),
            )?);
        }
    }
    let mut found = clinic::conflicts::involving(roster, visit, others, &accepted);
    found.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(found)
}

pub(crate) fn accepted_of(
    connection: &Connection,
    key: &ConflictKey,
) -> Result<Option<AcceptedConflict>, StoreError> {
    match rows::load(connection, EntityKind::AcceptedConflict, &key.0)? {
        Some(Entity::AcceptedConflict(record)) => Ok(Some(record)),
        _ => Ok(None),
    }
}

fn insert(connection: &Connection, conflict: &Conflict) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO overlaps (key, kind, first, second, winner, starts, ends) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            conflict.key.0,
            conflict.kind.code(),
            conflict.appointments[0].to_bytes(),
            conflict.appointments[1].to_bytes(),
            conflict.winner.to_bytes(),
            conflict.from.as_millisecond(),
            conflict.until.as_millisecond(),
        ])?;
    Ok(())
}

const COLUMNS: &str = "key, kind, first, second, winner, starts, ends";

fn read(row: &Row<'_>) -> Result<Conflict, StoreError> {
    let kind = row.get_ref(1)?.as_str().map_err(StoreError::corrupt)?;
    let time = |column: usize| -> Result<Timestamp, StoreError> {
        Timestamp::from_millisecond(row.get(column)?).map_err(StoreError::corrupt)
    };
    Ok(Conflict {
        key: ConflictKey(row.get(0)?),
        kind: ConflictKind::ALL
            .into_iter()
            .find(|known| known.code() == kind)
            .ok_or_else(|| StoreError::corrupt(format!("an overlap of unknown kind {kind}")))?,
        appointments: [
            AppointmentId::from_bytes(row.get(2)?),
            AppointmentId::from_bytes(row.get(3)?),
        ],
        winner: AppointmentId::from_bytes(row.get(4)?),
        from: time(5)?,
        until: time(6)?,
    })
}

fn query(
    connection: &Connection,
    rest: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Conflict>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM overlaps {rest}"))?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// All of them, earliest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Conflict>, StoreError> {
    query(connection, "ORDER BY starts, key", [])
}

/// Those that touch `[from, until)`, earliest first.
pub(crate) fn between(
    connection: &Connection,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Conflict>, StoreError> {
    let (from, until) = (from.as_millisecond(), until.as_millisecond());
    query(
        connection,
        "WHERE starts > ?1 - 86400000 AND starts < ?2 AND ends > ?1 ORDER BY starts, key",
        [from, until],
    )
}

pub(crate) fn by_key(connection: &Connection, key: &ConflictKey) -> Result<Option<Conflict>, StoreError> {
    Ok(query(connection, "WHERE key = ?1", [&key.0])?.pop())
}

/// Those that a visit is part of, by key.
pub(crate) fn of(connection: &Connection, id: AppointmentId) -> Result<Vec<Conflict>, StoreError> {
    query(
        connection,
        "WHERE first = ?1 OR second = ?1 ORDER BY key",
        [id.to_bytes()],
    )
}

/// Empties the table and fills it again, week by week.
pub(crate) fn derive_all(connection: &Connection, roster: &Roster) -> Result<(), StoreError> {
    connection.execute("DELETE FROM overlaps", [])?;
    let accepted: Vec<AcceptedConflict> = rows::load_all(connection, EntityKind::AcceptedConflict)?
        .into_iter()
        .filter_map(|entity| match entity {
            Entity::AcceptedConflict(record) => Some(record),
            _ => None,
        })
        .collect();
    for conflict in derive(connection, roster, &accepted)? {
        insert(connection, &conflict)?;
    }
    Ok(())
}

/// Every overlap, from the appointment rows alone.
pub(crate) fn derive(
    connection: &Connection,
    roster: &Roster,
    accepted: &[AcceptedConflict],
) -> Result<Vec<Conflict>, StoreError> {
    const WEEK: i64 = 7 * 24 * 60 * 60;
    let mut weeks = BTreeSet::new();
    {
        let mut statement = connection.prepare_cached("SELECT DISTINCT starts / ?1 FROM appointments")?;
        let mut rows = statement.query([WEEK])?;
        while let Some(row) = rows.next()? {
            // An overlap may begin in the week after that in which its visits do.
            let week: i64 = row.get(0)?;
            weeks.extend([week, week + 1]);
        }
    }
    let mut found = BTreeMap::new();
    for week in weeks {
        // Visits of the days before may reach into this week, and who contends for equipment with one of its last visits may begin
        // in the next: with these margins everybody is there who has a say in an overlap that begins in this week.
        let (from, until) = (week * WEEK, (week + 1) * WEEK);
        let visits =
            Reads::new(connection).starting_between(from - 2 * LONGEST_SECONDS, until + LONGEST_SECONDS)?;
        for conflict in clinic::conflicts::find(roster, &visits, accepted) {
            if (from..until).contains(&conflict.from.as_second()) {
                found.insert(conflict.key.clone(), conflict);
            }
        }
    }
    Ok(found.into_values().collect())
}
