"""The demo's season is long, lawful, signed by its own parties, and the same for the same seed."""

import hashlib
from collections import Counter
from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.demo.almanac import Almanac
from api.demo.cinnamon import SHOWCASE_BAGS, SHOWCASE_GTIN, SHOWCASE_ORDERED, showcase
from api.demo.parties import (
    AUTHORITY,
    CHEN_XIULAN,
    CHENWU,
    DRYING_HOUSE,
    FARMERS,
    INSPECTOR,
    LIANXING,
    RETAILER,
)
from api.demo.season import Season, season
from domain.admission import Admitted, admit, ancestor_tags, mandate_tags, signer_tags
from domain.correction import affected
from domain.events import governance as g
from domain.events import market as m
from domain.events import movements as v
from domain.events.catalogue import AnyEvent, decode, encode, type_of
from domain.events.correction import EventCorrected
from domain.events.registry import PlaceKind, PlaceRegistered, ProductRegistered
from domain.ids import is_county_issued, is_gtin
from domain.lineage import halts_over
from domain.measures import Unit
from domain.models.batch import Batch
from domain.models.halts import HaltKind, Halts
from domain.moments import CST
from domain.refusals import Refusal
from domain.state import Fact, Model, Numbered, Signed, State
from domain.tags import HALTS, needed
from domain.townships import TOWNSHIPS
from ledger import envelope
from ledger.keys import Ed25519Key, P256Key

NOW = datetime(2026, 11, 24, 14, 30, tzinfo=CST)
ORIGIN = "luoding.example/ledger"
LOG_KEY = "luoding.example/ledger+6cd95af1+AdemoOnlyNotAKey"


def make(now: datetime = NOW, seed: int = 2026) -> Season:
    return season(now, ORIGIN, LOG_KEY, seed)


@pytest.fixture(scope="module")
def told() -> Season:
    return make()


class Ledger:
    """The law applied in memory: no database, the same `admit` as everywhere."""

    def __init__(self) -> None:
        self.models: dict[str, Model | None] = {}
        self.facts: dict[str, Fact] = {}
        self.events: dict[str, Numbered] = {}
        self.tagged: dict[str, list[Numbered]] = {}

    def by_id(self, event_id: str) -> Numbered | None:
        """Find an event by its id."""
        return self.events.get(event_id)

    def by_tag(self, tag: str) -> list[Numbered]:
        """Give all events of a tag in order."""
        return self.tagged.get(tag, [])

    def add(self, signed: Signed, now: datetime) -> Refusal | None:
        """Admit one event more, or say why not."""
        state = self._in_reach(signed)
        admitted = admit(state, signed, now, len(self.events) + 1)
        if not isinstance(admitted, Admitted):
            return admitted
        self.models.update(admitted.models)
        event = signed.event
        numbered = Numbered(len(self.events) + 1, event)
        self.events[event.id] = numbered
        self.facts[event.id] = Fact(
            numbered.position, event.actor, event.occurred_at, signed.digest
        )
        for tag in admitted.tags:
            self.tagged.setdefault(tag, []).append(numbered)
        return None

    def _in_reach(self, signed: Signed) -> State:
        """Give only what the law says that it looks at, so that nothing else can matter."""
        keys = State(self.models, self.facts, self)
        tags = (*needed(signed.event), *signer_tags(signed), *mandate_tags(keys, signed))
        facts = {tag[6:]: self.facts.get(tag[6:]) for tag in tags if tag.startswith("event:")}
        state = State({tag: self.models.get(tag) for tag in tags}, facts, self)
        while missing := ancestor_tags(state, [signed.event]):
            tags += tuple(missing)
            state = State({tag: self.models.get(tag) for tag in tags}, facts, self)
        return state


def signed(raw: bytes) -> Signed:
    parsed = envelope.parse(raw)
    return Signed(decode(parsed.payload), envelope.verify(parsed), hashlib.sha256(raw).digest())


def replay(told: Season, now: datetime) -> tuple[Ledger, list[tuple[str, str]]]:
    ledger, refused = Ledger(), []
    for raw in told.envelopes:
        item = signed(raw)
        refusal = ledger.add(item, now)
        if refusal:
            refused.append((type_of(item.event), f"{refusal.code.value}: {refusal.en}"))
    return ledger, refused


