"""A client opens a socket and speaks graphql-transport-ws: what it hears, and how it is shown the door."""

import asyncio
import contextlib
import json
import logging
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from server.transports import connection
from tests.transport_app import SECRET, Served, gateway, serve, stage, until

PROTOCOL = "graphql-transport-ws"
INIT = {"type": "connection_init"}


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


async def test_a_client_subscribes_and_hears_every_event_then_complete(served):
    async with connected(served) as ws:
        await say(ws, subscribe("subscription($to: Int!) { count(to: $to) }", variables={"to": 2}))
        assert await hear(ws) == {"id": "1", "type": "next", "payload": {"data": {"count": 1}}}
        assert await hear(ws) == {"id": "1", "type": "next", "payload": {"data": {"count": 2}}}
        assert await hear(ws) == {"id": "1", "type": "complete"}


async def test_queries_and_mutations_work_over_the_socket_and_their_id_is_free_again(served):
    async with connected(served) as ws:
        for query, data in (("{ hello }", {"hello": "Hello world"}), ('mutation { echo(text: "é") }', {"echo": "é"})):
            await say(ws, subscribe(query))
            assert await hear(ws) == {"id": "1", "type": "next", "payload": {"data": data}}
            assert await hear(ws) == {"id": "1", "type": "complete"}


async def test_operations_run_side_by_side_and_a_complete_ends_only_its_own(served):
    async with connected(served) as ws:
        cleaned_up = stage.cleaned_up
        await say(ws, subscribe("subscription { silence }", "a"))
        await say(ws, subscribe("subscription { silence }", "b"))
        assert {(await hear(ws))["id"], (await hear(ws))["id"]} == {"a", "b"}
        await say(ws, {"id": "a", "type": "complete"})
        await until(lambda: stage.cleaned_up == cleaned_up + 1, "a's clean-up has run")
        assert stage.running == 1
        await say(ws, subscribe("{ hello }", "a"))
        assert (await hear(ws))["payload"] == {"data": {"hello": "Hello world"}}


async def test_a_query_completed_before_it_answered_is_cancelled_and_never_answers(served):
    async with connected(served) as ws:
        await say(ws, subscribe("{ slow }"))
        await until(lambda: stage.running == 1, "the query runs")
        await say(ws, {"id": "1", "type": "complete"})
        await until(lambda: stage.running == 0, "the query was cancelled")
        await say(ws, {"type": "ping"})
        assert await hear(ws) == {"type": "pong"}


async def test_a_ping_is_answered_with_its_payload_before_and_after_the_init(served):
    async with opened(served) as ws:
        await say(ws, {"type": "ping", "payload": {"at": 1}})
        assert await hear(ws) == {"type": "pong", "payload": {"at": 1}}
        await say(ws, {"type": "pong", "payload": {"heart": "beat"}})
        await say(ws, {"type": "complete", "id": "nobody-knows"})
        await say(ws, {"type": "ping", "payload": None})
        assert await hear(ws) == {"type": "pong"}


@pytest.mark.parametrize("query", ["{", "{ nothingLikeIt }", "", "query A { hello } query B { hello }"])
async def test_a_bad_document_is_an_error_for_its_operation_and_the_socket_lives_on(served, query):
    async with connected(served) as ws:
        await say(ws, subscribe(query))
        answer = await hear(ws)
        assert (answer["type"], answer["id"]) == ("error", "1")
        assert answer["payload"][0]["extensions"]["code"].startswith(("GRAPHQL_", "OPERATION_"))
        await say(ws, subscribe("{ hello }"))
        assert (await hear(ws))["type"] == "next"


async def test_a_subscription_that_is_refused_says_why_in_an_error(served):
    async with connected(served) as ws:
        await say(ws, subscribe("subscription { refuses }"))
        assert await hear(ws) == {
            "id": "1",
            "type": "error",
            "payload": [
                {"message": "Only the two of a pair can listen to it.", "extensions": {"code": "FORBIDDEN"}},
            ],
        }


