"""Signs a group's checkpoint with the log's key in force, and where the key changes with both.

Which key is in force the ledger itself says (`ledger.opened.v1`, `log.rotated.v1`); the private
keys are outside the database, and are looked up by their verifier key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger.checkpoint import (
    Checkpoint,
    NoteSigner,
    encode_vkey,
    parse_vkey,
    sign_checkpoint,
)
from ledger.errors import MalformedNote, WrongLogKey
from ledger.keys import Ed25519Key

FindLogKey = Callable[[bytes], Ed25519Key | None]
"""Gives the private key of an Ed25519 public key (32 bytes), where this process has it."""


def only(key: Ed25519Key) -> FindLogKey:
    """Look up in a keyring of one key."""
    return lambda public: key if public == key.public.raw else None


class LogSigner:
    """Signs checkpoints with whatever keys of the log this process has."""

    def __init__(self, find: FindLogKey) -> None:
        """Look keys up when they are first needed: one may be added while a server runs."""
        self._find = find
        self._signers: dict[str, NoteSigner] = {}

    def holds(self, vkey: str) -> bool:
        """Tell whether this process has the private half of a verifier key."""
        return self._signer(vkey) is not None

    def demand(self, vkey: str) -> NoteSigner:
        """Give the signer of a verifier key.

        Raises:
            WrongLogKey: where its private half is not to be had.
        """
        signer = self._signer(vkey)
        if signer is None:
            raise WrongLogKey(
                f"this log is signed with the key {vkey}, which is not in this data folder; put its"
                " file, log.pem or log-….pem, into keys/ there"
            )
        return signer

    def sign(self, size: int, root: bytes, vkeys: Sequence[str]) -> str:
        """Sign a checkpoint with each of these keys, the newest first.

        Raises:
            WrongLogKey: where one of them is not to be had.
        """
        signers = [self.demand(vkey) for vkey in reversed(vkeys)]
        return sign_checkpoint(Checkpoint(signers[0].verifier.name, size, root), *signers)

    def _signer(self, vkey: str) -> NoteSigner | None:
        signer = self._signers.get(vkey)
        if signer is None:
            try:
                verifier = parse_vkey(vkey)
            except MalformedNote:
                return None
            key = self._find(verifier.public.raw)
            if key is None or encode_vkey(verifier) != vkey:
                return None
            signer = self._signers[vkey] = NoteSigner(verifier.name, key)
        return signer
