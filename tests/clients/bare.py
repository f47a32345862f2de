"""Clients without a library: a socket that a test holds in its hands, and connections that are deaf, or dead."""

import asyncio
import ctypes
import json
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame, Opcode

from tests.community import Person
from tests.documents import MATCH_ACTIVITY
from tests.servers import Served

SUBPROTOCOL = "graphql-transport-ws"
PATIENCE = 20.0
SMALL_BUFFER = 4_096

_SO_ATTACH_FILTER = 26
_DROP_EVERYTHING = struct.pack("HBBI", 0x06, 0, 0, 0)
"""One instruction for the kernel's packet filter: return 0 bytes of whatever comes."""


POSTS_EIGHT_TIMES = """
subscription($matchId: ID!, $after: String) {
  matchActivity(matchId: $matchId, after: $after) {
    ... on PostAdded { post { a: body b: body c: body d: body e: body f: body g: body h: body } }
  }
}
"""
"""What the deaf ask for: the kernel takes some megabytes before a connection is full."""


def operation(match_id: str, after: str, query: str = MATCH_ACTIVITY) -> dict[str, Any]:
    """A subscription to a pair's space."""
    return {"query": query, "variables": {"matchId": match_id, "after": after}}


async def logged_in(served: Served, token: str | None) -> ClientConnection:
    """A socket that has been acknowledged. Whoever takes it closes it."""
    ws = await connect(served.socket_url, subprotocols=[SUBPROTOCOL], compression=None, ping_interval=None)
    await ws.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
    assert json.loads(await asyncio.wait_for(ws.recv(), PATIENCE)) == {"type": "connection_ack"}
    return ws


async def following(person: Person, match_id: str, after: str, query: str = MATCH_ACTIVITY) -> ClientConnection:
    """A socket with an open subscription. Whoever takes it closes it."""
    ws = await logged_in(person.served, person.token)
    await ws.send(json.dumps({"id": "1", "type": "subscribe", "payload": operation(match_id, after, query)}))
    return ws


class Deaf:
    """A connection that subscribed, and has read nothing since."""

    def __init__(self, served: Served, raw: socket.socket) -> None:
        self._raw = raw
        self._served = served
        self._port = raw.getsockname()[1]

    def held(self) -> bool:
        """Whether the server still holds its end."""
        return self._port in [each.raddr.port for each in established(self._served)]

    def dies(self) -> None:
        """From now on nothing reaches it, and it acknowledges nothing: its machine has lost its power, or its network.

        Where the kernel has no filter for a connection's packets (it is Linux that has), it is merely silent.
        """
        if sys.platform == "linux":
            code = ctypes.create_string_buffer(_DROP_EVERYTHING)
            program = struct.pack("HL", 1, ctypes.addressof(code))
            self._raw.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


def established(served: Served) -> list[Any]:
    """The connections that the server's processes hold, as psutil tells them."""
    assert served.process is not None
    parent = psutil.Process(served.process.pid)
    port = urlsplit(served.url).port
    return [
        each
        for process in [parent, *parent.children(recursive=True)]
        for each in process.net_connections("tcp")
        if each.status == psutil.CONN_ESTABLISHED and each.laddr.port == port
    ]


@contextmanager
def deaf_socket(person: Person, match_id: str, after: str) -> Iterator[Deaf]:
    """A WebSocket that goes deaf as soon as it has asked for each post eight times; nor does it answer a ping."""
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": SUBPROTOCOL,
    }
    with _asked(person, "GET", upgrade, b"", b"101 Switching") as raw:
        init = {"type": "connection_init", "payload": {"authorization": f"Bearer {person.token}"}}
        for message in (
            init,
            {"id": "1", "type": "subscribe", "payload": operation(match_id, after, POSTS_EIGHT_TIMES)},
        ):
            raw.sendall(Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=True))
        yield Deaf(person.served, raw)


@contextmanager
def deaf_stream(person: Person, match_id: str, after: str) -> Iterator[Deaf]:
    """An event stream with each post eight times that goes deaf as soon as it has begun."""
    body = json.dumps(operation(match_id, after, POSTS_EIGHT_TIMES)).encode()
    asking = {
        "Authorization": f"Bearer {person.token}",
        "Accept": "text/event-stream",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    with _asked(person, "POST", asking, body, b"200 OK") as raw:
        yield Deaf(person.served, raw)


@contextmanager
def _asked(person: Person, method: str, headers: dict[str, str], body: bytes, answer: bytes) -> Iterator[socket.socket]:
    """A connection with a small receive buffer that has read the beginning of the answer to its request."""
    at = urlsplit(person.served.url)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    raw.settimeout(PATIENCE)
    try:
        raw.connect((at.hostname, at.port))
        lines = [f"{method} /graphql HTTP/1.1", f"Host: {at.netloc}", *(f"{name}: {headers[name]}" for name in headers)]
        raw.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        heard = raw.recv(256)
        assert answer in heard, heard
        yield raw
    finally:
        raw.close()
