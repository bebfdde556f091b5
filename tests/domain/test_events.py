"""Events on the wire: decoded strictly, encoded canonically."""

from typing import Any

import msgspec
import pytest

from domain.events.base import MAX_ITEMS, MAX_REFS
from domain.events.catalogue import TYPES, decode, encode, type_of
from domain.events.correction import EventCorrected
from domain.measures import MAX_AMOUNT
from tests.county import FARMER, PADDY, YARD, of
from tests.worlds import World


def _plain(event: Any) -> dict[str, Any]:  # noqa: ANN401  any event
    plain: dict[str, Any] = msgspec.json.decode(encode(event))
    return plain


def _canonical(plain: object) -> bytes:
    return msgspec.json.encode(plain, order="sorted")


def test_what_is_written_reads_back_the_same() -> None:
    world = World.open()
    harvest = world.admit(world.harvest())
    world.admit(world.correct(harvest, harvest))
    for numbered in world.memory.events:
        assert decode(encode(numbered.event)) == numbered.event
        assert encode(decode(encode(numbered.event))) == encode(numbered.event)


def test_type_names_are_stable_and_versioned() -> None:
    for name, kind in TYPES.items():
        assert name.split(".")[-1] == "v1"
        assert name.islower()
        assert "domain" not in name
        assert kind.__struct_config__.frozen  # type: ignore[attr-defined]
    assert type_of(World().harvest()) == "batch.harvested.v1"


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("id", "019ca6ce-3da0-454c-a664-070175491bc3", "$.id"),
        ("id", "019CA6CE-3DA0-754C-A664-070175491BC3", "$.id"),
        ("occurred_at", "2026-03-01T08:00:00", "$.occurred_at"),
        ("occurred_at", 1_772_323_200, "$.occurred_at"),
        ("actor", "445381-000001", "$.actor"),
        ("actor", FARMER + "\n", "$.actor"),
        ("nonce", "AAAA", "$.nonce"),
        ("refs", ["x"], "$.refs[0]"),
        ("batch", PADDY, "$.batch"),
        ("batch", PADDY + "/a b", "$.batch"),
        ("quantity", 0, "$.quantity"),
        ("quantity", -1, "$.quantity"),
        ("quantity", 1.5, "$.quantity"),
        ("quantity", "1", "$.quantity"),
        ("quantity", MAX_AMOUNT + 1, "$.quantity"),
        ("quantity", 10**40, "$.quantity"),
        ("unit", "KGM", "$.unit"),
        ("grade", "", "$.grade"),
        ("grade", "一\n级", "$.grade"),
        ("grade", "级" * 201, "$.grade"),
        ("surprise", 1, "$"),
    ],
)
def test_a_wrong_field_is_refused_with_its_path(field: str, value: object, path: str) -> None:
    plain = _plain(World().harvest()) | {field: value}
    with pytest.raises(msgspec.ValidationError) as caught:
        decode(_canonical(plain))
    assert path in str(caught.value) or path == "$"


@pytest.mark.parametrize("field", ["id", "occurred_at", "actor", "nonce", "place", "batch", "unit"])
def test_a_missing_field_is_refused(field: str) -> None:
    plain = _plain(World().harvest())
    del plain[field]
    with pytest.raises(msgspec.ValidationError, match=field):
        decode(_canonical(plain))


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"batch\.eaten\.v1"):
        decode(_canonical(_plain(World().harvest()) | {"type": "batch.eaten.v1"}))


def test_lists_have_an_end() -> None:
    world = World()
    item = msgspec.to_builtins(of(world.new_lot(PADDY), 1))
    shipment = _plain(world.ship(FARMER, YARD, [of(world.new_lot(PADDY), 1)]))
    decode(_canonical(shipment | {"items": [item] * MAX_ITEMS}))
    for count in (0, MAX_ITEMS + 1):
        with pytest.raises(msgspec.ValidationError):
            decode(_canonical(shipment | {"items": [item] * count}))
    refs = [world.new_id() for _ in range(MAX_REFS + 1)]
    decode(_canonical(shipment | {"refs": refs[:-1]}))
    with pytest.raises(msgspec.ValidationError):
        decode(_canonical(shipment | {"refs": refs}))


def test_a_gtin_is_held_to_its_check_digit() -> None:
    product = _plain(World().register_product(PADDY))
    with pytest.raises(msgspec.ValidationError, match="check digit"):
        decode(_canonical(product | {"gtin": PADDY[:-1] + "0"}))


def test_a_correction_holds_only_what_may_be_corrected() -> None:
    world = World()
    harvest = world.harvest()
    correction = _plain(world.correct(harvest, harvest))
    assert isinstance(decode(_canonical(correction)), EventCorrected)
    with pytest.raises(msgspec.ValidationError):
        decode(_canonical(correction | {"replacement": _plain(world.genesis())}))
