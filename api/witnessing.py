"""Collects the cosignatures of witnesses for new checkpoints, in a thread of its own.

Every two seconds at most it takes the newest checkpoint, asks each witness (C2SP tlog-witness) with
a consistency proof from what that one cosigned last, and keeps the note once enough have signed. A
witness that is away costs nothing but its signature; one that refuses is heard in the log.
"""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Final

import psycopg

from api.settings import SUYUAN_WITNESSES, SettingsError, WitnessAddress
from api.witness.client import WitnessClient, WitnessRefused
from ledger import log
from ledger.checkpoint import split_note
from ledger.cosignature import good_lines
from ledger.cosigned import fullest_cosigned, keep_cosigned
from ledger.database_tiles import hash_reader
from ledger.errors import LedgerError, MalformedNote
from ledger.log import Connection
from ledger.policy import Policy, make_policy
from ledger.proofs import consistency_proof
from ledger.receipts import newest_checkpoint

PAUSE_S: Final = 2.0

_LOG: Final = logging.getLogger(__name__)


def policy_of(addresses: Sequence[WitnessAddress], quorum: int) -> Policy:
    """Give the policy that the settings ask for.

    Raises:
        SettingsError: where a witness's key can't be read, or two are the same.
    """
    try:
        return make_policy([address.vkey for address in addresses], quorum)
    except MalformedNote as error:
        given = ",".join(f"{address.vkey}@{address.url}" for address in addresses)
        raise SettingsError(SUYUAN_WITNESSES.name, given, f"{error}") from error


class Witnessing:
    """The thread that asks; `policy` says what is enough."""

    def __init__(self, database_url: str, addresses: Sequence[WitnessAddress], quorum: int) -> None:
        """Ask these witnesses; none is fine.

        Raises:
            SettingsError: where a witness's key can't be read, or two are the same.
        """
        self.policy: Final = policy_of(addresses, quorum)
        self._database_url = database_url
        self._witnesses = [
            WitnessClient(verifier, address.url)
            for verifier, address in zip(self.policy.witnesses, addresses, strict=True)
        ]
        self._size = 0
        self._lines: dict[str, str] = {}  # of the checkpoint of this size, by witness
        self._said: dict[str, str] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="witnessing", daemon=True)

    def start(self) -> None:
        """Begin to ask, where there is anybody to ask."""
        if self._witnesses:
            self._thread.start()

    def stop(self) -> None:
        """Stop asking."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def collect(self) -> bool:
        """Ask for what is missing on the newest checkpoint; tells whether a note was kept.

        Raises:
            psycopg.Error: where the database fails.
            LedgerError: where a cosigned note in it is not what its witness signed.
        """
        with psycopg.connect(self._database_url, autocommit=True) as conn:
            newest = newest_checkpoint(conn)
            if newest is None:
                return False
            size, note = newest
            if size != self._size:
                self._size, self._lines = size, self._kept_lines(conn, size, note)
            missing = [w for w in self._witnesses if w.verifier.name not in self._lines]
            fresh = self._ask(conn, missing, size, note)
            self._lines |= fresh
            if not fresh or len(self._lines) < self.policy.quorum:
                return False
            keep_cosigned(conn, size, note + "".join(self._lines.values()))
        return True

    def _kept_lines(self, conn: Connection, size: int, note: str) -> dict[str, str]:
        """Give what was signed of this checkpoint before, for us or for another process."""
        text, _ = split_note(note)
        kept = fullest_cosigned(conn, size) or note
        lines = kept.removeprefix(f"{text}\n")
        found = {each.name: good_lines(text, lines, [each]) for each in self.policy.witnesses}
        return {name: line for name, line in found.items() if line}

    def _ask(
        self, conn: Connection, asked: Sequence[WitnessClient], size: int, note: str
    ) -> dict[str, str]:
        if not asked:
            return {}
        with ThreadPoolExecutor(len(asked)) as threads:
            lines = threads.map(lambda each: self._line(conn, each, size, note), asked)
            return {
                each.verifier.name: line for each, line in zip(asked, lines, strict=True) if line
            }

    def _line(self, conn: Connection, witness: WitnessClient, size: int, note: str) -> str:
        name = witness.verifier.name
        try:
            line = witness.cosign(
                size, note, lambda old: consistency_proof(old, size, hash_reader(conn, size))
            )
            if not line and witness.size > (head := log.head(conn)):
                raise WitnessRefused(
                    name, f"it saw {witness.size} events, and here are {head}", split=True
                )
        except (LedgerError, OSError, HTTPException) as error:
            self._complain(name, error)
            return ""
        self._said.pop(name, None)
        return line

    def _complain(self, name: str, error: Exception) -> None:
        said = f"{name}: {error}"
        if self._said.get(name) != said:  # once, not every two seconds
            self._said[name] = said
            split = isinstance(error, WitnessRefused) and error.split
            _LOG.log(logging.ERROR if split else logging.WARNING, "%s", said)

    def _run(self) -> None:
        while not self._stopping.wait(PAUSE_S):
            try:
                self.collect()
            except (psycopg.Error, LedgerError) as error:
                _LOG.warning("the witnesses are not asked: %s", error)
