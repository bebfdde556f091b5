-- What shoppers report. The owner is who first recorded the batch. No name, no address, no device:
-- a word, perhaps a photo, and the batch. The shopper may look at the answer with a secret of which
-- only the SHA-256 is kept.
CREATE SCHEMA IF NOT EXISTS report;

CREATE TABLE IF NOT EXISTS report.report (
    number      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    secret      bytea       NOT NULL UNIQUE,
    batch       text        NOT NULL,
    owner       text,
    serial      text,
    problem     text        NOT NULL,
    words       text,
    made_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    answer      text,
    answered_by text,
    answered_at timestamptz,
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX IF NOT EXISTS report_owner ON report.report (owner, made_at DESC);

CREATE TABLE IF NOT EXISTS report.photo (
    report bigint PRIMARY KEY REFERENCES report.report,
    jpeg   bytea  NOT NULL CHECK (length(jpeg) <= 1048576)
);
ALTER TABLE report.photo ALTER COLUMN jpeg SET STORAGE EXTERNAL;
