"""A township as a person writes it: 榃滨镇, Tanbin, 445381111."""

import argparse

from msgspec import ValidationError, convert

from domain.ids import Division
from domain.townships import TOWNSHIPS


def township(text: str) -> Division:
    """Read a township for argparse: its code (GB/T 10114), or a name in Luoding."""
    named = [seat.code for seat in TOWNSHIPS if text in {seat.code, seat.zh, seat.zh[:-1], seat.en}]
    try:
        return convert(named[0] if named else text, Division)
    except ValidationError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r}：写镇的名字或九位代码，如 榃滨镇、445381111 / a township's name or code"
        ) from error
