"""What a field page needs of its party: plots, goods at hand, what comes and what went."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response
from msgspec import Struct

from api.rest.context import CaughtUp, Use
from api.services import Services
from api.signin.viewer import MayRead, Viewer, forbidden
from domain.events.marks import MarkClaim
from domain.events.registry import PlaceKind
from domain.harvests import thinkable_g
from domain.ids import split_batch_id
from ledger.log import Connection
from ledger.standing import place_now
from projections import directory, holdings, marks
from projections.holdings import OnTheWay
from projections.passport import documents

router = APIRouter(prefix="/api/farm", tags=["farm"], dependencies=[CaughtUp])


class Wait(Struct, frozen=True):
    """A pre-harvest interval that is not over: what was used, when, and until when."""

    substance: str
    since: datetime
    until: datetime
    days: int


class Plot(Struct, frozen=True):
    """A plot: `last` is the product harvested there last, `thinkable` grams by category."""

    id: str
    name: str
    township: str
    area_m2: int | None
    wait: Wait | None
    thinkable: dict[str, int]


class Place(Struct, frozen=True):
    """Another place of the party's, where goods are kept."""

    id: str
    name: str
    kind: str


class Usable(Struct, frozen=True):
    """A grant of a mark that the party may claim, its own or a cooperative's.

    `harvests`: for a harvest too, not only for what is made of marked goods.
    """

    grant: str
    party: str
    mark: str
    zh: str
    en: str
    categories: list[str]
    townships: list[str]
    harvests: bool


class Goods(Struct, frozen=True):
    """What is held of a batch at a place; `hold`: nothing of it moves; `mark`: what it bears."""

    batch: str
    gtin: str
    lot: str
    place: str
    quantity: int
    free: int
    unit: str
    hold: bool
    mark: MarkClaim | None


class Item(Struct, frozen=True):
    """So much of a batch in a shipment."""

    batch: str
    quantity: int
    unit: str


class Shipment(Struct, frozen=True):
    """What is on the way: with whom at the other end, since when, to which place."""

    id: str
    other: str
    place: str
    sent_at: datetime
    items: list[Item]


class Product(Struct, frozen=True):
    """A product by its names, category and unit; `loose`: not packed in pieces of a content."""

    gtin: str
    zh: str
    en: str
    category: str
    unit: str
    loose: bool


class Partner(Struct, frozen=True):
    """Whom one hands over to: a cooperative of one's own with its places, or one sent to before."""

    id: str
    name: str
    places: list[Place]


class Farm(Struct, frozen=True):
    """The field page's data."""

    party: str
    name: str
    township: str | None
    roles: list[str]
    plots: list[Plot]
    places: list[Place]
    goods: list[Goods]
    coming: list[Shipment]
    gone: list[Shipment]
    products: list[Product]
    partners: list[Partner]
    names: dict[str, str]
    marks: list[Usable]


@router.get("")
def farm(
    services: Use,
    viewer: MayRead,
    member: Annotated[
        str | None, Query(alias="for", description="a member for whom the cooperative records")
    ] = None,
) -> Response:
    """Give the field page's data of who is signed in, or of a member for whom it may sign."""
    with services.connection() as conn:
        if member is not None and not _may_sign_for(conn, viewer, member):
            raise forbidden()
        body = msgspec.json.encode(_farm(services, conn, member or viewer.party))
    headers = {"Cache-Control": "no-store"}
    return Response(body, media_type="application/json", headers=headers)


def _may_sign_for(conn: Connection, viewer: Viewer, member: str) -> bool:
    members = directory.members_of(conn, viewer.party)
    return any(one.member == member and one.may_sign for one in members)


