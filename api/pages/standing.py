"""How the ledger stands: what the foot of every page says, and whether this is a demonstration."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from domain.moments import CST
from ledger import log
from ledger.log import Connection
from projections import directory

_DEMO: Final = "演示"


class Standing(Struct, frozen=True):
    """The last position and when it was admitted; 0 and None before the ledger is opened."""

    position: int
    changed: datetime | None
    origin: str | None
    authority: str | None
    county: str | None
    rules: str | None
    log_key: str | None

    @property
    def demonstration(self) -> bool:
        """Tell whether the ledger was opened by a demonstration's authority."""
        return bool(self.authority and _DEMO in self.authority)


UNKNOWN: Final = Standing(0, None, None, None, None, None, None)
"""Where the ledger can't be asked."""


def standing(conn: Connection) -> Standing:
    """Read how the ledger stands at this moment."""
    position = log.head(conn)
    last = log.read_stored(conn, position - 1, 1) if position else []
    opened = directory.ledger(conn)
    return Standing(
        position=position, changed=last[0].admitted_at.astimezone(CST) if last else None,
        origin=opened.origin if opened else None,
        authority=opened.authority_name if opened else None,
        county=opened.county if opened else None, rules=opened.rules if opened else None,
        log_key=opened.log_key if opened else None,
    )  # fmt: skip
