"""However a socket ends, it is counted out: whoever comes next finds his share whole."""

import asyncio
import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.frames import Frame, Opcode

from server.transports import connection
from server.transports.admission import Admission
from server.transports.limits import Limits
from server.transports.tally import Tally
from tests.limited_app import gateway, introduced, nothing_is_counted, streamed
from tests.socket_client import connected, deaf, door, hear, opened, say, subscribe
from tests.transport_app import Served, serve, until
from tests.transport_schema import stage

SILENCE = "subscription { silence }"


async def leaves(served: Served) -> None:
    async with connected(served, "maya") as ws:
        await say(ws, subscribe(SILENCE))
        await hear(ws)


async def vanishes(served: Served) -> None:
    async with connected(served, "maya") as ws:
        await say(ws, subscribe(SILENCE))
        await hear(ws)
        ws.transport.abort()


async def vanishes_before_saying_anything(served: Served) -> None:
    async with opened(served) as ws:
        ws.transport.abort()


async def says_nothing(served: Served) -> None:
    async with opened(served) as ws:
        assert (await door(ws))[0] == 4408


async def says_nonsense(served: Served) -> None:
    async with connected(served, "maya") as ws:
        await say(ws, "[]")
        assert (await door(ws))[0] == 4400


async def has_a_bad_token(served: Served) -> None:
    async with opened(served) as ws:
        assert (await introduced(ws, "bad maya"))[0] == 4403


async def has_a_token_that_expires(served: Served) -> None:
    stage.expiry["guest"] = datetime.now(UTC) + timedelta(seconds=0.3)
    async with connected(served, "guest") as ws:
        assert (await door(ws))[0] == 4403


async def has_too_many(served: Served) -> None:
    async with connected(served, "maya"), connected(served, "maya"), opened(served) as third:
        assert (await introduced(third, "maya"))[0] == 1013


async def finds_the_database_away(served: Served) -> None:
    stage.broken_authentication = True
    try:
        async with opened(served) as ws:
            assert (await introduced(ws, "maya"))[0] == 1013
    finally:
        stage.broken_authentication = False


async def does_not_read(served: Served) -> None:
    async with deaf(served) as raw:
        # Many wait to be sent; the client is dropped once.
        for number in range(3):
            await tell(raw, subscribe("subscription { flood }", f"more {number}"))
        await until(lambda: stage.running == 4, "the floods have begun")
        await until(lambda: stage.running == 0, "the client was dropped")


async def tell(raw: socket.socket, message: Any) -> None:
    frame = Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=True)
    await asyncio.get_running_loop().sock_sendall(raw, frame)


async def does_not_read_a_stream(served: Served) -> None:
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, ("127.0.0.1", served.port))
        body = json.dumps({"query": "subscription { flood }"})
        head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Length: {len(body)}\r\n"
        await loop.sock_sendall(raw, f"{head}Content-Type: application/json\r\n\r\n{body}".encode())
        await until(lambda: stage.running == 1, "the flood has begun")
        await until(lambda: stage.running == 0, "the client was dropped")


async def listens_to_a_stream_and_leaves(served: Served) -> None:
    async with streamed(served, "maya") as response:
        assert response.status_code == 200


async def hears_a_stream_to_its_end(served: Served) -> None:
    async with streamed(served, "maya", "subscription { count }") as response:
        assert b"event: complete" in await response.aread()


async def sees_the_server_restart(served: Served) -> None:
    async with connected(served, "maya") as ws, streamed(served, "maya"):
        await served.stop()
        assert (await door(ws))[0] == 1012


ENDINGS = [
    leaves,
    vanishes,
    vanishes_before_saying_anything,
    says_nothing,
    says_nonsense,
    has_a_bad_token,
    has_a_token_that_expires,
    has_too_many,
    finds_the_database_away,
    does_not_read,
    does_not_read_a_stream,
    listens_to_a_stream_and_leaves,
    hears_a_stream_to_its_end,
    sees_the_server_restart,
]


@pytest.mark.parametrize("somebody", ENDINGS, ids=lambda ending: ending.__name__)
async def test_however_a_socket_ends_it_is_not_counted_any_more(somebody: Any, monkeypatch) -> None:
    monkeypatch.setattr(connection, "CLOSE_GRACE", 0.3)
    served_by = gateway(max_sockets_per_user=2, connection_init_timeout=0.3, send_timeout=0.5)
    async with serve(served_by) as served:
        await somebody(served)
        await nothing_is_counted(served_by)
    dropped = {does_not_read: {"websocket": 1}, does_not_read_a_stream: {"sse": 1}}
    assert served_by.tally.dropped == dropped.get(somebody, {})


async def test_what_a_server_ends_outright_is_not_counted_any_more() -> None:
    """What a server does that will not wait: cancel the handlers, and drop the connections of sockets without one."""
    served_by = gateway()
    async with serve(served_by) as served, connected(served, "maya") as ws, streamed(served, "maya"):
        await say(ws, subscribe(SILENCE))
        await hear(ws)
        assert served_by.admission.by_person == {"maya": 2}
        for task in list(served.server.server_state.tasks):
            task.cancel()
        for each in list(served.server.server_state.connections):
            each.transport.abort()
        await nothing_is_counted(served_by)


def test_a_client_that_is_dropped_counts_once_whatever_was_to_be_sent_to_it() -> None:
    """A keep-alive and an event may both find out that it does not read; it leaves once, too."""
    admission = Admission(Limits(), Tally())
    visit = admission.enter("sse", ("192.0.2.1", 1))
    visit.introduce("maya")
    for _ in range(2):
        visit.dropped()
        visit.leave()
    assert (admission.tally.dropped, +admission.tally.sockets) == ({"sse": 1}, {})
    assert not admission.by_address and not admission.by_person
