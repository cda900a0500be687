-- The digest of the file's MsgId. The migration before emptied the table: no row lacks it.
ALTER TABLE payments ADD COLUMN instruction_digest BLOB NOT NULL DEFAULT X'';

CREATE INDEX payments_by_end_to_end  ON payments (end_to_end_digest);
CREATE INDEX payments_by_transaction ON payments (tx_hash) WHERE tx_hash <> '';
CREATE INDEX payments_by_instruction ON payments (instruction_digest, height, tx_index, event_index) WHERE instruction_digest <> X'';

-- Transactions that stand in a block and were refused there: nothing of them took effect.
CREATE TABLE refused_transactions (
    tx_hash    TEXT    PRIMARY KEY,
    height     INTEGER NOT NULL,
    refused_at INTEGER NOT NULL,
    codespace  TEXT    NOT NULL,
    code       INTEGER NOT NULL,
    log        TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
