"""Hints are never believed: what is wrong, late or lost costs a look, and never an event or a processor."""

import asyncio
from uuid import UUID

import pytest
from redis.asyncio import Redis
from tortoise.connection import get_connection

from models.users import User
from pubsub import live
from pubsub.streams import match_stream
from resolvers import access, activity, listening
from schema.node import parse_id
from tests.community import Community, Pair
from tests.documents import CREATE_POST, DELETE_POST, MATCH_ACTIVITY


def key(pair: Pair) -> UUID:
    parsed = parse_id(pair.id)
    assert parsed is not None
    return parsed[1]


async def reads_in(seconds: float) -> int:
    """How many statements the log's reader sends in a while."""
    before = live.hub().reader.statements
    await asyncio.sleep(seconds)
    return live.hub().reader.statements - before


async def test_a_hint_far_ahead_of_the_stream_costs_one_look(community: Community, redis_url: str) -> None:
    """As after a restore of the database, or from another installation on the same Redis."""
    pair = await community.pair()
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom, Redis.from_url(redis_url) as redis:
        await tom.silence(0.2)
        await redis.publish(f"mentorship:{match_stream(key(pair)).channel}", "999999")
        assert await reads_in(1.0) < 10
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
        assert [(await tom.next())["__typename"] for _ in range(2)] == ["MatchChanged", "PostAdded"]


async def test_what_was_announced_here_and_comes_back_is_no_second_reason_to_read(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process hears its own hints again from Redis, mostly while it reads because of them."""
    pair, hub = await community.pair(), live.hub()
    stream, woken = match_stream(key(pair)), []
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=stream.cursor(0)) as tom:
        await tom.next()
        with monkeypatch.context() as changed:
            changed.setattr(hub.pump, "wake", woken.append)
            for number in (101, 101, 102, 102, 101):
                hub.hear(stream, number)
    assert len(woken) == 3, "the first two, and what came late: it may be another's"


async def test_a_hint_that_came_before_its_time_is_a_reason_again_when_its_time_has_come(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from another installation on the same Redis, or before a standby has what was hinted at."""
    pair, hub = await community.pair(), live.hub()
    stream, woken = match_stream(key(pair)), []
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=stream.cursor(0)) as tom:
        await tom.next()
        hub.hear(stream, 101)
        async with asyncio.timeout(10):
            while not await reads_in(0.05):
                pass
            with monkeypatch.context() as changed:
                changed.setattr(hub.pump, "wake", woken.append)
                while not woken:
                    hub.hear(stream, 101)
                    await asyncio.sleep(0.01)


async def test_a_hole_in_the_log_asks_for_a_resync_and_is_not_stepped_over(community: Community) -> None:
    """It cannot come about by our own hand; a restore that lost rows could leave one."""
    pair = await community.pair()
    for word in ("One", "Two", "Three"):
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": word})
    await community.database.execute("DELETE FROM activity WHERE stream_id = $1 AND number = 3", key(pair))
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=match_stream(key(pair)).cursor(1)) as tom:
        (resync,) = await tom.rest()
    assert resync["__typename"] == "ResyncRequired"
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=resync["cursor"]) as tom:
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Four"})
        assert (await tom.next())["post"]["body"] == "Four"


async def test_a_slow_reader_gets_the_tombstone_of_what_was_deleted_meanwhile(community: Community) -> None:
    """Two posts are read in one go; the second is deleted before its turn has come."""
    pair = await community.pair()
    ids = [
        (await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": body}))["post"]["id"]
        for body in ("First", "Too much said")
    ]
    row = await community.database.fetchrow(
        "SELECT users.id AS user_id, sessions.id AS session_id FROM users JOIN sessions ON user_id = users.id"
        " WHERE email = $1",
        pair.mentee.email,
    )
    viewer = access.Viewer(await User.get(id=row["user_id"]), row["session_id"], True)
    start = match_stream(key(pair)).cursor(1)
    events = await activity.follow_match(viewer, community.served.clock(), key(pair), start)
    try:
        first = await asyncio.wait_for(anext(events), 5)
        assert isinstance(first, activity.Event) and first.subject.body == "First"
        await pair.mentor.do(DELETE_POST, input={"postId": ids[1]})
        await asyncio.sleep(listening.FRESH_SECONDS + 0.1)
        second = await asyncio.wait_for(anext(events), 5)
        assert isinstance(second, activity.Event) and second.subject.body is None
    finally:
        await events.aclose()


async def test_a_lost_hint_costs_a_second_and_nothing_else(community: Community) -> None:
    """Somebody writes where no hint is sent, as when Redis is down and another process commits."""
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    stream = match_stream(key(pair))
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.2)
        connection = get_connection("default")
        await connection.execute_query_dict(
            "UPDATE matches SET activity_head = activity_head + 1 WHERE id = $1 RETURNING id", [stream.id]
        )
        await connection.execute_query_dict(
            "INSERT INTO activity (stream_id, number, kind, subject_id, occurred_at)"
            " SELECT stream_id, number + 1, kind, subject_id, occurred_at FROM activity"
            " WHERE stream_id = $1 ORDER BY number DESC LIMIT 1",
            [stream.id],
        )
        assert (await tom.next(3))["post"]["body"] == "Hello"
    assert live.hub().hints_missed > 0


async def test_a_follower_ahead_of_a_restored_database_is_told_to_fetch_anew(community: Community) -> None:
    """The last change is lost with the newest part of the database; its number will be given again."""
    pair = await community.pair()
    for word in ("One", "Two"):
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": word})
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.2)
        await community.database.execute("DELETE FROM activity WHERE stream_id = $1 AND number = 3", key(pair))
        await community.database.execute("UPDATE matches SET activity_head = 2 WHERE id = $1", key(pair))
        (resync,) = await tom.rest(4)
        assert resync["__typename"] == "ResyncRequired"


async def test_somebody_who_catches_up_is_not_counted_as_a_hint_that_was_missed(community: Community) -> None:
    pair = await community.pair()
    for number in range(5):
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": f"Post {number}"})
    missed = live.hub().hints_missed
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=match_stream(key(pair)).cursor(0)) as tom:
        for _ in range(6):
            await tom.next()
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Live"})
        await tom.next()
        await tom.silence(1.2)
    assert live.hub().hints_missed == missed
