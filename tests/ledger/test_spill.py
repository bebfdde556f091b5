"""What outgrows memory comes back as it was."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import tags
from domain.refusals import Refusal
from domain.state import Signed
from ledger import blocks
from ledger.candidate import read_payload
from ledger.replay import Replay
from ledger.source import open_source
from ledger.spill import Spill, SpillOnce
from tests import county as c
from tests.ledger.forgeries import Forge, exported


class Numbers:
    """Values that are known by their positions, as a ledger's are by its events."""

    def __init__(self) -> None:
        self.by_position: dict[int, int | None] = {}

    def fold(self, _key: str, positions: Sequence[int]) -> int | None:
        """Give the last."""
        return self.by_position[positions[-1]]


@given(
    generation=st.integers(1, 6),
    writes=st.lists(st.tuples(st.sampled_from("abcdefghijkl"), st.none() | st.integers(0, 99))),
    reads=st.lists(st.sampled_from("abcdefghijklm"), max_size=8),
)
def test_a_spill_is_a_mapping_that_also_knows_who_set_what(
    generation: int, writes: list[tuple[str, int | None]], reads: list[str]
) -> None:
    numbers = Numbers()
    spill: Spill[int] = Spill(numbers.fold, generation)
    plain: dict[str, int | None] = {}
    positions: dict[str, list[int]] = {}
    for position, (key, value) in enumerate(writes, 1):
        spill.put(key, value, position)
        numbers.by_position[position] = value
        plain[key] = value
        positions.setdefault(key, []).append(position)
        for read in reads:
            assert spill.values.get(read) == plain.get(read)
    for key in "abcdefghijklm":
        assert spill.values[key] == plain.get(key)
        assert spill.positions(key) == positions.get(key, [])
    spill.close()


@given(
    generation=st.integers(1, 600),
    keys=st.lists(st.text("ab/c-0", min_size=1, max_size=6), unique=True),
    flushed=st.sets(st.integers(1, 20)),
)
def test_what_is_set_once_is_found_again_by_its_run(
    generation: int, keys: list[str], flushed: set[int]
) -> None:
    spill: SpillOnce[int] = SpillOnce(lambda _, positions: sum(positions), generation)
    for position, key in enumerate(keys, 1):
        assert spill.values[key] is None
        spill.put(key, position, position)
        if position in flushed:  # as a bookmark does, in the middle of a generation
            spill.flush()
        assert spill.held() <= 2 * generation + 1
    for position, key in enumerate(keys, 1):
        assert spill.values[key] == position
        assert spill.positions(key) == [position]
    assert spill.values["d"] is None
    assert spill.positions("d") == []
    spill.close()


@pytest.mark.parametrize("kind", [Spill, SpillOnce])
def test_memory_holds_two_generations(kind: type[Spill[int]]) -> None:
    spill = kind(lambda _, positions: positions[-1], 10)
    for number in range(1000):
        spill.put(f"{number:04}", number, number)
        assert spill.held() <= 21
    assert spill.values["0003"] == 3
    spill.close()


@pytest.mark.parametrize("generation", [1, 7, 100_000])
def test_the_rules_are_the_same_whatever_is_spilled(generation: int) -> None:
    """A season with corrections: every model goes out to the scratch file and comes back."""
    forge = Forge()
    world = forge.world
    for _ in range(12):
        crop = world.admit(world.harvest(quantity=c.kg(100)))
        sale = world.admit(world.sell(c.FARMER, c.YARD, c.of(crop.batch, c.kg(10))))
        sent = world.admit(world.ship(c.FARMER, c.YARD, [c.of(crop.batch, c.kg(50))]))
        world.admit(world.receive(c.MILL, c.WORKSHOP, sent.id, [c.of(crop.batch, c.kg(50))]))
        less = msgspec.structs.replace(sale, quantity=c.kg(9))
        world.admit(world.correct(sale, less))
    first = next(e.event for e in forge.chronicle.events if "Harvest" in type(e.event).__name__)
    refused = forge.slip_in(world.correct(first))[-1]  # the sale and the shipment lean on it
    source = open_source(exported([*forge.lines, refused]))
    source.header()
    replay = Replay(source, generation)
    answers: list[Refusal | None] = []
    for block in source.blocks():
        part = blocks.check(source.read(block))
        replay.begin_block(block, (item.size for item in part.items))
        for item in part.items:
            event = read_payload(item.payload)
            assert not isinstance(event, Refusal)
            answers.append(
                replay.admit(Signed(event, item.keyids, b""), item.admitted_at, item.position)
            )
    assert [a for a in answers[:-1] if a] == []
    assert answers[-1] is not None
    assert answers[-1].code.value == "correction-collides"
    assert answers[-1].position == forge.position_of(first) + 1
    assert replay.by_tag(tags.batch(first.batch)) == forge.chronicle.by_tag(  # type: ignore[union-attr]
        tags.batch(first.batch)  # type: ignore[union-attr]
    )
    assert replay.by_id(first.id) == forge.chronicle.by_id(first.id)
    assert replay.by_id("nobody") is None
    replay.close()
    source.close()
