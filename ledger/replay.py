"""The rules replayed over an export: the same `admit` as at the moment of writing."""

from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.admission import admit
from domain.events.catalogue import AnyEvent, decode
from domain.history import fold
from domain.refusals import Refusal
from domain.state import Fact, Model, Numbered, Signed, State
from ledger import envelope, export
from ledger.bookmark import Mark
from ledger.scratch import Scratch
from ledger.source import Block, Source
from ledger.spill import GENERATION, Spill, SpillOnce


class Replay:
    """Admits a whole ledger's events anew, in order; also the `History` that corrections read.

    What memory can't hold is folded anew from its events, when it is needed again. Of each event
    the eight bytes stay that say where it lies.
    """

    def __init__(
        self, source: Source, generation: int = GENERATION, scratch: Scratch | None = None
    ) -> None:
        """Begin with the empty ledger, whose events are read again from where they came from."""
        self._source = source
        self._models: Spill[Model] = Spill(self._model, generation, scratch)
        self._facts: SpillOnce[Fact] = SpillOnce(self._fact, generation, scratch)
        self._state = State(self._models.values, self._facts.values, self)
        self._offsets = array("Q")
        """Where each event's line begins, by position − 1, and where the last one's block ends."""

    def go_on(self, mark: Mark, begin: int) -> None:
        """Go on after a mark; the lines of this export begin at another offset, maybe."""
        offsets = array("Q")
        offsets.frombytes(mark.at.offsets)
        self._offsets = array("Q", [begin + offset for offset in offsets])
        self._models.greatest, self._facts.greatest = (dict(each) for each in mark.at.greatest)

    def flush(self, begin: int) -> tuple[bytes, tuple[dict[str, str], dict[str, str]]]:
        """Write all positions, and give what `go_on` needs: offsets and greatest keys."""
        self._models.flush()
        self._facts.flush()
        offsets = array("Q", [offset - begin for offset in self._offsets])
        return offsets.tobytes(), (self._models.greatest, self._facts.greatest)

    @property
    def end(self) -> int:
        """Where the last event's line ends."""
        return self._offsets[-1]

    def begin_block(self, block: Block, sizes: Iterable[int]) -> None:
        """Take note of a block, and of how long the lines of its events are."""
        offset = block.offset
        if self._offsets:
            self._offsets.pop()
        for size in sizes:
            self._offsets.append(offset)
            offset += size
        self._offsets.append(offset)

    def admit(self, signed: Signed, admitted_at: datetime, position: int) -> Refusal | None:
        """Admit the next event at the time that the ledger did, or say why not."""
        admitted = admit(self._state, signed, admitted_at, position)
        if isinstance(admitted, Refusal):
            return admitted
        event = signed.event
        for tag, model in admitted.models.items():
            self._models.put(tag, model, position)
        self._facts.put(event.id, _fact_of(event, position), position)
        return None

    def by_id(self, event_id: str) -> Numbered | None:
        """Find an event by its id."""
        fact = self._facts.values[event_id]
        return self._numbered(fact.position) if fact else None

    def by_tag(self, tag: str) -> list[Numbered]:
        """Give all events of a tag in order."""
        return [self._numbered(position) for position in self._models.positions(tag)]

    def admitted_at(self, position: int) -> datetime:
        """Tell when the ledger admitted an event, by its own clock."""
        return self._line(position).admitted_at

    def close(self) -> None:
        """Let go of the scratch files."""
        self._models.close()
        self._facts.close()

    def _model(self, tag: str, positions: Sequence[int]) -> Model | None:
        return fold(tag, [self._numbered(position) for position in positions])

    def _fact(self, _event_id: str, positions: Sequence[int]) -> Fact:
        (position,) = positions
        return _fact_of(self._numbered(position).event, position)

    def _numbered(self, position: int) -> Numbered:
        return Numbered(position, decode(envelope.parse(self._line(position).envelope).payload))

    def _line(self, position: int) -> export.Line:
        begin, end = self._offsets[position - 1 : position + 1]
        line = export.read_line(self._source.read(Block(begin, end - begin)), position)
        if not isinstance(line, export.Line):
            raise TypeError(f"the line of position {position} is no event")
        return line


def _fact_of(event: AnyEvent, position: int) -> Fact:
    # A writer tells a retry from a reused id by the payload's digest; in an export either is a
    # fault, so that there is none here.
    return Fact(position, event.actor, event.occurred_at, b"")
