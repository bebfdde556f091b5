"""Working out the best sharing of a category's offers: three linear programmes, one after another.

First as much as possible is moved. Then, of all ways to move so much, those count in which the
seller that fares worst, measured by what it could sell at most, fares best: nobody is starved for a
little more score. Last, of these, the one with the highest scores. All three are flows in a
network, so that the simplex method's corners are whole lots.
"""

from collections.abc import Sequence
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from domain.matching.allocation import (
    FLOOR_PERMILLE,
    Problem,
    Share,
    Sharing,
    entitlements,
    too_small,
)

Names = tuple[int, int]
"""A pair, by the indices of its offer and its demand."""

_MOST_TRIES: Final = 8
"""How often shares below an offer's least are given up and the rest shared out again."""
_CLOSE: Final = 1e-6


class _Quiet(highspy.Highs):
    """Prints no banner: standard output is the command's."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library has no types here

    @override
    def enableCallbacks(self) -> None:
        """Fall silent before the library, which calls this when it is made, speaks."""
        self.setOptionValue("output_flag", False)  # noqa: FBT003  as the library has it
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class Unsolved(RuntimeError):
    """The solver gave no optimum."""


def share_out(problem: Problem) -> Sharing:
    """Share out the best way, whole lots.

    A share below its offer's least can't be ordered. The largest of a seller's is then held to the
    least, so that whoever sells in large lots is not shut out; where that moves less, and of the
    rest, the pairs are given up. What is left of them after eight tries is dropped.

    Raises:
        Unsolved: where the solver finds no optimum, which a problem made of counts never has.
    """
    if not problem.pairs:
        return _NOTHING
    programme = _Programme(problem)
    first = best = programme.optimum()
    for _ in range(_MOST_TRIES):
        small = too_small(problem, best.shares)
        if not small:
            break
        best = programme.without(small, _largest(problem, best.shares, small), best.moved)
    small = too_small(problem, best.shares)
    shares = [share for share in best.shares if (share.supply, share.want) not in small]
    return Sharing(shares, sum(share.lots for share in shares), best.floor, first.value)


def _largest(problem: Problem, shares: Sequence[Share], small: set[Names]) -> set[Names]:
    """Give each seller's largest share of those too small, where its least can be met at all."""
    found: dict[str, Share] = {}
    for share in sorted(shares, key=lambda share: -share.lots):
        supply = problem.supplies[share.supply]
        fits = supply.least <= min(supply.available, problem.wants[share.want].wanted)
        if fits and (share.supply, share.want) in small:
            found.setdefault(supply.seller, share)
    return {(share.supply, share.want) for share in found.values()}


def optimum(problem: Problem) -> Sharing:
    """Give the optimum itself, shares below an offer's least included."""
    return _Programme(problem).optimum() if problem.pairs else _NOTHING


_NOTHING: Final = Sharing([], 0, FLOOR_PERMILLE, 0)


