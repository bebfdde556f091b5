-- All that came of a batch, and where it is or what became of it. Each statement gives lists that are
-- grouped already, with the batches of each in arrays: 100,000 rows become a few hundred. The
-- statements run in one transaction that sees one moment.

-- name: reached
WITH RECURSIVE reached AS (
    SELECT id FROM trace.node WHERE key = %(key)s
    UNION
    SELECT e.target FROM reached r JOIN trace.edge e ON e.source = r.id
)
SELECT coalesce(array_agg(n.id ORDER BY n.position, n.id), '{}'),
       coalesce(array_agg(n.key ORDER BY n.position, n.id), '{}'),
       coalesce(array_agg(n.own AND n.made ORDER BY n.position, n.id), '{}'),
       coalesce(array_agg(n.display ORDER BY n.position, n.id), '{}')
FROM reached JOIN trace.node n USING (id)

-- name: here
SELECT party, place, unit, left(batch, 14), sum(quantity)::bigint,
       array_agg(batch ORDER BY batch), array_agg(quantity ORDER BY batch)
FROM holdings.holding
WHERE batch = ANY(%(keys)s) AND quantity > 0
GROUP BY party, place, unit, left(batch, 14)
ORDER BY party, place, 4, unit

-- name: on_the_way
SELECT s.id, s.sender, s.from_place, s.recipient, s.to_place, s.carrier, s.sent_at, i.unit,
       sum(i.quantity)::bigint, array_agg(i.batch ORDER BY i.batch),
       array_agg(i.quantity ORDER BY i.batch)
FROM holdings.shipment_item i JOIN holdings.shipment s ON s.id = i.shipment
WHERE i.batch = ANY(%(keys)s) AND s.received IS NULL
GROUP BY s.id, i.unit
ORDER BY s.position, i.unit

-- name: ended
SELECT m.kind, m.party, m.place, m.note, m.unit, left(n.key, 14), sum(m.quantity)::bigint,
       array_agg(n.key ORDER BY n.key), array_agg(m.quantity::bigint ORDER BY n.key)
FROM trace.movement m JOIN trace.node n ON n.id = m.node
WHERE m.node = ANY(%(ids)s) AND m.kind IN ('sold', 'used', 'disposed') AND m.display IS NULL
GROUP BY m.kind, m.party, m.place, m.note, m.unit, left(n.key, 14)
UNION ALL
SELECT 'lost', m.party, m.place, m.note, m.unit, left(n.key, 14), sum(m.lost)::bigint,
       array_agg(n.key ORDER BY n.key), array_agg(m.lost::bigint ORDER BY n.key)
FROM trace.movement m JOIN trace.node n ON n.id = m.node
WHERE m.node = ANY(%(ids)s) AND m.lost > 0 AND m.display IS NULL
GROUP BY m.party, m.place, m.note, m.unit, left(n.key, 14)
ORDER BY 1, 2, 3, 4, 6, 5

-- name: made
SELECT array_agg(key ORDER BY position, id), array_agg(quantity::bigint ORDER BY position, id),
       array_agg(unit ORDER BY position, id)
FROM trace.node WHERE id = ANY(%(ids)s) AND own AND made

-- name: positions
SELECT t.position, h.position FROM trace.progress t, holdings.progress h
