"""The transports under limits small enough to reach, people who come to them, and what is counted of those."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection

from server.transports.asker import Authenticated
from server.transports.gateway import Gateway
from tests.socket_client import INIT, door, opened, say
from tests.transport_app import Served, until
from tests.transport_app import gateway as transport_gateway
from tests.transport_schema import stage


async def by_name(authorization: str | None) -> Authenticated:
    """The stage's people, each counted under his name."""
    asker = await stage.authenticate(authorization)
    return replace(asker, person=asker.viewer)


def gateway(**limits: Any) -> Gateway:
    """The transport tests' gateway with these limits."""
    usual = transport_gateway().limits
    return transport_gateway(replace(usual, **limits), authenticate=by_name)


@contextlib.asynccontextmanager
async def streamed(
    served: Served, name: str | None, query: str = "subscription { silence }"
) -> AsyncIterator[httpx.Response]:
    """An event stream, as soon as its headers are there."""
    headers = {"accept": "text/event-stream"} | ({} if name is None else {"authorization": f"Bearer {name}"})
    async with (
        httpx.AsyncClient(timeout=8) as client,
        client.stream("POST", served.http, json={"query": query}, headers=headers) as response,
    ):
        yield response


async def turned_away(served: Served, **options: Any) -> tuple[int | None, str]:
    """Open a socket, and the way in which the server closes it before anything was said."""
    async with opened(served, **options) as ws:
        return await door(ws)


async def introduced(ws: ClientConnection, name: str) -> tuple[int | None, str]:
    """Say who it is, and the way in which the server then closes the socket."""
    await say(ws, {**INIT, "payload": {"authorization": f"Bearer {name}"}})
    return await door(ws)


async def nothing_is_counted(gateway: Gateway) -> None:
    """Soon everybody who was counted has been counted out."""
    admission = gateway.admission
    await until(lambda: not +gateway.tally.sockets, "every socket has been counted down")
    assert not admission.by_address and not admission.by_person
