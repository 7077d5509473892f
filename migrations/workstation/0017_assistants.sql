-- How many assistants a location has when, and in which minutes visits need one. Of older records: not counted, and while the doctor is away.

ALTER TABLE locations ADD COLUMN assistants TEXT NOT NULL DEFAULT '[]';                  -- JSON
ALTER TABLE appointment_types ADD COLUMN assistant TEXT NOT NULL DEFAULT 'doctor_away';
ALTER TABLE appointments ADD COLUMN assistant TEXT NOT NULL DEFAULT 'doctor_away';
