"""Planning a program: changing a draft, and the last day of a program in its group's time zone."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.community import Community, Person
from tests.documents import ADVANCE_PROGRAM, CREATE_GROUP, CREATE_PROGRAM, PROGRAM_ACTIVITY, UPDATE_PROGRAM
from tests.falling_due import id_of
from tests.racing import all_at_once

SINCE = datetime(2026, 3, 2, 9, 59, 59, tzinfo=UTC)
PLAN = "query($id: ID!) { program(id: $id) { title description weeks rolling stepOpening startsOn endsOn } }"
UNTOUCHED = {
    "title": "Spring round",
    "description": "Eight weeks, one skill.",
    "weeks": 8,
    "rolling": False,
    "stepOpening": "BY_WEEK",
    "startsOn": None,
    "endsOn": None,
}


async def draft(community: Community, *, time_zone: str = "UTC", **program: Any) -> tuple[Person, str]:
    """An admin and her draft, in a group of this time zone. It is 10:00 in UTC on 2 March 2026."""
    ada = await community.person("Ada")
    return ada, await community.program(ada, await community.group(ada, timeZone=time_zone), state="DRAFT", **program)


async def test_a_draft_is_changed_in_what_is_named_and_the_admins_hear_it(community: Community) -> None:
    ada, program_id = await draft(community)
    now = dict(UNTOUCHED)
    async with ada.hears(PROGRAM_ACTIVITY, programId=program_id) as ears:
        await ears.silence(0.2)
        for changes in (
            {"title": " Autumn round "},
            {"description": "Ten weeks, one skill.", "weeks": 10},
            {"rolling": True, "stepOpening": "ALL_AT_ONCE"},
            {"startsOn": "2026-04-01", "endsOn": "2026-06-30"},
            {"endsOn": "2026-07-31"},
            {"startsOn": None},
            {"startsOn": "2026-05-01", "title": None},
            {"endsOn": None},
            {},
        ):
            program = (await ada.do(UPDATE_PROGRAM, input={"programId": program_id} | changes))["program"]
            now |= changes | {"title": (changes.get("title") or now["title"]).strip()}
            assert program == {"id": program_id, "state": "DRAFT"} | now
            assert await ada.do(PLAN, id=program_id) == now
            heard = await ears.next()
            assert (heard["__typename"], heard["actor"]["id"]) == ("ProgramChanged", ada.id)


@pytest.mark.parametrize(
    ("changes", "path", "says"),
    [
        ({"title": ""}, "title", "blank"),
        ({"description": "d" * 4_001}, "description", "4,000"),
        ({"weeks": 0}, "weeks", "from 1 to 52"),
        ({"weeks": 53}, "weeks", "from 1 to 52"),
        ({"weeks": 7}, "weeks", "a step in week 8"),
        ({"endsOn": "2026-03-01"}, "endsOn", "is over in the group's time zone, UTC"),
        ({"startsOn": "2026-05-01", "endsOn": "2026-04-30"}, "endsOn", "end after its start"),
        ({"endsOn": "9999-12-31"}, "endsOn", "before the year 9999"),
    ],
)
async def test_what_no_program_can_be_is_refused(
    community: Community, changes: dict[str, Any], path: str, says: str
) -> None:
    ada, program_id = await draft(community)
    async with community.nothing_changes():
        error = await ada.refused(UPDATE_PROGRAM, input={"programId": program_id} | changes)
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", path])
    assert says in error["message"], error["message"]


async def test_a_start_after_the_end_is_refused_where_the_start_is_what_changes(community: Community) -> None:
    ada, program_id = await draft(community, endsOn="2026-04-30")
    async with community.nothing_changes():
        error = await ada.refused(UPDATE_PROGRAM, input={"programId": program_id, "startsOn": "2026-05-01"})
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "startsOn"])
    await ada.do(UPDATE_PROGRAM, input={"programId": program_id, "startsOn": "2026-04-30"})


async def test_today_is_not_over_where_the_group_is(community: Community) -> None:
    """At 10:00 in UTC the first of March is over in Samoa for long, and not in the west of the same date line."""
    for time_zone, day, fits in (
        ("Pacific/Apia", "2026-03-01", False),
        ("Pacific/Apia", "2026-03-02", True),
        ("Pacific/Niue", "2026-02-28", False),
        ("Pacific/Niue", "2026-03-01", True),
    ):
        ada = await community.person("Ada")
        given = {
            "groupId": await community.group(ada, timeZone=time_zone),
            "templateKey": "blank",
            "title": "A day",
            "description": "One.",
            "endsOn": day,
        }
        if fits:
            await ada.do(CREATE_PROGRAM, input=given)
            continue
        async with community.nothing_changes():
            error = await ada.refused(CREATE_PROGRAM, input=given)
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "endsOn"])
        assert time_zone in error["message"]


async def test_a_groups_time_zone_is_one_of_the_database_and_its_members_see_it(community: Community) -> None:
    ada, eve = await community.people("Ada", "Eve")
    document = "query($id: ID!) { node(id: $id) { ... on Group { timeZone } } }"
    for given, expected in (({}, "UTC"), ({"timeZone": "Europe/Lisbon"}, "Europe/Lisbon"), ({"timeZone": None}, "UTC")):
        group_id = await community.group(ada, **given)
        assert await ada.do(document, id=group_id) == {"timeZone": expected}
        for person in (eve, community.nobody):
            assert await person.do(document, id=group_id) == {"timeZone": None}
    described = {"name": "Soap", "slug": "soap-of-nowhere", "focus": "PROFESSIONAL", "description": "Soap."}
    async with community.nothing_changes():
        error = await ada.refused(CREATE_GROUP, input=described | {"timeZone": "Mars/Olympus"})
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "timeZone"])


async def test_once_people_can_sign_up_only_the_last_day_can_change_and_until_it_is_closed(
    community: Community,
) -> None:
    """Ada gives her running program a month more; nothing else, and nothing any more when it is closed."""
    pair = await community.pair(endsOn="2026-06-30")
    ada, program = pair.admin, {"programId": pair.program}
    await community.advance(ada, pair.program, "RUNNING")
    async with community.nothing_changes():
        for changes in ({"title": "Other"}, {"weeks": 10}, {"startsOn": None}, {"endsOn": "2026-08-01", "weeks": 8}):
            error = await ada.refused(UPDATE_PROGRAM, input=program | changes)
            assert (error["code"], error["path"]) == ("ILLEGAL_TRANSITION", ["input", "programId"])
            assert "RUNNING" in error["message"] and "last day can be changed" in error["message"]
    changed = (await ada.do(UPDATE_PROGRAM, input=program | {"endsOn": "2026-07-31"}))["program"]
    assert (changed["endsOn"], changed["state"]) == ("2026-07-31", "RUNNING")
    assert (await ada.do(UPDATE_PROGRAM, input=program | {"endsOn": None}))["program"]["endsOn"] is None
    await community.advance(ada, pair.program, "CLOSED")
    async with community.nothing_changes():
        error = await ada.refused(UPDATE_PROGRAM, input=program | {"endsOn": "2026-08-31"})
    assert (error["code"], "CLOSED" in error["message"]) == ("ILLEGAL_TRANSITION", True)


async def test_only_an_admin_plans(community: Community) -> None:
    _, program_id = await draft(community)
    pair = await community.pair()
    async with community.nothing_changes():
        for person, planned, code in (
            (pair.mentor, pair.program, "FORBIDDEN"),
            (pair.mentor, program_id, "NOT_FOUND"),
            (pair.admin, program_id, "NOT_FOUND"),
            (community.nobody, program_id, "UNAUTHENTICATED"),
        ):
            error = await person.refused(UPDATE_PROGRAM, input={"programId": planned, "title": "Mine"})
            assert error["code"] == code


async def test_a_draft_whose_last_day_is_over_gets_another_one_before_it_opens(community: Community) -> None:
    ada, program_id = await draft(community, endsOn="2026-03-02")
    await community.database.execute("UPDATE programs SET closes_at = $1 WHERE id = $2", SINCE, id_of(program_id))
    given = {"programId": program_id, "to": "SIGN_UP"}
    async with community.nothing_changes():
        error = await ada.refused(ADVANCE_PROGRAM, input=given)
    assert (error["code"], error["path"]) == ("ILLEGAL_TRANSITION", ["input", "to"])
    assert "2026-03-02" in error["message"] and "a later one" in error["message"]
    await ada.do(UPDATE_PROGRAM, input={"programId": program_id, "endsOn": "2026-03-03"})
    await ada.do(ADVANCE_PROGRAM, input=given)


async def test_two_plans_at_once_and_an_opening(community: Community) -> None:
    """Each change is whole: what the last one did not name is what the others left."""
    for _ in range(3):
        ada, program_id = await draft(community)
        program = {"programId": program_id}
        async with all_at_once(community, "programs", 3):
            tasks = [
                asyncio.create_task(ada.ask(UPDATE_PROGRAM, input=program | {"title": "Autumn"})),
                asyncio.create_task(ada.ask(UPDATE_PROGRAM, input=program | {"weeks": 9})),
                asyncio.create_task(ada.ask(ADVANCE_PROGRAM, input=program | {"to": "SIGN_UP"})),
            ]
        titled, lengthened, _ = await asyncio.gather(*tasks)
        seen = await ada.do(PLAN, id=program_id)
        for answer, field, value in ((titled, "title", "Autumn"), (lengthened, "weeks", 9)):
            errors = [error["code"] for error in answer["data"]["updateProgram"]["errors"]]
            assert errors in ([], ["ILLEGAL_TRANSITION"])
            assert seen[field] == (UNTOUCHED[field] if errors else value)
