"""What a batch has from what it was made of: origins and steps, named at its making, bounded.

A batch's heritage is that of its inputs, and their own steps up to the making (of a foreign event,
whenever it was captured). It is worked out again only where a correction, or something that was
recorded late, reaches back behind a making: for the batch concerned and all that came of it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec
import psycopg
from msgspec import Struct

from projections.passport import MOST_STEPS
from projections.passport_steps import Rank


class Item(NamedTuple):
    """A step or an origin: its place in the ledger and in its event, and what it is chosen by."""

    position: int
    n: int
    rank: int
    at: datetime


class Heritage(Struct, frozen=True, array_like=True):
    """Steps and origins that came with the inputs; what was left out is counted."""

    steps: list[Item]
    steps_left_out: int
    origins: list[Item]
    origins_left_out: int


class Choice(NamedTuple):
    """The items that stay, in order of time, and how many do not."""

    kept: list[Item]
    left_out: int


_WHEN: Final = itemgetter(3, 0, 1)
"""When an item was, then where it stands: at, position, n."""

NOTHING: Final = Heritage([], 0, [], 0)

_DECODER: Final = msgspec.json.Decoder(Heritage)

_DESCENDANTS: Final = """
WITH RECURSIVE reached AS (
    SELECT * FROM unnest(%s::text[], %s::bigint[]) AS cause (batch, position)
    UNION
    SELECT l.child, r.position FROM reached r JOIN link l ON l.parent = r.batch
)
SELECT batch, max(position) FROM reached GROUP BY batch
"""
_LINKS: Final = """
SELECT child, parent, max(position) FROM link WHERE child = ANY(%s)
GROUP BY child, parent ORDER BY child, parent
"""
_HERITAGES: Final = (
    "SELECT batch, heritage FROM batch WHERE batch = ANY(%s) AND heritage IS NOT NULL"
)
_PASSED_ON: Final = """
SELECT p.parent, p.position, s.position, s.n, s.rank, s.at, s.total
FROM unnest(%(parents)s::text[], %(positions)s::bigint[]) AS p (parent, position)
CROSS JOIN LATERAL (
    SELECT position, n, rank, at, count(*) OVER () AS total
    FROM step
    WHERE batch = p.parent AND rank <= %(rank)s AND (position < p.position OR display IS NOT NULL)
    ORDER BY rank, position DESC, n
    LIMIT %(most)s
) AS s
"""
_ORIGINS: Final = """
SELECT batch, position, n, at FROM harvest WHERE batch = ANY(%s) ORDER BY position, n
"""
_SAVE: Final = """
UPDATE batch SET heritage = new.heritage
FROM unnest(%b::text[], %b::bytea[]) AS new (batch, heritage)
WHERE batch.batch = new.batch
"""

Links = dict[str, list[tuple[str, int]]]
"""The inputs of each batch, with the position of the making."""


def choose(items: Iterable[Item], more: int = 0) -> Choice:
    """Keep at most `MOST_STEPS`: by rank, the newest first; `more` are left out already."""
    distinct = {item[:2]: item for item in items}
    kept = list(distinct.values())
    if len(kept) > MOST_STEPS:
        kept.sort(key=lambda item: (item.rank, -item.position, item.n))
        del kept[MOST_STEPS:]
    kept.sort(key=_WHEN)
    return Choice(kept, len(distinct) - len(kept) + more)


def descendants(cursor: psycopg.Cursor[Any], causes: dict[str, int]) -> dict[str, int]:
    """Give batches with all that came of them, each with the last position that concerns it."""
    return dict(cursor.execute(_DESCENDANTS, [list(causes), list(causes.values())]).fetchall())


def load(cursor: psycopg.Cursor[Any], batches: Iterable[str]) -> dict[str, Heritage]:
    """Give the heritage of those batches that have one."""
    cursor.execute(_HERITAGES, [list(batches)], binary=True)
    return {batch: _DECODER.decode(body) for batch, body in cursor.fetchall()}


def origins(cursor: psycopg.Cursor[Any], batches: Iterable[str]) -> dict[str, list[Item]]:
    """Give the origins that batches are themselves."""
    found: dict[str, list[Item]] = {}
    cursor.execute(_ORIGINS, [list(batches)], binary=True)
    for batch, position, n, at in cursor.fetchall():
        found.setdefault(batch, []).append(Item(position, n, Rank.MADE, at))
    return found


def work_out(cursor: psycopg.Cursor[Any], batches: set[str]) -> None:
    """Write the heritage of batches anew, inputs before what was made of them."""
    if not batches:
        return
    cursor.execute(_LINKS, [list(batches)])
    links: Links = {batch: [] for batch in batches}
    for child, parent, at in cursor.fetchall():
        links[child].append((parent, at))
    parents = {parent for inputs in links.values() for parent, _ in inputs}
    known = load(cursor, parents - batches)
    passed_on = _passed_on(cursor, sorted({pair for inputs in links.values() for pair in inputs}))
    grown = origins(cursor, parents)
    for batch in _parents_first(links):
        known[batch] = _inherit(links[batch], known, passed_on, grown)
    names = sorted(batches)
    bodies = [msgspec.json.encode(known[name]) if links[name] else None for name in names]
    cursor.execute(_SAVE, [names, bodies])


def _inherit(
    inputs: Sequence[tuple[str, int]],
    known: dict[str, Heritage],
    passed_on: dict[tuple[str, int], Choice],
    grown: dict[str, list[Item]],
) -> Heritage:
    steps: list[Item] = []
    roots: list[Item] = []
    more = more_origins = 0
    for pair in inputs:
        own, inherited = passed_on.get(pair, Choice([], 0)), known.get(pair[0], NOTHING)
        steps += own.kept
        steps += inherited.steps
        roots += grown.get(pair[0], ())
        roots += inherited.origins
        more += own.left_out + inherited.steps_left_out
        more_origins += inherited.origins_left_out
    chosen, chosen_origins = choose(steps, more), choose(roots, more_origins)
    return Heritage(*chosen, *chosen_origins)


def _passed_on(
    cursor: psycopg.Cursor[Any], pairs: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], Choice]:
    """Give the own steps of an input up to the making, by input and position of the making."""
    values = {
        "parents": [parent for parent, _ in pairs],
        "positions": [position for _, position in pairs],
        "rank": Rank.MOVED.value,
        "most": MOST_STEPS,
    }
    found: dict[tuple[str, int], Choice] = {}
    rows = cursor.execute(_PASSED_ON, values, binary=True).fetchall()
    for parent, making, position, n, rank, at, total in rows:
        kept = found.setdefault((parent, making), Choice([], total)).kept
        kept.append(Item(position, n, rank, at))
    return {pair: Choice(kept, total - len(kept)) for pair, (kept, total) in found.items()}


def _parents_first(links: Links) -> list[str]:
    """Order batches so that an input comes before what was made of it.

    Foreign events may tell of a circle; it is entered somewhere, and ends.
    """
    ordered: dict[str, None] = {}
    for start in sorted(links):
        waiting = [(start, iter(links[start]))]
        entered = {start}
        while waiting:
            batch, inputs = waiting[-1]
            parent = next((p for p, _ in inputs if p in links and p not in ordered), None)
            if parent is None:
                ordered[batch] = None
                waiting.pop()
            elif parent not in entered:
                entered.add(parent)
                waiting.append((parent, iter(links[parent])))
    return list(ordered)
