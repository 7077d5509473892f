//! Whether a record that somebody typed or imported can be right, field by field.

use jiff::civil::{Date, Time};

use crate::{
    AppointmentType, AssistantPeriod, BlockPolicy, Equipment, EquipmentNeed, Location, MAX_BUFFER_MINUTES,
    Operatory, Patient, Person, Practice, Provider, ProviderKind, Roster, Rota, Rule, SpecialDay, TimeBlock,
    TimePattern, Weekday, WorkingHours, Zones,
};

/// Longest name, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// Longest free text of a record, in characters.
pub const MAX_TEXT_CHARS: usize = 10_000;
/// Longest block-out, in minutes: 400 days.
pub const MAX_BLOCK_MINUTES: u32 = 400 * 24 * 60;
/// Longest text of a type for patients, in characters.
pub const MAX_PATIENT_TEXT_CHARS: usize = 1_000;
/// Longest usual pattern of a type, in units of five minutes: twelve hours.
pub const MAX_TYPE_UNITS: usize = 144;
/// The next visit comes so many weeks later at the most: five years.
pub const MAX_FOLLOW_UP_WEEKS: u16 = 260;
/// Limits of visits in an hour.
pub const MAX_VISIT_LIMITS: usize = 200;
/// Pieces of one kind of equipment at one location at the most.
pub const MAX_PIECES: u16 = 99;
/// Assistants of one period at the most.
pub const MAX_ASSISTANTS: u16 = 99;
/// Hues of the screen.
pub const HUES: u8 = 12;

/// A field that cannot be right, and what would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// The record's field.
    pub field: &'static str,
    /// A sentence for a person.
    pub message: String,
}

impl Invalid {
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }

    /// Refuses more than `most` characters.
    pub fn too_long(field: &'static str, what: &str, text: &str, most: usize) -> Result<(), Invalid> {
        // A text has at most as many characters as bytes.
        if text.len() <= most || text.chars().count() <= most {
            return Ok(());
        }
        Err(Invalid::new(
            field,
            format!("{what} is too long: {most} characters at the most."),
        ))
    }
}

/// A patient's own data. `today` is the date at the practice.
pub fn validate_patient(patient: &Patient, today: Date) -> Result<(), Invalid> {
    if patient.family_name.trim().is_empty() && patient.given_name.trim().is_empty() {
        return Err(Invalid::new("family_name", "A patient needs a name."));
    }
    for (field, what, text) in [
        ("family_name", "The family name", &patient.family_name),
        ("given_name", "The given name", &patient.given_name),
        ("preferred_name", "The preferred name", &patient.preferred_name),
        ("chart_number", "The chart number", &patient.chart_number),
        ("alert", "The alert", &patient.alert),
    ] {
        one_line(field, what, text)?;
    }
    Invalid::too_long("note", "The note", &patient.note, MAX_TEXT_CHARS)?;
    if let Some(birth) = patient.birth_date {
        if birth > today {
            return Err(Invalid::new(
                "birth_date",
                format!("The birth date {birth} is in the future."),
            ));
        }
        if today.year() - birth.year() > 130 {
            return Err(Invalid::new(
                "birth_date",
                format!("The birth date {birth} is more than 130 years ago."),
            ));
        }
    }
    phone("mobile_phone", &patient.mobile_phone)?;
    phone("home_phone", &patient.home_phone)?;
    email("email", &patient.email)?;
    if let Some(party) = &patient.responsible_party {
        required("responsible_party", "The responsible party", &party.name)?;
        one_line("responsible_party", "The relationship", &party.relationship)?;
        phone("responsible_party", &party.phone)?;
        email("responsible_party", &party.email)?;
    }
    Ok(())
}

