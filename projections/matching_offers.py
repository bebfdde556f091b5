"""A category's open offers as columns: filtered and scored for a demand all at once."""

from datetime import datetime
from importlib.resources import files
from typing import Any, Final

import numpy as np
import psycopg

from domain.matching.filters import ALWAYS, Asked, Offered, meets
from domain.matching.parts import (
    KEEPS_DAYS,
    UNKNOWN_M,
    Part,
    certificates_part,
    distance_part,
    freshness_part,
    price_part,
    quantity_part,
    record_part,
)
from domain.townships import distance_between
from projections.columns import Column, columns, seconds
from projections.market_rows import DemandRow

Connection = psycopg.Connection[Any]

_OFFERS: Final = files("projections").joinpath("matching.sql").read_text("utf-8")
# What is computed of a row can't be estimated: the planner takes ten thousand rows for ten, and
# looks each up by itself among what is held and recalled; workers cost more than they bring.
_PLAN: Final = """
SELECT set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('max_parallel_workers_per_gather', '0', true)
"""
_FACTS: Final = (
    "position", "seller", "product", "township", "least", "amount", "per", "delivers", "picked_up",
    "since", "until", "made_at", "certified", "inspected", "tiers", "available",
)  # fmt: skip
"""As they stand in an offer's `ranked` (market.sql)."""
_TIMES: Final = ("since", "until", "made_at")
_TIER: Final = ("quantity", "amount", "per")
_PRODUCTS: Final = """
SELECT string_agg(
    int8send(gtin::bigint) || int8send(coalesce(keeps_days, 0)::bigint), ''::bytea ORDER BY gtin
) FROM market.products WHERE category = %(category)s
"""
# A party's digits are its key, as in the offers.
_RECORDS: Final = """
SELECT string_agg(
    int8send(translate(seller, 'P-', '')::bigint) || int8send(kept::bigint)
    || int8send(broken::bigint), ''::bytea ORDER BY translate(seller, 'P-', '')::bigint
) FROM market.records
"""
_DAY_S: Final = 86_400
_COMPARED: Final = 1_000_000
"""Prices are compared for so many of the smallest unit, so that a gram's is no fraction."""
_MOST: Final = 2**31 - 1


class Chosen:
    """The offers that qualify for a demand: where they stand in the columns, and what each has."""

    def __init__(self, at: Column, facts: dict[str, Column], parts: dict[Part, Column]) -> None:
        """Take them as `Offers.choose` found them."""
        self.at: Final = at
        self.facts: Final = facts
        """By name, of the qualified alone: amount, per, available, distance_m, age_days …"""
        self.parts: Final = parts


