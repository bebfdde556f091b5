"""Who looks: the party behind a request, with its roles, as the ledger has them now."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends
from msgspec import Struct
from starlette.requests import HTTPConnection

from api.errors import Problem
from api.rest.context import services_of
from api.signin import sessions, tokens
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
        credential: the passkey that signed in, if one did.
        scopes: what may be done; a session may do everything that its party may.
    """

    party: str
    roles: frozenset[str]
    means: str
    did: str | None = None
    credential: bytes | None = None
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

    A key that was revoked or has expired since signs out whoever signed in with it, and ends the
    tokens that it made.

    Raises:
        Problem: 401 where a token is given that is not in force: a program is to be told so.
    """
    bearer = bearer_of(request.headers.get("authorization"))
    if bearer is not None:
        return viewer_with_token(request, bearer)
    secret = request.cookies.get(COOKIE)
    if not secret:
        return None
    with services_of(request).connection() as conn:
        session = sessions.find(conn, secret)
        return _standing(conn, session) if session else None


def bearer_of(authorization: str | None) -> str | None:
    """Give the token of an `Authorization` header (RFC 6750 §2.1); None where it has none."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def viewer_with_token(request: HTTPConnection, secret: str) -> Viewer:
    """Give whose program it is.

    Raises:
        Problem: 401 where the token is unknown, revoked, expired, or its key is.
    """
    with services_of(request).connection() as conn:
        token = tokens.find(conn, secret)
        viewer = _of_token(conn, token) if token else None
    if viewer is None:
        raise Problem(
            HTTPStatus.UNAUTHORIZED, "bad-token", "令牌无效：不认得、已撤销、到期，或密钥已撤销。",
            "The token is not in force: unknown, revoked, expired, or its key was revoked.",
            headers={"WWW-Authenticate": 'Bearer realm="suyuan", error="invalid_token"'},
        )  # fmt: skip
    return viewer


def _of_token(conn: Connection, token: tokens.Token) -> Viewer | None:
    if token.did is not None and not key_speaks(conn, token.did, token.party):
        return None
    party = directory.party(conn, token.party)
    if party is None:
        return None
    return Viewer(
        party=party.id, roles=frozenset(party.roles), means="token", did=token.did,
        scopes=frozenset(token.scopes),
    )  # fmt: skip


def _standing(conn: Connection, session: sessions.Session) -> Viewer | None:
    if session.did is not None and not key_speaks(conn, session.did, session.party):
        return None
    party = directory.party(conn, session.party)
    if party is None:
        return None
    return Viewer(
        party=party.id, roles=frozenset(party.roles), means=session.means, did=session.did,
        credential=session.credential,
    )  # fmt: skip


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


def reading(request: HTTPConnection) -> Viewer:
    """Give who is signed in and may see what its party may.

    Raises:
        Problem: 401 for the public, 403 for a token without the scope `read`.
    """
    return _within(signed_in(request), "read")


def writing(request: HTTPConnection) -> Viewer:
    """Give who is signed in and may act for its party.

    Raises:
        Problem: 401 for the public, 403 for a token without the scope `write`.
    """
    return _within(signed_in(request), "write")


def perhaps_reading(request: HTTPConnection) -> Viewer | None:
    """Give who may see what its party may; None for the public, which a page leads to its door.

    Raises:
        Problem: 403 for a token without the scope `read`.
    """
    viewer = viewer_of(request)
    return _within(viewer, "read") if viewer else None


def perhaps_writing(request: HTTPConnection) -> Viewer | None:
    """Give who may act for its party; None for the public, which a page leads to its door.

    Raises:
        Problem: 403 for a token without the scope `write`.
    """
    viewer = viewer_of(request)
    return _within(viewer, "write") if viewer else None


def _within(viewer: Viewer, scope: str) -> Viewer:
    if scope not in viewer.scopes:
        raise Problem(
            HTTPStatus.FORBIDDEN, "scope-missing", f"这个令牌没有 {scope} 权限。",
            f"The token lacks the scope {scope}.",
        )  # fmt: skip
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
MayRead = Annotated[Viewer, Depends(reading)]
MayWrite = Annotated[Viewer, Depends(writing)]
MaybeReading = Annotated[Viewer | None, Depends(perhaps_reading)]
MaybeWriting = Annotated[Viewer | None, Depends(perhaps_writing)]