/// A type of visit, among the others of the practice.
pub fn validate_appointment_type(record: &AppointmentType, roster: &Roster) -> Result<(), Invalid> {
    required("name", "The name", &record.name)?;
    let code = record.code.trim();
    if code.is_empty() || code.chars().count() > 12 || code.contains(char::is_whitespace) {
        return Err(Invalid::new(
            "code",
            "The code needs 1 to 12 letters or digits, for example ADJ.",
        ));
    }
    let twin =
        |other: &&AppointmentType| other.id != record.id && other.code.trim().eq_ignore_ascii_case(code);
    if let Some(twin) = roster.appointment_types.values().find(twin) {
        return Err(Invalid::new(
            "code",
            format!("The code {code} is taken by {}.", twin.name),
        ));
    }
    look(&record.letter, record.hue)?;
    one_line("class", "The class", &record.class)?;
    type_pattern(record, roster)?;
    second(record, roster)?;
    Invalid::too_long(
        "online_text",
        "The text for patients",
        &record.online_text,
        MAX_PATIENT_TEXT_CHARS,
    )?;
    Invalid::too_long(
        "reminder_text",
        "The text for reminders",
        &record.reminder_text,
        MAX_PATIENT_TEXT_CHARS,
    )?;
    if let Some(next) = &record.follow_up {
        // A type may follow itself: adjustment after adjustment.
        let is_known =
            next.appointment_type == record.id || roster.appointment_type(next.appointment_type).is_some();
        if !is_known {
            let message = format!("There is no type of visit “{}”.", next.appointment_type);
            return Err(Invalid::new("follow_up", message));
        }
        if !(1..=MAX_FOLLOW_UP_WEEKS).contains(&next.weeks) {
            let message = format!("The next visit comes 1 to {MAX_FOLLOW_UP_WEEKS} weeks later.");
            return Err(Invalid::new("follow_up", message));
        }
    }
    for (field, minutes) in [
        ("buffer_before_minutes", record.buffer_before_minutes),
        ("buffer_after_minutes", record.buffer_after_minutes),
    ] {
        if minutes > MAX_BUFFER_MINUTES || minutes % TimePattern::UNIT_MINUTES != 0 {
            let message = format!("The free minutes go from 0 to {MAX_BUFFER_MINUTES} in steps of five.");
            return Err(Invalid::new(field, message));
        }
    }
    if let Some(rule) = record
        .policies
        .0
        .keys()
        .find(|rule| !Rule::OF_A_TYPE.contains(rule))
    {
        return Err(Invalid::new(
            "policies",
            format!("A type of visit has no rule of its own about {}.", rule.words()),
        ));
    }
    if let Some(id) = record.providers.iter().find(|id| roster.provider(**id).is_none()) {
        return Err(Invalid::new("providers", format!("There is no provider “{id}”.")));
    }
    if let Some(id) = record
        .operatories
        .iter()
        .find(|id| roster.operatory(**id).is_none())
    {
        return Err(Invalid::new(
            "operatories",
            format!("There is no operatory “{id}”."),
        ));
    }
    if let Some(id) = record.locations.iter().find(|id| roster.location(**id).is_none()) {
        return Err(Invalid::new("locations", format!("There is no location “{id}”.")));
    }
    equipment_needs(record, roster)?;
    let elsewhere = |id: &&crate::OperatoryId| {
        roster
            .operatory(**id)
            .is_some_and(|chair| !record.locations.contains(&chair.location))
    };
    if !record.locations.is_empty()
        && !record.operatories.is_empty()
        && record.operatories.iter().all(|id| elsewhere(&id))
    {
        return Err(Invalid::new(
            "operatories",
            "None of these operatories is at one of the locations: such a visit could be nowhere.",
        ));
    }
    Ok(())
}

/// Known equipment, within the visit, in steps of five minutes, and no piece twice at once.
fn equipment_needs(record: &AppointmentType, roster: &Roster) -> Result<(), Invalid> {
    let length = record.pattern.length_minutes();
    let wrong = |message: String| Err(Invalid::new("equipment", message));
    for (at, need) in record.equipment.iter().enumerate() {
        let Some(kind) = roster.equipment(need.equipment) else {
            return wrong(format!("There is no equipment “{}”.", need.equipment));
        };
        let until = need.until_minute.unwrap_or(length);
        let step = TimePattern::UNIT_MINUTES;
        if need.from_minute >= until || until > length || need.from_minute % step != 0 || until % step != 0 {
            return wrong(format!(
                "{} is used from an earlier to a later minute of the visit’s {length}, in steps of {step}.",
                kind.name
            ));
        }
        let meets = |other: &EquipmentNeed| {
            other.equipment == need.equipment
                && other.from_minute < until
                && need.from_minute < other.until_minute.unwrap_or(length)
        };
        if record.equipment[..at].iter().any(meets) {
            return wrong(format!("{} is there twice for the same minutes.", kind.name));
        }
    }
    Ok(())
}

