"""What admins learn of a whole program: counts, once a day, and never what a single pair does."""

from datetime import timedelta
from uuid import UUID

import pytest

from resolvers import insights
from tests.community import Community, Pair, Person
from tests.devices import another_device
from tests.documents import CREATE_POST, SET_GROUP_ROLE
from tests.falling_due import id_of, pairs_like, ticker_on
from tests.servers import Served

INSIGHT = """
query($id: ID!) { program(id: $id) { admin { insight {
  countedAt pairs activePairs completedPairs medianDaysToMatch silentPercent
  roles { role signedUp matched } weeks { week stepsDonePercent checkInsAnsweredPercent }
} } } }
"""

_UNDER_WAY = """
UPDATE matches SET state = 'ACTIVE', active_at = $2, silent_since = $2 WHERE id = ANY($1::uuid[])
"""
_STEPS = """
INSERT INTO step_progress (id, match_id, state, position, week, title, mentor_guidance, mentee_guidance, rule, minutes)
SELECT gen_random_uuid(), matches.id, 'OPEN', position, week, title, mentor_guidance, mentee_guidance, rule, minutes
FROM matches JOIN program_steps USING (program_id) WHERE matches.id = ANY($1::uuid[])
ON CONFLICT (match_id, position) DO NOTHING
"""
_DONE = "UPDATE step_progress SET state = 'DONE' WHERE match_id = ANY($1::uuid[]) AND week = $2"


async def counted(served: Served, *, days: float = 0) -> None:
    """Time passes, and the programs that are due are counted."""
    served.clock.advance(days=days)
    ticker = ticker_on(served, "count-program")
    await ticker.tick()
    assert ticker.failed == 0


async def insight_of(pair: Pair, person: Person | None = None) -> dict | None:
    person = await another_device(pair.admin if person is None else person)
    return (await person.do(INSIGHT, id=pair.program))["admin"]["insight"]


async def round_of(community: Community, served: Served, many: int, *, weeks_ago: int = 0) -> tuple[Pair, list[UUID]]:
    """A program with so many pairs, all of them ACTIVE since then."""
    pair = await community.pair()
    ids = [id_of(pair.id), *await pairs_like(community, pair, many - 1)]
    await community.database.execute(_UNDER_WAY, ids, served.clock.now - timedelta(weeks=weeks_ago))
    await community.database.execute(_STEPS, ids)
    return pair, ids


async def test_below_five_pairs_nothing_is_told(served: Served, community: Community) -> None:
    pair, _ = await round_of(community, served, 4)
    await counted(served)
    assert await insight_of(pair) is None
    await pairs_like(community, await community.pair(), 3)
    await counted(served, days=2)
    assert await insight_of(pair) is None, "pairs of another program do not count"


async def test_an_admin_sees_how_the_program_fares(served: Served, community: Community) -> None:
    """Of ten pairs that are in their third week, four did the first week's steps, and six were not in touch lately."""
    pair, ids = await round_of(community, served, 10, weeks_ago=2)
    await community.database.execute(_DONE, ids[:4], 1)
    await community.database.execute(
        "UPDATE matches SET silent_since = $2 WHERE id = ANY($1::uuid[])", ids[6:], served.clock.now
    )
    await counted(served)
    found = await insight_of(pair)
    assert found is not None
    assert (found["pairs"], found["activePairs"], found["completedPairs"]) == (10, 10, 0)
    assert found["roles"] == [
        {"role": "MENTOR", "signedUp": 10, "matched": 10},
        {"role": "MENTEE", "signedUp": 10, "matched": 10},
    ]
    assert found["silentPercent"] == 60
    assert found["medianDaysToMatch"] == 0
    assert [each["week"] for each in found["weeks"]] == list(range(1, 9))
    assert [each["stepsDonePercent"] for each in found["weeks"]] == [40, 10, *[None] * 6], "as far as they have come"


async def test_numbers_move_once_a_day_and_not_when_somebody_does_something(
    served: Served, community: Community
) -> None:
    """Whoever watches them beside a pair's life learns nothing of it."""
    pair, ids = await round_of(community, served, 6, weeks_ago=3)
    await counted(served)
    before = await insight_of(pair)
    await pair.mentee.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    await community.database.execute(_DONE, ids, 1)
    async with community.nothing_changes():
        await counted(served)
        served.clock.advance(hours=23)
        await counted(served)
    assert await insight_of(pair) == before
    await counted(served, days=1 / 24)
    after = await insight_of(pair)
    assert after is not None and after != before
    assert (after["silentPercent"], after["weeks"][0]["stepsDonePercent"]) == (80, 90), "five of six; all of them"


