"""W1, a thread page, and W2, createPost: closed loops over HTTP, the pairs in turn."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from benchmarks.community import Pair
from benchmarks.documents import CREATE_POST, THREAD_PAGE
from benchmarks.load.http import ClosedLoop, request
from benchmarks.processes import Running

CONNECTIONS = 32
BODY = "I tried what we talked about last week, and it went better than I had feared. More on Thursday."


@dataclass(frozen=True)
class Workload:
    """What a closed loop sends, and how every answer begins and how long it is at least."""

    name: str
    title: str
    begins_with: bytes
    at_least: int

    def requests(self, pairs: Sequence[Pair]) -> Iterator[bytes]:
        """Requests without an end, made beforehand: the members of all pairs, shuffled, again and again."""
        made = [self._request(pair, side) for pair in pairs for side in (0, 1)]
        random.Random(self.name).shuffle(made)
        return itertools.cycle(made)

    def _request(self, pair: Pair, side: int) -> bytes:
        if self.name == "W1":
            return request(THREAD_PAGE, {"id": pair.id}, pair.members[side].token)
        return request(CREATE_POST, {"input": {"matchId": pair.id, "body": BODY}}, pair.members[side].token)


W1 = Workload("W1", "thread page", b'{"data":{"match":{"id":"', 10_000)
W2 = Workload("W2", "createPost", b'{"data":{"createPost":{"post":{"id":"', 100)


async def measure(
    workload: Workload, server: Running, database_url: str, pairs: Sequence[Pair], *, warm_up: float, seconds: float
) -> dict[str, Any]:
    """Rate, latencies, the server's share of its core, and the blocks that PostgreSQL looked at for each answer."""
    loop = ClosedLoop(server.port, workload.requests(pairs), workload.begins_with, workload.at_least)
    database = await asyncpg.connect(database_url)
    try:
        await loop.open(CONNECTIONS)
        await loop.measure(warm_up)
        cpu, before = server.cpu_seconds(), await _blocks(database)
        seen = await loop.measure(seconds)
        cpu, blocks = server.cpu_seconds() - cpu, await _blocks(database) - before
    finally:
        loop.close()
        await database.close()
    return {
        "rate": seen.rate,
        "p50_ms": seen.percentile(50) * 1000,
        "p99_ms": seen.percentile(99) * 1000,
        "cpu": cpu / seen.seconds,
        "blocks": blocks / max(1, len(seen.latencies)),
    }


async def _blocks(database: asyncpg.Connection) -> int:
    """Blocks that this database's statements have looked at so far; backends tell of theirs within a second."""
    await database.execute("SELECT pg_stat_clear_snapshot()")
    return await database.fetchval(
        "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
    )
