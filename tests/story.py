"""What is where, told a second time: plain dicts of integers, and no code of the domain's."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from domain.events import holds as h
from domain.events import market as m
from domain.events import marks as i
from domain.events import movements as v
from domain.events import papers as p
from domain.events.movements import Process
from tests.county import (
    AUTHORITY,
    CONTENTS,
    COOP,
    ELDER,
    FARMER,
    INSPECTOR,
    OTHER_PLOT,
    PARTIES,
    PLACES,
    PLOT,
    UNITS,
)

OWNER_OF_PLOT: Final = {PLOT: FARMER, OTHER_PLOT: ELDER}
GROWERS: Final = {FARMER, ELDER}
MEMBERS: Final = {(COOP, FARMER), (COOP, ELDER)}
KNOWN_PARTIES: Final = {AUTHORITY, *(party[0] for party in PARTIES)}
KNOWN_PLACES: Final = {place[0] for place in PLACES}
NO_TRADERS: Final = {AUTHORITY, INSPECTOR}
THOUSANDTHS: Final = {Process.MILLED: 820, Process.STEAMED: 2500, Process.FERMENTED: 2500}
MARKS: Final = i.MarkGranted | i.MarkRevoked
TOWNSHIP: Final = "445381111"
"""Where every place of the county lies."""
HALTS: Final = h.BatchHeld | h.BatchReleased | h.BatchRecalled | h.RecallClosed
OF_ANYONE: Final = m.OrderPlaced | m.OrderCancelled | m.OrderDisputed | m.OrderSettled
Spot = tuple[str, str, str]
"""Batch, party, place."""


def _sums(items: Iterable[Any]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for item in items:
        sums[item.batch] += item.quantity
    return dict(sums)


def things(event: Any) -> set[str]:  # noqa: ANN401  any event
    """Name what an event changes: a later event that shares one of these leans on it."""
    if isinstance(event, v.PlotTreated):
        return {event.place}
    if isinstance(event, m.OrderPlaced):
        return {event.id, event.offer}
    if isinstance(event, m.OfferMade | m.OfferChanged):
        on_sale = set() if event.plot else {event.batch}
        return on_sale | {event.id if isinstance(event, m.OfferMade) else event.offer}
    lists = (getattr(event, name, ()) for name in ("inputs", "outputs", "items", "differences"))
    found = {item.batch for items in lists for item in items}
    names = (getattr(event, name, None) for name in ("batch", "shipment", "offer", "order"))
    found |= {name for name in names if name}
    claim = getattr(event, "mark", None)
    if isinstance(event, v.BatchHarvested) and claim:
        found.add(claim.grant)
    back = getattr(event, "released", None)
    found |= {back.offer, back.batch} if back else set()
    return found | ({event.id} if isinstance(event, v.ShipmentSent) else set())


class Story:
    """What is where after the events that were told."""

    def __init__(self) -> None:
        """Begin with empty yards."""
        self.held: dict[Spot, int] = defaultdict(int)
        self.reserved: dict[Spot, int] = defaultdict(int)
        self.made: dict[str, int] = {}
        self.gone: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.hands: dict[str, set[str]] = defaultdict(set)
        self.closed: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        self.shipments: dict[str, dict[str, Any]] = {}
        self.offers: dict[str, dict[str, Any]] = {}
        self.orders: dict[str, dict[str, Any]] = {}
        self.parents: dict[str, set[str]] = {}
        self.maker: dict[str, str] = {}
        self.sent: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.halts: dict[str, Any] = {}
        """The holds and recalls that are not lifted, by id."""
        self.certificates: dict[str, dict[str, Any]] = {}
        """Those in force: batch, issuer, quantity."""
        self.runs: dict[str, dict[str, Any]] = {}
        """First prints: batch, kind, certificate, serials."""

        self.sold: dict[str, set[int]] = defaultdict(set)
        """Units sold of a batch, by serial."""
        self.grants: dict[str, dict[str, Any]] = {}
        """Grants of marks: mark, party, area, quota, used, and whether taken back."""
        self.marks: dict[str, Any] = {}
        """By which claim a batch bears a mark."""

    # What an event changes

    def tell(self, event: Any) -> None:  # noqa: ANN401
        """Let an event happen, without judging it."""
        getattr(self, f"_tell_{type(event).__name__}")(event)

    def _make(self, event: Any, batch: str, quantity: int, parents: set[str]) -> None:  # noqa: ANN401
        self.made[batch] = quantity
        self.held[batch, event.actor, event.place] += quantity
        self.hands[batch].add(event.actor)
        self.parents[batch] = parents
        self.maker[batch] = event.actor

    def _take(self, event: Any, batch: str, quantity: int, why: str) -> None:  # noqa: ANN401
        self.held[batch, event.actor, event.place] -= quantity
        self.gone[batch][why] += quantity

    def _tell_PlotTreated(self, event: v.PlotTreated) -> None:  # noqa: N802
        until = event.occurred_at + timedelta(days=event.interval_days)
        self.closed[event.place].append((event.occurred_at, until))

    def _tell_BatchHarvested(self, event: v.BatchHarvested) -> None:  # noqa: N802
        self._make(event, event.batch, event.quantity, set())
        if event.mark:
            self.grants[event.mark.grant]["used"] += event.quantity
            self.marks[event.batch] = event.mark

    def _tell_BatchTransformed(self, event: v.BatchTransformed) -> None:  # noqa: N802
        for item in event.inputs:
            self._take(event, item.batch, item.quantity, "used")
        for item in event.outputs:
            self._make(event, item.batch, item.quantity, {each.batch for each in event.inputs})
            if event.mark:
                self.marks[item.batch] = event.mark

    def _tell_MarkGranted(self, event: i.MarkGranted) -> None:  # noqa: N802
        self.grants[event.id] = {
            "mark": event.mark, "party": event.party, "area": event.townships,
            "quota": event.quota, "used": 0, "revoked": False,
        }  # fmt: skip

    def _tell_MarkRevoked(self, event: i.MarkRevoked) -> None:  # noqa: N802
        self.grants[event.grant]["revoked"] = True

    def _tell_ShipmentSent(self, event: v.ShipmentSent) -> None:  # noqa: N802
        for item in event.items:
            self._take(event, item.batch, item.quantity, "travelling")
            self.sent[item.batch].add((event.actor, event.to))
            if event.order:
                self.reserved[item.batch, event.actor, event.place] -= item.quantity
        if event.order:
            self.orders[event.order] |= {"state": "shipped", "shipment": event.id}
        self.shipments[event.id] = {
            "to": event.to, "items": _sums(event.items), "received": False
        }  # fmt: skip

    def _tell_ShipmentReceived(self, event: v.ShipmentReceived) -> None:  # noqa: N802
        self.shipments[event.shipment]["received"] = True
        for item in event.items:
            self.held[item.batch, event.actor, event.place] += item.quantity
            self.gone[item.batch]["travelling"] -= item.quantity
            self.hands[item.batch].add(event.actor)
        for short in event.differences:
            self.gone[short.batch]["travelling"] -= short.quantity
            self.gone[short.batch]["lost"] += short.quantity
            self.hands[short.batch].add(event.actor)

    def _tell_BatchInspected(self, event: v.BatchInspected) -> None:  # noqa: N802
        """A finding moves nothing."""

    def _tell_BatchSold(self, event: v.BatchSold) -> None:  # noqa: N802
        self._take(event, event.batch, event.quantity, "sold")
        self.sold[event.batch] |= set(map(int, _units_of(event)))

    def _tell_BatchDisposed(self, event: v.BatchDisposed) -> None:  # noqa: N802
        self._take(event, event.batch, event.quantity, "disposed")

    def _tell_BatchHeld(self, event: h.BatchHeld | h.BatchRecalled) -> None:  # noqa: N802
        self.halts[event.id] = event

    _tell_BatchRecalled = _tell_BatchHeld  # noqa: N815

    def _tell_BatchReleased(self, event: h.BatchReleased) -> None:  # noqa: N802
        del self.halts[event.hold]

    def _tell_RecallClosed(self, event: h.RecallClosed) -> None:  # noqa: N802
        del self.halts[event.recall]

    def _tell_CommitmentIssued(self, event: p.CommitmentIssued) -> None:  # noqa: N802
        self.certificates.pop(event.replaces or "", None)
        self.certificates[event.id] = {
            "batch": event.batch, "issuer": event.actor, "quantity": event.quantity
        }  # fmt: skip

    def _tell_CommitmentWithdrawn(self, event: p.CommitmentWithdrawn) -> None:  # noqa: N802
        self.certificates.pop(event.commitment)

    def _tell_LabelPrinted(self, event: p.LabelPrinted) -> None:  # noqa: N802
        if event.reprint_of is None:
            self.runs[event.id] = {
                "batch": event.batch, "kind": event.kind, "of": event.commitment,
                "serials": _serials(event),
            }  # fmt: skip

    def _tell_OfferMade(self, event: m.OfferMade) -> None:  # noqa: N802
        self.offers[event.id] = {
            "seller": event.actor, "place": event.place, "batch": event.batch, "open": True,
            "left": event.quantity, "price": event.price, "least": event.least or 1,
            "until": event.until, "plot": event.plot, "tiers": event.tiers,
        }  # fmt: skip

    def _tell_OfferChanged(self, event: m.OfferChanged) -> None:  # noqa: N802
        self.offers[event.offer] |= {
            "left": event.quantity, "price": event.price, "least": event.least or 1,
            "until": event.until, "tiers": event.tiers,
        }  # fmt: skip

    def _tell_OfferWithdrawn(self, event: m.OfferWithdrawn) -> None:  # noqa: N802
        self.offers[event.offer]["open"] = False

    def _tell_OrderPlaced(self, event: m.OrderPlaced) -> None:  # noqa: N802
        self.orders[event.id] = {
            "buyer": event.actor, "seller": event.seller, "offer": event.offer,
            "batch": event.batch, "quantity": event.quantity, "state": "placed", "place": None,
        }  # fmt: skip

    def _tell_OrderConfirmed(self, event: m.OrderConfirmed) -> None:  # noqa: N802
        self.reserved[event.batch, event.actor, event.place] += event.quantity
        self.offers[event.offer]["left"] -= event.quantity
        self.orders[event.order] |= {
            "state": "confirmed", "place": event.place, "quantity": event.quantity,
            "until": event.occurred_at + timedelta(hours=24),
        }  # fmt: skip

    def _tell_OrderRefused(self, event: m.OrderRefused) -> None:  # noqa: N802
        self.orders[event.order]["state"] = "refused"

    def _tell_OrderCancelled(self, event: m.OrderCancelled) -> None:  # noqa: N802
        order = self.orders[event.order]
        order["state"] = "cancelled"
        if event.released:
            self.reserved[order["batch"], order["seller"], order["place"]] -= order["quantity"]
            self.offers[order["offer"]]["left"] += order["quantity"]

    def _tell_OrderDisputed(self, event: m.OrderDisputed) -> None:  # noqa: N802
        self.orders[event.order] |= {"state": "disputed", "by": event.actor}

    def _tell_OrderSettled(self, event: m.OrderSettled) -> None:  # noqa: N802
        self.orders[event.order]["state"] = "settled"

    # What an event may not do

    def judge(self, event: Any) -> str | None:  # noqa: ANN401
        """Give the code by which an event is refused, or None."""
        grower = isinstance(event, v.PlotTreated | v.BatchHarvested)
        if isinstance(event, m.OrderCancelled) and self._too_late(event):
            return "too-late-to-cancel"
        if isinstance(event, MARKS) and event.actor != AUTHORITY:
            return "not-authorised"
        anyone = isinstance(event, v.BatchInspected | OF_ANYONE | HALTS | MARKS)
        if (grower and event.actor not in GROWERS) or (not anyone and event.actor in NO_TRADERS):
            return "not-authorised"
        if hasattr(event, "place") and event.place not in KNOWN_PLACES:
            return "unknown-place"
        code: str | None = getattr(self, f"_judge_{type(event).__name__}")(event)
        return code

    def _judge_PlotTreated(self, event: v.PlotTreated) -> str | None:  # noqa: N802
        return self._on_plot(event.actor, event.place)

    def _judge_BatchHarvested(self, event: v.BatchHarvested) -> str | None:  # noqa: N802
        wrong = self._on_plot(event.actor, event.plot)
        if wrong:
            return wrong
        if event.batch in self.made:
            return "batch-exists"
        if any(since <= event.occurred_at < until for since, until in self.closed[event.plot]):
            return "interval-not-elapsed"
        return self._marked_harvest(event) if event.mark else None

    def _marked_harvest(self, event: v.BatchHarvested) -> str | None:
        wrong = self._claim(event)
        if wrong or event.mark is None:
            return wrong
        grant = self.grants[event.mark.grant]
        if TOWNSHIP not in grant["area"] or grant["quota"] is None:
            return "mark-not-authorised"
        if grant["quota"].unit is not event.unit:
            return "mark-not-authorised"
        over = grant["used"] + event.quantity > grant["quota"].quantity
        return "mark-quota" if over else None

    def _claim(self, event: v.BatchHarvested | v.BatchTransformed) -> str | None:
        claim = event.mark
        grant = self.grants.get(claim.grant) if claim else None
        if claim is None:
            return None
        if grant is None or grant["revoked"] or grant["mark"] != claim.mark:
            return "mark-not-authorised"
        its = event.actor == claim.party or (claim.party, event.actor) in MEMBERS
        return None if its and grant["party"] == claim.party else "mark-not-authorised"

    def _judge_MarkGranted(self, event: i.MarkGranted) -> str | None:  # noqa: N802
        return None if event.party in KNOWN_PARTIES else "unknown-party"

    def _judge_MarkRevoked(self, event: i.MarkRevoked) -> str | None:  # noqa: N802
        grant = self.grants.get(event.grant)
        return None if grant and not grant["revoked"] else "mark-not-authorised"

    def _judge_BatchTransformed(self, event: v.BatchTransformed) -> str | None:  # noqa: N802
        ins = [item.batch for item in event.inputs]
        outs = [item.batch for item in event.outputs]
        if any(batch not in self.made for batch in ins):
            return "unknown-batch"
        if halted := self.halted(ins):
            return halted
        if len(set(outs)) < len(outs) or set(ins) & set(outs):
            return "wrong-output"
        if any(batch in self.made for batch in outs):
            return "batch-exists"
        if not self._enough(event, _sums(event.inputs)):
            return "not-held"
        if event.process is Process.SPLIT and {b[:14] for b in outs} - {b[:14] for b in ins}:
            return "wrong-output"
        return self._balance(event) or self._marked_making(event, ins)

    def _marked_making(self, event: v.BatchTransformed, ins: list[str]) -> str | None:
        if event.mark is None:
            return None
        borne = [self.marks.get(batch) for batch in ins]
        if any(claim is None or claim.mark != event.mark.mark for claim in borne):
            return "mark-not-authorised"
        same = event.process is Process.SPLIT and all(claim == event.mark for claim in borne)
        return None if same else self._claim(event)

    def _balance(self, event: v.BatchTransformed) -> str | None:
        most, out = _measured(event.inputs), _measured(event.outputs)
        for unit, quantity in out.items():
            if unit not in most:
                return "unit-mismatch"
            if quantity * 1000 > most[unit] * THOUSANDTHS.get(event.process, 1000):
                return "mass-balance"
        return None

    def _judge_ShipmentSent(self, event: v.ShipmentSent) -> str | None:  # noqa: N802
        if event.to not in KNOWN_PARTIES:
            return "unknown-party"
        if event.to_place not in KNOWN_PLACES:
            return "unknown-place"
        if any(item.batch not in self.made for item in event.items):
            return "unknown-batch"
        wrong = self._as_ordered(event) if event.order else None
        if wrong:
            return wrong
        onward = [item.batch for item in event.items if not self._back(event, item.batch)]
        if halted := self.halted(onward):
            return halted
        if event.order:
            (item,) = event.items
            enough = self.held[item.batch, event.actor, event.place] >= item.quantity
            return None if enough else "not-held"
        return None if self._enough(event, _sums(event.items)) else "not-held"

    def _back(self, event: v.ShipmentSent, batch: str) -> bool:
        made_by = self.maker[batch]
        returned = (event.to, event.actor) in self.sent[batch]
        return returned or (event.to == made_by and event.actor != made_by)

    def _stranger(self, event: Any) -> bool:  # noqa: ANN401
        order = self.orders.get(event.order)
        return order is not None and event.actor not in {
            order["buyer"], order["seller"], AUTHORITY,
        }  # fmt: skip

    def _as_ordered(self, event: v.ShipmentSent) -> str | None:
        order = self.orders.get(event.order or "")
        if self._stranger(event):
            return "not-authorised"
        if order is None or order["state"] != "confirmed":
            return "order-not-open"
        wanted = (order["seller"], order["place"], order["buyer"], order["batch"])
        (item, *more) = event.items
        if wanted != (event.actor, event.place, event.to, item.batch) or more:
            return "order-mismatch"
        return None if item.quantity == order["quantity"] else "order-mismatch"

    def _judge_ShipmentReceived(self, event: v.ShipmentReceived) -> str | None:  # noqa: N802
        shipment = self.shipments.get(event.shipment)
        if shipment is None or shipment["received"]:
            return "shipment-not-open"
        if shipment["to"] != event.actor:
            return "not-addressee"
        came, short = _sums(event.items), _sums(event.differences)
        if any(batch not in self.made for batch in came):
            return "unknown-batch"
        for batch in (*shipment["items"], *came, *short):
            sent = shipment["items"].get(batch, 0)
            if came.get(batch, 0) > sent:
                return "not-held"
            if came.get(batch, 0) + short.get(batch, 0) != sent:
                return "difference-unexplained"
        return None

    def _judge_BatchInspected(self, event: v.BatchInspected) -> str | None:  # noqa: N802
        if event.batch not in self.made:
            return "unknown-batch"
        allowed = NO_TRADERS | self.hands[event.batch]
        return None if event.actor in allowed else "not-authorised"

    def _judge_BatchSold(self, event: v.BatchSold | v.BatchDisposed) -> str | None:  # noqa: N802
        if event.batch not in self.made:
            return "unknown-batch"
        if isinstance(event, v.BatchSold) and (halted := self.halted([event.batch])):
            return halted
        if not self._enough(event, {event.batch: event.quantity}):
            return "not-held"
        return self._units(event) if isinstance(event, v.BatchSold) else None

    def _units(self, event: v.BatchSold) -> str | None:
        units = _units_of(event)
        runs = [run for run in self.runs.values() if run["batch"] == event.batch]
        printed = {serial for run in runs for serial in run["serials"]}
        if printed and not units <= printed:
            return "serial-not-printed"
        return "serial-sold" if set(map(int, units)) & self.sold[event.batch] else None

    _judge_BatchDisposed = _judge_BatchSold  # noqa: N815

    def _judge_BatchHeld(self, event: h.BatchHeld) -> str | None:  # noqa: N802
        if event.batch not in self.made:
            return "unknown-batch"
        has_some = any(
            (batch, who) == (event.batch, event.actor) and quantity
            for (batch, who, _), quantity in self.held.items()
        )
        allowed = NO_TRADERS | {self.maker[event.batch]}
        return None if event.actor in allowed or has_some else "not-authorised"

    def _judge_BatchRecalled(self, event: h.BatchRecalled) -> str | None:  # noqa: N802
        if event.batch not in self.made:
            return "unknown-batch"
        allowed = {AUTHORITY, self.maker[event.batch]}
        return None if event.actor in allowed else "not-authorised"

    def _judge_BatchReleased(self, event: h.BatchReleased) -> str | None:  # noqa: N802
        return self._lift(self.halts.get(event.hold), h.BatchHeld, event, "hold-not-open")

    def _judge_RecallClosed(self, event: h.RecallClosed) -> str | None:  # noqa: N802
        return self._lift(self.halts.get(event.recall), h.BatchRecalled, event, "recall-not-open")

    def _lift(self, halt: Any, kind: type[Any], event: Any, code: str) -> str | None:  # noqa: ANN401
        if not isinstance(halt, kind) or halt.batch != event.batch:
            return code
        return None if event.actor in {halt.actor, AUTHORITY} else "not-authorised"

    def halted(self, batches: Iterable[str]) -> str | None:
        """Give the code by which the first of these batches that may not move is refused."""
        for batch in batches:
            over = [
                halt for halt in self.halts.values()
                if halt.batch == batch
                or (getattr(halt, "descendants", True) and halt.batch in self.ancestors(batch))
            ]  # fmt: skip
            if over:
                recalled = any(isinstance(halt, h.BatchRecalled) for halt in over)
                return "recalled" if recalled else "on-hold"
        return None

    def _judge_CommitmentIssued(self, event: p.CommitmentIssued) -> str | None:  # noqa: N802
        if event.batch not in self.made:
            return "unknown-batch"
        if event.actor not in self.hands[event.batch]:
            return "not-authorised"
        wrong = self.halted([event.batch])
        if event.replaces and not wrong:
            wrong = self._own_certificate(event, event.replaces)
        in_sum = sum(
            paper["quantity"] for name, paper in self.certificates.items()
            if paper["batch"] == event.batch and name != event.replaces
        )  # fmt: skip
        too_much = in_sum + event.quantity > self.made[event.batch]
        return wrong or ("certified-exceeds-made" if too_much else None)

    def _judge_CommitmentWithdrawn(self, event: p.CommitmentWithdrawn) -> str | None:  # noqa: N802
        if event.batch not in self.made:
            return "unknown-batch"
        return self._own_certificate(event, event.commitment)

    def _own_certificate(self, event: Any, name: str) -> str | None:  # noqa: ANN401
        paper = self.certificates.get(name)
        if paper is None or paper["batch"] != event.batch:
            return "certificate-not-open"
        return None if paper["issuer"] == event.actor else "not-authorised"

    def _judge_LabelPrinted(self, event: p.LabelPrinted) -> str | None:  # noqa: N802
        if event.batch not in self.made:
            return "unknown-batch"
        holder = event.holder or event.actor
        for_member = holder == event.actor or (event.actor, holder) in MEMBERS
        if not for_member or holder not in self.hands[event.batch]:
            return "not-authorised"
        if event.commitment:
            paper = self.certificates.get(event.commitment)
            if paper is None or paper["batch"] != event.batch:
                return "certificate-not-open"
        return self._reprint(event) if event.reprint_of else self._first_print(event)

    def _reprint(self, event: p.LabelPrinted) -> str | None:
        run = self.runs.get(event.reprint_of or "")
        if run is None or run["batch"] != event.batch:
            return "reprint-mismatch"
        same = (run["kind"], run["of"]) == (event.kind, event.commitment)
        within = set(_serials(event)) <= set(run["serials"])
        return None if same and within else "reprint-mismatch"

    def _first_print(self, event: p.LabelPrinted) -> str | None:
        runs = (run for run in self.runs.values() if run["batch"] == event.batch)
        printed = {int(serial) for run in runs for serial in run["serials"]}
        return "numbers-printed" if printed & set(map(int, _serials(event))) else None

    def _judge_OfferMade(self, event: m.OfferMade) -> str | None:  # noqa: N802
        if event.plot:
            if event.plot not in KNOWN_PLACES:
                return "unknown-place"
            wrong = self._on_plot(event.actor, event.plot)
            if wrong or event.batch in self.made:
                return wrong or "batch-exists"
        elif event.batch not in self.made:
            return "unknown-batch"
        return self._offered(event)

    def _offered(self, event: m.OfferMade | m.OfferChanged) -> str | None:
        if event.batch in self.made and (halted := self.halted([event.batch])):
            return halted
        over = event.until and event.until <= event.occurred_at
        if (event.least or 1) > event.quantity or over:
            return "terms-inconsistent"
        if event.batch not in self.made:
            return None
        enough = self._enough(event, {event.batch: event.quantity})
        return None if enough else "offer-exceeds-holding"

    def _judge_OfferChanged(self, event: m.OfferChanged) -> str | None:  # noqa: N802
        wrong = self._judge_OfferWithdrawn(event)
        if wrong:
            return wrong
        offer = self.offers[event.offer]
        if (event.place, event.batch, event.plot) != (
            offer["place"], offer["batch"], offer["plot"],
        ):  # fmt: skip
            return "offer-mismatch"
        if not event.plot and event.batch not in self.made:
            return "unknown-batch"
        return self._offered(event)

    def _judge_OfferWithdrawn(  # noqa: N802
        self, event: m.OfferWithdrawn | m.OfferChanged
    ) -> str | None:
        offer = self.offers.get(event.offer)
        if offer is None or not offer["open"]:
            return "offer-not-open"
        return None if offer["seller"] == event.actor else "not-authorised"

    def _judge_OrderPlaced(self, event: m.OrderPlaced) -> str | None:  # noqa: N802
        offer = self.offers.get(event.offer)
        if offer is None or not offer["open"] or _over(offer, event):
            return "offer-not-open"
        if (offer["seller"], offer["batch"]) != (event.seller, event.batch):
            return "order-mismatch"
        if event.batch in self.made and (halted := self.halted([event.batch])):
            return halted
        reached = [tier.price for tier in offer["tiers"] if event.quantity >= tier.quantity]
        if [offer["price"], *reached][-1] != event.price:
            return "price-mismatch"
        if event.deliver_to not in KNOWN_PLACES:
            return "unknown-place"
        return self._ordered(offer, event)

    def _ordered(self, offer: dict[str, Any], event: m.OrderPlaced) -> str | None:
        if event.quantity < offer["least"]:
            return "below-least"
        if offer["plot"] and event.batch not in self.made:
            return None if event.quantity <= offer["left"] else "offer-exceeds-holding"
        return self._promise(offer, event.quantity)

    def _judge_OrderConfirmed(self, event: m.OrderConfirmed) -> str | None:  # noqa: N802
        order = self.orders.get(event.order)
        if self._stranger(event):
            return "not-authorised"
        if order is None or order["state"] != "placed":
            return "order-not-open"
        if order["seller"] != event.actor:
            return "not-authorised"
        offer = self.offers[order["offer"]]
        if event.quantity > order["quantity"] or event.place != offer["place"]:
            return "order-mismatch"
        return self.halted([event.batch]) or self._promise(offer, event.quantity)

    def _judge_OrderRefused(self, event: m.OrderRefused) -> str | None:  # noqa: N802
        order = self.orders.get(event.order)
        if self._stranger(event):
            return "not-authorised"
        if order is None or order["state"] != "placed":
            return "order-not-open"
        return None if order["seller"] == event.actor else "not-authorised"

    def _too_late(self, event: m.OrderCancelled) -> bool:
        order = self.orders.get(event.order)
        if order is None or order["state"] != "confirmed" or event.actor != order["buyer"]:
            return False
        return bool(event.occurred_at > order["until"])

    def _judge_OrderCancelled(self, event: m.OrderCancelled) -> str | None:  # noqa: N802
        order = self.orders.get(event.order)
        if self._stranger(event):
            return "not-authorised"
        if order is None or order["state"] not in {"placed", "confirmed"}:
            return "order-not-open"
        confirmed = order["state"] == "confirmed"
        sides = {order["buyer"], *([order["seller"], AUTHORITY] if confirmed else [])}
        if event.actor not in sides:
            return "not-authorised"
        back = event.released
        if not confirmed:
            return "order-mismatch" if back else None
        same = back and (back.place, back.quantity) == (order["place"], order["quantity"])
        return None if same else "order-mismatch"

    def _judge_OrderDisputed(self, event: m.OrderDisputed) -> str | None:  # noqa: N802
        order = self.orders.get(event.order)
        if self._stranger(event):
            return "not-authorised"
        if order is None or order["state"] != "shipped":
            return "order-not-open"
        if order["shipment"] != event.shipment:
            return "order-mismatch"
        if event.actor not in {order["buyer"], order["seller"]}:
            return "not-authorised"
        return "order-mismatch" if (event.quantity or 0) > order["quantity"] else None

    def _judge_OrderSettled(self, event: m.OrderSettled) -> str | None:  # noqa: N802
        order = self.orders.get(event.order)
        if self._stranger(event):
            return "not-authorised"
        if order is None or order["state"] not in {"shipped", "disputed"}:
            return "order-not-open"
        if order["shipment"] != event.shipment:
            return "order-mismatch"
        if not self.shipments[event.shipment]["received"]:
            return "order-not-open"
        disputed = order["state"] == "disputed"
        may = {order["by"], AUTHORITY} if disputed else {order["seller"]}
        return None if event.actor in may else "not-authorised"

    def _promise(self, offer: dict[str, Any], quantity: int) -> str | None:
        spot = (offer["batch"], offer["seller"], offer["place"])
        free = min(offer["left"], self.held[spot] - self.reserved[spot])
        return None if quantity <= free else "offer-exceeds-holding"

    def _enough(self, event: Any, wanted: dict[str, int]) -> bool:  # noqa: ANN401
        spots = {batch: (batch, event.actor, event.place) for batch in wanted}
        leaving = isinstance(event, v.BatchDisposed | v.ShipmentSent)
        return all(
            self.held[spot] - self.reserved[spot] >= wanted[batch]
            or (leaving and self.held[spot] >= wanted[batch] and self.halted([batch]))
            for batch, spot in spots.items()
        )

    def _on_plot(self, actor: str, plot: str) -> str | None:
        if plot not in KNOWN_PLACES:
            return "unknown-place"
        if plot not in OWNER_OF_PLOT:
            return "not-a-plot"
        return None if OWNER_OF_PLOT[plot] == actor else "not-authorised"

    # The trace

    def ancestors(self, batch: str) -> set[str]:
        """Give all batches that went into a batch."""
        found: set[str] = set()
        waiting = set(self.parents.get(batch, ()))
        while waiting:
            parent = waiting.pop()
            if parent not in found:
                found.add(parent)
                waiting |= self.parents.get(parent, set())
        return found

    def descendants(self, batch: str) -> set[str]:
        """Give all batches that a batch went into."""
        return {other for other in self.made if batch in self.ancestors(other)}


def _serials(event: p.LabelPrinted) -> list[str]:
    return _numbers(event.serials) if event.serials else []


def _units_of(event: v.BatchSold) -> set[str]:
    return {serial for numbers in event.serials for serial in _numbers(numbers)}


def _numbers(numbers: p.Numbers) -> list[str]:
    first, last = numbers.first, numbers.last
    return [f"{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]


def _over(offer: dict[str, Any], event: m.OrderPlaced) -> bool:
    return bool(offer["until"] and event.occurred_at > offer["until"])


def _measured(items: Iterable[Any]) -> dict[Any, int]:
    sums: dict[Any, int] = defaultdict(int)
    for item in items:
        content = CONTENTS.get(item.batch[:14])
        if content:
            sums[content.unit] += item.quantity * content.quantity
        else:
            sums[UNITS[item.batch[:14]]] += item.quantity
    return sums