_CHECK_INS = """
INSERT INTO check_ins (id, match_id, week_number, state, opened_at, mentor_due_at, mentee_due_at, mentor_mood,
    mentor_answered_at, mentor_body)
SELECT gen_random_uuid(), id, 1, CASE WHEN id = ANY($2::uuid[]) THEN 'PARTIAL' ELSE 'OPEN' END, $3, $3, $3,
    CASE WHEN id = ANY($2::uuid[]) THEN 4 END, CASE WHEN id = ANY($2::uuid[]) THEN $3::timestamptz END, NULL
FROM matches WHERE id = ANY($1::uuid[])
"""


async def test_check_ins_count_when_there_was_time_to_answer(served: Served, community: Community) -> None:
    """Of six pairs four mentors answered and no mentee did: a third of what was asked."""
    pair, ids = await round_of(community, served, 6, weeks_ago=1)
    await community.database.execute(_CHECK_INS, ids, ids[:4], served.clock.now)
    await counted(served)
    assert await check_ins_of(pair) == [None] * 8, "they are due at this moment"
    await counted(served, days=3)
    assert await check_ins_of(pair) == [30, *[None] * 7]
    await community.database.execute("DELETE FROM check_ins WHERE match_id = ANY($1::uuid[])", ids[4:])
    await counted(served, days=1)
    assert await check_ins_of(pair) == [None] * 8, "four pairs are too few"


async def check_ins_of(pair: Pair) -> list[int | None]:
    found = await insight_of(pair)
    assert found is not None
    return [each["checkInsAnsweredPercent"] for each in found["weeks"]]


async def test_one_pair_more_or_less_does_not_show(served: Served, community: Community) -> None:
    """Of five pairs four have ended: what the fifth one does would be its own, and is not told any more."""
    pair, ids = await round_of(community, served, 5, weeks_ago=3)
    await community.database.execute(
        "UPDATE matches SET state = 'ENDED', ended_at = active_at + interval '8 days' WHERE id = ANY($1::uuid[])",
        ids[1:],
    )
    await counted(served)
    found = await insight_of(pair)
    assert found is not None
    assert (found["pairs"], found["activePairs"], found["silentPercent"]) == (5, 1, None)
    assert [each["stepsDonePercent"] for each in found["weeks"]][:3] == [10, None, None], "week 2 has one pair's only"


@pytest.mark.parametrize(
    ("done", "of", "pairs", "shown"),
    [
        (0, 40, 5, 10),
        (1, 40, 5, 10),
        (40, 40, 5, 90),
        (39, 40, 5, 90),
        (22, 40, 5, 60),
        (4, 4, 4, None),
        (0, 0, 9, None),
    ],
)
def test_a_share_is_coarse_and_never_all_or_none(done: int, of: int, pairs: int, shown: int | None) -> None:
    assert insights.percent(done, of, pairs) == shown


async def test_nobody_but_the_admins_sees_any_of_it(served: Served, community: Community) -> None:
    """Not the pairs' people, nor another group's admin, nor an earlier admin, nor somebody who is not signed in."""
    pair, _ = await round_of(community, served, 6)
    await counted(served)
    olga, eve = await community.people("Olga", "Eve")
    await community.group(olga)
    assert await insight_of(pair) is not None
    for person in (pair.mentor, pair.mentee):
        assert (await (await another_device(person)).do(INSIGHT, id=pair.program))["admin"] is None
    for person in (olga, eve, community.nobody):
        assert await person.do(INSIGHT, id=pair.program) is None
    ada, maya = await another_device(pair.admin), pair.mentor
    for user, role, by in ((maya, "ADMIN", ada), (ada, "MEMBER", await another_device(maya))):
        await by.do(SET_GROUP_ROLE, input={"groupId": pair.group, "userId": user.id, "role": role})
    assert (await ada.do(INSIGHT, id=pair.program))["admin"] is None
    assert await insight_of(pair, maya) is not None


async def test_two_workers_count_a_program_once(served: Served, community: Community) -> None:
    pair, _ = await round_of(community, served, 5)
    program_id = id_of(pair.program)
    assert program_id in await insights.due(served.clock.now, 1_000)
    assert await insights.count(program_id, served.clock.now)
    assert not await insights.count(program_id, served.clock.now)
    assert program_id not in await insights.due(served.clock.now, 1_000)
    found = await insight_of(pair)
    assert found is not None and found["countedAt"] == served.clock.now.isoformat()


async def test_of_a_program_that_is_over_the_last_counts_stay(served: Served, community: Community) -> None:
    pair, _ = await round_of(community, served, 5)
    await counted(served)
    before = await insight_of(pair)
    await community.advance(await another_device(pair.admin), pair.program, "CANCELLED")
    await counted(served, days=3)
    assert await insight_of(pair) == before
