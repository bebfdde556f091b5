"""Rice, 罗定稻米: two crops of paddy, blended, milled, packed and sent to Guangzhou."""

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from api.demo.almanac import Window
from api.demo.builder import Builder
from api.demo.gather import Short, Stand, bring, total
from api.demo.moves import (
    Finding,
    Lost,
    Trip,
    dispose,
    hand_over,
    harvest_to,
    inspect,
    sell,
    transform,
    treat,
)
from api.demo.parties import CARRIER, CHEN_XIULAN
from api.demo.places import (
    AT_BUYER,
    AT_HOME,
    AT_MILL,
    AT_SHOP,
    LUOJING_STORE,
    PLOTS,
    WEIDI_STORE,
)
from api.demo.produce import PADDY, RICE, RICE_5KG, kg, lot, part
from api.demo.remedies import (
    CHLORANTRANILIPROLE,
    JINGGANGMYCIN,
    PYMETROZINE,
    TRICYCLAZOLE,
)
from api.demo.stock import Spot
from domain.events.correction import EventCorrected
from domain.events.movements import BatchHarvested, Process, Result
from domain.measures import BatchQuantity

EARLY: Final = Window(4, 8, 125)
LATE: Final = Window(8, 25, 89)

_PADDY_STANDARD: Final = "GB 1350-2009 稻谷"
_RICE_STANDARD: Final = "GB/T 1354-2018 大米"
_MILLED_PERCENT: Final = 68
_BAG_G: Final = 5000


class Side(NamedTuple):
    """One cooperative's part of a crop: where it gathers, whose paddy, from which day it goes on.

    `lost_kg` is spilt on the way to the mill; `wet` paddy must be dried there first.
    """

    store: Spot
    code: str
    stands: tuple[Stand, ...]
    base: int
    lost_kg: int = 0
    wet: bool = False


_EARLY_EAST: Final = Side(
    WEIDI_STORE, "WD",
    (
        Stand("WD01", 6300, 91, ((40, CHLORANTRANILIPROLE), (66, PYMETROZINE))),
        Stand("WD02", 1850, 92, ((64, JINGGANGMYCIN),)),
        Stand("SU01", 5050, 94, ((38, TRICYCLAZOLE),)),
        Stand("SJ01", 3480, 96, ((67, PYMETROZINE),)),
        Stand("LS01", 2460, 97),
        Stand("TB03", 1290, 98, ((60, TRICYCLAZOLE),), Short(25, "装车时破了一袋，撒漏")),
    ),
    101, lost_kg=35,
)  # fmt: skip
_EARLY_WEST: Final = Side(
    LUOJING_STORE, "LJ",
    (
        Stand("LJ01", 7450, 93, ((42, CHLORANTRANILIPROLE), (70, JINGGANGMYCIN))),
        Stand("LJ02", 2240, 94),
        Stand("LZ01", 3760, 95, ((66, PYMETROZINE),)),
        Stand("TP01", 1930, 97, ((62, TRICYCLAZOLE),)),
    ),
    103,
)  # fmt: skip
_LATE_EAST: Final = Side(
    WEIDI_STORE, "WD",
    (
        Stand("WD01", 6650, 70, ((24, TRICYCLAZOLE), (48, PYMETROZINE))),
        Stand("WD02", 1980, 71, ((45, JINGGANGMYCIN),)),
        Stand("SU01", 5300, 72, ((44, PYMETROZINE),)),
        Stand("SJ01", 3720, 74, ((30, CHLORANTRANILIPROLE),)),
        Stand("LS01", 2610, 75, ((46, JINGGANGMYCIN),)),
        Stand("TB03", 1380, 76),
    ),
    79,
)  # fmt: skip
_LATE_WEST: Final = Side(
    LUOJING_STORE, "LJ",
    (
        Stand("LJ01", 7820, 70, ((28, TRICYCLAZOLE), (50, PYMETROZINE))),
        Stand("LJ02", 2370, 71, ((47, JINGGANGMYCIN),), Short(40, "过秤复核，比出门时少 40 公斤")),
        Stand("LZ01", 3940, 73),
        Stand("TP01", 2050, 75, ((49, PYMETROZINE),)),
    ),
    79, wet=True,
)  # fmt: skip


def tell_early(b: Builder) -> None:
    """Tell the early crop, 早稻: cut in July."""
    start = b.almanac.start(EARLY)
    for side in (_EARLY_EAST, _EARLY_WEST):
        _tell_side(b, start, side)


def tell_late(b: Builder) -> None:
    """Tell the late crop, 晚稻: cut in November; and 陈秀兰's own sacks, put right."""
    start = b.almanac.start(LATE)
    for side in (_LATE_EAST, _LATE_WEST):
        _tell_side(b, start, side)
    _tell_home(b, start)


def tell_waiting(b: Builder) -> None:
    """Tell of a plot that was sprayed ten days before the last: another four days to wait."""
    treat(b, PLOTS["TB02"], b.at(b.almanac.ago(9), 16), PYMETROZINE)


