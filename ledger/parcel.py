"""Parcels of envelopes on their way to the writer, and the answers on their way back.

A parcel keeps its order within; between parcels of different callers there is none to keep.
"""

from collections.abc import Callable, Sequence
from functools import partial

from domain.refusals import Refusal
from ledger.candidate import Candidate
from ledger.outcome import Outcome

Deliver = Callable[[list[Outcome] | Exception], None]
"""Takes the answer to a parcel; called on the writer's thread, so it must be quick."""


class Parcel:
    """Envelopes that one caller handed in together, and where the answer goes."""

    __slots__ = ("candidates", "deliver", "kinds", "raws")

    def __init__(self, raws: Sequence[bytes], deliver: Deliver) -> None:
        """Take raw envelopes, in order."""
        self.raws = raws
        self.deliver = deliver
        self.candidates: list[Candidate | Refusal] = []
        """What they were read as, once they are."""
        self.kinds: set[type] = set()
        """The types of the events that could be read."""

    def take(self, candidates: list[Candidate | Refusal]) -> None:
        """Keep what the envelopes were read as."""
        self.candidates = candidates
        self.kinds = {
            type(candidate.signed.event)
            for candidate in candidates
            if isinstance(candidate, Candidate)
        }


class _Gathering:
    """Puts the answers to the parts of a parcel together again."""

    def __init__(self, parts: int, deliver: Deliver) -> None:
        self._answers: list[list[Outcome] | None] = [None] * parts
        self._left = parts
        self._deliver = deliver

    def put(self, part: int, answer: list[Outcome] | Exception) -> None:
        if self._left == 0:
            return
        if isinstance(answer, Exception):
            self._left = 0
            self._deliver(answer)
            return
        self._answers[part] = answer
        self._left -= 1
        if self._left == 0:
            self._deliver([outcome for known in self._answers if known for outcome in known])


def split(parcel: Parcel, most: int) -> list[Parcel]:
    """Cut a parcel that is read into parts of at most so many events, in order.

    Its caller is answered once, when all parts are; the first failure counts for all.
    """
    if len(parcel.raws) <= most:
        return [parcel]
    starts = range(0, len(parcel.raws), most)
    gathering = _Gathering(len(starts), parcel.deliver)
    parts = []
    for number, at in enumerate(starts):
        part = Parcel(parcel.raws[at : at + most], partial(gathering.put, number))
        part.take(parcel.candidates[at : at + most])
        parts.append(part)
    return parts
