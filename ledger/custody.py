"""Keys that the server keeps for parties that have no device: encrypted, and marked as such.

AES-256-GCM (NIST SP 800-38D) under a key that is derived (HKDF-SHA-256, RFC 5869) from the master
key outside the database; the party and the `did:key` are authenticated with it, so that no row can
be passed off as another's. A key signs only while the ledger says that it is this party's, in the
server's custody, and neither revoked nor expired: whoever reads an event sees who held the pen.
"""

import os
from datetime import datetime
from importlib.resources import files
from typing import Any, Final

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from domain.events.governance import Custody
from ledger.errors import LedgerError
from ledger.keys import Ed25519Key
from ledger.standing import key_now

SQL: Final = files("ledger").joinpath("custody.sql").read_text("utf-8")

_PURPOSE: Final = b"suyuan custody of keys, v1"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12

Connection = psycopg.Connection[Any]


class NotInCustody(LedgerError):
    """There is no key that the server may sign with for this party."""


class CustodySealed(LedgerError):
    """A key that this master key does not open."""


class Kept(Struct, frozen=True):
    """A key in custody: whose, which, since when."""

    party: str
    did: str
    kept_at: datetime


class KeyCustody:
    """Makes, keeps and opens keys, over a connection of the caller's."""

    def __init__(self, master_key: bytes) -> None:
        """Derive the key that seals from a 32-byte master key."""
        derived = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(master_key)
        self._cipher = AESGCM(derived)

    def make(self, conn: Connection, party: str) -> str:
        """Make a key for a party and keep it; give its `did:key`, which is to be bound next."""
        key = Ed25519Key.generate()
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, key.seed, _bound_to(party, key.did))
        conn.execute(
            "INSERT INTO custody.key (did, party, sealed) VALUES (%s, %s, %s)",
            [key.did, party, sealed],
        )
        return key.did

    def signer(self, conn: Connection, party: str, now: datetime) -> Ed25519Key:
        """Give the newest key that the server may sign with for a party at a time.

        Raises:
            NotInCustody: where it keeps none that the ledger lets it use.
            CustodySealed: where the master key is another than the one it was sealed with.
        """
        rows = conn.execute(
            "SELECT did, sealed FROM custody.key WHERE party = %s ORDER BY kept_at DESC", [party]
        ).fetchall()
        for did, sealed in rows:
            if may_be_used(conn, party, did, now):
                return self._open(party, did, bytes(sealed))
        raise NotInCustody(f"the server keeps no key in force for {party}")

    def _open(self, party: str, did: str, sealed: bytes) -> Ed25519Key:
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            key = Ed25519Key(self._cipher.decrypt(nonce, rest, _bound_to(party, did)))
        except InvalidTag as error:
            raise CustodySealed(f"the master key does not open the key {did} of {party}") from error
        if key.did != did:
            raise CustodySealed(f"the row of {did} holds another key")
        return key


def kept_keys(conn: Connection, party: str | None = None) -> list[Kept]:
    """List the keys in custody, of one party or of all."""
    rows = conn.execute(
        "SELECT party, did, kept_at FROM custody.key WHERE %s::text IS NULL OR party = %s"
        " ORDER BY party, kept_at",
        [party, party],
    ).fetchall()
    return [Kept(*row) for row in rows]


def forget_key(conn: Connection, did: str) -> bool:
    """Erase a key in custody; tells whether there was one. What it signed stays as it is."""
    return conn.execute("DELETE FROM custody.key WHERE did = %s", [did]).rowcount > 0


def may_be_used(conn: Connection, party: str, did: str, now: datetime) -> bool:
    """Tell whether the ledger says that the server may sign for a party with a key."""
    key = key_now(conn, did)
    return (
        key is not None
        and key.party == party
        and key.custody is Custody.SERVER
        and key.revoked_by is None
        and (key.expires is None or now < key.expires)
    )


def _bound_to(party: str, did: str) -> bytes:
    return f"{party}\n{did}".encode()
