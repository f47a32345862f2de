"""Posts at a given rate, whether the server keeps up or not, each with the time in its body at which it was due."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence

from benchmarks.community import Pair
from benchmarks.documents import CREATE_POST
from benchmarks.load.http import Client, WrongAnswer, request

CONNECTIONS = 64
_MARK = "at=0000000000.000000;0000000;"
MARK = b"at="


def due_and_number(frame: bytes) -> tuple[float, int] | None:
    """When the post that an event's frame tells of was due, and which one it was; None for a post of somebody else."""
    at = frame.find(MARK)
    if at < 0:
        return None
    return float(frame[at + 3 : at + 20]), int(frame[at + 21 : at + 28])


class Posting:
    """An open loop over HTTP. A post that finds no connection free waits, and its waiting counts."""

    def __init__(self, port: int, pairs: Sequence[Pair]) -> None:
        self._port = port
        self._halves: list[tuple[bytes, bytes]] = []
        for pair in pairs:
            for member in pair.members:
                body = {"matchId": pair.id, "body": _MARK + "See you on Thursday, and bring the list."}
                before, _, after = request(CREATE_POST, {"input": body}, member.token).partition(_MARK.encode())
                self._halves.append((before, after))
        self._free: deque[Client] = deque()
        self._waiting: deque[bytes] = deque()
        self._all: list[Client] = []
        self.sent = self.answered = 0
        self._failed: WrongAnswer | None = None

    async def open(self) -> None:
        """Make the connections, anew for each rate: servers end those that are not used for some seconds."""
        for _ in range(CONNECTIONS):
            self._all.append(await Client.connect(self._port, self._answer, self._fail))
        self._free.extend(self._all)

    async def post(self, rate: float, seconds: float) -> range:
        """Post at the rate for so long; the numbers of the posts. Raises WrongAnswer when one was refused."""
        first, count, begun = self.sent, int(rate * seconds), time.perf_counter()
        for place in range(count):
            due = begun + place / rate
            if (wait := due - time.perf_counter()) > 0.0005:
                await asyncio.sleep(wait)
            elif place % 16 == 0:
                await asyncio.sleep(0)
            self._send(first + place, due)
        return range(first, first + count)

    def sender(self, number: int) -> int:
        """Who wrote a post: 2n for the mentor of pair n, 2n + 1 for the mentee."""
        return number * 7 % len(self._halves)

    def _send(self, number: int, due: float) -> None:
        if self._failed is not None:
            raise self._failed
        before, after = self._halves[self.sender(number)]
        data = before + f"at={due:017.6f};{number:07d};".encode() + after
        self.sent += 1
        if self._free:
            self._free.popleft().send(data)
        else:
            self._waiting.append(data)

    def _answer(self, client: Client, body: bytes) -> None:
        self.answered += 1
        if not body.startswith(b'{"data":{"createPost":{"post":{"id":"'):
            self._fail(WrongAnswer(repr(body[:600])))
        if self._waiting:
            client.send(self._waiting.popleft())
        else:
            self._free.append(client)

    def _fail(self, error: WrongAnswer) -> None:
        self._failed = self._failed or error

    def close(self) -> None:
        """End all connections."""
        for client in self._all:
            client.close()
        self._all.clear()
        self._free.clear()
        self._waiting.clear()
