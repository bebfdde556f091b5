"""Tokens for programs: made once, shown once, kept as a hash, with scopes and an end."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from ledger.log import Connection

PREFIX: Final = "sy_"
"""What every token begins with, so that one that was left lying about is recognised."""
SCOPES: Final = {
    "read": "看自己能看的 see what the party may see",
    "write": "让服务器代签 have the server sign with the key that it keeps for the party",
}
LONGEST_DAYS: Final = 366
MAX_NAME: Final = 80
MAX_TOKENS: Final = 50
"""Tokens in force that one party may have."""

_COUNT: Final = """
SELECT count(*) FROM signin.token
WHERE party = %s AND revoked IS NULL AND expires > clock_timestamp()
"""
_FIND: Final = """
SELECT id, party, name, scopes, did, made, expires, revoked, used FROM signin.token
WHERE digest = %s AND revoked IS NULL AND expires > clock_timestamp()
  AND (credential IS NULL OR credential IN (SELECT credential FROM signin.passkey))
"""
_LIST: Final = """
SELECT id, party, name, scopes, did, made, expires, revoked, used FROM signin.token
WHERE %s::text IS NULL OR party = %s
ORDER BY made DESC, id
"""


class Token(Struct, frozen=True):
    """A token as it is listed: everything but its secret.

    `did` is the key that its maker had signed in with; `used` is when it last opened something, to
    the hour.
    """

    id: str
    party: str
    name: str
    scopes: list[str]
    did: str | None
    made: datetime
    expires: datetime
    revoked: datetime | None
    used: datetime | None


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    """A token that somebody asks for; the scopes are of `SCOPES`."""

    name: str
    scopes: list[str] = msgspec.field(default_factory=lambda: ["read"])
    days: int = 90

    def faults(self) -> str | None:
        """Say what can't be made, if anything."""
        if not 0 < len(self.name.strip()) <= MAX_NAME or not self.name.isprintable():
            return f"name: 1 to {MAX_NAME} printable characters"
        if not self.scopes or set(self.scopes) - set(SCOPES):
            return f"scopes: some of {', '.join(SCOPES)}"
        if not 1 <= self.days <= LONGEST_DAYS:
            return f"days: 1 to {LONGEST_DAYS}"
        return None


class TooMany(Exception):
    """The party has as many tokens in force as one may have."""


def make(
    conn: Connection, party: str, wanted: Wanted, did: str | None, credential: bytes | None = None
) -> tuple[str, Token]:
    """Make a token; give its secret, which is not kept, and the token.

    It ends with the key or the passkey that its maker had signed in with; the operator has neither.

    Raises:
        TooMany: where the party has `MAX_TOKENS` in force.
    """
    count = conn.execute(_COUNT, [party]).fetchone()
    if count and count[0] >= MAX_TOKENS:
        raise TooMany(party)
    secret = PREFIX + secrets.token_urlsafe(32)
    name = secrets.token_hex(6)
    conn.execute(
        "INSERT INTO signin.token (id, digest, party, name, scopes, did, credential, expires)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, clock_timestamp() + %s)",
        [
            name, _digest(secret), party, wanted.name.strip(), sorted(set(wanted.scopes)), did,
            credential, timedelta(days=wanted.days),
        ],
    )  # fmt: skip
    return secret, next(one for one in listed(conn, party) if one.id == name)


def find(conn: Connection, secret: str) -> Token | None:
    """Give the token of a secret, while it is in force; note that it was used."""
    row = conn.execute(_FIND, [_digest(secret)]).fetchone()
    if row is None:
        return None
    conn.execute(
        "UPDATE signin.token SET used = date_trunc('hour', clock_timestamp())"
        " WHERE id = %s AND used IS DISTINCT FROM date_trunc('hour', clock_timestamp())",
        [row[0]],
    )
    return Token(*row)


def listed(conn: Connection, party: str | None = None) -> list[Token]:
    """List tokens, the newest first: a party's, or all."""
    rows = conn.execute(_LIST, [party, party]).fetchall()
    return [Token(*row) for row in rows]


def revoke(conn: Connection, token: str, party: str | None = None) -> bool:
    """End a token, of a party where one is named; tells whether there was one in force."""
    return (
        conn.execute(
            "UPDATE signin.token SET revoked = clock_timestamp()"
            " WHERE id = %s AND (%s::text IS NULL OR party = %s) AND revoked IS NULL",
            [token, party, party],
        ).rowcount
        > 0
    )


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
