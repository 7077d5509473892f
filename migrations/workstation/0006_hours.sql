-- Alternate weeks and special days, recurring block-outs, absences, visits that need a new time. Every new column is what a
-- record without it means, and what an older program's documents say.

ALTER TABLE locations ADD COLUMN other_weeks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE locations ADD COLUMN weeks_from TEXT;
ALTER TABLE locations ADD COLUMN special_days TEXT NOT NULL DEFAULT '[]';

ALTER TABLE operatories ADD COLUMN hours TEXT NOT NULL DEFAULT '[]';
ALTER TABLE operatories ADD COLUMN other_weeks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE operatories ADD COLUMN weeks_from TEXT;
ALTER TABLE operatories ADD COLUMN special_days TEXT NOT NULL DEFAULT '[]';

ALTER TABLE providers ADD COLUMN other_weeks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE providers ADD COLUMN weeks_from TEXT;
ALTER TABLE providers ADD COLUMN special_days TEXT NOT NULL DEFAULT '[]';

ALTER TABLE time_blocks ADD COLUMN series BLOB;
ALTER TABLE time_blocks ADD COLUMN absence TEXT;
CREATE INDEX time_blocks_series ON time_blocks (series) WHERE series IS NOT NULL;
CREATE INDEX time_blocks_absence ON time_blocks (ends) WHERE absence IS NOT NULL;

ALTER TABLE appointments ADD COLUMN needs_new_time TEXT;  -- JSON
CREATE INDEX appointments_pinned ON appointments (starts) WHERE needs_new_time IS NOT NULL;
