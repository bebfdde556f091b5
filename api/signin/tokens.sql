-- Tokens for programs. Only the SHA-256 of a token is kept: who reads this table can't use one.
-- A token that a key or a passkey made ends with that; one that the operator made has none.
CREATE SCHEMA IF NOT EXISTS signin;

CREATE TABLE IF NOT EXISTS signin.token (
    id      text        PRIMARY KEY,
    digest  bytea       NOT NULL UNIQUE,
    party   text        NOT NULL,
    name    text        NOT NULL,
    scopes  text[]      NOT NULL CHECK (cardinality(scopes) > 0),
    did     text,
    made    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires timestamptz NOT NULL,
    revoked timestamptz,
    used    timestamptz
);
ALTER TABLE signin.token ADD COLUMN IF NOT EXISTS credential bytea;
CREATE INDEX IF NOT EXISTS token_party ON signin.token (party, made);
