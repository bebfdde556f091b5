-- The genealogy: batches, what went from one into another, and what happened to each.

CREATE TABLE node (
    id          bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key         text     NOT NULL UNIQUE,  -- GTIN/LOT, or a foreign identifier in canonical form
    display     text     NOT NULL,         -- the identifier it was first seen by
    own         boolean  NOT NULL,         -- what made it (or else spoke of it first) is ours
    made        boolean  NOT NULL,         -- the making is on record
    quantity    numeric,
    unit        text,
    party       text,
    place       text,
    plot        text,
    event       text     NOT NULL,
    position    bigint   NOT NULL,
    occurred_at timestamptz NOT NULL,
    utc_offset  smallint NOT NULL          -- minutes
);

-- What each event says of each batch. A node's own columns are worked out from these rows.
CREATE TABLE movement (
    position    bigint   NOT NULL,
    n           integer  NOT NULL,
    node        bigint   NOT NULL,
    display     text,                      -- as a foreign event writes it; NULL for our own
    kind        text     NOT NULL,
    makes       boolean  NOT NULL,
    event       text     NOT NULL,
    occurred_at timestamptz NOT NULL,
    utc_offset  smallint NOT NULL,
    party       text,
    place       text,
    quantity    numeric,
    unit        text,
    lost        numeric,
    note        text,
    result      text,
    other_party text,
    other_place text,
    joined      text,                      -- EPCIS transformationID: several events, one process
    PRIMARY KEY (position, n)
);
CREATE INDEX ON movement (node, position);
CREATE INDEX ON movement (joined) WHERE joined IS NOT NULL;
-- What a recall asks of each batch under it: what of it is no more, or out of reach.
CREATE INDEX ON movement (node)
    WHERE display IS NULL
        AND (kind IN ('sold', 'used', 'disposed') OR kind = 'received' AND lost > 0);

CREATE TABLE edge (
    position bigint  NOT NULL,
    n        integer NOT NULL,
    source   bigint  NOT NULL,
    target   bigint  NOT NULL,
    event    text    NOT NULL,
    quantity numeric,
    unit     text,
    kind     text    NOT NULL,
    PRIMARY KEY (position, n)
);
CREATE INDEX ON edge (source);
CREATE INDEX ON edge (target);

CREATE TABLE treatment (
    position      bigint PRIMARY KEY,
    plot          text   NOT NULL,
    event         text   NOT NULL,
    occurred_at   timestamptz NOT NULL,
    utc_offset    smallint NOT NULL,
    party         text   NOT NULL,
    substance     text   NOT NULL
);
CREATE INDEX ON treatment (plot, occurred_at);

-- Holds and recalls that are not lifted, and all batches that lie under each.
CREATE TABLE halt (
    event       text     PRIMARY KEY,
    kind        text     NOT NULL,
    node        bigint   NOT NULL,
    position    bigint   NOT NULL,
    descendants boolean  NOT NULL,
    body        bytea    NOT NULL          -- JSON (projections.halts.Halt)
);
CREATE TABLE halted (
    halt text   NOT NULL,
    node bigint NOT NULL,
    key  text   NOT NULL,                  -- the node's, so that readers need not look it up
    PRIMARY KEY (halt, node)
);
CREATE INDEX ON halted (node);
CREATE INDEX ON halted (key);

-- Captures of foreign events: the same one may come twice, and one may be declared in error.
CREATE TABLE foreign_event (
    position  bigint  PRIMARY KEY,
    digest    bytea   NOT NULL,
    actor     text    NOT NULL,
    event_id  text,
    error     boolean NOT NULL,            -- declares the event of the same id in error
    effective boolean NOT NULL DEFAULT false
);
CREATE INDEX ON foreign_event (digest);
CREATE INDEX ON foreign_event (event_id) WHERE event_id IS NOT NULL;
