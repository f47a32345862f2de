"""What people say in a sign-up: more than before, changed while they wait, and never at the cost of a match."""

import asyncio
from typing import Any

import pytest

from tests.community import Community, Person
from tests.documents import (
    CREATE_MATCH,
    END_MATCH,
    PROGRAM_ACTIVITY,
    REMOVE_MEMBER,
    SIGN_UP,
    UPDATE_SIGN_UP,
    WITHDRAW_SIGN_UP,
)
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rounds import Round, key, waiting
from tests.test_sign_ups import answers

SEEN = """query($id: ID!) { node(id: $id) { ... on SignUp {
  state topics goals experience languages timeZone availability pausedUntil capacity openMatches
} } }"""
LOWERED = {"a sign-up with more matches than places"}
"""What may be once a mentor takes fewer than there are."""


async def update(person: Person, sign_up_id: str, **changes: Any) -> dict[str, Any]:
    return (await person.do(UPDATE_SIGN_UP, input={"signUpId": sign_up_id} | changes))["signUp"]


async def refused(person: Person, sign_up_id: str, **changes: Any) -> dict[str, Any]:
    return await person.refused(UPDATE_SIGN_UP, input={"signUpId": sign_up_id} | changes)


async def places(community: Community, sign_up_id: str) -> tuple[str, int, int]:
    """A sign-up's state, capacity and open matches, as they are kept."""
    row = await community.database.fetchrow(
        "SELECT state, capacity, open_matches FROM sign_ups WHERE id = $1", key(sign_up_id)
    )
    return tuple(row)


async def test_maya_says_when_she_has_time_and_the_admin_reads_it(community: Community) -> None:
    ada, maya = await community.people("Ada", "Maya")
    program_id = await community.program(ada, await community.group(ada, maya))
    times = ["WEEKEND_MORNINGS", "WEEKDAY_EVENINGS", "WEEKEND_MORNINGS"]
    given = answers(program_id, availability=times, pausedUntil="2026-04-01")
    sign_up_id = (await maya.do(SIGN_UP, input=given))["signUp"]["id"]
    for person in (maya, ada):
        seen = await person.do(SEEN, id=sign_up_id)
        assert seen["availability"] == ["WEEKDAY_EVENINGS", "WEEKEND_MORNINGS"], "each once, in the week's order"
        assert seen["pausedUntil"] == "2026-04-01"


async def test_what_is_said_otherwise_is_kept_and_the_place_in_the_queue_too(community: Community) -> None:
    """The admin hears that something changed, once; a change that changes nothing is told to nobody."""
    ada, maya = await community.people("Ada", "Maya")
    program_id = await community.program(ada, await community.group(ada, maya))
    sign_up_id = await community.sign_up(maya, program_id, "MENTOR", pausedUntil="2026-04-01")
    since = "SELECT waiting_since FROM sign_ups WHERE id = $1"
    before = await community.database.fetchval(since, key(sign_up_id))
    community.served.clock.advance(minutes=5)
    said = {
        "topics": ["Wholesale"],
        "goals": "To see somebody grow.",
        "experience": None,
        "languages": ["pt"],
        "timeZone": "Europe/Lisbon",
        "availability": ["WEEKDAY_MORNINGS"],
        "pausedUntil": None,
        "capacity": 3,
    }
    async with ada.hears(PROGRAM_ACTIVITY, programId=program_id) as admin:
        await admin.silence(0.2)
        made = await update(maya, sign_up_id, **said)
        assert {name: made[name] for name in said} == said
        heard = await admin.next()
        assert (heard["__typename"], heard["actor"]["id"]) == ("SignUpChanged", maya.id)
        async with community.nothing_changes():
            await update(maya, sign_up_id, **said)
            await update(maya, sign_up_id)
            await update(maya, sign_up_id, topics=None, goals=None, languages=None, capacity=None, availability=None)
        await admin.silence()
    assert await ada.do(SEEN, id=sign_up_id) == {"state": "WAITING", "openMatches": 0} | said
    assert await community.database.fetchval(since, key(sign_up_id)) == before


