"""What a command says: its result on standard output, everything else on standard error."""

import os
import sys
import time
from enum import Enum
from types import TracebackType
from typing import Final, TextIO

import msgspec

_BRIEFLY_S: Final = 0.1
_SELDOM_S: Final = 5.0


class Paint(Enum):
    """Colours and weights of a terminal (ECMA-48 SGR)."""

    BOLD = "1"
    DIM = "2"
    RED = "31"
    GREEN = "32"
    YELLOW = "33"
    CYAN = "36"


def is_terminal(stream: TextIO) -> bool:
    """Tell whether somebody looks at the stream on a terminal that can do more than print."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Console:
    """Where a command speaks; with `as_json` its result is one JSON document."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        """Speak on the process's streams."""
        self.as_json: Final = as_json
        self.quiet: Final = quiet
        self._answered = False
        for stream in (sys.stdout, sys.stderr):
            # A terminal without Chinese shows a question mark rather than nothing at all.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")

    def show(self, text: str = "") -> None:
        """Write a line of the result for a person; with `as_json` there is none."""
        if not self.as_json:
            sys.stdout.write(f"{text}\n")

    def answer(self, document: object) -> None:
        """Write the one JSON document, where one was asked for."""
        if self.as_json and not self._answered:
            self._answered = True
            sys.stdout.flush()
            sys.stdout.buffer.write(msgspec.json.encode(document) + b"\n")
            sys.stdout.buffer.flush()

    def tell(self, text: str) -> None:
        """Write a line beside the result: what is being done, or what is wrong."""
        if not self.quiet:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    def complain(self, zh: str, en: str) -> None:
        """Say in both languages what is wrong."""
        head = self.paint_error("错误", Paint.RED)
        sys.stderr.write(f"{head}：{zh}\n")
        if en != zh:
            sys.stderr.write(f"      {en}\n")
        sys.stderr.flush()

    def paint(self, text: str, *paints: Paint) -> str:
        """Colour text for standard output, where it is a terminal and NO_COLOR is unset."""
        return _painted(text, paints) if _wants_colour(sys.stdout) else text

    def paint_error(self, text: str, *paints: Paint) -> str:
        """Colour text for standard error, as `paint` does."""
        return _painted(text, paints) if _wants_colour(sys.stderr) else text

    def progress(self, doing: str) -> "Progress":
        """Begin a line of progress on standard error."""
        return Progress(doing, sys.stderr, quiet=self.quiet)


class Progress:
    """One line that is written over on a terminal, and now and then a new one elsewhere."""

    def __init__(self, doing: str, stream: TextIO, *, quiet: bool = False) -> None:
        """Say what is being done; nothing shows before the first step."""
        self._doing = doing
        self._stream = stream
        self._quiet = quiet
        self._rewrites = is_terminal(stream)
        self._pause_s = _BRIEFLY_S if self._rewrites else _SELDOM_S
        self._last = time.monotonic() if not self._rewrites else 0.0
        self._shown = False

    def __call__(self, done: int, total: int | None = None) -> None:
        """Show how far it is, unless that was shown a moment ago."""
        now = time.monotonic()
        if self._quiet or now - self._last < self._pause_s:
            return
        self._last = now
        share = f"/{total:,}" if total else ""
        self._write(f"{self._doing} {done:,}{share}")

    def __enter__(self) -> "Progress":
        """Begin."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Clear the line away."""
        if self._shown and self._rewrites:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _write(self, text: str) -> None:
        self._shown = True
        self._stream.write(f"\r{text}\x1b[K" if self._rewrites else f"{text}\n")
        self._stream.flush()


def _wants_colour(stream: TextIO) -> bool:
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def _painted(text: str, paints: tuple[Paint, ...]) -> str:
    return f"\x1b[{';'.join(paint.value for paint in paints)}m{text}\x1b[0m" if paints else text
