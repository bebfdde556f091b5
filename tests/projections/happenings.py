"""Makes events of a small county, tersely; and random histories of it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from domain.events import governance as g
from domain.events import market as m
from domain.events import movements as v
from domain.events import papers as p
from domain.events import registry as r
from domain.events.catalogue import AnyEvent
from domain.events.correction import Correctable, EventCorrected
from domain.events.foreign import EpcisCaptured
from domain.measures import BatchQuantity, Unit

CST = timezone(timedelta(hours=8))
START = datetime(2026, 10, 1, 8, 0, tzinfo=CST)
GTIN = "02445381000016"
AUTHORITY, COOP, FARMER, BUYER = (f"P445381-00000{n}" for n in range(4))
PLOT, YARD, STORE, SHOP = (f"L445381-00000{n}" for n in range(4))
COOP_KEY = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"

_numbers = count(1)


def uid(number: int | None = None) -> str:
    number = next(_numbers) if number is None else number
    return f"0199a000-{number >> 12 & 0xFFFF:04x}-7{number & 0xFFF:03x}-8000-{number:012x}"


def lot(number: int) -> str:
    return f"{GTIN}/L{number}"


def common(actor: str = FARMER, hours: float = 0) -> dict[str, Any]:
    return {
        "id": uid(), "occurred_at": START + timedelta(hours=hours), "actor": actor,
        "nonce": bytes(16),
    }  # fmt: skip


def goods(batch: str, quantity: int) -> BatchQuantity:
    return BatchQuantity(batch, quantity, Unit.GRAM)


def filler() -> AnyEvent:
    """An event that no genealogy, holding or passport takes notice of."""
    return g.RulesAdopted(**common(AUTHORITY), rules="2026.1", tables="0" * 64)


def masters(key: str) -> list[AnyEvent]:
    """The county: `key` speaks for the authority, and for the cooperative."""
    return [
        g.LedgerOpened(
            **common(AUTHORITY), county="445381", origin="luoding.example/ledger",
            authority_name="罗定市农业农村局", authority_key=COOP_KEY, log_key="x", rules="2026.1",
        ),
        g.PartyAdmitted(
            **common(AUTHORITY), party=COOP, kind=g.PartyKind.ORGANISATION,
            roles=(g.Role.COOPERATIVE, g.Role.PROCESSOR), township="445381105",
            name="陈屋合作社", gln="6900000000001",
        ),
        g.PartyAdmitted(
            **common(COOP), party=FARMER, kind=g.PartyKind.PERSON, roles=(g.Role.FARMER,),
            township="445381105",
        ),
        g.PartyAdmitted(
            **common(AUTHORITY), party=BUYER, kind=g.PartyKind.ORGANISATION,
            roles=(g.Role.BUYER,), township="440104", name="东山口鲜选超市",
        ),
        g.KeyBound(**common(AUTHORITY), party=COOP, key=key, custody=g.Custody.SERVER),
        g.MembershipBegan(**common(COOP), member=FARMER, may_sign=True),
        *(
            r.PlaceRegistered(
                **common(AUTHORITY), place=place, holder=holder, kind=kind, township="445381105",
                name=name, area_m2=8000 if place == PLOT else None,
            )
            for place, holder, kind, name in (
                (PLOT, FARMER, r.PlaceKind.PLOT, "七号山地"),
                (YARD, FARMER, r.PlaceKind.YARD, "屋前晒场"),
                (STORE, COOP, r.PlaceKind.WAREHOUSE, "合作社仓库"),
                (SHOP, BUYER, r.PlaceKind.SHOP, "东山口店"),
            )
        ),
        r.ProductRegistered(
            **common(COOP), gtin=GTIN, names=r.Names("榃滨桂皮", "Tanbin cinnamon"),
            category="cinnamon", unit=Unit.GRAM,
        ),
    ]  # fmt: skip


def treated(hours: float = 0, place: str = PLOT) -> v.PlotTreated:
    return v.PlotTreated(
        **common(hours=hours), place=place, substance="吡蚜酮", registration="PD20182345",
        dose="每亩 20 克", interval_days=7,
    )  # fmt: skip


def harvested(batch: str, quantity: int, hours: float = 0, place: str = YARD) -> v.BatchHarvested:
    return v.BatchHarvested(
        **common(hours=hours), place=place, batch=batch, plot=PLOT, quantity=quantity,
        unit=Unit.GRAM,
    )  # fmt: skip


def transformed(
    inputs: dict[str, int], outputs: dict[str, int], process: v.Process = v.Process.DRIED,
    hours: float = 1, actor: str = FARMER, place: str = YARD,
) -> v.BatchTransformed:  # fmt: skip
    return v.BatchTransformed(
        **common(actor, hours), place=place, process=process,
        inputs=tuple(goods(*item) for item in inputs.items()),
        outputs=tuple(goods(*item) for item in outputs.items()),
    )  # fmt: skip


def sent(items: dict[str, int], hours: float = 2, order: str | None = None) -> v.ShipmentSent:
    return v.ShipmentSent(
        **common(hours=hours), place=YARD, items=tuple(goods(*item) for item in items.items()),
        to=COOP, to_place=STORE, order=order,
    )  # fmt: skip


def received(
    shipment: v.ShipmentSent, lost: dict[str, int] | None = None, hours: float = 3
) -> v.ShipmentReceived:
    lost = lost or {}
    came = [(i.batch, i.quantity - lost.get(i.batch, 0)) for i in shipment.items]
    return v.ShipmentReceived(
        **common(COOP, hours), place=STORE, shipment=shipment.id,
        items=tuple(goods(batch, quantity) for batch, quantity in came if quantity > 0),
        differences=tuple(
            v.Difference(batch, quantity, Unit.GRAM, "路上撒漏") for batch, quantity in lost.items()
        ),
    )  # fmt: skip


def inspected(batch: str, hours: float = 4) -> v.BatchInspected:
    return v.BatchInspected(
        **common(COOP, hours), place=STORE, batch=batch, standard="GB/T 30381-2013",
        result=v.Result.CONFORMANT, finding="水分 9.8 %",
    )  # fmt: skip


def certified(
    batch: str, quantity: int, hours: float = 4, replaces: str | None = None, actor: str = COOP
) -> p.CommitmentIssued:
    return p.CommitmentIssued(
        **common(actor, hours), place=STORE, batch=batch, quantity=quantity, unit=Unit.GRAM,
        basis=(p.Basis.QUALITY_CONTROL, p.Basis.OWN_TEST), commitments=tuple(p.Commitment),
        replaces=replaces,
    )  # fmt: skip


def uncertified(certificate: p.CommitmentIssued, hours: float = 5) -> p.CommitmentWithdrawn:
    return p.CommitmentWithdrawn(
        **common(certificate.actor, hours), place=STORE, batch=certificate.batch,
        commitment=certificate.id, reason="数量写错",
    )  # fmt: skip


def printed(
    batch: str, first: str | None = None, count: int = 5, reprint_of: str | None = None
) -> p.LabelPrinted:
    serials = None
    if first:
        serials = p.Numbers(first, f"{int(first) + count - 1:0{len(first)}d}")
    return p.LabelPrinted(
        **common(COOP, 6), place=STORE, batch=batch, template="a4-24",
        kind=p.LabelKind.UNIT if first else p.LabelKind.BATCH, count=count, serials=serials,
        holder=FARMER, reprint_of=reprint_of,
    )  # fmt: skip


def sold(batch: str, quantity: int, hours: float = 5) -> v.BatchSold:
    return v.BatchSold(
        **common(COOP, hours), place=STORE, batch=batch, quantity=quantity, unit=Unit.GRAM,
        channel="门店零售",
    )  # fmt: skip


def disposed(batch: str, quantity: int, hours: float = 5) -> v.BatchDisposed:
    return v.BatchDisposed(
        **common(COOP, hours), place=STORE, batch=batch, quantity=quantity, unit=Unit.GRAM,
        reason="受潮发霉",
    )  # fmt: skip


def confirmed(batch: str, quantity: int, order: str) -> m.OrderConfirmed:
    return m.OrderConfirmed(
        **common(FARMER, 2), place=YARD, order=order, offer=uid(), batch=batch, quantity=quantity,
        unit=Unit.GRAM,
    )  # fmt: skip


def corrected(
    event: AnyEvent, replacement: Correctable | None = None, hours: float = 9
) -> EventCorrected:
    return EventCorrected(
        **common(event.actor, hours), event=event.id, reason="把斤当成公斤记了",
        replacement=replacement,
    )  # fmt: skip


def captured(epcis: dict[str, Any], actor: str = COOP, hours: float = 6) -> EpcisCaptured:
    epcis = {"eventTime": "2026-10-02T00:00:00Z", "eventTimeZoneOffset": "+08:00"} | epcis
    return EpcisCaptured(**common(actor, hours), epcis=json.dumps(epcis))


def foreign_lot(number: int) -> str:
    return f"https://id.gs1.org/01/00860009999923/10/F{number}"


def foreign_added(number: int, quantity: str = "2500.5", **more: str) -> EpcisCaptured:
    item = {"epcClass": foreign_lot(number), "quantity": float(quantity), "uom": "LBR"}
    return captured({
        "type": "ObjectEvent", "action": "ADD", "bizStep": "creating_class_instance",
        "quantityList": [item], "bizLocation": {"id": "https://id.gs1.org/414/0860009999060"},
        **more,
    })  # fmt: skip


def foreign_observed(identifier: str, **more: str) -> EpcisCaptured:
    item = {"epcClass": identifier, "quantity": 3, "uom": "KGM"}
    return captured({
        "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "receiving",
        "quantityList": [item], **more,
    })  # fmt: skip


def foreign_transformed(
    inputs: list[str], outputs: list[str], actor: str = COOP, **more: str
) -> EpcisCaptured:
    return captured({
        "type": "TransformationEvent", "bizStep": "commissioning",
        "inputQuantityList": [{"epcClass": i, "quantity": 7, "uom": "CS"} for i in inputs],
        "outputQuantityList": [{"epcClass": o, "quantity": 2, "uom": "CS"} for o in outputs],
        **more,
    }, actor)  # fmt: skip


def foreign_joint(inputs: list[str], outputs: list[str], number: int) -> EpcisCaptured:
    """One of the events that tell of a process together."""
    return captured({
        "type": "TransformationEvent", "transformationID": f"urn:x:process:{number}",
        "inputQuantityList": [{"epcClass": i, "quantity": 7, "uom": "CS"} for i in inputs],
        "outputQuantityList": [{"epcClass": o, "quantity": 2, "uom": "CS"} for o in outputs],
    })  # fmt: skip


@st.composite
def histories(draw: st.DrawFn, most: int = 25) -> list[AnyEvent]:
    """A history of any movements, lawful or not, with corrections and foreign events."""
    tale = _Tale(draw)
    for _ in range(draw(st.integers(1, most))):
        draw(st.sampled_from(_KINDS))(tale)
    return tale.events


class _Tale:
    """A history as it is drawn: what there is to be spoken of."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.events: list[AnyEvent] = []
        self.batches: list[str] = []
        self.foreign: list[str] = []
        self.captured: list[EpcisCaptured] = []
        self.open: list[v.ShipmentSent] = []
        self.correctable: list[AnyEvent] = []

    def add(self, event: AnyEvent) -> None:
        self.events.append(event)
        if isinstance(event, Correctable):
            self.correctable.append(event)

    def hours(self) -> float:
        return self.draw(st.integers(0, 48))

    def amount(self) -> int:
        return self.draw(st.integers(1, 1000))

    def some(self, most: int = 3) -> dict[str, int]:
        if not self.batches:
            _harvest(self)
        chosen = self.draw(
            st.lists(st.sampled_from(self.batches), min_size=1, max_size=most, unique=True)
        )
        return {batch: self.amount() for batch in chosen}


