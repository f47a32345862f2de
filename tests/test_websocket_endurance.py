"""Clients that want too much, vanish, or do not read, and a server that restarts: nothing stays behind."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from server.transports import connection
from server.transports.limits import Limits
from tests.socket_client import connected, deaf, door, hear, say, subscribe
from tests.transport_app import Served, gateway, serve, until
from tests.transport_schema import SECRET, stage


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


async def test_a_clean_up_that_fails_after_a_complete_harms_neither_the_socket_nor_the_logs_silence(served, caplog):
    async with connected(served) as ws:
        await say(ws, subscribe("subscription { clumsy }"))
        await hear(ws)
        await say(ws, {"id": "1", "type": "complete"})
        await until(lambda: "Subscription.clumsy" in caplog.text, "the failure is logged")
        await say(ws, subscribe("{ hello }"))
        assert (await hear(ws))["payload"] == {"data": {"hello": "Hello world"}}
    assert SECRET not in caplog.text


def _resident() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


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


async def test_who_misses_a_ping_loses_the_connection_without_a_code_that_would_be_final():
    """A phone sleeps: its kernel acknowledges, and nobody answers. graphql-ws would take 1011 for the end of it all."""
    async with serve(gateway(Limits(keep_alive=0.3, connection_init_timeout=5))) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        try:
            await shake_hands(reader, writer, served.port)
            rest = await asyncio.wait_for(reader.read(), 5)
        except ConnectionResetError:
            rest = b""
        finally:
            writer.close()
    assert b"\x03\xf3" not in rest, "1011"


async def test_a_reader_who_takes_what_he_is_told_bit_by_bit_is_not_dropped():
    """Much more than can be on its way at once, to a client who pauses for 0.2 s again and again and may for 0.5 s."""
    async with serve(gateway(Limits(send_timeout=0.5))) as served, connected(served, max_queue=1) as ws:
        for number in range(5):
            await say(ws, subscribe("subscription { flood }", str(number)))
        for _ in range(10):
            await asyncio.sleep(0.2)
            for _ in range(40):
                await hear(ws)


async def test_bad_utf8_right_behind_a_good_frame_is_1007_and_no_traceback(served, caplog):
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    try:
        await shake_hands(reader, writer, served.port)
        writer.write(masked(b'{"type":"ping"}') + masked(b"\xff\xfe"))
        answer = await asyncio.wait_for(reader.read(1_000), 5)
        assert b"\x03\xef" in answer, "1007"
        await asyncio.sleep(0.2)
    finally:
        writer.close()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    """Open a socket by hand."""
    writer.write(
        f"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
    )
    assert b" 101 " in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)


def masked(payload: bytes) -> bytes:
    """A short text frame as a client sends it."""
    return bytes([0x81, 0x80 | len(payload)]) + bytes(4) + payload
