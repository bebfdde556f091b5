"""Foreign EPCIS 2.0 events: documents cut into events word for word, and what an event says.

`split` cuts a document, `read` says what one event means for the trace, `canonical_key` names the
node that an identifier stands for, `faults` says why an event can't be read.
"""

from domain.epcis.documents import Document, EventText, split
from domain.epcis.events import (
    ForeignEvent,
    ForeignQuantity,
    Qualified,
    UnreadableEvent,
    read,
)
from domain.epcis.faults import faults
from domain.epcis.identifiers import canonical_key
from domain.epcis.problems import Problem

__all__ = [
    "Document",
    "EventText",
    "ForeignEvent",
    "ForeignQuantity",
    "Problem",
    "Qualified",
    "UnreadableEvent",
    "canonical_key",
    "faults",
    "read",
    "split",
]
