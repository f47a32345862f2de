"""The broker when its server is killed, restarted, away, silent or not there yet."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from pubsub.broker import GAP, Broker, Event
from pubsub.live import Live
from pubsub.redis_backend import RedisBackend
from server.local.redis import LocalRedis
from tests.broker_listeners import admin, becomes, hears


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRedis]:
    """A server that runs through the whole file."""
    server = LocalRedis.start(tmp_path_factory.mktemp("calm"))
    yield server
    server.stop()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[LocalRedis]:
    """A server of this test's own, to be stopped and started again on the same port."""
    server = LocalRedis.start(tmp_path)
    yield server
    server.stop()


async def test_a_process_ends_though_its_last_hint_does_not_hear_that_it_is_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cancellation can be lost where it meets the answer that was waited for; nobody waits for long after it."""
    live, asked = Live("memory://"), asyncio.Event()
    await live.start()

    async def deaf(messages: object) -> bool:
        asked.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return True
        return False

    monkeypatch.setattr(live.broker, "publish_all", deaf)
    live.announce_rights(uuid4())
    await asyncio.wait_for(asked.wait(), 10)
    await asyncio.wait_for(live.stop(), 20)
    assert [task for task in asyncio.all_tasks() if task.get_name() == "publish-hints"] == []


async def test_a_killed_connection_comes_back_with_a_gap(calm: LocalRedis) -> None:
    """The operator kills the listening connection; Maya is told to read again and then hears as before."""
    async with Broker(calm.url) as broker, admin(calm.url) as redis, broker.subscribe("match:1") as space:
        inbox = broker.inbox()
        await inbox.add("match:2")
        await redis.client_kill_filter(_type="pubsub")
        began = time.monotonic()
        assert await hears(space) is GAP
        assert await hears(inbox) is GAP
        assert time.monotonic() - began < 1
        assert broker.connected
        assert broker.counters.reconnects == 1
        await broker.publish("match:1", "after")
        await broker.publish("match:2", "after")
        assert await hears(space) == Event("match:1", "after")
        assert await hears(inbox) == Event("match:2", "after")


async def test_redis_restarts_and_everybody_hears_again(own: LocalRedis) -> None:
    async with Broker(own.url) as broker, broker.subscribe("match:1") as space:
        own.restart()
        began = time.monotonic()
        assert await hears(space) is GAP
        assert time.monotonic() - began < 2
        assert await broker.publish("match:1", "after")
        assert await hears(space) == Event("match:1", "after")


async def test_redis_is_away_for_seconds_and_nobody_has_to_do_anything(own: LocalRedis) -> None:
    """While it is away Noor's post is counted and not raised, Maya enters a space at once, and both hear later."""
    async with Broker(own.url) as broker, broker.subscribe("match:1") as early:
        own.stop()
        await becomes(lambda: not broker.connected)

        assert await asyncio.wait_for(broker.publish("match:1", "lost"), 2) is False
        assert broker.counters.publish_failures == 1
        async with asyncio.timeout(1):
            late = broker.inbox()
            await late.add("match:2")

        await asyncio.sleep(4)
        own.restart()
        began = time.monotonic()
        assert await hears(early) is GAP
        assert await hears(late) is GAP
        assert time.monotonic() - began < 2
        for channel, listener in (("match:1", early), ("match:2", late)):
            assert await broker.publish(channel, "after")
            assert await hears(listener) == Event(channel, "after")


async def test_a_process_that_starts_before_redis_finds_it(own: LocalRedis) -> None:
    own.stop()
    async with asyncio.timeout(3):
        broker = Broker(own.url)
        await broker.connect()
    assert not broker.connected
    async with broker.subscribe("match:1") as space:
        own.restart()
        assert await hears(space) is GAP
        assert broker.connected
        assert broker.counters.reconnects == 0
        assert await broker.publish("match:1", "first")
        assert await hears(space) == Event("match:1", "first")
    await broker.disconnect()


async def test_somebody_who_enters_before_the_first_connection_reads_again(calm: LocalRedis) -> None:
    """Nobody could acknowledge, so Maya may have missed something although Redis was never away."""
    broker = Broker(calm.url)
    async with broker.subscribe("match:1") as space, broker:
        assert await hears(space) is GAP
        await broker.publish("match:1", "first")
        assert await hears(space) == Event("match:1", "first")


async def test_a_server_that_drops_every_connection_is_not_asked_in_a_tight_loop() -> None:
    visits = 0

    async def drop(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        writer.close()

    async with await asyncio.start_server(drop, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with Broker(f"redis://127.0.0.1:{port}") as broker:
            await asyncio.sleep(1)
            assert not broker.connected
    assert 3 <= visits <= 10


async def test_a_server_that_stops_answering_is_noticed(own: LocalRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection stays open and says nothing: as after a pulled cable. Only the unanswered PING can tell."""
    monkeypatch.setattr(RedisBackend, "HEARTBEAT", 0.2)
    monkeypatch.setattr(RedisBackend, "ANSWER_WITHIN", 0.4)
    async with Broker(own.url) as broker, admin(own.url) as redis, broker.subscribe("match:1") as space:
        await redis.client_pause(1500, all=True)
        await becomes(lambda: not broker.connected, 1.5)
        async with asyncio.timeout(1), broker.subscribe("match:2"):
            pass
        assert await hears(space) is GAP
        assert broker.connected
        await broker.publish("match:1", "after")
        assert await hears(space) == Event("match:1", "after")


async def test_a_server_that_falls_silent_while_somebody_enters_holds_nobody(
    own: LocalRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RedisBackend, "ANSWER_WITHIN", 0.4)
    async with Broker(own.url) as broker, admin(own.url) as redis:
        await redis.client_pause(1000, all=True)
        async with asyncio.timeout(0.9), broker.subscribe("match:1") as space:
            assert not broker.connected
        async with broker.subscribe("match:1") as space:
            assert await hears(space) is GAP
            await broker.publish("match:1", "after")
            assert await hears(space) == Event("match:1", "after")
