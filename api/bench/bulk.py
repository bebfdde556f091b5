"""`suyuan bench import`: many signed events through the bulk path that NDJSON takes."""

import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Final

from api.bench import baselines
from api.bench.measure import ROUNDS, Baseline, Plan, rate
from api.bench.throwaway import Throwaway, all_admitted, throwaway
from api.bench.workbench import Workbench
from api.services import SWITCH_INTERVAL_S
from ledger.outcome import Outcome

PARCEL: Final = 500
"""What the HTTP interface hands in at once."""
_IN_FLIGHT: Final = 8
_GROUP: Final = 1000


@contextmanager
def plan(bench: Workbench) -> Iterator[Plan]:
    """Compare the bulk path with the slower of bare Ed25519 on all cores and raw `COPY`."""
    size = bench.size(100_000, 15_000)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with throwaway(bench.folder) as ledger:
        bench.tell(f"signing {size * ROUNDS:,} events")
        ready = [ledger.harvests.make(size) for _ in range(ROUNDS)]
        sample = ready[0]
        yield Plan(
            name="import",
            unit="events/s",
            size=size,
            figure=lambda: _import(ledger, ready.pop() if ready else ledger.harvests.make(size)),
            baselines={
                "ceiling": Baseline(
                    lambda: min(
                        baselines.ed25519(sample), baselines.copy(ledger.url, sample, _GROUP)
                    )
                )
            },
            versions={"postgresql": ledger.postgres},
        )


def _import(ledger: Throwaway, raws: list[bytes]) -> float:
    def work() -> None:
        waiting: deque[Future[list[Outcome]]] = deque()
        for at in range(0, len(raws), PARCEL):
            if len(waiting) == _IN_FLIGHT:
                all_admitted(waiting.popleft().result())
            waiting.append(ledger.sequencer.submit(raws[at : at + PARCEL]))
        for future in waiting:
            all_admitted(future.result())

    return rate(len(raws), work)
