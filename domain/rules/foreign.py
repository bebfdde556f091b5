"""Foreign events are taken as they are, so long as they can be read as EPCIS 2.0."""

from domain.epcis import faults
from domain.events.foreign import EpcisCaptured
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def epcis_readable(_state: State, event: EpcisCaptured) -> Refusal | None:
    """Refuse a captured text that is no EPCIS 2.0 event.

    Source: EPCIS 2.0, §7.3 and §7.4 (the fields that an event must have).
    """
    for problem in faults(event.epcis):
        return refuse(
            Code.MALFORMED, path=f"$.epcis {problem.path}", detail_zh=problem.zh,
            detail_en=problem.en,
        )  # fmt: skip
    return None
