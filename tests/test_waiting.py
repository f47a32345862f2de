"""The queue: people see their own place in it and why they wait; the admins see everybody's; nobody else sees any."""

import pytest

from tests.community import Community
from tests.documents import CREATE_MATCH, JOIN_GROUP, PROGRAM_ACTIVITY, SIGN_UP, WITHDRAW_SIGN_UP
from tests.proposing import WAITING, answers, pairs_of, proposed
from tests.rounds import another_round, key, waiting
from tests.statements import cost

MINE = "{ viewer { signUps { edges { node { id waitingPosition waitingReason } } } } }"
OWN = "query($id: ID!) { program(id: $id) { viewerSignUps { id waitingPosition waitingReason } } }"
QUEUE = """
query($id: ID!) { program(id: $id) { admin { signUps(first: 100) {
  edges { node { id role waitingPosition waitingReason user { name } } } } } } }
"""
SUGGESTED = """
query($id: ID!) { program(id: $id) { admin { suggestedMatches { reasons { text } mentorSignUp { user { name } }
  menteeSignUp { waitingPosition waitingReason user { name } } } unmatched { signUp { waitingPosition user { name } } }
} } }
"""


async def test_people_see_their_own_place_and_reason_wherever_they_see_their_sign_up(community: Community) -> None:
    here = await waiting(community, 1, 3)
    for number, (person, _) in enumerate(here.mentees):
        await community.database.execute(
            "UPDATE sign_ups SET waiting_since = waiting_since + $2 * interval '1 hour' WHERE user_id ="
            " (SELECT id FROM users WHERE email = $1)", person.email, 3 - number
        )  # fmt: skip
    for number, (person, id_) in enumerate(here.mentees):
        seen = {"waitingPosition": 3 - number, "waitingReason": SOMEBODY}
        assert await person.do(WAITING, id=id_) == seen
        mine = await person.do(MINE)
        assert [edge["node"] for edge in mine["signUps"]["edges"]] == [{"id": id_, **seen}]
        assert (await person.do(OWN, id=here.program))["viewerSignUps"] == [{"id": id_, **seen}]
    queue = (await here.admin.do(QUEUE, id=here.program))["admin"]["signUps"]["edges"]
    places = {edge["node"]["id"]: edge["node"]["waitingPosition"] for edge in queue}
    assert [places[id_] for _, id_ in here.mentees] == [3, 2, 1]
    assert [places[id_] for _, id_ in here.mentors] == [1], "mentors queue for themselves"


SOMEBODY = "Somebody who waits here may fit. The group's admins make the matches."


async def test_of_those_who_came_at_one_moment_the_id_decides(community: Community) -> None:
    """The clock stands still: all three signed up at the same time."""
    here = await waiting(community, 1, 3)
    rows = await community.database.fetch("SELECT id FROM sign_ups ORDER BY waiting_since, id")
    found = [(await person.do(WAITING, id=id_))["waitingPosition"] for person, id_ in here.mentees]
    assert sorted(found) == [1, 2, 3] and rows


async def test_the_line_moves_up_when_somebody_is_paired_or_leaves_it(community: Community) -> None:
    here = await waiting(community, 1, 3)
    by_place = {}
    for index, (person, id_) in enumerate(here.mentees):
        by_place[(await person.do(WAITING, id=id_))["waitingPosition"]] = (index, person, id_)
    first, second, third = (by_place[place] for place in (1, 2, 3))
    await here.admin.do(CREATE_MATCH, input=here.pair(0, first[0]))
    assert await first[1].do(WAITING, id=first[2]) == {"waitingPosition": None, "waitingReason": None}
    assert (await third[1].do(WAITING, id=third[2]))["waitingPosition"] == 2
    await second[1].do(WITHDRAW_SIGN_UP, input={"signUpId": second[2]})
    assert (await third[1].do(WAITING, id=third[2]))["waitingPosition"] == 1
    assert await second[1].do(WAITING, id=second[2]) == {"waitingPosition": None, "waitingReason": None}


