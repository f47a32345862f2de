"""A closed loop over HTTP: each connection sends its next request, made beforehand, when the last was answered."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.load.http import Client, WrongAnswer

FINISH_SECONDS = 10.0


@dataclass
class Measured:
    """What a closed loop saw in its time: how many answers a second, and how long each took (seconds, sorted)."""

    seconds: float
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile_ms(self, percent: float) -> float | None:
        """How many milliseconds so many percent of the answers took at most; None where there was none."""
        return percentile(self.latencies, percent) * 1000 if self.latencies else None


def percentile(values: list[float], percent: float) -> float:
    """The value that so many percent of the sorted values, of which there is one at least, do not pass."""
    return values[min(len(values) - 1, int(len(values) * percent / 100))]


class ClosedLoop:
    """Many connections to one server, each with a request under way at any time."""

    def __init__(self, port: int, requests: Iterator[bytes], begins_with: bytes, at_least: int) -> None:
        self._port = port
        self._requests = requests
        self._begins_with = begins_with
        self._at_least = at_least
        self._clients: list[Client] = []
        self._latencies: list[float] = []
        self._under_way = 0
        self._finishing = False
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self, connections: int) -> None:
        """Connect, and begin."""
        for _ in range(connections):
            self._clients.append(await Client.connect(self._port, self._answer, self._fail))
        for client in self._clients:
            client.send(next(self._requests))
        self._under_way = connections

    async def measure(self, seconds: float) -> Measured:
        """What is seen from now on for so many seconds. Raises WrongAnswer when an answer is not as it should be."""
        self._latencies = []
        begun = time.perf_counter()
        await self._or_failure(seconds)
        return Measured(time.perf_counter() - begun, sorted(self._latencies))

    async def _or_failure(self, seconds: float) -> None:
        await asyncio.wait([self._ended], timeout=seconds)
        if self._ended.done():
            self._ended.result()

    async def finish(self) -> None:
        """Send no more, and wait for what is under way, so that the server is at rest when somebody else begins."""
        self._finishing = True
        if self._under_way:
            await self._or_failure(FINISH_SECONDS)

    def close(self) -> None:
        """End all connections."""
        self._ended.cancel()
        for client in self._clients:
            client.close()

    def _answer(self, client: Client, body: bytes) -> None:
        self._latencies.append(time.perf_counter() - client.sent_at)
        if len(body) < self._at_least or not body.startswith(self._begins_with):
            self._fail(WrongAnswer(f"{body[:600]!r}"))
        elif not self._finishing:
            client.send(next(self._requests))
        else:
            self._under_way -= 1
            if not self._under_way and not self._ended.done():
                self._ended.set_result(None)

    def _fail(self, error: WrongAnswer) -> None:
        if not self._ended.done():
            self._ended.set_exception(error)
