-- A second provider beside the first: where a type needs one and whom it may be, and who it is in a visit. Of older records: nobody.

ALTER TABLE appointment_types ADD COLUMN second_pattern TEXT;                       -- null: one provider is enough
ALTER TABLE appointment_types ADD COLUMN second_providers TEXT NOT NULL DEFAULT '[]';
ALTER TABLE appointments ADD COLUMN second_provider BLOB;
ALTER TABLE appointments ADD COLUMN second_pattern TEXT;

-- Whose time a visit takes is asked of both; few visits have a second provider.
CREATE INDEX appointments_second ON appointments (second_provider, starts, ends) WHERE second_provider IS NOT NULL;