BAD = [
    ("topics", ["x" * 61], ["0"]),
    ("goals", "  ", []),
    ("experience", "x" * 2_001, []),
    ("languages", [], []),
    ("timeZone", "Mars/Olympus", []),
    ("capacity", 6, []),
    ("pausedUntil", "2026-03-02", []),
    ("pausedUntil", "1999-01-01", []),
]


@pytest.mark.parametrize(("name", "value", "rest"), BAD)
async def test_an_answer_that_is_none_is_refused_where_it_stands(
    community: Community, name: str, value: Any, rest: list[str]
) -> None:
    """Today, where Maya is, is no day to pause until."""
    clock = community.served.clock
    clock.now = clock.now.replace(year=2026, month=3, day=2, hour=23)
    here = await waiting(community)
    maya, offer = here.mentors[0]
    async with community.nothing_changes():
        error = await refused(maya, offer, **{"timeZone": "America/Lima"} | {name: value})
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", name, *rest])


async def test_only_its_owner_changes_a_sign_up_and_only_while_it_is_open(community: Community) -> None:
    here = await waiting(community)
    (maya, offer), (tom, _) = here.mentors[0], here.mentees[0]
    async with community.nothing_changes():
        refusals = [await refused(person, offer, capacity=2) for person in (tom, here.admin)]
        refusals.append(await refused(maya, "garbage", capacity=2))
        assert refusals == [refusals[0]] * 3
        assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", ["input", "signUpId"])
        assert (await refused(community.nobody, offer))["code"] == "UNAUTHENTICATED"
    await maya.do(WITHDRAW_SIGN_UP, input={"signUpId": offer})
    async with community.nothing_changes():
        error = await refused(maya, offer, capacity=2)
    assert error["code"] == "ILLEGAL_TRANSITION" and "WITHDRAWN" in error["message"]


async def test_nothing_is_changed_once_the_program_is_over_or_the_person_is_found_to_be_a_minor(
    community: Community,
) -> None:
    here = await waiting(community)
    (maya, offer), (tom, seek) = here.mentors[0], here.mentees[0]
    await here.admin.do(CREATE_MATCH, input=here.pair())
    minor = "UPDATE users SET birth_date = '2012-01-01' WHERE id = $1"
    await community.database.execute(minor, key(tom.id))
    async with community.nothing_changes():
        assert (await refused(tom, seek, goals="To play."))["code"] == "UNDERAGE"
    for state in ("RUNNING", "CLOSED"):
        await community.advance(here.admin, here.program, state)
    async with community.nothing_changes():
        error = await refused(maya, offer, capacity=2)
    assert error["code"] == "ILLEGAL_TRANSITION" and "CLOSED" in error["message"]
    assert await places(community, offer) == ("MATCHED", 1, 1), "nobody waits for what is over"


async def full(community: Community, mentees: int = 3, *, capacity: int = 2) -> Round:
    """A mentor whose places are taken, one mentee more than there are places waiting."""
    here = await waiting(community, mentees=mentees, capacity=capacity)
    for number in range(capacity):
        await here.admin.do(CREATE_MATCH, input=here.pair(mentee=number))
    return here


async def test_fewer_places_than_there_are_matches_end_nobody(community: Community) -> None:
    """Maya has two mentees and wants one: both stay; only once both places are free, one person may have one."""
    here = await full(community)
    (maya, offer), (tom, _), (nia, _) = here.mentors[0], *here.mentees[:2]
    made = await update(maya, offer, capacity=1)
    assert (made["state"], made["capacity"], made["openMatches"]) == ("MATCHED", 1, 2)
    await invariants(community.database, but=LOWERED)
    matches = "{ viewer { matches { edges { node { id state } } } } }"
    for person, state in ((tom, "MATCHED"), (nia, "WAITING")):
        (edge,) = (await person.do(matches))["matches"]["edges"]
        assert edge["node"]["state"] == "INTRODUCED"
        async with community.nothing_changes():
            error = await here.admin.refused(CREATE_MATCH, input=here.pair(mentee=2))
            assert error["code"] == "CAPACITY_REACHED"
        await person.do(END_MATCH, input={"matchId": edge["node"]["id"], "reason": "NO_TIME"})
        assert (await places(community, offer))[0] == state
    await here.admin.do(CREATE_MATCH, input=here.pair(mentee=2))
    await invariants(community.database)


