"""Erasing accounts whose grace is over: in batches, each a transaction, with its progress in the deletion's row."""

import secrets
from datetime import datetime
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.expressions import Q

from models.base import ids_of
from models.deletions import AccountDeletion
from models.enums import ActivityKind, Weekday
from models.matches import Match
from models.users import User
from pubsub.streams import user_stream
from pubsub.transaction import Changed, transaction
from resolvers import accounts, passwords, word_removal

NAME = "Deleted account"

MOST_BATCHES = 20
"""Batches of one account that one turn does; the rest stays due."""

BATCH_ROWS = 1_000

_SIGN_UPS = """
UPDATE sign_ups SET topics = '{}', goals = '', experience = NULL, languages = '{}', time_zone = 'UTC',
    availability = '{}', paused_until = NULL, is_shown = FALSE, wished_sign_up_ids = '{}', avoid_user_ids = '{}'
WHERE user_id = $1
"""

_LOCK_SIGN_UPS = """
SELECT id FROM sign_ups WHERE user_id = $1 OR $1 = ANY(avoid_user_ids)
    OR wished_sign_up_ids && ARRAY(SELECT id FROM sign_ups WHERE user_id = $1)
ORDER BY id FOR NO KEY UPDATE
"""

_AVOIDED = """
UPDATE sign_ups SET avoid_user_ids = array_remove(avoid_user_ids, $1::uuid) WHERE $1 = ANY(avoid_user_ids)
"""

_WISHED = """
UPDATE sign_ups SET wished_sign_up_ids =
    ARRAY(SELECT wish FROM unnest(wished_sign_up_ids) WITH ORDINALITY AS wishes(wish, place)
        WHERE wish NOT IN (SELECT id FROM sign_ups WHERE user_id = $1) ORDER BY place)
WHERE wished_sign_up_ids && ARRAY(SELECT id FROM sign_ups WHERE user_id = $1)
"""

_NOTIFICATIONS = """
DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE user_id = $1 ORDER BY id LIMIT $2)
RETURNING id
"""

_RECOUNT = """
UPDATE users SET unread_notifications =
    (SELECT count(*) FROM notifications WHERE user_id = users.id AND read_at IS NULL) WHERE id = $1
"""

_OF_THE_PERSON = (
    "DELETE FROM email_choices WHERE user_id = $1",
    "DELETE FROM data_exports WHERE user_id = $1",
    "DELETE FROM nudges WHERE user_id = $1",
    "DELETE FROM group_bans WHERE user_id = $1",
    "DELETE FROM account_letters WHERE user_id = $1",
    "DELETE FROM blocks WHERE blocker_id = $1 OR blocked_id = $1",
    "DELETE FROM kept_apart WHERE user_low_id = $1 OR user_high_id = $1",
)


async def due(now: datetime, limit: int) -> list[UUID]:
    """The deletions whose grace is over and which are not done, the longest due first."""
    records = await get_connection("default").execute_query_dict(
        "SELECT id FROM account_deletions WHERE erased_at IS NULL AND erases_at <= $1 ORDER BY erases_at LIMIT $2",
        [now, limit],
    )
    return [record["id"] for record in records]


async def erase(deletion_id: UUID, now: datetime) -> bool:
    """Erase an account, or a good part of it: up to MOST_BATCHES transactions, each of which holds the deletion's row.

    False when there is nothing to do, or another worker is at it.
    """
    done = 0
    secret = await passwords.hashed(secrets.token_urlsafe(32))
    while done < MOST_BATCHES and await _one_batch(deletion_id, now, secret):
        done += 1
    return done > 0


