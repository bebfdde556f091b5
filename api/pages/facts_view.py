"""The facts of a batch in a few lines: where it grew, whose it is, when, what was sprayed."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from api.pages import words
from api.pages.naming import Naming, listed
from projections.passport import Certified, Mark, Origin, Passport, Step

_MOST_NAMES: Final = 4


class Fact(NamedTuple):
    """A line of the table: what, and the values, each with a small line below it or None."""

    term: str
    values: tuple[tuple[str, str | None], ...]
    proof: str | None = None
    """The path of the event that says so, where it is one."""
    note: str | None = None
    """What takes more than a line: it stands below, over the whole width."""
    named: tuple[str, str] | None = None
    """What the check in the browser must find proved: `grant` or `certificate`, and its id."""


def facts(passport: Passport, naming: Naming) -> Iterable[Fact]:
    """Give the lines of the table, in order."""
    say = naming.reader.say
    towns = dict.fromkeys(filter(None, (naming.town(o.plot) for o in passport.origins)))
    if towns:
        yield Fact(say("产地"), ((_first(towns, naming), None),))
    if passport.mark:
        yield _mark(passport.mark, naming)
    if passport.kind == "own":
        yield from _growers(passport.origins, naming)
    if passport.kind == "foreign":
        yield from _places_named(passport, naming)
    elif passport.origins:
        first = min(origin.harvested_on for origin in passport.origins)
        last = max(origin.harvested_on for origin in passport.origins)
        yield Fact(say("采收"), ((naming.reader.span(first, last), None),))
        yield _treatments(passport.origins, naming)
    if passport.made:
        yield from _made(passport.made, naming)
    for certificate in passport.certificates:
        yield _certificate(certificate, naming)


def _places_named(passport: Passport, naming: Naming) -> Iterable[Fact]:
    """Give the places that foreign documents name, in order of time, and who brought these."""
    places = dict.fromkeys(filter(None, (naming.where(step.place) for step in passport.timeline)))
    if places:
        yield Fact(naming.reader.say("经过"), tuple((place, None) for place in places))
    bringers = dict.fromkeys(naming.who(step.actor) for step in passport.timeline)
    yield Fact(naming.reader.say("带来的人"), tuple((one, None) for one in bringers))


def _growers(origins: Sequence[Origin], naming: Naming) -> Iterable[Fact]:
    if not origins:
        return
    say = naming.reader.say
    if len(origins) == 1:
        holder, plot = origins[0].holder, naming.where(origins[0].plot)
        consent = say("经本人同意公开姓名") if holder and naming.person(holder.id) else None
        small = " · ".join(part for part in (plot, consent) if part)
        yield Fact(say("种养"), ((naming.who(holder), small or None),))
        return
    holders = {origin.holder.id: origin.holder for origin in origins if origin.holder}
    known = [naming.who(one) for one in holders.values() if one.name or naming.person(one.id)]
    total = naming.reader.say_count("%(n)s 户", len(holders))
    unnamed = len(holders) - len(known)
    shown = _first(known, naming)
    if unnamed and known:
        shown = say("%(names)s，另 %(n)s 户未公开姓名", names=shown, n=unnamed)
    yield Fact(say("种养"), ((total, shown or say("都未公开姓名")),))


def _first(names: Iterable[str], naming: Naming) -> str:
    """Join names, the first few of many."""
    every = list(names)
    if len(every) <= _MOST_NAMES:
        return listed(naming.reader, every)
    few = listed(naming.reader, every[: _MOST_NAMES - 1])
    return naming.reader.say("%(names)s等 %(n)s 处", names=few, n=len(every))


def _treatments(origins: Sequence[Origin], naming: Naming) -> Fact:
    """Say what was sprayed; that the interval was over is a rule of admission."""
    reader = naming.reader
    lines = [
        (
            one.substance,
            reader.say(
                "%(day)s 用药，安全间隔期 %(n)s 天，采收前已过",
                day=reader.day(one.occurred_at), n=one.interval_days,
            ),
        )
        for origin in origins
        for one in origin.treatments
    ]  # fmt: skip
    term = reader.say("用药")
    if not lines:
        return Fact(term, ((reader.say("采收前一年没有用药记录"), None),))
    if len(lines) > _MOST_NAMES:
        names = listed(reader, dict.fromkeys(name for name, _ in lines))
        return Fact(term, ((reader.say("%(n)s 次，采收前都过了安全间隔期", n=len(lines)), names),))
    return Fact(term, tuple(lines))


def _made(made: Step, naming: Naming) -> Iterable[Fact]:
    say = naming.reader.say
    if made.kind == "transformed":
        yield Fact(say("做成"), ((naming.who(made.actor), naming.reader.day(made.occurred_at)),))
    amount = naming.amount(made.quantity, made.unit)
    if amount:
        yield Fact(say("这一批共"), ((amount, None),))


def _mark(mark: Mark, naming: Naming) -> Fact:
    """Say which geographical indication it bears, who was authorised for where, and if still."""
    reader = naming.reader
    name = mark.zh if reader.language == "zh" else mark.en
    area = listed(reader, (reader.place(one) for one in mark.townships))
    small = reader.say(
        "%(day)s起由主管部门授权%(who)s使用，产区：%(area)s",
        who=naming.who(mark.party), area=area, day=reader.day(mark.granted_at),
    )  # fmt: skip
    if mark.revoked:
        ended = reader.say("；%(day)s起不再授权，这一批在那之前", day=reader.day(mark.revoked.at))
        small = f"{small}{ended}"
    proof = f"/api/events/{mark.event}"
    return Fact(reader.say("地理标志"), ((name, None),), proof, small, ("grant", mark.event))


def _certificate(one: Certified, naming: Naming) -> Fact:
    """Say what a certificate of commitment promises, on what ground, who issued it and when."""
    reader = naming.reader
    promised = listed(reader, (reader.say(words.COMMITMENTS.get(it, it)) for it in one.commitments))
    grounds = listed(reader, (reader.say(words.GROUNDS.get(it, it)) for it in one.basis))
    small = reader.say(
        "承诺%(what)s。依据：%(grounds)s。%(who)s，%(day)s，%(q)s",
        what=promised, grounds=grounds, who=naming.who(one.issuer),
        day=reader.day(one.issued_at), q=naming.amount(one.quantity, one.unit),
    )  # fmt: skip
    title = reader.say("承诺达标合格证")
    proof = f"/api/events/{one.event}"
    return Fact(reader.say("合格证"), ((title, None),), proof, small, ("certificate", one.event))