/// A second pattern lies beside the first, unit by unit, and somebody must be able to be the second provider.
fn second(record: &AppointmentType, roster: &Roster) -> Result<(), Invalid> {
    let wrong = |field, message: String| Err(Invalid::new(field, message));
    if let Some(unknown) = record
        .second_providers
        .iter()
        .find(|id| roster.provider(**id).is_none())
    {
        return wrong("second_providers", format!("There is no provider “{unknown}”."));
    }
    let Some(pattern) = &record.second_pattern else {
        if record.second_providers.is_empty() {
            return Ok(());
        }
        let message =
            "Nobody is needed for the second time: paint the second pattern, or leave its providers empty.";
        return wrong("second_providers", message.to_owned());
    };
    if pattern.length_minutes() != record.pattern.length_minutes() {
        let (second, first) = (pattern.length_minutes(), record.pattern.length_minutes());
        let message = format!(
            "The second pattern has {second} minutes and the first {first}: both are of one visit, so make them equally long."
        );
        return wrong("second_pattern", message);
    }
    if pattern.provider_spans().is_empty() {
        let message = "The second pattern needs nobody: put an X where the second provider is needed, or leave it empty.";
        return wrong("second_pattern", message.to_owned());
    }
    if let ([first], [second]) = (&record.providers[..], &record.second_providers[..])
        && first == second
    {
        let name = crate::violation::provider_name(roster, *first);
        let message = format!(
            "{name} cannot be first and second provider of one visit. Choose somebody else for one of the two."
        );
        return wrong("second_providers", message);
    }
    Ok(())
}

/// A usual time pattern: not as long as a day, and with the doctor in it where only doctors may do it.
fn type_pattern(record: &AppointmentType, roster: &Roster) -> Result<(), Invalid> {
    if record.pattern.units().len() > MAX_TYPE_UNITS {
        return Err(Invalid::new(
            "pattern",
            format!(
                "A type of visit lasts {} hours at the most, not {} minutes.",
                MAX_TYPE_UNITS * usize::from(TimePattern::UNIT_MINUTES) / 60,
                record.pattern.length_minutes()
            ),
        ));
    }
    let doctors: Vec<&Provider> = record
        .providers
        .iter()
        .filter_map(|id| roster.provider(*id))
        .filter(|provider| provider.kind == ProviderKind::Doctor)
        .collect();
    let is_for_doctors = !doctors.is_empty() && doctors.len() == record.providers.len();
    if is_for_doctors && record.pattern.provider_spans().is_empty() {
        let names: Vec<&str> = doctors.iter().map(|doctor| doctor.name.as_str()).collect();
        return Err(Invalid::new(
            "pattern",
            format!(
                "Only {} may do this, but no minute of the pattern needs the doctor: put an X where the doctor is needed.",
                crate::violation::list_words(&names)
            ),
        ));
    }
    Ok(())
}

/// A provider and their working hours, which may not overlap even between locations: nobody is in two places.
pub fn validate_provider(record: &Provider, roster: &Roster) -> Result<(), Invalid> {
    required("name", "The name", &record.name)?;
    required("short_name", "The short name", &record.short_name)?;
    look(&record.letter, record.hue)?;
    let places = record.rota.special_days.iter().filter_map(|day| day.location);
    let weeks = || std::iter::once(&record.schedule.hours).chain(&record.rota.other_weeks);
    let mut all = places.chain(weeks().flatten().map(|span| span.location));
    if let Some(unknown) = all.find(|id| roster.location(*id).is_none()) {
        return Err(Invalid::new(
            "hours",
            format!("There is no location “{unknown}”."),
        ));
    }
    // Hours at locations of different zones are on different clocks: only those of one zone can be compared.
    let zone = |span: &WorkingHours| roster.zone_of(span.location).cloned();
    for week in weeks() {
        let mut zones: Vec<_> = week.iter().filter_map(zone).collect();
        zones.sort();
        zones.dedup();
        for one in zones {
            let hours: Vec<&WorkingHours> = week
                .iter()
                .filter(|span| zone(span).as_ref() == Some(&one))
                .collect();
            working_hours(&hours)?;
        }
    }
    rota(&record.rota)
}

/// Weeks of a rotation at the most.
pub const MAX_WEEKS: usize = 8;
/// Special days of one record at the most: a decade of holidays.
pub const MAX_SPECIAL_DAYS: usize = 400;

