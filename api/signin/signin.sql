-- Who is signed in. Only the SHA-256 of what a browser holds is kept: who reads this table can't
-- sign in with it. A challenge is unique, so that none is answered twice.
CREATE SCHEMA IF NOT EXISTS signin;

CREATE TABLE IF NOT EXISTS signin.session (
    digest    bytea       PRIMARY KEY,
    party     text        NOT NULL,
    means     text        NOT NULL CHECK (means IN ('signature', 'passkey')),
    did       text,
    challenge text        NOT NULL UNIQUE,
    began     timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires   timestamptz NOT NULL,
    CHECK ((means = 'signature') = (did IS NOT NULL))
);
-- Which passkey began it; a session of before it was noted is over.
ALTER TABLE signin.session ADD COLUMN IF NOT EXISTS credential bytea;
CREATE INDEX IF NOT EXISTS session_party ON signin.session (party);
CREATE INDEX IF NOT EXISTS session_expires ON signin.session (expires);
