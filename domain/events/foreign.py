"""Events that others recorded, kept word for word."""

from typing import Annotated

from msgspec import Meta

from domain.events.base import Event

MAX_FOREIGN = 48 * 1024


class EpcisCaptured(Event, frozen=True, kw_only=True, tag="epcis.captured.v1"):
    """One EPCIS 2.0 event as the importer (the actor) saw it.

    `epcis` is the event's JSON text to the letter, `context` that of the document's `@context`:
    text within a string, so that a foreign float or an odd order of names stays as it was.
    """

    epcis: Annotated[str, Meta(min_length=2, max_length=MAX_FOREIGN)]
    context: Annotated[str, Meta(max_length=8 * 1024)] | None = None
