"""The statement that writes a group: sent, and answered while other work goes on.

The driver's cursors wait for what they send, and take longer to prepare a call than the server to
plan it; here libpq is spoken to directly, through `psycopg.pq`.
"""

import select
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from struct import Struct as Layout
from typing import Any, Final

import psycopg
from psycopg.pq import ExecStatus, Format

from ledger.arrays import BinaryArray

_NAME: Final = b"ledger_append"
_SQL: Final = files("ledger").joinpath("append.sql").read_bytes()
_INT8: Final = Layout(">q").pack

Parameter = int | str | datetime | BinaryArray


class AppendStatement:
    """`append.sql` on one connection, which nobody else may use between `send` and `written`."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        """Prepare it."""
        self._pg = conn.pgconn
        # A plan for all groups: they differ in the length of their arrays, which changes nothing.
        conn.execute("SET plan_cache_mode = force_generic_plan")
        result = self._pg.prepare(_NAME, _SQL)
        if result.status != ExecStatus.COMMAND_OK:
            raise _error(result)

    @property
    def socket(self) -> int:
        """The descriptor that can be read when there is an answer."""
        return self._pg.socket

    def send(self, parameters: Sequence[Parameter]) -> None:
        """Send it.

        Raises:
            psycopg.Error: where the connection is lost.
        """
        values, formats = zip(*map(_written, parameters), strict=True)
        self._pg.send_query_prepared(_NAME, values, formats)
        while self._pg.flush():
            select.select([], [self.socket], [])

    def arrived(self) -> bool:
        """Take in what has come; tells whether `written` would answer without waiting.

        Raises:
            psycopg.Error: where the connection is lost.
        """
        self._pg.consume_input()
        return not self._pg.is_busy()

    def written(self) -> bool:
        """Wait for the answer; tells whether it wrote.

        Raises:
            psycopg.Error: where the database fails.
        """
        while not self.arrived():
            select.select([self.socket], [], [])
        wrote = False
        while (result := self._pg.get_result()) is not None:
            if result.status != ExecStatus.TUPLES_OK:
                raise _error(result)
            wrote = result.ntuples == 1
        return wrote


def _written(value: Parameter) -> tuple[bytes, Format]:
    if isinstance(value, BinaryArray):
        return value.data, Format.BINARY
    if isinstance(value, int):
        return _INT8(value), Format.BINARY
    return (value if isinstance(value, str) else value.isoformat()).encode(), Format.TEXT


def _error(result: psycopg.pq.abc.PGresult) -> psycopg.Error:
    state = result.error_field(psycopg.pq.DiagnosticField.SQLSTATE) or b""
    try:
        kind: type[psycopg.Error] = psycopg.errors.lookup(state.decode())
    except KeyError:
        kind = psycopg.DatabaseError
    return kind(result.get_error_message())
