"""A program's way from draft to archive: each step, each refusal, and what closing and cancelling do to its people."""

import pytest

from schema.node import parse_id
from tests.community import Community, Person
from tests.documents import (
    ADVANCE_PROGRAM,
    CREATE_POST,
    END_MATCH,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    SPACE,
    VIEWER_ACTIVITY,
)

ALLOWED = {
    "DRAFT": ["SIGN_UP", "CANCELLED"],
    "SIGN_UP": ["MATCHING", "CANCELLED"],
    "MATCHING": ["RUNNING", "CANCELLED"],
    "RUNNING": ["CLOSED", "CANCELLED"],
    "CLOSED": ["ARCHIVED"],
    "ARCHIVED": [],
    "CANCELLED": [],
}
"""DESIGN.md section 1: DRAFT → SIGN_UP → MATCHING → RUNNING → CLOSED → ARCHIVED; before CLOSED → CANCELLED."""

ILLEGAL = [(start, to) for start in ALLOWED for to in ALLOWED if to not in ALLOWED[start]]


async def waiting(community: Community, state: str = "SIGN_UP", **program: object) -> tuple[Person, list[Person], str]:
    """An admin, a mentor and a mentee who wait, and their program, taken on to `state`."""
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    program_id = await community.program(ada, await community.group(ada, maya, tom), **program)
    await community.sign_up(maya, program_id, "MENTOR", capacity=2)
    await community.sign_up(tom, program_id, "MENTEE")
    for each in list(ALLOWED)[2 : list(ALLOWED).index(state) + 1]:
        await community.advance(ada, program_id, each)
    return ada, [maya, tom], program_id


async def states(community: Community, table: str, program_id: str) -> list[str]:
    """The states of a program's sign-ups or matches, in the order in which they were made."""
    statement = f"SELECT state FROM {table} WHERE program_id = $1 ORDER BY id"
    return [row["state"] for row in await community.database.fetch(statement, parse_id(program_id)[1])]


async def test_a_program_walks_from_draft_to_archive_and_its_admins_hear_each_step(community: Community) -> None:
    """Ada takes a program through all its states; Ben, an admin who follows it, hears them in order."""
    ada, _, program_id = await waiting(community)
    admin = "query($id: ID!) { program(id: $id) { admin { activityCursor } } }"
    cursor = (await ada.do(admin, id=program_id))["admin"]["activityCursor"]
    way = ["MATCHING", "RUNNING", "CLOSED", "ARCHIVED"]
    for state in way:
        program = (await ada.do(ADVANCE_PROGRAM, input={"programId": program_id, "to": state}))["program"]
        assert program == {"id": program_id, "state": state}
    async with ada.hears(PROGRAM_ACTIVITY, programId=program_id, after=cursor) as ears:
        heard = [await ears.next() for _ in range(6)]
    kinds = [event["__typename"] for event in heard]
    assert kinds == ["ProgramChanged"] * 3 + ["SignUpChanged"] * 2 + ["ProgramChanged"]
    assert {event["actor"]["id"] for event in heard} == {ada.id}


@pytest.mark.parametrize(("start", "to"), ILLEGAL)
async def test_an_illegal_step_names_the_legal_ones_and_changes_nothing(
    community: Community, start: str, to: str
) -> None:
    """From each state, each step that the design does not name is refused with those that it does."""
    ada = await community.person("Ada")
    program_id = await community.program(ada, await community.group(ada), state="DRAFT")
    await community.database.execute("UPDATE programs SET state = $1 WHERE id = $2", start, parse_id(program_id)[1])
    async with community.nothing_changes():
        error = await ada.refused(ADVANCE_PROGRAM, input={"programId": program_id, "to": to})
    assert (error["code"], error["path"]) == ("ILLEGAL_TRANSITION", ["input", "to"])
    following = error["message"].partition(";")[2]
    assert start in error["message"]
    assert [state for state in ALLOWED if state in following] == sorted(ALLOWED[start], key=list(ALLOWED).index)


@pytest.mark.parametrize("start", ["DRAFT", "SIGN_UP", "MATCHING", "RUNNING"])
async def test_a_program_can_be_cancelled_until_it_is_closed(community: Community, start: str) -> None:
    """Before CLOSED, Ada can call it off."""
    ada = await community.person("Ada")
    program_id = await community.program(ada, await community.group(ada), state="DRAFT")
    await community.database.execute("UPDATE programs SET state = $1 WHERE id = $2", start, parse_id(program_id)[1])
    await community.advance(ada, program_id, "CANCELLED")


