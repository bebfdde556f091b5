"""What somebody wants printed, and the job that it is: the words come from the ledger."""

from msgspec import Struct
from msgspec.structs import replace

from api.label_content import certificate_words, label_content
from domain.events.papers import LabelKind, LabelPrinted, Numbers
from domain.refusals import Code, Refusal, refuse
from labels.errors import CountError, SerialsError
from labels.job import MOST_LABELS, Job
from labels.numbering import serials_from, ssccs_from
from ledger.log import Connection
from ledger.vault import Vault
from projections import passport


class Order(Struct, frozen=True, kw_only=True):
    """Labels of a batch (`GTIN/LOT`), as they are asked for.

    `first` is the first serial of unit labels, or the first SSCC of crates'. `certificate` is the
    id of a certificate in force, by default the newest of the batch; `contact` what it gives as
    联系方式, `issuer` who it says issues it, where the ledger may not name that person. `reprint`
    marks the labels as printed again.
    """

    batch: str
    template: str
    kind: LabelKind = LabelKind.BATCH
    count: int = 1
    start: int = 1
    first: str | None = None
    certificate: str | None = None
    contact: str | None = None
    issuer: str | None = None
    reprint: bool = False
    outline: bool = False


class NotPrinted(Exception):
    """No label is made: the batch is recalled, or has no certificate such as is asked for."""

    def __init__(self, refusal: Refusal) -> None:
        """Say it in the ledger's words."""
        super().__init__(refusal.en)
        self.refusal = refusal


class Ordered(Struct, frozen=True):
    """A job, and the certificate that its labels are of."""

    job: Job
    certificate: str | None


def ordered(conn: Connection, vault: Vault, public_url: str, order: Order) -> Ordered | None:
    """Give the job of an order; None where there is no such batch of ours.

    Raises:
        LabelError: the count, the numbers or a word can't be printed.
        NotPrinted: see there.
    """
    if not 1 <= order.count <= MOST_LABELS:
        raise CountError(order.count, MOST_LABELS)
    found = passport.document(conn, order.batch)
    content = label_content(conn, vault, public_url, order.batch, found)
    if found is None or content is None:
        return None
    refusal = recalled(found)
    if refusal:
        raise NotPrinted(refusal)
    certificate = None
    if order.kind is LabelKind.CERTIFICATE:
        certificate = _certificate(found, order.certificate)
        words = certificate_words(conn, vault, certificate, order.contact, order.issuer)
        content = replace(content, certificate=words)
    job = Job(
        content=replace(content, reprint=order.reprint), template=order.template, kind=order.kind,
        count=order.count, start=order.start, numbers=_numbers(order), outline=order.outline,
    )  # fmt: skip
    return Ordered(job, certificate.event if certificate else None)


def recalled(found: passport.Passport) -> Refusal | None:
    """Refuse labels of what is called back, itself or by what it was made of.

    The ledger would admit the record of a run that was printed all the same: it is a fact. Of what
    is only held, labels are made: it lies where it is, and may be released.
    """
    recall = next((halt for halt in found.halts if halt.kind == "recall"), None)
    if recall is None:
        return None
    return refuse(
        Code.RECALLED, batch=found.id, root=recall.batch, cause=recall.event,
        position=recall.position,
    )  # fmt: skip


def numbers_of(job: Job) -> Numbers | None:
    """Give the range of a job's numbers, as an event names it."""
    return Numbers(job.numbers[0], job.numbers[-1]) if job.numbers else None


def contradiction(event: LabelPrinted, order: Order, what: Ordered) -> str | None:
    """Name the field in which a print run's event says something else than the job; or None."""
    numbers = numbers_of(what.job)
    told = {
        "batch": (event.batch, order.batch),
        "template": (event.template, order.template),
        "kind": (event.kind, order.kind),
        "count": (event.count, order.count),
        "serials": (event.serials, numbers if order.kind is LabelKind.UNIT else None),
        "ssccs": (event.ssccs, numbers if order.kind is LabelKind.CRATE else None),
        "commitment": (event.commitment, what.certificate),
        "reprint_of": (event.reprint_of is not None, order.reprint),
    }
    return next((field for field, (said, asked) in told.items() if said != asked), None)


def _numbers(order: Order) -> tuple[str, ...] | None:
    if order.kind is LabelKind.UNIT and order.first:
        return serials_from(order.first, order.count)
    if order.kind is LabelKind.CRATE and order.first:
        return ssccs_from(order.first, order.count)
    if order.first or order.kind in {LabelKind.UNIT, LabelKind.CRATE}:
        raise SerialsError(
            "单件标签要写第一个编号，箱标要写第一个箱码，别的标签不编号",
            "labels of units need a first serial, of crates a first SSCC, others have none",
        )
    return None


def _certificate(found: passport.Passport, wanted: str | None) -> passport.Certified:
    fitting = [one for one in found.certificates if wanted in {None, one.event}]
    if not fitting:
        raise NotPrinted(
            refuse(Code.CERTIFICATE_NOT_OPEN, commitment_zh=wanted or f"（批次 {found.id}）",
                   commitment_en=wanted or f"of the batch {found.id}")
        )  # fmt: skip
    return fitting[-1]
