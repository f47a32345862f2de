"""Requests of people who mean harm: each check of graphql-cop and each limit of graphql-armor has its test here.

graphql-cop 1.x asks for: alias overloading, array batching, directive overloading, field duplication, circular
fragments, circular introspection, field suggestions, GET-based mutations, queries by GET, POST with a form's encoding,
GraphiQL, introspection, tracing, unhandled errors. graphql-armor bounds: aliases, depth, directives, tokens,
characters, cost, and field suggestions.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests import abusing
from tests.servers import Databases, served_here, settings_for

RESPONSE = "application/graphql-response+json"


@pytest.fixture(scope="module")
async def strict(databases: Databases) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that says nothing of its schema."""
    closed = {"introspection": False, "suggestions": False, "graphiql": False, "hsts_seconds": 31_536_000}
    async with databases.fresh() as url:
        settings = settings_for(url, "memory://", max_body_bytes=200_000, **closed)
        async with (
            served_here(settings) as served,
            httpx.AsyncClient(base_url=served.url, headers={"accept": RESPONSE}, timeout=30) as client,
        ):
            yield client


async def asked(client: httpx.AsyncClient, document: str, **more: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": document, **more})


async def error(client: httpx.AsyncClient, document: str) -> dict[str, Any]:
    """The one error of a document that is refused."""
    answer = await asked(client, document)
    assert answer.status_code == 400 and "data" not in answer.json(), answer.text[:500]
    (found,) = answer.json()["errors"]
    return found


@pytest.mark.parametrize(
    ("document", "limit", "most"),
    [
        (abusing.ALIASES, "aliases", 100),
        (abusing.DUPLICATES, "duplicates", 30),
        (abusing.DIRECTIVES, "directives", 100),
        (abusing.DEEP, "depth", 20),
        (abusing.ROOTS, "root_fields", 30),
        (abusing.FRAGMENTS, "fragments", 100),
        (abusing.COSTLY, "cost", 500_000),
        (abusing.bomb(30), "fields", 5_000),
        (abusing.bomb(30, 9), "fields", 5_000),
    ],
    ids=["aliases", "duplicates", "directives", "depth", "roots", "fragments", "cost", "bomb", "wide bomb"],
)
async def test_a_document_that_asks_for_too_much_is_told_of_which_limit(
    strict: httpx.AsyncClient, document: str, limit: str, most: int
) -> None:
    """Alias and directive overloading, field duplication, depth, cost; over HTTP the same as everywhere."""
    found = await error(strict, document)
    assert found["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": limit, "most": most}
    assert "Ask for less" in found["message"]


@pytest.mark.parametrize("document", [abusing.NESTED, abusing.LISTS], ids=["fields", "lists"])
async def test_what_is_nested_deeper_than_python_reaches_is_no_failure_of_ours(
    strict: httpx.AsyncClient, document: str
) -> None:
    assert (await error(strict, document))["extensions"]["code"] in ("LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED")


async def test_a_document_of_too_many_tokens_is_not_read_to_its_end(strict: httpx.AsyncClient) -> None:
    found = await error(strict, abusing.TOKENS)
    assert found["extensions"]["code"] == "GRAPHQL_PARSE_FAILED" and "10000 tokens" in found["message"]


async def test_a_body_of_too_many_characters_is_413(strict: httpx.AsyncClient) -> None:
    answer = await asked(strict, "{ __typename } #" + "x" * 200_000)
    assert answer.status_code == 413 and answer.json()["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"


async def test_an_answer_names_few_of_many_mistakes(strict: httpx.AsyncClient) -> None:
    """Directive overloading with names that do not exist: ten of them, and not ten errors."""
    answer = await asked(strict, abusing.UNKNOWN_DIRECTIVES)
    assert len(answer.json()["errors"]) <= 5


@pytest.mark.parametrize("document", [abusing.CIRCULAR_FRAGMENTS, "{ ...A } fragment A on Query { ...A }"])
async def test_fragments_that_lead_to_themselves_are_refused(strict: httpx.AsyncClient, document: str) -> None:
    answer = await asked(strict, document)
    assert answer.status_code == 400
    assert {each["extensions"]["code"] for each in answer.json()["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_introspection_suggestions_and_graphiql_can_be_switched_off(strict: httpx.AsyncClient) -> None:
    for document in ("{ __schema { description } }", '{ a: __type(name: "User") { name } }'):
        assert (await error(strict, document))["extensions"]["code"] == "INTROSPECTION_OFF"
    assert (await asked(strict, "{ __typename }")).json()["data"] == {"__typename": "Query"}
    for document in ("{ viewr { user { id } } }", "{ groups(focus: [PERSONL]) { edges { cursor } } }"):
        assert "Did you mean" not in (await asked(strict, document)).text
    given = {"f": ["PERSONL"]}
    answer = await asked(strict, "query($f: [GroupFocus!]) { groups(focus: $f) { edges { cursor } } }", variables=given)
    assert answer.status_code == 400 and "Did you mean" not in answer.text
    page = await strict.get("/graphql", headers={"accept": "text/html"})
    assert "graphiql" not in page.text.lower() and page.status_code == 406


async def test_batches_are_refused(strict: httpx.AsyncClient) -> None:
    answer = await strict.post("/graphql", json=[{"query": "{ __typename }"}] * 10)
    assert answer.status_code == 400 and "Batches are not supported" in answer.text


async def test_what_a_foreign_page_could_send_changes_nothing(strict: httpx.AsyncClient) -> None:
    """No mutation by GET, and no body that a form can send. A query by GET is harmless: there are no cookies."""
    mutation = "mutation { __typename }"
    by_get = await strict.get("/graphql", params={"query": mutation})
    assert by_get.status_code == 405 and by_get.headers["allow"] == "POST"
    assert (await strict.get("/graphql", params={"query": "{ __typename }"})).status_code == 200
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        form = await strict.post("/graphql", content=b"query=mutation", headers={"content-type": kind})
        assert form.status_code == 415
    for answer in (by_get, form):
        assert "set-cookie" not in answer.headers and "access-control-allow-origin" not in answer.headers


async def test_no_answer_tells_how_the_server_works(strict: httpx.AsyncClient) -> None:
    """Tracing and unhandled errors: no timings, no exception, no line of source."""
    for document in (
        "qwerty { abc }",
        "{ qwerty }",
        "query($x: Int!) { __typename }",
        "\ud800".encode("utf-8", "replace").decode(),
    ):
        answer = await asked(strict, document)
        found = answer.json()
        assert "INTERNAL" not in answer.text and "Traceback" not in answer.text and "exception" not in answer.text
        assert "tracing" not in found.get("extensions", {})


STRICT = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "strict-transport-security": "max-age=31536000",
}


@pytest.mark.parametrize("path", ["/graphql", "/healthz", "/unsubscribe?token=x", "/nowhere", "/metrics"])
async def test_every_answer_tells_browsers_to_be_strict(strict: httpx.AsyncClient, path: str) -> None:
    answers = [await strict.get(path), await strict.post(path, json={"query": "{ __typename }"})]
    for answer in answers:
        own = (
            {} if "unsubscribe" not in path else {"content-security-policy": answer.headers["content-security-policy"]}
        )
        assert STRICT | own == {name: answer.headers.get(name) for name in STRICT}, answer.url
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_an_event_stream_is_as_strict(strict: httpx.AsyncClient) -> None:
    answer = await strict.post("/graphql", json={"query": "{ __typename }"}, headers={"accept": "text/event-stream"})
    assert answer.status_code == 200 and answer.headers["x-content-type-options"] == "nosniff"
