-- How many minutes before a visit its patient was asked to come; 0 in older records: nobody asked.

ALTER TABLE appointments ADD COLUMN arrive_early_minutes INTEGER NOT NULL DEFAULT 0;
