"""What each decision about a report does, in the transaction in which it is made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from models.enums import MatchEndReason, NotificationKind, ReportDecision, ReportReviewer, ReportSubject
from models.errors import ErrorCode, Refused
from models.groups import Group, Membership
from models.reports import Report, ReportItem
from models.users import User
from pubsub.transaction import Changed
from resolvers import access, accounts, endings, memberships, notifications, text, writing
from resolvers.comments import COMMENT
from resolvers.messages import MESSAGE
from resolvers.posts import POST

PATH = ("input", "decision")
ITEMS_PATH = ("input", "itemIds")

WRITINGS: dict[ReportSubject, writing.Kind[Any]] = {
    ReportSubject.POST: POST,
    ReportSubject.COMMENT: COMMENT,
    ReportSubject.MESSAGE: MESSAGE,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A locked report on which its reviewer decides. `held` are the memberships of its group that are locked, `role` as
    what the reviewer acts, `item_ids` what he names of the items disclosed."""

    changed: Changed
    report: Report
    reviewer: access.Viewer
    role: ReportReviewer
    held: dict[UUID, Membership]
    item_ids: frozenset[UUID]
    now: datetime


async def act(case: Case, decision: ReportDecision) -> None:
    """Do what was decided. Raises Refused where it cannot be done: then nothing is decided."""
    await _ACTS[decision](case)


async def _dismiss(case: Case) -> None:
    """Nothing is done."""


async def _warn(case: Case) -> None:
    kind, reported = NotificationKind.WARNED, case.report.reported_id
    await notifications.notify(case.changed, [reported], kind, reported, actor=None, at=case.now)


async def _remove_content(case: Case) -> None:
    for kind, row_id in sorted(await _to_remove(case), key=lambda each: each[1]):
        await writing.remove(WRITINGS[kind], case.changed, row_id, case.now)


async def _to_remove(case: Case) -> set[tuple[ReportSubject, UUID]]:
    """What was reported, or those of the items disclosed that are named, each by the person who was reported."""
    report = case.report
    if not case.item_ids:
        if report.subject_type not in WRITINGS:
            raise text.invalid("The report is about a person: name by itemIds what to remove.", ITEMS_PATH)
        return {(report.subject_type, report.subject_id)}
    items = await ReportItem.filter(
        report_id=report.id, id__in=case.item_ids, author_id=report.reported_id, kind__in=list(WRITINGS)
    )
    if len(items) != len(case.item_ids):
        message = "Name items of this report that the reported person wrote: posts, comments, messages."
        raise text.invalid(message, ITEMS_PATH)
    return {(item.kind, item.item_id) for item in items}


async def _end_match(case: Case) -> None:
    """To the other one it is an ordinary end; its reason keeps the two from being paired again."""
    one, other = case.report.reporter_id, case.report.reported_id
    which = Q(mentor_id=one, mentee_id=other) | Q(mentor_id=other, mentee_id=one)
    if case.role == ReportReviewer.GROUP_ADMIN:
        which &= Q(program__group_id=case.report.group_id)
    matches = await endings.take_open_matches(case.changed, which)
    if not matches:
        message = "There is no open match of these two that you could end. Decide otherwise."
        raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, PATH)
    for match in matches:
        match.end_reason = MatchEndReason.SAFETY
    await endings.end(case.changed, matches, case.now, actor=None, withdrawn=set())


async def _ban(case: Case) -> None:
    by_moderator, reported = case.role == ReportReviewer.MODERATOR, case.report.reported_id
    await memberships.ban(case.changed, case.held, _group(case), reported, case.now, by_moderator=by_moderator)


async def _suspend(case: Case) -> None:
    user = await User.get(id=case.report.reported_id)
    await accounts.shut_out(case.changed, user, case.now, actor=case.reviewer.id)


async def _withdraw_eligibility(case: Case) -> None:
    group = await Group.filter(id=_group(case)).select_for_update(no_key=True).get()
    group.mentorship_withdrawn_at = group.mentorship_withdrawn_at or case.now
    await group.save(update_fields=("mentorship_withdrawn_at",))


def _group(case: Case) -> UUID:
    if case.report.group_id is None:
        raise text.invalid("This report is about no group in particular. Decide otherwise.", PATH)
    return case.report.group_id


_ACTS: dict[ReportDecision, Callable[[Case], Awaitable[None]]] = {
    ReportDecision.DISMISS: _dismiss,
    ReportDecision.WARN: _warn,
    ReportDecision.REMOVE_CONTENT: _remove_content,
    ReportDecision.END_MATCH: _end_match,
    ReportDecision.BAN_FROM_GROUP: _ban,
    ReportDecision.SUSPEND_ACCOUNT: _suspend,
    ReportDecision.WITHDRAW_ELIGIBILITY: _withdraw_eligibility,
}
