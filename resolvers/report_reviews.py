"""Looking at reports and deciding about them, by those whom the reporter chose."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.enums import MODERATORS_DECIDE, AuditAct, NotificationKind, ReportDecision, ReportReviewer, ReportState
from models.errors import ErrorCode, Refused
from models.groups import Membership
from models.reports import Report
from models.users import User
from pubsub.transaction import Changed, transaction
from resolvers import access, audit, memberships, notifications, report_decisions, reports, text
from resolvers.safety import Safety

PATH = ("input", "reportId")
DECISION_PATH = ("input", "decision")

_OUTCOMES = {
    ReportDecision.DISMISS: "We have looked at it and found nothing to act on. Thank you for telling us.",
    ReportDecision.REMOVE_CONTENT: "We have looked at it and removed what you reported. Thank you for telling us.",
    ReportDecision.END_MATCH: "We have looked at it and ended your match. Thank you for telling us.",
}
_ACTED = "We have looked at it and acted. Thank you for telling us."


def outcome(report: Report) -> str | None:
    """What the reporter is told of the decision: what he sees anyway, and of a sanction no more than that we acted."""
    return None if report.decision is None else _OUTCOMES.get(report.decision, _ACTED)


async def triage_report(viewer: access.Viewer | None, now: datetime, *, report_id: UUID) -> Report:
    """Say that one looks after an open report. Raises Refused: ILLEGAL_TRANSITION, NOT_FOUND, FORBIDDEN."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        report, _ = await _take(changed, viewer, report_id)
        _must_be(report, ReportState.OPEN)
        report.state, report.triaged_by_id, report.triaged_at = ReportState.TRIAGED, viewer.id, now
        await report.save(update_fields=("state", "triaged_by_id", "triaged_at"))
        await audit.record(changed, AuditAct.REPORT_TRIAGED, report, actor=viewer.id, at=now)
        await reports.tell(changed, report, await access.reviewers_of(changed, report), now)
    return report


async def decide_report(
    viewer: access.Viewer | None,
    now: datetime,
    safety: Safety,
    *,
    report_id: UUID,
    decision: ReportDecision,
    note: str | None,
    item_ids: Sequence[UUID],
) -> Report:
    """Decide about a triaged report and do it at once, or neither. The reporter is told that it was looked at.

    Raises Refused: ILLEGAL_TRANSITION, NOT_FOUND, FORBIDDEN for what only moderators decide, and what the act refuses.
    """
    viewer = access.signed_in(viewer)
    note = text.optional_text(note, ("input", "note"), longest=reports.LONGEST_NOTE, what="your note")
    async with transaction() as changed:
        report, held = await _take(changed, viewer, report_id)
        role = _role(viewer, report)
        if decision in MODERATORS_DECIDE and role != ReportReviewer.MODERATOR:
            raise Refused(ErrorCode.FORBIDDEN, "Only a moderator may decide that.", DECISION_PATH)
        _must_be(report, ReportState.TRIAGED)
        reviewers = await access.reviewers_of(changed, report)
        if decision == ReportDecision.SUSPEND_ACCOUNT:
            await _lock_people({*reviewers, report.reporter_id, report.reported_id})
        case = report_decisions.Case(changed, report, viewer, role, held, frozenset(item_ids), now)
        await report_decisions.act(case, decision)
        await _decide(changed, report, viewer, decision, note, now, safety)
        kind, told = NotificationKind.REPORT_DECIDED, [report.reporter_id]
        await notifications.notify(changed, told, kind, report.id, actor=None, at=now)
        await reports.tell(changed, report, reviewers, now)
    return report


async def _take(changed: Changed, viewer: access.Viewer, report_id: UUID) -> tuple[Report, dict[UUID, Membership]]:
    """The report, locked for its reviewer, after the memberships of its group: a demotion waits for the end."""
    seen = await access.visible(Report, viewer).get_or_none(id=report_id)
    if seen is None:  # a report of others takes no more statements than one that does not exist
        raise access.not_found("report", PATH)
    held = {}
    if seen.group_id is not None:
        held = await memberships.hold(seen.group_id, viewer.id, seen.reported_id)
    return await access.take_report(changed, viewer, report_id, path=PATH), held


def _role(viewer: access.Viewer, report: Report) -> ReportReviewer:
    is_moderator = report.for_moderators and access.moderates(viewer)
    return ReportReviewer.MODERATOR if is_moderator else ReportReviewer.GROUP_ADMIN


def _must_be(report: Report, state: ReportState) -> None:
    if report.state != state:
        message = f"The report is {report.state}; this is possible while it is {state}."
        raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, PATH)


async def _lock_people(ids: set[UUID]) -> None:
    """Lock the rows of all who are told before one of them is changed: all who do so wait in the same order."""
    await User.filter(id__in=ids).order_by("id").select_for_update(no_key=True)


async def _decide(
    changed: Changed,
    report: Report,
    viewer: access.Viewer,
    decision: ReportDecision,
    note: str | None,
    now: datetime,
    safety: Safety,
) -> None:
    report.state = ReportState.DISMISSED if decision == ReportDecision.DISMISS else ReportState.ACTIONED
    report.decision, report.decision_note, report.decided_by_id, report.decided_at = decision, note, viewer.id, now
    report.keep_until = now + safety.keep_reports
    await report.save(update_fields=("state", "decision", "decision_note", "decided_by_id", "decided_at", "keep_until"))
    detail = {"decision": decision.value, "reported": str(report.reported_id), "group": str(report.group_id)}
    await audit.record(changed, AuditAct.REPORT_DECIDED, report, actor=viewer.id, at=now, **detail)
