"""Links against a naive list, over random histories."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.history import fold
from domain.models.links import Links
from tests.link_histories import play


@settings(max_examples=40)
@given(st.data(), st.integers(1, 40))
def test_rules_and_models_agree_with_a_naive_list(data: st.DataObject, steps: int) -> None:
    world, reference, _ = play(data, steps)
    memory = world.memory
    for identifier in reference.owners:
        tag = f"links:{identifier}"
        model = memory.models.get(tag)
        assert model == fold(tag, memory.by_tag(tag))
        standing = {row["link"].id for row in reference.standing(identifier)}
        kept = model.standing.values() if isinstance(model, Links) else ()
        assert {one.event for one in kept} == standing