async def test_matching_waits_for_a_mentor_and_a_mentee_who_are_two(community: Community) -> None:
    """Nobody, only a mentor, or one person in both roles: matching does not start. With Tom it does."""
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    program_id = await community.program(ada, await community.group(ada, maya, tom))

    async def refused() -> None:
        async with community.nothing_changes():
            error = await ada.refused(ADVANCE_PROGRAM, input={"programId": program_id, "to": "MATCHING"})
        assert (error["code"], "two different people" in error["message"]) == ("ILLEGAL_TRANSITION", True)

    await refused()
    for role in ("MENTOR", "MENTEE"):
        await community.sign_up(maya, program_id, role)
        await refused()
    await community.sign_up(tom, program_id, "MENTEE")
    await community.advance(ada, program_id, "MATCHING")


async def test_only_an_admin_takes_a_program_further(community: Community) -> None:
    """A member is told to ask an admin; to an outsider the program does not exist."""
    _, (maya, _), program_id = await waiting(community)
    eve = await community.person("Eve")
    given = {"programId": program_id, "to": "CANCELLED"}
    async with community.nothing_changes():
        for person, code in ((maya, "FORBIDDEN"), (eve, "NOT_FOUND"), (community.nobody, "UNAUTHENTICATED")):
            assert (await person.refused(ADVANCE_PROGRAM, input=given))["code"] == code


async def test_a_group_that_is_not_eligible_any_more_can_only_end_its_programs(community: Community) -> None:
    """A moderator withdraws mentorship: no program goes on, but one can be cancelled, another closed and archived."""
    ada, _, waiting_one = await waiting(community)
    other, _, running = await waiting(community, state="RUNNING")
    await community.database.execute("UPDATE groups SET mentorship_withdrawn_at = now()")
    try:
        async with community.nothing_changes():
            error = await ada.refused(ADVANCE_PROGRAM, input={"programId": waiting_one, "to": "MATCHING"})
        assert (error["code"], "moderator" in error["message"]) == ("NOT_ELIGIBLE", True)
        await community.advance(ada, waiting_one, "CANCELLED")
        for state in ("CLOSED", "ARCHIVED"):
            await community.advance(other, running, state)
    finally:
        await community.database.execute("UPDATE groups SET mentorship_withdrawn_at = NULL")


async def test_cancelling_ends_the_pairs_and_tells_both_people(community: Community) -> None:
    """Ada calls the program off: both hear the end, nobody is named for it, all read on, and no sign-up waits."""
    pair = await community.pair()
    await community.sign_up(pair.admin, pair.program, "MENTOR")
    cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
    own = (await pair.mentor.do("{ viewer { activityCursor } }"))["activityCursor"]
    async with (
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as his,
        pair.mentor.hears(VIEWER_ACTIVITY, after=own) as hers,
    ):
        await community.advance(pair.admin, pair.program, "CANCELLED")
        events = [*await his.rest(), await hers.next()]
    assert [(event["match"]["state"], event["actor"]) for event in events] == [("ENDED", None)] * 2
    assert await states(community, "sign_ups", pair.program) == ["EXPIRED"] * 3
    assert (await pair.mentee.do(SPACE, id=pair.id))["space"] is not None
    error = await pair.mentee.refused(CREATE_POST, input={"matchId": pair.id, "body": "Hello?"})
    assert error["code"] == "READ_ONLY"


async def test_closing_lets_pairs_finish_and_nobody_wait(community: Community) -> None:
    """The program closes: Maya and Tom write on, the others' sign-ups expire; theirs do when the two are done."""
    pair = await community.pair()
    await community.sign_up(pair.admin, pair.program, "MENTOR")
    for state in ("RUNNING", "CLOSED"):
        await community.advance(pair.admin, pair.program, state)
    assert await states(community, "sign_ups", pair.program) == ["MATCHED", "MATCHED", "EXPIRED"]
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "On we go."})
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    assert await states(community, "sign_ups", pair.program) == ["EXPIRED"] * 3
