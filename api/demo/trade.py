"""The market of the last days: what is offered and wanted now, and orders in every state."""

from datetime import timedelta
from typing import Final

from api.demo.almanac import moment
from api.demo.builder import Builder
from api.demo.deals import (
    Offer,
    Terms,
    Wanted,
    cancel,
    confirm,
    demand,
    dispatch,
    fulfil,
    no_longer,
    offer,
    place_order,
    refuse,
    withdraw,
)
from api.demo.moves import dispose, sell
from api.demo.parties import CHENWU, DOUCHI_WORKSHOP, DRYING_HOUSE, LIANXING, MILL
from api.demo.places import AT_BUYER, AT_SHOP
from api.demo.produce import (
    DOUCHI,
    DOUCHI_250,
    DRY_BARK,
    DRY_HAWTHORN,
    DRY_LONGAN_250,
    RICE,
    RICE_5KG,
    SILUN_250,
    TANBIN_500,
    Product,
    kg,
    part,
)
from domain.ids import PartyId
from domain.measures import Price, Unit

_KILO: Final = 1000


def tell(b: Builder) -> None:
    """Tell the last ten days."""
    _tell_demands(b)
    _tell_done(b)
    _tell_open(b)
    _tell_unanswered(b)
    _tell_last_day(b)


def _offer(b: Builder, seller: PartyId, product: Product, ago: int, terms: Terms) -> Offer:
    """Offer nearly all that a seller has of a product in its largest lot."""
    at = b.at(b.almanac.ago(ago), 9)
    held = b.largest(seller, product.gtin, at)
    quantity = held.goods.quantity
    if product.unit is Unit.GRAM:
        quantity = quantity // _KILO * _KILO
    return offer(b, held.spot, at, part(held.goods, quantity), terms)


def _tell_demands(b: Builder) -> None:
    ago = b.almanac.ago
    until = moment(b.almanac.last_day + timedelta(days=20), 18)
    demand(
        b, AT_BUYER, b.at(ago(9), 10),
        Wanted("cinnamon", kg(200), Unit.GRAM, Price(4000, _KILO), until),
    )  # fmt: skip
    demand(b, AT_BUYER, b.at(ago(7), 10), Wanted("rice", kg(3000), Unit.GRAM, Price(720, _KILO)))
    demand(b, AT_SHOP, b.at(ago(5), 11), Wanted("chicken", 200, Unit.PIECE, Price(6800, 1)))
    posted = demand(b, AT_SHOP, b.at(ago(6), 11), Wanted("plum", kg(300), Unit.GRAM))
    no_longer(b, AT_SHOP, b.at(ago(2), 11), posted, "过季了，改进别的水果")


def _tell_done(b: Builder) -> None:
    """Tell of an order from the offer to the shelf."""
    made = _offer(b, DOUCHI_WORKSHOP, DOUCHI_250, 9, Terms(Price(1280, 1), least=24))
    order = place_order(b, AT_SHOP, b.at(b.almanac.ago(8), 15), made, 144)
    confirm(b, order, b.at(b.almanac.ago(7), 9))
    (jars,) = fulfil(b, order, b.at(b.almanac.ago(6), 8), b.at(b.almanac.ago(5), 10))
    sell(b, AT_SHOP, b.at(b.almanac.ago(3), 19), part(jars, 17), "门店零售")


def _tell_open(b: Builder) -> None:
    """Tell of one order on the way, and one that is promised and not yet sent."""
    ago = b.almanac.ago
    made = _offer(b, MILL, RICE, 8, Terms(Price(640, _KILO), least=kg(500)))
    order = place_order(b, AT_BUYER, b.at(ago(5), 15), made, kg(2000))
    confirm(b, order, b.at(ago(4), 9))
    dispatch(b, order, b.at(ago(0), 8))
    bags = _offer(b, MILL, RICE_5KG, 8, Terms(Price(3980, 1), least=20))
    order = place_order(b, AT_SHOP, b.at(ago(3), 15), bags, 120)
    confirm(b, order, b.at(ago(1), 9))


def _tell_unanswered(b: Builder) -> None:
    """Tell of orders that wait, that were declined and taken back, and of offers without one."""
    ago = b.almanac.ago
    silun = _offer(b, LIANXING, DRY_BARK, 9, Terms(Price(3350, _KILO), least=kg(50)))
    place_order(b, AT_BUYER, b.at(ago(2), 15), silun, kg(200))
    tanbin = _offer(b, CHENWU, DRY_BARK, 8, Terms(Price(3800, _KILO), least=kg(100)))
    order = place_order(b, AT_SHOP, b.at(ago(6), 16), tanbin, kg(100))
    refuse(b, order, b.at(ago(5), 9), "这批先留给老客户，下一批月底晒好")
    bulk = _offer(b, DOUCHI_WORKSHOP, DOUCHI, 7, Terms(Price(1500, _KILO), least=kg(50)))
    order = place_order(b, AT_BUYER, b.at(ago(4), 15), bulk, kg(300))
    cancel(b, order, b.at(ago(3), 17), "数量报错了，核对后重新下单")
    place_order(b, AT_BUYER, b.at(ago(1), 10), bulk, kg(200))
    bags = _offer(b, DRYING_HOUSE, SILUN_250, 6, Terms(Price(1680, 1), least=40))
    withdraw(b, bags, b.at(ago(2), 9), "要重新贴标，改天再上")
    _offer(b, DRYING_HOUSE, DRY_LONGAN_250, 6, Terms(Price(1990, 1), least=24))
    _offer(b, DRYING_HOUSE, DRY_HAWTHORN, 5, Terms(Price(2600, _KILO), least=kg(20)))
    shown = _offer(b, CHENWU, TANBIN_500, 4, Terms(Price(3200, 1), least=20))
    place_order(b, AT_SHOP, b.at(ago(0), 10), shown, 40)


def _tell_last_day(b: Builder) -> None:
    on = b.clock(b.almanac.last_day)
    at = on(0, 11)
    held = b.largest(AT_BUYER.party, RICE_5KG.gtin, at)
    sell(b, held.spot, at, part(held.goods, 36), "批发给餐饮门店")
    at = on(0, 15)
    held = b.largest(CHENWU, DRY_BARK.gtin, at)
    dispose(b, held.spot, at, part(held.goods, 400), "碎皮受潮，作销毁处理")
    at = on(0, 16)
    held = b.largest(AT_SHOP.party, RICE_5KG.gtin, at)
    sell(b, held.spot, at, part(held.goods, 6), "门店零售")
