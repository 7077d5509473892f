-- Pruning: envelopes that nobody needs any more move to the cold part, and after the retention time they are deleted. What
-- stays of each is its place in the chain: position, id, hash. Statements stay whole.

CREATE TABLE cold (
    practice INTEGER NOT NULL REFERENCES practice (number),
    position INTEGER NOT NULL,
    -- Milliseconds since 1970 UTC.
    moved_at INTEGER NOT NULL,
    bytes    BLOB    NOT NULL,
    PRIMARY KEY (practice, position)
) STRICT, WITHOUT ROWID;

-- How far each workstation has the log, as it said itself.
CREATE TABLE reached (
    practice    INTEGER NOT NULL REFERENCES practice (number),
    workstation BLOB    NOT NULL CHECK (length(workstation) = 16),
    position    INTEGER NOT NULL,
    -- Milliseconds since 1970 UTC.
    at          INTEGER NOT NULL,
    PRIMARY KEY (practice, workstation)
) STRICT, WITHOUT ROWID;

-- Envelopes up to here moved to the cold part, and up to there they were deleted.
ALTER TABLE practice ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE practice ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
