"""Telling everybody concerned that a match has changed, in what all of them may see of it."""

from datetime import datetime
from uuid import UUID

from models.enums import ActivityKind
from models.matches import Match
from pubsub.streams import match_stream, program_stream, user_stream
from pubsub.transaction import Changed


async def tell(changed: Changed, match: Match, now: datetime, *, actor: UUID | None, admins_too: bool = True) -> None:
    """Log a change of a locked match: the two hear who did it, and the admins that it happened (DESIGN.md, rule 12).

    Where nothing changes that admins see, they hear nothing.
    """
    kind = ActivityKind.MATCH_CHANGED
    await changed.log(match_stream(match.id), kind, match.id, actor=actor, at=now)
    for user_id in match.pair:
        changed.tell(user_stream(user_id), kind, match.id, actor=actor, at=now)
    if admins_too:
        changed.tell(program_stream(match.program_id), kind, match.id, actor=None, at=now)
