"""Admins and members who act on the same people at one moment: whatever the order, nobody is paired who may not be."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.community import Community
from tests.documents import (
    ADVANCE_PROGRAM,
    CREATE_MATCH,
    JOIN_GROUP,
    LEAVE_GROUP,
    REMOVE_MEMBER,
    SET_GROUP_ROLE,
    WITHDRAW_SIGN_UP,
)
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rounds import SIGN_UP_OF, Round, another_round, key, waiting

WAITING_FOR_LOCKS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def codes(answers: list[dict[str, Any]]) -> Counter[str]:
    """How often each refusal was given; "" counts what was done. Fails on anything but data."""
    assert not any("errors" in answer for answer in answers), answers
    payloads = [payload for answer in answers for payload in answer["data"].values()]
    return Counter(payload["errors"][0]["code"] if payload["errors"] else "" for payload in payloads)


async def second_admin(community: Community, here: Round) -> Any:
    """Another admin of the group."""
    ben = await community.person("Ben")
    await ben.do(JOIN_GROUP, input={"groupId": here.group})
    await here.admin.do(SET_GROUP_ROLE, input={"groupId": here.group, "userId": ben.id, "role": "ADMIN"})
    return ben


async def test_of_eight_mentees_paired_at_once_a_mentor_of_three_gets_three(community: Community) -> None:
    """Two admins click as fast as they can; each time all are held up at another lock before they go on."""
    here = await waiting(community, 1, 8, capacity=3)
    admins = [here.admin, await second_admin(community, here)]
    for table in ("memberships", "sign_ups", "programs"):
        async with all_at_once(community, table, 8):
            tasks = [
                asyncio.create_task(admins[number % 2].ask(CREATE_MATCH, input=here.pair(0, number)))
                for number in range(8)
            ]
        assert codes(await asyncio.gather(*tasks)) == {"": 3, "CAPACITY_REACHED": 5}
        (maya, offers), mentees = here.mentors[0], [person for person, _ in here.mentees]
        assert await here.admin.do(SIGN_UP_OF, id=offers) == {"state": "MATCHED", "openMatches": 3}
        seeks = [(await here.admin.do(SIGN_UP_OF, id=id_))["state"] for _, id_ in here.mentees]
        assert Counter(seeks) == {"MATCHED": 3, "WAITING": 5}
        await invariants(community.database)
        here = await another_round(community, here.admin, here.group, [maya], mentees, capacity=3)


async def test_of_five_mentors_paired_at_once_a_mentee_gets_one(community: Community) -> None:
    here = await waiting(community, 5, 1, capacity=5)
    admins = [here.admin, await second_admin(community, here)]
    for _ in range(3):
        async with all_at_once(community, "sign_ups", 5):
            tasks = [
                asyncio.create_task(admins[number % 2].ask(CREATE_MATCH, input=here.pair(number, 0)))
                for number in range(5)
            ]
        assert codes(await asyncio.gather(*tasks)) == {"": 1, "CONFLICT": 4}
        await invariants(community.database)
        (tom, _), mentors = here.mentees[0], [person for person, _ in here.mentors]
        here = await another_round(community, here.admin, here.group, mentors, [tom], capacity=5)


async def test_two_who_mentor_each_other_are_paired_at_once_without_a_deadlock(community: Community) -> None:
    """Two pairs of the same two people, made at once in opposite directions by two admins."""
    here = await waiting(community)
    ben = await second_admin(community, here)
    (maya, offers), (tom, seeks) = here.mentors[0], here.mentees[0]
    there = {
        "mentorSignUpId": await community.sign_up(tom, here.program, "MENTOR"),
        "menteeSignUpId": await community.sign_up(maya, here.program, "MENTEE"),
    }
    async with all_at_once(community, "memberships", 2):
        tasks = [
            asyncio.create_task(here.admin.ask(CREATE_MATCH, input=here.pair())),
            asyncio.create_task(ben.ask(CREATE_MATCH, input=there)),
        ]
    assert codes(await asyncio.gather(*tasks)) == {"": 2}
    assert await here.admin.do(SIGN_UP_OF, id=offers) == await here.admin.do(SIGN_UP_OF, id=seeks)
    await invariants(community.database)


async def until_waiting(community: Community, number: int) -> None:
    """So many acts have run up against a lock."""
    async with asyncio.timeout(8):
        while await community.database.fetchval(WAITING_FOR_LOCKS) < number:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("paired_first", [True, False])
@pytest.mark.parametrize("act", ["leave", "remove", "withdraw", "cancel"])
async def test_who_goes_at_the_moment_of_being_paired_is_in_no_open_match(
    community: Community, act: str, paired_first: bool
) -> None:
    """Maya goes, is removed, withdraws, or the whole program is cancelled, as another admin pairs her with Tom."""
    here = await waiting(community)
    ben = await second_admin(community, here)
    (maya, offers), _ = here.mentors[0], here.mentees[0]
    others = {
        "leave": (maya, LEAVE_GROUP, {"groupId": here.group}),
        "remove": (here.admin, REMOVE_MEMBER, {"groupId": here.group, "userId": maya.id}),
        "withdraw": (maya, WITHDRAW_SIGN_UP, {"signUpId": offers}),
        "cancel": (here.admin, ADVANCE_PROGRAM, {"programId": here.program, "to": "CANCELLED"}),
    }
    acts = [(ben, CREATE_MATCH, here.pair()), others[act]]
    tasks = []
    async with all_at_once(community, "sign_ups", 2):
        for number, (person, document, given) in enumerate(acts if paired_first else acts[::-1], start=1):
            tasks.append(asyncio.create_task(person.ask(document, input=given)))
            await until_waiting(community, number)
    done = codes(await asyncio.gather(*tasks))

    refusal = "ILLEGAL_TRANSITION" if act == "cancel" else "NOT_AVAILABLE"
    assert done == ({"": 2} if paired_first else {"": 1, refusal: 1})
    states = await community.database.fetch("SELECT state FROM matches WHERE program_id = $1", key(here.program))
    left = "INTRODUCED" if act == "withdraw" else "ENDED"
    assert [row["state"] for row in states] == ([left] if paired_first else [])
    await invariants(community.database)
