"""A client of graphql-transport-ws over the test client's socket, as small as the protocol allows.

Source: github.com/enisdenjo/graphql-ws, PROTOCOL.md.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.testclient import TestClient, WebSocketTestSession

PROTOCOL = "graphql-transport-ws"


class Socket:
    """An acknowledged socket."""

    def __init__(self, session: WebSocketTestSession) -> None:
        self._session = session

    def send(self, **message: Any) -> None:  # noqa: ANN401
        """Send a message."""
        self._session.send_text(json.dumps(message))

    def subscribe(self, query: str, name: str = "1", **variables: Any) -> None:  # noqa: ANN401
        """Begin a subscription."""
        self.send(id=name, type="subscribe", payload={"query": query, "variables": variables})

    def next(self) -> Any:  # noqa: ANN401
        """Give the next message that is no ping."""
        while True:
            message = json.loads(self._session.receive_text())
            if message["type"] not in {"ping", "pong"}:
                return message

    def data(self) -> Any:  # noqa: ANN401
        """Give the data of the next message, which must be one."""
        message = self.next()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    def settle(self) -> None:
        """Wait until what was sent is being worked on: the answer to a ping comes after it."""
        self.send(type="ping")
        while json.loads(self._session.receive_text())["type"] != "pong":
            pass


@contextmanager
def opened(client: TestClient, **payload: str) -> Iterator[Socket]:
    """Open a socket and have it acknowledged."""
    with client.websocket_connect("/graphql", subprotocols=[PROTOCOL]) as session:
        socket = Socket(session)
        socket.send(type="connection_init", payload=payload)
        assert socket.next() == {"type": "connection_ack"}
        yield socket
