-- Certificates of commitment and print runs, by batch; and what was made of what, for the lineage.

CREATE TABLE certificate (
    id          text        PRIMARY KEY,  -- the event that issued it
    position    bigint      NOT NULL,
    batch       text        NOT NULL,
    issuer      text        NOT NULL,
    place       text        NOT NULL,
    quantity    bigint      NOT NULL,
    unit        text        NOT NULL,
    basis       text[]      NOT NULL,
    commitments text[]      NOT NULL,
    report      text,
    replaces    text,
    issued_at   timestamptz NOT NULL
);
CREATE INDEX ON certificate (batch);
CREATE INDEX ON certificate (position);
CREATE INDEX ON certificate (replaces) WHERE replaces IS NOT NULL;

CREATE TABLE withdrawal (
    position     bigint      PRIMARY KEY,
    event        text        NOT NULL,
    certificate  text        NOT NULL,
    reason       text        NOT NULL,
    withdrawn_at timestamptz NOT NULL
);
CREATE INDEX ON withdrawal (certificate);

-- What of a certificate holds is worked out when it is read, so that a correction needs no more
-- than to take its row out.
CREATE VIEW standing AS
SELECT c.*, w.event AS withdrawn_by, w.reason AS withdrawn_for, w.withdrawn_at,
       r.id AS replaced_by
FROM certificate c
LEFT JOIN LATERAL (
    SELECT * FROM withdrawal WHERE certificate = c.id ORDER BY position LIMIT 1
) AS w ON true
LEFT JOIN LATERAL (
    SELECT id FROM certificate WHERE replaces = c.id ORDER BY position LIMIT 1
) AS r ON true;

CREATE TABLE run (
    id          text        PRIMARY KEY,  -- the event
    position    bigint      NOT NULL,
    batch       text        NOT NULL,
    template    text        NOT NULL,
    kind        text        NOT NULL,
    count       integer     NOT NULL,
    first       text,                     -- of its serials or SSCCs
    last        text,
    certificate text,
    party       text        NOT NULL,     -- who printed
    holder      text        NOT NULL,     -- for whom
    place       text        NOT NULL,
    reprint_of  text,
    printed_at  timestamptz NOT NULL
);
CREATE INDEX ON run (batch, position);
CREATE INDEX ON run (position);
-- SSCCs are of one length, so that they are in order as text too.
CREATE INDEX ON run (first COLLATE "C") WHERE kind = 'crate';
CREATE INDEX ON run (reprint_of) WHERE reprint_of IS NOT NULL;

-- Numbers of print runs that were corrected: gone, where no run that stands has them.
CREATE TABLE withdrawn_run (
    position bigint NOT NULL,
    batch    text   NOT NULL,
    kind     text   NOT NULL,
    first    text   NOT NULL,
    last     text   NOT NULL
);
CREATE INDEX ON withdrawn_run (batch);
CREATE INDEX ON withdrawn_run (first COLLATE "C") WHERE kind = 'crate';

-- Units that were sold, by serial.
CREATE TABLE sale (
    position bigint      NOT NULL,
    batch    text        NOT NULL,
    first    text        NOT NULL,
    last     text        NOT NULL,
    place    text        NOT NULL,
    sold_at  timestamptz NOT NULL
);
CREATE INDEX ON sale (batch, length(first), first COLLATE "C");
CREATE INDEX ON sale (position);

CREATE TABLE parent (
    position bigint NOT NULL,
    child    text   NOT NULL,
    parent   text   NOT NULL
);
CREATE INDEX ON parent (child);
CREATE INDEX ON parent (position);
