"""The lists of a recall: all that came of a batch, where it is, and that nothing was forgotten.

Read off the trace (what came of it, what became of it) and the holdings (who has it now). What was
made of each batch is the sum of what is here, on the way, gone out, used, disposed of and lost: the
two read models are kept apart, so that the sum proves something.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, Final, Literal

import psycopg
from msgspec import Struct
from msgspec.structs import replace

from domain.epcis import canonical_key
from projections.by_index import by_index
from projections.halts import Halt, over

_TEXT: Final = files("projections").joinpath("recall.sql").read_text("utf-8")
_SQL: Final = dict(re.findall(r"^-- name: (\w+)\n(.*?)(?=^-- name:|\Z)", _TEXT, re.S | re.M))

EndKind = Literal["used", "disposed", "lost"]


class Some(Struct, frozen=True, gc=False):
    """So much of one batch, in the unit of the list that it is in."""

    batch: str
    quantity: int


class Here(Struct, frozen=True, kw_only=True):
    """To be put aside: a product that a party holds at a place, batch by batch."""

    party: str
    place: str
    gtin: str
    unit: str
    quantity: int
    batches: tuple[Some, ...]


class OnTheWay(Struct, frozen=True, kw_only=True):
    """To be stopped: a shipment that is not received yet; `shipment` is the event that sent it."""

    shipment: str
    sender: str
    from_place: str
    recipient: str
    to_place: str
    carrier: str | None
    sent_at: datetime
    unit: str
    quantity: int
    batches: tuple[Some, ...]


class Out(Struct, frozen=True, kw_only=True):
    """To be told: what a party sold to consumers at a place, by which channel."""

    party: str
    place: str
    channel: str
    gtin: str
    unit: str
    quantity: int
    batches: tuple[Some, ...]


class Ended(Struct, frozen=True, kw_only=True):
    """Used up in a process (whose outputs are in these lists too), disposed of, or lost.

    `note` is the process or the reason; `party` and `place` are where.
    """

    kind: EndKind
    party: str
    place: str
    note: str | None
    gtin: str
    unit: str
    quantity: int
    batches: tuple[Some, ...]


class Balance(Struct, gc=False):
    """What became of what was made of a batch, in its unit."""

    batch: str
    unit: str
    made: int
    here: int = 0
    on_the_way: int = 0
    gone_out: int = 0
    used: int = 0
    disposed: int = 0
    lost: int = 0

    @property
    def accounted(self) -> int:
        """The sum of all that became of it."""
        return (
            self.here + self.on_the_way + self.gone_out + self.used + self.disposed + self.lost
        )  # fmt: skip


class Contact(Struct, frozen=True, kw_only=True):
    """How to reach a party."""

    party: str
    name: str | None = None
    phone: str | None = None


class Recall(Struct, frozen=True, kw_only=True):
    """The four lists, as of a position; `halts` are the holds and recalls over the batch now.

    `balances` has each batch that our parties made, `unbalanced` those whose sum is not what was
    made: none, or something was forgotten. `foreign` names what it went into outside of the ledger,
    of which only the genealogy is known. `contacts` are for those who may see them.
    """

    root: str
    position: int
    halts: tuple[Halt, ...]
    batches: int
    here: tuple[Here, ...]
    on_the_way: tuple[OnTheWay, ...]
    gone_out: tuple[Out, ...]
    used_or_lost: tuple[Ended, ...]
    foreign: tuple[str, ...]
    balances: tuple[Balance, ...]
    unbalanced: tuple[str, ...]
    contacts: tuple[Contact, ...] = ()

    def parties(self) -> set[str]:
        """Name all parties that must be told something."""
        ends = {one.recipient for one in self.on_the_way} | {one.sender for one in self.on_the_way}
        carriers = {one.carrier for one in self.on_the_way if one.carrier}
        holders = {one.party for one in self.here} | {one.party for one in self.gone_out}
        return holders | ends | carriers


class Unsettled(Exception):
    """Trace and holdings stand at different positions: ask again in a moment."""


def recall(conn: psycopg.Connection[Any], batch: str) -> Recall | None:
    """Give the lists for a batch, named as for a trace; None where no event speaks of it.

    Raises:
        Unsettled: where trace and holdings are not of one position just now.
    """
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _recall(conn, batch)


def _recall(conn: psycopg.Connection[Any], batch: str) -> Recall | None:
    with by_index(conn) as cursor:
        ((position, other),) = _ask(cursor, "positions", {})
        if position != other:
            raise Unsettled
        return _read(conn, cursor, canonical_key(batch), position)


def with_contacts(found: Recall, contacts: Sequence[Contact]) -> Recall:
    """Give the lists with how to reach those who are to be told."""
    return replace(found, contacts=tuple(contacts))


def _read(
    conn: psycopg.Connection[Any], cursor: psycopg.Cursor[Any], key: str, position: int
) -> Recall | None:
    ((count, root, ids, names, foreign, keys, units, made),) = _ask(cursor, "reached", {"key": key})
    if not count:
        return None
    reached = {"ids": ids, "names": names, "keys": keys}
    here = tuple(_here(row) for row in _ask(cursor, "here", reached))
    way = tuple(_on_the_way(row) for row in _ask(cursor, "on_the_way", reached))
    ended = _ask(cursor, "ended", reached)
    out = tuple(_out(row) for row in ended if row[0] == "sold")
    gone = tuple(_ended(row) for row in ended if row[0] != "sold")
    ours = keys.split("\n") if keys else []
    balances = dict(zip(ours, map(Balance, ours, units.split("\n"), made), strict=True))
    _balance(balances, here, way, out, gone)
    wrong = (name for name, one in balances.items() if one.accounted != one.made)
    halts = over(conn, [key]).get(key, [])
    return Recall(
        root=root, position=position, halts=tuple(halts), batches=count,
        here=here, on_the_way=way, gone_out=out, used_or_lost=gone, foreign=tuple(foreign),
        balances=tuple(balances.values()), unbalanced=tuple(wrong),
    )  # fmt: skip


def _balance(
    balances: dict[str, Balance], here: Sequence[Here], way: Sequence[OnTheWay],
    out: Sequence[Out], gone: Sequence[Ended],
) -> None:  # fmt: skip
    for one in _somes(here, balances):
        balances[one.batch].here += one.quantity
    for one in _somes(way, balances):
        balances[one.batch].on_the_way += one.quantity
    for one in _somes(out, balances):
        balances[one.batch].gone_out += one.quantity
    for one in _somes([end for end in gone if end.kind == "used"], balances):
        balances[one.batch].used += one.quantity
    for one in _somes([end for end in gone if end.kind == "disposed"], balances):
        balances[one.batch].disposed += one.quantity
    for one in _somes([end for end in gone if end.kind == "lost"], balances):
        balances[one.batch].lost += one.quantity


def _somes(
    entries: Sequence[Here | OnTheWay | Out | Ended], balances: dict[str, Balance]
) -> Iterator[Some]:
    return (one for entry in entries for one in entry.batches if one.batch in balances)


def _ask(cursor: psycopg.Cursor[Any], name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return cursor.execute(_SQL[name].encode(), values).fetchall()


def _some(batches: Sequence[str], quantities: Sequence[int]) -> tuple[Some, ...]:
    return tuple(map(Some, batches, quantities))


def _here(row: tuple[Any, ...]) -> Here:
    party, place, unit, gtin, quantity, batches, quantities = row
    return Here(
        party=party, place=place, gtin=gtin, unit=unit, quantity=quantity,
        batches=_some(batches, quantities),
    )  # fmt: skip


def _on_the_way(row: tuple[Any, ...]) -> OnTheWay:
    shipment, sender, origin, recipient, to_place, carrier, sent_at, unit, quantity, *some = row
    return OnTheWay(
        shipment=shipment, sender=sender, from_place=origin, recipient=recipient,
        to_place=to_place, carrier=carrier, sent_at=sent_at, unit=unit, quantity=quantity,
        batches=_some(*some),
    )  # fmt: skip


def _out(row: tuple[Any, ...]) -> Out:
    _, party, place, channel, unit, gtin, quantity, *some = row
    return Out(
        party=party, place=place, channel=channel, gtin=gtin, unit=unit, quantity=quantity,
        batches=_some(*some),
    )  # fmt: skip


def _ended(row: tuple[Any, ...]) -> Ended:
    kind, party, place, note, unit, gtin, quantity, *some = row
    return Ended(
        kind=kind, party=party, place=place, note=note, gtin=gtin, unit=unit, quantity=quantity,
        batches=_some(*some),
    )  # fmt: skip
