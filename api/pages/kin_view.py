"""A batch's genealogy as a reader walks it: what it was made of, and what was made of it."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from api.pages import words
from api.pages.naming import Naming, address, spoken
from projections.directory import Product
from projections.trace import Edge, Node, Trace

MOST: Final = 24
"""The most batches of one generation on the page; it says how many more there are."""


class Kin(NamedTuple):
    """A relative: its name, lot and page; `share` went over, of `made` that there was."""

    name: str
    lot: str
    address: str
    share: str | None
    made: str | None
    by: str


class Generation(NamedTuple):
    """Relatives at one distance, the largest first as recorded; `more` are not listed."""

    steps_away: int
    kin: tuple[Kin, ...]
    more: int


class Family(NamedTuple):
    """Ancestors, the nearest first, and descendants, the nearest first."""

    back: tuple[Generation, ...]
    forward: tuple[Generation, ...]


def family(trace: Trace, products: Mapping[str, Product], naming: Naming) -> Family:
    """Put a trace's batches into generations, by the fewest steps from the root."""
    nodes = {node.id: node for node in trace.nodes}
    view = _Names(products, naming)
    return Family(
        back=_generations(trace, nodes, "back", view),
        forward=_generations(trace, nodes, "forward", view),
    )


class _Names(NamedTuple):
    products: Mapping[str, Product]
    naming: Naming

    def kin(self, node: Node, edges: Sequence[Edge]) -> Kin:
        amount = self.naming.amount
        whole = [edge.quantity for edge in edges if isinstance(edge.quantity, int)]
        share = sum(whole) if len(whole) == len(edges) else edges[0].quantity
        all_of_it = (share, edges[0].unit) == (node.quantity, node.unit)
        process = words.PROCESSES.get(edges[0].kind, words.STEPS["transformed"])
        return Kin(
            name=self.name(node), lot=node.lot or spoken(node.id), address=address(node.key),
            share=amount(share, edges[0].unit),
            made=None if all_of_it else amount(node.quantity, node.unit),
            by=self.naming.reader.say(process),
        )  # fmt: skip

    def name(self, node: Node) -> str:
        product = self.naming.registered(self.products.get(node.gtin or ""))
        if product is None and node.kind == "foreign":
            return self.naming.reader.say("外来批次")
        return product or node.id


def _generations(
    trace: Trace, nodes: Mapping[str, Node], direction: Literal["back", "forward"], view: _Names
) -> tuple[Generation, ...]:
    found, seen, edge_of = [], {trace.root}, _towards(trace.edges, direction)
    at, steps_away = [trace.root], 1
    while at:
        links: dict[str, list[Edge]] = {}
        for here in at:
            for relative, edge in edge_of.get(here, ()):
                if relative not in seen and relative in nodes:
                    links.setdefault(relative, []).append(edge)
        kin = [view.kin(nodes[one], edges) for one, edges in links.items()]
        if kin:
            found.append(Generation(steps_away, tuple(kin[:MOST]), max(0, len(kin) - MOST)))
        seen |= set(links)
        at, steps_away = list(links), steps_away + 1
    return tuple(found)


def _towards(
    edges: Sequence[Edge], direction: Literal["back", "forward"]
) -> dict[str, list[tuple[str, Edge]]]:
    """Give, for each batch, the batches on that side with what went over."""
    found: dict[str, list[tuple[str, Edge]]] = {}
    for edge in edges:
        here, there = (
            (edge.target, edge.source) if direction == "back" else (edge.source, edge.target)
        )
        found.setdefault(here, []).append((there, edge))
    return found
