"""Checks the events of an export, each in its turn: that it can be read, in time, and by the rules.

Which of the rules hold is the replay's: all of them for a whole ledger, for a bundle those that
its own events can show.
"""

from datetime import datetime
from typing import Final, Protocol

from domain.refusals import Refusal
from domain.state import Signed
from ledger.blocks import Item
from ledger.candidate import read_payload
from ledger.errors import LedgerError
from ledger.log_keys import NAMING, LogKeys
from ledger.verdict import Stop, refused

_NO_DIGEST: Final = b""
"""A writer tells a retry from a reused id by the payload's digest; here either is a fault."""


class Rules(Protocol):
    """The rules, replayed event by event."""

    def admit(self, signed: Signed, admitted_at: datetime, position: int, /) -> Refusal | None:
        """Fold an event in; a refusal where the ledger should have refused it."""
        ...


class EventCheck:
    """Takes events in order of position, and the log's keys as they name them."""

    def __init__(self, rules: Rules, keys: LogKeys) -> None:
        """Begin before the first event."""
        self._rules = rules
        self._keys = keys
        self._last: datetime | None = None

    def take(self, item: Item, position: int) -> None:
        """Check an event and fold it in.

        Raises:
            Stop: where it is not as it should be.
        """
        self.clock_at(item.admitted_at, position)
        event = read_payload(item.payload)
        if isinstance(event, Refusal):
            raise refused(position, event)
        signed = Signed(event, item.keyids, _NO_DIGEST)
        refusal = self._rules.admit(signed, item.admitted_at, position)
        if refusal:
            raise refused(position, refusal)
        if type(event) in NAMING:
            self._take_keys(signed, position)

    def clock_at(self, admitted_at: datetime, position: int) -> None:
        """Move the ledger's own clock, which no writer sets back.

        Raises:
            Stop: where it would go back.
        """
        if self._last is not None and admitted_at < self._last:
            detail = f"admitted at {admitted_at.isoformat()}, before the one that it follows"
            raise Stop(position, "clock-back", detail)
        self._last = admitted_at

    def _take_keys(self, signed: Signed, position: int) -> None:
        try:
            self._keys.take(signed.event, position)
        except LedgerError as error:
            raise Stop(position, "wrong-log-key", str(error)) from error
