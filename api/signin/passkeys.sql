-- Passkeys (W3C Web Authentication) of offices: public keys only. An invitation, of which only the
-- SHA-256 is kept, lets an office register its first.
CREATE SCHEMA IF NOT EXISTS signin;

CREATE TABLE IF NOT EXISTS signin.passkey (
    credential bytea       PRIMARY KEY,
    party      text        NOT NULL,
    name       text        NOT NULL,
    public_key bytea       NOT NULL,
    uses       bigint      NOT NULL,
    made       timestamptz NOT NULL DEFAULT clock_timestamp(),
    used       timestamptz
);
CREATE INDEX IF NOT EXISTS passkey_party ON signin.passkey (party, made);

CREATE TABLE IF NOT EXISTS signin.invitation (
    digest  bytea       PRIMARY KEY,
    party   text        NOT NULL,
    expires timestamptz NOT NULL,
    used    timestamptz
);
