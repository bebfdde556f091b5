"""One listener a process: hears of each event by `LISTEN`, reads what it changed, wakes who waits.

What happened lately is kept in one window that all subscribers read, each from its own place. So
memory does not grow with their number, nor with how slow one of them is: who has fallen out of the
window reads on from the database.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

import psycopg
from msgspec import Struct

from ledger import log
from ledger.log import Connection
from projections import market_changes as market
from projections.market_changes import Change, Place, Span

WINDOW: Final = 2048
"""Changes that are kept in memory."""
POLL_S: Final = 1.0
"""How long a notification is waited for before the head is looked at anyway."""
STOP_S: Final = 0.1
"""How soon the thread ends that waits for one."""
_LONGEST_WAIT_S: Final = 5.0

_log = logging.getLogger(__name__)


class Window(Struct, frozen=True):
    """All that changed after position `low`, up to and including `high`, in order."""

    low: int
    high: int
    changes: tuple[Change, ...] = ()


class Feed:
    """Follows the ledger in a thread; its window is read from any event loop."""

    def __init__(self, database_url: str, shown: Callable[[int], bool]) -> None:
        """Follow a ledger; `shown` waits until the read models show a position."""
        self._url = database_url
        self._shown = shown
        self.window: Window | None = None
        """None until the ledger's head was seen for the first time."""
        self._waiting: dict[asyncio.AbstractEventLoop, set[asyncio.Event]] = {}
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._conn: Connection | None = None

    def start(self) -> None:
        """Follow until `stop`."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._follow, name="feed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def join(self, event: asyncio.Event) -> None:
        """Set an event of the running loop whenever something has happened."""
        with self._guard:
            self._waiting.setdefault(asyncio.get_running_loop(), set()).add(event)

    def leave(self, event: asyncio.Event) -> None:
        """Set it no longer."""
        with self._guard:
            loop = asyncio.get_running_loop()
            waiting = self._waiting.get(loop, set())
            waiting.discard(event)
            if not waiting:
                self._waiting.pop(loop, None)

    def watchers(self) -> int:
        """Tell how many wait."""
        with self._guard:
            return sum(map(len, self._waiting.values()))

    def _follow(self) -> None:
        wait = 0.1
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._follow_over_one_connection()
            except psycopg.Error as error:
                _log.warning("subscriptions wait for the database: %s", error)
            except Exception:  # noqa: BLE001  logged, and tried again
                _log.exception("subscriptions stopped, and try again")
            wait = 0.1 if time.monotonic() - began > _LONGEST_WAIT_S else wait
            self._stopping.wait(wait)
            wait = min(2 * wait, _LONGEST_WAIT_S)

    def _follow_over_one_connection(self) -> None:
        with psycopg.connect(self._url, autocommit=True, application_name="suyuan feed") as conn:
            conn.execute("LISTEN ledger")
            while not self._stopping.is_set():
                self._look(conn)
                self._wait_for_news(conn)

    def _wait_for_news(self, conn: Connection) -> None:
        """Wait for a notification or the next look, and not on when it is to end."""
        look = time.monotonic() + POLL_S
        while not self._stopping.is_set() and time.monotonic() < look:
            if list(conn.notifies(timeout=STOP_S, stop_after=1)):
                return

    def _look(self, conn: Connection) -> None:
        """Take in what is new since the window's end, after a cut too: nothing is missed."""
        head = log.head(conn)
        window = self.window
        if window is None:
            self.window = Window(head, head)
            self._wake()
        elif head > window.high and self._shown(head):
            found = _changes(conn, window.high, head)
            kept = (*window.changes, *found)[-WINDOW:]
            dropped = len(window.changes) + len(found) > len(kept)
            low = kept[0].at.position if dropped else window.low
            self.window = Window(low, head, kept)
            if found:
                self._wake()

    def _wake(self) -> None:
        with self._guard:
            for loop, events in self._waiting.items():
                try:
                    loop.call_soon_threadsafe(_set_all, tuple(events))
                except RuntimeError:  # the loop is closed: nobody waits there any more
                    continue


def _changes(conn: Connection, low: int, high: int) -> list[Change]:
    found: list[Change] = []
    for read in (market.orders, market.terms, market.recalls, market.keys):
        after = Place(low)
        while page := read(conn, Span(after, high)):
            found += page
            after = page[-1].at
    return sorted(found, key=lambda change: change.at)


def _set_all(events: tuple[asyncio.Event, ...]) -> None:
    for event in events:
        event.set()
