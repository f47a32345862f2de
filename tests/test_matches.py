"""Matches: whom an admin may pair, what the pair gets, and who sees what of it."""

import asyncio
from uuid import uuid4

import pytest

from models.sign_ups import SignUp
from schema.node import global_id
from tests.community import Community
from tests.documents import (
    CREATE_MATCH,
    CREATE_POST,
    JOIN_GROUP,
    LEAVE_GROUP,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    SET_GROUP_ROLE,
    SPACE,
    VIEWER_ACTIVITY,
    WITHDRAW_SIGN_UP,
)
from tests.invariants import invariants
from tests.rounds import SIGN_UP_OF, another_round, key, waiting

MENTOR_PATH, MENTEE_PATH = ["input", "mentorSignUpId"], ["input", "menteeSignUpId"]
GUIDED = "query($id: ID!) { match(id: $id) { space { steps { position week title guidance rule state } } } }"


async def test_an_admin_pairs_two_and_all_three_hear_it(community: Community) -> None:
    here = await waiting(community)
    (maya, _), (tom, _) = here.mentors[0], here.mentees[0]
    async with (
        maya.hears(VIEWER_ACTIVITY) as mayas,
        tom.hears_events(VIEWER_ACTIVITY) as toms,
        here.admin.hears(PROGRAM_ACTIVITY, programId=here.program) as admins,
    ):
        await asyncio.gather(mayas.silence(0.2), toms.silence(0.2), admins.silence(0.2))
        match = (await here.admin.do(CREATE_MATCH, input=here.pair()))["match"]
        assert (match["state"], match["viewerRole"], match["endedAt"]) == ("INTRODUCED", None, None)
        heard = [await mayas.next(), await toms.next(), *[await admins.next() for _ in range(3)]]
        for ears in (mayas, toms):
            assert (await ears.next())["notification"]["kind"] == "MATCHED"
        await asyncio.gather(mayas.silence(), toms.silence(), admins.silence())
    assert [each["__typename"] for each in heard[2:4]] == ["SignUpChanged"] * 2
    assert {(each["signUp"]["role"], each["signUp"]["state"]) for each in heard[2:4]} == {
        ("MENTOR", "MATCHED"),
        ("MENTEE", "MATCHED"),
    }
    for event in (heard[0], heard[1], heard[4]):
        assert (event["__typename"], event["match"]["id"]) == ("MatchChanged", match["id"])
    assert {each["actor"]["id"] for each in heard} == {here.admin.id}
    for person, role in ((maya, "MENTOR"), (tom, "MENTEE")):
        seen = await person.do(SPACE, id=match["id"])
        assert (seen["state"], seen["viewerRole"]) == ("INTRODUCED", role)
    await invariants(community.database)


async def test_the_steps_are_the_pairs_own_copy_and_the_first_is_open(community: Community) -> None:
    """Somebody edits the program afterwards: the pair keeps what it was given."""
    pair = await community.pair()
    rows = await community.database.fetch(
        "SELECT position, week, title, rule, mentor_guidance, mentee_guidance FROM program_steps"
        " WHERE program_id = $1 ORDER BY position",
        key(pair.program),
    )
    assert len(rows) == 8
    states = ["OPEN"] + ["LOCKED"] * 7
    await community.database.execute(
        "UPDATE program_steps SET title = 'Changed', mentor_guidance = 'Changed', mentee_guidance = 'Changed',"
        " week = 1, rule = 'EITHER' WHERE program_id = $1",
        key(pair.program),
    )
    for person, guidance in ((pair.mentor, "mentor_guidance"), (pair.mentee, "mentee_guidance")):
        steps = (await person.do(GUIDED, id=pair.id))["space"]["steps"]
        names = ("position", "week", "title", "rule")
        assert steps == [
            {name: row[name] for name in names} | {"guidance": row[guidance], "state": state}
            for row, state in zip(rows, states, strict=True)
        ]


async def test_a_program_without_steps_pairs_people_all_the_same(community: Community) -> None:
    pair = await community.pair(templateKey="blank")
    assert (await pair.mentor.do(SPACE, id=pair.id))["space"]["steps"] == []


