"""The door of pages that are not for the public: one signs in with a key, and is led back."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response

from api.pages import render
from api.pages.failure import failure
from api.pages.field_words import words_for
from api.pages.standing import standing
from api.services import Services
from api.signin.viewer import Viewer, forbidden


def door(request: Request, services: Services, back: str) -> Response:
    """Ask who it is (401), and lead back to an address afterwards."""
    with services.connection() as conn:
        now = standing(conn)
    return render.page(
        request, "door.html", HTTPStatus.UNAUTHORIZED, standing=now, back=back,
        words=words_for(render.reader_of(request)),
    )  # fmt: skip


def shut(request: Request, services: Services, viewer: Viewer | None, back: str) -> Response:
    """Refuse who may not (403); ask who it is where that is not known."""
    if viewer is not None:
        return failure(request, services, forbidden())
    return door(request, services, back)
