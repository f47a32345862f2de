"""A report is seen by its reporter and the reviewers whom he chose; a reviewer reads what was disclosed and no more."""

from uuid import uuid4

import pytest
from redis.asyncio import Redis

from models.reports import Report, ReportItem
from schema.node import global_id
from tests.community import Community, Person
from tests.documents import DECIDE_REPORT, JOIN_GROUP, SET_GROUP_ROLE, TRIAGE_REPORT
from tests.reporting import (
    ADMINS_QUEUE,
    BY_ID,
    MARKER,
    MODERATORS_QUEUE,
    REPORTS,
    decide,
    moderator,
    moderators_queue,
    queue,
    report,
    written,
)
from tests.rounds import waiting
from tests.statements import read
from tests.test_privacy import private_ids

NOTE = "a note for the reviewers only"


async def test_to_everybody_but_the_reporter_and_his_reviewers_a_report_does_not_exist(community: Community) -> None:
    """The reported one, another member, another group's admin, an outsider, nobody, and a moderator not asked."""
    here = await written(community)
    pair = here.pair
    member, other_admin, eve = await community.people("Mo", "Ola", "Eve")
    await member.do(JOIN_GROUP, input={"groupId": pair.group})
    await community.group(other_admin)
    mona = await moderator(community)
    report_id = await report(pair.mentee, here.post, note=NOTE, disclose=[here.post])
    item_id = await community.database.fetchval("SELECT id FROM report_items ORDER BY id DESC LIMIT 1")
    item = str(global_id(ReportItem(id=item_id)))
    absent = str(global_id(Report(id=uuid4())))
    for person in (pair.mentor, member, other_admin, eve, mona, community.nobody):
        for value in (report_id, item):
            assert await person.ask(BY_ID, id=value) == await person.ask(BY_ID, id=absent)
        for document, more in ((TRIAGE_REPORT, {}), (DECIDE_REPORT, {"decision": "DISMISS"})):
            async with community.nothing_changes():
                code = (await person.refused(document, input={"reportId": report_id} | more))["code"]
            assert code == ("UNAUTHENTICATED" if person.token is None else "NOT_FOUND")
        if person.token is not None:
            assert (await person.do(REPORTS))["reports"]["edges"] == []
        answer = await person.ask(ADMINS_QUEUE, id=pair.group)
        assert answer["data"]["node"]["admin"] is None
    assert await moderators_queue(mona) == []
    for person in (pair.mentee, pair.admin):
        assert (await person.do(BY_ID, id=item))["body"] == "a **hurtful** post"


async def test_a_reviewer_reads_nothing_that_was_not_disclosed(community: Community) -> None:
    """Nor what the report is about, unless it is among what is disclosed."""
    here = await written(community)
    mona = await moderator(community)
    report_id = await report(here.pair.mentee, here.post, "GROUP_ADMIN", "MODERATOR", disclose=[here.message])
    for reviewer, found in (
        (here.pair.admin, await queue(here.pair.admin, here.pair.group)),
        (mona, await moderators_queue(mona, state=["OPEN"])),
    ):
        mine = next(each for each in found if each["id"] == report_id)
        assert [item["body"] for item in mine["items"]] == ["a hurtful message"]
        assert MARKER not in str(found) and "hurtful** post" not in str(mine)
        for value in (here.post, here.message, here.comment):
            assert await reviewer.do("query($id: ID!) { node(id: $id) { id } }", id=value) is None


async def test_the_reporter_sees_no_reviewer_no_note_and_no_sanction(community: Community) -> None:
    here = await written(community)
    report_id = await report(here.pair.mentee, here.post)
    await decide(here.pair.admin, report_id, "WARN", note=NOTE)
    seen = await here.pair.mentee.do(BY_ID, id=report_id)
    mine = (await here.pair.mentee.do(REPORTS))["reports"]["edges"][0]["node"]
    assert seen["review"] is None and seen["state"] == "ACTIONED"
    assert mine["outcome"] == "We have looked at it and acted. Thank you for telling us."
    assert NOTE not in str(seen) + str(mine) and "Ada" not in str(seen) + str(mine)


