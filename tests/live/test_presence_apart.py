"""Presence across workers: seen from one on the other, gone with a worker that is killed, and without Redis."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from server.local.redis import LocalRedis
from tests.community import Community, Pair, Person
from tests.documents import CREATE_POST, MARK_READ, MATCH_ACTIVITY, PARTNER_PRESENCE, SPACE, VIEWER_ACTIVITY
from tests.live.workers import Worker, workers
from tests.looking import ALONE, THERE, looking, types, until
from tests.servers import served_here, settings_for

BEAT = "0.5"
"""Seconds between two beats, so that who vanishes with a worker has lapsed in little more than one."""


@pytest.fixture(scope="module")
async def beating(
    own_database: str, own_redis: LocalRedis, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[list[Worker]]:
    """Two workers that say often who is connected to them."""
    folder = tmp_path_factory.mktemp("beating")
    async with workers(own_database, own_redis.url, folder, presence_seconds=BEAT) as running:
        yield running


@pytest.fixture
async def community(beating: list[Worker]) -> AsyncIterator[Community]:
    """People whose acts go to the first worker."""
    async with Community.on(beating[0].served) as people:
        yield people


def at(person: Person, worker: Worker) -> Person:
    """The person, on this worker."""
    return replace(person, served=worker.served)


async def test_maya_sees_tom_come_type_read_and_go_on_the_other_worker(
    community: Community, beating: list[Worker]
) -> None:
    pair = await community.pair()
    tom = at(pair.mentee, beating[1])
    async with looking(pair.mentor, pair) as maya:
        async with tom.hears(MATCH_ACTIVITY, matchId=pair.id):
            assert await maya.next() == THERE
            await types(tom, pair)
            assert await maya.next() == THERE | {"typing": True}
            await types(tom, pair, False)
            assert await maya.next() == THERE
            await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
            cursor = (await tom.do(SPACE, id=pair.id))["space"]["activityCursor"]
            await tom.do(MARK_READ, input={"matchId": pair.id, "upTo": cursor})
            assert await maya.next() == THERE | {"readUpTo": cursor}
            await maya.silence(2.0)
        assert await maya.next() == ALONE | {"readUpTo": cursor}


async def test_who_begins_to_look_asks_the_other_worker_who_is_there_and_types(
    community: Community, beating: list[Worker]
) -> None:
    pair = await community.pair()
    tom = at(pair.mentee, beating[1])
    async with tom.hears(VIEWER_ACTIVITY) as toms:
        await types(tom, pair)
        await toms.silence()
        async with pair.mentor.hears(PARTNER_PRESENCE, matchId=pair.id) as maya:
            assert await until(maya, online=True, typing=True)


async def test_who_is_on_both_workers_is_gone_when_he_has_left_both(
    community: Community, beating: list[Worker]
) -> None:
    pair = await community.pair()
    async with looking(pair.mentor, pair) as maya:
        async with at(pair.mentee, beating[1]).hears(VIEWER_ACTIVITY):
            assert await maya.next() == THERE
            async with pair.mentee.hears(VIEWER_ACTIVITY) as second:
                await second.silence()
            await maya.silence()
        assert await maya.next() == ALONE


async def test_a_worker_that_is_killed_takes_its_people_along(community: Community, beating: list[Worker]) -> None:
    pair = await community.pair()
    tom = at(pair.mentee, beating[1])
    async with looking(pair.mentor, pair) as maya:
        async with tom.hears(VIEWER_ACTIVITY):
            assert await maya.next() == THERE
            await maya.silence(2.0)
            await beating[1].kill()
            assert await maya.next() == ALONE, "nobody said so: it was not said again that he is there"
        await beating[1].start()
        async with tom.hears(VIEWER_ACTIVITY):
            assert await maya.next() == THERE


async def test_a_worker_that_is_stopped_says_goodbye_for_its_people(
    community: Community, beating: list[Worker]
) -> None:
    pair = await community.pair()
    async with looking(pair.mentor, pair) as maya, at(pair.mentee, beating[1]).hears(VIEWER_ACTIVITY):
        assert await maya.next() == THERE
        await beating[1].stop()
        assert await maya.next() == ALONE
        await beating[1].start()


async def test_looking_ends_on_either_worker_when_the_match_does(community: Community, beating: list[Worker]) -> None:
    pair = await community.pair()
    async with (
        looking(pair.mentor, pair) as maya,
        at(pair.mentee, beating[1]).hears_events(PARTNER_PRESENCE, matchId=pair.id) as tom,
    ):
        assert await maya.next() == THERE
        assert await until(tom, online=True)
        await community.advance(pair.admin, pair.program, "CANCELLED")
        heard = [*await maya.rest(3), *await tom.rest(3)]
        assert all(state == ALONE for state in heard), "at most that the other one's look has ended first"


async def test_without_redis_one_sees_who_is_on_ones_own_worker_and_nothing_breaks(
    community: Community, beating: list[Worker], own_redis: LocalRedis
) -> None:
    pair = await community.pair()
    tom = at(pair.mentee, beating[1])
    async with looking(pair.mentor, pair) as maya, tom.hears(VIEWER_ACTIVITY):
        assert await maya.next() == THERE
        own_redis.stop()
        try:
            assert await maya.next() == ALONE, "what the other worker knows does not come through"
            async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id):
                assert await maya.next() == THERE
                await types(pair.mentee, pair)
                assert await maya.next() == THERE | {"typing": True}
                await types(tom, pair)
                await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
                cursor = (await tom.do(SPACE, id=pair.id))["space"]["activityCursor"]
                await tom.do(MARK_READ, input={"matchId": pair.id, "upTo": cursor})
                assert await until(maya, readUpTo=cursor), "read marks are kept, and looked up every second"
                await types(pair.mentee, pair, False)
            assert await until(maya, online=False)
        finally:
            own_redis.restart()
        assert await until(maya, online=True), "the next beat says so"


async def test_one_process_needs_no_redis(database_url: str) -> None:
    async with (
        served_here(settings_for(database_url, "memory://")) as served,
        Community.on(served) as community,
    ):
        pair: Pair = await community.pair()
        async with looking(pair.mentor, pair) as maya:
            async with pair.mentee.hears(VIEWER_ACTIVITY):
                assert await maya.next() == THERE
                await types(pair.mentee, pair)
                assert await maya.next() == THERE | {"typing": True}
            assert await until(maya, online=False)
