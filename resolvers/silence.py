"""Contact between the two of a pair: what ends a silence, counts the week, and takes back what was offered in it."""

from datetime import datetime
from uuid import UUID

from models.enums import MatchState
from models.matches import Match
from pubsub.transaction import Changed
from resolvers import match_changes

# As models.matches.week_of, of a match under way at a moment: the weeks of a paused one stand still.
_WEEK = "floor((extract(epoch FROM least({at}, paused_at) - active_at) - paused_seconds) / 604800 + 1)"


def broken(at: str) -> str:
    """What an UPDATE of a match under way sets when the two are in touch at a moment, which is given in SQL.

    None of it is in an index, so that PostgreSQL keeps the new row beside the old one.
    """
    week = _WEEK.format(at=at)
    return (
        f"silent_since = {at}, touched_week = greatest(touched_week, {week}),"
        f" weeks_in_touch = weeks_in_touch + (touched_week < {week})::int"
    )


NOTHING_OFFERED = "offered_at IS NULL"
"""The guard of contact in one statement: taking back an offer has to be told, and so takes the longer path."""


async def end(changed: Changed, match: Match, now: datetime, *, actor: UUID) -> None:
    """Somebody of a locked match was in touch. Before it is ACTIVE there is no silence to end."""
    if match.state == MatchState.INTRODUCED:
        return
    await changed.sql(f"UPDATE matches SET {broken('$2')}, offered_at = NULL WHERE id = $1", match.id, now)
    if match.offered_at is not None:
        match.offered_at = None
        await match_changes.tell(changed, match, now, actor=actor)
