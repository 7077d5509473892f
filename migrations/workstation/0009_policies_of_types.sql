-- What happens when a visit of a type breaks a rule, where that is not what the practice says; none of it in older records.

ALTER TABLE appointment_types ADD COLUMN policies TEXT NOT NULL DEFAULT '{}';  -- JSON
