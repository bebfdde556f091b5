"""The step from events to the directory's rows."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

import psycopg

from domain.events import governance as g
from domain.events.registry import PlaceRegistered, ProductRegistered
from ledger.log import Recorded
from projections.rows import insert

_COLUMNS: Final = {
    "ledger": {
        "county": "text", "origin": "text", "authority": "text", "authority_name": "text",
        "log_key": "text", "rules": "text", "opened_at": "timestamptz",
    },
    "party": {
        "id": "text", "kind": "text", "roles": "text[]", "township": "text", "name": "text",
        "gln": "text", "admitted": "int8",
    },
    "key": {
        "did": "text", "party": "text", "custody": "text", "bound": "int8",
        "expires": "timestamptz",
    },
    "membership": {
        "cooperative": "text", "member": "text", "may_sign": "bool", "began": "int8",
    },
    "place": {
        "id": "text", "holder": "text", "kind": "text", "township": "text", "name": "text",
        "area_m2": "int8", "gln": "text", "registered": "int8",
    },
    "product": {
        "gtin": "text", "name_zh": "text", "name_en": "text", "category": "text",
        "unit": "text", "content_quantity": "int8", "content_unit": "text",
        "shelf_life_days": "int4", "registered": "int8",
    },
}  # fmt: skip

_RULES: Final = "UPDATE ledger SET rules = %s"
_LOG_KEY: Final = "UPDATE ledger SET log_key = %s"
_REVOKE: Final = "UPDATE key SET revoked = %s, revoked_reason = %s WHERE did = %s"
_END: Final = """
    UPDATE membership SET ended = %(at)s
    WHERE cooperative = %(cooperative)s AND member = %(member)s AND ended IS NULL AND began < %(at)s
"""

Row = tuple[str, tuple[Any, ...]]
"""A table's name, and the values of its columns."""


class DirectoryProjection:
    """Keeps the tables that `projections.directory` reads."""

    name: Final = "directory"
    version: Final = 2
    sql: Final = files("projections").joinpath("directory.sql").read_text("utf-8")

    def apply(self, cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> None:
        """Write the master data of a run: what is new set-wise, then what changes it, in order."""
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
        for recorded in events:
            for table, row in _new(recorded):
                rows[table].append(row)
        for table, columns in _COLUMNS.items():
            insert(cursor, table, columns, rows[table])
        for recorded in events:
            _change(cursor, recorded)


def _new(recorded: Recorded) -> Sequence[Row]:
    event, at = recorded.event, recorded.position
    match event:
        case g.LedgerOpened():
            return _opened(event, at)
        case g.PartyAdmitted():
            roles = [role.value for role in event.roles]
            row = (event.party, event.kind.value, roles, event.township, event.name, event.gln, at)
            return (("party", row),)
        case g.KeyBound():
            key = (event.key, event.party, event.custody.value, at, event.expires)
            return (("key", key),)
        case g.MembershipBegan():
            return (("membership", (event.actor, event.member, event.may_sign, at)),)
        case PlaceRegistered():
            place = (
                event.place, event.holder, event.kind.value, event.township, event.name,
                event.area_m2, event.gln, at,
            )  # fmt: skip
            return (("place", place),)
        case ProductRegistered():
            return (("product", _product(event, at)),)
        case _:
            return ()


def _opened(event: g.LedgerOpened, at: int) -> Sequence[Row]:
    ledger = (
        event.county, event.origin, event.actor, event.authority_name, event.log_key, event.rules,
        event.occurred_at,
    )  # fmt: skip
    party = (
        event.actor, g.PartyKind.ORGANISATION.value, [g.Role.AUTHORITY.value], event.county,
        event.authority_name, None, at,
    )  # fmt: skip
    key = (event.authority_key, event.actor, g.Custody.DEVICE.value, at, None)
    return (("ledger", ledger), ("party", party), ("key", key))


def _product(event: ProductRegistered, at: int) -> tuple[Any, ...]:
    content = event.content
    return (
        event.gtin, event.names.zh, event.names.en, event.category, event.unit.value,
        content.quantity if content else None, content.unit.value if content else None,
        event.shelf_life_days, at,
    )  # fmt: skip


def _change(cursor: psycopg.Cursor[Any], recorded: Recorded) -> None:
    """Carry out a revocation, an ending, a new rule set or key of the log; they are rare."""
    event, at = recorded.event, recorded.position
    match event:
        case g.KeyRevoked():
            cursor.execute(_REVOKE, [at, event.reason, event.key])
        case g.MembershipEnded():
            values = {"at": at, "cooperative": event.actor, "member": event.member}
            cursor.execute(_END, values)
        case g.RulesAdopted():
            cursor.execute(_RULES, [event.rules])
        case g.LogRotated():
            cursor.execute(_LOG_KEY, [event.log_key])
        case _:
            pass
