"""Sign-ups: who may offer or look for a mentorship, and what is asked of them."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from models.programs import Program
from schema.node import global_id, parse_id
from tests.community import Community, Person
from tests.documents import END_MATCH, JOIN_GROUP, LEAVE_GROUP, PROGRAM_ACTIVITY, SIGN_UP, WITHDRAW_SIGN_UP
from tests.invariants import invariants
from tests.racing import all_at_once

MINE = """
{ viewer { signUps(first: 50) { edges { node {
  id role state topics goals experience languages timeZone capacity openMatches
} } } } }
"""


def answers(program_id: str, **changes: Any) -> dict[str, Any]:
    """A SignUpInput that is all right, but for the changes."""
    given = {
        "programId": program_id,
        "role": "MENTOR",
        "topics": ["pricing"],
        "goals": "To pass it on.",
        "languages": ["en"],
        "timeZone": "Europe/Berlin",
    }
    return given | changes


async def of(person: Person) -> list[dict[str, Any]]:
    """A person's sign-ups, as the person sees them."""
    return [edge["node"] for edge in (await person.do(MINE))["signUps"]["edges"]]


async def put(community: Community, program_id: str, state: str, *, rolling: bool = False) -> None:
    """Put a program into a state, whether or not anybody is signed up for it."""
    statement = "UPDATE programs SET state = $2, rolling = $3 WHERE id = $1"
    await community.database.execute(statement, parse_id(program_id)[1], state, rolling)


async def test_maya_offers_tom_looks_and_the_admin_hears_who_signed_up(community: Community) -> None:
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    program_id = await community.program(ada, await community.group(ada, maya, tom))
    offered = {
        "topics": ["pricing", "markets", "pricing"],
        "goals": "Somebody to cheer for.\nAnd to learn from.",
        "experience": "Ten years of markets.",
        "languages": ["en", "pt-BR"],
        "timeZone": "America/Sao_Paulo",
        "capacity": 3,
    }
    async with ada.hears(PROGRAM_ACTIVITY, programId=program_id) as admin:
        await admin.silence(0.2)
        made = (await maya.do(SIGN_UP, input=answers(program_id, **offered)))["signUp"]
        assert made == {"id": made["id"], "state": "WAITING", "role": "MENTOR", "capacity": 3, "openMatches": 0}
        heard = await admin.next()
        assert (heard["__typename"], heard["actor"]["id"]) == ("SignUpChanged", maya.id)
        assert heard["signUp"] == {"id": made["id"], "state": "WAITING", "role": "MENTOR", "user": {"id": maya.id}}

        sought = (await tom.do(SIGN_UP, input=answers(program_id, role="MENTEE", experience="  ")))["signUp"]
        heard = await admin.next()
        assert (heard["signUp"]["id"], heard["actor"]["id"]) == (sought["id"], tom.id)
        await admin.silence()

    kept = offered | {"topics": ["pricing", "markets"]}
    assert await of(maya) == [made | kept]
    (toms,) = await of(tom)
    assert (toms["capacity"], toms["experience"], toms["topics"]) == (1, None, ["pricing"])


async def test_a_member_who_is_no_admin_does_not_hear_who_signs_up(community: Community) -> None:
    ada, maya, eve = await community.people("Ada", "Maya", "Eve")
    program_id = await community.program(ada, await community.group(ada, maya))
    for person in (maya, eve):
        for hears in (person.hears, person.hears_events):
            async with hears(PROGRAM_ACTIVITY, programId=program_id) as ears:
                assert (await ears.refusal())["extensions"]["code"] == "NOT_FOUND"


async def test_an_outsider_cannot_tell_a_program_from_none(community: Community) -> None:
    ada, maya, eve = await community.people("Ada", "Maya", "Eve")
    group_id = await community.group(ada, maya)
    program_id, draft = await community.program(ada, group_id), await community.program(ada, group_id, state="DRAFT")
    absent = global_id(Program(id=uuid4()))
    async with ada.hears(PROGRAM_ACTIVITY, programId=program_id) as admin:
        await admin.silence(0.1)
        async with community.nothing_changes():
            refusals = [
                await eve.refused(SIGN_UP, input=answers(id_)) for id_ in (program_id, draft, absent, group_id, "🧼")
            ]
            refusals.append(await maya.refused(SIGN_UP, input=answers(draft)))
            assert refusals == [refusals[0]] * 6
            assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", ["input", "programId"])
            error = await community.nobody.refused(SIGN_UP, input=answers(program_id))
            assert error["code"] == "UNAUTHENTICATED"
        await admin.silence()


