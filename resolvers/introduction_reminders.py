"""Introductions that nobody took up for a week: who has not acknowledged is asked, once, and not in quiet hours."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from models.enums import MatchState, NotificationKind
from models.matches import Match
from models.users import User
from pubsub.transaction import transaction
from resolvers import notifications
from resolvers.expiries import TAKE_UP

ASK_AFTER = timedelta(days=7)

# The notification is the mark: whoever has got one is not asked again, read or not.
_UNASKED = f"""
SELECT matches.id AS match_id, {{columns}} FROM matches
JOIN LATERAL (
    VALUES (mentor_id, mentor_acknowledged_at), (mentee_id, mentee_acknowledged_at)
) AS side(user_id, acknowledged_at) ON acknowledged_at IS NULL
JOIN users ON users.id = side.user_id
WHERE matches.state = '{MatchState.INTRODUCED}' AND started_at <= $1 AND started_at > $2 {{more}}
AND NOT EXISTS (
    SELECT 1 FROM notifications WHERE notifications.user_id = users.id AND subject_id = matches.id
    AND kind = '{NotificationKind.INTRODUCTION_WAITS}'
)
ORDER BY started_at, matches.id
"""

Query = Callable[[str, list[Any]], Awaitable[list[dict[str, Any]]]]


async def due(now: datetime, limit: int) -> list[UUID]:
    """The matches of which somebody is to be asked now, those that wait longest first."""
    found = await _unasked(get_connection("default").execute_query_dict, now)
    return list(dict.fromkeys(match_id for match_id, _ in found))[:limit]


async def ask(match_id: UUID, now: datetime) -> bool:
    """Ask those of the two who have not acknowledged the introduction, and whose night it is not.

    False when nobody is to be asked any more, or when somebody is at the match.
    """
    async with transaction() as changed:
        introduced = Match.filter(id=match_id, state=MatchState.INTRODUCED)
        if await introduced.select_for_update(no_key=True, skip_locked=True).first() is None:
            return False
        asked = await _unasked(changed.connection.execute_query_dict, now, match_id)
        people = [user_id for _, user_id in asked]
        kind = NotificationKind.INTRODUCTION_WAITS
        await notifications.notify(changed, people, kind, match_id, actor=None, at=now)
    return bool(people)


async def _unasked(query: Query, now: datetime, *match_id: UUID) -> list[tuple[UUID, UUID]]:
    """Matches, or the one, with the people in them who are to be asked and are not in their quiet hours."""
    more = "AND matches.id = $3" if match_id else ""
    statement = _UNASKED.format(columns=User.columns("users"), more=more)
    records = await query(statement, [now - ASK_AFTER, now - TAKE_UP, *match_id])
    people = [(record.pop("match_id"), User.from_record(record)) for record in records]
    return [(match, user.id) for match, user in people if user.quiet_until_when(now) is None]
