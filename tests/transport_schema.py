"""A small schema for the transport tests, with a stage on which a test sees what runs behind the curtain."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import strawberry
from graphql import GraphQLError

from models.errors import ErrorCode, Refused
from server.transports.asker import Authenticated, Unauthenticated

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


def renew(context: Context, everybodys: dict[Any, Any]) -> None:
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
    def page(self, after: str) -> str | None:
        raise GraphQLError(f"“{after}” is no cursor of this list.")

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
    async def clumsy(self) -> AsyncGenerator[int, None]:
        try:
            yield 1
            await asyncio.sleep(60)
        finally:
            raise RuntimeError(f"could not clean up after {SECRET}")

    @strawberry.subscription
    async def refuses(self) -> AsyncGenerator[int, None]:
        raise Refused(ErrorCode.FORBIDDEN, "Only the two of a pair can listen to it.")
        yield 1


schema = strawberry.Schema(Query, Mutation, Subscription)
