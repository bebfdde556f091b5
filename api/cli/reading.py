"""Reading answers from the read models, brought up to the ledger's head first."""

from api.cli.console import Console
from api.cli.failures import Refused
from ledger.log import Connection
from projections.registry import ALL
from projections.runner import Runner
from projections.trace import Direction, Trace, trace


def catch_up(url: str, console: Console) -> int:
    """Bring every read model to the ledger's head, and give it; a server may be doing the same."""
    with console.progress("正在整理 catching up") as progress:
        return Runner(url, ALL).catch_up(progress)


def traced(conn: Connection, batch: str, direction: Direction) -> Trace:
    """Trace a batch.

    Raises:
        Refused: where no event speaks of it.
    """
    found = trace(conn, batch, direction)
    if found is None:
        raise unknown_batch(batch)
    return found


def lineage(conn: Connection, batch: str) -> list[str]:
    """Name a batch and, after it, what it was made of."""
    keys = [node.key for node in traced(conn, batch, "back").nodes]
    return list(dict.fromkeys([batch, *keys]))


def unknown_batch(batch: str) -> Refused:
    """Say that no event speaks of a batch."""
    return Refused(
        "unknown-batch", f"台账里没有批次 {batch}。请核对标签上的商品条码和批号。",
        f"No event in the ledger speaks of {batch}. Check the GTIN and the lot on the label.",
    )  # fmt: skip
