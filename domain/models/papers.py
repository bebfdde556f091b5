"""Model of a batch's papers: certificates in force, numbers that were printed, and sold."""

from bisect import bisect_right
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.events import papers as p
from domain.events.movements import BatchSold


class Certificate(Struct, frozen=True):
    """A certificate of commitment in force: by whom, for how much, since when."""

    issuer: str
    quantity: int
    since: datetime
    position: int


class Run(Struct, frozen=True):
    """A print run that is no reprint: what it named, to be printed again only as a reprint."""

    kind: p.LabelKind
    template: str
    serials: p.Numbers | None
    ssccs: p.Numbers | None
    commitment: str | None
    since: datetime
    position: int


class Sold(Struct, frozen=True):
    """Units that were sold: from which number to which, by what event."""

    first: int
    last: int
    event: str
    position: int


class Papers(Struct, frozen=True):
    """Certificates in force and print runs, by the id of their event; units sold, by number."""

    certificates: dict[str, Certificate]
    runs: dict[str, Run]
    sold: tuple[Sold, ...] = ()

    @property
    def certified(self) -> int:
        """How much of the batch the certificates in force speak of."""
        return sum(certificate.quantity for certificate in self.certificates.values())


NO_PAPERS = Papers({}, {})


def evolve_papers(
    model: Papers, event: p.CommitmentIssued | p.CommitmentWithdrawn | p.LabelPrinted, position: int
) -> Papers:
    """Fold one event into a batch's papers."""
    match event:
        case p.CommitmentIssued():
            kept = {**model.certificates}
            kept.pop(event.replaces or "", None)
            kept[event.id] = Certificate(event.actor, event.quantity, event.occurred_at, position)
            return replace(model, certificates=kept)
        case p.CommitmentWithdrawn():
            kept = {**model.certificates}
            kept.pop(event.commitment, None)
            return replace(model, certificates=kept)
        case p.LabelPrinted() if event.reprint_of:
            return model
        case p.LabelPrinted():
            run = Run(
                event.kind, event.template, event.serials, event.ssccs, event.commitment,
                event.occurred_at, position,
            )  # fmt: skip
            return replace(model, runs={**model.runs, event.id: run})


def with_sold(model: Papers, event: BatchSold, position: int) -> Papers:
    """Note which units a sale names; they stay in the order of their numbers."""
    new = [Sold(int(one.first), int(one.last), event.id, position) for one in event.serials]
    return replace(model, sold=tuple(sorted((*model.sold, *new), key=lambda one: one.first)))


def sold_among(model: Papers, numbers: p.Numbers) -> Sold | None:
    """Find the sale of any unit of these numbers."""
    after = bisect_right(model.sold, int(numbers.last), key=lambda one: one.first)
    before = model.sold[after - 1] if after else None
    return before if before and before.last >= int(numbers.first) else None


def all_printed(model: Papers, numbers: p.Numbers) -> bool:
    """Tell whether each of these was printed as it is written; true where no serial ever was."""
    runs = [run.serials for run in model.runs.values() if run.serials]
    if not runs:
        return True
    alike = [one for one in runs if len(one.first) == len(numbers.first)]
    wanted = int(numbers.first)
    for first, last in sorted((int(one.first), int(one.last)) for one in alike):
        if first <= wanted <= last:
            wanted = last + 1
    return wanted > int(numbers.last)
