"""What a foreign event says, in the terms that the trace follows."""

from datetime import datetime, timedelta, timezone
from typing import Literal, assert_never

import msgspec

from domain.epcis import wire
from domain.epcis.faults import parse
from domain.epcis.identifiers import canonical_key
from domain.epcis.problems import Problem
from domain.epcis.quantities import plain_decimal
from domain.epcis.vocabulary import short_name

Kind = Literal[
    "ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent"
]


class ForeignQuantity(msgspec.Struct, frozen=True):
    """An object, or so much of a class of objects.

    `identifier` is as written, `key` the node that it names (`canonical_key`), `quantity` an exact
    decimal without an exponent or closing zeros (`200.5`), None where none is given: an instance,
    or an amount that was not counted. `uom` is a UN/ECE Rec 20 code; None beside a quantity means
    pieces (EPCIS 2.0 §7.3.3.3).
    """

    identifier: str
    key: str
    quantity: str | None = None
    uom: str | None = None


class Qualified(msgspec.Struct, frozen=True):
    """An identifier in a stated part: a source, a destination or a business transaction.

    `type` is a short name such as `owning_party`, `location` or `po`.
    """

    type: str | None
    id: str


class ForeignEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One EPCIS event, read.

    `inputs` and `outputs` are a transformation's, `observed` an object or transaction event's,
    `parent` and `children` an aggregation's or association's (a transaction event may have a parent
    beside what it observed). `time` is the event's time at its local offset. `action` is None for a
    transformation. An event that `declares_error` moves nothing: it repeats the event of the same
    `event_id` to say that it was wrong, and may name what stands in its place.
    """

    kind: Kind
    time: datetime
    action: wire.Action | None = None
    event_id: str | None = None
    biz_step: str | None = None
    disposition: str | None = None
    inputs: tuple[ForeignQuantity, ...] = ()
    outputs: tuple[ForeignQuantity, ...] = ()
    observed: tuple[ForeignQuantity, ...] = ()
    parent: ForeignQuantity | None = None
    children: tuple[ForeignQuantity, ...] = ()
    read_point: str | None = None
    biz_location: str | None = None
    sources: tuple[Qualified, ...] = ()
    destinations: tuple[Qualified, ...] = ()
    biz_transactions: tuple[Qualified, ...] = ()
    transformation_id: str | None = None
    declares_error: bool = False
    corrective_ids: tuple[str, ...] = ()


class UnreadableEvent(ValueError):
    """The text is no EPCIS event that we read; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        """Take at least one problem."""
        super().__init__("; ".join(f"{problem.path}: {problem.en}" for problem in problems))
        self.problems = problems


def read(event_text: str, context: str | None = None) -> ForeignEvent:
    """Say what an event says; `context` is the document's `@context`, as JSON, if it had one.

    Raises:
        UnreadableEvent: where `faults` finds any.
    """
    event = parse(event_text, None, "$")
    if isinstance(event, list):
        raise UnreadableEvent(event)
    return _read_what(event, _read_common(event))


def _read_common(event: wire.AnyEpcisEvent) -> ForeignEvent:
    declaration = event.error_declaration
    return ForeignEvent(
        kind=_kind(event),
        time=local_time(event.event_time, event.event_time_zone_offset),
        action=None if isinstance(event, wire.TransformationEvent) else event.action,
        event_id=event.event_id,
        biz_step=_short(event.biz_step),
        disposition=_short(event.disposition),
        read_point=_place(event.read_point),
        biz_location=_place(event.biz_location),
        sources=tuple(Qualified(short_name(s.type), s.source) for s in event.source_list),
        destinations=tuple(
            Qualified(short_name(d.type), d.destination) for d in event.destination_list
        ),
        biz_transactions=tuple(
            Qualified(_short(t.type), t.biz_transaction) for t in event.biz_transaction_list
        ),
        declares_error=declaration is not None,
        corrective_ids=declaration.corrective_event_ids if declaration else (),
    )


def _read_what(event: wire.AnyEpcisEvent, common: ForeignEvent) -> ForeignEvent:
    replace = msgspec.structs.replace
    match event:
        case wire.ObjectEvent():
            return replace(common, observed=_amounts(event.epc_list, event.quantity_list))
        case wire.TransactionEvent():
            observed = _amounts(event.epc_list, event.quantity_list)
            return replace(common, observed=observed, parent=_parent(event.parent_id))
        case wire.AggregationEvent() | wire.AssociationEvent():
            children = _amounts(event.child_epcs, event.child_quantity_list)
            return replace(common, children=children, parent=_parent(event.parent_id))
        case wire.TransformationEvent():
            return replace(
                common,
                inputs=_amounts(event.input_epc_list, event.input_quantity_list),
                outputs=_amounts(event.output_epc_list, event.output_quantity_list),
                transformation_id=event.transformation_id,
            )
        case _:
            assert_never(event)


def local_time(instant: datetime, offset: str) -> datetime:
    """Give the instant at the local offset of the place, `+08:00` (EPCIS 2.0 §7.4.1).

    The two may be written apart: `eventTime` at any offset says when, `eventTimeZoneOffset` what
    the clock on the wall said. A part of a second beyond the microsecond is rounded.
    """
    minutes = 60 * int(offset[1:3]) + int(offset[4:6])
    sign = -1 if offset[0] == "-" else 1
    return instant.astimezone(timezone(timedelta(minutes=sign * minutes)))


def _short(term: str | None) -> str | None:
    return None if term is None else short_name(term)


def _place(location: wire.Location | None) -> str | None:
    return None if location is None else location.id


def _kind(event: wire.AnyEpcisEvent) -> Kind:
    match event:
        case wire.ObjectEvent():
            return "ObjectEvent"
        case wire.AggregationEvent():
            return "AggregationEvent"
        case wire.TransactionEvent():
            return "TransactionEvent"
        case wire.TransformationEvent():
            return "TransformationEvent"
        case wire.AssociationEvent():
            return "AssociationEvent"
        case _:
            assert_never(event)


def _parent(identifier: str | None) -> ForeignQuantity | None:
    return None if identifier is None else ForeignQuantity(identifier, canonical_key(identifier))


def _amounts(
    instances: tuple[str, ...] | None, classes: tuple[wire.QuantityElement, ...]
) -> tuple[ForeignQuantity, ...]:
    """Join what is named one by one and what is named by class, in the order of the event."""
    return (
        *(ForeignQuantity(epc, canonical_key(epc)) for epc in instances or ()),
        *(_amount(element) for element in classes),
    )


def _amount(element: wire.QuantityElement) -> ForeignQuantity:
    written = bytes(element.quantity)
    quantity = plain_decimal(written) if written else None
    key = canonical_key(element.epc_class)
    return ForeignQuantity(element.epc_class, key, quantity, element.uom)
