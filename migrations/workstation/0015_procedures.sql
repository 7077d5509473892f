-- What is done in a visit beside its own type: a list of types as JSON; empty in older records: nothing.

ALTER TABLE appointments ADD COLUMN also TEXT NOT NULL DEFAULT '';

-- A changed type asks which visits have it beside their own; few have anything.
CREATE INDEX appointments_also ON appointments (starts) WHERE also <> '';
