-- The workstation's database: envelopes and documents are the truth, everything below "Rows" is derived
-- from the documents and can be rebuilt.
--
-- Times: `*_at` and `starts`/`ends` are seconds since 1970 UTC, `*_millis` milliseconds; `date` is the wall
-- date at the location as yyyymmdd. Ids are 16 bytes where many rows have them, else text.

-- One row per envelope, in the order in which this workstation learned of it: the log as the relay
-- keeps it, the outbox, and the history people read, in one. Few pages are touched by each write.
CREATE TABLE log (
    local INTEGER PRIMARY KEY,
    envelope BLOB NOT NULL,               -- SHA-256 of bytes
    position INTEGER,                     -- place in the relay's log; null: not acknowledged yet
    own_sequence INTEGER,                 -- this workstation's own counter; null: written elsewhere
    verdict INTEGER NOT NULL,             -- 0 accepted, 1 statement, 2 quarantined, 3 waiting for others
    op TEXT,
    person BLOB,
    workstation BLOB NOT NULL,
    at_millis INTEGER NOT NULL DEFAULT 0,
    stamp_millis INTEGER NOT NULL DEFAULT 0,
    stamp_counter INTEGER NOT NULL DEFAULT 0,
    clock_millis INTEGER NOT NULL,        -- this workstation's hybrid clock after the entry
    clock_counter INTEGER NOT NULL,
    last_own_sequence INTEGER NOT NULL,
    undoes INTEGER,                       -- the entry that this one takes back or does again
    undone INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    changes TEXT NOT NULL DEFAULT '[]',
    bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX log_own ON log (own_sequence) WHERE own_sequence IS NOT NULL;
CREATE UNIQUE INDEX log_position ON log (position) WHERE position IS NOT NULL;
CREATE INDEX log_remote ON log (envelope) WHERE own_sequence IS NULL;

-- How far the relay's log has been read, and its hash chain there.
CREATE TABLE relay (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    cursor INTEGER NOT NULL,
    chain BLOB NOT NULL,
    acknowledged INTEGER NOT NULL         -- every own sequence up to here has a position
) STRICT;

-- Envelopes that cannot be applied, and why; and those whose predecessors have not come yet.
CREATE TABLE quarantine (
    local INTEGER PRIMARY KEY,
    reason TEXT NOT NULL,
    batch BLOB
) STRICT;
CREATE TABLE waiting (
    local INTEGER PRIMARY KEY,
    missing BLOB NOT NULL,                -- change hashes, 32 bytes each
    batch BLOB NOT NULL
) STRICT;

-- Automerge documents: a saved document, then single changes; chunk = number << 24 | ascending.
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE
) STRICT;
CREATE TABLE document_chunks (
    chunk INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
CREATE TABLE document_entries (
    document INTEGER NOT NULL,
    local INTEGER NOT NULL,
    PRIMARY KEY (document, local)
) WITHOUT ROWID, STRICT;

-- Which workstation writes as which Automerge actor.
CREATE TABLE actors (
    actor BLOB PRIMARY KEY,
    workstation BLOB NOT NULL
) WITHOUT ROWID, STRICT;

-- The program's own notes, sealed keys and preferences; never synced.
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID, STRICT;

-- Rows -------------------------------------------------------------------------------------------------

CREATE TABLE practice (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    time_increment_minutes INTEGER NOT NULL,
    policies TEXT NOT NULL,
    cancel_reasons TEXT NOT NULL,
    usual_interval_weeks INTEGER NOT NULL,
    is_demo INTEGER NOT NULL
) STRICT;

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    initials TEXT NOT NULL,
    is_active INTEGER NOT NULL
) STRICT;

CREATE TABLE workstations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE appointment_types (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    letter TEXT NOT NULL,
    hue INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    buffer_before_minutes INTEGER NOT NULL,
    buffer_after_minutes INTEGER NOT NULL,
    providers TEXT NOT NULL,
    operatories TEXT NOT NULL,
    sort INTEGER NOT NULL,
    is_active INTEGER NOT NULL
) STRICT;

CREATE TABLE locations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    hours TEXT NOT NULL,
    sort INTEGER NOT NULL,
    is_active INTEGER NOT NULL
) STRICT;

CREATE TABLE operatories (
    id TEXT PRIMARY KEY,
    location TEXT NOT NULL,
    name TEXT NOT NULL,
    usual_provider TEXT,
    sort INTEGER NOT NULL,
    is_active INTEGER NOT NULL
) STRICT;

