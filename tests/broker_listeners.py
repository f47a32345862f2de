"""What the broker's tests share: listening with a bound, and looking at the server from outside."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from pubsub.broker import Event, Inbox, Subscriber


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


async def nobody_on(client: Redis, channel: str) -> bool:
    return await listeners(client, channel) == 0
