"""A client talks graphql-transport-ws: the operations it runs, and the token in whose name it does."""

import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.socket_client import INIT, connected, door, hear, opened, say, subscribe
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
