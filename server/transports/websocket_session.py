"""A session of graphql-transport-ws: one socket's frames, operations and timers, from its acceptance to its end."""

import asyncio
from contextlib import aclosing
from datetime import datetime
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from server.masking import log_exception
from server.transports import websocket_messages as messages
from server.transports.admission import RateLimited, Visit
from server.transports.connection import connection_of
from server.transports.gateway import Gateway, Unauthenticated
from server.transports.outcomes import failure
from server.transports.parameters import Operation
from server.transports.request_id import new_request_id
from server.transports.tasks import Tasks
from server.transports.websocket_messages import SUBPROTOCOL, Close


class _SocketGone(Exception):
    """Nothing can be sent any more: the client left, was dropped, or the socket is closing."""


class Session:
    """One socket, from its acceptance to its end.

    Frames are handled one after the other; operations run as tasks, each with its own authentication and context.
    However the session ends, it cancels its operations and waits until they have cleaned up.
    """

    __slots__ = (
        "_acknowledged",
        "_authorization",
        "_closing",
        "_connection",
        "_expiry",
        "_gateway",
        "_initialised",
        "_limits",
        "_loop",
        "_main",
        "_operations",
        "_overdue",
        "_receive",
        "_send",
        "_sending",
        "_tasks",
        "_visit",
    )

    def __init__(self, gateway: Gateway, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        self._gateway = gateway
        self._visit = visit
        self._limits = gateway.limits
        self._receive = receive
        self._send = send
        self._sending = asyncio.Lock()
        self._connection = connection_of(scope)
        self._authorization = Headers(scope=scope).get("authorization")
        self._loop = asyncio.get_running_loop()
        self._operations: dict[str, asyncio.Task] = {}
        self._tasks = Tasks("graphql-transport-ws")
        self._initialised = self._acknowledged = self._closing = False
        self._overdue: asyncio.TimerHandle | None = None
        self._expiry: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Serve the socket until either side ends it."""
        self._main = asyncio.current_task()
        try:
            await self._deliver({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
            self._overdue = self._loop.call_later(self._limits.connection_init_timeout, self._init_overdue)
            while (event := await self._receive())["type"] == "websocket.receive":
                if not self._closing:
                    await self._handle(event.get("text"))
        except _SocketGone:
            pass
        except asyncio.CancelledError:
            if not self._closing:
                raise
        finally:
            await self._end()

    async def close(self, close: Close) -> None:
        """Close the socket, unless it is closing already. No operation sends anything after this."""
        if self._closing:
            return
        self._closing = True
        self._tasks.cancel_all()
        await self._deliver(close.event())

    async def _handle(self, text: str | None) -> None:
        if text is None:
            return await self.close(Close(4400, "Messages must be text frames"))
        if _longer_than(text, self._limits.max_frame_bytes):
            return await self.close(messages.TOO_LARGE)
        try:
            message = messages.read_message(text)
        except messages.InvalidMessage as problem:
            return await self.close(problem.close)
        match message:
            case messages.ConnectionInit(authorization):
                await self._initialise(authorization)
            case messages.Ping(payload):
                await self._say(messages.pong(payload))
            case messages.Pong():
                pass
            case messages.Subscribe(operation_id, operation):
                await self._subscribe(operation_id, operation)
            case messages.Complete(operation_id):
                if task := self._operations.pop(operation_id, None):
                    self._tasks.cancel(task)

    async def _initialise(self, authorization: str | None) -> None:
        if self._initialised:
            return await self.close(messages.TOO_MANY_INITS)
        self._initialised = True
        if authorization is not None:
            self._authorization = authorization
        try:
            async with asyncio.timeout(self._limits.connection_init_timeout):
                asker = await self._gateway.authenticate(self._authorization)
        except Unauthenticated:
            return await self.close(messages.FORBIDDEN)
        except Exception as problem:
            log_exception(problem, new_request_id())
            # Clients come back after 1013, and would give up for good after 1011.
            return await self.close(messages.TRY_AGAIN)
        try:
            self._visit.introduce(asker.person)
        except RateLimited as refusal:
            return await self.close(messages.too_many_sockets(refusal.message))
        self._watch_expiry(asker.expires_at)
        self._acknowledged = True
        await self._say(messages.ack())

    async def _subscribe(self, operation_id: str, operation: Operation) -> None:
        if not self._acknowledged:
            return await self.close(messages.UNAUTHORIZED)
        if operation_id in self._operations:
            return await self.close(messages.already_exists(operation_id))
        # Cancelled operations count until they have cleaned up: starting and completing in a loop gains nothing.
        try:
            self._visit.operation(len(self._tasks))
        except RateLimited as refusal:
            return await self._say(messages.error(operation_id, [refusal.as_error()]))
        self._operations[operation_id] = self._tasks.start(self._operate(operation_id, operation))

    async def _operate(self, operation_id: str, operation: Operation) -> None:
        own = asyncio.current_task()
        request_id = new_request_id()
        try:
            last = await self._results(operation_id, operation, request_id)
            if self._operations.get(operation_id) is own:
                # The client may use the id again as soon as it reads that the operation is over.
                del self._operations[operation_id]
                await self._say(last)
        except Unauthenticated:
            await self._close_later(messages.FORBIDDEN)
        except _SocketGone:
            return
        finally:
            if self._operations.get(operation_id) is own:
                del self._operations[operation_id]

    async def _results(self, operation_id: str, operation: Operation, request_id: str) -> str:
        """Send each result while the client still wants them, and return the message that ends the operation."""
        own = asyncio.current_task()
        try:
            asker = await self._gateway.authenticate(self._authorization)
        except Unauthenticated:
            raise
        except Exception as problem:
            return messages.error(operation_id, failure(problem, request_id).errors)
        async with aclosing(self._gateway.stream(operation, asker, request_id)) as outcomes:
            try:
                async for outcome in outcomes:
                    if outcome.refused:
                        return messages.error(operation_id, outcome.errors)
                    if self._operations.get(operation_id) is not own:
                        break
                    await self._say(messages.next_result(operation_id, outcome.body))
            finally:
                self._tasks.current_is_ending()
        return messages.complete(operation_id)

    async def _say(self, text: str) -> None:
        await self._deliver({"type": "websocket.send", "text": text})

    async def _deliver(self, event: dict[str, Any]) -> None:
        """Send one event, after those before it. Raises _SocketGone, also when the client does not read in time."""
        try:
            # In this order: who waits his turn behind others' frames is not blamed for it.
            async with self._sending, asyncio.timeout(self._limits.send_timeout):
                if self._closing and event["type"] == "websocket.send":
                    raise _SocketGone
                await self._send(event)
        except TimeoutError:
            self._drop()
            raise _SocketGone from None
        except (OSError, RuntimeError):
            # RuntimeError is uvicorn's way to say that it has sent a close of its own: for bad UTF-8, say.
            raise _SocketGone from None

    def _drop(self) -> None:
        """End the connection of a client that does not read; a closing handshake would wait for it for ever."""
        self._visit.dropped()
        self._closing = True
        self._tasks.cancel_all()
        if not self._connection.abort() and self._main is not None:
            self._main.cancel()

    def _init_overdue(self) -> None:
        if not self._initialised:
            self._tasks.start(self._close_later(messages.INIT_TIMEOUT))

    def _watch_expiry(self, expires_at: datetime | None) -> None:
        if expires_at is None or self._closing:
            return
        left = (expires_at - self._gateway.clock()).total_seconds()
        if left <= 0:
            self._tasks.start(self._close_later(messages.EXPIRED))
        else:
            self._expiry = self._loop.call_later(left, self._watch_expiry, expires_at)

    async def _close_later(self, close: Close) -> None:
        try:
            await self.close(close)
        except _SocketGone:
            return

    async def _end(self) -> None:
        self._closing = True
        for timer in (self._overdue, self._expiry):
            if timer is not None:
                timer.cancel()
        self._operations.clear()
        await self._tasks.wind_down()


def _longer_than(text: str, size: int) -> bool:
    return len(text) > size or (len(text) * 4 > size and len(text.encode()) > size)
