//! What a practice that plans its weeks has beyond places, people and visits: ideal weeks and where they are applied, things
//! that visits share, assistants by period. No visit lies elsewhere for it: some use equipment.

use clinic::{
    AppliedWeek, AssistantPeriod, Author, Change, EmergencyHold, Equipment, EquipmentCount, EquipmentId,
    EquipmentNeed, OperatoryId, ProviderKind, ScheduleTemplate, SlotWants, TemplateApplication,
    TemplateApplicationId, TemplateId, TemplateSlot, TemplateSlotId, TemplateSpan, TemplateVersion,
    TemplateVersionId, Weekday,
};
use jiff::civil::Date;

use super::blocks::place_of;
use super::dice::Dice;
use super::fill::{Fate, Visit};
use super::kinds::{ADJ, ALN, BOND, CLEAN, CONS, DEB, EMER, OBS, REC, RET, SEP, UNITS, WIRE};
use super::roster::{CLOSE, OPEN, Roster, time};

/// Days back from today, and ahead, on which the weeks are applied.
const BACK: u32 = 21;
const AHEAD: u32 = 56;

/// Classes of types, as templates reserve time for them.
const CLASSES: [(&str, &[u8]); 4] = [
    ("Treatment", &[ADJ, WIRE, ALN]),
    ("Starts and finishes", &[BOND, DEB]),
    ("New patients", &[CONS, REC, OBS]),
    ("Short", &[SEP, RET]),
];

/// Gives the roster its classes, equipment and assistants; what is still to be written beside it is answered.
pub(super) fn furnish(roster: &mut Roster, seed: u64, founded: u64) -> Furnishing {
    let mut dice = Dice::new(seed, 4);
    let scanner = EquipmentId(dice.id(founded));
    let x_ray = EquipmentId(dice.id(founded));
    for (class, kinds) in CLASSES {
        for &kind in kinds {
            roster.types[usize::from(kind)].class = class.to_owned();
        }
    }
    let mut needs = |kind: u8, equipment, from_minute, until_minute| {
        roster.types[usize::from(kind)].equipment.push(EquipmentNeed {
            equipment,
            from_minute,
            until_minute: Some(until_minute),
        });
    };
    needs(REC, x_ray, 5, 15);
    needs(REC, scanner, 15, 35);
    needs(DEB, scanner, 35, 55);
    needs(CONS, x_ray, 0, 10);
    let pieces = |count: [u16; 3]| {
        roster
            .locations
            .iter()
            .zip(count)
            .map(|(place, pieces)| EquipmentCount {
                location: place.id,
                pieces,
            })
            .collect()
    };
    let equipment = [("Scanner", scanner, [2, 1, 1]), ("X-ray", x_ray, [1, 1, 1])]
        .into_iter()
        .enumerate()
        .map(|(sort, (name, id, count))| Equipment {
            id,
            name: name.to_owned(),
            counts: pieces(count),
            sort: sort as i32,
            is_active: true,
        })
        .collect();
    for (place, chairs) in roster.locations.iter_mut().zip(&roster.operatories) {
        let everybody = chairs.len() as u16;
        let days: Vec<Weekday> = place.hours.iter().map(|span| span.weekday).collect();
        let period = |weekday, from, until, count| AssistantPeriod {
            weekday,
            from: time(from),
            until: time(until),
            count,
        };
        place.assistants = days
            .into_iter()
            .flat_map(|day| {
                [
                    period(day, OPEN, 12 * 60, everybody),
                    // Half of them have their break, and some go home early.
                    period(day, 12 * 60, 14 * 60, everybody.div_ceil(2)),
                    period(day, 14 * 60, CLOSE, everybody - everybody / 4),
                ]
            })
            .collect();
    }
    Furnishing {
        equipment,
        dice,
        founded,
    }
}

/// What lies beside the roster.
pub(crate) struct Furnishing {
    pub equipment: Vec<Equipment>,
    dice: Dice,
    founded: u64,
}

/// The two kinds of week of a location with several doctors: they take turns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plan {
    Adjustments,
    Bondings,
}

impl Furnishing {
    /// The templates of each location, kept and applied by this author.
    pub fn templates(&mut self, roster: &Roster, author: &Author) -> Vec<Change> {
        let mut changes = Vec::new();
        for location in 0..roster.locations.len() {
            let weeks = [(Plan::Adjustments, "Adjustments"), (Plan::Bondings, "Bondings")]
                .map(|(plan, name)| self.template(roster, location, plan, name, author, &mut changes));
            changes.push(Change::add(self.application(
                roster,
                location,
                weeks.to_vec(),
                author,
            )));
        }
        changes
    }

