"""Completion: offered when no step is left, said by each for himself, taken back, and agreed with a farewell."""

import asyncio
from typing import Any

import pytest

from schema.node import parse_id
from tests.community import Community, Pair
from tests.documents import (
    COMPLETE_MATCH,
    COMPLETE_STEP,
    CREATE_MATCH,
    CREATE_POST,
    END_MATCH,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    PROGRESS,
    REMOVE_MEMBER,
    REOPEN_STEP,
    SKIP_STEP,
    SPACE,
    WITHDRAW_COMPLETION,
)
from tests.falling_due import id_of
from tests.invariants import invariants
from tests.scenes import strangers
from tests.servers import Served
from tests.test_notifications import told
from tests.weekly import go_by, pause, space_of, states_of, steps_of, under_way


def said(space: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the viewer has said it, and whether the partner has."""
    return space["completion"]["saidByViewer"], space["completion"]["saidByPartner"]


async def all_but_one_left_out(pair: Pair) -> dict[str, str]:
    """The two have left out all steps but the last one, which is open."""
    *before, last = await steps_of(pair)
    for step in before:
        await pair.mentee.do(SKIP_STEP, input={"stepProgressId": step["id"]})
    return {"stepProgressId": last["id"]}


async def test_the_last_step_done_offers_to_complete_and_forces_nothing(community: Community) -> None:
    """Both are told. A step opened again takes the offer back, and done again renews it."""
    pair = await under_way(community)
    last = await all_but_one_left_out(pair)
    assert not (await space_of(pair.mentor, pair))["completion"]["offered"]
    before = (await told(pair.mentor)).kinds
    for person in (pair.mentor, pair.mentee):
        await person.do(COMPLETE_STEP, input=last)
    for person in (pair.mentor, pair.mentee):
        space = await space_of(person, pair)
        assert (space["completion"]["offered"], said(space), space["farewell"]) == (True, (False, False), None)
        newest = (await told(person)).nodes[0]
        assert (newest["kind"], newest["subject"]["id"]) == ("STEPS_FINISHED", pair.id)
    assert (await told(pair.mentor)).kinds == ["STEPS_FINISHED", *before]
    assert (await pair.mentor.do(PROGRESS, id=pair.id))["state"] == "ACTIVE"
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Shall we go on for a while?"})
    await pair.mentee.do(REOPEN_STEP, input=last)
    assert not (await space_of(pair.mentor, pair))["completion"]["offered"]
    for person in (pair.mentor, pair.mentee):
        await person.do(COMPLETE_STEP, input=last)
    assert (await space_of(pair.mentor, pair))["completion"]["offered"]
    assert (await told(pair.mentee)).kinds.count("STEPS_FINISHED") == 1, "as long as the first is unread"


async def test_the_last_step_left_out_offers_it_as_well(community: Community) -> None:
    """A step that was left out is not in the way: of seven steps seven are done."""
    pair = await under_way(community)
    first, *rest = await steps_of(pair)
    for step in rest:
        await community.database.execute("UPDATE step_progress SET state = 'DONE' WHERE id = $1", id_of(step["id"]))
    await pair.mentor.do(SKIP_STEP, input={"stepProgressId": first["id"]})
    space = await space_of(pair.mentee, pair)
    assert space["progress"] == {"done": 7, "total": 7, "skipped": 1, "week": 1, "weeks": 8}
    assert space["completion"]["offered"]
    assert (await told(pair.mentee)).kinds[0] == "STEPS_FINISHED"


async def test_one_says_it_and_the_other_agrees(served: Served, community: Community) -> None:
    """Tom says that they are done. Maya hears it at once, and agrees a day later: the match is COMPLETED for both."""
    pair = await under_way(community)
    await go_by(served, pair, days=20)
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.2)
        match = (await pair.mentee.do(COMPLETE_MATCH, input={"matchId": pair.id}))["match"]
        assert (match["state"], said(match["space"]), match["space"]["farewell"]) == ("ACTIVE", (True, False), None)
        heard = await maya.next()
        assert (heard["__typename"], heard["actor"]["id"], heard["match"]["state"]) == (
            "MatchChanged",
            pair.mentee.id,
            "ACTIVE",
        )
    assert said(await space_of(pair.mentor, pair)) == (False, True)
    newest = (await told(pair.mentor)).nodes[0]
    assert (newest["kind"], newest["subject"]["id"]) == ("COMPLETION_PROPOSED", pair.id)
    async with community.nothing_changes():
        assert (await pair.mentee.do(COMPLETE_MATCH, input={"matchId": pair.id}))["match"] == match, "once is enough"

    await go_by(served, pair, days=1)
    async with (
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom,
        pair.mentor.hears_events(MATCH_ACTIVITY, matchId=pair.id) as maya,
    ):
        await asyncio.gather(tom.silence(0.2), maya.silence(0.2))
        match = (await pair.mentor.do(COMPLETE_MATCH, input={"matchId": pair.id}))["match"]
        assert match["state"] == "COMPLETED" and match["endedAt"]
        for ears in (tom, maya):
            (end,) = await ears.rest()
            assert (end["match"]["state"], end["actor"]) == ("COMPLETED", None), "the last of the stream"
    farewell = (await space_of(pair.mentee, pair))["farewell"]
    assert farewell == (await space_of(pair.mentor, pair))["farewell"] == match["space"]["farewell"]
    for words in ("Maya and Tom", "Spring round", "It took you 4 weeks", "> Tom would like to price soap well"):
        assert words in farewell
    newest = (await told(pair.mentee)).nodes[0]
    assert (newest["kind"], newest["subject"]["id"]) == ("MATCH_COMPLETED", pair.id)
    assert (await told(pair.mentor)).kinds[0] == "COMPLETION_PROPOSED", "who completes it knows"
    await invariants(community.database)


async def test_the_farewell_counts_what_they_did_and_shows_names_as_they_are(community: Community) -> None:
    """A name that looks like Markdown is a name, and a first week is a week."""
    pair = await under_way(community, mentor="*Maya* <b>", mentee="[Tom](https://example.org)", title="_Soap_")
    first = (await steps_of(pair))[0]["id"]
    for person in (pair.mentor, pair.mentee):
        await person.do(COMPLETE_STEP, input={"stepProgressId": first})
    for person in (pair.mentor, pair.mentee):
        await person.do(COMPLETE_MATCH, input={"matchId": pair.id})
    farewell = (await space_of(pair.mentor, pair))["farewell"]
    assert r"\*Maya\* \<b\>" in farewell and r"\[Tom\]\(https" in farewell and r"\_Soap\_" in farewell
    assert "It took you a week, and you did one step together." in farewell


async def test_who_said_it_takes_it_back_until_the_other_agrees(community: Community) -> None:
    pair = await under_way(community)
    given = {"matchId": pair.id}
    await pair.mentee.do(COMPLETE_MATCH, input=given)
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.2)
        async with community.nothing_changes():
            await pair.mentor.do(WITHDRAW_COMPLETION, input=given)
            assert said(await space_of(pair.mentor, pair)) == (False, True), "what Tom said is Tom's to take back"
        match = (await pair.mentee.do(WITHDRAW_COMPLETION, input=given))["match"]
        assert (match["state"], said(match["space"])) == ("ACTIVE", (False, False))
        assert (await maya.next())["actor"]["id"] == pair.mentee.id
    await pair.mentor.do(COMPLETE_MATCH, input=given)
    assert (await pair.mentor.do(PROGRESS, id=pair.id))["state"] == "ACTIVE", "Tom has to say so anew"
    await pair.mentee.do(COMPLETE_MATCH, input=given)
    async with community.nothing_changes():
        for document in (COMPLETE_MATCH, WITHDRAW_COMPLETION):
            assert (await pair.mentee.refused(document, input=given))["code"] == "READ_ONLY"


async def test_a_pair_that_has_not_begun_has_nothing_to_complete_and_a_paused_one_has(
    served: Served, community: Community
) -> None:
    fresh = await community.pair()
    async with community.nothing_changes():
        for document in (COMPLETE_MATCH, WITHDRAW_COMPLETION):
            error = await fresh.mentor.refused(document, input={"matchId": fresh.id})
            assert (error["code"], error["path"]) == ("ILLEGAL_TRANSITION", ["input", "matchId"])
            assert "INTRODUCED" in error["message"] and "ACTIVE, PAUSED" in error["message"]
    assert not (await space_of(fresh.mentor, fresh))["completion"]["offered"]
    pair = await under_way(community)
    await pause(community, pair, served.clock.now)
    for person in (pair.mentor, pair.mentee):
        await person.do(COMPLETE_MATCH, input={"matchId": pair.id})
    assert (await pair.mentor.do(PROGRESS, id=pair.id))["state"] == "COMPLETED"


async def test_what_is_complete_can_be_read_and_not_changed(community: Community) -> None:
    pair = await under_way(community)
    step = {"stepProgressId": (await steps_of(pair))[0]["id"]}
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "It was a pleasure."})
    for person in (pair.mentor, pair.mentee):
        await person.do(COMPLETE_MATCH, input={"matchId": pair.id})
    async with community.nothing_changes():
        for document, given in (
            (CREATE_POST, {"matchId": pair.id, "body": "One more thing"}),
            (COMPLETE_STEP, step),
            (SKIP_STEP, step),
            (END_MATCH, {"matchId": pair.id, "reason": "OTHER"}),
        ):
            assert (await pair.mentee.refused(document, input=given))["code"] == "READ_ONLY"
    (edge,) = (await pair.mentee.do(SPACE, id=pair.id))["space"]["thread"]["posts"]["edges"]
    assert edge["node"]["body"] == "It was a pleasure."
    assert await states_of(pair) == "OLLLLLLL", "nothing was forced"


@pytest.mark.parametrize(("closed", "state"), [(False, "WAITING"), (True, "EXPIRED")])
async def test_both_sign_ups_go_where_any_end_takes_them(community: Community, closed: bool, state: str) -> None:
    """Back to the queue, or nowhere once the program is closed; and the two may be matched again."""
    pair = await under_way(community)
    for each in ("RUNNING", "CLOSED") if closed else ():
        await community.advance(pair.admin, pair.program, each)
    async with pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as ada:
        await ada.silence(0.2)
        await pair.mentee.do(COMPLETE_MATCH, input={"matchId": pair.id})
        await ada.silence()  # what only one has said is no state of the match
        await pair.mentor.do(COMPLETE_MATCH, input={"matchId": pair.id})
        heard = [await ada.next() for _ in range(3)]
    assert sorted(each["__typename"] for each in heard) == ["MatchChanged", "SignUpChanged", "SignUpChanged"]
    assert [each["match"]["state"] for each in heard if "match" in each] == ["COMPLETED"]
    rows = await community.database.fetch(
        "SELECT state, open_matches FROM sign_ups WHERE program_id = $1", parse_id(pair.program)[1]
    )
    assert [tuple(row) for row in rows] == [(state, 0)] * 2
    if not closed:
        given = {"mentorSignUpId": pair.sign_ups["MENTOR"], "menteeSignUpId": pair.sign_ups["MENTEE"]}
        await pair.admin.do(CREATE_MATCH, input=given)
    await invariants(community.database)


async def test_nobody_else_completes_a_match_or_learns_how_far_it_is(community: Community) -> None:
    """To an outsider there is no such match; an admin sees its state, and nothing of what is between the two."""
    pair = await under_way(community)
    await pair.mentee.do(COMPLETE_MATCH, input={"matchId": pair.id})
    everybody = await strangers(community, pair)
    async with community.nothing_changes():
        for person in everybody:
            code = "UNAUTHENTICATED" if person.token is None else "NOT_FOUND"
            for document in (COMPLETE_MATCH, WITHDRAW_COMPLETION):
                for match_id in (pair.id, pair.program):
                    error = await person.refused(document, input={"matchId": match_id})
                    assert (error["code"], person.token and error["path"]) in (
                        (code, person.token and ["input", "matchId"]),
                        ("NOT_FOUND", None),
                    )
    for person in everybody:
        seen = await person.do(PROGRESS, id=pair.id)
        assert seen == ({"state": "ACTIVE", "endedAt": None, "space": None} if person is pair.admin else None)


async def test_who_was_removed_reads_the_farewell_no_more(community: Community) -> None:
    """An ordinary completion stays readable; the right to a space that was cut ends with all that is in it."""
    pair = await under_way(community)
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentee.id})
    assert (await pair.mentor.do(PROGRESS, id=pair.id))["state"] == "ENDED"
    assert await pair.mentee.do(PROGRESS, id=pair.id) is None
    async with community.nothing_changes():
        assert (await pair.mentee.refused(COMPLETE_MATCH, input={"matchId": pair.id}))["code"] == "NOT_FOUND"
