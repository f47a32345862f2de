"""W1, a thread page, and W2, createPost: closed loops over HTTP, the pairs in turn."""

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.community import Pair
from benchmarks.documents import CREATE_POST, THREAD_PAGE
from benchmarks.load.closed_loop import ClosedLoop
from benchmarks.load.http import request
from benchmarks.visit import Numbers, Visit

CONNECTIONS = 32
BODY = "I tried what we talked about last week, and it went better than I had feared. More on Thursday."
PAGE_BEGINS, POST_BEGINS = b'{"data":{"match":{"id":"', b'{"data":{"createPost":{"post":{"id":"'


async def thread_page(visit: Visit) -> Numbers:
    """W1: the page of each pair, asked for by both."""
    asked = [(pair, {"id": pair.id}) for pair in visit.pairs]
    # Every page has 20 posts, but in a small data set.
    return await _measure(visit, requests(THREAD_PAGE, asked), PAGE_BEGINS, at_least=2_000)


async def create_post(visit: Visit) -> Numbers:
    """W2: a post in each pair, by both."""
    written = [(pair, {"input": {"matchId": pair.id, "body": BODY}}) for pair in visit.pairs]
    return await _measure(visit, requests(CREATE_POST, written), POST_BEGINS, at_least=100)


def requests(document: str, asked: Sequence[tuple[Pair, dict[str, Any]]]) -> Iterator[bytes]:
    """Requests without an end, made beforehand: both members of all pairs, shuffled, again and again."""
    made = [request(document, variables, member.token) for pair, variables in asked for member in pair.members]
    random.Random(document).shuffle(made)
    return itertools.cycle(made)


async def _measure(visit: Visit, made: Iterator[bytes], begins_with: bytes, at_least: int) -> Numbers:
    """Rate, latencies, and the server's share of its core."""
    server = visit.server
    loop = ClosedLoop(server.port, made, begins_with, at_least)
    try:
        await loop.open(CONNECTIONS)
        await loop.measure(visit.warm_up)
        cpu = server.cpu_seconds()
        seen = await loop.measure(visit.seconds)
        cpu = server.cpu_seconds() - cpu
        await loop.finish()
    finally:
        loop.close()
    return {
        "rate": seen.rate,
        "p50_ms": seen.percentile_ms(50),
        "p99_ms": seen.percentile_ms(99),
        "cpu": cpu / seen.seconds,
    }
