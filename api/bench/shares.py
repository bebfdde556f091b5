"""How much memory processes hold, with what they share counted once."""

from collections.abc import Collection
from pathlib import Path


def family_mib(process: int | str, others: Collection[int | None] = ()) -> float:
    """Give what a process and its children hold, in MiB, `others` left out; 0 where nobody says."""
    kib = 0
    try:
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            for child in children.read_text(encoding="ascii").split():
                if int(child) not in others:
                    kib += _share_kib(child)
        kib += _share_kib(str(process))
    except OSError:
        return 0.0
    return kib / 1024


def _share_kib(process: str) -> int:
    """Give a process's proportional set size: a page that two share counts half for each."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:  # it has just ended
        return 0
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
