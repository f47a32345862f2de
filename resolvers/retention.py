"""Pairs that ended long ago: if the operator wishes, their words are removed, and the two are told a month before."""

from datetime import datetime, timedelta
from uuid import UUID

from tortoise.connection import get_connection

from models.enums import ActivityKind, NotificationKind
from models.matches import Match
from pubsub.streams import user_stream
from pubsub.transaction import transaction
from resolvers import notifications, word_removal

NOTICE = timedelta(days=30)
"""How long before the two are told, so that either can fetch his own words."""

MOST_BATCHES = 20
"""Batches of one match that one turn does; the rest stays due."""

_TO_TELL = "words_removed_at IS NULL AND ended_at <= $1 AND removal_told_at IS NULL"
_TO_REMOVE = "words_removed_at IS NULL AND ended_at <= $1 AND removal_told_at <= $2"


async def due_to_tell(now: datetime, limit: int, *, kept: timedelta | None) -> list[UUID]:
    """The matches whose words have a month left or less, and whose two do not know it yet."""
    if kept is None:
        return []
    return await _ids(f"{_TO_TELL} ORDER BY ended_at LIMIT $2", now - kept + NOTICE, limit)


async def tell(match_id: UUID, now: datetime) -> bool:
    """Tell the two. False when they have been told, or somebody is at it."""
    untold = Match.filter(id=match_id, removal_told_at=None, words_removed_at=None, ended_at__not_isnull=True)
    async with transaction() as changed:
        match = await untold.select_for_update(no_key=True, skip_locked=True).first()
        if match is None:
            return False
        match.removal_told_at = now
        await match.save(update_fields=("removal_told_at",))
        kind = NotificationKind.WORDS_REMOVED_SOON
        await notifications.notify(changed, match.pair, kind, match.id, actor=None, at=now)
    return True


async def due(now: datetime, limit: int, *, kept: timedelta | None) -> list[UUID]:
    """The matches that were kept for long enough, and whose two have known it for a month."""
    if kept is None:
        return []
    return await _ids(f"{_TO_REMOVE} ORDER BY ended_at LIMIT $3", now - kept, now - NOTICE, limit)


async def remove(match_id: UUID, now: datetime, *, kept: timedelta | None) -> bool:
    """Remove a pair's words, or a good part of them: up to MOST_BATCHES transactions, each of which holds the match.

    False when there is nothing to do, or somebody is at it.
    """
    done = 0
    while kept is not None and done < MOST_BATCHES and await _one_batch(match_id, now, kept):
        done += 1
    return done > 0


async def _one_batch(match_id: UUID, now: datetime, kept: timedelta) -> bool:
    over = Match.filter(id=match_id, words_removed_at=None, ended_at__lte=now - kept, removal_told_at__lte=now - NOTICE)
    async with transaction() as changed:
        match = await over.select_for_update(no_key=True, skip_locked=True).first()
        if match is None:
            return False
        if await word_removal.remove_some(changed, match, match.pair, now):
            return True
        await word_removal.remove_the_rest(changed, match, match.pair)
        match.words_removed_at = now
        await match.save(update_fields=("words_removed_at",))
        # Over their own streams: the match's has said its last number.
        for user_id in match.pair:
            changed.tell(user_stream(user_id), ActivityKind.MATCH_CHANGED, match.id, actor=None, at=now)
    return True


async def _ids(which: str, *values: object) -> list[UUID]:
    statement = f"SELECT id FROM matches WHERE {which}"
    return [record["id"] for record in await get_connection("default").execute_query_dict(statement, list(values))]
