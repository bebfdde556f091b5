"""The county's preview: read-only, at true prices, and something that both sides can sign."""

from domain.events import market as m
from domain.measures import Price
from projections.allocation import allocate
from projections.holdings_projection import HoldingsProjection
from projections.market import Market
from projections.runner import Runner
from projections.trace_projection import TraceProjection
from tests import county as c
from tests.county import kg, of
from tests.recorded_world import RecordedWorld, recorded_world


def _offer(world: RecordedWorld, kilograms: int, actor: str = c.FARMER) -> m.OfferMade:
    plot, yard = (c.PLOT, c.YARD) if actor == c.FARMER else (c.OTHER_PLOT, c.ELDERS_YARD)
    harvested = world.admit(world.harvest(actor, plot, kg(kilograms), place=yard))
    tier = m.Tier(kg(50), Price(800, 1000))
    goods = of(harvested.batch, kg(kilograms))
    return world.admit(world.offer(actor, yard, goods, tiers=(tier,) if kilograms > 50 else ()))


def test_it_is_shared_out_fairly_and_can_be_ordered_as_it_stands(database_url: str) -> None:
    with recorded_world(database_url) as (world, ledger):
        _offer(world, 100)
        _offer(world, 10, c.ELDER)
        world.admit(world.demand(category="soybean", quantity=kg(60)))
        world.admit(world.demand(c.SHOP, c.SHELF, "soybean", kg(50)))
        world.admit(world.demand(category="tea"))
        models = [TraceProjection(), HoldingsProjection(), Market()]
        Runner(ledger.url, models).catch_up()  # type: ignore[arg-type]
        with ledger.connect() as conn:
            found = allocate(conn, world.now)
            assert allocate(conn, world.now) == found
            assert allocate(conn, world.now, category="rice").groups == []
        groups = {group.category: group for group in found.groups}
        soybean = groups["soybean"]
        assert (soybean.moved, soybean.wanted, soybean.floor) == (kg(110), kg(110), 1000)
        assert {share.seller: share.sold for share in soybean.sellers} == {
            c.FARMER: kg(100), c.ELDER: kg(10),
        }  # fmt: skip
        assert (groups["tea"].moved, groups["tea"].offers) == (0, 0)
        for one in found.proposals:
            order = m.OrderPlaced(
                **world.common(one.buyer), offer=one.offer, seller=one.seller, batch=one.batch,
                quantity=one.quantity, unit=world.demand().unit, price=one.price,
                deliver_to=c.STORE if one.buyer == c.BUYER else c.SHELF, demand=one.demand,
            )  # fmt: skip
            world.admit(order)


def test_without_demands_there_is_nothing_to_share(database_url: str) -> None:
    with recorded_world(database_url) as (world, ledger):
        _offer(world, 100)
        models = [TraceProjection(), HoldingsProjection(), Market()]
        Runner(ledger.url, models).catch_up()  # type: ignore[arg-type]
        with ledger.connect() as conn:
            found = allocate(conn, world.now)
            assert (found.groups, found.proposals) == ([], [])
