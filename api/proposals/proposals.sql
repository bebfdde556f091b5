-- What the county's desk proposed out of a sharing. Nobody signed it and nothing moved: an order is
-- still placed and confirmed by its two sides, so this is no part of the ledger and may be dropped.
CREATE SCHEMA IF NOT EXISTS proposals;

CREATE TABLE IF NOT EXISTS proposals.round (
    number  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_by text        NOT NULL
);

-- A later round takes back what earlier ones proposed in its categories.
CREATE TABLE IF NOT EXISTS proposals.proposal (
    round    bigint NOT NULL REFERENCES proposals.round,
    category text   NOT NULL,
    offer    text   NOT NULL,
    demand   text   NOT NULL,
    seller   text   NOT NULL,
    buyer    text   NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    score    int    NOT NULL,
    PRIMARY KEY (offer, demand)
);
CREATE INDEX IF NOT EXISTS proposal_buyer ON proposals.proposal (buyer);
CREATE INDEX IF NOT EXISTS proposal_seller ON proposals.proposal (seller);
