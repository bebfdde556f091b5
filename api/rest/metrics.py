"""Figures for a monitoring system, in Prometheus' text format (version 0.0.4)."""

from collections.abc import Iterator
from typing import Final

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from api.rest.context import Use
from ledger.log import Connection
from projections.lag import Lag, lags

router = APIRouter(tags=["health"])

_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_HELP: Final = {
    "position": "Position that a read model shows.",
    "lag_positions": "Events in the ledger that a read model does not show yet.",
    "lag_seconds": "Age of the oldest event that a read model does not show yet; 0 for none.",
}


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(services: Use) -> PlainTextResponse:
    """Give the ledger's position, and how far behind each read model is, in events and seconds."""
    with services.connection() as conn:
        text = "\n".join(_lines(conn))
    return PlainTextResponse(f"{text}\n", media_type=_TYPE)


def _lines(conn: Connection) -> Iterator[str]:
    found = lags(conn)
    yield "# HELP suyuan_ledger_position Events in the ledger."
    yield "# TYPE suyuan_ledger_position counter"
    yield f"suyuan_ledger_position {max((lag.head for lag in found), default=0)}"
    for name, text in _HELP.items():
        yield f"# HELP suyuan_projection_{name} {text}"
        yield f"# TYPE suyuan_projection_{name} gauge"
        yield from (
            f'suyuan_projection_{name}{{projection="{lag.name}"}} {_value(lag, name)}'
            for lag in found
        )


def _value(lag: Lag, name: str) -> float:
    values = {
        "position": lag.position, "lag_positions": lag.positions, "lag_seconds": lag.seconds,
    }  # fmt: skip
    return values[name]
