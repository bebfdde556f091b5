"""The county's sharing is lawful, fair by its measure, and no other solver finds a better one."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.matching.allocation import (
    Pair,
    Problem,
    Share,
    Supply,
    Want,
    entitlements,
    faults,
    floors,
    sold,
)
from projections.solver import optimum, share_out
from tests.projections import second_solver


def made_up(
    seed: int, size: int, *, least: int = 1, density: float = 0.5, times: int = 1
) -> Problem:
    """Make up a problem of so many offers and demands."""
    random = Random(seed)  # noqa: S311  a seeded simulation
    supplies = [
        Supply(
            f"o{at}",
            f"s{random.randrange(max(size // 2, 1))}",
            random.randint(least, 90) * times,
            least,
        )
        for at in range(size)
    ]
    wants = [Want(f"d{at}", f"b{at}", random.randint(1, 90) * times) for at in range(size)]
    pairs = [
        Pair(supply, want, random.randint(1, 1000))
        for supply in range(size)
        for want in range(size)
        if random.random() < density
    ]
    return Problem(supplies, wants, pairs)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.sampled_from([0.1, 0.4, 1.0]))
def test_the_optimum_is_that_of_another_solver(seed: int, size: int, density: float) -> None:
    problem = made_up(seed, size, density=density)
    found = optimum(problem)
    assert faults(problem, found.shares) == []
    if not problem.pairs:
        return
    assert found.moved == second_solver.most(problem)
    assert found.value == second_solver.dearest(problem, found.moved, found.floor)
    least = floors(problem, found.floor)
    assert all(sold(problem, found.shares).get(name, 0) >= lots for name, lots in least.items())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 8))
def test_no_sharing_that_moves_as_much_leaves_the_worst_off_with_more(seed: int, size: int) -> None:
    problem = made_up(seed, size, times=1000)
    found = optimum(problem)
    if problem.pairs and found.floor + 2 <= 1000:
        assert second_solver.dearest(problem, found.moved, found.floor + 2) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 10), st.integers(1, 40))
def test_no_share_is_below_what_its_offer_sells_at_least(seed: int, size: int, least: int) -> None:
    problem = made_up(seed, size, least=least)
    assert faults(problem, share_out(problem).shares) == []


def test_a_smallholder_is_not_starved_for_a_better_score() -> None:
    supplies = [Supply("big", "big", 100), Supply("small", "small", 10)]
    problem = Problem(supplies, [Want("d", "b", 100)], [Pair(0, 0, 1000), Pair(1, 0, 1)])
    found = optimum(problem)
    assert sold(problem, found.shares) == {"big": 91, "small": 9}
    assert entitlements(problem) == {"big": 100, "small": 10}
    assert (found.moved, found.floor) == (100, 909)


def test_a_seller_of_large_lots_is_not_shut_out_where_its_least_can_be_met() -> None:
    supplies = [Supply("big", "big", 200, 10), Supply("coop", "coop", 150, 100)]
    wants = [Want("d", "d", 80), Want("e", "e", 200)]
    pairs = [Pair(0, 0, 900), Pair(0, 1, 900), Pair(1, 1, 100)]
    found = share_out(Problem(supplies, wants, pairs))
    assert faults(Problem(supplies, wants, pairs), found.shares) == []
    assert sold(Problem(supplies, wants, pairs), found.shares)["coop"] >= 100
    assert found.moved == 280


def test_a_seller_whose_least_nobody_wants_holds_nobody_s_floor_down() -> None:
    supplies = [Supply("a", "a", 50), Supply("b", "b", 50), Supply("c", "c", 90, 60)]
    problem = Problem(supplies, [Want("d", "d", 50)], [Pair(0, 0, 9), Pair(1, 0, 9), Pair(2, 0, 9)])
    found = share_out(problem)
    assert sold(problem, found.shares) == {"a": 25, "b": 25}
    assert found.floor == 500


def test_what_can_t_be_reached_holds_nobody_s_floor_down() -> None:
    supplies = [Supply("a", "a", 50), Supply("b", "b", 50)]
    problem = Problem(supplies, [Want("d", "b", 50)], [Pair(0, 0, 700)])
    found = optimum(problem)
    assert list(found.shares) == [Share(0, 0, 50)]
    assert found.floor == 1000


def test_a_problem_without_pairs_shares_nothing() -> None:
    assert share_out(Problem([], [], [])).shares == []
