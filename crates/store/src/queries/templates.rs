//! Templates, what they consist of, and where they are applied.

use std::collections::BTreeMap;

use clinic::{
    DaySlot, Entity, EntityKind, LocationId, OperatoryId, PersonId, ScheduleTemplate, TemplateApplication,
    TemplateApplicationId, TemplateId, TemplateShare, TemplateSlot, TemplateVersion, TemplateVersionId,
};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Reads;
use crate::{StoreError, fields, rows};

/// A version without its slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionHead {
    pub id: TemplateVersionId,
    pub template: TemplateId,
    pub number: u32,
    pub name: String,
    pub by: PersonId,
    pub at: Timestamp,
    pub slot_count: u32,
}

macro_rules! only {
    ($found:expr, $kind:ident) => {
        $found
            .into_iter()
            .filter_map(|entity| match entity {
                Entity::$kind(record) => Some(record),
                _ => None,
            })
            .collect()
    };
}

impl Reads<'_> {
    fn records(
        &self,
        kind: EntityKind,
        which: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<Entity>, StoreError> {
        let table = rows::table(kind);
        let sql = format!("SELECT {} FROM {} {which}", table.columns.join(", "), table.name);
        self.all(&sql, parameters, |row| rows::read(kind, row))
    }

    pub fn template(&self, id: TemplateId) -> Result<Option<ScheduleTemplate>, StoreError> {
        Ok(
            match self.entity(EntityKind::ScheduleTemplate, &id.to_string())? {
                Some(Entity::ScheduleTemplate(template)) => Some(template),
                _ => None,
            },
        )
    }

    /// Where a template is drawn.
    pub fn template_home(&self, id: TemplateId) -> Result<Option<LocationId>, StoreError> {
        let sql = "SELECT location FROM schedule_templates WHERE id = ?1";
        self.one(sql, [id.to_string()], |row| {
            fields::parse(row.get_ref(0)?.as_str().map_err(StoreError::corrupt)?)
        })
    }

    /// All of them, by id.
    pub fn templates(&self) -> Result<Vec<ScheduleTemplate>, StoreError> {
        Ok(only!(
            self.records(EntityKind::ScheduleTemplate, "ORDER BY id", [])?,
            ScheduleTemplate
        ))
    }

    /// A template's slots as they are now, by id.
    pub fn template_slots(&self, template: TemplateId) -> Result<Vec<TemplateSlot>, StoreError> {
        let which = "WHERE template = ?1 ORDER BY id";
        Ok(only!(
            self.records(EntityKind::TemplateSlot, which, [template.to_string()])?,
            TemplateSlot
        ))
    }

    /// A template's versions, newest first; of two with one number, the later.
    pub fn template_versions(&self, template: TemplateId) -> Result<Vec<VersionHead>, StoreError> {
        let sql = "SELECT id, template, number, name, \"by\", at,
                    coalesce(json_array_length(slots, '$.slots'), json_array_length(slots))
             FROM template_versions WHERE template = ?1 ORDER BY number DESC, at DESC, id DESC";
        self.all(sql, [template.to_string()], |row| {
            let text = |at: usize| row.get_ref(at)?.as_str().map_err(StoreError::corrupt);
            Ok(VersionHead {
                id: fields::parse(text(0)?)?,
                template: fields::parse(text(1)?)?,
                number: row.get(2)?,
                name: text(3)?.to_owned(),
                by: fields::parse(text(4)?)?,
                at: fields::parse(text(5)?)?,
                slot_count: row.get(6)?,
            })
        })
    }

    /// A version with its slots.
    pub fn template_version(&self, id: TemplateVersionId) -> Result<Option<TemplateVersion>, StoreError> {
        Ok(match self.entity(EntityKind::TemplateVersion, &id.to_string())? {
            Some(Entity::TemplateVersion(version)) => Some(version),
            _ => None,
        })
    }

    /// Where a template is used beside its own location, ended shares too; by location.
    pub fn template_shares(&self, template: TemplateId) -> Result<Vec<TemplateShare>, StoreError> {
        let which = "WHERE template = ?1 ORDER BY location";
        Ok(only!(
            self.records(EntityKind::TemplateShare, which, [template.to_string()])?,
            TemplateShare
        ))
    }

    pub fn template_share(
        &self,
        template: TemplateId,
        location: LocationId,
    ) -> Result<Option<TemplateShare>, StoreError> {
        let key = format!("{template}/{location}");
        Ok(match self.entity(EntityKind::TemplateShare, &key)? {
            Some(Entity::TemplateShare(share)) => Some(share),
            _ => None,
        })
    }

    pub fn template_application(
        &self,
        id: TemplateApplicationId,
    ) -> Result<Option<TemplateApplication>, StoreError> {
        Ok(
            match self.entity(EntityKind::TemplateApplication, &id.to_string())? {
                Some(Entity::TemplateApplication(application)) => Some(application),
                _ => None,
            },
        )
    }

    /// Applications at a location that end on a day or later, by id.
    pub fn template_applications(
        &self,
        location: LocationId,
        from: Date,
    ) -> Result<Vec<TemplateApplication>, StoreError> {
        let which = "WHERE location = ?1 AND until >= ?2 ORDER BY id";
        let parameters = [location.to_string(), from.to_string()];
        Ok(only!(
            self.records(EntityKind::TemplateApplication, which, parameters)?,
            TemplateApplication
        ))
    }

    /// Which application holds on each date of a location: of several the newest.
    pub fn applied_on(
        &self,
        location: LocationId,
        from: Date,
        until: Date,
    ) -> Result<BTreeMap<Date, TemplateApplicationId>, StoreError> {
        let sql =
            "SELECT date, application FROM application_dates WHERE location = ?1 AND date BETWEEN ?2 AND ?3
             ORDER BY date, millis, counter, workstation, application";
        let parameters = [location.to_string(), from.to_string(), until.to_string()];
        let found = self.all(sql, parameters, |row| {
            let text = |at: usize| row.get_ref(at)?.as_str().map_err(StoreError::corrupt);
            Ok((fields::parse(text(0)?)?, fields::parse(text(1)?)?))
        })?;
        Ok(found.into_iter().collect())
    }

    /// The last date on which a template is applied anywhere.
    pub fn template_applied_until(&self, template: TemplateId) -> Result<Option<Date>, StoreError> {
        let sql = "SELECT max(until) FROM template_applications
             WHERE EXISTS (SELECT 1 FROM json_each(weeks) WHERE json_extract(value, '$.template') = ?1)";
        let found = self.one(sql, [template.to_string()], |row| {
            Ok(row.get::<_, Option<String>>(0)?)
        })?;
        found.flatten().map(|date| fields::parse(&date)).transpose()
    }

    /// Whether dates anywhere rest on this version.
    pub fn version_is_applied(&self, version: TemplateVersionId) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM template_applications, json_each(weeks)
                              WHERE json_extract(value, '$.version') = ?1)";
        Ok(self
            .one(sql, [version.to_string()], |row| Ok(row.get(0)?))?
            .unwrap_or(false))
    }

    /// Where and when the visits of a date begin, as far as they take time.
    pub fn begins_on(
        &self,
        location: LocationId,
        date: Date,
    ) -> Result<Vec<(OperatoryId, Timestamp)>, StoreError> {
        let sql = "SELECT operatory, starts FROM appointments
             WHERE location = ?1 AND date = ?2 AND status NOT IN ('cancelled', 'no_show')";
        let parameters = rusqlite::params![location.to_bytes(), rows::yyyymmdd(date)];
        self.all(sql, parameters, |row| {
            let starts = Timestamp::from_second(row.get(1)?).map_err(StoreError::corrupt)?;
            Ok((OperatoryId::from_bytes(row.get(0)?), starts))
        })
    }

    /// What was changed by hand at a location on these dates, by date and slot.
    pub fn day_slots(
        &self,
        location: LocationId,
        from: Date,
        until: Date,
    ) -> Result<Vec<DaySlot>, StoreError> {
        let which = "WHERE location = ?1 AND date BETWEEN ?2 AND ?3 ORDER BY date, slot";
        let parameters = [location.to_string(), from.to_string(), until.to_string()];
        Ok(only!(
            self.records(EntityKind::DaySlot, which, parameters)?,
            DaySlot
        ))
    }
}
