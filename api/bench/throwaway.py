"""A ledger for one measurement: its own PostgreSQL, durable, cleared away afterwards."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from api.bench.harvests import Harvests
from api.embedded import embedded_server
from domain.refusals import Refusal
from ledger.keys import Ed25519Key
from ledger.outcome import Outcome
from ledger.schema import install, reaching
from ledger.sequencer import Sequencer


class Throwaway(Struct, frozen=True):
    """A founded ledger, who writes to it, and what can be written."""

    url: str
    sequencer: Sequencer
    harvests: Harvests
    postgres: str
    """The server's version."""


@contextmanager
def throwaway(folder: Path) -> Iterator[Throwaway]:
    """Start a PostgreSQL with fsync on, found a ledger, and clear all away at the end."""
    data = Path(tempfile.mkdtemp(prefix="ledger-", dir=folder))
    try:
        with embedded_server(data) as url:
            with reaching(url) as conn:
                install(conn)
                version = str(conn.info.server_version)
            log_key = Ed25519Key.generate()
            sequencer = Sequencer(url, log_key).start()
            harvests = Harvests(log_key)
            all_admitted(sequencer.submit(harvests.founding()).result())
            yield Throwaway(url, sequencer, harvests, version)
            sequencer.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)


def all_admitted(outcomes: Sequence[Outcome]) -> None:
    """Make sure that what was measured was written.

    Raises:
        ValueError: where an event was refused.
    """
    refused = [outcome.en for outcome in outcomes if isinstance(outcome, Refusal)]
    if refused:
        raise ValueError(f"the workload was refused: {refused[0]}")
