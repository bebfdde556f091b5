"""What a caller gets back for an envelope: admitted with a receipt, or refused."""

from msgspec import Struct

from domain.refusals import Refusal
from ledger.errors import LedgerError
from ledger.receipt import Receipt


class Admission(Struct, frozen=True, gc=False):
    """The event is in the ledger; `already` where it had been before this call."""

    event_id: str
    receipt: Receipt
    already: bool = False


Outcome = Admission | Refusal


class Busy(LedgerError):
    """More is waiting than the sequencer takes: try again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        """Say when to come back."""
        super().__init__(f"the ledger is busy; try again in {retry_after} s")
        self.retry_after = retry_after


class WriteFailed(LedgerError):
    """The group could not be written; nothing of it was recorded, and it may be sent again."""
