"""A load balancer asks how the service is, while its database and its broker come and go: it is told the truth."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.local.redis import LocalRedis
from tests.community import Community
from tests.documents import CREATE_POST, MATCH_ACTIVITY
from tests.lines import Line
from tests.servers import Databases, Served, served_here, settings_for


@pytest.fixture
async def line(databases: Databases) -> AsyncIterator[Line]:
    """A line to a database of the test's own."""
    async with databases.fresh() as url:
        made = Line(url)
        await made.up()
        yield made
        made.cut()


@pytest.fixture
def own_redis(tmp_path: Path) -> Any:
    """A Redis that the test may stop."""
    server = LocalRedis.start(tmp_path / "redis")
    yield server
    server.stop()


async def ready(served: Served) -> tuple[int, dict[str, str]]:
    async with httpx.AsyncClient(timeout=8) as client:
        response = await client.get(f"{served.url}/readyz")
    assert response.headers["cache-control"] == "no-store"
    return response.status_code, response.json()


async def becomes(served: Served, status: str, seconds: float = 6) -> tuple[int, dict[str, str]]:
    """What /readyz says as soon as it says this status."""
    deadline = time.monotonic() + seconds
    while (answer := await ready(served))[1]["status"] != status:
        assert time.monotonic() < deadline, f"still {answer} after {seconds} s"
        await asyncio.sleep(0.05)
    return answer


async def alive(served: Served) -> bool:
    async with httpx.AsyncClient(timeout=2) as client:
        response = await client.get(f"{served.url}/healthz")
    return (response.status_code, response.text) == (200, "ok\n")


async def test_a_balancer_finds_a_service_whose_parts_are_all_there(database_url: str, redis_url: str) -> None:
    """It asks without a token, by GET or HEAD."""
    async with served_here(settings_for(database_url, redis_url)) as served, httpx.AsyncClient() as client:
        assert await alive(served)
        assert await ready(served) == (
            200,
            {"status": "ready", "database": "up", "broker": "up", "message": "All is well."},
        )
        for path in ("/healthz", "/readyz"):
            assert (await client.head(served.url + path)).status_code == 200
            assert (await client.post(served.url + path)).status_code == 405


async def test_without_redis_the_service_stays_in_use_and_says_what_is_worse(
    database_url: str, own_redis: LocalRedis
) -> None:
    """What it says is true: a post still arrives. When Redis is back, nobody has to do anything."""
    async with (
        served_here(settings_for(database_url, own_redis.url)) as served,
        Community.on(served) as community,
    ):
        pair = await community.pair()
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "The first makes the match active."})
        assert (await ready(served))[1]["status"] == "ready"
        async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
            await tom.silence()
            await asyncio.to_thread(own_redis._end_process)
            assert await becomes(served, "degraded") == (
                200,
                {
                    "status": "degraded",
                    "database": "up",
                    "broker": "down",
                    "message": "The broker is down: live events are up to a second late, nothing else suffers.",
                },
            )
            assert await alive(served)
            await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Do you hear me?"})
            assert (await tom.next(2.5))["post"]["body"] == "Do you hear me?"
        own_redis.restart()
        assert (await becomes(served, "ready"))[0] == 200


@pytest.mark.parametrize("trouble", ["cut", "hang"])
async def test_without_its_database_the_service_is_not_ready_but_lives(
    line: Line, redis_url: str, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Refused or silent, the answer comes within three seconds; with the database back, it is ready by itself."""
    async with served_here(settings_for(line.url, redis_url)) as served:
        assert (await ready(served))[1]["status"] == "ready"
        getattr(line, trouble)()
        for _ in range(2):
            asked = time.monotonic()
            assert await ready(served) == (
                503,
                {
                    "status": "unavailable",
                    "database": "down",
                    "broker": "up",
                    "message": "The database has not answered within 2 seconds, or refused.",
                },
            )
            assert time.monotonic() - asked < 3
            assert await alive(served)
        await line.up()
        assert (await becomes(served, "ready"))[0] == 200
    said = [record.getMessage() for record in caplog.records if "database does not answer" in record.getMessage()]
    assert len(said) == 1, "said once, however often it is asked"


async def test_both_away_is_not_ready(line: Line, own_redis: LocalRedis) -> None:
    async with served_here(settings_for(line.url, own_redis.url)) as served:
        line.cut()
        await asyncio.to_thread(own_redis._end_process)
        await becomes(served, "unavailable")
        await asyncio.sleep(0.5)
        status, said = await ready(served)
        assert (status, said["database"], said["broker"]) == (503, "down", "down")
        assert await alive(served)


async def test_one_worker_without_redis_needs_none(database_url: str) -> None:
    async with served_here(settings_for(database_url, "memory://")) as served:
        status, said = await ready(served)
    assert (status, said["status"], said["broker"]) == (200, "ready", "in-process")


async def test_a_server_that_shuts_down_is_not_ready(line: Line, redis_url: str) -> None:
    """A question that was under way when the restart came is answered with it, so that nobody is sent here any more."""
    async with contextlib.AsyncExitStack() as serving:
        served = await serving.enter_async_context(served_here(settings_for(line.url, redis_url)))
        assert (await ready(served))[0] == 200
        line.hang()
        asked = asyncio.create_task(ready(served))
        await asyncio.sleep(0.3)
        stopping = asyncio.create_task(serving.aclose())
        await asyncio.sleep(0.3)
        await line.up()
        status, said = await asyncio.wait_for(asked, 4)
        await asyncio.wait_for(stopping, 10)
    assert (status, said["status"]) == (503, "closing")
