"""Somebody who listens: a subscription over graphql-transport-ws or over server-sent events, read event by event."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from websockets.asyncio.client import connect

from tests.openings import Openings

PATIENCE = 30.0
"""Seconds to wait for what must come."""

QUIET = 0.4
"""Seconds in which what must not come would have come."""

OPENING = 15.0
"""Seconds to wait for the server to listen; then the story goes on."""


class Completed(Exception):
    """The subscription was completed by the server."""


class Ears:
    """What one subscription has heard and will hear; made by `over_socket` and `over_events`."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.begun = asyncio.Event()
        """The server listens, or there is something to hear, or it has hung up."""

    def put(self, kind: str, payload: Any) -> None:
        """Called by the reader of the connection: "next", "error" or "complete"."""
        self._queue.put_nowait((kind, payload))
        self.begun.set()

    def waiting(self) -> int:
        """How many events have come that nobody has taken yet."""
        return self._queue.qsize()

    def take(self) -> tuple[str, Any]:
        """What has come first of those that wait: its kind as in `put`, and its payload."""
        return self._queue.get_nowait()

    async def next(self, seconds: float = PATIENCE) -> Any:
        """The next event's one field. Raises Completed at the end, AssertionError on an error or when nothing comes."""
        try:
            kind, payload = await asyncio.wait_for(self._queue.get(), seconds)
        except TimeoutError:
            raise AssertionError(f"nothing was heard in {seconds} s") from None
        if kind == "complete":
            raise Completed
        assert kind == "next", f"an error was heard: {payload}"
        assert not payload.get("errors"), payload["errors"]
        (value,) = payload["data"].values()
        return value

    async def refusal(self, seconds: float = PATIENCE) -> dict[str, Any]:
        """The first error that refuses the subscription."""
        kind, payload = await asyncio.wait_for(self._queue.get(), seconds)
        errors = payload if kind == "error" else payload.get("errors")
        assert errors, f"no error was heard, but {kind}: {payload}"
        return errors[0]

    async def rest(self, seconds: float = PATIENCE) -> list[Any]:
        """Everything until the server completes."""
        heard = []
        try:
            while True:
                heard.append(await self.next(seconds))
        except Completed:
            return heard

    async def silence(self, seconds: float = QUIET) -> None:
        """Nothing is heard for a while."""
        await asyncio.sleep(seconds)
        assert self._queue.empty(), f"heard {self._queue.get_nowait()}"


@asynccontextmanager
async def over_socket(
    url: str, token: str | None, document: str, variables: dict[str, Any], openings: Openings | None = None
) -> AsyncIterator[Ears]:
    """Subscribe on a socket of its own. When the block begins the server listens, if it has `openings` to tell by; any
    other has acknowledged the socket, and listens soon."""
    ears = Ears()
    async with connect(url, subprotocols=["graphql-transport-ws"], close_timeout=2) as socket:
        payload = {} if token is None else {"authorization": f"Bearer {token}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await asyncio.wait_for(socket.recv(), PATIENCE)) == {"type": "connection_ack"}
        operation = _operation(document, variables, ears, openings)
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": operation}))

        async def read() -> None:
            async for frame in socket:
                message = json.loads(frame)
                if message["type"] in ("next", "error", "complete"):
                    ears.put(message["type"], message.get("payload"))

        async with _reading(read(), ears, openings):
            yield ears


@asynccontextmanager
async def over_events(
    url: str, token: str | None, document: str, variables: dict[str, Any], openings: Openings | None = None
) -> AsyncIterator[Ears]:
    """Subscribe over server-sent events (graphql-sse, distinct connections); when the block begins as over a socket."""
    ears = Ears()
    headers = {"accept": "text/event-stream"} | ({} if token is None else {"authorization": f"Bearer {token}"})
    body = _operation(document, variables, ears, openings)
    async with (
        httpx.AsyncClient(timeout=httpx.Timeout(PATIENCE, read=60)) as client,
        client.stream("POST", url, json=body, headers=headers) as response,
    ):

        async def read() -> None:
            event = ""
            async for line in response.aiter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    data = line.removeprefix("data: ")
                    ears.put(event, json.loads(data) if data else None)

        async with _reading(read(), ears, openings):
            yield ears


def _operation(document: str, variables: dict[str, Any], ears: Ears, openings: Openings | None) -> dict[str, Any]:
    named = {} if openings is None else {"extensions": openings.extensions(ears.begun)}
    return {"query": document, "variables": variables} | named


@asynccontextmanager
async def _reading(read: Coroutine[Any, Any, None], ears: Ears, openings: Openings | None) -> AsyncIterator[None]:
    reader = asyncio.create_task(read)
    reader.add_done_callback(lambda _: ears.begun.set())
    try:
        if openings is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(ears.begun.wait(), OPENING)
        yield
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
