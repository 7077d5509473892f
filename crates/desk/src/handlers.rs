//! The table of commands, answered: those before a practice is open here, all others by the desk.

use crate::api::{self, Boot, Handlers, Nothing, access_of};
use crate::commands::backups;
use crate::front_desk::FrontDesk;
use crate::{DeskError, opening, recovering};

macro_rules! by_the_desk {
    ($($name:ident: $request:ty => $response:ty;)*) => {
        $(fn $name(&self, request: $request) -> Result<$response, DeskError> {
            let desk = self.desk_for(access_of::$name)?;
            desk.audited(stringify!($name), request, |request| desk.$name(request))
        })*
    };
}

macro_rules! by_the_desk_alone {
    ($($name:ident => $response:ty;)*) => {
        $(fn $name(&self, request: Nothing) -> Result<$response, DeskError> {
            let desk = self.desk_for(access_of::$name)?;
            desk.audited(stringify!($name), request, |_| desk.$name())
        })*
    };
}

impl Handlers for FrontDesk {
    fn boot(&self, _: Nothing) -> Result<Boot, DeskError> {
        Ok(self.look_again())
    }

    fn unlock(&self, request: api::Unlock) -> Result<Boot, DeskError> {
        self.enter(|with| opening::open(with, Some(&request.passphrase)))
    }

    fn init_practice(&self, request: api::InitPractice) -> Result<Boot, DeskError> {
        self.enter(|with| opening::found(with, &request))
    }

    fn join_practice(&self, request: api::JoinPractice) -> Result<Boot, DeskError> {
        self.enter(|with| opening::join(with, &request))
    }

    fn open_demo(&self, request: api::OpenDemo) -> Result<Boot, DeskError> {
        self.enter(|with| opening::demo(with, &request))
    }

    fn restore_backup(&self, request: api::RestoreBackup) -> Result<Boot, DeskError> {
        self.enter(|with| opening::restore(with, &request))
    }

    fn restore_from_kit(&self, request: api::RestoreFromKit) -> Result<Boot, DeskError> {
        self.enter(|with| recovering::restore_from_kit(with, &request))
    }

    fn reset_with_kit(&self, request: api::ResetWithKit) -> Result<api::Session, DeskError> {
        let desk = self.desk()?;
        desk.audited("reset_with_kit", request, |request| {
            desk.reset_with_kit(&request, self.passphrase_cost())
        })
    }

    fn save_backup_settings(&self, request: api::SaveBackupSettings) -> Result<api::BackupState, DeskError> {
        let desk = self.desk_for(access_of::save_backup_settings)?;
        desk.audited("save_backup_settings", request, |request| {
            desk.save_backup_settings(request, self.passphrase_cost())
        })
    }

    fn back_up_now(&self, request: api::BackUpNow) -> Result<api::BackupView, DeskError> {
        let desk = self.desk_for(access_of::back_up_now)?;
        desk.audited("back_up_now", request, |request| {
            desk.back_up_now(request, self.passphrase_cost())
        })
    }

    fn list_backups(&self, request: api::ListBackups) -> Result<api::Backups, DeskError> {
        backups::list(&self.backup_folder(request.folder)?)
    }

    fn verify_backup(&self, request: api::VerifyBackup) -> Result<api::BackupCheck, DeskError> {
        let folder = self.backup_folder(request.folder.clone())?;
        let desk = self.desk().ok();
        let passphrase = self.passphrase();
        backups::check(
            self.dir(),
            desk.as_deref(),
            &folder,
            &request,
            passphrase,
            self.listeners(),
        )
    }

    fn zones(&self, _: Nothing) -> Result<api::ZoneList, DeskError> {
        Ok(opening::zone_list(self.dir()))
    }

    fn now(&self, _: Nothing) -> Result<api::Now, DeskError> {
        Ok(self.desk()?.now_view())
    }

    fn cancel_job(&self, request: api::JobRef) -> Result<Nothing, DeskError> {
        self.desk_for(access_of::cancel_job)?.cancel_job(&request.job);
        Ok(Nothing {})
    }

    fn session(&self, _: Nothing) -> Result<api::Session, DeskError> {
        Ok(self.desk()?.session())
    }

    fn sign_in(&self, request: api::SignIn) -> Result<api::Session, DeskError> {
        let desk = self.desk()?;
        desk.audited("sign_in", request, |request| {
            desk.sign_in(request.person, &request.passphrase, request.code.as_deref())
        })
    }

    fn resume(&self, request: api::Pin) -> Result<api::Session, DeskError> {
        let desk = self.desk()?;
        desk.audited("resume", request, |request| desk.resume(&request.pin))
    }

