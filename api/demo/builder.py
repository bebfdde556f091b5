"""Makes the season's events: their ids, nonces, causes and signatures, and their order."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Final, NamedTuple

from api.authoring.new_event import Common, signed
from api.demo.almanac import Almanac, moment
from api.demo.stock import Held, Stock
from domain.events.catalogue import AnyEvent
from domain.events.market import OfferMade
from domain.events.marks import MarkClaim
from domain.ids import BatchId, EventId, Gtin, PartyId, PlaceId, uuid7
from ledger.keys import SigningKey

_SHORT_HOUR: Final = 50
"""Minutes of an hour that are drawn from, so that one hour's work is over before the next."""


class Written(NamedTuple):
    """An event and its envelope as the ledger stores it."""

    event: AnyEvent
    stored: bytes


class Builder:
    """Collects events in the order in which the stories are told, and gives them by time.

    All that looks like chance is drawn from the seed; only an ECDSA signature has other bytes each
    time (`ledger.keys`), over the same payload.
    """

    def __init__(self, almanac: Almanac, seed: int) -> None:
        """Begin a season with no event in it."""
        self.almanac: Final = almanac
        self.seed: Final = seed
        self.keys: Final[dict[PartyId, SigningKey]] = {}
        self.signs_for: Final[dict[PartyId, PartyId]] = {}
        """For a party without a key, the cooperative that signs for it."""
        self.claims: Final[dict[PartyId, MarkClaim]] = {}
        """By whom a mark was granted to, the claim under that grant."""
        self.stock: Final = Stock()
        self._events: list[AnyEvent] = []
        self._times: dict[EventId, datetime] = {}
        self._trail: dict[tuple[PlaceId, BatchId], list[EventId]] = {}
        self._numbers = count()

    def draw(self) -> bytes:
        """Give the next 32 bytes of the seed's chance."""
        return sha256(f"suyuan demo|{self.seed}|{next(self._numbers)}".encode()).digest()

    def at(self, day: date, hour: int) -> datetime:
        """Give a time within an hour of a day."""
        drawn = self.draw()
        return moment(day, hour, drawn[0] % _SHORT_HOUR).replace(second=drawn[1] % 60)

    def clock(self, start: date) -> Callable[[int, int], datetime]:
        """Give a story's clock: a time within an hour of the day so many days after its start."""
        return lambda day, hour: self.at(start + timedelta(days=day), hour)

    def common(self, actor: PartyId, at: datetime, *causes: EventId | None) -> Common:
        """Give the common fields of a new event, which follows from its causes (None: nothing).

        Raises:
            ValueError: where a cause came later: the story is wrong.
        """
        refs = tuple(dict.fromkeys(cause for cause in causes if cause))
        for ref in refs:
            if self._times[ref] > at:
                raise ValueError(f"what {actor} did at {at} follows from {ref}, which came later")
        drawn = self.draw()
        event_id = uuid7(int(at.timestamp() * 1000), drawn[:10])
        return Common(id=event_id, occurred_at=at, actor=actor, nonce=drawn[16:], refs=refs)

    def record(self, event: AnyEvent, *, at: PlaceId = "", of: tuple[BatchId, ...] = ()) -> EventId:
        """Add an event; `at` and `of` say which batches at which place have it as their latest."""
        self._events.append(event)
        self._times[event.id] = event.occurred_at
        self.stock.apply(event)
        for batch in of:
            self._trail.setdefault((at, batch), []).append(event.id)
        return event.id

    def event(self, event_id: EventId) -> AnyEvent:
        """Give an event that was recorded."""
        return next(event for event in self._events if event.id == event_id)

    def last(self, place: PlaceId, batch: BatchId, at: datetime) -> EventId | None:
        """Give what had happened last to a batch at a place by then; no batch: to the plot."""
        known = [event for event in self._trail.get((place, batch), ()) if self._times[event] <= at]
        return max(known, key=self._times.__getitem__, default=None)

    def largest(self, party: PartyId, gtin: Gtin, at: datetime) -> Held:
        """Give the largest lot of a product that a party has, of those that are settled by a time.

        Raises:
            ValueError: where there is none: the story is wrong.
        """
        settled = [held for held in self.stock.of(party, gtin) if self._settled(held) <= at]
        if not settled:
            raise ValueError(f"{party} has nothing of {gtin} at {at}")
        return max(settled, key=lambda held: (held.goods.quantity, held.goods.batch))

    def spare(self, party: PartyId, gtin: Gtin, at: datetime) -> Held | None:
        """Give the largest lot of a product that a party has never offered; None without one."""
        offered = {event.batch for event in self._events if isinstance(event, OfferMade)}
        free = [
            held for held in self.stock.of(party, gtin)
            if held.goods.batch not in offered and self._settled(held) <= at
        ]  # fmt: skip
        return max(free, key=lambda held: (held.goods.quantity, held.goods.batch), default=None)

    def written(self) -> list[Written]:
        """Give all events by time, each signed by its actor or whoever may sign for it.

        Raises:
            ValueError: where, put in order of time, more is taken than is there.
        """
        ordered = sorted(self._events, key=lambda event: event.occurred_at)
        stock = Stock()
        for event in ordered:
            stock.apply(event)
        return [Written(event, self._signed(event)) for event in ordered]

    def _settled(self, held: Held) -> datetime:
        """Give when a holding last changed."""
        return max(self._times[event] for event in self._trail[held.spot.place, held.goods.batch])

    def _signed(self, event: AnyEvent) -> bytes:
        key = self.keys.get(event.actor) or self.keys[self.signs_for[event.actor]]
        return signed(event, key)
