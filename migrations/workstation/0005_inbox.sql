-- Letters from outside (the public page, webhooks) as they came from the practice's mail box at the relay, opened here. Every
-- workstation has them; what follows from a letter is written like any other change.
CREATE TABLE inbox (
    id BLOB PRIMARY KEY,                  -- 16 bytes, given by the sender: the same letter comes in once
    number INTEGER NOT NULL,              -- the relay's
    received_millis INTEGER NOT NULL,     -- by the relay's clock
    kind TEXT NOT NULL,                   -- empty while it is sealed
    body BLOB NOT NULL,                   -- what is said; of one that is sealed with a key not known here yet, the letter
    trouble TEXT NOT NULL DEFAULT ''      -- why it cannot be read; empty: it can
) WITHOUT ROWID, STRICT;
CREATE INDEX inbox_by_number ON inbox (number);
