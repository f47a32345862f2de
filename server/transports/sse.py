"""GraphQL over server-sent events, in the distinct connections mode of https://github.com/enisdenjo/graphql-sse."""

import asyncio
from contextlib import aclosing

from starlette.types import Message, Receive, Scope, Send
from strawberry.types.graphql import OperationType

from server.transports.admission import Visit
from server.transports.asker import Authenticated
from server.transports.connection import CLOSE_GRACE, connection_of
from server.transports.gateway import ANY_OPERATION, Gateway
from server.transports.negotiation import EVENT_STREAM
from server.transports.parameters import Operation
from server.transports.request_id import REQUEST_ID_HEADER
from server.transports.tasks import CLEAN_UP_SECONDS, Tasks

_BY_GET = frozenset({OperationType.QUERY, OperationType.SUBSCRIPTION})


class _ClientGone(Exception):
    """The client left, or reads so slowly that it was dropped."""


class EventStream:
    """The ASGI response that runs one operation and streams what it yields.

    Errors before execution are a `next` event too, as the protocol demands. The stream ends with `complete` when the
    operation is over. It ends without when the access token expires or the server restarts: graphql-sse's client takes
    that for a lost connection and tries again, asking for fresh headers; after `complete` it would be content.
    """

    def __init__(
        self,
        gateway: Gateway,
        visit: Visit,
        operation: Operation,
        asker: Authenticated,
        request_id: str,
        *,
        by_get: bool,
    ) -> None:
        self._gateway = gateway
        self._visit = visit
        self._limits = gateway.limits
        self._asker = asker
        self._request_id = request_id
        allowed = _BY_GET if by_get else ANY_OPERATION
        self._outcomes = gateway.stream(operation, asker, request_id, allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._send = send
        self._connection = connection_of(scope)
        self._tasks = Tasks(f"request {self._request_id}")
        leaving = asyncio.create_task(_until_client_leaves(receive))
        try:
            await self._start()
            await self._attend(leaving)
            if not leaving.done():
                # A restart does not wait longer for a stream that nobody reads than for a socket.
                end = {"type": "http.response.body", "body": b"", "more_body": False}
                await self._deliver(end, min(CLOSE_GRACE, self._limits.send_timeout))
        except _ClientGone:
            # uvicorn learns of an aborted connection a moment later; until then it would miss the end of the response.
            await asyncio.wait({leaving}, timeout=CLEAN_UP_SECONDS)
        finally:
            self._visit.leave()
            leaving.cancel()

    async def _attend(self, leaving: asyncio.Task[None]) -> None:
        """Keep the stream alive until the operation ends, the client leaves, the token expires or the server closes."""
        running = self._tasks.start(self._run())
        closing = self._tasks.start(self._until_server_closes())
        try:
            while (wait := min(self._limits.keep_alive, self._seconds_left())) > 0:
                done, _ = await asyncio.wait(
                    {running, leaving, closing}, timeout=wait, return_when=asyncio.FIRST_COMPLETED
                )
                if done:
                    break
                await self._write(b":\n\n")
        finally:
            await self._tasks.wind_down()

    async def _run(self) -> None:
        try:
            async with aclosing(self._outcomes) as outcomes:
                try:
                    async for outcome in outcomes:
                        await self._write(b"event: next\ndata: " + outcome.body + b"\n\n")
                finally:
                    self._tasks.current_is_ending()
            # A browser's EventSource does not hear an event without data.
            await self._write(b"event: complete\ndata: \n\n")
        except _ClientGone:
            return

    async def _until_server_closes(self) -> None:
        await self._connection.closing.wait()

    def _seconds_left(self) -> float:
        if self._asker.expires_at is None:
            return self._limits.keep_alive
        return (self._asker.expires_at - self._gateway.clock()).total_seconds()

    async def _start(self) -> None:
        headers = {
            "content-type": f"{EVENT_STREAM}; charset=utf-8",
            "cache-control": "no-cache, no-transform",
            "x-accel-buffering": "no",
            REQUEST_ID_HEADER: self._request_id,
        }
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self._deliver({"type": "http.response.start", "status": 200, "headers": raw})
        # A first comment, since some browsers and proxies hold the headers back until the body begins.
        await self._write(b":\n\n")

    async def _write(self, chunk: bytes) -> None:
        await self._deliver({"type": "http.response.body", "body": chunk, "more_body": True})

    async def _deliver(self, message: Message, within: float | None = None) -> None:
        try:
            async with asyncio.timeout(within or self._limits.send_timeout):
                await self._send(message)
        except TimeoutError:
            self._visit.dropped()
            self._connection.abort()
            raise _ClientGone from None
        except OSError:
            raise _ClientGone from None


async def _until_client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