async def test_an_admin_of_a_pair_that_is_disclosed_reviews_nothing_of_it(community: Community) -> None:
    """Ada mentors Tom in a pair of their own; he reports Maya, and discloses a word of Ada's: Ben looks at it."""
    here = await written(community)
    pair = here.pair
    (ben,) = await community.people("Ben")
    await ben.do(JOIN_GROUP, input={"groupId": pair.group})
    await pair.admin.do(SET_GROUP_ROLE, input={"groupId": pair.group, "userId": ben.id, "role": "ADMIN"})
    program = await community.program(ben, pair.group)
    offer = await community.sign_up(pair.admin, program, "MENTOR")
    search = await community.sign_up(pair.mentee, program, "MENTEE")
    await community.advance(ben, program, "MATCHING")
    document = "mutation($input: CreateMatchInput!) { createMatch(input: $input) { match { id } errors { code } } }"
    match = await ben.do(document, input={"mentorSignUpId": offer, "menteeSignUpId": search})
    say = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } errors { code } } }"
    sent = await pair.admin.do(say, input={"matchId": match["match"]["id"], "body": "Ada's words"})
    report_id = await report(pair.mentee, here.post, disclose=[here.post, sent["message"]["id"]])
    assert [each["id"] for each in await queue(ben, pair.group)] == [report_id]
    assert await queue(pair.admin, pair.group) == []
    assert await pair.admin.do(BY_ID, id=report_id) is None
    async with community.nothing_changes():
        assert (await pair.admin.refused(TRIAGE_REPORT, input={"reportId": report_id}))["code"] == "NOT_FOUND"


async def test_an_admin_who_reports_finds_it_among_his_own_and_decides_nothing(community: Community) -> None:
    pair = (await written(community)).pair
    (ben,) = await community.people("Ben")
    await ben.do(JOIN_GROUP, input={"groupId": pair.group})
    await pair.admin.do(SET_GROUP_ROLE, input={"groupId": pair.group, "userId": ben.id, "role": "ADMIN"})
    report_id = await report(ben, pair.mentor.id)
    assert await queue(ben, pair.group) == []
    assert [each["id"] for each in await queue(pair.admin, pair.group)] == [report_id]
    for document, more in ((TRIAGE_REPORT, {}), (DECIDE_REPORT, {"decision": "BAN_FROM_GROUP"})):
        async with community.nothing_changes():
            assert (await ben.refused(document, input={"reportId": report_id} | more))["code"] == "FORBIDDEN"


async def test_who_is_no_admin_any_more_reviews_nothing(community: Community) -> None:
    here = await written(community)
    (ben,) = await community.people("Ben")
    await ben.do(JOIN_GROUP, input={"groupId": here.pair.group})
    role = {"groupId": here.pair.group, "userId": ben.id}
    await here.pair.admin.do(SET_GROUP_ROLE, input=role | {"role": "ADMIN"})
    report_id = await report(here.pair.mentee, here.post, disclose=[here.post])
    assert [each["id"] for each in await queue(ben, here.pair.group)] == [report_id]
    await here.pair.admin.do(SET_GROUP_ROLE, input=role | {"role": "MEMBER"})
    assert await ben.do(BY_ID, id=report_id) is None
    async with community.nothing_changes():
        assert (await ben.refused(TRIAGE_REPORT, input={"reportId": report_id}))["code"] == "NOT_FOUND"


async def test_nobody_but_moderators_has_a_moderators_queue(community: Community) -> None:
    here = await written(community)
    await report(here.pair.mentee, here.post, "MODERATOR")
    for person in (here.pair.mentor, here.pair.mentee, here.pair.admin):
        assert (await person.do(MODERATORS_QUEUE))["moderation"] is None
    assert await queue(here.pair.admin, here.pair.group) == [], "the admin was not asked"


