"""What the county's desk proposed to both sides of a sharing, as far as it still stands."""

from typing import Final

from api.graph.allocations import Proposal
from api.graph.context import Info
from api.graph.offers import fetch_beside
from api.graph.orders import OfParty, whose
from api.graph.selection import selected
from api.proposals import store
from ledger.log import Connection

MOST_SHOWN: Final = 100


async def proposals(info: Info, party: OfParty = None) -> list[Proposal]:
    """List what was proposed to a party; to everybody, where the county names none."""
    viewer = await info.context.viewer()
    everything = viewer is not None and viewer.is_county and party is None
    of = None if everything else await whose(info, party)
    loads, names = info.context.loads, selected(info)

    def read(conn: Connection) -> list[store.Standing]:
        found = store.standing(conn, of, MOST_SHOWN)
        loads.offers.have({one.offer.id: one.offer for one in found})
        loads.demands.have({one.demand.id: one.demand for one in found})
        if "offer" in names:
            fetch_beside(loads, conn, [one.offer for one in found], names)
        if names & {"seller", "buyer"}:
            loads.parties.fetch(
                conn, (side for one in found for side in (one.row.buyer, one.row.seller))
            )
        if "deliverTo" in names:
            loads.places.fetch(conn, (one.demand.deliver_to for one in found))
        return found

    found = await info.context.read(read)
    return [Proposal.of(one.row, one.offer.unit, one.price) for one in found]
