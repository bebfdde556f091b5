"""Who may say how a batch was found."""

from domain.events.governance import Role
from domain.events.movements import BatchInspected
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def inspector_or_holder(state: State, event: BatchInspected) -> Refusal | None:
    """Refuse a finding by anyone but an inspector, the authority and those who held the batch.

    Otherwise a rival could write off a batch that it has never had in its hands.
    """
    party, batch = state.party(event.actor), state.batch(event.batch)
    if party and party.roles & {Role.INSPECTOR, Role.AUTHORITY}:
        return None
    if batch and any(holder == event.actor for holder, _ in batch.holdings):
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor,
        need_zh=f"检验结果由检测机构、主管部门或经手过 {event.batch} 的主体来记",
        need_en=f"a finding is for inspectors, the authority and those who held {event.batch}",
        cause=batch.event if batch else None, position=batch.position if batch else None,
    )  # fmt: skip
