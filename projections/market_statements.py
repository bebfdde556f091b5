"""The market's writes in SQL: each takes a run of events as a JSON array, or ids to settle.

An element of the array is {position, admitted_at, e}, `e` the event as it stands on the wire.
"""

from typing import Final

PARTIES: Final = """
INSERT INTO parties (id, name)
SELECT x.e->>'party', x.e->>'name'
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb)
WHERE x.e->>'name' IS NOT NULL
ON CONFLICT (id) DO UPDATE SET name = excluded.name
"""
AUTHORITY: Final = """
INSERT INTO parties (id, name)
SELECT x.e->>'actor', x.e->>'authority_name'
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb)
"""
PLACES: Final = """
INSERT INTO places (id, township, name)
SELECT x.e->>'place', x.e->>'township', x.e->>'name'
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb)
"""
PRODUCTS: Final = """
INSERT INTO products (gtin, category, names, keeps_days)
SELECT x.e->>'gtin', x.e->>'category',
    concat_ws(' ', x.e->'names'->>'zh', x.e->'names'->>'en', x.e->>'category'),
    (x.e->>'shelf_life_days')::integer
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb)
"""
# The terms follow from what was stated last: SETTLE_TERMS.
OFFERS: Final = """
INSERT INTO offers (id, position, seller, place, township, batch, unit, quantity, least,
    price_amount, price_per, currency, plot, occurred_at)
SELECT o.id, x.position, o.actor, o.place,
    coalesce((SELECT p.township FROM places p WHERE p.id = o.place), '0'), o.batch, o.unit, 0, 1, 0,
    1, 'CNY', o.plot, o.occurred_at
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb),
    jsonb_to_record(x.e) AS o (id text, actor text, place text, batch text, unit text, plot text,
    occurred_at timestamptz)
ON CONFLICT (id) DO UPDATE SET seller = excluded.seller, place = excluded.place,
    township = excluded.township, batch = excluded.batch, unit = excluded.unit,
    plot = excluded.plot, occurred_at = excluded.occurred_at
"""
# A replacement comes this way too: it keeps the position.
FACTS: Final = """
INSERT INTO facts (event, batch, position, kind, of, passed, at)
SELECT f.id, b.batch, x.position, k.kind, coalesce(f.replaces, f.commitment),
    f.result = 'conformant', f.occurred_at
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb),
    jsonb_to_record(x.e) AS f (id text, type text, batch text, outputs jsonb, replaces text,
    commitment text, result text, occurred_at timestamptz),
    LATERAL (
        SELECT f.batch WHERE f.batch IS NOT NULL
        UNION SELECT o->>'batch' FROM jsonb_array_elements(f.outputs) o
    ) AS b (batch)
JOIN (VALUES ('batch.harvested.v1', 'made'), ('batch.transformed.v1', 'made'),
    ('commitment.issued.v1', 'certified'), ('commitment.withdrawn.v1', 'withdrawn'),
    ('batch.inspected.v1', 'inspected')) AS k (type, kind) ON true
WHERE k.type = f.type
"""
FACTS_VOID: Final = "DELETE FROM facts WHERE event = %(event)s RETURNING batch, position"
SETTLE_FACTS: Final = """
UPDATE offers SET made_at = (
        SELECT max(f.at) FROM facts f WHERE f.batch = offers.batch AND f.kind = 'made'
    ),
    certified = EXISTS (
        SELECT FROM facts f
        WHERE f.batch = offers.batch AND f.kind = 'certified' AND NOT EXISTS (
            SELECT FROM facts g WHERE g.batch = offers.batch AND g.of = f.event
        )
    ),
    inspected = coalesce((
        SELECT f.passed FROM facts f WHERE f.batch = offers.batch AND f.kind = 'inspected'
        ORDER BY f.position DESC LIMIT 1
    ), false),
    free = coalesce((
        SELECT h.quantity - h.reserved FROM holding h
        WHERE h.batch = offers.batch AND h.party = offers.seller AND h.place = offers.place
    ), 0)
WHERE batch = ANY(%(batches)s)
"""
# A replacement of an offer comes this way too: it keeps the position.
TERMS: Final = """
INSERT INTO terms (event, position, offer, e, occurred_at)
SELECT t.id, x.position, coalesce(t.offer, t.id), x.e, t.occurred_at
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb),
    jsonb_to_record(x.e) AS t (id text, offer text, occurred_at timestamptz)
ON CONFLICT (event) DO UPDATE SET e = excluded.e, occurred_at = excluded.occurred_at
"""
OFFERS_WITHDRAWN: Final = """
UPDATE offers SET withdrawn = true
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb)
WHERE id = x.e->>'offer'
"""
DEMANDS: Final = """
INSERT INTO demands (id, position, buyer, category, quantity, unit, deliver_to, ceiling_amount,
    ceiling_per, ceiling_currency, until, product, window_since, window_until, certificates,
    fetches, occurred_at)
SELECT d.id, x.position, d.actor, d.category, d.quantity, d.unit, d.deliver_to,
    (d.ceiling->>'amount')::bigint, (d.ceiling->>'per')::bigint, d.ceiling->>'currency', d.until,
    d.product, (d."window"->>'since')::timestamptz, (d."window"->>'until')::timestamptz,
    coalesce(d.certificates, '{}'), coalesce(d.fetches, false), d.occurred_at
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb),
    jsonb_to_record(x.e) AS d (id text, actor text, category text, quantity bigint,
    unit text, deliver_to text, ceiling jsonb, until timestamptz, product text, "window" jsonb,
    certificates text[], fetches boolean, occurred_at timestamptz)
"""
DEMANDS_WITHDRAWN: Final = """
UPDATE demands SET withdrawn = true
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb)
WHERE id = x.e->>'demand'
"""
ORDERS: Final = """
INSERT INTO orders (id, position, offer, buyer, seller, batch, quantity, unit, price_amount,
    price_per, currency, deliver_to, way, demand, window_since, window_until, occurred_at,
    changed_at)
SELECT o.id, x.position, o.offer, o.actor, o.seller, o.batch, o.quantity, o.unit,
    (o.price->>'amount')::bigint, (o.price->>'per')::bigint, o.price->>'currency', o.deliver_to,
    coalesce(o.way, 'delivery'), o.demand, (o."window"->>'since')::timestamptz,
    (o."window"->>'until')::timestamptz, o.occurred_at, x.position
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb),
    jsonb_to_record(x.e) AS o (id text, offer text, actor text, seller text, batch text,
    quantity bigint, unit text, price jsonb, deliver_to text, way text, demand text,
    "window" jsonb, occurred_at timestamptz)
"""
# The event that placed an order names it, and has no field "order"; a shipment may have none.
STEPS: Final = """
INSERT INTO steps (event, position, order_id, state, actor, quantity, reason, shipment,
    occurred_at, admitted_at)
SELECT s.id, x.position, coalesce(s."order", s.id), k.state, s.actor,
    coalesce(s.quantity, (s.items->0->>'quantity')::bigint), coalesce(s.reason, s.outcome),
    CASE WHEN k.state = 'shipped' THEN s.id END, s.occurred_at, x.admitted_at
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb),
    jsonb_to_record(x.e) AS s (id text, type text, "order" text, actor text,
    quantity bigint, items jsonb, reason text, outcome text, occurred_at timestamptz)
JOIN (VALUES ('order.placed.v1', 'placed'), ('order.confirmed.v1', 'confirmed'),
    ('order.refused.v1', 'refused'), ('order.cancelled.v1', 'cancelled'),
    ('order.disputed.v1', 'disputed'), ('order.settled.v1', 'settled'),
    ('shipment.sent.v1', 'shipped')) AS k (type, state) ON k.type = s.type
WHERE s.type <> 'shipment.sent.v1' OR s."order" IS NOT NULL
"""
# Only what was sent against an order is received against one. Nothing may have arrived.
RECEIVED: Final = """
INSERT INTO steps (event, position, order_id, state, actor, quantity, shipment, occurred_at,
    admitted_at)
SELECT s.id, x.position, sent.order_id, 'received', s.actor, coalesce(
        (SELECT sum((item->>'quantity')::bigint) FROM jsonb_array_elements(s.items) item), 0),
    s.shipment, s.occurred_at, x.admitted_at
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb),
    jsonb_to_record(x.e) AS s (id text, actor text, shipment text, items jsonb,
    occurred_at timestamptz)
JOIN steps sent ON sent.event = s.shipment AND sent.state = 'shipped'
"""
VOID: Final = """
UPDATE steps SET counts = false, corrected = %(position)s WHERE event = %(event)s
"""
DROP: Final = """
WITH gone AS (DELETE FROM terms WHERE offer = %(event)s)
DELETE FROM offers WHERE id = %(event)s
"""
# A shipment may be corrected to have been for no order at all.
REPLACED: Final = """
UPDATE steps SET occurred_at = s.occurred_at, corrected = x.position,
    counts = state = 'received' OR s."order" IS NOT NULL,
    quantity = coalesce(
        (SELECT sum((item->>'quantity')::bigint) FROM jsonb_array_elements(s.items) item), 0)
FROM jsonb_to_recordset(%s) AS x (position bigint, admitted_at timestamptz, e jsonb),
    jsonb_to_record(x.e) AS s (id text, "order" text, items jsonb,
    occurred_at timestamptz)
WHERE event = s.id
"""
# What is disputed stays so when the goods arrive, until it is settled.
SETTLE_ORDERS: Final = """
UPDATE orders SET state = last.state, changed_at = last.position, confirmed = (
    SELECT c.quantity FROM counted c WHERE c.order_id = orders.id AND c.state = 'confirmed'
)
FROM (
    SELECT DISTINCT ON (order_id) order_id, state, position FROM counted
    WHERE order_id IN (SELECT order_id FROM steps WHERE event = ANY(%(events)s))
    ORDER BY order_id, state IN ('disputed', 'settled') DESC, position DESC
) AS last
WHERE orders.id = last.order_id
"""
SETTLE_OFFERS: Final = """
UPDATE offers SET promised = (
    SELECT coalesce(sum(o.confirmed), 0) FROM orders o
    WHERE o.offer = offers.id AND o.state <> 'cancelled'
)
WHERE id IN (
    SELECT o.offer FROM orders o JOIN steps s ON s.order_id = o.id
    WHERE s.event = ANY(%(events)s)
)
"""
SETTLE_DEMANDS: Final = """
UPDATE demands SET met = (
    SELECT coalesce(sum(o.confirmed), 0) FROM orders o
    WHERE o.demand = demands.id AND o.state <> 'cancelled'
)
WHERE id IN (
    SELECT o.demand FROM orders o JOIN steps s ON s.order_id = o.id
    WHERE s.event = ANY(%(events)s)
)
"""
SETTLE_RECORDS: Final = """
INSERT INTO records (seller, kept, broken)
SELECT o.seller,
    count(*) FILTER (WHERE o.state IN ('received', 'settled') AND NOT d.disputed),
    count(*) FILTER (WHERE d.disputed OR d.let_down)
FROM orders o CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(s.state = 'disputed'), false) AS disputed,
        coalesce(bool_or(
            s.state = 'cancelled' AND s.actor = o.seller AND o.confirmed IS NOT NULL
        ), false) AS let_down
    FROM counted s WHERE s.order_id = o.id
) AS d
WHERE o.seller IN (
    SELECT o.seller FROM orders o JOIN steps s ON s.order_id = o.id
    WHERE s.event = ANY(%(events)s)
)
GROUP BY o.seller
ON CONFLICT (seller) DO UPDATE SET kept = excluded.kept, broken = excluded.broken
"""
# A change says how much is for sale beside what was promised when it was made.
SETTLE_TERMS: Final = """
UPDATE offers SET price_amount = (t.price->>'amount')::bigint,
    price_per = (t.price->>'per')::bigint, currency = t.price->>'currency',
    tiers = coalesce(t.tiers, '[]'), tiers_ranked = coalesce((
        SELECT string_agg(int8send((q->>'quantity')::bigint)
            || int8send((q->'price'->>'amount')::bigint)
            || int8send((q->'price'->>'per')::bigint), ''::bytea ORDER BY n)
        FROM jsonb_array_elements(t.tiers) WITH ORDINALITY AS one (q, n)
    ), ''), least = coalesce(t.least, 1), until = t.until,
    window_since = (t."window"->>'since')::timestamptz,
    window_until = (t."window"->>'until')::timestamptz,
    ways = coalesce(t.ways, '{pick_up,delivery}'),
    quantity = t.quantity + CASE WHEN last.event = offers.id THEN 0 ELSE (
        SELECT coalesce(sum(c.quantity), 0)
        FROM orders o JOIN counted c ON c.order_id = o.id AND c.state = 'confirmed'
        WHERE o.offer = offers.id AND c.position < last.position AND NOT EXISTS (
            SELECT FROM counted off WHERE off.order_id = o.id AND off.state = 'cancelled'
                AND off.position < last.position
        )
    ) END
FROM (
    SELECT DISTINCT ON (offer) offer, event, position, e FROM terms
    WHERE offer IN (SELECT offer FROM terms WHERE event = ANY(%(events)s))
    ORDER BY offer, position DESC
) AS last,
    jsonb_to_record(last.e) AS t (quantity bigint, price jsonb, tiers jsonb, least bigint,
    until timestamptz, "window" jsonb, ways text[])
WHERE offers.id = last.offer
"""
