"""Pausing a match and going on with it: by one of the two, or on the day that they chose."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise.connection import get_connection

from models import wall_clock
from models.enums import MatchState, NotificationKind
from models.matches import Match
from models.users import User
from pubsub.streams import match_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, match_changes, notifications, text

PATH = ("input", "matchId")
UNTIL_PATH = ("input", "until")
LONGEST_WEEKS = 12

_PAUSE = ("state", "paused_at", "paused_until", "resumes_at", "offered_at")
_RESUMPTION = (*_PAUSE, "paused_seconds", "silent_since", "next_check_in_at", "next_nudge_at")


async def pause_match(
    viewer: access.Viewer | None, now: datetime, *, match_id: UUID, until: date | None = None
) -> Match:
    """Pause one's match, until a day of one's own calendar or until one of the two resumes it.

    Of a match that is PAUSED it changes the day; the same again changes nothing. Raises Refused INVALID_INPUT for a day
    that is not to come, or further away than 12 weeks.
    """
    viewer = access.signed_in(viewer)
    resumes_at = None if until is None else _begin_of(until, viewer.user, now)
    async with transaction() as changed:
        states = (MatchState.ACTIVE, MatchState.PAUSED)
        match = await access.take_match(changed, viewer, now, match_id, path=PATH, states=states)
        was_paused = match.state == MatchState.PAUSED
        if was_paused and (match.paused_until, match.resumes_at) == (until, resumes_at):
            match.activity_head = await changed.give_back(match_stream(match.id))
            return match
        match.state, match.paused_at = MatchState.PAUSED, match.paused_at if was_paused else now
        match.paused_until, match.resumes_at, match.offered_at = until, resumes_at, None
        await match.save(update_fields=_PAUSE)
        await match_changes.tell(changed, match, now, actor=viewer.id)
        if not was_paused:
            kind = NotificationKind.MATCH_PAUSED
            await notifications.notify(changed, match.pair, kind, match.id, actor=viewer.id, at=now)
    return match


def _begin_of(until: date, user: User, now: datetime) -> datetime:
    """When a day begins by a person's own clock, if it is one until which a match may be paused."""
    zone = ZoneInfo(user.time_zone)
    days = (until - now.astimezone(zone).date()).days
    if not 1 <= days <= LONGEST_WEEKS * 7:
        message = f"Name a day from tomorrow on and within {LONGEST_WEEKS} weeks, or none: resume it when you like."
        raise text.invalid(message, UNTIL_PATH)
    return wall_clock.moment(until, time(0), zone)


async def resume_match(viewer: access.Viewer | None, now: datetime, *, match_id: UUID) -> Match:
    """Go on with one's match that is PAUSED, whoever of the two has paused it."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        match = await access.take_match(changed, viewer, now, match_id, path=PATH, states=(MatchState.PAUSED,))
        await _resume(changed, match, now, actor=viewer.id)
    return match


async def due(now: datetime, limit: int) -> list[UUID]:
    """The matches whose pause is over, those for which it has been so longest first."""
    records = await get_connection("default").execute_query_dict(
        "SELECT id FROM matches WHERE state = 'PAUSED' AND resumes_at <= $1 ORDER BY resumes_at LIMIT $2", [now, limit]
    )
    return [record["id"] for record in records]


async def resume_due(match_id: UUID, now: datetime) -> bool:
    """Go on with a match on the day until which it was paused. False when it is not due any more, or being changed."""
    async with transaction() as changed:
        over = Match.filter(id=match_id, state=MatchState.PAUSED, resumes_at__lte=now)
        match = await over.select_for_update(no_key=True, skip_locked=True).first()
        if match is None:
            return False
        await _resume(changed, match, now, actor=None)
    return True


async def _resume(changed: Changed, match: Match, now: datetime, *, actor: UUID | None) -> None:
    """A silence begins anew, and the weeks go on where they stood."""
    assert match.paused_at is not None
    # Never less than no time: two servers' clocks may differ a little.
    match.paused_seconds += max(0, (now - match.paused_at) // timedelta(seconds=1))
    match.state, match.paused_at, match.paused_until, match.resumes_at = MatchState.ACTIVE, None, None, None
    match.silent_since = match.next_check_in_at = match.next_nudge_at = now
    await match.save(update_fields=_RESUMPTION)
    await match_changes.tell(changed, match, now, actor=actor)
    await notifications.notify(changed, match.pair, NotificationKind.MATCH_RESUMED, match.id, actor=actor, at=now)
