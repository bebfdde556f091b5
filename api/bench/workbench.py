"""What a benchmark gets to work with, and the list of benchmarks."""

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, cast

from msgspec import Struct

from api.bench.measure import Plan, Tell
from api.settings import Settings


class Workbench(Struct, frozen=True):
    """The settings, whether it must be short, where to keep what is made once, and who listens."""

    settings: Settings
    quick: bool
    """All of it, preparation included, ends within 45 s on two cores."""
    folder: Path
    """For generated ledgers and throw-away databases; it exists."""
    tell: Tell
    events: int | None = None
    """How large a ledger, where somebody asked for a size."""

    def size(self, full: int, quick: int) -> int:
        """Give the size to measure: what was asked for, or one of these."""
        return self.events or (quick if self.quick else full)


Prepare = Callable[[Workbench], AbstractContextManager[Plan]]
"""Prepares a plan; what it leaves behind is cleared away when the context ends."""

BENCHES: Final = {
    "append": "append",
    "import": "bulk",
    "verify": "verify",
    "lookup": "lookup",
    "memory": "memory",
    "labels": "labels",
    "project": "project",
    "trace": "trace",
    "market": "market",
}
"""Each benchmark's module in `api.bench`; its `plan` is a `Prepare`."""


def prepare(name: str) -> Prepare:
    """Load a benchmark, and only that one."""
    module = importlib.import_module(f"api.bench.{BENCHES[name]}")
    return cast("Prepare", module.plan)
