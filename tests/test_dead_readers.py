"""Clients that stop reading, or whose machine is gone: they are let go, and their partner notices nothing."""

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from server.transports.connection import GRACEFUL_SECONDS
from tests.clients.bare import Deaf, deaf_socket, deaf_stream, following, operation
from tests.community import Community, Pair, Person
from tests.documents import CREATE_POST, SPACE
from tests.servers import Databases, Served, served_apart

LONG = 10_000
"""Characters of a post, the most that one may have."""

WARM_UP, FLOOD = 50, 180
"""The numbers of the last post before anybody is deaf, and of the very last."""

OF_EACH = 4
"""Deaf sockets, and as many deaf streams."""

FLAT = 16_000_000
"""Bytes by which a worker may grow. Unbounded queues would hold what it owes the deaf: 80 million and more, less what
the kernel takes, which is up to 4 million for each."""

PROMPT = 1.0
"""Seconds in which a partner must hear a post, once it is acknowledged."""


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[str]:
    """A database of the test's own."""
    async with databases.fresh() as url:
        yield url


@dataclass
class Listener:
    """Tom, who reads as he should: which posts he has heard, in order, and when."""

    numbers: list[int] = field(default_factory=list)
    at: dict[int, float] = field(default_factory=dict)
    code: int | None = None

    def hears(self, event: dict) -> None:
        """Take in an event."""
        if event["__typename"] == "PostAdded":
            number = int(event["post"]["body"].partition(" ")[0])
            self.numbers.append(number)
            self.at[number] = time.monotonic()


@asynccontextmanager
async def listening(person: Person, match_id: str, after: str) -> AsyncIterator[Listener]:
    """Somebody who follows over a socket and reads all the time."""
    listener = Listener()
    ws = await following(person, match_id, after)

    async def read() -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                message = json.loads(await ws.recv())
                assert message["type"] == "next", message
                listener.hears(message["payload"]["data"]["matchActivity"])
        listener.code = ws.close_code

    reading = asyncio.create_task(read())
    try:
        yield listener
    finally:
        await ws.close()
        await reading


@contextlib.contextmanager
def all_deaf(person: Person, match_id: str, after: str) -> Iterator[list[Deaf]]:
    """OF_EACH sockets and OF_EACH streams of a person that read nothing."""
    with ExitStack() as stack:
        yield [stack.enter_context(way(person, match_id, after)) for way in (deaf_socket, deaf_stream) * OF_EACH]


async def flood(person: Person, pair: Pair, first: int, last: int) -> dict[int, float]:
    """Numbered posts as long as they may be, one after the other, and when each was acknowledged."""
    acknowledged = {}
    for number in range(first, last + 1):
        body = f"{number} ".ljust(LONG, "x")
        await person.do(CREATE_POST, input={"matchId": pair.id, "body": body, "idempotencyKey": f"flood-{number}"})
        acknowledged[number] = time.monotonic()
    return acknowledged


def worker(served: Served) -> psutil.Process:
    """The one process that serves."""
    assert served.process is not None
    return psutil.Process(served.process.pid)