/// Alternate weeks and special days of one record.
fn rota(rota: &Rota) -> Result<(), Invalid> {
    if rota.other_weeks.len() >= MAX_WEEKS {
        return Err(Invalid::new(
            "other_weeks",
            format!("Weeks alternate over {MAX_WEEKS} weeks at the most."),
        ));
    }
    if !rota.other_weeks.is_empty() && rota.weeks_from.is_none() {
        return Err(Invalid::new(
            "weeks_from",
            "Alternate weeks need a day of a first week.",
        ));
    }
    if rota.special_days.len() > MAX_SPECIAL_DAYS {
        return Err(Invalid::new(
            "special_days",
            format!("{MAX_SPECIAL_DAYS} special days at the most: remove old ones."),
        ));
    }
    let in_years =
        |date: Date| (i32::from(crate::FIRST_YEAR)..=crate::LAST_YEAR.into()).contains(&date.year().into());
    for (at, day) in rota.special_days.iter().enumerate() {
        one_line("special_days", "The name of a special day", &day.title)?;
        if !in_years(day.date) {
            return Err(Invalid::new(
                "special_days",
                format!("The year {} is not plausible.", day.date.year()),
            ));
        }
        let meets = |other: &SpecialDay| {
            other.date == day.date
                && (other.location == day.location || other.location.is_none() || day.location.is_none())
        };
        if rota.special_days[..at].iter().any(meets) {
            return Err(Invalid::new(
                "special_days",
                format!("{} is a special day twice.", day.date.strftime("%-d %b %Y")),
            ));
        }
        let on = day.date.strftime("on %-d %b %Y").to_string();
        stretches("special_days", &on, day.open.iter().copied())?;
    }
    Ok(())
}

/// Stretches of one day (`on Monday`): whole minutes, forwards, apart from each other.
fn stretches(
    field: &'static str,
    day: &str,
    spans: impl IntoIterator<Item = crate::OpenSpan>,
) -> Result<(), Invalid> {
    let whole_minutes = |time: Time| time.second() == 0 && time.subsec_nanosecond() == 0;
    let mut sorted = Vec::new();
    for span in spans {
        let (from, until) = span.minutes();
        if from >= until || !whole_minutes(span.from) || !whole_minutes(span.until) {
            let message = format!(
                "Hours go from an earlier to a later whole minute, not {}–{}.",
                span.from, span.until
            );
            return Err(Invalid::new(field, message));
        }
        sorted.push((from, until));
    }
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[1].0 < pair[0].1) {
        return Err(Invalid::new(field, format!("Hours {day} overlap.")));
    }
    Ok(())
}

/// A chair or room; its name is the only one of its kind at its location.
pub fn validate_operatory(record: &Operatory, roster: &Roster) -> Result<(), Invalid> {
    required("name", "The name", &record.name)?;
    if roster.location(record.location).is_none() {
        return Err(Invalid::new(
            "location",
            format!("There is no location “{}”.", record.location),
        ));
    }
    let twin = |other: &&Operatory| {
        other.id != record.id
            && other.location == record.location
            && other.is_active
            && same_name(&other.name, &record.name)
    };
    if record.is_active && roster.operatories.values().any(|other| twin(&other)) {
        return Err(Invalid::new(
            "name",
            format!("There is a {} at this location already.", record.name.trim()),
        ));
    }
    if let Some(id) = record.usual_provider.filter(|id| roster.provider(*id).is_none()) {
        return Err(Invalid::new(
            "usual_provider",
            format!("There is no provider “{id}”."),
        ));
    }
    places_hours(&record.hours, &record.rota, record.location)
}

/// Hours of a place, all of its own location.
fn places_hours(hours: &[WorkingHours], own: &Rota, location: crate::LocationId) -> Result<(), Invalid> {
    for week in std::iter::once(hours).chain(own.other_weeks.iter().map(Vec::as_slice)) {
        if week.iter().any(|span| span.location != location) {
            return Err(Invalid::new(
                "hours",
                "Opening hours belong to their own location.",
            ));
        }
        working_hours(&week.iter().collect::<Vec<_>>())?;
    }
    if own.special_days.iter().any(|day| day.location.is_some()) {
        return Err(Invalid::new(
            "special_days",
            "Only a provider’s special day can be at one location of several.",
        ));
    }
    rota(own)
}

