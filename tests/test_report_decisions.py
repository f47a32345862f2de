"""What comes of a report: each decision is done at once, told to whom it concerns, and stands in the audit log."""

import json
from typing import Any

from tests.community import Community, Pair
from tests.decisions import audited, outcome
from tests.documents import (
    CREATE_MATCH,
    CREATE_POST,
    DECIDE_REPORT,
    DELETE_POST,
    END_MATCH,
    MATCH_ACTIVITY,
    SPACE,
    TRIAGE_REPORT,
    VIEWER_ACTIVITY,
)
from tests.falling_due import id_of
from tests.invariants import invariants
from tests.reporting import BY_ID, decide, report, written
from tests.test_notifications import told


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
