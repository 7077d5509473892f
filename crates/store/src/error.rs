//! What can go wrong at the disk and at the one door, each as something a person can act on.

use std::path::PathBuf;

use clinic::{EntityKind, Op, PersonId, WorkstationId};

/// Why the store could not do it. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Written by a newer release; `found` and `ours` are numbers of migrations.
    #[error(
        "this practice was last used with a newer version of the program (data version {found}, this program knows {ours}): update this workstation"
    )]
    NewerVersion { found: u32, ours: u32 },
    #[error("the key does not open this practice")]
    WrongKey,
    #[error("the passphrase is not right")]
    WrongPassphrase,
    /// Damaged: restore from a backup or fetch again from the relay.
    #[error("the practice's file is damaged: {detail}")]
    Corrupt { detail: String },
    /// `sound` of `confirmed` pieces of the write-ahead log can be read. Nothing was touched.
    #[error(
        "the newest work of this practice cannot be read: {} is damaged ({sound} of {confirmed} pieces are sound)",
        path.display()
    )]
    LogDamaged {
        path: PathBuf,
        confirmed: u32,
        sound: u32,
    },
    #[error("there is no practice in {}", path.display())]
    NotThere { path: PathBuf },
    #[error("{} holds a practice already", path.display())]
    AlreadyExists { path: PathBuf },
    /// Another program kept the file locked for longer than the wait.
    #[error("another program is writing to the practice's file: try again")]
    Busy,
    #[error("the disk is full: make room and try again; nothing was changed")]
    DiskFull,
    #[error("{0}")]
    Io(String),
    /// One backup; others may be sound. `detail` names the file.
    #[error("the backup is damaged: {detail}")]
    BackupDamaged { detail: String },
    #[error("there is no backup in {}", path.display())]
    NoBackup { path: PathBuf },
    /// A folder that is away, read-only, or no folder at all.
    #[error("the backup folder {} cannot be used: {detail}", path.display())]
    BackupFolder { path: PathBuf, detail: String },
    #[error("there is no room left in {}: this backup was not made, older ones are untouched", path.display())]
    BackupDiskFull { path: PathBuf },
    /// The key lies in this workstation's keychain alone.
    #[error(
        "backups need a passphrase: this workstation's key lies in its keychain alone, and a backup must open elsewhere"
    )]
    BackupUnprotected,
    #[error("a backup is being made already")]
    BackupRunning,
    #[error("the backup was stopped before it was finished: older ones are untouched")]
    BackupStopped,
    /// A plan was made from a record that has changed or gone since.
    #[error("the {} changed meanwhile: look again and repeat", words(*kind))]
    Outdated { kind: EntityKind, key: String },
    /// A plan that no document can hold.
    #[error("{0}")]
    Unfit(String),
    /// The envelope could not be sealed.
    #[error("the change could not be sealed: {0}")]
    Seal(String),
    /// The relay's log does not continue where this workstation left it.
    #[error("position {position} of the relay’s log holds another envelope than before")]
    Forked { position: u64 },
    /// A newcomer's calendar is not here completely.
    #[error("the calendar is still arriving: you can look at what is here, and write in a moment")]
    Arriving,
    #[error("there is nothing to undo")]
    NothingToUndo,
    #[error("there is nothing to redo")]
    NothingToRedo,
    #[error(transparent)]
    CannotUndo(Box<CannotUndo>),
}

/// Why an operation cannot be taken back or done again: something it touched is no longer as it left it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot take back “{}”: the {} changed since", .op.words(), changed(*.kind, .field.as_deref()))]
pub struct CannotUndo {
    /// The operation that stays.
    pub op: Op,
    pub kind: EntityKind,
    pub key: String,
    /// The field that has another value now; none if the whole record is gone, came back or is in use.
    pub field: Option<String>,
    /// Who changed it since, where that is known.
    pub by: Option<(PersonId, WorkstationId)>,
}

fn changed(kind: EntityKind, field: Option<&str>) -> String {
    match field {
        Some(field) => format!("{}’s {}", words(kind), field.replace('_', " ")),
        None => words(kind).to_owned(),
    }
}

/// A kind of record as a person says it.
pub(crate) fn words(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Practice => "practice",
        EntityKind::Person => "person",
        EntityKind::Workstation => "workstation",
        EntityKind::AppointmentType => "appointment type",
        EntityKind::Location => "location",
        EntityKind::Operatory => "operatory",
        EntityKind::Provider => "provider",
        EntityKind::TimeBlock => "block-out",
        EntityKind::Patient => "patient",
        EntityKind::Appointment => "visit",
        EntityKind::AcceptedConflict => "decision about an overlap",
        EntityKind::RecurringAppointment => "series of visits",
        EntityKind::ScheduleTemplate => "template",
        EntityKind::TemplateSlot => "template slot",
        EntityKind::TemplateVersion => "template’s version",
        EntityKind::TemplateShare => "share of a template",
        EntityKind::TemplateApplication => "applied template",
        EntityKind::DaySlot => "slot of a day",
        EntityKind::Equipment => "equipment",
    }
}

impl StoreError {
    pub(crate) fn corrupt(detail: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt {
            detail: detail.to_string(),
        }
    }
}

impl From<CannotUndo> for StoreError {
    fn from(error: CannotUndo) -> Self {
        StoreError::CannotUndo(Box::new(error))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
            Some(ErrorCode::DiskFull) => StoreError::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::corrupt(error),
            // A page whose authentication tag does not fit reads as an input error in SQLCipher.
            Some(ErrorCode::SystemIoFailure) => StoreError::Io(format!("the disk refused: {error}")),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                StoreError::Io(format!("the practice’s file cannot be written: {error}"))
            }
            _ => StoreError::Io(error.to_string()),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => StoreError::DiskFull,
            _ => StoreError::Io(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        StoreError::corrupt(error)
    }
}
