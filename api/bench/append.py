"""`suyuan bench append`: the full path, from a signed envelope to its receipt."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvloop

from api.bench import baselines
from api.bench.harvests import Harvests
from api.bench.measure import ROUNDS, Baseline, Plan, rate
from api.bench.throwaway import Throwaway, all_admitted, throwaway
from api.bench.workbench import Workbench
from api.hand_back import HandBack
from api.services import SWITCH_INTERVAL_S

CALLERS: Final = 64
_WARM_UP: Final = 2000


@contextmanager
def plan(bench: Workbench) -> Iterator[Plan]:
    """Compare 64 callers, and one alone, with the library's recorder and with the ceiling.

    The ceiling is the slower of bare Ed25519 verification on all cores and raw `COPY` in groups
    as large as there are callers.
    """
    size = bench.size(20_000, 6_000)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with throwaway(bench.folder) as ledger:
        _append(ledger, ledger.harvests.make(_WARM_UP), CALLERS)
        bench.tell(f"signing {size * ROUNDS:,} events")
        work = _Work(ledger.harvests, size)
        sample = ledger.harvests.make(size)
        yield Plan(
            name="append",
            unit="events/s",
            size={"events": size, "callers": CALLERS},
            figure=lambda: _append(ledger, work.next(), CALLERS),
            also={"one_caller": lambda: _append(ledger, ledger.harvests.make(size // 20), 1)},
            baselines={
                "eventsourcing": Baseline(
                    lambda: baselines.eventsourcing_recorder(ledger.url, sample[: size // 20])
                ),
                "ceiling": Baseline(
                    lambda: min(
                        baselines.ed25519(sample), baselines.copy(ledger.url, sample, CALLERS)
                    )
                ),
                "one_row": Baseline(
                    lambda: baselines.one_row(ledger.url, sample[: size // 20]), "one_caller"
                ),
            },
            versions={"postgresql": ledger.postgres},
        )


class _Work:
    """Signs ahead, so that signing is not measured."""

    def __init__(self, harvests: Harvests, size: int) -> None:
        self._harvests = harvests
        self._size = size
        self._ready = [harvests.make(size) for _ in range(ROUNDS)]

    def next(self) -> list[bytes]:
        return self._ready.pop() if self._ready else self._harvests.make(self._size)


def _append(ledger: Throwaway, raws: list[bytes], callers: int) -> float:
    async def run() -> None:
        hand_back = HandBack(ledger.sequencer, asyncio.get_running_loop())
        waiting = iter(raws)

        async def caller() -> None:
            for raw in waiting:
                all_admitted(await hand_back.submit([raw]))

        await asyncio.gather(*(caller() for _ in range(callers)))

    def work() -> None:
        # The loop that the server runs on.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run())

    return rate(len(raws), work)
