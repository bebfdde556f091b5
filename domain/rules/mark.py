"""Geographical-indication marks: only by who may, from where it may, and no more than there is.

Source: 地理标志产品保护办法 (国家知识产权局令第80号, 2023): a mark is used by producers within the
area who were authorised, for products of that area.
"""

from domain.events.marks import MarkClaim, MarkGranted, MarkRevoked
from domain.events.movements import BatchHarvested, BatchTransformed, Process
from domain.measures import UNIT_NAMES, show
from domain.models.marks import Grant
from domain.moments import show_moment
from domain.refusals import Code, Refusal, refuse
from domain.state import State

Making = BatchHarvested | BatchTransformed


def grantee_known(state: State, event: MarkGranted) -> Refusal | None:
    """Refuse to let a party use a mark that is not admitted."""
    if state.party(event.party) is None:
        return refuse(Code.UNKNOWN_PARTY, party=event.party)
    return None


def grant_open(state: State, event: MarkRevoked) -> Refusal | None:
    """Refuse to take back what was not given, was of another mark, or is taken back already."""
    grant = state.grant(event.grant)
    if grant and grant.mark == event.mark and grant.revoked_at is None:
        return None
    return _no_grant(event.mark, grant)


def mark_as_registered(state: State, event: Making) -> Refusal | None:
    """Refuse a batch without the mark that its product is registered with, or with another."""
    for batch_id in _made(event):
        product = state.product(batch_id[:14])
        if product is None or product.mark is None:
            continue
        if event.mark is None or event.mark.mark != product.mark:
            return _refused(
                product.mark, f"{product.name_zh}要凭这个标志的授权来做",
                f"{product.name_en} is only made under an authorisation of it",
            )  # fmt: skip
    return None


def mark_authorised(state: State, event: Making) -> Refusal | None:
    """Refuse a mark that the actor, or its cooperative, has not been authorised to use.

    Who only splits what bears it needs no authorisation: the goods stay what they are.
    """
    claim = event.mark
    if claim is None or _only_split(state, event, claim):
        return None
    grant = state.grant(claim.grant)
    if grant is None or grant.revoked_at or (grant.mark, grant.party) != (claim.mark, claim.party):
        return _no_grant(claim.mark, grant)
    if grant.until and event.occurred_at >= grant.until:
        return _refused(
            claim.mark, f"授权到 {show_moment(grant.until)} 为止",
            f"the authorisation ended at {show_moment(grant.until, 'en')}", claim.grant, grant,
        )  # fmt: skip
    membership = state.membership(claim.party, event.actor)
    if event.actor == claim.party or (membership and membership.open):
        return None
    return _refused(
        claim.mark, f"授权是给 {claim.party} 的，{event.actor} 不是它的社员",
        f"it was authorised for {claim.party}, of which {event.actor} is no member",
        claim.grant, grant,
    )  # fmt: skip


def mark_for_its_kind(state: State, event: Making) -> Refusal | None:
    """Refuse a mark on another kind of produce than it stands for."""
    grant = state.grant(event.mark.grant) if event.mark else None
    if event.mark is None or grant is None:
        return None
    for batch_id in _made(event):
        product = state.product(batch_id[:14])
        if product and product.category not in grant.categories:
            return _refused(
                grant.mark, f"{product.name_zh}不是这个标志所指的农产品",
                f"{product.name_en} is not what it stands for", event.mark.grant, grant,
            )  # fmt: skip
    return None


def mark_from_its_area(state: State, harvest: BatchHarvested) -> Refusal | None:
    """Refuse a mark on what grew outside the townships that it stands for."""
    grant = state.grant(harvest.mark.grant) if harvest.mark else None
    plot = state.place(harvest.plot)
    if grant is None or plot is None or grant.covers(plot.township):
        return None
    return _refused(
        grant.mark, f"{plot.name}在 {plot.township}，不在授权的产区里",
        f"the plot {harvest.plot} lies in {plot.township}, outside the authorised area",
        harvest.mark.grant if harvest.mark else None, grant,
    )  # fmt: skip


def mark_within_quota(state: State, harvest: BatchHarvested) -> Refusal | None:
    """Refuse more under a mark than the authority said that the area can yield."""
    claim = harvest.mark
    grant = state.grant(claim.grant) if claim else None
    if claim is None or grant is None:
        return None
    quota = grant.quota
    if quota is None or quota.unit is not harvest.unit:
        return _no_quota(claim, grant)
    if grant.used + harvest.quantity <= quota.quantity:
        return None
    return refuse(
        Code.MARK_QUOTA, mark=claim.mark, cause=claim.grant, position=grant.position,
        quota_zh=show(quota.quantity, quota.unit), quota_en=show(quota.quantity, quota.unit, "en"),
        used_zh=show(grant.used, quota.unit), used_en=show(grant.used, quota.unit, "en"),
        asked_zh=show(harvest.quantity, quota.unit),
        asked_en=show(harvest.quantity, quota.unit, "en"),
    )  # fmt: skip


def mark_kept(state: State, event: BatchTransformed) -> Refusal | None:
    """Refuse a mark on what was made of anything that does not bear it."""
    if event.mark is None:
        return None
    for item in event.inputs:
        batch = state.batch(item.batch)
        if batch and (batch.mark is None or batch.mark.mark != event.mark.mark):
            return refuse(
                Code.MARK_NOT_AUTHORISED, mark=event.mark.mark, cause=batch.event,
                position=batch.position, need_zh=f"投入的批次 {item.batch} 没有这个标志",
                need_en=f"the input {item.batch} does not bear it",
            )  # fmt: skip
    return None


def _made(event: Making) -> tuple[str, ...]:
    if isinstance(event, BatchHarvested):
        return (event.batch,)
    return tuple(item.batch for item in event.outputs)


def _only_split(state: State, event: Making, claim: MarkClaim) -> bool:
    if not isinstance(event, BatchTransformed) or event.process is not Process.SPLIT:
        return False
    batches = (state.batch(item.batch) for item in event.inputs)
    return all(batch is not None and batch.mark == claim for batch in batches)


def _no_quota(claim: MarkClaim, grant: Grant) -> Refusal:
    if grant.quota is None:
        return _refused(
            claim.mark, "这次授权只供加工，不含采收",
            "this authorisation is for processing, not for a harvest", claim.grant, grant,
        )  # fmt: skip
    zh, en = UNIT_NAMES[grant.quota.unit]
    return _refused(
        claim.mark, f"授权的额度按{zh}计", f"its quota is counted in {en}", claim.grant, grant
    )


def _no_grant(mark: str, grant: Grant | None) -> Refusal:
    """Say that there is no such grant in force, and where it was taken back."""
    revoked = grant.revoked_at if grant else None
    return refuse(
        Code.MARK_NOT_AUTHORISED, mark=mark, cause=grant.revoked_by if grant else None,
        position=revoked,
        need_zh="授权已经收回" if revoked else "没有这样的授权",
        need_en="the authorisation was taken back" if revoked else "there is no such authorisation",
    )  # fmt: skip


def _refused(
    mark: str, zh: str, en: str, cause: str | None = None, grant: Grant | None = None
) -> Refusal:
    return refuse(
        Code.MARK_NOT_AUTHORISED, mark=mark, need_zh=zh, need_en=en, cause=cause,
        position=grant.position if grant else None,
    )  # fmt: skip
