//! Templates as the builder and the command line show them.

use std::collections::BTreeMap;

use clinic::templates::{self, look_of, wants_words};
use clinic::{
    ScheduleTemplate, TemplateApplication, TemplateApplicationId, TemplateId, TemplateShare, TemplateSlot,
    TemplateVersionId, Weekday,
};
use jiff::civil::Date;
use store::VersionHead;

use super::{slots_of, template};
use crate::DeskError;
use crate::api::{
    ApplicationView, ApplicationWeekView, OperatoryMapping, ProviderMapping, SlotFields, TemplateCheck,
    TemplateDetail, TemplateProblem, TemplateProblemKind, TemplateShareView, TemplateSlotView,
    TemplateSummary, TemplateTotal, TemplateVersionView,
};
use crate::desk::Reading;
use crate::views;

impl Reading<'_> {
    pub(super) fn template_summary(&self, record: &ScheduleTemplate) -> Result<TemplateSummary, DeskError> {
        let versions = self.reads().template_versions(record.id)?;
        let shares = self.reads().template_shares(record.id)?;
        Ok(TemplateSummary {
            id: record.id,
            name: record.name.clone(),
            location: record.location,
            span: record.span,
            is_archived: record.is_archived,
            slot_count: count(self.reads().template_slots(record.id)?.len()),
            newest_version: versions.first().map(|head| self.version_view(head)),
            has_unsaved: self.has_unsaved(record.id, versions.first().map(|head| head.id))?,
            shared_with: shares
                .iter()
                .filter(|share| !share.is_ended)
                .map(|share| share.location)
                .collect(),
            applied_until: self
                .reads()
                .template_applied_until(record.id)?
                .map(|date| date.to_string()),
        })
    }

    pub(super) fn template_detail(
        &self,
        id: TemplateId,
        version: Option<TemplateVersionId>,
    ) -> Result<TemplateDetail, DeskError> {
        let record = template(self.reads(), id, "id")?;
        let mut slots = slots_of(self.reads(), id, version, "version")?;
        sort(&mut slots);
        let versions = self.reads().template_versions(id)?;
        let shares = self.reads().template_shares(id)?;
        let copied_from = match record.copied_from {
            None => None,
            Some(original) => self.reads().template(original)?.map(|original| {
                let place = self.roster.location(original.location);
                format!(
                    "{} at {}",
                    original.name,
                    place.map_or("a removed location", |place| &place.name)
                )
            }),
        };
        Ok(TemplateDetail {
            id,
            check: self.check_view(record.location, &slots),
            name: record.name,
            note: record.note,
            location: record.location,
            span: record.span,
            is_archived: record.is_archived,
            copied_from,
            slots: slots.iter().map(|slot| self.slot_view(slot)).collect(),
            has_unsaved: self.has_unsaved(id, versions.first().map(|head| head.id))?,
            versions: versions.iter().map(|head| self.version_view(head)).collect(),
            shares: shares
                .iter()
                .filter(|share| !share.is_ended)
                .map(share_view)
                .collect(),
            undo: self.undo_state()?,
        })
    }

    pub(super) fn slot_view(&self, slot: &TemplateSlot) -> TemplateSlotView {
        let (hue, letter) = look_of(&self.roster, slot);
        TemplateSlotView {
            id: slot.id,
            slot: fields(slot),
            wants_words: wants_words(&self.roster, slot),
            hue,
            letter,
        }
    }

    pub(super) fn version_view(&self, head: &VersionHead) -> TemplateVersionView {
        let by = self.roster.people.get(&head.by);
        TemplateVersionView {
            id: head.id,
            number: head.number,
            name: head.name.clone(),
            by: by.map_or_else(|| "somebody".to_owned(), |person| person.name.clone()),
            at: views::instant(head.at),
            slot_count: head.slot_count,
        }
    }

    pub(super) fn check_view(&self, location: clinic::LocationId, slots: &[TemplateSlot]) -> TemplateCheck {
        let found = templates::check(&self.roster, location, slots);
        TemplateCheck {
            problem_count: count(found.problem_count),
            problems: found
                .problems
                .into_iter()
                .map(|problem| TemplateProblem {
                    kind: kind(problem.kind),
                    weekday: problem.weekday,
                    start_minute: problem.start_minute,
                    slots: problem.slots,
                    words: problem.words,
                })
                .collect(),
            totals: found
                .totals
                .into_iter()
                .map(|total| TemplateTotal {
                    name: total.name,
                    slots: total.slots,
                    visits: total.visits,
                    minutes: total.minutes,
                    doctor_minutes: total.doctor_minutes,
                })
                .collect(),
        }
    }

    /// An application, with the number of dates on which it is the one that holds.
    pub(super) fn application_view(
        &self,
        record: &TemplateApplication,
    ) -> Result<ApplicationView, DeskError> {
        let mut weeks = Vec::with_capacity(record.weeks.len());
        for week in &record.weeks {
            let heads = self.reads().template_versions(week.template)?;
            let own = heads.iter().find(|head| head.id == week.version);
            let name = self
                .reads()
                .template(week.template)?
                .map_or_else(|| "a removed template".to_owned(), |template| template.name);
            weeks.push(ApplicationWeekView {
                template: week.template,
                name,
                version: week.version,
                version_number: own.map_or(0, |head| head.number),
                version_name: own.map_or_else(|| "taken back".to_owned(), |head| head.name.clone()),
                newest: heads
                    .first()
                    .filter(|newest| own.is_none_or(|own| own.id != newest.id))
                    .map(|newest| newest.id),
            });
        }
        let holding = self
            .reads()
            .applied_on(record.location, record.from, record.until)?;
        let holds = holding.values().filter(|id| **id == record.id).count();
        let replaced = self.replaced(record, &holding)?;
        let by = self.roster.people.get(&record.by);
        let at = i64::try_from(record.applied.millis).unwrap_or(i64::MAX);
        let at = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::MAX);
        Ok(ApplicationView {
            id: record.id,
            location: record.location,
            words: words(&weeks, record),
            weeks,
            from: record.from.to_string(),
            until: record.until.to_string(),
            weekdays: record.weekdays.clone(),
            days: count(holds),
            replaced,
            by: by.map_or_else(|| "somebody".to_owned(), |person| person.name.clone()),
            at: views::instant(at),
        })
    }
}

