"""Nudging the two of a pair who have not been in touch for long, and offering them a way out in the end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.connection import get_connection

from models.base import ids_of
from models.enums import MatchState
from models.matches import WEEK, Match
from models.nudges import LEVELS, OFFERS, Nudge, level_of
from models.programs import Program
from models.users import User
from pubsub.transaction import Changed, transaction
from resolvers import help_requests, match_changes, notifications


async def due(now: datetime, limit: int) -> list[UUID]:
    """The matches in which somebody may be to be nudged, those that wait longest first."""
    records = await get_connection("default").execute_query_dict(
        "SELECT id FROM matches WHERE state = 'ACTIVE' AND next_nudge_at <= $1 ORDER BY next_nudge_at LIMIT $2",
        [now, limit],
    )
    return [record["id"] for record in records]


async def nudge(match_id: UUID, now: datetime) -> bool:
    """Nudge the two at the highest level that their silence has reached, each once, in quiet hours when they are over.

    Where they have been in touch meanwhile, only the time of the next look is set. False when the match is not ACTIVE
    any more, or somebody is at it.
    """
    async with transaction() as changed:
        asked = Match.filter(id=match_id, state=MatchState.ACTIVE, next_nudge_at__lte=now)
        match = await asked.select_for_update(no_key=True, skip_locked=True).first()
        if match is None:
            return False
        assert match.silent_since is not None
        level = level_of(now - match.silent_since)
        waits = [] if level is None else await _nudge_at(changed, match, level, now)
        match.next_nudge_at = min(waits, default=_next(match.silent_since, level, now))
        await match.save(update_fields=("next_nudge_at",))
    return True


def _next(silent_since: datetime, level: int | None, now: datetime) -> datetime:
    """When the next level is reached. After the last one it is looked at weekly, so that no new silence is missed."""
    higher = [days for days in LEVELS if level is None or days > level]
    return silent_since + timedelta(days=min(higher)) if higher else now + WEEK


async def _nudge_at(changed: Changed, match: Match, level: int, now: datetime) -> list[datetime]:
    """Nudge those of the two who were not at this level; the ends of the quiet hours that the others have now."""
    offers = level == OFFERS and match.offered_at is None
    admins = await help_requests.admins_of(match) if offers and not match.welcomes_help() else []
    people = await _held(match, admins, offers=offers)
    if offers:
        match.offered_at = now
        await match.save(update_fields=("offered_at",))
        await match_changes.tell(changed, match, now, actor=None)
        await help_requests.tell_admins(changed, match, admins, now)
    reached = Nudge.filter(match_id=match.id, silent_since=match.silent_since, level__gte=level)
    told = set(await ids_of(reached, "user_id"))
    waits = []
    for user in people:
        if user.id in told or user.id not in match.pair:
            continue
        if (over := user.quiet_until_when(now)) is not None:
            waits.append(over)
            continue
        await Nudge.create(
            match_id=match.id, user_id=user.id, silent_since=match.silent_since, level=level, created_at=now
        )
        await notifications.supersede(changed, user.id, list(LEVELS.values()), [match.id], now)
        await notifications.notify(changed, [user.id], LEVELS[level], match.id, actor=None, at=now)
    return waits


async def _held(match: Match, admins: Sequence[UUID], *, offers: bool) -> list[User]:
    """The people whose notifications change, held in the order that all keep: the program, then people by id."""
    if offers:
        await Program.select_for_update(no_key=True).get(id=match.program_id)
    return await User.filter(id__in=[*match.pair, *admins]).order_by("id").select_for_update(no_key=True)
