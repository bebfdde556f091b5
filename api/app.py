"""The composition root of the HTTP side: routers, static files, and errors as problems."""

import logging
from http import HTTPStatus
from pathlib import Path
from typing import Final

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.body_limit import BodyLimit
from api.errors import Problem, fault, problem_response, unavailable
from api.graph.documents import Trusted
from api.graph.router import graphql_router
from api.legible import Legible
from api.pages import router as pages
from api.pages.accept import wants_page
from api.pages.failure import failure
from api.resolver import routes as resolver
from api.resolver.headers import is_identifier, open_to_all
from api.rest import (
    batches,
    coop,
    demo,
    events,
    farm,
    health,
    joining,
    labels,
    log,
    marks,
    metrics,
    tokens,
    weighing,
)
from api.rest.context import services_of
from api.services import Services
from api.signin import passkey_routes
from api.signin import routes as signin
from api.static_files import PackedFiles

STATIC: Final = Path(__file__).parent / "web" / "static"
_DESCRIPTION: Final = (
    "Every movement of a produce batch is one signed event in an append-only ledger."
    " Errors are RFC 9457 problems."
)


_GENERAL: Final = {HTTPStatus.NOT_FOUND: "这里没有这一页。请核对网址。"}
"""What is said where no handler knows better."""

_UNSTORABLE: Final = Problem(
    HTTPStatus.BAD_REQUEST, "malformed", "有一处填的太大，或者有存不了的字符，请核对。",
    "A value is out of range, or holds a character that can't be kept; check what was sent.",
)  # fmt: skip

_log = logging.getLogger(__name__)


def create_app(services: Services) -> FastAPI:
    """Build the application over services, which the caller starts and stops."""
    app = FastAPI(
        title="Suyuan 溯源", version="0.1.0", description=_DESCRIPTION, docs_url=None,
        redoc_url=None,
    )  # fmt: skip
    app.state.services = services
    for router in (
        events.router,
        batches.router,
        log.router,
        labels.router,
        marks.router,
        health.router,
        metrics.router,
        tokens.router,
        weighing.router,
        joining.router,
        coop.router,
        farm.router,
        demo.router,
    ):
        app.include_router(router)
    app.include_router(signin.router)
    app.include_router(passkey_routes.router)
    settings = services.settings
    trusted = Trusted.read(settings.graphql_documents, only=settings.graphql_trusted)
    graphql = graphql_router(services, dev=settings.dev, trusted=trusted)
    app.include_router(graphql, prefix="/graphql")
    app.include_router(pages.router)
    app.include_router(resolver.described)
    app.include_router(resolver.router)
    app.mount("/static", PackedFiles(directory=STATIC), name="static")
    app.add_middleware(BodyLimit)
    app.add_middleware(Legible, answer=_told)
    _serve_docs(app)
    _handle_errors(app)
    return app


def _serve_docs(app: FastAPI) -> None:
    """Serve the OpenAPI page from our own files: nothing is loaded from elsewhere."""

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="接口文档 · 溯源",
            swagger_js_url="/static/vendor/swagger-ui-dist/swagger-ui-bundle.js",
            swagger_css_url="/static/vendor/swagger-ui-dist/swagger-ui.css",
            swagger_favicon_url="/static/img/favicon.svg",
        )


async def _told(request: Request, problem: Problem) -> Response:
    """Answer with a problem: a page where a browser asks for one, else RFC 9457 JSON."""
    if not wants_page(request):
        answer = problem_response(problem)
    else:
        answer = await run_in_threadpool(_page, request, problem)
    return open_to_all(answer) if is_identifier(request.url.path) else answer


def _page(request: Request, problem: Problem) -> Response:
    services = services_of(request)
    try:
        return failure(request, services, problem)
    except psycopg.Error:
        _log.exception("the page of a problem could not be made")
        return failure(request, services, unavailable())


def _handle_errors(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        return await _told(request, error)

    @app.exception_handler(psycopg.OperationalError)
    async def database(request: Request, error: psycopg.OperationalError) -> Response:
        _log.error("%s: the database does not answer: %s", request.url.path, error)
        return await _told(request, unavailable())

    @app.exception_handler(psycopg.DataError)
    async def data(request: Request, error: psycopg.DataError) -> Response:
        _log.warning("%s: the database does not take a value: %s", request.url.path, error)
        return await _told(request, _UNSTORABLE)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, _error: Exception) -> Response:
        # It is raised on after the answer, and the server logs it with its trace.
        return await _told(request, fault())

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return await _told(
            request,
            Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "malformed",
                f"参数 {where} 不对：{first['msg']}。",
                f"{where}: {first['msg']}.",
            ),
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        return await _told(
            request,
            Problem(
                status,
                status.phrase.lower().replace(" ", "-"),
                _GENERAL.get(status, f"这个网址不能这样用（{status.value}）。"),
                f"{status.phrase}.",
                dict(error.headers or {}),
            ),
        )
