-- Invitations to join with a phone. Only the code's SHA-256 is kept; the name goes to the vault, under
-- the party's id, which is chosen here and admitted by the ledger once the clerk has signed.
CREATE SCHEMA IF NOT EXISTS joining;

CREATE TABLE IF NOT EXISTS joining.invitation (
    digest      bytea       PRIMARY KEY,
    cooperative text        NOT NULL,
    party       text        NOT NULL,
    again       boolean     NOT NULL,
    expires     timestamptz NOT NULL,
    did         text,
    checked     text,
    township    text,
    asked_at    timestamptz,
    CHECK ((did IS NULL) = (asked_at IS NULL))
);
CREATE INDEX IF NOT EXISTS invitation_cooperative ON joining.invitation (cooperative, asked_at);
