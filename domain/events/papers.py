"""What is put on paper about a batch: certificates of commitment, and printed labels."""

from enum import Enum
from typing import Annotated, Final

from msgspec import Meta, Struct

from domain.events.base import Movement, Text
from domain.ids import BatchId, Digits, EventId, PartyId, Sha256Hex, is_sscc
from domain.measures import Amount, Unit

MAX_PRINTED: Final = 10_000
"""The most labels of one print run."""


class Commitment(Enum):
    """What the issuer of a certificate promises of the produce.

    Source: 农产品质量安全承诺达标合格证管理办法 (农业农村部令2025年第4号).
    """

    NO_BANNED_SUBSTANCES = "no_banned_substances"
    RESIDUES_WITHIN_LIMITS = "residues_within_limits"


class Basis(Enum):
    """What a commitment rests on: control of quality in the making, or a test.

    Source: 农产品质量安全承诺达标合格证管理办法 (农业农村部令2025年第4号).
    """

    QUALITY_CONTROL = "quality_control"
    OWN_TEST = "own_test"
    COMMISSIONED_TEST = "commissioned_test"


class CommitmentIssued(Movement, frozen=True, kw_only=True, tag="commitment.issued.v1"):
    """A certificate of commitment (承诺达标合格证) for so much of a batch; its id names it.

    A batch may have several. One that `replaces` another of the same batch takes its place.
    """

    batch: BatchId
    quantity: Amount
    unit: Unit
    basis: Annotated[tuple[Basis, ...], Meta(min_length=1, max_length=len(Basis))]
    commitments: Annotated[tuple[Commitment, ...], Meta(min_length=1, max_length=len(Commitment))]
    report: Sha256Hex | None = None
    replaces: EventId | None = None


class CommitmentWithdrawn(Movement, frozen=True, kw_only=True, tag="commitment.withdrawn.v1"):
    """The issuer takes a certificate back: from now on it commits to nothing."""

    batch: BatchId
    commitment: EventId
    reason: Text


class LabelKind(Enum):
    """What a label stands for."""

    BATCH = "batch"
    UNIT = "unit"
    CRATE = "crate"
    CERTIFICATE = "certificate"


class Numbers(Struct, frozen=True, forbid_unknown_fields=True):
    """Consecutive numbers of one length, from the first to the last."""

    first: Digits
    last: Digits

    def __post_init__(self) -> None:
        """Hold the two to their order."""
        if len(self.first) != len(self.last) or self.first > self.last:
            raise ValueError(f"{self.first} to {self.last} is no range of numbers of one length")


class LabelPrinted(Movement, frozen=True, kw_only=True, tag="label.printed.v1"):
    """So many labels of a batch were printed; its id names the print run.

    A unit label has a serial each (AI 21), a crate's label its SSCC (AI 00), a certificate's label
    the certificate. `holder` is the member for whom a cooperative prints. A reprint names the run
    that printed these numbers first.
    """

    batch: BatchId
    template: Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*\Z")]
    kind: LabelKind
    count: Annotated[int, Meta(ge=1, le=MAX_PRINTED)]
    serials: Numbers | None = None
    ssccs: Numbers | None = None
    commitment: EventId | None = None
    holder: PartyId | None = None
    reprint_of: EventId | None = None

    def __post_init__(self) -> None:
        """Hold what a kind must name to the kind, and its numbers to the count."""
        for kind, name in _NAMES.items():
            if (getattr(self, name) is not None) is not (self.kind is kind):
                raise ValueError(f"`{name}` belongs to labels of kind {kind.value}, and only there")
        if self.serials and int(self.serials.last) - int(self.serials.first) + 1 != self.count:
            raise ValueError(f"the serials are not {self.count}")
        if self.ssccs:
            _hold_to_count(self.ssccs, self.count)


_NAMES: Final = {
    LabelKind.UNIT: "serials",
    LabelKind.CRATE: "ssccs",
    LabelKind.CERTIFICATE: "commitment",
}
"""What the labels of a kind must name."""


def _hold_to_count(ssccs: Numbers, count: int) -> None:
    """Hold SSCCs to their check digits; the last digit is not counted on."""
    for sscc in (ssccs.first, ssccs.last):
        if not is_sscc(sscc):
            raise ValueError(f"{sscc} is no SSCC: 18 digits with the right check digit")
    if int(ssccs.last[:-1]) - int(ssccs.first[:-1]) + 1 != count:
        raise ValueError(f"the SSCCs are not {count}")
