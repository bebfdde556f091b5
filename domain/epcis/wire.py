"""EPCIS 2.0 events as JSON writes them: the fields that the trace needs, all others allowed.

Source: EPCIS 2.0 §7.4 (the five event types) and its JSON schema, `EPCIS-JSON-Schema.json`.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Raw, Struct, field, json

Uri = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9+.\-]*:[^\s\x00-\x1f\x7f]+\Z")]
"""A URI with its scheme. A bare word is refused: `0690…/L7` would pass for one of our batches."""

Term = Annotated[str, Meta(pattern=r"^[^\s\x00-\x1f\x7f]+\Z")]
"""A word of the CBV, bare or as a URI."""

Offset = Annotated[str, Meta(pattern=r"^[+-](0\d|1[0-3]):[0-5]\d\Z|^[+-]14:00\Z")]
Uom = Annotated[str, Meta(pattern=r"^[A-Z0-9]{2,3}\Z")]
Action = Literal["ADD", "OBSERVE", "DELETE"]


class QuantityElement(Struct, frozen=True, rename="camel"):
    """A class of objects, how much of it and in which unit (§7.3.3.3)."""

    epc_class: Uri
    quantity: Raw = field(default_factory=Raw)
    """Left as it is written, so that no digit is lost; empty where it is not given."""
    uom: Uom | None = None


class Location(Struct, frozen=True):
    """A read point or business location."""

    id: Uri


class BizTransaction(Struct, frozen=True, rename="camel"):
    """A document that the event belongs to."""

    biz_transaction: Uri
    type: Term | None = None


class Source(Struct, frozen=True):
    """Where a transfer begins: an owner, a possessor or a location."""

    type: Term
    source: Uri


class Destination(Struct, frozen=True):
    """Where a transfer ends."""

    type: Term
    destination: Uri


class ErrorDeclaration(Struct, frozen=True, rename="camel"):
    """The event of the same id is declared in error (§7.4.1.4)."""

    declaration_time: Annotated[datetime, Meta(tz=True)]
    corrective_event_ids: tuple[Uri, ...] = field(default=(), name="correctiveEventIDs")


class EpcisEvent(Struct, frozen=True, kw_only=True, rename="camel", tag_field="type"):
    """What all five types have."""

    event_time: Annotated[datetime, Meta(tz=True)]
    event_time_zone_offset: Offset
    event_id: Uri | None = field(default=None, name="eventID")
    error_declaration: ErrorDeclaration | None = None
    biz_step: Term | None = None
    disposition: Term | None = None
    read_point: Location | None = None
    biz_location: Location | None = None
    biz_transaction_list: tuple[BizTransaction, ...] = ()
    source_list: tuple[Source, ...] = ()
    destination_list: tuple[Destination, ...] = ()


class ObjectEvent(EpcisEvent, frozen=True, kw_only=True, tag="ObjectEvent"):
    """Something happened to objects (§7.4.2)."""

    action: Action
    epc_list: tuple[Uri, ...] | None = None
    """None where it is not written; an empty list says that nothing was seen."""
    quantity_list: tuple[QuantityElement, ...] = ()
    sensor_element_list: tuple[Raw, ...] = ()


class AggregationEvent(EpcisEvent, frozen=True, kw_only=True, tag="AggregationEvent"):
    """Objects were put into, seen in or taken out of a parent (§7.4.3)."""

    action: Action
    parent_id: Uri | None = field(default=None, name="parentID")
    child_epcs: tuple[Uri, ...] = field(default=(), name="childEPCs")
    child_quantity_list: tuple[QuantityElement, ...] = ()


class TransactionEvent(EpcisEvent, frozen=True, kw_only=True, tag="TransactionEvent"):
    """Objects were tied to business transactions (§7.4.4)."""

    action: Action
    biz_transaction_list: Annotated[tuple[BizTransaction, ...], Meta(min_length=1)]
    parent_id: Uri | None = field(default=None, name="parentID")
    epc_list: tuple[Uri, ...] | None = None
    """None where it is not written; an empty list says that nothing was seen."""
    quantity_list: tuple[QuantityElement, ...] = ()


class TransformationEvent(EpcisEvent, frozen=True, kw_only=True, tag="TransformationEvent"):
    """Inputs were used up and outputs made (§7.4.5)."""

    input_epc_list: tuple[Uri, ...] = field(default=(), name="inputEPCList")
    input_quantity_list: tuple[QuantityElement, ...] = ()
    output_epc_list: tuple[Uri, ...] = field(default=(), name="outputEPCList")
    output_quantity_list: tuple[QuantityElement, ...] = ()
    transformation_id: Uri | None = field(default=None, name="transformationID")


class AssociationEvent(EpcisEvent, frozen=True, kw_only=True, tag="AssociationEvent"):
    """Objects were fixed to a parent, such as a sensor to a crate (§7.4.6)."""

    action: Action
    parent_id: Uri = field(name="parentID")
    child_epcs: tuple[Uri, ...] = field(default=(), name="childEPCs")
    child_quantity_list: tuple[QuantityElement, ...] = ()


AnyEpcisEvent = (
    ObjectEvent | AggregationEvent | TransactionEvent | TransformationEvent | AssociationEvent
)

EVENT_TYPES: Final = frozenset(
    kind.__struct_config__.tag
    for kind in (
        ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent
    )
)  # fmt: skip

DECODER: Final = json.Decoder(AnyEpcisEvent)
