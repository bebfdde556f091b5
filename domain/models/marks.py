"""Model of a grant of a mark: to whom, for where, how much, and what was harvested under it."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.events.catalogue import AnyEvent
from domain.events.marks import MarkGranted, MarkRevoked, Quota
from domain.events.movements import BatchHarvested


class Grant(Struct, frozen=True):
    """A grant of a mark; `used` is what was harvested under it, in the quota's unit."""

    mark: str
    party: str
    categories: tuple[str, ...]
    townships: tuple[str, ...]
    quota: Quota | None
    since: datetime
    until: datetime | None
    position: int
    used: int = 0
    revoked_by: str | None = None
    revoked_at: int | None = None

    def covers(self, township: str) -> bool:
        """Tell whether a township lies in the grant's area; a county's code covers all of its."""
        return township.startswith(self.townships)


def evolve_grant(model: Grant | None, event: AnyEvent, position: int) -> Grant | None:
    """Fold one event into a grant."""
    match event:
        case MarkGranted():
            return Grant(
                event.mark, event.party, event.categories, event.townships, event.quota,
                event.occurred_at, event.until, position,
            )  # fmt: skip
        case MarkRevoked() if model:
            return replace(model, revoked_by=event.id, revoked_at=position)
        case BatchHarvested() if model:
            return replace(model, used=model.used + event.quantity)
        case _:
            return model