@pytest.mark.parametrize("decision", ["WARN", "REMOVE_CONTENT"])
async def test_no_word_travels_over_redis_or_lies_in_a_log_or_the_audit(
    community: Community, redis_url: str, caplog: pytest.LogCaptureFixture, decision: str
) -> None:
    """Neither what was disclosed nor what reporter and reviewer note."""
    heard: list[bytes] = []
    async with Redis.from_url(redis_url) as client, client.pubsub() as listening:
        await listening.psubscribe("*")
        pair = await community.pair()
        ids = await private_ids(pair)
        report_id = await report(pair.mentee, ids["Post"], note=NOTE, disclose=list(ids.values())[:3])
        await decide(pair.admin, report_id, decision, note=NOTE)
        while message := await listening.get_message(timeout=0.5):
            heard.append(repr(message).encode())
    rows = await community.database.fetch(
        "SELECT activity::text FROM activity UNION ALL SELECT audit_entries::text FROM audit_entries"
        " UNION ALL SELECT notifications::text FROM notifications UNION ALL SELECT emails::text FROM emails"
    )
    assert len(heard) > 5 and rows
    for words in ("words-between-the-two-only", NOTE):
        assert not any(words.encode() in message for message in heard)
        assert words not in caplog.text
        assert not any(words in text for (text,) in rows)


async def test_the_queue_costs_as_many_statements_with_ten_times_as_many_reports(community: Community) -> None:
    here = await written(community)
    mona = await moderator(community)
    reviewers: list[tuple[Person, str, dict[str, object]]] = [
        (here.pair.admin, ADMINS_QUEUE, {"id": here.pair.group}),
        (mona, MODERATORS_QUEUE, {}),
        (here.pair.mentee, REPORTS, {}),
    ]
    given = {"disclose": [here.post, here.message]}
    await report(here.pair.mentee, here.post, "GROUP_ADMIN", "MODERATOR", **given)
    few = [await read(person, document, **variables) for person, document, variables in reviewers]
    for _ in range(10):
        await report(here.pair.mentee, here.post, "GROUP_ADMIN", "MODERATOR", **given)
    assert [await read(person, document, **variables) for person, document, variables in reviewers] == few
    assert [len(each) for each in few] == [1, 1, 1]


async def test_the_queue_is_paged_and_an_insert_shifts_nothing(community: Community) -> None:
    here = await written(community)
    made = [await report(here.pair.mentee, here.post) for _ in range(3)]
    page = await here.pair.admin.do(ADMINS_QUEUE, id=here.pair.group, first=2)
    edges = page["admin"]["reports"]["edges"]
    assert [edge["node"]["id"] for edge in edges] == made[:2]
    made.append(await report(here.pair.mentee, here.post))
    rest = await queue(here.pair.admin, here.pair.group, after=edges[-1]["cursor"])
    assert [each["id"] for each in rest] == made[2:]


async def test_a_moderator_of_one_of_the_two_moderates_nothing_of_it(community: Community) -> None:
    """Mona is paired with Tom; what he reports about her is for other moderators."""
    here = await waiting(community, mentees=1)
    mentor, _ = here.mentors[0]
    mentee, _ = here.mentees[0]
    match = await here.admin.do(
        "mutation($input: CreateMatchInput!) { createMatch(input: $input) { match { id } errors { code } } }",
        input=here.pair(),
    )
    assert match["match"]["id"]
    await community.database.execute("UPDATE users SET is_moderator = true WHERE email = $1", mentor.email)
    other = await moderator(community)
    report_id = await report(mentee, mentor.id, "MODERATOR")
    assert report_id not in [each["id"] for each in await moderators_queue(mentor)]
    assert report_id in [each["id"] for each in await moderators_queue(other)]
    async with community.nothing_changes():
        assert (await mentor.refused(TRIAGE_REPORT, input={"reportId": report_id}))["code"] == "NOT_FOUND"