    fn touched(&self, _: Nothing) -> Result<Nothing, DeskError> {
        self.desk()?.touched();
        Ok(Nothing {})
    }

    fn set_pin(&self, request: api::Pin) -> Result<api::Session, DeskError> {
        let desk = self.desk_for(access_of::set_pin)?;
        desk.audited("set_pin", request, |request| desk.set_pin(&request.pin))
    }

    fn choose_passphrase(&self, request: api::ChoosePassphrase) -> Result<api::Session, DeskError> {
        let desk = self.desk_for(access_of::choose_passphrase)?;
        desk.audited("choose_passphrase", request, |request| {
            desk.choose_passphrase(
                request.current.as_deref(),
                &request.passphrase,
                self.passphrase_cost(),
            )
        })
    }

    fn break_glass(&self, request: api::BreakGlass) -> Result<api::Session, DeskError> {
        let desk = self.desk_for(access_of::break_glass)?;
        desk.audited("break_glass", request, |request| {
            desk.break_glass(&request.reason)
        })
    }

    fn add_person(&self, request: api::AddPerson) -> Result<api::People, DeskError> {
        let desk = self.desk_for(access_of::add_person)?;
        desk.audited("add_person", request, |request| {
            desk.add_person(request, self.passphrase_cost())
        })
    }

    fn reset_login(&self, request: api::ResetLogin) -> Result<api::People, DeskError> {
        let desk = self.desk_for(access_of::reset_login)?;
        desk.audited("reset_login", request, |request| {
            desk.reset_login(request, self.passphrase_cost())
        })
    }

    fn set_aside(&self, request: Nothing) -> Result<api::SetAside, DeskError> {
        let desk = self.desk_for(access_of::set_aside)?;
        desk.audited("set_aside", request, |_| desk.set_aside_list())
    }

    by_the_desk_alone! {
        lock => api::Session;
        pinboard => api::Pinboard;
        end_emergency => api::Session;
        begin_second_factor => api::SecondFactorOffer;
        people => api::People;
        hello => api::Hello;
        conflicts => api::Conflicts;
        audit_actions => api::AuditActions;
        undo => api::Undone;
        downtime_state => api::DowntimeState;
        write_downtime_now => api::DowntimeState;
        redo => api::Undone;
        backup_state => api::BackupState;
        sync_state => api::SyncState;
        sync_now => api::SyncState;
        log_cover => api::LogCover;
        cover_log => api::LogCover;
    }

