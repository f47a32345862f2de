"""The broker against a real server: what people hear of each other through kills, restarts, outages and floods."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from pubsub.broker import GAP, Broker, Event, Inbox, Subscriber, Unsubscribed
from pubsub.redis_backend import RedisBackend
from server.local.redis import LocalRedis


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


@asynccontextmanager
async def admin(url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(url) as client:
        yield client


async def hears(listener: Subscriber | Inbox, within: float = 5) -> Event:
    return await asyncio.wait_for(listener.get(), within)


async def silent(listener: Subscriber | Inbox) -> bool:
    try:
        await hears(listener, 0.1)
    except TimeoutError:
        return True
    return False


async def becomes(condition: Callable[[], bool | Awaitable[bool]], within: float = 5) -> float:
    """Seconds until it was so; fails when it never was."""
    began = time.monotonic()
    while True:
        answer = condition()
        if answer is True or (answer is not False and await answer):
            return time.monotonic() - began
        assert time.monotonic() - began < within, "it did not happen in time"
        await asyncio.sleep(0.01)


async def listeners(client: Redis, channel: str) -> int:
    return (await client.pubsub_numsub(f"mentorship:{channel}"))[0][1]


async def test_the_first_channel_of_a_process_hears_without_a_second_one(calm: LocalRedis) -> None:
    """Maya opens her pair space first of all; Noor writes from another process at that very moment."""
    async with Broker(calm.url) as maya, Broker(calm.url) as noor:
        assert maya.connected
        async with maya.subscribe("match:1") as space:
            assert await noor.publish("match:1", "1")
            assert await hears(space) == Event("match:1", "1")
            assert await silent(space)
        assert noor.counters.hints_published == 1
        assert maya.counters.publish_failures == maya.counters.garbage == maya.counters.overflows == 0


async def test_two_people_who_enter_one_space_at_once_both_hear(calm: LocalRedis) -> None:
    """Both are the first subscriber; when one goes, the other still hears; when both went, the server knows."""
    async with Broker(calm.url) as broker, admin(calm.url) as redis:

        async def visit(stay: asyncio.Event) -> list[Event]:
            async with broker.subscribe("match:both") as space:
                heard = [await hears(space)]
                await asyncio.wait_for(stay.wait(), 5)
                return heard

        leave = [asyncio.Event(), asyncio.Event()]
        visits = [asyncio.create_task(visit(stay)) for stay in leave]
        async with broker.subscribe("match:both") as third:
            await broker.publish("match:both", "welcome")
            assert await hears(third) == Event("match:both", "welcome")
            leave[0].set()
            assert await asyncio.wait_for(visits[0], 5) == [Event("match:both", "welcome")]
            await broker.publish("match:both", "still there")
            assert await hears(third) == Event("match:both", "still there")
        leave[1].set()
        assert await asyncio.wait_for(visits[1], 5) == [Event("match:both", "welcome")]
        await becomes(lambda: _nobody(redis, "match:both"))


async def _nobody(client: Redis, channel: str) -> bool:
    return await listeners(client, channel) == 0


async def test_leaving_and_entering_in_one_breath_ends_subscribed(calm: LocalRedis) -> None:
    """A page reloads: the old subscription ends while the new one begins, in either order, and both orders hear."""
    async with Broker(calm.url) as broker:
        for turn in range(20):
            old = broker.subscribe("match:reload")
            await old.__aenter__()
            new = broker.subscribe("match:reload")
            entering = asyncio.create_task(new.__aenter__())
            if turn % 2:
                await asyncio.sleep(0)
            await old.__aexit__(None, None, None)
            space = await asyncio.wait_for(entering, 5)
            await broker.publish("match:reload", str(turn))
            assert await hears(space) == Event("match:reload", str(turn))
            await new.__aexit__(None, None, None)
            # Left, and wanted again while the server is being told: entered means that it knows of the return.
            for _ in range(turn % 5):
                await asyncio.sleep(0)
            async with broker.subscribe("match:reload") as again:
                assert "match:reload" in broker._backend._live
                await broker.publish("match:reload", "again")
                assert await hears(again) == Event("match:reload", "again")


async def test_somebody_who_goes_while_entering_leaves_nothing_behind(calm: LocalRedis) -> None:
    """Maya's tab closes while it subscribes. Noor, who waits for the same channel, still gets in and hears."""
    async with Broker(calm.url) as broker, admin(calm.url) as redis:
        for steps in range(6):

            async def enter(channel: str) -> None:
                async with broker.subscribe(channel) as space:
                    await space.get()

            alone, together = f"match:alone-{steps}", f"match:together-{steps}"
            tasks = [asyncio.create_task(enter(alone)), asyncio.create_task(enter(together))]
            visit = broker.subscribe(together)
            entering = asyncio.create_task(visit.__aenter__())
            for _ in range(steps):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(result, asyncio.CancelledError) for result in results)
            noor = await asyncio.wait_for(entering, 5)
            await broker.publish(together, "hello")
            assert await hears(noor) == Event(together, "hello")
            assert alone not in broker._subscribers
            await becomes(lambda channel=alone: _nobody(redis, channel))
            assert await listeners(redis, together) == 1
            await visit.__aexit__(None, None, None)


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


async def test_a_flood_becomes_one_gap_and_nothing_hangs(calm: LocalRedis) -> None:
    """Maya's reader is asleep while hundreds of hints come; beside her Noor reads every one of his own."""
    async with (
        Broker(calm.url, queue_size=10) as broker,
        broker.subscribe("match:flood") as asleep,
        broker.subscribe("match:calm") as awake,
    ):
        for number in range(25):
            await broker.publish("match:flood", str(number))
            await broker.publish("match:calm", str(number))
            assert await hears(awake) == Event("match:calm", str(number))
        assert broker.counters.overflows == 2
        assert await hears(asleep) is GAP
        # The gap came with the 21st message; what followed is whole.
        assert [(await hears(asleep)).message for _ in range(4)] == ["21", "22", "23", "24"]
        assert await silent(asleep)


