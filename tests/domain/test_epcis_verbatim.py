"""An event leaves its document byte for byte, whatever extensions and white space it holds."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.epcis import read, split

CONTEXT = (
    '[ "https://ref.gs1.org/standards/epcis/epcis-context.jsonld" ,\t{"ext":"https://e.org/"}]'
)

names = st.from_regex(r"ext:[A-Za-z0-9]{1,8}", fullmatch=True)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
indents = st.sampled_from([None, 0, 2, "\t"])


@st.composite
def event_texts(draw: st.DrawFn) -> str:
    fields: list[tuple[str, Any]] = [
        ("type", "ObjectEvent"),
        ("eventTime", "2026-04-17T09:26:42.10+08:00"),
        ("eventTimeZoneOffset", "+08:00"),
        ("action", "OBSERVE"),
        ("quantityList", [{"epcClass": "urn:x:y", "quantity": draw(st.integers(1, 10**9))}]),
        *draw(st.dictionaries(names, values, max_size=5)).items(),
    ]
    ordered = dict(draw(st.permutations(fields)))
    ascii_only = draw(st.booleans())
    return json.dumps(ordered, indent=draw(indents), ensure_ascii=ascii_only)


@given(st.lists(event_texts(), max_size=4), st.sampled_from(["", " ", "\n\t", "\r\n"]))
def test_every_event_comes_out_as_it_went_in(texts: list[str], space: str) -> None:
    events = f"{space},{space}".join(texts)
    document = (
        f'{{"epcisBody":{{"eventList":[{space}{events}{space}]}}, "type" : "EPCISDocument",'
        f'"@context":{space}{CONTEXT},"schemaVersion":"2.0"}}'
    )
    found = split(document.encode())
    assert found.problems == []
    assert found.context_text == CONTEXT
    assert [event.text for event in found.events] == texts
    assert [event.index for event in found.events] == list(range(len(texts)))
    for event in found.events:
        assert read(event.text, found.context_text).kind == "ObjectEvent"
