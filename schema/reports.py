"""Reports: what the reporter and the reviewers see of one, and making one."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.base import Row
from models.enums import ReportDecision, ReportReason, ReportReviewer, ReportState, ReportSubject
from models.groups import Group as GroupRow
from models.reports import ReportItem as ReportItemRow
from models.users import User as UserRow
from resolvers import access, report_groups, report_items, report_reviews, reports
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.markdown import html_of
from schema.node import Node, key_of, named
from schema.reads import computed, many, one, view
from schema.scalars import HTML, Markdown
from schema.users import User

if TYPE_CHECKING:
    from schema.groups import Group

States = Annotated[
    list[ReportState] | None, strawberry.argument(description="Only reports in one of these states; all when left out.")
]


@strawberry.type(
    description="A sealed copy of what somebody wrote in a pair's space, as it was when the report disclosed it. Later "
    "edits and deletions do not change it."
)
class ReportItem(Node):
    kind: ReportSubject = strawberry.field(description="What it is a copy of.")
    body: Markdown | None = strawberry.field(
        description="The text; null when it had been deleted before, or was an answer without words."
    )
    written_at: datetime = strawberry.field(description="When it was written.")
    edited_at: datetime | None = strawberry.field(description="When its author had last changed it, if so.")

    body_html: HTML | None = computed(html_of, "body", description="The text as safe HTML; null like `body`.")
    author: User = one(UserRow, "author_id", description="Who wrote it.")


@strawberry.type(
    description="What those see of a report who review it. Reporter and reported person are told nothing of it."
)
class ReportReview:
    decision: ReportDecision | None = strawberry.field(description="What was decided; null before.")
    decision_note: str | None = strawberry.field(description="The reviewer's note on the decision, for reviewers only.")
    triaged_at: datetime | None = strawberry.field(description="When a reviewer took it up.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    keep_until: datetime = strawberry.field(description="Until when it and what it discloses are kept as evidence.")

    subject: ReportSubject = computed(lambda row: row.subject_type, "subject_type", description="What is reported.")
    reporter: User = one(UserRow, "reporter_id", description="Who reports. The reported person never learns it.")
    reported: User = one(UserRow, "reported_id", description="The person reported, or who wrote what is reported.")
    group: Annotated["Group", strawberry.lazy("schema.groups")] | None = one(
        GroupRow, "group_id", description="The group in which it happened, as far as that is known."
    )
    triaged_by: User | None = one(UserRow, "triaged_by_id", description="The reviewer who took it up.")
    decided_by: User | None = one(UserRow, "decided_by_id", description="The reviewer who decided.")


@strawberry.type(description="A report to reviewers. For its reporter and the reviewers whom the reporter chose.")
class Report(Node):
    reason: ReportReason = strawberry.field(description="Why.")
    note: str | None = strawberry.field(description="What the reporter says about it.")
    state: ReportState = strawberry.field(description="Where it stands.")
    created_at: datetime = strawberry.field(description="When it was made.")

    outcome: str | None = computed(
        report_reviews.outcome, "decision", description="What came of it, in plain English; null before the decision."
    )
    to: list[ReportReviewer] = computed(
        lambda row: row.reviewers, "for_admins", "for_moderators", description="Who was asked to look at it."
    )
    items: list[ReportItem] = many(
        ReportItemRow,
        "report_id",
        order="written_at",
        description="What the reporter disclosed, in the order in which it was written, and nothing else.",
    )
    review: ReportReview | None = view(
        guard=access.REVIEWERS_ONLY, description="What its reviewers see; null for everybody else, its reporter too."
    )


@strawberry.input(description="What to report, and to whom.")
class ReportInput:
    subject_id: strawberry.ID = strawberry.field(description="A person, post, comment or message that one may see.")
    reason: ReportReason = strawberry.field(description="Why.")
    note: str | None = strawberry.field(default=None, description="More about it, up to 4,000 characters.")
    disclose: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Posts, comments, messages and check-ins of one's own pairs that the reviewers are to read, at "
        "most 50. They read a copy as of now, and nothing that is not named here: not what is reported either.",
    )
    to: list[ReportReviewer] = strawberry.field(description="Who is to look at it: one of them, or both.")
    group_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The group whose admins are to look, when one shares several with the person and no match.",
    )


@strawberry.type(description="What `report` did.")
class ReportPayload(Payload):
    report: Report | None = strawberry.field(default=None, description="The new report; null when refused.")
    help_lines: list[str] = strawberry.field(
        default_factory=list,
        description="Where to find help at once, when the reason is DANGER_TO_LIFE; otherwise empty.",
    )


def _named(value: str, models: dict[type[Row], ReportSubject], noun: str, path: tuple[str, ...]) -> reports.Named:
    found = named(value)
    if found is None or found[0] not in models:
        raise access.not_found(noun, path)
    return found


@strawberry.type
class ReportMutation:
    @mutation(
        "Report a person, or what somebody wrote, to the group's admins, the platform's moderators, or both. Nobody "
        "else learns of it, and the reported person never learns who it was.",
        limited=True,
    )
    async def report(
        self, info: Info, input: Annotated[ReportInput, strawberry.argument(description="The report.")]
    ) -> ReportPayload:
        noun = "person, post, comment or message"
        disclosed = [
            _named(each, report_items.KINDS, "post, comment, message or check-in", report_items.PATH)
            for each in input.disclose or ()
        ]
        made = await reports.report(
            info.context.viewer,
            info.context.now,
            info.context.safety,
            subject=_named(input.subject_id, reports.SUBJECTS, noun, reports.SUBJECT_PATH),
            reason=input.reason,
            note=input.note,
            disclose=disclosed,
            to=input.to,
            group_id=None if input.group_id is None else key_of(input.group_id, GroupRow, report_groups.GROUP_PATH),
        )
        in_danger = input.reason == ReportReason.DANGER_TO_LIFE
        return ReportPayload(report=shown(made), help_lines=list(info.context.safety.help_lines) if in_danger else [])
