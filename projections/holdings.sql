-- How much of each batch is where, and what is on the way.

-- The table of holdings itself is in stock.sql.
CREATE INDEX ON holding (party, place);

CREATE TABLE shipment (
    id         text        PRIMARY KEY,  -- the event that sent it
    position   bigint      NOT NULL,
    sender     text        NOT NULL,
    from_place text        NOT NULL,
    recipient  text        NOT NULL,
    to_place   text        NOT NULL,
    carrier    text,
    order_id   text,
    sent_at    timestamptz NOT NULL,
    received   bigint  -- position of the receipt
) WITH (fillfactor = 80);
CREATE INDEX ON shipment (recipient) WHERE received IS NULL;
CREATE INDEX ON shipment (sender) WHERE received IS NULL;

CREATE TABLE shipment_item (
    shipment text   NOT NULL,
    batch    text   NOT NULL,
    quantity bigint NOT NULL,
    unit     text   NOT NULL,
    PRIMARY KEY (shipment, batch)
);
CREATE INDEX ON shipment_item (batch);

CREATE TABLE receipt (
    shipment    text        PRIMARY KEY,
    event       text        NOT NULL,
    position    bigint      NOT NULL,
    place       text        NOT NULL,
    received_at timestamptz NOT NULL
);
