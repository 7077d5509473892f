//! The one door for writes: SQLite rows and Automerge documents in one transaction; typed queries for reads.
