"""Fruit by the calendar: plums in June, longan in August, hawthorn in October."""

from datetime import date
from typing import Final

from api.demo.almanac import Window
from api.demo.builder import Builder
from api.demo.deals import Terms, confirm, fulfil, offer, place_order
from api.demo.gather import Stand, bring, grow, total
from api.demo.moves import (
    Finding,
    Lost,
    Trip,
    dispose,
    hand_over,
    inspect,
    sell,
    transform,
)
from api.demo.parties import CARRIER
from api.demo.places import AT_BUYER, AT_DRYING, AT_SHOP, LUOJING_STORE, SILUN_YARD
from api.demo.produce import (
    DRY_HAWTHORN,
    DRY_LONGAN,
    DRY_LONGAN_250,
    HAWTHORN,
    LONGAN,
    PLUMS,
    PLUMS_BEST,
    PLUMS_BOX,
    kg,
    lot,
    part,
)
from api.demo.remedies import AZOXYSTROBIN, IMIDACLOPRID
from domain.events.movements import Process
from domain.measures import Price

PLUM_TIME: Final = Window(4, 15, 68)
LONGAN_TIME: Final = Window(6, 10, 92)
HAWTHORN_TIME: Final = Window(8, 12, 76)

_RESIDUES: Final = "GB 2763 农药最大残留限量"


def tell(b: Builder) -> None:
    """Tell of all three."""
    _tell_plums(b)
    _tell_longan(b)
    _tell_hawthorn(b)


def _tell_plums(b: Builder) -> None:
    start = b.almanac.start(PLUM_TIME)
    on = b.clock(start)
    stands = (
        Stand("FJ01", 1400, 52, ((20, IMIDACLOPRID),)),
        Stand("FJ02", 2100, 53, ((22, AZOXYSTROBIN), (35, IMIDACLOPRID))),
    )
    brought = bring(b, start, PLUMS, stands, LUOJING_STORE)
    name = lot(on(54, 8).date(), "LX")
    best, rest = PLUMS_BEST.goods(name, kg(2600)), PLUMS.goods(name, kg(840))
    transform(b, LUOJING_STORE, on(54, 8), Process.GRADED, (brought, (best, rest)))
    inspect(b, LUOJING_STORE, on(54, 11), best, Finding(_RESIDUES, "可溶性固形物 12.1 %，农残合格"))
    boxes = PLUMS_BOX.goods(name, 1040)
    transform(b, LUOJING_STORE, on(54, 14), Process.PACKED, ((best,), (boxes,)))
    trip = Trip(LUOJING_STORE, AT_BUYER, on(55, 5), on(55, 11), CARRIER)
    lost = Lost(part(boxes, 12), "急刹车压坏 12 箱")
    (stored,) = hand_over(b, (part(boxes, 800),), trip, lost)
    sell(b, AT_BUYER, on(56, 6), part(stored, 640), "批发市场零批")
    sell(b, AT_BUYER, on(58, 6), part(stored, 121), "批发市场零批")
    dispose(b, AT_BUYER, on(63, 18), part(stored, 27), "熟过头，果面发霉，作销毁处理")
    trip = Trip(LUOJING_STORE, AT_SHOP, on(55, 6), on(55, 12), CARRIER)
    (shelf,) = hand_over(b, (part(boxes, 240),), trip)
    sell(b, AT_SHOP, on(57, 20), shelf, "门店零售")
    sell(b, LUOJING_STORE, on(57, 17), part(rest, kg(794)), "乡镇圩日零卖")
    dispose(b, LUOJING_STORE, on(60, 17), part(rest, kg(46)), "裂果腐烂，沤肥处理")


def _tell_longan(b: Builder) -> None:
    start = b.almanac.start(LONGAN_TIME)
    _tell_dried_longan(b, start)
    _tell_own_sale(b, start)
    _tell_split(b, start)


def _tell_dried_longan(b: Builder, start: date) -> None:
    on = b.clock(start)
    stands = (Stand("SU03", 900, 62, ((30, IMIDACLOPRID),)),)
    fresh = bring(b, start, LONGAN, stands, AT_DRYING)
    dry = DRY_LONGAN.goods(fresh[0].batch[15:], kg(306))
    transform(b, AT_DRYING, on(67, 9), Process.DRIED, (fresh, (dry,)))
    inspect(b, AT_DRYING, on(68, 10), dry, Finding("GB 5009.3-2016 水分测定", "水分 18.9 %"))
    bags = DRY_LONGAN_250.goods(lot(on(70, 9).date(), "JG"), 1200)
    transform(b, AT_DRYING, on(70, 9), Process.PACKED, ((part(dry, kg(302)),), (bags,)))
    trip = Trip(AT_DRYING, AT_SHOP, on(74, 8), on(75, 10), CARRIER)
    (shelf,) = hand_over(b, (part(bags, 200),), trip)
    for day, count in ((80, 36), (88, 41)):
        sell(b, AT_SHOP, on(day, 19), part(shelf, count), "门店零售")


