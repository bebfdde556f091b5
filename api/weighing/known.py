"""What the names of a weighing list stand for, in one cooperative."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from api.weighing.bearing import Usable
from api.weighing.cells import text
from api.weighing.deliveries import Known, Plot
from domain.events.registry import PlaceKind
from domain.measures import Unit
from ledger.log import Connection
from ledger.vault import Vault
from projections import directory, marks


def known_to(conn: Connection, vault: Vault, cooperative: str) -> Known:
    """Give the members by name and number, products by name and GTIN, and the members' plots.

    Only members for whom the cooperative may sign: the others record for themselves.
    """
    members: dict[str, list[str]] = defaultdict(list)
    signed_for = [one.member for one in directory.members_of(conn, cooperative) if one.may_sign]
    for member, card in vault.names(conn, signed_for).items():
        members[text(card.name)].append(member)
    for member in signed_for:
        members[member].append(member)
    products: dict[str, list[str]] = defaultdict(list)
    registered = directory.products(conn)
    for gtin, product in registered.items():
        for name in dict.fromkeys((text(product.name_zh), text(product.name_en), gtin)):
            products[name].append(gtin)
    return Known(
        members=members,
        products=products,
        units={gtin: Unit(product.unit) for gtin, product in registered.items()},
        plots={member: _plots(conn, member) for member in signed_for},
        categories={gtin: product.category for gtin, product in registered.items()},
        grants=_grants(conn, cooperative, signed_for),
    )


def _grants(
    conn: Connection, cooperative: str, members: Sequence[str]
) -> Mapping[str, Sequence[Usable]]:
    """Give the grants for a harvest now of each member, its own before the cooperative's."""
    now = datetime.now(UTC)
    found: dict[str, list[Usable]] = defaultdict(list)
    for one in marks.grants(conn, [cooperative, *members]):
        if one.quota and one.revoked_by is None and (one.until is None or one.until > now):
            found[one.party].append(Usable(
                one.id, one.party, one.mark, one.zh, one.en, one.categories, one.townships
            ))  # fmt: skip
    return {member: [*found[member], *found[cooperative]] for member in members}


def _plots(conn: Connection, member: str) -> list[Plot]:
    return [
        Plot(place.id, text(place.name), place.township)
        for place in directory.places_of(conn, member)
        if place.kind == PlaceKind.PLOT.value
    ]
