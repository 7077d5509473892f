//! A day as text, without ids: what a person would compare.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::violation::{target_name, type_name};
use crate::{
    Appointment, BlockPolicy, BlockTarget, LocationId, Operatory, OperatoryId, PatientId, Roster, Start,
    Status, TimeBlock, ZoneName, Zones,
};

/// One day at one location: a column for each active operatory, a row for each time at which something
/// begins or ends. See [`crate::drawing`] for the notation.
pub fn print_day(
    roster: &Roster,
    date: Date,
    location: LocationId,
    appointments: &[Appointment],
    names: &dyn Fn(PatientId) -> String,
) -> String {
    print_day_with(roster, date, location, appointments, &[], names)
}

/// Like [`print_day`], with block-outs.
pub fn print_day_with(
    roster: &Roster,
    date: Date,
    location: LocationId,
    appointments: &[Appointment],
    time_blocks: &[TimeBlock],
    names: &dyn Fn(PatientId) -> String,
) -> String {
    let mut visits: Vec<&Appointment> = appointments
        .iter()
        .filter(|visit| visit.location == location && visit.starts_at.date() == date)
        .collect();
    // The same whatever order they came in, and whatever their ids are.
    visits.sort_by_cached_key(|visit| {
        (
            visit.starts_at.instant(),
            visit.ends_at(),
            names(visit.patient),
            visit.id,
        )
    });
    let mut blocks: Vec<&TimeBlock> = time_blocks
        .iter()
        .filter(|block| block.starts_at.date() == date && (block.location == location || is_provider(block)))
        .collect();
    blocks.sort_by(|a, b| {
        (a.starts_at.instant(), &a.title, a.id).cmp(&(b.starts_at.instant(), &b.title, b.id))
    });
    let sheet = Sheet {
        roster,
        names,
        zone: roster.zone_of(location).cloned(),
        zones: Zones::bundled(),
    };

    let columns: Vec<Column> = operatories(roster, location, &visits)
        .into_iter()
        .map(|operatory| sheet.column(operatory, &visits, &blocks))
        .collect();
    let mut times: BTreeSet<Timestamp> = BTreeSet::new();
    for piece in columns.iter().flat_map(|column| &column.pieces) {
        times.extend([piece.from, piece.until]);
    }
    let mut rows = vec![sheet.header(date, &columns)];
    rows.extend(times.iter().map(|time| sheet.row(*time, &columns)));
    let mut text = aligned(&rows);
    for visit in visits.iter().filter(|visit| !visit.takes_time()) {
        let word = if visit.status == Status::NoShow {
            "no-show"
        } else {
            "cancelled"
        };
        let place = sheet.operatory(visit.operatory);
        let words = sheet.words(visit);
        let _ = writeln!(
            text,
            "{word} {} {place} {words}",
            sheet.span(visit.starts_at.instant(), visit.ends_at())
        );
    }
    for block in blocks
        .iter()
        .filter(|block| !matches!(block.target, BlockTarget::Operatory(_)))
    {
        let span = sheet.span(block.starts_at.instant(), block.ends_at());
        let target = match block.target {
            BlockTarget::Provider(id) => roster
                .provider(id)
                .map_or("somebody", |record| &record.short_name),
            _ => target_name(roster, &block.target),
        };
        let _ = writeln!(text, "block {target} {span} {}", sheet.block(block));
    }
    text
}

fn is_provider(block: &TimeBlock) -> bool {
    matches!(block.target, BlockTarget::Provider(_))
}

/// Active operatories, and those that are not but have visits.
fn operatories<'a>(roster: &'a Roster, location: LocationId, visits: &[&Appointment]) -> Vec<&'a Operatory> {
    let shown = |record: &&Operatory| {
        record.location == location
            && (record.is_active
                || visits
                    .iter()
                    .any(|visit| visit.operatory == record.id && visit.takes_time()))
    };
    let mut list: Vec<&Operatory> = roster.operatories.values().filter(shown).collect();
    list.sort_by(|a, b| (a.sort, &a.name, a.id).cmp(&(b.sort, &b.name, b.id)));
    list
}

struct Sheet<'a> {
    roster: &'a Roster,
    names: &'a dyn Fn(PatientId) -> String,
    zone: Option<ZoneName>,
    zones: Zones,
}

struct Column<'a> {
    operatory: &'a Operatory,
    pieces: Vec<Piece>,
    lanes: usize,
}

/// Something in a column; what overlaps lies in lanes side by side.
struct Piece {
    from: Timestamp,
    until: Timestamp,
    words: String,
    lane: usize,
}

