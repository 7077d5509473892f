//! Which tables travel, and which of their columns. A later release that adds a column adds it here; what an older one
//! does not know it refuses, and applies the log instead.

use clinic::EntityKind;

use crate::rows;

/// One table of a snapshot.
pub(super) struct Form {
    pub table: &'static str,
    pub columns: Vec<&'static str>,
}

pub(super) const DOCUMENTS: &str = "documents";
pub(super) const CHUNKS: &str = "document_chunks";
pub(super) const LOG: &str = "log";
pub(super) const RELEASED: &str = "released";

/// Tables beside those of records. The log's first column, and the columns called `local` elsewhere, are numbers that
/// every workstation gives by itself: they are moved behind what the newcomer has.
const OTHERS: &[(&str, &[&str])] = &[
    (DOCUMENTS, &["number", "id"]),
    (CHUNKS, &["chunk", "bytes"]),
    ("actors", &["actor", "workstation"]),
    (
        "field_conflicts",
        &[
            "kind",
            "record",
            "field",
            "value_id",
            "document",
            "value",
            "is_shown",
            "person",
            "workstation",
            "at",
        ],
    ),
    (
        "overlaps",
        &["key", "kind", "first", "second", "winner", "starts", "ends"],
    ),
    (
        "audit_anchors",
        &[
            "workstation",
            "origin",
            "number",
            "hash",
            "stamp_millis",
            "stamp_counter",
        ],
    ),
    (
        "audit_breaks",
        &[
            "workstation",
            "number",
            "hash",
            "stamp_millis",
            "kept_number",
            "kept_hash",
        ],
    ),
    (
        LOG,
        &[
            "local",
            "envelope",
            "position",
            "verdict",
            "op",
            "person",
            "workstation",
            "at_millis",
            "stamp_millis",
            "stamp_counter",
            "undoes",
            "undone",
            "reason",
            "changes",
            "bytes",
        ],
    ),
    ("document_entries", &["document", "local"]),
    ("quarantine", &["local", "reason", "batch"]),
    ("waiting", &["local", "missing", "batch", "rights"]),
    (
        RELEASED,
        &["envelope", "local", "position", "person", "reason", "trouble"],
    ),
];

/// All of them, in one order.
pub(super) fn forms() -> Vec<Form> {
    let records = EntityKind::ALL.iter().map(|kind| {
        let table = rows::table(*kind);
        Form {
            table: table.name,
            columns: table.columns.to_vec(),
        }
    });
    let others = OTHERS.iter().map(|(table, columns)| Form {
        table,
        columns: columns.to_vec(),
    });
    records.chain(others).collect()
}

/// Columns of numbers that are moved when a row is taken in.
pub(super) fn is_local(column: &str) -> bool {
    matches!(column, "local" | "undoes")
}

/// A column's name as SQL wants it: one of them is a keyword.
pub(super) fn quoted(column: &str) -> String {
    format!("\"{}\"", column.trim_matches('"'))
}