    by_the_desk! {
        set_preferences: api::Preferences => api::Preferences;
        save_views: api::CalendarViews => api::CalendarViews;
        save_setting: api::SaveSetting => api::RosterView;
        preview_type_change: api::TypeChange => api::TypeChangePreview;
        day_sheet: api::DaySheetRequest => api::DaySheet;
        day_as_of: api::DayAsOfRequest => api::DayAsOf;
        month_density: api::MonthRequest => api::MonthDensity;
        appointment: api::AppointmentRef => api::AppointmentDetail;
        book_appointment: api::BookAppointment => api::AppointmentChanged;
        family_openings: api::FamilyOpeningsRequest => api::FamilyOpenings;
        book_family: api::BookFamily => api::FamilyBooked;
        move_appointment: api::MoveAppointment => api::AppointmentChanged;
        swap_appointments: api::SwapAppointments => api::AppointmentsSwapped;
        change_length: api::ChangeLength => api::AppointmentChanged;
        merge_procedures: api::MergeProcedures => api::MergedProcedures;
        change_procedures: api::ChangeProcedures => api::AppointmentChanged;
        set_status: api::SetStatus => api::AppointmentChanged;
        cancel_appointment: api::CancelAppointment => api::AppointmentChanged;
        edit_appointment: api::EditAppointment => api::AppointmentChanged;
        check_placement: api::CheckPlacement => api::PlacementCheck;
        check_change: api::CheckChange => api::PlacementCheck;
        openings: api::OpeningsRequest => api::Openings;
        ics: api::IcsRequest => api::IcsFile;
        plan_series: api::SeriesFields => api::SeriesPlan;
        book_series: api::SeriesFields => api::SeriesBooked;
        visit_series: api::AppointmentRef => Option<api::VisitSeries>;
        plan_series_change: api::ChangeSeries => api::SeriesPlan;
        change_series: api::ChangeSeries => api::SeriesChanged;
        cancel_series: api::CancelSeries => api::SeriesChanged;
        series_ics: api::AppointmentRef => api::IcsFile;
        print_day_sheet: api::PrintRequest => api::PrintedFile;
        print_week: api::PrintRequest => api::PrintedFile;
        print_route_slips: api::PrintRequest => api::PrintedFile;
        save_downtime: api::SaveDowntime => api::DowntimeState;
        add_time_block: api::AddTimeBlock => api::BlockCard;
        change_time_block: api::ChangeTimeBlock => api::BlockCard;
        remove_time_block: api::TimeBlockRef => api::UndoState;
        time_block: api::TimeBlockRef => api::BlockDetail;
        add_block_series: api::AddBlockSeries => api::BlocksChanged;
        change_block_series: api::ChangeBlockSeries => api::BlocksChanged;
        remove_block_series: api::RemoveBlockSeries => api::BlocksChanged;
        paste_blocks: api::PasteBlocks => api::BlocksChanged;
        plan_absence: api::AbsenceFields => api::AbsencePlan;
        enter_absence: api::AbsenceFields => api::AbsenceEntered;
        remove_absence: api::TimeBlockRef => api::UndoState;
        absences: api::AbsencesRequest => api::Absences;
        templates: api::TemplatesRequest => api::TemplateList;
        template: api::TemplateRef => api::TemplateDetail;
        create_template: api::CreateTemplate => api::TemplateDetail;
        update_template: api::UpdateTemplate => api::TemplateDetail;
        change_template_slots: api::ChangeTemplateSlots => api::TemplateSlotsChanged;
        check_template_slots: api::ChangeTemplateSlots => api::TemplateCheck;
        fill_template: api::FillTemplate => api::TemplateSlotsChanged;
        copy_template_column: api::CopyTemplateColumn => api::TemplateSlotsChanged;
        save_template_version: api::SaveTemplateVersion => api::TemplateDetail;
        restore_template_version: api::TemplateVersionRef => api::TemplateDetail;
        diff_template: api::DiffTemplate => api::TemplateDiff;
        map_template: api::CopyTemplate => api::TemplateMapping;
        copy_template: api::CopyTemplate => api::TemplateCopied;
        share_template: api::ShareTemplate => api::TemplateDetail;
        plan_application: api::ApplicationFields => api::ApplicationPlan;
        apply_template: api::ApplyTemplate => api::TemplateApplied;
        applications: api::ApplicationsRequest => api::Applications;
        remove_application: api::RemoveApplication => api::UndoState;
        template_day: api::TemplateDayRequest => api::TemplateDay;
        change_day_slots: api::ChangeDaySlots => api::TemplateDay;
        template_analytics: api::AnalyticsRequest => api::TemplateAnalytics;
        export_template_analytics: api::AnalyticsRequest => api::AnalyticsFile;
        pin_appointment: api::PinAppointment => api::AppointmentChanged;
        unpin_appointment: api::AppointmentRef => api::AppointmentChanged;
        plan_rescheduling: api::ReschedulingRequest => api::RescheduleProposal;
        reschedule_visits: api::RescheduleVisits => api::VisitsRescheduled;
        find_patients: api::FindPatients => api::PatientHits;
        list_patients: api::ListPatients => api::PatientPage;
        patient: api::PatientRef => api::PatientDetail;
        add_patient: api::AddPatient => api::PatientView;
        update_patient: api::UpdatePatient => api::PatientView;
        keep_both: api::KeepBoth => api::Conflicts;
        choose_value: api::ChooseValue => api::Conflicts;
        history: api::HistoryRequest => api::History;
        letters: api::LettersRequest => api::Letters;
        import: api::Import => api::ImportReport;
        relay_invite: api::RelayInvite => api::Invitation;
        set_lock_after: api::LockAfter => api::Session;
        update_person: api::UpdatePerson => api::People;
        set_permission: api::SetPermission => api::People;
        remove_workstation: api::WorkstationRef => api::People;
        recovery_status: api::RecoveryCheck => api::RecoveryStatus;
        make_recovery_kit: api::MakeRecoveryKit => api::RecoveryKit;
        confirm_second_factor: api::Code => api::BackupCodes;
        remove_second_factor: api::Code => api::Session;
        trust_workstation: api::TrustWorkstation => api::Session;
        require_second_factor: api::RequireSecondFactor => api::Session;
        release_set_aside: api::ReleaseSetAside => api::SetAside;
        audit_list: api::AuditRequest => api::AuditLog;
        audit_export: api::AuditExport => api::AuditFile;
        audit_patient: api::PatientRef => api::PatientAudit;
        audit_verify: api::AuditVerify => api::AuditCheck;
    }
}
