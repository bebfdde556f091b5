-- The market: what is offered, wanted and ordered, with each order's life as a timeline. What lists
-- are narrowed by (names, categories, townships) is a copy of our own, so that no other read model
-- need keep pace.

-- A person's name stays in the vault.
CREATE TABLE parties (
    id   text COLLATE "C" PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE places (
    id       text COLLATE "C" PRIMARY KEY,
    township text NOT NULL,
    name     text NOT NULL
);

CREATE TABLE products (
    gtin     text COLLATE "C" PRIMARY KEY,
    category text NOT NULL,
    names    text NOT NULL, -- all that it is called, for searching
    keeps_days integer      -- how long it keeps
);

-- What speaks for a batch, an event a row: it was made, certified, inspected.
CREATE TABLE facts (
    event    text        COLLATE "C" NOT NULL,
    batch    text        COLLATE "C" NOT NULL,
    position bigint      NOT NULL,
    kind     text        NOT NULL,
    of       text,       -- the certificate that is replaced or withdrawn
    passed   boolean,
    at       timestamptz NOT NULL,
    PRIMARY KEY (event, batch)
);
CREATE INDEX facts_by_batch ON facts (batch, position);

-- How a seller kept what it confirmed: kept are orders received or settled and never disputed,
-- broken those that it cancelled after confirming, or that were disputed.
CREATE TABLE records (
    seller text COLLATE "C" PRIMARY KEY,
    kept   integer NOT NULL,
    broken integer NOT NULL
);

-- promised is what confirmed orders have taken of an offer; quantity is that and what is left. The
-- terms are those stated last (see terms), made_at, certified and inspected what counts of facts,
-- free is what the seller holds and has not promised.
-- What ranking reads stands first: to come to a column costs PostgreSQL time for each before it.
CREATE TABLE offers (
    position     bigint      NOT NULL UNIQUE,
    quantity     bigint      NOT NULL,
    promised     bigint      NOT NULL DEFAULT 0,
    least        bigint      NOT NULL,
    price_amount bigint      NOT NULL,
    price_per    bigint      NOT NULL,
    free         bigint      NOT NULL DEFAULT 0,
    withdrawn    boolean     NOT NULL DEFAULT false,
    certified    boolean     NOT NULL DEFAULT false,
    inspected    boolean     NOT NULL DEFAULT false,
    -- What ranking compares, each in 8 bytes, in the order of projections.matching_offers: of
    -- thousands of offers it is read as one run of bytes.
    ranked       bytea       GENERATED ALWAYS AS (
        int8send(position) || int8send(translate(seller, 'P-', '')::bigint)
        || int8send(left(batch, 14)::bigint) || int8send(township::bigint)
        || int8send(least) || int8send(price_amount) || int8send(price_per)
        || int8send(('delivery' = ANY(ways))::int::bigint)
        || int8send(('pick_up' = ANY(ways))::int::bigint)
        || timestamptz_send(coalesce(window_since, '-infinity'))
        || timestamptz_send(coalesce(window_until, 'infinity'))
        || timestamptz_send(coalesce(made_at, '-infinity'))
        || int8send(certified::int::bigint) || int8send(inspected::int::bigint)
        || int8send(jsonb_array_length(tiers)::bigint)
        || int8send(CASE
            -- A harvest to come is ordered before it is held.
            WHEN plot IS NOT NULL AND made_at IS NULL THEN quantity - promised
            ELSE greatest(least(quantity - promised, free), 0)
        END)
    ) STORED,
    tiers_ranked bytea       NOT NULL DEFAULT '', -- quantity, amount and per of each, in order
    batch        text        NOT NULL,
    seller       text        NOT NULL,
    place        text        NOT NULL,
    gtin         text        COLLATE "C" GENERATED ALWAYS AS (left(batch, 14)) STORED,
    unit         text        NOT NULL,
    currency     text        NOT NULL,
    until        timestamptz,
    window_until timestamptz,
    made_at      timestamptz,
    plot         text,       -- of a harvest to come
    id           text        COLLATE "C" PRIMARY KEY,
    township     text        NOT NULL, -- of the place
    unit_price   numeric     GENERATED ALWAYS AS (price_amount::numeric / price_per) STORED,
    tiers        jsonb       NOT NULL DEFAULT '[]', -- [{quantity, price: {amount, per, currency}}]
    window_since timestamptz,
    ways         text[]      NOT NULL DEFAULT '{pick_up,delivery}',
    occurred_at  timestamptz NOT NULL
);
CREATE INDEX offers_by_batch ON offers (batch);
CREATE INDEX offers_that_may_be_open ON offers (gtin)
    WHERE NOT withdrawn AND quantity - promised >= least;
CREATE INDEX offers_by_price ON offers (unit_price, position);
CREATE INDEX offers_by_product ON offers (gtin, position);
CREATE INDEX offers_by_seller ON offers (seller, position);

-- One row each time that the terms of an offer were stated: what it cost, and when.
CREATE TABLE terms (
    event        text COLLATE "C" PRIMARY KEY,
    position     bigint      NOT NULL,
    offer        text        COLLATE "C" NOT NULL,
    e            jsonb       NOT NULL, -- the event
    occurred_at  timestamptz NOT NULL
);
CREATE INDEX terms_by_offer ON terms (offer, position);
CREATE INDEX terms_by_position ON terms (position);

-- met is what confirmed orders for it came to.
CREATE TABLE demands (
    id             text COLLATE "C" PRIMARY KEY,
    position       bigint      NOT NULL UNIQUE,
    buyer          text        NOT NULL,
    category       text        NOT NULL,
    quantity       bigint      NOT NULL,
    unit           text        NOT NULL,
    deliver_to     text        NOT NULL,
    ceiling_amount bigint,
    ceiling_per    bigint,
    ceiling_currency text,
    until          timestamptz,
    product        text,
    window_since   timestamptz,
    window_until   timestamptz,
    certificates   text[]      NOT NULL DEFAULT '{}',
    fetches        boolean     NOT NULL DEFAULT false,
    met            bigint      NOT NULL DEFAULT 0,
    occurred_at    timestamptz NOT NULL,
    withdrawn      boolean     NOT NULL DEFAULT false
);
CREATE INDEX demands_by_category ON demands (category, position);

-- state and changed_at are of the last step that counts; confirmed is how much was promised.
CREATE TABLE orders (
    id           text COLLATE "C" PRIMARY KEY,
    position     bigint      NOT NULL UNIQUE,
    offer        text        NOT NULL,
    buyer        text        NOT NULL,
    seller       text        NOT NULL,
    batch        text        NOT NULL,
    quantity     bigint      NOT NULL,
    unit         text        NOT NULL,
    price_amount bigint      NOT NULL,
    price_per    bigint      NOT NULL,
    currency     text        NOT NULL,
    deliver_to   text        NOT NULL,
    way          text        NOT NULL DEFAULT 'delivery',
    demand       text,
    window_since timestamptz,
    window_until timestamptz,
    confirmed    bigint,
    occurred_at  timestamptz NOT NULL,
    state        text        NOT NULL DEFAULT 'placed',
    changed_at   bigint      NOT NULL
);
CREATE INDEX orders_by_offer ON orders (offer);
CREATE INDEX orders_by_demand ON orders (demand) WHERE demand IS NOT NULL;
CREATE INDEX orders_by_buyer ON orders (buyer, position);
CREATE INDEX orders_by_seller ON orders (seller, position);

-- One row an event of an order's life. A step that was declared in error stays in sight (corrected
-- says by which position) and counts only if a replacement took its place.
CREATE TABLE steps (
    event       text COLLATE "C" PRIMARY KEY,
    position    bigint      NOT NULL,
    order_id    text        COLLATE "C" NOT NULL,
    state       text        NOT NULL,
    actor       text        NOT NULL,
    quantity    bigint,
    reason      text,
    shipment    text,
    occurred_at timestamptz NOT NULL,
    admitted_at timestamptz NOT NULL,
    counts      boolean     NOT NULL DEFAULT true,
    corrected   bigint
);
CREATE INDEX steps_by_order ON steps (order_id, position);
-- What happened since a position, for those who watch.
CREATE INDEX steps_by_position ON steps (position);
CREATE INDEX steps_by_correction ON steps (corrected) WHERE corrected IS NOT NULL;
CREATE INDEX steps_by_shipment ON steps (shipment) WHERE shipment IS NOT NULL;

-- What counts of the steps: to have received a shipment means nothing once it was never sent.
CREATE VIEW counted AS
    SELECT s.* FROM steps s
    WHERE s.counts AND (
        s.state <> 'received' OR EXISTS (
            SELECT FROM steps sent
            WHERE sent.event = s.shipment AND sent.counts
        )
    );

-- Offers as they stand at this moment.
CREATE VIEW offers_now AS
    SELECT o.*, o.quantity - o.promised AS remaining,
        CASE
            WHEN o.withdrawn THEN 'withdrawn'
            WHEN o.quantity - o.promised < o.least THEN 'sold-out'
            WHEN least(o.until, o.window_until) < now() THEN 'expired'
            ELSE 'open'
        END AS state
    FROM offers o;

CREATE VIEW demands_now AS
    SELECT d.*, greatest(d.quantity - d.met, 0) AS remaining,
        CASE
            WHEN d.withdrawn THEN 'withdrawn'
            WHEN d.met >= d.quantity THEN 'met'
            WHEN least(d.until, d.window_until) < now() THEN 'expired'
            ELSE 'open'
        END AS state
    FROM demands d;