def of(told: Season, kind: type) -> list[AnyEvent]:
    return [event for event in told.events if isinstance(event, kind)]


def test_the_whole_season_is_admitted(told: Season) -> None:
    ledger, refused = replay(told, NOW)
    assert refused == []
    assert len(ledger.events) == len(told.events)


@settings(max_examples=25)
@given(
    st.dates(date(2026, 1, 1), date(2032, 12, 31)), st.times(), st.sampled_from([-9, 0, 8, 13]),
    st.integers(0, 2**63),
)  # fmt: skip
def test_a_season_told_on_any_day_with_any_seed_is_admitted(
    day: date, hour: time, offset: int, seed: int
) -> None:
    now = datetime.combine(day, hour, timezone(timedelta(hours=offset)))
    told = make(now, seed)
    _, refused = replay(told, now)
    assert refused == []
    assert told.events[-1].occurred_at.date() == Almanac(now).last_day
    assert all(event.occurred_at < now for event in told.events)


def test_it_is_long_and_tells_of_every_kind_of_movement(told: Season) -> None:
    counts = Counter(type(event) for event in told.events)
    assert 400 <= len(told.events) <= 700
    assert len(told.envelopes) == len(told.events)
    assert counts[v.PlotTreated] >= 10
    for kind in (
        v.BatchHarvested, v.ShipmentSent, v.ShipmentReceived, v.BatchInspected, v.BatchSold,
        v.BatchDisposed, m.OfferMade, m.DemandPosted, m.OrderPlaced, m.OrderConfirmed,
        m.OrderRefused, m.OrderCancelled, m.OrderDisputed, m.OrderSettled, m.OfferChanged,
        EventCorrected,
    ):  # fmt: skip
        assert counts[kind], kind
    processes = {event.process for event in told.events if isinstance(event, v.BatchTransformed)}
    assert processes == set(v.Process)
    assert any(e.differences for e in told.events if isinstance(e, v.ShipmentReceived))


def test_events_stand_in_order_of_time_and_every_cause_comes_before(told: Season) -> None:
    seen: set[str] = set()
    for before, event in zip([told.events[0], *told.events], told.events, strict=False):
        assert before.occurred_at <= event.occurred_at
        assert set(event.refs) <= seen
        assert event.id not in seen
        seen.add(event.id)
    assert told.events[0].refs == ()
    assert isinstance(told.events[0], g.LedgerOpened)


def test_a_movement_names_what_it_follows_from(told: Season) -> None:
    follows = (v.BatchTransformed, v.ShipmentSent, v.ShipmentReceived, v.BatchSold, v.BatchDisposed)
    assert all(event.refs for event in told.events if isinstance(event, follows))


def test_an_id_is_a_uuid7_of_the_event_s_own_time(told: Season) -> None:
    for event in told.events:
        millis = int(event.id.replace("-", "")[:12], 16)
        assert millis == int(event.occurred_at.timestamp() * 1000)


def test_envelopes_are_stored_canonically_and_hold_the_events(told: Season) -> None:
    for raw, event in zip(told.envelopes, told.events, strict=True):
        parsed = envelope.parse(raw)
        assert envelope.to_bytes(parsed) == raw
        assert parsed.payload == encode(event)
        assert decode(parsed.payload) == event


def test_each_signs_with_its_own_key_or_its_cooperative_s(told: Season) -> None:
    owner = {key.did: party for party, key in told.keys.items()}
    cooperative = {farmer.party: farmer.cooperative for farmer in FARMERS}
    for raw, event in zip(told.envelopes, told.events, strict=True):
        (did,) = envelope.verify(envelope.parse(raw))
        expected = event.actor if event.actor in told.keys else cooperative[event.actor]
        assert owner[did] == expected


def test_two_farmers_have_p256_keys_and_some_have_none(told: Season) -> None:
    kinds = Counter(type(told.keys.get(farmer.party)) for farmer in FARMERS)
    assert kinds[P256Key] == 2
    assert kinds[Ed25519Key] >= 10
    assert kinds[type(None)] >= 10
    assert len(FARMERS) >= 24
    assert len({farmer.township for farmer in FARMERS}) >= 12
    assert {farmer.township for farmer in FARMERS} <= {seat.code for seat in TOWNSHIPS}


