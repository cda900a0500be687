-- The log of payments. A file from before lacks the numbers of its payments and what their events told
-- of the log: it is emptied, and the node fills it again from its blocks.
DELETE FROM payments;
DELETE FROM entries;
DELETE FROM unread_events;
DELETE FROM gaps;
DELETE FROM position;

-- Number in the log; NULL only if the log could not be followed any more.
ALTER TABLE payments ADD COLUMN log_index INTEGER;

-- How far the index knows the log; one row.
CREATE TABLE log (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    -- Payments in the log.
    size       INTEGER NOT NULL,
    -- Of the block that made it as long.
    height     INTEGER NOT NULL,
    -- The first of the payments that are known without a hole.
    known_from INTEGER NOT NULL,
    -- Why no proofs are given any more; empty while they are.
    problem    TEXT    NOT NULL
) STRICT;

-- Hashes of the log's tree, 32 bytes each, at most 30 in a row, in the order of golang.org/x/mod/sumdb/tlog.
-- Rows are never changed.
CREATE TABLE log_hashes (
    first  INTEGER PRIMARY KEY, -- place of the row's first hash in that order
    hashes BLOB    NOT NULL
) STRICT;
