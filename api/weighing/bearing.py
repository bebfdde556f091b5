"""Whether a delivery bears a geographical-indication mark: if a grant fits and the list says so."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from api.weighing.cells import BadCell, Cell, text

_YES: Final = frozenset({"是", "有", "挂", "对", "√", "✓", "✔", "1", "y", "yes", "true", "x"})
_NO: Final = frozenset({"", "否", "无", "没有", "不挂", "×", "✗", "0", "-", "n", "no", "false"})


class Usable(NamedTuple):
    """A grant of a mark under which something may be harvested now, as its event says it."""

    grant: str
    party: str
    mark: str
    zh: str
    en: str
    categories: Sequence[str]
    townships: Sequence[str]

    def covers(self, category: str, township: str) -> bool:
        """Tell whether it is for such produce, from there; a county's code covers all of its."""
        grows = any(township.startswith(code) for code in self.townships)
        return category in self.categories and grows


def fitting(grants: Sequence[Usable], category: str, township: str) -> Usable | None:
    """Give the first grant that fits."""
    return next((one for one in grants if one.covers(category, township)), None)


def bears(cell: Cell, fits: Usable | None) -> bool:
    """Read a cell that says whether, or which, mark is borne; an empty one says that none is.

    Raises:
        BadCell: where it can't be read, or no grant fits.
    """
    written = text(cell).lower()
    if written in _NO:
        return False
    names = {fits.zh.lower(), fits.en.lower(), fits.mark} if fits else set()
    if written not in _YES | names:
        raise BadCell(
            f"「{text(cell)}」看不懂：挂标志就写“是”，不挂就空着。",
            f"{text(cell)!r} can't be read: write yes where it bears the mark, else nothing.",
        )
    if fits is None:
        raise BadCell(
            "这一笔挂不了地理标志：没有给这户、这种产品、这块地的授权。",
            "This bears no mark: no grant is for this member, product and plot.",
        )
    return True
