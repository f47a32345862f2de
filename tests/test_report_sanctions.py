"""What a decision does to an account or a group, and two decisions at once."""

import asyncio

import pytest

from tests.community import Community
from tests.decisions import audited, outcome
from tests.documents import (
    CREATE_PROGRAM,
    DECIDE_REPORT,
    END_MATCH,
    JOIN_GROUP,
    MATCH_ACTIVITY,
    SET_GROUP_ROLE,
    SPACE,
    TRIAGE_REPORT,
    VIEWER_ACTIVITY,
)
from tests.falling_due import id_of
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.reporting import decide, moderator, queue, report, written

VIEWER = "{ viewer { email } }"


async def test_who_is_banned_from_the_group_is_out_and_stays_out(community: Community) -> None:
    here = await written(community)
    pair = here.pair
    report_id = await report(pair.mentee, here.post)
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as ears:
        await ears.silence(0.2)
        await decide(pair.admin, report_id, "BAN_FROM_GROUP")
        await ears.rest()
    assert await pair.mentor.do("query($id: ID!) { node(id: $id) { id } }", id=pair.id) is None
    assert (await pair.mentor.refused(JOIN_GROUP, input={"groupId": pair.group}))["code"] == "NOT_AVAILABLE"
    assert (await pair.mentee.do(SPACE, id=pair.id))["state"] == "ENDED"
    assert "acted" in await outcome(pair.mentee)
    await invariants(community.database)


async def test_the_last_admin_is_not_banned_before_there_is_another(community: Community) -> None:
    """A moderator would leave the group without anybody to run it: he is told what to do first."""
    tom, ada = await community.people("Tom", "Ada")
    await community.group(ada, tom)
    mona = await moderator(community)
    report_id = await report(tom, ada.id, "MODERATOR")
    await mona.do(TRIAGE_REPORT, input={"reportId": report_id})
    async with community.nothing_changes():
        error = await mona.refused(DECIDE_REPORT, input={"reportId": report_id, "decision": "BAN_FROM_GROUP"})
    assert (error["code"], error["path"]) == ("CONFLICT", ["input", "decision"])


async def test_a_moderator_suspends_an_account_and_an_admin_may_not(community: Community) -> None:
    here = await written(community)
    mona = await moderator(community)
    report_id = await report(here.pair.mentee, here.post, "GROUP_ADMIN", "MODERATOR")
    await here.pair.admin.do(TRIAGE_REPORT, input={"reportId": report_id})
    given = {"reportId": report_id, "decision": "SUSPEND_ACCOUNT"}
    async with community.nothing_changes():
        error = await here.pair.admin.refused(DECIDE_REPORT, input=given)
        assert (error["code"], error["path"]) == ("FORBIDDEN", ["input", "decision"])
    async with here.pair.mentor.hears(VIEWER_ACTIVITY) as ears:
        await ears.silence(0.2)
        await mona.do(DECIDE_REPORT, input=given)
        assert await ears.rest() == []
    assert (await here.pair.mentor.ask(VIEWER))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await here.pair.mentee.do(VIEWER))["email"] == here.pair.mentee.email
    entry = "SELECT actor_id FROM audit_entries WHERE act = 'ACCOUNT_SUSPENDED' AND subject_id = $1"
    assert await community.database.fetchval(entry, id_of(here.pair.mentor.id)) == id_of(mona.id)
    assert (await audited(community, report_id))[-1][1]["decision"] == "SUSPEND_ACCOUNT"


async def test_a_moderator_withdraws_a_groups_eligibility(community: Community) -> None:
    here = await written(community)
    mona = await moderator(community)
    report_id = await report(here.pair.mentee, here.pair.admin.id, "MODERATOR", groupId=here.pair.group)
    await decide(mona, report_id, "WITHDRAW_ELIGIBILITY")
    given = {"groupId": here.pair.group, "templateKey": "blank", "title": "Next", "description": "Another round."}
    async with community.nothing_changes():
        assert (await here.pair.admin.refused(CREATE_PROGRAM, input=given))["code"] == "NOT_ELIGIBLE"


async def test_a_report_about_no_group_bans_from_none(community: Community) -> None:
    tom, eve, ada, ben = await community.people("Tom", "Eve", "Ada", "Ben")
    await community.group(ada, tom, eve)
    await community.group(ben, tom, eve)
    mona = await moderator(community)
    report_id = await report(tom, eve.id, "MODERATOR")
    await mona.do(TRIAGE_REPORT, input={"reportId": report_id})
    async with community.nothing_changes():
        for decision in ("BAN_FROM_GROUP", "WITHDRAW_ELIGIBILITY"):
            error = await mona.refused(DECIDE_REPORT, input={"reportId": report_id, "decision": decision})
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "decision"])


@pytest.mark.parametrize("decisions", [("END_MATCH", "DISMISS"), ("BAN_FROM_GROUP", "WARN")])
async def test_of_two_reviewers_who_decide_at_once_one_decides(
    community: Community, decisions: tuple[str, str]
) -> None:
    """The other one is told that it is decided, and nothing of his decision is done."""
    here = await written(community)
    pair = here.pair
    ben = await community.person("Ben")
    await ben.do(JOIN_GROUP, input={"groupId": pair.group})
    await pair.admin.do(SET_GROUP_ROLE, input={"groupId": pair.group, "userId": ben.id, "role": "ADMIN"})
    report_id = await report(pair.mentee, here.post)
    await ben.do(TRIAGE_REPORT, input={"reportId": report_id})
    async with all_at_once(community, "memberships", 2):
        racing = [
            asyncio.create_task(who.ask(DECIDE_REPORT, input={"reportId": report_id, "decision": decision}))
            for who, decision in zip((pair.admin, ben), decisions, strict=True)
        ]
    payloads = [(await each)["data"]["decideReport"] for each in racing]
    errors = [error["code"] for payload in payloads for error in payload["errors"]]
    assert errors == ["ILLEGAL_TRANSITION"]
    (won,) = [payload["report"]["review"]["decision"] for payload in payloads if payload["report"]]
    assert [detail.get("decision") for _, detail in await audited(community, report_id)] == [None, won]
    ended = (await pair.mentee.do(SPACE, id=pair.id))["state"] == "ENDED"
    assert ended == (won in ("END_MATCH", "BAN_FROM_GROUP"))
    assert (await queue(ben, pair.group))[0]["review"]["decision"] == won
    await invariants(community.database)


async def test_a_match_that_ends_while_its_end_is_decided_ends_once(community: Community) -> None:
    """Tom ends it himself at that moment: either the decision ends it, or is told that there is nothing to end."""
    here = await written(community)
    pair = here.pair
    report_id = await report(pair.mentee, here.post)
    await pair.admin.do(TRIAGE_REPORT, input={"reportId": report_id})
    async with all_at_once(community, "matches", 2):
        racing = [
            asyncio.create_task(pair.admin.ask(DECIDE_REPORT, input={"reportId": report_id, "decision": "END_MATCH"})),
            asyncio.create_task(pair.mentee.ask(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"})),
        ]
    decided, ended = [await each for each in racing]
    errors = decided["data"]["decideReport"]["errors"] + ended["data"]["endMatch"]["errors"]
    assert [error["code"] for error in errors] in (["ILLEGAL_TRANSITION"], ["READ_ONLY"])
    ends = "SELECT count(*) FROM notifications WHERE kind = 'MATCH_ENDED' AND user_id = $1"
    assert await community.database.fetchval(ends, id_of(pair.mentor.id)) == 1
    await invariants(community.database)