def test_keys_are_kept_in_every_way(told: Season) -> None:
    bound = [event for event in told.events if isinstance(event, g.KeyBound)]
    assert {event.custody for event in bound} == set(g.Custody)


def test_the_same_seed_tells_the_same_season_and_another_seed_another(told: Season) -> None:
    again, other = make(), make(seed=7)
    assert again.events == told.events
    assert {p: k.did for p, k in again.keys.items()} == {p: k.did for p, k in told.keys.items()}
    p256 = {party for party, key in told.keys.items() if isinstance(key, P256Key)}
    for one, two, event in zip(told.envelopes, again.envelopes, told.events, strict=True):
        assert one == two or event.actor in p256
    assert {event.id for event in other.events}.isdisjoint(event.id for event in told.events)
    assert {key.did for key in other.keys.values()}.isdisjoint(
        key.did for key in told.keys.values()
    )


def test_a_given_authority_key_opens_the_ledger() -> None:
    key = Ed25519Key.generate()
    told = season(NOW, ORIGIN, LOG_KEY, authority_key=key)
    opened = told.events[0]
    assert isinstance(opened, g.LedgerOpened)
    assert (opened.authority_key, opened.origin, opened.log_key) == (key.did, ORIGIN, LOG_KEY)
    assert told.keys[AUTHORITY] is key
    assert replay(told, NOW)[1] == []


def test_no_person_is_named_in_the_ledger(told: Season) -> None:
    payloads = b"".join(encode(event) for event in told.events).decode()
    assert len(told.people) == len(FARMERS)
    for person in told.people:
        assert person.name not in payloads
        assert person.phone not in payloads
    assert len({person.phone for person in told.people}) == len(told.people)


def test_a_phone_number_of_the_demo_is_nobody_s(told: Season) -> None:
    assert all(person.phone.startswith("100") and len(person.phone) == 11 for person in told.people)


def test_a_public_body_is_marked_as_a_demonstration(told: Season) -> None:
    opened = told.events[0]
    assert isinstance(opened, g.LedgerOpened)
    names = {e.party: e.name for e in told.events if isinstance(e, g.PartyAdmitted) and e.name}
    assert "演示" in opened.authority_name
    assert "演示" in (names[INSPECTOR] or "")
    assert all(
        event.registration.endswith("-DEMO")
        for event in told.events
        if isinstance(event, v.PlotTreated)
    )


def test_products_have_numbers_of_the_county_s_own(told: Season) -> None:
    products = [event for event in told.events if isinstance(event, ProductRegistered)]
    assert len(products) >= 15
    for product in products:
        assert is_gtin(product.gtin)
        assert is_county_issued(product.gtin)
        assert product.content is None or product.unit is Unit.PIECE


def test_every_plot_is_used_and_lies_in_its_farmer_s_township(told: Season) -> None:
    plots = {
        event.place: event
        for event in told.events
        if isinstance(event, PlaceRegistered) and event.kind is PlaceKind.PLOT
    }
    township = {farmer.party: farmer.township for farmer in FARMERS}
    used = {event.plot for event in told.events if isinstance(event, v.BatchHarvested)}
    treated = {event.place for event in told.events if isinstance(event, v.PlotTreated)}
    assert used | treated == set(plots)
    assert all(plot.township == township[plot.holder] for plot in plots.values())


def test_the_showpiece_goes_from_the_plot_to_the_shop(told: Season) -> None:
    assert told.showcase == f"{SHOWCASE_GTIN}/20261012-TB07-3"
    assert told.showcase == showcase(Almanac(NOW))
    lot = told.showcase[15:]
    harvested = [
        event
        for event in told.events
        if isinstance(event, v.BatchHarvested) and event.batch[15:] == lot
    ]
    assert [(e.actor, e.quantity) for e in harvested] == [(CHEN_XIULAN.party, 480_000)]
    changes = [
        (event.process, event.inputs[0].quantity, event.outputs[0].quantity)
        for event in told.events
        if isinstance(event, v.BatchTransformed) and event.outputs[0].batch[15:] == lot
    ]
    assert changes == [
        (v.Process.DRIED, 480_000, 212_000), (v.Process.PACKED, 212_000, SHOWCASE_BAGS)
    ]  # fmt: skip
    came = [
        (event.actor, event.occurred_at.date(), event.items[0].quantity)
        for event in told.events
        if isinstance(event, v.ShipmentReceived) and event.items[0].batch == told.showcase
    ]
    assert came == [(RETAILER, date(2026, 11, 3), SHOWCASE_ORDERED)]