async def test_nobody_but_an_admin_pairs_people_or_can_tell_their_sign_ups_from_none(community: Community) -> None:
    here, there = await waiting(community), await waiting(community)
    eve, mo = await community.people("Eve", "Mo")
    await mo.do(JOIN_GROUP, input={"groupId": here.group})
    absent = {name: global_id(SignUp(id=uuid4())) for name in here.pair()}
    async with here.admin.hears(PROGRAM_ACTIVITY, programId=here.program) as admin:
        await admin.silence(0.1)
        async with community.nothing_changes():
            for person in (eve, mo, there.admin):
                refusals = [await person.refused(CREATE_MATCH, input=given) for given in (here.pair(), absent)]
                assert refusals == [refusals[0]] * 2
                assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", MENTOR_PATH)
            (maya, _), (tom, _) = here.mentors[0], here.mentees[0]
            assert (await maya.refused(CREATE_MATCH, input=here.pair()))["path"] == MENTEE_PATH, "she sees her own"
            assert (await tom.refused(CREATE_MATCH, input=here.pair()))["path"] == MENTOR_PATH, "he sees his own"
            assert (await community.nobody.refused(CREATE_MATCH, input=here.pair()))["code"] == "UNAUTHENTICATED"
        await admin.silence()


async def test_an_admin_who_is_one_of_the_two_leaves_it_to_another(community: Community) -> None:
    here = await waiting(community)
    maya, _ = here.mentors[0]
    given = {"groupId": here.group, "userId": maya.id, "role": "ADMIN"}
    await here.admin.do(SET_GROUP_ROLE, input=given)
    async with community.nothing_changes():
        error = await maya.refused(CREATE_MATCH, input=here.pair())
    assert error["code"] == "FORBIDDEN" and "another admin" in error["message"]
    match = (await here.admin.do(CREATE_MATCH, input=here.pair()))["match"]
    seen = await maya.do(SPACE, id=match["id"])
    assert seen["viewerRole"] == "MENTOR" and seen["space"], "she is in the pair, and an admin may be"


async def test_two_who_do_not_go_together_are_refused(community: Community) -> None:
    here = await waiting(community, 2)
    (maya, offers), (tom, seeks) = here.mentors[0], here.mentees[0]
    elsewhere = await another_round(community, here.admin, here.group, [here.mentors[1][0]], [tom], capacity=1)
    also_mentee = await community.sign_up(maya, here.program, "MENTEE")
    refused = [
        ({"mentorSignUpId": seeks}, MENTOR_PATH),
        ({"menteeSignUpId": offers}, MENTEE_PATH),
        ({"mentorSignUpId": seeks, "menteeSignUpId": offers}, MENTOR_PATH),
        ({"menteeSignUpId": elsewhere.mentees[0][1]}, MENTEE_PATH),
        ({"menteeSignUpId": also_mentee}, MENTEE_PATH),
        ({"note": "x" * 1_001}, ["input", "note"]),
        ({"note": "nul \x00 byte"}, ["input", "note"]),
    ]
    async with community.nothing_changes():
        for changes, path in refused:
            error = await here.admin.refused(CREATE_MATCH, input=here.pair() | changes)
            assert (error["code"], error["path"]) == ("INVALID_INPUT", path), error
        for changes, path in (({"mentorSignUpId": tom.id}, MENTOR_PATH), ({"menteeSignUpId": "garbage"}, MENTEE_PATH)):
            error = await here.admin.refused(CREATE_MATCH, input=here.pair() | changes)
            assert (error["code"], error["path"]) == ("NOT_FOUND", path)


async def test_a_mentor_is_paired_up_to_the_capacity_and_a_mentee_once(community: Community) -> None:
    here = await waiting(community, 2, 3, capacity=2)
    for mentee in (0, 1):
        await here.admin.do(CREATE_MATCH, input=here.pair(0, mentee))
        offers = await here.admin.do(SIGN_UP_OF, id=here.mentors[0][1])
        assert offers == {"state": ("WAITING", "MATCHED")[mentee], "openMatches": mentee + 1}
    async with community.nothing_changes():
        error = await here.admin.refused(CREATE_MATCH, input=here.pair(0, 2))
        assert (error["code"], error["path"]) == ("CAPACITY_REACHED", MENTOR_PATH)
        error = await here.admin.refused(CREATE_MATCH, input=here.pair(1, 0))
        assert (error["code"], error["path"]) == ("CONFLICT", MENTEE_PATH)
    await invariants(community.database)


async def test_a_new_sign_up_gives_no_second_set_of_places(community: Community) -> None:
    """Both withdraw while their match goes on, and sign up again: their one place is taken as before."""
    here = await waiting(community, 2, 2)
    await here.admin.do(CREATE_MATCH, input=here.pair())
    for people, role in ((here.mentors, "MENTOR"), (here.mentees, "MENTEE")):
        person, sign_up_id = people[0]
        await person.do(WITHDRAW_SIGN_UP, input={"signUpId": sign_up_id})
        people[0] = person, await community.sign_up(person, here.program, role)
    async with community.nothing_changes():
        error = await here.admin.refused(CREATE_MATCH, input=here.pair(0, 1))
        assert (error["code"], error["path"]) == ("CAPACITY_REACHED", MENTOR_PATH)
        error = await here.admin.refused(CREATE_MATCH, input=here.pair(1, 0))
        assert (error["code"], error["path"]) == ("CONFLICT", MENTEE_PATH)


