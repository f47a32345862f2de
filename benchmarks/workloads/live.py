"""W3: the subscriptions of 250 pairs, posts at rising rates, and how long each takes to reach the other member."""

import math
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.load.closed_loop import percentile
from benchmarks.load.http import WrongAnswer
from benchmarks.load.posting import Posting, due_and_number
from benchmarks.load.sockets import Follower, Socket, SocketFailed, Sockets
from benchmarks.visit import Numbers, Visit

KEEPS_UP_SECONDS = 1.0
"""Who keeps up delivers everything, 99 of 100 within this time, and does not fall further behind as time goes on."""
GROWTH_SECONDS = 0.15
OPEN_SECONDS = 120.0
DRAIN_SECONDS = 10.0
LADDER = 0.6
"""How long a rate lasts, as a part of how long the first one does."""


class Receipts:
    """What the sockets have heard of the posts, by number: how long it took to reach the author and the other one."""

    def __init__(self) -> None:
        self.others: dict[int, float] = {}
        self.authors: dict[int, float] = {}
        self.disordered = 0
        self._last: dict[int, int] = {}

    def hear(self, socket: Socket, frame: bytes, is_author: bool, due: float, number: int) -> None:
        """Take in a post that a socket was told of."""
        (self.authors if is_author else self.others)[number] = time.perf_counter() - due
        # Posts of a pair that were under way at once may be committed in another order than they were due: told in
        # another order is counted, not held against anybody.
        if number < self._last.get(id(socket), -1):
            self.disordered += 1
        self._last[id(socket)] = number


class Live:
    """The pairs' sockets and whoever posts to them, open together."""

    def __init__(self, visit: Visit) -> None:
        self._pairs = visit.pairs[: visit.live_pairs]
        self._person: dict[str, int] = {}
        self.receipts = Receipts()
        self.posting = Posting(visit.server.port, self._pairs)
        self.sockets = Sockets(visit.server.port, self._hear)

    async def open(self) -> None:
        """Open all sockets, each from one event before its pair's head: when that has come, it is listening."""
        followers = []
        for place, pair in enumerate(self._pairs):
            for side, member in enumerate(pair.members):
                followers.append(Follower(pair, member, pair.cursor(pair.head - 1)))
                self._person[member.token] = 2 * place + side
        await self.sockets.open(followers, OPEN_SECONDS)
        if not await self.sockets.until(lambda: all(each.count for each in self.sockets.all), OPEN_SECONDS):
            raise TimeoutError("Not every subscription began.")

    def _hear(self, socket: Socket, frame: bytes) -> None:
        if (found := due_and_number(frame)) is not None:
            due, number = found
            is_author = self.posting.sender(number) == self._person[socket.follower.member.token]
            self.receipts.hear(socket, frame, is_author, due, number)

    async def at(self, rate: float, seconds: float) -> Numbers:
        """Post at a rate: latencies to the other member, and whether the server kept up."""
        disordered = self.receipts.disordered
        await self.posting.open()
        try:
            numbers = await self.posting.post(rate, seconds)
            others, authors = self.receipts.others, self.receipts.authors
            last = numbers[-1]
            await self.sockets.until(lambda: len(others) > last and len(authors) > last, DRAIN_SECONDS)
        finally:
            self.posting.close()
        took = [others.get(number, math.inf) for number in numbers]
        p50, p99 = (percentile(sorted(took), percent) for percent in (50, 99))
        delivered = all(number in others and number in authors for number in numbers)
        return {
            "rate": rate,
            "p50_ms": p50 * 1000 if delivered else None,
            "p99_ms": p99 * 1000 if delivered else None,
            "delivered": delivered,
            "disordered": self.receipts.disordered - disordered,
            "keeps_up": delivered and p99 < KEEPS_UP_SECONDS and _growth(took) < GROWTH_SECONDS,
        }

    def close(self) -> None:
        """Close the sockets."""
        self.sockets.close()


def _growth(took: Sequence[float]) -> float:
    """By how much the median latency has grown from the second quarter to the last; 0 for too few to tell."""
    quarter = len(took) // 4
    if quarter == 0:
        return 0.0
    return percentile(sorted(took[-quarter:]), 50) - percentile(sorted(took[quarter : 2 * quarter]), 50)


async def measure(visit: Visit) -> Numbers:
    """Rates from low to high until one is too much: what was seen at each, and the highest that was kept up with."""
    live = Live(visit)
    steps: list[dict[str, Any]] = []
    try:
        await live.open()
        await live.at(visit.rates[0] / 2, visit.warm_up)
        for rate in visit.rates:
            seconds = visit.seconds if rate == visit.rates[0] else visit.seconds * LADDER
            cpu = visit.server.cpu_seconds()
            try:
                step = await live.at(rate, seconds)
            except (SocketFailed, WrongAnswer) as error:
                step = {"rate": rate, "keeps_up": False, "error": str(error)[:300]}
            steps.append(step | {"cpu": (visit.server.cpu_seconds() - cpu) / seconds})
            if not step["keeps_up"]:
                break
    finally:
        live.close()
    first = steps[0]
    return {
        "highest": max((step["rate"] for step in steps if step["keeps_up"]), default=0),
        "p50_ms": first.get("p50_ms"),
        "p99_ms": first.get("p99_ms"),
        "steps": steps,
    }
