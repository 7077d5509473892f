-- Schedule templates, their slots and kept versions, where they are shared and applied, and what was changed by hand on a date.
-- Dates are texts: 2026-03-02.

CREATE TABLE schedule_templates (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    note TEXT NOT NULL,
    location TEXT NOT NULL,
    span TEXT NOT NULL,
    is_archived INTEGER NOT NULL,
    copied_from TEXT
) STRICT;

CREATE TABLE template_slots (
    id TEXT PRIMARY KEY,
    template TEXT NOT NULL,
    weekday TEXT,
    start_minute INTEGER NOT NULL,
    length_minutes INTEGER NOT NULL,
    operatory TEXT NOT NULL,
    provider TEXT,
    wants TEXT NOT NULL,                  -- JSON
    capacity INTEGER NOT NULL,
    hold TEXT,                            -- JSON
    label TEXT NOT NULL,
    hue INTEGER,
    letter TEXT NOT NULL
) STRICT;
CREATE INDEX template_slots_template ON template_slots (template);

CREATE TABLE template_versions (
    id TEXT PRIMARY KEY,
    template TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    slots TEXT NOT NULL                   -- JSON; never changed, so that it is read once
) STRICT;
CREATE INDEX template_versions_template ON template_versions (template);

CREATE TABLE template_shares (
    key TEXT PRIMARY KEY,
    template TEXT NOT NULL,
    location TEXT NOT NULL,
    operatories TEXT NOT NULL,            -- JSON
    providers TEXT NOT NULL,              -- JSON
    without TEXT NOT NULL,                -- JSON
    is_ended INTEGER NOT NULL
) STRICT;
CREATE INDEX template_shares_template ON template_shares (template);
CREATE INDEX template_shares_location ON template_shares (location);

CREATE TABLE template_applications (
    id TEXT PRIMARY KEY,
    location TEXT NOT NULL,
    weeks TEXT NOT NULL,                  -- JSON
    weeks_from TEXT NOT NULL,
    "from" TEXT NOT NULL,
    until TEXT NOT NULL,
    weekdays TEXT NOT NULL,               -- JSON
    dates TEXT NOT NULL,                  -- JSON
    applied TEXT NOT NULL,                -- JSON
    "by" TEXT NOT NULL
) STRICT;

-- Which applications name a date, newest last. Follows the table above by itself, however its rows come: by a write, a merge, a
-- rebuild or a snapshot.
CREATE TABLE application_dates (
    location TEXT NOT NULL,
    date TEXT NOT NULL,
    millis INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    workstation TEXT NOT NULL,
    application TEXT NOT NULL,
    PRIMARY KEY (location, date, millis, counter, workstation, application)
) WITHOUT ROWID, STRICT;
CREATE INDEX application_dates_application ON application_dates (application);

CREATE TRIGGER application_dates_added AFTER INSERT ON template_applications BEGIN
    INSERT OR IGNORE INTO application_dates
    SELECT new.location, value, json_extract(new.applied, '$.millis'), json_extract(new.applied, '$.counter'),
           json_extract(new.applied, '$.workstation'), new.id
    FROM json_each(new.dates);
END;
CREATE TRIGGER application_dates_removed AFTER DELETE ON template_applications BEGIN
    DELETE FROM application_dates WHERE application = old.id;
END;
CREATE TRIGGER application_dates_changed AFTER UPDATE ON template_applications BEGIN
    DELETE FROM application_dates WHERE application = old.id;
    INSERT OR IGNORE INTO application_dates
    SELECT new.location, value, json_extract(new.applied, '$.millis'), json_extract(new.applied, '$.counter'),
           json_extract(new.applied, '$.workstation'), new.id
    FROM json_each(new.dates);
END;

CREATE TABLE day_slots (
    key TEXT PRIMARY KEY,
    location TEXT NOT NULL,
    date TEXT NOT NULL,
    slot TEXT NOT NULL,
    content TEXT                          -- JSON; null: no such slot on this date
) STRICT;
CREATE INDEX day_slots_date ON day_slots (location, date);
