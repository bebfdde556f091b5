"""What the ledger would say to signed events, handed in together, with nothing recorded.

For work that is to be recorded whole or not at all: a rehearsal that refuses nothing will be
admitted, unless another writer comes in between.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg

from domain.refusals import Refusal
from ledger import log
from ledger.candidate import read_candidate
from ledger.group import Decider
from ledger.models import ModelCache

MAX_EVENTS: Final = 10_000
"""How many events are rehearsed together; their models are all in memory."""


def rehearse(
    conn: psycopg.Connection[Any], raws: Sequence[bytes], now: datetime
) -> list[Refusal | None]:
    """Give the refusal that each envelope would meet, in order, None where it would be admitted.

    Signatures are checked, and each event meets those before it as if they were recorded.

    Raises:
        ValueError: for more than `MAX_EVENTS`.
    """
    if len(raws) > MAX_EVENTS:
        raise ValueError(f"{len(raws)} events; at most {MAX_EVENTS} are rehearsed together")
    head = log.head(conn)
    candidates = [read_candidate(raw) for raw in raws]
    group = Decider(ModelCache()).decide(conn, candidates, head, now, written=head, assume=False)
    return [one if isinstance(one, Refusal) else None for one in group.verdicts]