/// A kind of equipment; its name is the only one of its kind among those in use.
pub fn validate_equipment(record: &Equipment, roster: &Roster) -> Result<(), Invalid> {
    required("name", "The name", &record.name)?;
    let twin =
        |other: &Equipment| other.id != record.id && other.is_active && same_name(&other.name, &record.name);
    if record.is_active && roster.equipment.values().any(twin) {
        return Err(Invalid::new(
            "name",
            format!("There is equipment called {} already.", record.name.trim()),
        ));
    }
    for (at, count) in record.counts.iter().enumerate() {
        if roster.location(count.location).is_none() {
            return Err(Invalid::new(
                "counts",
                format!("There is no location “{}”.", count.location),
            ));
        }
        if count.pieces > MAX_PIECES {
            return Err(Invalid::new(
                "counts",
                format!("A location has {MAX_PIECES} pieces at the most."),
            ));
        }
        if record.counts[..at]
            .iter()
            .any(|other| other.location == count.location)
        {
            return Err(Invalid::new("counts", "A location is there twice."));
        }
    }
    Ok(())
}

/// A location; its zone must be one that the program knows, and stays the same while there are operatories:
/// their visits promise times on its clock.
pub fn validate_location(record: &Location, roster: &Roster, zones: &Zones) -> Result<(), Invalid> {
    required("name", "The name", &record.name)?;
    one_line("address", "The address", &record.address)?;
    phone("phone", &record.phone)?;
    zones
        .zone(&record.zone)
        .map_err(|error| Invalid::new("zone", format!("{error}.")))?;
    places_hours(&record.hours, &record.rota, record.id)?;
    assistant_periods(&record.assistants)?;
    let twin =
        |other: &Location| other.id != record.id && other.is_active && same_name(&other.name, &record.name);
    if record.is_active && roster.locations.values().any(twin) {
        return Err(Invalid::new(
            "name",
            format!("There is a location {} already.", record.name.trim()),
        ));
    }
    let moved = roster
        .location(record.id)
        .is_some_and(|known| known.zone != record.zone);
    if moved
        && roster
            .operatories
            .values()
            .any(|operatory| operatory.location == record.id)
    {
        return Err(Invalid::new(
            "zone",
            "The zone of a location with operatories cannot change: visits are on its clock.",
        ));
    }
    Ok(())
}

/// How many assistants are there when: each weekday's periods one after the other, nobody counted twice.
fn assistant_periods(periods: &[AssistantPeriod]) -> Result<(), Invalid> {
    if periods
        .iter()
        .any(|period| !(1..=MAX_ASSISTANTS).contains(&period.count))
    {
        return Err(Invalid::new(
            "assistants",
            format!(
                "1 to {MAX_ASSISTANTS} assistants are there in a period; leave out times at which nobody is."
            ),
        ));
    }
    for weekday in Weekday::ALL {
        let spans = periods
            .iter()
            .filter(|period| period.weekday == weekday)
            .map(|period| crate::OpenSpan {
                from: period.from,
                until: period.until,
            });
        stretches("assistants", &format!("on {weekday:?}"), spans)?;
    }
    Ok(())
}

/// The practice's own settings.
pub fn validate_practice(record: &Practice, zones: &Zones) -> Result<(), Invalid> {
    required("name", "The name", &record.name)?;
    email("email", &record.email)?;
    phone("phone", &record.phone)?;
    zones
        .zone(&record.zone)
        .map_err(|error| Invalid::new("zone", format!("{error}.")))?;
    if ![5, 10, 15].contains(&record.time_increment_minutes) {
        return Err(Invalid::new(
            "time_increment_minutes",
            "The grid is 5, 10 or 15 minutes.",
        ));
    }
    if !(1..=520).contains(&record.usual_interval_weeks) {
        return Err(Invalid::new(
            "usual_interval_weeks",
            "The usual interval goes from 1 to 520 weeks.",
        ));
    }
    for reason in &record.cancel_reasons {
        required("cancel_reasons", "A reason", reason)?;
    }
    if record.visit_limits.len() > MAX_VISIT_LIMITS {
        return Err(Invalid::new(
            "limits",
            format!("A practice has {MAX_VISIT_LIMITS} limits at the most."),
        ));
    }
    for (at, limit) in record.visit_limits.iter().enumerate() {
        if !(1..=60).contains(&limit.most) {
            return Err(Invalid::new(
                "limits",
                "A limit goes from 1 to 60 visits an hour.",
            ));
        }
        let same = |other: &crate::VisitLimit| {
            (other.provider, other.appointment_type) == (limit.provider, limit.appointment_type)
        };
        if record.visit_limits[..at].iter().any(same) {
            return Err(Invalid::new(
                "limits",
                "There are two limits for the same provider and type.",
            ));
        }
    }
    Ok(())
}

