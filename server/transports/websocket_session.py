"""A session of graphql-transport-ws: one socket's frames, operations and timers, from its acceptance to its end."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Any

from server.masking import log_exception
from server.transports import websocket_messages as messages
from server.transports.admission import RateLimited, Visit
from server.transports.gateway import Gateway, Unauthenticated
from server.transports.live import Subscription
from server.transports.outcomes import failure
from server.transports.parameters import Operation
from server.transports.request_id import new_request_id
from server.transports.socket import SocketProtocol
from server.transports.tasks import Tasks
from server.transports.websocket_messages import Close
from server.transports.websocket_outlet import LiveOutlet


class SocketGone(Exception):
    """Nothing can be sent any more: the client left, was dropped, or the socket is closing."""


class Session:
    """One socket, from its acceptance to its end.

    It holds no task while nothing happens. Frames are handled one after the other as they come; what has to wait runs
    as a task: the connection_init, behind which other frames wait, and each operation, with its own authentication and
    context, until it is over or, as a live subscription, an entry of the hub. However the session ends, it cancels its
    tasks, and is counted out when they have cleaned up.
    """

    __slots__ = (
        "_acknowledged",
        "_authorization",
        "_closing",
        "_expiry",
        "_gateway",
        "_initialised",
        "_late",
        "_operations",
        "_over",
        "_overdue",
        "_room",
        "_socket",
        "_tasks",
        "_visit",
        "_waiting",
    )

    def __init__(self, gateway: Gateway, visit: Visit, authorization: str | None, socket: SocketProtocol) -> None:
        self._gateway = gateway
        self._visit = visit
        self._authorization = authorization
        self._socket = socket
        self._operations: dict[str, asyncio.Task[None] | LiveOutlet] = {}
        self._tasks: Tasks | None = None
        self._initialised = self._acknowledged = self._closing = self._over = False
        self._waiting: deque[str | None] | None = None
        self._room: asyncio.Event | None = None
        self._late: asyncio.TimerHandle | None = None
        self._expiry: asyncio.TimerHandle | None = None
        timeout = gateway.limits.connection_init_timeout
        self._overdue: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(timeout, self._init_overdue)

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
        self._forget_timer("_late")
        if self._waiting is None:
            self._socket.hold(False)
        if self._room is not None:
            self._room.set()
        for operation in list(self._operations.values()):
            if isinstance(operation, LiveOutlet):
                operation.room()

    def gone(self) -> None:
        """The socket is at its end, or closing: no operation says anything any more."""
        self._closing = True
        for operation in list(self._operations.values()):
            if isinstance(operation, LiveOutlet):
                operation.close()
        self._operations.clear()
        for timer in ("_overdue", "_expiry", "_late"):
            self._forget_timer(timer)
        if self._room is not None:
            self._room.set()
        if not self._over:
            self._over = True
            if self._tasks:
                task = asyncio.get_running_loop().create_task(self._wind_down(self._tasks))
                self._socket.see_to_the_end(task)
            else:
                self._visit.leave()

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
                self._complete(operation_id)

    def _initialise(self, authorization: str | None) -> None:
        if self._initialised:
            return self.close(messages.TOO_MANY_INITS)
        self._initialised = True
        self._forget_timer("_overdue")
        if authorization is not None:
            self._authorization = authorization
        self._waiting = deque()
        self._socket.hold(True)
        self._start(self._introduce())

    async def _introduce(self) -> None:
        """Acknowledge, or close; then handle the frames that have come meanwhile."""
        try:
            async with asyncio.timeout(self._gateway.limits.connection_init_timeout):
                asker = await self._gateway.authenticate(self._authorization)
            self._visit.introduce(asker.person)
        except Unauthenticated:
            return self.close(messages.FORBIDDEN)
        except RateLimited as refusal:
            return self.close(messages.too_many_sockets(refusal.message))
        except Exception as problem:
            log_exception(problem, new_request_id())
            # Clients come back after 1013, and would give up for good after 1011.
            return self.close(messages.TRY_AGAIN)
        self._watch_expiry(asker.expires_at)
        if self._closing:
            return
        self._acknowledged = True
        self._socket.say(messages.ACK)
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
        # Cancelled operations count until they have cleaned up: starting and completing in a loop gains nothing.
        live = sum(isinstance(each, LiveOutlet) for each in self._operations.values())
        try:
            self._visit.operation(live + len(self._tasks or ()))
        except RateLimited as refusal:
            self._socket.say(messages.error(operation_id, [refusal.as_error()]))
            return
        self._operations[operation_id] = self._start(self._operate(operation_id, operation))

    def _complete(self, operation_id: str) -> None:
        operation = self._operations.pop(operation_id, None)
        if isinstance(operation, LiveOutlet):
            operation.close()
        elif operation is not None and self._tasks is not None:
            self._tasks.cancel(operation)

    async def _operate(self, operation_id: str, operation: Operation) -> None:
        own = asyncio.current_task()
        try:
            last = await self._results(operation_id, operation, new_request_id())
            if last is not None and self._operations.get(operation_id) is own:
                # The client may use the id again as soon as it reads that the operation is over.
                del self._operations[operation_id]
                await self._say(last)
        except Unauthenticated:
            self.close(messages.FORBIDDEN)
        except SocketGone:
            return
        finally:
            if self._operations.get(operation_id) is own:
                del self._operations[operation_id]

    async def _results(self, operation_id: str, operation: Operation, request_id: str) -> bytes | None:
        """Send each result while the client still wants them, and return the message that ends the operation.

        None when it has become a live subscription, which ends by itself.
        """
        own = asyncio.current_task()
        try:
            asker = await self._gateway.authenticate(self._authorization)
        except Unauthenticated:
            raise
        except Exception as problem:
            return messages.error(operation_id, failure(problem, request_id).errors)
        outlet = LiveOutlet(self._socket, operation_id, partial(self._ended, operation_id))
        begun = await self._gateway.begin(operation, asker, request_id, outlet)
        if isinstance(begun, Subscription):
            outlet.subscription = begun
            if self._operations.get(operation_id) is own:
                self._operations[operation_id] = outlet
            else:
                outlet.close()
            return None
        async with aclosing(begun) as outcomes:
            try:
                async for outcome in outcomes:
                    if outcome.refused:
                        return messages.error(operation_id, outcome.errors)
                    if self._operations.get(operation_id) is not own:
                        break
                    await self._say(*messages.next_result(operation_id, outcome.body))
            finally:
                if self._tasks is not None:
                    self._tasks.current_is_ending()
        return messages.complete(operation_id)

    def _ended(self, operation_id: str, outlet: LiveOutlet) -> bool:
        """A live subscription is over; whether the client is still to be told."""
        if self._operations.get(operation_id) is not outlet:
            return False
        del self._operations[operation_id]
        return True

    async def _say(self, *parts: bytes) -> None:
        """Send a message when there is room for it. Raises SocketGone, also when the client does not read in time."""
        while self._socket.is_full and not self._closing:
            self._room = self._room or asyncio.Event()
            self._room.clear()
            await self._room.wait()
        if self._closing or not self._socket.say(*parts):
            raise SocketGone

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        if self._tasks is None:
            self._tasks = Tasks("graphql-transport-ws")
        return self._tasks.start(work)

    def _drop(self) -> None:
        """End the connection of a client that does not read; a closing handshake would wait for it for ever."""
        self._visit.dropped()
        self._socket.abort()
        self.gone()

    def _init_overdue(self) -> None:
        self.close(messages.INIT_TIMEOUT)

    def _watch_expiry(self, expires_at: datetime | None) -> None:
        if expires_at is None or self._closing:
            return
        left = (expires_at - self._gateway.clock()).total_seconds()
        if left <= 0:
            self.close(messages.EXPIRED)
        else:
            self._expiry = asyncio.get_running_loop().call_later(left, self._watch_expiry, expires_at)

    def _forget_timer(self, name: str) -> None:
        timer = getattr(self, name)
        if timer is not None:
            timer.cancel()
            setattr(self, name, None)

    async def _wind_down(self, tasks: Tasks) -> None:
        try:
            await tasks.wind_down()
        finally:
            self._visit.leave()


def _longer_than(text: str, size: int) -> bool:
    return len(text) > size or (len(text) * 4 > size and len(text.encode()) > size)
