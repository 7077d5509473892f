//! The practice itself: places, chairs, people who treat, kinds of visit.

use std::collections::BTreeMap;

use clinic::{
    AppointmentType, AppointmentTypeId, Change, Location, LocationId, Operatory, OperatoryId, Practice,
    Provider, ProviderId, ProviderKind, ProviderSchedule, RulePolicies, TimeBlock, TimeError, Weekday,
    WorkingHours, ZoneName, Zones,
};
use jiff::civil::Time;
use jiff::tz::Offset;

use super::blocks::{self, DayBlock};
use super::dice::Dice;
use super::kinds::KINDS;
use super::{DemoSize, DemoSpec, Window};

/// When the doors open and close, in minutes of the day, everywhere.
pub const OPEN: u16 = 8 * 60;
pub const CLOSE: u16 = 17 * 60 + 30;

pub fn first_zone() -> ZoneName {
    ZoneName::new(PLACES[0].zone)
}

pub(crate) struct Place {
    pub name: &'static str,
    zone: &'static str,
    address: &'static str,
    phone: &'static str,
    chair: &'static str,
    pub chairs_small: usize,
    chairs_full: usize,
}

const PLACES: [Place; 3] = [
    Place {
        name: "Lakeside",
        zone: "America/New_York",
        address: "214 Lakeside Avenue, Fairwater, NY 10099",
        phone: "(212) 555-0140",
        chair: "Op",
        chairs_small: 12,
        chairs_full: 12,
    },
    Place {
        name: "Westfield",
        zone: "America/Chicago",
        address: "88 Westfield Road, Prairie Junction, IL 60099",
        phone: "(312) 555-0160",
        chair: "Bay",
        chairs_small: 4,
        chairs_full: 10,
    },
    Place {
        name: "Harbor Point",
        zone: "America/New_York",
        address: "5 Harbor Point, Fairwater, NY 10099",
        phone: "(212) 555-0175",
        chair: "Suite",
        chairs_small: 0,
        chairs_full: 8,
    },
];

struct Face {
    name: &'static str,
    short: &'static str,
    letter: &'static str,
    kind: ProviderKind,
    place: usize,
    /// Part of the small practice too.
    in_small: bool,
    /// Lunch, in minutes of the day.
    lunch: u16,
    /// Chairs that are usually theirs.
    chairs: (usize, usize),
}

use ProviderKind::{Assistant, Doctor, Hygienist};

const FACES: [Face; 12] = [
    face("Dr Mei Chen", "Chen", "C", Doctor, 0, true, 12 * 60, (0, 4)),
    face("Dr Kofi Osei", "Osei", "O", Doctor, 0, true, 12 * 60 + 40, (4, 8)),
    face(
        "Dr Lucía Ramírez",
        "Ramírez",
        "R",
        Doctor,
        0,
        true,
        13 * 60,
        (8, 10),
    ),
    face("Priya Nair", "Nair", "N", Hygienist, 0, true, 12 * 60, (10, 11)),
    face(
        "Tom Lindqvist",
        "Lindqvist",
        "L",
        Assistant,
        0,
        true,
        13 * 60,
        (11, 12),
    ),
    face(
        "Dr Daniel Brennan",
        "Brennan",
        "B",
        Doctor,
        1,
        true,
        12 * 60,
        (0, 3),
    ),
    face(
        "Noor Haddad",
        "Haddad",
        "H",
        Hygienist,
        1,
        true,
        12 * 60 + 40,
        (3, 4),
    ),
    face(
        "Dr Aiko Sato",
        "Sato",
        "S",
        Doctor,
        1,
        false,
        12 * 60 + 40,
        (4, 8),
    ),
    face("Elif Demir", "Demir", "D", Assistant, 1, false, 13 * 60, (8, 10)),
    face(
        "Dr Amara Whitfield",
        "Whitfield",
        "W",
        Doctor,
        2,
        false,
        12 * 60,
        (0, 4),
    ),
    face(
        "Dr Jonah Feld",
        "Feld",
        "F",
        Doctor,
        2,
        false,
        12 * 60 + 40,
        (4, 7),
    ),
    face("Maya Quispe", "Quispe", "Q", Hygienist, 2, false, 13 * 60, (7, 8)),
];

/// Works at Westfield two days a week.
const TRAVELLER: usize = 2;

/// Tuesdays and Thursdays, unless today is one: the first location should be staffed when it is looked at.
fn travel_days(window: Window) -> [Weekday; 2] {
    match Weekday::of(window.today) {
        Weekday::Tuesday | Weekday::Thursday => [Weekday::Monday, Weekday::Wednesday],
        _ => [Weekday::Tuesday, Weekday::Thursday],
    }
}

