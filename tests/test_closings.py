"""The last day of a program: it closes as that day is over where the group is, and its pairs may finish."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.community import Community, Pair
from tests.devices import another_device
from tests.documents import COMPLETE_MATCH, CREATE_POST, END_MATCH, PROGRAM_ACTIVITY, SIGN_UP, SPACE, UPDATE_PROGRAM
from tests.falling_due import id_of, ticker_on
from tests.invariants import invariants
from tests.servers import Served
from tests.test_program_races import mentee_of
from tests.test_program_states import states
from tests.weekly import acknowledged, go_by

STATE = "query($id: ID!) { program(id: $id) { state endsOn } }"


@pytest.fixture(autouse=True)
async def nothing_left_over(served: Served, community: Community) -> None:
    """It is 10:00 in UTC on 2 March 2026, and no program of an earlier story has a last day."""
    served.clock.now = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    await community.database.execute("UPDATE programs SET closes_at = NULL")


async def tick(served: Served) -> int:
    """The ticker looks for programs that are over; how many it has closed."""
    ticker = ticker_on(served, "close-program")
    await ticker.tick()
    assert ticker.failed == 0
    return ticker.done


async def state_of(community: Community, program_id: str) -> str:
    return await community.database.fetchval("SELECT state FROM programs WHERE id = $1", id_of(program_id))


async def ending(community: Community, *, time_zone: str = "UTC", state: str = "RUNNING", **program: Any) -> Pair:
    """A pair and one who waits, in a program that ends on 30 March 2026, in a group of this time zone."""
    pair = await community.pair(**{"endsOn": "2026-03-30"} | program)
    statement = "UPDATE groups SET time_zone = $2 WHERE id = $1"
    await community.database.execute(statement, id_of(pair.group), time_zone)
    given = {"programId": pair.program, "endsOn": program.get("endsOn", "2026-03-30")}
    await pair.admin.do(UPDATE_PROGRAM, input=given)
    await community.sign_up(pair.admin, pair.program, "MENTOR")
    if state == "RUNNING":
        await community.advance(pair.admin, pair.program, "RUNNING")
    return pair


@pytest.mark.parametrize(
    ("time_zone", "midnight"),
    [
        ("UTC", datetime(2026, 3, 31, 0, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 30, 22, 0, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 3, 30, 10, 0, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 3, 31, 11, 0, tzinfo=UTC)),
    ],
)
async def test_it_closes_at_midnight_where_the_group_is(
    served: Served, community: Community, time_zone: str, midnight: datetime
) -> None:
    """Also 25 hours apart, and where clocks have been put forward on the day before."""
    pair = await ending(community, time_zone=time_zone)
    served.clock.now = midnight
    served.clock.advance(microseconds=-1)
    async with community.nothing_changes():
        assert await tick(served) == 0
    served.clock.now = midnight
    assert await tick(served) == 1
    assert await state_of(community, pair.program) == "CLOSED"
    async with community.nothing_changes():
        assert await tick(served) == 0


async def test_a_day_that_ends_with_an_hour_that_does_not_exist_ends_when_it_is_skipped(
    served: Served, community: Community
) -> None:
    """In Santiago the clocks go from 24:00 on 5 September to 01:00 on the 6th."""
    pair = await ending(community, time_zone="America/Santiago", endsOn="2026-09-05")
    skip = datetime(2026, 9, 6, 4, 0, tzinfo=UTC)
    closes_at = await community.database.fetchval("SELECT closes_at FROM programs WHERE id = $1", id_of(pair.program))
    assert closes_at == skip


async def test_who_waits_waits_no_more_and_pairs_may_finish(served: Served, community: Community) -> None:
    """Ada hears it, said by nobody. Maya and Tom write on; when they are done, their sign-ups have ended too."""
    pair = await ending(community)
    await acknowledged(pair)
    await go_by(served, pair, days=29)
    async with pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as ada:
        await ada.silence(0.2)
        await tick(served)
        heard = [await ada.next(), await ada.next()]
        await ada.silence()
    assert [(each["__typename"], each["actor"]) for each in heard] == [
        ("ProgramChanged", None),
        ("SignUpChanged", None),
    ]
    assert heard[0]["program"]["state"] == "CLOSED" and heard[1]["signUp"]["state"] == "EXPIRED"
    assert await states(community, "sign_ups", pair.program) == ["MATCHED", "MATCHED", "EXPIRED"]
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "On we go."})
    for person in (pair.mentor, pair.mentee):
        await person.do(COMPLETE_MATCH, input={"matchId": pair.id})
    assert await states(community, "sign_ups", pair.program) == ["EXPIRED"] * 3
    error = await pair.mentor.refused(CREATE_POST, input={"matchId": pair.id, "body": "One more"})
    assert error["code"] == "READ_ONLY"
    assert (await pair.mentee.do(SPACE, id=pair.id))["space"] is not None
    await invariants(community.database)


async def test_people_of_a_closed_program_sign_up_for_the_next_one_and_meet_again(
    served: Served, community: Community
) -> None:
    """Nobody signs up for the closed one; in the next one the same two are paired, with steps of their own."""
    pair = await ending(community)
    await go_by(served, pair, days=29)
    await tick(served)
    given = mentee_of(pair.program)
    assert (await pair.mentee.refused(SIGN_UP, input=given))["code"] == "ILLEGAL_TRANSITION"
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    program_id = await community.program(pair.admin, pair.group, title="Summer round")
    offer = await community.sign_up(pair.mentor, program_id, "MENTOR")
    search = await community.sign_up(pair.mentee, program_id, "MENTEE")
    await community.advance(pair.admin, program_id, "MATCHING")
    document = "mutation($i: CreateMatchInput!) { createMatch(input: $i) { match { id } errors { code } } }"
    match = (await pair.admin.do(document, i={"mentorSignUpId": offer, "menteeSignUpId": search}))["match"]
    assert match["id"] != pair.id
    space = (await pair.mentee.do(SPACE, id=match["id"]))["space"]
    assert [step["state"] for step in space["steps"]] == ["OPEN"] + ["LOCKED"] * 7


async def test_a_program_that_never_got_as_far_as_running_closes_too(served: Served, community: Community) -> None:
    """A pair lives while its program is MATCHING; that its admins forgot the next step makes nobody wait for ever."""
    pair = await ending(community, state="MATCHING")
    waiting = await community.program(pair.admin, pair.group, endsOn="2026-03-30")
    draft = await community.program(pair.admin, pair.group, endsOn="2026-03-30", state="DRAFT")
    served.clock.advance(days=29)
    assert await tick(served) == 2
    found = [await state_of(community, each) for each in (pair.program, waiting, draft)]
    assert found == ["CLOSED", "CLOSED", "DRAFT"], "a draft waits for its admins to think again"
    assert await tick(served) == 0


async def test_who_closed_or_cancelled_it_by_hand_has_nothing_to_wait_for(served: Served, community: Community) -> None:
    closed, cancelled = await ending(community), await ending(community)
    await community.advance(closed.admin, closed.program, "CLOSED")
    await community.advance(cancelled.admin, cancelled.program, "CANCELLED")
    served.clock.advance(days=40)
    async with community.nothing_changes():
        assert await tick(served) == 0
    ada = await another_device(closed.admin)
    assert await ada.do(STATE, id=closed.program) == {"state": "CLOSED", "endsOn": "2026-03-30"}


async def test_a_later_last_day_is_the_one_that_counts(served: Served, community: Community) -> None:
    pair = await ending(community)
    await pair.admin.do(UPDATE_PROGRAM, input={"programId": pair.program, "endsOn": "2026-04-02"})
    served.clock.advance(days=29)
    assert await tick(served) == 0
    served.clock.advance(days=3)
    assert await tick(served) == 1


async def test_a_start_that_is_planned_is_left_to_the_admins(served: Served, community: Community) -> None:
    """It would end sign-up and pairing: whether enough people are paired, they know and no clock does."""
    pair = await community.pair(startsOn="2026-03-03")
    served.clock.advance(days=10)
    async with community.nothing_changes():
        await tick(served)
    assert await state_of(community, pair.program) == "MATCHING"