async def test_a_stream_that_breaks_is_masked_and_logged_once_without_its_words(served, caplog):
    caplog.set_level(logging.DEBUG)
    async with connected(served) as ws:
        await say(ws, subscribe("subscription { breaks }"))
        assert (await hear(ws))["payload"] == {"data": {"breaks": 1}}
        answer = await hear(ws)
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL")
        await say(ws, subscribe("{ hello }"))
        assert (await hear(ws))["type"] == "next"
    logged = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(logged) == 1
    assert answer["payload"][0]["extensions"]["requestId"] in logged[0]
    assert "Subscription.breaks" in logged[0]
    assert SECRET not in caplog.text and SECRET not in json.dumps(answer)


async def test_every_operation_gets_a_context_of_its_own_and_every_event_fresh_loaders(served):
    async with connected(served) as ws:
        heard = []
        for operation_id in ("a", "b"):
            await say(ws, subscribe("{ context }", operation_id))
            heard.append((await hear(ws))["payload"]["data"]["context"])
            await hear(ws)
        assert heard[1] == heard[0] + 1
        await say(ws, subscribe("subscription { contexts }"))
        serial = heard[1] + 1
        events = [(await hear(ws))["payload"]["data"]["contexts"] for _ in range(3)]
        assert events == [f"{serial}.0", f"{serial}.1", f"{serial}.2"]


@pytest.mark.parametrize("key", ["authorization", "Authorization", "AUTHORIZATION"])
async def test_the_token_comes_in_the_init_payload_under_any_case(served, key):
    async with opened(served) as ws:
        await say(ws, {**INIT, "payload": {key: "Bearer Mina"}})
        assert await hear(ws) == {"type": "connection_ack"}
        await say(ws, subscribe("{ viewer }"))
        assert (await hear(ws))["payload"] == {"data": {"viewer": "Mina"}}


async def test_a_client_that_is_no_browser_may_send_its_token_with_the_handshake(served):
    async with connected(served, additional_headers={"authorization": "Bearer Mina"}) as ws:
        await say(ws, subscribe("{ viewer }"))
        assert (await hear(ws))["payload"] == {"data": {"viewer": "Mina"}}


@pytest.mark.parametrize("payload", [None, {}, {"authorization": None}])
async def test_without_a_token_one_sees_what_nobody_signed_in_sees(served, payload):
    async with opened(served) as ws:
        await say(ws, {**INIT, "payload": payload})
        assert await hear(ws) == {"type": "connection_ack"}
        await say(ws, subscribe("{ viewer }"))
        assert (await hear(ws))["payload"] == {"data": {"viewer": None}}


async def test_a_bad_token_is_shown_the_door_with_4403(served):
    async with opened(served) as ws:
        await say(ws, {**INIT, "payload": {"authorization": "Bearer bad"}})
        assert await door(ws) == (4403, "Forbidden")


async def test_a_token_revoked_meanwhile_closes_the_socket_at_the_next_operation(served):
    async with connected(served, "Rana") as ws:
        await say(ws, subscribe("subscription { silence }", "old"))
        await hear(ws)
        stage.revoked.add("Rana")
        await say(ws, subscribe("{ hello }", "new"))
        assert await door(ws) == (4403, "Forbidden")


async def test_a_token_that_expires_closes_the_socket_with_4403_and_ends_its_operations(served):
    stage.expiry["Elif"] = datetime.now(UTC) + timedelta(seconds=0.3)
    async with connected(served, "Elif") as ws:
        await say(ws, subscribe("subscription { silence }"))
        assert (await hear(ws))["type"] == "next"
        assert await door(ws) == (4403, "Access token expired")


async def test_when_authentication_breaks_the_client_is_asked_to_come_back_and_no_word_leaks(served, caplog):
    async with connected(served) as ws:
        stage.broken_authentication = True
        try:
            await say(ws, subscribe("{ hello }"))
            answer = await hear(ws)
            async with opened(served) as second:
                await say(second, INIT)
                assert await door(second) == (1013, "Try again later")
        finally:
            stage.broken_authentication = False
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL")
    assert SECRET not in caplog.text and SECRET not in json.dumps(answer)


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


