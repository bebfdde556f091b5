"""Names as a reader may see them: a person's from the vault, and only with consent."""

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

from api.pages import words
from api.pages.reader import Reader
from domain.ids import is_gtin
from domain.measures import Unit
from labels.errors import LabelError
from labels.link import checked_lot, escape
from ledger.vault import PersonCard
from projections.amounts import Shown
from projections.directory import Product as Registered
from projections.passport import Passport, Product, Where, Who

_OWN_UNITS: Final = {unit.value: unit for unit in Unit}
_SPOKEN: Final = {"414": "GLN", "417": "GLN", "00": "SSCC"}
"""What a primary key of a Digital Link is called (GS1 General Specifications §3.2)."""
_HOST_AI_VALUE: Final = 3


class Naming:
    """Says who, where and how much, for one reader."""

    def __init__(self, reader: Reader, cards: Mapping[str, PersonCard]) -> None:
        """Name persons by these cards."""
        self.reader: Final = reader
        self._cards: Final = cards

    def who(self, who: Who | None) -> str:
        """Name a party; a person without consent is not named."""
        if who is None:
            return self.reader.say("（没有写是谁）")
        if who.kind == "person":
            return self.person(who.id) or self.reader.say("农户（未公开姓名）")
        return who.name or spoken(who.id)

    def person(self, party: str) -> str | None:
        """Give a person's name where there is consent to show it."""
        card = self._cards.get(party)
        return card.name if card and card.consent else None

    def where(self, where: Where | None) -> str | None:
        """Name a place; an identifier of a foreign event as it stands."""
        return None if where is None else where.name or spoken(where.id)

    def town(self, where: Where | None) -> str | None:
        """Name the township or city of a place, where it is known."""
        return self.reader.place(where.township) if where and where.township else None

    def product(self, product: Product | None) -> str | None:
        """Name a product in the reader's language."""
        if product is None:
            return None
        return product.zh if self.reader.language == "zh" else product.en or product.zh

    def registered(self, product: Registered | None) -> str | None:
        """Name a registered product in the reader's language."""
        if product is None:
            return None
        return product.name_zh if self.reader.language == "zh" else product.name_en

    def category(self, category: str | None) -> str | None:
        """Name a category of produce."""
        if category is None:
            return None
        return self.reader.say(words.CATEGORIES.get(category, category.replace("%", "%%")))

    def amount(self, quantity: Shown | None, unit: str | None) -> str | None:
        """Write a quantity; a foreign unit by its name, or by its code where we have none."""
        if quantity is None:
            return None
        own = _OWN_UNITS.get(unit or "H87")
        if own and isinstance(quantity, int):
            return self.reader.amount(quantity, own)
        name = words.FOREIGN_UNITS.get(unit or "")
        number = f"{quantity:,}" if isinstance(quantity, int) else quantity
        return f"{number} {self.reader.say(name) if name else unit or ''}".rstrip()


def persons_in(passport: Passport) -> set[str]:
    """Give the ids of all persons that a passport's page may name."""
    who: list[Who | None] = [held.party for held in passport.stock.holders]
    who += [origin.holder for origin in passport.origins]
    for step in (*passport.timeline, *passport.withdrawn):
        who += [step.actor, step.to, step.carrier, *(one.party for one in step.signed)]
    if passport.made:
        who.append(passport.made.actor)
    if passport.mark:
        who.append(passport.mark.party)
    return {one.id for one in who if one and one.kind == "person"}


def parts_of(key: str) -> tuple[str | None, str | None]:
    """Give GTIN and lot of a batch's key; None twice for another identifier."""
    return (key[:14], key[15:]) if key[14:15] == "/" and key[:14].isdigit() else (None, None)


def address(key: str) -> str:
    """Give the path of a batch's page: its Digital Link, or `/batch?id=` where it has none."""
    gtin, lot = parts_of(key)
    if gtin and lot and is_gtin(gtin):
        try:
            return f"/01/{gtin}/10/{escape(checked_lot(lot))}"
        except LabelError:
            pass
    return f"/batch?id={quote(key, safe='')}"


def spoken(identifier: str) -> str:
    """Write a Digital Link of a place, party or logistic unit as people say it: `GLN …`."""
    path = identifier.split("://", 1)[-1].split("/")
    if len(path) == _HOST_AI_VALUE and path[1] in _SPOKEN and path[2].isdigit():
        return f"{_SPOKEN[path[1]]} {path[2]}"
    return identifier


def listed(reader: Reader, names: Iterable[str]) -> str:
    """Join names as the language does."""
    return ("、" if reader.language == "zh" else ", ").join(names)