async def _one_batch(deletion_id: UUID, now: datetime, secret: str) -> bool:
    waiting = AccountDeletion.filter(id=deletion_id, erases_at__lte=now, erased_at=None)
    async with transaction() as changed:
        # Before a match and all else: nobody who holds one of those waits for this row.
        deletion = await waiting.select_for_update(no_key=True, skip_locked=True).first()
        if deletion is None:
            return False
        if deletion.begun_at is None:
            await _lock_out(changed, deletion, now, secret)
        elif (match_id := await _next_match(deletion)) is not None:
            await _erase_from_match(changed, deletion, match_id, now)
        elif await changed.sql(_NOTIFICATIONS, deletion.user_id, BATCH_ROWS):
            await changed.sql(_RECOUNT, deletion.user_id)
        else:
            await _erase_the_rest(changed, deletion, now)
        await deletion.save(update_fields=("begun_at", "last_match_id", "erased_at"))
    return True


async def _lock_out(changed: Changed, deletion: AccountDeletion, now: datetime, secret: str) -> None:
    """Nobody is there any more: what others see of the person first, and what would let anybody in."""
    user = await User.select_for_update(no_key=True).get(id=deletion.user_id)
    deletion.begun_at = now
    # Nobody can have this address (RFC 2606, section 2), and nobody can guess it and ask for it.
    user.email, user.password_hash = f"{secrets.token_hex(16)}@deleted.invalid", secret
    user.name, user.bio, user.avatar_url = NAME, None, None
    user.birth_date, user.time_zone, user.locale = accounts.UNKNOWN_BIRTH_DATE, "UTC", "en"
    user.is_moderator, user.suspended_at, user.wants_emails = False, now, False
    user.shares_presence = user.shares_typing = user.shares_read_receipts = False
    user.quiet_from = user.quiet_until = None
    user.check_in_weekday, user.check_in_hour = Weekday.SUNDAY, 18
    await user.save(
        update_fields=(
            "email", "password_hash", "name", "bio", "avatar_url", "birth_date", "time_zone", "locale", "is_moderator",
            "suspended_at", "wants_emails", "shares_presence", "shares_typing", "shares_read_receipts", "quiet_from",
            "quiet_until", "check_in_weekday", "check_in_hour",
        )
    )  # fmt: skip
    await changed.sql("DELETE FROM sessions WHERE user_id = $1", user.id)
    changed.rights_changed(user.id)


async def _next_match(deletion: AccountDeletion) -> UUID | None:
    theirs = Match.filter(Q(mentor_id=deletion.user_id) | Q(mentee_id=deletion.user_id))
    if deletion.last_match_id is not None:
        theirs = theirs.filter(id__gt=deletion.last_match_id)
    found = await ids_of(theirs.order_by("id").limit(1))
    return found[0] if found else None


async def _erase_from_match(changed: Changed, deletion: AccountDeletion, match_id: UUID, now: datetime) -> None:
    """A batch of the person's words in one match; with the last one the partner hears, over his own stream, that the
    match has changed: its own stream is over, and has said its last number."""
    (record,) = await changed.sql(f"SELECT {Match.columns()} FROM matches WHERE id = $1 FOR NO KEY UPDATE", match_id)
    match = Match.from_record(record)
    if await word_removal.remove_some(changed, match, [deletion.user_id], now):
        return
    await word_removal.remove_the_rest(changed, match, [deletion.user_id])
    side = "mentor" if match.mentor_id == deletion.user_id else "mentee"
    # All read, and nobody knows when.
    await changed.sql(
        f"UPDATE matches SET {side}_read_up_to = activity_head, {side}_unread_posts = 0, {side}_unread_messages = 0"
        " WHERE id = $1",
        match_id,
    )
    deletion.last_match_id = match_id
    partner = user_stream(match.partner_of(deletion.user_id))
    changed.tell(partner, ActivityKind.MATCH_CHANGED, match_id, actor=None, at=now)


async def _erase_the_rest(changed: Changed, deletion: AccountDeletion, now: datetime) -> None:
    for statement in (_LOCK_SIGN_UPS, _WISHED, _AVOIDED, _SIGN_UPS, *_OF_THE_PERSON):
        await changed.sql(statement, deletion.user_id)
    deletion.erased_at = now