def _harvest(tale: _Tale) -> None:
    batch = lot(len(tale.batches))
    tale.batches.append(batch)
    tale.add(harvested(batch, tale.amount(), tale.hours()))


def _transform(tale: _Tale) -> None:
    inputs = tale.some()
    outputs = {
        lot(len(tale.batches) + n): tale.amount() for n in range(tale.draw(st.integers(1, 3)))
    }
    tale.batches.extend(outputs)
    process = tale.draw(st.sampled_from([v.Process.DRIED, v.Process.SPLIT]))
    tale.add(transformed(inputs, outputs, process, tale.hours()))


def _send(tale: _Tale) -> None:
    shipment = sent(tale.some(), tale.hours(), tale.draw(st.sampled_from([None, uid(1)])))
    tale.open.append(shipment)
    tale.add(shipment)


def _receive(tale: _Tale) -> None:
    if not tale.open:
        _send(tale)
    shipment = tale.open.pop(tale.draw(st.integers(0, len(tale.open) - 1)))
    lost = {i.batch: tale.draw(st.integers(1, i.quantity)) for i in shipment.items[:1]}
    tale.add(received(shipment, lost if tale.draw(st.booleans()) else None, tale.hours()))


def _one(tale: _Tale) -> None:
    batch, quantity = next(iter(tale.some(1).items()))
    makers: list[Callable[[], AnyEvent]] = [
        lambda: inspected(batch), lambda: sold(batch, quantity), lambda: disposed(batch, quantity),
        lambda: confirmed(batch, quantity, uid()),
    ]  # fmt: skip
    tale.add(tale.draw(st.sampled_from(makers))())


