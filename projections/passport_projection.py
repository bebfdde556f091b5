"""The step from events to passports."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, Final

import msgspec
import psycopg
from msgspec import Struct, field

from domain.events.movements import PlotTreated
from domain.events.papers import CommitmentIssued, CommitmentWithdrawn
from ledger.log import Recorded
from projections import passport_documents as documents
from projections import passport_heritage as heritage
from projections import passport_marks as marks
from projections import passport_names as names
from projections import passport_steps as tell
from projections.corrections import Changes, Effect, resolve
from projections.foreign_events import Captures, take_in
from projections.passport_steps import Harvest, Told
from projections.rows import insert
from projections.stock_changes import Account, changes

_STEP: Final = {
    "batch": "text", "rank": "int2", "position": "int8", "n": "int4", "at": "timestamptz",
    "display": "text", "body": "bytea",
}  # fmt: skip
_WITHDRAWN: Final = {
    "batch": "text", "position": "int8", "n": "int4", "body": "bytea",
}  # fmt: skip
_LINK: Final = {
    "position": "int8", "n": "int4", "parent": "text", "child": "text",
}  # fmt: skip
_JOINT: Final = {
    "position": "int8", "joined": "text", "batch": "text", "makes": "bool",
}  # fmt: skip
_HARVEST: Final = {
    "position": "int8", "n": "int4", "batch": "text", "plot": "text", "at": "timestamptz",
    "body": "bytea",
}  # fmt: skip
_TREATMENT: Final = {
    "position": "int8", "plot": "text", "at": "timestamptz", "body": "bytea",
}  # fmt: skip

_CERTIFICATE: Final = {
    "position": "int8", "id": "text", "batch": "text", "body": "bytea",
}  # fmt: skip
_CERTIFICATE_END: Final = {"position": "int8", "certificate": "text"}

_UNDO_STEPS: Final = "DELETE FROM step WHERE position = ANY(%s) RETURNING batch"
_UNDO_LINKS: Final = "DELETE FROM link WHERE position = ANY(%s) RETURNING child"
_UNDO_JOINT: Final = "DELETE FROM joint WHERE position = ANY(%s) RETURNING joined"
_UNDO_HARVESTS: Final = "DELETE FROM harvest WHERE position = ANY(%s)"
_UNDO_TREATMENTS: Final = "DELETE FROM treatment WHERE position = ANY(%s)"
_UNDO_CERTIFICATES: Final = "DELETE FROM certificate WHERE position = ANY(%s)"
_UNDO_CERTIFICATE_ENDS: Final = "DELETE FROM certificate_end WHERE position = ANY(%s)"
_UNJOIN: Final = "DELETE FROM link WHERE joined = ANY(%s) RETURNING child"
_JOIN: Final = """
INSERT INTO link (position, n, parent, child, joined)
SELECT position, row_number() OVER (PARTITION BY position ORDER BY parent, child), parent, child,
       joined
FROM (
    SELECT min(made.position) AS position, used.batch AS parent, made.batch AS child, made.joined
    FROM joint made JOIN joint used USING (joined)
    WHERE made.joined = ANY(%s) AND made.makes AND NOT used.makes
    GROUP BY used.batch, made.batch, made.joined
) AS pair
RETURNING child
"""
_LATE_TREATED: Final = """
SELECT h.batch, max(t.position)
FROM unnest(%s::text[], %s::timestamptz[], %s::bigint[]) AS t (plot, at, position)
JOIN harvest h ON h.plot = t.plot AND h.position < t.position
    AND h.at BETWEEN t.at AND t.at + interval '365 days'
GROUP BY h.batch
"""
_COUNT: Final = """
INSERT INTO batch AS b (batch, display, steps, last)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[])
ON CONFLICT (batch) DO UPDATE SET
    steps = b.steps + excluded.steps,
    display = CASE WHEN b.steps = 0 THEN excluded.display ELSE b.display END,
    last = greatest(b.last, excluded.last)
