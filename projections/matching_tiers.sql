-- The prices by quantity of those offers that have some, each offer's in order.
SELECT array_agg(o.position ORDER BY o.position, q.quantity) AS position,
    array_agg(q.quantity ORDER BY o.position, q.quantity) AS quantity,
    array_agg(q.amount ORDER BY o.position, q.quantity) AS amount,
    array_agg(q.per ORDER BY o.position, q.quantity) AS per
FROM market.products p
JOIN market.offers_now o ON o.gtin = p.gtin
CROSS JOIN LATERAL (
    SELECT (t->>'quantity')::bigint AS quantity, (t->'price'->>'amount')::bigint AS amount,
        (t->'price'->>'per')::bigint AS per
    FROM jsonb_array_elements(o.tiers) t
) q
WHERE p.category = %(category)s AND o.unit = %(unit)s AND o.currency = %(currency)s
    AND o.state = 'open' AND o.tiers <> '[]' AND q.per < 2147483648
