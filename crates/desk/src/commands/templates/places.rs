//! Templates at other locations: by copy, which goes its own way, or by reference, which follows the original.

use clinic::templates::{self, Mapping, suggest_mapping};
use clinic::{Change, Op, ScheduleTemplate, TemplateId, TemplateShare, TemplateSlot};

use super::{known_location, slots_of, template};
use crate::api::{
    CopyTemplate, OperatoryMapping, ProviderMapping, ShareTemplate, TemplateCopied, TemplateDetail,
    TemplateMapping,
};
use crate::desk::Desk;
use crate::{DeskError, refusals};

impl Desk {
    pub fn map_template(&self, request: CopyTemplate) -> Result<TemplateMapping, DeskError> {
        self.reading(|reading| {
            template(reading.reads(), request.template, "template")?;
            let slots = slots_of(reading.reads(), request.template, request.version, "version")?;
            let mapping = mapping(
                &reading.roster,
                &slots,
                request.location,
                &request.operatories,
                &request.providers,
            )?;
            Ok(TemplateMapping {
                operatories: mapping
                    .operatories
                    .iter()
                    .map(|(from, to)| OperatoryMapping { from: *from, to: *to })
                    .collect(),
                providers: mapping
                    .providers
                    .iter()
                    .map(|(from, to)| ProviderMapping { from: *from, to: *to })
                    .collect(),
                unmapped: mapping.unmapped,
            })
        })
    }

    pub fn copy_template(&self, request: CopyTemplate) -> Result<TemplateCopied, DeskError> {
        let id = TemplateId(self.new_id());
        let unmapped = self.write(Op::CopyTemplate, |writing| {
            let original = template(writing.reads(), request.template, "template")?;
            let slots = slots_of(writing.reads(), request.template, request.version, "version")?;
            let mapping = mapping(
                &writing.roster,
                &slots,
                request.location,
                &request.operatories,
                &request.providers,
            )?;
            let name = match &request.name {
                Some(name) => name.trim().to_owned(),
                None => original.name.clone(),
            };
            let copy = ScheduleTemplate {
                id,
                name,
                location: request.location,
                is_archived: false,
                copied_from: Some(original.id),
                ..original
            };
            templates::validate_template(&copy, &writing.roster)
                .map_err(|error| refusals::invalid(&error))?;
            let copied = slots.iter().filter_map(|slot| mapping.slot(slot));
            let copied = copied.map(|slot| TemplateSlot { template: id, ..slot });
            let slots = self.with_ids(copied.collect());
            super::drawing::check_step(slots.len())?;
            let changes = std::iter::once(Change::add(copy)).chain(slots.into_iter().map(Change::add));
            writing.record(changes.collect())?;
            Ok(mapping.unmapped)
        })?;
        Ok(TemplateCopied {
            template: self.template_after(id)?,
            unmapped,
        })
    }

    pub fn share_template(&self, request: ShareTemplate) -> Result<TemplateDetail, DeskError> {
        self.write(Op::ShareTemplate, |writing| {
            let record = template(writing.reads(), request.template, "template")?;
            if record.location == request.location {
                return Err(DeskError::new(
                    "own_location",
                    "The template belongs to this location: it is used there anyway.",
                )
                .hint("Choose another location.")
                .field("location"));
            }
            let before = writing
                .reads()
                .template_share(request.template, request.location)?;
            if !request.is_shared {
                let Some(before) = before.filter(|share| !share.is_ended) else {
                    return Ok(());
                };
                let after = TemplateShare {
                    is_ended: true,
                    ..before.clone()
                };
                return writing.record(vec![Change::edit(before, after)]);
            }
            // What any version uses can be applied there.
            let mut slots = writing.reads().template_slots(record.id)?;
            for head in writing.reads().template_versions(record.id)? {
                slots.extend(slots_of(writing.reads(), record.id, Some(head.id), "template")?);
            }
            let mapping = mapping(
                &writing.roster,
                &slots,
                request.location,
                &request.operatories,
                &request.providers,
            )?;
            let after = TemplateShare {
                template: record.id,
                location: request.location,
                operatories: mapping
                    .operatories
                    .iter()
                    .filter_map(|(from, to)| Some((*from, (*to)?)))
                    .collect(),
                // Who is not named stays.
                providers: mapping
                    .providers
                    .iter()
                    .filter_map(|(from, to)| Some((*from, (*to)?)))
                    .filter(|(from, to)| from != to)
                    .collect(),
                without: mapping
                    .providers
                    .iter()
                    .filter(|(_, to)| to.is_none())
                    .map(|(from, _)| *from)
                    .collect(),
                is_ended: false,
            };
            match before {
                Some(before) if before == after => Ok(()),
                Some(before) => writing.record(vec![Change::edit(before, after)]),
                None => writing.record(vec![Change::add(after)]),
            }
        })?;
        self.template_after(request.template)
    }
}

/// What the names suggest, with what was decided instead; decisions name things that are there.
fn mapping(
    roster: &clinic::Roster,
    slots: &[TemplateSlot],
    to: clinic::LocationId,
    operatories: &[OperatoryMapping],
    providers: &[ProviderMapping],
) -> Result<Mapping, DeskError> {
    known_location(roster, to, "location")?;
    for mapping in operatories {
        let Some(id) = mapping.to else { continue };
        if roster.operatory(id).is_none_or(|record| record.location != to) {
            return Err(
                DeskError::new("unknown_operatory", "The other location has no such operatory.")
                    .hint("Choose one of its operatories, or none.")
                    .field("operatories"),
            );
        }
    }
    for mapping in providers {
        if mapping.to.is_some_and(|id| roster.provider(id).is_none()) {
            return Err(DeskError::new("unknown_provider", "There is no such provider.").field("providers"));
        }
    }
    let operatories: Vec<_> = operatories.iter().map(|pair| (pair.from, pair.to)).collect();
    let providers: Vec<_> = providers.iter().map(|pair| (pair.from, pair.to)).collect();
    Ok(suggest_mapping(roster, slots, to, &operatories, &providers))
}
