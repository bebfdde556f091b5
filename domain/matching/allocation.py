"""A county's offers shared out among its demands: the problem, the rule of fairness, and a check.

Quantities are whole lots (a kilogram, a litre, a piece), so that a share is something to carry.
Which sharing is the best is said here; who works it out is not (`projections.solver`). See
docs/matching.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

LOT: Final = {"GRM": 1000, "MLT": 1000, "H87": 1}
"""How many of the smallest unit make a lot."""

FLOOR_PERMILLE: Final = 1000
"""The floor is looked for from nothing to all of what each seller could sell, in thousandths."""


class Supply(Struct, frozen=True):
    """What an offer can give: `available` lots, none smaller than `least`."""

    offer: str
    seller: str
    available: int
    least: int = 1


class Want(Struct, frozen=True):
    """What a demand still asks for, in lots."""

    demand: str
    buyer: str
    wanted: int


class Pair(Struct, frozen=True):
    """An offer (by its index) that qualifies for a demand (by its index), with its score."""

    supply: int
    want: int
    score: int


class Problem(Struct, frozen=True):
    """All offers and demands of one category, unit and currency, and the pairs that qualify."""

    supplies: Sequence[Supply]
    wants: Sequence[Want]
    pairs: Sequence[Pair]


class Share(Struct, frozen=True):
    """So many lots of an offer for a demand."""

    supply: int
    want: int
    lots: int


class Sharing(Struct, frozen=True):
    """A sharing: `moved` lots in all, each seller at least `floor` thousandths of its entitlement.

    `value` is the sum of score × lots of the optimum, before shares below an offer's least were
    given up.
    """

    shares: Sequence[Share]
    moved: int
    floor: int
    value: int


def entitlements(problem: Problem) -> dict[str, int]:
    """Give how much each seller could sell if it were alone, in lots.

    What it has, pair by pair no more than is wanted: an upper bound, the measure of fairness.
    """
    reached: dict[str, set[int]] = defaultdict(set)
    for pair in problem.pairs:
        reached[problem.supplies[pair.supply].seller].add(pair.want)
    has: dict[str, int] = defaultdict(int)
    for index in {pair.supply for pair in problem.pairs}:
        has[problem.supplies[index].seller] += problem.supplies[index].available
    return {
        seller: min(has[seller], sum(problem.wants[want].wanted for want in wants))
        for seller, wants in reached.items()
    }


def floors(problem: Problem, floor: int) -> dict[str, int]:
    """Give the lots that each seller sells at least, at a floor in thousandths."""
    return {
        seller: entitled * floor // FLOOR_PERMILLE
        for seller, entitled in entitlements(problem).items()
    }


def sold(problem: Problem, shares: Iterable[Share]) -> dict[str, int]:
    """Sum what each seller sells, in lots."""
    sums: dict[str, int] = defaultdict(int)
    for share in shares:
        sums[problem.supplies[share.supply].seller] += share.lots
    return dict(sums)


def too_small(problem: Problem, shares: Iterable[Share]) -> set[tuple[int, int]]:
    """Give the pairs whose share is below the offer's least: nobody could order it."""
    return {
        (share.supply, share.want)
        for share in shares
        if share.lots < problem.supplies[share.supply].least
    }


def faults(problem: Problem, shares: Sequence[Share]) -> list[str]:
    """Name what is wrong with a sharing: nothing where everybody can act on it."""
    pairs = {(pair.supply, pair.want) for pair in problem.pairs}
    out: dict[int, int] = defaultdict(int)
    into: dict[int, int] = defaultdict(int)
    found = [
        f"{share} is no pair that qualifies" for share in shares
        if (share.supply, share.want) not in pairs or share.lots < 1
    ]  # fmt: skip
    for share in shares:
        out[share.supply] += share.lots
        into[share.want] += share.lots
    found += [
        f"offer {problem.supplies[index].offer} gives {lots}" for index, lots in out.items()
        if lots > problem.supplies[index].available
    ]  # fmt: skip
    found += [
        f"demand {problem.wants[index].demand} gets {lots}" for index, lots in into.items()
        if lots > problem.wants[index].wanted
    ]  # fmt: skip
    found += [f"{pair} is below the least" for pair in too_small(problem, shares)]
    return found
