-- Equipment that visits share, how many pieces of it each location has, and what types and visits use of it. Of older records: nothing.

CREATE TABLE equipment (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    counts TEXT NOT NULL,                 -- JSON
    sort INTEGER NOT NULL,
    is_active INTEGER NOT NULL
) STRICT;

ALTER TABLE appointment_types ADD COLUMN equipment TEXT NOT NULL DEFAULT '[]';
ALTER TABLE appointments ADD COLUMN equipment TEXT;         -- JSON; null: nothing
