"""Certificates of commitment for what there is, and numbers that are printed once."""

from domain.events.papers import (
    Commitment,
    CommitmentIssued,
    CommitmentWithdrawn,
    LabelPrinted,
    Numbers,
)
from domain.measures import show
from domain.models.papers import Papers, Run
from domain.refusals import Code, Refusal, refuse
from domain.state import State

OnCertificate = CommitmentIssued | CommitmentWithdrawn | LabelPrinted


def issued_by_holder(state: State, event: CommitmentIssued) -> Refusal | None:
    """Refuse a certificate by a party that never had the batch.

    Source: 农产品质量安全法 (2022), Art. 39: producers certify what they sell, and who buys up
    produce what he mixes or repacks; that is a batch of his own.
    """
    batch = state.batch(event.batch)
    if batch is None or any(holder == event.actor for holder, _ in batch.holdings):
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor, cause=batch.event, position=batch.position,
        need_zh=f"合格证由经手过 {event.batch} 的主体来开",
        need_en=f"a certificate is issued by those who held {event.batch}",
    )  # fmt: skip


def commitments_whole(_state: State, event: CommitmentIssued) -> Refusal | None:
    """Refuse a certificate that does not promise all that one must.

    Source: 农产品质量安全承诺达标合格证管理办法 (农业农村部令2025年第4号).
    """
    if set(event.commitments) == set(Commitment) and len(set(event.basis)) == len(event.basis):
        return None
    return refuse(Code.COMMITMENT_INCOMPLETE)


def certificate_in_force(state: State, event: OnCertificate) -> Refusal | None:
    """Refuse to replace, withdraw or print a certificate that the batch does not have."""
    batch, named = state.batch(event.batch), named_certificate(event)
    if batch is None or named is None or named in batch.papers.certificates:
        return None
    return refuse(Code.CERTIFICATE_NOT_OPEN, commitment=named)


def own_certificate(state: State, event: CommitmentIssued | CommitmentWithdrawn) -> Refusal | None:
    """Refuse to replace or withdraw what somebody else has issued."""
    batch, named = state.batch(event.batch), named_certificate(event)
    found = batch.papers.certificates.get(named) if batch and named else None
    if found is None or found.issuer == event.actor:
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor, cause=named, position=found.position,
        need_zh=f"这张合格证是 {found.issuer} 开的", need_en=f"the certificate is {found.issuer}'s",
    )  # fmt: skip


def certified_within_made(state: State, event: CommitmentIssued) -> Refusal | None:
    """Refuse to certify more of a batch than was made of it."""
    batch = state.batch(event.batch)
    if batch is None:
        return None
    certificates = batch.papers.certificates
    replaced = certificates.get(event.replaces or "")
    certified = batch.papers.certified - (replaced.quantity if replaced else 0)
    if certified + event.quantity <= batch.made:
        return None
    unit = batch.unit
    return refuse(
        Code.CERTIFIED_EXCEEDS_MADE, batch=event.batch, cause=batch.event, position=batch.position,
        made_zh=show(batch.made, unit), made_en=show(batch.made, unit, "en"),
        certified_zh=show(certified, unit), certified_en=show(certified, unit, "en"),
        asked_zh=show(event.quantity, unit), asked_en=show(event.quantity, unit, "en"),
    )  # fmt: skip


def printed_for_holder(state: State, event: LabelPrinted) -> Refusal | None:
    """Refuse labels of a batch that neither the actor nor a member of its has had.

    Otherwise a stranger could use up the serials of another's batch.
    """
    holder = event.holder or event.actor
    batch, membership = state.batch(event.batch), state.membership(event.actor, holder)
    may = holder == event.actor or (membership is not None and membership.open)
    if batch is None or (may and any(party == holder for party, _ in batch.holdings)):
        return None
    return refuse(
        Code.NOT_AUTHORISED, who=event.actor, cause=batch.event, position=batch.position,
        need_zh=f"标签由经手过 {event.batch} 的主体来印，或由合作社代社员印",
        need_en=f"labels are printed by those who held {event.batch}, or a cooperative for them",
    )  # fmt: skip


def reprint_as_printed(state: State, event: LabelPrinted) -> Refusal | None:
    """Refuse a reprint of what was not printed, or of other labels than were."""
    batch = state.batch(event.batch)
    if batch is None or event.reprint_of is None:
        return None
    run = batch.papers.runs.get(event.reprint_of)
    wrong = _unlike(event, run)
    if wrong is None:
        return None
    return refuse(
        Code.REPRINT_MISMATCH, need_zh=wrong[0], need_en=wrong[1],
        cause=event.reprint_of if run else None, position=run.position if run else None,
    )  # fmt: skip


def numbers_new(state: State, event: LabelPrinted) -> Refusal | None:
    """Refuse serials or SSCCs that were printed for the batch already, unless as a reprint.

    They are compared as numbers: 7 and 007 differ for a machine, but not for a person.
    """
    batch = state.batch(event.batch)
    if batch is None or event.reprint_of:
        return None
    wanted = event.serials or event.ssccs
    for run_id, run in batch.papers.runs.items():
        printed = run.serials if event.serials else run.ssccs
        if wanted and printed and _overlap(wanted, printed):
            return refuse(
                Code.NUMBERS_PRINTED, batch=event.batch, first=printed.first, last=printed.last,
                highest=_highest(batch.papers, serials=event.serials is not None),
                cause=run_id, position=run.position,
            )  # fmt: skip
    return None


def named_certificate(event: OnCertificate) -> str | None:
    """Give the certificate that an event replaces, withdraws or prints."""
    return event.replaces if isinstance(event, CommitmentIssued) else event.commitment


def _unlike(event: LabelPrinted, run: Run | None) -> tuple[str, str] | None:
    if run is None:
        return ("这个批次没有那一次打印", "the batch has no such print run")
    if (event.kind, event.commitment) != (run.kind, run.commitment):
        return (
            f"原来印的是 {run.kind.value} 标签，要印的内容不一样",
            f"that run printed labels of kind {run.kind.value}, or of another certificate",
        )
    for wanted, printed in ((event.serials, run.serials), (event.ssccs, run.ssccs)):
        if wanted and printed and not _within(wanted, printed):
            return (
                f"原来印的编号是 {printed.first} 到 {printed.last}",
                f"that run printed {printed.first} to {printed.last}",
            )
    return None


def _overlap(one: Numbers, other: Numbers) -> bool:
    return int(one.first) <= int(other.last) and int(other.first) <= int(one.last)


def _within(part: Numbers, whole: Numbers) -> bool:
    return (
        len(part.first) == len(whole.first) and whole.first <= part.first <= part.last <= whole.last
    )


def _highest(papers: Papers, *, serials: bool) -> str:
    """Give the highest number that was printed, so that one can go on after it."""
    runs = papers.runs.values()
    found = [run.serials if serials else run.ssccs for run in runs]
    return max((numbers.last for numbers in found if numbers), key=int)
