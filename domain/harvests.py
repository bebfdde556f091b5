"""How much a plot can be thought to give: beyond, a person is asked, never refused.

The bounds are our own, set well above what is usual in the county, so that only a slip of the
finger meets them; a rule that refuses would need a source for each.
"""

from typing import Final

MU_M2: Final = 2000 / 3
"""Square metres of one 亩."""

_HIGHEST_KG_PER_MU: Final = {
    "paddy": 1_000, "soybean": 400, "cinnamon": 4_000, "longan": 4_000, "plum": 5_000,
    "hawthorn": 4_000,
}  # fmt: skip
_OTHERWISE_KG_PER_MU: Final = 8_000
_GRAMS: Final = 1_000


def thinkable_g(category: str, area_m2: int) -> int:
    """Give the most that one harvest of a category is thought to bring from an area, in grams."""
    highest = _HIGHEST_KG_PER_MU.get(category, _OTHERWISE_KG_PER_MU)
    return round(area_m2 / MU_M2 * highest * _GRAMS)
