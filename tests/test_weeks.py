"""The weeks of a pair: steps open as they begin, they stand still in a pause, and who is ahead need not wait."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from models.enums import MatchState
from models.matches import Match, week_begins, week_of
from tests.community import Community, Pair
from tests.documents import COMPLETE_STEP, END_MATCH, MATCH_ACTIVITY, SKIP_STEP
from tests.servers import Served
from tests.test_notifications import told
from tests.weekly import acknowledged, go_by, pause, resume, space_of, states_of, steps_of, tick, under_way


@pytest.fixture(autouse=True)
async def nothing_left_over(community: Community) -> None:
    """The pairs of earlier stories have no weeks to come, so that a tick is about the pair of this one."""
    await community.database.execute("UPDATE matches SET steps_due_at = NULL")


# ------------------------------------------------------------------------------------------------- counting


BEGAN = datetime(2026, 3, 25, 10, 0, tzinfo=UTC)


def match(**changes: object) -> Match:
    return Match(state=MatchState.ACTIVE, active_at=BEGAN, **changes)


def test_a_week_is_seven_days_from_the_moment_at_which_it_became_active() -> None:
    """Also where clocks are put forward in between: it is the same moment for both of the two."""
    moment = timedelta(microseconds=1)
    assert week_of(match(), BEGAN) == 1
    for week in (2, 3, 53):
        begins = week_begins(match(), week)
        assert begins == BEGAN + timedelta(days=7 * (week - 1))
        assert (week_of(match(), begins - moment), week_of(match(), begins)) == (week - 1, week)


def test_no_week_has_begun_before_it_is_active() -> None:
    assert week_of(Match(state=MatchState.INTRODUCED), BEGAN) == 0


def test_weeks_stand_still_in_a_pause_and_go_on_where_they_stood() -> None:
    """Six days, a pause of a month, another, and a day: the second week begins as the seventh day is over."""
    day = timedelta(days=1)
    paused = match(paused_at=BEGAN + 6 * day)
    assert week_of(paused, BEGAN + 100 * day) == 1
    resumed = match(paused_seconds=int((30 * day).total_seconds()))
    assert week_begins(resumed, 2) == BEGAN + 37 * day
    assert (week_of(resumed, BEGAN + 36 * day), week_of(resumed, BEGAN + 37 * day)) == (1, 2)


def test_the_week_of_an_end_stays() -> None:
    assert week_of(match(ended_at=BEGAN + timedelta(days=15)), BEGAN + timedelta(days=400)) == 3


# -------------------------------------------------------------------------------------------------- opening


async def test_a_step_opens_as_its_week_begins_and_both_see_it_at_once(served: Served, community: Community) -> None:
    """Nothing happens a moment too early; then the second step opens, said by nobody, and both are told of it once."""
    pair = await under_way(community)
    assert await states_of(pair) == "OLLLLLLL"
    await go_by(served, pair, days=7, microseconds=-1)
    await tick(served)
    assert await states_of(pair) == "OLLLLLLL"
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom,
    ):
        await asyncio.gather(maya.silence(0.2), tom.silence(0.2))
        served.clock.advance(microseconds=1)
        assert await tick(served) == 1
        for ears in (maya, tom):
            heard = await ears.next()
            assert (heard["__typename"], heard["actor"]) == ("StepProgressed", None)
            assert (heard["stepProgress"]["position"], heard["stepProgress"]["state"]) == (2, "OPEN")
        await maya.silence()
    assert await states_of(pair) == "OOLLLLLL"
    second = (await steps_of(pair))[1]["id"]
    for person in (pair.mentor, pair.mentee):
        newest = (await told(person)).nodes[0]
        assert (newest["kind"], newest["subject"]["id"]) == ("STEP_OPENED", second)
    async with community.nothing_changes():
        assert await tick(served) == 0


async def test_week_one_begins_when_the_match_is_active(served: Served, community: Community) -> None:
    """Ten days pass before Tom says that he has read the introduction: the second step opens a week after that."""
    pair = await community.pair()
    await go_by(served, pair, days=10)
    await tick(served)
    assert (await states_of(pair), (await space_of(pair.mentee, pair))["progress"]["week"]) == ("OLLLLLLL", 0)
    await acknowledged(pair)
    assert (await space_of(pair.mentee, pair))["progress"]["week"] == 1
    await tick(served)
    assert await states_of(pair) == "OLLLLLLL"
    await go_by(served, pair, days=7)
    await tick(served)
    assert await states_of(pair) == "OOLLLLLL"


async def test_after_three_weeks_of_downtime_all_that_is_due_opens_and_is_told_once(
    served: Served, community: Community
) -> None:
    pair = await under_way(community)
    before = (await told(pair.mentee)).kinds
    await go_by(served, pair, days=21, hours=5)
    assert await tick(served) == 1
    assert await states_of(pair) == "OOOOLLLL"
    after = await told(pair.mentee)
    assert after.kinds == ["STEP_OPENED", *before], "one notification, not three"
    assert after.nodes[0]["subject"]["id"] == (await steps_of(pair))[1]["id"]
    await go_by(served, pair, days=7, hours=-5)
    await tick(served)
    assert await states_of(pair) == "OOOOOLLL", "the weeks are counted from the beginning and not from the tick"


async def test_the_weeks_stand_still_while_a_pair_is_paused(served: Served, community: Community) -> None:
    """Five days, three weeks of pause, and two days more."""
    pair = await under_way(community)
    await go_by(served, pair, days=5)
    await pause(community, pair, served.clock.now)
    await go_by(served, pair, days=21)
    await tick(served)
    assert (await states_of(pair), (await space_of(pair.mentor, pair))["progress"]["week"]) == ("OLLLLLLL", 1)
    await resume(community, pair, served.clock.now)
    await tick(served)
    assert await states_of(pair) == "OLLLLLLL", "it is not made up for"
    await go_by(served, pair, days=2, seconds=-1)
    await tick(served)
    assert await states_of(pair) == "OLLLLLLL"
    await go_by(served, pair, seconds=1)
    await tick(served)
    assert (await states_of(pair), (await space_of(pair.mentor, pair))["progress"]["week"]) == ("OOLLLLLL", 2)


async def test_all_steps_are_open_from_the_start_where_the_program_says_so(
    served: Served, community: Community
) -> None:
    pair = await under_way(community, stepOpening="ALL_AT_ONCE")
    assert await states_of(pair) == "O" * 8
    await go_by(served, pair, days=70)
    async with community.nothing_changes():
        assert await tick(served) == 0
    assert (await space_of(pair.mentee, pair))["progress"] == {
        "done": 0,
        "total": 8,
        "skipped": 0,
        "week": 11,
        "weeks": 8,
    }


async def test_a_pair_without_steps_has_weeks_all_the_same(served: Served, community: Community) -> None:
    pair = await under_way(community, templateKey="blank")
    await go_by(served, pair, days=14)
    await tick(served)
    progress = (await space_of(pair.mentor, pair))["progress"]
    assert progress == {"done": 0, "total": 0, "skipped": 0, "week": 3, "weeks": 12}


async def test_who_is_through_with_all_that_is_open_gets_the_next_step_before_its_week(
    served: Served, community: Community
) -> None:
    """Maya and Tom do the first step on the first day: the second opens. Week two opens nothing, week three does."""
    pair = await under_way(community)
    first = {"stepProgressId": (await steps_of(pair))[0]["id"]}
    for person in (pair.mentor, pair.mentee):
        await person.do(COMPLETE_STEP, input=first)
    assert await states_of(pair) == "DOLLLLLL"
    await go_by(served, pair, days=7)
    before = (await told(pair.mentor)).kinds
    await tick(served)
    assert (await states_of(pair), (await told(pair.mentor)).kinds) == ("DOLLLLLL", before)
    await go_by(served, pair, days=7)
    await tick(served)
    assert await states_of(pair) == "DOOLLLLL"


async def test_nobody_skips_ahead_by_doing_one_of_several_open_steps(served: Served, community: Community) -> None:
    """In the third week three steps are open. Doing the last of them opens nothing; leaving the others out does."""
    pair = await under_way(community)
    await go_by(served, pair, days=14)
    await tick(served)
    first, second, third = ({"stepProgressId": step["id"]} for step in (await steps_of(pair))[:3])
    await pair.mentor.do(COMPLETE_STEP, input=third)
    assert await states_of(pair) == "OODLLLLL"
    await pair.mentee.do(SKIP_STEP, input=first)
    assert await states_of(pair) == "SODLLLLL"
    await pair.mentor.do(SKIP_STEP, input=second)
    assert await states_of(pair) == "SSDOLLLL"


async def test_what_has_ended_stands_still(served: Served, community: Community) -> None:
    pair = await under_way(community)
    await go_by(served, pair, days=8)
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"})
    await go_by(served, pair, days=8)
    async with community.nothing_changes():
        assert await tick(served) == 0
    assert (await states_of(pair), (await space_of(pair.mentor, pair))["progress"]["week"]) == ("OLLLLLLL", 2)


async def test_pairs_of_a_closed_program_go_on_week_by_week(served: Served, community: Community) -> None:
    pair = await under_way(community)
    for state in ("RUNNING", "CLOSED"):
        await community.advance(pair.admin, pair.program, state)
    await go_by(served, pair, days=7)
    await tick(served)
    assert await states_of(pair) == "OOLLLLLL"


async def test_the_two_see_when_a_locked_step_opens(served: Served, community: Community) -> None:
    """Not before they have begun, nor in a pause, when nobody can know; after it a day later for each day of it."""
    document = "query($id: ID!) { match(id: $id) { space { steps { opensAt } } } }"

    async def opening(pair: Pair) -> list[str | None]:
        space = (await pair.mentee.do(document, id=pair.id))["space"]
        return [each["opensAt"] and each["opensAt"][:10] for each in space["steps"]][:4]

    pair = await community.pair()
    assert await opening(pair) == [None] * 4
    served.clock.now = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)
    await go_by(served, pair)
    await acknowledged(pair)
    assert await opening(pair) == [None, "2027-03-08", "2027-03-15", "2027-03-22"]
    await pause(community, pair, served.clock.now)
    await go_by(served, pair, days=2)
    assert await opening(pair) == [None] * 4
    await resume(community, pair, served.clock.now)
    assert await opening(pair) == [None, "2027-03-10", "2027-03-17", "2027-03-24"]
