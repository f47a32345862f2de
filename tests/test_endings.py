"""Endings: what both hear, what stays private, where the sign-ups go, and no word after the last one."""

import asyncio
import json
from datetime import datetime
from typing import Any

import pytest

from tests.community import Community, Pair
from tests.documents import (
    CREATE_MATCH,
    CREATE_POST,
    END_MATCH,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    SPACE,
    VIEWER_ACTIVITY,
)
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rounds import SIGN_UP_OF, key, waiting
from tests.test_match_races import codes, until_waiting

PRIVATE = {"reason": "NOT_A_GOOD_FIT", "feedback": "We never found the time, and I felt judged."}
FIELDS = """{ types: __schema { types { name fields { name } } } }"""


async def queue(community: Community, pair: Pair) -> dict[str, tuple[str, int, datetime]]:
    """By role: the sign-up's state, how many places are taken, and its place in the queue."""
    rows = await community.database.fetch(
        "SELECT role, state, open_matches, waiting_since FROM sign_ups WHERE program_id = $1", key(pair.program)
    )
    return {row["role"]: (row["state"], row["open_matches"], row["waiting_since"]) for row in rows}


async def test_an_end_is_the_last_that_both_hear_and_nobody_is_named_for_it(community: Community) -> None:
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    given = {"matchId": pair.id} | PRIVATE
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentor.hears_events(MATCH_ACTIVITY, matchId=pair.id) as mayas_phone,
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom,
        pair.mentee.hears_events(MATCH_ACTIVITY, matchId=pair.id) as toms_phone,
        pair.mentor.hears(VIEWER_ACTIVITY) as mayas,
        pair.mentee.hears(VIEWER_ACTIVITY) as toms,
        pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as admin,
    ):
        everybody = (maya, mayas_phone, tom, toms_phone, mayas, toms, admin)
        await asyncio.gather(*(ears.silence(0.3) for ears in everybody))
        answer = await pair.mentee.do(END_MATCH, input=given)
        assert (answer["match"]["state"], answer["match"]["viewerRole"]) == ("ENDED", "MENTEE")
        assert answer["match"]["endedAt"]
        heard = [await ears.rest() for ears in (maya, mayas_phone, tom, toms_phone)]
        assert heard == [heard[0]] * 4
        own = [await mayas.next(), await toms.next()]
        notified = await mayas.next()
        told = [await admin.next() for _ in range(3)]
        await asyncio.gather(*(ears.silence() for ears in (mayas, toms, admin)))
    (end,) = heard[0]
    assert notified["notification"]["kind"] == "MATCH_ENDED", "Tom knows"
    for event in (end, *own, *told, notified):
        assert event["actor"] is None, "whoever ended it is not named"
    for event in (end, *own):
        assert (event["__typename"], event["match"]["id"], event["match"]["state"]) == (
            "MatchChanged",
            pair.id,
            "ENDED",
        )
    assert sorted(event["__typename"] for event in told) == ["MatchChanged", "SignUpChanged", "SignUpChanged"]

    seen = [await person.do(SPACE, id=pair.id) for person in (pair.mentor, pair.mentee, pair.admin)]
    assert [each["state"] for each in seen] == ["ENDED"] * 3
    assert [edge["node"]["body"] for edge in seen[0]["space"]["thread"]["posts"]["edges"]] == ["Hello"]
    said = json.dumps([answer, heard, own, notified, told, seen])
    assert PRIVATE["reason"] not in said and PRIVATE["feedback"] not in said
    await invariants(community.database)


async def test_no_type_has_a_field_that_would_tell_why_or_by_whom_a_match_was_ended(community: Community) -> None:
    pair = await community.pair()
    types = {each["name"]: each["fields"] for each in (await pair.mentor.do(FIELDS))["types"]}
    for name in ("Match", "PairSpace", "SignUp", "MatchChanged", "EndMatchPayload"):
        fields = {each["name"].lower() for each in types[name]} - {"waitingreason"}
        assert fields and not any(word in field for field in fields for word in ("reason", "feedback", "endedby"))
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id} | PRIVATE)
    row = await community.database.fetchrow(
        "SELECT end_reason, end_feedback, ended_by_id FROM matches WHERE id = $1", key(pair.id)
    )
    assert tuple(row) == (*PRIVATE.values(), key(pair.mentor.id)), "it is kept all the same"


@pytest.mark.parametrize(("choice", "left"), [({}, "WAITING"), ({"backToQueue": False}, "WITHDRAWN")])
async def test_who_ends_goes_back_to_the_old_place_in_the_queue_or_leaves_it(
    community: Community, choice: dict[str, Any], left: str
) -> None:
    pair = await community.pair()
    before = await queue(community, pair)
    assert [state for state, *_ in before.values()] == ["MATCHED", "MATCHED"]
    community.served.clock.advance(minutes=5)
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"} | choice)
    after = await queue(community, pair)
    assert after["MENTEE"] == (left, 0, before["MENTEE"][2])
    assert after["MENTOR"] == ("WAITING", 0, before["MENTOR"][2]), "the partner's place is kept in any case"
    await invariants(community.database)