def test_the_showpiece_keeps_its_bags_in_balance(told: Season) -> None:
    ledger, _ = replay(told, NOW)
    batch = State(ledger.models, ledger.facts, ledger).batch(told.showcase)
    assert batch is not None
    sold = sum(
        event.quantity
        for event in told.events
        if isinstance(event, v.BatchSold) and event.batch == told.showcase
    )
    left = {party: holding.quantity for (party, _), holding in batch.holdings.items()}
    assert left[CHENWU] == SHOWCASE_BAGS - SHOWCASE_ORDERED
    assert left[RETAILER] == SHOWCASE_ORDERED - sold


def test_no_two_open_offers_are_of_the_same_goods(told: Season) -> None:
    open_offers = {event.id: event for event in told.events if isinstance(event, m.OfferMade)}
    left = {offer_id: offer.quantity for offer_id, offer in open_offers.items()}
    for event in told.events:
        if isinstance(event, m.OfferWithdrawn):
            left[event.offer] = 0
        if isinstance(event, m.OrderConfirmed):
            left[event.offer] -= event.quantity
    batches = Counter(
        open_offers[offer_id].batch
        for offer_id, quantity in left.items()
        if quantity and open_offers[offer_id].until is None
    )
    assert batches
    assert set(batches.values()) == {1}


def test_the_market_is_left_with_something_open(told: Season) -> None:
    ids = {type_of(event): set[str]() for event in told.events}
    for event in told.events:
        if isinstance(event, m.OrderConfirmed | m.OrderRefused | m.OrderCancelled):
            ids[type_of(event)].add(event.order)
        if isinstance(event, v.ShipmentSent) and event.order:
            ids["shipment.sent.v1"].add(event.order)
    placed = {event.id for event in of(told, m.OrderPlaced)}
    confirmed, shipped = ids["order.confirmed.v1"], ids["shipment.sent.v1"]
    assert len(placed - confirmed - ids["order.refused.v1"] - ids["order.cancelled.v1"]) >= 2
    assert confirmed - shipped
    assert shipped
    received = {event.shipment for event in told.events if isinstance(event, v.ShipmentReceived)}
    assert {event.id for event in of(told, v.ShipmentSent)} - received


def test_a_mistake_of_jin_and_kilograms_is_put_right(told: Season) -> None:
    ledger, _ = replay(told, NOW)
    (corrected,) = [event for event in told.events if isinstance(event, EventCorrected)]
    replacement = corrected.replacement
    assert isinstance(replacement, v.BatchHarvested)
    state = State(ledger.models, ledger.facts, ledger)
    batch = state.batch(replacement.batch)
    assert batch is not None
    assert batch.held(CHEN_XIULAN.party, replacement.place).quantity == 620_000
    assert affected(state, corrected) == (f"batch:{replacement.batch}",)


def test_one_batch_is_recalled_and_one_held_and_both_went_into_others(told: Season) -> None:
    ledger, _ = replay(told, NOW)
    halts = ledger.models[HALTS]
    assert isinstance(halts, Halts)
    assert {halt.kind for halt in halts.open.values()} == set(HaltKind)
    state = State(ledger.models, ledger.facts, ledger)
    batches = [tag[6:] for tag, model in ledger.models.items() if isinstance(model, Batch)]
    for halt in halts.open.values():
        covered = [batch for batch in batches if halt in halts_over(state, batch)]
        assert len(covered) >= 5
        held = (state.batch(batch) for batch in covered)
        assert any(h.quantity for batch in held if batch for h in batch.holdings.values())


def test_both_cooperatives_and_the_drying_house_have_something_to_offer(told: Season) -> None:
    sellers = {event.actor for event in of(told, m.OfferMade)}
    assert {CHENWU, LIANXING, DRYING_HOUSE} <= sellers
