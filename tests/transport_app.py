"""A small schema behind the real transports on a real port: what the transport tests talk to."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from models.errors import ErrorCode, Refused
from server.transports.connection import uvicorn_options
from server.transports.gateway import Authenticated, Gateway, Limits, Unauthenticated
from server.transports.http import GraphQLOverHTTP
from server.transports.websocket import GraphQLOverWebSocket

SECRET = "what-Mina-wrote-to-her-mentor"
"""Words that no log and no masked error may ever hold."""


@dataclass
class Context:
    """An operation's context; `events` counts what came since its loaders were renewed."""

    serial: int
    viewer: object | None
    renewed: int = 0


@dataclass
class Stage:
    """What a test looks at behind the curtain."""

    contexts: int = 0
    running: int = 0
    cleaned_up: int = 0
    produced: int = 0
    revoked: set[str] = field(default_factory=set)
    expiry: dict[str, datetime] = field(default_factory=dict)
    broken_authentication: bool = False

    async def authenticate(self, authorization: str | None) -> Authenticated:
        """Tokens are names; a name that begins with "bad", or was revoked, is refused."""
        if self.broken_authentication:
            raise ConnectionError(f"the database is away, and said {SECRET}")
        if authorization is None:
            return Authenticated(None, None)
        name = authorization.removeprefix("Bearer ")
        expires_at = self.expiry.get(name, datetime.now(UTC) + timedelta(hours=1))
        if name.startswith("bad") or name in self.revoked or expires_at <= datetime.now(UTC):
            raise Unauthenticated("The access token is not good any more: refresh the session.")
        return Authenticated(name, expires_at)

    def make_context(self, authenticated: Authenticated, request_id: str) -> Context:
        self.contexts += 1
        return Context(self.contexts, authenticated.viewer)


def renew(context: Context) -> None:
    """What the server does to loaders between two events."""
    context.renewed += 1


stage = Stage()


@contextlib.asynccontextmanager
async def _on_stage() -> AsyncIterator[None]:
    """Count a subscription while it runs, and its clean-up, which takes a moment as a real one does."""
    stage.running += 1
    try:
        yield
    finally:
        await asyncio.sleep(0.01)
        stage.running -= 1
        stage.cleaned_up += 1


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"Hello {name}"

    @strawberry.field
    def weekday(self, on: date) -> int:
        return on.weekday()

    @strawberry.field
    def viewer(self, info: strawberry.Info) -> str | None:
        return info.context.viewer

    @strawberry.field
    def context(self, info: strawberry.Info) -> int:
        return info.context.serial

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError(f"duplicate key: {SECRET}")

    @strawberry.field
    def ill_typed(self) -> int | None:
        return SECRET  # type: ignore[return-value]

    @strawberry.field
    def refused(self) -> str | None:
        raise Refused(ErrorCode.NOT_FOUND, "There is no such match: look at your list.", ("id",))

    @strawberry.field
    async def slow(self) -> str:
        async with _on_stage():
            await asyncio.sleep(30)
        return "late"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def echo(self, text: str) -> str:
        stage.produced += 1
        return text


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3) -> AsyncGenerator[int, None]:
        async with _on_stage():
            for number in range(1, to + 1):
                yield number

    @strawberry.subscription
    async def silence(self) -> AsyncGenerator[int, None]:
        async with _on_stage():
            yield 1
            await asyncio.sleep(60)

    @strawberry.subscription
    async def flood(self) -> AsyncGenerator[str, None]:
        async with _on_stage():
            while True:
                stage.produced += 1
                yield "x" * 100_000
                await asyncio.sleep(0)

    @strawberry.subscription
    async def contexts(self, info: strawberry.Info) -> AsyncGenerator[str, None]:
        for _ in range(3):
            yield f"{info.context.serial}.{info.context.renewed}"

    @strawberry.subscription
    async def breaks(self) -> AsyncGenerator[int, None]:
        async with _on_stage():
            yield 1
            raise RuntimeError(f"lost the connection while reading {SECRET}")

    @strawberry.subscription
    async def refuses(self) -> AsyncGenerator[int, None]:
        raise Refused(ErrorCode.FORBIDDEN, "Only the two of a pair can listen to it.")
        yield 1


schema = strawberry.Schema(Query, Mutation, Subscription)


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
