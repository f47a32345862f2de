"""An operator follows a request from its answer through the log to its trace, which names acts and quotes nobody."""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from typing import Any

import httpx
import orjson
import pytest

from server.logs import Objects
from server.settings import SettingsError
from server.span_words import SAID, _without_values
from server.tracing import tracing_from_environment
from tests.collector import CLIENT, Collector, Span, collecting
from tests.community import Community, Person
from tests.documents import CREATE_POST, MATCH_ACTIVITY, SPACE
from tests.servers import CHECKOUT, served_here, settings_for

HELD = "words-that-only-the-two-read"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


@pytest.fixture
async def traced(collector: Collector, database_url: str, redis_url: str) -> AsyncIterator[Community]:
    """People on an application that sends its spans to the collector."""
    async with served_here(settings_for(database_url, redis_url)) as served, Community.on(served) as community:
        yield community


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """The log as `MENTORSHIP_LOG_FORMAT=json` writes it."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Objects())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


async def ask(who: Person, query: str, headers: dict[str, str] | None = None, **variables: Any) -> httpx.Response:
    given = {"authorization": f"Bearer {who.token}"} | (headers or {})
    body = {"query": query, "variables": variables}
    return await who.http.post(f"{who.served.url}/graphql", json=body, headers=given)


async def trace_of(collector: Collector, request_id: str) -> tuple[Span, list[Span]]:
    """An operation's span, and all spans of its trace once that of the request has come, which ends last."""
    (operation,) = await collector.until(lambda got: got.about(request_id))
    await collector.until(lambda got: [each for each in got.spans if each.id == operation.parent])
    return operation, [each for each in collector.spans if each.trace == operation.trace]


async def test_a_request_is_followed_from_its_answer_through_the_log_to_its_trace(
    traced: Community, collector: Collector, lines: StringIO
) -> None:
    """A table is missing: the answer has the request's id, a line of the log has it and the trace's."""
    maya = await traced.person("Maya")
    await traced.database.execute("ALTER TABLE groups RENAME TO not_there")
    try:
        answer = await ask(maya, "{ groups { edges { node { id } } } }")
    finally:
        await traced.database.execute("ALTER TABLE not_there RENAME TO groups")
    request_id = answer.headers["x-request-id"]
    assert answer.json()["errors"][0]["extensions"] == {"code": "INTERNAL", "requestId": request_id}
    said = [orjson.loads(line) for line in lines.getvalue().splitlines()]
    (line,) = [each for each in said if each.get("request_id") == request_id]
    assert (line["level"], line["logger"], line["operation"]) == ("error", "server.masking", "unnamed")
    assert line["message"] == f"request {request_id} failed"
    assert any("UndefinedTable" in step for step in line["trail"])
    operation, spans = await trace_of(collector, request_id)
    assert operation.trace == line["trace_id"]
    assert (operation.name, operation.failed) == ("query", True)
    assert operation.said["mentorship.codes"] == ["INTERNAL"] and operation.said["mentorship.outcome"] == "failed"
    (request,) = [each for each in spans if each.id == operation.parent]
    assert (request.name, request.parent) == ("POST /graphql", "")
    assert request.said["http.response.status_code"] == 200
    statements = [each for each in spans if each.parent == operation.id]
    assert statements and {each.kind for each in statements} == {CLIENT}
    assert all("FROM" in each.said["db.query.text"] for each in statements)
    assert any(each.failed for each in statements)


async def test_what_the_two_write_is_in_no_span(traced: Community, collector: Collector) -> None:
    """Not as a value, not in a name, a query string, a header, a path, an address, nor in an exception's words."""
    pair = await traced.pair(mentor="Maya Quill", mentee="Tom Quill")
    maya = pair.mentor
    await maya.do(CREATE_POST, input={"matchId": pair.id, "body": HELD, "idempotencyKey": HELD})
    literal = f'mutation {{ createPost(input: {{matchId: "{pair.id}", body: "{HELD}"}}) {{ post {{ id }} }} }}'
    await ask(maya, literal)
    await ask(maya, "query WordsThatOnlyTheTwoRead { viewer { email } }")
    await ask(maya, f"{{ {HELD.replace('-', '_')} }}")
    told = {"tracestate": f"vendor={HELD}", "baggage": f"said={HELD}", "user-agent": HELD, "x-forwarded-for": HELD}
    told["traceparent"] = f"00-{'ab' * 16}-{'cd' * 8}-01"
    last = await ask(maya, "{ viewer { email } }", told | {"x-request-id": "the-last"})
    await traced.http.get(f"{traced.served.url}/{HELD}?token={HELD}")
    await traced.http.get(f"{traced.served.url}/graphql", params={"query": literal})
    assert last.headers["x-request-id"] == "the-last"
    (operation,) = await collector.until(lambda got: got.about("the-last"))
    assert operation.trace == "ab" * 16, "a proxy that traces begins the trace"
    await collector.until(lambda got: got.of("GET other") and len(got.of("GET /graphql")) == 1)
    everything = b"".join(collector.bodies).lower()
    parsed_ids = [pair.id, maya.id, maya.email, str(maya.token), "Quill", "127.0.0.1", HELD, HELD.replace("-", "_")]
    for secret in (*parsed_ids, HELD.replace("-", "")):
        assert secret.lower().encode() not in everything, secret
    assert {key for span in collector.spans for key in span.said} <= SAID
    assert collector.of("query other"), "a name that only she has used"


