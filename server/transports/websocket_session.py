"""A session of graphql-transport-ws: one socket's frames and timers, from its acceptance to its end."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime

from server.masking import log_exception
from server.transports import websocket_messages as messages
from server.transports.admission import RateLimited, Visit
from server.transports.asker import Authenticated, Unauthenticated
from server.transports.gateway import Gateway
from server.transports.parameters import Operation
from server.transports.request_id import new_request_id
from server.transports.socket import SocketProtocol
from server.transports.websocket_messages import Close
from server.transports.websocket_operations import Operations


class Session:
    """One socket, from its acceptance to its end.

    It holds no task while nothing happens. Frames are handled one after the other as they come; what has to wait runs
    as a task: the connection_init, behind which other frames wait, and each operation, with its own authentication and
    context, until it is over or, as a live subscription, an entry of the hub. However the session ends, it ends its
    operations, and is counted out when they have cleaned up.
    """

    __slots__ = (
        "_acknowledged",
        "_authorization",
        "_closing",
        "_expiry",
        "_gateway",
        "_initialised",
        "_introduction",
        "_late",
        "_operations",
        "_over",
        "_overdue",
        "_socket",
        "_visit",
        "_waiting",
    )

    def __init__(self, gateway: Gateway, visit: Visit, authorization: str | None, socket: SocketProtocol) -> None:
        self._gateway = gateway
        self._visit = visit
        self._authorization = authorization
        self._socket = socket
        self._operations = Operations(gateway, socket, self._forbid)
        self._initialised = self._acknowledged = self._closing = self._over = False
        self._introduction: asyncio.Task[None] | None = None
        self._waiting: deque[str | None] | None = None
        """Frames that have come while the introduction is under way."""
        self._late: asyncio.TimerHandle | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._overdue: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(
            gateway.limits.connection_init_timeout, self.close, messages.INIT_TIMEOUT
        )

    def received(self, text: str | None) -> None:
        """A frame has come."""
        if self._waiting is not None:
            return self._waiting.append(text)
        if self._closing:
            return
        try:
            self._handle(text)
        except Exception as error:
            log_exception(error, new_request_id())
            self._socket.abort()
            self.gone()

    def full(self) -> None:
        """The client does not read: nothing more is said or heard, and soon it is dropped."""
        self._socket.hold(True)
        self._late = asyncio.get_running_loop().call_later(self._gateway.limits.send_timeout, self._drop)

    def room(self) -> None:
        """The client reads again."""
        _cancel(self._late)
        self._late = None
        if self._waiting is None:
            self._socket.hold(False)
        self._operations.room()

    def gone(self) -> None:
        """The socket is at its end, or closing: no operation says anything any more."""
        self._closing = True
        for timer in (self._overdue, self._expiry, self._late):
            _cancel(timer)
        if self._over:
            return
        self._over = True
        cleaning = self._operations.close()
        if cleaning is None and self._introduction is None:
            self._visit.leave()
        else:
            self._socket.see_to_the_end(asyncio.get_running_loop().create_task(self._wind_down(cleaning)))

    def close(self, close: Close) -> None:
        """Close the socket, unless it is closing already. No operation sends anything after this."""
        if not self._closing:
            self._closing = True
            self._socket.close(close.code, close.text)
            self.gone()

    def _handle(self, text: str | None) -> None:
        if text is None:
            return self.close(Close(4400, "Messages must be text frames"))
        if _longer_than(text, self._gateway.limits.max_frame_bytes):
            return self.close(messages.TOO_LARGE)
        try:
            message = messages.read_message(text)
        except messages.InvalidMessage as problem:
            return self.close(problem.close)
        match message:
            case messages.ConnectionInit(authorization):
                self._initialise(authorization)
            case messages.Ping(payload):
                self._socket.say(messages.pong(payload))
            case messages.Pong():
                pass
            case messages.Subscribe(operation_id, operation):
                self._subscribe(operation_id, operation)
            case messages.Complete(operation_id):
                self._operations.complete(operation_id)

    def _initialise(self, authorization: str | None) -> None:
        if self._initialised:
            return self.close(messages.TOO_MANY_INITS)
        self._initialised = True
        _cancel(self._overdue)
        self._overdue = None
        if authorization is not None:
            self._authorization = authorization
        self._waiting = deque()
        self._socket.hold(True)
        self._introduction = asyncio.get_running_loop().create_task(self._introduce())

    async def _introduce(self) -> None:
        """Acknowledge, or close; then handle the frames that have come meanwhile."""
        try:
            async with asyncio.timeout(self._gateway.limits.connection_init_timeout):
                asker = await self._authenticate()
            self._visit.introduce(asker.person)
        except Unauthenticated:
            self._forbid()
        except RateLimited as refusal:
            self.close(messages.too_many_sockets(refusal.message))
        except Exception as problem:
            log_exception(problem, new_request_id())
            # Clients come back after 1013, and would give up for good after 1011.
            self.close(messages.TRY_AGAIN)
        else:
            self._watch_expiry(asker.expires_at)
            if not self._closing:
                self._acknowledged = True
                self._socket.say(messages.ACK)
        finally:
            self._introduction = None
        waiting, self._waiting = self._waiting, None
        for text in waiting or ():
            self.received(text)
        if not self._socket.is_full:
            self._socket.hold(False)

    def _subscribe(self, operation_id: str, operation: Operation) -> None:
        if not self._acknowledged:
            return self.close(messages.UNAUTHORIZED)
        if operation_id in self._operations:
            return self.close(messages.already_exists(operation_id))
        try:
            self._visit.operation(len(self._operations))
        except RateLimited as refusal:
            self._gateway.tally.told([refusal.as_error()])
            self._socket.say(messages.error(operation_id, [refusal.as_error()]))
        else:
            self._operations.start(operation_id, operation, self._authenticate)

    async def _authenticate(self) -> Authenticated:
        return replace(await self._gateway.authenticate(self._authorization), address=self._visit.address)

    def _forbid(self) -> None:
        self.close(messages.FORBIDDEN)

    def _drop(self) -> None:
        """End the connection of a client that does not read; a closing handshake would wait for it for ever."""
        self._visit.dropped()
        self._socket.abort()
        self.gone()

    def _watch_expiry(self, expires_at: datetime | None) -> None:
        if expires_at is None or self._closing:
            return
        left = (expires_at - self._gateway.clock()).total_seconds()
        if left <= 0:
            self.close(messages.EXPIRED)
        else:
            self._expiry = asyncio.get_running_loop().call_later(left, self._watch_expiry, expires_at)

    async def _wind_down(self, cleaning: Awaitable[None] | None) -> None:
        try:
            if self._introduction is not None:
                self._introduction.cancel()
                await asyncio.wait({self._introduction})
            if cleaning is not None:
                await cleaning
        finally:
            self._visit.leave()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def _longer_than(text: str, size: int) -> bool:
    return len(text) > size or (len(text) * 4 > size and len(text.encode()) > size)
