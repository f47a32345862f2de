"""Redis is down: what one worker commits is heard on the other a second later, and at once when Redis is back."""

import asyncio
import time
from dataclasses import replace

import pytest

from server.local.redis import LocalRedis
from tests.community import Community, Pair
from tests.documents import CREATE_POST, MATCH_ACTIVITY
from tests.listening import Ears
from tests.live.workers import Worker

LATE_SECONDS = 2.0
"""A second between two looks at the heads, and as much again for a busy machine."""


@pytest.mark.parametrize("transport", ["hears", "hears_events"])
async def test_tom_hears_maya_through_the_other_worker_while_redis_is_down_and_when_it_is_back(
    two_apart: list[Worker], own_redis: LocalRedis, transport: str
) -> None:
    near, far = two_apart
    async with Community.on(near.served) as community:
        pair = await community.pair()
        tom = replace(pair.mentee, served=far.served)
        async with getattr(tom, transport)(MATCH_ACTIVITY, matchId=pair.id) as ears:
            await ears.silence()
            assert await _delay(pair, ears, events=2) < LATE_SECONDS
            own_redis.stop()
            try:
                for _ in range(3):
                    assert await _delay(pair, ears) < LATE_SECONDS
            finally:
                own_redis.restart()
            await asyncio.sleep(2)
            assert sorted([await _delay(pair, ears) for _ in range(5)])[2] < 0.5, "hints should travel again"


async def test_a_worker_that_starts_while_redis_is_down_serves_and_tells(
    two_apart: list[Worker], own_redis: LocalRedis
) -> None:
    near, far = two_apart
    own_redis.stop()
    try:
        await far.stop()
        await far.start()
        async with Community.on(near.served) as community:
            pair = await community.pair()
            async with replace(pair.mentee, served=far.served).hears(MATCH_ACTIVITY, matchId=pair.id) as ears:
                await ears.silence()
                assert await _delay(pair, ears, events=2) < LATE_SECONDS
    finally:
        own_redis.restart()


async def _delay(pair: Pair, ears: Ears, *, events: int = 1) -> float:
    """Seconds from the answer to Maya's post until Tom has heard of it; the first one also makes the match ACTIVE."""
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    written = time.monotonic()
    heard = [(await ears.next(LATE_SECONDS + 5))["__typename"] for _ in range(events)]
    assert heard[-1] == "PostAdded"
    return time.monotonic() - written
