-- The audit: who looked at or changed what at this workstation. Only ever appended to. Each entry's hash covers the one
-- before (`store::audit` says how); `origin` is the beginning of the newest restore's hash, zeros before the first.

CREATE TABLE audit (
    number INTEGER PRIMARY KEY,           -- 1, 2, 3 …
    at_millis INTEGER NOT NULL,
    until_millis INTEGER NOT NULL,        -- the last of several looks; else the same
    person BLOB NOT NULL,
    action TEXT NOT NULL,                 -- for a write the operation's code
    object TEXT NOT NULL,
    reason TEXT NOT NULL,
    times INTEGER NOT NULL,
    via INTEGER NOT NULL,                 -- 0 window, 1 command line
    envelope BLOB,                        -- what was written; null: a look
    patients BLOB,                        -- few: their ids, 16 bytes each, ascending
    patient_set INTEGER,                  -- many: in audit_sets
    origin BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_set ON audit (patient_set) WHERE patient_set IS NOT NULL;

-- A day sheet is looked at a hundred times with the same patients on it: they are written once.
CREATE TABLE audit_sets (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,          -- SHA-256 of patients
    patients BLOB NOT NULL
) STRICT;

-- Looks at few patients, by patient. Writes are found through document_entries and log.audit.
CREATE TABLE audit_patients (
    patient BLOB NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (patient, number)
) WITHOUT ROWID, STRICT;

-- The audit entry of an own write.
ALTER TABLE log ADD COLUMN audit INTEGER;

-- How far other workstations' audits had come when they last wrote, and where one contradicts itself.
CREATE TABLE audit_anchors (
    workstation BLOB NOT NULL,
    origin BLOB NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    stamp_millis INTEGER NOT NULL,
    stamp_counter INTEGER NOT NULL,
    PRIMARY KEY (workstation, origin)
) WITHOUT ROWID, STRICT;
CREATE TABLE audit_breaks (
    workstation BLOB NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    stamp_millis INTEGER NOT NULL,
    kept_number INTEGER NOT NULL,
    kept_hash BLOB NOT NULL,
    UNIQUE (workstation, number, hash)
) STRICT;
