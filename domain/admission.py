"""Admitting an event: decided, and folded into the models that it touches. Pure.

The sequencer, the verifier and the tests all go through here, so that there is one law.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from domain import tags
from domain.correction import affected, replay
from domain.decide import decide
from domain.events.catalogue import AnyEvent
from domain.events.correction import EventCorrected
from domain.lineage import moved, out_of_reach
from domain.refusals import Refusal
from domain.state import Model, Signed, State, evolve


class Admitted(Struct, frozen=True):
    """The models that an admitted event changed, by tag, and the tags it is found under."""

    models: dict[str, Model | None]
    tags: tuple[str, ...]


def signer_tags(signed: Signed) -> tuple[str, ...]:
    """Give the tags of the signing keys, to be loaded before `mandate_tags` can be told."""
    return tuple(tags.key(did) for did in signed.keyids)


def mandate_tags(state: State, signed: Signed) -> tuple[str, ...]:
    """Give the tags of the memberships by which the signers may speak for another actor."""
    actor = signed.event.actor
    found = []
    for did in signed.keyids:
        key = state.key(did)
        if key and key.party != actor:
            found.append(tags.member(key.party, actor))
    return tuple(found)


def ancestor_tags(state: State, events: Iterable[AnyEvent]) -> list[str]:
    """Give the tags of batches that events' batches were made of and `state` lacks, some or all.

    Nothing while nothing is held or recalled. Ask again once these are loaded.
    """
    return out_of_reach(state, [batch_id for event in events for batch_id in moved(event)])


def admit(state: State, signed: Signed, now: datetime, position: int) -> Admitted | Refusal:
    """Decide an event at a position and give what it changes; `state` itself stays as it is.

    `state` must hold what `domain.tags.needed`, `signer_tags`, `mandate_tags` and `ancestor_tags`
    name. Its verdicts are forgotten where a correction may have changed what was made of what.
    """
    refusal = decide(state, signed, now)
    if refusal:
        return refusal
    event = signed.event
    found_under = tags.recorded(event.id)
    if isinstance(event, EventCorrected):
        models = replay(state, event, now)
        if isinstance(models, Refusal):
            return models
        state.verdicts.forget()
        return Admitted(models, (found_under, *affected(state, event)))
    touched = tags.touched(event)
    changed = {tag: evolve(state.models.get(tag), tag, event, position) for tag in touched}
    return Admitted(changed, (found_under, *touched))
