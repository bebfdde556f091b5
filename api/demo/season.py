"""One season of Luoding, whole: from the opening of the ledger to yesterday evening."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.demo import (
    cinnamon,
    dealings,
    douchi,
    fruit,
    marks,
    parties,
    places,
    poultry,
    produce,
    rice,
    safety,
    trade,
)
from api.demo.almanac import Almanac, OfficeHours, Window
from api.demo.builder import Builder
from api.demo.parties import Person
from domain.events.catalogue import AnyEvent
from domain.ids import BatchId, PartyId
from ledger.keys import SigningKey

_WINDOWS: Final[tuple[Window, ...]] = (
    rice.EARLY, rice.LATE, cinnamon.SPRING, cinnamon.AUTUMN, cinnamon.SHOWCASE, douchi.SEASON,
    fruit.PLUM_TIME, fruit.LONGAN_TIME, fruit.HAWTHORN_TIME,
)  # fmt: skip
_STORIES: Final = (
    rice.tell_early, rice.tell_late, rice.tell_waiting, cinnamon.tell_spring, cinnamon.tell_autumn,
    cinnamon.tell_showcase, douchi.tell, fruit.tell, poultry.tell, trade.tell,
    dealings.tell, safety.tell,
)  # fmt: skip
_BEFORE: Final = timedelta(days=84)
"""How long before the first window the ledger is opened: time to register, and to spray."""


@dataclass(frozen=True)
class Season:
    """A season: envelopes as the ledger stores them, and the events in them, in causal order.

    `keys` are the demo's, never for production; `people` is for the vault; `showcase` is the
    batch of bags whose passport is worth opening.
    """

    envelopes: list[bytes]
    events: list[AnyEvent]
    keys: dict[PartyId, SigningKey]
    people: list[Person]
    showcase: BatchId


def season(
    now: datetime,
    origin: str,
    log_key: str,
    seed: int = 2026,
    authority_key: SigningKey | None = None,
) -> Season:
    """Make up the season that ends the day before `now` (any time zone).

    `origin` and `log_key` (a C2SP verifier key) go into the opening. The same arguments give the
    same payloads; of the signatures, P-256 has other bytes each time.
    """
    almanac = Almanac(now)
    b = Builder(almanac, seed)
    hours = OfficeHours(min(almanac.start(window) for window in _WINDOWS) - _BEFORE)
    parties.open_ledger(b, hours, origin, log_key, authority_key)
    parties.admit_organisations(b, hours)
    places.register_sites(b, hours)
    produce.register_products(b, hours)
    parties.admit_farmers(b, hours)
    places.register_plots(b, hours)
    marks.grant_marks(b, hours)
    for tell in _STORIES:
        tell(b)
    written = b.written()
    return Season(
        envelopes=[item.stored for item in written],
        events=[item.event for item in written],
        keys=dict(b.keys),
        people=parties.people(),
        showcase=cinnamon.showcase(almanac),
    )
