"""Model of a product's or batch's links: those that are set now."""

from datetime import datetime

from msgspec import Struct

from domain.events.catalogue import AnyEvent
from domain.events.links import LinkSet, LinkWithdrawn

Slot = tuple[str, str, str | None, str | None]
"""Link type, language, media type, context: where one link takes another's place."""


class Standing(Struct, frozen=True):
    """A link that is set: its event, and since when."""

    event: str
    position: int
    since: datetime
    slot: Slot


class Links(Struct, frozen=True):
    """The links of one identifier, each in its slot."""

    standing: dict[Slot, Standing]

    def by_event(self, event_id: str) -> Standing | None:
        """Find a link that is set now by its event."""
        return next((one for one in self.standing.values() if one.event == event_id), None)


def slot_of(event: LinkSet) -> Slot:
    """Give the slot that a link takes."""
    media = event.media_type.value if event.media_type else None
    return (event.link_type, event.language, media, event.context)


def evolve_links(model: Links | None, event: AnyEvent, position: int) -> Links | None:
    """Fold one event into the links of its identifier."""
    standing = model.standing if model else {}
    match event:
        case LinkSet():
            slot = slot_of(event)
            new = Standing(event.id, position, event.occurred_at, slot)
            return Links({**standing, slot: new})
        case LinkWithdrawn():
            return Links({s: one for s, one in standing.items() if one.event != event.link})
        case _:
            return model
