"""`suyuan bench lookup`: a scan beside a static file of the same size from the same server."""

import gzip
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Final

from api.bench.http_load import CONNECTIONS, Answered, Target, load
from api.bench.measure import Baseline, Plan
from api.bench.site import PLAIN, Site, site
from api.bench.workbench import Workbench

_FULL: Final = 20_000
_QUICK: Final = 1_000
_PAGE: Final = {
    "Accept": "text/html", "Accept-Language": "zh-CN", "Accept-Encoding": "gzip",
    "User-Agent": "Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0",
}  # fmt: skip
_DATA: Final = {"Accept": "application/json", "Accept-Encoding": "gzip"}
_LOADED: Final = re.compile(
    r'<(?:link rel="(?:stylesheet|icon)"|script)[^>]* (?:href|src)="([^"]+)"'
)


@contextmanager
def plan(bench: Workbench) -> Iterator[Plan]:
    """Compare the passport's page, and its data, with static files, under 64 connections.

    `first_paint_bytes` is what goes over the wire, headers aside, for the page and all that it
    loads at once.
    """
    requests = bench.size(_FULL, _QUICK)
    bench.tell("seeding a county and serving it")
    with site(bench.folder) as served:
        gtin, _, lot = served.showcase.partition("/")
        path = f"/01/{gtin}/10/{lot}"
        page = _Asked(Target(served.port, path, _PAGE), requests)
        data = _Asked(Target(served.port, path, _DATA), requests)
        plain_page = _Asked(_plain(served, "page", page.size()), requests)
        plain_data = _Asked(_plain(served, "data", data.size()), requests)
        paint = _first_paint(served, path)
        yield Plan(
            name="lookup",
            unit="requests/s",
            size={"requests": requests, "connections": CONNECTIONS},
            figure={"page": page.run, "json": data.run},
            baselines={
                "static": Baseline(plain_page.run, "page"),
                "static_json": Baseline(plain_data.run, "json"),
            },
            also={
                "page_median_ms": lambda: page.last.median_ms,
                "page_p99_ms": lambda: page.last.p99_ms,
                "page_p99_over_median": lambda: page.last.p99_ms / page.last.median_ms,
                "json_p99_over_median": lambda: data.last.p99_ms / data.last.median_ms,
                "static_p99_over_median": lambda: (
                    plain_page.last.p99_ms / plain_page.last.median_ms
                ),
                "page_bytes": lambda: float(page.last.bytes),
                "first_paint_bytes": lambda: float(paint),
            },
        )


class _Asked:
    """One thing that is asked for, and how that went the last time."""

    def __init__(self, target: Target, requests: int) -> None:
        self._target = target
        self._requests = requests
        self.last: Answered = load(target, 2 * CONNECTIONS)

    def size(self) -> int:
        return self.last.bytes

    def run(self) -> float:
        self.last = load(self._target, self._requests)
        return self.last.per_s


def _plain(served: Site, name: str, size: int) -> Target:
    (served.plain / f"{name}.bin").write_bytes(os.urandom(size))
    return Target(served.port, f"{PLAIN}/{name}.bin", {"Accept-Encoding": "gzip"})


def _first_paint(served: Site, path: str) -> int:
    """Add up the bodies of the page and of all style sheets, scripts and icons that it names."""
    whole, page = _fetched(served.port, path)
    for loaded in dict.fromkeys(_LOADED.findall(page.decode())):
        whole += _fetched(served.port, loaded)[0]
    return whole


def _fetched(port: int, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers=_PAGE)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    plain = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
    return len(body), plain