def _tell_own_sale(b: Builder, start: date) -> None:
    """Let a grower with a phone offer his own longan, and a buyer in Guangzhou take most."""
    on = b.clock(start)
    stand = Stand("HS01", 2300, 60, ((25, AZOXYSTROBIN), (40, IMIDACLOPRID)), grade="一级")
    plot, goods = grow(b, start, LONGAN, stand)
    inspect(b, plot.spot, on(60, 12), goods, Finding(_RESIDUES, "甜度 19.5，农残合格"))
    terms = Terms(Price(1160, 1000), least=kg(200), until=on(66, 18))
    made = offer(b, plot.spot, on(60, 14), goods, terms)
    order = place_order(b, AT_BUYER, on(60, 16), made, kg(1800))
    confirm(b, order, on(60, 18))
    (stored,) = fulfil(b, order, on(61, 5), on(61, 11))
    sell(b, AT_BUYER, on(62, 6), part(stored, kg(1310)), "批发市场零批")
    sell(b, AT_BUYER, on(63, 6), part(stored, kg(452)), "批发市场零批")
    dispose(b, AT_BUYER, on(66, 18), part(stored, kg(38)), "掉粒、发霉，作销毁处理")
    sell(b, plot.spot, on(62, 8), part(goods, kg(465)), "果园采摘和路边零卖")
    dispose(b, plot.spot, on(65, 18), part(goods, kg(35)), "裂果、虫果，沤肥处理")


def _tell_split(b: Builder, start: date) -> None:
    """Let another divide one day's picking into two lots for two customers."""
    on = b.clock(start)
    plot, goods = grow(b, start, LONGAN, Stand("LP01", 1300, 64, ((38, AZOXYSTROBIN),)))
    name = goods.batch[15:]
    halves = (LONGAN.goods(f"{name}-A", kg(700)), LONGAN.goods(f"{name}-B", kg(600)))
    transform(b, plot.spot, on(64, 11), Process.SPLIT, ((goods,), halves))
    trip = Trip(plot.spot, AT_SHOP, on(65, 5), on(65, 11), CARRIER)
    (shelf,) = hand_over(b, (halves[0],), trip)
    sell(b, AT_SHOP, on(66, 20), part(shelf, kg(520)), "门店零售")
    sell(b, AT_SHOP, on(68, 20), part(shelf, kg(171)), "门店零售")
    dispose(b, AT_SHOP, on(71, 20), part(shelf, kg(9)), "卖剩的果子变质，作销毁处理")
    trip = Trip(plot.spot, AT_DRYING, on(65, 7), on(65, 9))
    fresh = hand_over(b, (halves[1],), trip)
    dry = DRY_LONGAN.goods(f"{name}-B", kg(203))
    transform(b, AT_DRYING, on(70, 15), Process.DRIED, (fresh, (dry,)))


def _tell_hawthorn(b: Builder) -> None:
    start = b.almanac.start(HAWTHORN_TIME)
    on = b.clock(start)
    stands = (Stand("JY03", 1600, 55, ((30, AZOXYSTROBIN),)),)
    brought = bring(b, start, HAWTHORN, stands, SILUN_YARD)
    trip = Trip(SILUN_YARD, AT_DRYING, on(57, 8), on(57, 14), CARRIER)
    fresh = hand_over(b, (part(brought[0], kg(1200)),), trip)
    dry = DRY_HAWTHORN.goods(fresh[0].batch[15:], total(fresh) * 21 // 100)
    transform(b, AT_DRYING, on(62, 9), Process.DRIED, (fresh, (dry,)))
    inspect(b, AT_DRYING, on(64, 10), dry, Finding(_RESIDUES, "水分 14.0 %，二氧化硫未检出"))
    sell(b, SILUN_YARD, on(60, 17), part(brought[0], kg(388)), "乡镇圩日零卖")
    plot, goods = grow(b, start, HAWTHORN, Stand("JY03", 420, 66))
    sell(b, plot.spot, on(68, 9), part(goods, kg(300)), "果园采摘")
