"""What fails waits, longer each time, and holds up nothing else."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from resolvers import job_failures
from server import jobs
from server.jobs import Ticker
from tests.community import Community
from tests.falling_due import (
    ONCE,
    Chore,
    each_expired_once,
    failures,
    fresh_pair,
    held,
    id_of,
    last_words,
    pairs_like,
    ticker_on,
)
from tests.servers import Served


async def poison(community: Community, match_id: UUID) -> None:
    """Spoil a match's sign-up, so that its end breaks a rule of the database."""
    await community.database.execute(
        "UPDATE sign_ups SET open_matches = 0 FROM matches WHERE matches.id = $1 AND mentee_sign_up_id = sign_ups.id",
        match_id,
    )


async def cure(community: Community, match_id: UUID) -> None:
    await community.database.execute(
        "UPDATE sign_ups SET open_matches = 1 FROM matches WHERE matches.id = $1 AND mentee_sign_up_id = sign_ups.id",
        match_id,
    )


async def test_an_item_that_fails_waits_longer_each_time_while_the_others_go_on(
    served: Served, community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    """One match's data are broken: it fails at once, then after a minute, then after two; mended, it is done."""
    pair = await fresh_pair(served, community)
    broken, *fine = [id_of(pair.id), *await pairs_like(community, pair, 5)]
    await poison(community, broken)
    served.clock.advance(days=14)
    ticker = ticker_on(served, "expire-match")
    await ticker.tick()
    assert (ticker.done, ticker.failed) == (5, 1)
    for match_id in fine:
        assert await last_words(community, match_id) == ONCE
    assert await last_words(community, broken) == []
    assert str(broken) in caplog.text and "CheckViolationError" in caplog.text
    assert "Failing row" not in caplog.text and "price soap" not in caplog.text, "no word of what people wrote"

    tried = []
    for _ in range(14):
        served.clock.advance(seconds=30)
        await ticker.tick()
        tried.append(ticker.failed)
    assert tried == [1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4], "after 1, 2 and 4 minutes"
    assert await failures(community) == [(broken, 4)]
    await cure(community, broken)
    served.clock.advance(minutes=8)
    await ticker.tick()
    assert await failures(community) == []
    await each_expired_once(community, [broken, *fine])


async def test_more_failing_items_than_a_tick_takes_do_not_crowd_out_the_one_behind_them(
    served: Served, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 3)
    pair = await fresh_pair(served, community)
    broken = [id_of(pair.id), *await pairs_like(community, pair, 4)]
    for match_id in broken:
        await poison(community, match_id)
    served.clock.advance(minutes=1)
    fine = id_of((await community.pair()).id)
    served.clock.advance(days=14)
    ticker = ticker_on(served, "expire-match")
    while await ticker.tick():
        assert ticker.failed <= 5, "nobody is tried twice"
    assert (ticker.failed, ticker.done) == (5, 1)
    assert await last_words(community, fine) == ONCE
    for match_id in broken:
        await cure(community, match_id)
    served.clock.advance(minutes=2)
    while await ticker.tick():
        pass
    await each_expired_once(community, [*broken, fine])


async def test_a_failure_is_forgotten_when_its_item_is_not_due_any_more(served: Served, community: Community) -> None:
    """A match that could not expire is ended by one of the two: nothing of it stays behind."""
    gone = uuid4()
    await job_failures.hold_back("expire-match", gone, ValueError("words"), served.clock())
    await ticker_on(served, "expire-match").tick()
    assert await failures(community) == [(gone, 1)], "it may still be due, and waits"
    served.clock.advance(minutes=2)
    await ticker_on(served, "expire-match").tick()
    assert await failures(community) == []


async def test_two_workers_that_fail_at_the_same_moment_count_once(served: Served, community: Community) -> None:
    item = uuid4()
    for _ in range(2):
        await job_failures.hold_back("water-plants", item, ValueError("words"), served.clock())
    assert await failures(community) == [(item, 1)]
    assert await job_failures.of_kind("water-plants") == {item: served.clock() + timedelta(minutes=1)}
    for _ in range(20):
        served.clock.advance(days=1)
        await job_failures.hold_back("water-plants", item, ValueError("words"), served.clock())
    assert await job_failures.of_kind("water-plants") == {item: served.clock() + timedelta(hours=6)}, "at the most"
    await job_failures.forget("water-plants", [item], served.clock() + timedelta(days=1))


async def test_a_job_that_fails_as_a_whole_stops_no_other(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    chore = Chore("water-plants")
    await Ticker([Chore("broken", broken=True).job, chore.job], served.clock).tick()
    assert chore.runs == 1
    assert "job broken" in caplog.text and "cannot be found out" not in caplog.text


async def test_an_item_that_takes_too_long_is_rolled_back_and_the_next_has_its_turn(
    served: Served, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds a program's row and does not let go."""
    monkeypatch.setattr(jobs, "ITEM_SECONDS", 0.3)
    pair = await fresh_pair(served, community)
    other = id_of((await community.pair()).id)
    served.clock.advance(days=14)
    ticker = ticker_on(served, "expire-match")
    async with held(served, pair):
        await asyncio.wait_for(ticker.tick(), 10)
        assert (ticker.done, ticker.failed) == (1, 1)
    served.clock.advance(minutes=2)
    await ticker.tick()
    await each_expired_once(community, [id_of(pair.id), other])
