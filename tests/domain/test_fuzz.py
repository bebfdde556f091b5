"""Whatever can be decoded is admitted or refused: nothing breaks the rules, and no rule breaks.

Events are drawn from the types themselves: each field by its declared type and limits, identifiers
mostly of what there is in a county, so that events get past the first rule.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any, get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from domain import ids, tags
from domain.events.catalogue import TYPES, AnyEvent, decode, encode
from domain.events.movements import Process
from domain.events.times import FIRST_YEAR, LAST_YEAR, time_out_of_range
from domain.history import fold
from domain.models.batch import Batch
from domain.refusals import Refusal
from tests import county as c
from tests.worlds import World

PARTIES = [c.AUTHORITY, *(party[0] for party in c.PARTIES), c.NOBODY]
PLACES = [*(place[0] for place in c.PLACES), c.NOWHERE]
BATCHES = [c.lot(gtin, name) for gtin in c.UNITS for name in ("A", "B", "C/D")]
MOMENTS = [
    "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-23:59", "1582-10-10T00:00:00+08:00", "2026-03-01T09:00:00.000001+08:00",
]  # fmt: skip


def _busy_county() -> World:
    """Give a county in which something of every kind is going on, always the same."""
    world = World.open()
    batches = [world.admit(world.harvest(batch=name)).batch for name in BATCHES[:6]]
    sent = world.admit(world.ship(c.FARMER, c.YARD, [c.of(batches[0], 500)]))
    world.admit(world.ship(c.FARMER, c.YARD, [c.of(batches[1], 500)]))
    world.admit(world.receive(c.MILL, c.WORKSHOP, sent.id, [c.of(batches[0], 500)]))
    world.admit(world.treat(days=3))
    rice = [c.of(BATCHES[6], 1)]
    world.admit(world.transform(c.FARMER, c.YARD, Process.PACKED, [c.of(batches[3], 5000)], rice))
    offer = world.admit(world.offer(c.FARMER, c.YARD, c.of(batches[2], 9000)))
    world.admit(world.confirm(world.admit(world.order(offer, 2000))))
    world.admit(world.order(offer, 10))
    world.admit(world.demand())
    world.admit(world.correct(world.admit(world.sell(c.FARMER, c.YARD, c.of(batches[2], 5)))))
    return world


BUSY = _busy_county()
EVENT_IDS = [numbered.event.id for numbered in BUSY.memory.events]
FRESH_IDS = [f"019ca6ce-3da0-754c-a664-{number:012x}" for number in range(50)]

POOLS: dict[str, list[str]] = {
    get_args(kind)[1].pattern: pool
    for kind, pool in (
        (ids.PartyId, [c.FARMER] * 9 + PARTIES), (ids.PlaceId, [c.YARD] * 9 + PLACES),
        (ids.BatchId, BATCHES[:6] * 2 + BATCHES),
        (ids.EventId, EVENT_IDS[31:] + FRESH_IDS[:2]), (ids.Gtin, [*c.UNITS, c.UNREGISTERED]),
        (ids.DidKey, [c.key_of(party).did for party in (*PARTIES, "another", "a third")]),
        (ids.Division, ["445381", "445381111"]), (ids.Sha256Hex, ["0" * 64]),
    )
}  # fmt: skip
"""What an identifier is drawn from, by the pattern that its type must match."""


def _drawn(info: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401  a node of msgspec.inspect
    """Give plain values of a declared type, within its limits."""
    match info:
        case inspect.StrType(pattern=pattern) if pattern in POOLS:
            return st.sampled_from(POOLS[pattern])
        case inspect.StrType(pattern=str(pattern)):
            return st.from_regex(pattern, fullmatch=True).map(lambda text: text[:30])
        case inspect.StrType(max_length=most):
            return st.text(st.characters(codec="utf-8"), min_size=2, max_size=min(most or 9, 9))
        case inspect.IntType(ge=int(least), le=int(most)):
            near = [n for n in (1, 5, 500, 1000, 5000, 99_000) if least <= n <= most]
            return st.one_of(st.sampled_from(near), st.integers(least, most))
        case inspect.DateTimeType():
            return st.one_of(
                st.sampled_from(MOMENTS),
                st.just("2026-03-01T08:45:00+08:00"),
                st.just("2026-03-01T08:50:00+08:00"),
                st.integers(-9, 9).map(
                    lambda hours: (c.START + timedelta(hours=hours)).isoformat()
                ),
            )
        case _:
            return _drawn_plain(info)


def _drawn_plain(info: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401
    match info:
        case inspect.BytesType():
            return st.just("AAAAAAAAAAAAAAAAAAAAAA==")
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case _:
            return _drawn_compound(info)


def _drawn_compound(info: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401
    match info:
        case inspect.EnumType(cls=kind):
            return st.sampled_from([member.value for member in kind])
        case inspect.UnionType(types=types):
            return st.one_of(*(_drawn(each) for each in types))
        case inspect.VarTupleType(item_type=item, min_length=least):
            return st.lists(_drawn(item), min_size=least or 0, max_size=3)
        case inspect.Metadata(type=inner):
            return _drawn(inner)
        case inspect.StructType(fields=fields, tag=tag):
            needed = {f.encode_name: _drawn(f.type) for f in fields if f.required}
            rest = {f.encode_name: _drawn(f.type) for f in fields if not f.required}
            plain = st.fixed_dictionaries(needed, optional=rest)
            return plain.map(lambda d: {**d, "type": tag}) if tag else plain
        case _:
            raise AssertionError(f"no values for {info}")


def _readable(plain: dict[str, Any]) -> AnyEvent | None:
    try:
        return decode(msgspec.json.encode(plain, order="sorted"))
    except msgspec.ValidationError:
        return None


@cache
def _of_type(name: str) -> st.SearchStrategy[Any]:
    return _drawn(inspect.type_info(TYPES[name])).map(_readable).filter(lambda event: event)


@st.composite
def _events(draw: st.DrawFn) -> AnyEvent:
    drawn: AnyEvent = draw(_of_type(draw(st.sampled_from(sorted(TYPES)))))
    return msgspec.structs.replace(drawn, id=draw(st.sampled_from(FRESH_IDS)))


SIGNERS: st.SearchStrategy[list[str]] = st.one_of(
    st.just([]),
    st.just([]),
    st.just([]),
    st.lists(st.sampled_from([*PARTIES, "another"]), max_size=2, unique=True),
)


@settings(max_examples=500)
@given(st.lists(st.tuples(_events(), SIGNERS), min_size=1, max_size=8))
def test_anything_that_can_be_read_is_admitted_or_refused(
    said: list[tuple[AnyEvent, list[str]]],
) -> None:
    world = World(BUSY.memory.copy())
    world.now = BUSY.now
    for event, signers in said:
        answer = world.submit(event, *(signers or [_who_signs(event)]))
        if not isinstance(answer, Refusal):
            assert decode(encode(event)) == event
            _all_is_well(world)


def _who_signs(event: AnyEvent) -> str:
    return c.COOP if event.actor == c.ELDER else event.actor


def _all_is_well(world: World) -> None:
    memory = world.memory
    for tag in memory.all_tags():
        model = memory.models.get(tag)
        assert model == fold(tag, memory.by_tag(tag)), tag
        for holding in model.holdings.values() if isinstance(model, Batch) else ():
            assert min(holding.reserved, holding.quantity) >= 0, (tag, holding)
            assert tags.HALTS in memory.models or holding.reserved <= holding.quantity, tag


@given(_events(), st.sampled_from([m for m in MOMENTS if not m.startswith("9999")]))
def test_a_clock_that_is_far_off_breaks_nothing(event: AnyEvent, moment: str) -> None:
    BUSY.memory.copy().submit(event, BUSY.keys(event), datetime.fromisoformat(moment))


@given(_events())
def test_every_moment_of_an_event_is_held_to_its_years(event: AnyEvent) -> None:
    outside = [m for m in _moments(event) if not FIRST_YEAR <= m.year <= LAST_YEAR]
    assert bool(time_out_of_range(event)) is bool(outside)


def _moments(part: object) -> Iterator[datetime]:
    if isinstance(part, datetime):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from _moments(one)
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from _moments(getattr(part, name))
