"""Settings: what the environment says, read once, checked, and frozen.

`VARIABLES` is the one table of them: `Settings.from_environment` reads it and `suyuan --help`
prints it. An empty value counts as unset, because that is what a compose file hands on for a
variable that nobody set.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

_LOOPBACK: Final = "127.0.0.1"
_WILDCARDS: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 — compared with, never bound
_HIGHEST_PORT: Final = 65535
_YES: Final = frozenset({"1", "true", "yes", "on"})
_VKEY: Final = re.compile(r"[^\s+,]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}")
_NO: Final = frozenset({"0", "false", "no", "off"})


class SettingsError(ValueError):
    """A setting that can't be used: which one, what it holds, and what it should hold."""

    def __init__(self, variable: str, value: str, remedy: str) -> None:
        super().__init__(f"{variable}={value!r} can't be used: {remedy}")
        self.variable = variable
        self.remedy = remedy


class WitnessAddress(NamedTuple):
    """A witness: its verifier key (C2SP tlog-cosignature) and where it takes requests."""

    vkey: str
    url: str


class Variable(NamedTuple):
    """One environment variable: its name, its default as text, and a line of description."""

    name: str
    default: str
    description: str


DATABASE_URL: Final = Variable(
    "DATABASE_URL",
    "",
    "PostgreSQL to use, as postgresql://…; without it, one starts by itself in SUYUAN_DATA",
)
SUYUAN_DATA: Final = Variable(
    "SUYUAN_DATA", "./.suyuan", "data folder: the embedded PostgreSQL, keys and attachments"
)
PORT: Final = Variable("PORT", "8000", "TCP port to serve on, 1–65535")
SUYUAN_HOST: Final = Variable(
    "SUYUAN_HOST", _LOOPBACK, "address to serve on; 0.0.0.0 opens it to the network"
)
SUYUAN_PUBLIC_URL: Final = Variable(
    "SUYUAN_PUBLIC_URL",
    "",
    "address that printed QR codes lead to, e.g. https://sy.example.cn; default http://HOST:PORT",
)
SUYUAN_TRUSTED_PROXIES: Final = Variable(
    "SUYUAN_TRUSTED_PROXIES",
    "127.0.0.1,::1",
    "addresses or networks of your TLS proxy, whose X-Forwarded-For and -Proto are believed",
)
SUYUAN_DEV: Final = Variable(
    "SUYUAN_DEV", "0", "1 shows GraphiQL and allows GraphQL introspection; `make run` sets it"
)

SUYUAN_GRAPHQL_DOCUMENTS: Final = Variable(
    "SUYUAN_GRAPHQL_DOCUMENTS",
    "",
    "folder of .graphql files: trusted documents, which clients name by their SHA-256",
)
SUYUAN_GRAPHQL_TRUSTED: Final = Variable(
    "SUYUAN_GRAPHQL_TRUSTED", "0", "1 runs trusted GraphQL documents only"
)
SUYUAN_WITNESSES: Final = Variable(
    "SUYUAN_WITNESSES",
    "",
    "witnesses that cosign checkpoints, as vkey@url, separated by commas",
)
SUYUAN_WITNESS_QUORUM: Final = Variable(
    "SUYUAN_WITNESS_QUORUM",
    "",
    "how many of them must have cosigned what GET /checkpoint serves; default: all",
)
SUYUAN_REGION_HEADER: Final = Variable(
    "SUYUAN_REGION_HEADER",
    "",
    "request header in which your proxy tells the shopper's prefecture (GB/T 2260, six digits)",
)

SUYUAN_PRIVATE_EXPORT: Final = Variable(
    "SUYUAN_PRIVATE_EXPORT",
    "0",
    "1 gives GET /api/export, which holds every order, to the signed-in county alone",
)

VARIABLES: Final = (
    DATABASE_URL,
    SUYUAN_DATA,
    PORT,
    SUYUAN_HOST,
    SUYUAN_PUBLIC_URL,
    SUYUAN_TRUSTED_PROXIES,
    SUYUAN_DEV,
    SUYUAN_GRAPHQL_DOCUMENTS,
    SUYUAN_GRAPHQL_TRUSTED,
    SUYUAN_WITNESSES,
    SUYUAN_WITNESS_QUORUM,
    SUYUAN_REGION_HEADER,
    SUYUAN_PRIVATE_EXPORT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the product can be told from outside, already checked.

    Attributes:
        database_url: a `postgresql://` URL, or None for the embedded server.
        data: the data folder, absolute; it need not exist yet.
        port: 1 to 65535.
        host: the address to bind.
        public_url: scheme and host (and path, if any), without a trailing slash.
        public_url_set: whether the operator named it; else it is a guess from host and port.
        trusted_proxies: addresses and networks of proxies that say who asks, and by which scheme.
        dev: whether GraphiQL and GraphQL introspection are on.
        graphql_documents: the folder of trusted documents, if any.
        graphql_trusted: whether only these are run.
        witnesses: who is asked to cosign checkpoints.
        witness_quorum: how many of them must have; at most as many as there are.
        region_header: the header that tells where a shopper scans; None where none does.
        private_export: whether the whole export is for the county alone, over HTTP.
    """

    database_url: str | None
    data: Path
    port: int
    host: str
    public_url: str
    dev: bool
    public_url_set: bool = False
    trusted_proxies: tuple[str, ...] = (_LOOPBACK, "::1")
    graphql_documents: Path | None = None
    graphql_trusted: bool = False
    witnesses: tuple[WitnessAddress, ...] = ()
    witness_quorum: int = 0
    region_header: str | None = None
    private_export: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings from `environment` (default: that of this process).

        Raises:
            SettingsError: a value that can't be used.
        """
        env = os.environ if environment is None else environment
        port = _port(_text(env, PORT))
        host = _host(_text(env, SUYUAN_HOST))
        witnesses = _witnesses(_text(env, SUYUAN_WITNESSES))
        public_url = _public_url(_text(env, SUYUAN_PUBLIC_URL))
        return cls(
            database_url=_database_url(_text(env, DATABASE_URL)),
            data=_folder(_text(env, SUYUAN_DATA)),
            port=port,
            host=host,
            public_url=public_url or _own_url(host, port),
            public_url_set=public_url is not None,
            trusted_proxies=_proxies(_text(env, SUYUAN_TRUSTED_PROXIES)),
            dev=_flag(SUYUAN_DEV, _text(env, SUYUAN_DEV)),
            graphql_documents=_documents(_text(env, SUYUAN_GRAPHQL_DOCUMENTS)),
            graphql_trusted=_flag(SUYUAN_GRAPHQL_TRUSTED, _text(env, SUYUAN_GRAPHQL_TRUSTED)),
            witnesses=witnesses,
            witness_quorum=_quorum(_text(env, SUYUAN_WITNESS_QUORUM), len(witnesses)),
            region_header=_header(_text(env, SUYUAN_REGION_HEADER)),
            private_export=_flag(SUYUAN_PRIVATE_EXPORT, _text(env, SUYUAN_PRIVATE_EXPORT)),
        )


def _text(env: Mapping[str, str], variable: Variable) -> str:
    return env.get(variable.name, "").strip() or variable.default


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= _HIGHEST_PORT):
        raise SettingsError(PORT.name, text, "give a whole number from 1 to 65535")
    return int(text)


