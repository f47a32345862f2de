"""What falls due is done once, whoever does it, whatever breaks meanwhile, and however long nobody did."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from server import jobs
from server.jobs import Ticker, ticking
from server.settings import Settings
from tests.community import Community
from tests.documents import MATCH_ACTIVITY
from tests.falling_due import (
    ONCE,
    Chore,
    each_expired_once,
    failures,
    fresh_pair,
    held,
    id_of,
    last_words,
    none_left,
    pairs_like,
    states,
    ticker_on,
)
from tests.invariants import invariants
from tests.racing import until_waiting
from tests.servers import Databases, Served, served_apart


async def test_two_workers_at_once_do_each_of_two_hundred_items_once(served: Served, community: Community) -> None:
    pair = await fresh_pair(served, community)
    match_ids = [id_of(pair.id), *await pairs_like(community, pair, 199)]
    served.clock.advance(days=14)
    workers = [ticker_on(served, "expire-match") for _ in range(2)]

    async def work(ticker: Ticker) -> None:
        while await ticker.tick():
            pass

    await asyncio.gather(*map(work, workers))
    assert [ticker.failed for ticker in workers] == [0, 0]
    assert sum(ticker.done for ticker in workers) == 200
    assert min(ticker.done for ticker in workers) > 20, "both took part"
    await each_expired_once(community, match_ids)


async def test_two_served_processes_share_the_work(databases: Databases, redis_url: str) -> None:
    """Both are seen inside an item at the same moment; in the end each of the matches has expired once."""
    async with (
        databases.fresh() as url,
        served_apart(url, redis_url, workers=2, job_interval_seconds=0.3) as served,
        Community.on(served) as community,
    ):
        pair = await community.pair()
        match_ids = [id_of(pair.id), *await pairs_like(community, pair, 59)]
        async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
            await tom.silence()
            async with held(served, pair):
                await community.database.execute("UPDATE matches SET started_at = started_at - interval '15 days'")
                await until_waiting(community, 2)
                assert set((await states(community)).values()) == {"INTRODUCED"}
            (end,) = await tom.rest(20)
            assert (end["match"]["state"], end["actor"]) == ("EXPIRED", None)
        await none_left(community)
        await each_expired_once(community, match_ids)
        assert await failures(community) == []


async def test_a_process_killed_inside_an_item_leaves_it_due_for_the_next(databases: Databases, redis_url: str) -> None:
    """SIGKILL strikes when the match is locked and numbered, and the end not yet committed."""
    async with databases.fresh() as url:
        async with (
            served_apart(url, redis_url, workers=1, job_interval_seconds=0.3) as served,
            Community.on(served) as community,
        ):
            pair = await community.pair()
            async with held(served, pair):
                await community.database.execute("UPDATE matches SET started_at = started_at - interval '15 days'")
                await until_waiting(community, 1)
                assert served.process is not None
                served.process.kill()
                await asyncio.to_thread(served.process.wait, 10)
            await nobody_connected(community)
            assert await states(community) == {id_of(pair.id): "INTRODUCED"}
            assert await last_words(community, id_of(pair.id)) == []
            await invariants(community.database)
        async with (
            served_apart(url, redis_url, workers=1, job_interval_seconds=0.3) as served,
            Community.on(served) as community,
        ):
            await none_left(community)
            await each_expired_once(community, [id_of(pair.id)])


async def nobody_connected(community: Community) -> None:
    """The killed process's connections are gone, and what they held."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with asyncio.timeout(10):
        while await community.database.fetchval(others):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_connection_cut_inside_an_item_rolls_it_back_and_it_is_done_later(
    served: Served, community: Community
) -> None:
    pair = await fresh_pair(served, community)
    served.clock.advance(days=14)
    ticker = ticker_on(served, "expire-match")
    async with held(served, pair):
        tick = asyncio.create_task(ticker.tick())
        await until_waiting(community, 1)
        await community.database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        await asyncio.wait_for(tick, 5)
    assert (ticker.done, ticker.failed) == (0, 1)
    assert (await states(community))[id_of(pair.id)] == "INTRODUCED"
    assert await last_words(community, id_of(pair.id)) == []
    served.clock.advance(minutes=2)
    await ticker.tick()
    await each_expired_once(community, [id_of(pair.id)])


