"""Several workers behind one port: whichever a scrape reaches answers for all, also for one that was killed."""

import asyncio
import os
import time
from contextlib import AsyncExitStack
from pathlib import Path

import psutil
import pytest
from websockets.asyncio.client import connect

from server.metrics import Metrics
from server.snapshots import FOLDER_VARIABLE, Snapshots
from server.transports.tally import Tally
from tests.scraping import scrape, until
from tests.servers import Databases, served_apart


async def test_any_worker_answers_for_all_also_when_one_is_killed(databases: Databases, redis_url: str) -> None:
    """Sockets lie with both workers, and each scrape counts them all; what the killed one had done stays counted."""
    async with databases.fresh() as url, served_apart(url, redis_url, workers=2) as served, AsyncExitStack() as sockets:
        for _ in range(12):
            await sockets.enter_async_context(connect(served.socket_url, subprotocols=["graphql-transport-ws"]))
        await until(served, lambda page: (page("sockets", "websocket"), page("workers")) == (12, 2), 15)
        await asyncio.sleep(1.5)
        pages = [await scrape(served) for _ in range(10)]
        assert {page("sockets", "websocket") for page in pages} == {12}
        done = pages[-1]("operations_total", "done", "query")
        assert done >= 1
        assert pages[-1]("operation_seconds_count", "unnamed", "query") == done
        assert served.process is not None
        holding = [child for child in psutil.Process(served.process.pid).children() if child.net_connections("tcp")]
        victim = next(child for child in holding if len(child.net_connections("tcp")) > 1)
        victim.kill()
        page = await until(served, lambda page: page("sockets", "websocket") < 12 and page("workers") == 2, 25)
        assert page("operations_total", "done", "query") >= done


def test_what_several_workers_have_timed_stands_in_one_histogram(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    asked, other = Tally(), Tally()
    workers = [Metrics(asked), Metrics(other)]
    asked.operation_seconds["query", "Pages"].observe(0.25)
    other.operation_seconds["query", "Pages"].observe(0.5)
    other.operation_seconds["query", "OnlyThere"].observe(8)
    workers[1]._keep()
    (family,) = [each for each in workers[0].collect() if each.name == "mentorship_operation_seconds"]
    told = {
        (sample.labels["name"], sample.labels.get("le", sample.name.rpartition("_")[2])): sample.value
        for sample in family.samples
    }
    assert [told["Pages", bound] for bound in ("0.1", "0.25", "0.5", "+Inf", "count", "sum")] == [0, 1, 2, 2, 2, 0.75]
    assert [told["OnlyThere", bound] for bound in ("5.0", "10.0", "count", "sum")] == [0, 1, 1, 8]


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
