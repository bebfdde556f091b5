"""A batch's genealogy as a reader walks it: what it was made of, and what was made of it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from api.pages import words
from api.pages.kin_graph import Edge, Graph, Tile, graph
from api.pages.naming import Naming, address, spoken
from projections.directory import Product
from projections.kin import Generation, Kinship, Link, Relative

_COLUMNS = (2, 4)
"""Batches side by side: on a phone, and where there is room."""


class Kin(NamedTuple):
    """A relative: its name, lot and page; `share` went over, of `made` that there was."""

    name: str
    lot: str
    address: str
    share: str | None
    made: str | None
    by: str


class GenerationView(NamedTuple):
    """Relatives at one distance; `more` are not listed."""

    steps_away: int
    kin: tuple[Kin, ...]
    more: int


class Family(NamedTuple):
    """Ancestors and descendants, the nearest first, listed and drawn; `graphs` narrow and wide.

    `further_back` and `further_forward` say that there is more beyond the last generation.
    """

    back: tuple[GenerationView, ...]
    forward: tuple[GenerationView, ...]
    further_back: bool
    further_forward: bool
    graphs: tuple[Graph, ...]


NOBODY = Family((), (), further_back=False, further_forward=False, graphs=())


def family(kinship: Kinship, products: Mapping[str, Product], naming: Naming) -> Family:
    """Put a batch's relatives into words, and draw them."""
    names = _Names(products, naming)
    alone = not kinship.back and not kinship.forward
    return Family(
        back=tuple(names.generation(one, n, kinship.links) for n, one in _counted(kinship.back)),
        forward=tuple(
            names.generation(one, n, kinship.links) for n, one in _counted(kinship.forward)
        ),
        further_back="back" in kinship.further, further_forward="forward" in kinship.further,
        graphs=() if alone else tuple(names.drawn(kinship, columns) for columns in _COLUMNS),
    )  # fmt: skip


def _counted(generations: Sequence[Generation]) -> list[tuple[int, Generation]]:
    return list(enumerate(generations, 1))


class _Names(NamedTuple):
    products: Mapping[str, Product]
    naming: Naming

    def generation(
        self, generation: Generation, steps_away: int, links: Sequence[Link]
    ) -> GenerationView:
        shown = {one.key for one in generation.relatives}
        kin = tuple(
            self.kin(one, [link for link in links if one.key in (link.source, link.target)], shown)
            for one in generation.relatives
        )
        return GenerationView(steps_away, kin, generation.more)

    def kin(self, one: Relative, links: Sequence[Link], level: set[str]) -> Kin:
        """Tell a relative, with what went over between it and the generation nearer to the root."""
        nearer = [link for link in links if not {link.source, link.target} <= level]
        first = nearer[0] if nearer else links[0]
        amount = self.naming.amount
        all_of_it = (first.quantity, first.unit) == (one.quantity, one.unit)
        return Kin(
            name=self.name(one), lot=one.lot or spoken(one.id), address=address(one.key),
            share=amount(first.quantity, first.unit),
            made=None if all_of_it else amount(one.quantity, one.unit), by=self.process(first),
        )  # fmt: skip

    def name(self, one: Relative) -> str:
        product = self.naming.registered(self.products.get(one.gtin or ""))
        if product is None and one.kind == "foreign":
            return self.naming.reader.say("外来批次")
        return product or one.id

    def process(self, link: Link) -> str:
        return self.naming.reader.say(words.PROCESSES.get(link.process, words.STEPS["transformed"]))

    def drawn(self, kinship: Kinship, columns: int) -> Graph:
        above = [self.tiles(one) for one in reversed(kinship.back)]
        below = [self.tiles(one) for one in kinship.forward]
        edges = [
            Edge(
                link.source, link.target, self.naming.amount(link.quantity, link.unit) or "",
                self.process(link),
            )
            for link in kinship.links
        ]  # fmt: skip
        more = tuple(one.more for one in (*reversed(kinship.back), *kinship.forward))
        return graph(above, self.tile(kinship.root), below, edges, columns, more)

    def tiles(self, generation: Generation) -> list[Tile]:
        return [self.tile(one) for one in generation.relatives]

    def tile(self, one: Relative) -> Tile:
        amount = self.naming.amount(one.quantity, one.unit)
        return Tile(
            one.key, self.name(one), one.lot or spoken(one.id), amount or "",
            f"{address(one.key)}#kin",
        )  # fmt: skip
