//! Typed questions to the rows. No SQL outside this crate.

mod calendar;
mod conflicts;
mod history;
mod log;
mod paging;
mod people;
mod templates;

pub use calendar::{Density, DensityBy, DensityPart, RangeFilter};
pub use conflicts::{FieldConflict, FieldConflictKey, FieldValue};
pub use history::HistoryFilter;
pub use log::{Cursor, OutboxEntry, QuarantinedEntry, ReleasedEntry};
pub use people::Counts;
pub use templates::VersionHead;

use clinic::{Entity, EntityKind};
use rusqlite::{Connection, Params, Row};

use crate::{StoreError, rows};

/// The database for reading: the last commit, or inside a transaction what was recorded so far.
#[derive(Clone, Copy)]
pub struct Reads<'c> {
    pub(crate) connection: &'c Connection,
}

impl<'c> Reads<'c> {
    pub(crate) fn new(connection: &'c Connection) -> Reads<'c> {
        Reads { connection }
    }

    /// Any record by kind and key (see [`Entity::key`]).
    pub fn entity(&self, kind: EntityKind, key: &str) -> Result<Option<Entity>, StoreError> {
        rows::load(self.connection, kind, key)
    }

    /// All rows of a query as records.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read(row)?);
        }
        Ok(all)
    }

    pub(crate) fn one<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        rows.next()?.map(read).transpose()
    }
}
