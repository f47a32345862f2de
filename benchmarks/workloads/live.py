"""W3: 500 subscriptions of 250 pairs, posts at rising rates, and how long each takes to reach the other member."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.community import Pair
from benchmarks.load.http import percentile
from benchmarks.load.posting import Posting, due_and_number
from benchmarks.load.sockets import Follower, Socket, Sockets
from benchmarks.processes import Running

PAIRS = 250
RATES = (100, 200, 300, 400, 500, 650, 800, 1_000, 1_250, 1_500, 1_800, 2_200, 2_600, 3_000)
KEEPS_UP_SECONDS = 1.0
"""Who keeps up delivers everything, 99 of 100 within this time, and does not fall further behind as time goes on."""
GROWTH_SECONDS = 0.15
OPEN_SECONDS = 120.0
DRAIN_SECONDS = 10.0


@dataclass
class Receipts:
    """What the sockets have heard of the posts, by number: how long it took to reach the author and the other one."""

    now: Any
    others: dict[int, float] = field(default_factory=dict)
    authors: dict[int, float] = field(default_factory=dict)
    disordered: int = 0
    _last: dict[int, int] = field(default_factory=dict)

    def hear(self, person: int, socket: Socket, frame: bytes, sender: Any) -> None:
        """Take in an event that a person's socket was sent."""
        if (found := due_and_number(frame)) is None:
            return
        due, number = found
        took = self.now() - due
        (self.authors if sender(number) == person else self.others)[number] = took
        # Posts of a pair are numbered in the order in which they were due, and may be committed in another order only
        # when both were under way at once: told in another order is counted, not held against anybody.
        if number < self._last.get(id(socket), -1):
            self.disordered += 1
        self._last[id(socket)] = number


class Live:
    """The pairs' sockets and whoever posts to them, open together."""

    def __init__(self, server: Running, pairs: Sequence[Pair]) -> None:
        import time

        self._pairs = pairs[:PAIRS]
        self.receipts = Receipts(time.perf_counter)
        self.posting = Posting(server.port, self._pairs)
        self._person: dict[int, int] = {}
        self.sockets = Sockets(server.port, self._hear)

    async def open(self) -> None:
        """Open all sockets, each from one event before its pair's head: when that has come, it is listening."""
        followers = []
        for place, pair in enumerate(self._pairs):
            for side, member in enumerate(pair.members):
                followers.append(Follower(pair, member, pair.cursor(pair.head - 1)))
                self._person[id(member)] = 2 * place + side
        await self.sockets.open(followers, OPEN_SECONDS)
        if not await self.sockets.until(lambda: all(each.count for each in self.sockets.all), OPEN_SECONDS):
            raise TimeoutError("Not every subscription began.")
        await self.posting.open()

    def _hear(self, socket: Socket, frame: bytes) -> None:
        self.receipts.hear(self._person[id(socket.follower.member)], socket, frame, self.posting.sender)

    async def at(self, rate: float, seconds: float) -> dict[str, Any]:
        """Post at a rate: latencies to the other member, and whether the server kept up."""
        disordered = self.receipts.disordered
        numbers = await self.posting.post(rate, seconds)
        others, authors = self.receipts.others, self.receipts.authors
        last = numbers[-1]
        await self.sockets.until(lambda: len(others) > last and len(authors) > last, DRAIN_SECONDS)
        took = [others.get(number, math.inf) for number in numbers]
        delivered = all(number in others and number in authors for number in numbers)
        quarter = len(took) // 4
        growth = percentile(sorted(took[-quarter:]), 50) - percentile(sorted(took[quarter : 2 * quarter]), 50)
        in_order = sorted(took)
        return {
            "rate": rate,
            "p50_ms": percentile(in_order, 50) * 1000,
            "p99_ms": percentile(in_order, 99) * 1000,
            "delivered": delivered,
            "disordered": self.receipts.disordered - disordered,
            "keeps_up": delivered and percentile(in_order, 99) < KEEPS_UP_SECONDS and growth < GROWTH_SECONDS,
        }

    def close(self) -> None:
        """Close sockets and connections."""
        self.sockets.close()
        self.posting.close()


async def measure(
    server: Running, pairs: Sequence[Pair], *, seconds: float, rates: Sequence[int] = RATES
) -> dict[str, Any]:
    """Rates from low to high until one is too much. What was seen at each, and the highest that the server kept up with."""
    live = Live(server, pairs)
    steps: list[dict[str, Any]] = []
    try:
        await live.open()
        await live.at(rates[0] / 2, seconds / 2)  # warms up
        for rate in rates:
            cpu = server.cpu_seconds()
            step = await live.at(rate, seconds)
            steps.append(step | {"cpu": (server.cpu_seconds() - cpu) / seconds})
            if not step["keeps_up"]:
                break
    finally:
        live.close()
    kept = [step["rate"] for step in steps if step["keeps_up"]]
    return {"steps": steps, "highest": max(kept, default=0)}
