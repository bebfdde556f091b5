"""What a bundle alone can prove of who may sign what, of a mark that is borne, of a certificate.

The other rules of the trade need the events between, which a bundle leaves out.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from domain import tags
from domain.decide import RULES
from domain.events import governance as g
from domain.events import marks as i
from domain.events import movements as v
from domain.events import papers as p
from domain.events.catalogue import AnyEvent
from domain.events.correction import EventCorrected
from domain.events.governance import Role
from domain.history import fold, in_effect, substitutes
from domain.models.batch import Batch
from domain.refusals import Code, Refusal, refuse
from domain.rules.batch import batch_known
from domain.rules.mark import mark_authorised, mark_for_its_kind, mark_kept
from domain.rules.papers import certificate_in_force, own_certificate
from domain.rules.role import role
from domain.rules.signature import keys_in_force, member_signs_too, speaks_for_actor
from domain.rules.time import after_grant
from domain.state import Model, Numbered, Signed, State, evolve

Making = v.BatchHarvested | v.BatchTransformed
Rule = Callable[[State, Any], Refusal | None]

GOVERNING: Final = (
    g.LogRotated, g.PartyAdmitted, g.KeyBound, g.KeyRevoked, g.MembershipBegan, g.MembershipEnded,
    i.MarkGranted, i.MarkRevoked,
)  # fmt: skip
"""What says who may sign, and who may use a mark: held to every rule of theirs."""

_MARKED: Final[dict[type, tuple[Rule, ...]]] = {
    v.BatchHarvested: (mark_authorised, after_grant, mark_for_its_kind),
    v.BatchTransformed: (batch_known, mark_kept, mark_authorised, after_grant, mark_for_its_kind),
}
_CERTIFIED: Final[tuple[Rule, ...]] = (certificate_in_force, own_certificate)


class PartialReplay:
    """Holds a bundle's events to what can be told without the rest; they are few, and are kept."""

    def __init__(self) -> None:
        """Begin with the empty ledger."""
        self._models: dict[str, Model | None] = {}
        self._state = State(self._models, {}, self)
        self._events: list[Numbered] = []
        self._ids: dict[str, Numbered] = {}

    def admit(self, signed: Signed, admitted_at: datetime, position: int) -> Refusal | None:
        """Take in the next event of the bundle, or say who may not have signed it."""
        event = signed.event
        if (told := self.by_id(event.id)) is not None:
            refusal: Refusal | None = refuse(
                Code.ID_REUSED, id=event.id, cause=event.id, position=told.position
            )
        elif isinstance(event, g.LedgerOpened):
            refusal = self._opening(signed, event, position)
        else:
            refusal = (
                keys_in_force(self._state, signed, admitted_at)
                or speaks_for_actor(self._state, signed)
                or member_signs_too(self._state, signed)
                or self._entitled(event)
            )
        if refusal is None:
            self._take(event, position)
        return refusal

    def claims(self, batch: str) -> tuple[int, Refusal] | None:
        """Hold a batch's certificates, and each mark in its lineage, to their rules.

        They are judged as of their own positions, with all corrections known. Gives the first that
        breaks a rule, and where.
        """
        marked = [(at, event, _MARKED[type(event)]) for at, event in self._marked(batch)]
        certified = [(at, event, _CERTIFIED) for at, event in self._certifying(batch)]
        for position, event, rules in sorted((*marked, *certified), key=lambda one: one[0]):
            state = self._as_of(event, position)
            for rule in rules:
                refusal = rule(state, event)
                if refusal:
                    return position, refusal
        return None

    def marks(self, batch: str) -> int:
        """How many events of a batch's lineage claim a mark."""
        return len(self._marked(batch))

    def certificates(self, batch: str) -> int:
        """How many certificates of commitment a batch has in force."""
        found = fold(tags.batch(batch), self.by_tag(tags.batch(batch)))
        return len(found.papers.certificates) if isinstance(found, Batch) else 0

    def speaks_of(self, batch: str) -> bool:
        """Tell whether an event so far was about a batch."""
        return tags.batch(batch) in self._models

    def by_id(self, event_id: str) -> Numbered | None:
        """Find an event by its id."""
        return self._ids.get(event_id)

    def by_tag(self, tag: str) -> list[Numbered]:
        """Give the events of a tag, with those that correct any."""
        return [
            item for item in self._events
            if isinstance(item.event, EventCorrected) or tag in tags.touched(item.event)
        ]  # fmt: skip

    def _opening(self, signed: Signed, event: g.LedgerOpened, position: int) -> Refusal | None:
        if position != 1 or self._events:
            return refuse(Code.LEDGER_OPEN)
        if event.authority_key not in signed.keyids:
            return refuse(Code.UNKNOWN_KEY, key=", ".join(signed.keyids))
        return None

    def _entitled(self, event: AnyEvent) -> Refusal | None:
        """Refuse who may not govern so, or correct what another recorded."""
        if isinstance(event, EventCorrected):
            return self._corrects_own(event)
        if not isinstance(event, GOVERNING):
            return None
        refusal = role(self._state, event)
        for rule in RULES[type(event)]:
            refusal = refusal or rule(self._state, event)
        return refusal

    def _corrects_own(self, event: EventCorrected) -> Refusal | None:
        actor, target = self._state.party(event.actor), self.by_id(event.event)
        if target is None or target.event.actor == event.actor:
            return None
        if actor and Role.AUTHORITY in actor.roles:
            return None
        return refuse(
            Code.NOT_AUTHORISED, who=event.actor, cause=target.event.id, position=target.position,
            need_zh="只有当事人或主管部门能更正",
            need_en="only its author or the authority corrects it",
        )  # fmt: skip

    def _take(self, event: AnyEvent, position: int) -> None:
        item = self._ids[event.id] = Numbered(position, event)
        self._events.append(item)
        for tag in tags.touched(event):
            self._models[tag] = evolve(self._models.get(tag), tag, event, position)

    def _in_effect(self) -> Iterator[tuple[int, AnyEvent]]:
        yield from in_effect(self._events, substitutes(self._events))

    def _marked(self, batch: str) -> list[tuple[int, Making]]:
        """Give what made a batch, and what it was made of, where that claims a mark."""
        making: dict[str, tuple[int, Making]] = {}
        for position, event in self._in_effect():
            if isinstance(event, v.BatchHarvested):
                making[event.batch] = (position, event)
            elif isinstance(event, v.BatchTransformed):
                making.update((item.batch, (position, event)) for item in event.outputs)
        found: dict[int, Making] = {}
        wanted = [batch]
        while wanted:
            made = making.get(wanted.pop())
            if made and made[0] not in found:
                found[made[0]] = made[1]
                wanted += [item.batch for item in getattr(made[1], "inputs", ())]
        return [(at, event) for at, event in sorted(found.items()) if event.mark]

    def _certifying(self, batch: str) -> Iterator[tuple[int, AnyEvent]]:
        for position, event in self._in_effect():
            match event:
                case p.CommitmentIssued() | p.CommitmentWithdrawn() if event.batch == batch:
                    yield position, event

    def _as_of(self, event: AnyEvent, position: int) -> State:
        seen = {
            tag: fold(tag, self.by_tag(tag), position)
            for tag in tags.needed(event) if not tag.startswith("event:")
        }  # fmt: skip
        return State(seen, {}, self)
