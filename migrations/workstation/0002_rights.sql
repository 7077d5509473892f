-- What the author of a waiting envelope may do, at its position in the log: JSON. It is judged when it is applied.
ALTER TABLE waiting ADD COLUMN rights TEXT NOT NULL DEFAULT '';

-- Statements about members and what they may do are few, and asked for whenever one comes.
CREATE INDEX log_statements ON log (local) WHERE verdict = 1;