async def test_a_ticker_outlives_a_database_that_goes_away(
    served: Served, community: Community, databases: Databases
) -> None:
    """For half a second nobody gets a connection; afterwards what is due is done without anybody's help."""
    pair = await fresh_pair(served, community)
    served.clock.advance(days=14)
    ticker = Ticker(jobs.jobs_of(Settings()), served.clock, interval=0.05)
    async with no_connections(served, community, databases):
        ticker.start()
        await asyncio.sleep(0.5)
        assert (await states(community))[id_of(pair.id)] == "INTRODUCED"
    await none_left(community)
    await ticker.stop()
    assert await last_words(community, id_of(pair.id)) == ONCE


@asynccontextmanager
async def no_connections(served: Served, community: Community, databases: Databases) -> AsyncIterator[None]:
    """All connections to the database are cut but the community's own, and no new ones are let in."""
    name = served.database_url.rpartition("/")[2]
    operator = await asyncpg.connect(databases.url)
    try:
        await operator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await community.database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        yield
        await operator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    finally:
        await operator.close()


async def test_after_three_days_of_downtime_the_next_tick_makes_up_for_all_of_them(
    served: Served, community: Community
) -> None:
    """Each day a match comes due and nothing ticks; then one tick ends them all, and the next finds nothing."""
    matches = [id_of((await fresh_pair(served, community)).id)]
    for _ in range(3):
        served.clock.advance(days=1)
        matches.append(id_of((await community.pair()).id))
    served.clock.advance(days=16)
    ticker = ticker_on(served, "expire-match")
    await ticker.tick()
    assert ticker.done == 4
    await each_expired_once(community, matches)
    async with community.nothing_changes():
        await ticker.tick()


async def test_a_process_that_ends_lets_an_item_finish_that_is_nearly_done(served: Served) -> None:
    chore = Chore("water-plants", seconds=0.3)
    ticker = Ticker([chore.job], served.clock, interval=0.01)
    ticker.start()
    await asyncio.sleep(0.1)
    await ticker.stop()
    assert (chore.runs, ticker.done) == (1, 1)
    await asyncio.sleep(0.4)
    assert chore.runs == 1, "and begins no other"


async def test_a_process_that_ends_does_not_wait_for_an_item_that_hangs(served: Served, community: Community) -> None:
    """Within two seconds the item is rolled back, with every lock that it held, and stays due."""
    pair = await fresh_pair(served, community)
    served.clock.advance(days=14)
    async with held(served, pair):
        ticker = Ticker(jobs.jobs_of(Settings()), served.clock, interval=0.01)
        ticker.start()
        await until_waiting(community, 1)
        began = time.monotonic()
        await ticker.stop()
        assert time.monotonic() - began < 2
        await until_waiting(community, 0)
        assert await states(community) | {id_of(pair.id): "INTRODUCED"} == await states(community)
    await ticker_on(served, "expire-match").tick()
    await each_expired_once(community, [id_of(pair.id)])


async def test_an_operator_may_leave_the_jobs_to_other_processes(served: Served, community: Community) -> None:
    pair = await fresh_pair(served, community)
    served.clock.advance(days=14)
    async with ticking(Settings(jobs=False, job_interval_seconds=0.05), served.clock):
        await asyncio.sleep(0.3)
        assert (await states(community))[id_of(pair.id)] == "INTRODUCED"
    async with ticking(Settings(jobs=True, job_interval_seconds=0.05), served.clock):
        await none_left(community)
    assert await last_words(community, id_of(pair.id)) == ONCE