"""
# The first that was said of a batch gives it its name.
_RECOUNT: Final = """
UPDATE batch b SET
    steps = (SELECT count(*) FROM step s WHERE s.batch = b.batch),
    display = (
        SELECT s.display FROM step s WHERE s.batch = b.batch ORDER BY s.position, s.n LIMIT 1
    )
WHERE batch = ANY(%s)
"""
_TOUCH: Final = """
UPDATE batch b SET last = greatest(b.last, new.last)
FROM unnest(%s::text[], %s::bigint[]) AS new (batch, last)
WHERE b.batch = new.batch
"""
_BALANCE: Final = """
MERGE INTO balance b
USING unnest(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[]
) AS d (batch, account, party, place, quantity)
ON b.batch = d.batch AND b.account = d.account AND b.party = d.party AND b.place = d.place
WHEN MATCHED AND b.quantity + d.quantity = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET quantity = b.quantity + d.quantity
WHEN NOT MATCHED AND d.quantity <> 0 THEN
    INSERT (batch, account, party, place, quantity)
    VALUES (d.batch, d.account, d.party, d.place, d.quantity)
"""


class _Rows(Struct):
    """What a run adds."""

    told: list[tuple[int, int, Told]] = field(default_factory=list)
    """Position, number within the event, step."""
    links: list[tuple[int, int, str, str]] = field(default_factory=list)
    joint: list[tuple[int, str, str, bool]] = field(default_factory=list)
    harvests: list[tuple[int, int, Harvest]] = field(default_factory=list)
    treatments: list[tuple[int, str, datetime, bytes]] = field(default_factory=list)
    certificates: list[tuple[int, str, str, bytes]] = field(default_factory=list)
    ends: list[tuple[int, str]] = field(default_factory=list)


class _Stale(Struct):
    """What must be written anew: documents, and heritages."""

    documents: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    """Of these the inputs are other ones now."""
    causes: dict[str, int] = field(default_factory=dict)
    """Of these something changed that what came of them has copied; by what position."""

    def behind(self, batches: Iterable[str], position: int) -> None:
        """Note that a change reaches back behind what was made of these."""
        for batch in batches:
            self.causes[batch] = max(position, self.causes.get(batch, 0))


class PassportProjection:
    """Keeps the documents that `projections.passport` reads."""

    name: Final = "passport"
    version: Final = 4
    sql: Final = files("projections").joinpath("passport.sql").read_text("utf-8")

    def apply(self, cursor: psycopg.Cursor[Any], events: Sequence[Recorded]) -> None:
        """Write a run: rows that it adds and takes out, then heritages, then documents."""
        run = resolve(cursor, events)
        captures = take_in(cursor, run.live)
        names.keep(cursor, run.live)
        captured = [captured.effect for captured in captures.live]
        known = names.load(cursor, (*run.live, *run.superseded, *captured))
        stale = _Stale()
        gone = _undo(cursor, run, captures, known, stale)
        _write(cursor, _rows(run.live, captures, known), stale)
        taken_back = marks.keep(cursor, run.live)
        stale.documents |= taken_back.keys()
        _touch(cursor, taken_back)
        _withdraw(cursor, run.withdrawn, known, stale)
        if gone:
            cursor.execute(_RECOUNT, [list(gone)])
        _balance(cursor, run)
        _treated_late(cursor, run, stale)
        _reach(cursor, stale)
        heritage.work_out(cursor, stale.made)
        documents.write(cursor, stale.documents | stale.made)


def _undo(
    cursor: psycopg.Cursor[Any], run: Changes, captures: Captures, known: names.Names, stale: _Stale
) -> set[str]:
    """Take out what no longer holds; give the batches that it spoke of."""
    gone = _take_out(cursor, [effect.position for effect in run.undone], stale)
    gone_foreign = _take_out(cursor, list(captures.undone), stale)
    for effect in run.superseded:
        stale.behind((told.batch for told in tell.steps(effect, known)), _changed_at(effect))
    for declaration in captures.declarations:
        named = (told.batch for told in tell.foreign_steps(declaration, known))
        stale.behind((*named, *gone_foreign), declaration.effect.position)
    return gone | gone_foreign


def _take_out(cursor: psycopg.Cursor[Any], positions: list[int], stale: _Stale) -> set[str]:
    """Delete all that stands at positions, and give the batches that it spoke of."""
    if not positions:
        return set()
    gone = _first_column(cursor.execute(_UNDO_STEPS, [positions]))
    children = _first_column(cursor.execute(_UNDO_LINKS, [positions]))
    joined = _first_column(cursor.execute(_UNDO_JOINT, [positions]))
    cursor.execute(_UNDO_HARVESTS, [positions])
    cursor.execute(_UNDO_TREATMENTS, [positions])
    cursor.execute(_UNDO_CERTIFICATES, [positions])
    cursor.execute(_UNDO_CERTIFICATE_ENDS, [positions])
    marks.take_out(cursor, positions)
    children |= _join(cursor, joined)
    stale.made |= children
    stale.behind(gone | children, 0)
    return gone


def _changed_at(effect: Effect) -> int:
    return effect.corrected.position if effect.corrected else effect.position


def _reach(cursor: psycopg.Cursor[Any], stale: _Stale) -> None:
    """Find all that came of what changed behind it."""
    if not stale.causes:
        return
    reached = heritage.descendants(cursor, stale.causes)
    stale.made |= reached.keys()
    stale.documents |= reached.keys()
    _touch(cursor, reached)


def _touch(cursor: psycopg.Cursor[Any], batches: dict[str, int]) -> None:
    """Note the last position that concerns batches."""
    if batches:
        cursor.execute(_TOUCH, [list(batches), list(batches.values())])


def _rows(live: Sequence[Effect], captures: Captures, known: names.Names) -> _Rows:
    rows = _Rows()
    for effect in live:
        at = effect.position
        rows.told += ((at, n, told) for n, told in enumerate(tell.steps(effect, known)))
        rows.links += ((at, n, *pair) for n, pair in enumerate(tell.links(effect)))
        harvest = tell.harvest(effect, known)
        if harvest:
            rows.harvests.append((at, 0, harvest))
        body = tell.treatment(effect)
        if body and isinstance(effect.event, PlotTreated):
            rows.treatments.append((at, effect.event.place, effect.event.occurred_at, body))
        _add_papers(rows, effect, known)
    for captured in captures.live:
        at, foreign = captured.effect.position, captured.foreign
        rows.told += ((at, n, told) for n, told in enumerate(tell.foreign_steps(captured, known)))
        rows.harvests += ((at, n, h) for n, h in enumerate(tell.foreign_harvests(captured)))
        if foreign.transformation_id:
            joined = foreign.transformation_id
            rows.joint += ((at, joined, part.key, False) for part in foreign.inputs)
            rows.joint += ((at, joined, part.key, True) for part in foreign.outputs)
        else:
            rows.links += ((at, n, *pair) for n, pair in enumerate(tell.foreign_links(captured)))
    rows.told.sort(key=lambda row: row[0])
    return rows


def _add_papers(rows: _Rows, effect: Effect, known: names.Names) -> None:
    event = effect.event
    certificate = tell.certified(effect, known)
    if certificate and isinstance(event, CommitmentIssued):
        body = msgspec.json.encode(certificate)
        rows.certificates.append((effect.position, event.id, event.batch, body))
    if isinstance(event, CommitmentIssued | CommitmentWithdrawn) and (ended := _ended(event)):
        rows.ends.append((effect.position, ended))


def _ended(event: CommitmentIssued | CommitmentWithdrawn) -> str | None:
    """Give the certificate that an event ends."""
    return event.replaces if isinstance(event, CommitmentIssued) else event.commitment


def _write(cursor: psycopg.Cursor[Any], rows: _Rows, stale: _Stale) -> None:
    encode = msgspec.json.encode
    insert(cursor, "step", _STEP, (
        (t.batch, t.rank.value, position, n, t.at, t.display, encode(t.step))
        for position, n, t in rows.told
    ))  # fmt: skip
    insert(cursor, "link", _LINK, rows.links)
    insert(cursor, "joint", _JOINT, rows.joint)
    insert(cursor, "harvest", _HARVEST, (
        (position, n, h.batch, h.plot, h.at, encode(h.head)) for position, n, h in rows.harvests
    ))  # fmt: skip
    insert(cursor, "treatment", _TREATMENT, rows.treatments)
    insert(cursor, "certificate", _CERTIFICATE, rows.certificates)
    insert(cursor, "certificate_end", _CERTIFICATE_END, rows.ends)
    _count(cursor, [(told.batch, told.display, position, 1) for position, _, told in rows.told])
    stale.made |= {child for *_, child in rows.links}
    for position, joined, _, _ in rows.joint:
        children = _join(cursor, {joined})
        stale.made |= children
        stale.behind(children, position)
    for position, _, told in rows.told:
        stale.documents.add(told.batch)
        if told.display is not None:
            stale.behind((told.batch,), position)


def _join(cursor: psycopg.Cursor[Any], joined: set[str]) -> set[str]:
    """Link anew what foreign processes, told of by several events, made of what; give the made."""
    if not joined:
        return set()
    before = _first_column(cursor.execute(_UNJOIN, [list(joined)]))
    return before | _first_column(cursor.execute(_JOIN, [list(joined)]))


def _withdraw(
    cursor: psycopg.Cursor[Any], withdrawn: Sequence[Effect], known: names.Names, stale: _Stale
) -> None:
    """Keep what was declared in error, to be shown struck out."""
    told = [
        (effect.position, n, told)
        for effect in withdrawn
        for n, told in enumerate(tell.steps(effect, known))
    ]
    insert(cursor, "withdrawn", _WITHDRAWN, (
        (t.batch, position, n, msgspec.json.encode(t.step)) for position, n, t in told
    ))  # fmt: skip
    _count(cursor, [(t.batch, t.display, position, 0) for position, _, t in told])


def _count(cursor: psycopg.Cursor[Any], said: Iterable[tuple[str, str | None, int, int]]) -> None:
    """Add to the steps of batches; make those that are new."""
    rows: dict[str, tuple[str, str | None, int, int]] = {}
    for batch, display, position, more in said:
        _, first, steps, last = rows.get(batch, (batch, display, 0, position))
        rows[batch] = (batch, first, steps + more, max(last, position))
    if rows:
        ordered = [rows[batch] for batch in sorted(rows)]
        cursor.execute(_COUNT, [list(column) for column in zip(*ordered, strict=True)])


def _balance(cursor: psycopg.Cursor[Any], run: Changes) -> None:
    sums: dict[tuple[str, Account, str, str], int] = {}
    for effects, sign in ((run.undone, -1), (run.live, 1)):
        for effect in effects:
            for change in changes(effect.event):
                at = (change.batch, change.account, change.party, change.place)
                sums[at] = sums.get(at, 0) + sign * change.quantity
    rows = [(*at, quantity) for at, quantity in sums.items() if quantity]
    if rows:
        batches, accounts, *others = (list(column) for column in zip(*rows, strict=True))
        cursor.execute(_BALANCE, [batches, [account.value for account in accounts], *others])


def _treated_late(cursor: psycopg.Cursor[Any], run: Changes, stale: _Stale) -> None:
    """Find the harvests that a treatment lies before, which became known or changed only now."""
    treated = [
        (effect.event.place, effect.event.occurred_at, _changed_at(effect))
        for effect in (*run.superseded, *run.live)
        if isinstance(effect.event, PlotTreated)
    ]
    if treated:
        columns = [list(column) for column in zip(*treated, strict=True)]
        for batch, position in cursor.execute(_LATE_TREATED, columns).fetchall():
            stale.behind((batch,), position)


def _first_column(cursor: psycopg.Cursor[Any]) -> set[str]:
    return {row[0] for row in cursor.fetchall() if row[0] is not None}