def _paper(tale: _Tale) -> None:
    batch, quantity = next(iter(tale.some(1).items()))
    issued = [e for e in tale.correctable if isinstance(e, p.CommitmentIssued)]
    old = tale.draw(st.sampled_from(issued)) if issued else None
    kind = tale.draw(st.sampled_from(["issue", "replace", "withdraw", "print"]))
    if kind == "print":
        tale.add(printed(batch, tale.draw(st.sampled_from([None, "1", "06"]))))
    elif old is None or kind == "issue":
        tale.add(certified(batch, quantity))
    elif kind == "replace":
        tale.add(certified(old.batch, quantity, replaces=old.id))
    else:
        tale.add(uncertified(old))


def _treat(tale: _Tale) -> None:
    tale.add(treated(tale.hours()))


def _foreign(tale: _Tale) -> None:
    known = [*tale.foreign, *(f"https://x.example/01/{b[:14]}/10/{b[15:]}" for b in tale.batches)]
    kind = tale.draw(st.sampled_from(["added", "made", "made", "seen", "joint", "again", "error"]))
    if kind in {"again", "error"} and tale.captured:
        _repeat(tale, tale.draw(st.sampled_from(tale.captured)), error=kind == "error")
        return
    new = foreign_lot(len(tale.foreign))
    named = {"eventID": f"urn:uuid:{uid()}"} if tale.draw(st.booleans()) else {}
    chosen = tale.draw(st.lists(st.sampled_from(known), min_size=1, max_size=2, unique=True)) if (
        known
    ) else []  # fmt: skip
    if kind == "seen" and known:
        event = foreign_observed(chosen[0], **named)
    elif kind == "joint":
        # Told of by two events, either of which may come first.
        part = tale.draw(st.integers(1, 2))
        event = foreign_joint(chosen or [new], [], part) if tale.draw(st.booleans()) else (
            foreign_joint([], [new], part)
        )  # fmt: skip
    elif kind == "made" and known:
        event = foreign_transformed(chosen, [new], **named)
    else:
        event = foreign_added(len(tale.foreign), **named)
    tale.foreign.append(new)
    tale.captured.append(event)
    tale.add(event)


