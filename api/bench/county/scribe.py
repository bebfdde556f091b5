"""Writes the county's events: ids and nonces out of the seed, times off the county's clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final

from msgspec import Struct

from domain.events.base import Event
from domain.events.catalogue import AnyEvent
from domain.ids import gtin_check_digit, uuid7
from domain.measures import BatchQuantity, Content, Unit
from domain.moments import CST

START: Final = datetime(2024, 6, 1, 6, tzinfo=CST)
_TICK: Final = timedelta(seconds=1)


class Draft(Struct, frozen=True):
    """An event, and the names of the keys that sign it."""

    event: AnyEvent
    signers: tuple[str, ...]


class Goods(Struct, frozen=True):
    """What is held of a batch, and the event that it came by."""

    batch: str
    quantity: int
    unit: Unit
    cause: str

    def of(self, quantity: int | None = None) -> BatchQuantity:
        """Give so much of it, or all."""
        return BatchQuantity(self.batch, quantity or self.quantity, self.unit)


def _gtin(number: int) -> str:
    digits = f"02{44538109000 + number:011d}"
    return digits + gtin_check_digit(digits)


class Product(Struct, frozen=True):
    """A product of the county."""

    gtin: str
    zh: str
    en: str
    category: str
    unit: Unit = Unit.GRAM
    content: Content | None = None


PADDY: Final = Product(_gtin(1), "稻谷", "Paddy", "rice")
RICE: Final = Product(_gtin(2), "大米", "Rice", "rice")
RICE_BAG: Final = Product(
    _gtin(3), "大米 5 公斤", "Rice, 5 kg bag", "rice", Unit.PIECE, Content(5000, Unit.GRAM)
)
BARK: Final = Product(_gtin(4), "鲜桂皮", "Fresh cinnamon bark", "cinnamon")
CINNAMON: Final = Product(_gtin(5), "桂皮", "Dried cinnamon bark", "cinnamon")
CINNAMON_BAG: Final = Product(
    _gtin(6), "桂皮 500 克", "Cinnamon, 500 g", "cinnamon", Unit.PIECE, Content(500, Unit.GRAM)
)
ORANGE: Final = Product(_gtin(7), "皇帝柑", "Emperor mandarin", "fruit")
PRODUCTS: Final = (PADDY, RICE, RICE_BAG, BARK, CINNAMON, CINNAMON_BAG, ORANGE)


class Scribe:
    """The county's clock, its dice, and what every event has."""

    def __init__(self, seed: int) -> None:
        """Begin on the county's first morning."""
        self.now = START
        self.random: Final = Random(seed)  # noqa: S311  a seeded simulation
        self._lots = 0

    def common(self, actor: str, *causes: str) -> dict[str, Any]:
        """Give the fields that every event has; the clock moves on."""
        self.now += _TICK
        return {
            "id": self._id(), "occurred_at": self.now, "actor": actor,
            "nonce": self.random.randbytes(16), "refs": tuple(dict.fromkeys(causes)),
        }  # fmt: skip

    def lot(self, product: Product) -> str:
        """Name a new batch of a product."""
        self._lots += 1
        return f"{product.gtin}/{self.now:%y%m%d}-{self._lots:X}"

    def made(self, product: Product, quantity: int) -> BatchQuantity:
        """Give so much of a new batch."""
        return BatchQuantity(self.lot(product), quantity, product.unit)

    def chance(self, percent: float) -> bool:
        """Throw the dice."""
        return self.random.random() * 100 < percent

    def parts(self, whole: int, count: int) -> list[int]:
        """Cut a quantity into so many parts, none of them nothing, that add up to it."""
        cuts = sorted(self.random.sample(range(1, whole), count - 1)) if count > 1 else []
        edges = [0, *cuts, whole]
        return [after - before for before, after in pairwise(edges)]

    def _id(self) -> str:
        """Make a UUIDv7 of the clock and the seed (RFC 9562 §5.7)."""
        return uuid7(int(self.now.timestamp() * 1000), self.random.randbytes(10))


def goods(event: Event, items: Iterable[BatchQuantity]) -> list[Goods]:
    """Give what an event brought into being, or into somebody's hands."""
    return [Goods(item.batch, item.quantity, item.unit, event.id) for item in items]
