"""Apps written with the GraphQL clients of npm: installed into this folder once a checkout, and driven line by line."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.npm.lock import locked
from server.npm.node import Node
from server.npm.project import NpmProject

FOLDER = Path(__file__).resolve().parent
PATIENCE = 30.0
"""Seconds to wait for what must come: six runtimes start at once, on a machine that may be busy."""

APPS = [
    "graphql-ws",
    "graphql-sse",
    "apollo over graphql-ws",
    "apollo over graphql-sse",
    "urql over graphql-ws",
    "urql over graphql-sse",
]


@dataclass(eq=False)
class App:
    """A running app that follows one pair's space: what it has heard, and what became of its connections."""

    name: str
    heard: list[dict[str, Any]] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    refreshed: int = 0
    over: str | None = None
    _something: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def bodies(self) -> list[str]:
        """The posts' words, in the order in which they were heard."""
        return [event["post"]["body"] for event in self.heard if event["__typename"] == "PostAdded"]

    @property
    def cursors(self) -> list[str]:
        """The cursors of all events, in the order in which they were heard."""
        return [event["cursor"] for event in self.heard]

    async def hears(self, body: str) -> None:
        """Wait until a post has been heard."""
        await self.until(lambda: body in self.bodies, f"hear {body!r}")

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until it is so. Fails when the app gave up, or its subscription is over, or after PATIENCE."""
        try:
            async with asyncio.timeout(PATIENCE), self._something:
                await self._something.wait_for(lambda: condition() or self.over is not None)
        except TimeoutError:
            raise AssertionError(f"{self.name} did not {what} in {PATIENCE} s; it is {self}") from None
        assert condition(), f"{self.name} did not {what}, since it is over: {self.over}"

    async def listen(self, lines: asyncio.StreamReader) -> None:
        """Take in what the process tells, until it ends."""
        async for line in lines:
            ((kind, value),) = json.loads(line).items()
            match kind:
                case "heard" | "closed" | "refused":
                    getattr(self, kind).append(value)
                case "refreshed":
                    self.refreshed += 1
                case "failed" | "completed":
                    self.over = f"{kind}: {value}"
            async with self._something:
                self._something.notify_all()


@dataclass(frozen=True)
class Clients:
    """The packages, ready to be used. Made by `install`."""

    project: NpmProject
    node: Node

    @asynccontextmanager
    async def app(self, name: str, **told: str) -> AsyncIterator[App]:
        """Run follow.mjs as the app of APPS that `name` says, with `told` as environment variables, for the block."""
        process = await asyncio.create_subprocess_exec(
            self.node.node,
            "follow.mjs",
            cwd=self.project.folder,
            env=self.node.environment({"APP": name, **told}),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None and process.stdout is not None
        app = App(name)
        listening = asyncio.create_task(app.listen(process.stdout))
        try:
            yield app
        finally:
            process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 5)
            if process.returncode is None:
                process.kill()
            await process.wait()
            await listening


def install() -> Clients:
    """Install the packages, unless that is done. Raises NodeMissing, StepFailed or TimeoutError."""
    project = NpmProject(FOLDER)
    node = project.node()
    with locked(FOLDER):
        project.install(node)
    return Clients(project, node)
