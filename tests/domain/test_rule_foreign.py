"""Foreign events are taken as they are, if they can be read."""

from domain.events.foreign import EpcisCaptured
from domain.refusals import Code
from tests.county import BUYER
from tests.worlds import World

OBSERVED = (
    '{"type": "ObjectEvent", "eventTime": "2026-02-01T10:00:00.50Z",'
    ' "eventTimeZoneOffset": "+08:00", "action": "OBSERVE",'
    ' "epcList": ["urn:epc:id:sgtin:4012345.077889.25"]}'
)


def test_an_epcis_event_is_taken_word_for_word() -> None:
    world = World.open()
    event = world.admit(EpcisCaptured(**world.common(BUYER), epcis=OBSERVED))
    found = world.memory.by_id(event.id)
    assert found
    assert isinstance(found.event, EpcisCaptured)
    assert found.event.epcis == OBSERVED


def test_what_is_no_epcis_event_is_refused_with_the_path_of_the_fault() -> None:
    world = World.open()
    broken = OBSERVED.replace('"OBSERVE"', '"LOOK"')
    refusal = world.refuse(EpcisCaptured(**world.common(BUYER), epcis=broken))
    assert refusal.code is Code.MALFORMED
    assert refusal.path
    assert "action" in refusal.path


def test_a_text_that_is_no_json_is_refused() -> None:
    world = World.open()
    refusal = world.refuse(EpcisCaptured(**world.common(BUYER), epcis="<xml/>"))
    assert refusal.code is Code.MALFORMED
