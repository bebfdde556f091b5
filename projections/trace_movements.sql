-- What happened to batches, the treatments of their plots in the year before the harvest included.
SELECT batch, kind, event, position, occurred_at, utc_offset, party, place, quantity, unit, lost,
       note, result, other_party, other_place
FROM (
    SELECT n.display AS batch, m.kind, m.event, m.position, m.occurred_at, m.utc_offset, m.party,
           m.place, m.quantity, m.unit, m.lost, m.note, m.result, m.other_party, m.other_place, m.n
    FROM trace.node n JOIN trace.movement m ON m.node = n.id
    WHERE n.key = ANY(%(keys)s)
    UNION ALL
    SELECT n.display, 'treated', t.event, t.position, t.occurred_at, t.utc_offset, t.party,
           t.plot, NULL, NULL, NULL, t.substance, NULL, NULL, NULL, 0
    FROM trace.node n
    JOIN trace.treatment t ON t.plot = n.plot
        AND t.occurred_at BETWEEN n.occurred_at - interval '365 days' AND n.occurred_at
    WHERE n.key = ANY(%(keys)s)
) AS happened
ORDER BY occurred_at, position, n, batch
