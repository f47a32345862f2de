"""Completing a match: each of the two says that the mentorship is complete, and once both have, it is."""

from datetime import datetime
from uuid import UUID

from models.enums import MatchState, NotificationKind
from models.matches import Match
from pubsub.streams import match_stream
from pubsub.transaction import transaction
from resolvers import access, endings, farewells, match_changes, notifications

PATH = ("input", "matchId")
UNDER_WAY = (MatchState.ACTIVE, MatchState.PAUSED)


async def complete_match(viewer: access.Viewer | None, now: datetime, *, match_id: UUID) -> Match:
    """Say that the mentorship is complete. When the other one has said so too, the match is COMPLETED.

    At any time while it is under way, whatever steps are left. Saying it again changes nothing.
    """
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        match = await access.take_match(changed, viewer, now, match_id, path=PATH, states=UNDER_WAY)
        mine = _mine(match, viewer)
        if getattr(match, mine) is not None:
            match.activity_head = await changed.give_back(match_stream(match.id))
            return match
        setattr(match, mine, now)
        await match.save(update_fields=(mine,))
        if match.mentor_completed_at is None or match.mentee_completed_at is None:
            await match_changes.tell(changed, match, now, actor=viewer.id, admins_too=False)
            kind = NotificationKind.COMPLETION_PROPOSED
            await notifications.notify(changed, match.pair, kind, match.id, actor=viewer.id, at=now)
            return match
        match.farewell = await farewells.farewell(match, now)
        await match.save(update_fields=("farewell",))
        state = MatchState.COMPLETED
        await endings.end(changed, [match], now, actor=viewer.id, withdrawn=set(), state=state)
    return match


async def withdraw_completion(viewer: access.Viewer | None, now: datetime, *, match_id: UUID) -> Match:
    """Take back that one has said so, as long as the other one has not agreed."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        match = await access.take_match(changed, viewer, now, match_id, path=PATH, states=UNDER_WAY)
        mine = _mine(match, viewer)
        if getattr(match, mine) is None:
            match.activity_head = await changed.give_back(match_stream(match.id))
            return match
        setattr(match, mine, None)
        await match.save(update_fields=(mine,))
        await match_changes.tell(changed, match, now, actor=viewer.id, admins_too=False)
    return match


def _mine(match: Match, viewer: access.Viewer) -> str:
    return "mentor_completed_at" if match.mentor_id == viewer.id else "mentee_completed_at"
