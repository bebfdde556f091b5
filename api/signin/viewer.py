"""Who looks: the party behind a request, with its roles, as the ledger has them now."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends
from msgspec import Struct
from starlette.requests import HTTPConnection

from api.errors import Problem
from api.rest.context import services_of
from api.signin import sessions
from domain.events.governance import Role
from ledger.log import Connection
from projections import directory

COOKIE: Final = "suyuan_session"

_ALL: Final = frozenset({"read", "write"})


class Viewer(Struct, frozen=True, kw_only=True):
    """A party that is signed in.

    Attributes:
        party: the party's id.
        roles: values of `domain.events.governance.Role`.
        means: how it signed in: `signature`, `passkey` or `token`.
        did: the key that signed in; None for a passkey.
        scopes: what may be done; a session may do everything that its party may.
    """

    party: str
    roles: frozenset[str]
    means: str
    did: str | None = None
    scopes: frozenset[str] = _ALL

    def has(self, role: Role) -> bool:
        """Tell whether the party has a role."""
        return role.value in self.roles

    @property
    def is_county(self) -> bool:
        """Tell whether this is the county's office."""
        return self.has(Role.AUTHORITY)


def viewer_of(request: HTTPConnection) -> Viewer | None:
    """Give who is behind a request or a WebSocket; None for the public.

    A key that was revoked or has expired since signs out whoever signed in with it.
    """
    secret = request.cookies.get(COOKIE)
    if not secret:
        return None
    with services_of(request).connection() as conn:
        session = sessions.find(conn, secret)
        return _standing(conn, session) if session else None


def _standing(conn: Connection, session: sessions.Session) -> Viewer | None:
    if session.did is not None and not key_speaks(conn, session.did, session.party):
        return None
    party = directory.party(conn, session.party)
    if party is None:
        return None
    return Viewer(
        party=party.id, roles=frozenset(party.roles), means=session.means, did=session.did
    )


def key_speaks(conn: Connection, did: str, party: str) -> bool:
    """Tell whether the read model has a key as a party's, neither revoked nor expired."""
    key = directory.key(conn, did)
    if key is None or key.party != party or key.revoked is not None:
        return False
    return key.expires is None or datetime.now(UTC) < key.expires


def signed_in(request: HTTPConnection) -> Viewer:
    """Give who is signed in.

    Raises:
        Problem: 401 for the public.
    """
    viewer = viewer_of(request)
    if viewer is None:
        raise not_signed_in()
    return viewer


def not_signed_in() -> Problem:
    """Say that this is not for the public (RFC 9110 §15.5.2)."""
    return Problem(
        HTTPStatus.UNAUTHORIZED, "not-signed-in", "请先登录。", "Sign in first.",
        headers={"WWW-Authenticate": 'Signature realm="suyuan", signin="/api/signin/challenge"'},
    )  # fmt: skip


def forbidden() -> Problem:
    """Say that this is not for who is signed in (RFC 9110 §15.5.4)."""
    return Problem(
        HTTPStatus.FORBIDDEN, "not-yours", "您的身份看不了、办不了这一项。",
        "This is not for your party.",
    )  # fmt: skip


MaybeViewer = Annotated[Viewer | None, Depends(viewer_of)]
SignedIn = Annotated[Viewer, Depends(signed_in)]
