"""The nearest relatives of a batch, a generation at a time: what a page can show and walk.

The whole genealogy is `projections.trace`'s; this costs the same however many there are of it.
"""

from typing import Any, Final, Literal

import psycopg
from msgspec import Struct

from domain.epcis import canonical_key
from projections.amounts import Shown, shown

GENERATIONS: Final = 3
"""How far is looked, in each direction."""
MOST: Final = 24
"""The most relatives of one generation; it says how many more there are."""

Direction = Literal["back", "forward"]


class Relative(Struct, frozen=True, kw_only=True):
    """A batch: named as in `projections.trace.Node`, with what was made of it."""

    id: str
    key: str
    kind: Literal["own", "foreign"]
    gtin: str | None
    lot: str | None
    quantity: Shown | None
    unit: str | None


class Link(Struct, frozen=True, kw_only=True):
    """So much of one batch went into another, in one process; both by key."""

    source: str
    target: str
    quantity: Shown | None
    unit: str | None
    process: str


class Generation(Struct, frozen=True, kw_only=True):
    """Relatives at one distance, as recorded; `more` are not listed."""

    relatives: tuple[Relative, ...]
    more: int


class Kinship(Struct, frozen=True, kw_only=True):
    """The root, ancestors and descendants, the nearest first, and the links among all of them.

    `further` names the directions in which there is more beyond the last generation.
    """

    root: Relative
    back: tuple[Generation, ...]
    forward: tuple[Generation, ...]
    links: tuple[Link, ...]
    further: frozenset[Direction]


_NEXT: Final[dict[Direction, str]] = {
    "back": """
SELECT source, count(*) OVER () FROM trace.edge
WHERE target = ANY(%s) AND NOT source = ANY(%s)
GROUP BY source ORDER BY min(position), source LIMIT %s
""",
    "forward": """
SELECT target, count(*) OVER () FROM trace.edge
WHERE source = ANY(%s) AND NOT target = ANY(%s)
GROUP BY target ORDER BY min(position), target LIMIT %s
""",
}
_NODES: Final = """
SELECT id, display, key, own, quantity, unit FROM trace.node WHERE id = ANY(%s)
"""
_LINKS: Final = """
SELECT source, target, sum(quantity), min(unit), min(kind) FROM trace.edge
WHERE source = ANY(%(ids)s) AND target = ANY(%(ids)s)
GROUP BY source, target ORDER BY min(position), min(n)
"""


class _Found(Struct):
    """Generations as numbers of nodes, each with how many more there are."""

    generations: list[tuple[list[int], int]]
    further: bool


def kin(conn: psycopg.Connection[Any], batch: str) -> Kinship | None:
    """Give a batch's nearest relatives; named as for `trace`, None where nothing speaks of it."""
    with conn.cursor(binary=True) as cursor:
        row = cursor.execute(
            "SELECT id FROM trace.node WHERE key = %s", [canonical_key(batch)]
        ).fetchone()
        if row is None:
            return None
        root = int(row[0])
        back, forward = _walk(cursor, root, "back"), _walk(cursor, root, "forward")
        ids = [root]
        ids += [one for found in (back, forward) for some, _ in found.generations for one in some]
        nodes = {one[0]: _relative(one) for one in cursor.execute(_NODES, [ids]).fetchall()}
        links = cursor.execute(_LINKS, {"ids": ids}).fetchall()
    ways: tuple[tuple[Direction, _Found], ...] = (("back", back), ("forward", forward))
    return Kinship(
        root=nodes[root], back=_generations(back, nodes), forward=_generations(forward, nodes),
        links=tuple(_link(row, nodes) for row in links),
        further=frozenset(way for way, found in ways if found.further),
    )  # fmt: skip


def _walk(cursor: psycopg.Cursor[Any], root: int, direction: Direction) -> _Found:
    found, seen, here = _Found([], further=False), [root], [root]
    for _ in range(GENERATIONS):
        rows = cursor.execute(_NEXT[direction], [here, seen, MOST]).fetchall()
        if not rows:
            return found
        here = [row[0] for row in rows]
        seen += here
        found.generations.append((here, rows[0][1] - len(rows)))
    found.further = cursor.execute(_NEXT[direction], [here, seen, 1]).fetchone() is not None
    return found


def _relative(row: tuple[Any, ...]) -> Relative:
    _, display, key, own, quantity, unit = row
    gtin, lot = (key[:14], key[15:]) if key[14:15] == "/" else (None, None)
    return Relative(
        id=display, key=key, kind="own" if own else "foreign", gtin=gtin, lot=lot,
        quantity=shown(quantity), unit=unit,
    )  # fmt: skip


def _generations(found: _Found, nodes: dict[int, Relative]) -> tuple[Generation, ...]:
    return tuple(
        Generation(relatives=tuple(nodes[one] for one in ids), more=more)
        for ids, more in found.generations
    )


def _link(row: tuple[Any, ...], nodes: dict[int, Relative]) -> Link:
    source, target, quantity, unit, process = row
    return Link(
        source=nodes[source].key, target=nodes[target].key, quantity=shown(quantity), unit=unit,
        process=process,
    )  # fmt: skip
