"""Somebody reports a person, a post, a comment or a message, and chooses who looks at it and what they may read."""

from uuid import uuid4

import pytest

from models.posts import Post
from schema.node import global_id
from tests.community import Community
from tests.documents import (
    CREATE_POST,
    DELETE_POST,
    EDIT_POST,
    END_MATCH,
    REMOVE_MEMBER,
    REPORT,
    SET_GROUP_ROLE,
    VIEWER_ACTIVITY,
)
from tests.falling_due import id_of
from tests.reporting import MARKER, REPORTS, moderator, moderators_queue, queue, report, written
from tests.scenes import answered_check_in
from tests.test_notifications import told

IN_DANGER = """
mutation($input: ReportInput!) { report(input: $input) { report { id } helpLines errors { code } } }
"""


async def test_tom_reports_a_post_to_the_admin_with_what_he_chooses(community: Community) -> None:
    here = await written(community)
    more = {"note": "This hurts.", "disclose": [here.message, here.post]}
    report_id = await report(here.pair.mentee, here.post, **more)
    (found,) = await queue(here.pair.admin, here.pair.group)
    assert (found["id"], found["reason"], found["state"], found["note"]) == (
        report_id,
        "HARASSMENT",
        "OPEN",
        "This hurts.",
    )
    assert [(item["kind"], item["body"], item["author"]["name"]) for item in found["items"]] == [
        ("POST", "a **hurtful** post", "Maya"),
        ("MESSAGE", "a hurtful message", "Maya"),
    ]
    assert "<strong>hurtful</strong>" in found["items"][0]["bodyHtml"]
    review = found["review"]
    assert (review["subject"], review["reporter"]["name"], review["reported"]["name"]) == ("POST", "Tom", "Maya")
    assert review["group"]["name"] == "Soap Makers" and review["decision"] is None
    assert MARKER not in str(found)


@pytest.mark.parametrize("what", ["post", "comment", "message", "person"])
async def test_a_person_and_whatever_one_wrote_can_be_reported_also_after_the_end(
    community: Community, what: str
) -> None:
    here = await written(community)
    await here.pair.mentor.do(END_MATCH, input={"matchId": here.pair.id, "reason": "NO_TIME"})
    subject_id = here.pair.mentor.id if what == "person" else getattr(here, what)
    await report(here.pair.mentee, subject_id, "GROUP_ADMIN", "MODERATOR")
    (found,) = await queue(here.pair.admin, here.pair.group)
    assert found["review"]["subject"] == what.upper() and found["review"]["reported"]["name"] == "Maya"
    assert found["items"] == [] and found["to"] == ["GROUP_ADMIN", "MODERATOR"]


async def test_a_sealed_copy_stays_as_it_was(community: Community) -> None:
    """Maya changes the post, then deletes it: what the reviewer reads is what Tom read. Nothing changes a copy."""
    here = await written(community)
    await report(here.pair.mentee, here.post, disclose=[here.post])
    await here.pair.mentor.do(EDIT_POST, input={"postId": here.post, "body": "all harmless"})
    await here.pair.mentor.do(DELETE_POST, input={"postId": here.post})
    (found,) = await queue(here.pair.admin, here.pair.group)
    assert [item["body"] for item in found["items"]] == ["a **hurtful** post"]
    with pytest.raises(Exception, match="sealed"):
        await community.database.execute("UPDATE report_items SET body = 'harmless'")


async def test_what_was_deleted_before_can_be_reported_and_is_disclosed_as_a_tombstone(community: Community) -> None:
    """Whoever deletes fast does not escape a report; the words are gone, and that they were there is said."""
    here = await written(community)
    await here.pair.mentor.do(DELETE_POST, input={"postId": here.post})
    await report(here.pair.mentee, here.post, disclose=[here.post])
    (found,) = await queue(here.pair.admin, here.pair.group)
    assert [item["body"] for item in found["items"]] == [None]


async def test_a_danger_to_life_is_answered_with_help_lines(community: Community) -> None:
    here = await written(community)
    given = {"subjectId": here.message, "to": ["MODERATOR"]}
    answer = await here.pair.mentee.do(IN_DANGER, input=given | {"reason": "DANGER_TO_LIFE"})
    assert any("112" in line for line in answer["helpLines"])
    answer = await here.pair.mentee.do(IN_DANGER, input=given | {"reason": "SCAM"})
    assert answer["helpLines"] == []


