"""Model of a batch's papers: certificates in force, and the numbers that were printed."""

from datetime import datetime

from msgspec import Struct

from domain.events import papers as p


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


class Papers(Struct, frozen=True):
    """Certificates in force and print runs, by the id of their event."""

    certificates: dict[str, Certificate]
    runs: dict[str, Run]

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
            return Papers(kept, model.runs)
        case p.CommitmentWithdrawn():
            kept = {**model.certificates}
            kept.pop(event.commitment, None)
            return Papers(kept, model.runs)
        case p.LabelPrinted() if event.reprint_of:
            return model
        case p.LabelPrinted():
            run = Run(
                event.kind, event.template, event.serials, event.ssccs, event.commitment,
                event.occurred_at, position,
            )  # fmt: skip
            return Papers(model.certificates, {**model.runs, event.id: run})
