"""Labels as PDF, PNG, ZPL or TSPL, straight from a batch's passport; and the record of a run."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.errors import Problem, not_found, refusal_response
from api.label_order import NotPrinted, Order, Ordered, contradiction, ordered
from api.rest import label_answers
from api.rest.context import CaughtUp, Use
from api.rest.submitting import submitted
from api.services import Services
from domain.events.catalogue import AnyEvent, decode
from domain.events.papers import LabelKind, LabelPrinted
from domain.refusals import Refusal
from labels.errors import LabelError
from labels.job import calibration_sheet
from labels.outputs import MEDIA_TYPES, Output, preview, render
from labels.sheets import SHEETS
from ledger import envelope
from ledger.errors import LedgerError
from projections import papers, passport

router = APIRouter(tags=["labels"])

_SHEETS: Final = "one of " + ", ".join(SHEETS)
_NUMBERED: Final = frozenset({LabelKind.UNIT, LabelKind.CRATE})
JSON: Final = "application/json"


class Wanted(BaseModel):
    """A job; the words on the labels come from the batch's passport."""

    batch: str = Field(description="GTIN/LOT", examples=["02044538101035/20261012-TB07-3"])
    template: str = Field("a4-24", description=_SHEETS)
    kind: LabelKind = LabelKind.BATCH
    output: Output = Output.PDF
    count: int = Field(1, description="1 to 10,000")
    start: int = Field(1, description="the first free label of a sheet, from 1")
    first: str | None = Field(None, description="the first serial, or the first crate's SSCC")
    dpi: int = Field(203, description="of the print head, 203 or 300")
    certificate: str | None = Field(None, description="its id; by default the batch's newest")
    contact: str | None = Field(None, description="联系方式 on a certificate")
    issuer: str | None = Field(None, description="承诺主体, where the ledger may not name a person")
    reprint: bool = Field(default=False, description="whether the labels were printed before")
    outline: bool = Field(default=False, description="draw the labels' edges, for plain paper")

    def order(self) -> Order:
        """Give what is asked for, apart from the file."""
        fields = set(Order.__struct_fields__)
        return Order(**{name: value for name, value in self if name in fields})


class WantedAndRecorded(Wanted):
    """A job, with the signed `label.printed.v1` that records it."""

    envelope: dict[str, Any] | None = Field(None, description="a DSSE envelope")


@router.get("/api/labels/templates")
def list_templates() -> Response:
    """Give all stock with its measures in mm, and which labels and files there are for it."""
    return Response(msgspec.json.encode(label_answers.templates()), media_type=JSON)


@router.get("/api/labels/calibration")
def calibrate(
    template: Annotated[str, Query(description=_SHEETS)] = "a4-24",
) -> Response:
    """Give a page with rulers and outlines, to hold against the stock before printing on it."""
    with _Refusals():
        pdf = calibration_sheet(template)
    return Response(pdf, media_type=MEDIA_TYPES[Output.PDF])


@router.get("/api/labels/preview", dependencies=[CaughtUp])
def show_preview(wanted: Annotated[Wanted, Query()], services: Use) -> Response:
    """Give the first page as a PNG, dot for dot as it will be printed; nothing is recorded."""
    with _Refusals():
        png = preview(_ordered(services, wanted.order()).job, wanted.dpi)
    return Response(png, media_type=MEDIA_TYPES[Output.PNG])


@router.post("/api/labels")
async def print_labels(wanted: WantedAndRecorded, services: Use) -> Response:
    """Print labels; with an envelope of `label.printed.v1`, the run is recorded first.

    Labels with serials or SSCCs are printed only so, as a number is used once. Whatever can't be
    printed is refused before anything is recorded. The run's event and position are in the headers
    `Suyuan-Event` and `Suyuan-Position`; sending the same again gives the same file.
    """
    order = wanted.order()
    what, parts = await run_in_threadpool(_rendered, services, wanted)
    headers: dict[str, str] = {}
    if wanted.envelope is not None:
        raw = msgspec.json.encode(wanted.envelope)
        _hold_to_job(raw, order, what)
        outcome = (await submitted(services, [raw]))[0]
        if isinstance(outcome, Refusal):
            return refusal_response(outcome)
        headers = {
            "Suyuan-Event": outcome.event_id,
            "Suyuan-Position": str(outcome.receipt.position),
        }
    elif order.kind in _NUMBERED:
        raise _unrecorded()
    name = f"labels.{wanted.output.value}"
    headers["Content-Disposition"] = f'inline; filename="{name}"'
    return StreamingResponse(parts, media_type=MEDIA_TYPES[wanted.output], headers=headers)


