-- Envelopes that were set aside and that an administrator let in again: by whom, why, and what came of it.
CREATE TABLE released (
    envelope BLOB PRIMARY KEY,
    local INTEGER,                        -- its row in the log, if it is here
    position INTEGER NOT NULL,            -- of the statement
    person BLOB NOT NULL,                 -- who let it in
    reason TEXT NOT NULL,
    trouble TEXT NOT NULL DEFAULT ''      -- why it could not be applied even so
) WITHOUT ROWID, STRICT;
