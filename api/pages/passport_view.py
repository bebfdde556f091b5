"""A batch's passport as its page shows it: what it is, whose, from where, and where it is now."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from api.pages import sketch as drawn
from api.pages.facts_view import Fact, facts
from api.pages.naming import Naming, spoken
from api.pages.sketch import Sketch
from api.pages.way_view import Entry, GroupView, Way, way
from domain.ids import gtin_check_digit
from projections.directory import Product
from projections.passport import Passport, Step

_BAR = 320
"""The width of the picture of the stock, in its own units."""


class Finding(NamedTuple):
    """An inspection: whether it conformed, what was found, by which standard, by whom."""

    good: bool
    text: str
    standard: str | None
    who: str
    proof: str


class Share(NamedTuple):
    """A part of what was made, with its place and width in the bar; `mark` is its colour."""

    mark: str
    name: str
    amount: str
    left: float
    width: float


class Holder(NamedTuple):
    """Who holds how much, and where."""

    who: str
    where: str | None
    amount: str


class PassportView(NamedTuple):
    """All that the page shows of one batch."""

    title: str
    kicker: str | None
    lot: str
    gtin: str | None
    county_issued: bool
    foreign: bool
    steps: int
    position: int
    changed: str | None
    alarms: tuple[str, ...]
    notes: tuple[str, ...]
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]
    sketch: Sketch | None
    shares: tuple[Share, ...]
    holders: tuple[Holder, ...]
    holders_left_out: int
    way: Way
    way_left_out: int
    custody: tuple[str, ...]


def passport_view(
    passport: Passport, naming: Naming, products: Mapping[str, Product]
) -> PassportView:
    """Turn the document of a batch into what its page shows."""
    told = way(passport, naming, products)
    last = _last(passport)
    return PassportView(
        title=naming.product(passport.product) or _untitled(passport, naming),
        kicker=_kicker(passport, naming),
        lot=passport.lot or spoken(passport.id),
        gtin=passport.gtin,
        county_issued=bool(passport.product and passport.product.county_issued),
        foreign=passport.kind == "foreign",
        steps=len(passport.timeline) + passport.timeline_left_out,
        position=last.position if last else passport.position,
        changed=_changed(last, naming), alarms=tuple(_alarms(passport, naming)),
        notes=tuple(_notes(passport, naming)),
        facts=tuple(facts(passport, naming)), findings=tuple(_findings(passport, naming)),
        sketch=drawn.sketch(_grew(passport), _stops(passport), naming.reader.language),
        shares=_shares(passport, naming), holders=_holders(passport, naming),
        holders_left_out=passport.stock.holders_left_out, way=told,
        way_left_out=passport.timeline_left_out, custody=tuple(_custody(told.entries)),
    )  # fmt: skip


def _untitled(passport: Passport, naming: Naming) -> str:
    """Name a batch whose product is not registered here."""
    if passport.kind == "foreign":
        return naming.reader.say("外来批次")
    return passport.lot or passport.id


def _kicker(passport: Passport, naming: Naming) -> str | None:
    say = naming.reader.say
    if passport.kind == "foreign":
        return say("由别家的 EPCIS 文件记录")
    towns = list(dict.fromkeys(filter(None, (naming.town(o.plot) for o in passport.origins))))
    category = naming.category(passport.product.category) if passport.product else None
    parts = [say("广东罗定") if towns else None, category]
    return " · ".join(part for part in parts if part) or None


def _last(passport: Passport) -> Step | None:
    """Give the step that was recorded last."""
    steps = (*passport.timeline, *passport.withdrawn)
    return max(steps, key=lambda step: step.position, default=None)


def _changed(last: Step | None, naming: Naming) -> str | None:
    """Say when it was admitted, by the clock where it happened."""
    if last is None:
        return None
    return naming.reader.day(last.admitted_at.astimezone(last.occurred_at.tzinfo))


def _alarms(passport: Passport, naming: Naming) -> Iterable[str]:
    say = naming.reader.say
    for halt in passport.halts:
        if halt.kind == "recall":
            yield say(
                "正在召回，不要再吃再卖：%(why)s。%(do)s", why=halt.reason.rstrip("。"),
                do=halt.instruction,
            )  # fmt: skip
        else:
            yield say("正在封存，暂不流通：%(why)s。", why=halt.reason.rstrip("。"))
        if halt.batch != passport.id:
            yield say("起因是它用到的批次 %(batch)s。", batch=spoken(halt.batch))
    if any(step.result == "non_conformant" for step in passport.timeline):
        yield say("这个批次有一次检验不合格，下面写着是哪一次、哪一项。")


def _notes(passport: Passport, naming: Naming) -> Iterable[str]:
    say = naming.reader.say
    if passport.withdrawn:
        yield naming.reader.say_count(
            "有 %(n)s 步后来被声明为记错，下面划掉的就是。", len(passport.withdrawn)
        )
    if passport.gtin and gtin_check_digit(passport.gtin[:-1]) != passport.gtin[-1]:
        yield say("这个商品条码的校验位不对，是外来文件里这样写的。")


def _findings(passport: Passport, naming: Naming) -> Iterable[Finding]:
    for step in passport.timeline:
        if step.kind == "inspected":
            good = step.result == "conformant"
            plain = naming.reader.say("合格") if good else naming.reader.say("不合格")
            yield Finding(
                good, step.finding or plain, step.standard, naming.who(step.actor),
                f"/api/events/{step.event}",
            )  # fmt: skip


def _grew(passport: Passport) -> list[str]:
    """Give the divisions where it grew."""
    plots = (origin.plot for origin in passport.origins)
    return list(dict.fromkeys(plot.township for plot in plots if plot and plot.township))


def _stops(passport: Passport) -> list[str]:
    """Give the divisions that it came through, in order of time.

    What several ancestors did each on their own is left out until they were joined.
    """
    own, alone = {passport.id, passport.key}, len(passport.origins) == 1
    moves = [
        step
        for step in passport.timeline
        if step.kind == "transformed"
        or (step.kind == "received" and (alone or step.batch in own))
    ]  # fmt: skip
    return [step.place.township for step in moves if step.place and step.place.township]


def _shares(passport: Passport, naming: Naming) -> tuple[Share, ...]:
    stock, say = passport.stock, naming.reader.say
    if not stock.made:
        return ()
    unit = passport.product.unit if passport.product else None
    parts = (
        ("held", say("在手上"), stock.held), ("way", say("在路上"), stock.on_the_way),
        ("used", say("做成了别的"), stock.used), ("sold", say("卖给了消费者"), stock.sold),
        ("gone", say("销毁"), stock.disposed), ("lost", say("路上损失"), stock.lost),
    )  # fmt: skip
    shares, left = [], 0.0
    for mark, name, quantity in parts:
        if quantity:
            width = quantity * _BAR / stock.made
            amount = naming.amount(quantity, unit) or ""
            shares.append(Share(mark, name, amount, round(left, 2), round(width, 2)))
            left += width
    return tuple(shares)


def _holders(passport: Passport, naming: Naming) -> tuple[Holder, ...]:
    unit = passport.product.unit if passport.product else None
    return tuple(
        Holder(
            naming.who(held.party), naming.where(held.place),
            naming.amount(held.quantity, unit) or "",
        )
        for held in passport.stock.holders
    )  # fmt: skip


def _custody(entries: Iterable[Entry]) -> Iterable[str]:
    """Give each way in which something was signed, once, in the order of the steps."""
    seen = dict.fromkeys(
        line
        for entry in entries
        for step in (entry.steps if isinstance(entry, GroupView) else (entry,))
        for line in step.signed
    )
    yield from seen
