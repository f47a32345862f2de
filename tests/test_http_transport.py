"""A client talks GraphQL over plain HTTP: what it is answered, and what it is told when it asks wrongly."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from server.transports.http import HOW_TO_SUBSCRIBE
from server.transports.negotiation import prefers_html
from tests.transport_app import Served, gateway, serve
from tests.transport_schema import SECRET, stage

RESPONSE = "application/graphql-response+json"


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serve(gateway()) as running:
        yield running


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served.base, headers={"accept": RESPONSE}, timeout=10) as opened:
        yield opened


async def ask(client: httpx.AsyncClient, query: str, headers: dict[str, str] | None = None, **more: Any):
    return await client.post("/graphql", json={"query": query, **more}, headers=headers)


def code(answer: httpx.Response) -> str:
    return answer.json()["errors"][0]["extensions"]["code"]


async def test_a_client_posts_a_query_and_reads_its_data_in_the_media_type_it_asked_for(client):
    answer = await ask(client, "query Q($n: String!) { hello(name: $n) }", variables={"n": "Åsa"}, operationName="Q")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{RESPONSE}; charset=utf-8"
    assert answer.json() == {"data": {"hello": "Hello Åsa"}}
    legacy = await ask(client, "{ hello }", {"accept": "application/json"})
    assert legacy.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/json"),
        ("application/*;q=0.5", "application/json"),
        (f"{RESPONSE}, application/json;q=0.9", RESPONSE),
        (f"{RESPONSE}, application/json, text/event-stream, multipart/mixed", RESPONSE),
        (f"application/json;q=0.1, {RESPONSE};q=0.2", RESPONSE),
        (f"{RESPONSE};q=0, */*", "application/json"),
        (f"{RESPONSE}; charset=iso-8859-1, application/json; charset=utf-8", "application/json"),
    ],
)
async def test_what_a_client_likes_best_is_what_it_gets(client, accept, media):
    answer = await ask(client, "{ hello }", {"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{media}; charset=utf-8")


@pytest.mark.parametrize("accept", ["text/plain", "image/*", "application/json;q=0", "application/json;charset=latin1"])
async def test_a_client_that_accepts_nothing_we_speak_is_told_what_we_speak(client, accept):
    answer = await ask(client, "{ hello }", {"accept": accept})
    assert (answer.status_code, code(answer)) == (406, "NOT_ACCEPTABLE")


async def test_a_browser_that_opens_the_page_wants_html_and_a_graphql_client_does_not():
    def opened(accept: str, query: bytes = b"") -> bool:
        headers = [(b"accept", accept.encode())]
        return prefers_html(Request({"type": "http", "method": "GET", "headers": headers, "query_string": query}))

    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert opened(browser)
    assert not opened(browser, b"query=%7Bhello%7D")
    assert not opened("*/*")
    assert not opened("application/json")


@pytest.mark.parametrize(
    ("query", "code_expected"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{a" * 3000, "GRAPHQL_PARSE_FAILED"),
        ("{ nothingLikeIt }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($d: Date!) { weekday(on: $d) }", "BAD_USER_INPUT"),
        ("query A { hello } query B { hello }", "OPERATION_RESOLUTION_FAILURE"),
        ("fragment F on Query { hello }", "OPERATION_RESOLUTION_FAILURE"),
        ("", "OPERATION_RESOLUTION_FAILURE"),
    ],
)
async def test_a_document_that_cannot_run_is_400_for_new_clients_and_200_for_legacy_ones(client, query, code_expected):
    answer = await ask(client, query)
    assert (answer.status_code, code(answer)) == (400, code_expected)
    assert "data" not in answer.json()
    legacy = await ask(client, query, {"accept": "application/json"})
    assert (legacy.status_code, legacy.json()) == (200, answer.json())


async def test_one_of_several_operations_runs_when_it_is_named(client):
    document = "query A { hello } query B { viewer }"
    assert (await ask(client, document, operationName="B")).json() == {"data": {"viewer": None}}
    assert code(await ask(client, document, operationName="C")) == "OPERATION_RESOLUTION_FAILURE"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b'"query"',
        b"{}",
        b'{"query": 1}',
        b'{"query": "{hello}", "variables": []}',
        b'{"query": "{hello}", "variables": "{}"}',
        b'{"query": "{hello}", "operationName": 1}',
        b'{"query": "{hello}", "extensions": "x"}',
        b'[{"query": "{hello}"}]',
        b"[" * 5000,
    ],
)
async def test_a_body_that_is_no_graphql_request_is_400(client, body):
    answer = await client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=utf-16",
        None,
    ],
)
async def test_a_body_that_another_sites_page_could_send_is_415(client, content_type):
    headers = {"content-type": content_type} if content_type else {}
    answer = await client.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_over_the_limit_is_413_announced_or_not_and_leaves_no_trace_in_the_log(client, caplog):
    caplog.set_level(logging.DEBUG, "server")

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield f'"{SECRET}"'.encode() * 50

    headers = {"content-type": "application/json"}
    announced = await client.post("/graphql", content=SECRET.encode() * 2000, headers=headers)
    assert (announced.status_code, code(announced)) == (413, "PAYLOAD_TOO_LARGE")
    streamed = await client.post("/graphql", content=chunks(), headers=headers)
    assert streamed.status_code == 413
    assert (await ask(client, "{ hello }")).status_code == 200
    assert SECRET not in caplog.text


async def test_a_body_that_never_ends_is_given_up():
    async with serve(gateway(replace(gateway().limits, body_timeout=0.2))) as impatient:
        reader, writer = await asyncio.open_connection("127.0.0.1", impatient.port)
        head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"
        writer.write(head.encode())
        status = await asyncio.wait_for(reader.readline(), 5)
        writer.close()
    assert b"408" in status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
async def test_another_method_is_405_and_names_those_that_work(client, method):
    answer = await client.request(method, "/graphql")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_a_query_may_come_by_get_and_a_mutation_may_not(client):
    produced = stage.produced
    parameters = {
        "query": "query Q($n: String!) { hello(name: $n) }",
        "variables": json.dumps({"n": "Bo"}),
        "operationName": "",
    }
    assert (await client.get("/graphql", params=parameters)).json() == {"data": {"hello": "Hello Bo"}}
    for accept in (RESPONSE, "application/json"):
        mutation = {"query": 'mutation { echo(text: "x") }'}
        refused = await client.get("/graphql", params=mutation, headers={"accept": accept})
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert stage.produced == produced
    assert (await client.get("/graphql", params={"query": "{ hello }", "variables": "{"})).status_code == 400
    assert (await client.get("/graphql")).status_code == 400
    assert (await client.get("/graphql", params={"query": "#" * 21_000})).status_code == 414


async def test_a_mutation_by_post_happens_once(client):
    produced = stage.produced
    assert (await ask(client, 'mutation { echo(text: "x") }')).json() == {"data": {"echo": "x"}}
    assert stage.produced == produced + 1


@pytest.mark.parametrize("accept", [RESPONSE, "application/json"])
async def test_a_plain_post_of_a_subscription_is_told_how_to_subscribe(client, accept):
    answer = await ask(client, "subscription { count }", {"accept": accept})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == HOW_TO_SUBSCRIBE
    assert "graphql-transport-ws" in HOW_TO_SUBSCRIBE and "text/event-stream" in HOW_TO_SUBSCRIBE


async def test_a_bad_token_is_401_and_a_good_one_names_its_owner(client):
    refused = await ask(client, "{ viewer }", {"authorization": "Bearer bad"})
    assert (refused.status_code, code(refused)) == (401, "UNAUTHENTICATED")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert "refresh" in refused.json()["errors"][0]["message"]
    known = await ask(client, "{ viewer }", {"authorization": "Bearer Mina"})
    assert known.json() == {"data": {"viewer": "Mina"}}


async def test_every_answer_has_a_request_id_and_takes_over_one_that_is_safe_to_log(client):
    for answer in (await ask(client, "{ hello }"), await client.put("/graphql"), await ask(client, "{")):
        assert len(answer.headers["x-request-id"]) == 32
    given = await ask(client, "{ hello }", {"x-request-id": "proxy-7.a"})
    assert given.headers["x-request-id"] == "proxy-7.a"
    forged = await ask(client, "{ hello }", {"x-request-id": "a b"})
    assert len(forged.headers["x-request-id"]) == 32


async def test_an_operation_that_takes_too_long_is_given_up_and_leaves_nothing_running():
    patient = {"headers": {"accept": RESPONSE}, "timeout": 10}
    async with (
        serve(gateway(replace(gateway().limits, request_timeout=0.2))) as impatient,
        httpx.AsyncClient(base_url=impatient.base, **patient) as client,
    ):
        answer = await ask(client, "{ slow }")
        assert (answer.status_code, code(answer)) == (503, "TIMEOUT")
        assert (await ask(client, "{ hello }")).status_code == 200
    assert stage.running == 0
