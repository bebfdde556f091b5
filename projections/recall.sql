-- All that came of a batch, and where it is or what became of it. Each statement gives lists that are
-- grouped already, with the batches of each in arrays: 100,000 rows become a few hundred. What was
-- reached goes out and comes in again as one text, which is quicker to send and to read than 100,000
-- elements, and is joined, not compared with ANY, which takes the planner as long as the answer. The
-- statements run in one transaction that sees one moment.

-- name: reached
WITH RECURSIVE reached AS (
    SELECT id FROM trace.node WHERE key = %(key)s
    UNION
    SELECT e.target FROM reached r JOIN trace.edge e ON e.source = r.id
), found AS (
    SELECT n.id, n.display, n.unit, n.quantity, n.own AND n.made AS ours,
           -- One a line: a foreign name may hold whatever its bringer wrote.
           translate(n.key, E'\n', ' ') AS name, n.key = %(key)s AS root
    FROM reached JOIN trace.node n USING (id) ORDER BY n.position, n.id
)
SELECT count(*), (array_agg(display) FILTER (WHERE root))[1],
       '{' || string_agg(id::text, ',') || '}' AS ids,
       string_agg(name, E'\n') AS names,
       coalesce(array_agg(display) FILTER (WHERE NOT ours), '{}') AS foreign_names,
       coalesce(string_agg(name, E'\n') FILTER (WHERE ours), '') AS keys,
       coalesce(string_agg(unit, E'\n') FILTER (WHERE ours), '') AS units,
       coalesce(array_agg(quantity::bigint) FILTER (WHERE ours), '{}') AS made
FROM found

-- name: here
SELECT h.party COLLATE "C", h.place COLLATE "C", h.unit COLLATE "C", left(h.batch, 14) COLLATE "C" AS gtin, sum(h.quantity)::bigint,
       array_agg(h.batch), array_agg(h.quantity)
FROM string_to_table(%(keys)s, E'\n') AS r (key)
JOIN holdings.holding h ON h.batch = r.key
WHERE h.quantity > 0
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 4, 3

-- name: on_the_way
SELECT s.id, s.sender, s.from_place, s.recipient, s.to_place, s.carrier, s.sent_at, i.unit,
       sum(i.quantity)::bigint, array_agg(i.batch), array_agg(i.quantity)
FROM string_to_table(%(keys)s, E'\n') AS r (key)
-- OFFSET keeps this a look-up by batch: the planner, who guesses a thousand batches, would rather
-- compare each with all that is on the way.
CROSS JOIN LATERAL (SELECT * FROM holdings.shipment_item WHERE batch = r.key OFFSET 0) AS i
JOIN holdings.shipment s ON s.id = i.shipment
WHERE s.received IS NULL
GROUP BY s.id, i.unit
ORDER BY s.position, i.unit

-- name: ended
WITH ended AS (
    SELECT CASE WHEN m.kind = 'received' THEN 'lost' ELSE m.kind END AS kind, m.party, m.place,
           m.note, m.unit, r.key, r.n,
           (CASE WHEN m.kind = 'received' THEN m.lost ELSE m.quantity END)::bigint AS quantity
    FROM ROWS FROM (
        unnest(%(ids)s::text::bigint[]), string_to_table(%(names)s, E'\n')
    ) WITH ORDINALITY AS r (id, key, n)
    JOIN trace.movement m ON m.node = r.id
    WHERE m.display IS NULL
        AND (m.kind IN ('sold', 'used', 'disposed') OR m.kind = 'received' AND m.lost > 0)
)
SELECT kind, party, place, note, unit, left(key, 14) AS gtin, sum(quantity)::bigint,
       array_agg(key ORDER BY n), array_agg(quantity ORDER BY n)
FROM ended
GROUP BY kind, party, place, note, unit, gtin
ORDER BY kind, party, place, note, gtin, unit

-- name: positions
SELECT t.position, h.position FROM trace.progress t, holdings.progress h
