-- One log per practice, and the parcels of invitations, shared by all relays on this database. Nothing here can be read
-- without the practice's key.

CREATE TABLE practice (
    -- Stands for the id in the other tables.
    number        bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            bytea  NOT NULL UNIQUE CHECK (octet_length(id) = 16),
    -- Milliseconds since 1970 UTC.
    registered_at bigint NOT NULL,
    -- Where the log ends. Whoever appends holds this row's lock until the commit, so positions have no gaps. Position 0
    -- exists only while a founding is judged.
    position      bigint NOT NULL CHECK (position >= 0),
    hash          bytea  NOT NULL CHECK (octet_length(hash) = 32),
    -- What its envelopes weigh, for the quota.
    bytes         bigint NOT NULL CHECK (bytes >= 0)
) WITH (fillfactor = 50); -- updated by each append: room on the page keeps that cheap

CREATE TABLE entry (
    practice     bigint  NOT NULL REFERENCES practice (number),
    -- From 1, without gaps.
    position     bigint  NOT NULL CHECK (position > 0),
    -- SHA-256 of bytes.
    id           bytea   NOT NULL CHECK (octet_length(id) = 32),
    -- The chain hash up to here.
    hash         bytea   NOT NULL CHECK (octet_length(hash) = 32),
    is_statement boolean NOT NULL,
    -- Milliseconds since 1970 UTC, for the operator only.
    received_at  bigint  NOT NULL,
    bytes        bytea   NOT NULL,
    PRIMARY KEY (practice, position)
);

-- What is sealed does not get smaller by compressing it.
ALTER TABLE entry ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE UNIQUE INDEX entry_by_id ON entry (practice, id);
-- Replayed when a practice is opened.
CREATE INDEX entry_statements ON entry (practice, position) WHERE is_statement;

CREATE TABLE parcel (
    lookup     bytea  NOT NULL PRIMARY KEY CHECK (octet_length(lookup) = 16),
    practice   bigint NOT NULL REFERENCES practice (number),
    -- The invitation's public key: its use deletes the parcel.
    invitation bytea  NOT NULL CHECK (octet_length(invitation) = 32),
    sealed     bytea  NOT NULL,
    -- Milliseconds since 1970 UTC, by the relay's clock.
    expires_at bigint NOT NULL
);

CREATE INDEX parcel_by_practice ON parcel (practice);
CREATE INDEX parcel_by_invitation ON parcel (invitation);
