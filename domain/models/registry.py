"""Models of places, with the treatments that bind a plot, and of products."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from domain.events import movements as v
from domain.events import registry as r
from domain.events.catalogue import AnyEvent
from domain.measures import Content, Unit


class Treatment(Struct, frozen=True):
    """A treatment of a plot: no harvest from `since` until `until`."""

    event: str
    position: int
    substance: str
    since: datetime
    until: datetime


class Place(Struct, frozen=True):
    """A place, and on a plot its treatments."""

    holder: str
    kind: r.PlaceKind
    name: str
    treatments: tuple[Treatment, ...] = ()
    township: str = ""


class Product(Struct, frozen=True):
    """A product's unit, and what one piece of it holds."""

    unit: Unit
    content: Content | None
    name_zh: str
    name_en: str
    category: str
    registrant: str
    mark: str | None = None


def evolve_place(model: Place | None, event: AnyEvent, position: int) -> Place | None:
    """Fold one event into a place's model."""
    match event:
        case r.PlaceRegistered():
            return Place(event.holder, event.kind, event.name, township=event.township)
        case v.PlotTreated() if model:
            treatment = Treatment(
                event.id, position, event.substance, event.occurred_at,
                event.occurred_at + timedelta(days=event.interval_days),
            )  # fmt: skip
            return replace(model, treatments=(*model.treatments, treatment))
        case _:
            return model


def evolve_product(model: Product | None, event: AnyEvent) -> Product | None:
    """Fold one event into a product's model."""
    if isinstance(event, r.ProductRegistered):
        return Product(
            event.unit, event.content, event.names.zh, event.names.en, event.category, event.actor,
            event.mark,
        )  # fmt: skip
    return model
