"""Blocks: what ends, what never begins again, how it is taken back, and that nobody but the blocker learns of it."""

from uuid import uuid4

import pytest

from models.users import User
from resolvers.reads import bare
from schema.node import global_id
from tests.blocking import NODE, block, blocked, unblock
from tests.community import Community, Person
from tests.documents import (
    BLOCK_USER,
    CREATE_MATCH,
    CREATE_MATCHES,
    CREATE_POST,
    END_MATCH,
    LEAVE_GROUP,
    MATCH_ACTIVITY,
    PARTNER_PRESENCE,
    SPACE,
    UNBLOCK_USER,
    UPDATE_SIGN_UP,
    VIEWER_ACTIVITY,
)
from tests.invariants import invariants
from tests.proposing import input_of, pairs_of, proposed
from tests.rounds import Round, another_round, key, shown_as, waiting
from tests.test_wishes import MINE, all_shown, shown

ACTS = [BLOCK_USER, UNBLOCK_USER]


async def match(here: Round, mentor: int = 0, mentee: int = 0) -> str:
    return (await here.admin.do(CREATE_MATCH, input=here.pair(mentor, mentee)))["match"]["id"]


async def state(person: Person, match_id: str) -> str:
    return (await person.do(SPACE, id=match_id))["state"]


async def test_all_that_two_share_ends_at_once_and_what_they_follow_completes(community: Community) -> None:
    """Tom has Maya as his mentor in one program and as his mentee in another; he blocks her."""
    here = await waiting(community)
    (maya, _), (tom, _) = here.mentors[0], here.mentees[0]
    there = await another_round(community, here.admin, here.group, [tom], [maya], capacity=1)
    matches = [await match(here), await match(there)]
    async with (
        maya.hears(MATCH_ACTIVITY, matchId=matches[0]) as her_page,
        maya.hears_events(MATCH_ACTIVITY, matchId=matches[1]) as her_phone,
        tom.hears(MATCH_ACTIVITY, matchId=matches[0]) as his_page,
        maya.hears(PARTNER_PRESENCE, matchId=matches[0]) as presence,
        tom.hears(VIEWER_ACTIVITY) as toms,
    ):
        for ears in (her_page, her_phone, his_page, toms):
            await ears.silence(0.2)
        assert (await block(tom, maya))["user"] == {"id": maya.id, "name": maya.name}
        for ears in (her_page, her_phone, his_page):
            (event,) = await ears.rest()
            assert (event["__typename"], event["match"]["state"], event["actor"]) == ("MatchChanged", "ENDED", None)
        await presence.rest()
        heard = [await toms.next() for _ in matches]
        await toms.silence()
    assert [event["__typename"] for event in heard] == ["MatchChanged"] * 2, "who does it needs no notification"
    for match_id in matches:
        assert [await state(each, match_id) for each in (maya, tom)] == ["ENDED", "ENDED"]
        error = await maya.refused(CREATE_POST, input={"matchId": match_id, "body": "Hello?"})
        assert error["code"] == "READ_ONLY"
    await invariants(community.database)


async def test_nobody_elses_match_ends_by_it(community: Community) -> None:
    here = await waiting(community, mentees=2, capacity=2)
    kept, ended = await match(here, mentee=1), await match(here)
    await block(here.mentors[0][0], here.mentees[0][0])
    assert [await state(here.mentors[0][0], each) for each in (kept, ended)] == ["INTRODUCED", "ENDED"]


async def test_one_sees_ones_own_list_the_latest_first_and_blocking_again_changes_nothing(community: Community) -> None:
    ada, tom, maya, nia = await community.people("Ada", "Tom", "Maya", "Nia")
    await community.group(ada, tom, maya, nia)
    for person in (maya, nia):
        await block(tom, person)
    seen = await blocked(tom)
    assert [(each["userId"], each["name"]) for each in seen] == [(nia.id, "Nia"), (maya.id, "Maya")]
    async with community.nothing_changes():
        assert (await block(tom, nia))["user"]["name"] == "Nia"
    assert (await unblock(tom, nia))["user"]["name"] == "Nia"
    async with community.nothing_changes():
        await unblock(tom, nia)
    assert [each["name"] for each in await blocked(tom)] == ["Maya"]


async def test_whom_one_cannot_see_or_is_oneself_one_cannot_block(community: Community) -> None:
    """Refused in the same words, whether there is such a person or not."""
    pair = await community.pair()
    eve, tom = await community.person("Eve"), pair.mentee
    absent = str(global_id(bare(User, uuid4())))
    async with community.nothing_changes():
        for document in ACTS:
            errors = [await tom.refused(document, input={"userId": each}) for each in (eve.id, absent, pair.id, "x")]
            assert errors == [errors[0]] * 4 and errors[0]["code"] == "NOT_FOUND"
            assert (await community.nobody.refused(document, input={"userId": tom.id}))["code"] == "UNAUTHENTICATED"
        assert (await tom.refused(BLOCK_USER, input={"userId": tom.id}))["code"] == "INVALID_INPUT"


async def test_who_shares_nothing_but_an_ended_match_can_be_blocked_and_taken_back(community: Community) -> None:
    pair = await community.pair()
    maya, tom = pair.mentor, pair.mentee
    await tom.do(LEAVE_GROUP, input={"groupId": pair.group})
    await block(tom, maya)
    await unblock(tom, maya)
    assert await blocked(tom) == []


