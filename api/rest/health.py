"""Liveness, and readiness: the database answers and the projections have caught up."""

from fastapi import APIRouter, Response

from api.rest.context import Use

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
def live() -> dict[str, str]:
    """Say that the process runs."""
    return {"status": "ok"}


@router.get("/ready")
def ready(services: Use, response: Response) -> dict[str, object]:
    """Say whether reads are up to date: 503 until the projections have caught up at start."""
    head = services.head()
    if head is None:
        response.status_code = 503
        return {"status": "database unreachable"}
    positions = services.runner.positions()
    if not services.runner.has_caught_up():
        response.status_code = 503
        return {"status": "catching up", "head": head, "projections": positions}
    return {"status": "ok", "head": head, "projections": positions}
