"""What produce is called: how well words fit a name, and what they may mean."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import psycopg
from pypinyin import Style, lazy_pinyin

from domain.taxonomy import CATEGORIES, Category, simplified

_SHORTEST: Final = 2
"""Fewer Latin letters than this find nothing within a word: one letter is no search."""
_WITHIN: Final = 4
"""Fewer than this mean a name only at its beginning: `an` stands within the pinyin of many."""
_HAN: Final = "\u4e00"


def names_of(category: Category) -> tuple[str, ...]:
    """Give all names of a category, its own first."""
    return (category.zh, category.en, category.code, *category.also_zh, *category.also_en)


def categories_called(text: str) -> set[str]:
    """Give the categories that every word of a text may mean."""
    found = [_categories(word) for word in simplified(text).casefold().split()]
    return set.intersection(*found) if found else set()


def products_called(conn: psycopg.Connection[Any], words: Iterable[str]) -> dict[str, list[str]]:
    """Give for each word the GTINs of the products that it may mean, by name or by category."""
    rows = conn.execute("SELECT gtin, category, names FROM market.products").fetchall()
    found = {}
    for word in words:
        plain = simplified(word).casefold()
        codes = _categories(plain)
        found[word] = [
            gtin for gtin, category, names in rows if category in codes or _means(plain, names)
        ]
    return found


def _categories(word: str) -> set[str]:
    return {
        category.code for category in CATEGORIES
        if any(_means(word, name) for name in names_of(category))
    }  # fmt: skip


def _means(word: str, name: str) -> bool:
    rank = rank_of([word], name)
    return rank is not None and (rank < 2 or len(word) >= _WITHIN or word >= _HAN)  # noqa: PLR2004


def rank_of(words: Sequence[str], name: str) -> int | None:
    """Tell how well a name fits: 0 whole, 1 begins so, 2 holds it; None where a word is missing."""
    whole = _fit(" ".join(words), name)
    if whole is not None:
        return whole
    ranks = [_fit(word, name) for word in words]
    known = [rank for rank in ranks if rank is not None]
    return max(known) if len(known) == len(words) else None


def _fit(word: str, name: str) -> int | None:
    ranks = (_fit_key(word, key) for key in _keys(name))
    return min((rank for rank in ranks if rank is not None), default=None)


def _fit_key(word: str, key: str) -> int | None:
    if word == key:
        return 0
    if len(word) < _SHORTEST and word < _HAN:
        return None
    if key.startswith(word):
        return 1
    return 2 if word in key else None


@lru_cache(maxsize=20_000)
def _keys(name: str) -> tuple[str, ...]:
    """Give all that a name is found by: itself, its pinyin and its initials, of each word too."""
    plain = simplified(name).casefold()
    found = [plain, *plain.split(), *_spelt(plain)]
    for word in plain.split():
        found += _spelt(word)
    return tuple(dict.fromkeys(found))


def _spelt(text: str) -> Iterable[str]:
    if not any(letter >= _HAN for letter in text):
        return ()
    return (
        "".join(lazy_pinyin(text)).replace(" ", ""),
        "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).replace(" ", ""),
    )
