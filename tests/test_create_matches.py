"""Many matches at once: an admin commits a proposal, whole or as far as it holds, and reads what became of it."""

import asyncio
from uuid import uuid4

import pytest

from models.sign_ups import SignUp
from schema.node import global_id
from tests.community import Community
from tests.documents import (
    CREATE_MATCHES,
    JOIN_GROUP,
    PROGRAM_ACTIVITY,
    SET_GROUP_ROLE,
    VIEWER_ACTIVITY,
    WITHDRAW_SIGN_UP,
)
from tests.invariants import invariants
from tests.proposing import answers, crowd, input_of, left_of, pairs_of, proposed
from tests.rounds import another_round, key, waiting


async def test_a_proposal_is_made_whole_and_all_hear_of_it(community: Community) -> None:
    """One query proposes, one mutation commits, and the admin's subscription tells: of sign-ups, and of the matches."""
    here = await waiting(community, 2, 3, capacity=2)
    pairs = pairs_of(await proposed(here.admin, here.program))
    assert len(pairs) == 3
    tom, _ = here.mentees[0]
    async with (
        here.admin.hears(PROGRAM_ACTIVITY, programId=here.program) as admins,
        tom.hears(VIEWER_ACTIVITY) as toms,
    ):
        await asyncio.gather(admins.silence(0.2), toms.silence(0.2))
        done = await here.admin.do(CREATE_MATCHES, input=input_of(here, pairs))
        heard = [await admins.next() for _ in range(8)]
        told = [await toms.next() for _ in range(2)]
        await asyncio.gather(admins.silence(), toms.silence())
    made = [match["id"] for match in done["matches"]]
    assert done["results"] == [{"match": {"id": id_}, "error": None} for id_ in made]
    sign_ups = [each["signUp"]["id"] for each in heard if each["__typename"] == "SignUpChanged"]
    assert sorted(sign_ups) == sorted({id_ for pair in pairs for id_ in pair}), "each once"
    assert [each["match"]["id"] for each in heard if each["__typename"] == "MatchChanged"] == made
    assert {each["__typename"] for each in told} == {"MatchChanged", "NotificationAdded"}
    after = await proposed(here.admin, here.program)
    assert after["suggestedMatches"] == [] and set(left_of(after).values()) <= {"ALL_TAKEN"}
    await invariants(community.database)


async def test_all_or_nothing_says_which_pairs_do_not_hold_any_more_and_makes_none(community: Community) -> None:
    """While the admin reads the proposal, one mentee withdraws, and one begins to avoid the mentor."""
    here = await waiting(community, 4, 4)
    pairs = [(here.mentors[number][1], here.mentees[number][1]) for number in range(4)]
    tom, seeks = here.mentees[1]
    await tom.do(WITHDRAW_SIGN_UP, input={"signUpId": seeks})
    await answers(community, pairs[3][1], avoid_user_ids=[key(here.mentors[3][0].id)])
    async with here.admin.hears(PROGRAM_ACTIVITY, programId=here.program) as admins:
        await admins.silence(0.2)
        async with community.nothing_changes():
            answer = await here.admin.ask(CREATE_MATCHES, input=input_of(here, pairs))
        await admins.silence()
    payload = answer["data"]["createMatches"]
    assert payload["matches"] is None and payload["results"] is None
    assert [(each["code"], each["path"]) for each in payload["errors"]] == [
        ("NOT_AVAILABLE", ["input", "pairs", "1", "menteeSignUpId"]),
        ("NOT_AVAILABLE", ["input", "pairs", "3"]),
    ]
    assert "WITHDRAWN" in payload["errors"][0]["message"]


async def test_as_many_as_still_hold_are_made_and_nobody_hears_of_the_others(community: Community) -> None:
    """Of two for one place the first gets it; an id of nothing costs only its own pair."""
    here = await waiting(community, 2, 3)
    (first, second), (one, two, three) = ([id_ for _, id_ in side] for side in (here.mentors, here.mentees))
    absent = str(global_id(SignUp(id=uuid4())))
    pairs = [(first, one), (first, two), (second, one), (absent, three), (second, "garbage"), (one, two), (second, two)]
    olga, _ = here.mentees[2]
    async with olga.hears(VIEWER_ACTIVITY) as theirs:
        await theirs.silence(0.2)
        answer = await here.admin.ask(CREATE_MATCHES, input=input_of(here, pairs, allOrNothing=False))
        await theirs.silence()
    payload = answer["data"]["createMatches"]
    path = ["input", "pairs"]
    refused = {
        1: ("CAPACITY_REACHED", [*path, "1", "mentorSignUpId"]),
        2: ("CONFLICT", [*path, "2", "menteeSignUpId"]),
        3: ("NOT_FOUND", [*path, "3", "mentorSignUpId"]),
        4: ("NOT_FOUND", [*path, "4", "menteeSignUpId"]),
        5: ("INVALID_INPUT", [*path, "5", "mentorSignUpId"]),
    }
    assert [(each["code"], each["path"]) for each in payload["errors"]] == list(refused.values())
    for number, result in enumerate(payload["results"]):
        assert (result["error"] is not None) == (number in refused) == (result["match"] is None)
    assert [each["id"] for each in payload["matches"]] == [payload["results"][at]["match"]["id"] for at in (0, 6)]
    assert (
        await community.database.fetchval("SELECT count(*) FROM matches WHERE program_id = $1", key(here.program)) == 2
    )
    await invariants(community.database)


