-- Where a type of visit is done, what patients read about it, and what follows after it; older records have none of it.

ALTER TABLE appointment_types ADD COLUMN locations TEXT NOT NULL DEFAULT '[]';  -- JSON
ALTER TABLE appointment_types ADD COLUMN online_text TEXT NOT NULL DEFAULT '';
ALTER TABLE appointment_types ADD COLUMN reminder_text TEXT NOT NULL DEFAULT '';
ALTER TABLE appointment_types ADD COLUMN follow_up TEXT;  -- JSON
