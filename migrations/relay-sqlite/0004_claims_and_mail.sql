-- Claims, which are for ever, and the sealed mail box of each practice.

CREATE TABLE claim (
    practice    INTEGER NOT NULL REFERENCES practice (number),
    key         BLOB    NOT NULL CHECK (length(key) = 32),
    -- Who asked first.
    workstation BLOB    NOT NULL CHECK (length(workstation) = 16),
    -- Milliseconds since 1970 UTC.
    claimed_at  INTEGER NOT NULL,
    PRIMARY KEY (practice, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_box (
    practice     INTEGER NOT NULL PRIMARY KEY REFERENCES practice (number),
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    -- The key to which letters are sealed, and the workstation that said and signed it.
    epoch        INTEGER NOT NULL,
    public       BLOB    NOT NULL CHECK (length(public) = 32),
    workstation  BLOB    NOT NULL CHECK (length(workstation) = 16),
    signature    BLOB    NOT NULL CHECK (length(signature) = 64),
    -- The newest letter's number, and up to where some workstation has them.
    last         INTEGER NOT NULL DEFAULT 0,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    -- Of letters whose bytes are still here.
    letters      INTEGER NOT NULL DEFAULT 0,
    bytes        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE letter (
    practice        INTEGER NOT NULL REFERENCES practice (number),
    -- From 1, without gaps.
    number          INTEGER NOT NULL CHECK (number > 0),
    id              BLOB    NOT NULL CHECK (length(id) = 16),
    -- Milliseconds since 1970 UTC, as is the next.
    received_at     INTEGER NOT NULL,
    -- Since when some workstation has it.
    acknowledged_at INTEGER,
    -- Null: let go. The row stays, so that the same letter is not taken in twice.
    bytes           BLOB,
    PRIMARY KEY (practice, number)
) STRICT;

CREATE UNIQUE INDEX letter_by_id ON letter (practice, id);
CREATE INDEX letter_acknowledged ON letter (practice, acknowledged_at) WHERE bytes IS NOT NULL;

-- For the quota.
ALTER TABLE practice ADD COLUMN claims INTEGER NOT NULL DEFAULT 0;
