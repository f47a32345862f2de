"""An introduction that waits for a week: who has not acknowledged it is asked, once, and not at night."""

import asyncio

from tests.community import Community, Pair, Person
from tests.devices import another_device, refreshed
from tests.documents import ACKNOWLEDGE_INTRODUCTION, CREATE_POST, MARK_NOTIFICATIONS_READ
from tests.falling_due import id_of, pairs_like, ticker_on
from tests.invariants import invariants
from tests.racing import until_waiting
from tests.servers import Served
from tests.test_expiries import nothing_can_be_logged
from tests.test_notifications import told

WAITS = "INTRODUCTION_WAITS"


async def tick(served: Served) -> int:
    """How many matches were asked about."""
    ticker = ticker_on(served, "ask-about-introduction")
    while await ticker.tick():
        pass
    assert ticker.failed == 0
    return ticker.done


async def new_pair(served: Served, community: Community, **zones: str) -> Pair:
    """A pair introduced at noon UTC, when nothing that earlier stories left is due."""
    served.clock.advance(days=15)
    served.clock.now = served.clock.now.replace(hour=12, minute=0, second=0)
    pair = await community.pair()
    for role, zone in zones.items():
        statement = "UPDATE users SET time_zone = $2 WHERE id = $1"
        await community.database.execute(statement, id_of(getattr(pair, role).id), zone)
    return pair


async def kinds(person: Person) -> list[str]:
    return (await told(await another_device(person))).kinds


async def test_after_a_week_both_are_asked_once(served: Served, community: Community) -> None:
    pair = await new_pair(served, community)
    served.clock.advance(days=7, seconds=-1)
    assert await tick(served) == 0
    served.clock.advance(seconds=1)
    assert await tick(served) == 1
    for person in (pair.mentor, pair.mentee):
        person = await refreshed(person)
        assert (await told(person)).kinds == [WAITS, "MATCHED"]
        await person.do(MARK_NOTIFICATIONS_READ, input={"ids": (await told(person)).ids})
    for _ in range(3):
        served.clock.advance(days=2)
        assert await tick(served) == 0, "once is enough, read or not"
    await invariants(community.database)


async def test_only_who_has_not_acknowledged_is_asked_and_nobody_once_it_is_under_way(
    served: Served, community: Community
) -> None:
    half, written, whole = [await new_pair(served, community)] + [await community.pair() for _ in range(2)]
    await half.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": half.id})
    await written.mentee.do(CREATE_POST, input={"matchId": written.id, "body": "Hello!"})
    for person in (whole.mentor, whole.mentee):
        await person.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": whole.id})
    served.clock.advance(days=8)
    assert await tick(served) == 1
    assert WAITS in await kinds(half.mentee)
    for person in (half.mentor, written.mentor, written.mentee, whole.mentor, whole.mentee):
        assert WAITS not in await kinds(person)


async def test_nobody_is_asked_at_night_where_he_is(served: Served, community: Community) -> None:
    """At noon UTC it is 21:00 in Tokyo, and 2:00 in Honolulu; quiet hours are from 22:00 to 8:00."""
    pair = await new_pair(served, community, mentor="Asia/Tokyo", mentee="Pacific/Honolulu")
    served.clock.advance(days=7)
    assert await tick(served) == 1
    assert WAITS in await kinds(pair.mentor) and WAITS not in await kinds(pair.mentee)
    served.clock.advance(hours=5, minutes=59)
    assert await tick(served) == 0
    served.clock.advance(minutes=1)
    assert await tick(served) == 1
    assert (await kinds(pair.mentee)).count(WAITS) == (await kinds(pair.mentor)).count(WAITS) == 1


async def test_after_downtime_the_end_comes_and_no_question_before_it(served: Served, community: Community) -> None:
    pair = await new_pair(served, community)
    served.clock.advance(days=14)
    assert await tick(served) == 0
    await ticker_on(served, "expire-match").tick()
    assert await kinds(pair.mentee) == ["MATCH_EXPIRED", "MATCHED"]


async def test_two_workers_at_once_ask_each_of_many_once(served: Served, community: Community) -> None:
    pair = await new_pair(served, community)
    matches = [id_of(pair.id), *await pairs_like(community, pair, 40)]
    served.clock.advance(days=7)
    workers = [ticker_on(served, "ask-about-introduction") for _ in range(2)]
    await asyncio.gather(*(worker.tick() for worker in workers))
    await tick(served)
    assert [worker.failed for worker in workers] == [0, 0]
    asked = f"SELECT subject_id, count(*) FROM notifications WHERE kind = '{WAITS}' AND subject_id = ANY($1) GROUP BY 1"
    assert dict(await community.database.fetch(asked, matches)) == dict.fromkeys(matches, 2)
    await invariants(community.database)


async def test_a_crash_asks_nobody_and_leaves_it_due(served: Served, community: Community) -> None:
    pair = await new_pair(served, community)
    served.clock.advance(days=7)
    async with community.nothing_changes(), nothing_can_be_logged(served):
        dying = asyncio.create_task(ticker_on(served, "ask-about-introduction").tick())
        await until_waiting(community, 1)
        dying.cancel()
        await asyncio.wait([dying], timeout=5)
    assert await tick(served) == 1
    assert (await kinds(pair.mentee)).count(WAITS) == 1


async def test_who_is_reading_it_at_this_very_moment_is_not_asked(served: Served, community: Community) -> None:
    pair = await new_pair(served, community)
    served.clock.advance(days=7)
    pair.mentor, pair.mentee = [await refreshed(each) for each in (pair.mentor, pair.mentee)]
    await pair.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    async with nothing_can_be_logged(served):
        reading = asyncio.create_task(pair.mentee.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id}))
        await until_waiting(community, 1)
        assert await asyncio.wait_for(tick(served), 5) == 0
    await reading
    assert await tick(served) == 0
    assert WAITS not in await kinds(pair.mentee)
