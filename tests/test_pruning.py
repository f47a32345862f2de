"""The activity log is kept for a time; who comes back later than that is told to fetch the state anew."""

from uuid import UUID, uuid4

import pytest

from pubsub.streams import match_stream, program_stream, user_stream
from resolvers import pruning
from tests.community import Community, Pair
from tests.devices import another_device
from tests.documents import (
    CREATE_POST,
    END_MATCH,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    SPACE,
    VIEWER_ACTIVITY,
    WITHDRAW_SIGN_UP,
)
from tests.falling_due import id_of, ticker_on
from tests.listening import Completed, Ears
from tests.servers import Served


async def post(pair: Pair, *bodies: str) -> None:
    for body in bodies:
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": body})


async def back(pair: Pair) -> Pair:
    """The three log in again: their tokens have expired meanwhile."""
    pair.mentor, pair.mentee, pair.admin = [
        await another_device(each) for each in (pair.mentor, pair.mentee, pair.admin)
    ]
    return pair


async def log_of(community: Community, stream_id: UUID) -> list[int]:
    rows = await community.database.fetch("SELECT number FROM activity WHERE stream_id = $1", stream_id)
    return sorted(number for (number,) in rows)


async def floor_and_head(community: Community, table: str, stream_id: UUID) -> tuple[int, int]:
    statement = f"SELECT activity_floor, activity_head FROM {table} WHERE id = $1"
    return tuple(await community.database.fetchrow(statement, stream_id))


async def resync(ears: Ears) -> str:
    """The one event that sends a listener to the present; its cursor."""
    event = await ears.next()
    assert event["__typename"] == "ResyncRequired" and event["reason"]
    with pytest.raises(Completed):
        await ears.next()
    return event["cursor"]


async def test_who_was_away_for_longer_than_the_log_is_kept_resyncs_and_goes_on(
    served: Served, community: Community
) -> None:
    """Tom saw the first post, was away for a hundred days, and is told so; from the new cursor he misses nothing."""
    pair = await community.pair()
    await post(pair, "One")
    cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
    await post(pair, "Two", "Three")
    served.clock.advance(days=100)
    await ticker_on(served, "prune-stream").tick()
    assert await log_of(community, id_of(pair.id)) == []
    assert await floor_and_head(community, "matches", id_of(pair.id)) == (4, 4)
    pair = await back(pair)
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as tom:
        cursor = await resync(tom)
    space = (await pair.mentee.do(SPACE, id=pair.id))["space"]
    bodies = [edge["node"]["body"] for edge in space["thread"]["posts"]["edges"]]
    assert sorted(bodies) == ["One", "Three", "Two"], "what the two wrote is not of the log, and stays"
    assert space["activityCursor"] == cursor
    async with pair.mentee.hears_events(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as tom:
        await post(pair, "Four")
        assert (await tom.next())["post"]["body"] == "Four"


async def test_the_streams_of_people_and_programs_are_pruned_as_those_of_matches_are(
    served: Served, community: Community
) -> None:
    """Tom has heard once of the pair, Ada of sign-ups and states; a hundred days later both resync."""
    pair = await community.pair()
    tom, program = id_of(pair.mentee.id), id_of(pair.program)
    served.clock.advance(days=100)
    await ticker_on(served, "prune-stream").tick()
    assert await log_of(community, tom) == [] == await log_of(community, program)
    assert await floor_and_head(community, "users", tom) == (2, 2), "matched, and notified of it"
    floor, head = await floor_and_head(community, "programs", program)
    assert floor == head > 3
    pair = await back(pair)
    async with (
        pair.mentee.hears(VIEWER_ACTIVITY, after=user_stream(tom).cursor(0)) as toms,
        pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program, after=program_stream(program).cursor(1)) as adas,
    ):
        assert await resync(toms) == user_stream(tom).cursor(2)
        cursor = await resync(adas)
    async with pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program, after=cursor) as adas:
        await pair.mentee.do(WITHDRAW_SIGN_UP, input={"signUpId": pair.sign_ups["MENTEE"]})
        assert (await adas.next())["signUp"]["state"] == "WITHDRAWN"