def _host(text: str) -> str:
    if "/" in text or any(character.isspace() for character in text):
        raise SettingsError(SUYUAN_HOST.name, text, "give an address or a host name, no URL")
    return text.strip("[]")


def _folder(text: str) -> Path:
    if "\0" in text:
        raise SettingsError(SUYUAN_DATA.name, text, "give the path of a folder")
    try:
        folder = Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise SettingsError(
            SUYUAN_DATA.name, text, "there is no home folder of that name; give a path without ~"
        ) from error
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir():
        raise SettingsError(SUYUAN_DATA.name, text, f"{nearest} is a file; give a folder")
    return folder


def _documents(text: str) -> Path | None:
    if not text:
        return None
    with suppress(RuntimeError, ValueError):  # no such user's home; a zero byte
        folder = Path(text).expanduser().absolute()
        if folder.is_dir():
            return folder
    raise SettingsError(SUYUAN_GRAPHQL_DOCUMENTS.name, text, "give a folder that is there")


def _database_url(text: str) -> str | None:
    if not text:
        return None
    scheme, separator, _ = text.partition("://")
    if not separator or scheme not in {"postgresql", "postgres"}:
        # What stands there may be a password: show no more than the scheme.
        raise SettingsError(
            DATABASE_URL.name,
            f"{scheme}://…" if separator else "…",
            "give postgresql://USER:PASSWORD@HOST:PORT/NAME, or leave it unset to have an "
            f"embedded PostgreSQL in {SUYUAN_DATA.name}",
        )
    return text


def _public_url(text: str) -> str | None:
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(SUYUAN_PUBLIC_URL.name, text, str(error)) from error
    if parts.scheme not in {"http", "https"} or not host:
        raise SettingsError(SUYUAN_PUBLIC_URL.name, text, "give http://HOST or https://HOST")
    if parts.query or parts.fragment or parts.username or any(c.isspace() for c in text):
        raise SettingsError(
            SUYUAN_PUBLIC_URL.name, text, "no user, query or fragment: it is printed into QR codes"
        )
    return text.rstrip("/")


def _own_url(host: str, port: int) -> str:
    reachable = _LOOPBACK if host in _WILDCARDS else host
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _proxies(text: str) -> tuple[str, ...]:
    proxies = tuple(item.strip() for item in text.split(",") if item.strip())
    for proxy in proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            raise SettingsError(
                SUYUAN_TRUSTED_PROXIES.name, text, f"give addresses or networks, by commas: {error}"
            ) from error
    return proxies


def _flag(variable: Variable, text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise SettingsError(variable.name, text, "give 1 or 0")
    return text.lower() in _YES


def _header(text: str) -> str | None:
    if text and not re.fullmatch(r"[A-Za-z0-9-]{1,60}", text):
        raise SettingsError(SUYUAN_REGION_HEADER.name, text, "give a header's name: X-Region")
    return text or None


def _witnesses(text: str) -> tuple[WitnessAddress, ...]:
    return tuple(_witness(item.strip()) for item in text.split(",") if item.strip())


def _witness(text: str) -> WitnessAddress:
    # No @ stands in the part of a key after its second plus sign; in a name or an address it may.
    match = re.match(rf"({_VKEY.pattern})@(.*)", text)
    if match is None:
        raise SettingsError(SUYUAN_WITNESSES.name, text, "give vkey@url, as `suyuan witness` says")
    try:
        parts = urlsplit(match[2])
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(SUYUAN_WITNESSES.name, text, str(error)) from error
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise SettingsError(SUYUAN_WITNESSES.name, text, "after @ give http://… or https://…")
    return WitnessAddress(match[1], match[2].rstrip("/"))


def _quorum(text: str, witnesses: int) -> int:
    if not text:
        return witnesses
    if not (text.isascii() and text.isdecimal() and int(text[:9]) <= witnesses):
        remedy = f"give a number from 0 to {witnesses}, the number of {SUYUAN_WITNESSES.name}"
        raise SettingsError(SUYUAN_WITNESS_QUORUM.name, text, remedy)
    return int(text)
