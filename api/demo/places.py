"""Where things are: plots by their short code, and the yards, works and shops of the firms."""

from typing import Final, NamedTuple

from api.demo.almanac import OfficeHours
from api.demo.builder import Builder
from api.demo.parties import (
    AUTHORITY,
    BUYER,
    CHENWU,
    DOUCHI_WORKSHOP,
    DRYING_HOUSE,
    FARMERS,
    GUANGZHOU_YUEXIU,
    INSPECTOR,
    LIANXING,
    MILL,
    POULTRY_HOUSE,
    RETAILER,
)
from api.demo.stock import Spot
from domain.events.registry import PlaceKind, PlaceRegistered
from domain.ids import Division, PartyId, PlaceId

_MU_M2: Final = 2000
"""Three 亩 are 2000 m²."""


class Site(NamedTuple):
    """A place of a firm."""

    spot: Spot
    kind: PlaceKind
    township: Division
    name: str


class Plot(NamedTuple):
    """A plot; `code` goes into the lot numbers of what grows there."""

    code: str
    number: int
    name: str
    farmer: int
    tenth_mu: int

    @property
    def place(self) -> PlaceId:
        """The plot's id."""
        return f"L445381-{self.number:06d}"

    @property
    def holder(self) -> PartyId:
        """The farmer's party id."""
        return f"P445381-{self.farmer:06d}"

    @property
    def spot(self) -> Spot:
        """The farmer at the plot."""
        return Spot(self.holder, self.place)


def _site(number: int, party: PartyId, kind: PlaceKind, township: Division, name: str) -> Site:
    return Site(Spot(party, f"L445381-{number:06d}"), kind, township, name)


_SITES: Final = (
    _site(1, AUTHORITY, PlaceKind.OFFICE, "445381001", "罗定市农业农村局（演示）"),
    _site(2, INSPECTOR, PlaceKind.OFFICE, "445381001", "罗定市农产品检测站（演示）"),
    _site(3, CHENWU, PlaceKind.YARD, "445381111", "陈屋合作社晒场"),
    _site(4, CHENWU, PlaceKind.WAREHOUSE, "445381109", "陈屋合作社围底收粮点"),
    _site(5, LIANXING, PlaceKind.YARD, "445381116", "联兴社泗纶收购点"),
    _site(6, LIANXING, PlaceKind.WAREHOUSE, "445381100", "联兴社罗镜收粮点"),
    _site(7, MILL, PlaceKind.WORKSHOP, "445381109", "谷满仓米厂"),
    _site(8, DOUCHI_WORKSHOP, PlaceKind.WORKSHOP, "445381003", "古榕豆豉坊"),
    _site(9, DRYING_HOUSE, PlaceKind.PACKING_HOUSE, "445381002", "金桂烘干分装厂"),
    _site(10, POULTRY_HOUSE, PlaceKind.WORKSHOP, "445381004", "双东鲜禽加工场"),
    _site(11, BUYER, PlaceKind.WAREHOUSE, GUANGZHOU_YUEXIU, "穗禾越秀仓"),
    _site(12, RETAILER, PlaceKind.SHOP, GUANGZHOU_YUEXIU, "东山口鲜选超市"),
    _site(13, FARMERS[0].party, PlaceKind.YARD, "445381111", "陈屋村晒谷坪"),
)
(
    _, _, _CHENWU_YARD, _WEIDI, _SILUN, _LUOJING, _MILL, _DOUCHI, _DRYING, _POULTRY, _STORE, _SHOP,
    _HOME,
) = _SITES  # fmt: skip

CHENWU_YARD: Final = _CHENWU_YARD.spot
WEIDI_STORE: Final = _WEIDI.spot
SILUN_YARD: Final = _SILUN.spot
LUOJING_STORE: Final = _LUOJING.spot
AT_MILL: Final = _MILL.spot
AT_DOUCHI: Final = _DOUCHI.spot
AT_DRYING: Final = _DRYING.spot
AT_POULTRY: Final = _POULTRY.spot
AT_BUYER: Final = _STORE.spot
AT_SHOP: Final = _SHOP.spot
AT_HOME: Final = _HOME.spot
"""陈秀兰 at the village's threshing floor."""

PLOTS: Final = {
    plot.code: plot
    for plot in (
        Plot("TB07", 101, "七号山地", 101, 120),
        Plot("TB01", 102, "一号水田", 101, 15),
        Plot("TB02", 103, "二号水田", 101, 21),
        Plot("TB05", 104, "五号山地", 102, 90),
        Plot("TB03", 105, "三号水田", 103, 32),
        Plot("LS01", 106, "石桥边水田", 104, 60),
        Plot("LS04", 107, "河背旱地", 105, 40),
        Plot("WD01", 108, "文塱大田", 106, 150),
        Plot("WD02", 109, "圳口水田", 107, 45),
        Plot("SU01", 110, "大榄水田", 108, 120),
        Plot("SU03", 111, "屋后龙眼园", 109, 80),
        Plot("HS01", 112, "坡头龙眼园", 110, 200),
        Plot("HS02", 113, "岗顶旱地", 111, 50),
        Plot("SJ01", 114, "江边水田", 112, 84),
        Plot("PT01", 115, "石山脚旱地", 113, 60),
        Plot("JJ01", 116, "竹林鸡场", 114, 65),
        Plot("SD01", 117, "荔枝林鸡场", 115, 48),
        Plot("SI01", 118, "大坑肉桂山", 116, 300),
        Plot("SI03", 119, "小坑肉桂山", 117, 110),
        Plot("LW01", 120, "上村肉桂山", 118, 260),
        Plot("LW02", 121, "下村肉桂山", 119, 80),
        Plot("JY03", 122, "半岭山楂园", 120, 100),
        Plot("JY01", 123, "双降肉桂山", 121, 70),
        Plot("LZ01", 124, "万车水田", 122, 90),
        Plot("LJ02", 125, "桥头水田", 123, 55),
        Plot("LJ01", 126, "龙甘大田", 124, 180),
        Plot("TP01", 127, "陂角水田", 125, 48),
        Plot("FJ01", 128, "老屋李子园", 126, 90),
        Plot("FJ02", 129, "新开李子园", 127, 140),
        Plot("CB01", 130, "开阳旱地", 128, 90),
        Plot("LT01", 131, "松山鸡场", 129, 52),
        Plot("LP01", 132, "泗和龙眼园", 130, 120),
    )
}


def register_sites(b: Builder, hours: OfficeHours) -> None:
    """Let the authority register the firms' places."""
    for site in _SITES:
        if site is not _HOME:
            _register(b, hours, AUTHORITY, site)


def register_plots(b: Builder, hours: OfficeHours) -> None:
    """Let each cooperative register its members' plots, and one a threshing floor."""
    _register(b, hours, CHENWU, _HOME)
    by_party = {farmer.party: farmer for farmer in FARMERS}
    for plot in PLOTS.values():
        farmer = by_party[plot.holder]
        b.record(PlaceRegistered(
            **b.common(farmer.cooperative, hours.next(12)), place=plot.place, holder=farmer.party,
            kind=PlaceKind.PLOT, township=farmer.township, name=plot.name,
            area_m2=round(plot.tenth_mu * _MU_M2 / 30),
        ))  # fmt: skip


def _register(b: Builder, hours: OfficeHours, actor: PartyId, site: Site) -> None:
    b.record(PlaceRegistered(
        **b.common(actor, hours.next(9)), place=site.spot.place, holder=site.spot.party,
        kind=site.kind, township=site.township, name=site.name,
    ))  # fmt: skip
