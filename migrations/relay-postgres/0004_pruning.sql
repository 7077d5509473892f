-- Pruning: envelopes that nobody needs any more move to the cold part, and after the retention time they are deleted. What
-- stays of each is its place in the chain: position, id, hash. Statements stay whole.

CREATE TABLE cold (
    practice bigint NOT NULL REFERENCES practice (number),
    position bigint NOT NULL,
    -- Milliseconds since 1970 UTC.
    moved_at bigint NOT NULL,
    bytes    bytea  NOT NULL,
    PRIMARY KEY (practice, position)
);

-- What is sealed does not get smaller by compressing it.
ALTER TABLE cold ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- How far each workstation has the log, as it said itself.
CREATE TABLE reached (
    practice    bigint NOT NULL REFERENCES practice (number),
    workstation bytea  NOT NULL CHECK (octet_length(workstation) = 16),
    position    bigint NOT NULL,
    -- Milliseconds since 1970 UTC.
    at          bigint NOT NULL,
    PRIMARY KEY (practice, workstation)
);

-- Envelopes up to here moved to the cold part, and up to there they were deleted.
ALTER TABLE practice ADD COLUMN pruned bigint NOT NULL DEFAULT 0;
ALTER TABLE practice ADD COLUMN gone bigint NOT NULL DEFAULT 0;
