"""A trace as a tree for a terminal: ancestors above, descendants below, each batch told once."""

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from api.cli.console import Paint
from domain.measures import Unit, show
from domain.produce import PROCESS_ZH
from projections.amounts import Shown
from projections.trace import Direction, Edge, Node, Trace

Painter = Callable[..., str]

_FOREIGN_UNITS: Final = {
    "KGM": "公斤", "LBR": "磅", "TNE": "吨", "LTR": "升", "CS": "箱", "XCS": "箱", "EA": "件",
}  # fmt: skip
_KINDS: Final = {process.value: zh for process, zh in PROCESS_ZH.items()}
_BASIS: Final = {"made": "产出", "seen": "首见"}


class Names(Struct, frozen=True):
    """Names by GTIN and by party, where the ledger knows them."""

    products: dict[str, str]
    parties: dict[str, str]


def draw(found: Trace, direction: Direction, names: Names, paint: Painter) -> Iterator[str]:
    """Draw the tree, line by line."""
    tree = _Tree(found, names, paint)
    yield tree.root()
    if direction != "forward":
        yield paint("  来自 came from", Paint.DIM)
        yield from tree.branches(found.root, up=True)
    if direction != "back":
        yield paint("  去了 went into", Paint.DIM)
        yield from tree.branches(found.root, up=False)
    yield paint(
        f"  {len(found.nodes)} 个批次，{len(found.edges)} 条来往，截至第 {found.position} 条"
        f" / as of position {found.position}",
        Paint.DIM,
    )


class _Tree:
    def __init__(self, found: Trace, names: Names, paint: Painter) -> None:
        self._names = names
        self._paint = paint
        self._root = found.root
        self._nodes = {node.id: node for node in found.nodes}
        self._up: dict[str, list[Edge]] = {}
        self._down: dict[str, list[Edge]] = {}
        for edge in found.edges:
            self._up.setdefault(edge.target, []).append(edge)
            self._down.setdefault(edge.source, []).append(edge)

    def root(self) -> str:
        node = self._nodes[self._root]
        return f"{self._paint(self._title(node), Paint.BOLD)}  {self._facts(node)}"

    def branches(self, root: str, *, up: bool) -> Iterator[str]:
        """Walk depth first, with a stack of our own: a genealogy may be deeper than Python's."""
        told = {root}
        first = self._edges(root, up=up)
        if not first:
            yield f"    {'没有更早的记录' if up else '没有更晚的记录'} / nothing on record"
        stack = [("    ", first)]
        while stack:
            margin, edges = stack[-1]
            if not edges:
                stack.pop()
                continue
            edge = edges.pop(0)
            other = edge.source if up else edge.target
            corner, bar = ("├─ ", "│  ") if edges else ("└─ ", "   ")
            again = other in told
            yield f"{margin}{corner}{self._line(edge, self._nodes[other], again=again)}"
            if not again:
                told.add(other)
                stack.append((margin + bar, self._edges(other, up=up)))

    def _edges(self, batch: str, *, up: bool) -> list[Edge]:
        return list((self._up if up else self._down).get(batch, ()))

    def _line(self, edge: Edge, node: Node, *, again: bool) -> str:
        moved = f"{_quantity(edge.quantity, edge.unit)} {_KINDS.get(edge.kind, edge.kind)}"
        head = f"{self._paint(moved, Paint.CYAN)}  {self._title(node)}"
        return f"{head}  （同上 see above）" if again else f"{head}  {self._facts(node)}"

    def _title(self, node: Node) -> str:
        name = self._names.products.get(node.gtin or "", "")
        return f"{name} {node.id}".strip()

    def _facts(self, node: Node) -> str:
        who = self._names.parties.get(node.party or "", node.party or "")
        made = f"{_BASIS[node.basis]} {_quantity(node.quantity, node.unit)}"
        facts = (made, who, f"{node.occurred_at:%Y-%m-%d}", f"第 {node.position} 条")
        return self._paint("  ".join(fact for fact in facts if fact), Paint.DIM)


def _quantity(quantity: Shown | None, unit: str | None) -> str:
    if quantity is None:
        return "数量未记"
    if unit is not None and isinstance(quantity, int) and unit in _OURS:
        return show(quantity, Unit(unit))
    number = f"{quantity:,}" if isinstance(quantity, int) else quantity
    return f"{number} {_FOREIGN_UNITS.get(unit or '', unit or '件')}"


_OURS: Final = frozenset(unit.value for unit in Unit)
