"""How far each read model is behind the ledger: by how many events, and for how long."""

from typing import Any, Final

import psycopg
from msgspec import Struct
from psycopg import sql

from ledger import log
from projections import schemas
from projections.registry import ALL

_AGE: Final = sql.SQL("""
SELECT greatest(extract(epoch FROM clock_timestamp() - admitted_at), 0)::float8
FROM ledger.event WHERE position = %s
""")


class Lag(Struct, frozen=True, kw_only=True):
    """A read model's position and the ledger's; `seconds`: age of the oldest event not shown."""

    name: str
    position: int
    head: int
    seconds: float

    @property
    def positions(self) -> int:
        """How many events it does not show yet."""
        return max(self.head - self.position, 0)


def lags(conn: psycopg.Connection[Any]) -> list[Lag]:
    """Give the lag of every read model; one that is not built yet stands at 0."""
    head = log.head(conn)
    found = []
    for model in ALL:
        position = schemas.position_of(conn, model.name) or 0
        row = conn.execute(_AGE, [position + 1]).fetchone() if position < head else None
        seconds = round(float(row[0]), 3) if row else 0.0
        found.append(Lag(name=model.name, position=position, head=head, seconds=seconds))
    return found
