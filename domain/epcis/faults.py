"""Why a foreign event can't be read; what can be read is taken as it is, as evidence."""

from collections.abc import Iterator
from datetime import UTC, datetime
from json import JSONDecoder
from typing import Final, assert_never

import msgspec

from domain.epcis import wire
from domain.epcis.problems import TOO_LARGE, Problem, from_broken, from_validation
from domain.epcis.quantities import BadQuantity, plain_decimal
from domain.events.foreign import MAX_FOREIGN

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_HOLDS: Final = "eventID"
"""May stand twice, the last one holds: one of GS1's own examples (AssociationEvent-h) has two."""
LAST: Final = datetime(9999, 12, 30, tzinfo=UTC)


def faults(event_text: str) -> list[Problem]:
    """Say why the text of an event can't be read; nothing where it can."""
    found = parse(event_text, None, "$")
    return found if isinstance(found, list) else []


def parse(text: str, index: int | None, at: str) -> wire.AnyEpcisEvent | list[Problem]:
    """Read the event that stands at the path `at`, or give at least one problem."""
    try:
        size = len(msgspec.json.encode(text))
        if size > MAX_FOREIGN:
            zh = f"单个事件太大：{size} 字节，最多 {MAX_FOREIGN} 字节"
            en = f"one event has at most {MAX_FOREIGN} bytes as a JSON string, not {size}"
            return [Problem(index, at, zh, en, TOO_LARGE)]
        event = wire.DECODER.decode(text)
        _DUPLICATES.decode(text)
    except msgspec.ValidationError as error:
        return [from_validation(error, index, at)]
    except _NamedTwice as error:
        zh = f"字段 {error} 写了两次而且内容不同，不知以哪个为准"
        en = f"the field {error} is given twice, with different values; which one holds?"
        return [Problem(index, at, zh, en)]
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return [from_broken(error, index, at)]
    problems = [Problem(index, at + where, zh, en) for where, zh, en in _check(event)]
    return problems or event


class _NamedTwice(Exception):
    """A name stands twice in one object, with two values: readers differ on which they take."""


def _without_conflict(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name != _LAST_HOLDS and found.get(name, value) != value:
            raise _NamedTwice(name)
        found[name] = value
    return found


_DUPLICATES: Final = JSONDecoder(
    object_pairs_hook=_without_conflict, parse_float=str, parse_int=str
)

_Found = tuple[str, str, str]
"""The path within the event, and the fault in Chinese and English."""


def _check(event: wire.AnyEpcisEvent) -> Iterator[_Found]:
    if not EPOCH <= event.event_time <= LAST:
        yield ".eventTime", "时间应在 1970 年以后", "the time is before 1970, or out of range"
    for name, elements in quantity_lists(event):
        for number, element in enumerate(elements):
            yield from _check_quantity(f".{name}[{number}].quantity", element)
    yield from _check_dimension(event)


def quantity_lists(
    event: wire.AnyEpcisEvent,
) -> tuple[tuple[str, tuple[wire.QuantityElement, ...]], ...]:
    """List an event's quantity lists by their names in JSON."""
    match event:
        case wire.ObjectEvent() | wire.TransactionEvent():
            return (("quantityList", event.quantity_list),)
        case wire.AggregationEvent() | wire.AssociationEvent():
            return (("childQuantityList", event.child_quantity_list),)
        case wire.TransformationEvent():
            return (
                ("inputQuantityList", event.input_quantity_list),
                ("outputQuantityList", event.output_quantity_list),
            )
        case _:
            assert_never(event)


def _check_quantity(where: str, element: wire.QuantityElement) -> Iterator[_Found]:
    written = bytes(element.quantity)
    if not written:
        return
    try:
        plain_decimal(written)
    except BadQuantity as error:
        yield where, error.zh, error.en


def _check_dimension(event: wire.AnyEpcisEvent) -> Iterator[_Found]:
    """Hold an event to what its type must name (EPCIS 2.0 §7.4.2 to §7.4.6)."""
    match event:
        case wire.ObjectEvent():
            yield from _name_something(event, named=bool(event.sensor_element_list))
        case wire.TransactionEvent():
            yield from _name_something(event, named=event.action == "DELETE")
        case wire.AggregationEvent() | wire.AssociationEvent():
            yield from _check_parent(event)
        case wire.TransformationEvent():
            yield from _check_transformation(event)
        case _:
            assert_never(event)


def _name_something(
    event: wire.ObjectEvent | wire.TransactionEvent, *, named: bool
) -> Iterator[_Found]:
    if event.epc_list is None and not event.quantity_list and not named:
        zh = "没有写明是什么东西（epcList、quantityList 都没有）"
        yield "", zh, "the event names no object (neither epcList nor quantityList)"


def _check_parent(event: wire.AggregationEvent | wire.AssociationEvent) -> Iterator[_Found]:
    if event.parent_id is None and event.action != "OBSERVE":
        yield "", "缺少 parentID（只有 OBSERVE 可以不写）", "parentID is missing"
    children = event.child_epcs or event.child_quantity_list
    if not children and event.action != "DELETE":
        zh = "没有写明装了什么（childEPCs、childQuantityList 都没有）"
        yield "", zh, "the event names no child (neither childEPCs nor childQuantityList)"


def _check_transformation(event: wire.TransformationEvent) -> Iterator[_Found]:
    inputs = event.input_epc_list or event.input_quantity_list
    outputs = event.output_epc_list or event.output_quantity_list
    if event.transformation_id is None and not inputs:
        zh = "加工没有投入（inputEPCList、inputQuantityList 都没有）"
        yield "", zh, "a transformation without input (inputEPCList or inputQuantityList)"
    if event.transformation_id is None and not outputs:
        zh = "加工没有产出（outputEPCList、outputQuantityList 都没有）"
        yield "", zh, "a transformation without output (outputEPCList or outputQuantityList)"
    if event.transformation_id is not None and not (inputs or outputs):
        yield "", "加工既没有投入也没有产出", "a transformation with neither input nor output"
