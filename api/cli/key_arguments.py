"""Arguments that several actions of `suyuan key` take."""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from api.cli.command import Arguments, party
from api.cli.console import Console
from api.settings import Settings
from ledger.did_key import parse_did_key
from ledger.errors import MalformedKey

Action = Callable[[Arguments, Settings, Console], int]


class Actions(Protocol):
    """What argparse gives to add actions to."""

    def add_parser(
        self,
        name: str,
        *,
        help: str,  # noqa: A002  argparse's name
    ) -> argparse.ArgumentParser:
        """Add an action."""


def did(text: str) -> str:
    """Read a `did:key` for argparse."""
    try:
        return parse_did_key(text).did
    except MalformedKey as error:
        raise argparse.ArgumentTypeError(f"{text!r}：{error.detail}") from error


def moment(text: str) -> datetime:
    """Read a time with its offset for argparse."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}：{error}") from error
    if read.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r}：要带时区，如 +08:00 / give its offset")
    return read


def add_actor(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Ask who signs."""
    zh, en = ("", "") if required else ("；不写就是主管部门", "; by default the authority")
    parser.add_argument(
        "--as", dest="actor", type=party, required=required, metavar="PARTY",
        help=f"谁来签这一条，密钥要在本机{zh} / who signs this, with a key kept here{en}",
    )  # fmt: skip


def add_expires(parser: argparse.ArgumentParser) -> None:
    """Ask until when a key holds."""
    parser.add_argument(
        "--expires", type=moment, metavar="TIME",
        help="到期时间，要带时区；不写就不过期 / until when it holds, with its offset:"
        " 2027-12-31T00:00:00+08:00; by default it does not end",
    )  # fmt: skip


def add_did(parser: argparse.ArgumentParser) -> None:
    """Ask which key."""
    parser.add_argument("did", type=did, metavar="DID", help="哪一把，写作 did:key:z… / which key")
