"""Sessions in the database, so that any server process knows who is signed in, and can end it."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from ledger.log import Connection

LIFETIME: Final = timedelta(days=7)
"""How long a session lasts; a phone signs in anew by itself."""

Means = Literal["signature", "passkey"]


class Session(NamedTuple):
    """Whose session it is, how it was begun, and with which key or passkey."""

    party: str
    means: Means
    did: str | None
    credential: bytes | None


def begin(
    conn: Connection,
    party: str,
    means: Means,
    challenge: str,
    did: str | None = None,
    credential: bytes | None = None,
) -> str | None:
    """Begin a session; give the secret for the browser, None where the challenge is used up."""
    secret = secrets.token_urlsafe(32)
    begun = conn.execute(
        "INSERT INTO signin.session (digest, party, means, did, credential, challenge, expires)"
        " VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp() + %s)"
        " ON CONFLICT (challenge) DO NOTHING RETURNING 1",
        [_digest(secret), party, means, did, credential, challenge, LIFETIME],
    ).fetchone()
    conn.execute("DELETE FROM signin.session WHERE expires < clock_timestamp() - interval '1 day'")
    return secret if begun else None


def find(conn: Connection, secret: str) -> Session | None:
    """Give the session of a secret, while it lasts."""
    row = conn.execute(
        "SELECT party, means, did, credential FROM signin.session"
        " WHERE digest = %s AND expires > clock_timestamp()"
        " AND (means <> 'passkey' OR credential IS NOT NULL)",
        [_digest(secret)],
    ).fetchone()
    return Session(*row) if row else None


def end(conn: Connection, secret: str) -> None:
    """End a session."""
    conn.execute(
        "UPDATE signin.session SET expires = clock_timestamp() WHERE digest = %s",
        [_digest(secret)],
    )


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