async def becomes(condition: Callable[[], bool], what: str, within: float) -> float:
    """Seconds until it was so."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, f"it did not happen in {within} s: {what}"
        await asyncio.sleep(0.05)
    return time.monotonic() - began


@asynccontextmanager
async def growth(served: Served) -> AsyncIterator[list[int]]:
    """By how many bytes the worker is larger than in the beginning, looked at again and again."""
    process, grown = worker(served), [0]
    before = process.memory_info().rss

    async def watch() -> None:
        while True:
            grown.append(process.memory_info().rss - before)
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    try:
        yield grown
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def cursor_of(pair: Pair) -> str:
    return (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]


async def test_who_does_not_read_is_dropped_while_the_partner_notices_nothing(database: str, redis_url: str) -> None:
    """Maya's sockets and streams read nothing while she floods the space. A second after they are full they are gone;
    the worker stays as large as it was; Tom hears every post at once, in order."""
    async with (
        served_apart(database, redis_url, workers=1, send_timeout_seconds=1, writes_burst=100_000) as served,
        Community.on(served) as community,
    ):
        pair = await community.pair()
        maya, tom, start = pair.mentor, pair.mentee, await cursor_of(pair)
        async with listening(tom, pair.id, start) as toms:
            acknowledged = await flood(maya, pair, 1, WARM_UP)
            await becomes(lambda: len(toms.numbers) == WARM_UP, "Tom hears the first posts", 5)
            with all_deaf(maya, pair.id, await cursor_of(pair)) as deaf:
                async with growth(served) as grown:
                    began = time.monotonic()
                    flooding = asyncio.create_task(flood(maya, pair, WARM_UP + 1, FLOOD))
                    await becomes(lambda: not any(each.held() for each in deaf), "the deaf are dropped", 30)
                    dropped = time.monotonic() - began
                    acknowledged |= await flooding
                    await becomes(lambda: len(toms.numbers) == FLOOD, "Tom hears the last post", 5)
        late = max(toms.at[number] - at for number, at in acknowledged.items())
        print(
            f"dropped after {dropped:.2f} s; grown by {max(grown) / 1e6:.1f} MB; Tom at most {late * 1000:.0f} ms late"
        )
        assert dropped > 1
        assert max(grown) < FLAT
        assert toms.numbers == list(range(1, FLOOD + 1))
        assert late < PROMPT


async def test_many_who_do_not_read_cost_no_memory_and_hold_up_no_restart(database: str, redis_url: str) -> None:
    """An operator has given readers a minute. The deaf are kept, and cost next to nothing; a restart waits for none."""
    async with (
        served_apart(database, redis_url, workers=1, send_timeout_seconds=60, writes_burst=100_000) as served,
        Community.on(served) as community,
    ):
        pair = await community.pair()
        maya, tom, start = pair.mentor, pair.mentee, await cursor_of(pair)
        async with listening(tom, pair.id, start) as toms:
            await flood(maya, pair, 1, WARM_UP)
            with all_deaf(maya, pair.id, await cursor_of(pair)) as deaf:
                async with growth(served) as grown:
                    await flood(maya, pair, WARM_UP + 1, FLOOD)
                    await becomes(lambda: len(toms.numbers) == FLOOD, "Tom hears the last post", 5)
                assert all(each.held() for each in deaf)
                assert served.process is not None
                began = time.monotonic()
                served.process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(served.process.wait, 5)
                took = time.monotonic() - began
                await becomes(lambda: toms.code is not None, "Tom's socket is closed", 1)
        print(f"grown by {max(grown) / 1e6:.1f} MB; gone in {took:.2f} s")
        assert max(grown) < FLAT
        assert toms.numbers == list(range(1, FLOOD + 1))
        assert toms.code == 1012
        assert took < GRACEFUL_SECONDS, "the server had to cancel what did not end by itself"


async def test_a_dead_machine_is_noticed_and_a_quiet_one_is_kept(database: str, redis_url: str) -> None:
    """Nobody says anything for a while. Who answers no ping, or acknowledges no keep-alive comment, is let go; quiet
    clients stay, streams with a comment every second, and hear the next post."""
    async with (
        served_apart(
            database, redis_url, workers=1, send_timeout_seconds=60, keep_alive_seconds=1, writes_burst=100_000
        ) as served,
        Community.on(served) as community,
    ):
        pair = await community.pair()
        maya, tom, start = pair.mentor, pair.mentee, await cursor_of(pair)
        with all_deaf(maya, pair.id, start) as dead:
            async with listening(tom, pair.id, start) as toms, lines(tom, pair.id, start) as stream:
                for each in dead:
                    each.dies()
                assert all(each.held() for each in dead)
                took = await becomes(lambda: not any(each.held() for each in dead), "the dead are let go", 12)
                comments = stream.count(":")
                await flood(maya, pair, 1, 1)
                await becomes(lambda: toms.numbers == [1], "Tom's quiet socket hears", 3)
                await becomes(lambda: "event: next" in stream, "Tom's quiet stream hears", 3)
    print(f"the dead were let go after {took:.2f} s; a quiet stream had {comments} comments meanwhile")
    assert comments >= 2
    assert comments <= took + 3


@asynccontextmanager
async def lines(person: Person, match_id: str, after: str) -> AsyncIterator[list[str]]:
    """All that a stream brings, line by line, comments too."""
    headers = {"authorization": f"Bearer {person.token}", "accept": "text/event-stream"}
    found: list[str] = []
    async with (
        httpx.AsyncClient(timeout=20) as http,
        http.stream(
            "POST", f"{person.served.url}/graphql", json=operation(match_id, after), headers=headers
        ) as response,
    ):

        async def read() -> None:
            async for line in response.aiter_lines():
                found.append(line)

        reading = asyncio.create_task(read())
        try:
            yield found
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
