-- Where the index stands; one row.
CREATE TABLE position (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    chain_id   TEXT    NOT NULL,
    height     INTEGER NOT NULL,
    block_hash BLOB    NOT NULL
) STRICT;

-- Blocks that the node did not have when the index needed them.
CREATE TABLE gaps (
    from_height INTEGER PRIMARY KEY,
    to_height   INTEGER NOT NULL CHECK (to_height >= from_height)
) STRICT;

-- Decided payments. A settled one is final; a rejected one may be decided anew.
CREATE TABLE payments (
    uetr              TEXT    PRIMARY KEY,
    debtor            TEXT    NOT NULL,
    creditor          TEXT    NOT NULL,
    currency          TEXT    NOT NULL,
    amount            TEXT    NOT NULL,
    status            TEXT    NOT NULL,
    reason            TEXT    NOT NULL,
    height            INTEGER NOT NULL,
    tx_index          INTEGER NOT NULL,
    event_index       INTEGER NOT NULL,
    decided_at        INTEGER NOT NULL,
    tx_hash           TEXT    NOT NULL,
    end_to_end_digest BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX payments_by_debtor   ON payments (debtor, height, tx_index, event_index);
CREATE INDEX payments_by_creditor ON payments (creditor, height, tx_index, event_index);

-- Movements of balances, numbered within their block.
CREATE TABLE entries (
    account           TEXT    NOT NULL,
    height            INTEGER NOT NULL,
    sequence          INTEGER NOT NULL,
    booked_at         INTEGER NOT NULL,
    currency          TEXT    NOT NULL,
    amount            TEXT    NOT NULL,
    credit            INTEGER NOT NULL CHECK (credit IN (0, 1)),
    kind              TEXT    NOT NULL,
    uetr              TEXT    NOT NULL,
    counterparty      TEXT    NOT NULL,
    end_to_end_digest BLOB    NOT NULL,
    PRIMARY KEY (account, height, sequence)
) STRICT, WITHOUT ROWID;

-- Events of a kind that should be indexed and could not be read. Empty on a healthy node.
CREATE TABLE unread_events (
    height      INTEGER NOT NULL,
    tx_index    INTEGER NOT NULL,
    event_index INTEGER NOT NULL,
    type        TEXT    NOT NULL,
    problem     TEXT    NOT NULL,
    PRIMARY KEY (height, tx_index, event_index)
) STRICT, WITHOUT ROWID;
