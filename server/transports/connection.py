"""A hand on the TCP connection beneath a request: uvicorn waits for ever to close it, a transport must not."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.transports.limits import Limits
from server.transports.socket import SocketProtocol

GRACEFUL_SECONDS = 4
"""What a worker has, once its sockets were told of the restart, to complete requests that are under way."""

CLOSE_GRACE = 3.0
"""Seconds that a closing connection has to flush what was written to it before it is aborted."""


class Connection:
    """What a transport may ask of its connection beyond ASGI; `closing` is set when the server shuts down."""

    __slots__ = ("_abort", "_closing")

    def __init__(self, abort: Callable[[], None] | None) -> None:
        self._abort = abort
        self._closing: asyncio.Event | None = None

    @property
    def closing(self) -> asyncio.Event:
        """Made when it is asked for: a socket never does."""
        if self._closing is None:
            self._closing = asyncio.Event()
        return self._closing

    def abort(self) -> bool:
        """Drop the connection at once, unsent bytes and all; False when the server gave no way to."""
        if self._abort is None:
            return False
        self._abort()
        return True


def connection_of(scope: Scope) -> Connection:
    """The request's connection; under a server without ConnectionProtocol one that cannot be aborted."""
    return scope.get("state", {}).get("connection") or Connection(None)


class BoundedTransport(asyncio.Transport):
    """A transport whose close() aborts after CLOSE_GRACE seconds if the peer still has not read what was written."""

    __slots__ = ("_transport",)

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def close(self) -> None:
        if not self._transport.is_closing():
            self._transport.close()
            asyncio.get_running_loop().call_later(CLOSE_GRACE, self._transport.abort)

    def abort(self) -> None:
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._transport.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._transport.get_protocol()

    def is_reading(self) -> bool:
        return self._transport.is_reading()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._transport.write(data)

    def writelines(self, list_of_data: Any) -> None:
        self._transport.writelines(list_of_data)

    def write_eof(self) -> None:
        self._transport.write_eof()

    def can_write_eof(self) -> bool:
        return self._transport.can_write_eof()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._transport.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size()


class ConnectionProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol that gives each request, and each socket upgraded from one, its Connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        bounded = BoundedTransport(transport)
        self._connection = Connection(bounded.abort)
        self.app_state = {**self.app_state, "connection": self._connection}
        # As long as pings wait for an answer: an event stream has none, and its peer may be just as dead.
        every, within = self.config.ws_ping_interval, self.config.ws_ping_timeout
        if every is not None and within is not None:
            _linger(transport.get_extra_info("socket"), every + within)
        super().connection_made(bounded)

    def handle_websocket_upgrade(self) -> None:
        super().handle_websocket_upgrade()
        # It and its parser hold each other, while the socket lives on without them: nobody has to find this garbage,
        # and nobody looks at what uvicorn's annotations promise.
        self.parser = self.scope = self.headers = None  # type: ignore[assignment]

    def shutdown(self) -> None:
        self._connection.closing.set()
        super().shutdown()


def _linger(tcp: socket.socket | None, seconds: float) -> None:
    """Have the kernel end a connection whose peer takes nothing for so long (where it knows how: Linux)."""
    if tcp is not None and tcp.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "TCP_USER_TIMEOUT"):
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))


def uvicorn_options(limits: Limits) -> dict[str, Any]:
    """The options of uvicorn that the transports rely on.

    Pings find the connections whose other end is dead. The frame limit is the transports' own, so that who passes it
    reads 1009: uvicorn closes at once with bytes unread, and the code can be lost on the way; its limit is set higher,
    as a bound on memory. An access log would hold query strings, and with them what people wrote. Left to itself,
    uvicorn believes any X-Forwarded-For that comes over loopback.
    """
    return {
        "http": "server.transports.connection:ConnectionProtocol",
        "ws": SocketProtocol,
        "ws_max_size": limits.max_frame_bytes * 4,
        "ws_per_message_deflate": False,
        "ws_ping_interval": limits.keep_alive,
        "ws_ping_timeout": limits.keep_alive,
        "access_log": False,
        "proxy_headers": bool(limits.trusted_proxies),
        "forwarded_allow_ips": list(limits.trusted_proxies),
        "timeout_graceful_shutdown": GRACEFUL_SECONDS,
    }
