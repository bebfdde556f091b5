"""What a foreign event says: GS1's own examples, times, amounts and words in all spellings."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.epcis import ForeignQuantity, Qualified, read, split
from domain.epcis.quantities import plain_decimal
from domain.epcis.vocabulary import short_name

REFERENCE = Path(__file__).parents[2].parent / "shared/reference"
FOLDERS = ("epcis/examples", "epcis/event-hash", "fsma204")


def published(folder: str) -> list[Path]:
    return sorted((REFERENCE / folder).rglob("*.jsonld"))


def present(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"GS1's documents are not at {path}")
    return path


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_document_that_gs1_published_is_read_without_a_problem(folder: str) -> None:
    present(REFERENCE / folder)
    assert published(folder)
    for path in published(folder):
        document = split(path.read_bytes())
        assert document.problems == [], path
        assert document.events, path
        for event in document.events:
            assert event.text in path.read_bytes().decode(), path
            read(event.text, document.context_text)


def test_the_transformation_of_the_food_rule_names_lots_by_key_and_amount() -> None:
    path = present(REFERENCE / "fsma204/transformation-cte.jsonld")
    document = split(path.read_bytes())
    (text,) = document.events
    event = read(text.text, document.context_text)
    assert (event.kind, event.action) == ("TransformationEvent", None)
    assert event.biz_step == "creating_class_instance"
    assert [(i.key, i.quantity, i.uom) for i in event.inputs] == [
        ("10860009999920/ABC1234", "100", "CS"),
        ("10860009998022/DEF2345", "50", "CS"),
    ]
    assert event.outputs == (
        ForeignQuantity(
            "https://id.gs1.org/01/10860009998039/10/SALAD-20260420-A",
            "10860009998039/SALAD-20260420-A",
            "2000",
            "CS",
        ),
    )
    assert event.biz_transactions == (
        Qualified("prodorder", "urn:epcglobal:cbv:bt:0860009998018:BATCH-20260420-A"),
    )


def test_the_receipt_of_the_food_rule_is_an_aggregation_with_its_way() -> None:
    path = present(REFERENCE / "fsma204/receiving-cte.jsonld")
    document = split(path.read_bytes())
    event = read(document.events[1].text, document.context_text)
    assert (event.kind, event.action, event.biz_step) == (
        "AggregationEvent", "OBSERVE", "receiving",
    )  # fmt: skip
    assert event.parent == ForeignQuantity(*["https://id.gs1.org/00/008600099999850000"] * 2)
    assert [(c.key, c.quantity) for c in event.children] == [("10860009999920/ABC1234", "500")]
    assert event.sources == (Qualified("location", "https://id.gs1.org/414/0860009999992"),)
    assert event.destinations == (Qualified("location", "https://id.gs1.org/414/0860009998001"),)
    assert event.read_point == event.biz_location == "https://id.gs1.org/414/0860009998001"


def test_an_error_declaration_is_told_apart_from_a_movement() -> None:
    name = "epcis/examples/WithErrorDeclaration/ErrorDeclarationAndCorrectiveEvent.jsonld"
    document = split(present(REFERENCE / name).read_bytes())
    wrong, right = (read(event.text) for event in document.events)
    assert wrong.declares_error
    assert wrong.corrective_ids == (right.event_id,)
    assert not right.declares_error


def observed(**fields: object) -> str:
    return json.dumps({
        "type": "ObjectEvent",
        "eventTime": "2026-04-17T09:26:42.5-04:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "ADD",
        "epcList": ["urn:epc:id:sgtin:4012345.011122.25"],
        **fields,
    })  # fmt: skip


def test_the_time_is_the_instant_at_the_local_offset() -> None:
    time = read(observed()).time
    assert time == datetime(2026, 4, 17, 13, 26, 42, 500_000, tzinfo=UTC)
    assert time.utcoffset() == timedelta(hours=8)
    assert time.isoformat() == "2026-04-17T21:26:42.500000+08:00"


@pytest.mark.parametrize(
    ("offset", "minutes"),
    [("+00:00", 0), ("-00:00", 0), ("-03:30", -210), ("+05:45", 345), ("+14:00", 840)],
)
def test_offsets_of_half_an_hour_and_less_are_read(offset: str, minutes: int) -> None:
    shown = read(observed(eventTimeZoneOffset=offset)).time.utcoffset()
    assert shown == timedelta(minutes=minutes)


def test_a_single_event_is_a_document_too() -> None:
    text = observed(**{"@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"})
    document = split(f"\ufeff\n  {text}\n".encode())
    assert document.problems == []
    assert [(event.index, event.text) for event in document.events] == [(0, text)]
    assert document.context_text is None


def test_an_object_event_that_saw_nothing_says_so() -> None:
    assert read(observed(epcList=[])).observed == ()


def test_a_class_without_an_amount_has_none() -> None:
    (amount,) = read(observed(epcList=[], quantityList=[{"epcClass": "urn:x:y"}])).observed
    assert amount == ForeignQuantity("urn:x:y", "urn:x:y", None, None)


def test_a_transaction_event_keeps_its_parent_beside_what_it_saw() -> None:
    event = read(
        observed(
            type="TransactionEvent",
            parentID="urn:epc:id:sscc:0614141.1234567890",
            bizTransactionList=[{"bizTransaction": "urn:epcglobal:cbv:bt:1:2"}],
        )
    )
    assert event.parent is not None
    assert event.parent.identifier == "urn:epc:id:sscc:0614141.1234567890"
    assert event.observed
    assert event.biz_transactions == (Qualified(None, "urn:epcglobal:cbv:bt:1:2"),)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("1", "1"),
        ("200.5", "200.5"),
        ("200.50", "200.5"),
        ("10.00", "10"),
        ("100", "100"),
        ("1.2e3", "1200"),
        ("1E-3", "0.001"),
        ("0.1", "0.1"),
        ("9007199254740993", "9007199254740993"),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
    ],
)
def test_an_amount_keeps_every_digit(written: str, plain: str) -> None:
    text = observed(epcList=[], quantityList=[{"epcClass": "urn:x:y", "quantity": 7}])
    (amount,) = read(text.replace("7}", f" {written} }}")).observed
    assert amount.quantity == plain


@given(st.decimals(min_value="0.000001", max_value=10**20, allow_nan=False, places=6))
def test_any_decimal_comes_back_equal(number: Decimal) -> None:
    shown = plain_decimal(f"{number:f}".encode())
    assert Decimal(shown) == number
    assert "e" not in shown.lower()


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("shipping", "shipping"),
        ("https://ref.gs1.org/cbv/BizStep-shipping", "shipping"),
        ("http://ns.gs1.org/cbv/BizStep-shipping", "shipping"),
        ("cbv:BizStep-shipping", "shipping"),
        ("urn:epcglobal:cbv:bizstep:shipping", "shipping"),
        ("https://ref.gs1.org/cbv/Disp-in_transit", "in_transit"),
        ("urn:epcglobal:cbv:disp:in_transit", "in_transit"),
        ("https://ref.gs1.org/cbv/SDT-owning_party", "owning_party"),
        ("urn:epcglobal:cbv:sdt:location", "location"),
        ("https://ref.gs1.org/cbv/BTT-po", "po"),
        ("urn:epcglobal:cbv:btt:po", "po"),
        ("https://example.org/steps/threshing", "https://example.org/steps/threshing"),
        ("urn:gs1:epcisapp:rail:btt:passage", "urn:gs1:epcisapp:rail:btt:passage"),
    ],
)
def test_a_word_has_one_name_in_all_its_spellings(term: str, name: str) -> None:
    assert short_name(term) == name


def test_an_event_gives_short_names_everywhere() -> None:
    event = read(
        observed(
            bizStep="urn:epcglobal:cbv:bizstep:receiving",
            disposition="https://ref.gs1.org/cbv/Disp-in_progress",
            sourceList=[{"type": "urn:epcglobal:cbv:sdt:location", "source": "urn:x:a"}],
            destinationList=[{"type": "owning_party", "destination": "urn:x:b"}],
        )
    )
    assert (event.biz_step, event.disposition) == ("receiving", "in_progress")
    assert event.sources == (Qualified("location", "urn:x:a"),)
    assert event.destinations == (Qualified("owning_party", "urn:x:b"),)