async def test_a_place_that_is_free_again_is_given_to_the_next(community: Community) -> None:
    here = await waiting(community, 1, 3, capacity=2)
    first, _ = [(await here.admin.do(CREATE_MATCH, input=here.pair(0, each)))["match"]["id"] for each in (0, 1)]
    (maya, offers), (tom, _) = here.mentors[0], here.mentees[0]
    assert (await here.admin.refused(CREATE_MATCH, input=here.pair(0, 2)))["code"] == "CAPACITY_REACHED"
    await tom.do(END_MATCH, input={"matchId": first, "reason": "OTHER"})
    assert await maya.do(SIGN_UP_OF, id=offers) == {"state": "WAITING", "openMatches": 1}
    await here.admin.do(CREATE_MATCH, input=here.pair(0, 2))
    assert await maya.do(SIGN_UP_OF, id=offers) == {"state": "MATCHED", "openMatches": 2}
    await invariants(community.database)


async def test_in_a_program_that_has_closed_nobody_goes_back_to_wait(community: Community) -> None:
    pair = await community.pair()
    for state in ("RUNNING", "CLOSED"):
        await community.advance(pair.admin, pair.program, state)
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    assert [state for state, *_ in (await queue(community, pair)).values()] == ["EXPIRED", "EXPIRED"]


async def test_only_the_two_end_a_match_and_only_once(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    given = {"matchId": pair.id, "reason": "OTHER"}
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.1)
        async with community.nothing_changes():
            refusals = [await person.refused(END_MATCH, input=given) for person in (pair.admin, other.mentor)]
            refusals.append(await pair.mentor.refused(END_MATCH, input=given | {"matchId": "garbage"}))
            assert refusals == [refusals[0]] * 3
            assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", ["input", "matchId"])
            assert (await community.nobody.refused(END_MATCH, input=given))["code"] == "UNAUTHENTICATED"
            for feedback in ("x" * 2_001, "nul \x00 byte"):
                error = await pair.mentor.refused(END_MATCH, input=given | {"feedback": feedback})
                assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "feedback"])
        await tom.silence()
    await pair.mentor.do(END_MATCH, input=given)
    async with community.nothing_changes():
        for person in (pair.mentor, pair.mentee):
            error = await person.refused(END_MATCH, input=given | {"backToQueue": False})
            assert (error["code"], error["path"]) == ("READ_ONLY", ["input", "matchId"])


async def test_when_both_end_it_at_the_same_moment_it_ends_once(community: Community) -> None:
    pair = await community.pair()
    given = {"matchId": pair.id, "reason": "OTHER"}
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.1)
        async with all_at_once(community, "matches", 2):
            tasks = [asyncio.create_task(each.ask(END_MATCH, input=given)) for each in (pair.mentor, pair.mentee)]
        assert codes(await asyncio.gather(*tasks)) == {"": 1, "READ_ONLY": 1}
        assert len(await maya.rest()) == 1
    assert [taken for _, taken, _ in (await queue(community, pair)).values()] == [0, 0]
    await invariants(community.database)


async def test_the_same_two_may_be_paired_again_in_a_new_space(community: Community) -> None:
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"})
    given = {"mentorSignUpId": pair.sign_ups["MENTOR"], "menteeSignUpId": pair.sign_ups["MENTEE"]}
    again = (await pair.admin.do(CREATE_MATCH, input=given))["match"]
    assert again["id"] != pair.id and again["state"] == "INTRODUCED"
    spaces = [(await pair.mentee.do(SPACE, id=id_))["space"] for id_ in (pair.id, again["id"])]
    assert [len(space["thread"]["posts"]["edges"]) for space in spaces] == [1, 0]
    assert (await pair.mentor.refused(CREATE_POST, input={"matchId": pair.id, "body": "Hi"}))["code"] == "READ_ONLY"
    await pair.mentor.do(CREATE_POST, input={"matchId": again["id"], "body": "Hello again"})
    await invariants(community.database)


async def test_no_post_comes_after_the_last_number(community: Community) -> None:
    """Both write while one ends it: what came in time is in the thread and was heard, the rest was refused."""
    for place in (0, 1, 4):
        pair = await community.pair()
        async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
            await maya.silence(0.1)
            acts = [(CREATE_POST, {"matchId": pair.id, "body": f"Post {number}"}) for number in range(8)]
            acts.insert(place, (END_MATCH, {"matchId": pair.id, "reason": "OTHER"}))
            tasks = []
            async with all_at_once(community, "matches", len(acts)):
                for number, (document, given) in enumerate(acts, start=1):
                    person = (pair.mentor, pair.mentee)[number % 2]
                    tasks.append(asyncio.create_task(person.ask(document, input=given)))
                    await until_waiting(community, number)
            done = codes(await asyncio.gather(*tasks))
            heard = await maya.rest()
        # Who has come first has the row first; the others are let go in any order.
        assert done[""] == 1 if place == 0 else done[""] >= 2
        assert done[""] + done["READ_ONLY"] == len(acts)
        written = [event["post"]["body"] for event in heard if event["__typename"] == "PostAdded"]
        assert len(written) == done[""] - 1, "the end was done as well"
        assert (heard[-1]["__typename"], heard[-1]["match"]["state"], heard[-1]["actor"]) == (
            "MatchChanged",
            "ENDED",
            None,
        )
        thread = (await pair.mentee.do(SPACE, id=pair.id))["space"]["thread"]["posts"]["edges"]
        assert [edge["node"]["body"] for edge in thread] == written[::-1]
        late = "SELECT count(*) FROM posts JOIN matches ON matches.id = match_id WHERE number >= activity_head"
        assert await community.database.fetchval(f"{late} AND match_id = $1", key(pair.id)) == 0
        await invariants(community.database)