async def test_a_subscription_is_a_trace_of_its_own_that_ends_when_it_ends(
    traced: Community, collector: Collector
) -> None:
    pair = await traced.pair()
    before = len(collector.of("subscription"))
    cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as tom:
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
        await tom.next()
        answer = await ask(pair.mentor, "{ __typename }")
        await collector.until(lambda got: got.about(answer.headers["x-request-id"]))
        assert len(collector.of("subscription")) == before, "it is not over"
    await collector.until(lambda got: len(got.of("subscription")) == before + 1)
    span = collector.of("subscription")[-1]
    assert (span.parent, span.said["mentorship.outcome"]) == ("", "left")
    assert [each for each in collector.spans if each.parent == span.id], "the statements that opened it"


async def test_over_server_sent_events_too(traced: Community, collector: Collector) -> None:
    pair = await traced.pair()
    before = len(collector.of("subscription"))
    async with pair.mentor.hears_events(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.2)
        assert len(collector.of("subscription")) == before
    await collector.until(lambda got: len(got.of("subscription")) == before + 1)
    span = collector.of("subscription")[-1]
    await collector.until(lambda got: [each for each in got.spans if each.id == span.parent])


async def test_what_nobody_asked_for_makes_no_trace(traced: Community, collector: Collector) -> None:
    """Statements of the check once a second, and machines that look, would be most of what is stored."""
    pair = await traced.pair()
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await traced.http.get(f"{traced.served.url}/healthz")
        await traced.http.get(f"{traced.served.url}/readyz")
        await tom.silence(1.5)
    answer = await ask(pair.mentor, "{ __typename }")
    await collector.until(lambda got: got.about(answer.headers["x-request-id"]))
    assert not [span for span in collector.spans if span.kind == CLIENT and not span.parent]
    assert not [span for span in collector.spans if "healthz" in span.name or "readyz" in span.name]


async def test_a_collector_that_hangs_keeps_nobody_waiting(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes connections and answers none: people are served, and the process ends all the same."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        async with served_here(settings_for(database_url, redis_url)) as served, Community.on(served) as community:
            await community.pair()


def test_statements_lose_their_values_and_keep_their_placeholders() -> None:
    for statement, shown in (
        ("SELECT a.b1 FROM t2 WHERE id = $1 AND n IN ($2, $3)", "SELECT a.b1 FROM t2 WHERE id = $1 AND n IN ($2, $3)"),
        ("SELECT 'It''s Tom' || E'a\\'b', 42, 1.5e3 LIMIT 20", "SELECT ? || ?, ?, ? LIMIT ?"),
        ("SELECT $$Tom$$, $tag$Tom $1$tag$, 'cut in the mid", "SELECT ?, ?, ?"),
        ("SELECT $1::uuid[], '{}'::text[]", "SELECT $1::uuid[], ?::text[]"),
    ):
        assert _without_values(statement) == shown


def test_who_names_no_collector_loads_nothing_of_it() -> None:
    """An application as it is served, and no part of OpenTelemetry that makes, sends or hooks anything."""
    made = "Settings(database_url='postgres://h/d', redis_url='memory://', secret_key='k' * 32)"
    script = (
        "import sys; from server.app import create_app; from server.settings import Settings; "
        f"assert create_app({made}).entrance is None; "
        "parts = ('opentelemetry.sdk.trace', 'opentelemetry.exporter', 'opentelemetry.instrumentation'); "
        "sys.exit('server.spans' in sys.modules or any(part in sys.modules for part in parts))"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "MENTORSHIP_"))}
    assert subprocess.run([sys.executable, "-c", script], cwd=CHECKOUT, env=clean, timeout=120).returncode == 0


def test_an_operator_learns_why_there_can_be_no_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with pytest.raises(
        SettingsError, match=r"OTEL_EXPORTER_OTLP_PROTOCOL is grpc: traces are sent by http/protobuf only"
    ):
        tracing_from_environment()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    monkeypatch.delitem(sys.modules, "server.spans", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.instrumentation.asyncpg", None)
    with pytest.raises(SettingsError, match=r"pip install .*'\.\[tracing\]'"):
        tracing_from_environment()
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert tracing_from_environment() is None
