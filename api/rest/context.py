"""What handlers take from the request: the services, and the wait for one's own writes."""

from http import HTTPStatus
from typing import Annotated, cast

from anyio import to_thread
from fastapi import Depends, Query
from starlette.requests import HTTPConnection

from api.errors import Problem
from api.services import Services


def services_of(request: HTTPConnection) -> Services:
    """Give the process's services."""
    return cast("Services", request.app.state.services)


async def _services(request: HTTPConnection) -> Services:
    """Give the same without a thread, which would cost more than a page that is kept."""
    return services_of(request)


Use = Annotated[Services, Depends(_services)]


async def caught_up(
    services: Use,
    at: Annotated[int | None, Query(ge=1, description="show at least this position")] = None,
) -> None:
    """Wait for `?at=POSITION`, so that one sees what one has just recorded.

    Raises:
        Problem: 400 where the ledger has no such position, 503 where the projections don't get
            there in time.
    """
    if at is None or await to_thread.run_sync(services.wait_for, at, 0.0):
        return
    head = await to_thread.run_sync(services.head)
    if head is not None and at > head:
        # Nobody has a receipt of that position: there is nothing to wait for.
        raise Problem(
            HTTPStatus.BAD_REQUEST, "malformed", f"台账只到第 {head} 条，没有第 {at} 条。",
            f"The ledger ends at position {head}; there is no {at}.",
        )  # fmt: skip
    if not await to_thread.run_sync(services.wait_for, at):
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "behind", f"还没有整理到第 {at} 条，请稍后再看。",
            f"Position {at} does not show yet; try again.", headers={"Retry-After": "1"},
        )  # fmt: skip


CaughtUp = Depends(caught_up)
