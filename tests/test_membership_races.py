"""Members and admins who act on one group at the same moment: whatever the order, its rules hold."""

import asyncio

from schema.node import parse_id
from tests.community import Community
from tests.documents import CREATE_MATCH, JOIN_GROUP, LEAVE_GROUP, REMOVE_MEMBER, SET_GROUP_ROLE, SIGN_UP
from tests.test_memberships import roles, set_role

ROUNDS = 8
"""How often each race is run."""


async def test_two_admins_who_demote_each_other_at_once_leave_one(community: Community) -> None:
    """Each of two admins demotes the other: one is too late, and is told that he is no admin any more."""
    ada, ben = await community.people("Ada", "Ben")
    for _ in range(ROUNDS):
        group_id = await community.group(ada, ben)
        await set_role(ada, group_id, ben, "ADMIN")
        answers = await asyncio.gather(
            ada.ask(SET_GROUP_ROLE, input={"groupId": group_id, "userId": ben.id, "role": "MEMBER"}),
            ben.ask(SET_GROUP_ROLE, input={"groupId": group_id, "userId": ada.id, "role": "MEMBER"}),
        )
        errors = [error for answer in answers for error in answer["data"]["setGroupRole"]["errors"]]
        assert [error["code"] for error in errors] == ["FORBIDDEN"]
        assert sorted((await roles(community, group_id)).values()) == ["ADMIN", "MEMBER"]


async def test_two_admins_who_remove_each_other_at_once_leave_one(community: Community) -> None:
    """One of the two is removed, the other stays."""
    ada, ben = await community.people("Ada", "Ben")
    for _ in range(ROUNDS):
        group_id = await community.group(ada, ben)
        await set_role(ada, group_id, ben, "ADMIN")
        await asyncio.gather(
            ada.ask(REMOVE_MEMBER, input={"groupId": group_id, "userId": ben.id}),
            ben.ask(REMOVE_MEMBER, input={"groupId": group_id, "userId": ada.id}),
        )
        assert list((await roles(community, group_id)).values()) == ["ADMIN"]


async def test_two_admins_who_leave_at_once_do_not_leave_the_member_alone(community: Community) -> None:
    """One of the two goes; the other is told to appoint somebody first."""
    ada, ben, tom = await community.people("Ada", "Ben", "Tom")
    for _ in range(ROUNDS):
        group_id = await community.group(ada, ben, tom)
        await set_role(ada, group_id, ben, "ADMIN")
        answers = await asyncio.gather(*(each.ask(LEAVE_GROUP, input={"groupId": group_id}) for each in (ada, ben)))
        errors = [error for answer in answers for error in answer["data"]["leaveGroup"]["errors"]]
        assert [error["code"] for error in errors] == ["CONFLICT"]
        assert sorted((await roles(community, group_id)).values()) == ["ADMIN", "MEMBER"]


async def test_somebody_who_joins_while_the_last_admin_leaves_is_not_left_alone(community: Community) -> None:
    """Either Tom comes first and Ada has to stay, or Ada is gone and Tom cannot join."""
    ada, tom = await community.people("Ada", "Tom")
    for _ in range(ROUNDS):
        group_id = await community.group(ada)
        await asyncio.gather(
            ada.ask(LEAVE_GROUP, input={"groupId": group_id}), tom.ask(JOIN_GROUP, input={"groupId": group_id})
        )
        assert await roles(community, group_id) in ({}, {"Ada": "ADMIN", "Tom": "MEMBER"})


async def test_somebody_who_joins_many_times_at_once_is_a_member_once(community: Community) -> None:
    """Tom's nervous client sends the same join five times: all are answered alike."""
    ada, tom = await community.people("Ada", "Tom")
    for _ in range(ROUNDS):
        group_id = await community.group(ada)
        payloads = await asyncio.gather(*(tom.do(JOIN_GROUP, input={"groupId": group_id}) for _ in range(5)))
        assert {payload["group"]["viewerRole"] for payload in payloads} == {"MEMBER"}
        assert await roles(community, group_id) == {"Ada": "ADMIN", "Tom": "MEMBER"}


async def _of_outsiders(community: Community, table: str, person: str) -> int:
    """How many open sign-ups or matches belong to somebody who is no member of the program's group."""
    return await community.database.fetchval(
        f"""SELECT count(*) FROM {table} AS row JOIN programs ON programs.id = program_id
        WHERE row.state IN ('WAITING', 'MATCHED', 'INTRODUCED', 'ACTIVE', 'PAUSED') AND NOT EXISTS (
            SELECT 1 FROM memberships WHERE memberships.group_id = programs.group_id AND user_id = row.{person}
        )"""
    )


async def test_somebody_who_leaves_while_being_paired_is_in_no_open_match(community: Community) -> None:
    """Maya leaves as Ada pairs her with Tom: the match is not made, or it is ended at once."""
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    for _ in range(ROUNDS):
        group_id = await community.group(ada, maya, tom)
        program_id = await community.program(ada, group_id)
        mentor = await community.sign_up(maya, program_id, "MENTOR", capacity=3)
        mentee = await community.sign_up(tom, program_id, "MENTEE")
        await community.advance(ada, program_id, "MATCHING")
        answers = await asyncio.gather(
            ada.ask(CREATE_MATCH, input={"mentorSignUpId": mentor, "menteeSignUpId": mentee}),
            maya.ask(LEAVE_GROUP, input={"groupId": group_id}),
        )
        assert not any("errors" in answer for answer in answers), answers
        assert await roles(community, group_id) == {"Ada": "ADMIN", "Tom": "MEMBER"}
    assert await _of_outsiders(community, "matches", "mentor_id") == 0
    assert await _of_outsiders(community, "sign_ups", "user_id") == 0


async def test_somebody_who_leaves_while_signing_up_is_not_signed_up(community: Community) -> None:
    """Tom's sign-up and his leaving cross: he does not go on waiting in a group that he has left."""
    ada, tom = await community.people("Ada", "Tom")
    for _ in range(ROUNDS):
        group_id = await community.group(ada, tom)
        program_id = await community.program(ada, group_id)
        given = {
            "programId": program_id,
            "role": "MENTEE",
            "topics": [],
            "goals": "To learn.",
            "languages": ["en"],
            "timeZone": "UTC",
        }
        answers = await asyncio.gather(tom.ask(SIGN_UP, input=given), tom.ask(LEAVE_GROUP, input={"groupId": group_id}))
        assert not any("errors" in answer for answer in answers), answers
    assert await _of_outsiders(community, "sign_ups", "user_id") == 0


async def test_two_who_leave_at_once_from_pairs_that_cross_do_not_block_each_other(community: Community) -> None:
    """In two programs each of the two is the other's mentor: both leave at once, and everything is ended."""
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    for _ in range(ROUNDS):
        group_id = await community.group(ada, maya, tom)
        for mentor, mentee in ((maya, tom), (tom, maya)):
            program_id = await community.program(ada, group_id)
            pair = {
                "mentorSignUpId": await community.sign_up(mentor, program_id, "MENTOR"),
                "menteeSignUpId": await community.sign_up(mentee, program_id, "MENTEE"),
            }
            await community.advance(ada, program_id, "MATCHING")
            await ada.do(CREATE_MATCH, input=pair)
        await asyncio.gather(*(each.do(LEAVE_GROUP, input={"groupId": group_id}) for each in (maya, tom)))
        ended = await community.database.fetch(
            "SELECT matches.state FROM matches JOIN programs ON programs.id = program_id WHERE group_id = $1",
            parse_id(group_id)[1],
        )
        assert [row["state"] for row in ended] == ["ENDED", "ENDED"]
