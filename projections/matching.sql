-- Every open offer of a category in a unit and a currency, in no order: what stands in each row's
-- `ranked`, and the prices by quantity of those that have some, in the same order. Products and
-- sellers are few: who reads this joins them (matching_offers.py).
-- What may be open is said in columns once more, for the index. A price beyond 2^31 hundredths, or
-- for more than 2^31 units, does not compare in 64 bits.
SELECT string_agg(o.ranked, ''::bytea), string_agg(o.tiers_ranked, ''::bytea)
FROM market.offers_now o
WHERE o.gtin = ANY(ARRAY(SELECT gtin FROM market.products WHERE category = %(category)s))
    AND o.unit = %(unit)s AND o.currency = %(currency)s
    AND o.state = 'open' AND NOT o.withdrawn AND o.quantity - o.promised >= o.least
    AND greatest(o.price_amount, o.price_per) < 2147483648
    AND NOT EXISTS (SELECT FROM trace.halted k WHERE k.key = o.batch)
