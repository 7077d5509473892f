//! From text to a practice.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

use super::{Drawing, Unreadable, id_of};
use crate::procedures::together;
use crate::{
    AbsenceReason, Appointment, AppointmentId, AppointmentType, AppointmentTypeId, BlockPolicy, BlockTarget,
    Location, LocationId, OpenSpan, Operatory, OperatoryId, Patient, PatientId, Policy, Practice, PracticeId,
    Provider, ProviderId, ProviderKind, ProviderSchedule, RankingFactor, Roster, Rule, RulePolicies,
    SpecialDay, Stamp, Start, Status, TimeBlock, TimeBlockId, TimePattern, VisitLimit, Weekday, Weight,
    WorkingHours, WorkstationId, ZoneName, Zones,
};

const LOCATION: LocationId = LocationId(1);
/// Drawn dates without a year are in this one; its 3 March is a Tuesday.
const YEAR: i16 = 2026;

impl Drawing {
    /// Reads a drawing; see [`crate::drawing`] for the notation.
    pub fn parse(text: &str) -> Result<Drawing, Unreadable> {
        let mut reader = Reader::new();
        for (index, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                reader.line(line).map_err(|problem| Unreadable {
                    line: index + 1,
                    problem,
                })?;
            }
        }
        reader.finish().map_err(|problem| Unreadable {
            line: text.lines().count(),
            problem,
        })
    }
}

pub(crate) fn operatory_id(name: &str) -> OperatoryId {
    OperatoryId(id_of("operatory", name))
}
pub(crate) fn provider_id(name: &str) -> ProviderId {
    ProviderId(id_of("provider", name))
}
pub(crate) fn patient_id(name: &str) -> PatientId {
    PatientId(id_of("patient", name))
}
pub(crate) fn type_id(name: &str) -> AppointmentTypeId {
    AppointmentTypeId(id_of("type", name))
}

/// `9:00`; `24:00` is read as midnight.
pub(crate) fn time(text: &str) -> Result<Time, String> {
    let bad = || format!("“{text}” is not a time: write 9:00");
    let (hour, minute) = text.split_once(':').ok_or_else(bad)?;
    let (hour, minute): (i8, i8) = (
        hour.parse().map_err(|_| bad())?,
        minute.parse().map_err(|_| bad())?,
    );
    Time::new(if (hour, minute) == (24, 0) { 0 } else { hour }, minute, 0, 0).map_err(|_| bad())
}

/// `9:00–12:00`, with a dash of either length.
pub(super) fn span(text: &str) -> Result<(Time, Time), String> {
    let (from, until) = text
        .split_once(['–', '-'])
        .ok_or_else(|| format!("“{text}” is not a span: write 9:00–12:00"))?;
    Ok((time(from)?, time(until)?))
}

struct Reader {
    roster: Roster,
    zone: ZoneName,
    hours: Vec<(Time, Time)>,
    provider_hours: BTreeMap<String, Vec<(Time, Time)>>,
    /// Block-outs and called-off visits of their own lines: read when everything else is known.
    later: Vec<String>,
    /// Special days and hours of chairs: read when the day is known.
    hours_lines: Vec<String>,
    /// What an applied template reserves: read when the operatories are known.
    slot_lines: Vec<String>,
    now: Option<Time>,
    date: Option<Date>,
    columns: Vec<(OperatoryId, Option<ProviderId>)>,
    /// Where each column begins, in characters.
    offsets: Vec<usize>,
    rows: Vec<(Time, Vec<String>)>,
    patients: BTreeMap<PatientId, Patient>,
}

/// Something that stands in a column, by rows.
struct Piece {
    words: String,
    first: usize,
    /// One past the last row.
    end: usize,
}

