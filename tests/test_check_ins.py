"""Weekly check-ins: they open in their week, each of the two answers, and nothing depends on it."""

import asyncio

import pytest

from tests.community import Community
from tests.documents import ANSWER_CHECK_IN, END_MATCH, MATCH_ACTIVITY, PAUSE_MATCH, SEND_MESSAGE
from tests.falling_due import id_of
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rhythms import begun, check_ins, moment, rhythm, talks, tick, until
from tests.servers import Served

SUNDAY = "2026-03-08 18:00"
NEXT_SUNDAY = "2026-03-15 18:00"


async def states(pair) -> list[tuple[int, str]]:
    return [(each["weekNumber"], each["state"]) for each in await check_ins(pair.mentor, pair)]


async def test_a_check_in_opens_each_week_and_the_one_before_is_missed(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await until(served, pair, "2026-03-08 17:59")
    assert await check_ins(pair.mentor, pair) == []
    await until(served, pair, SUNDAY)
    (first,) = await check_ins(pair.mentee, pair)
    assert (first["weekNumber"], first["state"], first["viewerAnswer"], first["partnerAnswer"]) == (
        1,
        "OPEN",
        None,
        None,
    )
    assert moment("2026-03-08 18:00").isoformat() == first["viewerDueAt"] == first["openedAt"]
    await until(served, pair, "2026-03-15 17:59")
    assert await states(pair) == [(1, "OPEN")]
    await until(served, pair, NEXT_SUNDAY)
    assert await states(pair) == [(2, "OPEN"), (1, "MISSED")]
    async with community.nothing_changes():
        await tick(served)
    await invariants(community.database)


async def test_both_answer_and_each_sees_the_other_at_once(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await until(served, pair, SUNDAY)
    (first,) = await check_ins(pair.mentor, pair)
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentee.hears_events(MATCH_ACTIVITY, matchId=pair.id) as tom,
    ):
        await asyncio.gather(maya.silence(0.3), tom.silence(0.3))
        given = {"checkInId": first["id"], "mood": 4, "body": "We **met**.", "nextAction": "Call the supplier"}
        answered = (await pair.mentee.do(ANSWER_CHECK_IN, input=given))["checkIn"]
        assert (answered["state"], answered["partnerAnswer"]) == ("PARTIAL", None)
        assert answered["viewerAnswer"] == {
            "mood": 4,
            "body": "We **met**.",
            "nextAction": "Call the supplier",
            "answeredAt": moment(SUNDAY).isoformat(),
            "editedAt": None,
        }
        for ears, mine, theirs in ((maya, None, {"mood": 4}), (tom, {"mood": 4}, None)):
            heard = await ears.next()
            assert (heard["__typename"], heard["actor"]) == ("CheckInChanged", {"id": pair.mentee.id})
            assert (heard["checkIn"]["viewerAnswer"], heard["checkIn"]["partnerAnswer"]) == (mine, theirs)
        done = (await pair.mentor.do(ANSWER_CHECK_IN, input={"checkInId": first["id"], "mood": 2}))["checkIn"]
        assert (done["state"], done["viewerAnswer"]["mood"], done["partnerAnswer"]["mood"]) == ("DONE", 2, 4)
        assert [(await ears.next())["checkIn"]["state"] for ears in (maya, tom)] == ["DONE", "DONE"]
        async with community.nothing_changes():
            await pair.mentee.do(ANSWER_CHECK_IN, input=given)
        await asyncio.gather(maya.silence(), tom.silence())
    (seen,) = await check_ins(pair.mentor, pair)
    assert seen["partnerAnswer"]["bodyHtml"] == "<p>We <strong>met</strong>.</p>\n"
    await until(served, pair, NEXT_SUNDAY)
    assert await states(pair) == [(2, "OPEN"), (1, "DONE")]


async def test_an_answer_can_be_changed_and_says_so(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await until(served, pair, SUNDAY)
    (first,) = await check_ins(pair.mentor, pair)
    for person in (pair.mentor, pair.mentee):
        await person.do(ANSWER_CHECK_IN, input={"checkInId": first["id"], "mood": 1, "body": "Hard"})
    served.clock.advance(minutes=5)
    changed = await pair.mentor.do(ANSWER_CHECK_IN, input={"checkInId": first["id"], "mood": 3, "body": " "})
    answer = changed["checkIn"]["viewerAnswer"]
    assert (answer["mood"], answer["body"], changed["checkIn"]["state"]) == (3, None, "DONE")
    assert answer["answeredAt"] < answer["editedAt"]


async def test_a_late_answer_is_welcome(served: Served, community: Community) -> None:
    """Who comes back after two weeks can still say how it was. Once both have, it counts as done."""
    pair = await begun(served, community)
    await until(served, pair, SUNDAY)
    await until(served, pair, NEXT_SUNDAY)
    _, missed = await check_ins(pair.mentor, pair)
    given = {"checkInId": missed["id"], "mood": 5}
    assert (await pair.mentor.do(ANSWER_CHECK_IN, input=given))["checkIn"]["state"] == "MISSED"
    assert (await pair.mentee.do(ANSWER_CHECK_IN, input=given))["checkIn"]["state"] == "DONE"


async def test_the_weeks_in_which_the_two_were_in_touch_are_counted_and_no_others(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community)
    assert (await rhythm(pair.mentor, pair))["weeksInTouch"] == 1
    await talks(pair.mentee, pair)
    assert (await rhythm(pair.mentor, pair))["weeksInTouch"] == 1
    await until(served, pair, "2026-03-20 10:00")
    await pair.mentee.do(SEND_MESSAGE, input={"matchId": pair.id, "body": "Here I am"})
    assert (await rhythm(pair.mentee, pair))["weeksInTouch"] == 2, "the week without a word takes nothing away"
    await until(served, pair, "2026-03-23 09:59")
    await pair.mentor.do(SEND_MESSAGE, input={"matchId": pair.id, "body": "Good"})
    assert (await rhythm(pair.mentor, pair))["weeksInTouch"] == 2
    await until(served, pair, "2026-03-23 10:00")
    latest = (await check_ins(pair.mentor, pair))[0]
    await pair.mentor.do(ANSWER_CHECK_IN, input={"checkInId": latest["id"], "mood": 4})
    assert (await rhythm(pair.mentor, pair))["weeksInTouch"] == 3, "an answer is contact"


@pytest.mark.parametrize(
    ("given", "field", "word"),
    [
        ({"mood": 0}, "mood", "1 to 5"),
        ({"mood": 6}, "mood", "1 to 5"),
        ({"mood": 3, "body": "x" * 10_001}, "body", "10,000"),
        ({"mood": 3, "nextAction": "x" * 501}, "nextAction", "500"),
        ({"mood": 3, "body": "\x00"}, "body", "NUL"),
    ],
)
async def test_what_is_no_answer_is_refused(
    served: Served, community: Community, given: dict, field: str, word: str
) -> None:
    pair = await begun(served, community)
    await until(served, pair, SUNDAY)
    (first,) = await check_ins(pair.mentor, pair)
    async with community.nothing_changes():
        error = await pair.mentor.refused(ANSWER_CHECK_IN, input={"checkInId": first["id"]} | given)
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", field])
    assert word in error["message"]


async def test_everything_overdue_stops_nobody_from_talking_pausing_or_ending(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community)
    for sunday in (SUNDAY, NEXT_SUNDAY, "2026-03-22 18:00", "2026-03-29 18:00", "2026-04-05 18:00"):
        await until(served, pair, sunday)
    assert {state for _, state in await states(pair)} == {"OPEN", "MISSED"}
    await talks(pair.mentee, pair, "Still here")
    await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id})
    (newest, *_) = await check_ins(pair.mentor, pair)
    await pair.mentor.do(ANSWER_CHECK_IN, input={"checkInId": newest["id"], "mood": 3})
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    async with community.nothing_changes():
        error = await pair.mentor.refused(ANSWER_CHECK_IN, input={"checkInId": newest["id"], "mood": 4})
        assert error["code"] == "READ_ONLY"
    assert (await check_ins(pair.mentee, pair))[0]["partnerAnswer"]["mood"] == 3, "it stays to be read"
    await until(served, pair, "2026-04-19 18:00")
    assert len(await check_ins(pair.mentor, pair)) == 5, "after the end none opens"
    await invariants(community.database)


async def test_both_answer_at_the_same_moment_and_nothing_is_lost(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await until(served, pair, SUNDAY)
    (first,) = await check_ins(pair.mentor, pair)
    async with all_at_once(community, "matches", 4):
        tasks = [
            asyncio.create_task(person.do(ANSWER_CHECK_IN, input={"checkInId": first["id"], "mood": mood}))
            for mood, person in enumerate((pair.mentor, pair.mentee, pair.mentor, pair.mentee), 1)
        ]
    await asyncio.gather(*tasks)
    (found,) = await check_ins(pair.mentor, pair)
    assert found["state"] == "DONE"
    assert found["viewerAnswer"]["mood"] in (1, 3) and found["partnerAnswer"]["mood"] in (2, 4)
    changes = "SELECT count(*) FROM activity WHERE stream_id = $1 AND kind = 'CHECK_IN_CHANGED'"
    assert await community.database.fetchval(changes, id_of(pair.id)) == 5
    await invariants(community.database)