async def test_who_left_the_group_is_told_to_join_again(community: Community) -> None:
    """Tom still sees the program of the pair that he was in."""
    pair = await community.pair()
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"})
    await pair.mentee.do(LEAVE_GROUP, input={"groupId": pair.group})
    async with community.nothing_changes():
        error = await pair.mentee.refused(SIGN_UP, input=answers(pair.program, role="MENTEE"))
    assert (error["code"], error["path"]) == ("NOT_ELIGIBLE", ["input", "programId"])
    await pair.mentee.do(JOIN_GROUP, input={"groupId": pair.group})
    assert (await pair.mentee.do(SIGN_UP, input=answers(pair.program, role="MENTEE")))["signUp"]["state"] == "WAITING"


async def test_nobody_signs_up_where_a_moderator_has_withdrawn_mentorship(community: Community) -> None:
    ada, maya = await community.people("Ada", "Maya")
    group_id = await community.group(ada, maya)
    program_id = await community.program(ada, group_id)
    withdraw = "UPDATE groups SET mentorship_withdrawn_at = now() WHERE id = $1"
    await community.database.execute(withdraw, parse_id(group_id)[1])
    async with community.nothing_changes():
        error = await maya.refused(SIGN_UP, input=answers(program_id))
    assert error["code"] == "NOT_ELIGIBLE" and "moderator" in error["message"]


async def test_a_person_of_17_signs_up_at_midnight_of_the_18th_birthday_at_home(community: Community) -> None:
    """On Kiritimati midnight is at 10:00 UTC of the day before. The sign-up's own time zone changes nothing."""
    ada = await community.person("Ada")
    program_id = await community.program(ada, group_id := await community.group(ada))
    clock = community.served.clock
    clock.now = clock.now.replace(hour=9, minute=59, second=59)
    birthday = clock.now.replace(year=clock.now.year - 18, day=clock.now.day + 1).date().isoformat()
    teresia = await community.person("Teresia", birthDate=birthday, timeZone="Pacific/Kiritimati")
    tavita = await community.person("Tavita", birthDate=birthday, timeZone="Pacific/Pago_Pago")
    for person in (teresia, tavita):
        await person.do(JOIN_GROUP, input={"groupId": group_id})
    given = answers(program_id, timeZone="Pacific/Kiritimati")
    async with community.nothing_changes():
        for person in (teresia, tavita):
            assert (await person.refused(SIGN_UP, input=given))["code"] == "UNDERAGE"
    clock.advance(seconds=1)
    assert (await teresia.do(SIGN_UP, input=given))["signUp"]["state"] == "WAITING"
    async with community.nothing_changes():
        assert (await tavita.refused(SIGN_UP, input=given))["code"] == "UNDERAGE"


async def test_a_mentor_takes_one_to_five_mentees_and_a_mentee_one_mentor(community: Community) -> None:
    ada, maya = await community.people("Ada", "Maya")
    program_id = await community.program(ada, await community.group(ada, maya))
    async with community.nothing_changes():
        for role, capacity in (("MENTOR", 0), ("MENTOR", 6), ("MENTOR", -1), ("MENTEE", 2), ("MENTEE", 0)):
            error = await maya.refused(SIGN_UP, input=answers(program_id, role=role, capacity=capacity))
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "capacity"])
    for capacity, kept in ((1, 1), (5, 5), (None, 1)):
        made = (await maya.do(SIGN_UP, input=answers(program_id, capacity=capacity)))["signUp"]
        assert made["capacity"] == kept
        await maya.do(WITHDRAW_SIGN_UP, input={"signUpId": made["id"]})