async def test_a_mentor_whose_places_are_taken_can_still_take_one_more(community: Community) -> None:
    here = await full(community)
    maya, offer = here.mentors[0]
    async with community.nothing_changes():
        assert (await here.admin.refused(CREATE_MATCH, input=here.pair(mentee=2)))["code"] == "CAPACITY_REACHED"
    assert (await update(maya, offer, capacity=3))["state"] == "WAITING"
    await here.admin.do(CREATE_MATCH, input=here.pair(mentee=2))
    assert await places(community, offer) == ("MATCHED", 3, 3)
    await invariants(community.database)


@pytest.mark.parametrize(("before", "after"), [(3, 1), (3, 2), (1, 3), (2, 3)])
async def test_a_capacity_changed_while_matches_are_made_is_never_exceeded_by_one_made_after(
    community: Community, before: int, after: int
) -> None:
    """Maya takes more mentees or fewer while three clicks of an admin arrive: whoever came first holds."""
    here = await waiting(community, mentees=3, capacity=before)
    maya, offer = here.mentors[0]
    async with all_at_once(community, "sign_ups", 4):
        tasks = [
            asyncio.create_task(here.admin.ask(CREATE_MATCH, input=here.pair(mentee=number))) for number in range(3)
        ]
        tasks.insert(1, asyncio.create_task(maya.ask(UPDATE_SIGN_UP, input={"signUpId": offer, "capacity": after})))
    replies = await asyncio.gather(*tasks)
    errors = [error["code"] for reply in replies for each in reply["data"].values() for error in each["errors"]]
    assert set(errors) <= {"CAPACITY_REACHED"}
    state, kept, taken = await places(community, offer)
    assert (kept, taken) == (after, 3 - len(errors))
    assert 1 <= taken <= max(before, after)
    assert state == ("MATCHED" if taken >= after else "WAITING")
    await invariants(community.database, but=LOWERED if after < before else ())


async def test_what_is_changed_while_a_match_is_made_is_in_the_introduction_or_comes_too_late(
    community: Community,
) -> None:
    for _ in range(3):
        here = await waiting(community)
        (maya, _), (tom, seek) = here.mentors[0], here.mentees[0]
        async with all_at_once(community, "sign_ups", 2):
            making = asyncio.create_task(here.admin.ask(CREATE_MATCH, input=here.pair()))
            saying = asyncio.create_task(update(tom, seek, goals="To sing."))
        match = (await making)["data"]["createMatch"]["match"]
        assert (await saying)["goals"] == "To sing."
        space = "query($id: ID!) { match(id: $id) { space { introduction { text } } } }"
        text = (await maya.do(space, id=match["id"]))["space"]["introduction"]["text"]
        assert ("To sing." in text) != ("would like to price soap well" in text)
        assert await places(community, seek) == ("MATCHED", 1, 1)
        await invariants(community.database)


async def test_who_is_removed_while_changing_a_sign_up_ends_up_withdrawn(community: Community) -> None:
    here = await waiting(community)
    maya, offer = here.mentors[0]
    async with all_at_once(community, "sign_ups", 2):
        gone = {"groupId": here.group, "userId": maya.id}
        removing = asyncio.create_task(here.admin.ask(REMOVE_MEMBER, input=gone))
        saying = asyncio.create_task(maya.ask(UPDATE_SIGN_UP, input={"signUpId": offer, "capacity": 4}))
    await asyncio.gather(removing, saying)
    assert (await places(community, offer))[0] == "WITHDRAWN"
    await invariants(community.database)