    /// Lets visits use the equipment of their kind as long as there is some; the others were done without.
    pub fn lend<'v>(&self, roster: &Roster, visits: impl Iterator<Item = &'v mut Visit>) {
        let mut in_order: Vec<&mut Visit> = visits.filter(|visit| visit.fate == Fate::Kept).collect();
        in_order.sort_by_key(|visit| (visit.day, visit.location, visit.minute, visit.operatory));
        let mut at = (0, 0);
        let mut lent: Vec<(EquipmentId, u16, u16)> = Vec::new();
        for visit in in_order {
            if at != (visit.day, visit.location) {
                at = (visit.day, visit.location);
                lent.clear();
            }
            let needs: Vec<(EquipmentId, u16, u16)> = roster.types[usize::from(visit.kind)]
                .equipment
                .iter()
                .filter_map(|need| {
                    let (from, until) = need.minutes(length(visit.kind))?;
                    Some((need.equipment, visit.minute + from, visit.minute + until))
                })
                .collect();
            let place = roster.locations[usize::from(visit.location)].id;
            let is_there = |&(id, from, until): &(EquipmentId, u16, u16)| {
                let pieces = self.equipment.iter().find(|one| one.id == id);
                let taken = lent
                    .iter()
                    .filter(|(other, start, end)| *other == id && *start < until && from < *end);
                taken.count() < usize::from(pieces.map_or(0, |one| one.pieces_at(place)))
            };
            if !needs.is_empty() && needs.iter().all(is_there) {
                visit.is_equipped = true;
                lent.extend(needs);
            }
        }
    }

    fn id(&mut self) -> u128 {
        self.dice.id(self.founded)
    }

    fn template(
        &mut self,
        roster: &Roster,
        location: usize,
        plan: Plan,
        name: &str,
        author: &Author,
        changes: &mut Vec<Change>,
    ) -> AppliedWeek {
        let (template, version) = (TemplateId(self.id()), TemplateVersionId(self.id()));
        let slots = self.slots(roster, location, plan, template);
        changes.push(Change::add(ScheduleTemplate {
            id: template,
            name: format!("{}: {name}", roster.locations[location].name),
            note: String::new(),
            location: roster.locations[location].id,
            span: TemplateSpan::Week,
            is_archived: false,
            copied_from: None,
        }));
        changes.extend(slots.iter().cloned().map(Change::add));
        changes.push(Change::add(TemplateVersion {
            id: version,
            template,
            number: 1,
            name: "As we began".to_owned(),
            by: author.person,
            at: author.at,
            slots,
        }));
        AppliedWeek { template, version }
    }

    fn application(
        &mut self,
        roster: &Roster,
        location: usize,
        weeks: Vec<AppliedWeek>,
        author: &Author,
    ) -> TemplateApplication {
        let window = roster.window;
        let today = window.today_index();
        let last = (today + AHEAD).min(window.days() - 1);
        let days: Vec<u32> = (today.saturating_sub(BACK)..=last)
            .filter(|day| roster.is_open(*day))
            .collect();
        let dates: Vec<Date> = days.iter().map(|&day| window.date(day)).collect();
        let (from, until) = (
            *dates.first().unwrap_or(&window.today),
            *dates.last().unwrap_or(&window.today),
        );
        TemplateApplication {
            id: TemplateApplicationId(self.id()),
            location: roster.locations[location].id,
            weeks,
            weeks_from: clinic::monday_of(from),
            from,
            until,
            weekdays: Weekday::ALL.to_vec(),
            dates,
            applied: author.stamp,
            by: author.person,
        }
    }

    /// A week drawn chair by chair: what stands in a chair all day, around what is blocked out every week and what is held for
    /// emergencies.
    fn slots(
        &mut self,
        roster: &Roster,
        location: usize,
        plan: Plan,
        template: TemplateId,
    ) -> Vec<TemplateSlot> {
        let mut slots = Vec::new();
        for weekday in open_weekdays(roster) {
            let day = a_day_of(roster, weekday);
            let mut seats = vec![0; roster.providers.len()];
            for chair in &roster.operatories[location] {
                let Some(who) = roster
                    .providers
                    .iter()
                    .position(|one| Some(one.id) == chair.usual_provider)
                else {
                    continue;
                };
                let provider = &roster.providers[who];
                let seat = seats[who];
                seats[who] += 1;
                let Some(kind) = column(provider.kind, seat, plan) else {
                    continue;
                };
                if place_of(roster, who, day) != Some(location) {
                    continue;
                }
                let until = provider.schedule.hours[0].until;
                let until = until.hour() as u16 * 60 + until.minute() as u16;
                let mut taken = closed(roster, location, day, who, chair.id);
                let mut draw = |kind: u8, from: u16, until: u16| {
                    slots.push(self.slot(roster, template, weekday, chair.id, kind, from, until));
                };
                if seat == 0 && provider.kind == ProviderKind::Doctor {
                    for from in HELD {
                        let end = from + length(EMER);
                        if !taken.iter().any(|&(start, until)| from < until && start < end) {
                            draw(EMER, from, end);
                            taken.push((from, end));
                        }
                    }
                }
                for (from, until) in free(taken, OPEN, until) {
                    if until - from >= length(kind) {
                        draw(kind, from, until);
                    }
                }
            }
        }
        slots
    }

    fn slot(
        &mut self,
        roster: &Roster,
        template: TemplateId,
        weekday: Weekday,
        operatory: OperatoryId,
        kind: u8,
        from: u16,
        until: u16,
    ) -> TemplateSlot {
        let of_type = &roster.types[usize::from(kind)];
        let wants = match of_type.class.as_str() {
            "" => SlotWants::Type { id: of_type.id },
            class => SlotWants::Class {
                name: class.to_owned(),
            },
        };
        TemplateSlot {
            id: TemplateSlotId(self.id()),
            template,
            weekday: Some(weekday),
            start_minute: from,
            length_minutes: until - from,
            operatory,
            provider: None,
            wants,
            capacity: (until - from) / length(kind),
            hold: (kind == EMER).then_some(EmergencyHold {
                units: 1,
                release_hours: 24,
            }),
            label: String::new(),
            hue: Some(of_type.hue),
            letter: of_type.letter.clone(),
        }
    }
}

