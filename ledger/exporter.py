"""Takes an export out of the database: the whole ledger, or the bundle of one batch."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import psycopg

from domain import tags
from domain.events import market as m
from domain.events.catalogue import AnyEvent
from domain.events.correction import EventCorrected
from domain.events.governance import KeyBound, LedgerOpened
from domain.events.movements import BatchHarvested, BatchTransformed
from ledger import export, log
from ledger.database_tiles import hash_reader
from ledger.errors import LedgerError
from ledger.partial_replay import GOVERNING
from ledger.positions import Position, leaf_index
from ledger.proofs import inclusion_proof

Borrow = Callable[[], AbstractContextManager[psycopg.Connection[Any]]]
"""Lends a connection for as long as it is needed."""

_PAGE: Final = 2000
_OF_TRADE: Final = (m.OfferMade, m.OfferChanged, m.OrderConfirmed, m.OrderCancelled)


class NothingToExport(LedgerError):
    """The ledger is empty, or does not know the batch."""


def export_ledger(conn: psycopg.Connection[Any], *, witnessed: bool = False) -> Iterator[bytes]:
    """Give the whole ledger up to its newest checkpoint, line by line.

    With `witnessed` it ends at the newest that witnesses have cosigned, some seconds back.

    Raises:
        NothingToExport: where the ledger is empty, or no checkpoint was cosigned.
    """
    return export_in_parts(lambda: nullcontext(conn), witnessed=witnessed)


def export_in_parts(borrow: Borrow, *, witnessed: bool = False) -> Iterator[bytes]:
    """Give the same, over connections that are borrowed for a part of the events each.

    None is held while a line is given: who takes the lines slowly keeps none from others. As the
    ledger only grows, all parts are of the checkpoint that was the newest when it began.

    Raises:
        NothingToExport: as above, before the first line.
    """
    with borrow() as conn:
        opened = _opened(conn)
        size, note = _newest(conn, witnessed=witnessed)
    header = export.Header(export.FORMAT, opened.origin, opened.log_key, size)
    return export.write(header, _lines(borrow, size), note)


def export_batch(
    conn: psycopg.Connection[Any], batches: Sequence[str], *, witnessed: bool = False
) -> Iterator[bytes]:
    """Give what proves one batch: its lineage's events, and what says who may sign them.

    `batches` begins with the batch itself; its ancestors follow. `witnessed` as above.

    Raises:
        NothingToExport: where the ledger has no event of the batch.
    """
    opened = _opened(conn)
    size, note = _newest(conn, witnessed=witnessed)
    positions = _positions_of(conn, batches, size)
    if not positions:
        raise NothingToExport(f"the ledger has no batch {batches[0]}")
    header = export.Header(export.FORMAT, opened.origin, opened.log_key, size, batches[0])
    return export.write(header, _proved(conn, sorted(positions), size), note)


def _opened(conn: psycopg.Connection[Any]) -> LedgerOpened:
    event = log.opening(conn)
    if event is None:
        raise NothingToExport("the ledger is empty")
    return event


def _newest(conn: psycopg.Connection[Any], *, witnessed: bool) -> tuple[int, str]:
    """Give the newest checkpoint, with its cosignatures where there are any."""
    row = conn.execute(
        "SELECT c.size, coalesce(w.note, c.note) FROM ledger.checkpoint c"
        " LEFT JOIN LATERAL (SELECT note FROM ledger.cosigned WHERE size = c.size"
        " ORDER BY length(note) DESC LIMIT 1) w ON true"
        " WHERE NOT %s OR w.note IS NOT NULL ORDER BY c.size DESC LIMIT 1",
        [witnessed],
    ).fetchone()
    if row is None and witnessed:
        raise NothingToExport("no witness has cosigned a checkpoint yet")
    if row is None:
        raise NothingToExport("the ledger has no checkpoint yet")
    return int(row[0]), str(row[1])


def _lines(borrow: Borrow, size: int) -> Iterator[export.Line]:
    after = 0
    while after < size:
        with borrow() as conn:
            rows = log.read_stored(conn, after, _PAGE, size)
        for row in rows:
            yield export.Line(row.position, row.admitted_at, row.data)
        after = rows[-1].position


def _proved(
    conn: psycopg.Connection[Any], positions: Sequence[int], size: int
) -> Iterator[export.Line]:
    nodes = hash_reader(conn, size)
    for position in positions:
        row = log.read_stored(conn, position - 1, 1)[0]
        proof = inclusion_proof(leaf_index(Position(position)), size, nodes)
        yield export.Line(position, row.admitted_at, row.data, tuple(proof))


def _positions_of(conn: psycopg.Connection[Any], batches: Sequence[str], size: int) -> set[int]:
    """Collect the lineage's events, then what says who may sign them, and who may sign that.

    What was offered and ordered of it is left out: it makes no batch, and is not everybody's.
    """
    told = _tagged(conn, [tags.batch(batch) for batch in batches], size)
    rows = {at: row for at, row in told if not _is_of_trade(log.decoded(row).event)}
    if not rows:
        return set()
    asked: set[str] = set()
    wanted = [tags.LEDGER, *(tags.product(batch[:14]) for batch in batches)]
    found = [log.decoded(row) for row in rows.values()]
    owners: dict[str, str] = {}
    while True:
        _take_owners(owners, found)
        wanted += _governing([log.decoded(row) for row in rows.values()], owners)
        missing = sorted(set(wanted) - asked)
        if not missing:
            return {1, *rows}
        asked.update(missing)
        more = {
            position: row
            for position, row in _tagged(conn, missing, size)
            if position not in rows and not _is_of_another(log.decoded(row).event)
        }
        found = [log.decoded(row) for row in more.values()]
        rows.update(more)


def _is_of_trade(event: AnyEvent) -> bool:
    told = event.replacement if isinstance(event, EventCorrected) else event
    return isinstance(told, _OF_TRADE)


def _is_of_another(event: AnyEvent) -> bool:
    """Tell whether an event of a grant is not about the grant: somebody else's harvest under it."""
    return isinstance(event, BatchHarvested | EventCorrected)


