"""One subscriber's way through what happens: from the database, then from the window, no gap.

It holds a place and nothing else. Whatever lies after its place it reads from the feed's window,
and from the database where the window begins later: that is how it begins after a cut, and how one
that was slow catches up. What it gives has a place after the last, so nothing comes twice.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final

from msgspec import Struct

from api.live.feed import Feed, Window
from projections.market_changes import Change, Place, Span

RECHECK_S: Final = 20.0
"""How long a subscriber goes on before it is looked at anew whether it still may."""

Read = Callable[[Span], Awaitable[list[Change]]]


class Interest(Struct, frozen=True):
    """What a subscriber wants: of which kinds, whose (None: of all), and how to read it back."""

    kinds: frozenset[str]
    party: str | None
    read: Read

    def takes(self, change: Change) -> bool:
        """Tell whether a change is wanted."""
        return change.kind in self.kinds and (self.party is None or self.party in change.parties)


class Standing(Struct, frozen=True):
    """Who watches: with which key, if any, and the question whether it still may."""

    did: str | None
    still: Callable[[], Awaitable[bool]]


class NoLonger(Exception):
    """The subscriber may not watch any more: its key was revoked, its session or token ended."""


class Watching:
    """Gives changes for as long as the subscriber may see them."""

    def __init__(self, feed: Feed, interest: Interest, standing: Standing | None) -> None:
        """Watch a feed; without a standing, as the public."""
        self._feed = feed
        self._interest = interest
        self._standing = standing
        self._woken = asyncio.Event()
        self._place = Place(0)
        self._checked = time.monotonic()

    async def changes(self, after: Place | None) -> AsyncIterator[Change]:
        """Give what happens after a place, or from now on.

        Raises:
            NoLonger: where the subscriber may see no more.
        """
        self._feed.join(self._woken)
        try:
            self._place = after or Place((await self._window()).high)
            while True:
                self._woken.clear()
                async for change in self._since(await self._window()):
                    yield change
                await self._rest()
        finally:
            self._feed.leave(self._woken)

    async def _since(self, window: Window) -> AsyncIterator[Change]:
        if self._place < Place(window.low):
            await self._check()
            while found := await self._interest.read(Span(self._place, window.high)):
                for change in found:
                    self._place = change.at
                    yield change
        for change in window.changes:
            if change.at > self._place:
                self._place = change.at
                if change.kind == "key" and self._standing and change.subject == self._standing.did:
                    await self._check()
                if self._interest.takes(change):
                    yield change
        self._place = max(self._place, Place(window.high))

    async def _window(self) -> Window:
        while (window := self._feed.window) is None:
            await self._rest()
        return window

    async def _rest(self) -> None:
        """Wait until something happens, and look now and then whether one still may."""
        if not self._woken.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), RECHECK_S)
        if time.monotonic() - self._checked > RECHECK_S:
            await self._check()

    async def _check(self) -> None:
        self._checked = time.monotonic()
        if self._standing and not await self._standing.still():
            raise NoLonger