impl Sheet<'_> {
    fn column<'a>(
        &self,
        operatory: &'a Operatory,
        visits: &[&Appointment],
        blocks: &[&TimeBlock],
    ) -> Column<'a> {
        let mut pieces: Vec<Piece> = blocks
            .iter()
            .filter(|block| block.target == BlockTarget::Operatory(operatory.id))
            .map(|block| Piece {
                from: block.starts_at.instant(),
                until: block.ends_at(),
                words: self.block(block),
                lane: 0,
            })
            .collect();
        pieces.extend(
            visits
                .iter()
                .filter(|visit| visit.operatory == operatory.id && visit.takes_time())
                .map(|visit| Piece {
                    from: visit.starts_at.instant(),
                    until: visit.ends_at(),
                    words: self.words(visit),
                    lane: 0,
                }),
        );
        pieces.sort_by_key(|piece| piece.from);
        let mut ends: Vec<Timestamp> = Vec::new();
        for piece in &mut pieces {
            piece.lane = ends
                .iter()
                .position(|end| *end <= piece.from)
                .unwrap_or(ends.len());
            if piece.lane == ends.len() {
                ends.push(piece.until);
            } else {
                ends[piece.lane] = piece.until;
            }
        }
        Column {
            operatory,
            pieces,
            lanes: ends.len(),
        }
    }

    fn header(&self, date: Date, columns: &[Column]) -> Vec<String> {
        let heads = columns.iter().map(|column| {
            let usual = column
                .operatory
                .usual_provider
                .and_then(|id| self.roster.provider(id));
            let name = self.operatory(column.operatory.id);
            usual.map_or_else(
                || name.clone(),
                |provider| format!("{name} {}", provider.short_name),
            )
        });
        std::iter::once(date.strftime("%a %-d %b %Y").to_string())
            .chain(heads)
            .collect()
    }

    fn row(&self, time: Timestamp, columns: &[Column]) -> Vec<String> {
        let cells = columns.iter().map(|column| {
            let mut lanes = vec!["."; column.lanes.max(1)];
            for piece in column
                .pieces
                .iter()
                .filter(|piece| piece.from <= time && time < piece.until)
            {
                lanes[piece.lane] = if piece.from == time { &piece.words } else { "|" };
            }
            let used = lanes
                .iter()
                .rposition(|lane| *lane != ".")
                .map_or(1, |last| last + 1);
            lanes[..used].join(" + ")
        });
        std::iter::once(self.clock(time)).chain(cells).collect()
    }

    /// `Rivera crown @Chen &Patel (confirmed)`.
    fn words(&self, visit: &Appointment) -> String {
        let code = |id| {
            let kind = self.roster.appointment_type(id);
            kind.map_or_else(|| type_name(self.roster, id), |record| record.code.as_str())
        };
        let code = visit.procedures().map(code).collect::<Vec<_>>().join("+");
        let mut words = format!("{} {code}", (self.names)(visit.patient));
        let usual = self
            .roster
            .operatory(visit.operatory)
            .and_then(|operatory| operatory.usual_provider);
        if usual != Some(visit.provider) {
            let name = self
                .roster
                .provider(visit.provider)
                .map_or("somebody", |record| &record.short_name);
            let _ = write!(words, " @{name}");
        }
        if let Some(id) = visit.second_provider {
            let name = self.roster.provider(id);
            let _ = write!(
                words,
                " &{}",
                name.map_or("somebody", |record| &record.short_name)
            );
        }
        if visit.status != Status::Scheduled && visit.takes_time() {
            let _ = write!(words, " ({})", visit.status.words());
        }
        words
    }

    fn block(&self, block: &TimeBlock) -> String {
        let title = &block.title;
        match &block.policy {
            BlockPolicy::Block => format!("# {title}"),
            BlockPolicy::Warn => format!("? {title}"),
            BlockPolicy::RestrictedTo(types) => {
                let codes: Vec<&str> = types
                    .iter()
                    .map(|id| {
                        self.roster
                            .appointment_type(*id)
                            .map_or("a removed type", |record| record.code.as_str())
                    })
                    .collect();
                format!("= {}: {title}", codes.join(","))
            }
        }
    }

    /// Without spaces, so that it stays one word: `Op1`.
    fn operatory(&self, id: OperatoryId) -> String {
        self.roster
            .operatory(id)
            .map_or_else(|| "?".to_owned(), |record| record.name.replace(' ', ""))
    }

    fn span(&self, from: Timestamp, until: Timestamp) -> String {
        let until = match self.clock(until) {
            midnight if midnight == "00:00" => "24:00".to_owned(),
            clock => clock,
        };
        format!("{}–{until}", self.clock(from))
    }

    fn clock(&self, time: Timestamp) -> String {
        let start: Option<Start> = self.zone.as_ref().and_then(|zone| self.zones.at(time, zone).ok());
        start.map_or_else(
            || time.to_string(),
            |start| start.wall.strftime("%H:%M").to_string(),
        )
    }
}

/// Columns two spaces apart, no spaces at line ends.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
