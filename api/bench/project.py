"""`suyuan bench project`: all read models from the first event on, beside `COPY` of their rows.

And how far they are behind while events are written at a steady rate.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import psycopg
from msgspec import Struct
from psycopg import sql

from api.bench.county.files import generated
from api.bench.county.spec import Spec
from api.bench.lag import RATE, steady_lag
from api.bench.loaded import Loaded, loaded
from api.bench.measure import Baseline, Plan, rate
from api.bench.throwaway import Throwaway, throwaway
from api.bench.workbench import Workbench
from api.services import SWITCH_INTERVAL_S
from projections import schemas
from projections.registry import ALL
from projections.runner import Projection, Runner

_FULL: Final = 100_000
_QUICK: Final = 3000
_BARE: Final = "bench_bare"
_TABLES: Final = """
SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1, 2
"""


@contextmanager
def plan(bench: Workbench) -> Iterator[Plan]:
    """Compare building every read model with raw binary `COPY` of the rows that come of it."""
    county = generated(Spec(bench.size(_FULL, _QUICK)), bench.folder, bench.tell)
    events = county.manifest.spec.events
    seconds = 3.0 if bench.quick else 10.0
    with (
        loaded(county, bench.folder, bench.tell) as ledger,
        throwaway(bench.folder) as written,
        _following(written) as runner,
    ):
        rows = _rows_of(ledger)
        yield Plan(
            name="project",
            unit="events/s",
            size=events,
            figure=lambda: _build(ledger, ALL),
            baselines={"copy": Baseline(lambda: _copy(ledger, rows))},
            also={
                **{model.name: partial(_build, ledger, (model,)) for model in ALL},
                f"lag p95 at {RATE} events/s, ms": lambda: steady_lag(written, runner, seconds),
            },
            versions={"postgresql": ledger.postgres},
        )


@contextmanager
def _following(ledger: Throwaway) -> Iterator[Runner]:
    """Follow a ledger as a server does."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    runner = Runner(ledger.url, ALL)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


class _Table(Struct, frozen=True):
    """A table's rows as PostgreSQL sends and takes them in binary."""

    schema: str
    name: str
    columns: tuple[str, ...]
    data: list[bytes]


def _build(ledger: Loaded, models: tuple[Projection, ...]) -> float:
    with psycopg.connect(ledger.url, autocommit=True) as conn:
        for model in models:
            schemas.drop(conn, model.name)
        conn.execute("CHECKPOINT")
    runner = Runner(ledger.url, models)
    return rate(ledger.county.manifest.spec.events, runner.catch_up)


def _rows_of(ledger: Loaded) -> list[_Table]:
    """Build every model once, and take its rows out again."""
    Runner(ledger.url, ALL).catch_up()
    with psycopg.connect(ledger.url, autocommit=True) as conn:
        names = conn.execute(_TABLES, [[model.name for model in ALL]]).fetchall()
        return [_taken_out(conn, schema, name) for schema, name in names]


def _taken_out(conn: psycopg.Connection[Any], schema: str, name: str) -> _Table:
    columns = conn.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [f'"{schema}"."{name}"'],
    ).fetchall()
    named = tuple(column for (column,) in columns)
    statement = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT BINARY)").format(
        sql.Identifier(schema, name), sql.SQL(", ").join(map(sql.Identifier, named))
    )
    with conn.cursor().copy(statement) as copy:
        return _Table(schema, name, named, [bytes(block) for block in copy])


def _copy(ledger: Loaded, tables: list[_Table]) -> float:
    """Write the same rows into tables with the same indexes, and nothing else."""
    with psycopg.connect(ledger.url, autocommit=True) as conn:
        conn.execute(f"DROP SCHEMA IF EXISTS {_BARE} CASCADE; CREATE SCHEMA {_BARE}".encode())
        for table in tables:
            like = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING IDENTITY)")
            into = sql.Identifier(_BARE, f"{table.schema}_{table.name}")
            conn.execute(like.format(into, sql.Identifier(table.schema, table.name)))
        conn.execute("CHECKPOINT")

        def work() -> None:
            for table in tables:
                _copied(conn, table)

        return rate(ledger.county.manifest.spec.events, work)


def _copied(conn: psycopg.Connection[Any], table: _Table) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(_BARE, f"{table.schema}_{table.name}"),
        sql.SQL(", ").join(map(sql.Identifier, table.columns)),
    )
    with conn.transaction(), conn.cursor().copy(statement) as copy:
        for block in table.data:
            copy.write(block)
