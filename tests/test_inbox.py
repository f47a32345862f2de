"""An inbox: many channels, one queue, and one who reads it."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from pubsub.broker import GAP, Broker, Event, Unsubscribed
from server.local.redis import LocalRedis
from tests.broker_listeners import admin, becomes, hears, listeners, nobody_on


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRedis]:
    """A server that runs through the whole file."""
    server = LocalRedis.start(tmp_path_factory.mktemp("calm"))
    yield server
    server.stop()


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
        await becomes(lambda: nobody_on(redis, "match:0"))
        await broker.publish("match:0", "2")
        await broker.publish("match:1", "2")
        assert await hears(inbox) == Event("match:1", "2")

        inbox.close()
        await becomes(lambda: nobody_on(redis, "match:4999"))
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
