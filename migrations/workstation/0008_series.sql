-- Visits that were booked as one series, and what the series was asked to be. A visit without it stands for itself, as one
-- in an older program's documents does.

ALTER TABLE appointments ADD COLUMN series BLOB;
ALTER TABLE appointments ADD COLUMN planned TEXT;  -- JSON
CREATE INDEX appointments_series ON appointments (series) WHERE series IS NOT NULL;

CREATE TABLE recurring_appointments (
    id TEXT PRIMARY KEY,
    patient TEXT NOT NULL,
    appointment_type TEXT NOT NULL,
    provider TEXT NOT NULL,
    operatory TEXT NOT NULL,
    location TEXT NOT NULL,
    wall TEXT NOT NULL,
    pattern TEXT NOT NULL,
    recurrence TEXT NOT NULL,  -- JSON
    passes_over_closed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