def _take_owners(owners: dict[str, str], recorded: Iterable[log.Recorded]) -> None:
    """Note whose keys they are that events bind."""
    for item in recorded:
        if isinstance(item.event, KeyBound):
            owners[item.event.key] = item.event.party
        elif isinstance(item.event, LedgerOpened):
            owners[item.event.authority_key] = item.event.actor


def _governing(recorded: Iterable[log.Recorded], owners: Mapping[str, str]) -> set[str]:
    """Give the tags of what tells whether these may be signed as they are."""
    wanted: set[str] = set()
    for item in recorded:
        actor = item.event.actor
        wanted.add(tags.party(actor))
        wanted |= _leant_on(item.event)
        for did in item.keyids:
            wanted.add(tags.key(did))
            owner = owners.get(did, actor)
            if owner != actor:
                wanted |= {tags.party(owner), tags.member(owner, actor)}
    return wanted


def _leant_on(event: AnyEvent) -> set[str]:
    """Give the tags of what an event that governs, or claims a mark, is decided by."""
    if isinstance(event, EventCorrected):
        return _leant_on(event.replacement) if event.replacement else set()
    if isinstance(event, BatchHarvested | BatchTransformed) and event.mark:
        claim = event.mark
        party = tags.party(claim.party)
        return {tags.grant(claim.grant), tags.member(claim.party, event.actor), party}
    return set(tags.needed(event)) if isinstance(event, GOVERNING) else set()


def _tagged(
    conn: psycopg.Connection[Any], wanted: Sequence[str], size: int
) -> Iterator[tuple[int, log.Stored]]:
    for _, stored in log.stored_by_tags(conn, wanted, size):
        yield stored.position, stored
