-- A batch's ancestors, descendants or both, and what went from which into which.
-- UNION drops what was reached before: circles end, and the cost grows with the answer. The reader
-- puts names to numbers and rows in order: joining and sorting here would double the time.
WITH RECURSIVE root AS (
    SELECT id FROM trace.node WHERE key = %(key)s
), back AS (
    SELECT id FROM root
    UNION
    SELECT e.source FROM back JOIN trace.edge e ON e.target = back.id WHERE %(back)s
), forward AS (
    SELECT id FROM root
    UNION
    SELECT e.target FROM forward JOIN trace.edge e ON e.source = forward.id WHERE %(forward)s
), reached AS (
    SELECT id FROM back UNION SELECT id FROM forward
)
SELECT 'node' AS row, n.position, 0 AS n, n.id AS source, NULL AS target, n.event, n.quantity,
       n.unit, n.key, n.display, n.own, n.made, n.party, n.place, n.plot, n.occurred_at,
       n.utc_offset
FROM reached JOIN trace.node n USING (id)
UNION ALL
SELECT 'edge', e.position, e.n, e.source, e.target, e.event, e.quantity,
       e.unit, e.kind, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM back JOIN trace.edge e ON e.target = back.id
WHERE %(back)s
UNION ALL
SELECT 'edge', e.position, e.n, e.source, e.target, e.event, e.quantity,
       e.unit, e.kind, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM forward JOIN trace.edge e ON e.source = forward.id
WHERE %(forward)s
UNION ALL
SELECT 'position', position, 0, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM trace.progress