BAD = [
    ("topics", [f"topic {number}" for number in range(11)], []),
    ("topics", ["pricing", "x" * 61], ["1"]),
    ("topics", [" "], ["0"]),
    ("topics", ["two\nlines"], ["0"]),
    ("goals", " \n", []),
    ("goals", "x" * 2_001, []),
    ("goals", "nul \x00 byte", []),
    ("experience", "x" * 2_001, []),
    ("experience", "nul \x00 byte", []),
    ("languages", [], []),
    ("languages", ["en"] * 11, []),
    ("languages", ["en", "english!"], ["1"]),
    ("languages", ["en", ""], ["1"]),
    ("timeZone", "Mars/Olympus", []),
    ("timeZone", "", []),
    ("timeZone", "../UTC", []),
]


async def test_an_answer_that_is_none_is_refused_where_it_stands(community: Community) -> None:
    ada, maya = await community.people("Ada", "Maya")
    program_id = await community.program(ada, await community.group(ada, maya))
    async with ada.hears(PROGRAM_ACTIVITY, programId=program_id) as admin:
        await admin.silence(0.1)
        async with community.nothing_changes():
            for name, value, rest in BAD:
                error = await maya.refused(SIGN_UP, input=answers(program_id, **{name: value}))
                assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", name, *rest]), value
                assert len(error["message"]) > 20, "it says what to do"
        await admin.silence()


async def test_ten_sign_ups_sent_at_once_are_one(community: Community) -> None:
    ada, maya = await community.people("Ada", "Maya")
    program_id = await community.program(ada, await community.group(ada, maya))
    async with ada.hears(PROGRAM_ACTIVITY, programId=program_id) as admin:
        await admin.silence(0.1)
        async with all_at_once(community, "memberships", 10):
            tasks = [asyncio.create_task(maya.ask(SIGN_UP, input=answers(program_id))) for _ in range(10)]
        errors = [error for answer in await asyncio.gather(*tasks) for error in answer["data"]["signUp"]["errors"]]
        assert [(error["code"], error["path"]) for error in errors] == [("CONFLICT", ["input", "role"])] * 9
        assert (await admin.next())["__typename"] == "SignUpChanged"
        await admin.silence()
    assert [each["state"] for each in await of(maya)] == ["WAITING"]
    await invariants(community.database)


async def test_one_person_can_be_both_mentor_and_mentee(community: Community) -> None:
    ada, maya = await community.people("Ada", "Maya")
    program_id = await community.program(ada, await community.group(ada, maya))
    for role in ("MENTOR", "MENTEE"):
        await community.sign_up(maya, program_id, role)
    async with community.nothing_changes():
        for role in ("MENTOR", "MENTEE"):
            error = await maya.refused(SIGN_UP, input=answers(program_id, role=role))
            assert error["code"] == "CONFLICT" and role.lower() in error["message"]
    assert {(each["role"], each["state"]) for each in await of(maya)} == {("MENTOR", "WAITING"), ("MENTEE", "WAITING")}


@pytest.mark.parametrize(
    ("state", "rolling", "takes"),
    [
        ("DRAFT", True, False),
        ("SIGN_UP", False, True),
        ("MATCHING", False, True),
        ("RUNNING", False, False),
        ("RUNNING", True, True),
        ("CLOSED", True, False),
        ("ARCHIVED", True, False),
        ("CANCELLED", True, False),
    ],
)
async def test_a_program_takes_sign_ups_until_it_runs_or_while_it_rolls(
    community: Community, state: str, rolling: bool, takes: bool
) -> None:
    """The admin tries, who sees the draft too."""
    ada = await community.person("Ada")
    program_id = await community.program(ada, await community.group(ada))
    await put(community, program_id, state, rolling=rolling)
    if takes:
        assert (await ada.do(SIGN_UP, input=answers(program_id)))["signUp"]["state"] == "WAITING"
        return
    async with community.nothing_changes():
        error = await ada.refused(SIGN_UP, input=answers(program_id))
    assert (error["code"], error["path"]) == ("ILLEGAL_TRANSITION", ["input", "programId"])
    assert state in error["message"] and "SIGN_UP or MATCHING" in error["message"]