const fn face(
    name: &'static str,
    short: &'static str,
    letter: &'static str,
    kind: ProviderKind,
    place: usize,
    in_small: bool,
    lunch: u16,
    chairs: (usize, usize),
) -> Face {
    Face {
        name,
        short,
        letter,
        kind,
        place,
        in_small,
        lunch,
        chairs,
    }
}

/// People at the desks.
const STAFF: [(&str, &str); 5] = [
    ("Amara Bello", "AB"),
    ("Joaquin Reyes", "JR"),
    ("Hannah Stein", "HS"),
    ("Minh Tran", "MT"),
    ("Ruth Adeyemi", "RA"),
];

/// The invented roster, with what the filling of days needs at hand.
pub(crate) struct Roster {
    pub window: Window,
    pub practice: Practice,
    pub people: Vec<clinic::Person>,
    pub locations: Vec<Location>,
    /// By location, in order.
    pub operatories: Vec<Vec<Operatory>>,
    pub providers: Vec<Provider>,
    /// Start of lunch of each provider; it lasts an hour.
    pub lunches: Vec<u16>,
    pub types: Vec<AppointmentType>,
    pub blocks: Vec<TimeBlock>,
    /// The offset from UTC at noon, by location and day of the window.
    offsets: Vec<Vec<Offset>>,
}

impl Roster {
    pub fn invent(spec: &DemoSpec, window: Window, zones: &Zones) -> Result<Roster, TimeError> {
        let mut dice = Dice::new(spec.seed, 1);
        let founded = u64::try_from(spec.now.as_millisecond()).unwrap_or(0);
        let mut id = || dice.id(founded);
        let is_full = spec.size != DemoSize::Small;
        let places: Vec<&Place> = PLACES
            .iter()
            .filter(|place| is_full || place.chairs_small > 0)
            .collect();
        let open_days = open_days(window);
        let hours = |location: LocationId, until: u16, days: &[Weekday]| -> Vec<WorkingHours> {
            let span = |weekday: &Weekday| WorkingHours {
                location,
                weekday: *weekday,
                from: time(OPEN),
                until: time(until),
            };
            days.iter().map(span).collect()
        };

        let locations: Vec<Location> = places
            .iter()
            .enumerate()
            .map(|(index, place)| {
                let location = LocationId(id());
                Location {
                    id: location,
                    name: place.name.to_owned(),
                    zone: ZoneName::new(place.zone),
                    address: place.address.to_owned(),
                    phone: place.phone.to_owned(),
                    hours: hours(location, CLOSE, &open_days),
                    sort: index as i32,
                    is_active: true,
                    rota: Default::default(),
                    assistants: Vec::new(),
                }
            })
            .collect();

        let faces: Vec<(usize, &Face)> = FACES
            .iter()
            .enumerate()
            .filter(|(_, face)| is_full || face.in_small)
            .collect();
        let providers: Vec<Provider> = faces
            .iter()
            .enumerate()
            .map(|(sort, (index, face))| {
                // Hygienists and assistants leave an hour earlier.
                let until = if face.kind == Doctor { CLOSE } else { CLOSE - 60 };
                let home = locations[face.place].id;
                let (away, at_home): (Vec<Weekday>, Vec<Weekday>) = open_days
                    .iter()
                    .copied()
                    .partition(|day| *index == TRAVELLER && travel_days(window).contains(day));
                let mut schedule = hours(home, until, &at_home);
                schedule.extend(hours(locations[1].id, until, &away));
                Provider {
                    id: ProviderId(id()),
                    name: face.name.to_owned(),
                    short_name: face.short.to_owned(),
                    kind: face.kind,
                    hue: ((sort * 5) % 12) as u8,
                    letter: face.letter.to_owned(),
                    schedule: ProviderSchedule { hours: schedule },
                    sort: sort as i32,
                    is_active: true,
                    rota: Default::default(),
                }
            })
            .collect();

        let operatories: Vec<Vec<Operatory>> = places
            .iter()
            .enumerate()
            .map(|(at, place)| {
                let chairs = if is_full {
                    place.chairs_full
                } else {
                    place.chairs_small
                };
                (0..chairs)
                    .map(|chair| Operatory {
                        id: OperatoryId(id()),
                        location: locations[at].id,
                        name: format!("{} {}", place.chair, chair + 1),
                        usual_provider: faces
                            .iter()
                            .position(|(_, face)| {
                                face.place == at && (face.chairs.0..face.chairs.1).contains(&chair)
                            })
                            .map(|index| providers[index].id),
                        sort: chair as i32,
                        is_active: true,
                        hours: Vec::new(),
                        rota: Default::default(),
                    })
                    .collect()
            })
            .collect();

        let types: Vec<AppointmentType> = KINDS
            .iter()
            .enumerate()
            .map(|(index, kind)| AppointmentType {
                id: AppointmentTypeId(id()),
                name: kind.name.to_owned(),
                code: kind.code.to_owned(),
                letter: kind.letter.to_owned(),
                class: String::new(),
                policies: Default::default(),
                hue: index as u8,
                pattern: kind.pattern.parse().expect("the demo's patterns are X and /"),
                buffer_before_minutes: 0,
                buffer_after_minutes: kind.buffer_after_minutes,
                providers: match kind.is_strict {
                    true => providers
                        .iter()
                        .filter(|p| kind.by.contains(&p.kind))
                        .map(|p| p.id)
                        .collect(),
                    false => Vec::new(),
                },
                operatories: Vec::new(),
                locations: Vec::new(),
                online_text: String::new(),
                reminder_text: String::new(),
                follow_up: None,
                equipment: Vec::new(),
                assistant: Default::default(),
                second_pattern: None,
                second_providers: Vec::new(),
                sort: index as i32,
                is_active: true,
            })
            .collect();

        let people = STAFF
            .iter()
            .map(|(name, initials)| clinic::Person {
                id: clinic::PersonId(id()),
                name: (*name).to_owned(),
                initials: (*initials).to_owned(),
                is_active: true,
            })
            .collect();
        let practice = Practice {
            id: spec.practice,
            name: "Lakeside Orthodontics (demo)".to_owned(),
            zone: first_zone(),
            email: "desk@lakeside.example.com".to_owned(),
            phone: PLACES[0].phone.to_owned(),
            time_increment_minutes: 10,
            policies: RulePolicies(BTreeMap::new()),
            visit_limits: Vec::new(),
            weights: Default::default(),
            cancel_reasons: super::names::CANCEL_REASONS
                .iter()
                .map(|&reason| reason.to_owned())
                .collect(),
            usual_interval_weeks: 6,
            is_demo: true,
        };
        let mut offsets = Vec::new();
        for location in &locations {
            let noon = |day| {
                zones
                    .resolve(window.date(day).at(12, 0, 0, 0), &location.zone)
                    .map(|start| start.offset)
            };
            offsets.push((0..window.days()).map(noon).collect::<Result<Vec<_>, _>>()?);
        }
        let lunches = faces.iter().map(|(_, face)| face.lunch).collect();
        let mut roster = Roster {
            window,
            practice,
            people,
            locations,
            operatories,
            providers,
            lunches,
            types,
            blocks: Vec::new(),
            offsets,
        };
        roster.blocks = blocks::records(&roster, spec.size, &mut id);
        Ok(roster)
    }

