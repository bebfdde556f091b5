"""What is known when an event is decided: models by tag, and facts about recorded events."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import Struct, field

from domain import tags
from domain.events.catalogue import AnyEvent
from domain.lineage import Verdicts
from domain.models.batch import Batch, evolve_batch
from domain.models.governance import (
    Key,
    Ledger,
    Membership,
    Party,
    evolve_key,
    evolve_ledger,
    evolve_membership,
    evolve_party,
)
from domain.models.halts import Halts, evolve_halts
from domain.models.links import Links, evolve_links
from domain.models.market import (
    Demand,
    Offer,
    Order,
    evolve_demand,
    evolve_offer,
    evolve_order,
)
from domain.models.marks import Grant, evolve_grant
from domain.models.registry import Place, Product, evolve_place, evolve_product
from domain.models.shipment import Shipment, evolve_shipment

Model = (
    Ledger
    | Party
    | Key
    | Membership
    | Place
    | Product
    | Batch
    | Halts
    | Links
    | Grant
    | Shipment
    | Offer
    | Demand
    | Order
)


class Fact(Struct, frozen=True, gc=False):
    """What the rules need of an event that is in the ledger already."""

    position: int
    actor: str
    occurred_at: datetime
    digest: bytes


class Signed(Struct, frozen=True, gc=False):
    """An event whose signatures are checked: by which keys, and the payload's SHA-256."""

    event: AnyEvent
    keyids: tuple[str, ...]
    digest: bytes


class Numbered(Struct, frozen=True, gc=False):
    """An admitted event at its position."""

    position: int
    event: AnyEvent


class History(Protocol):
    """Reads admitted events back; only a correction needs it."""

    def by_id(self, event_id: str) -> Numbered | None:
        """Find an event by its id."""
        ...

    def by_tag(self, tag: str) -> list[Numbered]:
        """Give all events of a tag in order, corrections included."""
        ...


class State(Struct, frozen=True):
    """The models and facts in reach; what is not there does not exist.

    `verdicts` is what was found of batches before, by whoever keeps it from event to event. Tags
    are written out here as `domain.tags` makes them: a look takes no longer than a call of it.
    """

    models: Mapping[str, Any]
    """A model, or None, by its tag."""
    facts: Mapping[str, Fact | None]
    history: History
    verdicts: Verdicts = field(default_factory=Verdicts)

    def ledger(self) -> Ledger | None:
        """The ledger's model, once it is opened."""
        found: Ledger | None = self.models.get(tags.LEDGER)
        return found

    def party(self, party_id: str) -> Party | None:
        """A party's model."""
        found: Party | None = self.models.get(f"party:{party_id}")
        return found

    def key(self, did: str) -> Key | None:
        """A key's model."""
        found: Key | None = self.models.get(f"key:{did}")
        return found

    def membership(self, cooperative: str, member: str) -> Membership | None:
        """A membership's model."""
        found: Membership | None = self.models.get(f"member:{cooperative}:{member}")
        return found

    def place(self, place_id: str) -> Place | None:
        """A place's model."""
        found: Place | None = self.models.get(f"place:{place_id}")
        return found

    def product(self, gtin: str) -> Product | None:
        """A product's model."""
        found: Product | None = self.models.get(f"product:{gtin}")
        return found

    def batch(self, batch_id: str) -> Batch | None:
        """A batch's model."""
        found: Batch | None = self.models.get(f"batch:{batch_id}")
        return found

    def halts(self) -> Halts | None:
        """What is held and recalled now."""
        found: Halts | None = self.models.get(tags.HALTS)
        return found

    def links(self, identifier: str) -> Links | None:
        """The links of a product or batch."""
        found: Links | None = self.models.get(f"links:{identifier}")
        return found

    def grant(self, event_id: str) -> Grant | None:
        """A grant of a mark."""
        found: Grant | None = self.models.get(f"grant:{event_id}")
        return found

    def shipment(self, event_id: str) -> Shipment | None:
        """A shipment's model."""
        found: Shipment | None = self.models.get(f"shipment:{event_id}")
        return found

    def offer(self, event_id: str) -> Offer | None:
        """An offer's model."""
        found: Offer | None = self.models.get(f"offer:{event_id}")
        return found

    def demand(self, event_id: str) -> Demand | None:
        """A demand's model."""
        found: Demand | None = self.models.get(f"demand:{event_id}")
        return found

    def order(self, event_id: str) -> Order | None:
        """An order's model."""
        found: Order | None = self.models.get(f"order:{event_id}")
        return found

    def fact(self, event_id: str) -> Fact | None:
        """What is known of an event by its id."""
        return self.facts.get(event_id)


_FOLDS: Final[dict[str, Callable[[Any, str, AnyEvent, int], Model | None]]] = {
    "batch": evolve_batch,
    "halts": lambda model, _, event, position: evolve_halts(model, event, position),
    "links": lambda model, _, event, position: evolve_links(model, event, position),
    "grant": lambda model, _, event, position: evolve_grant(model, event, position),
    "shipment": lambda model, _, event, position: evolve_shipment(model, event, position),
    "place": lambda model, _, event, position: evolve_place(model, event, position),
    "order": lambda model, _, event, position: evolve_order(model, event, position),
    "offer": lambda model, _, event, position: evolve_offer(model, event, position),
    "demand": lambda model, _, event, position: evolve_demand(model, event, position),
    "party": lambda model, _, event, __: evolve_party(model, event),
    "key": lambda model, _, event, position: evolve_key(model, event, position),
    "member": lambda model, _, event, __: evolve_membership(model, event),
    "product": lambda model, _, event, __: evolve_product(model, event),
    "ledger": lambda model, _, event, position: evolve_ledger(model, event, position),
}


def evolve(model: Model | None, tag: str, event: AnyEvent, position: int) -> Model | None:
    """Fold one admitted event into the model of a tag that it touches."""
    return _FOLDS[tag.partition(":")[0]](model, tag, event, position)
