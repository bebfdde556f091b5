"""No process gives more than it can: outputs against inputs × the highest yield."""

from collections.abc import Iterable

from domain.events.movements import BatchTransformed, Process
from domain.measures import BatchQuantity, Unit, show
from domain.produce import PROCESS_ZH
from domain.refusals import Code, Refusal, refuse
from domain.rules.batch import unit_mismatch
from domain.rules.in_force import rule_set
from domain.state import State

Sums = dict[Unit, int]


def mass_balance(state: State, event: BatchTransformed) -> Refusal | None:
    """Refuse outputs above inputs × the process's highest yield.

    Pieces with a stated content count as that content; pieces without one are counted as pieces.
    Where inputs and outputs can't be expressed in one unit, the units don't fit.
    Source: conservation of mass; the table of yields with its sources in `domain.produce`.
    """
    rules = rule_set(state)
    if isinstance(rules, Refusal):
        return rules
    products = [state.product(item.batch[:14]) for item in event.inputs]
    permille = rules.yields[event.process].of(p.category for p in products if p)
    inputs, outputs = _sums(state, event.inputs), _sums(state, event.outputs)
    for unit, out in outputs.items():
        if unit not in inputs:
            given = event.inputs[0]
            return unit_mismatch(given.batch, given.unit, unit)
        most = inputs[unit] * permille // 1000
        if out > most:
            return refuse(
                Code.MASS_BALANCE, process_zh=PROCESS_ZH[event.process],
                process_en=event.process.value,
                most_zh=show(most, unit), most_en=show(most, unit, "en"),
                out_zh=show(out, unit), out_en=show(out, unit, "en"),
            )  # fmt: skip
    return None


def split_keeps_product(_state: State, event: BatchTransformed) -> Refusal | None:
    """Refuse a split whose parts are of another product than the whole."""
    if event.process is not Process.SPLIT:
        return None
    gtins = {item.batch[:14] for item in event.inputs}
    for item in event.outputs:
        if item.batch[:14] not in gtins:
            return refuse(
                Code.WRONG_OUTPUT, batch=item.batch, process_zh=PROCESS_ZH[event.process],
                process_en=event.process.value,
                need_zh="分批不改变产品，GTIN 要一样", need_en="a split keeps the GTIN",
            )  # fmt: skip
    return None


def outputs_differ(_state: State, event: BatchTransformed) -> Refusal | None:
    """Refuse two output lines of one batch, and a batch that comes out of itself."""
    inputs = {item.batch for item in event.inputs}
    seen: set[str] = set()
    for item in event.outputs:
        if item.batch in inputs or item.batch in seen:
            return refuse(
                Code.WRONG_OUTPUT, batch=item.batch, process_zh=PROCESS_ZH[event.process],
                process_en=event.process.value,
                need_zh="每个产出批次要有自己的新批号",
                need_en="each output needs a lot of its own",
            )  # fmt: skip
        seen.add(item.batch)
    return None


def _sums(state: State, items: Iterable[BatchQuantity]) -> Sums:
    sums: Sums = {}
    for item in items:
        product = state.product(item.batch[:14])
        content = product.content if product else None
        unit, quantity = item.unit, item.quantity
        if content and unit is Unit.PIECE:
            unit, quantity = content.unit, quantity * content.quantity
        sums[unit] = sums.get(unit, 0) + quantity
    return sums
