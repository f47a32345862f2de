"""HTTP with next to no parsing: requests made beforehand, and connections with one of them under way at a time."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any


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
