"""This project's own schema under plain Strawberry: its ASGI app and sockets, graphql-core's execution, loaders."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from benchmarks.peers.settings import PeerSettings, serve
from models.database import close_database, open_database
from models.errors import Refused
from pubsub.live import close_live, open_live
from resolvers.sessions import authenticate
from resolvers.tokens import Tokens
from schema.context import Context
from schema.scalars import CONFIG
from schema.schema import Mutation, Query, Subscription, schema


@dataclass
class PlainContext(Context):
    """The schema's context, which Strawberry makes once a socket."""

    connection_params: Any = None


class PlainGraphQL(GraphQL[PlainContext, None]):
    """Strawberry's ASGI app with this project's authentication."""

    tokens: Tokens

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> PlainContext:
        """Who asks, told by the header; a socket tells it later."""
        return await self._context(request.headers.get("authorization"))

    async def on_ws_connect(self, context: PlainContext) -> object:
        """Who opened the socket, told by connection_init."""
        try:
            context.viewer = (await self._context((context.connection_params or {}).get("authorization"))).viewer
        except Refused:
            raise ConnectionRejectionError from None
        return strawberry.UNSET

    async def _context(self, authorization: str | None) -> PlainContext:
        now = datetime.now(UTC)
        if authorization is None:
            return PlainContext(viewer=None, now=now, tokens=self.tokens)
        viewer, _ = await authenticate(self.tokens, authorization.removeprefix("Bearer "), now)
        return PlainContext(viewer=viewer, now=now, tokens=self.tokens)


def application() -> Starlette:
    """The app of one worker."""
    settings = PeerSettings.from_environment()
    # The same types: those that no field names are found among the ones that the project's own schema holds.
    events = [
        held.definition.origin
        for held in schema.schema_converter.type_map.values()
        if getattr(held.definition, "interfaces", None)
    ]
    plain = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription, config=CONFIG, types=events)
    graphql = PlainGraphQL(plain, graphql_ide=None, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL])
    graphql.tokens = Tokens([settings.key])

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await open_database(settings.database_url)
        try:
            await open_live(settings.redis_url)
            yield
        finally:
            await close_live()
            await close_database()

    routes = [Route("/graphql", graphql), WebSocketRoute("/graphql", graphql)]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    serve("benchmarks.peers.plain_strawberry:application")
