"""What comes of a report: each decision is done at once, told to whom it concerns, and stands in the audit log."""

import asyncio
import json
from typing import Any

import pytest

from tests.community import Community, Pair, Person
from tests.documents import (
    CREATE_MATCH,
    CREATE_POST,
    CREATE_PROGRAM,
    DECIDE_REPORT,
    DELETE_POST,
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
from tests.reporting import BY_ID, REPORTS, decide, moderator, queue, report, written
from tests.test_notifications import told

VIEWER = "{ viewer { email } }"


async def audited(community: Community, report_id: str) -> list[tuple[str, dict[str, Any]]]:
    """What the audit log says of a report, in order."""
    rows = await community.database.fetch(
        "SELECT act, actor_id, detail FROM audit_entries WHERE subject_id = $1 ORDER BY id", id_of(report_id)
    )
    assert all(row["actor_id"] is not None for row in rows)
    return [(row["act"], json.loads(row["detail"])) for row in rows]


async def outcome(person: Person) -> str:
    """What the reporter is told of his newest report."""
    return (await person.do(REPORTS))["reports"]["edges"][0]["node"]["outcome"]


async def test_a_report_is_taken_up_and_dismissed_and_the_reporter_learns_it_live(community: Community) -> None:
    here = await written(community)
    tom, ada = here.pair.mentee, here.pair.admin
    report_id = await report(tom, here.post)
    async with tom.hears(VIEWER_ACTIVITY) as ears:
        await ears.silence(0.2)
        assert (await ada.do(TRIAGE_REPORT, input={"reportId": report_id}))["report"]["state"] == "TRIAGED"
        assert (await ears.next())["report"] == {"id": report_id, "state": "TRIAGED", "outcome": None, "review": None}
        given = {"reportId": report_id, "decision": "DISMISS", "note": "A joke among friends."}
        decided = (await ada.do(DECIDE_REPORT, input=given))["report"]
        heard = {event["__typename"]: event for event in [await ears.next(), await ears.next()]}
    assert decided["review"]["decisionNote"] == "A joke among friends."
    assert heard["ReportChanged"]["report"]["state"] == decided["state"] == "DISMISSED"
    assert heard["NotificationAdded"]["notification"]["kind"] == "REPORT_DECIDED"
    assert heard["ReportChanged"]["actor"] is None
    assert "nothing to act on" in await outcome(tom)
    (taken_up, dismissed) = await audited(community, report_id)
    assert (taken_up[0], dismissed[0], dismissed[1]["decision"]) == ("REPORT_TRIAGED", "REPORT_DECIDED", "DISMISS")
    assert not {"REPORT_DECIDED", "WARNED"} & set((await told(here.pair.mentor)).kinds)


async def test_a_report_takes_its_steps_in_order(community: Community) -> None:
    here = await written(community)
    report_id = await report(here.pair.mentee, here.post)
    ada, the_report = here.pair.admin, {"reportId": report_id}
    async with community.nothing_changes():
        error = await ada.refused(DECIDE_REPORT, input=the_report | {"decision": "DISMISS"})
    assert error["code"] == "ILLEGAL_TRANSITION" and "TRIAGED" in error["message"]
    await decide(ada, report_id, "DISMISS")
    async with community.nothing_changes():
        for document, more in ((TRIAGE_REPORT, {}), (DECIDE_REPORT, {"decision": "WARN"})):
            assert (await ada.refused(document, input=the_report | more))["code"] == "ILLEGAL_TRANSITION"


async def test_a_warning_reaches_the_reported_one_and_names_nobody(community: Community) -> None:
    here = await written(community)
    report_id = await report(here.pair.mentee, here.post)
    async with here.pair.mentor.hears(VIEWER_ACTIVITY) as ears:
        await ears.silence(0.2)
        await decide(here.pair.admin, report_id, "WARN")
        heard = await ears.next()
        assert (heard["notification"]["kind"], heard["actor"]) == ("WARNED", None)
        await ears.silence(0.3)
    assert await here.pair.mentor.do(BY_ID, id=report_id) is None
    assert "acted" in await outcome(here.pair.mentee)


def without_ids(events: list[dict[str, Any]]) -> str:
    """Events as both pairs would tell them alike: ids, cursors and times apart."""
    apart = {"id", "cursor", "occurredAt", "deletedAt", "endedAt"}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(each) for name, each in value.items() if name not in apart}
        return [plain(each) for each in value] if isinstance(value, list) else value

    return json.dumps(plain(events), sort_keys=True)


