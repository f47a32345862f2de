"""The broker against a real server: what people hear of each other, and what floods and foreigners do to them."""

import asyncio
from collections.abc import Iterator

import pytest

from pubsub.broker import GAP, Broker, Event, Unsubscribed
from server.local.redis import LocalRedis
from tests.broker_listeners import admin, becomes, hears, listeners, nobody_on, silent


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRedis]:
    """A server that runs through the whole file."""
    server = LocalRedis.start(tmp_path_factory.mktemp("calm"))
    yield server
    server.stop()


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
        await becomes(lambda: nobody_on(redis, "match:both"))


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
            assert alone not in broker._followed
            await becomes(lambda channel=alone: nobody_on(redis, channel))
            assert await listeners(redis, together) == 1
            await visit.__aexit__(None, None, None)


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
    assert not broker._followed

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
