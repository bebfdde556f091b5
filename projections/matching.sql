-- Every open offer of a category in a unit and a currency, a column a fact, in no order. Products,
-- places and sellers are few: who reads this joins them (matching_offers.py), which costs a third.
-- A price beyond 2^31 hundredths, or for more than 2^31 units, does not compare in 64 bits.
WITH offered AS (
    SELECT o.position, o.seller_no, o.product_no, o.least, o.price_amount, o.price_per, o.ways,
        o.window_since, o.window_until,
        CASE
            WHEN h.batch IS NOT NULL
                THEN greatest(least(o.remaining, h.quantity - h.reserved), 0)
            WHEN o.plot IS NOT NULL AND b.made_at IS NULL THEN o.remaining
            ELSE 0
        END AS available,
        b.made_s, b.certified, b.inspected, o.place
    FROM market.offers_now o
    LEFT JOIN market.batches b ON b.batch = o.batch
    LEFT JOIN holdings.holding h
        ON h.batch = o.batch AND h.party = o.seller AND h.place = o.place
    WHERE o.product_no = ANY(ARRAY(
            SELECT gtin::bigint FROM market.products WHERE category = %(category)s
        )) AND o.unit = %(unit)s AND o.currency = %(currency)s
        AND o.state = 'open' AND greatest(o.price_amount, o.price_per) < 2147483648
        AND NOT EXISTS (SELECT FROM trace.halted k WHERE k.key = o.batch)
)
SELECT array_agg(position) AS position,
    array_agg(seller_no) AS seller,
    array_agg(product_no) AS product,
    array_agg(available) AS available,
    array_agg(least) AS least,
    array_agg(price_amount) AS amount,
    array_agg(price_per) AS per,
    array_agg(('delivery' = ANY(ways))::int::bigint) AS delivers,
    array_agg(('pick_up' = ANY(ways))::int::bigint) AS picked_up,
    array_agg(coalesce(extract(epoch FROM window_since)::bigint, 0)) AS since,
    array_agg(coalesce(extract(epoch FROM window_until)::bigint, %(always)s)) AS until,
    array_agg(coalesce(certified, false)::int::bigint) AS certified,
    array_agg(coalesce(inspected, false)::int::bigint) AS inspected,
    array_agg(coalesce(made_s, -1)) AS made_at,
    array_agg(translate(place, 'L-', '')::bigint) AS place
FROM offered
