"""GraphQL over HTTP: POST for everyone, and in development a page to try it on."""

import json

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from strawberry.fastapi import GraphQLRouter
from typing_extensions import override

from api.graph import console
from api.graph.context import Context
from api.graph.schema import make_schema
from api.graph.services import Services


class _Router(GraphQLRouter[Context, None]):
    """Serves our own page: the library's loads its scripts from elsewhere."""

    @override
    def decode_json(self, data: str | bytes) -> object:
        """Read a request; what is neither an object nor a list is as bad as what is no JSON."""
        try:
            found: object = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from error
        if not isinstance(found, dict | list):
            raise json.JSONDecodeError("a GraphQL request is a JSON object", "", 0)
        return found

    @override
    async def render_graphql_ide(self, request: Request) -> HTMLResponse:
        """Give the page."""
        return console.page(f"{request.url.path.rstrip('/')}/console.js")


def graphql_router(services: Services, *, dev: bool) -> GraphQLRouter[Context, None]:
    """Build the router over services; in development with page and introspection."""

    def context() -> Context:
        return Context(services)

    router = _Router(
        make_schema(dev=dev), graphql_ide="graphiql" if dev else None,
        allow_queries_via_get=False, context_getter=context, subscription_protocols=(),
    )  # fmt: skip
    if dev:

        @router.get("/console.js", include_in_schema=False)
        def script() -> Response:
            return console.script()

    return router
