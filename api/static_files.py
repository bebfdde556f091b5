"""Static files, compressed once where that saves something and the client takes it."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

from api.page_cache import Kept, answered, packed, takes_gzip

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
}
"""What is worth compressing; pictures and fonts are compressed as they are."""
_CACHE_CONTROL: Final = "public, max-age=600"
"""A new release is seen by whoever has the page open within ten minutes."""


class PackedFiles(StaticFiles):
    """Starlette's static files; of text it keeps the compressed form in memory."""

    @override
    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope,
        status_code: int = 200,
    ) -> Response:  # fmt: skip
        headers = Headers(scope=scope)
        media_type = _TYPES.get(Path(full_path).suffix)
        if media_type is None or not takes_gzip(headers.get("accept-encoding", "")):
            response = super().file_response(full_path, stat_result, scope, status_code)
            response.headers.setdefault("Cache-Control", _CACHE_CONTROL)
            return response
        kept = _kept(str(full_path), stat_result.st_mtime_ns, stat_result.st_size)
        return answered(headers, kept, media_type, {"Cache-Control": _CACHE_CONTROL})


@lru_cache(maxsize=256)
def _kept(path: str, _mtime_ns: int, _size: int) -> Kept:
    return packed(Path(path).read_bytes())
