"""A program that goes on while its people act at the same moment: whatever the order, nobody is left behind."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from schema.node import parse_id
from tests.community import Community, Person
from tests.documents import ADVANCE_PROGRAM, CREATE_MATCH, CREATE_POST, END_MATCH, JOIN_GROUP, SET_GROUP_ROLE, SIGN_UP
from tests.test_program_states import states, waiting

ROUNDS = 6
"""How often each race is run."""

WAITING_FOR_LOCKS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def mentee_of(program_id: str) -> dict[str, Any]:
    """A SignUpInput."""
    return {
        "programId": program_id,
        "role": "MENTEE",
        "topics": [],
        "goals": "To learn.",
        "languages": ["en"],
        "timeZone": "UTC",
    }


async def joined(community: Community, admin: Person, group_id: str, *names: str) -> list[Person]:
    """New members of a group; one called Olga becomes an admin of it."""
    people = await community.people(*names)
    for person in people:
        await person.do(JOIN_GROUP, input={"groupId": group_id})
        if person.name == "Olga":
            await admin.do(SET_GROUP_ROLE, input={"groupId": group_id, "userId": person.id, "role": "ADMIN"})
    return people


async def in_this_order(community: Community, program_id: str, *acts: Awaitable[Any]) -> list[Any]:
    """Start acts that need the program's row while somebody holds it, each once the one before it waits for a lock;
    then let them go. They have the row one after the other, in their order."""
    tasks = []
    async with community.database.transaction():
        await community.database.execute(
            "SELECT 1 FROM programs WHERE id = $1 FOR NO KEY UPDATE", parse_id(program_id)[1]
        )
        for number, act in enumerate(acts, start=1):
            tasks.append(asyncio.ensure_future(act))
            async with asyncio.timeout(10):
                while await community.database.fetchval(WAITING_FOR_LOCKS) < number:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
    return await asyncio.gather(*tasks)


async def _until_waiting(community: Community, number: int) -> None:
    for _ in range(1_000):
        if await community.database.fetchval(WAITING_FOR_LOCKS) >= number:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"fewer than {number} acts wait for a lock")


async def test_two_clicks_on_the_same_step_take_it_once(community: Community) -> None:
    """One of two requests moves the program, the other is refused, and the stream holds the step once."""
    for _ in range(ROUNDS):
        ada, _, program_id = await waiting(community)
        given = {"programId": program_id, "to": "MATCHING"}
        answers = await asyncio.gather(*(ada.ask(ADVANCE_PROGRAM, input=given) for _ in range(2)))
        errors = [error["code"] for answer in answers for error in answer["data"]["advanceProgram"]["errors"]]
        assert errors == ["ILLEGAL_TRANSITION"]
        logged = "SELECT count(*) FROM activity WHERE kind = 'PROGRAM_CHANGED' AND subject_id = $1"
        assert await community.database.fetchval(logged, parse_id(program_id)[1]) == 3


async def test_nobody_waits_or_is_paired_in_a_program_cancelled_at_that_moment(community: Community) -> None:
    """Ada cancels while people sign up, are paired, write and are done with each other: nothing open is left behind."""
    for _ in range(ROUNDS):
        pair = await community.pair()
        leo, ben, olga = await joined(community, pair.admin, pair.group, "Leo", "Ben", "Olga")
        mentor = await community.sign_up(pair.admin, pair.program, "MENTOR")
        mentee = await community.sign_up(leo, pair.program, "MENTEE")
        answers = await asyncio.gather(
            pair.mentee.ask(END_MATCH, input={"matchId": pair.id, "reason": "OTHER"}),
            olga.ask(CREATE_MATCH, input={"mentorSignUpId": mentor, "menteeSignUpId": mentee}),
            ben.ask(SIGN_UP, input=mentee_of(pair.program)),
            pair.admin.do(ADVANCE_PROGRAM, input={"programId": pair.program, "to": "CANCELLED"}),
            pair.mentor.ask(CREATE_POST, input={"matchId": pair.id, "body": "What now?"}),
        )
        assert not any("errors" in answer for answer in answers if "data" in answer), answers
        assert set(await states(community, "sign_ups", pair.program)) == {"EXPIRED"}
        assert set(await states(community, "matches", pair.program)) == {"ENDED"}


@pytest.mark.parametrize(("start", "to"), [("SIGN_UP", "CANCELLED"), ("MATCHING", "CANCELLED"), ("RUNNING", "CLOSED")])
async def test_who_signs_up_just_before_the_end_expires_with_the_others(
    community: Community, start: str, to: str
) -> None:
    """Leo's sign-up has the program first, after Ada's request has listed who is there: his expires all the same."""
    ada, _, program_id = await waiting(community, state=start, rolling=True)
    group_id = (await ada.do("query($id: ID!) { program(id: $id) { group { id } } }", id=program_id))["group"]["id"]
    (leo,) = await joined(community, ada, group_id, "Leo")
    await in_this_order(
        community,
        program_id,
        leo.do(SIGN_UP, input=mentee_of(program_id)),
        ada.do(ADVANCE_PROGRAM, input={"programId": program_id, "to": to}),
    )
    assert await states(community, "sign_ups", program_id) == ["EXPIRED"] * 3


async def test_who_signs_up_just_after_the_end_is_refused(community: Community) -> None:
    """Ada's request has the program first: Leo is told that it takes no sign-ups any more."""
    ada, _, program_id = await waiting(community)
    group_id = (await ada.do("query($id: ID!) { program(id: $id) { group { id } } }", id=program_id))["group"]["id"]
    (leo,) = await joined(community, ada, group_id, "Leo")
    _, error = await in_this_order(
        community,
        program_id,
        ada.do(ADVANCE_PROGRAM, input={"programId": program_id, "to": "CANCELLED"}),
        leo.refused(SIGN_UP, input=mentee_of(program_id)),
    )
    assert (error["code"], "CANCELLED" in error["message"]) == ("ILLEGAL_TRANSITION", True)
    assert await states(community, "sign_ups", program_id) == ["EXPIRED"] * 2


async def test_a_pair_made_just_before_the_end_is_ended_with_the_others(community: Community) -> None:
    """Olga's match has the program first, after Ada's request has listed the matches: it is ended, and both expire."""
    ada, _, program_id = await waiting(community, state="MATCHING")
    program = await ada.do(
        "query($id: ID!) { program(id: $id) { group { id } admin { signUps { edges { node { id } } } } } }",
        id=program_id,
    )
    (olga,) = await joined(community, ada, program["group"]["id"], "Olga")
    mentor, mentee = (edge["node"]["id"] for edge in program["admin"]["signUps"]["edges"])
    await in_this_order(
        community,
        program_id,
        olga.do(CREATE_MATCH, input={"mentorSignUpId": mentor, "menteeSignUpId": mentee}),
        ada.do(ADVANCE_PROGRAM, input={"programId": program_id, "to": "CANCELLED"}),
    )
    assert await states(community, "matches", program_id) == ["ENDED"]
    assert await states(community, "sign_ups", program_id) == ["EXPIRED"] * 2
