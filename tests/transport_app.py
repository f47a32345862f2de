"""The real transports before a small schema on a real port: what the transport tests talk to."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from server.transports.connection import uvicorn_options
from server.transports.gateway import Gateway, Limits
from server.transports.http import GraphQLOverHTTP
from server.transports.websocket import GraphQLOverWebSocket
from tests.transport_schema import SECRET, renew, schema, stage


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


@dataclass
class Served:
    """A server under test: where it listens, and its handle to stop it."""

    port: int
    server: uvicorn.Server
    task: asyncio.Task[None]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    async def stop(self) -> None:
        self.server.should_exit = True
        await asyncio.wait_for(asyncio.shield(self.task), 15)


def gateway(limits: Limits | None = None, **changes: Any) -> Gateway:
    """The gateway of the tests, with limits small enough to reach."""
    usual = Limits(
        max_body_bytes=20_000, max_frame_bytes=20_000, max_operations_per_socket=5, connection_init_timeout=5
    )
    made = Gateway(
        schema=schema,
        authenticate=stage.authenticate,
        make_context=stage.make_context,
        renew_context=renew,
        limits=limits or usual,
    )
    return replace(made, **changes)


async def _broken(request: Request) -> Response:
    task = asyncio.create_task(_forgotten())
    await asyncio.wait({task})
    raise RuntimeError(f"an endpoint of another kind failed over {SECRET}")


async def _forgotten() -> None:
    raise RuntimeError(f"and so did a task that nobody waits for, over {SECRET}")


@contextlib.asynccontextmanager
async def serve(gateway: Gateway, **options: Any) -> AsyncIterator[Served]:
    """Serve the gateway on a free loopback port until the block ends; `options` are uvicorn's."""
    app = Starlette(
        routes=[
            Route("/graphql", GraphQLOverHTTP(gateway)),
            Route("/broken", _broken),
            WebSocketRoute("/graphql", GraphQLOverWebSocket(gateway)),
        ]
    )
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_config=None, **uvicorn_options(gateway.limits) | options)
    server = _Server(config)
    served = Served(listening.getsockname()[1], server, asyncio.create_task(server.serve([listening])))
    await until(lambda: server.started, "the server has started")
    try:
        yield served
    finally:
        await served.stop()


async def until(condition: Callable[[], bool], what: str, seconds: float = 5) -> None:
    """Wait until the condition holds; fails, saying what was waited for, after so many seconds."""
    for _ in range(int(seconds / 0.005)):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"waited {seconds} s in vain until {what}")
