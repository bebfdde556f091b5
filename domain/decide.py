"""The law of the ledger: which rules an event must pass, in order. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

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
from domain.produce import RULE_SETS
from domain.refusals import Code, Refusal, refuse
from domain.rules.batch import batch_known, batch_new, product_known, unit_fits
from domain.rules.cancellation import (
    cancelled_by_side,
    cancelled_in_time,
    released_in_full,
)
from domain.rules.foreign import epcis_readable
from domain.rules.governance import (
    cooperative_admits_farmers,
    is_member,
    key_new,
    key_of_party,
    log_key_new,
    may_manage_keys,
    member_known,
    no_personal_data,
    party_known,
    party_new,
    rule_set_known,
)
from domain.rules.halt import (
    hold_open,
    lifted_by_side,
    may_hold,
    may_recall,
    not_halted,
    recall_open,
)
from domain.rules.holding import held
from domain.rules.in_force import rule_set
from domain.rules.inspection import inspector_or_holder
from domain.rules.interval import interval_elapsed
from domain.rules.link import (
    link_set_now,
    link_type_known,
    links_few,
    links_own,
    links_what_is_known,
    withdrawn_by_setter,
)
from domain.rules.mark import (
    grant_open,
    grantee_known,
    mark_as_registered,
    mark_authorised,
    mark_for_its_kind,
    mark_from_its_area,
    mark_kept,
    mark_within_quota,
)
from domain.rules.mass_balance import mass_balance, outputs_differ, split_keeps_product
from domain.rules.offer import (
    demand_is_actors,
    harvest_to_come,
    offer_is_actors,
    offer_within_holding,
    same_goods,
)
from domain.rules.order import (
    answered_by_side,
    at_offered_price,
    by_a_side,
    can_be_promised,
    for_own_demand,
    handed_over_as_offered,
    on_open_offer,
    quantity_on_offer,
    shipped_as_ordered,
    to_be_confirmed,
)
from domain.rules.papers import (
    certificate_in_force,
    certified_within_made,
    commitments_whole,
    issued_by_holder,
    numbers_new,
    own_certificate,
    printed_for_holder,
    reprint_as_printed,
)
from domain.rules.registry import (
    destination_known,
    may_register_place,
    on_own_plot,
    place_known,
    place_new,
    product_new,
)
from domain.rules.role import role
from domain.rules.serials import serials_printed, serials_sold_once
from domain.rules.settlement import (
    disputed_by_side,
    of_its_shipment,
    received_first,
    settled_by_side,
)
from domain.rules.shipment import (
    addressee_known,
    by_addressee,
    counted_in_full,
    shipment_open,
)
from domain.rules.signature import keys_in_force, member_signs_too, speaks_for_actor
from domain.rules.terms import terms_agree, wanted_agrees
from domain.rules.time import (
    after_batches,
    after_demand,
    after_grant,
    after_halt,
    after_link,
    after_linked,
    after_offer,
    after_order,
    after_papers,
    after_shipment,
    not_ahead,
    refs_exist,
)
from domain.state import Signed, State

Rule = Callable[[State, Any], Refusal | None]

RULES: Final[dict[type, tuple[Rule, ...]]] = {
    g.RulesAdopted: (rule_set_known,),
    g.LogRotated: (log_key_new,),
    g.PartyAdmitted: (no_personal_data, party_new, cooperative_admits_farmers),
    g.KeyBound: (party_known, key_new, may_manage_keys),
    g.KeyRevoked: (key_of_party, may_manage_keys),
    g.MembershipBegan: (member_known,),
    g.MembershipEnded: (is_member,),
    r.PlaceRegistered: (place_new, may_register_place),
    r.ProductRegistered: (product_new,),
    v.PlotTreated: (on_own_plot,),
    v.BatchHarvested: (
        place_known, on_own_plot, product_known, batch_new, interval_elapsed, mark_as_registered,
        mark_authorised, after_grant, mark_for_its_kind, mark_from_its_area, mark_within_quota,
    ),
    v.BatchTransformed: (
        place_known, batch_known, unit_fits, after_batches, not_halted, product_known,
        outputs_differ, batch_new, held, split_keeps_product, mass_balance, mark_as_registered,
        mark_kept, mark_authorised, after_grant, mark_for_its_kind,
    ),
    v.ShipmentSent: (
        place_known, addressee_known, batch_known, unit_fits, after_batches, by_a_side,
        shipped_as_ordered, not_halted, held,
    ),
    v.ShipmentReceived: (
        place_known, shipment_open, by_addressee, batch_known, unit_fits, after_shipment,
        counted_in_full,
    ),
    v.BatchInspected: (place_known, batch_known, after_batches, inspector_or_holder),
    v.BatchSold: (
        place_known, batch_known, unit_fits, after_batches, not_halted, held, serials_printed,
        serials_sold_once,
    ),
    v.BatchDisposed: (place_known, batch_known, unit_fits, after_batches, held),
    h.BatchHeld: (batch_known, after_batches, may_hold),
    h.BatchReleased: (hold_open, lifted_by_side, after_halt),
    h.BatchRecalled: (batch_known, after_batches, may_recall),
    h.RecallClosed: (recall_open, lifted_by_side, after_halt),
    p.CommitmentIssued: (
        place_known, batch_known, unit_fits, after_batches, issued_by_holder, not_halted,
        commitments_whole, certificate_in_force, own_certificate, after_papers,
        certified_within_made,
    ),
    p.CommitmentWithdrawn: (
        place_known, batch_known, after_batches, certificate_in_force, own_certificate,
        after_papers,
    ),
    p.LabelPrinted: (
        place_known, batch_known, after_batches, printed_for_holder, certificate_in_force,
        after_papers, reprint_as_printed, numbers_new,
    ),
    m.OfferMade: (
        place_known, harvest_to_come, batch_known, unit_fits, after_batches, not_halted,
        terms_agree, offer_within_holding,
    ),
    m.OfferChanged: (
        offer_is_actors, after_offer, same_goods, harvest_to_come, batch_known, unit_fits,
        after_batches, not_halted, terms_agree, offer_within_holding,
    ),
    m.OfferWithdrawn: (offer_is_actors, after_offer),
    m.DemandPosted: (destination_known, wanted_agrees),
    m.DemandWithdrawn: (demand_is_actors, after_demand),
    m.OrderPlaced: (
        on_open_offer, after_offer, not_halted, at_offered_price, destination_known,
        handed_over_as_offered, for_own_demand, quantity_on_offer,
    ),
    m.OrderConfirmed: (by_a_side, to_be_confirmed, after_order, not_halted, can_be_promised),
    m.OrderRefused: (by_a_side, answered_by_side, after_order),
    m.OrderCancelled: (by_a_side, cancelled_by_side, after_order, released_in_full),
    m.OrderDisputed: (by_a_side, of_its_shipment, after_order, disputed_by_side),
    m.OrderSettled: (by_a_side, of_its_shipment, after_order, received_first, settled_by_side),
    k.LinkSet: (link_type_known, links_what_is_known, after_linked, links_own, links_few),
    k.LinkWithdrawn: (link_set_now, after_link, withdrawn_by_setter),
    i.MarkGranted: (grantee_known,),
    i.MarkRevoked: (grant_open, after_grant),
    EventCorrected: (),
    EpcisCaptured: (epcis_readable,),
}  # fmt: skip
"""What each type must pass beyond signature, role, references and time."""


def decide(state: State, signed: Signed, now: datetime) -> Refusal | None:
    """Admit an event, or refuse it by the first rule that it breaks.

    `state` must hold the models and facts that `domain.tags.needed` names for the event, and the
    keys and memberships of its signers. `now` is the ledger's clock. A correction that passes here
    must still pass `domain.correction.replay`.
    """
    event = signed.event
    if isinstance(event, g.LedgerOpened):
        return _opening(state, signed, event)
    rules = rule_set(state)
    if isinstance(rules, Refusal):
        return rules
    fact = state.fact(event.id)
    if fact:
        return refuse(Code.ID_REUSED, id=event.id, cause=event.id, position=fact.position)
    return (
        keys_in_force(state, signed, now)
        or speaks_for_actor(state, signed)
        or member_signs_too(state, signed)
        or not_ahead(event, now, rules)
        or cancelled_in_time(state, event, now)
        or decide_again(state, event)
    )


def decide_again(state: State, event: AnyEvent) -> Refusal | None:
    """Apply the rules of the trade alone: what a correction puts to the test anew."""
    refusal = role(state, event) or refs_exist(state, event)
    if refusal:
        return refusal
    for rule in RULES[type(event)]:
        refusal = rule(state, event)
        if refusal:
            return refusal
    return None


def _opening(state: State, signed: Signed, event: g.LedgerOpened) -> Refusal | None:
    if state.ledger():
        return refuse(Code.LEDGER_OPEN)
    if event.rules not in RULE_SETS:
        return refuse(Code.UNKNOWN_RULES, rules=event.rules)
    if event.authority_key not in signed.keyids:
        return refuse(Code.UNKNOWN_KEY, key=", ".join(signed.keyids))
    return None
