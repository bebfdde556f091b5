"""What a category of produce was agreed and offered at, week by week."""

from datetime import date
from typing import Any, Final

import psycopg
from msgspec import Struct
from psycopg.rows import class_row

MOST_WEEKS: Final = 60

_WEEKS: Final = """
    WITH agreed AS (
        SELECT date_trunc('week', o.occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS week,
               o.price_amount::numeric / o.price_per AS price, o.quantity
        FROM market.orders o JOIN market.products p ON p.gtin = left(o.batch, 14)
        WHERE p.category = %(category)s AND o.unit = %(unit)s AND o.currency = 'CNY'
        AND o.state NOT IN ('placed', 'refused', 'cancelled')
    ), offered AS (
        SELECT date_trunc('week', occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS week,
               price_amount::numeric / price_per AS price, NULL::bigint AS quantity
        FROM market.offers o JOIN market.products p USING (gtin)
        WHERE p.category = %(category)s AND o.unit = %(unit)s AND o.currency = 'CNY'
    )
    SELECT week, min(price)::float8 AS low,
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY price))::float8 AS middle,
           max(price)::float8 AS high, count(quantity) AS orders,
           coalesce(sum(quantity), 0)::bigint AS quantity
    FROM (SELECT * FROM agreed UNION ALL SELECT * FROM offered) every
    GROUP BY week ORDER BY week DESC LIMIT %(most)s
"""


class Week(Struct, frozen=True):
    """A week's prices in 分 for the smallest unit: lowest, median, highest, of orders and offers.

    `week` is its Monday; `orders` and `quantity` are what was agreed.
    """

    week: date
    low: float
    middle: float
    high: float
    orders: int
    quantity: int


def weeks(conn: psycopg.Connection[Any], category: str, unit: str) -> list[Week]:
    """Give the last weeks in which something was offered or agreed, the oldest first."""
    values = {"category": category, "unit": unit, "most": MOST_WEEKS}
    with conn.cursor(row_factory=class_row(Week)) as cursor:
        return cursor.execute(_WEEKS, values).fetchall()[::-1]
