"""A bound on how often one address may do a thing; kept in memory, and nothing is written of it."""

import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from threading import Lock
from typing import Final

from starlette.requests import HTTPConnection

from api.errors import Problem

_MOST_ADDRESSES: Final = 20_000


class RateLimit:
    """A token bucket for each address; the addresses heard longest ago are forgotten."""

    def __init__(
        self, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Allow `burst` at once, and `per_minute` in the long run."""
        self._per_s = per_minute / 60
        self.burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, address: str) -> int:
        """Take one for an address: 0 where it may, else how many seconds it has to wait."""
        now = self._clock()
        with self._lock:
            left, since = self._buckets.pop(address, (float(self.burst), now))
            left = min(float(self.burst), left + (now - since) * self._per_s)
            granted = left >= 1
            self._buckets[address] = (left - 1 if granted else left, now)
            if len(self._buckets) > _MOST_ADDRESSES:
                self._buckets.popitem(last=False)
        return 0 if granted else max(1, ceil((1 - left) / self._per_s))

    def forget(self) -> None:
        """Forget every address."""
        with self._lock:
            self._buckets.clear()

    def check(self, request: HTTPConnection) -> None:
        """Take one for who asks.

        Raises:
            Problem: 429 (RFC 6585 §4) with the seconds to wait.
        """
        wait = self.wait_s(request.client.host if request.client else "")
        if wait:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests",
                f"太频繁了，请 {wait} 秒后再试。", f"Too often; try again in {wait} s.",
                headers={"Retry-After": str(wait)},
            )  # fmt: skip
