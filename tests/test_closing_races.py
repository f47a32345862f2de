"""Programs that close while several workers tick, people sign up, and processes are killed."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import psutil
import pytest

from schema.node import parse_id
from tests.community import Community
from tests.documents import SIGN_UP
from tests.falling_due import id_of, ticker_on
from tests.invariants import invariants
from tests.servers import Databases, Served, served_apart
from tests.test_closings import ending, state_of, tick
from tests.test_program_races import WAITING_FOR_LOCKS, mentee_of
from tests.test_program_states import states


@pytest.fixture(autouse=True)
async def nothing_left_over(served: Served, community: Community) -> None:
    """It is 10:00 in UTC on 2 March 2026, and no program of an earlier story has a last day."""
    served.clock.now = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    await community.database.execute("UPDATE programs SET closes_at = NULL")


async def somebody_waits(community: Community) -> None:
    """One worker waits for the log, or two do, of whom the other one waits for the first."""
    async with asyncio.timeout(10):
        while not await community.database.fetchval(WAITING_FOR_LOCKS):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def ends_logged(community: Community, program_id: str) -> int:
    """How often a program was said to have changed by nobody."""
    statement = "SELECT count(*) FROM activity WHERE stream_id = $1 AND kind = 'PROGRAM_CHANGED' AND actor_id IS NULL"
    return await community.database.fetchval(statement, parse_id(program_id)[1])


async def test_two_workers_at_once_close_each_program_once(served: Served, community: Community) -> None:
    pairs = [await ending(community) for _ in range(6)]
    served.clock.advance(days=29)
    workers = [ticker_on(served, "close-program") for _ in range(2)]
    await asyncio.gather(*(worker.tick() for worker in workers))
    assert [worker.failed for worker in workers] == [0, 0]
    while await tick(served):
        pass
    for pair in pairs:
        assert await state_of(community, pair.program) == "CLOSED"
        assert await ends_logged(community, pair.program) == 1
        assert await states(community, "sign_ups", pair.program) == ["MATCHED", "MATCHED", "EXPIRED"]
    await invariants(community.database)


async def test_a_ticker_that_was_down_for_three_days_closes_what_ended_meanwhile(
    served: Served, community: Community
) -> None:
    pairs = [await ending(community, endsOn=f"2026-03-{day}") for day in (28, 29, 30)]
    served.clock.advance(days=32)
    assert await tick(served) == 3
    assert {await state_of(community, pair.program) for pair in pairs} == {"CLOSED"}


async def test_who_signs_up_or_closes_by_hand_at_that_moment_is_in_nobodys_way(
    served: Served, community: Community
) -> None:
    """Leo signs up as it closes, and Ada closes it by hand: it is closed once, and nobody is left waiting."""
    for _ in range(4):
        served.clock.now = datetime(2026, 3, 30, 23, 59, tzinfo=UTC)
        pair = await ending(community, rolling=True)
        leo = await community.person("Leo")
        join = "mutation($i: JoinGroupInput!) { joinGroup(input: $i) { errors { code } } }"
        await leo.do(join, i={"groupId": pair.group})
        served.clock.advance(minutes=1)
        advance = "mutation($i: AdvanceProgramInput!) { advanceProgram(input: $i) { errors { code } } }"
        ticker = ticker_on(served, "close-program")
        await asyncio.gather(
            leo.ask(SIGN_UP, input=mentee_of(pair.program)),
            ticker.tick(),
            pair.admin.ask(advance, i={"programId": pair.program, "to": "CLOSED"}),
            ticker_on(served, "close-program").tick(),
        )
        assert ticker.failed == 0
        await tick(served)
        assert await state_of(community, pair.program) == "CLOSED"
        closed = "SELECT count(*) FROM activity WHERE stream_id = $1 AND kind = 'PROGRAM_CHANGED'"
        found = await community.database.fetchval(closed, id_of(pair.program))
        assert found == 6, "made, its last day, three steps by hand, and closed once"
        assert set(await states(community, "sign_ups", pair.program)) == {"MATCHED", "EXPIRED"}
        await invariants(community.database)


async def test_a_worker_killed_as_it_closes_a_program_leaves_it_to_the_next(
    databases: Databases, redis_url: str
) -> None:
    """Two processes; both are killed while one has locked the program and expires who waits. Nothing of it is left."""
    async with databases.fresh() as url:
        async with (
            served_apart(url, redis_url, workers=2, job_interval_seconds=0.3) as served,
            Community.on(served) as community,
        ):
            far = datetime.now(UTC).date().replace(month=12, day=31, year=datetime.now(UTC).year + 1)
            pair = await ending(community, endsOn=far.isoformat())
            holder = await asyncpg.connect(url)
            await holder.execute("BEGIN")
            # Whoever closes the program gets as far as its log.
            await holder.execute("LOCK TABLE activity IN EXCLUSIVE MODE")
            await community.database.execute("UPDATE programs SET closes_at = now() WHERE closes_at IS NOT NULL")
            await somebody_waits(community)
            assert served.process is not None
            for process in (*psutil.Process(served.process.pid).children(recursive=True), served.process):
                process.kill()
            await asyncio.to_thread(served.process.wait, 10)
            await holder.close()
            assert await state_of(community, pair.program) == "RUNNING"
            assert await states(community, "sign_ups", pair.program) == ["MATCHED", "MATCHED", "WAITING"]
        async with (
            served_apart(url, redis_url, workers=2, job_interval_seconds=0.3) as served,
            Community.on(served) as community,
        ):
            async with asyncio.timeout(20):
                while await state_of(community, pair.program) != "CLOSED":  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            assert await ends_logged(community, pair.program) == 1
            assert await states(community, "sign_ups", pair.program) == ["MATCHED", "MATCHED", "EXPIRED"]
            await invariants(community.database)
