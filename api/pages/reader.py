"""Who reads a page: the language, and numbers, dates and money as that reader writes them."""

from datetime import date, datetime
from functools import cache
from typing import Final

from api.pages.catalogue import TAGS, Language, translations
from domain.measures import Price, Unit, show, show_price
from domain.townships import name as division_name

_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


class Reader:
    """Says things in one language."""

    def __init__(self, language: Language) -> None:
        """Read in a language."""
        self.language: Final = language
        self.tag: Final = TAGS[language]
        self._words = translations(language)

    def say(self, text: str, /, **values: object) -> str:
        """Give a sentence of the catalogue, `%(name)s` filled in (so a per cent sign is `%%`)."""
        return self._words.gettext(text) % values

    def phrase(self, text: str) -> str:
        """Give a sentence of the catalogue with its blanks as they are, for a script to fill."""
        return self._words.gettext(text)

    def say_count(self, text: str, count: int, /, **values: object) -> str:
        """Give a sentence about so many things; `%(n)s` is the count."""
        return self._words.ngettext(text, text, count) % {"n": f"{count:,}", **values}

    def amount(self, quantity: int, unit: Unit) -> str:
        """Write a quantity in the unit that people use."""
        return show(quantity, unit, self.language)

    def price(self, price: Price, unit: Unit) -> str:
        """Write a price, such as `¥38.00/公斤`."""
        return show_price(price, unit, self.language)

    def place(self, division: str) -> str:
        """Name a township or prefecture."""
        return division_name(division, self.language)

    def day(self, day: date, year: int | None = None) -> str:
        """Write a day; its year too, unless it is the one that the reader knows."""
        if self.language == "zh":
            short = f"{day.month} 月 {day.day} 日"
            return short if day.year == year else f"{day.year} 年 {short}"
        short = f"{day.day} {_MONTHS[day.month - 1]}"
        return short if day.year == year else f"{short} {day.year}"

    def moment(self, moment: datetime, year: int | None = None) -> str:
        """Write a day and a time, at the offset that the moment has."""
        return f"{self.day(moment, year)} {moment.hour:02d}:{moment.minute:02d}"

    def span(self, first: date, last: date, year: int | None = None) -> str:
        """Write from when to when; one day where both are the same."""
        if (first.year, first.month, first.day) == (last.year, last.month, last.day):
            return self.day(first, year)
        dash = " 至 " if self.language == "zh" else " – "
        return f"{self.day(first, year)}{dash}{self.day(last, year or first.year)}"

    def number(self, number: int) -> str:
        """Write a whole number."""
        return f"{number:,}"


@cache
def reader(language: Language) -> Reader:
    """Give the reader of a language."""
    return Reader(language)
