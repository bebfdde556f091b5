"""A recall and a hold of the last evening: beans with a residue, and rice that is tested again."""

from datetime import timedelta
from typing import Final

from api.demo import douchi, rice
from api.demo.almanac import Window
from api.demo.builder import Builder
from api.demo.moves import Trip, dispose, hold, recall, send
from api.demo.parties import AUTHORITY, CARRIER, INSPECTOR
from api.demo.places import AT_DOUCHI, AT_SHOP
from api.demo.produce import DOUCHI_250, PADDY, SOYBEANS, Product, lot, part
from domain.ids import BatchId

_HAZARD: Final = "黄豆中吡虫啉残留超过限量"
_INSTRUCTION: Final = "停售停用；用它做的豆豉一并下架，退回加工坊或者就地销毁。"
_REASON: Final = "镉的快检值接近限量，等实验室复检"


def tell(b: Builder) -> None:
    """Tell of both, and of the jars that the shop takes off its shelf the same evening."""
    on = b.clock(b.almanac.last_day)
    jars = b.largest(AT_SHOP.party, DOUCHI_250.gtin, on(0, 17)).goods
    recall(b, AUTHORITY, on(0, 18), recalled(b), (_HAZARD, _INSTRUCTION))
    hold(b, INSPECTOR, on(0, 19), held(b), _REASON)
    trip = Trip(AT_SHOP, AT_DOUCHI, on(0, 20), on(0, 20), CARRIER)
    send(b, (part(jars, jars.quantity // 2),), trip)
    dispose(b, AT_SHOP, on(0, 21), part(jars, 6), "召回下架时已开罐，就地销毁")


def recalled(b: Builder) -> BatchId:
    """Name the beans that are recalled."""
    return _cut(b, douchi.SEASON, 77, SOYBEANS, "PT01")


def held(b: Builder) -> BatchId:
    """Name the paddy that is held."""
    return _cut(b, rice.LATE, 71, PADDY, "LJ02")


def _cut(b: Builder, window: Window, day: int, product: Product, code: str) -> BatchId:
    """Name the lot that was cut on a plot so many days into a window."""
    return f"{product.gtin}/{lot(b.almanac.start(window) + timedelta(days=day), code)}"
