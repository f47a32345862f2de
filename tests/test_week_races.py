"""Weeks that begin while several workers tick, people act, connections are cut and processes killed."""

import asyncio

import asyncpg
import pytest

from tests.community import Community, Pair
from tests.documents import COMPLETE_STEP, CREATE_MATCH
from tests.falling_due import id_of, ticker_on
from tests.invariants import invariants
from tests.racing import until_waiting
from tests.servers import Databases, Served, served_apart
from tests.weekly import acknowledged, go_by, states_of, steps_of, tick, under_way


@pytest.fixture(autouse=True)
async def nothing_left_over(community: Community) -> None:
    """The pairs of earlier stories have no weeks to come, so that a tick is about the pair of this one."""
    await community.database.execute("UPDATE matches SET steps_due_at = NULL")


async def more_pairs(community: Community, pair: Pair, many: int) -> list[Pair]:
    """More pairs of the same program, of people of their own, each of which has just become ACTIVE."""
    made = []
    for _ in range(many):
        mentor, mentee = await community.people("Nia", "Olu")
        group = {"groupId": pair.group}
        join = "mutation($input: JoinGroupInput!) { joinGroup(input: $input) { errors { code } } }"
        for person in (mentor, mentee):
            await person.ask(join, input=group)
        offer = await community.sign_up(mentor, pair.program, "MENTOR")
        search = await community.sign_up(mentee, pair.program, "MENTEE")
        given = {"mentorSignUpId": offer, "menteeSignUpId": search}
        match_id = (await pair.admin.do(CREATE_MATCH, input=given))["match"]["id"]
        made.append(Pair(match_id, mentor, mentee, pair.admin, pair.group, pair.program))
        await acknowledged(made[-1])
    return made


async def opened(community: Community, pair: Pair) -> list[int]:
    """Which steps were said to have been opened by nobody, as the log has it."""
    rows = await community.database.fetch(
        "SELECT position FROM activity JOIN step_progress ON step_progress.id = subject_id"
        " WHERE stream_id = $1 AND kind = 'STEP_PROGRESSED' AND actor_id IS NULL ORDER BY number",
        id_of(pair.id),
    )
    return [row["position"] for row in rows]


async def test_two_workers_at_once_open_each_pairs_step_once(served: Served, community: Community) -> None:
    pair = await under_way(community)
    pairs = [pair, *await more_pairs(community, pair, 11)]
    await tick(served)
    await go_by(served, pair, days=7)
    workers = [ticker_on(served, "open-steps") for _ in range(2)]
    await asyncio.gather(*(worker.tick() for worker in workers))
    assert [worker.failed for worker in workers] == [0, 0]
    assert sum(worker.done for worker in workers) == 12
    for each in pairs:
        assert await opened(community, each) == [2]
    twice = "SELECT count(*) FROM notifications WHERE kind = 'STEP_OPENED' GROUP BY subject_id, user_id"
    assert {row[0] for row in await community.database.fetch(twice)} == {1}
    await invariants(community.database)


@pytest.mark.parametrize("first", ["the ticker", "tom"])
async def test_a_step_that_both_finish_as_its_successors_week_begins_opens_it_once(
    served: Served, community: Community, first: str
) -> None:
    """Tom waits for the ticker, which has the match; or the ticker passes on, since Tom has it, and looks again."""
    pair = await under_way(community)
    meet = {"stepProgressId": (await steps_of(pair))[0]["id"]}
    await pair.mentor.do(COMPLETE_STEP, input=meet)
    await go_by(served, pair, days=7)
    async with HeldSteps(served, pair):
        acts = []
        for number, act in enumerate(("the ticker", "tom") if first == "the ticker" else ("tom",), start=1):
            doing = tick(served) if act == "the ticker" else pair.mentee.do(COMPLETE_STEP, input=meet)
            acts.append(asyncio.create_task(doing))
            await until_waiting(community, number)
        assert first == "the ticker" or await ticker_on(served, "open-steps").tick() is False
    await asyncio.gather(*acts)
    await tick(served)
    assert await states_of(pair) == "DOLLLLLL"
    logged = "SELECT count(*) FROM activity WHERE subject_id = $1"
    assert await community.database.fetchval(logged, id_of((await steps_of(pair))[1]["id"])) == 1
    await invariants(community.database)


async def test_a_connection_cut_as_a_week_begins_rolls_it_back_and_it_begins_later(
    served: Served, community: Community
) -> None:
    pair = await under_way(community)
    await tick(served)
    await go_by(served, pair, days=7)
    ticker = ticker_on(served, "open-steps")
    async with HeldSteps(served, pair):
        ticking = asyncio.create_task(ticker.tick())
        await until_waiting(community, 1)
        await community.database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        await asyncio.wait_for(ticking, 5)
    assert (ticker.done, ticker.failed, await opened(community, pair)) == (0, 1, [])
    await go_by(served, pair, minutes=2)
    await tick(served)
    assert await opened(community, pair) == [2]
    await invariants(community.database)


class HeldSteps:
    """Whoever opens a step of this pair has its match, and waits until the block ends."""

    def __init__(self, served: Served, pair: Pair) -> None:
        self._url, self._match_id = served.database_url, id_of(pair.id)

    async def __aenter__(self) -> None:
        self._holder = await asyncpg.connect(self._url)
        await self._holder.execute("BEGIN")
        await self._holder.execute("SELECT 1 FROM step_progress WHERE match_id = $1 FOR UPDATE", self._match_id)

    async def __aexit__(self, *error: object) -> None:
        await self._holder.close()


async def test_a_worker_killed_as_a_week_begins_leaves_it_to_the_others(databases: Databases, redis_url: str) -> None:
    """Two processes try it when both are killed, the steps locked and not yet open; whoever comes next does it once."""
    async with databases.fresh() as url:
        async with (
            served_apart(url, redis_url, workers=2, job_interval_seconds=0.3) as served,
            Community.on(served) as community,
        ):
            pair = await under_way(community)
            async with HeldSteps(served, pair):
                week_ago = "UPDATE matches SET active_at = active_at - interval '8 days', steps_due_at = started_at"
                await community.database.execute(week_ago)
                await until_waiting(community, 1)
                assert served.process is not None
                served.process.kill()
                await asyncio.to_thread(served.process.wait, 10)
            assert await opened(community, pair) == []
        async with (
            served_apart(url, redis_url, workers=2, job_interval_seconds=0.3) as served,
            Community.on(served) as community,
        ):
            async with asyncio.timeout(20):
                while not await opened(community, pair):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await asyncio.sleep(1)
            assert await opened(community, pair) == [2]
            await invariants(community.database)
