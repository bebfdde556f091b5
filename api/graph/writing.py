"""Handing a signed envelope to the ledger, and waiting until the lists show it."""

from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool

from api.graph.context import Info
from api.graph.errors import try_again
from domain.events.base import Event
from domain.events.catalogue import AnyEvent, decode, type_of, wire_name
from domain.refusals import Code, Refusal, refuse
from ledger import envelope
from ledger.errors import Malformed
from ledger.outcome import Admission, Busy, WriteFailed

EventT = TypeVar("EventT", bound=Event)


class Admitted(msgspec.Struct, frozen=True):
    """An event that is in the ledger, and whether the lists show it."""

    admission: Admission
    event: AnyEvent
    shown: bool


async def submit(info: Info, text: str, wanted: type[Event], mutation: str) -> Admitted | Refusal:
    """Submit an envelope whose event is of the type that a mutation is for.

    Raises:
        Mistaken: where nothing could be recorded now, and the same may be sent again.
    """
    raw = text.encode("utf-8", "surrogatepass")
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
    return Admitted(outcome, decode(envelope.parse(raw).payload), shown)


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
