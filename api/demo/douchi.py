"""Fermented soybeans, 罗定豆豉: black beans, steamed, fermented seven weeks, bottled."""

from typing import Final

from api.demo.almanac import Window
from api.demo.builder import Builder
from api.demo.gather import Stand, bring, total
from api.demo.moves import Finding, Lost, Trip, hand_over, inspect, sell, transform
from api.demo.parties import CARRIER
from api.demo.places import AT_BUYER, AT_DOUCHI, AT_SHOP, LUOJING_STORE, WEIDI_STORE
from api.demo.produce import DOUCHI, DOUCHI_250, SOYBEANS, STEAMED, kg, lot, part
from api.demo.remedies import AZOXYSTROBIN, IMIDACLOPRID
from domain.events.movements import Process, Result

SEASON: Final = Window(4, 20, 170)

_BEANS: Final = "GB 1352-2023 大豆"
_DOUCHI: Final = "GB 2712-2014 豆制品"


def tell(b: Builder) -> None:
    """Tell the beans' year, from the spraying in May to the shelf in autumn."""
    _tell_east(b)
    _tell_south(b)


def _tell_east(b: Builder) -> None:
    start = b.almanac.start(SEASON)
    on = b.clock(start)
    stands = (
        Stand("LS04", 520, 72, ((36, IMIDACLOPRID),)), Stand("HS02", 480, 74),
        Stand("PT01", 610, 77, ((44, AZOXYSTROBIN),)),
    )  # fmt: skip
    brought = bring(b, start, SOYBEANS, stands, WEIDI_STORE)
    beans = SOYBEANS.goods(lot(on(80, 9).date(), "WD"), total(brought))
    transform(b, WEIDI_STORE, on(80, 9), Process.BLENDED, (brought, (beans,)))
    inspect(b, WEIDI_STORE, on(80, 15), beans, Finding(_BEANS, "水分 12.4 %，完整粒率 95 %"))
    trip = Trip(WEIDI_STORE, AT_DOUCHI, on(82, 8), on(82, 11), CARRIER)
    lost = Lost(part(beans, kg(6)), "卸车时一袋落地，混了泥沙，拣不出来")
    raw = hand_over(b, (beans,), trip, lost)
    steamed = STEAMED.goods(lot(on(84, 12).date(), "GR"), kg(2900))
    transform(b, AT_DOUCHI, on(84, 12), Process.STEAMED, (raw, (steamed,)))
    bulk = DOUCHI.goods(lot(on(84, 12).date(), "GR"), kg(2320))
    transform(b, AT_DOUCHI, on(134, 9), Process.FERMENTED, ((steamed,), (bulk,)))
    inspect(b, AT_DOUCHI, on(136, 10), bulk, Finding(_DOUCHI, "大肠菌群合格，黄曲霉毒素 B1 未检出"))
    jars = DOUCHI_250.goods(lot(on(140, 9).date(), "GR"), 4000)
    transform(b, AT_DOUCHI, on(140, 9), Process.PACKED, ((part(bulk, kg(1003)),), (jars,)))
    trip = Trip(AT_DOUCHI, AT_SHOP, on(145, 8), on(146, 10), CARRIER)
    (shelf,) = hand_over(b, (part(jars, 360),), trip)
    for day, count in ((150, 31), (157, 44), (164, 38)):
        sell(b, AT_SHOP, on(day, 19), part(shelf, count), "门店零售")
    trip = Trip(AT_DOUCHI, AT_BUYER, on(146, 8), on(147, 10), CARRIER)
    (stored,) = hand_over(b, (part(jars, 1500),), trip)
    sell(b, AT_BUYER, on(155, 11), part(stored, 600), "批发给餐饮门店")


def _tell_south(b: Builder) -> None:
    """Tell of the second vat: too wet at first, aired, and passed."""
    start = b.almanac.start(SEASON)
    on = b.clock(start)
    stands = (Stand("CB01", 900, 79, ((40, IMIDACLOPRID),)),)
    (beans,) = bring(b, start, SOYBEANS, stands, LUOJING_STORE)
    trip = Trip(LUOJING_STORE, AT_DOUCHI, on(83, 8), on(83, 13), CARRIER)
    raw = hand_over(b, (beans,), trip)
    steamed = STEAMED.goods(lot(on(86, 12).date(), "GR", 2), kg(1640))
    transform(b, AT_DOUCHI, on(86, 12), Process.STEAMED, (raw, (steamed,)))
    wet = DOUCHI.goods(lot(on(86, 12).date(), "GR", 2), kg(1300))
    transform(b, AT_DOUCHI, on(136, 14), Process.FERMENTED, ((steamed,), (wet,)))
    finding = Finding(_DOUCHI, "水分 47.8 %，高于坊内 45 % 的要求", Result.NON_CONFORMANT)
    inspect(b, AT_DOUCHI, on(137, 10), wet, finding)
    aired = DOUCHI.goods(lot(on(86, 12).date(), "GR", 3), kg(1180))
    transform(b, AT_DOUCHI, on(141, 17), Process.DRIED, ((wet,), (aired,)))
    inspect(b, AT_DOUCHI, on(142, 10), aired, Finding(_DOUCHI, "水分 42.6 %，各项合格"))
