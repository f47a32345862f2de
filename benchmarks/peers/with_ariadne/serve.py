"""Ariadne's ASGI app under Starlette and uvicorn, with sockets over graphql-transport-ws."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ariadne import load_schema_from_path, make_executable_schema
from ariadne.asgi import GraphQL
from ariadne.asgi.handlers import GraphQLTransportWSHandler
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from benchmarks.peers.settings import PeerSettings, serve
from benchmarks.peers.with_ariadne.database import Database
from benchmarks.peers.with_ariadne.hints import Hints
from benchmarks.peers.with_ariadne.resolvers import BINDABLES
from benchmarks.peers.with_ariadne.viewer import RequestContext, authenticate

SDL = Path(__file__).parents[1] / "schema.graphql"


def application() -> Starlette:
    """The app of one worker."""
    settings = PeerSettings.from_environment()
    opened: dict[str, Any] = {}

    async def context(request: Any, data: Any) -> RequestContext:
        told = request.headers.get("authorization") or request.scope.get("authorization")
        viewer = await authenticate(opened["database"], settings.key, told)
        return RequestContext(opened["database"], opened["hints"], viewer)

    def on_connect(socket: Any, payload: Any) -> None:
        socket.scope["authorization"] = (payload or {}).get("authorization")

    graphql = GraphQL(
        make_executable_schema(load_schema_from_path(str(SDL)), *BINDABLES),
        context_value=context,
        websocket_handler=GraphQLTransportWSHandler(on_connect=on_connect),
        introspection=True,
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with Database.opened(settings.database_url) as database, Hints.opened(settings.redis_url) as hints:
            opened.update(database=database, hints=hints)
            yield

    routes = [Route("/graphql", graphql, methods=["GET", "POST"]), WebSocketRoute("/graphql", graphql)]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    serve("benchmarks.peers.with_ariadne.serve:application")
