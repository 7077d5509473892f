//! Who may do what: roles, permissions and the table between them, which an administrator can change. Judged the same
//! way for a command at this desk and for a change that another workstation sent.

mod rights;
mod touch;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use rights::{Grant, NotAllowed, Places, Rights};
pub use touch::{Deed, Need, Touch, needs_of, touches_of};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal, $words:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];
            /// Stable name in files, statements and on the command line.
            pub fn code(self) -> &'static str { match self { $($name::$variant => $code,)* } }
            /// As a person says it.
            pub fn words(self) -> &'static str { match self { $($name::$variant => $words,)* } }
            pub fn from_code(code: &str) -> Option<$name> { match code { $($code => Some($name::$variant),)* _ => None } }
        }
    };
}

codes! {
    /// What somebody is in the practice. One person may have several, each for some places.
    Role {
        /// Everything, and makes other super admins.
        SuperAdmin = "super_admin", "Super Admin";
        /// Runs the practice: people, settings, everything at the calendar.
        ClinicAdmin = "clinic_admin", "Clinic Admin";
        Doctor = "doctor", "Doctor";
        ClinicalStaff = "clinical_staff", "Clinical Staff";
        FrontDesk = "front_desk", "Front Desk";
        Billing = "billing", "Billing";
        ReadOnly = "read_only", "Read Only";
    }
}

codes! {
    /// What a role can be allowed (`mission.md` R). Settings, people and the relay are not among them: they are the
    /// administrators'.
    Permission {
        ViewCalendar = "booking:view_calendar", "see the calendar";
        CreateAppointment = "booking:create_appointment", "book visits and add patients";
        ModifyAppointment = "booking:modify_appointment", "change visits, patients and block-outs";
        CancelAppointment = "booking:cancel_appointment", "cancel visits";
        /// Beside the ten of the mission: “overridable by whoever may” (A6).
        OverrideRules = "booking:override_rules", "override a rule that refuses, with a reason";
        ManageTemplates = "booking:manage_templates", "design templates";
        ApplyTemplates = "booking:apply_templates", "apply templates";
        ManageWaitlist = "booking:manage_waitlist", "keep the waitlist";
        HandleEmergency = "booking:handle_emergency", "place emergencies";
        ViewAnalytics = "booking:view_analytics", "see the figures";
        ManageReminders = "booking:manage_reminders", "set up reminders";
    }
}

impl Role {
    /// May change settings, people and keys.
    pub fn is_administrator(self) -> bool {
        matches!(self, Role::SuperAdmin | Role::ClinicAdmin)
    }
}

impl Permission {
    /// Who has it unless the practice says otherwise.
    pub fn default_roles(self) -> BTreeSet<Role> {
        use Role::*;
        let roles: &[Role] = match self {
            Permission::ViewCalendar => Role::ALL,
            Permission::CreateAppointment | Permission::ModifyAppointment | Permission::OverrideRules => {
                &[FrontDesk, ClinicalStaff, Doctor, ClinicAdmin]
            }
            Permission::CancelAppointment => &[FrontDesk, Doctor, ClinicAdmin],
            Permission::ManageTemplates | Permission::ManageReminders => &[ClinicAdmin],
            Permission::ApplyTemplates | Permission::ManageWaitlist => &[ClinicAdmin, FrontDesk],
            Permission::HandleEmergency => &[FrontDesk, ClinicalStaff, Doctor, ClinicAdmin],
            Permission::ViewAnalytics => &[ClinicAdmin, Doctor],
        };
        roles.iter().copied().collect()
    }
}

/// The practice's own table: which roles have which permission. What is not listed keeps its default; Super Admin has
/// every permission whatever it says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleTable(pub BTreeMap<Permission, BTreeSet<Role>>);

impl RoleTable {
    pub fn roles(&self, permission: Permission) -> BTreeSet<Role> {
        let mut roles = self
            .0
            .get(&permission)
            .cloned()
            .unwrap_or_else(|| permission.default_roles());
        roles.insert(Role::SuperAdmin);
        roles
    }

    pub fn allows(&self, role: Role, permission: Permission) -> bool {
        role == Role::SuperAdmin
            || match self.0.get(&permission) {
                Some(roles) => roles.contains(&role),
                None => permission.default_roles().contains(&role),
            }
    }

    /// The table with one line changed; a line that says what the default says is left out.
    #[must_use]
    pub fn with(&self, permission: Permission, roles: BTreeSet<Role>) -> RoleTable {
        let mut table = self.clone();
        let without = |mut roles: BTreeSet<Role>| {
            roles.remove(&Role::SuperAdmin);
            roles
        };
        if without(roles.clone()) == without(permission.default_roles()) {
            table.0.remove(&permission);
        } else {
            table.0.insert(permission, roles);
        }
        table
    }
}
