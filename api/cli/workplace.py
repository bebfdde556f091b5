"""What commands work on: the data folder's database and keys, with or without a server beside."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypedDict

from api.cli.failures import Refused, Unreachable, refused
from api.embedded import database_url
from api.keyring import Keyring
from api.settings import Settings
from api.tables import prepare
from domain.events.catalogue import AnyEvent, encode
from domain.events.governance import LedgerOpened
from domain.ids import EventId, PartyId, uuid7
from domain.refusals import Refusal
from ledger import envelope, log
from ledger.keys import SigningKey
from ledger.log import Connection
from ledger.outcome import Admission
from ledger.schema import reaching
from ledger.sequencer import Clock, Sequencer


class Common(TypedDict):
    """The fields that every event has."""

    id: EventId
    occurred_at: datetime
    actor: PartyId
    nonce: bytes
    refs: tuple[EventId, ...]


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Give the URL of the installed database, started if it has to be.

    Raises:
        DatabaseUnavailable, DatabaseUnreachable: where there is none to be had.
    """
    with database_url(settings) as url:
        prepare(url)
        yield url


@contextmanager
def connected(settings: Settings) -> Iterator[Connection]:
    """Give a connection to the installed database, with autocommit."""
    with database(settings) as url, reaching(url) as conn:
        yield conn


@contextmanager
def sequencing(
    url: str, keyring: Keyring, clock: Clock = lambda: datetime.now(UTC)
) -> Iterator[Sequencer]:
    """Give a sequencer that writes; another process may be writing too."""
    sequencer = Sequencer(url, keyring.log_keys(), clock).start()
    try:
        yield sequencer
    finally:
        sequencer.stop()


def keyring_of(settings: Settings) -> Keyring:
    """Give the keys of the data folder.

    Raises:
        Unreachable: where the folder can't be made or entered.
    """
    try:
        return Keyring(settings.data)
    except OSError as error:
        raise Unreachable(
            "data-folder", f"数据目录 {settings.data} 不能用：{error.strerror}。",
            f"The data folder {settings.data} can't be used: {error.strerror}. See SUYUAN_DATA.",
        ) from error  # fmt: skip


def opening(conn: Connection) -> LedgerOpened | None:
    """Give the genesis event; None for the empty ledger."""
    for first in log.read(conn, 0, 1):
        if isinstance(first.event, LedgerOpened):
            return first.event
    return None


def opened(conn: Connection) -> LedgerOpened:
    """Give the genesis event.

    Raises:
        Refused: where the ledger is not open yet.
    """
    event = opening(conn)
    if event is None:
        raise Refused(
            "ledger-not-open",
            "台账还没有开账。开账：suyuan open --county 445381 --name 名称；"
            "只想看看：suyuan serve --demo。",
            "The ledger is not open. Open it with suyuan open, or try suyuan serve --demo.",
        )
    return event


def common(actor: PartyId, at: datetime, *refs: EventId) -> Common:
    """Give the common fields of a new event that follows from `refs`."""
    return Common(
        id=uuid7(int(at.timestamp() * 1000), os.urandom(10)), occurred_at=at, actor=actor,
        nonce=os.urandom(16), refs=tuple(dict.fromkeys(refs)),
    )  # fmt: skip


def signed(event: AnyEvent, *keys: SigningKey) -> bytes:
    """Give the envelope of an event as the ledger stores it."""
    return envelope.to_bytes(envelope.sign(encode(event), *keys))


def record(sequencer: Sequencer, event: AnyEvent, *keys: SigningKey) -> Admission:
    """Sign and hand in one event.

    Raises:
        Refused: where the ledger refuses it.
    """
    return admitted(sequencer.admit(signed(event, *keys)))


def admitted(outcome: Admission | Refusal) -> Admission:
    """Give the admission.

    Raises:
        Refused: where there is none.
    """
    if isinstance(outcome, Refusal):
        raise refused(outcome)
    return outcome
