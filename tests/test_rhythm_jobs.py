"""Check-ins, nudges and pauses are done once: by two workers, after a crash, a restart, and a lost connection."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from resolvers import check_in_rounds, nudges, pauses
from server.jobs import Ticker
from tests.community import Community, Pair
from tests.devices import another_device
from tests.documents import CREATE_POST, PAUSE_MATCH
from tests.falling_due import held, id_of, pairs_like, ticker_on
from tests.invariants import invariants
from tests.racing import until_waiting
from tests.rhythms import begun, moment, talks, tick
from tests.servers import Databases, Served, served_apart
from tests.statements import sent
from tests.test_jobs import nobody_connected

LIKE_IT = """
UPDATE matches SET state = 'ACTIVE', active_at = $2, silent_since = $2, next_check_in_at = $2, next_nudge_at = $2
WHERE id = ANY($1)
"""
TOLD = """
SELECT kind, count(*) FROM notifications JOIN matches ON matches.id = subject_id
WHERE matches.id = ANY($1) AND kind <> 'MATCHED' AND kind <> 'MATCH_ACTIVE' GROUP BY kind
"""
NUDGES = "SELECT count(*) FROM nudges WHERE match_id = $1"
ASKED = "SELECT count(*) FROM check_ins WHERE match_id = ANY($1)"
ASKED_AND_TOLD = """
SELECT count(*) FROM notifications JOIN check_ins ON check_ins.id = subject_id
WHERE kind = 'CHECK_IN_DUE' AND match_id = ANY($1)
"""


async def many(served: Served, community: Community, number: int) -> list[UUID]:
    """So many pairs that began on the 2nd of March at 10:00, and whose check-in comes on the 8th at 18:00."""
    served.clock.now = moment("2026-03-02 10:00")
    pair = await community.pair()
    match_ids = [id_of(pair.id), *await pairs_like(community, pair, number - 1)]
    await community.database.execute(LIKE_IT, match_ids, served.clock())
    return match_ids


async def work_of_two(served: Served, *kinds: str) -> list[Ticker]:
    """Two workers tick until nothing of these kinds is due any more."""
    workers = [ticker_on(served, *kinds) for _ in range(2)]

    async def work(ticker: Ticker) -> None:
        while await ticker.tick():
            pass

    for _ in range(2):  # what one passed over since the other was at it
        await asyncio.gather(*map(work, workers))
    assert [ticker.failed for ticker in workers] == [0, 0]
    assert min(ticker.done for ticker in workers) > 10, "both took part"
    return workers


async def test_two_workers_open_each_check_in_once_and_tell_each_person_once(
    served: Served, community: Community
) -> None:
    match_ids = await many(served, community, 100)
    served.clock.now = moment("2026-03-08 18:00")
    await work_of_two(served, "open-check-in", "tell-check-in")
    assert await community.database.fetchval(ASKED, match_ids) == 100
    assert await community.database.fetchval(ASKED_AND_TOLD, match_ids) == 200
    await invariants(community.database)


async def test_two_workers_nudge_each_person_once(served: Served, community: Community) -> None:
    match_ids = await many(served, community, 100)
    served.clock.now = moment("2026-03-30 12:00")
    await work_of_two(served, "nudge")
    told = dict(await community.database.fetch(TOLD, match_ids))
    assert told == {"SILENT_28": 200, "HELP_WELCOME": 100}
    assert await community.database.fetchval("SELECT count(*) FROM nudges WHERE match_id = ANY($1)", match_ids) == 200
    await invariants(community.database)


async def test_two_workers_end_each_pause_once(served: Served, community: Community) -> None:
    match_ids = await many(served, community, 100)
    pause = """UPDATE matches SET state = 'PAUSED', paused_at = $2, paused_until = '2026-03-20', resumes_at = $3
        WHERE id = ANY($1)"""
    await community.database.execute(pause, match_ids, served.clock(), moment("2026-03-20 00:00"))
    served.clock.now = moment("2026-03-23 00:00")
    await work_of_two(served, "resume-match")
    seconds = "SELECT DISTINCT state, paused_seconds FROM matches WHERE id = ANY($1)"
    assert [tuple(row) for row in await community.database.fetch(seconds, match_ids)] == [
        ("ACTIVE", (20 * 24 + 14) * 3_600)
    ]
    assert dict(await community.database.fetch(TOLD, match_ids)) == {"MATCH_RESUMED": 200}
    await invariants(community.database)


BACK = """
UPDATE matches SET active_at = active_at - interval '29 days', silent_since = silent_since - interval '29 days',
    next_check_in_at = next_check_in_at - interval '29 days', next_nudge_at = next_nudge_at - interval '29 days'
