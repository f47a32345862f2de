"""A mentor's place that is free again or new: the admins hear of it, when somebody waits who may have it."""

import asyncio
from typing import Any

import pytest

from tests.community import Community
from tests.documents import (
    CREATE_MATCH,
    END_MATCH,
    LEAVE_GROUP,
    MARK_NOTIFICATIONS_READ,
    PROGRAM_ACTIVITY,
    SET_GROUP_ROLE,
    UPDATE_SIGN_UP,
)
from tests.falling_due import ticker_on
from tests.invariants import invariants
from tests.listening import Ears
from tests.racing import all_at_once
from tests.rounds import Round, key, waiting
from tests.servers import Served
from tests.test_notifications import told


async def freed(ears: Ears) -> list[dict[str, Any]]:
    """The places that an admin hears of, until nothing more is heard."""
    found = []
    while True:
        try:
            event = await ears.next(0.7)
        except AssertionError:
            return found
        if event["__typename"] == "PlaceFreed":
            found.append(event)


async def paired(here: Round, mentee: int = 0) -> str:
    """The id of a new match of the first mentor's."""
    return (await here.admin.do(CREATE_MATCH, input=here.pair(mentee=mentee)))["match"]["id"]


async def test_an_end_frees_a_place_and_the_admin_hears_of_it_live_and_as_a_notification(community: Community) -> None:
    """Tom ends; Nia waits and may have Maya now. Who ended it, and why, nobody hears."""
    here = await waiting(community, mentees=2)
    (maya, offer), (tom, _) = here.mentors[0], here.mentees[0]
    match = await paired(here)
    async with here.admin.hears(PROGRAM_ACTIVITY, programId=here.program) as admin:
        await admin.silence(0.2)
        await tom.do(END_MATCH, input={"matchId": match, "reason": "NOT_A_GOOD_FIT", "feedback": "Too early."})
        (event,) = await freed(admin)
    assert event["actor"] is None
    assert event["signUp"] == {"id": offer, "state": "WAITING", "role": "MENTOR", "user": {"id": maya.id}}
    (news,) = (await told(here.admin)).nodes
    assert (news["kind"], news["subject"]["id"]) == ("PLACE_FREED", here.program)
    for person in (maya, tom, here.mentees[1][0]):
        assert "PLACE_FREED" not in (await told(person)).kinds


FRESH = """subscription($id: ID!) { programActivity(programId: $id) { __typename ... on PlaceFreed { signUp {
  program { admin { suggestedMatches(first: 5) { score mentorSignUp { id } menteeSignUp { id } } } }
} } } }"""


async def test_the_event_itself_brings_the_fresh_suggestion_to_who_asks_for_it(community: Community) -> None:
    here = await waiting(community, mentees=2)
    match = await paired(here)
    async with here.admin.hears(FRESH, id=here.program) as admin:
        await admin.silence(0.2)
        given = {"matchId": match, "reason": "NO_TIME", "backToQueue": False}
        await here.mentees[0][0].do(END_MATCH, input=given)
        while (event := await admin.next(30))["__typename"] != "PlaceFreed":
            pass
    (fresh,) = event["signUp"]["program"]["admin"]["suggestedMatches"]
    assert fresh["mentorSignUp"]["id"] == here.mentors[0][1]
    assert fresh["menteeSignUp"]["id"] == here.mentees[1][1] and fresh["score"] > 0


