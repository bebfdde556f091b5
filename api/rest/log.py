"""The public log: checkpoint, tiles, entry bundles (C2SP tlog-tiles), and the whole export."""

from collections.abc import Iterator
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from api.errors import not_found
from api.rest.context import Use
from ledger import exporter, log
from ledger.database_tiles import DatabaseTiles
from ledger.errors import MalformedTile
from ledger.receipts import latest_checkpoint
from ledger.tiles import WIDTH, encode_entries, parse_tile_path, tile_width

router = APIRouter(tags=["log"])

_FOREVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_BRIEFLY: Final = {"Cache-Control": "public, max-age=5"}


@router.get("/checkpoint")
def checkpoint(services: Use) -> Response:
    """Give the newest checkpoint, a C2SP signed note."""
    with services.connection() as conn:
        note = latest_checkpoint(conn)
    if note is None:
        raise not_found("台账还没有开账。", "The ledger is not open yet.")
    return Response(note, media_type="text/plain; charset=utf-8", headers=_BRIEFLY)


@router.get("/tile/{path:path}")
def tile(path: str, services: Use) -> Response:
    """Give a tile of the tree, or a bundle of entries (SHA-256 of the stored envelopes)."""
    missing = not_found("没有这一块。", "There is no such tile.")
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
    headers = _FOREVER if ref.width == WIDTH else _BRIEFLY
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.get("/api/export")
def export(services: Use) -> Response:
    """Stream the whole ledger for `suyuan verify`, a line an event."""
    with services.connection() as conn:
        try:
            exporter.export_ledger(conn)
        except exporter.NothingToExport as error:
            raise not_found("台账还没有开账。", str(error)) from error

    def lines() -> Iterator[bytes]:
        with services.connection() as conn:
            yield from exporter.export_ledger(conn)

    name = 'attachment; filename="suyuan.ndjson"'
    return StreamingResponse(
        lines(), media_type="application/x-ndjson", headers={"Content-Disposition": name}
    )
