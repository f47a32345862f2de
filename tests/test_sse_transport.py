"""A client listens over server-sent events: what the stream carries, and how it ends."""

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.transport_app import Served, gateway, serve, until
from tests.transport_schema import SECRET, stage


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serve(gateway(replace(gateway().limits, keep_alive=0.1))) as running:
        yield running


@pytest.fixture(autouse=True)
async def nothing_left_behind(served: Served, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """Whatever a test does, no operation outlives its stream, and uvicorn has nothing to complain about."""
    yield
    await until(lambda: stage.running == 0 and not served.server.server_state.tasks, "every stream is over")
    complaints = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not [record.getMessage() for record in complaints if record.name.startswith(("uvicorn", "asyncio"))]


@contextlib.asynccontextmanager
async def listening(
    served: Served, query: str, token: str | None = None, method: str = "POST", **more: Any
) -> AsyncIterator[httpx.Response]:
    """An open stream of the operation."""
    headers = {"accept": "text/event-stream"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = {"params": {"query": query}} if method == "GET" else {"json": {"query": query, **more}}
    async with (
        httpx.AsyncClient(timeout=5, headers=headers) as client,
        client.stream(method, served.http, **request) as answer,
    ):
        yield answer


async def events(answer: httpx.Response, most: int = 100) -> list[tuple[str, Any]]:
    """Read the stream as the specification of server-sent events says, up to so many events or its end."""
    heard: list[tuple[str, Any]] = []
    block: list[str] = []
    async with asyncio.timeout(5):
        async for line in answer.aiter_lines():
            if line and not line.startswith(":"):
                block.append(line)
            elif block:
                fields = dict(part.split(": ", 1) for part in block)
                heard.append((fields["event"], json.loads(fields["data"] or "null")))
                block = []
                if len(heard) == most:
                    break
    return heard


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_client_listens_to_a_subscription_to_its_end(served, method):
    async with listening(served, "subscription { count(to: 2) }", method=method) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert len(answer.headers["x-request-id"]) == 32
        assert await events(answer) == [
            ("next", {"data": {"count": 1}}),
            ("next", {"data": {"count": 2}}),
            ("complete", None),
        ]


async def test_a_query_and_a_mutation_are_one_next_and_complete(served):
    async with listening(served, "query($n: String!) { hello(name: $n) }", variables={"n": "Bo\nÅsa"}) as answer:
        assert await events(answer) == [("next", {"data": {"hello": "Hello Bo\nÅsa"}}), ("complete", None)]
    async with listening(served, 'mutation { echo(text: "x") }') as answer:
        assert await events(answer) == [("next", {"data": {"echo": "x"}}), ("complete", None)]


async def test_a_mutation_by_get_is_not_run(served):
    produced = stage.produced
    async with listening(served, 'mutation { echo(text: "x") }', method="GET") as answer:
        (kind, refused), last = await events(answer)
    assert (kind, refused["errors"][0]["extensions"]["code"]) == ("next", "OPERATION_RESOLUTION_FAILURE")
    assert last == ("complete", None)
    assert stage.produced == produced


@pytest.mark.parametrize(
    ("query", "code"),
    [("{", "GRAPHQL_PARSE_FAILED"), ("{ x }", "GRAPHQL_VALIDATION_FAILED"), ("subscription { refuses }", "FORBIDDEN")],
)
async def test_what_cannot_run_is_told_in_a_next_event_as_the_protocol_demands(served, query, code):
    async with listening(served, query) as answer:
        assert answer.status_code == 200
        (kind, told), last = await events(answer)
    assert kind == "next" and "data" not in told
    assert told["errors"][0]["extensions"]["code"] == code
    assert last == ("complete", None)


async def test_what_is_no_graphql_request_or_has_a_bad_token_never_becomes_a_stream(served):
    async with listening(served, 1) as answer:
        assert answer.status_code == 400
    async with listening(served, "subscription { count }", "bad") as answer:
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"].startswith("application/json")


async def test_a_subscription_streams_also_where_the_stream_comes_last_in_accept(served):
    accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    async with httpx.AsyncClient(headers={"accept": accept}) as client:
        answer = await client.post(served.http, json={"query": "subscription { count(to: 1) }"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "event: complete" in answer.text


async def test_a_stream_that_breaks_is_masked_and_no_word_of_it_is_logged(served, caplog):
    caplog.set_level(logging.DEBUG)
    async with listening(served, "subscription { breaks }") as answer:
        first, (_, broken), last = await events(answer)
    assert first == ("next", {"data": {"breaks": 1}})
    assert broken["errors"][0]["extensions"] == {"code": "INTERNAL", "requestId": answer.headers["x-request-id"]}
    assert last == ("complete", None)
    assert answer.headers["x-request-id"] in caplog.text
    assert SECRET not in caplog.text and SECRET not in json.dumps(broken)


async def test_a_silent_stream_is_kept_alive_by_comments(served):
    async with listening(served, "subscription { silence }") as answer:
        comments = 0
        async with asyncio.timeout(3):
            async for line in answer.aiter_lines():
                comments += line == ":"
                if comments == 4:
                    break


async def test_a_client_that_goes_away_ends_its_subscription_promptly(served):
    cleaned_up = stage.cleaned_up
    async with listening(served, "subscription { silence }") as answer:
        assert await events(answer, 1) == [("next", {"data": {"silence": 1}})]
    await until(lambda: stage.cleaned_up == cleaned_up + 1, "the subscription has cleaned up", 1)


async def test_when_the_token_expires_the_stream_ends_without_complete_so_that_the_client_comes_back(served):
    stage.expiry["Elif"] = datetime.now(UTC) + timedelta(seconds=0.25)
    cleaned_up = stage.cleaned_up
    async with listening(served, "subscription { silence }", "Elif") as answer:
        assert await events(answer) == [("next", {"data": {"silence": 1}})]
    assert stage.cleaned_up == cleaned_up + 1
    async with listening(served, "subscription { silence }", "Elif") as answer:
        assert answer.status_code == 401


async def test_a_restart_ends_every_stream_without_complete_and_at_once():
    cleaned_up = stage.cleaned_up
    async with serve(gateway()) as served, listening(served, "subscription { silence }") as answer:
        reading = asyncio.create_task(events(answer))
        await until(lambda: stage.running == 1, "the stream runs")
        async with asyncio.timeout(3):
            await served.stop()
        assert await reading == [("next", {"data": {"silence": 1}})]
    assert stage.cleaned_up == cleaned_up + 1


async def test_a_client_that_does_not_read_is_dropped_and_nothing_is_produced_for_it_meanwhile():
    body = json.dumps({"query": "subscription { flood }"})
    head = (
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: text/event-stream\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    cleaned_up = stage.cleaned_up
    async with serve(gateway(replace(gateway().limits, send_timeout=0.7))) as served:
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            deaf.setblocking(False)
            await asyncio.get_running_loop().sock_connect(deaf, ("127.0.0.1", served.port))
            await asyncio.get_running_loop().sock_sendall(deaf, (head + body).encode())
            await until(lambda: stage.running == 1, "the flood has begun")
            await asyncio.sleep(0.4)
            produced = stage.produced
            await until(lambda: stage.cleaned_up == cleaned_up + 1, "the client was dropped", 3)
            assert stage.produced <= produced + 1
            await until(lambda: not served.server.server_state.connections, "its connection is gone", 1)