@pytest.mark.parametrize("role", ["MENTOR", "MENTEE"])
async def test_who_is_gone_suspended_or_too_young_is_not_paired(community: Community, role: str) -> None:
    here = await waiting(community, 3, 3)
    sides = {"MENTOR": (here.mentors, MENTOR_PATH), "MENTEE": (here.mentees, MENTEE_PATH)}
    people, path = sides[role]
    (left, _), (back_again, withdrawn), (suspended, _) = people
    await left.do(LEAVE_GROUP, input={"groupId": here.group})
    await back_again.do(WITHDRAW_SIGN_UP, input={"signUpId": withdrawn})
    set_user = "UPDATE users SET {} WHERE id = $1"
    await community.database.execute(set_user.format("suspended_at = now()"), key(suspended.id))
    async with community.nothing_changes():
        for number in range(3):
            chosen = here.pair(number, 0) if role == "MENTOR" else here.pair(0, number)
            error = await here.admin.refused(CREATE_MATCH, input=chosen)
            assert (error["code"], error["path"]) == ("NOT_AVAILABLE", path)
    await community.database.execute(
        set_user.format("suspended_at = NULL, birth_date = '2008-03-04'"), key(suspended.id)
    )
    async with community.nothing_changes():
        error = await here.admin.refused(CREATE_MATCH, input=chosen)
        assert (error["code"], error["path"]) == ("UNDERAGE", path)


@pytest.mark.parametrize("state", ["SIGN_UP", "RUNNING", "CLOSED", "ARCHIVED", "CANCELLED"])
async def test_people_are_paired_while_the_program_matches_only(community: Community, state: str) -> None:
    here = await waiting(community)
    set_state = "UPDATE programs SET state = $2, rolling = $3 WHERE id = $1"
    await community.database.execute(set_state, key(here.program), state, state != "RUNNING")
    async with community.nothing_changes():
        error = await here.admin.refused(CREATE_MATCH, input=here.pair())
    assert error["code"] == "ILLEGAL_TRANSITION"
    assert state in error["message"] and "MATCHING, or RUNNING if it is rolling" in error["message"]
    await community.database.execute(set_state, key(here.program), "RUNNING", True)
    assert (await here.admin.do(CREATE_MATCH, input=here.pair()))["match"]["state"] == "INTRODUCED"


async def test_nobody_is_paired_where_a_moderator_has_withdrawn_mentorship(community: Community) -> None:
    here = await waiting(community)
    withdraw = "UPDATE groups SET mentorship_withdrawn_at = now() WHERE id = $1"
    await community.database.execute(withdraw, key(here.group))
    async with community.nothing_changes():
        error = await here.admin.refused(CREATE_MATCH, input=here.pair())
    assert error["code"] == "NOT_ELIGIBLE" and "moderator" in error["message"]


async def test_the_admin_sees_people_and_state_and_other_groups_see_nothing(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    seen = await pair.admin.do(SPACE, id=pair.id)
    assert (seen["state"], seen["viewerRole"], seen["space"]) == ("INTRODUCED", None, None)
    assert (seen["mentor"]["name"], seen["mentee"]["name"]) == ("Maya", "Tom")
    for person in (other.admin, other.mentor, community.nobody):
        assert await person.do(SPACE, id=pair.id) is None


async def test_a_pairs_space_is_closed_to_somebody_who_turns_out_to_be_17(community: Community) -> None:
    """A birth date is put right later on: Maya still sees the space, and Tom is told why he does not."""
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    set_birth_date = "UPDATE users SET birth_date = '2008-03-04' WHERE id = $1"
    await community.database.execute(set_birth_date, key(pair.mentee.id))
    assert (await pair.mentee.do(SPACE, id=pair.id))["space"] is None
    async with community.nothing_changes():
        error = await pair.mentee.refused(CREATE_POST, input={"matchId": pair.id, "body": "Hi"})
    assert error["code"] == "UNDERAGE"
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        assert (await tom.refusal())["extensions"]["code"] == "UNDERAGE"
    assert (await pair.mentor.do(SPACE, id=pair.id))["space"]["partner"]["name"] == "Tom"
