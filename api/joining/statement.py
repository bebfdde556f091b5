"""What a phone signs to join: proof that it has the key it names."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from api.signin.statement import NotASignIn, read_statement

PAYLOAD_TYPE: Final = "application/vnd.suyuan.joining+json"


class Joining(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The key that signs this asks to join under a code, at `origin`."""

    type: Literal["joining.v1"] = "joining.v1"
    at: Annotated[datetime, Meta(tz=True)]
    code: Annotated[str, Meta(min_length=8, max_length=60)]
    origin: Annotated[str, Meta(max_length=300)]


def read(raw: bytes | msgspec.Raw) -> tuple[Joining, str]:
    """Read an envelope with one good signature; give the statement and the `did:key` that signed.

    Raises:
        NotASignIn: where it is none.
    """
    return read_statement(bytes(raw), PAYLOAD_TYPE, Joining)


__all__ = ["PAYLOAD_TYPE", "Joining", "NotASignIn", "read"]
