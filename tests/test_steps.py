"""Steps: who completes them by their rule, what opens next, leaving one out, and going back to one."""

import asyncio
from typing import Any

import pytest

from tests.community import Community, Pair
from tests.documents import COMPLETE_STEP, END_MATCH, MATCH_ACTIVITY, REOPEN_STEP, SKIP_STEP, SPACE
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rounds import key

BOTH, ALSO_BOTH, EITHER, MENTEE = range(4)
"""The first steps of the template that pairs work by here, named by their rules."""


async def steps_of(pair: Pair) -> list[dict[str, Any]]:
    return (await pair.mentor.do(SPACE, id=pair.id))["space"]["steps"]


async def at_step(community: Community, number: int) -> tuple[Pair, dict[str, Any], dict[str, Any]]:
    """A pair that has come to a step, with this step and the next."""
    pair = await community.pair()
    await community.database.execute(
        "UPDATE step_progress SET state = 'DONE' WHERE match_id = $1 AND position <= $2", key(pair.id), number
    )
    await community.database.execute(
        "UPDATE step_progress SET state = 'OPEN' WHERE match_id = $1 AND position = $2 + 1", key(pair.id), number
    )
    steps = await steps_of(pair)
    assert [step["rule"] for step in steps[:4]] == ["BOTH", "BOTH", "EITHER", "MENTEE"]
    return pair, {"stepProgressId": steps[number]["id"]}, {"stepProgressId": steps[number + 1]["id"]}


async def test_a_step_for_both_is_done_when_both_have_said_so_and_then_the_next_opens(community: Community) -> None:
    pair, meet, following = await at_step(community, BOTH)
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.2)
        step = (await pair.mentor.do(COMPLETE_STEP, input=meet))["stepProgress"]
        assert (step["state"], step["doneByMenteeAt"]) == ("DONE_BY_ONE", None) and step["doneByMentorAt"]
        heard = await tom.next()
        assert (heard["__typename"], heard["actor"]["id"]) == ("StepProgressed", pair.mentor.id)
        assert (heard["stepProgress"]["id"], heard["stepProgress"]["state"]) == (meet["stepProgressId"], "DONE_BY_ONE")

        async with community.nothing_changes():
            assert (await pair.mentor.do(COMPLETE_STEP, input=meet))["stepProgress"] == step, "again changes nothing"
            error = await pair.mentee.refused(COMPLETE_STEP, input=following)
            assert error["code"] == "ILLEGAL_TRANSITION"
        await tom.silence()

        step = (await pair.mentee.do(COMPLETE_STEP, input=meet))["stepProgress"]
        assert step["state"] == "DONE" and step["doneByMentorAt"] and step["doneByMenteeAt"]
        heard = [await tom.next(), await tom.next()]
        assert [(each["stepProgress"]["position"], each["stepProgress"]["state"]) for each in heard] == [
            (1, "DONE"),
            (2, "OPEN"),
        ]
        async with community.nothing_changes():
            for person in (pair.mentor, pair.mentee):
                assert (await person.do(COMPLETE_STEP, input=meet))["stepProgress"] == step
        await tom.silence()
    assert [each["state"] for each in await steps_of(pair)] == ["DONE", "OPEN"] + ["LOCKED"] * 6
    assert (await pair.mentor.do(SPACE, id=pair.id))["state"] == "INTRODUCED", "a step is no word"


@pytest.mark.parametrize("role", ["mentor", "mentee"])
async def test_a_step_for_either_is_done_when_one_has_said_so(community: Community, role: str) -> None:
    pair, given, _ = await at_step(community, EITHER)
    step = (await getattr(pair, role).do(COMPLETE_STEP, input=given))["stepProgress"]
    assert step["state"] == "DONE"
    assert [name for name in ("mentor", "mentee") if step[f"doneBy{name.title()}At"]] == [role]
    async with community.nothing_changes():
        for person in (pair.mentor, pair.mentee):
            assert (await person.do(COMPLETE_STEP, input=given))["stepProgress"] == step
    assert [each["state"] for each in await steps_of(pair)][EITHER:][:3] == ["DONE", "OPEN", "LOCKED"]


async def test_a_step_of_the_mentee_is_not_the_mentors_to_complete(community: Community) -> None:
    pair, given, _ = await at_step(community, MENTEE)
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.1)
        async with community.nothing_changes():
            error = await pair.mentor.refused(COMPLETE_STEP, input=given)
        assert (error["code"], error["path"]) == ("FORBIDDEN", ["input", "stepProgressId"])
        await tom.silence()
    step = (await pair.mentee.do(COMPLETE_STEP, input=given))["stepProgress"]
    assert (step["state"], step["doneByMentorAt"]) == ("DONE", None) and step["doneByMenteeAt"]


