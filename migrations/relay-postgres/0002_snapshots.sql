-- Snapshots, so that a new workstation need not apply the whole log: sealed packs, and the index that completes a set.

CREATE TABLE pack (
    practice    bigint  NOT NULL REFERENCES practice (number),
    set_id      bytea   NOT NULL CHECK (octet_length(set_id) = 16),
    -- From 1.
    number      integer NOT NULL CHECK (number > 0),
    -- Milliseconds since 1970 UTC.
    received_at bigint  NOT NULL,
    bytes       bytea   NOT NULL,
    PRIMARY KEY (practice, set_id, number)
);

CREATE TABLE snapshot (
    -- Rises: the newest ones are kept.
    serial       bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    practice     bigint NOT NULL REFERENCES practice (number),
    set_id       bytea  NOT NULL CHECK (octet_length(set_id) = 16),
    -- Everything in the log up to here is in it.
    position     bigint NOT NULL,
    completed_at bigint NOT NULL,
    -- The index.
    bytes        bytea  NOT NULL,
    UNIQUE (practice, set_id)
);

-- What is sealed does not get smaller by compressing it.
ALTER TABLE pack ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE snapshot ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- What a practice's packs weigh, for its quota.
ALTER TABLE practice ADD COLUMN pack_bytes bigint NOT NULL DEFAULT 0;
