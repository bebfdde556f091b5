-- A batch's ancestors, descendants or both, and what went from which into which.
-- UNION drops what was reached before: cycles end, and the cost grows with the answer.
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
), went AS (
    SELECT e.* FROM back JOIN trace.edge e ON e.target = back.id WHERE %(back)s
    UNION
    SELECT e.* FROM forward JOIN trace.edge e ON e.source = forward.id WHERE %(forward)s
)
SELECT 'node' AS row, n.display, n.key, n.own, n.made, n.quantity, n.unit, n.event, n.position,
       n.occurred_at, n.utc_offset, n.party, n.place, n.plot
FROM reached JOIN trace.node n USING (id)
UNION ALL
SELECT 'edge', source.display, target.display, NULL, NULL, w.quantity, w.unit, w.event, w.position,
       NULL, NULL, w.kind, NULL, NULL
FROM went w
JOIN trace.node source ON source.id = w.source
JOIN trace.node target ON target.id = w.target
UNION ALL
SELECT 'position', NULL, NULL, NULL, NULL, NULL, NULL, NULL, position,
       NULL, NULL, NULL, NULL, NULL
FROM trace.progress
ORDER BY position, display, key
