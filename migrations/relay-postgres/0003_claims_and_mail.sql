-- Claims, which are for ever, and the sealed mail box of each practice.

CREATE TABLE claim (
    practice    bigint NOT NULL REFERENCES practice (number),
    key         bytea  NOT NULL CHECK (octet_length(key) = 32),
    -- Who asked first.
    workstation bytea  NOT NULL CHECK (octet_length(workstation) = 16),
    -- Milliseconds since 1970 UTC.
    claimed_at  bigint NOT NULL,
    PRIMARY KEY (practice, key)
);

CREATE TABLE mail_box (
    practice     bigint NOT NULL PRIMARY KEY REFERENCES practice (number),
    id           bytea  NOT NULL UNIQUE CHECK (octet_length(id) = 16),
    -- The key to which letters are sealed, and the workstation that said and signed it.
    epoch        bigint NOT NULL,
    public       bytea  NOT NULL CHECK (octet_length(public) = 32),
    workstation  bytea  NOT NULL CHECK (octet_length(workstation) = 16),
    signature    bytea  NOT NULL CHECK (octet_length(signature) = 64),
    -- The newest letter's number, and up to where some workstation has them.
    last         bigint NOT NULL DEFAULT 0,
    acknowledged bigint NOT NULL DEFAULT 0,
    -- Of letters whose bytes are still here.
    letters      bigint NOT NULL DEFAULT 0,
    bytes        bigint NOT NULL DEFAULT 0
);

CREATE TABLE letter (
    practice        bigint NOT NULL REFERENCES practice (number),
    -- From 1, without gaps.
    number          bigint NOT NULL CHECK (number > 0),
    id              bytea  NOT NULL CHECK (octet_length(id) = 16),
    -- Milliseconds since 1970 UTC, as is the next.
    received_at     bigint NOT NULL,
    -- Since when some workstation has it.
    acknowledged_at bigint,
    -- Null: let go. The row stays, so that the same letter is not taken in twice.
    bytes           bytea,
    PRIMARY KEY (practice, number)
);

CREATE UNIQUE INDEX letter_by_id ON letter (practice, id);
CREATE INDEX letter_acknowledged ON letter (practice, acknowledged_at) WHERE bytes IS NOT NULL;

-- What is sealed does not get smaller by compressing it.
ALTER TABLE letter ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- For the quota.
ALTER TABLE practice ADD COLUMN claims bigint NOT NULL DEFAULT 0;
