"""The way of a batch as a reader sees it: steps in order, like ones of many batches together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from api.pages import words
from api.pages.naming import Naming, address, listed, parts_of
from projections.amounts import Shown
from projections.directory import Product
from projections.passport import Amount, Passport, Signature, Step

_FEWEST: Final = 3
"""So many like steps of different ancestors are shown as one."""
_WITH_REASON: Final = frozenset({"disposed", "held", "released", "recalled", "recall_closed"})
_ALARMING: Final = frozenset({"held", "recalled"})


class StepView(NamedTuple):
    """One step; what happened to an ancestor names its `batch`, with its page's address.

    `plain` is what there is to say of the signature beyond that the actor signed with its own key,
    `late` by how much it was recorded late. `event` is its id where the batch's bundle proves it: a
    foreign event is proved by the whole ledger alone.
    """

    title: str
    amount: str | None
    went: str | None
    when: str
    where: str | None
    who: str | None
    note: str | None
    signed: tuple[str, ...]
    plain: str | None
    late: str | None
    corrected: str | None
    withdrawn: bool
    alarm: bool
    proof: str
    position: int
    event: str | None
    batch: str | None
    address: str | None


class GroupView(NamedTuple):
    """Like steps of several ancestors: so many, from when to when, how much together."""

    title: str
    amount: str | None
    when: str
    where: str | None
    steps: tuple[StepView, ...]


Entry = StepView | GroupView


class Way(NamedTuple):
    """The entries in order of time; `year` where all are of one, and is then left out of each.

    `late` says that all were recorded late, and when; `some_late` that some were.
    """

    entries: tuple[Entry, ...]
    year: int | None
    late: str | None
    some_late: bool


class _Teller(NamedTuple):
    """What is needed to tell a step: whose batch it is, names, and how days are written."""

    passport: Passport
    naming: Naming
    products: Mapping[str, Product]
    year: int | None
    late_said: bool


def way(passport: Passport, naming: Naming, products: Mapping[str, Product]) -> Way:
    """Give the steps in order of time, those of several ancestors in one process grouped."""
    years = {step.occurred_at.year for step in passport.timeline}
    year = years.pop() if len(years) == 1 else None
    late = _late(passport, naming)
    teller = _Teller(passport, naming, products, year, late is not None)
    some_late = passport.kind == "own" and any(step.late for step in passport.timeline)
    return Way(tuple(_told(teller)), year, late, some_late)


def _told(teller: _Teller) -> list[Entry]:
    passport = teller.passport
    groups: dict[tuple[str, str], list[Step]] = {}
    for step in passport.timeline:
        groups.setdefault(_likeness(step, passport), []).append(step)
    entries: list[tuple[datetime, Entry]] = [
        (step.occurred_at, _view(step, teller)._replace(withdrawn=True))
        for step in passport.withdrawn
    ]
    for steps in groups.values():
        entries += _entries(steps, teller)
    return [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]


def _likeness(step: Step, passport: Passport) -> tuple[str, str]:
    """Say which steps may stand together: those of ancestors in one place by one process."""
    if step.kind == "sold":
        return (f"sold {step.channel}", step.place.id if step.place else "")
    if step.batch in {passport.id, passport.key}:
        return (step.event, step.batch)
    if step.kind == "harvested":
        return (step.kind, "")
    if step.kind == "shipped":
        return (step.kind, step.to_place.id if step.to_place else "")
    where = step.place.id if step.place else ""
    return (f"{step.kind} {step.process or step.biz_step or step.standard or ''}", where)


def _late(passport: Passport, naming: Naming) -> str | None:
    """Say it once where every step was recorded late, and on one day; else each says it."""
    days = {
        step.admitted_at.astimezone(step.occurred_at.tzinfo).date() for step in passport.timeline
    }
    if (
        passport.kind == "foreign"
        or len(days) != 1
        or not all(step.late for step in passport.timeline)
    ):
        return None
    return naming.reader.say(
        "这些都是事后补记的，%(day)s一次记进台账。", day=naming.reader.day(days.pop())
    )


def _entries(steps: Sequence[Step], teller: _Teller) -> list[tuple[datetime, Entry]]:
    naming = teller.naming
    views = [_view(step, teller) for step in steps]
    if len(steps) < _FEWEST:
        return [(step.occurred_at, view) for step, view in zip(steps, views, strict=True)]
    spots = {" · ".join(filter(None, (view.where, view.who))) for view in views}
    group = GroupView(
        title=views[0].title, amount=_together(steps, naming),
        when=naming.reader.span(steps[0].occurred_at, steps[-1].occurred_at, teller.year),
        where=spots.pop() if len(spots) == 1 else None, steps=tuple(views),
    )  # fmt: skip
    return [(steps[-1].occurred_at, group)]


def _together(steps: Sequence[Step], naming: Naming) -> str | None:
    """Add up like steps, where they are counted in one unit."""
    if steps[0].inputs:
        return _change(
            [one for step in steps for one in step.inputs],
            [Amount(batch=s.batch, quantity=s.quantity, unit=s.unit) for s in steps], naming,
        )  # fmt: skip
    return _sum([Amount(batch=s.batch, quantity=s.quantity, unit=s.unit) for s in steps], naming)


def _view(step: Step, teller: _Teller) -> StepView:
    passport, naming, products, year, late_said = teller
    own = step.batch in {passport.id, passport.key}
    gtin, lot = parts_of(step.batch)
    product = products.get(gtin or "")
    where, who = _where_and_who(step, naming)
    return StepView(
        title=title(step, passport, naming), amount=_amount(step, naming), went=_went(step, naming),
        when=naming.reader.moment(step.occurred_at, year), where=where, who=who,
        note=_note(step, naming),
        signed=tuple(signature(one, naming) for one in step.signed),
        plain=_plain(step.signed, naming),
        late=None if late_said or step.kind == "captured" else _by_how_much(step, naming),
        corrected=_corrected(step, naming), withdrawn=False,
        alarm=step.result == "non_conformant" or step.kind in _ALARMING,
        proof=f"/api/events/{step.event}", position=step.position,
        event=None if step.kind == "captured" else step.event,
        address=None if own else address(step.batch),
        batch=None if own else naming.registered(product) or lot or step.batch,
    )  # fmt: skip


def _by_how_much(step: Step, naming: Naming) -> str | None:
    if not step.late:
        return None
    days = (step.admitted_at - step.occurred_at).days
    return naming.reader.say_count("晚 %(n)s 天补记", days)


def _plain(signatures: Sequence[Signature], naming: Naming) -> str | None:
    """Say who signed where it was not the actor with a key on a device of its own."""
    lines = [
        signature(one, naming) for one in signatures if one.for_actor or one.custody == "server"
    ]
    return listed(naming.reader, lines) or None


def title(step: Step, passport: Passport, naming: Naming) -> str:
    """Say in a few words what happened."""
    say = naming.reader.say
    if step.kind == "harvested":
        category = passport.product.category if passport.product else None
        return say(words.HARVESTS.get(category or "", words.STEPS["harvested"]))
    if step.kind == "transformed":
        return say(words.PROCESSES.get(step.process or "", words.STEPS["transformed"]))
    if step.kind == "inspected":
        return say("检验不合格") if step.result == "non_conformant" else say("检验合格")
    if step.kind == "shipped" and step.to:
        return say("发给%(who)s", who=naming.who(step.to))
    if step.kind == "captured":
        known = words.FOREIGN_STEPS.get(step.biz_step or "other")
        return say(known) if known else str(step.biz_step)
    return say(words.STEPS.get(step.kind, words.OTHER_STEP))


def signature(one: Signature, naming: Naming) -> str:
    """Say who signed, and in whose custody the key is."""
    say = naming.reader.say
    who = naming.who(one.party) if one.party else one.key
    if one.for_actor:
        return say("本人没有签名用的手机，由%(who)s代签", who=who)
    kept = words.CUSTODY.get(one.custody or "")
    return f"{who}{'：' if naming.reader.language == 'zh' else ': '}{say(kept)}" if kept else who


def _amount(step: Step, naming: Naming) -> str | None:
    made = Amount(batch=step.batch, quantity=step.quantity, unit=step.unit)
    if step.kind in {"transformed", "captured"} and step.inputs:
        return _change(step.inputs, [made], naming)
    if step.kind == "inspected":
        return None
    return naming.amount(step.quantity, step.unit)


def _change(inputs: Sequence[Amount], outputs: Sequence[Amount], naming: Naming) -> str | None:
    parts = [_sum(inputs, naming), _sum(outputs, naming)]
    return " → ".join(part for part in parts if part) or None


def _sum(amounts: Sequence[Amount], naming: Naming) -> str | None:
    """Add amounts up; those in several units, or written as decimals, are listed."""
    by_unit: dict[str | None, list[Shown]] = {}
    for amount in amounts:
        if amount.quantity is not None:
            by_unit.setdefault(amount.unit, []).append(amount.quantity)
    shown: list[str | None] = []
    for unit, quantities in by_unit.items():
        whole = [one for one in quantities if isinstance(one, int)]
        added: list[Shown] = [sum(whole)] if len(whole) == len(quantities) else quantities
        shown += [naming.amount(one, unit) for one in added]
    return " + ".join(one for one in shown if one) or None


def _went(step: Step, naming: Naming) -> str | None:
    """Say what went away: on the way, or in a process that keeps the unit."""
    say = naming.reader.say
    if step.lost:
        short = naming.amount(step.lost, step.unit)
        reason = f"（{step.reason}）" if step.reason else ""
        return say("路上少了 %(q)s", q=short) + reason
    if step.kind != "transformed":
        return None
    units = {one.unit for one in (*step.inputs, *step.outputs)}
    taken = _total(step.inputs)
    given = _total(step.outputs)
    if len(units) != 1 or taken is None or given is None or given >= taken:
        return None
    less = naming.amount(taken - given, units.pop())
    return say(words.LESS.get(step.process or "", words.SHORT), q=less)


def _total(amounts: Sequence[Amount]) -> int | None:
    whole = [one.quantity for one in amounts if isinstance(one.quantity, int)]
    return sum(whole) if len(whole) == len(amounts) else None


def _where_and_who(step: Step, naming: Naming) -> tuple[str | None, str | None]:
    """Name the township with the place, and the actor; neither twice where one holds the other."""
    place, town, who = naming.where(step.place), naming.town(step.place), naming.who(step.actor)
    if step.kind == "captured":
        return place, naming.reader.say("%(who)s带来", who=who)
    if place and place in who:
        place = None
    if place and who in place:
        return _spot(town, place), None
    return _spot(town, place), who


def _spot(town: str | None, place: str | None) -> str | None:
    return " · ".join(part for part in (town, place) if part) or None


def _note(step: Step, naming: Naming) -> str | None:
    say = naming.reader.say
    parts = [step.finding, step.standard, step.channel]
    if step.grade:
        parts.append(say("等级：%(grade)s", grade=step.grade))
    if step.kind in _WITH_REASON and step.reason:
        parts.append(say("原因：%(reason)s", reason=step.reason))
    if step.carrier:
        parts.append(say("承运：%(who)s", who=naming.who(step.carrier)))
    return listed(naming.reader, [part for part in parts if part]) or None


def _corrected(step: Step, naming: Naming) -> str | None:
    if step.corrected is None:
        return None
    mark = step.corrected
    return naming.reader.say(
        "第 %(position)s 条更正过，原因：%(reason)s",
        position=naming.reader.number(mark.position), reason=mark.reason,
    )  # fmt: skip
