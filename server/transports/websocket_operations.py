"""The operations of one socket: tasks while they begin or run, entries of the hub once they are live subscriptions."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial

from server.transports import websocket_messages as messages
from server.transports.asker import Authenticated, Unauthenticated
from server.transports.gateway import Gateway
from server.transports.live import Subscription
from server.transports.outcomes import failure
from server.transports.parameters import Operation
from server.transports.request_id import new_request_id
from server.transports.socket import SocketProtocol
from server.transports.tasks import Tasks
from server.transports.websocket_outlet import LiveOutlet


class SocketGone(Exception):
    """Nothing can be sent any more: the client left, was dropped, or the socket is closing."""


class Operations:
    """What runs on a socket, by the ids that the client has given. `unauthenticated` is called when a token is no good.

    What has no task and nothing to wait for holds neither a set of tasks nor an event.
    """

    __slots__ = ("_by_id", "_closed", "_gateway", "_room", "_socket", "_tasks", "_unauthenticated")

    def __init__(self, gateway: Gateway, socket: SocketProtocol, unauthenticated: Callable[[], None]) -> None:
        self._gateway = gateway
        self._socket = socket
        self._unauthenticated = unauthenticated
        self._by_id: dict[str, asyncio.Task[None] | LiveOutlet] = {}
        self._tasks: Tasks | None = None
        self._room: asyncio.Event | None = None
        self._closed = False

    def __contains__(self, operation_id: str) -> bool:
        return operation_id in self._by_id

    def __len__(self) -> int:
        """How many count. Cancelled ones do until they have cleaned up: starting and completing gains nothing."""
        live = sum(isinstance(each, LiveOutlet) for each in self._by_id.values())
        return live if self._tasks is None else live + len(self._tasks)

    def start(
        self, operation_id: str, operation: Operation, authenticate: Callable[[], Awaitable[Authenticated]]
    ) -> None:
        """Run an operation, for whoever `authenticate` says is asking."""
        if self._tasks is None:
            self._tasks = Tasks("graphql-transport-ws")
        self._by_id[operation_id] = self._tasks.start(self._operate(operation_id, operation, authenticate))

    def complete(self, operation_id: str) -> None:
        """The client does not want it any more."""
        operation = self._by_id.pop(operation_id, None)
        if isinstance(operation, LiveOutlet):
            operation.close()
        elif operation is not None and self._tasks is not None:
            self._tasks.cancel(operation)

    def room(self) -> None:
        """The client reads again."""
        if self._room is not None:
            self._room.set()
        for operation in list(self._by_id.values()):
            if isinstance(operation, LiveOutlet):
                operation.room()

    def close(self) -> Awaitable[None] | None:
        """Nothing says anything any more. What is still to be cleaned up, if anything is."""
        self._closed = True
        for operation_id in list(self._by_id):
            if isinstance(self._by_id[operation_id], LiveOutlet):
                self.complete(operation_id)
        self._by_id.clear()
        if self._room is not None:
            self._room.set()
        return self._tasks.wind_down() if self._tasks else None

    async def _operate(
        self, operation_id: str, operation: Operation, authenticate: Callable[[], Awaitable[Authenticated]]
    ) -> None:
        own = asyncio.current_task()
        try:
            last = await self._results(operation_id, operation, authenticate)
            if last is not None and self._by_id.get(operation_id) is own:
                # The client may use the id again as soon as it reads that the operation is over.
                del self._by_id[operation_id]
                await self._say(last)
        except Unauthenticated:
            self._unauthenticated()
        except SocketGone:
            return
        finally:
            if self._by_id.get(operation_id) is own:
                del self._by_id[operation_id]
            if self._tasks is not None and len(self._tasks) == 1 and not self._closed:
                self._tasks = None

    async def _results(
        self, operation_id: str, operation: Operation, authenticate: Callable[[], Awaitable[Authenticated]]
    ) -> bytes | None:
        """Send each result while the client still wants them, and return the message that ends the operation.

        None when it has become a live subscription, which ends by itself.
        """
        own, request_id = asyncio.current_task(), new_request_id()
        try:
            asker = await authenticate()
        except Unauthenticated:
            raise
        except Exception as problem:
            errors = failure(problem, request_id).errors
            self._gateway.tally.told(errors)
            return messages.error(operation_id, errors)
        outlet = LiveOutlet(self._socket, operation_id, partial(self._ended, operation_id))
        begun = await self._gateway.begin(operation, asker, request_id, outlet)
        if isinstance(begun, Subscription):
            outlet.subscription = begun
            if self._by_id.get(operation_id) is own:
                self._by_id[operation_id] = outlet
            else:
                outlet.close()
            return None
        async with aclosing(begun) as outcomes:
            try:
                async for outcome in outcomes:
                    if outcome.refused:
                        return messages.error(operation_id, outcome.errors)
                    if self._by_id.get(operation_id) is not own:
                        break
                    await self._say(*messages.next_result(operation_id, outcome.body))
            finally:
                if self._tasks is not None:
                    self._tasks.current_is_ending()
        return messages.complete(operation_id)

    def _ended(self, operation_id: str, outlet: LiveOutlet) -> bool:
        """A live subscription is over; whether the client is still to be told."""
        if self._by_id.get(operation_id) is not outlet:
            return False
        del self._by_id[operation_id]
        return True

    async def _say(self, *parts: bytes) -> None:
        """Send a message when there is room for it. Raises SocketGone, also when the client does not read in time."""
        while self._socket.is_full and not self._closed:
            self._room = self._room or asyncio.Event()
            self._room.clear()
            await self._room.wait()
        if self._closed or not self._socket.say(*parts):
            raise SocketGone