class Offers:
    """All open offers of a category, unit and currency."""

    def __init__(self, found: dict[str, Column], tiers: dict[str, Column], now: datetime) -> None:
        """Take what `load` read: tiers say by `of` whose they are; ages are as of `now`."""
        self.found: Final = found
        self._tiers: Final = tiers
        made_at = found["made_at"]
        ages = (int(now.timestamp()) - made_at) // _DAY_S
        self._ages: Final = np.where(made_at < 0, 0, np.maximum(ages, 0))
        self._keeps: Final = np.where(found["keeps_days"] > 0, found["keeps_days"], KEEPS_DAYS)
        codes, self._of_code = np.unique(found["township"], return_inverse=True)
        self._codes: Final[list[int]] = codes.tolist()

    @classmethod
    def load(
        cls, conn: Connection, category: str, unit: str, currency: str, now: datetime
    ) -> "Offers":
        """Read them as they stand."""
        values = {"category": category, "unit": unit, "currency": currency}
        with conn.transaction(), conn.cursor(binary=True) as cursor:
            cursor.execute(_PLAN)
            rows, prices = cursor.execute(_OFFERS, values).fetchone() or (None, None)
            [products] = cursor.execute(_PRODUCTS, values).fetchone() or [None]
            [records] = cursor.execute(_RECORDS).fetchone() or [None]
        read, tiers = columns(rows, _FACTS), columns(prices, _TIER)
        order = np.argsort(read["position"])
        tiers["of"] = np.repeat(np.argsort(order), read["tiers"])
        compare = (tiers["amount"] <= _MOST) & (tiers["per"] <= _MOST)
        tiers = {name: column[compare] for name, column in tiers.items()}
        found = {name: column[order] for name, column in read.items()}
        found |= {name: seconds(found[name]) for name in _TIMES}
        found |= _joined(found["product"], columns(products, ("key", "keeps_days")))
        found |= _joined(found["seller"], columns(records, ("key", "kept", "broken")))
        return cls(found, tiers, now)

    def choose(self, demand: DemandRow, home: str | None) -> Chosen:
        """Give those that meet a demand, whose place lies in the township `home`, with parts."""
        found = self.found
        amount, per = self._prices(np.minimum(found["available"], demand.remaining))
        offered = Offered(
            found["seller"], found["product"], found["available"], found["least"], amount, per,
            found["delivers"], found["picked_up"], found["since"], found["until"],
            found["certified"], found["inspected"],
        )  # fmt: skip
        at = np.flatnonzero(meets(_asked(demand), offered))
        facts = {name: column[at] for name, column in found.items()}
        facts |= {"amount": amount[at], "per": per[at], "age_days": self._ages[at]}
        facts["distance_m"] = self._distances(home)[at]
        return Chosen(at, facts, self._parts(facts, self._keeps[at], demand.remaining))

    def _parts(self, facts: dict[str, Column], keeps: Column, wanted: int) -> dict[Part, Column]:
        price = np.maximum(facts["amount"] * _COMPARED // facts["per"], 1)
        facts["price"] = price
        return {
            Part.PRICE: price_part(price, int(price.min()) if len(price) else 0),
            Part.QUANTITY: quantity_part(facts["available"], wanted),
            Part.DISTANCE: distance_part(facts["distance_m"]),
            Part.FRESHNESS: freshness_part(facts["age_days"], keeps),
            Part.CERTIFICATES: certificates_part(facts["certified"], facts["inspected"]),
            Part.RECORD: record_part(facts["kept"], facts["broken"]),
        }

    def _prices(self, quantity: Column) -> tuple[Column, Column]:
        """Give each offer's price for so much of it."""
        amount, per = self.found["amount"].copy(), self.found["per"].copy()
        tiers = self._tiers
        of = tiers["of"]
        reached = quantity[of] >= tiers["quantity"]
        # Tiers ascend: the last of an offer's that are reached is its price.
        reached[:-1] &= ~(reached[1:] & (of[1:] == of[:-1]))
        amount[of[reached]] = tiers["amount"][reached]
        per[of[reached]] = tiers["per"][reached]
        return amount, per

    def _distances(self, home: str | None) -> Column:
        known = [distance_between(str(code), home) if home else None for code in self._codes]
        metres = [UNKNOWN_M if one is None else one for one in known]
        return np.array(metres, np.int64)[self._of_code]


def _joined(keys: Column, table: dict[str, Column]) -> dict[str, Column]:
    """Look each key up in a table whose keys ascend; 0 where it is not there."""
    known = table.pop("key")
    if not len(known):
        return {name: np.zeros(len(keys), np.int64) for name in table}
    at = np.searchsorted(known, keys).clip(max=len(known) - 1)
    there = known[at] == keys
    return {name: np.where(there, column[at], 0) for name, column in table.items()}


def _asked(demand: DemandRow) -> Asked:
    ceiling = demand.ceiling_amount
    return Asked(
        int("".join(filter(str.isdigit, demand.buyer))), int(demand.product or 0),
        demand.remaining, None if ceiling is None else min(ceiling, _MOST),
        min(demand.ceiling_per or 1, _MOST), int(demand.fetches), _seconds(demand.window_since, 0),
        _seconds(demand.window_until, ALWAYS), int("commitment" in demand.certificates),
        int("inspection" in demand.certificates),
    )  # fmt: skip


def _seconds(moment: datetime | None, otherwise: int) -> int:
    return otherwise if moment is None else int(moment.timestamp())
