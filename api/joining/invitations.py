"""Invitations: made by a clerk, answered by a phone with its key, seen through to the ledger."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple

from ledger.log import Connection
from ledger.standing import key_now, party_now
from ledger.vault import Vault

LIFETIME: Final = timedelta(minutes=15)
"""How long a code may be answered."""
_KEPT: Final = timedelta(days=2)
"""How long a clerk has to agree."""
_ID_DIGITS: Final = 10
_CHECK_DIGITS: Final = 4

State = Literal["invited", "asked", "joined", "over"]

_FIELDS: Final = "cooperative, party, again, expires, did, checked, township, asked_at"
_MAKE: Final = """
    INSERT INTO joining.invitation (digest, cooperative, party, again, expires)
    VALUES (%s, %s, %s, %s, clock_timestamp() + %s) RETURNING expires
"""
_SWEEP: Final = """
    DELETE FROM joining.invitation WHERE expires < clock_timestamp() - %s RETURNING party
"""
_FIND: Final = f"SELECT {_FIELDS} FROM joining.invitation WHERE digest = %s"  # noqa: S608  our text
_OPEN: Final = f"""
    SELECT {_FIELDS} FROM joining.invitation
    WHERE cooperative = %s AND did IS NOT NULL ORDER BY asked_at
"""  # noqa: S608  our text
_ASK: Final = """
    UPDATE joining.invitation
    SET did = %s, checked = %s, township = %s, asked_at = clock_timestamp(),
        expires = clock_timestamp() + %s
    WHERE digest = %s AND did IS NULL AND expires > clock_timestamp() RETURNING 1
"""


class Invitation(NamedTuple):
    """An invitation as it stands; `checked` is what phone and desk both show.

    `again`: the party is a member already, and this is its new phone.
    """

    cooperative: str
    party: str
    again: bool
    expires: datetime
    did: str | None
    checked: str | None
    township: str | None
    asked_at: datetime | None

    def state(self, conn: Connection, now: datetime) -> State:
        """Tell how far it is: `joined` once the ledger has the phone's key as the party's."""
        if self.did is None:
            return "invited" if now < self.expires else "over"
        key = key_now(conn, self.did)
        if key is not None and key.party == self.party:
            return "joined"
        return "asked" if now < self.expires else "over"


def new_number(prefix: str, county: str) -> str:
    """Choose the id of a new party (`P`) or place (`L`): ten random digits, taken by nobody."""
    first = 10 ** (_ID_DIGITS - 1)
    return f"{prefix}{county}-{first + secrets.randbelow(9 * first)}"


def invite(conn: Connection, cooperative: str, party: str, *, again: bool) -> tuple[str, datetime]:
    """Make an invitation; give its code and when it expires."""
    code = secrets.token_urlsafe(12)
    row = conn.execute(_MAKE, [_digest(code), cooperative, party, again, LIFETIME]).fetchone()
    assert row is not None  # noqa: S101  RETURNING
    return code, row[0]


def sweep(conn: Connection, vault: Vault) -> None:
    """Drop what has been over for two days, with the cards of whom the ledger never took in."""
    with conn.transaction():
        over = conn.execute(_SWEEP, [_KEPT]).fetchall()
        for party in {row[0] for row in over}:
            if party_now(conn, party) is None:
                vault.erase(conn, party)


def find(conn: Connection, code: str) -> Invitation | None:
    """Give the invitation of a code."""
    row = conn.execute(_FIND.encode(), [_digest(code)]).fetchone()
    return Invitation(*row) if row else None


def ask(conn: Connection, code: str, did: str, township: str) -> str | None:
    """Answer an invitation with a key; give what phone and desk compare, None where it is over."""
    checked = comparison(code, did)
    row = conn.execute(_ASK, [did, checked, township, _KEPT, _digest(code)]).fetchone()
    return checked if row else None


def waiting(conn: Connection, cooperative: str, now: datetime) -> list[Invitation]:
    """Give who has asked a cooperative and is not in the ledger yet, in order."""
    rows: list[tuple[Any, ...]] = conn.execute(_OPEN.encode(), [cooperative]).fetchall()
    return [one for one in (Invitation(*row) for row in rows) if one.state(conn, now) == "asked"]


def refuse(conn: Connection, cooperative: str, did: str) -> bool:
    """Take an invitation back; tells whether there was one."""
    row = conn.execute(
        "DELETE FROM joining.invitation WHERE cooperative = %s AND did = %s RETURNING 1",
        [cooperative, did],
    ).fetchone()
    return row is not None


def comparison(code: str, did: str) -> str:
    """Give four digits that tell this key from another that somebody slipped in."""
    number = int.from_bytes(sha256(f"{code}|{did}".encode()).digest()[:8])
    return f"{number % 10**_CHECK_DIGITS:0{_CHECK_DIGITS}d}"


def _digest(code: str) -> bytes:
    return sha256(code.encode()).digest()
