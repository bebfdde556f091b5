"""Nothing of a batch that is held or recalled moves, but back or to disposal; who may say so."""

from collections.abc import Iterable

from domain.events import holds as h
from domain.events import market as m
from domain.events import movements as v
from domain.events import papers as p
from domain.events.governance import Role
from domain.lineage import halts_over, moved
from domain.models.halts import Halt, HaltKind
from domain.refusals import Code, Refusal, refuse
from domain.state import State

Moving = (
    v.BatchTransformed | v.ShipmentSent | v.BatchSold | m.OfferMade | m.OfferChanged
    | m.OrderPlaced | m.OrderConfirmed | p.CommitmentIssued
)  # fmt: skip

OFFICIALS = frozenset({Role.AUTHORITY, Role.INSPECTOR})


def not_halted(state: State, event: Moving) -> Refusal | None:
    """Refuse to move, promise or certify what is held or recalled, itself or by an ancestor.

    A shipment back is admitted: to a party that sent the batch to the actor, or that made it. To
    dispose of it and to receive what is on the way is always admitted.
    Source: 食品安全法 (2021), Art. 63 (stop making and selling, call back, make harmless).
    """
    halts = state.halts()
    if halts is None or not halts.open:  # as it mostly is
        return None
    for batch_id in moved(event):
        over = halts_over(state, batch_id)
        if over and not _goes_back(state, event, batch_id):
            return halted(batch_id, over)
    return None


def halted(batch_id: str, over: list[Halt]) -> Refusal:
    """Make the refusal of what a hold or recall forbids."""
    first = over[0]
    code = Code.RECALLED if first.kind is HaltKind.RECALL else Code.ON_HOLD
    return refuse(
        code, batch=batch_id, root=first.batch, cause=first.event, position=first.position
    )


def first_halted(state: State, batches: Iterable[str]) -> Refusal | None:
    """Refuse where any of these batches is recalled or held, a recall before a hold."""
    found = [(batch_id, over) for batch_id in batches if (over := halts_over(state, batch_id))]
    if not found:
        return None
    return halted(*min(found, key=lambda pair: pair[1][0].kind is HaltKind.HOLD))


def may_hold(state: State, event: h.BatchHeld) -> Refusal | None:
    """Refuse a hold by anyone but the authority, an inspector, and who made or holds the batch."""
    party, batch = state.party(event.actor), state.batch(event.batch)
    if batch is None or (party and party.roles & OFFICIALS) or batch.owner == event.actor:
        return None
    if any(who == event.actor and held.quantity for (who, _), held in batch.holdings.items()):
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor, cause=batch.event, position=batch.position,
        need_zh=f"封存由主管部门、检测机构、做出 {event.batch} 或手上有货的主体来记",
        need_en=(
            "a hold is for the authority, inspectors, and those who made or hold"
            f" {event.batch}"
        ),
    )  # fmt: skip


def may_recall(state: State, event: h.BatchRecalled) -> Refusal | None:
    """Refuse a recall by anyone but the authority and the party that made the batch."""
    party, batch = state.party(event.actor), state.batch(event.batch)
    if batch is None or batch.owner == event.actor or (party and Role.AUTHORITY in party.roles):
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor, cause=batch.event, position=batch.position,
        need_zh=f"召回由主管部门或做出 {event.batch} 的主体来记；手上有货的可以先封存",
        need_en=(
            f"a recall is for the authority and the party that made {event.batch}; who holds it"
            " may put it on hold"
        ),
    )  # fmt: skip


def hold_open(state: State, event: h.BatchReleased) -> Refusal | None:
    """Refuse to release what is not held: lifted already, never held, or of another batch."""
    halt = _open(state, event.hold)
    if halt is None or (halt.kind, halt.batch) != (HaltKind.HOLD, event.batch):
        return refuse(Code.HOLD_NOT_OPEN, hold=event.hold, batch=event.batch)
    return None


def recall_open(state: State, event: h.RecallClosed) -> Refusal | None:
    """Refuse to close a recall that is not open, or is of another batch."""
    halt = _open(state, event.recall)
    if halt is None or (halt.kind, halt.batch) != (HaltKind.RECALL, event.batch):
        return refuse(Code.RECALL_NOT_OPEN, recall=event.recall, batch=event.batch)
    return None


def lifted_by_side(state: State, event: h.BatchReleased | h.RecallClosed) -> Refusal | None:
    """Refuse anyone but the authority and who held or recalled it to lift it."""
    halt, party = _lifted(state, event), state.party(event.actor)
    if halt is None or halt.by == event.actor or (party and Role.AUTHORITY in party.roles):
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor, cause=halt.event, position=halt.position,
        need_zh=f"由记下它的 {halt.by} 或主管部门来解除",
        need_en=f"it is lifted by {halt.by}, who said it, or by the authority",
    )  # fmt: skip


def _lifted(state: State, event: h.BatchReleased | h.RecallClosed) -> Halt | None:
    return _open(state, event.hold if isinstance(event, h.BatchReleased) else event.recall)


def _open(state: State, event_id: str) -> Halt | None:
    halts = state.halts()
    return halts.open.get(event_id) if halts else None


def _goes_back(state: State, event: Moving, batch_id: str) -> bool:
    batch = state.batch(batch_id)
    if batch is None or not isinstance(event, v.ShipmentSent):
        return False
    return event.to == batch.owner != event.actor or (event.to, event.actor) in batch.sent
