"""An operator reads /metrics: what is open, what was sent, what was late or lost; and nothing about anybody."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from websockets.asyncio.client import connect

from pubsub import live
from schema.node import parse_id
from server.local.redis import LocalRedis
from tests.community import Community, Pair
from tests.documents import CREATE_POST, MATCH_ACTIVITY, SPACE
from tests.listening import Completed
from tests.scraping import scrape, until
from tests.servers import served_here, settings_for
from tests.socket_client import hear, say, subscribe

DELAY = "mentorship_event_delay_seconds"


@pytest.fixture
async def alone(database_url: str, redis_url: str) -> AsyncIterator[Community]:
    """People on an application that has counted nothing yet."""
    async with served_here(settings_for(database_url, redis_url)) as served, Community.on(served) as community:
        yield community


async def write(pair: Pair, body: str) -> None:
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": body})


async def test_an_operator_sees_what_is_open_and_that_it_closes(alone: Community) -> None:
    served, pair = alone.served, await alone.pair()
    await write(pair, "The first post, which makes the match active")
    cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
    async with (
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as tom,
        pair.mentor.hears_events(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as maya,
    ):
        page = await until(served, lambda page: page("subscriptions") == 2)
        assert (page("sockets", "websocket"), page("sockets", "sse"), page("workers")) == (1, 1, 1)
        assert page("broker_connected_workers") == 1
        reads, sent, received = page("log_reads_total"), page("hints_sent_total"), page("hints_received_total")
        await write(pair, "Hello")
        await asyncio.gather(tom.next(), maya.next())
        page = await until(served, lambda page: page("hints_received_total") > received)
        assert page("log_reads_total") > reads and page("hints_sent_total") > sent
        assert page("event_delay_seconds_count") == 2
        assert page("operations_total", "left", "subscription") == 0
    page = await until(served, lambda page: page("subscriptions") == 0 and page("sockets", "websocket") == 0)
    assert page("sockets", "sse") == 0
    assert page("operations_total", "left", "subscription") == 2


async def test_an_operator_sees_how_operations_are_executed(alone: Community) -> None:
    """A document is compiled when it comes again; what the schema says of itself is left to graphql-core."""
    pair, before = await alone.pair(), await scrape(alone.served)
    document = "query($id: ID!) { match(id: $id) { space { partner { name } } state } }"
    for _ in range(3):
        await pair.mentor.do(document, id=pair.id)
        await pair.mentor.do("{ __schema { mutationType { name } } }")
    ways = ("compiled", "first time", "introspection")
    after = await scrape(alone.served)
    counted = [after("executions_total", way) - before("executions_total", way) for way in ways]
    assert counted == [2, 2, 2]


async def test_an_operator_sees_how_long_events_take_and_not_how_long_readers_were_away(alone: Community) -> None:
    """An event from before a subscription is counted as replayed: how old it is says nothing about delivery."""
    served, pair = alone.served, await alone.pair()
    cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
    await write(pair, "While he was away")
    served.clock.advance(minutes=10)
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as tom:
        assert [(await tom.next())["__typename"] for _ in range(2)] == ["MatchChanged", "PostAdded"]
        await until(served, lambda page: page("events_replayed_total") == 2)
        await write(pair, "Now")
        assert (await tom.next())["post"]["body"] == "Now"
        page = await until(served, lambda page: page("event_delay_seconds_count") == 1)
    assert page("event_delay_seconds_bucket", "0.005") == 1, "by a clock that stands still it took no time"
    assert page("event_delay_seconds_bucket", "+Inf") == 1
    assert page("events_replayed_total") == 2


async def test_an_operator_sees_who_had_to_start_anew(alone: Community) -> None:
    pair = await alone.pair()
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after="of-no-use") as tom:
        assert (await tom.next())["__typename"] == "ResyncRequired"
        with pytest.raises(Completed):
            await tom.next()
    page = await until(alone.served, lambda page: page("resyncs_total") == 1)
    assert page("operations_total", "done", "subscription") == 1
    assert page("event_delay_seconds_count") == 0, "a resync is no event"


async def test_an_operator_sees_operations_by_type_and_how_they_ended(alone: Community) -> None:
    before = await scrape(alone.served)
    maya = await alone.person("Maya")
    await maya.ask("{ viewer { user { name } } }")
    await maya.ask("query { nonsense }")
    await maya.ask("query {")
    await maya.ask("subscription { viewerActivity { cursor } }")
    async with maya.hears("{ viewer { user { name } } }") as socket:
        await socket.next()
    async with maya.hears("subscription { nonsense }") as socket:
        await socket.refusal()
    after = await until(alone.served, lambda page: page("operations_total", "done", "query") == 2)
    counted = {key: value - before.samples.get(key, 0) for key, value in after.samples.items()}
    assert {key[1:]: value for key, value in counted.items() if key[0] == "mentorship_operations_total"} == {
        ("done", "mutation"): 1,
        ("done", "query"): 2,
        ("refused", "query"): 1,
        ("refused", "unknown"): 1,
        ("refused", "subscription"): 2,
    }


async def test_an_operator_sees_what_limits_refused(database_url: str) -> None:
    settings = settings_for(database_url, "memory://", max_operations_per_socket=1)
    async with served_here(settings) as served, Community.on(served) as community:
        maya = await community.person("Maya")
        async with maya.hears("subscription { viewerActivity { cursor } }") as first:
            await first.silence()
            async with connect(served.socket_url, subprotocols=["graphql-transport-ws"]) as ws:
                await say(ws, {"type": "connection_init", "payload": {"authorization": f"Bearer {maya.token}"}})
                assert await hear(ws) == {"type": "connection_ack"}
                for operation_id in "ab":
                    await say(ws, subscribe("subscription { viewerActivity { cursor } }", operation_id))
                assert "RATE_LIMITED" in str(await asyncio.wait_for(ws.recv(), 5))
        assert (await scrape(served))("refusals_total", "operations_per_socket") == 1


async def test_an_operator_sees_hints_that_were_lost_and_that_the_broker_was_away(
    database_url: str, tmp_path: Path
) -> None:
    """Redis stops, somebody writes on another machine, Redis comes back: each leaves its trace."""
    redis = LocalRedis.start(tmp_path / "redis")
    try:
        async with (
            served_here(settings_for(database_url, redis.url)) as served,
            Community.on(served) as community,
        ):
            pair = await community.pair()
            async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
                await until(served, lambda page: page("subscriptions") == 1)
                await asyncio.to_thread(redis._end_process)
                await until(served, lambda page: page("broker_connected_workers") == 0)
                await write(pair, "Anybody there?")
                await tom.next()
                await until(served, lambda page: page("hints_unsent_total") >= 1)
                await elsewhere(pair, "Over here")
                await tom.next(3)
                page = await until(served, lambda page: page("hints_missed_total") == 1)
                assert page("broker_reconnects_total") == 0
                redis.restart()
                page = await until(served, lambda page: page("broker_connected_workers") == 1)
                assert page("broker_reconnects_total") == 1
    finally:
        await asyncio.to_thread(redis.stop)


async def elsewhere(pair: Pair, body: str) -> None:
    """A post whose hint does not come, as when another machine writes it and the hint is lost."""
    parsed = parse_id(pair.id)
    assert parsed is not None
    announce = live._live.announce  # type: ignore[union-attr]
    live._live.announce = lambda stream, number: None  # type: ignore[union-attr, method-assign]
    try:
        await write(pair, body)
    finally:
        live._live.announce = announce  # type: ignore[union-attr, method-assign]


async def test_nothing_about_anybody_is_in_it(alone: Community) -> None:
    """Neither names nor ids, addresses nor words: every label is one that the source names."""
    pair = await alone.pair()
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence()
        await write(pair, "a most private word")
        await tom.next()
        await alone.nobody.ask("query Telltale { telltale }")
        page = await scrape(alone.served)
    parsed = parse_id(pair.id)
    assert parsed is not None
    for told in (pair.id, str(parsed[1]), pair.mentor.id, pair.mentor.email, "Maya", "private", "elltale", "127.0.0.1"):
        assert told not in page.text
    labels = {label for key in page.samples for label in key[1:] if not label.replace(".", "").isdigit()}
    assert labels <= {
        *("+Inf", "other", "unnamed"),
        *("http", "graphql", "payload", "GRAPHQL_VALIDATION_FAILED"),
        *("GET", "POST", "/graphql", "/metrics"),
        *(
            "default",
            "live",
            "SELECT",
            "WITH",
            "INSERT",
            "UPDATE",
            "DELETE",
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT",
            "RELEASE",
        ),
        *("websocket", "sse"),
        *("query", "mutation", "subscription", "unknown"),
        *("done", "refused", "failed", "left"),
        *("compiled", "first time", "raised", "introspection", "variables", "a condition that is null"),
    }


async def test_a_scraper_that_asks_for_openmetrics_gets_it(alone: Community) -> None:
    async with httpx.AsyncClient() as client:
        accept = {"accept": "application/openmetrics-text; version=1.0.0"}
        response = await client.get(f"{alone.served.url}/metrics", headers=accept)
    assert response.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert DELAY in [family.name for family in parse_openmetrics(response.text)]


async def test_an_operator_who_wants_no_metrics_has_none(database_url: str) -> None:
    async with (
        served_here(settings_for(database_url, "memory://", metrics=False)) as served,
        httpx.AsyncClient() as client,
    ):
        assert (await client.get(f"{served.url}/metrics")).status_code == 404
        assert (await client.get(f"{served.url}/readyz")).status_code == 200