/// When a doctor's first chair is kept for an emergency, in minutes of the day.
const HELD: [u16; 2] = [10 * 60, 14 * 60 + 30];

fn length(kind: u8) -> u16 {
    UNITS[usize::from(kind)] as u16 * 5
}

/// What a chair is for, the `seat`-th of somebody: the shortest type of its class.
fn column(by: ProviderKind, seat: usize, plan: Plan) -> Option<u8> {
    match (by, seat, plan) {
        (ProviderKind::Hygienist, 0, _) => Some(CLEAN),
        (ProviderKind::Assistant, 0, _) => Some(REC),
        (ProviderKind::Doctor, 0, _) => Some(ADJ),
        (ProviderKind::Doctor, 1, _) => Some(REC),
        (ProviderKind::Doctor, 2, Plan::Adjustments) => Some(RET),
        (ProviderKind::Doctor, 2, Plan::Bondings) => Some(BOND),
        _ => None,
    }
}

/// What is left of the time between, in minutes of the day.
fn free(mut taken: Vec<(u16, u16)>, from: u16, until: u16) -> Vec<(u16, u16)> {
    taken.sort_unstable();
    let mut left = Vec::new();
    let mut at = from;
    for (start, end) in taken {
        if start.min(until) > at {
            left.push((at, start.min(until)));
        }
        at = at.max(end);
    }
    if until > at {
        left.push((at, until));
    }
    left
}

fn open_weekdays(roster: &Roster) -> Vec<Weekday> {
    Weekday::ALL
        .into_iter()
        .filter(|&weekday| roster.is_open(a_day_of(roster, weekday)))
        .collect()
}

/// Some day of the window with this weekday.
fn a_day_of(roster: &Roster, weekday: Weekday) -> u32 {
    (0..7)
        .find(|&day| Weekday::of(roster.window.date(day)) == weekday)
        .unwrap_or(0)
}

/// What is blocked out every week for somebody in a chair, in minutes of the day.
fn closed(roster: &Roster, location: usize, day: u32, who: usize, chair: OperatoryId) -> Vec<(u16, u16)> {
    roster
        .blocks_on(location, day)
        .iter()
        .filter(|block| match block.target {
            clinic::BlockTarget::Location(_) => true,
            clinic::BlockTarget::Provider(id) => id == roster.providers[who].id,
            clinic::BlockTarget::Operatory(id) => id == chair,
        })
        .map(|block| (block.from, block.until))
        .collect()
}
