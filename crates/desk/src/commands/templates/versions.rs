//! Versions: keeping the draft, making a version the draft again, and how two differ.

use std::collections::BTreeMap;

use clinic::templates::{self, MAX_VERSIONS};
use clinic::{Change, Op, TemplateSlot, TemplateSlotId, TemplateVersion, TemplateVersionId};
use store::Reads;

use super::drawing::MOST_AT_ONCE;
use super::views::{fields, sort};
use super::{slots_of, template, version};
use crate::api::{
    DiffTemplate, SaveTemplateVersion, SlotDiff, TemplateDetail, TemplateDiff, TemplateVersionRef,
};
use crate::desk::Desk;
use crate::{DeskError, refusals};

/// Most bytes of a version's slots, which travel in one envelope with some room to spare. 2,000 slots take about 120 KiB; only
/// very long labels, all different, take more.
const MAX_VERSION_BYTES: usize = 176 * 1024;

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
            let versions = writing.reads().template_versions(record.id)?;
            if versions.len() >= MAX_VERSIONS {
                return Err(DeskError::new(
                    "too_many_versions",
                    format!("A template has at most {MAX_VERSIONS} versions."),
                )
                .hint("Copy the template and go on with the copy.")
                .field("template"));
            }
            let version = TemplateVersion {
                id,
                template: record.id,
                number: versions.first().map_or(0, |newest| newest.number) + 1,
                name: name.to_owned(),
                by: writing.author.person,
                at: writing.author.at,
                slots,
            };
            let bytes = serde_json::to_vec(&version).map_or(usize::MAX, |json| json.len());
            if bytes > MAX_VERSION_BYTES {
                return Err(DeskError::new(
                    "version_too_large",
                    format!(
                        "The {} slots of {} have too much text in their labels to be kept together.",
                        version.slots.len(),
                        record.name
                    ),
                )
                .hint("Shorten the labels, or divide it into two templates.")
                .field("template"));
            }
            writing.record(vec![Change::add(version)])
        })?;
        self.template_after(request.template)
    }

    /// What one envelope cannot carry is done in several steps, each of which can be taken back. If it is broken off in between, the
    /// same command does the rest: nothing but the draft is touched.
    pub fn restore_template_version(&self, request: TemplateVersionRef) -> Result<TemplateDetail, DeskError> {
        loop {
            let left = self.write(Op::ChangeTemplate, |writing| {
                let mut changes = back_to(writing.reads(), &request)?;
                let left = changes.len().saturating_sub(MOST_AT_ONCE);
                changes.truncate(MOST_AT_ONCE);
                writing.record(changes)?;
                Ok(left)
            })?;
            if left == 0 {
                return self.template_after(request.template);
            }
        }
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

/// What makes the draft that version again; removals first, so that a draft never has too many slots.
fn back_to(reads: Reads<'_>, wanted: &TemplateVersionRef) -> Result<Vec<Change>, DeskError> {
    template(reads, wanted.template, "template")?;
    let version = version(reads, wanted.template, wanted.version, "version")?;
    let mut draft: BTreeMap<TemplateSlotId, TemplateSlot> = reads
        .template_slots(wanted.template)?
        .into_iter()
        .map(|slot| (slot.id, slot))
        .collect();
    let mut changes = Vec::new();
    for slot in version.slots {
        match draft.remove(&slot.id) {
            None => changes.push(Change::add(slot)),
            Some(before) if before != slot => changes.push(Change::edit(before, slot)),
            Some(_) => {}
        }
    }
    let gone: Vec<Change> = draft.into_values().map(Change::remove).collect();
    Ok(gone.into_iter().chain(changes).collect())
}
