-- Snapshots, so that a new workstation need not apply the whole log: sealed packs, and the index that completes a set.

CREATE TABLE pack (
    practice    INTEGER NOT NULL REFERENCES practice (number),
    set_id      BLOB    NOT NULL CHECK (length(set_id) = 16),
    -- From 1.
    number      INTEGER NOT NULL CHECK (number > 0),
    -- Milliseconds since 1970 UTC.
    received_at INTEGER NOT NULL,
    bytes       BLOB    NOT NULL,
    PRIMARY KEY (practice, set_id, number)
) STRICT;

CREATE TABLE snapshot (
    -- Rises: the newest ones are kept.
    serial       INTEGER NOT NULL PRIMARY KEY,
    practice     INTEGER NOT NULL REFERENCES practice (number),
    set_id       BLOB    NOT NULL CHECK (length(set_id) = 16),
    -- Everything in the log up to here is in it.
    position     INTEGER NOT NULL,
    completed_at INTEGER NOT NULL,
    -- The index.
    bytes        BLOB    NOT NULL,
    UNIQUE (practice, set_id)
) STRICT;

-- What a practice's packs weigh, for its quota.
ALTER TABLE practice ADD COLUMN pack_bytes INTEGER NOT NULL DEFAULT 0;