async def test_nobody_else_sees_somebodys_place_or_reason(community: Community) -> None:
    """The partner to be, a member, an admin of another group, an outsider and nobody: they see no sign-up at all, and
    whoever will be shown one some day sees it without these."""
    here, there = await waiting(community), await waiting(community)
    (maya, _), (_, seeks) = here.mentors[0], here.mentees[0]
    mo, eve = await community.people("Mo", "Eve")
    await mo.do(JOIN_GROUP, input={"groupId": here.group})
    for person in (maya, mo, there.admin, eve, community.nobody):
        assert await person.do(WAITING, id=seeks) in (None, {"waitingPosition": None, "waitingReason": None})
    assert (await here.admin.do(WAITING, id=seeks))["waitingPosition"] == 1


async def test_a_wish_of_somebody_elses_does_not_show_in_ones_own_reason(community: Community) -> None:
    """Maya wishes for Tom, who looks for something else. The admin is proposed the two; Tom reads what he read."""
    here = await waiting(community)
    (_, offers), (tom, seeks) = here.mentors[0], here.mentees[0]
    await answers(community, seeks, topics=["wax"])
    before = await tom.do(WAITING, id=seeks)
    assert before["waitingReason"] == "No mentor offers wax."
    await answers(community, offers, wished_sign_up_ids=[key(seeks)])
    assert pairs_of(await proposed(here.admin, here.program)) == [(offers, seeks)]
    assert await tom.do(WAITING, id=seeks) == before


async def test_a_sign_up_shows_its_place_as_soon_as_it_is_made(community: Community) -> None:
    here = await waiting(community)
    nia = await community.person("Nia")
    await nia.do(JOIN_GROUP, input={"groupId": here.group})
    document = SIGN_UP.replace("openMatches", "openMatches waitingPosition waitingReason")
    given = {
        "programId": here.program, "role": "MENTEE", "topics": ["wax"], "goals": "Candles.", "languages": ["en"],
        "timeZone": "UTC",
    }  # fmt: skip
    made = (await nia.do(document, input=given))["signUp"]
    assert made["waitingReason"] == "No mentor offers wax." and made["waitingPosition"] == 2


async def test_the_admins_stream_shows_who_waits_where(community: Community) -> None:
    here = await waiting(community)
    nia = await community.person("Nia")
    await nia.do(JOIN_GROUP, input={"groupId": here.group})
    document = PROGRAM_ACTIVITY.replace("signUp {", "signUp { waitingPosition waitingReason")
    async with here.admin.hears(document, programId=here.program) as ears:
        await ears.silence(0.2)
        await community.sign_up(nia, here.program, "MENTEE", topics=["wax"])
        heard = await ears.next()
    assert heard["signUp"]["waitingPosition"] == 2
    assert heard["signUp"]["waitingReason"] == "No mentor offers wax."


@pytest.mark.parametrize("document", [QUEUE, SUGGESTED])
async def test_a_page_costs_as_many_statements_however_many_wait(community: Community, document: str) -> None:
    here = await waiting(community, 2, 2)
    await answers(community, here.mentees[1][1], topics=["clay"])
    few = await cost(here.admin, document, id=here.program)
    for name in ("Nia", "Olu", "Pia", "Quy", "Rui", "Sam"):
        person = await community.person(name)
        await person.do(JOIN_GROUP, input={"groupId": here.group})
        id_ = await community.sign_up(person, here.program, "MENTOR" if name in ("Nia", "Olu", "Pia") else "MENTEE")
        await answers(community, id_, topics=["wax" if name in ("Pia", "Sam") else "pricing"])
    assert await cost(here.admin, document, id=here.program) == few
    assert few <= 12


async def test_ones_own_sign_ups_cost_as_many_statements_in_however_many_programs(community: Community) -> None:
    here = await waiting(community)
    (maya, _), (tom, _) = here.mentors[0], here.mentees[0]
    few = await cost(tom, MINE)
    for _ in range(4):
        await another_round(community, here.admin, here.group, [maya], [tom], capacity=1)
    assert await cost(tom, MINE) == few
