"""What counts in a program's matching: its admins decide, and the suggestions follow."""

import pytest

from tests.community import Community
from tests.documents import CREATE_PROGRAM, JOIN_GROUP, PROGRAM_ACTIVITY, SET_MATCH_WEIGHTS
from tests.proposing import answers, left_of, pairs_of, proposed
from tests.rounds import key, waiting

USUAL = {"topics": 4, "goals": 2, "experience": 2, "languages": 1, "hours": 2, "wishes": 4}
WEIGHTS = """query($id: ID!) { program(id: $id) { admin { matchWeights {
  topics goals experience languages hours wishes } } } }"""


async def test_an_admin_makes_a_part_weigh_more_and_the_suggestion_follows(community: Community) -> None:
    """Tom has a topic in common with Olu, and wishes for Maya. By default that weighs the same; here topics decide."""
    here = await waiting(community, 2, 1)
    (_, mayas), (_, olus) = here.mentors
    _, toms = here.mentees[0]
    await answers(community, mayas, topics=["wax"])
    await answers(community, olus, topics=["soap"])
    await answers(community, toms, topics=["soap"], wished_sign_up_ids=[key(mayas)])
    async with here.admin.hears(PROGRAM_ACTIVITY, programId=here.program) as ears:
        await ears.silence(0.2)
        for weights, mentor in (({"topics": 9}, olus), ({"topics": 1, "wishes": 10}, mayas)):
            await here.admin.do(SET_MATCH_WEIGHTS, input={"programId": here.program} | weights)
            assert (await ears.next())["__typename"] == "ProgramChanged"
            assert pairs_of(await proposed(here.admin, here.program)) == [(mentor, toms)]
    weights = (await here.admin.do(WEIGHTS, id=here.program))["admin"]["matchWeights"]
    assert weights == USUAL | {"topics": 1, "wishes": 10}


async def test_what_weighs_nothing_is_needed_by_nobody(community: Community) -> None:
    here = await waiting(community)
    (_, offers), (_, seeks) = here.mentors[0], here.mentees[0]
    await answers(community, seeks, topics=["wax"])
    assert left_of(await proposed(here.admin, here.program))[seeks] == "NO_SHARED_TOPIC"
    await here.admin.do(SET_MATCH_WEIGHTS, input={"programId": here.program, "topics": 0})
    proposal = await proposed(here.admin, here.program)
    assert pairs_of(proposal) == [(offers, seeks)]
    assert "TOPICS" not in [each["code"] for each in proposal["suggestedMatches"][0]["reasons"]]


async def test_weights_are_for_admins_and_have_bounds(community: Community) -> None:
    here, there = await waiting(community), await waiting(community)
    mo = await community.person("Mo")
    await mo.do(JOIN_GROUP, input={"groupId": here.group})
    given = {"programId": here.program}
    nothing = dict.fromkeys(USUAL, 0)
    async with community.nothing_changes():
        for weights, path in (
            ({"topics": -1}, ["input", "topics"]),
            ({"hours": 10.5}, ["input", "hours"]),
            (nothing, ["input"]),
        ):
            error = await here.admin.refused(SET_MATCH_WEIGHTS, input=given | weights)
            assert (error["code"], error["path"]) == ("INVALID_INPUT", path)
        for person, code in ((mo, "FORBIDDEN"), (there.admin, "NOT_FOUND"), (community.nobody, "UNAUTHENTICATED")):
            assert (await person.refused(SET_MATCH_WEIGHTS, input=given | {"topics": 1}))["code"] == code
        await here.admin.do(SET_MATCH_WEIGHTS, input=given | {"topics": 4, "goals": None})
    for person in (mo, here.mentees[0][0]):
        assert await person.do(WEIGHTS, id=here.program) == {"admin": None}


@pytest.mark.parametrize("state", ["CLOSED", "ARCHIVED", "CANCELLED"])
async def test_a_program_that_is_over_is_weighed_no_more(community: Community, state: str) -> None:
    here = await waiting(community)
    await community.database.execute("UPDATE programs SET state = $2 WHERE id = $1", key(here.program), state)
    async with community.nothing_changes():
        error = await here.admin.refused(SET_MATCH_WEIGHTS, input={"programId": here.program, "topics": 1})
    assert error["code"] == "ILLEGAL_TRANSITION" and state in error["message"]


async def test_a_new_program_starts_with_the_usual_weights(community: Community) -> None:
    admin = await community.person("Ada")
    group_id = await community.group(admin)
    given = {"groupId": group_id, "templateKey": "blank", "title": "Autumn", "description": "Soap."}
    made = await admin.do(CREATE_PROGRAM, input=given)
    assert (await admin.do(WEIGHTS, id=made["program"]["id"]))["admin"]["matchWeights"] == USUAL
