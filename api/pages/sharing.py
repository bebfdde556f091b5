"""The county's desk: offers shared out among demands, looked at, then proposed to both sides."""

from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Annotated, Final, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.audience import Audience, may
from api.pages import render
from api.pages.door import shut
from api.pages.market_view import Known, party_name, persons_in
from api.pages.naming import Naming
from api.pages.standing import standing
from api.proposals import store
from api.rest.context import CaughtUp, Use
from api.services import Services
from api.signin.viewer import MaybeReading, MaybeWriting
from domain.measures import Unit
from domain.moments import CST
from domain.taxonomy import CATEGORIES
from ledger.log import Connection
from projections import directory
from projections.allocation import Group, Preview, allocate

router = APIRouter(prefix="/market/sharing", dependencies=[CaughtUp], include_in_schema=False)

_PER_MILLE: Final = 1000
_MOST_SHOWN: Final = 300


class Asked(NamedTuple):
    """For which window and category, as it stands in the form."""

    since: date | None
    until: date | None
    category: str

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """Give the window; None for all that is open."""
        if self.since is None and self.until is None:
            return None
        return (
            datetime.combine(self.since or date(1970, 1, 1), time.min, CST),
            datetime.combine(self.until or date(9999, 12, 30), time.max, CST),
        )

    def link(self, **more: object) -> str:
        """Give the address that asks for this."""
        fields = {"since": self.since, "until": self.until, "category": self.category or None}
        query = urlencode({name: one for name, one in (fields | more).items() if one is not None})
        return f"/market/sharing?{query}" if query else "/market/sharing"


class SellerLine(NamedTuple):
    """What a seller sells, of what it could; `share` in thousandths."""

    name: str
    sold: str
    entitled: str
    share: int


class PairLine(NamedTuple):
    """Who would sell what to whom."""

    seller: str
    buyer: str
    quantity: str
    price: str
    score: int
    offer: str


class GroupView(NamedTuple):
    """A category shared out; `floor` is the measure of fairness, as a percentage."""

    name: str
    offers: int
    demands: int
    wanted: str
    moved: str
    floor: str
    sellers: list[SellerLine]
    pairs: list[PairLine]


@router.get("")
def preview(
    request: Request, services: Use, viewer: MaybeReading,
    since: str = "", until: str = "", category: str = "", done: int | None = None,
) -> Response:  # fmt: skip
    """Show what a sharing would come to."""
    if not may(viewer, Audience.COUNTY):
        return shut(request, services, viewer, "/market/sharing")
    asked = Asked(_day(since), _day(until), category[:31])
    with services.connection() as conn:
        return _page(request, services, conn, asked, done=done)


@router.post("")
def propose(
    request: Request,
    services: Use,
    viewer: MaybeWriting,
    digest: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = "",
) -> Response:
    """Propose just what was looked at; where it is no longer the same, show it anew."""
    if viewer is None or not may(viewer, Audience.COUNTY):
        return shut(request, services, viewer, "/market/sharing")
    asked = Asked(_day(since), _day(until), category[:31])
    with services.connection() as conn:
        found = allocate(conn, datetime.now(UTC), asked.window, asked.category or None)
        if store.digest(found) != digest:
            return _page(request, services, conn, asked, changed=True)
        made = store.propose(conn, viewer.party, found)
    return RedirectResponse(asked.link(done=made), HTTPStatus.SEE_OTHER)


def _page(
    request: Request, services: Services, conn: Connection, asked: Asked, *,
    done: int | None = None, changed: bool = False,
) -> Response:  # fmt: skip
    found = allocate(conn, datetime.now(UTC), asked.window, asked.category or None)
    known, naming = _known(request, services, conn, found)
    now, last = standing(conn), store.last(conn)
    status = HTTPStatus.CONFLICT if changed else HTTPStatus.OK
    page = render.page(
        request, "sharing.html", status, standing=now, asked=asked, changed=changed, done=done,
        groups=[_group(one, found, known, naming) for one in found.groups],
        digest=store.digest(found), proposals=len(found.proposals), shown=_MOST_SHOWN,
        categories=[(one.code, naming.category(one.code) or one.code) for one in CATEGORIES],
        last=naming.reader.moment(last.made_at.astimezone(CST)) if last else None,
    )  # fmt: skip
    page.headers["Cache-Control"] = "private, no-store"
    return page


def _known(
    request: Request, services: Services, conn: Connection, found: Preview
) -> tuple[Known, Naming]:
    sellers = {one.seller for group in found.groups for one in group.sellers}
    buyers = {one.buyer for one in found.proposals}
    known = Known({}, {}, directory.parties(conn, sellers | buyers))
    cards = services.vault.names(conn, persons_in(known))
    return known, Naming(render.reader_of(request), cards)


def _group(group: Group, found: Preview, known: Known, naming: Naming) -> GroupView:
    reader, unit = naming.reader, Unit(group.unit)
    sellers = [
        SellerLine(
            party_name(one.seller, known, naming), reader.amount(one.sold, unit),
            reader.amount(one.entitled, unit),
            one.sold * _PER_MILLE // one.entitled if one.entitled else _PER_MILLE,
        )
        for one in sorted(group.sellers, key=lambda one: -one.entitled)
    ]  # fmt: skip
    pairs = [
        PairLine(
            party_name(one.seller, known, naming), party_name(one.buyer, known, naming),
            reader.amount(one.quantity, unit), reader.price(one.price, unit), one.score,
            f"/market/offers/{one.offer}",
        )
        for one in found.proposals
        if (one.category, one.unit, one.price.currency)
        == (group.category, group.unit, group.currency)
    ]  # fmt: skip
    return GroupView(
        naming.category(group.category) or group.category, group.offers, group.demands,
        reader.amount(group.wanted, unit), reader.amount(group.moved, unit),
        f"{group.floor / 10:.1f}%" if group.moved else "—", sellers, pairs[:_MOST_SHOWN],
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
