"""Cinnamon, 肉桂: peeled in spring and autumn, dried in the sun, packed; and the showpiece."""

from datetime import date, datetime
from typing import Final

from api.demo.almanac import Almanac, Window
from api.demo.builder import Builder
from api.demo.deals import Terms, confirm, fulfil, offer, place_order
from api.demo.gather import Stand, bring, total
from api.demo.moves import (
    Finding,
    Goods,
    Trip,
    certify,
    hand_over,
    inspect,
    sell,
    transform,
)
from api.demo.parties import CARRIER
from api.demo.places import AT_BUYER, AT_DRYING, AT_SHOP, CHENWU_YARD, SILUN_YARD
from api.demo.produce import DRY_BARK, FRESH_BARK, SILUN_250, TANBIN_500, kg, lot, part
from api.demo.remedies import BACILLUS, IMIDACLOPRID
from api.demo.stock import Spot
from domain.events.movements import Process
from domain.events.papers import Basis
from domain.ids import BatchId, Gtin, batch_id
from domain.measures import BatchQuantity, Price

SPRING: Final = Window(3, 18, 66)
AUTUMN: Final = Window(9, 24, 38)
SHOWCASE: Final = Window(10, 12, 34)

SHOWCASE_GTIN: Final[Gtin] = TANBIN_500.gtin
"""榃滨桂皮 500 克."""
SHOWCASE_PLOT: Final = "TB07"
SHOWCASE_BAGS: Final = 423
"""How many bags were packed from 212 kg."""
SHOWCASE_ORDERED: Final = 60
"""How many bags went to the shop."""

_BARK: Final = "GB/T 30381-2013 桂皮"
_RESIDUES: Final = "GB 2763 农药最大残留限量"
_DRY_PERMILLE: Final = 442


def showcase(almanac: Almanac) -> BatchId:
    """Name the showpiece's batch of bags, such as `…/20261012-TB07-3`."""
    return batch_id(SHOWCASE_GTIN, lot(almanac.start(SHOWCASE), SHOWCASE_PLOT, 3))


def tell_showcase(b: Builder) -> None:
    """Tell the showpiece: 480 kg off one plot, 212 kg dry, 423 bags, 60 of them in a shop."""
    start = b.almanac.start(SHOWCASE)
    on = b.clock(start)
    stand = Stand(SHOWCASE_PLOT, 480, 0, ((-46, BACILLUS),), number=3, grade="一级")
    fresh = bring(b, start, FRESH_BARK, (stand,), CHENWU_YARD)
    name = lot(start, SHOWCASE_PLOT, 3)
    (dry,) = transform(
        b, CHENWU_YARD, on(7, 17), Process.DRIED, (fresh, (DRY_BARK.goods(name, kg(212)),))
    )
    inspect(b, CHENWU_YARD, on(8, 10), dry, Finding(_BARK, "水分 9.8 %，农残未检出"))
    certify(b, CHENWU_YARD, on(9, 9), dry, (Basis.QUALITY_CONTROL, Basis.COMMISSIONED_TEST))
    bags = TANBIN_500.goods(name, SHOWCASE_BAGS)
    transform(b, CHENWU_YARD, on(10, 9), Process.PACKED, ((dry,), (bags,)))
    certified = part(bags, SHOWCASE_ORDERED)
    certify(b, CHENWU_YARD, on(11, 9), certified, (Basis.QUALITY_CONTROL, Basis.COMMISSIONED_TEST))
    made = offer(
        b, CHENWU_YARD, on(12, 10), part(bags, SHOWCASE_ORDERED), Terms(Price(3200, 1), least=20)
    )
    order = place_order(b, AT_SHOP, on(15, 15), made, SHOWCASE_ORDERED)
    confirm(b, order, on(16, 9))
    (shelf,) = fulfil(b, order, on(20, 8), on(22, 10))
    for day, count in ((23, 5), (25, 8), (28, 6), (32, 7)):
        sell(b, AT_SHOP, on(day, 19), part(shelf, count), "门店零售")