async def test_a_locked_step_is_neither_completed_nor_reopened(community: Community) -> None:
    pair, meet, following = await at_step(community, BOTH)
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.1)
        async with community.nothing_changes():
            for document, given, state, allowed in (
                (COMPLETE_STEP, following, "LOCKED", "OPEN or DONE_BY_ONE"),
                (REOPEN_STEP, following, "LOCKED", "DONE_BY_ONE, DONE or SKIPPED"),
                (REOPEN_STEP, meet, "OPEN", "DONE_BY_ONE, DONE or SKIPPED"),
            ):
                error = await pair.mentor.refused(document, input=given)
                assert (error["code"], error["path"]) == ("ILLEGAL_TRANSITION", ["input", "stepProgressId"])
                assert f"is {state}" in error["message"] and allowed in error["message"]
        await tom.silence()


async def test_a_step_is_opened_again_and_done_again(community: Community) -> None:
    """Tom thinks that they are not through yet; what has opened since stays open, and is told once only."""
    pair, given, _ = await at_step(community, EITHER)
    await pair.mentor.do(COMPLETE_STEP, input=given)
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.2)
        step = (await pair.mentee.do(REOPEN_STEP, input=given))["stepProgress"]
        assert (step["state"], step["doneByMentorAt"], step["doneByMenteeAt"]) == ("OPEN", None, None)
        heard = await maya.next()
        assert (heard["stepProgress"]["state"], heard["actor"]["id"]) == ("OPEN", pair.mentee.id)
        assert (await pair.mentee.do(COMPLETE_STEP, input=given))["stepProgress"]["state"] == "DONE"
        assert (await maya.next())["stepProgress"]["state"] == "DONE"
        await maya.silence()
    assert [each["state"] for each in await steps_of(pair)][EITHER:][:3] == ["DONE", "OPEN", "LOCKED"]


async def test_one_takes_back_what_only_one_has_said(community: Community) -> None:
    pair, meet, _ = await at_step(community, BOTH)
    await pair.mentor.do(COMPLETE_STEP, input=meet)
    assert (await pair.mentor.do(REOPEN_STEP, input=meet))["stepProgress"]["state"] == "OPEN"
    assert (await pair.mentee.do(COMPLETE_STEP, input=meet))["stepProgress"]["state"] == "DONE_BY_ONE"


@pytest.mark.parametrize(("number", "role"), [(BOTH, "mentor"), (EITHER, "mentee"), (MENTEE, "mentor")])
async def test_either_of_the_two_leaves_a_step_out_and_the_other_sees_it(
    community: Community, number: int, role: str
) -> None:
    """Whatever its rule. The next one opens, and skipping it again changes nothing."""
    pair, given, _ = await at_step(community, number)
    person, partner = (pair.mentor, pair.mentee) if role == "mentor" else (pair.mentee, pair.mentor)
    async with partner.hears(MATCH_ACTIVITY, matchId=pair.id) as ears:
        await ears.silence(0.2)
        step = (await person.do(SKIP_STEP, input=given))["stepProgress"]
        assert (step["state"], step["doneByMentorAt"], step["doneByMenteeAt"]) == ("SKIPPED", None, None)
        heard = [await ears.next(), await ears.next()]
        assert [each["actor"]["id"] for each in heard] == [person.id] * 2
        assert [each["stepProgress"]["state"] for each in heard] == ["SKIPPED", "OPEN"]
        async with community.nothing_changes():
            for each in (pair.mentor, pair.mentee):
                assert (await each.do(SKIP_STEP, input=given))["stepProgress"] == step
        await ears.silence()
    assert [each["state"] for each in await steps_of(pair)][number:][:3] == ["SKIPPED", "OPEN", "LOCKED"]


async def test_a_step_that_was_left_out_is_opened_again_and_done(community: Community) -> None:
    """Maya leaves out what Tom has done already. He opens it again, and then both do it."""
    pair, meet, _ = await at_step(community, BOTH)
    await pair.mentee.do(COMPLETE_STEP, input=meet)
    step = (await pair.mentor.do(SKIP_STEP, input=meet))["stepProgress"]
    assert step["state"] == "SKIPPED" and step["doneByMenteeAt"]
    async with community.nothing_changes():
        error = await pair.mentee.refused(COMPLETE_STEP, input=meet)
    assert (error["code"], "is SKIPPED" in error["message"]) == ("ILLEGAL_TRANSITION", True)
    step = (await pair.mentee.do(REOPEN_STEP, input=meet))["stepProgress"]
    assert (step["state"], step["doneByMenteeAt"]) == ("OPEN", None)
    for person in (pair.mentor, pair.mentee):
        await person.do(COMPLETE_STEP, input=meet)
    assert [each["state"] for each in await steps_of(pair)][:3] == ["DONE", "OPEN", "LOCKED"]


