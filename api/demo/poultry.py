"""Three-yellow chickens, 三黄鸡: counted in birds, from the grove to the cold counter."""

from typing import Final, NamedTuple

from api.demo.builder import Builder
from api.demo.gather import Short, Stand, bring
from api.demo.moves import Finding, Trip, dispose, hand_over, inspect, sell, transform
from api.demo.parties import CARRIER
from api.demo.places import AT_BUYER, AT_POULTRY, AT_SHOP
from api.demo.produce import DRESSED_CHICKEN, LIVE_CHICKEN, part
from api.demo.remedies import AMOXICILLIN
from domain.events.movements import Process

_STANDARD: Final = "GB 16869-2005 鲜、冻禽产品"


class Flock(NamedTuple):
    """A flock that leaves its grove so many days ago.

    `lame` birds are taken out at slaughter, `stale` ones at the counter.
    """

    plot: str
    birds: int
    ago: int
    treated: bool = False
    short: Short | None = None
    lame: int = 0
    stale: int = 0


_FLOCKS: Final = (
    Flock("JJ01", 320, 47, treated=True, short=Short(3, "路上闷死 3 只"), lame=1, stale=5),
    Flock("SD01", 280, 33),
    Flock("LT01", 240, 25, treated=True, lame=2, stale=2),
    Flock("JJ01", 300, 13, short=Short(1, "点数少 1 只")),
)


def tell(b: Builder) -> None:
    """Tell of four flocks in the last seven weeks; all the year round it goes like this."""
    for flock in _FLOCKS:
        _tell_flock(b, flock)


def _tell_flock(b: Builder, flock: Flock) -> None:
    start = b.almanac.ago(flock.ago)
    on = b.clock(start)
    sprays = ((-20, AMOXICILLIN),) if flock.treated else ()
    stand = Stand(flock.plot, flock.birds, 0, sprays, flock.short)
    (live,) = bring(b, start, LIVE_CHICKEN, (stand,), AT_POULTRY)
    dressed = DRESSED_CHICKEN.goods(live.batch[15:], live.quantity - flock.lame)
    transform(b, AT_POULTRY, on(1, 4), Process.SLAUGHTERED, ((live,), (dressed,)))
    inspect(b, AT_POULTRY, on(1, 5), dressed, Finding(_STANDARD, "检疫合格，氟苯尼考未检出"))
    shop = dressed.quantity * 2 // 5
    trip = Trip(AT_POULTRY, AT_SHOP, on(1, 7), on(1, 12), CARRIER)
    (shelf,) = hand_over(b, (part(dressed, shop),), trip)
    trip = Trip(AT_POULTRY, AT_BUYER, on(1, 8), on(1, 13), CARRIER)
    (stored,) = hand_over(b, (part(dressed, dressed.quantity - shop),), trip)
    sell(b, AT_BUYER, on(2, 10), stored, "批发给餐饮门店")
    sell(b, AT_SHOP, on(2, 19), part(shelf, shop * 3 // 4), "冷柜零售")
    rest = shop - shop * 3 // 4
    sell(b, AT_SHOP, on(4, 19), part(shelf, rest - flock.stale), "冷柜零售，临期折价")
    if flock.stale:
        dispose(b, AT_SHOP, on(6, 20), part(shelf, flock.stale), "过了保鲜期，作无害化处理")
