"""The API speaks GraphQL over HTTP as its specification says: the audits of graphql-http, and what they leave out."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.community import PASSWORD, Community
from tests.servers import Served
from tests.tools import MAY_INSTALL, Tools

pytestmark = MAY_INSTALL

RESPONSE = "application/graphql-response+json"

AUDITS = 61
"""How many there are; a newer graphql-http that asks more, or less, is to be noticed."""


async def test_all_audits_of_graphql_http_pass(two_workers: Served, tools: Tools) -> None:
    """Those that the specification requires, and those that it only recommends. What fails is named with its reason."""
    said = await asyncio.to_thread(tools.run, "audits.mjs", ENDPOINT=f"{two_workers.url}/graphql")
    audits = [json.loads(line) for line in said.splitlines()]

    wanting = [f"{each['id']} {each['name']}: {each.get('reason')}" for each in audits if each["status"] != "ok"]
    assert wanting == []
    assert len(audits) == AUDITS


async def ask(served: Served, method: str = "POST", *, accept: str = RESPONSE, **request: Any) -> httpx.Response:
    """An answer of the served API. A client's ping is asked unless `content` or `json` says otherwise."""
    if method == "POST" and not {"content", "json"} & set(request):
        request["json"] = {"query": "{ __typename }"}
    headers = {"accept": accept, **request.pop("headers", {})}
    async with httpx.AsyncClient(timeout=10) as client:
        return await client.request(method, f"{served.url}/graphql", headers=headers, **request)


def told(answer: httpx.Response) -> str:
    """The code of the one error that an answer consists of."""
    (error,) = answer.json()["errors"]
    assert "data" not in answer.json() and error["message"]
    return error["extensions"]["code"]


async def test_a_subscription_sent_like_a_query_is_told_how_to_subscribe(served: Served) -> None:
    """A developer forgot the socket. Nothing hangs, and the answer names both ways that work."""
    answer = await ask(served, json={"query": "subscription { viewerActivity { cursor } }"})

    assert (answer.status_code, told(answer)) == (400, "SUBSCRIPTION_NEEDS_A_STREAM")
    (error,) = answer.json()["errors"]
    assert "graphql-transport-ws" in error["message"] and "text/event-stream" in error["message"]


async def test_a_client_that_accepts_nothing_that_we_speak_is_406(served: Served) -> None:
    answer = await ask(served, accept="application/xml")

    assert (answer.status_code, told(answer)) == (406, "NOT_ACCEPTABLE")


async def test_a_body_over_the_limit_is_413_and_its_words_are_in_no_log(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody pastes a whole diary into a post. It is refused, by its announced or its true size, and forgotten."""
    caplog.set_level(logging.DEBUG)
    diary = json.dumps({"query": "{ __typename }", "variables": {"diary": "my secret " * 120_000}}).encode()

    async def page_by_page() -> AsyncIterator[bytes]:
        for start in range(0, len(diary), 100_000):
            yield diary[start : start + 100_000]

    for content in (diary, page_by_page()):
        answer = await ask(served, content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, told(answer)) == (413, "PAYLOAD_TOO_LARGE")
    assert "my secret" not in caplog.text


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_a_method_of_another_kind_is_405_and_told_which_work(served: Served, method: str) -> None:
    answer = await ask(served, method)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_a_mutation_by_get_is_405_and_told_to_post(served: Served, community: Community) -> None:
    """A link that logs somebody out would be a trap."""
    ada = await community.person("Ada")
    async with community.nothing_changes():
        answer = await ask(
            served,
            "GET",
            params={
                "query": f'mutation {{ logOutEverywhere(input: {{ password: "{PASSWORD}" }}) {{ errors {{ code }} }} }}'
            },
            headers={"authorization": f"Bearer {ada.token}"},
        )
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/graphql"])
async def test_a_body_of_another_kind_is_415(served: Served, content_type: str) -> None:
    """Among them are those that a page of another site could send without asking."""
    answer = await ask(served, content=b'{"query": "{ __typename }"}', headers={"content-type": content_type})

    assert (answer.status_code, told(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")
