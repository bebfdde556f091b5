"""Links: of a known type, on what there is, by whom it belongs to, and not without end."""

from typing import Final

from domain.events.governance import Role
from domain.events.links import LinkSet, LinkWithdrawn
from domain.link_types import is_link_type
from domain.models.links import slot_of
from domain.refusals import Code, Refusal, refuse
from domain.state import State

MOST_LINKS: Final = 50
"""Links that one identifier may have at a time."""


def link_type_known(_state: State, event: LinkSet) -> Refusal | None:
    """Refuse a link type that the GS1 Web Vocabulary does not have, or that is the resolver's."""
    if is_link_type(event.link_type):
        return None
    return refuse(Code.UNKNOWN_LINK_TYPE, kind=event.link_type, path="$.link_type")


def links_what_is_known(state: State, event: LinkSet) -> Refusal | None:
    """Refuse a link on a product or batch that is not there."""
    gtin, _, lot = event.identifier.partition("/")
    if lot and state.batch(event.identifier) is None:
        return refuse(Code.UNKNOWN_BATCH, batch=event.identifier)
    if not lot and state.product(gtin) is None:
        return refuse(Code.UNKNOWN_PRODUCT, gtin=gtin)
    return None


def links_own(state: State, event: LinkSet) -> Refusal | None:
    """Refuse a link by another than who registered the product, or first recorded the batch."""
    owner = _owner(state, event.identifier)
    if owner is None or owner == event.actor:
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor,
        need_zh=f"{event.identifier} 的链接只能由 {owner} 设置",
        need_en=f"only {owner} sets links on {event.identifier}",
    )  # fmt: skip


def _owner(state: State, identifier: str) -> str | None:
    if "/" in identifier:
        batch = state.batch(identifier)
        return batch.owner if batch else None
    product = state.product(identifier)
    return product.registrant if product else None


def links_few(state: State, event: LinkSet) -> Refusal | None:
    """Refuse one link more than an identifier may have."""
    links = state.links(event.identifier)
    if links is None or slot_of(event) in links.standing or len(links.standing) < MOST_LINKS:
        return None
    return refuse(Code.TOO_MANY_LINKS, what=event.identifier, most=MOST_LINKS)


def link_set_now(state: State, event: LinkWithdrawn) -> Refusal | None:
    """Refuse to take back what is not set: never was, was replaced, or is taken back already."""
    links = state.links(event.identifier)
    if links and links.by_event(event.link):
        return None
    return refuse(Code.LINK_NOT_SET, link=event.link, what=event.identifier)


def withdrawn_by_setter(state: State, event: LinkWithdrawn) -> Refusal | None:
    """Refuse to take back another's link, unless as the authority."""
    fact, actor = state.fact(event.link), state.party(event.actor)
    if fact is None or fact.actor == event.actor or (actor and Role.AUTHORITY in actor.roles):
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor, cause=event.link, position=fact.position,
        need_zh="链接由设置的人或主管部门撤下",
        need_en="only who set it or the authority takes a link back",
    )  # fmt: skip
