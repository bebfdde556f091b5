"""`suyuan bench verify`: an export checked offline, rules included, beside bare signatures."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from api.bench.county.files import CountyFile, envelopes, generated
from api.bench.county.spec import Spec
from api.bench.environment import usable_cpus
from api.bench.measure import Baseline, Plan, rate
from api.bench.shares import family_mib
from api.bench.workbench import Workbench
from ledger import envelope
from ledger.did_key import PublicKey, parse_did_key
from ledger.verifier import Verified, verify

_FULL: Final = 1_000_000
_QUICK: Final = 20_000
_BARE: Final = 40_000
"""Signatures that bare verification is timed on: enough to be steady, few enough to be held."""

_LOOK_S: Final = 0.5
"""How often memory is looked at: looking takes milliseconds."""

Check = tuple[PublicKey, bytes, bytes]


@contextmanager
def plan(bench: Workbench) -> Iterator[Plan]:
    """Compare the verifier with bare Ed25519 verification of the same signatures on all cores."""
    county = generated(Spec(bench.size(_FULL, _QUICK)), bench.folder, bench.tell)
    with _bare(county) as bare:
        figure = _Verification(county, bare.pids)
        yield Plan(
            name="verify",
            unit="events/s",
            size=county.manifest.spec.events,
            figure=figure.run,
            baselines={"ed25519": Baseline(bare.run)},
            also={"memory_mib": figure.memory},
        )


class _Verification:
    """Verifies a file, and watches how much memory all its processes take together."""

    def __init__(self, county: CountyFile, others: frozenset[int | None]) -> None:
        self._county = county
        self._others = others
        """Children that have nothing to do with it."""
        self._most = 0.0
        self._next_look = 0.0

    def run(self) -> float:
        return rate(self._county.manifest.spec.events, self._verify)

    def memory(self) -> float:
        return self._most

    def _verify(self) -> None:
        with self._county.path.open("rb") as file:
            outcome = verify(file, progress=self._watch)
        if not isinstance(outcome, Verified):
            raise TypeError(f"the generated ledger fails at {outcome.position}: {outcome.detail}")

    def _watch(self, _done: int, _total: int) -> None:
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + _LOOK_S
            self._most = max(self._most, family_mib("self", self._others))


class _Bare:
    """Processes, one a core, that hold their share of the signatures and verify on demand."""

    def __init__(self, county: CountyFile) -> None:
        context = multiprocessing.get_context("spawn")
        cores = usable_cpus()
        self._ends: list[Connection] = []
        self._processes = []
        for number in range(cores):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_serve, args=(theirs, str(county.path), number, cores), daemon=True
            )
            process.start()
            theirs.close()
            self._ends.append(ours)
            self._processes.append(process)
        self.pids: Final = frozenset(process.pid for process in self._processes)
        self._count = sum(end.recv() for end in self._ends)

    def run(self) -> float:
        return rate(self._count, self._verify)

    def close(self) -> None:
        for end in self._ends:
            end.send(False)  # noqa: FBT003  a message
        for process in self._processes:
            process.join()

    def _verify(self) -> None:
        for end in self._ends:
            end.send(True)  # noqa: FBT003  a message
        answers = [end.recv() for end in self._ends]  # of every process, whatever the first says
        if not all(answers):
            raise ValueError("a signature of the generated ledger is bad")


@contextmanager
def _bare(county: CountyFile) -> Iterator[_Bare]:
    bare = _Bare(county)
    try:
        yield bare
    finally:
        bare.close()


def _serve(end: Connection, path: str, number: int, cores: int) -> None:
    checks = list(_checks(Path(path), number, cores))
    end.send(len(checks))
    while end.recv():
        end.send(all(key.verify(sig, message) for key, sig, message in checks))


def _checks(path: Path, number: int, cores: int) -> Iterator[Check]:
    """Give this process's share: of the first 40,000 signatures, each so many-th."""
    for index, stored in enumerate(envelopes(path)):
        if index >= _BARE:
            return
        if index % cores == number:
            parsed = envelope.parse(stored)
            message = envelope.pae(parsed.payloadType, parsed.payload)
            for signature in parsed.signatures:
                yield parse_did_key(signature.keyid), signature.sig, message
