"""Handing a signed event to the ledger, and waiting until the lists show it."""

from typing import Any, Protocol

import msgspec
from starlette.concurrency import run_in_threadpool

from api.graph.context import Info
from api.graph.errors import Mistaken, try_again
from api.graph.signing import signed
from domain.events.base import Event
from domain.events.catalogue import AnyEvent, decode, type_of, wire_name
from domain.refusals import Code, Refusal, refuse
from ledger import envelope
from ledger.errors import Malformed
from ledger.outcome import Admission, Busy, WriteFailed


class Admitted(msgspec.Struct, frozen=True):
    """An event that is in the ledger, and whether the lists show it."""

    admission: Admission
    event: AnyEvent
    keyids: tuple[str, ...]
    shown: bool


class Given(Protocol):
    """What a mutation is given: a signed envelope's text, or an event's own fields to sign."""

    envelope: str | None
    unsigned: Any


async def submit(
    info: Info, given: Given, wanted: type[Event], mutation: str
) -> Admitted | Refusal:
    """Submit an event of the type that a mutation is for: signed already, or signed here.

    Raises:
        Mistaken: where nothing could be recorded now, and the same may be sent again; or the
            server may not sign.
    """
    raw = await _raw(info, given, wanted)
    if isinstance(raw, Refusal):
        return raw
    event = _claimed(raw)
    if event is not None and not isinstance(event, wanted):
        return _other_type(event, wanted, mutation)
    try:
        outcome = (await info.context.services.submit([raw]))[0]
    except (Busy, WriteFailed) as error:
        raise try_again(error) from error
    if isinstance(outcome, Refusal):
        return outcome
    info.context.forget()
    shown = await run_in_threadpool(info.context.services.wait_for, outcome.receipt.position)
    parsed = envelope.parse(raw)
    done = decode(parsed.payload)
    if not outcome.already:
        info.context.shown.add(_order_of(done))
    keyids = tuple(signature.keyid for signature in parsed.signatures)
    return Admitted(outcome, done, keyids, shown)


async def _raw(info: Info, given: Given, wanted: type[Event]) -> bytes | Refusal:
    if (given.envelope is None) == (given.unsigned is None):
        raise Mistaken(
            "bad-argument", "envelope 和 unsigned 要给一个，也只能给一个。",
            "Give either envelope or unsigned.",
        )  # fmt: skip
    if given.envelope is not None:
        return given.envelope.encode("utf-8", "surrogatepass")
    if not isinstance(given.unsigned, dict):
        raise Mistaken(
            "bad-argument",
            "unsigned 要是一个对象。",
            "unsigned is an object of the event's fields.",
        )
    return await signed(info, given.unsigned, wanted)


def _order_of(event: AnyEvent) -> str:
    """Give the order that a fresh signature speaks of: its signer may see it."""
    return str(getattr(event, "order", event.id))


def _claimed(raw: bytes) -> AnyEvent | None:
    """Read the event, unverified; None where it can't be read: the ledger then says why."""
    try:
        return decode(envelope.parse(raw).payload)
    except (Malformed, msgspec.DecodeError, ValueError, RecursionError):
        return None


def _other_type(event: AnyEvent, wanted: type[Event], mutation: str) -> Refusal:
    name, given = wire_name(wanted), type_of(event)
    return refuse(
        Code.MALFORMED, path="$.type", detail_zh=f"{mutation} 只收 {name}，这里是 {given}",
        detail_en=f"{mutation} takes {name}, and this is {given}",
    )  # fmt: skip
