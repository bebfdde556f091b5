"""The pre-harvest interval, 安全间隔期."""

from domain.events.movements import BatchHarvested
from domain.moments import show_moment
from domain.refusals import Code, Refusal, refuse
from domain.state import State


def interval_elapsed(state: State, harvest: BatchHarvested) -> Refusal | None:
    """Refuse a harvest before the pre-harvest interval of a treatment is over.

    Source: 农产品质量安全法 (2022), Art. 29; the interval is the label's, in days.
    """
    plot = state.place(harvest.plot)
    if plot is None:
        return None
    for treatment in plot.treatments:
        if treatment.since <= harvest.occurred_at < treatment.until:
            return refuse(
                Code.INTERVAL_NOT_ELAPSED, cause=treatment.event, position=treatment.position,
                plot=plot.name, substance=treatment.substance,
                until_zh=show_moment(treatment.until), until_en=show_moment(treatment.until, "en"),
            )  # fmt: skip
    return None
