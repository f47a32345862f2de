"""Several workers behind one port: whichever a scrape reaches answers for all, also for one that was killed."""

import asyncio
import os
import time
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect

from server.snapshots import Snapshots
from tests.scraping import scrape, until
from tests.servers import Databases, Served, served_apart


async def test_any_worker_answers_for_all_also_when_one_is_killed(databases: Databases, redis_url: str) -> None:
    """Sockets lie with both workers, and each scrape counts them all; what the killed one had done stays counted."""
    async with databases.fresh() as url, served_apart(url, redis_url, workers=2) as served, AsyncExitStack() as sockets:
        for _ in range(12):
            await sockets.enter_async_context(connect(served.socket_url, subprotocols=["graphql-transport-ws"]))
        await until(served, lambda page: (page("sockets", "websocket"), page("workers")) == (12, 2), 15)
        await asyncio.sleep(1.5)
        pages = [await scrape(served) for _ in range(10)]
        assert {page("sockets", "websocket") for page in pages} == {12}
        assert await both_timed(served, 40)
        done = pages[-1]("operations_total", "done", "query")
        assert done >= 1
        assert served.process is not None
        holding = [child for child in psutil.Process(served.process.pid).children() if child.net_connections("tcp")]
        victim = next(child for child in holding if len(child.net_connections("tcp")) > 1)
        victim.kill()
        page = await until(served, lambda page: page("sockets", "websocket") < 12 and page("workers") == 2, 25)
        assert page("operations_total", "done", "query") >= done


async def both_timed(served: Served, times: int) -> bool:
    """Operations that either worker answers stand together in one histogram."""
    before = (await scrape(served))("operation_seconds_count", "unnamed", "query")
    for _ in range(times):
        async with httpx.AsyncClient() as client:
            assert (await client.post(f"{served.url}/graphql", json={"query": "{ __typename }"})).status_code == 200
    wanted = before + times
    page = await until(served, lambda page: page("operation_seconds_count", "unnamed", "query") == wanted, 15)
    return page("operation_seconds_bucket", "+Inf", "unnamed", "query") == wanted


def test_who_does_not_write_any_more_has_nothing_open(tmp_path: Path) -> None:
    """A worker that was killed leaves its file: its counters count on, and it is said not to run."""
    dead, alive, asked = Snapshots(tmp_path), Snapshots(tmp_path), Snapshots(tmp_path)
    for snapshots in (dead, alive, asked):
        snapshots.write({("mentorship_sockets", "sse"): 3.0})
    long_ago = time.time() - 6
    os.utime(dead._own, (long_ago, long_ago))
    assert sorted((numbers["mentorship_sockets", "sse"], runs) for numbers, runs in asked.others()) == [
        (3.0, False),
        (3.0, True),
    ]


def test_a_disk_that_fails_does_not_harm_the_service(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is said once, and again only after it has worked in between."""
    snapshots = Snapshots(tmp_path / "later")
    for _ in range(3):
        snapshots.write({})
    assert [record.getMessage() for record in caplog.records] == [
        "This worker's metrics cannot be written (FileNotFoundError); others answer without."
    ]
    (tmp_path / "later").mkdir()
    snapshots.write({("mentorship_workers",): 1.0})
    assert list(Snapshots(tmp_path / "later").others()) == [({("mentorship_workers",): 1.0}, True)]
