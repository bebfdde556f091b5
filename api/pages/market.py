"""The market's page: offers to look through and search, and demands."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.pages import render
from api.pages.market_view import (
    Asked,
    Known,
    categories,
    demand_view,
    map_spots,
    offer_view,
    persons_in,
    sorts,
    townships,
)
from api.pages.naming import Naming
from api.pages.sketch import HEIGHT, WIDTH, outline
from api.pages.standing import standing
from api.rest.context import CaughtUp, Use
from api.services import Services
from domain.moments import CST
from ledger.log import Connection
from projections import directory
from projections import market_queries as queries
from projections.called import categories_called
from projections.market_queries import BadMark, DemandFilter, Mark, OfferFilter, Page, Sort
from projections.market_rows import DemandRow, OfferRow
from projections.passport import documents

router = APIRouter(dependencies=[CaughtUp], include_in_schema=False)

_SHOWN: Final = 24
_COUNTED: Final = 500
"""So many open offers at most are looked through for what to narrow by."""
_MOST_WORDS: Final = 6
_DEMANDS: Final = 30
_LONGEST: Final = 80


@router.get("/market")
@router.head("/market")
def market(
    request: Request,
    services: Use,
    q: str = "",
    category: str = "",
    township: str = "",
    sort: str = "",
    after: str = "",
) -> Response:
    """Show what is offered and wanted."""
    asked = Asked(_plain(q), _plain(category) or None, _plain(township) or None, _sort(sort))
    with services.connection() as conn:
        every = queries.offers(conn, OfferFilter(words=_words(asked)), Page(_COUNTED))
        rows = _offers(conn, asked, _mark(after))
        wanted = queries.demands(conn, _demanded(asked), Page(_DEMANDS))
        known, naming = known_of(request, services, conn, [*every, *rows], wanted)
        passports = documents(conn, list({row.batch for row in rows[:_SHOWN]}))
        now = standing(conn)
    known = known._replace(passports=passports)
    today = datetime.now(CST).date()
    return render.page(
        request, "market.html", standing=now, asked=asked,
        offers=[offer_view(row, known, naming, today) for row in rows[:_SHOWN]],
        further=_further(asked, rows), categories=categories(every, known, asked, naming),
        townships=townships(every, known, asked, naming),
        spots=map_spots(every, known, asked, naming), outline=outline(), sorts=sorts(asked, naming),
        demands=[demand_view(row, known, naming) for row in wanted], map_size=(WIDTH, HEIGHT),
    )  # fmt: skip


def _offers(conn: Connection, asked: Asked, after: Mark | None) -> list[OfferRow]:
    """Give a page of offers, and one more where there are more; from the start for a bad mark."""
    try:
        return queries.offers(conn, _filter(asked), Page(_SHOWN + 1, after, asked.sort))
    except BadMark:
        return queries.offers(conn, _filter(asked), Page(_SHOWN + 1, None, asked.sort))


def _plain(text: str) -> str:
    """Take what may be asked for: printable, and not longer than a name is."""
    return "".join(c for c in text if c.isprintable())[:_LONGEST].strip()


def _sort(text: str) -> Sort:
    return next((sort for sort in Sort if sort.value == text), Sort.NEWEST)


def _filter(asked: Asked) -> OfferFilter:
    return OfferFilter(
        category=asked.category, townships=[asked.township] if asked.township else None,
        words=_words(asked),
    )  # fmt: skip


def _demanded(asked: Asked) -> DemandFilter:
    """Narrow demands by what the words call; a seller's or a place's name does not."""
    called = categories_called(" ".join(_words(asked)))
    return DemandFilter(category=asked.category, categories=sorted(called) or None)


def _words(asked: Asked) -> list[str]:
    return asked.words.split()[:_MOST_WORDS]


def _mark(after: str | None) -> Mark | None:
    """Read a place in the list, `POSITION~KEY`; one that is none counts as the start."""
    position, separator, key = (after or "").partition("~")
    if not (separator and position.isascii() and position.isdecimal() and len(position) < 19):  # noqa: PLR2004
        return None
    return Mark(key, int(position))


def _further(asked: Asked, rows: list[OfferRow]) -> str | None:
    if len(rows) <= _SHOWN:
        return None
    last = rows[_SHOWN - 1]
    link = asked.link()
    return f"{link}{'&' if '?' in link else '?'}after={last.position}~{last.key}"


def known_of(
    request: Request, services: Services, conn: Connection, offers: list[OfferRow],
    demands: list[DemandRow],
) -> tuple[Known, Naming]:  # fmt: skip
    """Give what offers and demands name, and how that is said to the reader."""
    known = Known(
        products=directory.products(conn, {row.gtin for row in offers}),
        places=directory.places(conn, {r.place for r in offers} | {r.deliver_to for r in demands}),
        parties=directory.parties(conn, {r.seller for r in offers} | {r.buyer for r in demands}),
    )
    cards = services.vault.names(conn, persons_in(known))
    return known, Naming(render.reader_of(request), cards)
