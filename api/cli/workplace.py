"""What commands work on: the data folder's database and keys, with or without a server beside."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.authoring.new_event import signed
from api.cli.failures import Refused, Unreachable, refused
from api.embedded import database_url
from api.keyring import Keyring
from api.settings import Settings
from api.tables import prepare
from domain.events.catalogue import AnyEvent
from domain.events.governance import LedgerOpened
from domain.refusals import Refusal
from ledger import log
from ledger.keys import SigningKey
from ledger.log import Connection
from ledger.outcome import Admission
from ledger.schema import reaching
from ledger.sequencer import Sequencer


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


def opened(conn: Connection) -> LedgerOpened:
    """Give the genesis event.

    Raises:
        Refused: where the ledger is not open yet.
    """
    event = log.opening(conn)
    if event is None:
        raise Refused(
            "ledger-not-open",
            "台账还没有开账。开账：suyuan open --county 445381 --name 名称；"
            "只想看看：suyuan serve --demo。",
            "The ledger is not open. Open it with suyuan open, or try suyuan serve --demo.",
        )
    return event


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
