-- Private keys that the server keeps for parties, each encrypted under a key that is outside the
-- database. The ledger says of each that its custody is the server's; erasing a row is enough to
-- make it sign no more.
CREATE SCHEMA IF NOT EXISTS custody;

CREATE TABLE IF NOT EXISTS custody.key (
    did     text        PRIMARY KEY,
    party   text        NOT NULL,
    sealed  bytea       NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX IF NOT EXISTS key_party ON custody.key (party);
