"""Which key signs the log's checkpoints, by their size, as the log's own events say.

The first event names the first key, `log.rotated.v1` each next one. The checkpoint that first
covers a rotation is signed by the key before it too; so whoever knows only that one can follow.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from domain.events.catalogue import AnyEvent, decode
from domain.events.governance import LedgerOpened, LogRotated
from ledger import envelope
from ledger.checkpoint import (
    Checkpoint,
    NoteVerifier,
    open_checkpoint,
    parse_checkpoint,
    parse_vkey,
    split_note,
)
from ledger.errors import ReceiptRefuted, WrongLogKey
from ledger.receipt import Receipt, verify_receipt

NAMING: Final = frozenset({LedgerOpened, LogRotated})
"""The types of events that name a key of the log."""


class LogKeys:
    """The keys of one log: the first, and those that its events have named so far."""

    def __init__(self, first: str) -> None:
        """Begin with the verifier key that is trusted for the log's beginning.

        Raises:
            MalformedNote: where it is not one.
        """
        self._since = [0]
        self._keys = [parse_vkey(first)]
        self._vkeys = [first]

    @property
    def first(self) -> NoteVerifier:
        """The key that the log began with."""
        return self._keys[0]

    def take(self, event: AnyEvent, position: int) -> None:
        """Take in an admitted event; positions rise. Only two types have anything to say.

        Raises:
            WrongLogKey: where the opening names another first key.
            MalformedNote: where what a rotation names is no verifier key.
        """
        if isinstance(event, LedgerOpened) and event.log_key != self._vkeys[0]:
            raise WrongLogKey(f"the log began with the key {event.log_key}, not {self._vkeys[0]}")
        if isinstance(event, LogRotated):
            self._keys.append(parse_vkey(event.log_key))
            self._vkeys.append(event.log_key)
            self._since.append(position)

    def in_force(self, size: int) -> NoteVerifier:
        """Give the key that signs a checkpoint of `size` events."""
        return self._keys[bisect_right(self._since, size) - 1]

    def vkey_in_force(self, size: int) -> str:
        """Give the same as it is written."""
        return self._vkeys[bisect_right(self._since, size) - 1]

    def names(self, vkey: str) -> bool:
        """Tell whether the events so far name a key, in force now or at another size."""
        return vkey in self._vkeys

    def open(self, note: str) -> Checkpoint:
        """Check a checkpoint by the key in force at its size, and read it.

        Raises:
            MalformedNote, UnverifiedNote: where it is none, or that key did not sign it.
        """
        text, _ = split_note(note)
        claimed_size = parse_checkpoint(text).size
        return open_checkpoint(note, self.in_force(claimed_size))

    def verify_receipt(self, receipt: Receipt, stored_envelope: bytes) -> None:
        """Check a receipt by the key in force at the size of its checkpoint.

        Raises:
            ReceiptRefuted: where it is not proved.
        """
        verify_receipt(receipt, stored_envelope, self.vkey_in_force(receipt.tree_size))


def follow(log_vkey: str, stored_envelope: bytes, receipt: Receipt) -> str:
    """Give the next verifier key to who knows the one before, from the rotation and its receipt.

    The key before vouches: it signed the checkpoint whose tree holds the rotation.

    Raises:
        ReceiptRefuted: where the receipt does not prove it, or it is no rotation of this log.
        MalformedNote: where a key can't be read.
    """
    verify_receipt(receipt, stored_envelope, log_vkey)
    event = decode(envelope.parse(stored_envelope).payload)
    if not isinstance(event, LogRotated):
        raise ReceiptRefuted("the event is not a change of the log's key")
    if parse_vkey(event.log_key).name != parse_vkey(log_vkey).name:
        raise ReceiptRefuted("the event names a key of another log")
    return event.log_key
