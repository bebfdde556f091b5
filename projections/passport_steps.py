"""From an event to the steps that passports show of it, its origins and links. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, Final

import msgspec
from msgspec import Struct

from domain.events import movements as v
from domain.events import papers as p
from domain.events.base import Event, Movement
from domain.events.catalogue import AnyEvent
from domain.measures import BatchQuantity
from projections.amounts import shown
from projections.corrections import Effect
from projections.foreign_events import Captured
from projections.halt_events import said
from projections.mentions import counted, location_of, party_of, summed
from projections.passport import (
    Amount,
    Certified,
    Corrected,
    Signature,
    Step,
    Treatment,
    Where,
    Who,
)
from projections.passport_names import Names
from projections.shares import Part

LATE_AFTER: Final = timedelta(days=1)
MOST_AMOUNTS: Final = 30
"""The most inputs, and outputs, that a step lists."""


class Rank(IntEnum):
    """Which steps stay longest where there are too many; from `SOLD` on they are not passed on."""

    MADE = 0
    INSPECTED = 1
    MOVED = 2
    LEFT = 3


class Told(Struct, frozen=True):
    """A step of a batch; `display` as a foreign event names the batch."""

    batch: str
    rank: Rank
    at: datetime
    step: Step
    display: str | None = None


class OriginHead(Struct, frozen=True, kw_only=True):
    """A passport's origin but for the treatments, which may become known later."""

    batch: str
    event: str
    position: int
    plot: Where | None
    holder: Who | None
    harvested_on: str
    quantity: Any
    unit: str | None


class Harvest(Struct, frozen=True):
    """Where a batch grew."""

    batch: str
    plot: str | None
    at: datetime
    head: OriginHead


def steps(effect: Effect, names: Names) -> list[Told]:
    """Give the steps of one of our own events, one a batch that it happened to."""
    event = effect.event
    match event:
        case v.BatchHarvested():
            goods = (BatchQuantity(event.batch, event.quantity, event.unit),)
            return _told(effect, event, names, "harvested", Rank.MADE, goods, grade=event.grade)
        case v.BatchTransformed():
            return _transformed(effect, event, names)
        case v.ShipmentSent():
            carrier = names.who(event.carrier) if event.carrier else None
            return _told(
                effect, event, names, "shipped", Rank.MOVED, event.items, to=names.who(event.to),
                to_place=names.where(event.to_place), carrier=carrier, shipment=event.id,
            )  # fmt: skip
        case v.ShipmentReceived():
            return _received(effect, event, names)
        case v.BatchInspected():
            step = _step(
                effect, event, names, "inspected", event.batch, standard=event.standard,
                result=event.result.value, finding=event.finding, report=event.report,
            )  # fmt: skip
            return [Told(event.batch, Rank.INSPECTED, event.occurred_at, step)]
        case v.BatchSold():
            goods = (BatchQuantity(event.batch, event.quantity, event.unit),)
            return _told(effect, event, names, "sold", Rank.LEFT, goods, channel=event.channel)
        case v.BatchDisposed():
            goods = (BatchQuantity(event.batch, event.quantity, event.unit),)
            return _told(effect, event, names, "disposed", Rank.LEFT, goods, reason=event.reason)
        case _:
            return _certificate_step(effect, event, names) or _halt(effect, names)


def certified(effect: Effect, names: Names) -> Certified | None:
    """Give the certificate that an event issues."""
    event = effect.event
    if not isinstance(event, p.CommitmentIssued):
        return None
    return Certified(
        event=event.id, position=effect.position, issued_at=event.occurred_at,
        issuer=names.who(event.actor), place=names.where(event.place), quantity=event.quantity,
        unit=event.unit.value, basis=_values(event.basis),
        commitments=_values(event.commitments), report=event.report, replaces=event.replaces,
        signed=_signatures(effect, names),
    )  # fmt: skip


def harvest(effect: Effect, names: Names) -> Harvest | None:
    """Give the origin that one of our own events is."""
    event = effect.event
    if not isinstance(event, v.BatchHarvested):
        return None
    head = OriginHead(
        batch=event.batch, event=event.id, position=effect.position, plot=names.where(event.plot),
        holder=names.who(event.actor), harvested_on=event.occurred_at.date().isoformat(),
        quantity=event.quantity, unit=event.unit.value,
    )  # fmt: skip
    return Harvest(event.batch, event.plot, event.occurred_at, head)


