"""The public log: checkpoint, tiles, entry bundles (C2SP tlog-tiles), and the whole export."""

from base64 import b64encode
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from api.audience import Audience, may
from api.errors import Problem, not_found
from api.rest.context import Use
from api.signin.viewer import MaybeViewer, forbidden, not_signed_in
from domain import tags
from ledger import exporter, log
from ledger.cosigned import newest_cosigned
from ledger.database_tiles import DatabaseTiles, hash_reader
from ledger.errors import MalformedTile
from ledger.proofs import consistency_proof
from ledger.receipts import newest_checkpoint
from ledger.standing import about, ledger_now
from ledger.tiles import encode_entries, parse_tile_path, tile_width

router = APIRouter(tags=["log"])


@dataclass(frozen=True)
class LogKeyShown:
    """A key of the log: it signs checkpoints of `since` events and more, as `event` says."""

    log_key: str
    since: int
    event: str


_FOREVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_BRIEFLY: Final = {"Cache-Control": "public, max-age=5"}
_NOT_YET: Final = {"Cache-Control": "no-store"}
"""What is not there may be so in a moment: no cache may remember that it was not."""


@router.head("/checkpoint", include_in_schema=False)
@router.get("/checkpoint")
def checkpoint(
    *,
    services: Use,
    unwitnessed: Annotated[
        bool, Query(description="the newest at all, which witnesses may not have cosigned yet")
    ] = False,
) -> Response:
    """Give the newest checkpoint, a C2SP signed note.

    Where witnesses are configured it is the newest that enough of them cosigned: it may be some
    seconds behind. Without any, the newest is signed by the log alone.
    """
    policy = services.witnessing.policy
    with services.connection() as conn:
        newest = newest_checkpoint(conn)
        if newest is None:
            raise not_found("台账还没有开账。", "The ledger is not open yet.")
        cosigned = newest_cosigned(conn, policy) if policy.witnesses else None
    # With a quorum of none the cosignatures are taken along, not waited for.
    wanted = cosigned if policy.quorum and not unwitnessed else newest
    if wanted is None:
        raise _not_witnessed()
    if cosigned is not None and cosigned[0] == wanted[0]:
        wanted = cosigned
    return Response(wanted[1], media_type="text/plain; charset=utf-8", headers=_BRIEFLY)


def _not_witnessed() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "not-witnessed",
        "还没有够数的见证人签过检查点，请稍后再取；只要日志自己签的：/checkpoint?unwitnessed=1。",
        "Not enough witnesses have cosigned a checkpoint yet. Try again, or take the log's own:"
        " /checkpoint?unwitnessed=1.",
        headers={"Retry-After": "5"},
    )  # fmt: skip


@router.get("/api/log/keys")
def keys(services: Use) -> list[LogKeyShown]:
    """List the keys that sign checkpoints, each from its size on, the first one first.

    The receipt of the event that names a key is signed by the key before it too: whoever knows
    that one takes it from `/api/events/ID`, checks it, and so comes to know the next.
    """
    with services.connection() as conn:
        ledger = ledger_now(conn)
        events = {item.position: item.event.id for item in about(conn, tags.LEDGER)}
    if ledger is None:
        raise not_found("台账还没有开账。", "The ledger is not open yet.")
    return [LogKeyShown(key.vkey, key.since, events[key.since]) for key in ledger.log_keys]


@dataclass(frozen=True)
class Consistency:
    """The hashes (base64) that prove the tree of `new` events to begin with that of `old`."""

    old: int
    new: int
    proof: list[str]


@router.get("/api/log/consistency")
def consistency(
    services: Use,
    old: Annotated[int, Query(ge=1, description="the size of the older checkpoint")],
    new: Annotated[int, Query(ge=1, description="the size of the newer checkpoint")],
) -> Consistency:
    """Prove that the log only grew between two checkpoints (RFC 9162 §2.1.4)."""
    with services.connection() as conn:
        size = log.head(conn)
        if not old <= new <= size:
            raise Problem(
                HTTPStatus.BAD_REQUEST, "malformed",
                f"要 1 ≤ old ≤ new ≤ {size}：台账现在有 {size} 条。",
                f"Expected 1 <= old <= new <= {size}: the ledger has {size} events.",
            )  # fmt: skip
        proof = consistency_proof(old, new, hash_reader(conn, new))
    return Consistency(old, new, [b64encode(node).decode() for node in proof])


@router.head("/tile/{path:path}", include_in_schema=False)
@router.get("/tile/{path:path}")
def tile(path: str, services: Use) -> Response:
    """Give a tile of the tree, or a bundle of entries (SHA-256 of the stored envelopes).

    A partial one never changes either: what grows has another path.
    """
    missing = Problem(
        HTTPStatus.NOT_FOUND, "not-found", "没有这一块。", "There is no such tile.",
        headers=_NOT_YET,
    )  # fmt: skip
    try:
        ref = parse_tile_path(f"tile/{path}")
    except MalformedTile as error:
        raise missing from error
    with services.connection() as conn:
        size = log.head(conn)
        if ref.width > tile_width(size, ref.level or 0, ref.index):
            raise missing
        tiles = DatabaseTiles(conn)
        if ref.level is None:
            content = encode_entries(tiles.entries(ref.index, ref.width))
        else:
            content = tiles.tile(ref.level, ref.index, ref.width)
    return Response(content, media_type="application/octet-stream", headers=_FOREVER)


@router.get("/api/export")
def export(
    *,
    services: Use,
    viewer: MaybeViewer,
    witnessed: Annotated[
        bool, Query(description="up to the newest checkpoint that witnesses cosigned")
    ] = False,
) -> Response:
    """Stream the whole ledger for `suyuan verify`, a line an event.

    It holds every order. Where the operator says so (`SUYUAN_PRIVATE_EXPORT`), only the county's
    office gets it here, and auditors from the operator (`suyuan export`).
    """
    if services.settings.private_export and not may(viewer, Audience.COUNTY):
        raise not_signed_in() if viewer is None else forbidden()
    try:
        lines = exporter.export_in_parts(services.connection, witnessed=witnessed)
    except exporter.NothingToExport as error:
        zh = "见证人还没有签过检查点。" if witnessed else "台账还没有开账。"
        raise not_found(zh, str(error)) from error
    name = 'attachment; filename="suyuan.ndjson"'
    return StreamingResponse(
        lines, media_type="application/x-ndjson", headers={"Content-Disposition": name}
    )