async def test_a_socket_runs_only_so_many_operations_and_says_so_for_the_one_too_many(served):
    async with connected(served) as ws:
        for number in range(5):
            await say(ws, subscribe("subscription { silence }", str(number)))
            await hear(ws)
        await say(ws, subscribe("{ hello }", "one too many"))
        answer = await hear(ws)
        assert (answer["id"], answer["type"]) == ("one too many", "error")
        assert answer["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        await say(ws, {"id": "0", "type": "complete"})
        await until(lambda: stage.running == 4, "one of them is over")
        await say(ws, subscribe("{ hello }", "now"))
        assert (await hear(ws))["type"] == "next"


async def test_when_the_client_vanishes_its_operations_are_cleaned_up(served):
    cleaned_up = stage.cleaned_up
    async with connected(served) as ws:
        for number in range(3):
            await say(ws, subscribe("subscription { silence }", str(number)))
            await hear(ws)
        ws.transport.abort()
    await until(lambda: stage.cleaned_up == cleaned_up + 3, "all three have cleaned up")


def _resident() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


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


async def test_a_client_that_does_not_read_is_dropped_while_memory_stays_flat_and_others_notice_nothing():
    async with serve(gateway(replace(gateway().limits, send_timeout=1.0))) as served, connected(served) as other:
        before, cleaned_up = _resident(), stage.cleaned_up
        async with deaf(served):
            await until(lambda: stage.running == 1, "the flood has begun")
            await asyncio.sleep(0.5)
            produced = stage.produced
            await asyncio.sleep(0.2)
            assert stage.produced <= produced + 1, "nothing is produced that nobody reads"
            assert _resident() - before < 30_000_000
            await say(other, {"type": "ping"})
            assert await hear(other) == {"type": "pong"}
            await until(lambda: stage.cleaned_up == cleaned_up + 1, "the client was dropped", 3)
            await until(lambda: len(served.server.server_state.connections) == 1, "its connection is gone", 1)


@pytest.mark.parametrize("query", ["subscription { silence }", "subscription { flood }"])
async def test_a_connection_whose_other_end_is_dead_is_reaped_also_while_bytes_wait_for_it(query, monkeypatch):
    monkeypatch.setattr(connection, "CLOSE_GRACE", 0.3)
    patient = gateway(replace(gateway().limits, send_timeout=60.0))
    cleaned_up = stage.cleaned_up
    async with serve(patient, ws_ping_interval=0.3, ws_ping_timeout=0.3) as served, deaf(served, query):
        await until(lambda: stage.running == 1, "the subscription runs")
        await until(lambda: stage.cleaned_up == cleaned_up + 1, "it was cleaned up", 3)
        await until(lambda: not served.server.server_state.connections, "its connection is gone", 1)


async def test_a_restart_closes_every_socket_with_1012_and_cleans_up():
    cleaned_up = stage.cleaned_up
    async with serve(gateway()) as served, connected(served) as one, connected(served) as two:
        for ws in (one, two):
            await say(ws, subscribe("subscription { silence }"))
            await hear(ws)
        stopping = asyncio.create_task(served.stop())
        assert [(await door(ws))[0] for ws in (one, two)] == [1012, 1012]
        await asyncio.wait_for(stopping, 5)
    assert stage.cleaned_up == cleaned_up + 2


async def test_a_deaf_client_does_not_hold_up_a_restart(monkeypatch, caplog):
    monkeypatch.setattr(connection, "CLOSE_GRACE", 0.3)
    async with serve(gateway(replace(gateway().limits, send_timeout=1.0))) as served, deaf(served):
        await until(lambda: stage.running == 1, "the flood has begun")
        async with asyncio.timeout(2):
            await served.stop()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
