"""A restart with a thousand sockets open: every client is told to come back, and the process is gone in time."""

import asyncio
import json
import resource
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.clients.bare import PATIENCE, established, following
from tests.community import Community, Person
from tests.documents import CREATE_POST, SPACE
from tests.servers import Databases, served_apart

SOCKETS = 1_000
AT_ONCE = 50
SECONDS = 5.0
"""A restart must be over in this time, or whoever watches the process kills it."""

FEW_FILES = 512
CURSORS = "subscription($matchId: ID!, $after: String) { matchActivity(matchId: $matchId, after: $after) { cursor } }"
ROOM = {
    "max_sockets_per_user": SOCKETS,
    "max_sockets_per_address": SOCKETS + 50,
    "operations_per_second": 10_000,
    "operations_burst": 10_000,
}


@pytest.fixture
def few_files() -> Iterator[None]:
    """As on a machine where nobody raised the usual limit of open files: a server has to raise it for itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard >= SOCKETS * 2, "this machine allows too few open files"
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def follow(person: Person, match_id: str, after: str) -> ClientConnection:
    """An open socket whose subscription to the pair's space is known to run, since it has heard an event."""
    ws = await following(person, match_id, after, CURSORS)
    heard = json.loads(await asyncio.wait_for(ws.recv(), PATIENCE))
    assert heard["type"] == "next", heard
    return ws


async def crowd(people: list[Person], match_id: str, after: str) -> list[ClientConnection]:
    """SOCKETS sockets, each with an open subscription, opened AT_ONCE at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> ClientConnection:
        async with gate:
            return await follow(people[number % len(people)], match_id, after)

    return await asyncio.gather(*(one(number) for number in range(SOCKETS)))


async def ending(ws: ClientConnection) -> tuple[int | None, float]:
    """The code with which the server closes a socket, and when."""
    with pytest.raises(ConnectionClosed):
        while True:
            await ws.recv()
    return ws.close_code, time.monotonic()


@pytest.mark.parametrize("workers", [1, 2])
async def test_a_thousand_sockets_are_told_of_the_restart_and_the_process_ends_in_time(
    workers: int, databases: Databases, redis_url: str, few_files: None
) -> None:
    """SIGTERM: each of a thousand clients with an open subscription reads 1012, and the server is gone in 5 seconds."""
    async with databases.fresh() as url, served_apart(url, redis_url, workers=workers, **ROOM) as served:
        # The server runs; the clients of this process need room too.
        resource.setrlimit(resource.RLIMIT_NOFILE, (SOCKETS * 2, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        async with Community.on(served) as community:
            pair = await community.pair()
            await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello", "idempotencyKey": "1"})
            after = (await pair.mentor.do(SPACE, id=pair.id))["space"]["activityCursor"]
            await pair.mentee.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello!", "idempotencyKey": "2"})
            began = time.monotonic()
            sockets = await crowd([pair.mentor, pair.mentee], pair.id, after)
            opened = time.monotonic() - began
            held = len(established(served))

            assert served.process is not None
            began = time.monotonic()
            endings = asyncio.gather(*(ending(ws) for ws in sockets))
            served.process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(served.process.wait, SECONDS)
            took = time.monotonic() - began
            closed = await asyncio.wait_for(endings, SECONDS)
    told = max(at for _, at in closed) - began
    print(
        f"{workers} workers, {held} connections: opened in {opened:.1f} s, all told {told:.2f} s, gone in {took:.2f} s"
    )
    assert Counter(code for code, _ in closed) == {1012: SOCKETS}
    assert held >= SOCKETS
    assert code in (0, -signal.SIGTERM)
    assert took < SECONDS