def _repeat(tale: _Tale, event: EpcisCaptured, *, error: bool) -> None:
    again = json.loads(event.epcis)
    if error and "eventID" in again:
        again["errorDeclaration"] = {"declarationTime": "2026-10-03T00:00:00Z"}
    tale.add(captured(again, tale.draw(st.sampled_from([COOP, BUYER]))))


def _correct(tale: _Tale) -> None:
    if not tale.correctable:
        return
    at = tale.draw(st.integers(0, len(tale.correctable) - 1))
    target = tale.correctable[at]
    if tale.draw(st.booleans()):
        tale.correctable.pop(at)
        tale.add(corrected(target))
        return
    replacement = _altered(tale, target)
    tale.correctable[at] = replacement
    tale.add(corrected(target, replacement))


def _altered(tale: _Tale, event: Any) -> Any:  # noqa: ANN401  of whatever type it was
    later = replace(event, occurred_at=event.occurred_at + timedelta(hours=tale.hours()))
    place = replace(later, place=tale.draw(st.sampled_from([YARD, STORE, PLOT])))
    match place:
        case v.BatchHarvested() | v.BatchSold() | v.BatchDisposed() | p.CommitmentIssued():
            return replace(place, quantity=tale.amount())
        case v.BatchTransformed():
            outputs = place.outputs[: tale.draw(st.integers(1, len(place.outputs)))]
            inputs = place.inputs[: tale.draw(st.integers(1, len(place.inputs)))]
            changed = goods(inputs[0].batch, tale.amount())
            return replace(place, inputs=(changed, *inputs[1:]), outputs=outputs)
        case v.ShipmentSent():
            return replace(place, items=(goods(place.items[0].batch, tale.amount()),))
        case v.ShipmentReceived():
            return replace(place, differences=())
        case _:
            return place


_KINDS = [_harvest, _harvest, _transform, _transform, _send, _receive, _one, _one, _treat, _paper,
          _paper, _foreign, _foreign, _foreign, _correct, _correct]  # fmt: skip


def without_errors(events: list[AnyEvent]) -> list[AnyEvent]:
    """Give the history in which what was corrected had been said rightly at once."""
    final = {e.event: e.replacement for e in events if isinstance(e, EventCorrected)}
    return [
        filler() if isinstance(event, EventCorrected) else final.get(event.id, event) or filler()
        for event in events
    ]