CREATE TABLE providers (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    hue INTEGER NOT NULL,
    letter TEXT NOT NULL,
    schedule TEXT NOT NULL,
    sort INTEGER NOT NULL,
    is_active INTEGER NOT NULL
) STRICT;

CREATE TABLE time_blocks (
    id BLOB PRIMARY KEY,
    target_kind INTEGER NOT NULL,         -- 0 provider, 1 operatory, 2 location
    target BLOB NOT NULL,
    location BLOB NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    utc_offset INTEGER NOT NULL,          -- seconds
    zone TEXT NOT NULL,
    length_minutes INTEGER NOT NULL,
    title TEXT NOT NULL,
    policy TEXT NOT NULL,
    source_uid TEXT NOT NULL
) WITHOUT ROWID, STRICT;
-- Short ones are found by their start, the few long ones by their end.
CREATE INDEX time_blocks_short ON time_blocks (starts, ends) WHERE length_minutes <= 1440;
CREATE INDEX time_blocks_long ON time_blocks (ends, starts) WHERE length_minutes > 1440;
CREATE INDEX time_blocks_source ON time_blocks (source_uid) WHERE source_uid <> '';

CREATE TABLE patients (
    id BLOB PRIMARY KEY,
    chart_number TEXT NOT NULL,
    family_name TEXT NOT NULL,
    given_name TEXT NOT NULL,
    preferred_name TEXT NOT NULL,
    birth_date TEXT,
    mobile_phone TEXT NOT NULL,
    home_phone TEXT NOT NULL,
    email TEXT NOT NULL,
    responsible_party TEXT,
    family BLOB,
    alert TEXT NOT NULL,
    note TEXT NOT NULL,
    is_active INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX patients_chart ON patients (chart_number) WHERE chart_number <> '';

CREATE TABLE appointments (
    id BLOB PRIMARY KEY,
    patient BLOB NOT NULL,
    appointment_type BLOB NOT NULL,
    provider BLOB NOT NULL,
    operatory BLOB NOT NULL,
    location BLOB NOT NULL,
    date INTEGER NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    utc_offset INTEGER NOT NULL,          -- seconds
    zone TEXT NOT NULL,
    pattern TEXT NOT NULL,
    buffer_before_minutes INTEGER NOT NULL,
    buffer_after_minutes INTEGER NOT NULL,
    status TEXT NOT NULL,
    doctor_needed INTEGER NOT NULL,
    confirmed_at INTEGER,                 -- milliseconds, as are the next five
    arrived_at INTEGER,
    seated_at INTEGER,
    completed_at INTEGER,
    checked_out_at INTEGER,
    broken_at INTEGER,
    cancel_reason TEXT NOT NULL,
    is_asap INTEGER NOT NULL,
    note TEXT NOT NULL,
    booked_millis INTEGER NOT NULL,
    booked_counter INTEGER NOT NULL,
    booked_workstation BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    source_uid TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX appointments_day ON appointments (location, date);
CREATE INDEX appointments_operatory ON appointments (operatory, starts, ends);
CREATE INDEX appointments_provider ON appointments (provider, starts, ends);
CREATE INDEX appointments_patient ON appointments (patient, starts, ends);
CREATE INDEX appointments_source ON appointments (source_uid) WHERE source_uid <> '';

CREATE TABLE accepted_conflicts (
    key TEXT PRIMARY KEY,
    patient TEXT NOT NULL,
    appointments TEXT NOT NULL,
    times TEXT NOT NULL,
    reason TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

-- One field set to different values at the same time: all values, until a person decides.
CREATE TABLE field_conflicts (
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    field TEXT NOT NULL,
    value_id TEXT NOT NULL,               -- the Automerge operation that set it
    document BLOB NOT NULL,
    value TEXT NOT NULL,                  -- JSON
    is_shown INTEGER NOT NULL,
    person TEXT,
    workstation TEXT,
    at INTEGER NOT NULL,                  -- seconds
    PRIMARY KEY (kind, record, field, value_id)
) WITHOUT ROWID, STRICT;

-- Visits that overlap although a rule refuses it, as `clinic::conflicts` finds them.
CREATE TABLE overlaps (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    first BLOB NOT NULL,
    second BLOB NOT NULL,
    winner BLOB NOT NULL,
    starts INTEGER NOT NULL,              -- milliseconds
    ends INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX overlaps_first ON overlaps (first);
CREATE INDEX overlaps_second ON overlaps (second);
