-- Grants of geographical-indication marks, and what was harvested under each.

CREATE TABLE granted (
    id         text        PRIMARY KEY,  -- the event
    position   bigint      NOT NULL,
    mark       text        NOT NULL,
    zh         text        NOT NULL,
    en         text        NOT NULL,
    party      text        NOT NULL,
    categories text[]      NOT NULL,
    townships  text[]      NOT NULL,
    quota      bigint,                   -- NULL: for processing, not for a harvest
    unit       text,
    until      timestamptz,
    granted_at timestamptz NOT NULL,
    revoked_by text,
    revoked_at timestamptz,
    reason     text
);
CREATE INDEX ON granted (party);

CREATE TABLE harvest (
    position bigint PRIMARY KEY,
    grant_id text   NOT NULL,
    batch    text   NOT NULL,
    quantity bigint NOT NULL
);
CREATE INDEX ON harvest (grant_id);