async def test_the_reviewers_hear_of_it_at_once_and_nobody_else_does(community: Community) -> None:
    here = await written(community)
    mona = await moderator(community)
    tom, maya, ada = here.pair.mentee, here.pair.mentor, here.pair.admin
    async with (
        tom.hears(VIEWER_ACTIVITY) as toms,
        maya.hears(VIEWER_ACTIVITY) as mayas,
        ada.hears(VIEWER_ACTIVITY) as adas,
        mona.hears(VIEWER_ACTIVITY) as monas,
    ):
        for ears in (toms, mayas, adas, monas):
            await ears.silence(0.2)
        report_id = await report(tom, here.post)
        for ears, review in ((toms, None), (adas, {"reported": {"name": "Maya"}})):
            heard = [await ears.next() for _ in range(1 if ears is toms else 2)]
            changes = [each for each in heard if each["__typename"] == "ReportChanged"]
            assert [each["report"]["id"] for each in changes] == [report_id]
            assert changes[0]["report"]["review"] == review and changes[0]["actor"] is None
        for ears in (toms, mayas, adas, monas):
            await ears.silence(0.3)
        await report(tom, maya.id, "MODERATOR")
        assert {(await monas.next())["__typename"] for _ in range(2)} == {"ReportChanged", "NotificationAdded"}
        await adas.silence(0.3)
    assert "REPORT_WAITS" in (await told(ada)).kinds and "REPORT_WAITS" in (await told(mona)).kinds
    assert not any("REPORT" in kind for kind in (await told(maya)).kinds)


async def test_the_reporter_finds_his_reports_with_what_he_disclosed(community: Community) -> None:
    here = await written(community)
    first = await report(here.pair.mentee, here.post, disclose=[here.post])
    second = await report(here.pair.mentee, here.pair.mentor.id, "MODERATOR")
    found = [edge["node"] for edge in (await here.pair.mentee.do(REPORTS))["reports"]["edges"]]
    assert [each["id"] for each in found] == [second, first]
    assert [each["review"] for each in found] == [None, None]
    assert found[1]["items"] == [{"body": "a **hurtful** post"}]
    assert (await here.pair.mentor.do(REPORTS))["reports"]["edges"] == []


async def test_a_check_in_is_disclosed_as_the_answers_of_both(community: Community) -> None:
    here = await written(community)
    check_in = await answered_check_in(community, here.pair)
    await report(here.pair.mentee, here.pair.mentor.id, disclose=[check_in])
    (found,) = await queue(here.pair.admin, here.pair.group)
    (item,) = found["items"]
    assert (item["kind"], item["body"], item["author"]["name"]) == ("CHECK_IN", "**Good**\n\nCall", "Maya")


@pytest.mark.parametrize(
    ("who", "change", "code", "path"),
    [
        ("nobody", {}, "UNAUTHENTICATED", None),
        ("Eve", {}, "NOT_FOUND", ["input", "subjectId"]),
        ("Ada", {}, "NOT_FOUND", ["input", "subjectId"]),
        ("Maya", {}, "INVALID_INPUT", ["input", "subjectId"]),
        ("Tom", {"subjectId": "Tom"}, "INVALID_INPUT", ["input", "subjectId"]),
        ("Tom", {"subjectId": "the match"}, "NOT_FOUND", ["input", "subjectId"]),
        ("Tom", {"subjectId": "absent"}, "NOT_FOUND", ["input", "subjectId"]),
        ("Tom", {"to": []}, "INVALID_INPUT", ["input", "to"]),
        ("Tom", {"note": "x" * 4_001}, "INVALID_INPUT", ["input", "note"]),
        ("Tom", {"disclose": ["another pair's"]}, "NOT_FOUND", ["input", "disclose"]),
        ("Tom", {"disclose": ["absent"]}, "NOT_FOUND", ["input", "disclose"]),
        ("Tom", {"disclose": ["Tom"]}, "NOT_FOUND", ["input", "disclose"]),
        ("Tom", {"groupId": "another group"}, "INVALID_INPUT", ["input", "groupId"]),
    ],
)
async def test_what_cannot_be_reported_is_refused_and_tells_nobody(
    community: Community, who: str, change: dict[str, object], code: str, path: list[str] | None
) -> None:
    here, others = await written(community), await written(community)
    eve = await community.person("Eve")
    people = {"nobody": community.nobody, "Eve": eve, "Ada": here.pair.admin}
    people |= {"Maya": here.pair.mentor, "Tom": here.pair.mentee}
    names = {"Tom": here.pair.mentee.id, "the match": here.pair.id, "another pair's": others.post}
    names |= {"absent": str(global_id(Post(id=uuid4()))), "another group": others.pair.group}

    def named(value: object) -> object:
        return [named(each) for each in value] if isinstance(value, list) else names.get(str(value), value)

    given = {"subjectId": here.post, "reason": "HATE", "to": ["GROUP_ADMIN"]}
    given |= {key: named(value) for key, value in change.items()}
    async with community.nothing_changes():
        error = await people[who].refused(REPORT, input=given)
    assert (error["code"], error["path"]) == (code, path)


