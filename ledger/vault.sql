-- Personal data, outside the ledger: each person's card under a key of their own. Erasing the row
-- erases the person; the ledger, which holds only the party's id, still verifies.
CREATE SCHEMA IF NOT EXISTS vault;

CREATE TABLE IF NOT EXISTS vault.person (
    party       text        PRIMARY KEY,
    wrapped_key bytea       NOT NULL,
    sealed      bytea       NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
