"""Sockets that speak graphql-transport-ws with next to no parsing: one subscription each, frames looked at as bytes."""

import asyncio
import json
import os
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.community import Member, Pair
from benchmarks.documents import MATCH_ACTIVITY

CONNECTING_AT_ONCE = 400
"""Sockets that are about to open at once: fewer than a listening socket holds (511 in Node), since what overflows there
is lost for seconds, and for good in the end."""


class SocketFailed(Exception):
    """A socket was closed, or told of an error, when neither should be."""


def frame(message: dict[str, Any], opcode: int = 1) -> bytes:
    """A client's frame. Its mask is all zeros, which is a mask and costs nothing."""
    return _framed(json.dumps(message).encode(), opcode)


def _framed(payload: bytes, opcode: int) -> bytes:
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + length + b"\0\0\0\0" + payload


@dataclass(frozen=True)
class Follower:
    """Whose socket it is, and from where it follows which pair."""

    pair: Pair
    member: Member
    after: str

    def opening(self) -> bytes:
        """What is sent at once when the socket is open."""
        return frame({"type": "connection_init", "payload": {"authorization": f"Bearer {self.member.token}"}})

    def subscribe(self) -> bytes:
        """What is sent when the server has acknowledged."""
        variables = {"matchId": self.pair.id, "after": self.after}
        return frame({"id": "1", "type": "subscribe", "payload": {"query": MATCH_ACTIVITY, "variables": variables}})


class Socket(asyncio.Protocol):
    """One socket. `heard` gets each event's frame as bytes, and `failed` the reason why it is of no use any more."""

    __slots__ = ("_buffer", "_failed", "_heard", "_open", "_transport", "closing", "count", "follower", "subscribed")

    def __init__(
        self, follower: Follower, heard: Callable[["Socket", bytes], None], failed: Callable[[str], None]
    ) -> None:
        self.follower = follower
        self.count = 0
        self.closing = False
        self.subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._heard = heard
        self._failed = failed
        self._buffer = b""
        self._open = False
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        key = b64encode(os.urandom(16)).decode()
        transport.write(
            b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"
            b"Sec-WebSocket-Key: " + key.encode() + b"\r\n\r\n"
        )

    def connection_lost(self, error: Exception | None) -> None:
        if not self.closing:
            self._fail(f"closed: {error}")

    def close(self) -> None:
        """End the connection at once."""
        self.closing = True
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        if not self._open:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                self._buffer = buffer
                return
            if not buffer.startswith(b"HTTP/1.1 101"):
                self._fail(repr(buffer[:300]))
                return
            self._open, buffer = True, buffer[end + 4 :]
            self._transport.write(self.follower.opening())
        self._buffer = self._frames(buffer)

    def _frames(self, buffer: bytes) -> bytes:
        """Take in all whole frames; what is left of the last."""
        at, size = 0, len(buffer)
        while size - at >= 2:
            length, start = buffer[at + 1] & 0x7F, at + 2
            if length == 126:
                length, start = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif length == 127:
                length, start = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if size < start + length:
                break
            self._frame(buffer[at] & 0x0F, buffer[start : start + length])
            at = start + length
        return buffer[at:]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == 1:
            if b'"next"' in payload:
                self.count += 1
                self._heard(self, payload)
            elif b'"connection_ack"' in payload:
                self._transport.write(self.follower.subscribe())
                if not self.subscribed.done():
                    self.subscribed.set_result(None)
            elif b'"ping"' in payload:
                self._transport.write(frame({"type": "pong"}))
            else:
                self._fail(repr(payload[:300]))
        elif opcode == 9:
            self._transport.write(_framed(payload, 10))
        elif opcode == 8:
            self._fail(f"closed with {payload!r}")

    def _fail(self, why: str) -> None:
        if self.closing:
            return
        if self.subscribed.done():
            self._failed(why)
        else:
            self.subscribed.set_exception(SocketFailed(why))
        self.close()


class Sockets:
    """Many sockets, opened together; entered to have them all closed in the end."""

    def __init__(self, port: int, heard: Callable[[Socket, bytes], None]) -> None:
        self._port = port
        self._heard = heard
        self._connecting = asyncio.Semaphore(CONNECTING_AT_ONCE)
        self._failures: list[str] = []
        self.all: list[Socket] = []

    async def open(self, followers: Sequence[Follower], seconds: float) -> None:
        """Open a socket for each, and subscribe. Raises SocketFailed, or TimeoutError after so many seconds."""
        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for follower in followers:
                    group.create_task(self._one(follower))
        except ExceptionGroup as failed:
            raise SocketFailed(repr(failed.exceptions[0])) from failed
        except TimeoutError:
            late = sum(each.subscribed.cancelled() for each in self.all)
            raise TimeoutError(f"{late} of {len(self.all)} sockets were not ready after {seconds:.0f} s.") from None

    async def _one(self, follower: Follower) -> None:
        async with self._connecting:
            _, socket = await asyncio.get_running_loop().create_connection(
                lambda: Socket(follower, self._heard, self._failures.append), "127.0.0.1", self._port
            )
            self.all.append(socket)
            await socket.subscribed

    async def until(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Wait until it is so; whether it was in time. Raises SocketFailed when one of the sockets is lost."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not reached():
            if self._failures:
                raise SocketFailed(self._failures[0])
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.005)
        return True

    def close(self) -> None:
        """End all connections."""
        for socket in self.all:
            socket.close()
        self.all.clear()

    def __enter__(self) -> "Sockets":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
