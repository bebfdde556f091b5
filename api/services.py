"""What a running process has open: the database, the sequencer, the projections, the vault."""

import asyncio
import logging
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg_pool import ConnectionPool

from api.hand_back import HandBack
from api.keyring import Keyring
from api.live.feed import Feed
from api.page_cache import PageCache
from api.settings import Settings
from api.tables import prepare
from api.witnessing import Witnessing
from ledger import log
from ledger.keys import Ed25519Key
from ledger.outcome import Outcome, WriteFailed
from ledger.sequencer import Sequencer
from projections.registry import ALL
from projections.runner import Runner

_LOG: Final = logging.getLogger(__name__)

SWITCH_INTERVAL_S: Final = 0.0005
"""How long a thread may keep the interpreter from the others: the writer must not wait long."""


LOOKUP_THREADS: Final = 4
"""Who scans is served in turn by so many: more would only fight over the interpreter, and of two
who came at once one would wait long."""


def _log_failure(failed: WriteFailed) -> None:
    # Callers are told to send it again; only the operator can do something about the reason.
    _LOG.error("%s", failed)


class Services:
    """Everything that handlers use; one for a process."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        """Prepare over an installed database; `running` starts and stops it."""
        keyring = Keyring(settings.data)
        self.settings = settings
        self.database_url = database_url
        self.vault = keyring.readable_vault()
        self.custody = keyring.custody()
        self.signin_secret = keyring.secret(b"suyuan sign-in challenges, v1")
        self.passport_key = Ed25519Key.from_seed(keyring.secret(b"suyuan passport issuer, v1"))
        self.sequencer = Sequencer(database_url, keyring.log_keys(), on_failure=_log_failure)
        self.runner = Runner(database_url, ALL)
        self.feed = Feed(database_url, self.wait_for)
        self.witnessing = Witnessing(database_url, settings.witnesses, settings.witness_quorum)
        self.pages = PageCache()
        self.lookups = ThreadPoolExecutor(LOOKUP_THREADS, "lookup")
        self._hand_back: HandBack | None = None
        self.pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            database_url, min_size=1, max_size=16, open=False, kwargs={"autocommit": True}
        )

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        """Borrow a connection with autocommit."""
        with self.pool.connection() as conn:
            yield conn

    def head(self) -> int | None:
        """Give the ledger's last position; None where the database does not answer."""
        try:
            with self.connection() as conn:
                return log.head(conn)
        except psycopg.Error:
            return None

    async def submit(self, raws: Sequence[bytes]) -> list[Outcome]:
        """Hand envelopes to the sequencer and await one outcome for each.

        Raises:
            Busy: where too many wait already.
            WriteFailed: where the database failed; sending the same again is safe.
        """
        loop = asyncio.get_running_loop()
        if self._hand_back is None or self._hand_back.loop is not loop:
            self._hand_back = HandBack(self.sequencer, loop)
        return await self._hand_back.submit(raws)

    def wait_for(self, position: int, timeout_s: float = 5.0) -> bool:
        """Wait until every projection shows a position; tells whether it does."""
        return self.runner.wait_for(position, timeout_s)

    def start(self) -> None:
        """Open the pool, begin to write and to project."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self.pool.open(wait=True)
        self.sequencer.start()
        self.runner.start()
        self.feed.start()
        self.witnessing.start()

    def stop(self) -> None:
        """Finish what was handed in, and close everything."""
        self.witnessing.stop()
        self.feed.stop()
        self.sequencer.stop()
        self.runner.stop()
        self.lookups.shutdown()
        self.pool.close()


@contextmanager
def running(settings: Settings, database_url: str) -> Iterator[Services]:
    """Give started services, and stop them at the end whatever happens."""
    prepare(database_url)
    services = Services(settings, database_url)
    services.start()
    try:
        yield services
    finally:
        services.stop()
