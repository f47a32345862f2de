"""Reporting a person, or what somebody wrote, to reviewers of one's choice."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.base import Row
from models.enums import ActivityKind, NotificationKind, ReportReason, ReportReviewer, ReportSubject
from models.messages import Message
from models.posts import Comment, Post, Writing
from models.reports import Report
from models.users import User
from pubsub.streams import user_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, notifications, report_groups, report_items, text
from resolvers.safety import Safety

SUBJECT_PATH = ("input", "subjectId")
TO_PATH = ("input", "to")
LONGEST_NOTE = 4_000

SUBJECTS: dict[type[Row], ReportSubject] = {
    User: ReportSubject.PERSON,
    Post: ReportSubject.POST,
    Comment: ReportSubject.COMMENT,
    Message: ReportSubject.MESSAGE,
}
"""What can be reported."""

Named = tuple[type[Row], UUID]
"""The model and key that a global id stands for."""


async def report(
    viewer: access.Viewer | None,
    now: datetime,
    safety: Safety,
    *,
    subject: Named,
    reason: ReportReason,
    note: str | None,
    disclose: Sequence[Named],
    to: Sequence[ReportReviewer],
    group_id: UUID | None,
) -> Report:
    """Report what one may see, also after a match's end and what was deleted. Nobody but the reviewers hears of it.

    Raises Refused: NOT_FOUND for what one does not see, INVALID_INPUT for oneself, and where nobody could review it.
    """
    viewer = access.signed_in(viewer)
    note = text.optional_text(note, ("input", "note"), longest=LONGEST_NOTE, what="your note")
    if not to:
        raise text.invalid("Choose who is to look at it: GROUP_ADMIN, MODERATOR, or both.", TO_PATH)
    async with transaction() as changed:
        row = await _subject(viewer, subject)
        reported_id = row.author_id if isinstance(row, Writing) else row.id
        if reported_id == viewer.id:
            raise text.invalid("This is yourself, or your own. Name what somebody else wrote or is.", SUBJECT_PATH)
        for_admins = ReportReviewer.GROUP_ADMIN in to
        made = await Report.create(
            reporter_id=viewer.id,
            reported_id=reported_id,
            subject_type=SUBJECTS[type(row)],
            subject_id=row.id,
            group_id=await report_groups.where_it_happened(viewer, row, group_id, is_needed=for_admins),
            reason=reason,
            note=note,
            for_admins=for_admins,
            for_moderators=ReportReviewer.MODERATOR in to,
            created_at=now,
            keep_until=now + safety.keep_reports,
        )
        await report_items.seal(viewer, made, disclose)
        await _tell_reviewers(changed, made, now)
    return made


async def tell(changed: Changed, report: Report, people: Sequence[UUID], now: datetime) -> None:
    """Log a report's change to those who follow it. Nobody is named."""
    for user_id in {*people, report.reporter_id}:
        changed.tell(user_stream(user_id), ActivityKind.REPORT_CHANGED, report.id, actor=None, at=now)


async def _subject(viewer: access.Viewer, subject: Named) -> User | Writing:
    model, row_id = subject
    found = await access.visible(model, viewer).get_or_none(id=row_id)
    if found is None:
        raise access.not_found("person, post, comment or message", SUBJECT_PATH)
    assert isinstance(found, (User, Writing))
    return found


async def _tell_reviewers(changed: Changed, report: Report, now: datetime) -> None:
    reviewers = await access.reviewers_of(changed, report)
    if not reviewers and not report.for_moderators:
        message = "This group has no other admin who could look at it. Choose MODERATOR."
        raise text.invalid(message, TO_PATH)
    await notifications.notify(changed, reviewers, NotificationKind.REPORT_WAITS, report.id, actor=None, at=now)
    await tell(changed, report, reviewers, now)
