"""What a consumer may see of a batch: one ready JSON document, found by its primary key."""

from datetime import date, datetime
from typing import Any, Final, Literal

import msgspec
import psycopg
from msgspec import Struct

from domain.epcis import canonical_key
from projections.amounts import Shown
from projections.halts import BODIES_OVER, Halt

MOST_STEPS: Final = 60
"""The most steps, and the most origins, that a document holds; it says how many it leaves out."""
MOST_HOLDERS: Final = 20
"""The most holdings that a document lists."""


class Who(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A party: our id, with an organisation's name, or an identifier that a foreign event gives.

    A person's name is never here; it comes from the vault when shown.
    """

    id: str
    name: str | None = None
    kind: str | None = None


class Where(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place: our id with name, kind and township code, or a foreign identifier alone."""

    id: str
    name: str | None = None
    kind: str | None = None
    township: str | None = None


class Amount(Struct, frozen=True, kw_only=True):
    """So much of a batch, in a unit (UN/ECE Rec 20); `quantity` None: not counted."""

    batch: str
    quantity: Shown | None
    unit: str | None


class Signature(Struct, frozen=True, kw_only=True):
    """Who signed a step: the key, whose it is, who keeps it.

    `for_actor`: a cooperative signed in the actor's name.
    """

    key: str
    party: Who | None
    custody: str | None
    for_actor: bool


class Corrected(Struct, frozen=True, kw_only=True):
    """A step stands corrected, or withdrawn: by which event, where, when, by whom, why."""

    event: str
    position: int
    occurred_at: datetime
    actor: str
    reason: str


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to a batch, or to what it was made of.

    `kind`: `harvested`, `transformed` (it came out), `used` (it went in), `shipped`, `received`,
    `inspected`, `certified` (a certificate of commitment was issued), `uncertified` (it was
    withdrawn), `sold`, `disposed`, `held`, `released`, `recalled`, `recall_closed`, or `captured`
    (a foreign event). `batch` is the batch that it
    happened to. `late`: admitted more than a day after it occurred. `process`, `grade`, `standard`,
    `result`, `finding`, `report` (SHA-256), `reason`, `channel`, `biz_step`, `basis` and
    `commitments` as the event has them; `certificate` is the id of the one issued or withdrawn;
    `lost` is what was short on receipt. A long list of inputs or outputs is cut, the rest counted.
    Of a foreign event the actor is who brought it, and `source` whom it names as the giving side.
    In the JSON, what does not apply is left out.
    """

    kind: str
    batch: str
    event: str
    position: int
    occurred_at: datetime
    admitted_at: datetime
    late: bool
    actor: Who
    signed: tuple[Signature, ...]
    place: Where | None = None
    quantity: Shown | None = None
    unit: str | None = None
    inputs: tuple[Amount, ...] = ()
    inputs_left_out: int = 0
    outputs: tuple[Amount, ...] = ()
    outputs_left_out: int = 0
    lost: int | None = None
    process: str | None = None
    grade: str | None = None
    source: Who | None = None
    to: Who | None = None
    to_place: Where | None = None
    carrier: Who | None = None
    shipment: str | None = None
    standard: str | None = None
    result: str | None = None
    finding: str | None = None
    report: str | None = None
    reason: str | None = None
    channel: str | None = None
    biz_step: str | None = None
    certificate: str | None = None
    basis: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()
    corrected: Corrected | None = None


class Treatment(Struct, frozen=True, kw_only=True):
    """A treatment of the plot within the year before the harvest."""

    event: str
    position: int
    occurred_at: datetime
    substance: str
    registration: str
    dose: str
    interval_days: int
    late: bool


class Origin(Struct, frozen=True, kw_only=True):
    """Where something in the batch grew; `plot` and `holder` of a foreign one as it names them."""

    batch: str
    event: str
    position: int
    plot: Where | None
    holder: Who | None
    harvested_on: date
    quantity: Shown | None
    unit: str | None
    treatments: tuple[Treatment, ...]


class Product(Struct, frozen=True, kw_only=True):
    """The product as registered; `county_issued`: its number holds in the county only."""

    gtin: str
    zh: str | None
    en: str | None
    category: str | None
    unit: str | None
    content_quantity: int | None
    content_unit: str | None
    county_issued: bool


class Held(Struct, frozen=True, kw_only=True):
    """How much of the batch a party holds at a place."""

    party: Who
    place: Where
    quantity: int


class Stock(Struct, frozen=True, kw_only=True):
    """Where the batch is now, in its smallest unit.

    `made` is the sum of the others: held, on the way, used up in processes, sold to consumers,
    disposed of, lost on the way. `holders` lists the largest holdings, `holders_left_out` counts
    the rest. All 0 for a foreign batch.
    """

    made: int
    held: int
    on_the_way: int
    used: int
    sold: int
    disposed: int
    lost: int
    holders: tuple[Held, ...]
    holders_left_out: int


class Certified(Struct, frozen=True, kw_only=True):
    """A certificate of commitment (承诺达标合格证) of the batch that is in force.

    `event` is its id. `basis` and `commitments` are the words of `domain.events.papers`; `report`
    is the SHA-256 of a test report.
    """

    event: str
    position: int
    issued_at: datetime
    issuer: Who
    place: Where
    quantity: int
    unit: str
    basis: tuple[str, ...]
    commitments: tuple[str, ...]
    report: str | None
    replaces: str | None
    signed: tuple[Signature, ...]


class Revoked(Struct, frozen=True, kw_only=True):
    """An authorisation was taken back: by which event, where, when, why."""

    event: str
    position: int
    at: datetime
    reason: str


class Mark(Struct, frozen=True, kw_only=True):
    """The geographical-indication mark that a batch bears, with its authorisation.

    `event` is the grant to `party`; `claimed_by` the event that made the batch and claims it.
    `townships` are the codes of where its goods may grow. What was made before a grant was
    `revoked` keeps its mark.
    """

    mark: str
    zh: str
    en: str
    claimed_by: str
    event: str
    position: int
    granted_at: datetime
    party: Who
    townships: tuple[str, ...]
    until: datetime | None
    revoked: Revoked | None


class Passport(Struct, frozen=True, kw_only=True):
    """The document of a batch.

    `id` is `GTIN/LOT` or the foreign identifier it was first seen by. `made` is the step that made
    it, None where that is not on record. `timeline` has the batch's own steps and those of what it
    was made of, up to its making, in order of time; where there are more than `MOST_STEPS`, what
    was inspected, made or harvested is kept before what was moved, and the newest before the old.
    A step that reached an ancestor's document by two ways and was left out counts twice in
    `timeline_left_out`. `withdrawn` are steps of the batch itself that were declared in error.
    `certificates` are those of this batch in force, the oldest first; what it was made of had its
    own, which are steps of the timeline. `mark` is what this very batch bears; what it was made of
    had its own claim.
    `position` is that of the last event that changed the document. `halts` are the holds and
    recalls that the batch lies under now, itself or by what it was made of, recalls first; they are
    added when the document is read, so that a recall need not write 100,000 of them anew.
    """

    id: str
    key: str
    kind: Literal["own", "foreign"]
    gtin: str | None
    lot: str | None
    product: Product | None
    made: Step | None
    origins: tuple[Origin, ...]
    origins_left_out: int
    timeline: tuple[Step, ...]
    timeline_left_out: int
    withdrawn: tuple[Step, ...]
    stock: Stock
    position: int
    certificates: tuple[Certified, ...] = ()
    mark: Mark | None = None
    halts: tuple[Halt, ...] = ()


def is_withdrawn(found: Passport | None) -> bool:
    """Tell whether a batch of our own is gone: what made it was declared in error."""
    return (
        found is not None and found.kind == "own" and found.made is None and bool(found.withdrawn)
    )


_DECODER: Final = msgspec.json.Decoder(Passport)
_HALTS: Final = BODIES_OVER.format(key="d.batch")
_ONE: Final = f"SELECT d.body, {_HALTS} FROM passport.document d WHERE d.batch = %s"  # noqa: S608
_SEVERAL: Final = (
    f"SELECT d.batch, d.body, {_HALTS} FROM passport.document d WHERE d.batch = ANY(%s)"  # noqa: S608
)


def document_json(conn: psycopg.Connection[Any], batch: str) -> bytes | None:
    """Give the document of a batch as JSON, ready to send.

    The batch is named by `GTIN/LOT`, an LGTIN or SGTIN URN, or a GS1 Digital Link; None where no
    event speaks of it.
    """
    with conn.cursor(binary=True) as cursor:
        cursor.execute(_ONE, [canonical_key(batch)])
        row = cursor.fetchone()
    return _with_halts(*row) if row else None


def document(conn: psycopg.Connection[Any], batch: str) -> Passport | None:
    """Give the document of a batch; named as for `document_json`."""
    body = document_json(conn, batch)
    return None if body is None else decoded(body)


def decoded(body: bytes) -> Passport:
    """Read a document as `document_json` gives it."""
    return _DECODER.decode(body)


def documents(conn: psycopg.Connection[Any], batches: list[str]) -> dict[str, Passport]:
    """Give the documents of those of these batches that have one, by the name asked for."""
    names = {canonical_key(batch): batch for batch in batches}
    with conn.cursor(binary=True) as cursor:
        cursor.execute(_SEVERAL, [list(names)])
        return {
            names[batch]: _DECODER.decode(_with_halts(body, halts))
            for batch, body, halts in cursor.fetchall()
        }


def _with_halts(body: bytes, halts: list[bytes] | None) -> bytes:
    return bytes(body[:-1]) + b',"halts":[' + b",".join(halts or ()) + b"]}"