def tell_spring(b: Builder) -> None:
    """Tell the spring peeling: blended at Silun, packed in Sulong, sent to Guangzhou."""
    start = b.almanac.start(SPRING)
    on = b.clock(start)
    stands = (
        Stand("SI01", 920, 2, ((-30, IMIDACLOPRID),)), Stand("SI03", 360, 4), Stand("LW01", 850, 6),
        Stand("LW02", 270, 8), Stand("JY01", 240, 9, ((-28, BACILLUS),)),
    )  # fmt: skip
    fresh = bring(b, start, FRESH_BARK, stands, SILUN_YARD)
    dried = tuple(_dry(b, SILUN_YARD, on(19 + i, 17), item) for i, item in enumerate(fresh))
    whole = DRY_BARK.goods(lot(on(26, 9).date(), "LX"), total(dried))
    transform(b, SILUN_YARD, on(26, 9), Process.BLENDED, (dried, (whole,)))
    inspect(b, SILUN_YARD, on(28, 10), whole, Finding(_BARK, "水分 11.2 %，挥发油 2.1 毫升/100 克"))
    trip = Trip(SILUN_YARD, AT_DRYING, on(31, 8), on(31, 14), CARRIER)
    packed = _pack_silun(b, hand_over(b, (part(whole, kg(600)),), trip), on(34, 9))
    trip = Trip(AT_DRYING, AT_BUYER, on(38, 8), on(39, 9), CARRIER)
    (bags,) = hand_over(b, (part(packed[0], 1600),), trip)
    for day, count in ((45, 260), (54, 310), (63, 240)):
        sell(b, AT_BUYER, on(day, 11), part(bags, count), "批发给餐饮门店")
    _tell_tanbin_spring(b, start)


def tell_autumn(b: Builder) -> None:
    """Tell the autumn peeling: each cooperative dries what its members bring."""
    start = b.almanac.start(AUTUMN)
    on = b.clock(start)
    stands = (
        Stand("SI01", 760, 2), Stand("SI03", 310, 3), Stand("LW01", 690, 5, ((-40, BACILLUS),)),
        Stand("LW02", 230, 6), Stand("JY01", 205, 8),
    )  # fmt: skip
    fresh = bring(b, start, FRESH_BARK, stands, SILUN_YARD)
    dried = tuple(_dry(b, SILUN_YARD, on(17 + i, 17), item) for i, item in enumerate(fresh))
    whole = DRY_BARK.goods(lot(on(24, 9).date(), "LX"), total(dried))
    transform(b, SILUN_YARD, on(24, 9), Process.BLENDED, (dried, (whole,)))
    inspect(b, SILUN_YARD, on(26, 10), whole, Finding(_RESIDUES, "12 项农残均未检出"))
    fresh = bring(b, start, FRESH_BARK, (Stand("TB05", 410, 12, grade="一级"),), CHENWU_YARD)
    name = fresh[0].batch[15:]
    (dry,) = transform(
        b, CHENWU_YARD, on(22, 17), Process.DRIED, (fresh, (DRY_BARK.goods(name, kg(181)),))
    )
    inspect(b, CHENWU_YARD, on(24, 10), dry, Finding(_BARK, "水分 10.4 %，色泽、香气正常"))


def _tell_tanbin_spring(b: Builder, start: date) -> None:
    on = b.clock(start)
    fresh = bring(b, start, FRESH_BARK, (Stand("TB05", 380, 5),), CHENWU_YARD)
    dry = _dry(b, CHENWU_YARD, on(15, 17), fresh[0])
    bags = TANBIN_500.goods(dry.batch[15:], dry.quantity // 500)
    transform(b, CHENWU_YARD, on(18, 9), Process.PACKED, ((dry,), (bags,)))
    inspect(b, CHENWU_YARD, on(20, 10), bags, Finding(_BARK, "水分 10.1 %，净含量合格"))
    for day, count in ((26, 48), (40, 66), (58, 52)):
        sell(b, CHENWU_YARD, on(day, 15), part(bags, count), "合作社门市和网店")


def _dry(b: Builder, spot: Spot, at: datetime, fresh: BatchQuantity) -> BatchQuantity:
    """Dry a batch to about 44 %, to the kilogram."""
    kilograms = fresh.quantity * _DRY_PERMILLE // 1_000_000
    dry = DRY_BARK.goods(fresh.batch[15:], kg(kilograms))
    transform(b, spot, at, Process.DRIED, ((fresh,), (dry,)))
    return dry


def _pack_silun(b: Builder, dry: Goods, at: datetime) -> Goods:
    bags = SILUN_250.goods(lot(at.date(), "JG"), total(dry) // 250 - 6)
    return transform(b, AT_DRYING, at, Process.PACKED, (dry, (bags,)))
