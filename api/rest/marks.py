"""Who may use which geographical-indication mark: public, as such lists are."""

import msgspec
from fastapi import APIRouter, Response

from api.rest.context import CaughtUp, Use
from projections import marks

router = APIRouter(tags=["marks"], dependencies=[CaughtUp])


@router.get("/api/marks")
def granted(services: Use) -> Response:
    """Give all grants of marks: to whom, for where, how much of the quota is harvested."""
    with services.connection() as conn:
        body = msgspec.json.encode(marks.grants(conn))
    return Response(body, media_type="application/json")