def _farm(services: Services, conn: Connection, party_id: str) -> Farm:
    party = directory.party(conn, party_id)
    places = directory.places_of(conn, party_id)
    products = directory.products(conn)
    coming = holdings.on_the_way_to(conn, party_id)
    gone = holdings.on_the_way_from(conn, party_id)
    others = {one.sender for one in coming} | {one.recipient for one in gone}
    others |= {one.cooperative for one in directory.cooperatives_of(conn, party_id)}
    names = _names(services, conn, {party_id, *others})
    now = datetime.now(UTC)
    categories = {product.category for product in products.values()}
    return Farm(
        party=party_id, name=names[party_id], township=party.township if party else None,
        roles=sorted(party.roles) if party else [],
        plots=[_plot(conn, one, categories, now) for one in places if _grows(one)],
        places=[_place(one) for one in places if not _grows(one)],
        goods=_goods(conn, party_id),
        coming=_shipments(coming, "sender"), gone=_shipments(gone, "recipient"),
        products=[
            Product(
                one.gtin, one.name_zh, one.name_en, one.category, one.unit,
                one.content_quantity is None,
            )
            for one in products.values()
        ],
        partners=[
            Partner(one, names[one], [_place(p) for p in directory.places_of(conn, one)])
            for one in sorted(others)
        ],
        names=names, marks=_marks(conn, party_id, now),
    )  # fmt: skip


def _marks(conn: Connection, party: str, now: datetime) -> list[Usable]:
    """Give the grants in force to a party, then those to its cooperatives."""
    whose = [party, *(one.cooperative for one in directory.cooperatives_of(conn, party))]
    found = [
        one
        for one in marks.grants(conn, whose)
        if one.revoked_by is None and (one.until is None or one.until > now)
    ]
    return [
        Usable(
            one.id, one.party, one.mark, one.zh, one.en, one.categories, one.townships,
            one.quota is not None,
        )
        for one in sorted(found, key=lambda one: whose.index(one.party))
    ]  # fmt: skip


def _grows(place: directory.Place) -> bool:
    return place.kind == PlaceKind.PLOT.value


def _place(place: directory.Place) -> Place:
    return Place(place.id, place.name, place.kind)


def _plot(conn: Connection, place: directory.Place, categories: set[str], now: datetime) -> Plot:
    model = place_now(conn, place.id)
    waits = [one for one in model.treatments if one.until > now] if model else []
    last = max(waits, key=lambda one: one.until, default=None)
    wait = None
    if last is not None:
        days = -((now - last.until) // timedelta(days=1))
        wait = Wait(last.substance, last.since, last.until, days)
    area = place.area_m2
    thinkable = {one: thinkable_g(one, area) for one in sorted(categories)} if area else {}
    return Plot(place.id, place.name, place.township, area, wait, thinkable)


def _goods(conn: Connection, party: str) -> list[Goods]:
    held = [one for one in holdings.of_party(conn, party) if one.quantity]
    passports = documents(conn, [one.batch for one in held])
    made = []
    for one in held:
        gtin, lot = split_batch_id(one.batch)
        passport = passports.get(one.batch)
        stopped = bool(passport and passport.halts)
        borne = passport.mark if passport else None
        claim = MarkClaim(borne.mark, borne.event, borne.party.id) if borne else None
        made.append(Goods(
            one.batch, gtin, lot, one.place, one.quantity, one.free, one.unit, stopped, claim
        ))  # fmt: skip
    return made


def _shipments(rows: list[OnTheWay], other: str) -> list[Shipment]:
    found: dict[str, Shipment] = {}
    for row in rows:
        shipment = found.setdefault(
            row.shipment,
            Shipment(row.shipment, getattr(row, other), row.to_place, row.sent_at, []),
        )
        shipment.items.append(Item(row.batch, row.quantity, row.unit))
    return list(found.values())


def _names(services: Services, conn: Connection, ids: set[str]) -> dict[str, str]:
    """Name parties: organisations by their names, persons by the vault, to whom they deal with."""
    parties = directory.parties(conn, ids)
    cards = services.vault.names(conn, ids)
    return {
        one: (parties[one].name if one in parties else None)
        or (cards[one].name if one in cards else one)
        for one in sorted(ids)
    }
