"""GraphQL over HTTP: POST and a socket for everyone, and in development a page to try it on."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Final, cast

import msgspec
from cross_web import AsyncHTTPRequestAdapter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from strawberry.exceptions import ConnectionRejectionError
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage
from strawberry.types import ExecutionResult
from strawberry.types.unset import UnsetType
from typing_extensions import override

from api.graph import console
from api.graph.context import Context, Shared
from api.graph.documents import Trusted
from api.graph.errors import Mistaken
from api.graph.schema import make_schema
from api.graph.services import Services

MAX_SUBSCRIPTIONS: Final = 20
"""On one socket at a time."""


class _Socket(BaseGraphQLTransportWSHandler[Context, None]):
    """Runs over a socket what may be run over HTTP, and nothing else."""

    @override
    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Find the document that is named or given."""
        payload: dict[str, object] = cast("dict[str, object]", message["payload"])
        extensions, query = payload.get("extensions"), payload.get("query")
        try:
            text = cast("_Router", self.view).trusted.text(
                query if isinstance(query, str) else None,
                extensions if isinstance(extensions, dict) else None,
            )
        except Mistaken as error:
            await self.send_message(
                {"id": message["id"], "type": "error", "payload": [error.formatted]}
            )
            return
        payload["query"] = text or ""
        await super().handle_subscribe(message)


class _Router(GraphQLRouter[Context, None]):
    """Serves our own page, since the library's loads its scripts from elsewhere; and documents."""

    trusted: Trusted
    graphql_transport_ws_handler_class = _Socket

    @override
    def decode_json(self, data: str | bytes) -> object:
        """Read a request; what is neither an object nor a list is as bad as what is no JSON."""
        try:
            found: object = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from error
        if not isinstance(found, dict | list):
            raise json.JSONDecodeError("a GraphQL request is a JSON object", "", 0)
        if isinstance(found, dict) and isinstance(named := found.get("documentId"), str):
            found["extensions"] = {"persistedQuery": {"sha256Hash": named}}
        return found

    @override
    def encode_json(self, data: object) -> str:
        """Write an answer; what is in it is plain by now."""
        return msgspec.json.encode(data).decode()

    @override
    async def execute_single(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,
        context: Context,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """Run the document that is named or given, if it may be."""
        try:
            text = self.trusted.text(request_data.query, request_data.extensions)
        except Mistaken as error:
            return ExecutionResult(data=None, errors=[error])
        return await super().execute_single(
            request, request_adapter, sub_response, context, root_value,
            replace(request_data, query=text),
        )  # fmt: skip

    @override
    async def on_ws_connect(self, context: Context) -> dict[str, object] | UnsetType | None:
        """Take a token that the first message carries; close where it is not in force."""
        try:
            await context.viewer()
        except Mistaken as error:
            raise ConnectionRejectionError from error
        return await super().on_ws_connect(context)

    @override
    async def render_graphql_ide(self, request: Request) -> HTMLResponse:
        """Give the page."""
        return console.page(f"{request.url.path.rstrip('/')}/console.js")


def graphql_router(
    services: Services, *, dev: bool, trusted: Trusted | None = None
) -> GraphQLRouter[Context, None]:
    """Build the router over services; in development with page and introspection."""
    shared = Shared(services)

    def context() -> Context:
        return Context(services, shared)

    router = _Router(
        make_schema(dev=dev), graphql_ide="graphiql" if dev else None,
        allow_queries_via_get=False, context_getter=context,
        subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
        connection_init_wait_timeout=timedelta(seconds=10),
        max_subscriptions_per_connection=MAX_SUBSCRIPTIONS,
    )  # fmt: skip
    router.trusted = trusted or Trusted.read(None, only=False)
    if dev:

        @router.get("/console.js", include_in_schema=False)
        def script() -> Response:
            return console.script()

    return router
