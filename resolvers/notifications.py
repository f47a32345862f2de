"""Telling people what they should know, and their saying that they have read it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from models.base import ids_of
from models.enums import ActivityKind, NotificationKind
from models.errors import ErrorCode, Refused
from models.notifications import Notification
from models.programs import Program
from models.users import User
from pubsub.streams import user_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, emails, text
from resolvers.notification_texts import TEXTS
from resolvers.pages import LARGEST_SIZE, Order

NEWEST_FIRST = Order(descending=True)
IDS_PATH = ("input", "ids")
UP_TO_PATH = ("input", "upTo")

# Waits for nobody but the person's own `mark_read`: who makes one about the same subject holds the same match.
_ADD = f"""
WITH told AS (
    INSERT INTO notifications (id, user_id, kind, subject_id, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (user_id, kind, subject_id) WHERE read_at IS NULL DO NOTHING RETURNING id, user_id, kind, created_at
), mailed AS ({emails.QUEUE})
SELECT id FROM told
"""


async def notify(
    changed: Changed,
    people: Iterable[UUID],
    kind: NotificationKind,
    subject_id: UUID,
    *,
    actor: UUID | None,
    at: datetime,
) -> None:
    """Tell these people, but never the one who did it, and nobody twice as long as he has not read it.

    In the transaction of the act, with the e-mail for those who want one (resolvers/emails.py). It names nobody:
    whoever may see the subject sees there whom it is about.
    """
    mailed = TEXTS[kind].mailed
    for user_id in people:
        if user_id == actor:
            continue
        if await changed.sql(_ADD, notification_id := uuid7(), user_id, kind, subject_id, at, uuid7(), mailed):
            stream = user_stream(user_id)
            changed.tell(stream, ActivityKind.NOTIFICATION_ADDED, notification_id, actor=None, at=at, unread=1)


async def supersede(
    changed: Changed, user_id: UUID, kinds: Sequence[NotificationKind], subject_ids: Sequence[UUID], at: datetime
) -> None:
    """Count as read what this person was told of these kinds about these subjects: something newer takes its place.

    The person's row is held already: the count of the unread is on it.
    """
    older = Notification.filter(user_id=user_id, kind__in=list(kinds), subject_id__in=list(subject_ids))
    unread = await ids_of(older.filter(read_at__isnull=True).order_by("id"))
    await _read(changed, user_id, unread, at, actor=None)


async def _read(changed: Changed, user_id: UUID, ids: Sequence[UUID], at: datetime, *, actor: UUID | None) -> None:
    if ids:
        await Notification.filter(id__in=list(ids)).update(read_at=at)
    for notification_id in ids:
        kind = ActivityKind.NOTIFICATION_CHANGED
        changed.tell(user_stream(user_id), kind, notification_id, actor=actor, at=at, unread=-1)


async def notify_admins(changed: Changed, program: Program, kind: NotificationKind, at: datetime) -> None:
    """Tell the admins of a program's group something about it that nobody in particular did. Its row is locked."""
    await notify(changed, await access.admins_of(program.group_id), kind, program.id, actor=None, at=at)


async def mark_read(
    viewer: access.Viewer | None, now: datetime, *, ids: Sequence[UUID] | None = None, up_to: str | None = None
) -> User:
    """Say that one has read some notifications, or one and all before it; the person as he is then.

    What was read stays as it was. Raises Refused: NOT_FOUND when one of the ids is none of the viewer's own.
    """
    viewer = access.signed_in(viewer)
    mine = access.visible(Notification, viewer)
    if (ids is None) == (up_to is None):
        raise text.invalid("Name the notifications by ids, or the last one by upTo: one of the two.", ("input",))
    if ids is not None and len(ids) > LARGEST_SIZE:
        raise text.invalid(f"Name {LARGEST_SIZE} at a time at most.", IDS_PATH)
    which = mine.filter(id__in=list(ids)) if ids is not None else mine.filter(id__lte=_last(up_to))
    async with transaction() as changed:
        # The count is on this row, and so is the lock of all who change what it counts.
        await User.select_for_update(no_key=True).get(id=viewer.id)
        if ids is not None and await which.count() != len(set(ids)):
            raise access.not_found("notification", IDS_PATH)
        unread = await ids_of(which.filter(read_at__isnull=True).order_by("id"))
        await _read(changed, viewer.id, unread, now, actor=viewer.id)
    return await User.get(id=viewer.id)


def _last(cursor: str | None) -> UUID:
    try:
        value = NEWEST_FIRST.value(cursor or "", "upTo")
    except Refused as refused:
        raise Refused(ErrorCode.INVALID_INPUT, refused.message, UP_TO_PATH) from refused
    assert isinstance(value, UUID)
    return value
