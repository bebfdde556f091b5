"""Many connections that ask for the same thing again and again, and how long each answer took."""

import asyncio
import time
from collections.abc import Mapping
from statistics import median
from typing import Final

from msgspec import Struct

CONNECTIONS: Final = 64
_CENT: Final = 0.99


class Target(Struct, frozen=True):
    """What is asked for, at a local port."""

    port: int
    path: str
    headers: Mapping[str, str] = {}


class Answered(Struct, frozen=True):
    """Answers a second, how long they took in ms, and the bytes of a body over the wire."""

    per_s: float
    median_ms: float
    p99_ms: float
    bytes: int


def load(target: Target, requests: int, connections: int = CONNECTIONS) -> Answered:
    """Ask so many times over so many connections, which stay open.

    Raises:
        ValueError: where an answer is not 200, or has no length.
    """
    return asyncio.run(_load(target, requests, connections))


async def _load(target: Target, requests: int, connections: int) -> Answered:
    left = iter(range(requests))
    took: list[float] = []
    sizes: set[int] = set()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
        for _ in left:
            began = time.perf_counter()
            writer.write(_request(target))
            sizes.add(await _answer(reader))
            took.append(time.perf_counter() - began)
        writer.close()
        await writer.wait_closed()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    whole = time.perf_counter() - began
    took.sort()
    return Answered(
        requests / whole, median(took) * 1000, took[int(len(took) * _CENT)] * 1000, max(sizes)
    )


def _request(target: Target) -> bytes:
    lines = [f"GET {target.path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in target.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if not head.startswith("http/1.1 200"):
        raise ValueError(f"not answered: {head.splitlines()[0]}")
    length = next(
        (int(line[15:]) for line in head.splitlines() if line.startswith("content-length:")), None
    )
    if length is None:
        raise ValueError("an answer of no known length")
    await reader.readexactly(length)
    return length
