"""Whether an e-mail still has a point when it is about to be sent: much can happen in two minutes, or in a night."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models.emails import EmailChoice
from models.enums import MatchState, NotificationKind, ReportState, StepState
from models.matches import Match
from models.notifications import SUBJECTS, Notification
from models.users import User
from resolvers import access
from resolvers.notification_texts import TEXTS


def _still_silent(subject: Any, match: Match, notification: Notification) -> bool:
    """The two have not been in touch since, and it is no pause that keeps them apart."""
    since = match.silent_since
    return match.state == MatchState.ACTIVE and since is not None and since <= notification.created_at


def _still_waits(step: Any, match: Match, notification: Notification) -> bool:
    return bool(step.state == StepState.DONE_BY_ONE)


def _not_answered(check_in: Any, match: Match, notification: Notification) -> bool:
    side = match.role_of(notification.user_id)
    return side is not None and check_in.answer_of(side) is None


_STILL_TRUE: dict[NotificationKind, Callable[[Any, Match, Notification], bool]] = {
    NotificationKind.STEP_WAITS: _still_waits,
    NotificationKind.CHECK_IN_DUE: _not_answered,
    NotificationKind.NUDGE_7: _still_silent,
    NotificationKind.NUDGE_14: _still_silent,
    NotificationKind.NUDGE_21: _still_silent,
    NotificationKind.SILENT_28: _still_silent,
}
"""Of kinds that ask for something: whether it is still to be done. The others tell of what has happened."""


async def has_a_point(notification: Notification, user: User, now: datetime) -> bool:
    """Whether the person does not know it yet, wants it by e-mail, may see what it is about, and can do anything with
    it: what happened before a match ended is of no use afterwards."""
    if notification.read_at is not None or user.suspended_at is not None:
        return False
    if not await _is_wanted(notification.kind, user):
        return False
    visible = access.visible(SUBJECTS[notification.kind], access.unseen(user, now))
    subject = await visible.get_or_none(id=notification.subject_id)
    return subject is not None and await _is_true(notification, subject)


async def _is_wanted(kind: NotificationKind, user: User) -> bool:
    choice = await EmailChoice.get_or_none(user_id=user.id, kind=kind)
    return user.wants_emails and (TEXTS[kind].mailed if choice is None else choice.is_wanted)


async def _is_true(notification: Notification, subject: Any) -> bool:
    if notification.kind == NotificationKind.REPORT_WAITS:
        return bool(subject.state == ReportState.OPEN)  # else somebody looks after it, or has decided
    match_id = subject.id if isinstance(subject, Match) else getattr(subject, "match_id", None)
    if match_id is None:
        return True
    match = await Match.get(id=match_id)
    # What is told of the end itself came at that moment.
    if match.ended_at is not None and match.ended_at > notification.created_at:
        return False
    still = _STILL_TRUE.get(notification.kind)
    return still is None or still(subject, match, notification)
