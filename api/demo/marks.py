"""The county's mark, 罗定肉桂: to whom it is granted, and which batches bear it."""

from typing import Final, NamedTuple

from api.demo.almanac import OfficeHours
from api.demo.builder import Builder
from api.demo.parties import AUTHORITY, CHENWU, DRYING_HOUSE, FARMERS, LIANXING
from api.demo.produce import CINNAMON_MARK, DRY_BARK, FRESH_BARK, SILUN_250, TANBIN_500, kg
from domain.events.marks import MarkClaim, MarkGranted, Quota
from domain.events.registry import Names
from domain.ids import Division, PartyId
from domain.measures import BatchQuantity, Unit

_AREA: Final[tuple[Division, ...]] = ("445381111", "445381116", "445381118", "445381119")
"""榃滨镇, 泗纶镇, 加益镇, 龙湾镇: for the demo, where its cinnamon grows."""
_BORNE_BY: Final = {product.gtin for product in (FRESH_BARK, DRY_BARK, TANBIN_500, SILUN_250)}
_COOPERATIVE: Final = {farmer.party: farmer.cooperative for farmer in FARMERS}


class _Grant(NamedTuple):
    """To whom, and for how many kilograms of fresh bark; None: for processing alone."""

    party: PartyId
    kilograms: int | None


_GRANTS: Final = (_Grant(CHENWU, 20_000), _Grant(LIANXING, 80_000), _Grant(DRYING_HOUSE, None))


def grant_marks(b: Builder, hours: OfficeHours) -> None:
    """Let the authority grant the mark to both cooperatives and the packing house."""
    for one in _GRANTS:
        quota = Quota(kg(one.kilograms), Unit.GRAM) if one.kilograms else None
        granted = b.record(MarkGranted(
            **b.common(AUTHORITY, hours.next(14)), mark=CINNAMON_MARK,
            names=Names("罗定肉桂（演示）", "Luoding cinnamon (demo)"), party=one.party,
            categories=("cinnamon",), townships=_AREA, quota=quota,
        ))  # fmt: skip
        b.claims[one.party] = MarkClaim(CINNAMON_MARK, granted, one.party)


def claim(b: Builder, maker: PartyId, goods: BatchQuantity) -> MarkClaim | None:
    """Give the claim by which a new batch bears the mark; None where it is no cinnamon."""
    if goods.batch[:14] not in _BORNE_BY:
        return None
    return b.claims.get(_COOPERATIVE.get(maker, maker))
