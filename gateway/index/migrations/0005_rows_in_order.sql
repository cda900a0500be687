-- Payments in the order of their decision, with numbers in place of what many of them share: a new row goes
-- to the end of its table, and its places in the indexes are small. The rows of before are not carried over:
-- the file is emptied, and the node fills it again from its blocks. What a node has pruned stays missing
-- there, is recorded as a gap, and its payments are not listed or proven by this node any more; a node that
-- must keep them does so with a copy of the file from before, or with all of its blocks.
DROP TRIGGER keep_replaced_payment;
DROP TABLE payments;
DROP TABLE entries;
DELETE FROM replaced_payments;
DELETE FROM refused_transactions;
DELETE FROM unread_events;
DELETE FROM gaps;
DELETE FROM position;
DELETE FROM log;
DELETE FROM log_hashes;

CREATE TABLE accounts (
    id      INTEGER PRIMARY KEY,
    address TEXT    NOT NULL UNIQUE
) STRICT;

-- Blocks with payments or entries. Their payments have the ids from first_payment on.
CREATE TABLE blocks (
    height        INTEGER PRIMARY KEY,
    time          INTEGER NOT NULL,
    first_payment INTEGER NOT NULL,
    payments      INTEGER NOT NULL
) STRICT;

-- Transactions with payments. The id is that of the first of them, and the others follow it.
CREATE TABLE transactions (
    id       INTEGER PRIMARY KEY,
    height   INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    hash     ANY     NOT NULL, -- 32 bytes, or a text that is no hash; empty outside of transactions
    hash_key INTEGER           -- of a hash of 32 bytes
) STRICT;

CREATE INDEX transactions_by_hash ON transactions (hash_key) WHERE hash_key IS NOT NULL;

-- Decided payments, each at its last decision. The ids grow with height, tx_index and event_index; where a
-- payment was replaced, a number is left out.
CREATE TABLE payments (
    id                 INTEGER PRIMARY KEY,
    uetr               ANY     NOT NULL, -- 16 bytes, or a text that is no UUID
    tx                 INTEGER NOT NULL, -- of transactions
    tx_index           INTEGER NOT NULL,
    event_index        INTEGER NOT NULL,
    debtor             INTEGER NOT NULL, -- of accounts, as all that follow
    creditor           INTEGER NOT NULL,
    currency           TEXT    NOT NULL,
    amount             ANY     NOT NULL, -- a number of 64 bits, or a longer one as text
    status             TEXT    NOT NULL,
    reason             TEXT    NOT NULL,
    end_to_end_digest  BLOB    NOT NULL,
    end_to_end_key     INTEGER,          -- of a digest of 32 bytes
    instruction_digest BLOB    NOT NULL,
    instruction_key    INTEGER,
    -- Number in the log; NULL only if the log could not be followed any more.
    log_index          INTEGER,
    -- Whether entries follow from the payment: the debtor's, with the number first_entry in the block, the
    -- creditor's, and then those of the reserves if some moved.
    moved              INTEGER NOT NULL CHECK (moved IN (0, 1)),
    first_entry        INTEGER NOT NULL,
    debtor_reserve     INTEGER,
    creditor_reserve   INTEGER
) STRICT;

CREATE UNIQUE INDEX payments_by_uetr      ON payments (uetr);
CREATE INDEX payments_by_debtor           ON payments (debtor, moved);
CREATE INDEX payments_by_creditor         ON payments (creditor, moved);
CREATE INDEX payments_by_debtor_reserve   ON payments (debtor_reserve) WHERE debtor_reserve IS NOT NULL;
CREATE INDEX payments_by_creditor_reserve ON payments (creditor_reserve) WHERE creditor_reserve IS NOT NULL;
CREATE INDEX payments_by_end_to_end       ON payments (end_to_end_key) WHERE end_to_end_key IS NOT NULL;
CREATE INDEX payments_by_instruction      ON payments (instruction_key) WHERE instruction_key IS NOT NULL;

-- Movements of balances that do not follow from a row of payments.
CREATE TABLE entries (
    account           INTEGER NOT NULL,
    height            INTEGER NOT NULL,
    sequence          INTEGER NOT NULL,
    currency          TEXT    NOT NULL,
    amount            ANY     NOT NULL,
    credit            INTEGER NOT NULL CHECK (credit IN (0, 1)),
    kind              TEXT    NOT NULL,
    uetr              ANY     NOT NULL,
    counterparty      INTEGER, -- NULL if there is none
    end_to_end_digest BLOB    NOT NULL,
    PRIMARY KEY (account, height, sequence)
) STRICT, WITHOUT ROWID;
