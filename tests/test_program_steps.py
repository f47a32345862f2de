"""The steps of a draft: added, changed, moved and removed by an admin; settled once people can sign up."""

from typing import Any

import pytest

from tests.community import Community, Person
from tests.documents import (
    ADD_PROGRAM_STEP,
    JOIN_GROUP,
    MOVE_PROGRAM_STEP,
    PROGRAM_ACTIVITY,
    REMOVE_PROGRAM_STEP,
    SPACE,
    UPDATE_PROGRAM_STEP,
)
from tests.falling_due import id_of

STEPS = "query($id: ID!) { program(id: $id) { steps { id position week title } admin { activityCursor } } }"


async def draft(community: Community, **program: Any) -> tuple[Person, str]:
    """An admin and the draft of hers, of the eight steps and weeks of a template."""
    ada = await community.person("Ada")
    return ada, await community.program(ada, await community.group(ada), state="DRAFT", **program)


def step(program_id: str, **changes: Any) -> dict[str, Any]:
    """An AddProgramStepInput."""
    return {
        "programId": program_id,
        "week": 2,
        "title": "A walk",
        "mentorGuidance": "Walk slowly.",
        "menteeGuidance": "Choose the **way**.",
        "rule": "EITHER",
        "minutes": 45,
    } | changes


async def steps_of(ada: Person, program_id: str) -> list[dict[str, Any]]:
    """The draft's steps; their positions count from 1 and their weeks never go back."""
    steps = (await ada.do(STEPS, id=program_id))["steps"]
    assert [each["position"] for each in steps] == list(range(1, len(steps) + 1))
    assert [each["week"] for each in steps] == sorted(each["week"] for each in steps)
    return steps


async def titles_of(ada: Person, program_id: str) -> list[str]:
    return [each["title"] for each in await steps_of(ada, program_id)]


async def test_an_added_step_comes_last_in_its_week_or_where_it_is_put(community: Community) -> None:
    ada, program_id = await draft(community)
    meet, second, *rest = await titles_of(ada, program_id)
    payload = await ada.do(ADD_PROGRAM_STEP, input=step(program_id))
    made = payload["programStep"]
    assert made == {"id": made["id"], "position": 3} | {
        name: value for name, value in step(program_id).items() if name != "programId"
    }
    assert payload["program"]["steps"][2] == made
    await ada.do(ADD_PROGRAM_STEP, input=step(program_id, week=1, title=" A letter ", position=1))
    assert await titles_of(ada, program_id) == ["A letter", meet, second, "A walk", *rest]


async def test_a_blank_program_is_filled_step_by_step_and_pairs_get_what_stands_there(community: Community) -> None:
    """Ada writes two steps; the pair that she makes later has copies of them."""
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    group_id = await community.group(ada, maya, tom)
    program_id = await community.program(ada, group_id, state="DRAFT", templateKey="blank")
    for title, week in (("Meet", 1), ("Farewell", 12)):
        await ada.do(ADD_PROGRAM_STEP, input=step(program_id, title=title, week=week))
    assert await titles_of(ada, program_id) == ["Meet", "Farewell"]
    await community.advance(ada, program_id, "SIGN_UP")
    offer = await community.sign_up(maya, program_id, "MENTOR")
    search = await community.sign_up(tom, program_id, "MENTEE")
    await community.advance(ada, program_id, "MATCHING")
    document = "mutation($input: CreateMatchInput!) { createMatch(input: $input) { match { id } errors { code } } }"
    match = (await ada.do(document, input={"mentorSignUpId": offer, "menteeSignUpId": search}))["match"]
    steps = (await tom.do(SPACE, id=match["id"]))["space"]["steps"]
    assert [(each["title"], each["week"], each["guidance"]) for each in steps] == [
        ("Meet", 1, "Choose the **way**."),
        ("Farewell", 12, "Choose the **way**."),
    ]


