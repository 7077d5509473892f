-- How many visits may begin in an hour, and what counts how much when openings are ranked; none of it in older records.

ALTER TABLE practice ADD COLUMN visit_limits TEXT NOT NULL DEFAULT '[]';  -- JSON
ALTER TABLE practice ADD COLUMN weights TEXT NOT NULL DEFAULT '{}';       -- JSON
CREATE INDEX patients_family ON patients (family) WHERE family IS NOT NULL;
