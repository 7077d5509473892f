-- Visits lie in the file as they are looked at: by location and day. A day sheet then reads a dozen pages that lie together instead
-- of one for each visit, and every page that is read must be decrypted and checked.

CREATE TABLE appointments_by_day (
    id BLOB NOT NULL,
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
    source_uid TEXT NOT NULL,
    needs_new_time TEXT,                  -- JSON
    series BLOB,
    planned TEXT,                         -- JSON
    PRIMARY KEY (location, date, starts, id)
) WITHOUT ROWID, STRICT;

INSERT INTO appointments_by_day
SELECT id, patient, appointment_type, provider, operatory, location, date, starts, ends, utc_offset, zone, pattern,
       buffer_before_minutes, buffer_after_minutes, status, doctor_needed, confirmed_at, arrived_at, seated_at, completed_at,
       checked_out_at, broken_at, cancel_reason, is_asap, note, booked_millis, booked_counter, booked_workstation, sequence,
       source_uid, needs_new_time, series, planned
FROM appointments ORDER BY location, date, starts, id;

DROP TABLE appointments;
ALTER TABLE appointments_by_day RENAME TO appointments;

CREATE UNIQUE INDEX appointments_id ON appointments (id);
CREATE INDEX appointments_operatory ON appointments (operatory, starts, ends);
CREATE INDEX appointments_provider ON appointments (provider, starts, ends);
CREATE INDEX appointments_patient ON appointments (patient, starts, ends);
CREATE INDEX appointments_source ON appointments (source_uid) WHERE source_uid <> '';
CREATE INDEX appointments_pinned ON appointments (starts) WHERE needs_new_time IS NOT NULL;
CREATE INDEX appointments_series ON appointments (series) WHERE series IS NOT NULL;
-- With it a patient's first visit is found in indexes alone. It is written only when a visit is cancelled or missed.
CREATE INDEX appointments_broken ON appointments (patient, id, status) WHERE status IN ('cancelled', 'no_show');

-- Which overlaps a day has.
CREATE INDEX overlaps_time ON overlaps (starts, ends);

-- Those of a day are told apart without looking at the others.
DROP INDEX time_blocks_absence;
CREATE INDEX time_blocks_absence ON time_blocks (ends, starts) WHERE absence IS NOT NULL;
