"""A generated county in a PostgreSQL of its own: its events as stored, without a sequencer."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from api.bench.county.files import CountyFile
from api.bench.measure import Tell
from api.embedded import embedded_server
from domain import tags
from domain.events.catalogue import decode, type_of
from ledger import envelope, export
from ledger.log import Connection
from ledger.schema import install, reaching

_EVENT: Final = "COPY ledger.event (position, type, data, admitted_at) FROM STDIN (FORMAT BINARY)"
_TAG: Final = "COPY ledger.tag (tag, position) FROM STDIN (FORMAT BINARY)"
_RUN: Final = 20_000


class Loaded(Struct, frozen=True):
    """A ledger that is whole but for its tree, which no read model looks at."""

    url: str
    county: CountyFile
    postgres: str
    """The server's version."""


@contextmanager
def loaded(county: CountyFile, folder: Path, tell: Tell) -> Iterator[Loaded]:
    """Start a PostgreSQL with fsync on, put the county's events in, clear all away at the end."""
    data = Path(tempfile.mkdtemp(prefix="loaded-", dir=folder))
    tell(f"loading {county.manifest.spec.events:,} events")
    try:
        with embedded_server(data) as url:
            with reaching(url) as conn:
                install(conn)
                version = str(conn.info.server_version)
                _load(conn, county)
            yield Loaded(url, county, version)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _load(conn: Connection, county: CountyFile) -> None:
    rows: list[tuple[object, ...]] = []
    names: list[tuple[str, int]] = []
    position = 0
    for line in _lines(county.path):
        event = decode(envelope.parse(line.envelope).payload)
        position = line.position
        rows.append((position, type_of(event), line.envelope, line.admitted_at))
        # Corrections are found by the id of what they correct; no other tag is looked for here.
        names.append((tags.recorded(event.id), position))
        if len(rows) == _RUN:
            _write(conn, rows, names)
            rows, names = [], []
    _write(conn, rows, names)
    conn.execute("UPDATE ledger.head SET position = %s", [position])
    conn.execute("ANALYZE ledger.event, ledger.tag")


def _lines(path: Path) -> Iterator[export.Line]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if number > 1 and isinstance(line := export.read_line(raw, number), export.Line):
                yield line


def _write(
    conn: Connection,
    rows: list[tuple[object, ...]],
    names: list[tuple[str, int]],
) -> None:
    with conn.transaction(), conn.cursor() as cursor:
        with cursor.copy(_EVENT) as copy:
            copy.set_types(["int8", "text", "bytea", "timestamptz"])
            for row in rows:
                copy.write_row(row)
        with cursor.copy(_TAG) as copy:
            copy.set_types(["text", "int8"])
            for name in names:
                copy.write_row(name)
