//! What a command needs before it runs. What it changes is judged again when it writes, by what it touches.

use clinic::Permission;

/// Who may give a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Also before a practice is open, and while the desk is locked.
    Anybody,
    /// Whoever sits at the desk.
    SignedIn,
    /// Who has the permission at some location.
    Permission(Permission),
    /// Who has one of them at some location.
    AnyOf(&'static [Permission]),
    /// Administrators, of the practice or of a location.
    Administrator,
}

/// Short names for the table of commands.
pub(crate) mod needs {
    use super::{Access, Permission};

    pub const ANYBODY: Access = Access::Anybody;
    pub const SIGNED_IN: Access = Access::SignedIn;
    pub const VIEW: Access = Access::Permission(Permission::ViewCalendar);
    pub const CREATE: Access = Access::Permission(Permission::CreateAppointment);
    pub const MODIFY: Access = Access::Permission(Permission::ModifyAppointment);
    pub const CANCEL: Access = Access::Permission(Permission::CancelAppointment);
    pub const MANAGE_TEMPLATES: Access = Access::Permission(Permission::ManageTemplates);
    pub const APPLY_TEMPLATES: Access = Access::Permission(Permission::ApplyTemplates);
    pub const ANALYTICS: Access = Access::Permission(Permission::ViewAnalytics);
    /// Looking at templates, which no permission of its own allows: whoever draws, applies or weighs them.
    pub const TEMPLATES: Access = Access::AnyOf(&[
        Permission::ManageTemplates,
        Permission::ApplyTemplates,
        Permission::ViewAnalytics,
    ]);
    pub const ADMINISTRATOR: Access = Access::Administrator;
}
