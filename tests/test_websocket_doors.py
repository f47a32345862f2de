"""A client speaks out of turn on a socket, or may not open one: the exact code with which it is shown the door."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from tests.socket_client import INIT, PROTOCOL, connected, door, hear, opened, say, subscribe
from tests.transport_app import Served, gateway, serve, until
from tests.transport_schema import stage


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serve(gateway()) as running:
        yield running


@pytest.fixture(autouse=True)
async def nothing_left_behind(served: Served) -> AsyncIterator[None]:
    """Whatever a test does, no operation outlives its socket."""
    yield
    await until(
        lambda: stage.running == 0 and not served.server.server_state.tasks, "every socket and operation is over"
    )


BEFORE_INIT = [
    ("subscribe before init", subscribe("{ hello }"), 4401),
    ("not JSON", "{", 4400),
    ("empty frame", "", 4400),
    ("list", "[]", 4400),
    ("string", '"x"', 4400),
    ("null", "null", 4400),
    ("number", "1", 4400),
    ("deep", "[" * 5000, 4400),
    ("lone surrogate", '{"type":"ping","payload":{"a":"\\ud800"}}', 4400),
    ("no type", {}, 4400),
    ("list as type", {"type": []}, 4400),
    ("unknown type", {"type": "start"}, 4400),
    ("server's type", {"type": "next", "id": "1", "payload": {}}, 4400),
    ("init payload list", {**INIT, "payload": []}, 4400),
    ("init payload string", {**INIT, "payload": "x"}, 4400),
    ("init payload false", {**INIT, "payload": False}, 4400),
    ("token number", {**INIT, "payload": {"Authorization": 1}}, 4400),
    ("token list", {**INIT, "payload": {"authorization": ["Bearer x"]}}, 4400),
    ("ping payload", {"type": "ping", "payload": 1}, 4400),
    ("pong payload", {"type": "pong", "payload": []}, 4400),
    ("binary", b'{"type":"ping"}', 4400),
    ("oversized", '"' + "é" * 10_001 + '"', 1009),
]
AFTER_INIT = [
    ("second init", INIT, 4429),
    ("no id", {"type": "subscribe", "payload": {"query": "{ hello }"}}, 4400),
    ("empty id", subscribe("{ hello }", ""), 4400),
    ("number id", {**subscribe("{ hello }"), "id": 1}, 4400),
    ("unhashable id", {**subscribe("{ hello }"), "id": []}, 4400),
    ("object id", {**subscribe("{ hello }"), "id": {}}, 4400),
    ("long id", subscribe("{ hello }", "x" * 129), 4400),
    ("no payload", {"id": "1", "type": "subscribe"}, 4400),
    ("null payload", {"id": "1", "type": "subscribe", "payload": None}, 4400),
    ("list payload", {"id": "1", "type": "subscribe", "payload": []}, 4400),
    ("no query", {"id": "1", "type": "subscribe", "payload": {}}, 4400),
    ("number query", {"id": "1", "type": "subscribe", "payload": {"query": 1}}, 4400),
    ("list variables", subscribe("{ hello }", variables=[]), 4400),
    ("string variables", subscribe("{ hello }", variables="{}"), 4400),
    ("number operationName", subscribe("{ hello }", operationName=1), 4400),
    ("list extensions", subscribe("{ hello }", extensions=[]), 4400),
    ("complete without id", {"type": "complete"}, 4400),
    ("complete with list id", {"type": "complete", "id": []}, 4400),
]


@pytest.mark.parametrize(("frame", "code"), [case[1:] for case in BEFORE_INIT], ids=[case[0] for case in BEFORE_INIT])
async def test_a_malformed_frame_gets_exactly_its_close_code(served, caplog, frame, code):
    async with opened(served) as ws:
        await say(ws, frame)
        closed, reason = await door(ws)
    assert closed == code
    assert reason and len(reason.encode()) <= 123
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(("frame", "code"), [case[1:] for case in AFTER_INIT], ids=[case[0] for case in AFTER_INIT])
async def test_a_malformed_frame_after_the_init_gets_exactly_its_close_code(served, caplog, frame, code):
    async with connected(served) as ws:
        await say(ws, subscribe("subscription { silence }", "running"))
        await hear(ws)
        await say(ws, frame)
        assert (await door(ws))[0] == code
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_an_id_in_use_closes_4409_with_a_reason_cut_to_what_a_close_frame_holds(served):
    for operation_id, reason in (("7", "Subscriber for 7 already exists"), ("é" * 100, "Subscriber for " + "é" * 54)):
        async with connected(served) as ws:
            await say(ws, subscribe("subscription { silence }", operation_id))
            await hear(ws)
            await say(ws, subscribe("{ hello }", operation_id))
            assert await door(ws) == (4409, reason)


@pytest.mark.parametrize(
    "parts", [[b"\xff\xfe"], [b'{"type":"', b"\xc3", b'\x28"}']], ids=["one frame", "in fragments"]
)
async def test_a_text_frame_that_is_not_utf_8_closes_1007(served, caplog, parts):
    async with opened(served) as ws:
        for index, part in enumerate(parts):
            opcode = Opcode.CONT if index else Opcode.TEXT
            raw = Frame(opcode, part, fin=index == len(parts) - 1).serialize(mask=True)
            ws.transport.write(raw)
        assert (await door(ws))[0] == 1007
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_frame_far_over_the_limit_closes_1009_too(served):
    async with opened(served) as ws:
        with contextlib.suppress(ConnectionClosed):
            await say(ws, "x" * 2_000_000)
        assert (await door(ws))[0] == 1009


async def test_a_client_that_never_inits_is_closed_4408():
    async with serve(gateway(replace(gateway().limits, connection_init_timeout=0.2))) as impatient:
        async with opened(impatient) as ws:
            assert await door(ws) == (4408, "Connection initialisation timeout")
        async with connected(impatient) as ws:
            await asyncio.sleep(0.3)
            await say(ws, {"type": "ping"})
            assert await hear(ws) == {"type": "pong"}


@pytest.mark.parametrize("offered", [["graphql-ws"], None, ["graphql-ws", "soap"]])
async def test_a_client_that_does_not_speak_the_protocol_is_closed_4406(served, offered):
    async with connect(served.ws, subprotocols=offered) as ws:
        assert await door(ws) == (4406, "Subprotocol not acceptable")


async def test_a_client_that_offers_legacy_too_gets_the_current_protocol(served):
    async with connect(served.ws, subprotocols=["graphql-ws", PROTOCOL]) as ws:
        assert ws.subprotocol == PROTOCOL


async def test_pages_of_the_own_host_may_open_a_socket_and_others_may_not(served):
    async with opened(served, origin=f"http://127.0.0.1:{served.port}"):
        pass
    for foreign in ("https://evil.example", "http://127.0.0.1:1", "null", f"http://evil.example:{served.port}"):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(served, origin=foreign):
                pass
        assert refused.value.response.status_code == 403


async def test_when_origins_are_listed_only_they_may_open_a_socket():
    async with serve(gateway(allowed_origins=["https://app.example"])) as strict:
        async with connected(strict, origin="https://app.example"):
            pass
        with pytest.raises(InvalidStatus):
            async with opened(strict, origin=f"http://127.0.0.1:{strict.port}"):
                pass
