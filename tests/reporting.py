"""People who report, and people who review what is reported."""

from dataclasses import dataclass, replace
from typing import Any

from resolvers import accounts
from tests.community import PASSWORD, Community, Pair, Person
from tests.devices import another_device
from tests.documents import CREATE_COMMENT, CREATE_POST, DECIDE_REPORT, REPORT, SEND_MESSAGE, TRIAGE_REPORT

MARKER = "words-that-were-not-disclosed"
REPORTS = """
{ viewer { reports { edges { node { id state outcome note items { body } review { decision } } } } } }
"""
_REPORT = """id reason state note to createdAt items { kind body bodyHtml writtenAt editedAt author { name } }
  review { subject decision decisionNote reporter { name } reported { name } group { name } triagedBy { name }
  decidedBy { name } triagedAt decidedAt keepUntil }"""
ADMINS_QUEUE = f"""
query($id: ID!, $state: [ReportState!], $first: Int, $after: String) {{ node(id: $id) {{ ... on Group {{ admin {{
  reports(state: $state, first: $first, after: $after) {{
    edges {{ cursor node {{ {_REPORT} }} }} pageInfo {{ hasNextPage }}
}} }} }} }} }}
"""
MODERATORS_QUEUE = f"""
query($state: [ReportState!], $first: Int, $after: String) {{ viewer {{ moderation {{
  reports(state: $state, first: $first, after: $after) {{ edges {{ cursor node {{ {_REPORT} }} }} }}
}} }} }}
"""
BY_ID = f"query($id: ID!) {{ node(id: $id) {{ ... on Report {{ {_REPORT} }} ... on ReportItem {{ body }} }} }}"


@dataclass(frozen=True)
class Written:
    """A pair that has written: what Maya, the mentor, wrote that Tom, the mentee, may report."""

    pair: Pair
    post: str
    comment: str
    message: str


async def written(community: Community, pair: Pair | None = None) -> Written:
    """Maya writes a post and a message that hurt, and besides something that is nobody's business."""
    pair = await community.pair() if pair is None else pair
    given = {"matchId": pair.id}
    post = await pair.mentor.do(CREATE_POST, input=given | {"body": "a **hurtful** post"})
    post_id = post["post"]["id"]
    comment = await pair.mentor.do(CREATE_COMMENT, input={"postId": post_id, "body": "a hurtful comment"})
    message = await pair.mentor.do(SEND_MESSAGE, input=given | {"body": "a hurtful message"})
    await pair.mentee.do(CREATE_POST, input=given | {"body": MARKER})
    return Written(pair, post_id, comment["comment"]["id"], message["message"]["id"])


async def moderator(community: Community, name: str = "Mona") -> Person:
    """A moderator whom an operator made, logged in."""
    email = f"{name.lower()}-{len(await community.database.fetch('SELECT 1 FROM users'))}@example.org"
    made = await accounts.create_moderator(email=email, name=name, password=PASSWORD, now=community.served.clock.now)
    person = replace(community.nobody, name=name, email=made.email)
    person = await another_device(person)
    return replace(person, id=(await person.do("{ viewer { user { id } } }"))["user"]["id"])


async def report(person: Person, subject_id: str, *to: str, **more: Any) -> str:
    """A new report's id. `more` goes into ReportInput."""
    given = {"subjectId": subject_id, "reason": "HARASSMENT", "to": to or ["GROUP_ADMIN"]}
    return (await person.do(REPORT, input=given | more))["report"]["id"]


async def queue(person: Person, group_id: str, **variables: Any) -> list[dict[str, Any]]:
    """What an admin finds in the group's queue."""
    found = (await person.do(ADMINS_QUEUE, id=group_id, **variables))["admin"]["reports"]
    return [edge["node"] for edge in found["edges"]]


async def moderators_queue(person: Person, **variables: Any) -> list[dict[str, Any]]:
    """What a moderator finds in the platform's queue."""
    found = (await person.do(MODERATORS_QUEUE, **variables))["moderation"]["reports"]
    return [edge["node"] for edge in found["edges"]]


async def decide(person: Person, report_id: str, decision: str, **more: Any) -> dict[str, Any]:
    """Take a report up and decide about it; the report then. `more` goes into DecideReportInput."""
    await person.do(TRIAGE_REPORT, input={"reportId": report_id})
    given = {"reportId": report_id, "decision": decision}
    return (await person.do(DECIDE_REPORT, input=given | more))["report"]
