"""Worker processes of `mentorship serve` on one database and one Redis, each of which can be killed and started."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.servers import CHECKOUT, SECRET_KEY, Clock, Served

START_SECONDS = 60.0
STOP_SECONDS = 15.0


@dataclass(eq=False)
class Worker:
    """One process with one worker, on a port that stays the same. `log` gathers what all its lives wrote."""

    port: int
    database_url: str
    redis_url: str
    log: Path
    settings: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def served(self) -> Served:
        """The same for `Community`; the clock is the real one, read once."""
        return Served(self.url, Clock(datetime.now(UTC)), self.database_url)

    async def start(self) -> None:
        """Start the process and return when it answers, within a minute."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MENTORSHIP_")}
        command = [sys.executable, "-m", "server.cli", "serve"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 (it returns at once, and `stop` ends it)
                command, cwd=CHECKOUT, env=kept | self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        async with httpx.AsyncClient(timeout=5) as client:
            while time.monotonic() < deadline:
                if self._process.poll() is not None:
                    raise RuntimeError(f"A worker ended while it started:\n{self.log.read_text()[-2000:]}")
                with contextlib.suppress(httpx.TransportError):
                    if (await client.post(f"{self.url}/graphql", json={"query": "{ __typename }"})).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise RuntimeError(f"A worker did not answer:\n{self.log.read_text()[-2000:]}")

    def environment(self) -> dict[str, str]:
        """The variables that it, or a command beside it, runs with."""
        return {
            "MENTORSHIP_DATABASE_URL": self.database_url,
            "MENTORSHIP_REDIS_URL": self.redis_url,
            "MENTORSHIP_SECRET_KEY": SECRET_KEY,
            "MENTORSHIP_COST_BURST": "1000000000",
            "MENTORSHIP_PORT": str(self.port),
            **{f"MENTORSHIP_{name.upper()}": value for name, value in self.settings.items()},
        }

    async def kill(self) -> None:
        """SIGKILL: no farewell to anybody."""
        if self._process is not None:
            self._process.kill()
            await self._ended()

    async def stop(self) -> None:
        """SIGTERM, and wait. Raises TimeoutExpired when it does not end in time; then it is killed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            await self._ended()

    async def _ended(self) -> None:
        assert self._process is not None
        process, self._process = self._process, None
        try:
            await asyncio.to_thread(process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
            raise


@asynccontextmanager
async def workers(
    database_url: str, redis_url: str, folder: Path, count: int = 2, **settings: str
) -> AsyncIterator[list[Worker]]:
    """So many workers, running; their logs are in `folder`. `settings` are fields of Settings."""
    async with AsyncExitStack() as stack:
        made = [
            Worker(_free_port(), database_url, redis_url, folder / f"worker-{n}.log", settings) for n in range(count)
        ]
        for worker in made:
            stack.push_async_callback(worker.stop)
        await asyncio.gather(*(worker.start() for worker in made))
        yield made


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
