"""Which roles may record which events."""

from typing import Final

from domain.events import governance as g
from domain.events import holds as h
from domain.events import links as k
from domain.events import market as m
from domain.events import marks as i
from domain.events import movements as v
from domain.events import papers as p
from domain.events import registry as r
from domain.events.catalogue import AnyEvent
from domain.events.correction import EventCorrected
from domain.events.foreign import EpcisCaptured
from domain.events.governance import Role
from domain.refusals import Code, Refusal, refuse
from domain.state import State

ANYONE: Final = frozenset(Role)
HOLDERS: Final = frozenset({
    Role.COOPERATIVE, Role.FARMER, Role.PROCESSOR, Role.CARRIER, Role.WAREHOUSE, Role.RETAILER,
    Role.BUYER,
})  # fmt: skip
GROWERS: Final = frozenset({Role.FARMER, Role.COOPERATIVE})
OFFICE: Final = frozenset({Role.AUTHORITY, Role.COOPERATIVE})

ROLE_ZH: Final = {
    Role.AUTHORITY: "主管部门",
    Role.COOPERATIVE: "合作社",
    Role.FARMER: "农户",
    Role.PROCESSOR: "加工企业",
    Role.CARRIER: "承运方",
    Role.WAREHOUSE: "仓储方",
    Role.RETAILER: "零售商",
    Role.BUYER: "采购商",
    Role.INSPECTOR: "检测机构",
}

MAY: Final[dict[type, frozenset[Role]]] = {
    g.RulesAdopted: frozenset({Role.AUTHORITY}),
    g.LogRotated: frozenset({Role.AUTHORITY}),
    g.PartyAdmitted: OFFICE,
    g.KeyBound: ANYONE,
    g.KeyRevoked: ANYONE,
    g.MembershipBegan: frozenset({Role.COOPERATIVE}),
    g.MembershipEnded: frozenset({Role.COOPERATIVE}),
    r.PlaceRegistered: ANYONE,
    r.ProductRegistered: frozenset({
        Role.AUTHORITY, Role.COOPERATIVE, Role.FARMER, Role.PROCESSOR,
    }),
    v.PlotTreated: GROWERS,
    v.BatchHarvested: GROWERS,
    v.BatchTransformed: HOLDERS,
    v.ShipmentSent: HOLDERS,
    v.ShipmentReceived: HOLDERS,
    v.BatchInspected: ANYONE,
    v.BatchSold: HOLDERS,
    v.BatchDisposed: HOLDERS,
    h.BatchHeld: ANYONE,
    h.BatchReleased: ANYONE,
    h.BatchRecalled: ANYONE,
    h.RecallClosed: ANYONE,
    p.CommitmentIssued: HOLDERS,
    p.CommitmentWithdrawn: HOLDERS,
    p.LabelPrinted: HOLDERS,
    m.OfferMade: HOLDERS,
    m.OfferChanged: HOLDERS,
    m.OfferWithdrawn: HOLDERS,
    m.DemandPosted: ANYONE,
    m.DemandWithdrawn: ANYONE,
    m.OrderPlaced: ANYONE,
    m.OrderConfirmed: HOLDERS,
    m.OrderRefused: HOLDERS,
    m.OrderCancelled: ANYONE,
    m.OrderDisputed: ANYONE,
    m.OrderSettled: ANYONE,
    k.LinkSet: HOLDERS | {Role.AUTHORITY},
    k.LinkWithdrawn: HOLDERS | {Role.AUTHORITY},
    i.MarkGranted: frozenset({Role.AUTHORITY}),
    i.MarkRevoked: frozenset({Role.AUTHORITY}),
    EventCorrected: ANYONE,
    EpcisCaptured: ANYONE,
}  # fmt: skip
"""The roles of which the actor needs one, by event type; a narrower rule may follow."""


def role(state: State, event: AnyEvent) -> Refusal | None:
    """Refuse an actor that has none of the roles which may record this."""
    party = state.party(event.actor)
    allowed = MAY[type(event)]
    if party and party.roles & allowed:
        return None
    names = [role for role in Role if role in allowed]
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor,
        need_zh=f"要有{'、'.join(ROLE_ZH[role] for role in names)}的身份才行",
        need_en=f"it takes one of the roles {', '.join(role.value for role in names)}",
    )  # fmt: skip
