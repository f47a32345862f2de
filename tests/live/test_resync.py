"""Pruned logs: who comes back too late fetches the state, goes on, and knows the same as one who never left."""

import random
from collections.abc import AsyncIterator, Sequence

import asyncpg
import httpx
import pytest

from pubsub.streams import Stream, program_stream, user_stream
from tests.community import Community
from tests.documents import (
    CREATE_POST,
    END_MATCH,
    PROGRAM_ACTIVITY,
    VIEWER_ACTIVITY,
)
from tests.listening import Completed
from tests.live.client import Subscriber
from tests.live.pairs import Member, Sown, global_id, key_of, sow
from tests.live.state import fetch_state
from tests.live.workers import Worker
from tests.live.writers import Writer

SECONDS = 8.0


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """What apps fetch with."""
    async with httpx.AsyncClient(timeout=10) as client:
        yield client


@pytest.fixture
async def community(two_apart: list[Worker]) -> AsyncIterator[Community]:
    """People on the first worker."""
    async with Community.on(two_apart[0].served) as people:
        yield people


class Room:
    """A pair who write through both workers, and apps that follow."""

    def __init__(
        self,
        pair: Sown,
        workers: Sequence[Worker],
        http: httpx.AsyncClient,
        steps: list[str],
        database: asyncpg.Connection,
    ) -> None:
        self.pair, self.http, self.database = pair, http, database
        self.urls = [worker.url for worker in workers]
        posts: list[str] = []
        self.writers = [
            Writer(pair, member, self.urls, http, random.Random(f"{number} resync"), steps, posts)
            for number, member in enumerate(pair.members)
        ]

    async def app(self, member: Member, *, events: bool = False) -> Subscriber:
        """An app that has fetched the state and is about to follow."""
        app = Subscriber(self.pair, member, self.urls, self.http, random.Random(repr(member.user_id)), events=events)
        await app.fetch()
        return app

    async def talk(self, changes: int) -> int:
        """Both write so much; the number of the last event."""
        for turn in range(changes):
            await self.writers[turn % 2].write()
        return await self.head()

    async def head(self) -> int:
        """The stream's last number."""
        return await self.database.fetchval("SELECT activity_head FROM matches WHERE id = $1", self.pair.match_id)

    async def truth(self) -> object:
        """The state as the server tells it now."""
        return (await fetch_state(self.http, self.urls[0], self.pair.mentor.token, self.pair.id))[0]


@pytest.fixture
async def room(
    two_apart: list[Worker], community: Community, database: asyncpg.Connection, http: httpx.AsyncClient
) -> Room:
    """A fresh pair in its room."""
    (pair,) = await sow(database, await community.pair(), 1)
    rows = await database.fetch("SELECT id FROM step_progress WHERE match_id = $1 ORDER BY position", pair.match_id)
    return Room(pair, two_apart, http, [global_id("StepProgress", row["id"]) for row in rows], database)


async def prune(database: asyncpg.Connection, stream: Stream, floor: int) -> None:
    """What a pruning job does: the rows go, and the floor tells pruned from missing."""
    table = {"MATCH": "matches", "USER": "users", "PROGRAM": "programs"}[stream.kind.name]
    async with database.transaction():
        await database.execute(f"UPDATE {table} SET activity_floor = $2 WHERE id = $1", stream.id, floor)
        await database.execute("DELETE FROM activity WHERE stream_id = $1 AND number <= $2", stream.id, floor)


@pytest.mark.parametrize("events", [False, True], ids=["over a socket", "over server-sent events"])
async def test_a_member_who_was_away_for_too_long_ends_with_the_same_state_as_his_partner_who_stayed(
    room: Room, events: bool
) -> None:
    """Maya stays. Tom's laptop sleeps, the log is pruned meanwhile, and when it wakes its cursor is of no use."""
    maya, tom = await room.app(room.pair.mentor), await room.app(room.pair.mentee, events=events)
    async with maya.following():
        async with tom.following():
            await tom.reaches(await room.talk(20), SECONDS)
        left_at = tom.number
        head = await room.talk(40)
        await prune(room.database, room.pair.stream, left_at + 15)
        async with tom.following():
            await tom.reaches(head, SECONDS)
            last = await room.talk(20)
            await tom.reaches(last, SECONDS)
            await maya.reaches(last, SECONDS)
    assert (tom.resyncs, maya.resyncs) == (1, 0)
    assert tom.state == maya.state == await room.truth()
    assert [heard.number for heard in maya.applied] == list(range(1, last + 1))
    assert tom.duplicates == tom.gaps == maya.duplicates == maya.gaps == 0


