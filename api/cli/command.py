"""What a command is: its words for `--help`, its arguments, and what it does."""

import argparse
import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from api.cli.console import Console
from api.settings import Settings
from domain.epcis import canonical_key
from domain.ids import batch_id

Arguments = argparse.Namespace

_PARTY: Final = re.compile(r"P[0-9]{6}-[0-9]{6,10}\Z")
_GTIN: Final = re.compile(r"[0-9]{8}|[0-9]{12,14}")


class Command(Struct, frozen=True):
    """One command. `run` gives the exit code; what it raises, `main` puts into words."""

    summary: str
    description: str
    examples: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Arguments, Settings, Console], int]


def add_json(parser: argparse.ArgumentParser) -> None:
    """Offer `--json`."""
    parser.add_argument(
        "--json", action="store_true",
        help="结果只用一个 JSON 文档写到标准输出 / one JSON document on standard output",
    )  # fmt: skip


def party(text: str) -> str:
    """Read a party's id for argparse."""
    if not _PARTY.match(text):
        raise argparse.ArgumentTypeError(
            f"{text!r}：主体编号的样子是 P445381-000001 / a party is written P445381-000001"
        )
    return text


def batch(text: str) -> str:
    """Read a batch for argparse: GTIN/LOT, or a URN or Digital Link that names one.

    A GTIN of 8, 12 or 13 digits is filled up to 14. Whatever else is a URI stays as it is: that is
    how a foreign identifier is named.
    """
    gtin, slash, lot = text.partition("/")
    if slash and _GTIN.fullmatch(gtin):
        try:
            return batch_id(gtin.zfill(14), lot)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{error}") from error
    key = canonical_key(text)
    if key != text or ":" in text:
        return key
    raise argparse.ArgumentTypeError(
        f"{text!r}：批次写作 商品条码/批号，如 02044538101035/20261012-TB07-3，或 urn:epc:…、"
        "https://… / a batch is written GTIN/LOT, urn:epc:… or https://…"
    )


def positive(text: str) -> int:
    """Read a whole number from 1 for argparse."""
    if not (text.isascii() and text.isdecimal() and int(text[:9]) > 0):
        raise argparse.ArgumentTypeError(f"{text!r}：要一个正整数 / a whole number from 1")
    return int(text)
