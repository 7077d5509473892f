//! Several procedures in one visit: its own type and what is done beside it, and the one time pattern that comes of them.
//!
//! Preparing a chair and cleaning it up happen once, however much is done in between; what the doctor does can only come
//! one after the other. So the longest preparation begins, then comes the work of each procedure in turn, and the longest
//! clean-up ends.

use crate::violation::type_name;
use crate::{
    Appointment, AppointmentType, AppointmentTypeId, AssistantNeed, BadPattern, CannotBook, EquipmentNeed,
    Invalid, Need, Placement, Roster, TimePattern, What,
};

/// What can be done beside a visit's own type.
pub const MAX_ALSO: usize = 8;

/// A pattern taken apart. Merging two of these loses nothing, so that it does not matter which two are merged first.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    /// Units of an assistant before the provider comes.
    prepare: usize,
    /// From the first unit that needs the provider to the last; all of it where nobody but an assistant is needed, because
    /// then nothing says what is preparation.
    work: Vec<Need>,
    /// Units of an assistant after the provider has gone.
    clean_up: usize,
}

impl Parts {
    const NONE: Parts = Parts {
        prepare: 0,
        work: Vec::new(),
        clean_up: 0,
    };

    fn of(pattern: &TimePattern) -> Parts {
        let units = pattern.units();
        let is_provider = |need: &Need| *need == Need::Provider;
        match (
            units.iter().position(is_provider),
            units.iter().rposition(is_provider),
        ) {
            (Some(first), Some(last)) => Parts {
                prepare: first,
                work: units[first..=last].to_vec(),
                clean_up: units.len() - 1 - last,
            },
            _ => Parts {
                work: units.to_vec(),
                ..Parts::NONE
            },
        }
    }

    fn and(mut self, next: Parts) -> Parts {
        self.work.extend(next.work);
        Parts {
            prepare: self.prepare.max(next.prepare),
            work: self.work,
            clean_up: self.clean_up.max(next.clean_up),
        }
    }

    fn whole(self) -> Result<TimePattern, BadPattern> {
        let assistant = |units| std::iter::repeat_n(Need::Assistant, units);
        TimePattern::new(
            assistant(self.prepare)
                .chain(self.work)
                .chain(assistant(self.clean_up))
                .collect(),
        )
    }
}

/// The pattern of a visit in which all of these are done, in this order.
///
/// It needs the provider as long as all of them together, and is never longer than their sum. The order decides only who is
/// needed when: length and doctor time are the same in any order. One pattern stays as it is.
///
/// # Errors
/// No pattern at all, or more than a day.
pub fn merged_pattern<'p>(
    patterns: impl IntoIterator<Item = &'p TimePattern>,
) -> Result<TimePattern, BadPattern> {
    patterns
        .into_iter()
        .map(Parts::of)
        .fold(Parts::NONE, Parts::and)
        .whole()
}

/// What the procedures of one visit ask for together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    pub pattern: TimePattern,
    /// The longest that any of them wants.
    pub buffer_before_minutes: u16,
    pub buffer_after_minutes: u16,
    /// One piece of whatever any of them needs. What one type needs for a part of its own pattern it keeps; where several come
    /// together the parts shift, so a piece is kept for the whole visit.
    pub equipment: Vec<EquipmentNeed>,
    /// As long as any of them needs one.
    pub assistant: AssistantNeed,
    /// As long as `pattern`; `None`: no procedure needs a second provider.
    pub second_pattern: Option<TimePattern>,
}

impl Together {
    /// Of these types, the visit's own first.
    pub(crate) fn of(kinds: &[&AppointmentType]) -> Result<Together, BadPattern> {
        let longest = |minutes: fn(&AppointmentType) -> u16| {
            kinds.iter().map(|kind| minutes(kind)).max().unwrap_or_default()
        };
        Ok(Together {
            pattern: merged_pattern(kinds.iter().map(|kind| &kind.pattern))?,
            second_pattern: merged_second(kinds)?,
            buffer_before_minutes: longest(|kind| kind.buffer_before_minutes),
            buffer_after_minutes: longest(|kind| kind.buffer_after_minutes),
            equipment: shared_equipment(kinds),
            assistant: kinds.iter().map(|kind| kind.assistant).max().unwrap_or_default(),
        })
    }

    /// Whether a visit has this pattern, these buffers, this equipment, an assistant in these minutes, this second pattern.
    pub(crate) fn is_as_of(&self, visit: &Appointment) -> (bool, bool, bool, bool, bool) {
        (
            visit.pattern == self.pattern,
            (visit.buffer_before_minutes, visit.buffer_after_minutes)
                == (self.buffer_before_minutes, self.buffer_after_minutes),
            visit.equipment == self.equipment,
            visit.assistant == self.assistant,
            visit.second_pattern == self.second_pattern,
        )
    }
}

