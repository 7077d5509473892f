//! Versions: keeping the draft, making a version the draft again, and how two differ.

use std::collections::BTreeMap;

use clinic::templates::{self, MAX_VERSIONS};
use clinic::{Change, Op, TemplateSlot, TemplateSlotId, TemplateVersion, TemplateVersionId};

use super::views::{fields, sort};
use super::{slots_of, template, version};
use crate::api::{
    DiffTemplate, SaveTemplateVersion, SlotDiff, TemplateDetail, TemplateDiff, TemplateVersionRef,
};
use crate::desk::Desk;
use crate::{DeskError, refusals};

/// Most slots of one version, which travels in one envelope.
const MAX_VERSION_SLOTS: usize = 700;

impl Desk {
    pub fn save_template_version(&self, request: SaveTemplateVersion) -> Result<TemplateDetail, DeskError> {
        let id = TemplateVersionId(self.new_id());
        self.write(Op::SaveTemplateVersion, |writing| {
            let record = template(writing.reads(), request.template, "template")?;
            let name = request.name.trim();
            templates::validate_version_name(name).map_err(|error| refusals::invalid(&error))?;
            // As rows give them, by id: the draft is compared with it.
            let slots = writing.reads().template_slots(record.id)?;
            if slots.is_empty() {
                return Err(
                    DeskError::new("empty_template", format!("{} has no slots yet.", record.name))
                        .hint("Draw at least one slot first.")
                        .field("template"),
                );
            }
            if slots.len() > MAX_VERSION_SLOTS {
                return Err(DeskError::new(
                    "version_too_large",
                    format!(
                        "{} has {} slots; a version keeps {MAX_VERSION_SLOTS} at the most.",
                        record.name,
                        slots.len()
                    ),
                )
                .hint("Draw longer slots with a capacity, or divide it into two templates.")
                .field("template"));
            }
            let versions = writing.reads().template_versions(record.id)?;
            if versions.len() >= MAX_VERSIONS {
                return Err(DeskError::new(
                    "too_many_versions",
                    format!("A template has at most {MAX_VERSIONS} versions."),
                )
                .hint("Copy the template and go on with the copy.")
                .field("template"));
            }
            writing.record(vec![Change::add(TemplateVersion {
                id,
                template: record.id,
                number: versions.first().map_or(0, |newest| newest.number) + 1,
                name: name.to_owned(),
                by: writing.author.person,
                at: writing.author.at,
                slots,
            })])
        })?;
        self.template_after(request.template)
    }

    pub fn restore_template_version(&self, request: TemplateVersionRef) -> Result<TemplateDetail, DeskError> {
        self.write(Op::ChangeTemplate, |writing| {
            let reads = writing.reads();
            template(reads, request.template, "template")?;
            let wanted = version(reads, request.template, request.version, "version")?.slots;
            let mut draft: BTreeMap<TemplateSlotId, TemplateSlot> = reads
                .template_slots(request.template)?
                .into_iter()
                .map(|slot| (slot.id, slot))
                .collect();
            let mut changes = Vec::new();
            for slot in wanted {
                match draft.remove(&slot.id) {
                    None => changes.push(Change::add(slot)),
                    Some(before) if before != slot => changes.push(Change::edit(before, slot)),
                    Some(_) => {}
                }
            }
            changes.extend(draft.into_values().map(Change::remove));
            super::drawing::check_step(changes.len())?;
            writing.record(changes)
        })?;
        self.template_after(request.template)
    }

    pub fn diff_template(&self, request: DiffTemplate) -> Result<TemplateDiff, DeskError> {
        self.reading(|reading| {
            let reads = reading.reads();
            template(reads, request.template, "template")?;
            let mut before = match request.before {
                None => Vec::new(),
                some => slots_of(reads, request.template, some, "before")?,
            };
            let mut after = slots_of(reads, request.template, request.after, "after")?;
            sort(&mut before);
            sort(&mut after);
            let entries = templates::diff(&reading.roster, &before, &after)
                .into_iter()
                .map(|entry| SlotDiff {
                    id: entry.id,
                    before: entry.before.as_ref().map(fields),
                    after: entry.after.as_ref().map(fields),
                    words: entry.words,
                })
                .collect();
            Ok(TemplateDiff { entries })
        })
    }
}
