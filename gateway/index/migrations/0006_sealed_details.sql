-- Sealed details of payments. Only payments that have details have a row here.
CREATE TABLE payment_details (
    payment  INTEGER PRIMARY KEY, -- of payments
    digest   BLOB NOT NULL,       -- 32 bytes
    envelope BLOB NOT NULL,       -- encoded zhilian.seal.v1.Envelope
    keys     INTEGER              -- of details_groups; NULL if no group shares them
) STRICT;

-- Keys that all payments of a batch share. The id is that of the first payment that came with them.
CREATE TABLE details_groups (
    id   INTEGER PRIMARY KEY,
    keys BLOB NOT NULL -- encoded zhilian.seal.v1.GroupKeys
) STRICT;

-- Part of what the chain logged; empty if the payment had no details.
ALTER TABLE replaced_payments ADD COLUMN details_digest BLOB NOT NULL DEFAULT x'';