async def test_a_member_who_had_read_up_to_the_floor_needs_no_resync(room: Room) -> None:
    tom = await room.app(room.pair.mentee)
    async with tom.following():
        await tom.reaches(await room.talk(10), SECONDS)
    left_at = tom.number
    head = await room.talk(10)
    await prune(room.database, room.pair.stream, left_at)
    async with tom.following():
        await tom.reaches(head, SECONDS)
    assert tom.resyncs == tom.gaps == 0 and tom.state == await room.truth()


async def test_a_log_that_is_pruned_before_a_listener_could_read_it_is_no_silent_hole(room: Room) -> None:
    """Written and pruned at once, as when a reader is very slow: he resyncs in the middle of his subscription."""
    tom = await room.app(room.pair.mentee)
    async with tom.following():
        await tom.reaches(await room.talk(10), SECONDS)
        async with room.database.transaction():
            floor = await room.database.fetchval(
                "UPDATE matches SET activity_head = activity_head + 3 WHERE id = $1 RETURNING activity_head",
                room.pair.match_id,
            )
            await prune(room.database, room.pair.stream, floor)
        await tom.reaches(floor, SECONDS)
        await tom.reaches(await room.talk(5), SECONDS)
    assert tom.resyncs == 1 and tom.state == await room.truth()


async def test_after_a_resync_of_an_ended_match_the_subscription_completes(room: Room) -> None:
    """There is nothing to go on with: the state tells of the end."""
    tom = await room.app(room.pair.mentee)
    await room.talk(5)
    headers = {"authorization": f"Bearer {room.pair.mentor.token}"}
    given = {"query": END_MATCH, "variables": {"input": {"matchId": room.pair.id, "reason": "NO_TIME"}}}
    await room.http.post(f"{room.urls[0]}/graphql", json=given, headers=headers)
    await prune(room.database, room.pair.stream, await room.head())
    async with tom.following():
        await tom.reaches(await room.head(), SECONDS)
        await tom.has_ended(SECONDS)
    assert (tom.ended, tom.resyncs, tom.applied) == ("completed", 1, [])
    assert tom.state.match == "ENDED" and tom.state == await room.truth()


@pytest.mark.parametrize("whose", ["a person's", "a program's"])
async def test_the_other_two_streams_resync_in_the_same_way(
    community: Community, database: asyncpg.Connection, whose: str
) -> None:
    """Tom's own stream, and the program's for Ada, its admin: the log is pruned up to its head."""
    pair = await community.pair()
    if whose == "a person's":
        person, document, variables, stream = pair.mentee, VIEWER_ACTIVITY, {}, user_stream(key_of(pair.mentee.id))
        head = await database.fetchval("SELECT activity_head FROM users WHERE id = $1", stream.id)
    else:
        person, document, variables = pair.admin, PROGRAM_ACTIVITY, {"programId": pair.program}
        stream = program_stream(key_of(pair.program))
        head = await database.fetchval("SELECT activity_head FROM programs WHERE id = $1", stream.id)
    await prune(database, stream, head)
    async with person.hears(document, **variables, after=stream.cursor(0)) as ears:
        resync = await ears.next()
        assert (resync["__typename"], stream.number_of(resync["cursor"])) == ("ResyncRequired", head)
        with pytest.raises(Completed):
            await ears.next()
    async with person.hears(document, **variables, after=resync["cursor"]) as ears:
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
        event = await ears.next()
        assert event["__typename"] == "MatchChanged" and stream.number_of(event["cursor"]) == head + 1