async def test_two_hundred_pairs_are_proposed_and_made_at_once(community: Community) -> None:
    """As many as go into one mutation. The 201st mentee waits on, and is told that all mentors are taken."""
    here = await waiting(community)
    await crowd(community, here, "MENTOR", 199)
    await crowd(community, here, "MENTEE", 200)
    proposal = await proposed(here.admin, here.program, first=200)
    pairs = pairs_of(proposal)
    assert len({mentor for mentor, _ in pairs}) == len({mentee for _, mentee in pairs}) == 200
    assert set(left_of(proposal).values()) == {"OTHERS_FIT_BETTER"}
    done = await here.admin.do(CREATE_MATCHES, input=input_of(here, pairs))
    assert len(done["matches"]) == 200
    assert left_of(await proposed(here.admin, here.program)) == dict.fromkeys(left_of(proposal), "ALL_TAKEN")
    await invariants(community.database)


async def test_an_admin_who_is_in_a_pair_leaves_it_to_another(community: Community) -> None:
    here = await waiting(community, 2, 2)
    maya, _ = here.mentors[0]
    await here.admin.do(SET_GROUP_ROLE, input={"groupId": here.group, "userId": maya.id, "role": "ADMIN"})
    pairs = [(here.mentors[number][1], here.mentees[number][1]) for number in range(2)]
    answer = await maya.ask(CREATE_MATCHES, input=input_of(here, pairs, allOrNothing=False))
    (error,) = answer["data"]["createMatches"]["errors"]
    assert (error["code"], error["path"]) == ("FORBIDDEN", ["input", "pairs", "0"])
    done = await here.admin.do(CREATE_MATCHES, input=input_of(here, pairs[:1]))
    assert len(done["matches"]) == 1


async def test_what_is_about_the_whole_input_is_refused_as_a_whole(community: Community) -> None:
    here, there = await waiting(community), await waiting(community)
    member = await community.person("Mo")
    await member.do(JOIN_GROUP, input={"groupId": here.group})
    (_, offers), (_, seeks) = here.mentors[0], here.mentees[0]
    pairs = [(offers, seeks)]
    program = ["input", "programId"]
    async with community.nothing_changes():
        for given in ([], pairs * 201):
            error = await here.admin.refused(CREATE_MATCHES, input=input_of(here, given))
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "pairs"])
        for person, code in ((member, "FORBIDDEN"), (there.admin, "NOT_FOUND"), (here.mentees[0][0], "FORBIDDEN")):
            error = await person.refused(CREATE_MATCHES, input=input_of(here, pairs))
            assert (error["code"], error["path"]) == (code, program)
        assert (await community.nobody.refused(CREATE_MATCHES, input=input_of(here, pairs)))[
            "code"
        ] == "UNAUTHENTICATED"
    set_state = "UPDATE programs SET state = 'CLOSED' WHERE id = $1"
    await community.database.execute(set_state, key(here.program))
    async with community.nothing_changes():
        error = await here.admin.refused(CREATE_MATCHES, input=input_of(here, pairs))
    assert (error["code"], error["path"]) == ("ILLEGAL_TRANSITION", program)


@pytest.mark.parametrize("whole", [True, False])
async def test_pairs_of_another_program_are_refused(community: Community, whole: bool) -> None:
    """The admin runs both programs, and mixes them up."""
    here = await waiting(community)
    (maya, _), (tom, _) = here.mentors[0], here.mentees[0]
    there = await another_round(community, here.admin, here.group, [maya], [tom], capacity=1)
    (_, offers), (_, seeks) = there.mentors[0], there.mentees[0]
    mixed = [(offers, seeks), (here.mentors[0][1], seeks)]
    async with community.nothing_changes():
        answer = await here.admin.ask(CREATE_MATCHES, input=input_of(here, mixed, allOrNothing=whole))
    payload = answer["data"]["createMatches"]
    assert [(each["code"], each["path"][2:]) for each in payload["errors"]] == [
        ("INVALID_INPUT", ["0", "mentorSignUpId"]),
        ("INVALID_INPUT", ["1", "menteeSignUpId"]),
    ]
    assert payload["matches"] == (None if whole else [])
