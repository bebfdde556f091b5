"""What a verification comes to: every step with what it checked, or the first thing at fault."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from domain.refusals import Refusal

Progress = Callable[[int, int], None]
"""Called with (events checked, events in the log) now and then."""


class Step(Struct, frozen=True):
    """One thing that was checked, and how many times."""

    step: str
    checked: int


class Verified(Struct, frozen=True):
    """All is as it should be; `root` is hexadecimal, `checkpoint` the signed note."""

    events: int
    root: str
    checkpoint: str
    log_key: str
    """The verifier key that signed the checkpoint, as the log's own events name it."""
    steps: list[Step]
    batch: str | None = None
    ok: Literal[True] = True


class Failed(Struct, frozen=True):
    """The first thing that is not as it should be; position 0 means the file as a whole."""

    position: int
    code: str
    detail: str
    zh: str = ""
    """The same in Chinese, where a rule of admission says it."""
    ok: Literal[False] = False


class Stop(Exception):
    """Ends a verification at the first failure."""

    def __init__(self, position: int, code: str, detail: str, zh: str = "") -> None:
        """Say where, which and what."""
        super().__init__(detail)
        self.failed = Failed(position, code, detail, zh)


def refused(position: int, refusal: Refusal) -> Stop:
    """Say that a rule refuses what the log has at a position."""
    return Stop(position, refusal.code.value, refusal.en, refusal.zh)
