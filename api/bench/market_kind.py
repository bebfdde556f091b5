"""What a kind of the market's benchmark gives: its runs, what they are beside, and how large."""

from collections.abc import Mapping

from msgspec import Struct

from api.bench.measure import Baseline, Run


class Kind(Struct, frozen=True):
    """Runs by name, each in milliseconds; baselines name the run that they are beside."""

    runs: Mapping[str, Run]
    sizes: Mapping[str, int]
    baselines: Mapping[str, Baseline] = {}