async def test_a_step_is_changed_in_what_is_named_and_in_nothing_else(community: Community) -> None:
    ada, program_id = await draft(community)
    made = (await ada.do(ADD_PROGRAM_STEP, input=step(program_id)))["programStep"]
    for changes in (
        {"title": "A long walk"},
        {"mentorGuidance": "Listen.", "menteeGuidance": "Speak."},
        {"rule": "MENTEE", "minutes": 90},
        {"week": 3},
        {},
    ):
        changed = await ada.do(UPDATE_PROGRAM_STEP, input={"programStepId": made["id"]} | changes)
        made |= changes
        assert changed["programStep"] == made
        assert changed["program"]["steps"][2] == made


async def test_a_step_is_moved_and_the_others_close_up(community: Community) -> None:
    """To the front and to the end, each with a week that fits there; to where it stands, nothing moves."""
    ada, program_id = await draft(community)
    first, second, *rest = await steps_of(ada, program_id)
    given = {"programStepId": second["id"], "position": 1, "week": 1}
    moved = await ada.do(MOVE_PROGRAM_STEP, input=given)
    assert (moved["programStep"]["position"], moved["programStep"]["week"]) == (1, 1)
    assert [each["id"] for each in moved["program"]["steps"]][:2] == [second["id"], first["id"]]
    given = {"programStepId": second["id"], "position": 8, "week": 8}
    await ada.do(MOVE_PROGRAM_STEP, input=given)
    await ada.do(MOVE_PROGRAM_STEP, input={"programStepId": second["id"], "position": 8})
    assert [each["id"] for each in await steps_of(ada, program_id)] == [each["id"] for each in (first, *rest, second)]


async def test_a_removed_step_is_gone_and_the_others_close_up(community: Community) -> None:
    ada, program_id = await draft(community)
    first, second, *rest = await steps_of(ada, program_id)
    payload = await ada.do(REMOVE_PROGRAM_STEP, input={"programStepId": second["id"]})
    assert [each["id"] for each in payload["program"]["steps"]] == [each["id"] for each in (first, *rest)]
    await steps_of(ada, program_id)
    async with community.nothing_changes():
        for document, more in ((REMOVE_PROGRAM_STEP, {}), (MOVE_PROGRAM_STEP, {"position": 1})):
            error = await ada.refused(document, input={"programStepId": second["id"]} | more)
            assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "programStepId"])


async def test_the_other_admins_hear_each_change_of_a_draft(community: Community) -> None:
    ada, program_id = await draft(community)
    async with ada.hears(PROGRAM_ACTIVITY, programId=program_id) as ears:
        await ears.silence(0.2)
        made = (await ada.do(ADD_PROGRAM_STEP, input=step(program_id)))["programStep"]["id"]
        await ada.do(UPDATE_PROGRAM_STEP, input={"programStepId": made, "title": "A run"})
        await ada.do(MOVE_PROGRAM_STEP, input={"programStepId": made, "position": 2})
        await ada.do(REMOVE_PROGRAM_STEP, input={"programStepId": made})
        heard = [await ears.next() for _ in range(4)]
        await ears.silence()
    assert {(each["__typename"], each["program"]["id"], each["actor"]["id"]) for each in heard} == {
        ("ProgramChanged", program_id, ada.id)
    }


@pytest.mark.parametrize(
    ("changes", "path", "says"),
    [
        ({"week": 0}, "week", "from 1 to 8"),
        ({"week": 9}, "week", "from 1 to 8"),
        ({"title": " "}, "title", "cannot be blank"),
        ({"title": "x" * 121}, "title", "120"),
        ({"title": "Two\nlines"}, "title", "one line"),
        ({"mentorGuidance": ""}, "mentorGuidance", "the mentor's guidance"),
        ({"menteeGuidance": "y" * 4_001}, "menteeGuidance", "4,000"),
        ({"minutes": 4}, "minutes", "from 5 to 240"),
        ({"minutes": 241}, "minutes", "from 5 to 240"),
        ({"position": 0}, "position", "from 1 to 9"),
        ({"position": 10}, "position", "from 1 to 9"),
        ({"position": 1}, "week", "room for a step of week 1, not of week 2"),
        ({"position": 9}, "week", "of week 8, not of week 2"),
        ({"position": 4, "week": 5}, "week", "of weeks 3 to 4, not of week 5"),
    ],
)
async def test_a_step_that_does_not_fit_is_refused_and_says_what_would(
    community: Community, changes: dict[str, Any], path: str, says: str
) -> None:
    ada, program_id = await draft(community)
    async with community.nothing_changes():
        error = await ada.refused(ADD_PROGRAM_STEP, input=step(program_id, **changes))
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", path])
    assert says in error["message"], error["message"]