impl Reader {
    fn new() -> Self {
        let practice = Practice {
            id: PracticeId(1),
            name: "Drawn".to_owned(),
            zone: ZoneName::new("America/New_York"),
            email: String::new(),
            phone: String::new(),
            time_increment_minutes: 5,
            policies: RulePolicies::default(),
            visit_limits: Vec::new(),
            weights: Default::default(),
            cancel_reasons: vec!["Ill".to_owned()],
            usual_interval_weeks: 26,
            is_demo: true,
        };
        Self {
            zone: practice.zone.clone(),
            roster: Roster::new(practice),
            hours: vec![(Time::constant(7, 0, 0, 0), Time::constant(19, 0, 0, 0))],
            provider_hours: BTreeMap::new(),
            later: Vec::new(),
            hours_lines: Vec::new(),
            slot_lines: Vec::new(),
            now: None,
            date: None,
            columns: Vec::new(),
            offsets: Vec::new(),
            rows: Vec::new(),
            patients: BTreeMap::new(),
        }
    }

    fn line(&mut self, raw: &str) -> Result<(), String> {
        let line = raw.trim();
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "zone" => self.zone = ZoneName::new(rest),
            "hours" if rest == "closed" => self.hours.clear(),
            "hours" => self.hours = rest.split_whitespace().map(span).collect::<Result<_, _>>()?,
            "provider" => {
                let (name, hours) = rest.split_once(' ').unwrap_or((rest, ""));
                let hours = match hours.trim() {
                    "away" => Vec::new(),
                    hours => hours.split_whitespace().map(span).collect::<Result<_, _>>()?,
                };
                self.provider(name);
                self.provider_hours.insert(name.to_owned(), hours);
            }
            "type" => self.kind_line(rest)?,
            "rule" => self.rule(rest)?,
            "limit" => self.limit(rest)?,
            "weight" => self.weight(rest)?,
            "increment" => {
                self.roster.practice.time_increment_minutes =
                    rest.parse().map_err(|_| format!("increment {rest}?"))?;
            }
            "block" | "away" | "cancelled" | "no-show" => self.later.push(line.to_owned()),
            "special" | "chair" => self.hours_lines.push(line.to_owned()),
            "slot" => self.slot_lines.push(rest.to_owned()),
            "now" => self.now = Some(time(rest)?),
            _ if self.date.is_none() => self.header(raw)?,
            _ => {
                let cells =
                    by_column(raw, &self.offsets).unwrap_or_else(|| cells(line).map(str::to_owned).collect());
                let (at, cells) = cells.split_first().ok_or("an empty line")?;
                let (at, cells) = (time(at)?, cells.to_vec());
                if cells.len() > self.columns.len() {
                    return Err(format!(
                        "{} cells, but {} columns",
                        cells.len(),
                        self.columns.len()
                    ));
                }
                self.rows.push((at, cells));
            }
        }
        Ok(())
    }

    fn rule(&mut self, rest: &str) -> Result<(), String> {
        let (rule, policy) = rest.split_once(' ').ok_or("write: rule buffer refuse")?;
        let read = |text: &str| serde_json::Value::String(text.trim().to_owned());
        let rule: Rule = serde_json::from_value(read(rule)).map_err(|error| error.to_string())?;
        let policy: Policy = serde_json::from_value(read(policy)).map_err(|error| error.to_string())?;
        self.roster.practice.policies.0.insert(rule, policy);
        Ok(())
    }

    /// `2 @Chen filling`: so many visits of a type may begin in an hour of a provider; without either, of all.
    fn limit(&mut self, rest: &str) -> Result<(), String> {
        let mut words = rest.split_whitespace();
        let most = words.next().and_then(|most| most.parse().ok());
        let mut limit = VisitLimit {
            provider: None,
            appointment_type: None,
            most: most.ok_or("write: limit 2 @Chen filling")?,
        };
        for word in words {
            match word.strip_prefix('@') {
                Some(name) => limit.provider = Some(self.provider(name)),
                None => limit.appointment_type = Some(self.kind(word)),
            }
        }
        self.roster.practice.visit_limits.push(limit);
        Ok(())
    }

    /// `load much`: what counts how much when openings are ranked.
    fn weight(&mut self, rest: &str) -> Result<(), String> {
        let (factor, weight) = rest.split_once(' ').ok_or("write: weight load much")?;
        let (factor, weight) = (RankingFactor::read(factor), Weight::read(weight.trim()));
        let (factor, weight) = factor.zip(weight).ok_or_else(|| format!("weight {rest}?"))?;
        self.roster.practice.weights.0.insert(factor, weight);
        Ok(())
    }

    fn kind_line(&mut self, rest: &str) -> Result<(), String> {
        let mut words = rest.split_whitespace();
        let (name, pattern) = (
            words.next().ok_or("which type?")?,
            words.next().ok_or("which pattern?")?,
        );
        let id = self.kind(name);
        let pattern: TimePattern = pattern
            .parse()
            .map_err(|error: crate::BadPattern| error.to_string())?;
        let (mut before, mut after, mut class) = (0, 0, String::new());
        let (mut providers, mut operatories) = (Vec::new(), Vec::new());
        let (mut second_pattern, mut second_providers) = (None, Vec::new());
        while let Some(word) = words.next() {
            if word == "buffer" {
                let (a, b) = words
                    .next()
                    .and_then(|text| text.split_once('/'))
                    .ok_or("write: buffer 10/5")?;
                before = a.parse().map_err(|_| format!("buffer {a}?"))?;
                after = b.parse().map_err(|_| format!("buffer {b}?"))?;
            } else if word == "second" {
                let text = words
                    .next()
                    .ok_or("write: second //X/ or second //X/:Chen,Patel")?;
                let (units, names) = text.split_once(':').unwrap_or((text, ""));
                second_pattern = Some(
                    units
                        .parse()
                        .map_err(|error: crate::BadPattern| error.to_string())?,
                );
                for name in names.split(',').filter(|name| !name.is_empty()) {
                    second_providers.push(self.provider(name));
                }
            } else if word == "class" {
                words.next().ok_or("which class?")?.clone_into(&mut class);
            } else if word != "only" && word.starts_with("Op") {
                operatories.push(operatory_id(word));
            } else if word != "only" {
                providers.push(self.provider(word));
            }
        }
        let record = self
            .roster
            .appointment_types
            .get_mut(&id)
            .ok_or("type is there")?;
        record.pattern = pattern;
        record.class = class;
        (record.buffer_before_minutes, record.buffer_after_minutes) = (before, after);
        (record.providers, record.operatories) = (providers, operatories);
        (record.second_pattern, record.second_providers) = (second_pattern, second_providers);
        Ok(())
    }

    /// `Tue 3 Mar 2026    Op1 Chen    Op2`.
    fn header(&mut self, line: &str) -> Result<(), String> {
        let mut cells = cells(line);
        let text = cells.next().unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().collect();
        let (weekday, day, month, year) = match words.as_slice() {
            [weekday, day, month] => (*weekday, *day, *month, YEAR.to_string()),
            [weekday, day, month, year] => (*weekday, *day, *month, (*year).to_owned()),
            _ => return Err(format!("“{text}” is not a day: write Tue 3 Mar")),
        };
        let date =
            Date::strptime("%d %b %Y", format!("{day} {month} {year}")).map_err(|error| error.to_string())?;
        let real = date.strftime("%a").to_string();
        if real != weekday {
            return Err(format!("{date} is a {real}, not a {weekday}"));
        }
        self.date = Some(date);
        let mut end = 0;
        for cell in self::cells(line) {
            let at = end + line[end..].find(cell).unwrap_or(0);
            end = at + cell.len();
            self.offsets.push(line[..at].chars().count());
        }
        for (sort, head) in cells.enumerate() {
            let (name, usual) = head
                .split_once(' ')
                .map_or((head, None), |(name, usual)| (name, Some(usual.trim())));
            let usual_provider = usual.map(|usual| self.provider(usual));
            let id = operatory_id(name);
            let operatory = Operatory {
                id,
                location: LOCATION,
                name: name.to_owned(),
                usual_provider,
                sort: sort as i32,
                is_active: true,
                hours: Vec::new(),
                rota: Default::default(),
            };
            self.roster.operatories.insert(id, operatory);
            self.columns.push((id, usual_provider));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Drawing, String> {
        let date = self
            .date
            .ok_or("there is no day: begin with Tue 3 Mar    Op1 Chen")?;
        let zones = Zones::bundled();
        let location = Location {
            id: LOCATION,
            name: "Main".to_owned(),
            zone: self.zone.clone(),
            address: String::new(),
            phone: String::new(),
            hours: every_day(&self.hours),
            sort: 0,
            is_active: true,
            rota: Default::default(),
            assistants: Vec::new(),
        };
        self.roster.locations.insert(LOCATION, location);
        self.roster.practice.zone = self.zone.clone();
        let starts = self.row_starts(date, &zones)?;
        let (mut appointments, mut time_blocks) = (Vec::new(), Vec::new());
        for column in 0..self.columns.len() {
            for piece in self.pieces(column)? {
                let (from, until) = (&starts[piece.first], starts[piece.end].instant());
                let minutes = until.duration_since(from.instant()).as_mins();
                let (operatory, usual) = self.columns[column];
                if piece.words.starts_with(['#', '?', '=']) {
                    let target = BlockTarget::Operatory(operatory);
                    time_blocks.push(self.block(
                        time_blocks.len(),
                        target,
                        from.clone(),
                        minutes,
                        &piece.words,
                    )?);
                } else {
                    appointments.push(self.visit(
                        appointments.len(),
                        operatory,
                        usual,
                        from.clone(),
                        minutes,
                        &piece.words,
                    )?);
                }
            }
        }
        for line in std::mem::take(&mut self.later) {
            self.later_line(&line, date, &zones, &mut appointments, &mut time_blocks)?;
        }
        for line in std::mem::take(&mut self.hours_lines) {
            self.hours_line(&line, date)?;
        }
        let mut slots = Vec::new();
        for line in std::mem::take(&mut self.slot_lines) {
            slots.push(super::slots::read(&mut self.roster, &line, slots.len() + 1)?);
        }
        // Everybody works when the location is open, unless their own line says otherwise.
        for provider in self.roster.providers.values_mut() {
            let hours = self
                .provider_hours
                .get(&provider.short_name)
                .unwrap_or(&self.hours);
            provider.schedule = ProviderSchedule {
                hours: every_day(hours),
            };
        }
        Ok(Drawing {
            roster: self.roster,
            zones,
            date,
            location: LOCATION,
            appointments,
            time_blocks,
            patients: self.patients,
            slots,
            now: self.now,
        })
    }

    /// When each row begins, and the end of the last. A time that does not come after the one above is the
    /// second pass of a night in which clocks go back.
    fn row_starts(&self, date: Date, zones: &Zones) -> Result<Vec<Start>, String> {
        let mut starts: Vec<Start> = Vec::new();
        let mut second_pass = false;
        for (index, (at, _)) in self.rows.iter().enumerate() {
            second_pass |= index > 0 && *at <= self.rows[index - 1].0;
            let wall = date.to_datetime(*at);
            let start = if second_pass {
                zones.resolve_later(wall, &self.zone)
            } else {
                zones.resolve(wall, &self.zone)
            };
            starts.push(start.map_err(|error| error.to_string())?);
        }
        if let Some(last) = starts.last() {
            let minutes = match starts.len() {
                1 => 30,
                n => last.instant().duration_since(starts[n - 2].instant()).as_mins(),
            };
            let end = zones
                .after_minutes(last, i32::try_from(minutes).unwrap_or(30))
                .map_err(|error| error.to_string())?;
            starts.push(end);
        }
        Ok(starts)
    }

    /// What stands in a column, from top to bottom, lane by lane.
    fn pieces(&self, column: usize) -> Result<Vec<Piece>, String> {
        let mut done: Vec<Piece> = Vec::new();
        // For each lane, the piece that stood there in the row above.
        let mut above: Vec<Option<usize>> = Vec::new();
        for (row, (at, cells)) in self.rows.iter().enumerate() {
            let cell = cells.get(column).map_or(".", String::as_str);
            let lanes: Vec<&str> = cell.split(" + ").map(str::trim).collect();
            above.resize(above.len().max(lanes.len()), None);
            for (lane, known) in above.iter_mut().enumerate() {
                let words = lanes.get(lane).copied().unwrap_or(".");
                *known = match *known {
                    _ if words == "." => None,
                    Some(piece) if words == "|" || done[piece].words == words => Some(piece),
                    None if words == "|" => return Err(format!("nothing to continue at {at}")),
                    _ => {
                        done.push(Piece {
                            words: words.to_owned(),
                            first: row,
                            end: row,
                        });
                        Some(done.len() - 1)
                    }
                };
                if let Some(piece) = *known {
                    done[piece].end = row + 1;
                }
            }
        }
        Ok(done)
    }

    /// `block Chen 12:00–13:00 # lunch` or `cancelled 9:00–9:30 Op1 Osei exam`.
    fn later_line(
        &mut self,
        line: &str,
        date: Date,
        zones: &Zones,
        appointments: &mut Vec<Appointment>,
        time_blocks: &mut Vec<TimeBlock>,
    ) -> Result<(), String> {
        let mut parts = line.splitn(4, ' ');
        let (word, second, third) = (
            parts.next().unwrap_or(""),
            parts.next().unwrap_or(""),
            parts.next().unwrap_or(""),
        );
        let words = parts.next().unwrap_or("").trim();
        let is_block = word == "block" || word == "away";
        let (times, place) = if is_block {
            (third, second)
        } else {
            (second, third)
        };
        let (from, until) = span(times)?;
        let start = zones
            .resolve(date.to_datetime(from), &self.zone)
            .map_err(|error| error.to_string())?;
        let last = if until == Time::midnight() {
            date.tomorrow().map_err(|error| error.to_string())?
        } else {
            date
        };
        let end = zones
            .resolve(last.to_datetime(until), &self.zone)
            .map_err(|error| error.to_string())?;
        let minutes = end.instant().duration_since(start.instant()).as_mins();
        if is_block {
            let target = self.target(place);
            let mut block = self.block(time_blocks.len(), target, start, minutes, words)?;
            block.absence = (word == "away").then(|| AbsenceReason::from_code(&block.title));
            time_blocks.push(block);
            return Ok(());
        }
        let operatory = operatory_id(place);
        let usual = self
            .roster
            .operatory(operatory)
            .ok_or(format!("there is no {place}"))?
            .usual_provider;
        let mut visit = self.visit(appointments.len(), operatory, usual, start, minutes, words)?;
        visit.status = if word == "no-show" {
            Status::NoShow
        } else {
            Status::Cancelled
        };
        visit.broken_at = Some(visit.starts_at.instant());
        if word == "cancelled" {
            visit.cancel_reason = "Ill".to_owned();
        }
        appointments.push(visit);
        Ok(())
    }

    /// `Main`, an operatory of the drawing, or a provider.
    fn target(&mut self, name: &str) -> BlockTarget {
        match name {
            "Main" => BlockTarget::Location(LOCATION),
            op if self.roster.operatory(operatory_id(op)).is_some() => {
                BlockTarget::Operatory(operatory_id(op))
            }
            name => BlockTarget::Provider(self.provider(name)),
        }
    }

    /// `special Chen 10:00–14:00 # course`, `special Main closed # Christmas` or `chair Op1 9:00–12:00`.
    fn hours_line(&mut self, line: &str, date: Date) -> Result<(), String> {
        let (line, title) = line.split_once('#').unwrap_or((line, ""));
        let mut words = line.split_whitespace();
        let (word, name) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let spans: Vec<(Time, Time)> = words
            .filter(|word| *word != "closed" && *word != "away")
            .map(span)
            .collect::<Result<_, _>>()?;
        let target = self.target(name);
        if word == "chair" {
            let BlockTarget::Operatory(id) = target else {
                return Err(format!("there is no {name}"));
            };
            if let Some(chair) = self.roster.operatories.get_mut(&id) {
                chair.hours = every_day(&spans);
            }
            return Ok(());
        }
        let rota = match target {
            BlockTarget::Location(id) => self.roster.locations.get_mut(&id).map(|record| &mut record.rota),
            BlockTarget::Operatory(id) => self
                .roster
                .operatories
                .get_mut(&id)
                .map(|record| &mut record.rota),
            BlockTarget::Provider(id) => self.roster.providers.get_mut(&id).map(|record| &mut record.rota),
        };
        rota.ok_or(format!("there is no {name}"))?
            .special_days
            .push(SpecialDay {
                date,
                location: None,
                title: title.trim().to_owned(),
                open: spans
                    .into_iter()
                    .map(|(from, until)| OpenSpan { from, until })
                    .collect(),
            });
        Ok(())
    }

    fn block(
        &mut self,
        index: usize,
        target: BlockTarget,
        starts_at: Start,
        minutes: i64,
        words: &str,
    ) -> Result<TimeBlock, String> {
        let (mark, title) = words.split_at(words.chars().next().map_or(0, char::len_utf8));
        let (policy, title) = match mark {
            "#" => (BlockPolicy::Block, title),
            "?" => (BlockPolicy::Warn, title),
            "=" => {
                let (types, title) = title.split_once(':').ok_or("write: = crown,exam: title")?;
                (
                    BlockPolicy::RestrictedTo(types.split(',').map(|name| self.kind(name.trim())).collect()),
                    title,
                )
            }
            _ => return Err(format!("“{words}”: a block-out begins with #, ? or =")),
        };
        Ok(TimeBlock {
            id: TimeBlockId(index as u128 + 1),
            target,
            location: LOCATION,
            starts_at,
            length_minutes: u32::try_from(minutes).map_err(|_| "a block-out ends after it begins")?,
            title: title.trim().to_owned(),
            policy,
            source_uid: String::new(),
            series: None,
            absence: None,
        })
    }

    fn visit(
        &mut self,
        index: usize,
        operatory: OperatoryId,
        usual: Option<ProviderId>,
        starts_at: Start,
        minutes: i64,
        words: &str,
    ) -> Result<Appointment, String> {
        let (words, status) = match words.strip_suffix(')').and_then(|words| words.rsplit_once('(')) {
            Some((words, status)) => (
                words.trim(),
                Status::from_code(status).ok_or(format!("status {status}?"))?,
            ),
            None => (words, Status::Scheduled),
        };
        let (words, second_provider) = match words.rsplit_once(" &") {
            Some((words, name)) => (words, Some(self.provider(name.trim()))),
            None => (words, None),
        };
        let (words, provider) = match words.rsplit_once(" @") {
            Some((words, name)) => (words, Some(self.provider(name.trim()))),
            None => (words, usual),
        };
        let (patient, kind) = words
            .trim()
            .rsplit_once(' ')
            .ok_or(format!("“{words}”: write patient and type"))?;
        let provider = provider.ok_or(format!("“{words}”: which provider?"))?;
        let (kind, also) = kinds_in(&mut self.roster, kind);
        let patient = patient.trim();
        self.patients
            .entry(patient_id(patient))
            .or_insert_with(|| person(patient));
        let together = together(&self.roster, kind, &also).map_err(|error| error.code().to_owned())?;
        let minutes = u16::try_from(minutes).map_err(|_| "a visit ends after it begins")?;
        let at = Some(starts_at.instant());
        let reached = |step: Status| if status >= step { at } else { None };
        Ok(Appointment {
            id: AppointmentId(index as u128 + 1),
            patient: patient_id(patient),
            appointment_type: kind,
            provider,
            operatory,
            location: LOCATION,
            pattern: together
                .pattern
                .with_length(minutes)
                .map_err(|error| error.to_string())?,
            buffer_before_minutes: together.buffer_before_minutes,
            buffer_after_minutes: together.buffer_after_minutes,
            status,
            doctor_needed: false,
            confirmed_at: reached(Status::Confirmed),
            arrived_at: reached(Status::Arrived),
            seated_at: reached(Status::Seated),
            completed_at: reached(Status::Completed),
            checked_out_at: reached(Status::CheckedOut),
            broken_at: None,
            cancel_reason: String::new(),
            is_asap: false,
            note: String::new(),
            booked: Stamp {
                millis: index as u64 + 1,
                counter: 0,
                workstation: WorkstationId(1),
            },
            sequence: 0,
            source_uid: String::new(),
            starts_at,
            needs_new_time: None,
            series: None,
            planned: None,
            arrive_early_minutes: 0,
            also,
            equipment: together.equipment,
            assistant: together.assistant,
            second_provider,
            second_pattern: together.second_pattern,
        })
    }

    fn provider(&mut self, name: &str) -> ProviderId {
        let id = provider_id(name);
        let sort = self.roster.providers.len() as i32;
        self.roster.providers.entry(id).or_insert_with(|| Provider {
            id,
            name: name.to_owned(),
            short_name: name.to_owned(),
            kind: ProviderKind::Doctor,
            hue: (sort % 12) as u8,
            letter: name.chars().take(1).collect(),
            schedule: ProviderSchedule::default(),
            sort,
            is_active: true,
            rota: Default::default(),
        });
        id
    }

    fn kind(&mut self, name: &str) -> AppointmentTypeId {
        kind_in(&mut self.roster, name)
    }
}

/// `adj+ret`: the visit's own type, and what is done beside it.
pub(super) fn kinds_in(roster: &mut Roster, names: &str) -> (AppointmentTypeId, Vec<AppointmentTypeId>) {
    let mut names = names.split('+');
    let own = kind_in(roster, names.next().unwrap_or_default());
    (own, names.map(|name| kind_in(roster, name)).collect())
}

/// A type of that name; half an hour of the provider's time unless its line says otherwise.
pub(super) fn kind_in(roster: &mut Roster, name: &str) -> AppointmentTypeId {
    let id = type_id(name);
    let sort = roster.appointment_types.len() as i32;
    roster
        .appointment_types
        .entry(id)
        .or_insert_with(|| AppointmentType {
            id,
            name: name.to_owned(),
            code: name.to_owned(),
            letter: name.chars().take(1).flat_map(char::to_uppercase).collect(),
            class: String::new(),
            policies: Default::default(),
            hue: (sort % 12) as u8,
            pattern: TimePattern::new(vec![crate::Need::Provider; 6]).expect("six units are a pattern"),
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            providers: Vec::new(),
            operatories: Vec::new(),
            locations: Vec::new(),
            online_text: String::new(),
            reminder_text: String::new(),
            follow_up: None,
            equipment: Vec::new(),
            assistant: Default::default(),
            second_pattern: None,
            second_providers: Vec::new(),
            sort,
            is_active: true,
        });
    id
}

/// What stands under each head; `None` where something crosses the line between two columns, or the first
/// is no time: then the row is not aligned.
fn by_column(line: &str, offsets: &[usize]) -> Option<Vec<String>> {
    let letters: Vec<char> = line.chars().collect();
    let is_free = |at: usize| letters.get(at).is_none_or(|letter| *letter == ' ');
    let mut cells: Vec<String> = Vec::new();
    for (index, from) in offsets.iter().enumerate() {
        let until = offsets
            .get(index + 1)
            .copied()
            .unwrap_or(usize::MAX)
            .min(letters.len());
        if index > 0 && !is_free(from - 1) {
            return None;
        }
        let cell: String = letters
            .get(*from..until.max(*from))
            .map(|cell| cell.iter().collect())
            .unwrap_or_default();
        cells.push(if cell.trim().is_empty() {
            ".".to_owned()
        } else {
            cell.trim().to_owned()
        });
    }
    time(cells.first()?).is_ok().then_some(cells)
}

/// What stands at least two spaces apart.
fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty())
}

fn every_day(hours: &[(Time, Time)]) -> Vec<WorkingHours> {
    let day = |weekday| {
        hours.iter().map(move |&(from, until)| WorkingHours {
            location: LOCATION,
            weekday,
            from,
            until,
        })
    };
    Weekday::ALL.into_iter().flat_map(day).collect()
}

pub(super) fn person(name: &str) -> Patient {
    let (family, given) = name.split_once(", ").unwrap_or((name, ""));
    Patient {
        id: patient_id(name),
        chart_number: String::new(),
        family_name: family.to_owned(),
        given_name: given.to_owned(),
        preferred_name: String::new(),
        birth_date: None,
        mobile_phone: String::new(),
        home_phone: String::new(),
        email: String::new(),
        responsible_party: None,
        family: None,
        alert: String::new(),
        note: String::new(),
        is_active: true,
    }
}
