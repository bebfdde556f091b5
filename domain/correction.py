"""Corrections: the history is folded anew without the error, and must still pass the rules."""

from collections.abc import Sequence
from datetime import datetime

from domain.decide import decide_again
from domain.events.catalogue import AnyEvent, type_of
from domain.events.correction import Correctable, EventCorrected
from domain.events.governance import Role
from domain.events.movements import BatchInspected
from domain.history import Substitutes, fold, substitutes
from domain.lineage import moved, out_of_reach
from domain.refusals import Code, Refusal, refuse
from domain.rules.halt import first_halted
from domain.state import Fact, History, Model, Numbered, State, evolve
from domain.tags import HALTS, needed, touched

Models = dict[str, Model | None]


def affected(state: State, correction: EventCorrected) -> tuple[str, ...]:
    """Give the tags of the models that a correction changes: those of the event in error."""
    target = state.history.by_id(correction.event)
    return touched(target.event) if target else ()


def replay(state: State, correction: EventCorrected, now: datetime) -> Models | Refusal:
    """Fold the affected models anew, or refuse.

    Every later event that touches them is decided again, each as of its own position; if one would
    now be refused, so is the correction, and the refusal names the first that leans on it.
    """
    target = state.history.by_id(correction.event)
    if target is None:
        return refuse(Code.REF_MISSING, ref=correction.event)
    tags = touched(target.event)
    histories = {tag: state.history.by_tag(tag) for tag in tags}
    earlier = substitutes(item for events in histories.values() for item in events)
    refusal = _may_correct(state, correction, target, earlier, now)
    if refusal:
        return refusal
    substitute = {**earlier, target.event.id: correction.replacement}
    models: Models = {tag: fold(tag, histories[tag], target.position) for tag in tags}
    merged = {item.position: item for events in histories.values() for item in events}
    for position in sorted(p for p in merged if p >= target.position):
        event = substitute.get(merged[position].event.id, merged[position].event)
        if event is None or isinstance(event, EventCorrected):
            continue
        refusal = decide_again(_as_of(state.history, event, models, position), event)
        if refusal:
            return _collision(refusal, event, position, target.position)
        for tag in touched(event):
            if tag in models:
                models[tag] = evolve(models[tag], tag, event, position)
    return models


def _may_correct(
    state: State,
    correction: EventCorrected,
    target: Numbered,
    earlier: Substitutes,
    now: datetime,
) -> Refusal | None:
    actor = state.party(correction.actor)
    authority = actor is not None and Role.AUTHORITY in actor.roles
    if correction.actor != target.event.actor and not authority:
        return refuse(
            Code.NOT_AUTHORISED, who=correction.actor, cause=target.event.id,
            position=target.position, need_zh="只有当事人或主管部门能更正",
            need_en="only its author or the authority corrects it",
        )  # fmt: skip
    reason = _why_not(correction, target, earlier, now)
    if reason:
        return refuse(
            Code.NOT_CORRECTABLE, cause=target.event.id, position=target.position,
            need_zh=reason[0], need_en=reason[1],
        )  # fmt: skip
    return None if authority else _halted(state.history, target.event)


def _halted(history: History, event: AnyEvent) -> Refusal | None:
    """Refuse where the event moved a batch that is held or recalled now.

    Else a recalled batch's way, or what it went into, could be told otherwise by those it concerns.
    """
    if isinstance(event, BatchInspected):
        return None
    batches = [tag[6:] for tag in touched(event) if tag.startswith("batch:")]
    reach: Models = {HALTS: fold(HALTS, history.by_tag(HALTS))}
    return first_halted(_with_ancestors(history, reach, {}, batches), batches)


def _why_not(
    correction: EventCorrected, target: Numbered, earlier: Substitutes, now: datetime
) -> tuple[str, str] | None:
    event, new = target.event, correction.replacement
    if not isinstance(event, Correctable):
        return (f"{type_of(event)} 不能更正", f"a {type_of(event)} is not corrected")
    if event.id in earlier and earlier[event.id] is None:
        return ("它已经作废了", "it is declared in error already")
    if new is None:
        return None
    if type(new) is not type(event) or new.id != event.id or new.actor != event.actor:
        return (
            "替换的记录要与原记录同类型、同编号、同主体",
            "the replacement must keep the type, id and actor of the original",
        )
    if not set(touched(new)) <= set(touched(event)):
        return (
            "替换的记录不能牵涉别的批次或订单，请先作废再重新记",
            (
                "the replacement may not touch other batches or orders; correct without a"
                " replacement, then record it anew"
            ),
        )
    if new.occurred_at > now:
        return ("替换的时间晚于现在", "the replacement lies in the future")
    return None


def _as_of(history: History, event: AnyEvent, models: Models, position: int) -> State:
    """Give the state at an event's position as it is known today, the affected models refolded."""
    seen: Models = {}
    facts: dict[str, Fact | None] = {}
    for tag in needed(event):
        if tag in models:
            seen[tag] = models[tag]
        elif tag.startswith("event:"):
            facts[tag[6:]] = _fact(history.by_id(tag[6:]), position)
        else:
            seen[tag] = fold(tag, history.by_tag(tag), position)
    return _with_ancestors(history, seen, facts, moved(event), models, position)


def _with_ancestors(
    history: History,
    reach: Models,
    facts: dict[str, Fact | None],
    batches: Sequence[str],
    affected_models: Models | None = None,
    before: int | None = None,
) -> State:
    """Give the state, with what batches were made of in reach where anything is held."""
    state = State(reach, facts, history)
    anew = affected_models or {}
    while missing := out_of_reach(state, batches):
        for tag in missing:
            reach[tag] = anew[tag] if tag in anew else fold(tag, history.by_tag(tag), before)
    return state


def _fact(found: Numbered | None, position: int) -> Fact | None:
    if found is None or found.position >= position:
        return None
    event = found.event
    return Fact(found.position, event.actor, event.occurred_at, b"")


def _collision(inner: Refusal, event: AnyEvent, position: int, corrected: int) -> Refusal:
    if position == corrected:
        return inner
    return refuse(
        Code.CORRECTION_COLLIDES, cause=event.id, position=position, inner=inner.code.value,
        detail_zh=inner.zh.rstrip("。"), detail_en=inner.en.rstrip("."),
    )  # fmt: skip
