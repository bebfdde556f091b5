-- The ledger: events, the tags they are found by, the tree's full tiles, and the signed checkpoints.
-- Nothing here is ever changed or deleted; only the head moves.

CREATE SCHEMA IF NOT EXISTS ledger;

-- Which scripts made these tables, by SHA-256: a role that may not make any need not try again.
CREATE TABLE IF NOT EXISTS ledger.installed (
    script bytea PRIMARY KEY
);

-- One row: the last position. Its row lock is the only coordination between writers.
CREATE TABLE IF NOT EXISTS ledger.head (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint  NOT NULL CHECK (position >= 0)
);
INSERT INTO ledger.head (position) VALUES (0) ON CONFLICT DO NOTHING;

-- data is the stored envelope, to the byte; the tree's leaf is hashed from it.
CREATE TABLE IF NOT EXISTS ledger.event (
    position    bigint      PRIMARY KEY CHECK (position >= 1),
    type        text        NOT NULL,
    data        bytea       NOT NULL,
    admitted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Envelopes are base64 of random-looking bytes: trying to compress them only costs time.
ALTER TABLE ledger.event ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE IF NOT EXISTS ledger.tag (
    tag      text   NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (tag, position)
);

-- Full tiles only (C2SP tlog-tiles); root is the hash over the whole tile, so that the partial tile
-- above is read without opening 255 tiles.
CREATE TABLE IF NOT EXISTS ledger.tile (
    level  smallint NOT NULL,
    index  bigint   NOT NULL,
    hashes bytea    NOT NULL CHECK (length(hashes) = 8192),
    root   bytea    NOT NULL CHECK (length(root) = 32),
    PRIMARY KEY (level, index)
);
ALTER TABLE ledger.tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE IF NOT EXISTS ledger.checkpoint (
    size      bigint      PRIMARY KEY,
    note      text        NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Checkpoints that witnesses cosigned: the note above with their lines after the log's own. A size
-- may come again, with more of them.
CREATE TABLE IF NOT EXISTS ledger.cosigned (
    number      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size        bigint      NOT NULL,
    note        text        NOT NULL,
    cosigned_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX IF NOT EXISTS cosigned_size ON ledger.cosigned (size);

CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger.% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'Declare an event in error with event.corrected.v1.';
END
$$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['event', 'tag', 'tile', 'checkpoint', 'cosigned'] LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE
             ON ledger.%I FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', name);
        -- So that replication and restored sessions can't step around it either.
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER append_only', name);
    END LOOP;
END
$$;