/// Where the units of each type's second pattern come to lie when the first patterns are merged: those of its preparation just
/// before its work is prepared for longest, those of its work with its work, those of its clean-up from the first of all on.
fn merged_second(kinds: &[&AppointmentType]) -> Result<Option<TimePattern>, BadPattern> {
    if kinds.iter().all(|kind| kind.second_pattern.is_none()) {
        return Ok(None);
    }
    let parts: Vec<Parts> = kinds.iter().map(|kind| Parts::of(&kind.pattern)).collect();
    let whole = parts.iter().cloned().fold(Parts::NONE, Parts::and);
    let (prepare, worked) = (whole.prepare, whole.prepare + whole.work.len());
    let mut units = vec![Need::Assistant; whole.whole()?.units().len()];
    let mut work_begins = prepare;
    for (kind, own) in kinds.iter().zip(&parts) {
        let needs = kind.second_pattern.iter().flat_map(|pattern| pattern.units());
        for (at, _) in needs.enumerate().filter(|(_, need)| **need == Need::Provider) {
            let to = if at < own.prepare {
                prepare - own.prepare + at
            } else if at < own.prepare + own.work.len() {
                work_begins + at - own.prepare
            } else {
                worked + at - own.prepare - own.work.len()
            };
            if let Some(unit) = units.get_mut(to) {
                *unit = Need::Provider;
            }
        }
        work_begins += own.work.len();
    }
    TimePattern::new(units).map(Some)
}

fn shared_equipment(kinds: &[&AppointmentType]) -> Vec<EquipmentNeed> {
    if let [kind] = kinds {
        return kind.equipment.clone();
    }
    let mut needs: Vec<EquipmentNeed> = Vec::new();
    for need in kinds.iter().flat_map(|kind| &kind.equipment) {
        if needs.iter().all(|known| known.equipment != need.equipment) {
            needs.push(EquipmentNeed {
                equipment: need.equipment,
                from_minute: 0,
                until_minute: None,
            });
        }
    }
    needs
}

/// What a visit of a type asks for when these are done beside it.
///
/// # Errors
/// A type that nobody knows; one that is there twice; more than [`MAX_ALSO`]; more than a day.
pub fn together(
    roster: &Roster,
    appointment_type: AppointmentTypeId,
    also: &[AppointmentTypeId],
) -> Result<Together, CannotBook> {
    check_also(appointment_type, also)?;
    let kinds = std::iter::once(&appointment_type)
        .chain(also)
        .map(|id| {
            roster
                .appointment_type(*id)
                .ok_or_else(|| CannotBook::unknown(What::AppointmentType, *id))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Together::of(&kinds).map_err(|_| too_long().into())
}

pub(crate) fn too_long() -> Invalid {
    Invalid::new(
        "also",
        "All of this together takes more than a day. Leave something out, or book two visits.",
    )
}

/// The same, with one type as it is given instead of as the roster has it; `None` if any of them is unknown or all are too
/// long together: then there is nothing that a visit could follow.
pub(crate) fn together_with(
    roster: &Roster,
    visit: &Appointment,
    instead: &AppointmentType,
) -> Option<Together> {
    let kinds = visit
        .procedures()
        .map(|id| {
            if id == instead.id {
                Some(instead)
            } else {
                roster.appointment_type(id)
            }
        })
        .collect::<Option<Vec<_>>>()?;
    Together::of(&kinds).ok()
}

fn check_also(appointment_type: AppointmentTypeId, also: &[AppointmentTypeId]) -> Result<(), Invalid> {
    if also.len() > MAX_ALSO {
        let message = format!("At most {MAX_ALSO} more can be done in one visit.");
        return Err(Invalid::new("also", message));
    }
    let is_twice = also
        .iter()
        .enumerate()
        .any(|(at, id)| *id == appointment_type || also[..at].contains(id));
    if is_twice {
        return Err(Invalid::new("also", "The same is there twice. Name each once."));
    }
    Ok(())
}

/// What is new must be in use; what a visit has already may stay.
pub(crate) fn must_be_in_use(
    roster: &Roster,
    also: &[AppointmentTypeId],
    before: &[AppointmentTypeId],
) -> Result<(), CannotBook> {
    for id in also.iter().filter(|id| !before.contains(id)) {
        let kind = roster
            .appointment_type(*id)
            .ok_or_else(|| CannotBook::unknown(What::AppointmentType, *id))?;
        if !kind.is_active {
            return Err(CannotBook::Inactive {
                what: What::AppointmentType,
                name: kind.name.clone(),
            });
        }
    }
    Ok(())
}

/// Where the visit would be with other procedures beside its own: what to load for [`crate::change_procedures`]. Without a
/// `pattern` it is the one that the procedures make together, even if somebody had changed the visit's length by hand.
///
/// # Errors
/// As of [`together`]; a visit that is over or was called off; a new procedure that is out of use.
pub fn procedures_placement(
    roster: &Roster,
    visit: &Appointment,
    also: &[AppointmentTypeId],
    pattern: Option<&TimePattern>,
) -> Result<Placement, CannotBook> {
    crate::moving::must_be_planned(visit)?;
    let together = together(roster, visit.appointment_type, also)?;
    must_be_in_use(roster, also, &visit.also)?;
    let place = Placement::of(visit);
    if also == visit.also && pattern.is_none() {
        return Ok(place);
    }
    let mut place = Placement {
        also: also.to_vec(),
        pattern: pattern.cloned().unwrap_or(together.pattern),
        buffer_before_minutes: together.buffer_before_minutes,
        buffer_after_minutes: together.buffer_after_minutes,
        equipment: together.equipment,
        assistant: together.assistant,
        second_pattern: together.second_pattern,
        ..place
    };
    place.second_provider = visit.second_provider.filter(|_| place.wanted_second().is_some());
    Ok(place)
}

/// `Adjustment + Retainer check`.
pub fn procedure_names(
    roster: &Roster,
    appointment_type: AppointmentTypeId,
    also: &[AppointmentTypeId],
) -> String {
    let names: Vec<&str> = std::iter::once(&appointment_type)
        .chain(also)
        .map(|id| type_name(roster, *id))
        .collect();
    names.join(" + ")
}
