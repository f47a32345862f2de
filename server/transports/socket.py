"""A WebSocket without a task: uvicorn's protocol opens it, and hands its frames straight to whom it is for."""

import asyncio
import struct
from typing import Any, Protocol

from starlette.types import Scope
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

_TEXT = 0x81
"""The first byte of a text frame that is not fragmented (RFC 6455, section 5.2)."""


class Talker(Protocol):
    """Who has taken over a socket. Nothing here may raise or wait."""

    def received(self, text: str | None) -> None:
        """A message has come; None when it was no text."""

    def full(self) -> None:
        """The client does not read as fast as it is told: say nothing until there is `room`."""

    def room(self) -> None:
        """What was said is on its way."""

    def gone(self) -> None:
        """Nothing is received or said any more. It may be told more than once."""


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, for sockets that wait for something to happen most of their life.

    ASGI holds a task for each socket, and uvicorn keeps queues, events and the request besides: 10 KB of its 27. Here
    the application accepts the socket, takes it over (`hand_to`) and returns.

    A peer that does not answer a ping is dropped, instead of closed with 1011: a phone that wakes up reads that code,
    and graphql-ws takes it for final; a connection that is gone, it makes anew.
    """

    is_full = False
    """Whether what was said waits for the client to read."""
    _talker: Talker | None = None

    def __init__(self, *, app_state: dict[str, Any], **more: Any) -> None:
        super().__init__(app_state={**app_state, "socket": self}, **more)

    def hand_to(self, talker: Talker) -> None:
        """Give the accepted socket to whoever talks over it from now on, with the frames that have come already."""
        self._talker = talker
        waiting, self.queue = self.queue, _Inlet(talker)  # type: ignore[assignment]  # uvicorn only puts into it
        # websockets' parser holds the request for as long as it lives; nobody reads its headers any more: 3.5 KB.
        self.request.headers.clear()
        self.writable = _READY  # type: ignore[assignment]  # uvicorn only sets, clears and awaits it
        # uvicorn looks at none of these any more, whatever their annotations promise.
        self.app_state = self.scope = self.request = self.response = None  # type: ignore[assignment]
        # uvicorn stops to read after each message until the application has taken it; here it takes it at once.
        self.read_paused = True
        self.hold(False)
        while not waiting.empty():
            self.queue.put_nowait(waiting.get_nowait())

    def say(self, *parts: bytes) -> bool:
        """Send these parts as one text message; False when the socket is closing, and nothing is sent any more."""
        if self.conn.state is not State.OPEN or self.transport.is_closing():
            return False
        self.transport.write(b"".join((_head(sum(map(len, parts))), *parts)))
        return True

    def close(self, code: int, reason: str) -> None:
        """Close the socket, unless it is closing already; `gone` is up to whoever closes."""
        if self.conn.state is not State.OPEN or self.transport.is_closing():
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.hold(False)
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)

    def hold(self, on: bool) -> None:
        """Stop to read from the client, or go on."""
        if not self.transport.is_closing():
            self.transport.pause_reading() if on else self.transport.resume_reading()

    def abort(self) -> None:
        """Drop the connection at once."""
        self.transport.abort()

    def see_to_the_end(self, task: asyncio.Task[Any]) -> None:
        """Have a server that shuts down wait for a task."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def pause_writing(self) -> None:
        if self._talker is None:
            return super().pause_writing()
        self.is_full = True
        self._talker.full()

    def resume_writing(self) -> None:
        if self._talker is None:
            return super().resume_writing()
        self.is_full = False
        self._talker.room()

    def keepalive_timeout(self) -> None:
        self.transport.abort()

    async def run_asgi(self) -> None:
        """As uvicorn does, but a socket that was taken over outlives its task."""
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException:
            self.logger.exception("Exception in ASGI application\n")
            self.send_500_response()
        else:
            if not self.handshake_complete:
                self.logger.error("ASGI callable returned without completing handshake.")
                self.send_500_response()
        if self._talker is None and self.close_timer is None:
            self.transport.close()


class _Inlet:
    """In the place of uvicorn's queue: what it puts there is said at once to who has taken over."""

    __slots__ = ("_talker",)

    def __init__(self, talker: Talker) -> None:
        self._talker = talker

    def put_nowait(self, event: dict[str, Any]) -> None:
        if event["type"] == "websocket.receive":
            self._talker.received(event.get("text"))
        else:
            self._talker.gone()


class _Ready:
    """In the place of the event that uvicorn sets when a connection is lost: nobody waits for it."""

    def set(self) -> None:
        pass


_READY = _Ready()


def socket_of(scope: Scope) -> SocketProtocol:
    """The socket beneath an ASGI connection. Raises RuntimeError under a server that was not set up as it must be."""
    socket: SocketProtocol | None = scope.get("state", {}).get("socket")
    if socket is None:
        raise RuntimeError("Sockets need a uvicorn with server.transports.connection.uvicorn_options().")
    return socket


def _head(length: int) -> bytes:
    if length < 126:
        return bytes((_TEXT, length))
    if length < 65_536:
        return struct.pack("!BBH", _TEXT, 126, length)
    return struct.pack("!BBQ", _TEXT, 127, length)
