-- Payments whose UETR was decided about again: their receipts stay obtainable.
CREATE TABLE replaced_payments (
    uetr               TEXT    NOT NULL,
    debtor             TEXT    NOT NULL,
    creditor           TEXT    NOT NULL,
    currency           TEXT    NOT NULL,
    amount             TEXT    NOT NULL,
    status             TEXT    NOT NULL,
    reason             TEXT    NOT NULL,
    height             INTEGER NOT NULL,
    decided_at         INTEGER NOT NULL,
    end_to_end_digest  BLOB    NOT NULL,
    instruction_digest BLOB    NOT NULL,
    log_index          INTEGER NOT NULL,
    PRIMARY KEY (uetr, log_index)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER keep_replaced_payment BEFORE UPDATE OF log_index ON payments
WHEN OLD.log_index IS NOT NULL AND NEW.log_index IS NOT OLD.log_index
BEGIN
    INSERT INTO replaced_payments VALUES (OLD.uetr, OLD.debtor, OLD.creditor, OLD.currency, OLD.amount, OLD.status, OLD.reason,
        OLD.height, OLD.decided_at, OLD.end_to_end_digest, OLD.instruction_digest, OLD.log_index);
END;
