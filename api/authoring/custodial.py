"""Signing for a party with the key that the server keeps for it: marked as such for ever."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import msgspec

from api.authoring.new_event import signed
from domain.events.catalogue import AnyEvent, decode
from domain.refusals import Refusal
from ledger.candidate import read_payload
from ledger.custody import CustodySealed, NotInCustody
from ledger.keys import Ed25519Key
from ledger.log import Connection


class NoServerKey(Exception):
    """The server keeps no key of the party that it may use, or can't open it."""


class Signers(Protocol):
    """Where the keys are that the server signs with."""

    def signer(self, conn: Connection, party: str, now: datetime, /) -> Ed25519Key:
        """Give the key of a party.

        Raises:
            NotInCustody: where there is none.
            CustodySealed: where the master key does not open it.
        """
        ...


class Keeper(Protocol):
    """The part of the process's services that signing takes."""

    @property
    def custody(self) -> Signers:
        """The keys that the server keeps for parties."""
        ...

    def connection(self) -> AbstractContextManager[Connection]:
        """Borrow a connection with autocommit; called in a worker thread."""
        ...


def signed_for(keeper: Keeper, party: str, now: datetime, payload: bytes) -> bytes | Refusal:
    """Give the envelope of a party's event; a refusal where the JSON is none.

    The payload is written anew as the ledger takes it, whatever the order of its fields.

    Raises:
        NoServerKey: where the server may not sign for the party.
    """
    event = _read(payload)
    if isinstance(event, Refusal):
        return event
    try:
        with keeper.connection() as conn:
            key = keeper.custody.signer(conn, party, now)
    except (NotInCustody, CustodySealed) as error:
        raise NoServerKey(party) from error
    return signed(event, key)


def _read(payload: bytes) -> AnyEvent | Refusal:
    try:
        return decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return read_payload(payload)  # which says why, and where
