"""The market as its pages show it: offers as cards, what to narrow them by, and what is wanted."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from api.pages.naming import Naming, address
from api.pages.sketch import Spot, offered
from domain.measures import Price, Unit
from domain.moments import CST
from projections.directory import Party, Place, Product
from projections.market_queries import Sort
from projections.market_rows import DemandRow, OfferRow
from projections.passport import Passport, Who

_PER_MILLE = 1000


class Asked(NamedTuple):
    """What the reader asked for, as it stands in the address."""

    words: str = ""
    category: str | None = None
    township: str | None = None
    sort: Sort = Sort.NEWEST

    def link(self) -> str:
        """Give the address of the market that asks for this."""
        pairs = {
            "q": self.words, "category": self.category, "township": self.township,
            "sort": self.sort.value if self.sort is not Sort.NEWEST else None,
        }  # fmt: skip
        query = urlencode({name: value for name, value in pairs.items() if value})
        return f"/market?{query}" if query else "/market"


class Choice(NamedTuple):
    """Something to narrow by: its name, how many offers it leaves, its address, and if chosen."""

    name: str
    offers: int | None
    address: str
    chosen: bool


class OfferView(NamedTuple):
    """An offer as a card or a page; `left_share` is what is not yet promised, in thousandths.

    `price` is the lowest where there are prices by quantity (`tiered`).
    """

    id: str
    product: str
    category: str
    price: str
    per: str
    tiered: bool
    remaining: str
    quantity: str
    least: str | None
    until: str | None
    seller: str
    place: str
    township: str
    lot: str
    passport: str | None
    address: str
    state: str
    left_share: int
    fresh: str | None
    harvested: str | None
    inspected: bool
    made: str
    position: int


class DemandView(NamedTuple):
    """What a buyer wants."""

    category: str
    quantity: str
    ceiling: str | None
    buyer: str
    deliver_to: str
    until: str | None
    link: str


class Known(NamedTuple):
    """What the rows name: products by GTIN, places and parties by id, passports by batch."""

    products: Mapping[str, Product]
    places: Mapping[str, Place]
    parties: Mapping[str, Party]
    passports: Mapping[str, Passport] = {}


def offer_view(row: OfferRow, known: Known, naming: Naming, today: date) -> OfferView:
    """Turn an offer into what its card shows."""
    reader, unit = naming.reader, Unit(row.unit)
    product = known.products.get(row.gtin)
    place = known.places.get(row.place)
    price, _, per = reader.price(_lowest(row), unit).partition("/")
    passport = known.passports.get(row.batch)
    harvested = _harvested(passport)
    return OfferView(
        id=row.id, product=naming.registered(product) or row.batch,
        category=naming.category(product.category if product else None) or "",
        price=price, per=per, tiered=bool(row.tiers), remaining=reader.amount(row.remaining, unit),
        quantity=reader.amount(row.quantity, unit),
        least=reader.amount(row.least, unit) if row.least > 1 else None,
        until=_day(row.until, naming), seller=party_name(row.seller, known, naming),
        place=place.name if place else row.place,
        township=reader.place(place.township) if place else "", lot=row.batch[15:],
        passport=address(row.batch) if passport else None, address=f"/market/offers/{row.id}",
        state=row.state,
        left_share=row.remaining * _PER_MILLE // row.quantity,
        fresh=_fresh(harvested, today, naming),
        harvested=reader.day(harvested) if harvested else None, inspected=_conformant(passport),
        made=reader.moment(row.occurred_at.astimezone(CST)), position=row.position,
    )  # fmt: skip


def _lowest(row: OfferRow) -> Price:
    """Give the price of the largest quantity: from so much on it is told to everybody."""
    if row.tiers:
        return Price(**row.tiers[-1]["price"])
    return Price(row.price_amount, row.price_per, row.currency)


def demand_view(row: DemandRow, known: Known, naming: Naming) -> DemandView:
    """Turn a demand into a line of the list."""
    unit = Unit(row.unit)
    place = known.places.get(row.deliver_to)
    ceiling = None
    if row.ceiling_amount is not None and row.ceiling_per and row.ceiling_currency:
        price = Price(row.ceiling_amount, row.ceiling_per, row.ceiling_currency)
        ceiling = naming.reader.price(price, unit)
    return DemandView(
        category=naming.category(row.category) or row.category,
        quantity=naming.reader.amount(row.quantity, unit), ceiling=ceiling,
        buyer=party_name(row.buyer, known, naming),
        deliver_to=naming.reader.place(place.township) if place else row.deliver_to,
        until=_day(row.until, naming), link=Asked(category=row.category).link(),
    )  # fmt: skip


def categories(
    rows: Sequence[OfferRow], known: Known, asked: Asked, naming: Naming
) -> list[Choice]:
    """Give the categories that are offered, the most offered first."""
    found = [known.products[row.gtin].category for row in rows if row.gtin in known.products]
    return _choices(
        found, asked.category, lambda one: asked._replace(category=one).link(),
        lambda one: naming.category(one) or one, naming,
    )  # fmt: skip


def townships(rows: Sequence[OfferRow], known: Known, asked: Asked, naming: Naming) -> list[Choice]:
    """Give the townships where goods are offered, the most offered first."""
    found = [known.places[row.place].township for row in rows if row.place in known.places]
    return _choices(
        found,
        asked.township,
        lambda one: asked._replace(township=one).link(),
        naming.reader.place,
        naming,
    )


class MapSpot(NamedTuple):
    """A township on the map: its circle, name, how many offers, and the market narrowed to it."""

    spot: Spot
    name: str
    address: str
    chosen: bool


def map_spots(
    rows: Sequence[OfferRow], known: Known, asked: Asked, naming: Naming
) -> list[MapSpot]:
    """Give the townships where goods are offered, as circles on a sketch of the county."""
    counts = Counter(known.places[row.place].township for row in rows if row.place in known.places)
    return [
        MapSpot(
            spot, naming.reader.place(spot.code), asked._replace(township=spot.code).link(),
            spot.code == asked.township,
        )
        for spot in offered(counts, naming.reader.language)
    ]  # fmt: skip


def sorts(asked: Asked, naming: Naming) -> list[Choice]:
    """Give the ways of sorting."""
    say = naming.reader.say
    names = {
        Sort.NEWEST: say("最新"), Sort.CHEAPEST: say("价低"), Sort.LARGEST: say("量大"),
        Sort.ENDING_SOON: say("快截止"),
    }  # fmt: skip
    return [
        Choice(name, None, asked._replace(sort=sort).link(), sort is asked.sort)
        for sort, name in names.items()
    ]


def _choices(
    found: Iterable[str], chosen: str | None, link: Callable[[str | None], str],
    name: Callable[[str], str], naming: Naming,
) -> list[Choice]:  # fmt: skip
    counts = Counter(found)
    if chosen is not None:
        counts[chosen] += 0
    every = Choice(naming.reader.say("全部"), counts.total(), link(None), chosen is None)
    return [
        every,
        *(Choice(name(one), n, link(one), one == chosen) for one, n in counts.most_common()),
    ]


def persons_in(known: Known) -> Iterable[str]:
    """Give the ids of the persons among the parties."""
    return (one.id for one in known.parties.values() if one.kind == "person")


def party_name(party: str, known: Known, naming: Naming) -> str:
    """Name a party of the market to a reader."""
    row = known.parties.get(party)
    return naming.who(Who(id=party, name=row.name, kind=row.kind) if row else Who(id=party))


def _day(moment: datetime | None, naming: Naming) -> str | None:
    return naming.reader.day(moment.astimezone(CST)) if moment else None


def _harvested(passport: Passport | None) -> date | None:
    if passport is None:
        return None
    return max((origin.harvested_on for origin in passport.origins), default=None)


def _fresh(harvested: date | None, today: date, naming: Naming) -> str | None:
    if harvested is None:
        return None
    days = (today - harvested).days
    return naming.reader.say_count("采收后 %(n)s 天", days) if days >= 0 else None


def _conformant(passport: Passport | None) -> bool:
    results = [step.result for step in passport.timeline if step.result] if passport else []
    return bool(results) and results[-1] == "conformant"