def links(effect: Effect) -> list[tuple[str, str]]:
    """Give which batch went into which."""
    event = effect.event
    if not isinstance(event, v.BatchTransformed):
        return []
    parents = dict.fromkeys(item.batch for item in event.inputs)
    return [(parent, child.batch) for child in event.outputs for parent in parents]


def treatment(effect: Effect) -> bytes | None:
    """Give a treatment as JSON."""
    event = effect.event
    if not isinstance(event, v.PlotTreated):
        return None
    return msgspec.json.encode(Treatment(
        event=event.id, position=effect.position, occurred_at=event.occurred_at,
        substance=event.substance, registration=event.registration, dose=event.dose,
        interval_days=event.interval_days, late=_late(effect),
    ))  # fmt: skip


def foreign_steps(captured: Captured, names: Names) -> list[Told]:
    """Give the steps of a foreign event, one a batch, item or container that it names."""
    foreign = captured.foreign
    parents = (foreign.parent,) if foreign.parent else ()
    added = foreign.action == "ADD" and foreign.kind == "ObjectEvent"
    inputs, outputs = counted(foreign.inputs), counted(foreign.outputs)
    found: dict[str, Told] = {}
    for rank, parts in (
        (Rank.MADE, outputs),
        (Rank.LEFT, inputs),
        (Rank.MADE if added else Rank.MOVED, counted(foreign.observed)),
        (Rank.MOVED, counted((*foreign.children, *parents))),
    ):
        for part in parts:
            if part.key not in found:
                step = _foreign_step(captured, names, part, inputs, outputs)
                found[part.key] = Told(part.key, rank, foreign.time, step, part.display)
    return list(found.values())


def foreign_harvests(captured: Captured) -> list[Harvest]:
    """Give the origins that a foreign event tells of: where something was first there."""
    foreign, effect = captured.foreign, captured.effect
    if foreign.action != "ADD" or foreign.kind != "ObjectEvent":
        return []
    place, party = foreign.biz_location or foreign.read_point, party_of(foreign.sources)
    return [
        Harvest(part.key, place, foreign.time, OriginHead(
            batch=part.display or part.key, event=effect.event.id, position=effect.position,
            plot=Where(id=place) if place else None, holder=Who(id=party) if party else None,
            harvested_on=foreign.time.date().isoformat(), quantity=shown(part.quantity),
            unit=part.unit,
        ))
        for part in counted(foreign.observed)
    ]  # fmt: skip


def foreign_links(captured: Captured) -> list[tuple[str, str]]:
    """Give which batch went into which, in a foreign event."""
    parents = dict.fromkeys(part.key for part in captured.foreign.inputs)
    children = dict.fromkeys(part.key for part in captured.foreign.outputs)
    return [(parent, child) for child in children for parent in parents]


def _told(
    effect: Effect,
    event: Movement,
    names: Names,
    kind: str,
    rank: Rank,
    goods: Iterable[BatchQuantity],
    **more: Any,  # noqa: ANN401  fields of a step
) -> list[Told]:  # fmt: skip
    return [
        Told(batch, rank, event.occurred_at, _step(
            effect, event, names, kind, batch, quantity=quantity, unit=unit, **more
        ))
        for batch, quantity, unit in summed(goods)
    ]  # fmt: skip


def _certificate_step(effect: Effect, event: AnyEvent, names: Names) -> list[Told]:
    if isinstance(event, p.CommitmentIssued):
        step = _step(
            effect, event, names, "certified", event.batch, quantity=event.quantity,
            unit=event.unit.value, certificate=event.id, basis=_values(event.basis),
            commitments=_values(event.commitments), report=event.report,
        )  # fmt: skip
    elif isinstance(event, p.CommitmentWithdrawn):
        step = _step(
            effect, event, names, "uncertified", event.batch, certificate=event.commitment,
            reason=event.reason,
        )  # fmt: skip
    else:
        return []
    return [Told(event.batch, Rank.INSPECTED, event.occurred_at, step)]


def _values(words: Iterable[Enum]) -> tuple[str, ...]:
    return tuple(str(word.value) for word in words)


def _transformed(effect: Effect, event: v.BatchTransformed, names: Names) -> list[Told]:
    inputs = [_amount(*item) for item in summed(event.inputs)]
    outputs = [_amount(*item) for item in summed(event.outputs)]
    more = {
        "process": event.process.value,
        "inputs": tuple(inputs[:MOST_AMOUNTS]),
        "inputs_left_out": len(inputs[MOST_AMOUNTS:]),
        "outputs": tuple(outputs[:MOST_AMOUNTS]),
        "outputs_left_out": len(outputs[MOST_AMOUNTS:]),
    }
    came = _told(effect, event, names, "transformed", Rank.MADE, event.outputs, **more)
    return came + _told(effect, event, names, "used", Rank.LEFT, event.inputs, **more)