    pub fn is_open(&self, day: u32) -> bool {
        open_days(self.window).contains(&Weekday::of(self.window.date(day)))
    }

    /// Wall time of a day at a location, with its offset. The doors are never open while clocks change.
    pub fn start(&self, location: usize, day: u32, minute: u16) -> clinic::Start {
        clinic::Start {
            wall: self.window.date(day).to_datetime(time(minute)),
            offset: self.offsets[location][day as usize],
            zone: self.locations[location].zone.clone(),
        }
    }

    /// What is blocked out at a location on a day.
    pub fn blocks_on(&self, location: usize, day: u32) -> Vec<DayBlock> {
        blocks::on(self, location, day)
    }

    pub fn changes(&self) -> Vec<Change> {
        let mut changes = vec![Change::add(self.practice.clone())];
        changes.extend(self.people.iter().cloned().map(Change::add));
        changes.extend(self.types.iter().cloned().map(Change::add));
        changes.extend(self.locations.iter().cloned().map(Change::add));
        changes.extend(self.operatories.iter().flatten().cloned().map(Change::add));
        changes.extend(self.providers.iter().cloned().map(Change::add));
        changes.extend(self.blocks.iter().cloned().map(Change::add));
        changes
    }
}

/// Monday to Friday, and whatever day today is: a demo that starts on a Sunday should still have something to show.
fn open_days(window: Window) -> Vec<Weekday> {
    let today = Weekday::of(window.today);
    Weekday::ALL
        .into_iter()
        .filter(|day| *day == today || !matches!(day, Weekday::Saturday | Weekday::Sunday))
        .collect()
}

pub fn time(minute: u16) -> Time {
    Time::constant((minute / 60) as i8, (minute % 60) as i8, 0, 0)
}
