"""A storm: members write and listen while Redis, workers, sockets and database connections break at random."""

import asyncio
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
import httpx
import pytest

from server.local.redis import LocalRedis
from tests.community import Community
from tests.documents import MATCH_ACTIVITY
from tests.live.carriers import Lost, OperationFailed, over_socket
from tests.live.client import Heard, Subscriber
from tests.live.faults import Faults
from tests.live.outcomes import (
    Logs,
    every_acknowledged_change_is_in_the_log_once,
    everybody_has_applied_the_log_once_and_in_order,
    heads_of,
    logs_of,
    subscriber_of,
    writers_of,
)
from tests.live.pairs import Sown, sow
from tests.live.state import fetch_state
from tests.live.workers import Worker
from tests.live.writers import Writer

SEED = int(os.environ.get("STORM_SEED", "7"))
CHANGES = int(os.environ.get("STORM_CHANGES", "1000"))
PAIRS = 20
ROUNDS = max(1, round(CHANGES / 1000))
"""How often the whole plan of faults is gone through."""

CALM_SECONDS = 30.0
"""Within this, everybody has heard of everything once nothing breaks any more."""


@pytest.mark.timeout(120 + 90 * ROUNDS)
async def test_every_change_reaches_both_members_once_and_in_order_whatever_breaks(
    two_apart: list[Worker],
    own_redis: LocalRedis,
    database: asyncpg.Connection,
    figures: Callable[[str, dict[str, Any]], None],
) -> None:
    """Twenty pairs write through two workers; each of the forty listens, loses the connection and comes back."""
    urls = [worker.url for worker in two_apart]
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=40)
    async with Community.on(two_apart[0].served) as community, httpx.AsyncClient(limits=limits, timeout=5) as http:
        pairs = await sow(database, await community.pair(), PAIRS)
        writers = await writers_of(pairs, urls, http, database, SEED)
        subscribers = [subscriber_of(pair, member, urls, http, SEED) for pair in pairs for member in pair.members]
        await asyncio.gather(*(subscriber.fetch() for subscriber in subscribers))
        faults = Faults(own_redis, two_apart, subscribers, database, SEED)
        followers = [asyncio.create_task(subscriber.follow()) for subscriber in subscribers]
        eavesdropper = asyncio.create_task(_eavesdrop(pairs, urls))
        try:
            began = time.monotonic()
            raging = asyncio.create_task(faults.rage(ROUNDS))
            await asyncio.gather(raging, *(_write(writer, raging) for writer in writers))
            lasted = time.monotonic() - began

            # The sun comes out. Everybody hears of all there was, and then of a last word: nobody has fallen silent.
            for last_words in ([], writers[::2]):
                for writer in last_words:
                    await writer.post("A last word")
                heads = await heads_of(database, pairs)
                await asyncio.gather(*(each.reaches(heads[each.pair.match_id], CALM_SECONDS) for each in subscribers))
            assert not any(task.done() for task in [*followers, eavesdropper]), "somebody stopped listening"
        finally:
            for task in [*followers, eavesdropper]:
                task.cancel()
            await asyncio.gather(*followers, eavesdropper, return_exceptions=True)

        logs = await logs_of(database, pairs)
        figures("storm", _figures(faults, writers, subscribers, logs, lasted))
        everybody_has_applied_the_log_once_and_in_order(subscribers, logs)
        every_acknowledged_change_is_in_the_log_once(writers, logs)
        await _everybody_knows_what_is_true(subscribers, http, urls)


async def _write(writer: Writer, raging: asyncio.Task[None]) -> None:
    """This member's share of the changes, spread over about the time that the faults take."""
    share = CHANGES // (2 * PAIRS)
    for _ in range(share):
        await writer.write()
        if not raging.done():
            await asyncio.sleep(writer.choose.uniform(0, 2 * 50 * ROUNDS / share))


async def _eavesdrop(pairs: Sequence[Sown], urls: Sequence[str]) -> None:
    """A member of one pair tries to listen to the others all along, and is refused as long as there is a server."""
    choose = random.Random(f"{SEED} eavesdropper")
    me = pairs[0].mentor
    while True:
        variables = {"matchId": choose.choice(pairs[1:]).id, "after": None}
        try:
            async for data in over_socket(choose.choice(urls), me.token, MATCH_ACTIVITY, variables, lambda _: None):
                raise AssertionError(f"an outsider heard {data}")
            raise AssertionError("an outsider's subscription was completed and not refused")
        except OperationFailed as failure:
            assert failure.codes <= {"NOT_FOUND", "INTERNAL"}, failure
        except Lost:
            pass
        await asyncio.sleep(0.25)


async def _everybody_knows_what_is_true(
    subscribers: Sequence[Subscriber], http: httpx.AsyncClient, urls: Sequence[str]
) -> None:
    for each in subscribers:
        truth, _ = await fetch_state(http, urls[0], each.member.token, each.pair.id)
        assert each.state == truth


def _figures(
    faults: Faults, writers: Sequence[Writer], subscribers: Sequence[Subscriber], logs: Logs, lasted: float
) -> dict[str, Any]:
    delays = _delays(writers, subscribers)
    slowest: dict[str, float] = defaultdict(float)
    for acknowledged, delay in delays:
        for name, began, ended in faults.times:
            if began <= acknowledged <= ended + 1:
                slowest[name] = max(slowest[name], round(delay, 2))
    ordered = sorted(delay for _, delay in delays)
    return {
        "seed": SEED,
        "seconds": round(lasted),
        "changes": sum(len(writer.acknowledged) for writer in writers),
        "events": sum(len(each.applied) for each in subscribers),
        "logged": sum(len(log) for log in logs.values()),
        "duplicates": sum(each.duplicates for each in subscribers),
        "gaps": sum(each.gaps for each in subscribers),
        "faults": dict(faults.count),
        "connections": sum(each.connections for each in subscribers),
        "ends": dict(sum((each.ends for each in subscribers), Counter())),
        "failed attempts": dict(sum((writer.failures for writer in writers), Counter())),
        "delay": {f"p{share}": round(ordered[len(ordered) * share // 100], 3) for share in (50, 90, 99)},
        "slowest recovery": round(ordered[-1], 2),
        "slowest by fault": dict(slowest),
    }


def _delays(writers: Sequence[Writer], subscribers: Sequence[Subscriber]) -> list[tuple[float, float]]:
    """When each post and comment was acknowledged, and how long after that each of the two had heard it."""
    heard: dict[str, list[Heard]] = defaultdict(list)
    for each in subscribers:
        for event in each.applied:
            if event.kind.endswith("_ADDED"):
                heard[event.subject].append(event)
    return [
        (ack.at, max(0.0, event.at - ack.at))
        for writer in writers
        for ack in writer.acknowledged
        for event in heard[ack.subject]
        if ack.kind.endswith("_ADDED")
    ]
