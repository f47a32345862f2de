"""Wishes and avoid lists: who is shown to whom, and what is between one person and the product alone."""

from typing import Any
from uuid import uuid4

from models.sign_ups import ShownSignUp
from models.users import User
from schema.node import global_id
from tests.community import Community, Person
from tests.documents import (
    JOIN_GROUP,
    LEAVE_GROUP,
    SIGN_UP,
    UPDATE_SIGN_UP,
    WITHDRAW_SIGN_UP,
)
from tests.rounds import key, shown_as, waiting
from tests.statements import cost
from tests.test_sign_ups import answers
from tests.wishing import MINE, OF, all_shown, update

SHOWN = """query($id: ID!, $role: SignUpRole) { program(id: $id) { shownSignUps(first: 50, role: $role) { edges { node {
  id role topics experience languages user { id name }
} } } } }"""


NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


async def shown(person: Person, program_id: str, role: str | None = None) -> list[dict[str, Any]] | None:
    """Whom a person finds to wish for; None where nobody is to be found."""
    program = await person.do(SHOWN, id=program_id, role=role)
    found = program and program["shownSignUps"]
    return found and [edge["node"] for edge in found["edges"]]


async def test_who_agreed_is_shown_with_what_was_said_and_no_word_more(community: Community) -> None:
    here = await waiting(community, mentors=2)
    (maya, offer), (ingrid, _), (tom, seek) = *here.mentors, here.mentees[0]
    assert await shown(tom, here.program) == []
    await update(maya, offer, isShown=True, pausedUntil="2030-01-01")
    seen = {
        "id": shown_as(offer),
        "role": "MENTOR",
        "topics": ["pricing"],
        "experience": "Ten years of markets.",
        "languages": ["en"],
        "user": {"id": maya.id, "name": maya.name},
    }
    for person in (tom, ingrid, here.admin):
        assert await shown(person, here.program) == [seen]
        assert await shown(person, here.program, "MENTOR") == [seen]
        assert await shown(person, here.program, "MENTEE") == []
        assert await person.do(NODE, id=seen["id"]) == {"__typename": "ShownSignUp", "id": seen["id"]}
    assert await shown(maya, here.program) == [], "nobody wishes for himself"
    assert await tom.do(NODE, id=offer) is None, "the sign-up itself stays closed"
    await update(maya, offer, isShown=False)
    assert await shown(tom, here.program) == []
    assert await tom.do(NODE, id=seen["id"]) is None
    await update(tom, seek, isShown=True)
    assert [each["user"]["id"] for each in await shown(maya, here.program, "MENTEE")] == [tom.id]


async def test_nobody_is_shown_to_strangers_minors_or_once_pairs_are_no_more_made(community: Community) -> None:
    here = await waiting(community)
    await all_shown(here)
    (maya, offer), (tom, _) = here.mentors[0], here.mentees[0]
    eve, kim = await community.people("Eve", "Kim")
    await kim.do(JOIN_GROUP, input={"groupId": here.group})
    assert len(await shown(kim, here.program)) == 2, "a member may look before signing up"
    await community.database.execute("UPDATE users SET birth_date = '2012-01-01' WHERE id = $1", key(kim.id))
    for person in (eve, kim, community.nobody):
        assert await shown(person, here.program) is None
        assert await person.do(NODE, id=shown_as(offer)) is None
    await maya.do(WITHDRAW_SIGN_UP, input={"signUpId": offer})
    assert await shown(tom, here.program) == []
    await community.advance(here.admin, here.program, "RUNNING")
    for person in (tom, maya, here.admin):
        assert await shown(person, here.program) is None


async def test_tom_ranks_whom_he_wishes_for_and_sees_them_as_long_as_they_are_shown(community: Community) -> None:
    here = await waiting(community, mentors=3)
    tom, seek = here.mentees[0]
    await all_shown(here)
    first, second, third = [shown_as(offer) for _, offer in here.mentors]
    made = await update(tom, seek, wishedSignUpIds=[third, first, third, second])
    assert [each["id"] for each in made["private"]["wishes"]] == [third, first, second]
    await update(*here.mentors[0], isShown=False)
    await here.mentors[1][0].do(LEAVE_GROUP, input={"groupId": here.group})
    for document, where in ((MINE, {}), (OF, {"id": seek})):
        assert third in str(await tom.do(document, **where))
        assert first not in str(await tom.do(document, **where))
    (edge,) = (await tom.do(MINE))["signUps"]["edges"]
    assert [each["id"] for each in edge["node"]["private"]["wishes"]] == [third]
    assert (await update(tom, seek, wishedSignUpIds=[]))["private"]["wishes"] == []


