"""How long after its receipt an event shows in every read model, while events keep coming."""

import time
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Final

from api.bench.throwaway import Throwaway, all_admitted
from ledger.outcome import Admission, Outcome
from projections.runner import Runner

RATE: Final = 200
"""Events a second: two million cases a year would be written in three hours."""
_PATIENCE_S: Final = 30.0

_Receipt = tuple[int, float]
"""A position, and when its receipt was there."""


def steady_lag(ledger: Throwaway, runner: Runner, seconds: float) -> float:
    """Write `RATE` events a second, one at a time; give the 95th percentile of the lag in ms.

    Raises:
        ValueError: where an event was refused, or did not show within half a minute.
    """
    raws = ledger.harvests.make(int(RATE * seconds))
    receipts: SimpleQueue[_Receipt | None] = SimpleQueue()
    lags: list[float] = []
    watching = Thread(target=_watch, args=(runner, receipts, lags))
    watching.start()
    written: list[Future[list[Outcome]]] = []
    began = time.perf_counter()
    for number, raw in enumerate(raws):
        time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        written.append(ledger.sequencer.submit([raw]))
        written[-1].add_done_callback(lambda done: receipts.put(_receipt(done)))
    for each in written:
        all_admitted(each.result())
    receipts.put(None)
    watching.join()
    if len(lags) < len(raws):
        raise ValueError(f"only {len(lags)} of {len(raws)} events were shown")
    return sorted(lags)[len(lags) * 95 // 100] * 1000


def _receipt(done: "Future[list[Outcome]]") -> _Receipt:
    now = time.perf_counter()
    (outcome,) = done.result()
    return (outcome.receipt.position if isinstance(outcome, Admission) else 0), now


def _watch(runner: Runner, receipts: "SimpleQueue[_Receipt | None]", lags: list[float]) -> None:
    while (receipt := receipts.get()) is not None:
        position, at = receipt
        if runner.wait_for(position, _PATIENCE_S):
            lags.append(time.perf_counter() - at)
