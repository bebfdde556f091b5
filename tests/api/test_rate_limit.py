"""How often one address may do a thing."""

from hypothesis import given
from hypothesis import strategies as st

from api.rate_limit import RateLimit


class Clock:
    """Shows what a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_one_waits() -> None:
    clock = Clock()
    limit = RateLimit(per_minute=6, burst=3, clock=clock)
    assert [limit.wait_s("a") for _ in range(4)] == [0, 0, 0, 10]
    assert limit.wait_s("b") == 0
    clock.now = 10
    assert limit.wait_s("a") == 0
    assert limit.wait_s("a") == 10


@given(st.lists(st.floats(0, 30), min_size=1, max_size=200))
def test_no_pattern_gets_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    clock = Clock()
    limit = RateLimit(per_minute=6, burst=5, clock=clock)
    granted = 0
    for pause in pauses:
        clock.now += pause
        granted += limit.wait_s("a") == 0
    assert granted <= 5 + clock.now / 10 + 1e-6
