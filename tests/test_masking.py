"""Something goes wrong: what the client reads of it, what the log holds, and that neither quotes what people wrote."""

import gc
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import strawberry
from strawberry.extensions import SchemaExtension

from server.transports.asker import Authenticated
from server.transports.parameters import Operation
from tests.transport_app import Served, gateway, serve
from tests.transport_schema import SECRET, Query, Subscription, stage


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serve(gateway()) as running:
        yield running


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"accept": "application/graphql-response+json"}
    async with httpx.AsyncClient(base_url=served.base, headers=headers, timeout=10) as opened:
        yield opened


async def ask(client: httpx.AsyncClient, query: str, headers: dict[str, str] | None = None, **more: Any):
    return await client.post("/graphql", json={"query": query, **more}, headers=headers)


def code(answer: httpx.Response) -> str:
    return answer.json()["errors"][0]["extensions"]["code"]


class Clumsy(SchemaExtension):
    """An extension that fails when its operation is over."""

    def on_operation(self) -> Iterator[None]:
        try:
            yield
        finally:
            raise RuntimeError(f"could not put away {SECRET}")


async def test_a_bug_is_masked_with_its_request_id_and_logged_once_without_its_words(client, caplog):
    caplog.set_level(logging.DEBUG)
    answer = await ask(client, "{ broken hello }", {"x-request-id": "ask-me"})
    assert answer.status_code == 200
    error = answer.json()["errors"][0]
    assert answer.json()["data"] == {"broken": None, "hello": "Hello world"}
    assert (error["path"], error["extensions"]) == (["broken"], {"code": "INTERNAL", "requestId": "ask-me"})
    assert SECRET not in answer.text and SECRET not in caplog.text
    logged = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(logged) == 1
    assert "ask-me" in logged[0].getMessage()
    assert "builtins.RuntimeError" in logged[0].getMessage() and "Query.broken" in logged[0].getMessage()


async def test_a_value_that_does_not_fit_its_type_is_masked_too(client, caplog):
    answer = await ask(client, "{ illTyped }")
    assert code(answer) == "INTERNAL"
    assert SECRET not in answer.text and SECRET not in caplog.text


async def test_a_refusal_speaks_in_its_own_words_and_is_not_logged(client, caplog):
    answer = await ask(client, "{ refused }")
    assert answer.json()["errors"][0] == {
        "message": "There is no such match: look at your list.",
        "locations": [{"line": 1, "column": 3}],
        "path": ["refused"],
        "extensions": {"code": "NOT_FOUND", "path": ["id"]},
    }
    assert "server.masking" not in {record.name for record in caplog.records}


async def test_a_date_that_is_none_is_explained_and_not_masked(client):
    answer = await ask(client, "query($d: Date!) { weekday(on: $d) }", variables={"d": "31 February"})
    assert (answer.status_code, code(answer)) == (400, "BAD_USER_INPUT")
    assert "31 February" in answer.json()["errors"][0]["message"]
    literal = await ask(client, '{ weekday(on: "31 February") }')
    assert "31 February" in literal.json()["errors"][0]["message"]


async def test_a_cursor_that_a_resolver_cannot_read_is_explained_in_the_resolvers_words(client):
    answer = await ask(client, '{ page(after: "nonsense") }')
    assert (answer.status_code, code(answer)) == (200, "BAD_USER_INPUT")
    assert answer.json()["errors"][0]["message"] == "“nonsense” is no cursor of this list."


async def test_when_authentication_itself_breaks_the_client_reads_500_and_no_word_of_why(client, caplog):
    stage.broken_authentication = True
    try:
        answer = await ask(client, "{ hello }")
    finally:
        stage.broken_authentication = False
    assert (answer.status_code, code(answer)) == (500, "INTERNAL")
    assert SECRET not in answer.text and SECRET not in caplog.text


async def test_a_clean_up_that_fails_when_the_client_leaves_is_logged_and_nobody_is_told(caplog):
    clumsy = strawberry.Schema(Query, subscription=Subscription, extensions=[Clumsy])
    operation = Operation("subscription { silence }")
    stream = gateway(schema=clumsy).stream(operation, Authenticated(None, None), "left-early")
    assert (await anext(stream)).body == b'{"data":{"silence":1}}'
    await stream.aclose()
    assert "left-early" in caplog.text and "RuntimeError" in caplog.text
    assert SECRET not in caplog.text


async def test_what_nobody_caught_is_logged_by_its_trail_and_not_in_its_words(client, caplog):
    answer = await client.get("/broken")
    gc.collect()
    assert answer.status_code == 500
    assert "tests.transport_app._broken" in caplog.text and "tests.transport_app._forgotten" in caplog.text
    assert SECRET not in caplog.text