class _Programme:
    """One model, whose costs and bounds change from one question to the next.

    A column a pair, and one for the floor; a row an offer, a demand and a seller, and one for the
    total.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._entitled = entitlements(problem)
        self._sellers = {seller: at for at, seller in enumerate(self._entitled)}
        self._pairs = len(problem.pairs)
        supplies, wants = len(problem.supplies), len(problem.wants)
        self._first_seller = supplies + wants
        self._total = self._first_seller + len(self._sellers)
        self._scores = np.array([pair.score for pair in problem.pairs], float)
        self._held: set[Names] = set()
        self._closed: set[Names] = set()
        self._highs = _Quiet()
        self._highs.setOptionValue("threads", 1)
        self._highs.passModel(self._model(supplies, wants))

    def optimum(self) -> Sharing:
        """Answer the three questions, each within what the one before has found."""
        pairs = self._problem.pairs
        moved = self._most()
        floor = self._fairest(moved)
        lots = self._dearest(floor).tolist()
        shares = [
            Share(pair.supply, pair.want, number)
            for pair, number in zip(pairs, lots, strict=True)
            if number
        ]
        value = sum(pair.score * number for pair, number in zip(pairs, lots, strict=True))
        return Sharing(shares, moved, floor, value)

    def without(self, small: set[Names], held: set[Names], moved: int) -> Sharing:
        """Give up what is too small; some of it is held to its offer's least if no less is moved.

        The answer starts from the last one.
        """
        held = held - self._held
        self._held |= held
        self._bound(small - held, 0.0)
        self._bound(held, None)
        try:
            found = self.optimum()
            if found.moved >= moved or not held:
                return found
        except Unsolved:
            pass
        self._bound(held, 0.0)
        return self.optimum()

    def _bound(self, names: set[Names], most: float | None) -> None:
        """Close pairs, or (None) hold them to their offer's least."""
        for at, pair in enumerate(self._problem.pairs):
            if (pair.supply, pair.want) not in names:
                continue
            if most is None:
                least = self._problem.supplies[pair.supply].least
                self._highs.changeColBounds(at, float(least), highspy.kHighsInf)
            else:
                self._highs.changeColBounds(at, 0.0, most)
                self._closed.add((pair.supply, pair.want))
        self._reweigh()

    def _reweigh(self) -> None:
        """Measure the floor by what can still be sold: who has no pair left holds nobody down."""
        open_pairs = [
            pair for pair in self._problem.pairs
            if (pair.supply, pair.want) not in self._closed
        ]  # fmt: skip
        left = Problem(self._problem.supplies, self._problem.wants, open_pairs)
        self._entitled = dict.fromkeys(self._sellers, 0) | entitlements(left)
        for seller, at in self._sellers.items():
            row, weight = self._first_seller + at, float(-self._entitled[seller])
            self._highs.changeCoeff(row, self._pairs, weight)

    def _most(self) -> int:
        """Give the most lots that can be moved."""
        self._highs.changeRowBounds(self._total, 0.0, highspy.kHighsInf)
        self._highs.changeColBounds(self._pairs, 0.0, 0.0)
        self._sellers_at_least(dict.fromkeys(self._sellers, 0))
        self._costs(np.ones(self._pairs), 0.0)
        return round(self._solve())

    def _fairest(self, moved: int) -> int:
        """Give the greatest floor, in thousandths, at which so much is still moved."""
        self._highs.changeRowBounds(self._total, float(moved), highspy.kHighsInf)
        self._highs.changeColBounds(self._pairs, 0.0, 1.0)
        self._costs(np.zeros(self._pairs), 1.0)
        return int(self._solve() * FLOOR_PERMILLE + _CLOSE)

    def _dearest(self, floor: int) -> NDArray[np.int64]:
        """Give the lots of each pair with the highest scores, so much moved and the floor kept."""
        self._highs.changeColBounds(self._pairs, 0.0, 0.0)
        entitled = self._entitled.items()
        self._sellers_at_least({name: lots * floor // FLOOR_PERMILLE for name, lots in entitled})
        self._costs(self._scores, 0.0)
        self._solve()
        found = np.array(self._highs.getSolution().col_value[: self._pairs])
        return np.rint(found).astype(np.int64)

    def _sellers_at_least(self, lots: dict[str, int]) -> None:
        for seller, least in lots.items():
            row = self._first_seller + self._sellers[seller]
            self._highs.changeRowBounds(row, float(least), highspy.kHighsInf)

    def _costs(self, of_pairs: NDArray[np.float64], of_floor: float) -> None:
        columns = np.arange(self._pairs + 1, dtype=np.int32)
        self._highs.changeColsCost(
            self._pairs + 1, columns, np.append(of_pairs, of_floor).astype(np.float64)
        )

    def _solve(self) -> float:
        self._highs.run()
        status = self._highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise Unsolved(self._highs.modelStatusToString(status))
        return float(self._highs.getInfo().objective_function_value)

    def _model(self, supplies: int, wants: int) -> highspy.HighsLp:
        problem, sellers = self._problem, self._sellers
        rows = np.empty((self._pairs, 4), np.int32)
        for at, pair in enumerate(problem.pairs):
            seller = sellers[problem.supplies[pair.supply].seller]
            rows[at] = (
                pair.supply, supplies + pair.want, self._first_seller + seller, self._total
            )  # fmt: skip
        of_floor = np.arange(self._first_seller, self._total, dtype=np.int32)
        entitled = np.array(list(self._entitled.values()), float)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self._pairs + 1, self._total + 1
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = np.zeros(self._pairs + 1)
        lp.col_lower_ = np.zeros(self._pairs + 1)
        lp.col_upper_ = np.append(np.full(self._pairs, highspy.kHighsInf), 0.0)
        lp.row_lower_ = np.concatenate([
            np.full(supplies + wants, -highspy.kHighsInf), np.zeros(len(sellers) + 1)
        ])  # fmt: skip
        lp.row_upper_ = np.concatenate([
            np.array([supply.available for supply in problem.supplies], float),
            np.array([want.wanted for want in problem.wants], float),
            np.full(len(sellers) + 1, highspy.kHighsInf),
        ])  # fmt: skip
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        ends = np.append(np.arange(self._pairs + 1) * 4, self._pairs * 4 + len(of_floor))
        lp.a_matrix_.start_ = ends.astype(np.int32)
        lp.a_matrix_.index_ = np.concatenate([rows.ravel(), of_floor])
        lp.a_matrix_.value_ = np.concatenate([np.ones(self._pairs * 4), -entitled])
        return lp
