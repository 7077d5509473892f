-- One log per practice, and the parcels of invitations. Nothing here can be read without the practice's key.

CREATE TABLE practice (
    -- Stands for the id in the other tables.
    number        INTEGER NOT NULL PRIMARY KEY,
    id            BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    -- Milliseconds since 1970 UTC.
    registered_at INTEGER NOT NULL
) STRICT;

CREATE TABLE entry (
    practice     INTEGER NOT NULL REFERENCES practice (number),
    -- From 1, without gaps.
    position     INTEGER NOT NULL CHECK (position > 0),
    -- SHA-256 of bytes.
    id           BLOB    NOT NULL CHECK (length(id) = 32),
    -- The chain hash up to here.
    hash         BLOB    NOT NULL CHECK (length(hash) = 32),
    is_statement INTEGER NOT NULL CHECK (is_statement IN (0, 1)),
    -- Milliseconds since 1970 UTC, for the operator only.
    received_at  INTEGER NOT NULL,
    bytes        BLOB    NOT NULL,
    PRIMARY KEY (practice, position)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX entry_by_id ON entry (practice, id);
-- Replayed when a practice is opened.
CREATE INDEX entry_statements ON entry (practice, position) WHERE is_statement = 1;

CREATE TABLE parcel (
    lookup     BLOB    NOT NULL PRIMARY KEY CHECK (length(lookup) = 16),
    practice   INTEGER NOT NULL REFERENCES practice (number),
    -- The invitation's public key: its use deletes the parcel.
    invitation BLOB    NOT NULL CHECK (length(invitation) = 32),
    sealed     BLOB    NOT NULL,
    -- Milliseconds since 1970 UTC, by the relay's clock.
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX parcel_by_practice ON parcel (practice);
CREATE INDEX parcel_by_invitation ON parcel (invitation);
