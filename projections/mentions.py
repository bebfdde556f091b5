"""What an event says of each batch, and what went into what: the rows of the trace. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from domain.epcis import ForeignQuantity, Qualified
from domain.events import movements as v
from domain.events.base import Movement
from domain.measures import BatchQuantity
from projections.corrections import Effect
from projections.foreign_events import Captured
from projections.halt_events import said
from projections.shares import Part, exact_sum


class Mention(Struct, frozen=True, kw_only=True):
    """A batch (its canonical key) in an event; the fields are those of the table `movement`."""

    key: str
    position: int
    kind: str
    event: str
    occurred_at: datetime
    display: str | None = None
    makes: bool = False
    party: str | None = None
    place: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    lost: Decimal | None = None
    note: str | None = None
    result: str | None = None
    other_party: str | None = None
    other_place: str | None = None
    joined: str | None = None


class Process(Struct, frozen=True):
    """Inputs became outputs in an event."""

    position: int
    event: str
    kind: str
    inputs: Sequence[Part]
    outputs: Sequence[Part]


def own_mentions(effect: Effect) -> list[Mention]:
    """Give what one of our own events says of batches."""
    event = effect.event
    match event:
        case v.BatchHarvested():
            item = BatchQuantity(event.batch, event.quantity, event.unit)
            return _of(effect, event, "harvested", (item,), makes=True, note=event.grade,
                       other_place=event.plot)  # fmt: skip
        case v.BatchTransformed():
            note = event.process.value
            used = _of(effect, event, "used", event.inputs, note=note)
            return used + _of(effect, event, "made", event.outputs, makes=True, note=note)
        case v.ShipmentSent():
            return _of(effect, event, "shipped", event.items, other_party=event.to,
                       other_place=event.to_place)  # fmt: skip
        case v.ShipmentReceived():
            return _received(effect, event)
        case v.BatchInspected():
            mention = _mention(effect, event, event.batch, "inspected", note=event.standard,
                               result=event.result.value)  # fmt: skip
            return [mention]
        case v.BatchSold():
            item = BatchQuantity(event.batch, event.quantity, event.unit)
            return _of(effect, event, "sold", (item,), note=event.channel)
        case v.BatchDisposed():
            item = BatchQuantity(event.batch, event.quantity, event.unit)
            return _of(effect, event, "disposed", (item,), note=event.reason)
        case _:
            return _halt(effect)


def own_process(effect: Effect) -> Process | None:
    """Give what became of what in one of our own events."""
    event = effect.event
    if not isinstance(event, v.BatchTransformed):
        return None
    inputs, outputs = (
        [Part(batch, Decimal(quantity), unit) for batch, quantity, unit in summed(items)]
        for items in (event.inputs, event.outputs)
    )
    return Process(effect.position, event.id, event.process.value, inputs, outputs)


def foreign_mentions(captured: Captured) -> list[Mention]:
    """Give what a foreign event says of batches, items and what holds them."""
    foreign = captured.foreign
    kind = "made" if foreign.action == "ADD" and foreign.kind == "ObjectEvent" else "observed"
    parents = (foreign.parent,) if foreign.parent else ()
    return [
        *(_foreign(captured, part, "used") for part in counted(foreign.inputs)),
        *(_foreign(captured, part, "made") for part in counted(foreign.outputs)),
        *(_foreign(captured, part, kind) for part in counted(foreign.observed)),
        *(_foreign(captured, p, "observed") for p in counted((*foreign.children, *parents))),
    ]


def foreign_process(captured: Captured) -> Process | None:
    """Give what became of what in a foreign event that is a process by itself."""
    foreign, effect = captured.foreign, captured.effect
    if not foreign.inputs or not foreign.outputs or foreign.transformation_id:
        return None
    return Process(
        effect.position, effect.event.id, process_name(foreign.biz_step),
        counted(foreign.inputs), counted(foreign.outputs),
    )  # fmt: skip


def process_name(biz_step: str | None) -> str:
    """Name a foreign process by its business step."""
    return biz_step or "transformation"


def summed(items: Iterable[BatchQuantity]) -> list[tuple[str, int, str]]:
    """Sum the lines of one batch: batch, quantity, unit."""
    sums: dict[tuple[str, str], int] = {}
    for item in items:
        name = (item.batch, item.unit.value)
        sums[name] = sums.get(name, 0) + item.quantity
    return [(batch, quantity, unit) for (batch, unit), quantity in sums.items()]


def _of(
    effect: Effect,
    event: Movement,
    kind: str,
    items: Iterable[BatchQuantity],
    **more: Any,  # noqa: ANN401  fields of a mention
) -> list[Mention]:
    return [
        _mention(effect, event, batch, kind, quantity=Decimal(quantity), unit=unit, **more)
        for batch, quantity, unit in summed(items)
    ]


def _mention(
    effect: Effect,
    event: Movement,
    batch: str,
    kind: str,
    **more: Any,  # noqa: ANN401  fields of a mention
) -> Mention:
    return Mention(
        key=batch, position=effect.position, kind=kind, event=event.id,
        occurred_at=event.occurred_at, party=event.actor, place=event.place, **more,
    )  # fmt: skip


def _halt(effect: Effect) -> list[Mention]:
    about = said(effect.event)
    if about is None:
        return []
    event = effect.event
    return [
        Mention(
            key=about.batch, position=effect.position, kind=about.kind, event=event.id,
            occurred_at=event.occurred_at, party=event.actor, note=about.reason,
        )
    ]  # fmt: skip


def _received(effect: Effect, event: v.ShipmentReceived) -> list[Mention]:
    came = {batch: (quantity, unit) for batch, quantity, unit in summed(event.items)}
    lost: dict[str, int] = {}
    reasons: dict[str, list[str]] = {}
    for short in event.differences:
        lost[short.batch] = lost.get(short.batch, 0) + short.quantity
        reasons.setdefault(short.batch, []).append(short.reason)
        came.setdefault(short.batch, (0, short.unit.value))
    return [
        _mention(
            effect, event, batch, "received", quantity=Decimal(quantity), unit=unit,
            lost=Decimal(lost[batch]) if batch in lost else None,
            note="；".join(dict.fromkeys(reasons.get(batch, ()))) or None,
        )
        for batch, (quantity, unit) in came.items()
    ]  # fmt: skip


def counted(items: Iterable[ForeignQuantity]) -> list[Part]:
    """Sum what a foreign event names several times in one unit; keep its first spelling.

    A quantity without a unit counts pieces (EPCIS 2.0 §7.3.3.3).
    """
    found: dict[tuple[str, str | None, bool], Part] = {}
    for item in items:
        known = item.quantity is not None
        unit = item.uom or ("H87" if known else None)
        name = (item.key, unit, known)
        quantity = Decimal(item.quantity) if item.quantity is not None else None
        if quantity is not None and name in found:
            quantity = exact_sum(found[name].quantity or Decimal(), quantity)
        display = found[name].display if name in found else item.identifier
        found[name] = Part(item.key, quantity, unit, display)
    return list(found.values())


def _foreign(captured: Captured, part: Part, kind: str) -> Mention:
    foreign, effect = captured.foreign, captured.effect
    return Mention(
        key=part.key, display=part.display, position=effect.position, kind=kind,
        event=effect.event.id, occurred_at=foreign.time, makes=kind == "made",
        party=party_of(foreign.sources) or effect.event.actor,
        place=foreign.biz_location or foreign.read_point, quantity=part.quantity,
        unit=part.unit, note=foreign.biz_step, other_party=party_of(foreign.destinations),
        other_place=location_of(foreign.destinations), joined=foreign.transformation_id,
    )  # fmt: skip


def party_of(parts: Iterable[Qualified]) -> str | None:
    """Give the party among sources or destinations, the owner first."""
    found = {part.type: part.id for part in parts}
    return found.get("owning_party") or found.get("possessing_party")


def location_of(parts: Iterable[Qualified]) -> str | None:
    """Give the location among sources or destinations."""
    return next((part.id for part in parts if part.type == "location"), None)
