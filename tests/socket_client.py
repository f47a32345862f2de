"""A client of graphql-transport-ws that says exactly what a test tells it to, however wrong."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from tests.transport_app import Served

PROTOCOL = "graphql-transport-ws"
INIT = {"type": "connection_init"}


@contextlib.asynccontextmanager
async def opened(served: Served, **options: Any) -> AsyncIterator[ClientConnection]:
    async with connect(served.ws, subprotocols=[PROTOCOL], close_timeout=5, **options) as ws:
        yield ws


@contextlib.asynccontextmanager
async def connected(served: Served, token: str | None = None, **options: Any) -> AsyncIterator[ClientConnection]:
    """A socket whose connection_init has been acknowledged."""
    async with opened(served, **options) as ws:
        await say(ws, INIT if token is None else {**INIT, "payload": {"authorization": f"Bearer {token}"}})
        assert await hear(ws) == {"type": "connection_ack"}
        yield ws


async def say(ws: ClientConnection, message: Any) -> None:
    await ws.send(message if isinstance(message, str | bytes) else json.dumps(message))


async def hear(ws: ClientConnection) -> Any:
    frame = await asyncio.wait_for(ws.recv(), 5)
    assert isinstance(frame, str), "the protocol forbids binary frames"
    return json.loads(frame)


async def door(ws: ClientConnection) -> tuple[int | None, str]:
    """Read until the server closes the socket, and return its code and reason."""
    with pytest.raises(ConnectionClosed):
        async with asyncio.timeout(8):
            while True:
                await ws.recv()
    return ws.close_code, ws.close_reason or ""


def subscribe(query: str, operation_id: str = "1", **more: Any) -> dict[str, Any]:
    return {"id": operation_id, "type": "subscribe", "payload": {"query": query, **more}}


@contextlib.asynccontextmanager
async def deaf(served: Served, query: str = "subscription { flood }") -> AsyncIterator[socket.socket]:
    """A client that subscribes and then reads nothing any more, nor answers a ping."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", served.port))
    head = (
        "GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n"
    )
    await loop.sock_sendall(raw, head.encode())
    assert b"101" in await asyncio.wait_for(loop.sock_recv(raw, 4096), 5)
    for message in (INIT, subscribe(query)):
        await loop.sock_sendall(raw, Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=True))
    try:
        yield raw
    finally:
        raw.close()
