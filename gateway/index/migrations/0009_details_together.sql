-- Sealed details lie together: the envelopes of many payments in one row, each behind its length in four bytes.
ALTER TABLE payments ADD COLUMN details_digest BLOB NOT NULL DEFAULT x''; -- 32 bytes; empty if it came without
ALTER TABLE payments ADD COLUMN details_at INTEGER; -- where its envelope lies in its row of details; NULL if the block did not have it

CREATE TABLE details (
    payment   INTEGER PRIMARY KEY, -- the first of those whose details the row holds
    envelopes BLOB NOT NULL        -- encoded zhilian.seal.v1.Envelope
) STRICT;

UPDATE payments SET (details_digest, details_at) = (
    SELECT x.digest, CASE WHEN length(x.envelope) > 0 THEN 0 END FROM payment_details x WHERE x.payment = payments.id
) WHERE id IN (SELECT payment FROM payment_details);

INSERT INTO details (payment, envelopes)
SELECT payment, CAST(unhex(printf('%08x', length(envelope))) || envelope AS BLOB) FROM payment_details WHERE length(envelope) > 0;

DROP TABLE payment_details;