async def test_rows_that_are_young_enough_stay_and_can_be_resumed_from(served: Served, community: Community) -> None:
    """Two posts of a hundred days ago go, two of last week stay: a cursor between them loses nothing."""
    pair = await community.pair()
    await post(pair, "Old", "Older than it looks")
    served.clock.advance(days=93)
    pair = await back(pair)
    await post(pair, "New", "Newer")
    served.clock.advance(days=7)
    pair = await back(pair)
    await ticker_on(served, "prune-stream").tick()
    stream = match_stream(id_of(pair.id))
    assert await log_of(community, stream.id) == [4, 5]
    assert await floor_and_head(community, "matches", stream.id) == (3, 5)
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=stream.cursor(3)) as tom:
        assert [(await tom.next())["post"]["body"] for _ in range(2)] == ["New", "Newer"]
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=stream.cursor(2)) as tom:
        await resync(tom)


async def test_the_space_of_an_ended_match_outlives_its_log(served: Served, community: Community) -> None:
    """Months after the end Tom is sent to the state, finds the thread there, and hears that nothing more will come."""
    pair = await community.pair()
    await post(pair, "One")
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    served.clock.advance(days=100)
    await ticker_on(served, "prune-stream").tick()
    pair = await back(pair)
    stream = match_stream(id_of(pair.id))
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=stream.cursor(1)) as tom:
        cursor = await resync(tom)
    space = (await pair.mentee.do(SPACE, id=pair.id))["space"]
    assert [edge["node"]["body"] for edge in space["thread"]["posts"]["edges"]] == ["One"]
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as tom:
        assert await tom.rest(3) == []


async def test_a_younger_row_protects_what_stands_behind_it(served: Served, community: Community) -> None:
    """A clock was set back between two posts: what is deleted is the log's beginning, never a hole in it."""
    pair = await community.pair()
    await post(pair, "One", "Two", "Three")
    match = id_of(pair.id)
    served.clock.advance(days=100)
    await community.database.execute(
        "UPDATE activity SET occurred_at = $2 WHERE stream_id = $1 AND number = 3", match, served.clock()
    )
    await ticker_on(served, "prune-stream").tick()
    assert await log_of(community, match) == [3, 4]
    assert await floor_and_head(community, "matches", match) == (2, 4)


async def test_a_long_log_goes_in_batches(
    served: Served, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each transaction deletes a bounded number of rows, and what is left is due at the next tick."""
    monkeypatch.setattr(pruning, "BATCH_ROWS", 3)
    await ticker_on(served, "prune-stream").tick()
    pair = await community.pair()
    await post(pair, *"1234567")
    served.clock.advance(days=100)
    left = []
    for _ in range(4):
        await ticker_on(served, "prune-stream").tick()
        left.append(await log_of(community, id_of(pair.id)))
        floor, head = await floor_and_head(community, "matches", id_of(pair.id))
        assert left[-1] == list(range(floor + 1, head + 1))
    assert [len(rows) for rows in left] == [5, 2, 0, 0]


async def test_a_busy_stream_has_its_turn_once_a_day(served: Served, community: Community) -> None:
    """A post an hour for two days: when the first is old enough a whole day goes at once, then none for a day."""
    pair = await community.pair()
    for hour in range(48):
        await community.database.execute(
            "INSERT INTO activity (stream_id, number, kind, subject_id, occurred_at)"
            " VALUES ($1::uuid, $2, 'POST_ADDED', $1, $3)",
            id_of(pair.id),
            hour + 1,
            served.clock(),
        )
        served.clock.advance(hours=1)
    await community.database.execute("UPDATE matches SET activity_head = 48 WHERE id = $1", id_of(pair.id))
    served.clock.advance(days=88)
    left = []
    for _ in range(80):
        await ticker_on(served, "prune-stream").tick()
        served.clock.advance(hours=1)
        if not left or len(await log_of(community, id_of(pair.id))) != left[-1]:
            left.append(len(await log_of(community, id_of(pair.id))))
    assert left == [48, 23, 0]


async def test_the_log_of_a_stream_that_is_gone_goes_too(served: Served, community: Community) -> None:
    """Nobody is left who could resync, and the rows must not stay due for ever."""
    gone = uuid4()
    await community.database.execute(
        "INSERT INTO activity (stream_id, number, kind, subject_id, occurred_at) VALUES ($1, 7, 'POST_ADDED', $1, $2)",
        gone,
        served.clock(),
    )
    served.clock.advance(days=100)
    await ticker_on(served, "prune-stream").tick()
    assert await log_of(community, gone) == []
