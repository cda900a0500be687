-- Groups of readers, whose keys serve many payments of a debtor; a payment's envelope names its groups.
-- A debtor has its own groups only: nobody else can stand in the way of its keys.
DROP TABLE details_groups;
ALTER TABLE payment_details DROP COLUMN keys;

CREATE TABLE details_groups (
    debtor     INTEGER NOT NULL, -- of accounts
    commitment BLOB    NOT NULL, -- 32 bytes
    keys       BLOB    NOT NULL, -- encoded zhilian.seal.v1.GroupKeys
    UNIQUE (debtor, commitment)
) STRICT;
