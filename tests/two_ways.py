"""Requests to be sent in two ways, and what is compared of their answers."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message

from tests.documents import CREATE_POST

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]
"""Status, headers in their order, and body."""

GIVEN = "given-by-the-test"
NAMED = "query Me($with: Boolean = true) { viewer { email user @include(if: $with) { id name } } }"
MATCH = "query($id: ID!, $n: Int) { match(id: $id) { space { thread { posts(first: $n) { edges { cursor } } } } } }"
GROUPS = "query($f: [GroupFocus!]) { __typename groups(focus: $f, first: 2) { edges { node { id slug } } } }"


@dataclass(frozen=True)
class Asked:
    """A request: the headers that differ from the usual ones, None for one that is left out, and the body's pieces."""

    body: Any
    headers: dict[str, str | None] = field(default_factory=dict)
    pieces: int = 1
    path: str = "/graphql"
    method: str = "POST"
    query: str = ""


async def answered(way: ASGIApp, asked: Asked) -> Answer:
    """What is answered that way."""
    body = asked.body if isinstance(asked.body, bytes) else json.dumps(asked.body).encode()
    usual = {
        "host": "localhost",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "x-request-id": GIVEN,
    }
    headers = [(name, value) for name, value in (usual | asked.headers).items() if value is not None]
    size = -(-len(body) // asked.pieces) or 1
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": place + 1 < len(pieces)}
        for place, piece in enumerate(pieces)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": asked.path,
        "raw_path": asked.path.encode(),
        "root_path": "",
        "query_string": asked.query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 40_000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    async with asyncio.timeout(20):
        await way(scope, receive, send)
    start = sent[0]
    return start["status"], start["headers"], b"".join(each.get("body", b"") for each in sent[1:])


def corpus(tokens: Mapping[str, str], match: str) -> list[Asked]:
    """Usual requests and odd ones. What they write is refused, so that both ways find the same."""
    signed_in = {"authorization": f"Bearer {tokens['good']}"}
    bodies = [
        {"query": NAMED},
        {"query": NAMED, "operationName": "Me", "variables": {"with": False}, "extensions": {"a": 1}},
        {"query": NAMED, "operationName": "You"},
        {"query": NAMED, "variables": {"with": "yes"}},
        {"query": NAMED, "variables": {"with": None, "more": 1}},
        {"query": MATCH, "variables": {"id": match, "n": 2}},
        {"query": MATCH, "variables": {"id": match, "n": 1_000}},
        {"query": MATCH, "variables": {"id": 7, "n": "2"}},
        {"query": MATCH, "variables": {"n": 2}},
        {"query": MATCH, "variables": {"id": "no id", "n": None}},
        {"query": GROUPS, "variables": {"f": ["PARENTING"]}},
        {"query": GROUPS, "variables": {"f": "PARENTING"}},
        {"query": GROUPS, "variables": {"f": ["FISHING"]}},
        {"query": CREATE_POST, "variables": {"input": {"matchId": match, "body": " "}}},
        {"query": CREATE_POST, "variables": {"input": {"matchId": match}}},
        {"query": CREATE_POST, "variables": {"input": {"matchId": "?", "body": "Hi", "odd": 1}}},
        {"query": "{ __schema { queryType { name } } }"},
        {"query": "{ a: __typename b: __typename }"},
        {"query": "query A { __typename } query B { __typename }"},
        {"query": "query A { __typename } query B { __typename }", "operationName": "B"},
        {"query": "{"},
        {"query": "{ nothingLikeIt }"},
        {"query": ""},
        {"query": "subscription { viewerActivity { cursor } }"},
        {"query": 1},
        {"query": "{ __typename }", "variables": []},
        {"query": "{ __typename }", "operationName": 3},
        [{"query": "{ __typename }"}],
        {},
        None,
        b"",
        b"{",
        b"\xff\xfe",
        b'{"query": "{ __typename }"} ',
        b'{"query": "' + b"#" * 21_000 + b'"}',
    ]
    accepts = [
        None,
        "",
        "*/*",
        "application/graphql-response+json",
        "application/graphql-response+json, application/json;q=0.9",
        "application/*;q=0.5, text/html",
        "text/html",
        "application/json;q=0",
        "application/json;charset=latin1",
        "a" * 300 + ", application/json",
        "multipart/mixed;boundary=\"-\", application/json",
    ]  # fmt: skip
    others: list[dict[str, str | None]] = [
        {"content-type": "application/json; charset=utf-8"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "text/plain"},
        {"content-type": None},
        {"content-length": None},
        {"content-length": "30000"},
        {"content-length": "many"},
        {"x-request-id": "a b"},
        {"x-request-id": None},
        {"origin": "https://elsewhere.example", "cookie": "a=b", "user-agent": "test"},
        {"authorization": "Basic abc"},
        {"authorization": ""},
        {"authorization": f"bearer  {tokens['good']} "},
        {"authorization": "Bearer \xe9"},
        *({"authorization": f"Bearer {tokens[name]}"} for name in ("expired", "forged", "nobody's")),
    ]
    return [
        *(Asked(body, headers) for body in bodies for headers in ({}, signed_in)),
        *(Asked(body, signed_in | {"accept": accepts[3]}) for body in bodies),
        *(Asked(body, signed_in | {"accept": accept}) for body in (bodies[0], b"{", bodies[21]) for accept in accepts),
        *(Asked(bodies[5], signed_in | headers, pieces=pieces) for headers in others for pieces in (1, 3)),
        *(Asked(bodies[0], method=method) for method in ("PUT", "HEAD", "OPTIONS", "DELETE")),
        Asked(b"", signed_in, method="GET", query="query=%7B__typename%7D"),
        Asked(bodies[0], signed_in, query="query=%7B__typename%7D"),
        Asked(bodies[0], path="/graphql/"),
        Asked(bodies[0], path="/elsewhere"),
        Asked(bodies[0], path="/healthz"),
    ]


def without_made_ids(answer: Answer) -> Answer:
    """The answer, but for a request id that was made for it, and for what the one before has left of a budget."""
    status, headers, body = answer
    made = [value for name, value in headers if name == b"x-request-id" and value != GIVEN.encode()]
    assert all(len(each) == 32 for each in made)
    body = re.sub(rb'"remaining":\d{9}\b', b'"remaining":1', body)
    return status, [(name, b"made" if value in made else value) for name, value in headers], body
