-- What kind of work a type of visit is; a record without it has none.

ALTER TABLE appointment_types ADD COLUMN class TEXT NOT NULL DEFAULT '';