async def test_foreign_bytes_on_a_channel_are_dropped_and_counted(calm: LocalRedis) -> None:
    async with Broker(calm.url) as broker, admin(calm.url) as redis, broker.subscribe("match:1") as space:
        await redis.publish("mentorship:match:1", b"\xff\xfe\x00 not words")
        await redis.publish("another-app:match:1", "not ours")
        await broker.publish("match:1", "words")
        assert await hears(space) == Event("match:1", "words")
        assert broker.counters.garbage == 1
        assert broker.counters.reconnects == 0


async def test_two_applications_on_one_redis_do_not_hear_each_other(calm: LocalRedis) -> None:
    async with (
        Broker(calm.url, prefix="blue:") as blue,
        Broker(calm.url, prefix="green:") as green,
        blue.subscribe("match:1") as in_blue,
        green.subscribe("match:1") as in_green,
    ):
        await blue.publish("match:1", "blue")
        assert await hears(in_blue) == Event("match:1", "blue")
        assert await silent(in_green)


async def test_one_inbox_follows_thousands_of_channels(calm: LocalRedis) -> None:
    """A hub adds them all at once, hears each, and no longer hears one that it discards."""
    async with Broker(calm.url) as broker, admin(calm.url) as redis:
        inbox = broker.inbox(size=5000)
        began = time.monotonic()
        await asyncio.gather(*(inbox.add(f"match:{n}") for n in range(5000)))
        assert time.monotonic() - began < 3
        assert await listeners(redis, "match:4999") == 1
        await asyncio.gather(*(broker.publish(f"match:{n}", "1") for n in range(0, 5000, 50)))
        heard = {(await hears(inbox)).channel for _ in range(100)}
        assert heard == {f"match:{n}" for n in range(0, 5000, 50)}

        await inbox.discard("match:0")
        await becomes(lambda: _nobody(redis, "match:0"))
        await broker.publish("match:0", "2")
        await broker.publish("match:1", "2")
        assert await hears(inbox) == Event("match:1", "2")

        inbox.close()
        await becomes(lambda: _nobody(redis, "match:4999"))
        with pytest.raises(Unsubscribed):
            await hears(inbox)


async def test_an_inbox_collapses_hints_and_overflows_into_a_gap(calm: LocalRedis) -> None:
    """Ten hints of one match are one; hints of more matches than the inbox holds are a gap."""
    async with Broker(calm.url) as broker, broker.subscribe("match:last") as marker:
        inbox = broker.inbox(size=3)
        for number in range(5):
            await inbox.add(f"match:{number}")

        async def publish(*hints: tuple[str, str]) -> None:
            for channel, message in (*hints, ("match:last", "")):
                await broker.publish(channel, message)
            await hears(marker)

        await publish(*((f"match:{n % 2}", str(n)) for n in range(10)))
        assert await hears(inbox) == Event("match:0", "8")
        assert inbox.drain() == [Event("match:1", "9")]

        await publish(*((f"match:{n}", "x") for n in range(5)))
        assert await hears(inbox) is GAP
        assert inbox.drain() == [Event("match:4", "x")]

        await publish(("match:1", "y"), ("match:2", "y"))
        await inbox.discard("match:1")
        assert inbox.drain() == [Event("match:2", "y")]
        assert broker.counters.overflows == 1


@pytest.mark.parametrize("kind", ["redis", "memory"])
async def test_disconnecting_ends_everybody_and_may_be_done_twice(kind: str, calm: LocalRedis) -> None:
    """The process shuts down: every loop over a subscription ends, and who comes later is sent away at once."""
    broker = Broker(calm.url if kind == "redis" else "memory://")
    await broker.connect()
    inside = asyncio.Event()

    async def follow() -> list[Event | None]:
        async with broker.subscribe("match:1") as space:
            inside.set()
            return [event async for event in space]

    follower = asyncio.create_task(follow())
    await asyncio.wait_for(inside.wait(), 5)
    inbox = broker.inbox()
    await inbox.add("match:1")
    waiter = asyncio.create_task(inbox.get())
    await asyncio.sleep(0.05)

    async with asyncio.timeout(2):
        await broker.disconnect()
        await broker.disconnect()
        assert await follower == []
        with pytest.raises(Unsubscribed):
            await waiter
        async with broker.subscribe("match:1") as late:
            assert [event async for event in late] == []
        assert await broker.publish("match:1", "nobody") is False
    assert not broker.connected
    assert not broker._subscribers

    async with broker, broker.subscribe("match:1") as again:
        await broker.publish("match:1", "open again")
        assert await hears(again) == Event("match:1", "open again")


async def test_one_process_needs_no_redis() -> None:
    """memory:// has the same face: subscribers, inboxes, bounds."""
    async with Broker("memory://", queue_size=2) as broker:
        assert broker.connected
        inbox = broker.inbox()
        await inbox.add("match:2")
        async with broker.subscribe("match:1") as space:
            for number in range(3):
                assert await broker.publish("match:1", str(number))
            assert await broker.publish("match:2", "hint")
            assert await hears(inbox) == Event("match:2", "hint")
            assert await hears(space) is GAP
            assert broker.counters.overflows == 1
        await inbox.discard("match:2")
        await broker.publish("match:2", "unheard")
        assert await silent(inbox)
        assert broker.counters.hints_published == 5


def test_a_url_that_would_lose_messages_is_refused() -> None:
    with pytest.raises(ValueError, match="redis://"):
        Broker("redis-stream://localhost")
