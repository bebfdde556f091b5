"""What GraphQL needs of the process: the sequencer, the read models, the vault."""

from collections.abc import Awaitable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from api.authoring.custodial import Signers
from api.live.feed import Feed
from ledger.log import Connection
from ledger.outcome import Outcome
from ledger.vault import PersonCard


class Names(Protocol):
    """Where names of persons are kept."""

    def names(self, conn: Connection, parties: Iterable[str], /) -> dict[str, PersonCard]:
        """Give the cards of those parties that have one."""
        ...


class Services(Protocol):
    """The part of `api.services.Services` that GraphQL uses."""

    @property
    def vault(self) -> Names:
        """Where names of persons are kept."""
        ...

    @property
    def feed(self) -> Feed:
        """What happens, for those who watch."""
        ...

    @property
    def custody(self) -> Signers:
        """The keys that the server keeps for parties."""
        ...

    def connection(self) -> AbstractContextManager[Connection]:
        """Borrow a connection with autocommit; called in a worker thread."""
        ...

    def submit(self, raws: Sequence[bytes], /) -> Awaitable[list[Outcome]]:
        """Hand envelopes to the sequencer, and await one outcome for each.

        Raises:
            Busy: where too many wait already.
            WriteFailed: where the database failed; sending the same again is safe.
        """
        ...

    def wait_for(self, position: int, /) -> bool:
        """Wait until the read models show a position; called in a worker thread.

        False where that takes too long.
        """
        ...
