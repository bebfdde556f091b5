-- Every open offer of a category in a unit and a currency, in no order: what stands in each row's
-- `ranked` and then what is available, and the prices by quantity of those that have some, in the
-- same order. Products and sellers are few: who reads this joins them (matching_offers.py).
-- What may be open is said in columns once more, for the index. A price beyond 2^31 hundredths, or
-- for more than 2^31 units, does not compare in 64 bits.
WITH offered AS (
    SELECT o.ranked, o.tiers_ranked, CASE
        WHEN h.batch IS NOT NULL THEN greatest(least(o.remaining, h.quantity - h.reserved), 0)
        WHEN o.plot IS NOT NULL AND o.made_at IS NULL THEN o.remaining
        ELSE 0
    END AS available
    FROM market.offers_now o
    LEFT JOIN holdings.holding h
        ON h.batch = o.batch AND h.party = o.seller AND h.place = o.place
    WHERE o.gtin = ANY(ARRAY(SELECT gtin FROM market.products WHERE category = %(category)s))
        AND o.unit = %(unit)s AND o.currency = %(currency)s
        AND o.state = 'open' AND NOT o.withdrawn AND o.quantity - o.promised >= o.least
        AND greatest(o.price_amount, o.price_per) < 2147483648
        AND NOT EXISTS (SELECT FROM trace.halted k WHERE k.key = o.batch)
)
SELECT string_agg(ranked || int8send(available), ''::bytea), string_agg(tiers_ranked, ''::bytea)
FROM offered
