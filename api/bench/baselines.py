"""What the ledger's speed is compared with: bare signature checks and bare writes."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any, Final

import psycopg
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.postgres_tt import PostgresDCBRecorderTT
from eventsourcing.postgres import PostgresDatastore

from api.bench.measure import rate
from ledger import envelope
from ledger.did_key import parse_did_key

_TABLE: Final = """
DROP TABLE IF EXISTS bench_copy;
CREATE TABLE bench_copy (
    position    bigint      PRIMARY KEY,
    type        text        NOT NULL,
    data        bytea       NOT NULL,
    admitted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE bench_copy ALTER COLUMN data SET STORAGE EXTERNAL;
"""
_NUMBERS: Final = count(1)


def ed25519(raws: Sequence[bytes]) -> float:
    """Verify signatures on all cores and nothing else: signatures a second."""
    checks = []
    for raw in raws:
        parsed = envelope.parse(raw)
        message = envelope.pae(parsed.payloadType, parsed.payload)
        checks += [(parse_did_key(s.keyid), s.sig, message) for s in parsed.signatures]
    cores = os.cpu_count() or 1
    parts = [checks[n::cores] for n in range(cores)]

    def verify(part: Sequence[Any]) -> bool:
        return all(key.verify(sig, message) for key, sig, message in part)

    def work() -> None:
        with ThreadPoolExecutor(cores) as threads:
            if not all(threads.map(verify, parts)):
                raise ValueError("a signature of the workload is bad")

    return rate(len(checks), work)


def copy(url: str, raws: Sequence[bytes], group: int) -> float:
    """Write the same rows with binary `COPY`, a commit a group: rows a second."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(_TABLE)

        def work() -> None:
            for at in range(0, len(raws), group):
                _copy_group(conn, raws[at : at + group], at)

        return rate(len(raws), work)


def _copy_group(conn: psycopg.Connection[Any], raws: Sequence[bytes], base: int) -> None:
    statement = "COPY bench_copy (position, type, data) FROM STDIN (FORMAT binary)"
    with conn.cursor() as cursor, cursor.copy(statement) as copying:
        copying.set_types(["int8", "text", "bytea"])
        for number, raw in enumerate(raws, base):
            copying.write_row((number, "batch.harvested.v1", raw))


def one_row(url: str, raws: Sequence[bytes]) -> float:
    """Insert row by row, a commit each: rows a second."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(_TABLE)

        def work() -> None:
            for number, raw in enumerate(raws):
                conn.execute(
                    "INSERT INTO bench_copy (position, type, data) VALUES (%s, %s, %s)",
                    [number, "batch.harvested.v1", raw],
                )

        return rate(len(raws), work)


def eventsourcing_recorder(url: str, raws: Sequence[bytes]) -> float:
    """Append one at a time to the library's own PostgreSQL recorder, on a condition."""
    info = {name: str(value) for name, value in psycopg.conninfo.conninfo_to_dict(url).items()}
    datastore = PostgresDatastore(
        dbname=info["dbname"], host=info["host"], port=info.get("port", "5432"),
        user=info["user"], password=info.get("password", ""),
    )  # fmt: skip
    recorder = PostgresDCBRecorderTT(datastore, events_table_name=f"bench_dcb_{next(_NUMBERS)}")
    recorder.create_table()

    def work() -> None:
        for number, raw in enumerate(raws):
            tags = [f"event:{number}", f"batch:{number}"]
            condition = DCBAppendCondition(DCBQuery([DCBQueryItem(tags=tags[:1])]))
            recorder.append([DCBEvent("batch.harvested.v1", raw, tags)], condition)

    try:
        return rate(len(raws), work)
    finally:
        datastore.close()