async def test_what_is_locked_or_done_is_not_left_out(community: Community) -> None:
    pair, given, following = await at_step(community, EITHER)
    locked = {"stepProgressId": (await steps_of(pair))[MENTEE + 1]["id"]}
    await pair.mentor.do(COMPLETE_STEP, input=given)
    async with community.nothing_changes():
        for each, state in ((given, "DONE"), (locked, "LOCKED")):
            error = await pair.mentee.refused(SKIP_STEP, input=each)
            assert (error["code"], error["path"]) == ("ILLEGAL_TRANSITION", ["input", "stepProgressId"])
            assert f"is {state}" in error["message"] and "OPEN or DONE_BY_ONE" in error["message"]
    assert (await pair.mentee.do(SKIP_STEP, input=following))["stepProgress"]["state"] == "SKIPPED"


async def test_one_does_a_step_while_the_other_leaves_it_out(community: Community) -> None:
    """Whoever comes first: it is over once, the next one opens once, and the other is told how it stands or agrees."""
    for _ in range(3):
        pair, given, following = await at_step(community, EITHER)
        async with all_at_once(community, "matches", 2):
            tasks = [
                asyncio.create_task(pair.mentor.ask(COMPLETE_STEP, input=given)),
                asyncio.create_task(pair.mentee.ask(SKIP_STEP, input=given)),
            ]
        answers = await asyncio.gather(*tasks)
        refused = [error["code"] for each in answers for value in each["data"].values() for error in value["errors"]]
        assert refused == ["ILLEGAL_TRANSITION"]
        states = [each["state"] for each in await steps_of(pair)][EITHER:][:3]
        assert states[0] in ("DONE", "SKIPPED") and states[1:] == ["OPEN", "LOCKED"]
        logged = "SELECT count(*) FROM activity WHERE stream_id = $1 AND subject_id = $2"
        assert await community.database.fetchval(logged, key(pair.id), key(following["stepProgressId"])) == 1
        await invariants(community.database)


async def test_nothing_opens_after_the_last_step(community: Community) -> None:
    pair = await community.pair()
    unlock = "UPDATE step_progress SET state = 'OPEN' WHERE match_id = $1 AND position = 8"
    await community.database.execute(unlock, key(pair.id))
    farewell = {"stepProgressId": (await steps_of(pair))[7]["id"]}
    await pair.mentor.do(COMPLETE_STEP, input=farewell)
    assert (await pair.mentee.do(COMPLETE_STEP, input=farewell))["stepProgress"]["state"] == "DONE"
    assert [step["state"] for step in await steps_of(pair)] == ["OPEN"] + ["LOCKED"] * 6 + ["DONE"]


@pytest.mark.parametrize("number", [BOTH, EITHER])
async def test_both_complete_a_step_at_the_same_moment(community: Community, number: int) -> None:
    """Both mean the same: it is done once, and the next one opens once."""
    kinds = "SELECT count(*) FROM activity WHERE stream_id = $1 AND subject_id = $2"
    for _ in range(2):
        pair, given, following = await at_step(community, number)
        async with all_at_once(community, "matches", 4):
            tasks = [
                asyncio.create_task(person.do(COMPLETE_STEP, input=given))
                for person in (pair.mentor, pair.mentee, pair.mentor, pair.mentee)
            ]
        await asyncio.gather(*tasks)
        states = [each["state"] for each in await steps_of(pair)]
        assert states[number : number + 3] == ["DONE", "OPEN", "LOCKED"]
        logged = [
            await community.database.fetchval(kinds, key(pair.id), key(each["stepProgressId"]))
            for each in (given, following)
        ]
        assert logged == [2 if number == BOTH else 1, 1]
        await invariants(community.database)


async def test_nobody_else_reaches_a_pairs_steps_and_nobody_changes_them_after_the_end(community: Community) -> None:
    pair, meet, _ = await at_step(community, BOTH)
    other = await community.pair("Nia", "Olu")
    async with community.nothing_changes():
        for document in (COMPLETE_STEP, SKIP_STEP, REOPEN_STEP):
            refusals = [await person.refused(document, input=meet) for person in (pair.admin, other.mentor)]
            refusals.append(await other.mentor.refused(document, input={"stepProgressId": pair.id}))
            assert refusals == [refusals[0]] * 3
            assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", ["input", "stepProgressId"])
            assert (await community.nobody.refused(document, input=meet))["code"] == "UNAUTHENTICATED"
    await pair.mentor.do(COMPLETE_STEP, input=meet)
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "OTHER"})
    async with community.nothing_changes():
        for document in (COMPLETE_STEP, SKIP_STEP, REOPEN_STEP):
            for person in (pair.mentor, pair.mentee):
                assert (await person.refused(document, input=meet))["code"] == "READ_ONLY"
    assert (await steps_of(pair))[0]["state"] == "DONE_BY_ONE", "it can still be read"
