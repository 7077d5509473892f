//! Schedule templates: looking at them, drawing, keeping versions, taking them to other locations, applying them, figures.

mod applying;
mod days;
mod decisions;
mod drawing;
mod figures;
mod places;
mod planning;
mod versions;
mod views;

use std::collections::BTreeSet;

use clinic::{LocationId, ScheduleTemplate, TemplateId, TemplateSlot, TemplateVersion, TemplateVersionId};
use store::Reads;

use crate::DeskError;
use crate::api::{TemplateDetail, TemplateList, TemplateRef, TemplateSummary, TemplatesRequest};
use crate::desk::{Desk, Reading};

impl Desk {
    pub fn templates(&self, request: TemplatesRequest) -> Result<TemplateList, DeskError> {
        if let Some(location) = request.location {
            self.may_see(location)?;
        }
        self.reading(|reading| {
            let mut templates = Vec::new();
            for template in reading.reads().templates()? {
                if template.is_archived && !request.with_archived {
                    continue;
                }
                let summary = reading.template_summary(&template)?;
                let is_at = |here| summary.location == here || summary.shared_with.contains(&here);
                let is_wanted = match request.location {
                    Some(here) => is_at(here),
                    None => reading.sees_template(&summary),
                };
                if is_wanted {
                    templates.push(summary);
                }
            }
            let place = |summary: &TemplateSummary| {
                reading
                    .roster
                    .location(summary.location)
                    .map(|location| (location.sort, location.name.clone()))
            };
            templates.sort_by_cached_key(|summary| (place(summary), summary.name.to_lowercase(), summary.id));
            let classes: BTreeSet<String> = reading
                .roster
                .appointment_types
                .values()
                .filter(|kind| kind.is_active && !kind.class.is_empty())
                .map(|kind| kind.class.clone())
                .collect();
            Ok(TemplateList {
                templates,
                classes: classes.into_iter().collect(),
            })
        })
    }

    pub fn template(&self, request: TemplateRef) -> Result<TemplateDetail, DeskError> {
        self.reading(|reading| {
            let template = template(reading.reads(), request.id, "id")?;
            let summary = reading.template_summary(&template)?;
            if !reading.sees_template(&summary) {
                return Err(reading.may_see(template.location).expect_err("it is not seen"));
            }
            reading.template_detail(request.id, request.version)
        })
    }

    /// One template after a change, as the builder shows it.
    fn template_after(&self, id: TemplateId) -> Result<TemplateDetail, DeskError> {
        self.reading(|reading| reading.template_detail(id, None))
    }
}

impl Reading<'_> {
    /// A template is seen at its own location and where it is shared.
    fn sees_template(&self, summary: &TemplateSummary) -> bool {
        std::iter::once(&summary.location)
            .chain(&summary.shared_with)
            .any(|place| self.may_see(*place).is_ok())
    }
}

fn template(reads: Reads<'_>, id: TemplateId, field: &str) -> Result<ScheduleTemplate, DeskError> {
    reads.template(id)?.ok_or_else(|| {
        DeskError::new("unknown_template", "There is no such template.")
            .hint("It may have been taken back; look at the list again.")
            .field(field)
    })
}

/// A version of this template.
fn version(
    reads: Reads<'_>,
    template: TemplateId,
    id: TemplateVersionId,
    field: &str,
) -> Result<TemplateVersion, DeskError> {
    reads
        .template_version(id)?
        .filter(|version| version.template == template)
        .ok_or_else(|| {
            DeskError::new("unknown_version", "There is no such version of this template.")
                .hint("It may have been taken back; look at the template again.")
                .field(field)
        })
}

/// The slots of a version, or of the draft.
fn slots_of(
    reads: Reads<'_>,
    id: TemplateId,
    of: Option<TemplateVersionId>,
    field: &str,
) -> Result<Vec<TemplateSlot>, DeskError> {
    match of {
        None => Ok(reads.template_slots(id)?),
        Some(of) => Ok(version(reads, id, of, field)?.slots),
    }
}

/// A location that is in use.
fn known_location<'r>(
    roster: &'r clinic::Roster,
    id: LocationId,
    field: &str,
) -> Result<&'r clinic::Location, DeskError> {
    let unknown = || DeskError::new("unknown_location", "There is no such location.").field(field);
    let location = roster.location(id).ok_or_else(unknown)?;
    if !location.is_active {
        return Err(
            DeskError::new("inactive", format!("{} is no longer in use.", location.name))
                .hint("Choose a location that is, or take it back into use.")
                .field(field),
        );
    }
    Ok(location)
}

impl Reading<'_> {
    /// Whether the draft differs from the newest version; a draft without slots and versions does not.
    fn has_unsaved(&self, id: TemplateId, newest: Option<TemplateVersionId>) -> Result<bool, DeskError> {
        let draft = self.reads().template_slots(id)?;
        let Some(newest) = newest else {
            return Ok(!draft.is_empty());
        };
        let version = self.kept_versions().get(self.reads(), newest)?;
        Ok(version.is_none_or(|version| version.slots != draft))
    }
}