async def test_removed_content_is_a_tombstone_for_both_like_one_that_its_author_deleted(community: Community) -> None:
    """In one pair Maya deletes her post, in the other it is removed: Tom is told the same, and finds the same."""
    heard, found = [], []
    for removed in (False, True):
        here = await written(community)
        report_id = await report(here.pair.mentee, here.post) if removed else ""
        async with here.pair.mentee.hears(MATCH_ACTIVITY, matchId=here.pair.id) as ears:
            await ears.silence(0.2)
            if removed:
                await decide(here.pair.admin, report_id, "REMOVE_CONTENT")
                assert "removed" in await outcome(here.pair.mentee)
            else:
                await here.pair.mentor.do(DELETE_POST, input={"postId": here.post})
            event = await ears.next()
            assert event["actor"] == {"id": here.pair.mentor.id}
            heard.append(without_ids([event | {"actor": None}]))
            await ears.silence(0.3)
        space = (await here.pair.mentor.do(SPACE, id=here.pair.id))["space"]["thread"]["posts"]["edges"]
        found.append([edge["node"]["body"] for edge in space])
    assert heard[0] == heard[1] and found[0] == found[1] and None in found[0]
    await invariants(community.database)


async def test_items_by_the_reported_one_are_removed_where_a_person_is_reported(community: Community) -> None:
    here = await written(community)
    tom, ada = here.pair.mentee, here.pair.admin
    own = (await tom.do(CREATE_POST, input={"matchId": here.pair.id, "body": "Tom's"}))["post"]["id"]
    report_id = await report(tom, here.pair.mentor.id, disclose=[here.comment, here.message, own])
    found = {item["kind"]: item for item in (await tom.do(ITEMS, id=report_id))["items"]}
    await ada.do(TRIAGE_REPORT, input={"reportId": report_id})
    given = {"reportId": report_id, "decision": "REMOVE_CONTENT"}
    async with community.nothing_changes():
        for ids in ([], [found["POST"]["id"]]):
            error = await ada.refused(DECIDE_REPORT, input=given | {"itemIds": ids})
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "itemIds"])
    ids = [found["COMMENT"]["id"], found["MESSAGE"]["id"]]
    await ada.do(DECIDE_REPORT, input=given | {"itemIds": ids})
    for value, body in ((here.comment, None), (here.message, None), (own, "Tom's"), (here.post, "a **hurtful** post")):
        assert (await tom.do(BODY, id=value))["body"] == body


ITEMS = "query($id: ID!) { node(id: $id) { ... on Report { items { id kind } } } }"
BODY = "query($id: ID!) { node(id: $id) { ... on Post { body } ... on Comment { body } ... on Message { body } } }"


async def test_content_of_a_match_that_has_ended_is_removed_and_its_stream_stays_as_it_was(
    community: Community,
) -> None:
    here = await written(community)
    await here.pair.mentor.do(END_MATCH, input={"matchId": here.pair.id, "reason": "NO_TIME"})
    report_id = await report(here.pair.mentee, here.post)
    head = "SELECT activity_head FROM matches WHERE id = $1"
    before = await community.database.fetchval(head, id_of(here.pair.id))
    await decide(here.pair.admin, report_id, "REMOVE_CONTENT")
    assert await community.database.fetchval(head, id_of(here.pair.id)) == before
    assert (await here.pair.mentee.do(BODY, id=here.post))["body"] is None
    await invariants(community.database)


async def as_the_other_one_hears_it(pair: Pair, ending: Any) -> tuple[str, str, str]:
    """What Maya hears on both streams, is told, and finds, when her match ends so."""
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as space,
        pair.mentor.hears(VIEWER_ACTIVITY) as person,
    ):
        await space.silence(0.2)
        await person.silence(0.2)
        await ending()
        heard = await space.rest()
        events = [await person.next(), await person.next()]
        await person.silence(0.3)
    matches = """{ viewer { matches { edges { node { state startedAt space { partner { name } offers readState {
      unreadPosts unreadMessages } } viewerSignUp { state openMatches } welcomesHelp } } }
      notifications { edges { node { kind text readAt } } } } }"""
    return without_ids(heard), without_ids(events), without_ids([await pair.mentor.do(matches)])


async def test_an_end_by_decision_is_an_ordinary_end_to_the_other_and_keeps_the_two_apart(
    community: Community,
) -> None:
    here, others = await written(community), await written(community)

    async def by_tom() -> None:
        await others.pair.mentee.do(END_MATCH, input={"matchId": others.pair.id, "reason": "NO_TIME"})

    report_id = await report(here.pair.mentee, here.post)

    async def by_ada() -> None:
        await decide(here.pair.admin, report_id, "END_MATCH")

    assert await as_the_other_one_hears_it(here.pair, by_ada) == await as_the_other_one_hears_it(others.pair, by_tom)
    assert "ended your match" in await outcome(here.pair.mentee)
    ids = {"mentorSignUpId": here.pair.sign_ups["MENTOR"], "menteeSignUpId": here.pair.sign_ups["MENTEE"]}
    async with community.nothing_changes():
        assert (await here.pair.admin.refused(CREATE_MATCH, input=ids))["code"] == "NOT_AVAILABLE"
    again = await report(here.pair.mentee, here.post)
    await here.pair.admin.do(TRIAGE_REPORT, input={"reportId": again})
    async with community.nothing_changes():
        error = await here.pair.admin.refused(DECIDE_REPORT, input={"reportId": again, "decision": "END_MATCH"})
        assert (error["code"], error["path"]) == ("ILLEGAL_TRANSITION", ["input", "decision"])
    await invariants(community.database)


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
