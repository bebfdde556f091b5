"""Google OR-Tools on the same allocation: maximum and minimum-cost flows in whole numbers."""

from ortools.graph.python import (  # type: ignore[import-untyped]  # it brings no types
    max_flow,
    min_cost_flow,
)

from domain.matching.allocation import Problem, entitlements, floors


def most(problem: Problem) -> int:
    """Give the most lots that can be moved."""
    flow = max_flow.SimpleMaxFlow()
    supplies, wants = len(problem.supplies), len(problem.wants)
    source, sink = supplies + wants, supplies + wants + 1
    for at, supply in enumerate(problem.supplies):
        flow.add_arc_with_capacity(source, at, supply.available)
    for pair in problem.pairs:
        capacity = problem.supplies[pair.supply].available
        flow.add_arc_with_capacity(pair.supply, supplies + pair.want, capacity)
    for at, want in enumerate(problem.wants):
        flow.add_arc_with_capacity(supplies + at, sink, want.wanted)
    assert flow.solve(source, sink) == flow.OPTIMAL
    return int(flow.optimal_flow())


def dearest(problem: Problem, moved: int, floor: int) -> int | None:
    """Give the highest sum of scores with so much moved and the floor kept; None: it can't be."""
    flow = min_cost_flow.SimpleMinCostFlow()
    supplies, wants = len(problem.supplies), len(problem.wants)
    least = floors(problem, floor)
    sellers = {seller: supplies + wants + at for at, seller in enumerate(least)}
    source, sink = supplies + wants + len(sellers), supplies + wants + len(sellers) + 1
    for seller, node in sellers.items():
        flow.add_arc_with_capacity_and_unit_cost(
            source, node, max(entitlements(problem)[seller] - least[seller], 0), 0
        )
        flow.set_node_supply(node, least[seller])
    for at, supply in enumerate(problem.supplies):
        if supply.seller in sellers:
            node = sellers[supply.seller]
            flow.add_arc_with_capacity_and_unit_cost(node, at, supply.available, 0)
    for pair in problem.pairs:
        capacity = problem.supplies[pair.supply].available
        flow.add_arc_with_capacity_and_unit_cost(
            pair.supply, supplies + pair.want, capacity, -pair.score
        )
    for at, want in enumerate(problem.wants):
        flow.add_arc_with_capacity_and_unit_cost(supplies + at, sink, want.wanted, 0)
    flow.set_node_supply(source, moved - sum(least.values()))
    flow.set_node_supply(sink, -moved)
    if moved < sum(least.values()) or flow.solve() != flow.OPTIMAL:
        return None
    return -int(flow.optimal_cost())
