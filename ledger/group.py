"""A group of candidates decided in order, in memory: what it would add. No writing."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

import psycopg
from msgspec import Struct, field

from domain import tags
from domain.admission import admit, ancestor_tags, mandate_tags, signer_tags
from domain.events.catalogue import AnyEvent, type_of
from domain.models.governance import Ledger
from domain.refusals import Code, Refusal, refuse
from domain.state import Fact, Model, State
from ledger.candidate import Candidate
from ledger.models import DatabaseHistory, Lacking, ModelCache

_LOG: Final = logging.getLogger(__name__)


class Row(Struct, frozen=True, gc=False):
    """An event to be written at its position."""

    position: int
    type: str
    event: AnyEvent
    stored: bytes
    leaf: bytes
    tags: tuple[str, ...]


class Repeat(Struct, frozen=True):
    """The same event again: it stands at this position, in the ledger or in this very group."""

    position: int
    event_id: str


Verdict = Row | Repeat | Refusal


class Group(Struct):
    """What deciding came to: a verdict for each candidate, what to write, and the way back."""

    base: int
    admitted_at: datetime
    verdicts: list[Verdict] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    undo: dict[str, Model | None] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)
    """Tags taken for new, to be made sure of in the statement that writes."""
    folded: list[str] = field(default_factory=list)
    """Tags that were not in memory before, and are since a correction folded them anew."""
    log_keys: tuple[str, ...] = ()
    """The verifier keys that sign its checkpoint: that in force, and any that it takes over."""


class Decider:
    """Decides groups on the models of a cache, which it moves along with each admitted event."""

    def __init__(self, cache: ModelCache) -> None:
        """Work on a cache that stands at the ledger's head."""
        self._cache = cache

    def decide(
        self,
        conn: psycopg.Connection[Any],
        candidates: Sequence[Candidate | Refusal],
        base: int,
        now: datetime,
        *,
        written: int,
        assume: bool = True,
    ) -> Group:
        """Decide candidates in order as if written after position `base`: see `extend`."""
        group = Group(base, now)
        self.extend(conn, group, candidates, written=written, assume=assume)
        return group

    def extend(
        self,
        conn: psycopg.Connection[Any],
        group: Group,
        candidates: Sequence[Candidate | Refusal],
        *,
        written: int,
        assume: bool = True,
    ) -> None:
        """Decide candidates in order, as what comes next in a group.

        What the cache lacks is read as of position `written`: whatever is under way between that
        and the group is in the cache.

        With `assume`, what an event would begin is taken for new without a look. A poisoned
        candidate is refused alone: the others stand. The cache then stands after the group;
        `revert` takes it back, where the group was not written.
        """
        history = DatabaseHistory(conn, written, group.rows)
        state = State(self._cache.models, self._cache.facts, history, self._cache.verdicts)
        for at, candidate in enumerate(candidates):
            if isinstance(candidate, Refusal):
                group.verdicts.append(candidate)
                continue
            if assume:
                group.assumed += self._cache.assume_new(candidate.signed.event)
            verdict = self._decide_one(group, state, candidate)
            while isinstance(verdict, Lacking):
                rest = [c for c in candidates[at:] if isinstance(c, Candidate)]
                if assume:
                    for other in rest:
                        group.assumed += self._cache.assume_new(other.signed.event)
                self._load(conn, state, verdict.tag, rest, written)
                verdict = self._decide_one(group, state, candidate)
            group.verdicts.append(verdict)
        if group.rows:
            group.log_keys = _log_keys(group, self._cache.ledger(conn, written))

    def revert(self, group: Group) -> None:
        """Take the cache back to before a group."""
        self._cache.models.update(group.undo)
        for row in group.rows:
            self._cache.facts[row.event.id] = None
        self._cache.forget((*group.assumed, *group.folded))
        self._cache.verdicts.forget()

    def _load(
        self,
        conn: psycopg.Connection[Any],
        state: State,
        lacking: str,
        candidates: Sequence[Candidate],
        written: int,
    ) -> None:
        """Load what is lacking, and with it all that these candidates will look at."""
        signed = [candidate.signed for candidate in candidates]
        wanted = {lacking: None}
        for one in signed:
            wanted.update(dict.fromkeys((*tags.needed(one.event), *signer_tags(one))))
        self._cache.load(conn, wanted, written)
        self._cache.load(conn, [tag for one in signed for tag in mandate_tags(state, one)], written)
        while missing := ancestor_tags(state, [one.event for one in signed]):
            self._cache.load(conn, missing, written)

    def _decide_one(self, group: Group, state: State, candidate: Candidate) -> Verdict | Lacking:
        try:
            return self._decided(group, state, candidate)
        except Lacking as lacking:
            return lacking
        except psycopg.Error:
            raise
        except Exception as error:  # noqa: BLE001  whatever it may be
            # A fault of ours must cost this caller its event, and nobody else the group.
            _LOG.exception("an event could not be decided")
            return refuse(Code.MALFORMED, path="$", detail=type(error).__name__)

    def _decided(self, group: Group, state: State, candidate: Candidate) -> Verdict:
        signed = candidate.signed
        event = signed.event
        known = state.fact(event.id)
        if known and known.digest == signed.digest:
            return Repeat(known.position, event.id)
        position = group.base + len(group.rows) + 1
        admitted = admit(state, signed, group.admitted_at, position)
        if isinstance(admitted, Refusal):
            return admitted
        models = self._cache.models
        for tag, model in admitted.models.items():
            if tag not in models:
                group.folded.append(tag)
            elif tag not in group.undo:
                group.undo[tag] = models[tag]
            models[tag] = model
        self._cache.facts[event.id] = Fact(position, event.actor, event.occurred_at, signed.digest)
        row = Row(position, type_of(event), event, candidate.stored, candidate.leaf, admitted.tags)
        group.rows.append(row)
        return row


def _log_keys(group: Group, after: Ledger | None) -> tuple[str, ...]:
    before = cast("Ledger | None", group.undo.get(tags.LEDGER, after))
    if after is None:
        return ()
    first = len(before.log_keys) - 1 if before else 0
    return tuple(key.vkey for key in after.log_keys[first:])
