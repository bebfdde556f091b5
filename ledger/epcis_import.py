"""A foreign EPCIS document turned into signed events: the same file always gives the same payloads.

What makes an import repeatable, and the ledger's answer to a second one "already recorded":

- **id**: a UUIDv7 (RFC 9562 §5.7) whose time is the event's own, in milliseconds, and whose 74 free
  bits are those of SHA-256 over the actor and the event's text. The key has no part in it, so that
  a party's second phone meets the same id and never records the event twice.
- **nonce**: HMAC-SHA-256 of that digest under the private key's bytes, the first 128 bits. A nonce
  is there so that the leaf, which is public, tells nothing; a hash of the text alone could be
  computed by anyone who guesses the text. The private bytes rather than a signature, because ECDSA
  signs differently each time; HMAC under its own label tells nothing about the key.

With an Ed25519 key the envelope is the same to the byte, too; with P-256 only its payload is.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Final

import msgspec

from domain.epcis import EventText, Problem, read, split
from domain.epcis.faults import EPOCH
from domain.events import catalogue
from domain.events.foreign import EpcisCaptured
from domain.ids import uuid7
from ledger import envelope
from ledger.keys import PRIVATE_BYTES, Ed25519Key, P256Key

_ID_LABEL: Final = b"suyuan epcis.captured.v1 id\0"
_NONCE_LABEL: Final = b"suyuan epcis.captured.v1 nonce\0"
_NONCE_BYTES: Final = 16
_MILLISECOND: Final = timedelta(milliseconds=1)


class Captured(msgspec.Struct, frozen=True):
    """A foreign event as it goes to the ledger; `index` is its place in the document, from 0."""

    index: int
    event_id: str
    envelope: bytes


class Capture(msgspec.Struct, frozen=True):
    """What a document gives: an envelope for each event that can be read, and the problems.

    Whether the good are recorded beside the bad is the caller's choice. A problem without an index
    is the whole document's, and then there are no events.
    """

    events: list[Captured]
    problems: list[Problem]


def capture(document: bytes, actor: str, key: Ed25519Key | P256Key) -> Capture:
    """Wrap each event of an EPCIS 2.0 document, to the letter, in an envelope that `key` signs.

    `actor` is the party that brings the document and that `key` speaks for. An event that stands
    twice in the document, to the letter, is captured twice under one id: the ledger holds it once.
    """
    cut = split(document)
    events = [_captured(event, cut.context_text, actor, key) for event in cut.events]
    return Capture(events, cut.problems)


def _captured(
    foreign: EventText, context: str | None, actor: str, key: Ed25519Key | P256Key
) -> Captured:
    time = read(foreign.text, context).time
    digest = sha256(_ID_LABEL + actor.encode() + b"\0" + foreign.text.encode()).digest()
    event = EpcisCaptured(
        id=uuid7((time - EPOCH) // _MILLISECOND, digest[:10]),
        occurred_at=time,
        actor=actor,
        nonce=_nonce(key, digest),
        epcis=foreign.text,
        context=context,
    )
    signed = envelope.sign(catalogue.encode(event), key)
    return Captured(foreign.index, event.id, envelope.to_bytes(signed))


def _nonce(key: Ed25519Key | P256Key, digest: bytes) -> bytes:
    if isinstance(key, Ed25519Key):
        private = key.seed
    else:
        private = key.private.private_numbers().private_value.to_bytes(PRIVATE_BYTES)
    return hmac.digest(private, _NONCE_LABEL + digest, "sha256")[:_NONCE_BYTES]