/// Someone who works here.
pub fn validate_person(record: &Person) -> Result<(), Invalid> {
    required("name", "The name", &record.name)?;
    if !(1..=3).contains(&record.initials.trim().chars().count()) {
        return Err(Invalid::new("initials", "The initials are one to three letters."));
    }
    Ok(())
}

/// A block-out by itself; whether its target exists is asked where it is added.
pub fn validate_time_block(record: &TimeBlock) -> Result<(), Invalid> {
    one_line("title", "The title", &record.title)?;
    if !(1..=MAX_BLOCK_MINUTES).contains(&record.length_minutes) {
        return Err(Invalid::new(
            "length_minutes",
            "A block-out lasts from a minute to 400 days.",
        ));
    }
    if let BlockPolicy::RestrictedTo(types) = &record.policy
        && types.is_empty()
    {
        return Err(Invalid::new(
            "policy",
            "Say for which appointment types the time is kept, or block it altogether.",
        ));
    }
    Ok(())
}

pub(crate) fn required(field: &'static str, what: &str, text: &str) -> Result<(), Invalid> {
    if text.trim().is_empty() {
        return Err(Invalid::new(field, format!("{what} is missing.")));
    }
    one_line(field, what, text)
}

pub(crate) fn one_line(field: &'static str, what: &str, text: &str) -> Result<(), Invalid> {
    if text.contains(char::is_control) {
        return Err(Invalid::new(
            field,
            format!("{what} must be one line without control characters."),
        ));
    }
    Invalid::too_long(field, what, text, MAX_NAME_CHARS)
}

/// Plausible, not dialled: digits with the punctuation that people use, perhaps an extension or a remark.
fn phone(field: &'static str, text: &str) -> Result<(), Invalid> {
    let text = text.trim();
    one_line(field, "The phone number", text)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if text.is_empty() || (3..=20).contains(&digits) {
        return Ok(());
    }
    Err(Invalid::new(
        field,
        format!("“{text}” is not a phone number: it needs 3 to 20 digits."),
    ))
}

/// One at sign with something on both sides, a dot or `localhost` after it, no spaces. Whether it is read,
/// only a message can tell.
fn email(field: &'static str, text: &str) -> Result<(), Invalid> {
    let text = text.trim();
    let is_plausible = || {
        let (local, domain) = text.rsplit_once('@')?;
        let has_name = !local.is_empty() && !local.contains('@');
        let has_domain = domain == "localhost"
            || domain.split('.').count() > 1 && domain.split('.').all(|label| !label.is_empty());
        let plain = !text.contains(|letter: char| {
            letter.is_whitespace() || letter.is_control() || "<>,;\"".contains(letter)
        });
        (has_name && has_domain && plain && text.len() <= 254).then_some(())
    };
    if text.is_empty() || is_plausible().is_some() {
        return Ok(());
    }
    Err(Invalid::new(
        field,
        format!("“{text}” is not an e-mail address: write it as name@example.org."),
    ))
}

fn look(letter: &str, hue: u8) -> Result<(), Invalid> {
    if letter.trim().chars().count() != 1 {
        return Err(Invalid::new(
            "letter",
            "The letter that doubles the colour is one letter.",
        ));
    }
    if hue >= HUES {
        return Err(Invalid::new(
            "hue",
            format!("The colour is one of {HUES} (0–{}).", HUES - 1),
        ));
    }
    Ok(())
}

fn working_hours(hours: &[&WorkingHours]) -> Result<(), Invalid> {
    for weekday in Weekday::ALL {
        let spans = hours
            .iter()
            .filter(|span| span.weekday == weekday)
            .map(|span| crate::OpenSpan {
                from: span.from,
                until: span.until,
            });
        stretches("hours", &format!("on {weekday:?}"), spans)?;
    }
    Ok(())
}

fn same_name(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}