async def test_who_was_removed_sees_nothing_to_report_any_more(community: Community) -> None:
    here = await written(community)
    await here.pair.admin.do(REMOVE_MEMBER, input={"groupId": here.pair.group, "userId": here.pair.mentee.id})
    given = {"subjectId": here.post, "reason": "HATE", "to": ["MODERATOR"]}
    async with community.nothing_changes():
        assert (await here.pair.mentee.refused(REPORT, input=given))["code"] == "NOT_FOUND"


async def test_a_report_of_the_only_admin_goes_to_the_moderators(community: Community) -> None:
    """Ada is reported: nobody else there could look at it. Once Ben is an admin too he does, and she does not."""
    tom, ada, ben = await community.people("Tom", "Ada", "Ben")
    group_id = await community.group(ada, tom, ben)
    given = {"subjectId": ada.id, "reason": "SCAM"}
    async with community.nothing_changes():
        error = await tom.refused(REPORT, input=given | {"to": ["GROUP_ADMIN"]})
    assert error["path"] == ["input", "to"] and "MODERATOR" in error["message"]
    mona = await moderator(community)
    report_id = await report(tom, ada.id, "GROUP_ADMIN", "MODERATOR")
    assert report_id in [each["id"] for each in await moderators_queue(mona, state=["OPEN"])]
    await ada.do(SET_GROUP_ROLE, input={"groupId": group_id, "userId": ben.id, "role": "ADMIN"})
    assert [each["id"] for each in await queue(ben, group_id)] == [report_id]
    assert await queue(ada, group_id) == []


async def test_two_who_share_several_groups_name_the_one(community: Community) -> None:
    tom, eve, ada, ben = await community.people("Tom", "Eve", "Ada", "Ben")
    first, second = await community.group(ada, tom, eve), await community.group(ben, tom, eve)
    given = {"subjectId": eve.id, "reason": "OTHER", "to": ["GROUP_ADMIN"]}
    async with community.nothing_changes():
        assert (await tom.refused(REPORT, input=given))["path"] == ["input", "groupId"]
    report_id = await report(tom, eve.id, groupId=second)
    assert [each["id"] for each in await queue(ben, second)] == [report_id]
    assert await queue(ada, first) == []


async def test_evidence_has_a_day_until_which_it_is_kept(community: Community) -> None:
    here = await written(community)
    report_id = await report(here.pair.mentee, here.post)
    kept = await community.database.fetchval(
        "SELECT keep_until - created_at FROM reports WHERE id = $1", id_of(report_id)
    )
    assert kept.days == 365


async def test_too_many_reports_at_once_are_slowed(community: Community) -> None:
    """A report counts like anything that one writes."""
    here = await written(community)
    for _ in range(120):
        answer = await here.pair.mentee.ask(CREATE_POST, input={"matchId": here.pair.id, "body": "x"})
        if answer["data"]["createPost"]["errors"]:
            break
    given = {"subjectId": here.post, "reason": "HATE", "to": ["GROUP_ADMIN"]}
    async with community.nothing_changes():
        assert (await here.pair.mentee.refused(REPORT, input=given))["code"] == "RATE_LIMITED"
