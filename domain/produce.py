"""Rule sets: the tables that the rules look things up in, each with a version.

A rule set never changes once it has been in force; a new one stands beside it, so that a later
release still verifies what was admitted under the older one.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct

from domain.events.movements import Process


class Yield(Struct, frozen=True):
    """The most that can come out of a process, in thousandths of what went in.

    More than went in only where every input is of the category `gains`, which takes up water; of
    anything else no more than went in.
    """

    permille: int
    source: str
    gains: str | None = None

    def of(self, categories: Iterable[str]) -> int:
        """Give the thousandths for inputs of these categories."""
        if self.gains is None or all(category == self.gains for category in categories):
            return self.permille
        return min(self.permille, 1000)


class RuleSet(Struct, frozen=True):
    """Everything that a rule may look up."""

    version: str
    skew_minutes: int
    late_after_hours: int
    yields: dict[Process, Yield]


RULES_2026_1: Final = RuleSet(
    version="2026.1",
    skew_minutes=10,
    late_after_hours=24,
    yields={
        Process.MILLED: Yield(
            820, "GB 1350-2009 稻谷: grade 1 husks to 79 % (籼), 81 % (粳); one point of grace"
        ),
        Process.DRIED: Yield(1000, "drying takes water away, it adds nothing"),
        Process.STEAMED: Yield(
            2500, "dry soybeans take up 1.2 to 1.5 times their mass of water: FAO, Soybean in"
            " tropical Africa, ch. processing", gains="soybean"
        ),
        Process.FERMENTED: Yield(
            2500, "as steamed: the water is taken up before the mould grows; salt is in the limit",
            gains="soybean"
        ),
        Process.BLENDED: Yield(1000, "conservation of mass"),
        Process.GRADED: Yield(1000, "conservation of mass"),
        Process.SLAUGHTERED: Yield(1000, "one carcass a bird"),
        Process.SPLIT: Yield(1000, "conservation of mass"),
        Process.PACKED: Yield(1000, "conservation of mass; the package does not count"),
    },
)  # fmt: skip

RULE_SETS: Final = {RULES_2026_1.version: RULES_2026_1}
"""Every rule set that was ever in force, by version."""

PROCESS_ZH: Final = {
    Process.MILLED: "碾米",
    Process.DRIED: "晾晒烘干",
    Process.STEAMED: "蒸煮",
    Process.FERMENTED: "发酵",
    Process.BLENDED: "拼配",
    Process.GRADED: "分级",
    Process.SLAUGHTERED: "屠宰",
    Process.SPLIT: "分批",
    Process.PACKED: "分装",
}


def tables_digest(rules: RuleSet) -> str:
    """Give the SHA-256 of a rule set's tables as lower-case hex, over its canonical JSON."""
    plain = msgspec.to_builtins(rules, str_keys=True)
    return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()