def _received(effect: Effect, event: v.ShipmentReceived, names: Names) -> list[Told]:
    came = {batch: (quantity, unit) for batch, quantity, unit in summed(event.items)}
    lost: dict[str, int] = {}
    reasons: dict[str, dict[str, None]] = {}
    for short in event.differences:
        lost[short.batch] = lost.get(short.batch, 0) + short.quantity
        reasons.setdefault(short.batch, {})[short.reason] = None
        came.setdefault(short.batch, (0, short.unit.value))
    return [
        Told(batch, Rank.MOVED, event.occurred_at, _step(
            effect, event, names, "received", batch, quantity=quantity, unit=unit,
            lost=lost.get(batch), reason="；".join(reasons.get(batch, ())) or None,
            shipment=event.shipment,
        ))
        for batch, (quantity, unit) in came.items()
    ]  # fmt: skip


def _halt(effect: Effect, names: Names) -> list[Told]:
    """Give the step that a hold or recall is of its own batch, and not of what was made of it."""
    about = said(effect.event)
    if about is None:
        return []
    step = _step(
        effect, effect.event, names, about.kind, about.batch, reason=about.reason,
        finding=about.instruction,
    )  # fmt: skip
    return [Told(about.batch, Rank.LEFT, effect.event.occurred_at, step)]


def _step(
    effect: Effect,
    event: Event,
    names: Names,
    kind: str,
    batch: str,
    **more: Any,  # noqa: ANN401  fields of a step
) -> Step:
    return Step(
        kind=kind, batch=batch, event=event.id, position=effect.position,
        occurred_at=event.occurred_at, admitted_at=effect.admitted_at, late=_late(effect),
        actor=names.who(event.actor), signed=_signatures(effect, names),
        place=names.where(event.place) if isinstance(event, Movement) else None,
        corrected=_corrected(effect), **more,
    )  # fmt: skip


def _foreign_step(
    captured: Captured, names: Names, part: Part, inputs: Sequence[Part], outputs: Sequence[Part]
) -> Step:
    foreign, effect = captured.foreign, captured.effect
    place, to_place = foreign.biz_location or foreign.read_point, location_of(foreign.destinations)
    source, to = party_of(foreign.sources), party_of(foreign.destinations)
    return Step(
        kind="captured", batch=part.display or part.key, event=effect.event.id,
        position=effect.position, occurred_at=foreign.time, admitted_at=effect.admitted_at,
        late=_late(effect), actor=names.who(effect.event.actor), signed=_signatures(effect, names),
        place=Where(id=place) if place else None, quantity=shown(part.quantity), unit=part.unit,
        inputs=_amounts(inputs), inputs_left_out=len(inputs[MOST_AMOUNTS:]),
        outputs=_amounts(outputs), outputs_left_out=len(outputs[MOST_AMOUNTS:]),
        source=Who(id=source) if source else None, to=Who(id=to) if to else None,
        to_place=Where(id=to_place) if to_place else None, biz_step=foreign.biz_step,
        result=foreign.disposition,
    )  # fmt: skip


def _amounts(parts: Sequence[Part]) -> tuple[Amount, ...]:
    return tuple(
        Amount(batch=part.display or part.key, quantity=shown(part.quantity), unit=part.unit)
        for part in parts[:MOST_AMOUNTS]
    )


def _amount(batch: str, quantity: int, unit: str) -> Amount:
    return Amount(batch=batch, quantity=shown(Decimal(quantity)), unit=unit)


def _signatures(effect: Effect, names: Names) -> tuple[Signature, ...]:
    actor = effect.event.actor
    found: list[Signature] = []
    for did in effect.keyids:
        party, custody = names.keys.get(did, (None, None))
        who = names.who(party) if party else None
        for_actor = party is not None and party != actor
        found.append(Signature(key=did, party=who, custody=custody, for_actor=for_actor))
    return tuple(found)


def _corrected(effect: Effect) -> Corrected | None:
    mark = effect.corrected
    if mark is None:
        return None
    return Corrected(
        event=mark.event, position=mark.position, occurred_at=mark.occurred_at, actor=mark.actor,
        reason=mark.reason,
    )  # fmt: skip


def _late(effect: Effect) -> bool:
    return effect.admitted_at - effect.event.occurred_at > LATE_AFTER
