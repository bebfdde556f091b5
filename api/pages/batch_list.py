"""The lines of the list of batches."""

from collections.abc import Sequence
from typing import NamedTuple

from api.pages.naming import Naming, address, spoken
from ledger.log import Connection
from projections.passport import Passport, documents


class BatchRow(NamedTuple):
    """A batch as a line of the list."""

    product: str
    lot: str
    made: str | None
    origin: str | None
    last: str
    position: int
    address: str


def rows(conn: Connection, keys: Sequence[str], naming: Naming) -> list[BatchRow]:
    """Give the lines of these batches."""
    passports = documents(conn, list(keys))
    return [_row(passports[key], naming) for key in keys if key in passports]


def _row(passport: Passport, naming: Naming) -> BatchRow:
    towns = dict.fromkeys(filter(None, (naming.town(o.plot) for o in passport.origins)))
    made = passport.made
    last = passport.timeline[-1].occurred_at if passport.timeline else None
    product = naming.product(passport.product) or naming.reader.say("外来批次")
    origin = next(iter(towns), None)
    if len(towns) > 1 and origin:
        origin = naming.reader.say("%(town)s等 %(n)s 处", town=origin, n=len(towns))
    return BatchRow(
        product=product, lot=passport.lot or spoken(passport.id),
        made=naming.amount(made.quantity, made.unit) if made else None, origin=origin,
        last=naming.reader.day(last) if last else "", position=passport.position,
        address=address(passport.key),
    )  # fmt: skip