async def test_a_wish_is_for_somebody_of_the_other_side_who_is_shown(community: Community) -> None:
    """Whoever is not shown, oneself, a mentee, another program's mentor and nobody at all are one answer."""
    here, there = await waiting(community, mentors=2, mentees=2), await waiting(community)
    await all_shown(here)
    await all_shown(there)
    tom, seek = here.mentees[0]
    (maya, offer), (hidden, hidden_offer) = here.mentors
    await update(hidden, hidden_offer, isShown=False)
    wrong = [
        shown_as(hidden_offer),
        shown_as(here.mentees[1][1]),
        shown_as(seek),
        shown_as(there.mentors[0][1]),
        str(global_id(ShownSignUp(id=uuid4()))),
        offer,
        maya.id,
        "garbage",
    ]
    given = answers(here.program, role="MENTEE") | {"wishedSignUpIds": None}
    await tom.do(WITHDRAW_SIGN_UP, input={"signUpId": seek})
    again = (await tom.do(SIGN_UP, input=given))["signUp"]["id"]
    async with community.nothing_changes():
        refusals = [
            await tom.refused(UPDATE_SIGN_UP, input={"signUpId": again, "wishedSignUpIds": [shown_as(offer), each]})
            for each in wrong
        ]
        assert refusals == [refusals[0]] * len(wrong)
        assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", ["input", "wishedSignUpIds", "1"])
        many = [str(global_id(ShownSignUp(id=uuid4()))) for _ in range(11)]
        error = await tom.refused(UPDATE_SIGN_UP, input={"signUpId": again, "wishedSignUpIds": many})
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "wishedSignUpIds"])
        error = await maya.refused(SIGN_UP, input=answers(here.program) | {"wishedSignUpIds": [shown_as(offer)]})
        assert error["code"] == "NOT_FOUND"


async def test_whom_one_avoids_is_somebody_one_can_know_of_and_not_oneself(community: Community) -> None:
    here = await waiting(community)
    (maya, _), (tom, seek) = here.mentors[0], here.mentees[0]
    eve = await community.person("Eve")
    async with community.nothing_changes():
        given = {"signUpId": seek, "avoidUserIds": [maya.id, eve.id]}
        strangers = await tom.refused(UPDATE_SIGN_UP, input=given)
        absent = given | {"avoidUserIds": [maya.id, str(global_id(User(id=uuid4())))]}
        assert await tom.refused(UPDATE_SIGN_UP, input=absent) == strangers
        assert (strangers["code"], strangers["path"]) == ("NOT_FOUND", ["input", "avoidUserIds", "1"])
        error = await tom.refused(UPDATE_SIGN_UP, input=given | {"avoidUserIds": [tom.id]})
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "avoidUserIds", "0"])
        error = await tom.refused(
            UPDATE_SIGN_UP, input=given | {"avoidUserIds": [str(global_id(User(id=uuid4())))] * 51}
        )
        assert error["code"] == "INVALID_INPUT"


async def test_who_left_the_group_stays_avoided_also_when_the_list_is_sent_again(community: Community) -> None:
    here = await waiting(community, mentors=2)
    (maya, _), (ingrid, _), (tom, seek) = *here.mentors, here.mentees[0]
    await update(tom, seek, avoidUserIds=[maya.id])
    await maya.do(LEAVE_GROUP, input={"groupId": here.group})
    (edge,) = (await tom.do(MINE))["signUps"]["edges"]
    kept = edge["node"]["private"]["avoidUserIds"]
    assert kept == [maya.id] and await tom.do(NODE, id=maya.id) is None
    made = await update(tom, seek, avoidUserIds=[*kept, ingrid.id])
    assert made["private"]["avoidUserIds"] == [maya.id, ingrid.id]
    await update(tom, seek, avoidUserIds=[ingrid.id])
    async with community.nothing_changes():
        error = await tom.refused(UPDATE_SIGN_UP, input={"signUpId": seek, "avoidUserIds": [maya.id]})
        assert error["code"] == "NOT_FOUND"


async def test_wishes_and_those_shown_cost_the_same_however_many_there_are(community: Community) -> None:
    here = await waiting(community, mentors=4)
    await all_shown(here)
    tom, seek = here.mentees[0]
    costs = []
    for many in (1, 4):
        await update(tom, seek, wishedSignUpIds=[shown_as(offer) for _, offer in here.mentors[:many]])
        costs.append((await cost(tom, MINE), await cost(tom, SHOWN, id=here.program)))
    assert costs[0] == costs[1] and costs[0][1] == 1
