"""What a token may do: every route that needs a viewer asks for the scope, and refuses without."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.demo.parties import AUTHORITY
from api.signin import tokens
from api.signin.viewer import (
    perhaps_reading,
    perhaps_writing,
    reading,
    signed_in,
    viewer_of,
    writing,
)
from tests.api.pages_parts import County, demo_county

NEEDS: Final = {
    reading: "read", perhaps_reading: "read", writing: "write", perhaps_writing: "write",
}  # fmt: skip
IN_PERSON: Final = {
    ("POST", "/api/tokens"), ("GET", "/api/tokens"), ("DELETE", "/api/tokens/{token}"),
    ("DELETE", "/api/signin/passkey/{credential}"),
    ("POST", "/api/signin/passkey/registration/options"),
    ("POST", "/api/signin/passkey/registration"),
}  # fmt: skip
"""For no program, whatever its scopes."""
REGISTERING: Final = ("POST", "/api/signin/passkey/registration")
"""Reads what a browser made before it asks by whom."""
FOR_ALL: Final = {
    ("GET", "/api/signin"), ("GET", "/api/export"), ("GET", "/api/events/{event_id}"),
    ("GET", "/marks"), ("GET", "/market/offers/{offer_id}"), ("HEAD", "/market/offers/{offer_id}"),
}  # fmt: skip
"""Who one is; and what the public sees too, where `may` holds back what needs `read`."""


@pytest.fixture(scope="module")
def county(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    with demo_county(database_server, tmp_path_factory.mktemp("scopes"), "scopes") as served:
        yield served


def routes(found: Any) -> Iterator[APIRoute]:  # noqa: ANN401
    """Give all routes of an application, those of its routers too."""
    for one in found:
        if isinstance(one, APIRoute):
            yield one
        for inner in ("original_router", "router"):
            if hasattr(one, inner):
                yield from routes(getattr(one, inner).routes)


def calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """Give all that a route depends on."""
    for one in dependant.dependencies:
        if one.call is not None:
            yield one.call
        yield from calls(one)


def needing(county: County) -> Iterator[tuple[str, str, set[Callable[..., Any]]]]:
    """Give each route that asks who looks, with by which of the ways."""
    ways = {*NEEDS, signed_in, viewer_of}
    for route in routes(county.client.app.routes):  # type: ignore[attr-defined]
        used = ways & set(calls(route.dependant))
        for method in sorted(route.methods or ()) if used else ():
            yield method, route.path, used


def token(county: County, *scopes: str) -> dict[str, str]:
    """Make the county's office a token, and give the header that carries it."""
    with county.services.connection() as conn:
        secret, _ = tokens.make(conn, AUTHORITY, tokens.Wanted("x", list(scopes)), None)
    return {"Authorization": f"Bearer {secret}"}


def test_every_route_that_needs_a_viewer_refuses_the_wrong_scope(county: County) -> None:
    other = {"read": token(county, "write"), "write": token(county, "read")}
    seen = set()
    for method, path, used in needing(county):
        if (method, path) in FOR_ALL | IN_PERSON:
            seen.add((method, path))
            continue
        [way] = used
        assert way in NEEDS, (method, path, "asks for no scope")
        assert method in {"GET", "HEAD"} or NEEDS[way] == "write" or path == "/api/weighing"
        answer = county.client.request(
            method, path.replace("{number}", "1"), headers=other[NEEDS[way]]
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing"), path
        seen.add((method, path))
    assert seen >= FOR_ALL | IN_PERSON
    assert {("POST", "/api/coop/members"), ("GET", "/inbox"), ("POST", "/market/sharing")} <= seen


def test_no_token_does_what_is_done_in_person(county: County) -> None:
    for method, path in sorted(IN_PERSON - {REGISTERING}):
        whole = path.replace("{token}", "0").replace("{credential}", "x")
        answer = county.client.request(method, whole, headers=token(county, "read", "write"))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-yours"), path


def test_whom_to_tell_of_a_recall_is_not_for_a_token_that_may_not_read(county: County) -> None:
    gtin, lot = county.showcase.removeprefix("/01/").split("/10/")
    path = f"/api/batches/{gtin}/{lot}/recall"
    public = county.client.get(path).content
    assert county.client.get(path, headers=token(county, "write")).content == public
