"""What happens to the batch: peeled, brought in, dried, inspected, packed, sent to its buyer."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from api.authoring.new_event import common
from api.cli.story.stage import Stage, Step, Told
from api.demo.parties import CARRIER, CHEN_XIULAN, CHENWU, INSPECTOR
from api.demo.places import AT_SHOP, CHENWU_YARD, PLOTS
from api.demo.produce import DRY_BARK, FRESH_BARK, TANBIN_500
from domain.events.market import OfferMade
from domain.events.movements import (
    BatchHarvested,
    BatchInspected,
    BatchSold,
    BatchTransformed,
    Difference,
    Process,
    Result,
    ShipmentReceived,
    ShipmentSent,
)
from domain.ids import EventId
from domain.measures import BatchQuantity, Price, Unit, show
from domain.moments import CST

_PLOT: Final = PLOTS["TB07"]
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that look alike on a label."""
_FRESH_G: Final = 120_000
_LOST_G: Final = 800
_DRY_G: Final = 52_600
_BAGS: Final = 105
ORDERED: Final = 40
PRICE: Final = Price(3200, 1)
LEAST: Final = 10


class Cinnamon:
    """One fresh batch of the showcase plot; every run has its own."""

    def __init__(self, stage: Stage, now: datetime) -> None:
        """Tell of the last twenty hours before `now`."""
        self._stage = stage
        self._now = now
        unique = "".join(secrets.choice(_LETTERS) for _ in range(4))
        lot = f"{now.astimezone(CST):%Y%m%d}-{_PLOT.code}-{unique}"
        self._fresh = FRESH_BARK.goods(lot, _FRESH_G)
        self._come = FRESH_BARK.goods(lot, _FRESH_G - _LOST_G)
        self._dry = DRY_BARK.goods(lot, _DRY_G)
        self.bags: Final = TANBIN_500.goods(lot, _BAGS)

    def at(self, hours: float) -> datetime:
        """Give the time so many hours ago."""
        return (self._now - timedelta(hours=hours)).astimezone(CST)

    def grow(self) -> Step:
        """Peel the bark."""
        return self._stage.record(
            BatchHarvested(
                **common(CHEN_XIULAN.party, self.at(20)), place=_PLOT.place, plot=_PLOT.place,
                batch=self._fresh.batch, quantity=_FRESH_G, unit=Unit.GRAM, grade="一级",
            ),
            Told(
                f"陈秀兰在榃滨的七号山地剥下鲜桂皮 {show(_FRESH_G, Unit.GRAM)}，"
                "用自己手机里的密钥签字",
                f"Chen Xiulan peels {show(_FRESH_G, Unit.GRAM, 'en')} of bark on plot No. 7 in"
                " Tanbin and signs with her own key",
            ),
        )  # fmt: skip

    def bring(self, harvest: Step) -> Step:
        """Hand it over to the cooperative, a little short."""
        sent = self._stage.record(
            ShipmentSent(
                **common(CHEN_XIULAN.party, self.at(19), harvest.event.id), place=_PLOT.place,
                items=(self._fresh,), to=CHENWU, to_place=CHENWU_YARD.place,
            ),
            Told("她把这批桂皮送往陈屋合作社的晒场", "She sends it to the cooperative's yard"),
        )  # fmt: skip
        lost = Difference(self._fresh.batch, _LOST_G, Unit.GRAM, "路上抖落的碎皮")
        return self._stage.record(
            ShipmentReceived(
                **common(CHENWU, self.at(18), sent.event.id), place=CHENWU_YARD.place,
                shipment=sent.event.id, items=(self._come,), differences=(lost,),
            ),
            Told(
                f"合作社过秤，收到 {show(self._come.quantity, Unit.GRAM)}；"
                f"少的 {show(_LOST_G, Unit.GRAM)}记为路上损耗",
                f"The cooperative weighs {show(self._come.quantity, Unit.GRAM, 'en')};"
                f" {show(_LOST_G, Unit.GRAM, 'en')} are recorded as lost on the way",
            ),
        )  # fmt: skip

    def make(self, received: Step) -> Step:
        """Dry it, have it inspected, pack it."""
        dried = self._transform(6, Process.DRIED, (self._come, self._dry), received, Told(
            f"连夜烘干，得桂皮 {show(_DRY_G, Unit.GRAM)}",
            f"Dried overnight: {show(_DRY_G, Unit.GRAM, 'en')} are left",
        ))  # fmt: skip
        inspected = self._stage.record(
            BatchInspected(
                **common(INSPECTOR, self.at(5), dried.event.id), place=CHENWU_YARD.place,
                batch=self._dry.batch, standard="GB/T 30381-2013 桂皮", result=Result.CONFORMANT,
                finding="水分 9.6 %，农残未检出",
            ),
            Told(
                "县检测站抽检：水分 9.6 %，农残未检出，合格",
                "The county's station inspects it: 9.6 % water, no residues, conformant",
            ),
        )  # fmt: skip
        return self._transform(4, Process.PACKED, (self._dry, self.bags), inspected, Told(
            f"分装成 500 克的「榃滨桂皮」{_BAGS} 袋", f"Packed into {_BAGS} bags of 500 g",
        ))  # fmt: skip

    def offer(self, packed: Step) -> Step:
        """Offer all the bags."""
        return self._stage.record(
            OfferMade(
                **common(CHENWU, self.at(3), packed.event.id), place=CHENWU_YARD.place,
                batch=self.bags.batch, quantity=_BAGS, unit=Unit.PIECE, price=PRICE, least=LEAST,
            ),
            Told(
                f"合作社挂出 {_BAGS} 袋，每袋 32 元，{LEAST} 袋起订",
                f"The cooperative offers {_BAGS} bags at ¥32 each, {LEAST} at least",
            ),
        )  # fmt: skip

    def oversell(self, confirmed: Step) -> None:
        """Try to sell the promised bags once more: refused."""
        self._stage.refusal(
            BatchSold(
                **common(CHENWU, self.at(0.8), confirmed.event.id), place=CHENWU_YARD.place,
                batch=self.bags.batch, quantity=_BAGS - ORDERED + 1, unit=Unit.PIECE,
                channel="门市零售",
            ),
            "not-held",
            Told(
                f"门市还剩 {_BAGS - ORDERED} 袋能卖，想卖 {_BAGS - ORDERED + 1} 袋："
                "答应了人的，卖不出第二次",
                "The shop tries to sell one bag of those that are promised: refused",
            ),
        )  # fmt: skip

    def deliver(self, order: EventId, confirmed: Step) -> Step:
        """Ship what was ordered, and have the buyer receive it."""
        goods = BatchQuantity(self.bags.batch, ORDERED, Unit.PIECE)
        sent = self._stage.record(
            ShipmentSent(
                **common(CHENWU, self.at(0.5), order, confirmed.event.id),
                place=CHENWU_YARD.place, items=(goods,), to=AT_SHOP.party,
                to_place=AT_SHOP.place, carrier=CARRIER, order=order,
            ),
            Told(f"{ORDERED} 袋交给泷水快运，发往广州", f"{ORDERED} bags leave for Guangzhou"),
        )  # fmt: skip
        return self._stage.record(
            ShipmentReceived(
                **common(AT_SHOP.party, self._now.astimezone(CST), sent.event.id),
                place=AT_SHOP.place, shipment=sent.event.id, items=(goods,),
            ),
            Told(
                f"广州东山口鲜选超市点收 {ORDERED} 袋，一袋不少",
                f"The shop in Guangzhou receives all {ORDERED}",
            ),
        )  # fmt: skip

    def _transform(
        self,
        hours: float,
        process: Process,
        change: tuple[BatchQuantity, BatchQuantity],
        cause: Step,
        told: Told,
    ) -> Step:
        before, after = change
        return self._stage.record(
            BatchTransformed(
                **common(CHENWU, self.at(hours), cause.event.id), place=CHENWU_YARD.place,
                process=process, inputs=(before,), outputs=(after,),
            ),
            told,
        )  # fmt: skip