async def test_nobody_is_told_of_a_place_that_nobody_who_waits_may_have(community: Community) -> None:
    """The only one who waits was just with the mentor, whatever was said at the end; or is avoided, or the mentor
    himself; or it is the mentor who paused or left the queue."""
    for story in ("did not fit", "had no time", "avoided", "paused", "himself", "withdrawn"):
        here = await waiting(community, mentees=2 if story in ("avoided", "paused", "withdrawn") else 1)
        (maya, offer), (tom, _) = here.mentors[0], here.mentees[0]
        match = await paired(here)
        if story == "avoided":
            given = {"signUpId": here.mentees[1][1], "avoidUserIds": [maya.id]}
            await here.mentees[1][0].do(UPDATE_SIGN_UP, input=given)
        if story == "paused":
            await maya.do(UPDATE_SIGN_UP, input={"signUpId": offer, "pausedUntil": "2999-01-01"})
        if story == "himself":
            await community.sign_up(maya, here.program, "MENTEE")
        who = maya if story == "withdrawn" else tom
        async with here.admin.hears(PROGRAM_ACTIVITY, programId=here.program) as admin:
            await admin.silence(0.2)
            reason = "NO_TIME" if story == "had no time" else "NOT_A_GOOD_FIT"
            given = {"matchId": match, "reason": reason, "backToQueue": story in ("did not fit", "had no time")}
            await who.do(END_MATCH, input=given)
            assert await freed(admin) == [], story
        assert (await told(here.admin)).kinds == [], story


async def test_a_raised_capacity_is_a_new_place_and_a_lowered_one_is_none(community: Community) -> None:
    here = await waiting(community, mentees=2)
    maya, offer = here.mentors[0]
    await paired(here)
    async with here.admin.hears(PROGRAM_ACTIVITY, programId=here.program) as admin:
        await admin.silence(0.2)
        for capacity, many in ((3, 1), (2, 0), (2, 0), (1, 0), (2, 1)):
            await maya.do(UPDATE_SIGN_UP, input={"signUpId": offer, "capacity": capacity})
            events = await freed(admin)
            assert [each["actor"]["id"] for each in events] == [maya.id] * many, capacity


@pytest.mark.parametrize("how", ["leaves", "expires"])
async def test_a_place_is_freed_also_when_the_other_one_leaves_or_says_nothing(
    served: Served, community: Community, how: str
) -> None:
    here = await waiting(community, mentees=2)
    await paired(here)
    if how == "leaves":
        await here.mentees[0][0].do(LEAVE_GROUP, input={"groupId": here.group})
    else:
        served.clock.advance(days=14)
        await ticker_on(served, "expire-match").tick()
    kind = "SELECT count(*) FROM activity WHERE kind = 'PLACE_FREED' AND subject_id = $1"
    assert await community.database.fetchval(kind, key(here.mentors[0][1])) == 1
    await invariants(community.database)


async def test_of_many_places_an_admin_has_one_unread_notification_a_program(community: Community) -> None:
    """Two admins; five mentees end at the same moment. Once it is read, the next place is news again."""
    here = await waiting(community, mentees=6, capacity=5)
    olga = await community.person("Olga")
    await olga.do("mutation($g: ID!) { joinGroup(input: {groupId: $g}) { errors { code } } }", g=here.group)
    role = {"groupId": here.group, "userId": olga.id, "role": "ADMIN"}
    await here.admin.do(SET_GROUP_ROLE, input=role)
    matches = [await paired(here, number) for number in range(5)]
    async with all_at_once(community, "programs", 5):
        ends = [
            asyncio.create_task(mentee.do(END_MATCH, input={"matchId": match, "reason": "NO_TIME"}))
            for (mentee, _), match in zip(here.mentees, matches, strict=False)
        ]
    await asyncio.gather(*ends)
    for admin in (here.admin, olga):
        assert (await told(admin)).kinds == ["PLACE_FREED"]
    await olga.do(MARK_NOTIFICATIONS_READ, input={"ids": (await told(olga)).ids})
    again = await paired(here)
    await here.mentors[0][0].do(END_MATCH, input={"matchId": again, "reason": "NO_TIME"})
    assert (await told(olga)).kinds == ["PLACE_FREED"] * 2
    assert (await told(here.admin)).kinds == ["PLACE_FREED"]
    await invariants(community.database)


async def test_where_nobody_is_paired_any_more_a_free_place_is_no_news(community: Community) -> None:
    here = await waiting(community, mentees=2)
    match = await paired(here)
    await community.advance(here.admin, here.program, "RUNNING")
    await here.mentees[0][0].do(END_MATCH, input={"matchId": match, "reason": "NO_TIME"})
    assert (await told(here.admin)).kinds == []
