"""Reviewing reports: the queue of a group's admins, taking a report up, and deciding about it."""

from typing import Annotated, Any

import strawberry

from models.enums import ReportDecision, ReportState
from models.reports import Report as ReportRow
from models.reports import ReportItem as ReportItemRow
from resolvers import access, report_decisions, report_reviews
from resolvers.pages import Children
from schema.connections import Connection
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.node import key_of
from schema.reads import page
from schema.reports import Report, States

QUEUE = Children(
    ReportRow, "group_id", where=f"state = ANY($2::text[]) AND {access.REVIEWED_BY_ADMINS}", for_viewer=True
)


def chosen_reports(state: States = None) -> tuple[Any, ...]:
    """The group's reports in these states, or in any, that the viewer reviews."""
    return QUEUE, list(ReportState if state is None else state)


@strawberry.type(description="What only the admins of a group see of it.")
class GroupAdmin:
    reports: Connection[Report] = page(
        QUEUE,
        chosen_reports,
        description="The reports that were made to the group's admins, the oldest first: those in which the viewer has "
        "no part, neither as one of the two nor as the other one of a pair of which something is disclosed.",
    )


@strawberry.input(description="A report to take up.")
class TriageReportInput:
    report_id: strawberry.ID = strawberry.field(description="A report that one may review, OPEN.")


@strawberry.type(description="What `triageReport` did.")
class TriageReportPayload(Payload):
    report: Report | None = strawberry.field(default=None, description="The report as it is now; null when refused.")


@strawberry.input(description="A decision about a report.")
class DecideReportInput:
    report_id: strawberry.ID = strawberry.field(description="A report that one may review, TRIAGED.")
    decision: ReportDecision = strawberry.field(description="What is to be done. It is done at once.")
    note: str | None = strawberry.field(
        default=None, description="Why, for other reviewers only, up to 4,000 characters."
    )
    item_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="For REMOVE_CONTENT: items of the report that the reported person wrote, to remove their "
        "originals. Left out, what was reported is removed.",
    )


@strawberry.type(description="What `decideReport` did.")
class DecideReportPayload(Payload):
    report: Report | None = strawberry.field(default=None, description="The report as it is now; null when refused.")


@strawberry.type
class ReportReviewMutation:
    @mutation("Take a report up: an OPEN one becomes TRIAGED.")
    async def triage_report(
        self, info: Info, input: Annotated[TriageReportInput, strawberry.argument(description="The report.")]
    ) -> TriageReportPayload:
        report_id = key_of(input.report_id, ReportRow, report_reviews.PATH)
        report = await report_reviews.triage_report(info.context.viewer, info.context.now, report_id=report_id)
        return TriageReportPayload(report=shown(report))

    @mutation(
        "Decide about a TRIAGED report, and do what is decided. The reporter learns that it was looked at, the "
        "reported person nothing but what is done. Nobody decides about a report by or about oneself."
    )
    async def decide_report(
        self, info: Info, input: Annotated[DecideReportInput, strawberry.argument(description="The decision.")]
    ) -> DecideReportPayload:
        report = await report_reviews.decide_report(
            info.context.viewer,
            info.context.now,
            info.context.safety,
            report_id=key_of(input.report_id, ReportRow, report_reviews.PATH),
            decision=input.decision,
            note=input.note,
            item_ids=[key_of(each, ReportItemRow, report_decisions.ITEMS_PATH) for each in input.item_ids or ()],
        )
        return DecideReportPayload(report=shown(report))
