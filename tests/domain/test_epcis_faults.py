"""Each bad document is refused for its own fault, with the path of the field."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.epcis import UnreadableEvent, faults, read, split
from domain.epcis.documents import MAX_CONTEXT, MAX_DOCUMENT, MAX_EVENTS
from domain.epcis.problems import MALFORMED, TOO_LARGE, UNKNOWN_TYPE
from domain.events.foreign import MAX_FOREIGN

VECTORS = Path(__file__).parents[1] / "vectors/epcis"

LIST = "$.epcisBody.eventList"
FIRST = f"{LIST}[0]"
QUANTITY = f"{FIRST}.quantityList[0].quantity"

WHOLE_DOCUMENT = {
    "body-missing": ("$", "epcisBody is missing"),
    "cut-off": ("$", "cut off"),
    "empty-file": ("$", "empty"),
    "event-list-an-object": (LIST, "expected a list"),
    "event-list-missing": ("$.epcisBody", "eventList is missing"),
    "list-not-object": ("$", "expected an object"),
    "not-epcis": ("$.type", "FeatureCollection"),
    "not-utf-8": ("$", "not UTF-8 (at byte 396)"),
    "query-without-results": ("$.epcisBody.queryResults", "resultsBody is missing"),
    "schema-version-1-2": ("$.schemaVersion", "'1.2'"),
    "schema-version-a-number": ("$.schemaVersion", "expected text"),
    "schema-version-missing": ("$", "schemaVersion is missing"),
    "trailing-comma": ("$", "trailing comma in object (byte 671)"),
    "type-missing": ("$", "type is missing"),
    "xml": ("$", "XML"),
}

ONE_EVENT = {
    "action-missing": (FIRST, "action is missing"),
    "action-unknown": (f"{FIRST}.action", "'UPDATE' is not one of ADD, OBSERVE and DELETE"),
    "association-without-parent": (FIRST, "parentID is missing"),
    "children-missing": (FIRST, "no child"),
    "epc-class-missing": (f"{FIRST}.quantityList[0]", "epcClass is missing"),
    "epc-class-no-uri": (f"{FIRST}.quantityList[0].epcClass", "whole URI"),
    "epc-with-a-space": (f"{FIRST}.epcList[0]", "whole URI"),
    "event-a-string": (FIRST, "expected an object, got text"),
    "event-time-a-date": (f"{FIRST}.eventTime", "not a time"),
    "event-time-a-number": (f"{FIRST}.eventTime", "expected a time"),
    "event-time-before-1970": (f"{FIRST}.eventTime", "1970"),
    "event-time-missing": (FIRST, "eventTime is missing"),
    "event-time-without-offset": (f"{FIRST}.eventTime", "no offset"),
    "event-type-missing": (FIRST, "type is missing"),
    "field-given-twice": (FIRST, "quantity is given twice"),
    "object-names-nothing": (FIRST, "no object"),
    "parent-missing": (FIRST, "parentID is missing"),
    "quantity-a-string": (f"{FIRST}.quantityList[1].quantity", 'not "120.5"'),
    "quantity-list-a-string": (f"{FIRST}.quantityList", "expected a list"),
    "quantity-negative": (QUANTITY, "above 0, not -1.5"),
    "quantity-null": (QUANTITY, "a number, not null"),
    "quantity-without-end": (QUANTITY, "at most 40 digits"),
    "quantity-zero": (QUANTITY, "above 0, not 0"),
    "read-point-a-string": (f"{FIRST}.readPoint", "expected an object"),
    "source-without-type": (f"{FIRST}.sourceList[0]", "type is missing"),
    "time-zone-offset-a-name": (f"{FIRST}.eventTimeZoneOffset", "+08:00"),
    "time-zone-offset-missing": (FIRST, "eventTimeZoneOffset is missing"),
    "transaction-list-empty": (f"{FIRST}.bizTransactionList", "at least 1"),
    "transaction-without-transaction": (FIRST, "bizTransactionList is missing"),
    "transformation-without-input": (FIRST, "without input"),
    "transformation-without-output": (FIRST, "without output"),
    "uom-a-word": (f"{FIRST}.quantityList[0].uom", "Recommendation 20"),
    "uom-lower-case": (f"{FIRST}.quantityList[0].uom", "Recommendation 20"),
}

SOME_EVENTS = {"event-type-unknown", "two-of-four-events-bad"}


def document(name: str) -> bytes:
    return (VECTORS / f"{name}.jsonld").read_bytes()


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_every_bad_document_has_its_expectation() -> None:
    assert {file.stem for file in VECTORS.glob("*.jsonld")} == (
        WHOLE_DOCUMENT.keys() | ONE_EVENT.keys() | SOME_EVENTS
    )


@pytest.mark.parametrize("name", WHOLE_DOCUMENT)
def test_a_bad_document_gives_no_event_and_says_why(name: str) -> None:
    path, reason = WHOLE_DOCUMENT[name]
    found = split(document(name))
    (problem,) = found.problems
    assert not found.events
    assert (problem.index, problem.path, problem.code) == (None, path, MALFORMED)
    assert reason in problem.en
    assert has_chinese(problem.zh)


@pytest.mark.parametrize("name", ONE_EVENT)
def test_a_bad_event_is_refused_for_its_fault(name: str) -> None:
    path, reason = ONE_EVENT[name]
    found = split(document(name))
    (problem,) = found.problems
    assert not found.events
    assert (problem.index, problem.path, problem.code) == (0, path, MALFORMED)
    assert reason in problem.en
    assert has_chinese(problem.zh)


def test_an_event_of_an_unknown_type_has_its_own_code() -> None:
    found = split(document("event-type-unknown"))
    (problem,) = found.problems
    assert [event.index for event in found.events] == [0]
    assert (problem.index, problem.path) == (1, f"{LIST}[1].type")
    assert problem.code == UNKNOWN_TYPE
    assert "HarvestEvent" in problem.en


def test_the_problems_of_all_events_are_collected() -> None:
    found = split(document("two-of-four-events-bad"))
    assert [event.index for event in found.events] == [0, 2]
    assert [(problem.index, problem.path) for problem in found.problems] == [
        (1, f"{LIST}[1].action"),
        (3, f"{LIST}[3].inputQuantityList[0].quantity"),
        (3, f"{LIST}[3].inputQuantityList[1].quantity"),
    ]


def event(**fields: object) -> dict[str, object]:
    return {
        "type": "ObjectEvent",
        "eventTime": "2026-04-17T09:26:42+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "epcList": ["urn:epc:id:sgtin:4012345.011122.25"],
        **fields,
    }


def wrapped(*events: object, **top: object) -> bytes:
    body = {"eventList": events}
    fields = {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": body, **top}
    return json.dumps(fields).encode()


def test_an_oversized_event_is_a_problem_of_that_event() -> None:
    found = split(wrapped(event(), event(**{"ext:note": "粮" * MAX_FOREIGN})))
    (problem,) = found.problems
    assert [e.index for e in found.events] == [0]
    assert (problem.index, problem.path, problem.code) == (1, f"{LIST}[1]", TOO_LARGE)


def test_an_oversized_context_is_a_problem_of_the_document() -> None:
    context = {f"p{n}": f"https://example.org/{n}/" for n in range(MAX_CONTEXT // 20)}
    found = split(wrapped(event(), **{"@context": context}))
    assert [(p.path, p.code) for p in found.problems] == [("$['@context']", TOO_LARGE)]
    assert not found.events


def test_too_many_events_are_a_problem_of_the_document() -> None:
    found = split(wrapped(*[0] * (MAX_EVENTS + 1)))
    assert [(p.index, p.path, p.code) for p in found.problems] == [(None, LIST, TOO_LARGE)]


def test_an_oversized_document_is_not_even_parsed() -> None:
    found = split(b" " * (MAX_DOCUMENT + 1))
    assert [(p.index, p.path, p.code) for p in found.problems] == [(None, "$", TOO_LARGE)]


@pytest.mark.parametrize("depth", [5_000, 20_000])
def test_deep_nesting_is_refused_or_read_but_never_breaks(depth: int) -> None:
    nested = '{"ext:a":' * depth + "1" + "}" * depth
    text = wrapped(event()).replace(b'"action"', b'"ext:deep":' + nested.encode() + b',"action"')
    found = split(text)
    assert found.events or found.problems


def test_a_document_of_brackets_is_refused() -> None:
    (problem,) = split(b'{"type":"EPCISDocument","a":' + b"[" * 1_000_000).problems
    assert problem.path == "$"


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_takes_for_json_is_refused(constant: str) -> None:
    text = wrapped(event()).replace(b'"action"', f'"ext:a":{constant},"action"'.encode())
    assert split(text).problems


def test_a_word_with_a_space_is_no_business_step() -> None:
    (problem,) = split(wrapped(event(bizStep="goods received"))).problems
    assert problem.path == f"{FIRST}.bizStep"
    assert "shipping" in problem.en


def test_the_faults_of_a_single_event_are_named_from_its_root() -> None:
    text = json.dumps(event(action="UPDATE"))
    (problem,) = faults(text)
    assert (problem.index, problem.path) == (None, "$.action")
    with pytest.raises(UnreadableEvent, match=r"\$\.action: 'UPDATE'") as caught:
        read(text)
    assert caught.value.problems == [problem]
    assert faults(json.dumps(event())) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"a"', "{}", "\ud800", "\x00"])
def test_what_is_no_event_is_unreadable_and_nothing_worse(text: str) -> None:
    with pytest.raises(UnreadableEvent):
        read(text)


@given(st.data())
def test_a_damaged_document_gives_events_or_problems_and_nothing_worse(data: st.DataObject) -> None:
    good = bytearray(document("two-of-four-events-bad"))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(good) - 1))
        good[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    found = split(bytes(good))
    assert found.events or found.problems or b'"eventList"' in good
    for text in found.events:
        read(text.text, found.context_text)


@given(st.binary())
def test_any_bytes_give_a_problem_and_nothing_worse(content: bytes) -> None:
    assert split(content).problems


def test_a_field_given_twice_with_one_value_does_no_harm() -> None:
    text = json.dumps(event()).replace('"action"', '"action": "OBSERVE", "action"')
    assert faults(text) == []


def test_a_transformation_in_parts_needs_an_id_and_one_side() -> None:
    part = {
        "type": "TransformationEvent",
        "eventTime": "2026-04-17T09:26:42+08:00",
        "eventTimeZoneOffset": "+08:00",
        "transformationID": "urn:epc:id:gdti:0614141.12345.400",
    }
    assert [p.en for p in faults(json.dumps(part))] == [
        "a transformation with neither input nor output"
    ]
    part["inputEPCList"] = ["urn:epc:id:sgtin:4012345.011122.25"]  # type: ignore[assignment]
    assert faults(json.dumps(part)) == []
