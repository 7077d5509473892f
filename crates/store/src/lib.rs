//! The one door for writes: SQLite rows and Automerge documents in one transaction; typed queries for reads.
//!
//! Envelopes and documents are the truth, rows are derived from documents and can be rebuilt. [`Store::transact`] is
//! how anything changes: rules return plans, the closure records them, and rows, documents, sealed envelope and
//! history commit together or not at all. What comes from other workstations goes through [`Store::merge`].

mod apply;
pub mod audit;
pub mod backup;
mod batch;
mod changes;
mod comparing;
mod connection;
mod cover;
mod document;
mod documents;
mod draft;
mod error;
mod fields;
mod genesis;
mod inbox;
mod log;
mod log_end;
mod membership;
mod memory;
mod merge;
mod overlaps;
mod past;
mod queries;
mod rebuild;
mod rows;
mod scratch;
mod search;
pub mod snapshot;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod touched;
mod transact;
mod tx;
mod undo;
mod vault;
mod versions;
mod withdraw;

pub use batch::Batch;
pub use changes::{By, ChangeSet, Committed, Sealed, Sealer};
pub use connection::{DATA_VERSION, database_path};
pub use cover::{COVER_FORM, Covered, Digest};
pub use draft::Draft;
pub use error::{CannotUndo, StoreError};
pub use inbox::Letter;
pub use log::{EnvelopeId, HistoryEntry};
pub use memory::PatientHead;
pub use merge::{Content, Incoming, MergeBatch, Merged, Release, Verdict};
pub use past::PastDay;
pub use queries::{
    Counts, Cursor, Density, DensityBy, DensityPart, FieldConflict, FieldConflictKey, FieldValue,
    HistoryFilter, OutboxEntry, QuarantinedEntry, RangeFilter, Reads, ReleasedEntry, VersionHead,
};
pub use rebuild::{Progress, RebuildReport, VerifyReport};
pub use scratch::Scratch;
pub use search::Found;
pub use store::Store;
pub use tx::Tx;
pub use undo::{UndoState, UndoStep};
pub use vault::{
    DatabaseKey, PassphraseCost, key_file, read_key_file, unwrap_secret, wrap_secret, write_key_file,
};
pub use versions::KeptVersions;
pub use withdraw::OpenOwn;
