"""Where a sign-in holds, and whose word counts about who asks."""

import json
import socket
import threading
import urllib.request
from http import HTTPStatus

import pytest
from fastapi import FastAPI, Request

from api.cli.web import Web
from api.settings import Settings
from api.signin.origin import accepted, own_origin

PUBLIC = "https://sy.example.cn"


def asked(host: str, scheme: str = "http") -> Request:
    """Make a request that claims to be for a host."""
    return Request(
        {
            "type": "http", "scheme": scheme, "path": "/", "query_string": b"",
            "headers": [(b"host", host.encode())], "server": ("127.0.0.1", 8000),
        }
    )  # fmt: skip


def settings(**environment: str) -> Settings:
    """Give the settings of an environment."""
    return Settings.from_environment(environment)


@pytest.mark.parametrize("host", ["evil.example", "sy.example.cn", "localhost:8000"])
def test_under_a_public_address_only_that_counts(host: str) -> None:
    served = settings(SUYUAN_PUBLIC_URL=PUBLIC, SUYUAN_HOST="0.0.0.0")  # noqa: S104
    assert own_origin(asked(host), served) == PUBLIC
    assert accepted(asked(host), served) == {PUBLIC}


def test_on_the_machine_itself_loopback_counts_too() -> None:
    served = settings(SUYUAN_PUBLIC_URL=PUBLIC)
    assert own_origin(asked("localhost:8000"), served) == "http://localhost:8000"
    assert accepted(asked("127.0.0.1:8000"), served) == {PUBLIC, "http://127.0.0.1:8000"}
    assert accepted(asked("evil.example"), served) == {PUBLIC}


def test_without_a_public_address_it_is_where_one_came_to() -> None:
    assert own_origin(asked("192.168.1.5:8000"), settings()) == "http://192.168.1.5:8000"


@pytest.mark.parametrize(
    ("trusted", "seen"),
    [
        ("127.0.0.0/8", ["203.0.113.7", "https"]),
        ("127.0.0.1", ["203.0.113.7", "https"]),
        ("172.29.58.1", ["127.0.0.1", "http"]),
    ],
)
def test_only_a_trusted_proxy_says_who_asks(trusted: str, seen: list[str]) -> None:
    app = FastAPI()

    @app.get("/")
    def who(request: Request) -> list[str]:
        assert request.client is not None
        return [request.client.host, request.url.scheme]

    ready = threading.Event()
    web = Web(app, ready.set, settings(SUYUAN_TRUSTED_PROXIES=trusted).trusted_proxies)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=web.run, args=([listener],))
        thread.start()
        assert ready.wait(20)
        forwarded = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=forwarded)) as got:
                assert got.status == HTTPStatus.OK
                assert json.load(got) == seen
        finally:
            web.should_exit = True
            thread.join()


def test_a_guessed_address_is_none_that_was_set() -> None:
    assert not settings().public_url_set
    assert settings(SUYUAN_PUBLIC_URL=PUBLIC).public_url_set
