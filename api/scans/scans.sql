-- Scans of units (serials). Nothing of who scanned is kept: a minute and, where the operator's proxy
-- tells it, a prefecture.
CREATE SCHEMA IF NOT EXISTS scan;

CREATE TABLE IF NOT EXISTS scan.unit (
    batch       text        NOT NULL,
    serial      text        NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    last_region text,
    scans       bigint      NOT NULL DEFAULT 1,
    day         date        NOT NULL,
    day_scans   integer     NOT NULL DEFAULT 1,
    PRIMARY KEY (batch, serial)
);

CREATE TABLE IF NOT EXISTS scan.sighting (
    number bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch  text        NOT NULL,
    serial text        NOT NULL,
    at     timestamptz NOT NULL,
    region text
);
CREATE INDEX IF NOT EXISTS sighting_unit ON scan.sighting (batch, serial, at DESC);

-- Serials that were never printed, counted by batch and day: a robot can make up any number of them.
CREATE TABLE IF NOT EXISTS scan.stray (
    batch  text    NOT NULL,
    day    date    NOT NULL,
    scans  bigint  NOT NULL DEFAULT 1,
    serial text    NOT NULL,
    PRIMARY KEY (batch, day)
);

CREATE TABLE IF NOT EXISTS scan.suspicion (
    number    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch     text        NOT NULL,
    owner     text,
    serial    text        NOT NULL,
    kind      text        NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    times     bigint      NOT NULL DEFAULT 1,
    evidence  jsonb       NOT NULL,
    closed_at timestamptz,
    closed_by text,
    outcome   text,
    CHECK ((closed_at IS NULL) = (closed_by IS NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS suspicion_open
    ON scan.suspicion (batch, serial, kind) WHERE closed_at IS NULL;
CREATE INDEX IF NOT EXISTS suspicion_owner ON scan.suspicion (owner, last_at DESC);
