"""What is sent and heard by hand on the pages of docs/api: a line of curl, and the frames of a socket."""

import asyncio
import json
import shlex
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.listening import PATIENCE

HERE = "http://127.0.0.1:8000"
"""Where the pages say that the server is."""

Frame = dict[str, Any] | str


@dataclass(frozen=True)
class Curl:
    """A request as a line of curl describes it: what is understood are the options that the pages use."""

    url: str
    headers: dict[str, str]
    body: Any

    @classmethod
    def read(cls, command: str) -> "Curl":
        """Read the words after `curl`; an option of another kind is refused, since it would not be tried."""
        words = iter(shlex.split(command.replace("\\\n", " "))[1:])
        url, headers, body = "", {}, None
        for word in words:
            match word:
                case "-N":
                    pass
                case "-H":
                    name, _, value = next(words).partition(": ")
                    headers[name] = value
                case "-d":
                    body = json.loads(next(words))
                    headers.setdefault("content-type", "application/x-www-form-urlencoded")  # as curl has it
                case _ if word.startswith(HERE):
                    url = word
                case _:
                    raise AssertionError(f"the tests do not know curl's {word}")
        return cls(url, headers, body)

    def request(self, http: httpx.AsyncClient, served_url: str) -> httpx.Request:
        """The request, to a server that is somewhere else."""
        url = self.url.replace(HERE, served_url)
        if self.body is None:
            return http.build_request("GET", url, headers=self.headers)
        return http.build_request("POST", url, headers=self.headers, content=json.dumps(self.body))


@dataclass
class EventStream:
    """The answer to a request for server-sent events, read event by event."""

    lines: AsyncIterator[str]

    @classmethod
    async def open(cls, http: httpx.AsyncClient, request: httpx.Request, stack: AsyncExitStack) -> "EventStream":
        """Send the request; the stream ends with `stack`."""
        response = await http.send(request, stream=True)
        stack.push_async_callback(response.aclose)
        assert response.status_code == 200, response.status_code
        return cls(await stack.enter_async_context(aclosing(response.aiter_lines())))

    async def next(self) -> tuple[str, Any]:
        """The next event and what it says; comments, which keep the connection alive, are passed over."""
        event = ""
        async with asyncio.timeout(PATIENCE):
            async for line in self.lines:
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    return event, json.loads(value) if value else None
        raise AssertionError("the stream has ended")


def events_of(text: str) -> list[tuple[str, Any]]:
    """The events that a block shows."""
    found = []
    for block in text.strip().split("\n\n"):
        event, data = (line.partition(":")[2].strip() for line in block.splitlines())
        found.append((event, json.loads(data) if data else None))
    return found


@dataclass
class Socket:
    """A socket on which a page says what is sent (→) and what comes (←)."""

    socket: ClientConnection

    @classmethod
    async def open(cls, url: str, stack: AsyncExitStack) -> "Socket":
        """Open it; it is closed with `stack`."""
        opened = connect(url, subprotocols=["graphql-transport-ws"], close_timeout=2)
        return cls(await stack.enter_async_context(opened))

    async def say(self, frame: Frame) -> None:
        """Send a frame."""
        await self.socket.send(json.dumps(frame))

    async def hear(self) -> Frame:
        """The next frame, or with which code and reason the server has closed the socket."""
        try:
            return json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            return f"closed with {closed.rcvd.code} {closed.rcvd.reason}"


def frames_of(text: str) -> list[tuple[str, Frame]]:
    """The arrows and frames that a block shows. A frame may go on in lines that are indented."""
    frames: list[list[str]] = []
    for line in text.splitlines():
        if line[:1] in "→←":
            frames.append([line])
        else:
            frames[-1].append(line)
    said = [(lines[0][0], "\n".join(lines)[2:]) for lines in frames]
    return [(arrow, text if text.startswith("closed") else json.loads(text)) for arrow, text in said]
