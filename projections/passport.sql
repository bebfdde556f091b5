-- One ready document a batch, and what is needed to write it anew when a correction asks for it.

CREATE TABLE document (
    batch    text   PRIMARY KEY,  -- GTIN/LOT, or a foreign identifier in canonical form
    body     bytea  NOT NULL,     -- JSON (projections.passport.Passport)
    position bigint NOT NULL
);
-- Compressing a few kilobytes costs more than it saves on the way to the page.
ALTER TABLE document ALTER COLUMN body SET STORAGE EXTERNAL;

-- Names that documents hold; none of these ever changes.
CREATE TABLE party (id text PRIMARY KEY, name text, kind text NOT NULL);
CREATE TABLE place (
    id text PRIMARY KEY, name text NOT NULL, kind text NOT NULL, township text NOT NULL
);
CREATE TABLE key (did text PRIMARY KEY, party text NOT NULL, custody text NOT NULL);
CREATE TABLE product (
    gtin             text PRIMARY KEY,
    zh               text NOT NULL,
    en               text NOT NULL,
    category         text NOT NULL,
    unit             text NOT NULL,
    content_quantity bigint,
    content_unit     text
);

-- A batch: how many steps are its own, and what it has from what it was made of.
CREATE TABLE batch (
    batch    text   PRIMARY KEY,
    display  text,                -- as a foreign event wrote it first; NULL for our own
    steps    bigint NOT NULL,
    heritage bytea,               -- JSON (projections.passport_heritage.Heritage): places of steps
    last     bigint NOT NULL
) WITH (fillfactor = 80);

-- A batch's own steps, by rank: what made it, inspections, other moves, what is not passed on.
CREATE TABLE step (
    batch    text        NOT NULL,
    rank     smallint    NOT NULL,
    position bigint      NOT NULL,
    n        integer     NOT NULL,
    at       timestamptz NOT NULL,
    display  text,
    body     bytea       NOT NULL,
    PRIMARY KEY (batch, rank, position, n)
);
CREATE INDEX ON step (position);

-- Certificates of commitment, and what ends one: a withdrawal or another in its place.
CREATE TABLE certificate (
    position bigint PRIMARY KEY,
    id       text   NOT NULL,
    batch    text   NOT NULL,
    body     bytea  NOT NULL      -- JSON (projections.passport.Certified)
);
CREATE INDEX ON certificate (batch);
CREATE TABLE certificate_end (
    position    bigint PRIMARY KEY,
    certificate text   NOT NULL
);
CREATE INDEX ON certificate_end (certificate);

-- Marks: grants, their revocations, and which batch bears which by what claim.
CREATE TABLE mark_grant (
    id         text        PRIMARY KEY,
    position   bigint      NOT NULL,
    mark       text        NOT NULL,
    zh         text        NOT NULL,
    en         text        NOT NULL,
    party      text        NOT NULL,
    townships  text[]      NOT NULL,
    granted_at timestamptz NOT NULL,
    until      timestamptz
);
CREATE TABLE mark_revoked (
    grant_id text        PRIMARY KEY,
    event    text        NOT NULL,
    position bigint      NOT NULL,
    at       timestamptz NOT NULL,
    reason   text        NOT NULL
);
CREATE TABLE borne (
    position bigint NOT NULL,
    batch    text   NOT NULL,
    grant_id text   NOT NULL,
    event    text   NOT NULL
);
CREATE INDEX ON borne (batch);
CREATE INDEX ON borne (grant_id);
CREATE INDEX ON borne (position);

CREATE TABLE withdrawn (
    batch    text    NOT NULL,
    position bigint  NOT NULL,
    n        integer NOT NULL,
    body     bytea   NOT NULL,
    PRIMARY KEY (batch, position, n)
);

CREATE TABLE link (
    position bigint  NOT NULL,
    n        integer NOT NULL,
    parent   text    NOT NULL,
    child    text    NOT NULL,
    joined   text,
    PRIMARY KEY (position, n)
);
CREATE INDEX ON link (parent);
CREATE INDEX ON link (child);
CREATE INDEX ON link (joined) WHERE joined IS NOT NULL;

-- Parts of foreign processes that several events tell of together (EPCIS transformationID).
CREATE TABLE joint (
    position bigint  NOT NULL,
    joined   text    NOT NULL,
    batch    text    NOT NULL,
    makes    boolean NOT NULL
);
CREATE INDEX ON joint (joined);
CREATE INDEX ON joint (position);

CREATE TABLE harvest (
    position bigint      NOT NULL,
    n        integer     NOT NULL,
    batch    text        NOT NULL,
    plot     text,
    at       timestamptz NOT NULL,
    body     bytea       NOT NULL, -- JSON (projections.passport.Origin) but for the treatments
    PRIMARY KEY (position, n)
);
CREATE INDEX ON harvest (batch);
CREATE INDEX ON harvest (plot, at);

CREATE TABLE treatment (
    position bigint      PRIMARY KEY,
    plot     text        NOT NULL,
    at       timestamptz NOT NULL,
    body     bytea       NOT NULL
);
CREATE INDEX ON treatment (plot, at);

-- Double entry: what was made is held, on the way, used, sold, disposed of or lost.
CREATE TABLE balance (
    batch    text   NOT NULL,
    account  text   NOT NULL,
    party    text   NOT NULL,
    place    text   NOT NULL,
    quantity bigint NOT NULL,
    PRIMARY KEY (batch, account, party, place)
) WITH (fillfactor = 80);

-- Captures of foreign events: the same one may come twice, and one may be declared in error.
CREATE TABLE foreign_event (
    position  bigint  PRIMARY KEY,
    digest    bytea   NOT NULL,
    actor     text    NOT NULL,
    event_id  text,
    error     boolean NOT NULL,
    effective boolean NOT NULL DEFAULT false
);
CREATE INDEX ON foreign_event (digest);
CREATE INDEX ON foreign_event (event_id) WHERE event_id IS NOT NULL;
