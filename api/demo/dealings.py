"""What trade customers do: prices by quantity, a part confirmed, called off, disputed, settled."""

from datetime import timedelta
from typing import Final

from api.demo.almanac import moment
from api.demo.builder import Builder
from api.demo.deals import (
    Offer,
    Terms,
    Wanted,
    call_off,
    change,
    confirm,
    confirm_part,
    deliver,
    demand,
    dispute,
    offer,
    place_order,
    settle,
)
from api.demo.parties import DOUCHI_WORKSHOP, LIANXING, MILL
from api.demo.places import AT_BUYER, AT_DRYING, AT_SHOP, PLOTS
from api.demo.produce import DOUCHI, DRY_BARK, FRESH_BARK, RICE, Product, kg, lot, part
from domain.events.market import Proof, Tier, Window
from domain.ids import PartyId
from domain.measures import Price, Unit

_KILO: Final = 1000
_COMING: Final = "TB05"
"""The plot whose next harvest is on offer."""


def tell(b: Builder) -> None:
    """Tell of the last week's dealings; where a seller has nothing to spare, of less."""
    _tell_cinnamon(b)
    _tell_douchi(b)
    _tell_rice(b)
    _tell_coming_harvest(b)
    _tell_demands(b)


def _spare(b: Builder, seller: PartyId, product: Product, terms: Terms) -> Offer | None:
    at = b.at(b.almanac.ago(7), 9)
    held = b.spare(seller, product.gtin, at)
    if held is None or held.goods.quantity < kg(400):
        return None
    quantity = held.goods.quantity // _KILO * _KILO
    return offer(b, held.spot, at, part(held.goods, quantity), terms)


def _tell_cinnamon(b: Builder) -> None:
    """Tell of an order confirmed in part and settled, of one called off, and of a new price."""
    ago, last = b.almanac.ago, b.almanac.last_day
    window = Window(moment(ago(7), 8), moment(last + timedelta(days=21), 18))
    tiers = (Tier(kg(100), Price(3200, _KILO)), Tier(kg(300), Price(3050, _KILO)))
    terms = Terms(Price(3350, _KILO), kg(20), None, tiers, window)
    made = _spare(b, LIANXING, DRY_BARK, terms)
    if made is None:
        return
    order = place_order(b, AT_BUYER, b.at(ago(6), 10), made, kg(200))
    kept = confirm_part(b, order, b.at(ago(6), 15), kg(150))
    shipment = deliver(b, kept, b.at(ago(5), 8), b.at(ago(4), 10))
    settled = settle(b, kept, b.at(ago(3), 16), shipment)
    order = place_order(b, AT_SHOP, b.at(ago(3), 10), made, kg(60))
    confirm(b, order, b.at(ago(3), 14))
    cancelled = call_off(b, order, b.at(ago(2), 9), "货车坏了，这周送不到，买方同意取消")
    dearer = terms._replace(price=Price(3420, _KILO), tiers=(Tier(kg(100), Price(3280, _KILO)),))
    change(b, made, b.at(ago(1), 9), (kg(200), dearer), settled, cancelled)


def _tell_douchi(b: Builder) -> None:
    """Tell of a delivery that its buyer disputes."""
    ago = b.almanac.ago
    made = _spare(b, DOUCHI_WORKSHOP, DOUCHI, Terms(Price(1480, _KILO), least=kg(50)))
    if made is None:
        return
    order = place_order(b, AT_BUYER, b.at(ago(6), 11), made, kg(250))
    confirm(b, order, b.at(ago(6), 16))
    shipment = deliver(b, order, b.at(ago(4), 8), b.at(ago(3), 10))
    dispute(b, order, b.at(ago(2), 10), (shipment, "两袋封口破了，受潮"), kg(50))


def _tell_rice(b: Builder) -> None:
    """Tell of a delivery that is received and not yet paid."""
    ago = b.almanac.ago
    tiers = (Tier(kg(1000), Price(600, _KILO)),)
    made = _spare(b, MILL, RICE, Terms(Price(650, _KILO), kg(100), None, tiers))
    if made is None:
        return
    order = place_order(b, AT_SHOP, b.at(ago(5), 11), made, kg(300))
    confirm(b, order, b.at(ago(5), 16))
    deliver(b, order, b.at(ago(3), 8), b.at(ago(2), 10))


def _tell_coming_harvest(b: Builder) -> None:
    """Tell of the next harvest of a plot, which is ordered before it is in."""
    plot, last = PLOTS[_COMING], b.almanac.last_day
    cut = last + timedelta(days=30)
    goods = FRESH_BARK.goods(lot(cut, plot.code), kg(600))
    window = Window(moment(cut, 8), moment(cut + timedelta(days=7), 18))
    until = moment(last + timedelta(days=25), 18)
    terms = Terms(Price(820, _KILO), kg(100), until, (), window, plot.place)
    made = offer(b, plot.spot, b.at(b.almanac.ago(4), 9), goods, terms)
    place_order(b, AT_DRYING, b.at(b.almanac.ago(2), 11), made, kg(400))


def _tell_demands(b: Builder) -> None:
    """Tell of what is wanted with papers, and by when."""
    ago, last = b.almanac.ago, b.almanac.last_day
    window = Window(moment(last, 8), moment(last + timedelta(days=14), 18))
    both = (Proof.COMMITMENT, Proof.INSPECTION)
    demand(b, AT_SHOP, b.at(ago(4), 11), Wanted(
        "cinnamon", kg(80), Unit.GRAM, Price(4200, _KILO), None, window
    ))  # fmt: skip
    demand(b, AT_BUYER, b.at(ago(3), 11), Wanted(
        "douchi", kg(500), Unit.GRAM, Price(1600, _KILO), None, window, (Proof.INSPECTION,)
    ))  # fmt: skip
    demand(b, AT_SHOP, b.at(ago(2), 10), Wanted(
        "rice", kg(1500), Unit.GRAM, Price(700, _KILO), None, window
    ))  # fmt: skip
    demand(b, AT_BUYER, b.at(ago(1), 10), Wanted(
        "hawthorn", kg(100), Unit.GRAM, Price(2800, _KILO), None, None, both
    ))  # fmt: skip
