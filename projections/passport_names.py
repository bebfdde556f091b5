"""The names and keys that passports show: kept beside them, as none of them ever changes."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import psycopg
from msgspec import Struct

from domain.events import governance as g
from domain.events.registry import PlaceRegistered, ProductRegistered
from projections.corrections import Effect
from projections.passport import Where, Who
from projections.rows import insert

_COLUMNS: Final = {
    "party": {
        "id": "text", "name": "text", "kind": "text",
    },
    "place": {
        "id": "text", "name": "text", "kind": "text", "township": "text",
    },
    "key": {
        "did": "text", "party": "text", "custody": "text",
    },
    "product": {
        "gtin": "text", "zh": "text", "en": "text", "category": "text", "unit": "text",
        "content_quantity": "int8", "content_unit": "text",
    },
}  # fmt: skip

Row = tuple[str, tuple[Any, ...]]


class Names(Struct, frozen=True):
    """Those names and keys that a run's steps refer to."""

    parties: dict[str, Who]
    places: dict[str, Where]
    keys: dict[str, tuple[str, str]]
    """Party and custody by `did:key`."""

    def who(self, party: str) -> Who:
        """Give a party, by its id alone where it has no public name."""
        return self.parties.get(party) or Who(id=party)

    def where(self, place: str) -> Where:
        """Give a place."""
        return self.places.get(place) or Where(id=place)


def keep(cursor: psycopg.Cursor[Any], effects: Sequence[Effect]) -> None:
    """Keep the names that a run brings."""
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
    for effect in effects:
        for table, row in _rows(effect):
            rows[table].append(row)
    for table, columns in _COLUMNS.items():
        insert(cursor, table, columns, rows[table])


def load(cursor: psycopg.Cursor[Any], effects: Iterable[Effect]) -> Names:
    """Look up what effects refer to, once for all."""
    ids: set[str] = set()
    dids: set[str] = set()
    for effect in effects:
        dids.update(effect.keyids)
        event = effect.event
        for name in ("actor", "to", "carrier", "place", "to_place", "plot"):
            found = getattr(event, name, None)
            if found is not None:
                ids.add(found)
    cursor.execute("SELECT did, party, custody FROM key WHERE did = ANY(%s)", [list(dids)])
    keys = {did: (party, custody) for did, party, custody in cursor.fetchall()}
    wanted = list(ids | {party for party, _ in keys.values()})
    cursor.execute("SELECT id, name, kind FROM party WHERE id = ANY(%s)", [wanted])
    parties = {row[0]: Who(id=row[0], name=row[1], kind=row[2]) for row in cursor.fetchall()}
    cursor.execute("SELECT id, name, kind, township FROM place WHERE id = ANY(%s)", [wanted])
    places = {
        row[0]: Where(id=row[0], name=row[1], kind=row[2], township=row[3])
        for row in cursor.fetchall()
    }
    return Names(parties, places, keys)


def _rows(effect: Effect) -> Sequence[Row]:
    event = effect.event
    match event:
        case g.LedgerOpened():
            kind = g.PartyKind.ORGANISATION.value
            key = (event.authority_key, event.actor, g.Custody.DEVICE.value)
            return (("party", (event.actor, event.authority_name, kind)), ("key", key))
        case g.PartyAdmitted():
            return (("party", (event.party, event.name, event.kind.value)),)
        case g.KeyBound():
            return (("key", (event.key, event.party, event.custody.value)),)
        case PlaceRegistered():
            return (("place", (event.place, event.name, event.kind.value, event.township)),)
        case ProductRegistered():
            content = event.content
            product = (
                event.gtin, event.names.zh, event.names.en, event.category, event.unit.value,
                content.quantity if content else None, content.unit.value if content else None,
            )  # fmt: skip
            return (("product", product),)
        case _:
            return ()
