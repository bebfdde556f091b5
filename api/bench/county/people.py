"""Who lives in the county, and the events by which they come to be known to the ledger."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from api.bench.county.scribe import PRODUCTS, Draft, Scribe
from api.bench.county.spec import ORIGIN, Spec, unsafe_key
from domain.events import governance as g
from domain.events import registry as r
from domain.events.catalogue import AnyEvent
from domain.events.governance import Custody, PartyKind, Role
from domain.events.registry import PlaceKind

COUNTY: Final = "445381"
TOWNSHIPS: Final = tuple(f"{COUNTY}{number}" for number in range(101, 118))
AUTHORITY: Final = f"P{COUNTY}-000001"

_P256_PERCENT: Final = 4
_ELDER_PERCENT: Final = 8


class Person(Struct):
    """A party, its place, the name of the key that signs for it, and how many it has lost.

    `resting` while nothing may be harvested from its plot.
    """

    party: str
    place: str
    key: str
    plot: str = ""
    lost: int = 0
    resting: bool = False


class People:
    """Everyone, in numbers that fit the number of events."""

    def __init__(self, spec: Spec, scribe: Scribe) -> None:
        """Think up the county of a spec."""
        self._spec = spec
        self._scribe = scribe
        self._parties = 1
        self._places = 0
        many = spec.events
        self.coops = [self._organisation() for _ in range(2 + many // 40_000)]
        self.mills = [self._organisation() for _ in range(2 + many // 40_000)]
        self.shops = [self._organisation() for _ in range(3 + many // 8_000)]
        self.buyers = [self._organisation() for _ in range(2 + many // 20_000)]
        self.carriers = [self._organisation() for _ in range(2)]
        self.inspectors = [self._organisation() for _ in range(2)]
        self.farmers = [self._farmer(number) for number in range(8 + many // 250)]

    def founding(self) -> Iterator[Draft]:
        """Open the ledger and register everyone."""
        yield self._opening()
        for product in PRODUCTS:
            yield self._by_authority(r.ProductRegistered(
                **self._scribe.common(AUTHORITY), gtin=product.gtin,
                names=r.Names(product.zh, product.en), category=product.category,
                unit=product.unit, content=product.content,
            ))  # fmt: skip
        for role, kind, persons in (
            (Role.COOPERATIVE, PlaceKind.PACKING_HOUSE, self.coops),
            (Role.PROCESSOR, PlaceKind.WORKSHOP, self.mills),
            (Role.RETAILER, PlaceKind.SHOP, self.shops),
            (Role.BUYER, PlaceKind.WAREHOUSE, self.buyers),
            (Role.CARRIER, PlaceKind.OFFICE, self.carriers),
            (Role.INSPECTOR, PlaceKind.OFFICE, self.inspectors),
        ):
            for number, person in enumerate(persons, 1):
                yield from self._found_organisation(person, role, kind, number)
        for coop in self.coops:  # each has a plot of its own
            yield self._place(coop, coop.plot, PlaceKind.PLOT, AUTHORITY, AUTHORITY)
        for number, farmer in enumerate(self.farmers):
            yield from self._found_farmer(farmer, self.coop_of(number))

    def coop_of(self, number: int) -> Person:
        """Give the cooperative of the farmer with a number."""
        return self.coops[number % len(self.coops)]

    def lose_key(self, person: Person) -> Iterator[Draft]:
        """A phone is lost: its key is revoked, and another bound."""
        old = unsafe_key(self._spec.seed, person.key).did
        yield self._by_authority(g.KeyRevoked(
            **self._scribe.common(AUTHORITY), party=person.party, key=old, reason="手机丢了"
        ))  # fmt: skip
        person.lost += 1
        person.key = f"{person.party}#{person.lost}"
        yield self._bind(person)

    def _organisation(self) -> Person:
        self._parties += 1
        self._places += 2
        party = f"P{COUNTY}-{self._parties:06d}"
        place, plot = self._places - 1, self._places
        return Person(party, f"L{COUNTY}-{place:06d}", party, f"L{COUNTY}-{plot:06d}")

    def _farmer(self, number: int) -> Person:
        farmer = self._organisation()
        if self._scribe.chance(_ELDER_PERCENT):
            farmer.key = self.coop_of(number).key
        elif self._scribe.chance(_P256_PERCENT):
            farmer.key += "/p256"
        return farmer

    def _opening(self) -> Draft:
        return self._by_authority(g.LedgerOpened(
            **self._scribe.common(AUTHORITY), county=COUNTY, origin=ORIGIN,
            authority_name="农业农村局（模拟）",
            authority_key=unsafe_key(self._spec.seed, AUTHORITY).did,
            log_key=self._spec.log_vkey, rules="2026.1",
        ))  # fmt: skip

    def _found_organisation(
        self, person: Person, role: Role, kind: PlaceKind, number: int
    ) -> Iterator[Draft]:
        name = f"{_NAMES[role]}{number}"
        yield self._by_authority(g.PartyAdmitted(
            **self._scribe.common(AUTHORITY), party=person.party, kind=PartyKind.ORGANISATION,
            roles=(role,), township=self._township(), name=name,
        ))  # fmt: skip
        yield self._bind(person)
        yield self._place(person, person.place, kind, AUTHORITY, AUTHORITY)

    def _found_farmer(self, farmer: Person, coop: Person) -> Iterator[Draft]:
        elder = farmer.key == coop.key
        admitted = g.PartyAdmitted(
            **self._scribe.common(coop.party), party=farmer.party, kind=PartyKind.PERSON,
            roles=(Role.FARMER,), township=self._township(),
        )  # fmt: skip
        yield Draft(admitted, (coop.key,))
        if not elder:
            yield self._bind(farmer)
        began = g.MembershipBegan(
            **self._scribe.common(coop.party), member=farmer.party, may_sign=elder
        )
        yield Draft(began, (coop.key,) if elder else (coop.key, farmer.key))
        for place, kind in ((farmer.place, PlaceKind.YARD), (farmer.plot, PlaceKind.PLOT)):
            yield self._place(farmer, place, kind, coop.party, coop.key)

    def _bind(self, person: Person) -> Draft:
        did = unsafe_key(self._spec.seed, person.key).did
        return self._by_authority(g.KeyBound(
            **self._scribe.common(AUTHORITY), party=person.party, key=did, custody=Custody.DEVICE
        ))  # fmt: skip

    def _place(self, holder: Person, place: str, kind: PlaceKind, by: str, key: str) -> Draft:
        area = self._scribe.random.randrange(400, 9000) if kind is PlaceKind.PLOT else None
        event = r.PlaceRegistered(
            **self._scribe.common(by), place=place, holder=holder.party, kind=kind,
            township=self._township(), name=f"{_KINDS[kind]} {place[-4:]}", area_m2=area,
        )  # fmt: skip
        return Draft(event, (key,))

    def _township(self) -> str:
        return self._scribe.random.choice(TOWNSHIPS)

    @staticmethod
    def _by_authority(event: AnyEvent) -> Draft:
        return Draft(event, (AUTHORITY,))


_NAMES: Final = {
    Role.COOPERATIVE: "合作社",
    Role.PROCESSOR: "加工厂",
    Role.RETAILER: "门店",
    Role.BUYER: "采购公司",
    Role.CARRIER: "快运",
    Role.INSPECTOR: "检测站",
}
_KINDS: Final = {
    PlaceKind.PLOT: "地块",
    PlaceKind.YARD: "晒场",
    PlaceKind.PACKING_HOUSE: "包装间",
    PlaceKind.WORKSHOP: "车间",
    PlaceKind.WAREHOUSE: "仓库",
    PlaceKind.SHOP: "货架",
    PlaceKind.OFFICE: "办公室",
}