async def test_a_change_or_move_that_does_not_fit_is_refused_too(community: Community) -> None:
    ada, program_id = await draft(community)
    third = (await steps_of(ada, program_id))[2]["id"]
    async with community.nothing_changes():
        for document, given, path in (
            (UPDATE_PROGRAM_STEP, {"week": 5}, "week"),
            (UPDATE_PROGRAM_STEP, {"title": ""}, "title"),
            (MOVE_PROGRAM_STEP, {"position": 1}, "week"),
            (MOVE_PROGRAM_STEP, {"position": 9}, "position"),
            (MOVE_PROGRAM_STEP, {"position": 8, "week": 9}, "week"),
        ):
            error = await ada.refused(document, input={"programStepId": third} | given)
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", path])


async def test_a_program_has_sixty_steps_at_most(community: Community) -> None:
    """After fifty-nine the sixtieth fits; moving among so many works; the next is one too many."""
    ada, program_id = await draft(community, templateKey="blank")
    await community.database.execute(
        "INSERT INTO program_steps (id, program_id, position, week, title, mentor_guidance, mentee_guidance, rule,"
        " minutes) SELECT gen_random_uuid(), $1, n, 1, 'Step ' || n, 'a', 'b', 'BOTH', 30"
        " FROM generate_series(1, 59) AS n",
        id_of(program_id),
    )
    made = (await ada.do(ADD_PROGRAM_STEP, input=step(program_id, week=1)))["programStep"]
    assert made["position"] == 60
    async with community.nothing_changes():
        error = await ada.refused(ADD_PROGRAM_STEP, input=step(program_id))
    assert (error["code"], "60 steps at most" in error["message"]) == ("INVALID_INPUT", True)
    await ada.do(MOVE_PROGRAM_STEP, input={"programStepId": made["id"], "position": 1})
    assert (await titles_of(ada, program_id))[:2] == ["A walk", "Step 1"]


async def test_nothing_of_it_changes_once_people_can_sign_up(community: Community) -> None:
    ada, program_id = await draft(community)
    first = (await steps_of(ada, program_id))[0]["id"]
    await community.advance(ada, program_id, "SIGN_UP")
    async with community.nothing_changes():
        for document, given in (
            (ADD_PROGRAM_STEP, step(program_id)),
            (UPDATE_PROGRAM_STEP, {"programStepId": first, "title": "Hello"}),
            (MOVE_PROGRAM_STEP, {"programStepId": first, "position": 2}),
            (REMOVE_PROGRAM_STEP, {"programStepId": first}),
        ):
            error = await ada.refused(document, input=given)
            assert error["code"] == "ILLEGAL_TRANSITION"
            assert "SIGN_UP" in error["message"] and "DRAFT" in error["message"]


async def test_only_an_admin_touches_a_draft_and_to_others_there_is_none(community: Community) -> None:
    """A member does not see drafts, nor an outsider, an admin of elsewhere, or nobody."""
    ada, program_id = await draft(community)
    group = (await ada.do("query($id: ID!) { program(id: $id) { group { id } } }", id=program_id))["group"]["id"]
    maya, olga = await community.people("Maya", "Olga")
    await maya.do(JOIN_GROUP, input={"groupId": group})
    await community.group(olga)
    first = (await steps_of(ada, program_id))[0]["id"]
    async with community.nothing_changes():
        for person in (maya, olga, community.nobody):
            for document, given in (
                (ADD_PROGRAM_STEP, step(program_id)),
                (UPDATE_PROGRAM_STEP, {"programStepId": first, "title": "Mine"}),
                (MOVE_PROGRAM_STEP, {"programStepId": first, "position": 2}),
                (REMOVE_PROGRAM_STEP, {"programStepId": first}),
            ):
                code = "UNAUTHENTICATED" if person is community.nobody or person.token is None else "NOT_FOUND"
                assert (await person.refused(document, input=given))["code"] == code
