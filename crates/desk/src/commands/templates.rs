//! Schedule templates: drawing, versions, sharing, applying, figures.

use crate::DeskError;
use crate::api::*;
use crate::desk::Desk;

impl Desk {
    pub fn templates(&self, _request: TemplatesRequest) -> Result<TemplateList, DeskError> {
        unimplemented!()
    }
    pub fn template(&self, _request: TemplateRef) -> Result<TemplateDetail, DeskError> {
        unimplemented!()
    }
    pub fn create_template(&self, _request: CreateTemplate) -> Result<TemplateDetail, DeskError> {
        unimplemented!()
    }
    pub fn update_template(&self, _request: UpdateTemplate) -> Result<TemplateDetail, DeskError> {
        unimplemented!()
    }
    pub fn change_template_slots(
        &self,
        _request: ChangeTemplateSlots,
    ) -> Result<TemplateSlotsChanged, DeskError> {
        unimplemented!()
    }
    pub fn check_template_slots(&self, _request: ChangeTemplateSlots) -> Result<TemplateCheck, DeskError> {
        unimplemented!()
    }
    pub fn fill_template(&self, _request: FillTemplate) -> Result<TemplateSlotsChanged, DeskError> {
        unimplemented!()
    }
    pub fn copy_template_column(
        &self,
        _request: CopyTemplateColumn,
    ) -> Result<TemplateSlotsChanged, DeskError> {
        unimplemented!()
    }
    pub fn save_template_version(&self, _request: SaveTemplateVersion) -> Result<TemplateDetail, DeskError> {
        unimplemented!()
    }
    pub fn restore_template_version(
        &self,
        _request: TemplateVersionRef,
    ) -> Result<TemplateDetail, DeskError> {
        unimplemented!()
    }
    pub fn diff_template(&self, _request: DiffTemplate) -> Result<TemplateDiff, DeskError> {
        unimplemented!()
    }
    pub fn map_template(&self, _request: CopyTemplate) -> Result<TemplateMapping, DeskError> {
        unimplemented!()
    }
    pub fn copy_template(&self, _request: CopyTemplate) -> Result<TemplateCopied, DeskError> {
        unimplemented!()
    }
    pub fn share_template(&self, _request: ShareTemplate) -> Result<TemplateDetail, DeskError> {
        unimplemented!()
    }
    pub fn plan_application(&self, _request: ApplicationFields) -> Result<ApplicationPlan, DeskError> {
        unimplemented!()
    }
    pub fn apply_template(&self, _request: ApplyTemplate) -> Result<TemplateApplied, DeskError> {
        unimplemented!()
    }
    pub fn applications(&self, _request: ApplicationsRequest) -> Result<Applications, DeskError> {
        unimplemented!()
    }
    pub fn remove_application(&self, _request: RemoveApplication) -> Result<UndoState, DeskError> {
        unimplemented!()
    }
    pub fn template_day(&self, _request: TemplateDayRequest) -> Result<TemplateDay, DeskError> {
        unimplemented!()
    }
    pub fn change_day_slots(&self, _request: ChangeDaySlots) -> Result<TemplateDay, DeskError> {
        unimplemented!()
    }
    pub fn template_analytics(&self, _request: AnalyticsRequest) -> Result<TemplateAnalytics, DeskError> {
        unimplemented!()
    }
    pub fn export_template_analytics(&self, _request: AnalyticsRequest) -> Result<AnalyticsFile, DeskError> {
        unimplemented!()
    }
}
