"""Matches that were not taken up: an introduction that goes unanswered does not hold two people's places for ever."""

from datetime import datetime, timedelta
from uuid import UUID

from tortoise.connection import get_connection

from models.enums import MatchState
from models.matches import Match
from pubsub.streams import match_stream
from pubsub.transaction import transaction
from resolvers import endings

TAKE_UP = timedelta(days=14)
"""How long the two have, from being introduced, until both have acknowledged it or one has written (DESIGN.md,
section 1)."""


async def due(now: datetime, limit: int) -> list[UUID]:
    """The matches whose time to be taken up is over, those that wait longest first."""
    records = await get_connection("default").execute_query_dict(
        "SELECT id FROM matches WHERE state = 'INTRODUCED' AND started_at <= $1 ORDER BY started_at LIMIT $2",
        [now - TAKE_UP, limit],
    )
    return [record["id"] for record in records]


async def expire(match_id: UUID, now: datetime) -> bool:
    """End a match that was not taken up, as EXPIRED: both hear it, and their sign-ups go back to their places.

    False when it is not due any more, or when somebody is at it: one of the two, who takes it up, or another worker.
    """
    waiting = Match.filter(id=match_id, state=MatchState.INTRODUCED, started_at__lte=now - TAKE_UP)
    async with transaction() as changed:
        if await waiting.select_for_update(no_key=True, skip_locked=True).first() is None:
            return False
        record = await changed.take(match_stream(match_id), "state = 'INTRODUCED'")
        if record is None:
            return False
        match = Match.from_record(record)
        await endings.end(changed, [match], now, actor=None, withdrawn=set(), state=MatchState.EXPIRED)
    return True
