//! Looking at today while the rest still comes: visits and patients of the first days are copied into temporary tables
//! (in memory, of this connection only) that have the names of the real ones and so stand before them. What comes meanwhile
//! through another connection has no indexes yet and shows only half of what is on most days; nobody looks at it.

use rusqlite::params;

use super::arrival::arriving;
use crate::queries::Reads;
use crate::snapshot::Days;
use crate::store::Store;
use crate::{StoreError, rows};

/// Which tables, and whose rows of them.
const SHADOWED: [(&str, &str); 2] = [("appointments", "patient"), ("patients", "id")];

impl Store {
    /// From now on shows what came with the packs of today and nothing else, if a calendar is arriving and they are here.
    /// Gives the days whose visits are here; each is whole.
    ///
    /// # Errors
    /// Of the disk.
    pub fn show_today(&mut self) -> Result<Option<Days>, StoreError> {
        self.show_all()?;
        let Some(days) = arriving(&self.connection)?.and_then(|arrival| arrival.days_here()) else {
            return Ok(None);
        };
        let transaction = self.connection.unchecked_transaction()?;
        let reads = Reads::new(&transaction);
        for (table, patient) in SHADOWED {
            let made = "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?1";
            let sql = reads.one(made, [table], |row| Ok(row.get::<_, String>(0)?))?;
            let sql = sql.ok_or_else(|| StoreError::corrupt(format!("it has no table {table}")))?;
            transaction.execute_batch(&sql.replacen("CREATE TABLE", "CREATE TEMP TABLE", 1))?;
            let fill = format!(
                "INSERT INTO temp.{table} SELECT * FROM main.{table} WHERE {patient} IN
                 (SELECT patient FROM main.appointments WHERE date BETWEEN ?1 AND ?2)"
            );
            let [first, last] = [days.first, days.last].map(rows::yyyymmdd);
            transaction.execute(&fill, params![first, last])?;
        }
        for sql in arriving(&transaction)?
            .map(|arrival| arrival.indexes)
            .unwrap_or_default()
        {
            transaction.execute_batch(&sql.replacen(" INDEX ", " INDEX temp.", 1))?;
        }
        transaction.commit()?;
        self.reload()?;
        Ok(Some(days))
    }

    /// Shows everything that is in the file again.
    ///
    /// # Errors
    /// Of the disk.
    pub fn show_all(&mut self) -> Result<(), StoreError> {
        for (table, _) in SHADOWED {
            self.connection
                .execute_batch(&format!("DROP TABLE IF EXISTS temp.{table}"))?;
        }
        self.reload()
    }
}