impl Reading<'_> {
    /// Who took over which of an application's dates, in words: two desks may have applied to the same ones without seeing each
    /// other, and the one that was later holds.
    fn replaced(
        &self,
        record: &TemplateApplication,
        holding: &BTreeMap<Date, TemplateApplicationId>,
    ) -> Result<Vec<String>, DeskError> {
        let mut by: BTreeMap<TemplateApplicationId, u32> = BTreeMap::new();
        for date in &record.dates {
            if let Some(id) = holding.get(date).filter(|id| **id != record.id) {
                *by.entry(*id).or_default() += 1;
            }
        }
        let mut lines = Vec::with_capacity(by.len());
        for (id, days) in by {
            let Some(other) = self.reads().template_application(id)? else {
                continue;
            };
            let mut names: Vec<String> = Vec::new();
            for week in &other.weeks {
                let name = self.reads().template(week.template)?;
                let name = name.map_or_else(|| "a removed template".to_owned(), |template| template.name);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            let who = self.roster.people.get(&other.by);
            lines.push(format!(
                "{days} {} replaced by {} of {}",
                if days == 1 { "day" } else { "days" },
                names.join(" and "),
                who.map_or("somebody", |person| person.name.as_str())
            ));
        }
        Ok(lines)
    }
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// By weekday, time, operatory and id: how a draft is listed and a version kept.
pub(super) fn sort(slots: &mut [TemplateSlot]) {
    slots.sort_by_key(|slot| (slot.weekday, slot.start_minute, slot.operatory, slot.id));
}

pub(super) fn fields(slot: &TemplateSlot) -> SlotFields {
    SlotFields {
        weekday: slot.weekday,
        start_minute: slot.start_minute,
        length_minutes: slot.length_minutes,
        operatory: slot.operatory,
        provider: slot.provider,
        wants: slot.wants.clone(),
        capacity: Some(slot.capacity),
        hold: slot.hold,
        label: slot.label.clone(),
        hue: slot.hue,
        letter: slot.letter.clone(),
    }
}

fn share_view(share: &TemplateShare) -> TemplateShareView {
    let without = share.without.iter().map(|from| ProviderMapping {
        from: *from,
        to: None,
    });
    TemplateShareView {
        location: share.location,
        operatories: share
            .operatories
            .iter()
            .map(|(from, to)| OperatoryMapping {
                from: *from,
                to: Some(*to),
            })
            .collect(),
        providers: share
            .providers
            .iter()
            .map(|(from, to)| ProviderMapping {
                from: *from,
                to: Some(*to),
            })
            .chain(without)
            .collect(),
    }
}

fn kind(kind: templates::ProblemKind) -> TemplateProblemKind {
    match kind {
        templates::ProblemKind::DoctorTime => TemplateProblemKind::DoctorTime,
        templates::ProblemKind::Overlap => TemplateProblemKind::Overlap,
        templates::ProblemKind::OutsideLocationHours => TemplateProblemKind::OutsideLocationHours,
        templates::ProblemKind::OutsideProviderHours => TemplateProblemKind::OutsideProviderHours,
        templates::ProblemKind::OutsideOperatoryHours => TemplateProblemKind::OutsideOperatoryHours,
        templates::ProblemKind::TooShort => TemplateProblemKind::TooShort,
        templates::ProblemKind::OutOfUse => TemplateProblemKind::OutOfUse,
    }
}

/// `Bonding week (version 3), Mon–Thu, 2 Mar – 29 May`.
fn words(weeks: &[ApplicationWeekView], record: &TemplateApplication) -> String {
    let names: Vec<String> = weeks
        .iter()
        .map(|week| format!("{} (version {})", week.name, week.version_number))
        .collect();
    let day = |date: Date| {
        let format = if record.from.year() == record.until.year() {
            "%-d %b"
        } else {
            "%-d %b %Y"
        };
        date.strftime(format).to_string()
    };
    let days = if record.from == record.until {
        day(record.from)
    } else {
        format!("{} – {}", day(record.from), day(record.until))
    };
    format!(
        "{}, {}, {days}",
        names.join(" and "),
        weekday_words(&record.weekdays)
    )
}

/// `Mon–Thu`, `Mon, Wed`, `every day`.
fn weekday_words(weekdays: &[Weekday]) -> String {
    let mut days: Vec<Weekday> = weekdays.to_vec();
    days.sort_unstable();
    days.dedup();
    if days.len() == 7 {
        return "every day".to_owned();
    }
    let is_row = days
        .windows(2)
        .all(|pair| pair[0] as usize + 1 == pair[1] as usize);
    match days.as_slice() {
        [first, .., last] if is_row && days.len() > 2 => format!("{}–{}", first.short(), last.short()),
        days => days.iter().map(|day| day.short()).collect::<Vec<_>>().join(", "),
    }
}