"""
NO_NIGHTS = "UPDATE users SET quiet_from = NULL, quiet_until = NULL"
OFFERED = "SELECT count(*) FROM notifications WHERE kind = 'SILENT_28'"


async def silent_pair(community: Community) -> Pair:
    """A pair that has said nothing for 29 days, of people who may be told at any hour."""
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    await community.database.execute(NO_NIGHTS)
    return pair


async def offered_to_both(community: Community) -> None:
    """Return as soon as both were offered a way out, and see that nobody was twice."""
    async with asyncio.timeout(30):
        while await community.database.fetchval(OFFERED) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await asyncio.sleep(1)  # three more ticks of each worker
    assert await community.database.fetchval(OFFERED) == 2
    assert await community.database.fetchval("SELECT count(*) FROM nudges") == 2
    assert await community.database.fetchval("SELECT count(*) FROM check_ins") == 1
    await invariants(community.database)


async def test_a_process_killed_inside_a_nudge_leaves_it_due_and_two_others_do_it_once(
    databases: Databases, redis_url: str
) -> None:
    """SIGKILL strikes when the match is held and nothing is committed; then two workers start."""
    async with databases.fresh() as url:
        async with (
            served_apart(url, redis_url, workers=1, job_interval_seconds=0.3) as served,
            Community.on(served) as community,
        ):
            pair = await silent_pair(community)
            async with held(served, pair):
                await community.database.execute(BACK)
                await until_waiting(community, 1)
                assert served.process is not None
                served.process.kill()
                await asyncio.to_thread(served.process.wait, 10)
            await nobody_connected(community)
            assert await community.database.fetchval(OFFERED) == 0
            assert await community.database.fetchval("SELECT count(*) FROM nudges") == 0
            await invariants(community.database)
        async with (
            served_apart(url, redis_url, workers=2, job_interval_seconds=0.3) as served,
            Community.on(served) as community,
        ):
            await offered_to_both(community)


async def test_a_connection_cut_inside_a_check_in_rolls_it_back_and_it_is_opened_later(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community)
    served.clock.now = moment("2026-03-08 18:00")
    ticker = ticker_on(served, "open-check-in")
    holder = await asyncpg.connect(served.database_url)
    try:
        # Whoever opens a check-in holds the match already, and waits for the table.
        await holder.execute("BEGIN; LOCK TABLE check_ins IN SHARE ROW EXCLUSIVE MODE")
        running = asyncio.create_task(ticker.tick())
        await until_waiting(community, 1)
        await community.database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    finally:
        await holder.close()
    await asyncio.wait_for(running, 20)
    assert ticker.failed == 1
    served.clock.advance(minutes=2)
    await tick(served, "open-check-in")
    assert await community.database.fetchval(ASKED, [id_of(pair.id)]) == 1
    await invariants(community.database)


async def test_who_writes_while_the_ticker_nudges_comes_before_or_after_it(
    served: Served, community: Community
) -> None:
    """At each of eight pairs a post and the nudge come at the same moment: both of the two are nudged, or neither."""
    pairs = [await begun(served, community) for _ in range(8)]
    served.clock.now = moment("2026-03-09 10:00")
    for pair in pairs:
        pair.mentee = await another_device(pair.mentee)
    ticker = ticker_on(served, "nudge")
    await asyncio.gather(ticker.tick(), *(talks(pair.mentee, pair) for pair in pairs))
    await tick(served, "nudge")
    for pair in pairs:
        assert await community.database.fetchval(NUDGES, id_of(pair.id)) in (0, 2)
    assert ticker.failed == 0
    await invariants(community.database)


async def test_pausing_at_the_moment_of_a_nudge_or_a_check_in(served: Served, community: Community) -> None:
    """Whoever holds the match first wins; the ticker never waits for a person, and nobody is nudged in a pause."""
    pair = await begun(served, community)
    served.clock.now = moment("2026-03-09 10:00")
    pair.mentee = await another_device(pair.mentee)
    holder = await asyncpg.connect(served.database_url)
    try:
        await holder.execute("BEGIN")
        await holder.execute("SELECT 1 FROM programs WHERE id = $1 FOR UPDATE", id_of(pair.program))
        pausing = asyncio.create_task(pair.mentee.do(PAUSE_MATCH, input={"matchId": pair.id}))
        await until_waiting(community, 1)
        await asyncio.wait_for(ticker_on(served, "nudge", "open-check-in").tick(), 10)
    finally:
        await holder.close()
    await pausing
    await tick(served)
    assert await community.database.fetchval(NUDGES, id_of(pair.id)) == 0
    assert await community.database.fetchval(ASKED, [id_of(pair.id)]) == 0
    await invariants(community.database)


@pytest.mark.parametrize(
    ("due", "index"),
    [
        (check_in_rounds.due, "matches_to_check_in"),
        (check_in_rounds.due_to_tell, "check_ins"),
        (nudges.due, "matches_to_nudge"),
        (pauses.due, "matches_to_resume"),
    ],
)
async def test_what_is_due_is_looked_up_in_an_index(served: Served, community: Community, due, index: str) -> None:
    """In the order of the index, and without a look at a row that is not due."""
    with sent() as statements:
        await due(served.clock(), 100)
    ((statement, values),) = statements
    async with community.database.transaction():
        for other in ("seqscan", "bitmapscan", "sort"):
            await community.database.execute(f"SET LOCAL enable_{other} = off")
        plan = "\n".join(row[0] for row in await community.database.fetch(f"EXPLAIN {statement}", *values))
    assert "Index Scan using" in plan and index in plan
    assert "Filter" not in plan and "Sort" not in plan


INDEXED = """
SELECT DISTINCT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid
WHERE indrelid = 'matches'::regclass
AND (attnum = ANY(indkey) OR pg_get_expr(indpred, indrelid) ~ ('\\m' || attname || '\\M'))
"""


async def test_contact_changes_no_column_that_is_in_an_index(community: Community) -> None:
    """So PostgreSQL keeps a match that is written to beside its old row, and touches none of its indexes for a post."""
    indexed = {name for (name,) in await community.database.fetch(INDEXED)}
    assert {"next_check_in_at", "next_nudge_at", "state"} <= indexed
    assert not indexed & {"activity_head", "silent_since", "touched_week", "weeks_in_touch", "mentor_unread_posts"}