async def test_who_is_out_of_sight_stays_on_the_list_with_a_name_and_no_profile(community: Community) -> None:
    """Blocking everybody is no way to keep looking at people whose group one has left."""
    ada, tom, maya = await community.people("Ada", "Tom", "Maya")
    group = await community.group(ada, tom, maya)
    await block(tom, maya)
    await tom.do(LEAVE_GROUP, input={"groupId": group})
    (seen,) = await blocked(tom)
    assert (seen["name"], seen["userId"]) == ("Maya", maya.id)
    assert await tom.do(NODE, id=maya.id) is None
    async with community.nothing_changes():
        assert (await block(tom, maya))["user"] is None
    assert (await unblock(tom, maya))["user"] is None
    assert await blocked(tom) == []


@pytest.mark.parametrize("by", ["mentor", "mentee", "both"])
async def test_the_two_are_neither_suggested_nor_matched_and_it_is_told_as_any_secret(
    community: Community, by: str
) -> None:
    here, other = await waiting(community, mentors=2), await waiting(community)
    (maya, _), (tom, seek), (_, offer) = here.mentors[0], here.mentees[0], here.mentors[1]
    avoided = other.mentors[0][0].id
    await other.mentees[0][0].do(UPDATE_SIGN_UP, input={"signUpId": other.mentees[0][1], "avoidUserIds": [avoided]})
    if by != "mentee":
        await block(maya, tom)
    if by != "mentor":
        await block(tom, maya)
    assert pairs_of(await proposed(here.admin, here.program)) == [(offer, seek)]
    async with community.nothing_changes():
        told = [await each.admin.refused(CREATE_MATCH, input=each.pair()) for each in (here, other)]
        assert told[0] == told[1] and told[0]["code"] == "NOT_AVAILABLE"
        wanted = input_of(here, [(here.mentors[0][1], seek)])
        assert (await here.admin.refused(CREATE_MATCHES, input=wanted))["code"] == "NOT_AVAILABLE"
    await match(here, mentor=1)
    await invariants(community.database)


async def test_neither_is_shown_to_the_other_to_wish_for(community: Community) -> None:
    """It looks as if the other one did not want to be shown any more; a wish from before is as one that was closed."""
    here = await waiting(community, mentors=2)
    await all_shown(here)
    (maya, offer), (_, another), (tom, seek) = *here.mentors, here.mentees[0]
    wishes = [shown_as(offer), shown_as(another)]
    await tom.do(UPDATE_SIGN_UP, input={"signUpId": seek, "wishedSignUpIds": wishes})
    await block(maya, tom)
    assert [each["id"] for each in await shown(tom, here.program) or []] == wishes[1:]
    assert [each["id"] for each in await shown(maya, here.program) or []] == wishes[1:]
    assert await tom.do(NODE, id=wishes[0]) is None and await maya.do(NODE, id=shown_as(seek)) is None
    (edge,) = (await tom.do(MINE))["signUps"]["edges"]
    assert [each["id"] for each in edge["node"]["private"]["wishes"]] == wishes[1:]
    error = await tom.refused(UPDATE_SIGN_UP, input={"signUpId": seek, "wishedSignUpIds": wishes})
    assert error["code"] == "NOT_FOUND"
    await unblock(maya, tom)
    assert len(await shown(tom, here.program) or []) == 2


async def test_after_unblocking_the_match_stays_ended_and_the_two_are_not_matched_again(community: Community) -> None:
    here = await waiting(community)
    (maya, _), (tom, _) = here.mentors[0], here.mentees[0]
    ended = await match(here)
    await block(tom, maya)
    await unblock(tom, maya)
    assert await state(tom, ended) == "ENDED"
    assert pairs_of(await proposed(here.admin, here.program)) == []
    async with community.nothing_changes():
        assert (await here.admin.refused(CREATE_MATCH, input=here.pair()))["code"] == "NOT_AVAILABLE"


async def test_a_block_that_ended_no_match_leaves_nothing_behind_when_it_is_taken_back(community: Community) -> None:
    here = await waiting(community)
    (maya, _), (tom, _) = here.mentors[0], here.mentees[0]
    await tom.do(END_MATCH, input={"matchId": await match(here), "reason": "NO_TIME"})
    await block(tom, maya)
    await unblock(tom, maya)
    await match(here)


async def test_what_waits_to_be_sent_is_cancelled_and_the_end_itself_is_told(community: Community) -> None:
    """Both were to get an e-mail about their match; another pair's are sent as ever."""
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    question = """SELECT told.kind, emails.state FROM emails JOIN notifications AS told ON told.id = notification_id
        WHERE told.user_id = ANY($1::uuid[]) ORDER BY told.kind, emails.state"""

    async def outbox(*people: Person) -> list[tuple[str, str]]:
        rows = await community.database.fetch(question, [key(each.id) for each in people])
        return [tuple(row) for row in rows]

    assert await outbox(pair.mentor, pair.mentee) == [("MATCHED", "WAITING")] * 2
    await block(pair.mentee, pair.mentor)
    assert await outbox(pair.mentee) == [("MATCHED", "POINTLESS")]
    assert await outbox(pair.mentor) == [("MATCHED", "POINTLESS"), ("MATCH_ENDED", "WAITING")]
    assert await outbox(other.mentor, other.mentee) == [("MATCHED", "WAITING")] * 2