@router.get("/api/labels/{gtin}/{lot:path}", dependencies=[CaughtUp])
def read_papers(gtin: str, lot: str, services: Use) -> Response:
    """Give a batch's certificates, those of what it was made of, and its print runs."""
    batch = f"{gtin}/{lot}"
    with services.connection() as conn:
        if passport.document_json(conn, batch) is None:
            raise _unknown(batch)
        answer = label_answers.papers(
            papers.certificates_of(conn, batch), papers.lineage(conn, batch),
            papers.runs_of(conn, batch),
        )  # fmt: skip
    return Response(msgspec.json.encode(answer), media_type=JSON)


@router.get("/labels/01/{gtin}/10/{lot:path}.pdf", dependencies=[CaughtUp])
def labels(
    gtin: str,
    lot: str,
    services: Use,
    sheet: Annotated[str, Query(description=_SHEETS)] = "a4-24",
    count: Annotated[int, Query(description="how many labels")] = 1,
    start: Annotated[int, Query(description="the first free label of a sheet, from 1")] = 1,
) -> Response:
    """Print labels of a batch: a QR with its GS1 Digital Link, and what it is, in Chinese."""
    order = Order(batch=f"{gtin}/{lot}", template=sheet, count=count, start=start)
    with _Refusals():
        pdf = b"".join(render(_ordered(services, order).job, Output.PDF))
    return Response(
        pdf, media_type=MEDIA_TYPES[Output.PDF], headers={"Content-Disposition": "inline"}
    )


class _Refusals:
    """Turns what can't be printed into a problem."""

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, LabelError):
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY, error.code, error.zh, error.en
            ) from error
        if isinstance(error, NotPrinted):
            refusal = error.refusal
            raise Problem(
                HTTPStatus.CONFLICT, refusal.code.value, refusal.zh, refusal.en
            ) from error


def _rendered(services: Services, wanted: Wanted) -> tuple[Ordered, Iterator[bytes]]:
    with _Refusals():
        what = _ordered(services, wanted.order())
        return what, render(what.job, wanted.output, wanted.dpi)


def _ordered(services: Services, order: Order) -> Ordered:
    with services.connection() as conn:
        found = ordered(conn, services.vault, services.settings.public_url, order)
    if found is None:
        raise _unknown(order.batch)
    return found


def _hold_to_job(raw: bytes, order: Order, what: Ordered) -> None:
    """Refuse an event that records something else; one that can't be read the ledger refuses."""
    event = _claimed(raw)
    if event is None:
        return
    field = contradiction(event, order, what) if isinstance(event, LabelPrinted) else "type"
    if field:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "label-run",
            f"打印记录的 {field} 与要打的标签不一致，没有打印，也没有记录。请核对后重新签名。",
            f"The event's {field} is not that of the labels; nothing was printed or recorded.",
        )  # fmt: skip


def _claimed(raw: bytes) -> AnyEvent | None:
    """Give an envelope's event, its signature unchecked; None where there is none to read."""
    try:
        return decode(envelope.parse(raw).payload)
    except (LedgerError, msgspec.MsgspecError):
        return None


def _unrecorded() -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "label-unrecorded",
        "单件标签和箱标的编号只能用一次，要连同签过名的打印记录一起送来。预览不用记录。",
        "Serials and SSCCs are used once: send the signed record of the run along. A preview needs"
        " none.",
    )  # fmt: skip


def _unknown(batch: str) -> Problem:
    return not_found(
        f"没有批次 {batch}，印不了标签。请核对批号。",
        f"There is no batch {batch} to print labels of. Check the lot.",
    )
