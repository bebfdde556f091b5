"""Liveness, and readiness: the database answers and the projections have caught up."""

import psycopg
from fastapi import APIRouter, Response

from api.rest.context import Use
from ledger import log

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
def live() -> dict[str, str]:
    """Say that the process runs."""
    return {"status": "ok"}


@router.get("/ready")
def ready(services: Use, response: Response) -> dict[str, object]:
    """Say whether reads are up to date: 503 until the projections have caught up at start."""
    try:
        with services.connection() as conn:
            head = log.head(conn)
    except psycopg.Error:
        response.status_code = 503
        return {"status": "database unreachable"}
    positions = services.runner.positions()
    if not services.runner.has_caught_up():
        response.status_code = 503
        return {"status": "catching up", "head": head, "projections": positions}
    return {"status": "ok", "head": head, "projections": positions}
