"""Who and what there is: parties with their keys, memberships, places, products."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TypeVar

import psycopg
from msgspec import Struct
from psycopg.rows import class_row

Row = TypeVar("Row", bound=Struct)

_PARTY: Final = "SELECT id, kind, roles, township, name, gln, admitted FROM directory.party"
_KEY: Final = """
    SELECT did, party, custody, bound, expires, revoked, revoked_reason FROM directory.key
"""
_PLACE: Final = """
    SELECT id, holder, kind, township, name, area_m2, gln, registered FROM directory.place
"""
_PRODUCT: Final = """
    SELECT gtin, name_zh, name_en, category, unit, content_quantity, content_unit,
           shelf_life_days, registered
    FROM directory.product
"""
_MEMBERSHIP: Final = """
    SELECT cooperative, member, may_sign, began, ended FROM directory.membership
"""


class Ledger(Struct, frozen=True, kw_only=True):
    """The ledger's opening, and the rule set and the log's key in force now."""

    county: str
    origin: str
    authority: str
    authority_name: str
    log_key: str
    rules: str
    opened_at: datetime


class Party(Struct, frozen=True, kw_only=True):
    """A party; `kind` is `person` or `organisation`, and only an organisation has a name here.

    `admitted` is the position from which it is known.
    """

    id: str
    kind: str
    roles: list[str]
    township: str | None
    name: str | None
    gln: str | None
    admitted: int


class Key(Struct, frozen=True, kw_only=True):
    """A key (`did:key`), whom it speaks for, who keeps it; positions of binding and revocation."""

    did: str
    party: str
    custody: str
    bound: int
    expires: datetime | None
    revoked: int | None
    revoked_reason: str | None


class Membership(Struct, frozen=True, kw_only=True):
    """A cooperative's member, from position `began` to `ended` (None: still)."""

    cooperative: str
    member: str
    may_sign: bool
    began: int
    ended: int | None


class Place(Struct, frozen=True, kw_only=True):
    """A place; `kind` as in `domain.events.registry.PlaceKind`, `township` a division code."""

    id: str
    holder: str
    kind: str
    township: str
    name: str
    area_m2: int | None
    gln: str | None
    registered: int


class Product(Struct, frozen=True, kw_only=True):
    """A trade item; `content_quantity` of `content_unit` is what one piece holds."""

    gtin: str
    name_zh: str
    name_en: str
    category: str
    unit: str
    content_quantity: int | None
    content_unit: str | None
    shelf_life_days: int | None
    registered: int


def ledger(conn: psycopg.Connection[Any]) -> Ledger | None:
    """Give what the ledger says of itself; None before it is opened."""
    return _one(conn, Ledger, "SELECT * FROM directory.ledger", [])


def party(conn: psycopg.Connection[Any], party_id: str) -> Party | None:
    """Give a party."""
    return _one(conn, Party, f"{_PARTY} WHERE id = %s", [party_id])


def parties(conn: psycopg.Connection[Any], ids: Iterable[str]) -> dict[str, Party]:
    """Give those of these parties that there are, by id."""
    rows = _all(conn, Party, f"{_PARTY} WHERE id = ANY(%s)", [list(ids)])
    return {row.id: row for row in rows}


def parties_in_role(conn: psycopg.Connection[Any], role: str) -> list[Party]:
    """Give the parties with a role (`domain.events.governance.Role`), in order of admission."""
    return _all(conn, Party, f"{_PARTY} WHERE roles @> ARRAY[%s] ORDER BY admitted, id", [role])


def key(conn: psycopg.Connection[Any], did: str) -> Key | None:
    """Give a key by its `did:key`."""
    return _one(conn, Key, f"{_KEY} WHERE did = %s", [did])


def keys_of(conn: psycopg.Connection[Any], party_id: str) -> list[Key]:
    """Give a party's keys, the revoked included, in order of binding."""
    return _all(conn, Key, f"{_KEY} WHERE party = %s ORDER BY bound, did", [party_id])


def members_of(conn: psycopg.Connection[Any], cooperative: str) -> list[Membership]:
    """Give a cooperative's present members."""
    where = "WHERE cooperative = %s AND ended IS NULL ORDER BY began"
    return _all(conn, Membership, f"{_MEMBERSHIP} {where}", [cooperative])


def cooperatives_of(conn: psycopg.Connection[Any], member: str) -> list[Membership]:
    """Give the cooperatives that a party is a member of at present."""
    where = "WHERE member = %s AND ended IS NULL ORDER BY began"
    return _all(conn, Membership, f"{_MEMBERSHIP} {where}", [member])


def place(conn: psycopg.Connection[Any], place_id: str) -> Place | None:
    """Give a place."""
    return _one(conn, Place, f"{_PLACE} WHERE id = %s", [place_id])


def places(conn: psycopg.Connection[Any], ids: Iterable[str]) -> dict[str, Place]:
    """Give those of these places that there are, by id."""
    rows = _all(conn, Place, f"{_PLACE} WHERE id = ANY(%s)", [list(ids)])
    return {row.id: row for row in rows}


def places_of(conn: psycopg.Connection[Any], holder: str) -> list[Place]:
    """Give a party's places, in order of registration."""
    return _all(conn, Place, f"{_PLACE} WHERE holder = %s ORDER BY registered", [holder])


def product(conn: psycopg.Connection[Any], gtin: str) -> Product | None:
    """Give a product by its GTIN-14."""
    return _one(conn, Product, f"{_PRODUCT} WHERE gtin = %s", [gtin])


def products(
    conn: psycopg.Connection[Any], gtins: Iterable[str] | None = None
) -> dict[str, Product]:
    """Give those of these products that there are, or all, by GTIN-14 in order of registration."""
    if gtins is None:
        rows = _all(conn, Product, f"{_PRODUCT} ORDER BY registered", [])
    else:
        where = "WHERE gtin = ANY(%s) ORDER BY registered"
        rows = _all(conn, Product, f"{_PRODUCT} {where}", [list(gtins)])
    return {row.gtin: row for row in rows}


def _all(
    conn: psycopg.Connection[Any], kind: type[Row], statement: str, values: list[Any]
) -> list[Row]:
    with conn.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(statement.encode(), values).fetchall()


def _one(
    conn: psycopg.Connection[Any], kind: type[Row], statement: str, values: list[Any]
) -> Row | None:
    rows = _all(conn, kind, statement, values)
    return rows[0] if rows else None
