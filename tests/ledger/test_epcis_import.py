"""The same file by the same party gives the same payloads, each with its event to the letter."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from domain.epcis import split
from domain.events import catalogue
from domain.events.foreign import MAX_FOREIGN, EpcisCaptured
from ledger import canonical, envelope
from ledger.epcis_import import Captured, capture
from ledger.keys import Ed25519Key, P256Key

ACTOR = "P445381-000001"
OTHER = "P445381-000002"
KEY = Ed25519Key.from_seed(bytes(range(32)))
PHONE = P256Key.from_private_bytes(bytes(range(1, 33)))
CONTEXT = '["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"]'


def event_text(**fields: object) -> str:
    return json.dumps({
        "type": "ObjectEvent",
        "eventTime": "2026-04-17T09:26:42.123456Z",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.L7", "quantity": 0.1}],
        **fields,
    }, ensure_ascii=False, indent=1)  # fmt: skip


def document(*texts: str) -> bytes:
    events = ",\n".join(texts)
    return (
        f'{{"@context": {CONTEXT}, "type": "EPCISDocument", "schemaVersion": "2.0",'
        f' "epcisBody": {{"eventList": [{events}]}}}}'
    ).encode()


def payload(captured: Captured) -> EpcisCaptured:
    sealed = envelope.parse(captured.envelope)
    event = catalogue.decode(sealed.payload)
    assert isinstance(event, EpcisCaptured)
    assert canonical.is_canonical(event, sealed.payload)
    return event


def test_an_envelope_holds_the_event_to_the_letter_and_its_signature_is_good() -> None:
    text = event_text(**{"ext:note": "肉桂 \u2028 \x7f", "ext:weight": 1.50})
    (captured,) = capture(document(text), ACTOR, KEY).events
    event = payload(captured)
    assert (event.epcis, event.context) == (text, CONTEXT)
    assert (event.id, event.actor, event.refs) == (captured.event_id, ACTOR, ())
    assert event.occurred_at.isoformat() == "2026-04-17T17:26:42.123456+08:00"
    assert envelope.verify(envelope.parse(captured.envelope)) == (KEY.did,)


def test_the_same_file_by_the_same_party_is_the_same_to_the_byte() -> None:
    content = document(event_text(), event_text(disposition="active"))
    assert capture(content, ACTOR, KEY) == capture(content, ACTOR, KEY)


def test_a_p256_key_signs_anew_but_the_payload_stays() -> None:
    content = document(event_text())
    (first,) = capture(content, ACTOR, PHONE).events
    (second,) = capture(content, ACTOR, PHONE).events
    assert first.envelope != second.envelope
    assert payload(first) == payload(second)


def test_the_id_is_a_version_7_of_the_events_own_time() -> None:
    (captured,) = capture(document(event_text()), ACTOR, KEY).events
    uuid = UUID(captured.event_id)
    time = datetime(2026, 4, 17, 9, 26, 42, 123_000, tzinfo=UTC)
    assert (uuid.version, uuid.variant) == (7, "specified in RFC 4122")
    assert uuid.int >> 80 == int(time.timestamp() * 1000)


def test_another_event_or_party_has_another_id_and_another_key_the_same() -> None:
    def id_of(text: str, actor: str, key: Ed25519Key | P256Key) -> str:
        (captured,) = capture(document(text), actor, key).events
        return captured.event_id

    text = event_text()
    assert id_of(text, ACTOR, KEY) == id_of(text, ACTOR, PHONE)
    assert id_of(text, ACTOR, KEY) != id_of(text, OTHER, KEY)
    assert id_of(text, ACTOR, KEY) != id_of(text.replace("\n", " "), ACTOR, KEY)
    assert id_of(text, ACTOR, KEY) != id_of(event_text(action="ADD"), ACTOR, KEY)


def test_the_nonce_needs_the_private_key() -> None:
    content = document(event_text(), event_text(disposition="active"))
    keys = (KEY, PHONE, Ed25519Key.generate())
    nonces = {payload(c).nonce for key in keys for c in capture(content, ACTOR, key).events}
    assert len(nonces) == 6
    assert {len(nonce) for nonce in nonces} == {16}


def test_the_good_events_of_a_bad_document_are_told_from_the_bad() -> None:
    large = event_text(**{"ext:note": "x" * MAX_FOREIGN})
    found = capture(document(event_text(action="UPDATE"), large, event_text()), ACTOR, KEY)
    assert [captured.index for captured in found.events] == [2]
    assert [(p.index, p.code) for p in found.problems] == [(0, "malformed"), (1, "too-large")]


def test_a_document_that_is_none_gives_problems_and_no_events() -> None:
    found = capture(document(event_text())[:-30], ACTOR, KEY)
    assert not found.events
    assert [problem.index for problem in found.problems] == [None]


@pytest.mark.parametrize("letter", ["x", '"', "\\", "\x01", "粮", "😀"])
def test_the_largest_event_that_is_read_fits_an_envelope(letter: str) -> None:
    context = '["' + "https://e.org/" * 500 + '"]'

    def content(times: int) -> bytes:
        text = event_text(**{"ext:note": letter * times})
        return document(text).replace(CONTEXT.encode(), context.encode())

    low, high = 0, MAX_FOREIGN
    while low + 1 < high:
        middle = (low + high) // 2
        if split(content(middle)).problems:
            high = middle
        else:
            low = middle
    assert split(content(low)).events
    assert split(content(high)).problems
    assert capture(content(low), ACTOR, KEY).events


def test_gs1s_documents_for_the_food_rule_are_captured_whole() -> None:
    folder = Path(__file__).parents[2].parent / "shared/reference/fsma204"
    if not folder.exists():
        pytest.skip(f"GS1's documents are not at {folder}")
    for path in sorted(folder.glob("*.jsonld")):
        found = capture(path.read_bytes(), ACTOR, KEY)
        assert found.problems == []
        assert found.events
        for captured in found.events:
            assert payload(captured).epcis in path.read_bytes().decode()
