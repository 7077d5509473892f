//! Templates at other locations: copied or shared, with what belongs to what there.

use clinic::LocationId;
use desk::DeskError;
use desk::api::{
    CopyTemplate, Handlers as _, OperatoryMapping, ProviderMapping, ShareTemplate, TemplateSummary,
};

use super::{detail, find, version_of};
use crate::answer::{Answer, Outcome, columns};
use crate::args::MappingArgs;
use crate::names::Practice;

pub fn copy(
    practice: &Practice,
    template: &str,
    location: Option<&str>,
    name: Option<String>,
    version: Option<&str>,
    mapping: &MappingArgs,
) -> Outcome {
    let known = find(practice, template)?;
    let location = match location {
        Some(text) => practice.location(text)?,
        None => known.location,
    };
    let request = request(practice, &known, location, version, mapping)?;
    let copied = practice.front.copy_template(CopyTemplate { name, ..request })?;
    let mut text = format!("{} {}\n", copied.template.name, copied.template.id);
    for words in &copied.unmapped {
        text.push_str(&format!("{words}\n"));
    }
    Ok(Answer::new(&copied, text))
}

/// What a copy or share would map; changes nothing.
pub fn map(
    practice: &Practice,
    template: &str,
    location: &str,
    version: Option<&str>,
    mapping: &MappingArgs,
) -> Outcome {
    let known = find(practice, template)?;
    let location = practice.location(location)?;
    let mapped = practice
        .front
        .map_template(request(practice, &known, location, version, mapping)?)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for one in &mapped.operatories {
        let to = one.to.map_or("left out", |id| practice.operatory_name(id));
        rows.push(vec![practice.operatory_name(one.from).to_owned(), to.to_owned()]);
    }
    for one in &mapped.providers {
        let to = one
            .to
            .map_or("whoever works there", |id| practice.provider_name(id));
        rows.push(vec![practice.provider_name(one.from).to_owned(), to.to_owned()]);
    }
    let mut text = columns(&rows);
    for words in &mapped.unmapped {
        text.push_str(&format!("{words}\n"));
    }
    Ok(Answer::new(&mapped, text))
}

pub fn share(
    practice: &Practice,
    template: &str,
    location: &str,
    end: bool,
    mapping: &MappingArgs,
) -> Outcome {
    let known = find(practice, template)?;
    let location = practice.location(location)?;
    let (operatories, providers) = read(practice, known.location, location, mapping)?;
    let shared = practice.front.share_template(ShareTemplate {
        template: known.id,
        location,
        is_shared: !end,
        operatories,
        providers,
    })?;
    let place = practice.location_name(location);
    let text = if end {
        format!("{place} no longer uses {}.\n", shared.name)
    } else {
        format!("{place} uses {}.\n", shared.name)
    };
    Ok(Answer::new(&shared, text))
}

fn request(
    practice: &Practice,
    known: &TemplateSummary,
    location: LocationId,
    version: Option<&str>,
    mapping: &MappingArgs,
) -> Result<CopyTemplate, DeskError> {
    let (operatories, providers) = read(practice, known.location, location, mapping)?;
    let version = match version {
        None => None,
        Some(text) => Some(version_of(&detail(practice, known)?, text)?),
    };
    Ok(CopyTemplate {
        template: known.id,
        version,
        location,
        name: None,
        operatories,
        providers,
    })
}

/// `Op 1=Op 3`, or `Op 1=` for none.
fn read(
    practice: &Practice,
    home: LocationId,
    there: LocationId,
    given: &MappingArgs,
) -> Result<(Vec<OperatoryMapping>, Vec<ProviderMapping>), DeskError> {
    let mut operatories = Vec::with_capacity(given.operatory.len());
    for text in &given.operatory {
        let (from, to) = sides(text, "operatory")?;
        operatories.push(OperatoryMapping {
            from: practice.operatory(from, Some(home))?,
            to: to.map(|to| practice.operatory(to, Some(there))).transpose()?,
        });
    }
    let mut providers = Vec::with_capacity(given.provider.len());
    for text in &given.provider {
        let (from, to) = sides(text, "provider")?;
        providers.push(ProviderMapping {
            from: practice.provider(from)?,
            to: to.map(|to| practice.provider(to)).transpose()?,
        });
    }
    Ok((operatories, providers))
}

fn sides<'t>(text: &'t str, field: &str) -> Result<(&'t str, Option<&'t str>), DeskError> {
    let (from, to) = text.split_once('=').ok_or_else(|| {
        DeskError::new("not_clear", format!("“{text}” does not say what becomes what."))
            .hint("Write “Op 1=Op 3”, or “Op 1=” where there is none.")
            .field(field)
    })?;
    let to = to.trim();
    Ok((from.trim(), (!to.is_empty()).then_some(to)))
}
