-- What a payment pays back. Only returns have a row here; they settle, and so are never decided again.
CREATE TABLE payment_returns (
    payment  INTEGER PRIMARY KEY, -- of payments
    original ANY  NOT NULL,       -- 16 bytes, as payments has its UETRs
    reason   TEXT NOT NULL
) STRICT;
