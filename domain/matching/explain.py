"""One sentence on why an offer stands where it stands, in Chinese and English."""

from typing import Final

from msgspec import Struct

from domain.matching.parts import Part
from domain.measures import Price, Unit, show, show_price


class Found(Struct, frozen=True):
    """What an offer has for a demand: the facts that its parts were worked out from.

    `price` is that of the quantity it would sell. `distance_m` is None where a place's seat is not
    known; `age_days` is None of a harvest to come. `kept` and `broken` count the seller's orders.
    """

    price: Price
    unit: Unit
    available: int
    wanted: int
    distance_m: int | None
    age_days: int | None
    certified: bool
    inspected: bool
    kept: int
    broken: int


STRONG: Final = 800
"""From here a part is named as what speaks for an offer."""


def explain(score: int, parts: dict[Part, int], found: Found) -> tuple[str, str]:
    """Say what speaks for the offer, and what is weakest about it."""
    best = sorted(parts, key=lambda part: -parts[part])
    good = [part for part in best if parts[part] >= STRONG][:3] or best[:1]
    worst = best[-1]
    zh = "，".join(_said(part, found)[0] for part in good)
    en = ", ".join(_said(part, found)[1] for part in good)
    tail_zh = tail_en = ""
    if worst not in good and parts[worst] < STRONG:
        tail_zh = f"；不足是{_said(worst, found)[0]}"
        tail_en = f"; weakest: {_said(worst, found)[1]}"
    return (f"{score} 分：{zh}{tail_zh}。", f"Score {score}: {en}{tail_en}.")


def _said(part: Part, found: Found) -> tuple[str, str]:
    return _SAYS[part](found)


def _price(found: Found) -> tuple[str, str]:
    return (
        f"价格 {show_price(found.price, found.unit)}",
        f"price {show_price(found.price, found.unit, 'en')}",
    )


def _quantity(found: Found) -> tuple[str, str]:
    if found.available >= found.wanted:
        return "要多少都有", "the whole quantity"
    return (
        f"只有 {show(found.available, found.unit)}",
        f"only {show(found.available, found.unit, 'en')}",
    )


def _distance(found: Found) -> tuple[str, str]:
    if found.distance_m is None:
        return "路程不详", "distance unknown"
    km = (found.distance_m + 500) // 1000
    return f"直线距离约 {km} 公里", f"about {km} km away in a straight line"


def _freshness(found: Found) -> tuple[str, str]:
    if found.age_days is None:
        return "还没采收", "not harvested yet"
    if found.age_days == 0:
        return "今天的货", "made today"
    days = "day" if found.age_days == 1 else "days"
    return f"已出产 {found.age_days} 天", f"{found.age_days} {days} old"


def _certificates(found: Found) -> tuple[str, str]:
    zh = [
        name for name, has in (("有合格证", found.certified), ("检测合格", found.inspected)) if has
    ]
    en = [
        name
        for name, has in (
            ("certificate of commitment", found.certified), ("inspection passed", found.inspected),
        )
        if has
    ]  # fmt: skip
    return "、".join(zh) or "没有合格证和检测", " and ".join(en) or "no certificate or inspection"


def _record(found: Found) -> tuple[str, str]:
    past = found.kept + found.broken
    if past == 0:
        return "还没有成交记录", "no deliveries yet"
    return f"{past} 单里履约 {found.kept} 单", f"{found.kept} of {past} orders kept"


_SAYS: Final = {
    Part.PRICE: _price,
    Part.QUANTITY: _quantity,
    Part.DISTANCE: _distance,
    Part.FRESHNESS: _freshness,
    Part.CERTIFICATES: _certificates,
    Part.RECORD: _record,
}
