"""A restart in the middle of the day: all is replaced, one after the other, and nobody misses a word."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from server.local.redis import LocalRedis
from tests.live.outcomes import going_on
from tests.live.proxies import proxied
from tests.live.workers import workers
from tests.live.writers import Writer
from tests.servers import Served, served_apart

PATIENCE = 240.0
GENEROUS = {"cost_burst": "1000000000", "job_interval_seconds": "3600"}

pytestmark = pytest.mark.timeout(600)


async def live_through(
    served: Served, url: str, database: asyncpg.Connection, restart: Callable[[list[Writer]], Awaitable[None]]
) -> None:
    """Everybody was on what went away, so everybody had to come back; whoever has a socket was told."""
    members = await going_on(served, url, database, restart)
    assert all(each.connections > 1 for each in members), [each.ends for each in members]
    told = sum((each.ends for each in members if not each.events), start=Counter[str]())
    assert told["lost 1012"] >= 4, told


def serving(parent: int) -> set[int]:
    """The worker processes: those of the command's children that listen."""

    def listening() -> Iterator[int]:
        for child in psutil.Process(parent).children():
            try:
                if any(each.status == psutil.CONN_LISTEN for each in child.net_connections("tcp")):
                    yield child.pid
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue

    return set(listening())


async def test_sighup_replaces_the_workers_one_by_one(own_database: str, own_redis: LocalRedis) -> None:
    """A new one is ready before an old one goes; no connection is refused at any moment. One that an old worker has
    just taken as it goes may be closed without an answer, as any that waits between two questions: then one asks again.
    """
    async with served_apart(own_database, own_redis.url, workers=2, **GENEROUS) as served:
        assert served.process is not None
        parent = served.process.pid
        database = await asyncpg.connect(own_database)
        least = 2

        async def restart(writers: list[Writer]) -> None:
            nonlocal least
            before = serving(parent)
            assert len(before) == 2
            served.process.send_signal(signal.SIGHUP)
            async with httpx.AsyncClient(timeout=10) as visitor:
                while (now := serving(parent)) & before or len(now) != 2:
                    least = min(least, len(now))
                    # On a connection of its own: whoever comes now is served.
                    with suppress(httpx.RemoteProtocolError):
                        (await visitor.get(f"{served.url}/healthz", headers={"connection": "close"})).raise_for_status()
                    await asyncio.sleep(0.05)

        try:
            await live_through(served, served.url, database, restart)
        finally:
            await database.close()
        assert least == 2, "an old worker went before its successor was there"
        assert served.process.poll() is None


async def test_servers_behind_the_proxy_are_replaced_one_after_the_other(
    own_database: str, own_redis: LocalRedis, tmp_path: Path
) -> None:
    """As `docker compose up` does for each server, or an operator on two machines."""
    settings = {"trusted_proxies": "127.0.0.1", "job_interval_seconds": "3600"}
    async with (
        workers(own_database, own_redis.url, tmp_path, **settings) as running,
        proxied(running, tmp_path) as url,
    ):
        database = await asyncpg.connect(own_database)

        async def restart(writers: list[Writer]) -> None:
            for worker in running:
                await worker.stop()
                await worker.start()
                await _ready(worker.url)

        try:
            await live_through(running[0].served, url, database, restart)
        finally:
            await database.close()


async def _ready(url: str) -> None:
    """Wait until the server says so, and then until the proxy, which asks every two seconds, has seen it too."""
    deadline = time.monotonic() + PATIENCE
    async with httpx.AsyncClient(timeout=5) as http:
        while (await http.get(f"{url}/readyz")).status_code != 200:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
    await asyncio.sleep(3)
