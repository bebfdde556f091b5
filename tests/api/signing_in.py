"""Signing in over HTTP as a program does it: a challenge, a signature, a cookie."""

from datetime import UTC, datetime
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from api.signin.statement import PAYLOAD_TYPE, SignIn
from ledger import canonical, envelope
from ledger.keys import SigningKey


def asked(client: TestClient) -> Any:  # noqa: ANN401
    """Give a challenge, as it was answered."""
    answer = client.get("/api/signin/challenge")
    assert answer.status_code == 200, answer.text
    return answer.json()


def statement(client: TestClient, party: str, **otherwise: str) -> SignIn:
    """Answer a fresh challenge for a party."""
    given = asked(client)
    fields = {"challenge": given["challenge"], "origin": given["origin"], **otherwise}
    return SignIn(at=datetime.now(UTC), party=party, **fields)


def sealed_in(said: SignIn, key: SigningKey) -> bytes:
    """Sign a statement."""
    signed = envelope.sign(canonical.encode(said), key, payload_type=PAYLOAD_TYPE)
    return envelope.to_bytes(signed)


def sign_in(client: TestClient, party: str, key: SigningKey, **otherwise: str) -> Response:
    """Sign in; the client keeps the cookie."""
    raw = sealed_in(statement(client, party, **otherwise), key)
    answer: Response = client.post("/api/signin", content=raw)
    return answer
