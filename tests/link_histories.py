"""Random histories of links, told to the rules and to a naive list side by side."""

from typing import Any

from hypothesis import strategies as st

from domain.events.links import LinkSet, LinkWithdrawn, MediaType
from domain.refusals import Refusal
from domain.rules.link import MOST_LINKS
from tests import county as c
from tests.worlds import World

ACTORS = (c.FARMER, c.ELDER, c.COOP, c.MILL, c.AUTHORITY, c.INSPECTOR)
TYPES = ("gs1:pip", "gs1:pip", "gs1:recipeInfo", "gs1:defaultLink", "gs1:nothing")
LANGUAGES = ("zh", "zh", "en", "en-GB")
MEDIA = (None, None, MediaType.HTML, MediaType.PDF)
COUNTRIES = (None, None, "GB", "CN")


class Reference:
    """Every link that was set, in order, and whether it still is: no dictionary, no slot."""

    def __init__(self, owners: dict[str, str]) -> None:
        """Know what there is, and whose it is."""
        self.owners = owners
        self.rows: list[dict[str, Any]] = []

    def expect(self, event: LinkSet | LinkWithdrawn) -> str | None:
        """Give the code by which an event will be refused; None: it is admitted, and told."""
        if event.actor == c.INSPECTOR:
            return "not-authorised"
        return self._set(event) if isinstance(event, LinkSet) else self._withdraw(event)

    def standing(self, identifier: str) -> list[dict[str, Any]]:
        """Give the links of an identifier that are set."""
        return [row for row in self.rows if row["on"] == identifier and row["set"]]

    def _set(self, event: LinkSet) -> str | None:
        if event.link_type in {"gs1:defaultLink", "gs1:nothing"}:
            return "unknown-link-type"
        if event.identifier not in self.owners:
            return "unknown-batch" if "/" in event.identifier else "unknown-product"
        if self.owners[event.identifier] != event.actor:
            return "not-authorised"
        same = [
            row for row in self.standing(event.identifier)
            if (row["link"].link_type, row["link"].language) == (event.link_type, event.language)
            and (row["link"].media_type, row["link"].context) == (event.media_type, event.context)
        ]  # fmt: skip
        if not same and len(self.standing(event.identifier)) >= MOST_LINKS:
            return "too-many-links"
        for row in same:
            row["set"] = row["withdrawn"] = False
        self.rows.append({"on": event.identifier, "link": event, "set": True, "withdrawn": False})
        return None

    def _withdraw(self, event: LinkWithdrawn) -> str | None:
        found = [row for row in self.standing(event.identifier) if row["link"].id == event.link]
        if not found:
            return "link-not-set"
        if event.actor not in {found[0]["link"].actor, c.AUTHORITY}:
            return "not-authorised"
        found[0] |= {"set": False, "withdrawn": True}
        return None


def play(data: st.DataObject, steps: int) -> tuple[World, Reference, list[LinkSet | LinkWithdrawn]]:
    """Draw a history, hold the rules to the reference, and give what was admitted."""
    world = World.open()
    batch = world.admit(world.harvest()).batch
    elders = world.admit(
        world.harvest(c.ELDER, c.OTHER_PLOT, batch=world.new_lot(c.RICE), place=c.ELDERS_YARD)
    ).batch
    owners = {batch: c.FARMER, elders: c.ELDER, c.PADDY: c.AUTHORITY, c.RICE: c.AUTHORITY}
    reference = Reference(owners)
    told: list[LinkSet | LinkWithdrawn] = []
    identifiers = (*owners, c.lot(c.PADDY, "GHOST"), c.UNREGISTERED)
    for _ in range(steps):
        for event in _drawn(data, world, reference, identifiers):
            expected = reference.expect(event)
            answer = world.submit(event)
            code = answer.code.value if isinstance(answer, Refusal) else None
            assert code == expected, (event, answer)
            if code is None:
                told.append(event)
    return world, reference, told


def _drawn(
    data: st.DataObject, world: World, reference: Reference, identifiers: tuple[str, ...]
) -> list[LinkSet | LinkWithdrawn]:
    def one(options: Any) -> Any:  # noqa: ANN401  a sequence
        return data.draw(st.sampled_from(options))

    identifier = one(identifiers)
    rarely = data.draw(st.integers(0, 7)) == 3
    owner = reference.owners.get(identifier, c.FARMER)
    actor = one(ACTORS) if rarely else owner
    what = data.draw(st.integers(0, 20))
    if what == 0:
        many = range(data.draw(st.integers(1, MOST_LINKS)))
        return [world.link(actor, identifier, language=f"{chr(97 + n // 26)}{chr(97 + n % 26)}")
                for n in many]  # fmt: skip
    if what < 8 and reference.rows:
        row = one(reference.rows)
        by = one(ACTORS) if rarely else row["link"].actor
        return [world.unlink(row["link"], by)]
    return [world.link(
        actor, identifier, one(TYPES), one(LANGUAGES), media_type=one(MEDIA),
        context=one(COUNTRIES),
    )]  # fmt: skip
