"""A match's way from introduced to active."""

from datetime import datetime
from uuid import UUID

from models.enums import MatchState, NotificationKind
from models.matches import BEGINNING, Match
from pubsub.streams import match_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, match_changes, notifications


async def acknowledge_introduction(viewer: access.Viewer | None, now: datetime, *, match_id: UUID) -> Match:
    """Say that one has read the introduction. Once both have, the match is ACTIVE. Saying it again changes nothing."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        match = await access.take_match(changed, viewer, now, match_id, path=("input", "matchId"))
        mine = "mentor_acknowledged_at" if match.mentor_id == viewer.id else "mentee_acknowledged_at"
        if getattr(match, mine) is not None:
            match.activity_head = await changed.give_back(match_stream(match.id))
            return match
        setattr(match, mine, now)
        both = match.mentor_acknowledged_at is not None and match.mentee_acknowledged_at is not None
        if became_active := both and match.state == MatchState.INTRODUCED:
            match.begin(now)
        await match.save(update_fields=(*BEGINNING, mine))
        await _tell(changed, match, viewer, now, became_active=became_active)
        if match.state == MatchState.INTRODUCED:
            kind = NotificationKind.INTRODUCTION_ACKNOWLEDGED
            await notifications.notify(changed, match.pair, kind, match.id, actor=viewer.id, at=now)
    return match


async def activate_by_writing(changed: Changed, match: Match, viewer: access.Viewer, now: datetime) -> None:
    """The first post, comment or message makes an introduced match ACTIVE. The match's row is locked."""
    if match.state == MatchState.INTRODUCED:
        match.begin(now)
        await match.save(update_fields=BEGINNING)
        await _tell(changed, match, viewer, now, became_active=True)


async def _tell(changed: Changed, match: Match, viewer: access.Viewer, now: datetime, *, became_active: bool) -> None:
    """The admins hear only that it has become ACTIVE, and of nothing else."""
    await match_changes.tell(changed, match, now, actor=viewer.id, admins_too=became_active)
    if became_active:
        kind = NotificationKind.MATCH_ACTIVE
        await notifications.notify(changed, match.pair, kind, match.id, actor=viewer.id, at=now)
