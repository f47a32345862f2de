"""The outbox: notifications that go out by e-mail, when each is due, and what becomes of it (decision 15)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from models.accounts import AccountLetter
from models.emails import Email
from models.enums import AccountLetterKind, EmailState, NotificationKind
from models.notifications import SUBJECTS, Notification
from models.users import User
from pubsub.transaction import Changed, transaction
from resolvers import account_letters, email_relevance

KEPT = timedelta(days=5)
"""How long an e-mail is tried to be sent (RFC 5321, section 4.5.4.1); afterwards it is no news any more."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""How long one waits that a mail server did not take; twice as long each time, up to the longest."""

QUEUE = """
    INSERT INTO emails (id, notification_id, state, created_at, due_at, attempts)
    SELECT $6, told.id, 'WAITING', told.created_at, told.created_at, 0
    FROM told JOIN users ON users.id = told.user_id
    LEFT JOIN email_choices AS choice ON choice.user_id = told.user_id AND choice.kind = told.kind
    WHERE users.wants_emails AND coalesce(choice.is_wanted, $7)
"""
"""Puts an e-mail with the id $6 into the outbox for the notification `told`, if its person wants one; $7 is whether
those do who never chose."""

_DUE = """
SELECT id FROM emails WHERE state = 'WAITING' AND due_at <= $1
AND (created_at <= $2 OR account_letter_id IS NOT NULL) ORDER BY due_at LIMIT $3
"""

_OF_A_MATCH = " UNION ALL ".join(
    f"SELECT id FROM {table} WHERE match_id IN (SELECT id FROM theirs)"
    for table in sorted({model._meta.db_table for model in SUBJECTS.values() if "match" in model._meta.fields_map})
)

# One that is being sent at this moment is locked, and on its way.
_CANCEL = f"""
WITH theirs AS (
    SELECT id FROM matches WHERE (mentor_id = $1 AND mentee_id = $2) OR (mentor_id = $2 AND mentee_id = $1)
)
UPDATE emails SET state = '{EmailState.POINTLESS}', closed_at = $3 WHERE id IN (
    SELECT emails.id FROM emails JOIN notifications AS told ON told.id = emails.notification_id
    WHERE emails.state = '{EmailState.WAITING}' AND told.user_id IN ($1, $2) AND told.kind <> ALL($4::text[])
    AND told.subject_id IN (SELECT id FROM theirs UNION ALL {_OF_A_MATCH})
    FOR NO KEY UPDATE OF emails SKIP LOCKED
)
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to be sent now. The name is the person's own; nothing in it is another's word."""

    id: UUID
    notification_id: UUID
    kind: NotificationKind
    user_id: UUID
    name: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LetterAboutAccount:
    """An e-mail about an account to be sent now; it has a link where `letter_id` can be made one of."""

    id: UUID
    letter_id: UUID
    kind: AccountLetterKind
    name: str
    address: str
    at: datetime


class NotTaken(Exception):
    """A letter was not taken; `for_ever` when it never will be. `reason` is for operators: a code or a type's name."""

    def __init__(self, reason: str, *, for_ever: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_ever = for_ever


AnyLetter = Letter | LetterAboutAccount

Post = Callable[[AnyLetter], Awaitable[EmailState]]
"""Hands a letter over, and says what became of it. Raises NotTaken."""


async def due(now: datetime, limit: int, *, delay: timedelta) -> list[UUID]:
    """The e-mails that are due, the longest first, and not before `delay` has given the person time to read it here.

    What is about an account is waited for, or a warning: it goes out at once, and in quiet hours too.
    """
    return [record["id"] for record in await _rows(_DUE, now, now - delay, limit)]


async def count_waiting() -> int:
    """How many e-mails are still to be sent, now or later."""
    (record,) = await _rows("SELECT count(*) AS waiting FROM emails WHERE state = 'WAITING'")
    waiting: int = record["waiting"]
    return waiting


async def cancel_between(
    changed: Changed, one: UUID, other: UUID, now: datetime, *, but: Sequence[NotificationKind]
) -> None:
    """Close what still waits to be sent to either of two people about what they share, `but` what is of these kinds."""
    await changed.sql(_CANCEL, one, other, now, [kind.value for kind in but])


async def send(email_id: UUID, now: datetime, *, post: Post) -> bool:
    """Hand an e-mail that is due to `post`, put it off, or close it unsent; False when somebody else is at it.

    Its row is locked until what became of it is committed. A process that dies in between leaves it due: what a mail
    server took in that moment it is given again, under the same Message-ID.
    """
    claim = Email.filter(id=email_id, state=EmailState.WAITING, due_at__lte=now)
    async with transaction():
        email = await claim.select_for_update(no_key=True, skip_locked=True).first()
        if email is None:
            return False
        if email.account_letter_id is not None:
            await _send_about_account(email, await AccountLetter.get(id=email.account_letter_id), now, post)
        else:
            notification = await Notification.get(id=email.notification_id).select_related("user")
            await _decide(email, notification, notification.user, now, post)
        await email.save(update_fields=("state", "due_at", "attempts", "trouble", "closed_at"))
    return True


async def _decide(email: Email, notification: Notification, user: User, now: datetime, post: Post) -> None:
    if not await email_relevance.has_a_point(notification, user, now):
        _close(email, EmailState.POINTLESS, now)
    elif now - email.created_at > KEPT:
        _close(email, EmailState.GIVEN_UP, now)
    elif (over := user.quiet_until_when(now)) is not None:
        email.due_at = over
    else:
        letter = Letter(email.id, notification.id, notification.kind, user.id, user.name, user.email, now)
        await _hand_over(email, letter, post)


async def _send_about_account(email: Email, about: AccountLetter, now: datetime, post: Post) -> None:
    user = await account_letters.reader_of(about, now)
    if user is None:
        _close(email, EmailState.POINTLESS, now)
    elif now - email.created_at > KEPT:
        _close(email, EmailState.GIVEN_UP, now)
    else:
        await _hand_over(email, LetterAboutAccount(email.id, about.id, about.kind, user.name, about.address, now), post)


async def _hand_over(email: Email, letter: AnyLetter, post: Post) -> None:
    email.attempts += 1
    try:
        state = await post(letter)
    except NotTaken as refusal:
        email.trouble = refusal.reason
        if refusal.for_ever:
            _close(email, EmailState.REFUSED, letter.at)
        else:
            email.due_at = letter.at + min(FIRST_PAUSE * 2 ** min(email.attempts - 1, 10), LONGEST_PAUSE)
    else:
        _close(email, state, letter.at)


def _close(email: Email, state: EmailState, now: datetime) -> None:
    email.state, email.closed_at = state, now


async def _rows(statement: str, *values: object) -> list[dict[str, Any]]:
    return await get_connection("default").execute_query_dict(statement, list(values))
