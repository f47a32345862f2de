"""A closed loop over HTTP: each connection sends its next request, made beforehand, when the last was answered."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

FINISH_SECONDS = 10.0


class WrongAnswer(Exception):
    """An answer that does not look like the one that was asked for: what was measured would be something else."""


def request(document: str, variables: dict[str, Any], token: str) -> bytes:
    """The bytes of a GraphQL request by POST."""
    body = json.dumps({"query": document, "variables": variables}).encode()
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Client(asyncio.Protocol):
    """One connection, one request at a time. Each whole answer's body goes to `answered`.

    `failed` is told why, when the answer is another one than 200 or the server ends the connection.
    """

    def __init__(self, answered: Callable[["Client", bytes], None], failed: Callable[[WrongAnswer], None]) -> None:
        self._answered = answered
        self._failed = failed
        self._buffer = bytearray()
        self._transport: Any = None
        self._closing = False
        self.sent_at = 0.0

    @classmethod
    async def connect(
        cls, port: int, answered: Callable[["Client", bytes], None], failed: Callable[[WrongAnswer], None]
    ) -> "Client":
        """A client that is connected."""
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(lambda: cls(answered, failed), "127.0.0.1", port)
        return client

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if not self._closing:
            self._failed(WrongAnswer("The server closed a connection."))

    def send(self, data: bytes) -> None:
        """Send a request made by `request`."""
        self.sent_at = time.perf_counter()
        self._transport.write(data)

    def close(self) -> None:
        """End the connection."""
        self._closing = True
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(buffer[:end]).lower()
        at = head.find(b"content-length:")
        if at >= 0:
            length = int(head[at + 15 :].split(b"\r\n", 1)[0])
            if len(buffer) < end + 4 + length:
                return
            body = bytes(buffer[end + 4 : end + 4 + length])
        elif buffer.endswith(b"0\r\n\r\n"):
            body = _unchunked(bytes(buffer[end + 4 :]))
        else:
            return
        if not head.startswith(b"http/1.1 200"):
            self._failed(WrongAnswer(repr(bytes(buffer[:600]))))
            self.close()
            return
        buffer.clear()
        self._answered(self, body)


def _unchunked(data: bytes) -> bytes:
    parts, at = [], 0
    while True:
        end = data.index(b"\r\n", at)
        size = int(data[at:end], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(data[end + 2 : end + 2 + size])
        at = end + 4 + size


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