def _tell_side(b: Builder, start: date, side: Side) -> None:
    on, day = b.clock(start), side.base
    brought = bring(b, start, PADDY, side.stands, side.store)
    whole = PADDY.goods(lot(on(day, 9).date(), side.code), total(brought))
    transform(b, side.store, on(day, 9), Process.BLENDED, (brought, (whole,)))
    lost = Lost(part(whole, kg(side.lost_kg)), "路上篷布松开，撒漏") if side.lost_kg else None
    trip = Trip(side.store, AT_MILL, on(day + 1, 8), on(day + 1, 11), CARRIER)
    (paddy,) = hand_over(b, (whole,), trip, lost)
    paddy = _dried(b, on(day + 1, 14), paddy) if side.wet else _checked(b, on(day + 1, 14), paddy)
    rice = RICE.goods(lot(on(day + 3, 9).date(), f"MF{side.code}"), _milled(paddy.quantity))
    transform(b, AT_MILL, on(day + 3, 9), Process.MILLED, ((paddy,), (rice,)))
    finding = Finding(_RICE_STANDARD, "水分 13.6 %，碎米 4.1 %，镉 0.05 毫克/公斤")
    inspect(b, AT_MILL, on(day + 4, 10), rice, finding)
    _tell_sale(b, start + timedelta(days=day), rice, side.code)


def _tell_sale(b: Builder, base: date, rice: BatchQuantity, code: str) -> None:
    """Split the rice: one half for bags, of which Guangzhou gets most, the other stays in bulk."""
    on = b.clock(base)
    name, half = rice.batch[15:], rice.quantity // 2 // _BAG_G * _BAG_G
    halves = (RICE.goods(f"{name}-A", half), RICE.goods(f"{name}-B", rice.quantity - half))
    transform(b, AT_MILL, on(5, 8), Process.SPLIT, ((rice,), halves))
    bags = RICE_5KG.goods(lot(on(5, 9).date(), f"MF{code}"), half // _BAG_G)
    transform(b, AT_MILL, on(5, 10), Process.PACKED, ((halves[0],), (bags,)))
    trip = Trip(AT_MILL, AT_BUYER, on(6, 8), on(6, 16), CARRIER)
    (stored,) = hand_over(b, (part(bags, bags.quantity * 3 // 5),), trip)
    if code == "WD":
        trip = Trip(AT_MILL, AT_SHOP, on(6, 9), on(6, 17), CARRIER)
        (shelf,) = hand_over(b, (part(bags, 80),), trip)
        sell(b, AT_SHOP, on(8, 19), part(shelf, 23), "门店零售")
        dispose(b, AT_SHOP, on(9, 20), part(shelf, 2), "米袋被叉车划破，受污染，作销毁处理")
    sell(b, AT_BUYER, on(8, 11), part(stored, 240), "批发给餐饮门店")


def _checked(b: Builder, at: datetime, paddy: BatchQuantity) -> BatchQuantity:
    inspect(b, AT_MILL, at, paddy, Finding(_PADDY_STANDARD, "水分 13.1 %，整精米率 54.2 %"))
    return paddy


def _dried(b: Builder, at: datetime, paddy: BatchQuantity) -> BatchQuantity:
    wet = Finding(_PADDY_STANDARD, "水分 16.4 %，超过 13.5 % 的限量", Result.NON_CONFORMANT)
    inspect(b, AT_MILL, at, paddy, wet)
    grams = paddy.quantity * 966 // 1000
    dry = PADDY.goods(f"{paddy.batch[15:]}D", grams)
    transform(b, AT_MILL, at + timedelta(hours=20), Process.DRIED, ((paddy,), (dry,)))
    return _checked(b, at + timedelta(hours=25), dry)


def _milled(paddy_g: int) -> int:
    """Give the rice out of paddy, to the kilogram."""
    return kg(paddy_g * _MILLED_PERCENT // 100_000)


def _tell_home(b: Builder, start: date) -> None:
    """Let 陈秀兰 take 1,240 斤 for 公斤, and put it right the same evening."""
    plot, day = PLOTS["TB01"], start + timedelta(days=75)
    treat(b, plot, b.at(start + timedelta(days=40), 17), CHLORANTRANILIPROLE)
    wrong = PADDY.goods(lot(day, "TB01"), kg(1240))
    harvest_to(b, plot, AT_HOME.place, b.at(day, 11), wrong)
    first = b.last(AT_HOME.place, wrong.batch, b.at(day, 12)) or ""
    event = b.event(first)
    if isinstance(event, BatchHarvested):
        right = replace(event, quantity=kg(620), nonce=b.draw()[:16])
        b.record(
            EventCorrected(
                **b.common(CHEN_XIULAN.party, b.at(day, 20), first), event=first,
                reason="把斤当成公斤记了：是 1,240 斤，即 620 公斤", replacement=right,
            ),
            at=AT_HOME.place, of=(wrong.batch,),
        )  # fmt: skip
