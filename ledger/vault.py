"""The vault: names and phones of persons, encrypted, each under a data key of their own.

AES-256-GCM (NIST SP 800-38D); the data keys are wrapped by a master key that is kept outside the
database. The party's id is authenticated with both, so that no row can be passed off as another's.
"""

import logging
import os
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from typing_extensions import override

from ledger.errors import KeyFileError, LedgerError

SQL: Final = files("ledger").joinpath("vault.sql").read_text("utf-8")
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_log = logging.getLogger(__name__)


class PersonCard(Struct, frozen=True):
    """What is known of a person; `consent` says whether the name may be shown to the public."""

    name: str
    phone: str | None = None
    consent: bool = False


class Sealed(LedgerError):
    """A card that this master key does not open."""


class Vault:
    """Puts cards in and takes them out, over a connection of the caller's."""

    def __init__(self, master_key: bytes) -> None:
        """Wrap data keys with a 32-byte master key."""
        self._master = AESGCM(master_key)

    def put(self, conn: psycopg.Connection[Any], party: str, card: PersonCard) -> None:
        """Keep a person's card, in place of any earlier one."""
        data_key = os.urandom(_KEY_BYTES)
        name = party.encode()
        wrapped = _encrypt(self._master, data_key, name)
        sealed = _encrypt(AESGCM(data_key), msgspec.json.encode(card), name)
        conn.execute(
            "INSERT INTO vault.person (party, wrapped_key, sealed) VALUES (%s, %s, %s)"
            " ON CONFLICT (party) DO UPDATE SET wrapped_key = excluded.wrapped_key,"
            " sealed = excluded.sealed, changed_at = clock_timestamp()",
            [party, wrapped, sealed],
        )

    def names(self, conn: psycopg.Connection[Any], parties: Iterable[str]) -> dict[str, PersonCard]:
        """Give the cards of those parties that have one.

        Raises:
            Sealed: where the master key is not the one that a card was put in with.
        """
        return {row[0]: self._open(*row) for row in self._rows(conn, parties)}

    def erase(self, conn: psycopg.Connection[Any], party: str) -> bool:
        """Erase a person (个人信息保护法, Art. 47); tells whether there was one."""
        return conn.execute("DELETE FROM vault.person WHERE party = %s", [party]).rowcount > 0

    def _rows(
        self, conn: psycopg.Connection[Any], parties: Iterable[str]
    ) -> list[tuple[str, bytes, bytes]]:
        return conn.execute(
            "SELECT party, wrapped_key, sealed FROM vault.person WHERE party = ANY(%s)",
            [list(parties)],
        ).fetchall()

    def _open(self, party: str, wrapped: bytes, sealed: bytes) -> PersonCard:
        name = party.encode()
        try:
            data_key = _decrypt(self._master, bytes(wrapped), name)
            card = _decrypt(AESGCM(data_key), bytes(sealed), name)
        except InvalidTag as error:
            raise Sealed(f"the vault's master key does not open the card of {party}") from error
        return msgspec.json.decode(card, type=PersonCard)


class ReadableVault(Vault):
    """A vault of which only what can be read is shown: a lost master key costs names alone."""

    _told = False

    @override
    def names(self, conn: psycopg.Connection[Any], parties: Iterable[str]) -> dict[str, PersonCard]:
        """Give the cards of those parties that have one which opens; of others, the log hears once.

        A name may be missing anyway, where somebody was erased: who shows names is ready for it.
        """
        cards = {}
        for row in self._rows(conn, parties):
            try:
                cards[row[0]] = self._open(*row)
            except Sealed as error:
                self._tell(error)
        return cards

    def _tell(self, error: Sealed) -> None:
        if not self._told:
            _log.error("names are not shown: %s; is vault.key another's?", error)
        self._told = True


def load_or_make_master_key(path: Path) -> bytes:
    """Read the master key from a file, or make it; only its owner may read it.

    Raises:
        KeyFileError: where the file is not 32 bytes.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(_KEY_BYTES))
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise KeyFileError(str(path), f"a master key has {_KEY_BYTES} bytes, not {len(key)}")
    return key


def _encrypt(cipher: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound_to)


def _decrypt(cipher: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
