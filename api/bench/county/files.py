"""Counties as export files, signed on all cores and kept for the next time.

Beside `county….ndjson` stands `county….json`, what is good to know of it; it is written last, so
that where it is the export is whole.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from api.bench.county.scribe import Draft
from api.bench.county.simulation import Simulation
from api.bench.county.spec import ORIGIN, Spec, unsafe_key
from api.bench.environment import usable_cpus
from api.bench.measure import Tell
from domain.events.catalogue import encode
from domain.events.movements import BatchHarvested, BatchTransformed
from ledger import envelope, export
from ledger.checkpoint import Checkpoint, NoteSigner, sign_checkpoint
from ledger.keys import SigningKey
from ledger.merkle import Tree, leaf_hash

_CHUNK: Final = 1000
_AHEAD: Final = 3
"""How many chunks a process may have waiting."""
_SAMPLE: Final = 1000
_DELAY: Final = timedelta(minutes=2)
"""From an event to its admission."""

Unsigned = tuple[bytes, tuple[str, ...], datetime]
"""Payload, names of the keys that sign, time of admission."""


class Manifest(Struct, frozen=True):
    """What is good to know of a generated county."""

    spec: Spec
    hub: str
    """The batch that has `spec.descendants` descendants; empty where there is none."""
    batches: list[str]
    """Up to a thousand batches, evenly over the county's time."""
    signatures: int


class CountyFile(Struct, frozen=True):
    """A county on disk: a whole export with its checkpoint."""

    path: Path
    manifest: Manifest

    def envelopes(self) -> Iterator[bytes]:
        """Give the stored envelopes in order."""
        return envelopes(self.path)


def envelopes(path: Path) -> Iterator[bytes]:
    """Give the stored envelopes of an export in order."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if number > 1 and isinstance(line := export.read_line(raw, number), export.Line):
                yield line.envelope


def generated(spec: Spec, folder: Path, tell: Tell) -> CountyFile:
    """Give a county's file, made where there is none yet."""
    path, about = folder / f"{spec.name}.ndjson", folder / f"{spec.name}.json"
    if not about.exists():
        tell(f"making {spec.name}, once")
        manifest = _make(spec, path)
        about.write_bytes(msgspec.json.encode(manifest))
    return CountyFile(path, msgspec.json.decode(about.read_bytes(), type=Manifest))


class _Notes:
    """Takes down what the manifest says while the drafts go by."""

    def __init__(self, spec: Spec) -> None:
        self._every = max(1, spec.events // 4 // _SAMPLE)
        self._seen = 0
        self.batches: list[str] = []
        self.signatures = 0

    def watch(self, drafts: Iterable[Draft]) -> Iterator[Unsigned]:
        for draft in drafts:
            self.signatures += len(draft.signers)
            if isinstance(draft.event, BatchHarvested | BatchTransformed):
                self._sample(draft.event)
            yield encode(draft.event), draft.signers, draft.event.occurred_at + _DELAY

    def _sample(self, event: BatchHarvested | BatchTransformed) -> None:
        self._seen += 1
        if self._seen % self._every == 0 and len(self.batches) < _SAMPLE:
            made = event.batch if isinstance(event, BatchHarvested) else event.outputs[0].batch
            self.batches.append(made)


def _make(spec: Spec, path: Path) -> Manifest:
    simulation, notes, tree = Simulation(spec), _Notes(spec), Tree.empty()
    draft = path.with_name(f".{path.name}.draft")
    header = export.Header(export.FORMAT, ORIGIN, spec.log_vkey, spec.events)
    with draft.open("wb") as file:
        file.write(msgspec.json.encode(header) + b"\n")
        for lines, leaves in _signed(spec, notes.watch(simulation.drafts())):
            file.write(lines)
            tree.append(leaves)
            tree.trim()
        checkpoint = Checkpoint(ORIGIN, tree.size, tree.root())
        note = sign_checkpoint(checkpoint, NoteSigner(ORIGIN, spec.log_key))
        file.write(msgspec.json.encode(export.Trailer(note)) + b"\n")
    draft.replace(path)
    return Manifest(spec, simulation.hub, notes.batches, notes.signatures)


def _signed(spec: Spec, unsigned: Iterator[Unsigned]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Sign on all cores, a chunk at a time, in order: lines of an export, and their leaves."""
    context = multiprocessing.get_context("spawn")
    cpus = usable_cpus()
    waiting: deque[Future[tuple[bytes, list[bytes]]]] = deque()
    first = 1
    with ProcessPoolExecutor(cpus, context) as processes:
        while chunk := list(islice(unsigned, _CHUNK)):
            waiting.append(processes.submit(_sign_chunk, spec.seed, first, chunk))
            first += len(chunk)
            if len(waiting) > _AHEAD * cpus:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _sign_chunk(seed: int, first: int, chunk: list[Unsigned]) -> tuple[bytes, list[bytes]]:
    lines: list[bytes] = []
    leaves: list[bytes] = []
    for position, (payload, names, admitted_at) in enumerate(chunk, first):
        keys = (_key(seed, name) for name in names)
        stored = envelope.to_bytes(envelope.sign(payload, *keys))
        lines.append(msgspec.json.encode(export.Line(position, admitted_at, stored)) + b"\n")
        leaves.append(leaf_hash(envelope.leaf_entry(stored)))
    return b"".join(lines), leaves


@cache
def _key(seed: int, name: str) -> SigningKey:
    return unsafe_key(seed, name)
