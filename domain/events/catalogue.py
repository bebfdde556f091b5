"""All event types, and the reader that turns a payload into one of them."""

from collections.abc import Callable
from typing import Final, get_args

import msgspec

from domain.events.correction import EventCorrected
from domain.events.foreign import EpcisCaptured
from domain.events.governance import (
    KeyBound,
    KeyRevoked,
    LedgerOpened,
    LogRotated,
    MembershipBegan,
    MembershipEnded,
    PartyAdmitted,
    RulesAdopted,
)
from domain.events.holds import BatchHeld, BatchRecalled, BatchReleased, RecallClosed
from domain.events.links import LinkSet, LinkWithdrawn
from domain.events.market import (
    DemandPosted,
    DemandWithdrawn,
    OfferChanged,
    OfferMade,
    OfferWithdrawn,
    OrderCancelled,
    OrderConfirmed,
    OrderDisputed,
    OrderPlaced,
    OrderRefused,
    OrderSettled,
)
from domain.events.marks import MarkGranted, MarkRevoked
from domain.events.movements import (
    BatchDisposed,
    BatchHarvested,
    BatchInspected,
    BatchSold,
    BatchTransformed,
    PlotTreated,
    ShipmentReceived,
    ShipmentSent,
)
from domain.events.papers import CommitmentIssued, CommitmentWithdrawn, LabelPrinted
from domain.events.registry import PlaceRegistered, ProductRegistered

AnyEvent = (
    LedgerOpened | RulesAdopted | LogRotated | PartyAdmitted | KeyBound | KeyRevoked
    | MembershipBegan | MembershipEnded | PlaceRegistered | ProductRegistered | PlotTreated
    | BatchHarvested | BatchTransformed | ShipmentSent | ShipmentReceived | BatchInspected
    | BatchSold | BatchDisposed | BatchHeld | BatchReleased | BatchRecalled | RecallClosed
    | CommitmentIssued | CommitmentWithdrawn | LabelPrinted
    | OfferMade | OfferChanged | OfferWithdrawn | DemandPosted | DemandWithdrawn
    | OrderPlaced | OrderConfirmed | OrderRefused | OrderCancelled | OrderDisputed | OrderSettled
    | LinkSet | LinkWithdrawn | MarkGranted | MarkRevoked | EventCorrected | EpcisCaptured
)  # fmt: skip
"""The union that `match` must exhaust."""

_DECODER: Final[msgspec.json.Decoder[AnyEvent]] = msgspec.json.Decoder(AnyEvent)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def wire_name(kind: type) -> str:
    """Give the name that a type has on the wire, such as `batch.shipped.v1`."""
    return str(kind.__struct_config__.tag)  # type: ignore[attr-defined]


TYPES: Final[dict[str, type]] = {wire_name(kind): kind for kind in get_args(AnyEvent)}
"""Each type by its name on the wire."""


def type_of(event: AnyEvent) -> str:
    """Give an event's name on the wire."""
    return wire_name(type(event))


decode: Final[Callable[[bytes], AnyEvent]] = _DECODER.decode
"""Read a payload.

Raises:
    msgspec.ValidationError: where a field is missing, unknown or wrong, with its path.
    msgspec.DecodeError: where it is no JSON.
"""

encode: Final[Callable[[AnyEvent], bytes]] = _ENCODER.encode
"""Write an event as canonical JSON (RFC 8785): names sorted, no white space, no floats."""
