"""What the tests run on: databases cut from a migrated template, the application in this process or its own."""

import asyncio
import contextlib
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import asyncpg
import httpx
import uvicorn

from models.migrating import migrate
from server.app import create_app
from server.limits import limits_of
from server.settings import Settings
from server.transports.connection import uvicorn_options
from tests.openings import Openings

CHECKOUT = Path(__file__).parents[1]
EVERYBODY_IS_HERE = 1_000_000_000
"""All people of a test register from one address, in a moment that stands still."""

SECRET_KEY = "a secret key that only the tests know"


@dataclass
class Clock:
    """The time of a test: it stands still until told to go on."""

    now: datetime = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> None:
        """Let time pass: the keyword arguments of a timedelta."""
        self.now += timedelta(**amount)


@dataclass(frozen=True)
class Databases:
    """A PostgreSQL and, in it, a migrated template."""

    url: str
    template: str

    @classmethod
    async def prepare(cls, url: str) -> "Databases":
        """Migrate a template database on the server at `url`."""
        databases = cls(url, f"mentorship_template_{secrets.token_hex(6)}")
        await databases._admin(f"CREATE DATABASE {databases.template}")
        await migrate(databases.named(databases.template))
        return databases

    def named(self, name: str) -> str:
        """The URL of a database of this server."""
        return self.url.rpartition("/")[0] + "/" + name

    @asynccontextmanager
    async def fresh(self, *, migrated: bool = True) -> AsyncIterator[str]:
        """The URL of a new database, migrated or empty, dropped in the end."""
        name = f"mentorship_test_{secrets.token_hex(6)}"
        await self._admin(f"CREATE DATABASE {name} TEMPLATE {self.template if migrated else 'template1'}")
        try:
            yield self.named(name)
        finally:
            await self._admin(f"DROP DATABASE {name} WITH (FORCE)")

    @asynccontextmanager
    async def connected(self, url: str) -> AsyncIterator[asyncpg.Connection]:
        """A connection of the test's own to one of the databases."""
        connection = await asyncpg.connect(url)
        try:
            yield connection
        finally:
            await connection.close()

    async def drop(self) -> None:
        """Drop the template."""
        await self._admin(f"DROP DATABASE {self.template} WITH (FORCE)")

    async def _admin(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@dataclass
class Served:
    """A running server: its address, without a slash at the end, its clock, and its database; its process, if apart.

    One in this process says by `openings` when it listens for somebody.
    """

    url: str
    clock: Clock
    database_url: str
    process: subprocess.Popen[bytes] | None = None
    openings: Openings | None = None

    @property
    def socket_url(self) -> str:
        """Where its sockets are opened."""
        return self.url.replace("http", "ws", 1) + "/graphql"


def settings_for(database_url: str, redis_url: str, **more: object) -> Settings:
    """Settings of a server under test. Its jobs wait until a story makes them tick: its clock leaps.

    And since it stands still between leaps, nobody's budget fills again: it is as large as can be.
    """
    more = {"jobs": False, "cost_burst": 1_000_000_000, "account_attempts_per_hour": EVERYBODY_IS_HERE} | more
    return Settings(database_url=database_url, redis_url=redis_url, secret_key=SECRET_KEY, **more)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served_here(settings: Settings) -> AsyncIterator[Served]:
    """The application in this process, on a free port, under a clock that stands still."""
    clock = Clock()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as uvloop does for the served process
    openings = Openings()
    with patch("server.app.Gateway", openings.gateway()):
        app = create_app(settings, clock=clock)
    server = _Server(uvicorn.Config(app, log_config=None, lifespan="on", **uvicorn_options(limits_of(settings))))
    task = asyncio.create_task(server.serve([listening]))
    try:
        async with asyncio.timeout(20):
            while not server.started:
                if task.done():
                    task.result()
                    raise RuntimeError("The server ended while it started; see the log.")
                await asyncio.sleep(0.01)
        assert settings.database_url is not None
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield Served(url, clock, settings.database_url, openings=openings)
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 20)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on.

    It lies below those that the system gives to connections: while a server restarts, a client that tries again could
    be given its very port, and keep it.
    """
    while True:
        port = random.randrange(16_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@asynccontextmanager
async def served_apart(
    database_url: str,
    redis_url: str,
    *,
    workers: int = 2,
    port: int | None = None,
    secret_key: str = SECRET_KEY,
    **settings: object,
) -> AsyncIterator[Served]:
    """`mentorship serve` in processes of its own, with several workers, on a free port and by the real clock.

    `settings` are fields of Settings. A test may end the process by itself, and start another on the same port.
    """
    port = free_port() if port is None else port
    settings = {"account_attempts_per_hour": EVERYBODY_IS_HERE} | settings
    chosen = {f"MENTORSHIP_{name.upper()}": str(value) for name, value in settings.items()} | {
        "MENTORSHIP_DATABASE_URL": database_url,
        "MENTORSHIP_REDIS_URL": redis_url,
        "MENTORSHIP_SECRET_KEY": secret_key,
        "MENTORSHIP_PORT": str(port),
        "MENTORSHIP_WORKERS": str(workers),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENTORSHIP_")}
    command = [sys.executable, "-m", "server.cli", "serve"]
    process = subprocess.Popen(  # noqa: ASYNC220 (it returns at once, and pytest ends it below)
        command, cwd=CHECKOUT, env=kept | chosen, stdin=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        await _answers(url, process)
        yield Served(url, Clock(datetime.now(UTC)), database_url, process)
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(_end, process)


async def _answers(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    async with httpx.AsyncClient() as client:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise RuntimeError(f"The server ended with {process.returncode} while it started; see its log.")
            with contextlib.suppress(httpx.TransportError):
                if (await client.post(f"{url}/graphql", json={"query": "{ __typename }"})).status_code == 200:
                    return
            await asyncio.sleep(0.1)
    raise RuntimeError("The server did not answer within a minute.")


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
        raise
