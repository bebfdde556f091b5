"""What is signed to sign in: a DSSE envelope of a type of its own, that can't pass for an event."""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from domain.ids import PartyId
from ledger import canonical, envelope
from ledger.errors import (
    BadSignature,
    EnvelopeTooLarge,
    MalformedEnvelope,
    MalformedKey,
    NotCanonical,
)

Said = TypeVar("Said", bound=Struct)

PAYLOAD_TYPE: Final = "application/vnd.suyuan.signin+json"


class SignIn(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Party `party` signs in at `origin` (scheme, host, port), answering the challenge."""

    type: Literal["signin.v1"] = "signin.v1"
    at: Annotated[datetime, Meta(tz=True)]
    challenge: Annotated[str, Meta(min_length=20, max_length=100)]
    origin: Annotated[str, Meta(max_length=300)]
    party: PartyId


class NotASignIn(ValueError):
    """What was sent can't be read as a signed sign-in."""


def read(raw: bytes) -> tuple[SignIn, str]:
    """Read an envelope with one good signature; give the statement, and the `did:key` that signed.

    That the key may speak for the party is not said here.

    Raises:
        NotASignIn: where it is none, is not canonical, or its signature is not the key's.
    """
    return read_statement(raw, PAYLOAD_TYPE, SignIn)


def read_statement(raw: bytes, payload_type: str, kind: type[Said]) -> tuple[Said, str]:
    """Read a signed statement of a kind, as `read` does.

    Raises:
        NotASignIn: where it is none, is not canonical, or its signature is not the key's.
    """
    try:
        parsed = envelope.parse(raw, payload_type)
        said = msgspec.json.decode(parsed.payload, type=kind)
        if not canonical.is_canonical(msgspec.json.decode(parsed.payload), parsed.payload):
            raise NotASignIn("the payload is not canonical JSON (RFC 8785)")
        signers = envelope.verify(parsed)
    except BadSignature as error:
        raise NotASignIn(f"the signature is not that of {error.keyid}") from error
    except (
        MalformedEnvelope, EnvelopeTooLarge, MalformedKey, NotCanonical, msgspec.DecodeError,
        UnicodeDecodeError, RecursionError,
    ) as error:  # fmt: skip
        raise NotASignIn(str(error)) from error
    if len(signers) != 1:
        raise NotASignIn("one key signs in, not several")
    return said, signers[0]
