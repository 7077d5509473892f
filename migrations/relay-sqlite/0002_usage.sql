-- What a practice's log weighs, kept beside it so that its quota can be judged without adding everything up.

ALTER TABLE practice ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;

UPDATE practice SET bytes = coalesce((SELECT sum(length(bytes)) FROM entry WHERE entry.practice = practice.number), 0);
