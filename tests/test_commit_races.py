"""Several admins commit proposals at once, while people change their minds: whatever the order, no rule is broken."""

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from tests.community import Community, Person
from tests.documents import CREATE_MATCH, CREATE_MATCHES, JOIN_GROUP, SET_GROUP_ROLE, WITHDRAW_SIGN_UP
from tests.invariants import invariants
from tests.proposing import answers, input_of, pairs_of, proposed
from tests.racing import all_at_once
from tests.rounds import Round, key, waiting

COMMITS = 200
EXPECTED = {"NOT_AVAILABLE", "CAPACITY_REACHED", "CONFLICT"}
APART = """
SELECT matches.id FROM matches JOIN sign_ups ON sign_ups.id IN (mentor_sign_up_id, mentee_sign_up_id)
WHERE CASE WHEN user_id = mentor_id THEN mentee_id ELSE mentor_id END = ANY(avoid_user_ids)
"""


async def admins_of(community: Community, here: Round, number: int) -> list[Person]:
    """The group's admin, and so many more."""
    more = [await community.person(f"Admin{each}") for each in range(number)]
    for person in more:
        await person.do(JOIN_GROUP, input={"groupId": here.group})
        await here.admin.do(SET_GROUP_ROLE, input={"groupId": here.group, "userId": person.id, "role": "ADMIN"})
    return [here.admin, *more]


def refusals(answer: dict[str, Any]) -> list[str]:
    """The codes of what was refused; fails on anything but data."""
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    return [error["code"] for error in payload["errors"]]


async def test_two_hundred_commits_of_four_admins_break_no_rule(community: Community) -> None:
    """Each commits a few pairs of an old proposal, whole or as far as they hold; some avoid each other, some leave."""
    here = await waiting(community, 8, 16, capacity=3)
    admins = await admins_of(community, here, 3)
    for number in range(8):
        await answers(community, here.mentees[number][1], avoid_user_ids=[key(here.mentors[number][0].id)])
    dice = random.Random(7)
    everybody = [(mentor, mentee) for _, mentor in here.mentors for _, mentee in here.mentees]

    async def commit(number: int) -> list[str]:
        admin, pairs = admins[number % len(admins)], dice.sample(everybody, dice.randint(1, 6))
        if len(pairs) == 1:
            given = {"mentorSignUpId": pairs[0][0], "menteeSignUpId": pairs[0][1]}
            return refusals(await admin.ask(CREATE_MATCH, input=given))
        given = input_of(here, pairs, allOrNothing=number % 3 == 0)
        return refusals(await admin.ask(CREATE_MATCHES, input=given))

    async def leave(number: int) -> list[str]:
        person, sign_up = here.mentees[-1 - number]
        return refusals(await person.ask(WITHDRAW_SIGN_UP, input={"signUpId": sign_up}))

    acts = [commit(number) for number in range(COMMITS)]
    acts[50:50] = [leave(number) for number in range(4)]
    async with asyncio.timeout(100):
        refused = Counter(code for codes in await asyncio.gather(*acts) for code in codes)
    assert set(refused) <= EXPECTED, refused
    made = await community.database.fetch("SELECT mentor_id FROM matches WHERE program_id = $1", key(here.program))
    assert len(made) >= 8 and max(Counter(row["mentor_id"] for row in made).values()) <= 3
    assert await community.database.fetch(APART) == []
    await invariants(community.database)


@pytest.mark.parametrize("table", ["memberships", "sign_ups", "programs"])
async def test_of_two_admins_with_the_same_proposal_one_makes_it(community: Community, table: str) -> None:
    """They press at the same moment. All of it is one admin's work, and the other reads of each pair why not."""
    here = await waiting(community, 3, 3)
    admins = await admins_of(community, here, 1)
    pairs = pairs_of(await proposed(here.admin, here.program))
    assert len(pairs) == 3
    async with all_at_once(community, table, 2):
        tasks = [
            asyncio.create_task(admin.ask(CREATE_MATCHES, input=input_of(here, pairs[:: 1 - 2 * number])))
            for number, admin in enumerate(admins)
        ]
    codes = sorted([refusals(answer) for answer in await asyncio.gather(*tasks)])
    assert codes == [[], ["CAPACITY_REACHED"] * 3]
    await invariants(community.database)


async def test_who_is_avoided_at_the_last_moment_is_not_paired(community: Community) -> None:
    """The mentee's avoid list is written while the admin's commit waits for the same sign-up."""
    here = await waiting(community)
    (maya, _), (_, seeks) = here.mentors[0], here.mentees[0]
    async with all_at_once(community, "memberships", 1):
        task = asyncio.create_task(here.admin.ask(CREATE_MATCHES, input=input_of(here, [(here.mentors[0][1], seeks)])))
        await answers(community, seeks, avoid_user_ids=[key(maya.id)])
    answer = await task
    assert refusals(answer) == ["NOT_AVAILABLE"]
    assert "not available for each other" in answer["data"]["createMatches"]["errors"][0]["message"]
    await invariants(community.database)
