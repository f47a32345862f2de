"""The weekly round of check-ins: opening them, and telling each of the two when it is due (for the ticker)."""

from datetime import datetime, timedelta
from uuid import UUID

from tortoise.connection import get_connection

from models.base import ids_of
from models.check_in_times import HALF_WEEK, Choice, Round, Rounds
from models.check_ins import CheckIn
from models.enums import ActivityKind, CheckInState, MatchState, NotificationKind, SignUpRole
from models.matches import Match, week_begins
from models.users import User
from pubsub.streams import match_stream
from pubsub.transaction import Changed, transaction
from resolvers import notifications

THE_HOUR = timedelta(hours=1)
"""Within the hour that a person chose he is told, also in his quiet hours: it is what he chose."""


async def due(now: datetime, limit: int) -> list[UUID]:
    """The matches of which a check-in may open, those that wait longest first."""
    records = await get_connection("default").execute_query_dict(
        "SELECT id FROM matches WHERE state = 'ACTIVE' AND next_check_in_at <= $1 ORDER BY next_check_in_at LIMIT $2",
        [now, limit],
    )
    return [record["id"] for record in records]


async def open_next(match_id: UUID, now: datetime) -> bool:
    """Open the pair's latest check-in that is due, and none that was due before it and was not opened in time.

    Where none is due yet, as since somebody chose another hour, only the time of the next look is set right. False when
    the match is not ACTIVE any more, or somebody is at it.
    """
    async with transaction() as changed:
        asked = Match.filter(id=match_id, state=MatchState.ACTIVE, next_check_in_at__lte=now)
        match = await asked.select_for_update(no_key=True, skip_locked=True).first()
        if match is None:
            return False
        last = await CheckIn.filter(match_id=match.id).order_by("-week_number").first()
        rounds = await _rounds(match)
        following = _after(rounds, match, last)
        if following.opens_at <= now:
            last = await _open(changed, match, last, rounds.last(following, now), now)
            following = _after(rounds, match, last)
        match.next_check_in_at = following.opens_at
        await match.save(update_fields=("next_check_in_at",))
    return True


async def _rounds(match: Match) -> Rounds:
    people = {user.id: user for user in await User.filter(id__in=match.pair)}
    mentor, mentee = (Choice.of(people[user_id]) for user_id in match.pair)
    return Rounds(week_begins(match, 1), mentor, mentee)


def _after(rounds: Rounds, match: Match, last: CheckIn | None) -> Round:
    assert match.active_at is not None and match.next_check_in_at is not None
    since, week = (match.active_at, 0) if last is None else (last.opened_at, last.week_number)
    return rounds.first(after_week=week, not_before=max(match.next_check_in_at, since + HALF_WEEK))


async def _open(changed: Changed, match: Match, last: CheckIn | None, found: Round, now: datetime) -> CheckIn:
    stream, kind = match_stream(match.id), ActivityKind.CHECK_IN_CHANGED
    if last is not None and last.state in (CheckInState.OPEN, CheckInState.PARTIAL):
        last.state, last.tell_at = CheckInState.MISSED, None
        await last.save(update_fields=("state", "tell_at"))
        await changed.log(stream, kind, last.id, actor=None, at=now)
    opened = await CheckIn.create(
        match_id=match.id,
        week_number=found.week,
        opened_at=now,
        tell_at=found.opens_at,
        mentor_due_at=found.mentor_due_at,
        mentee_due_at=found.mentee_due_at,
    )
    await changed.log(stream, kind, opened.id, actor=None, at=now)
    return opened


async def due_to_tell(now: datetime, limit: int) -> list[UUID]:
    """The check-ins of which somebody may be to be told, those that wait longest first."""
    records = await get_connection("default").execute_query_dict(
        "SELECT id FROM check_ins WHERE tell_at <= $1 ORDER BY tell_at LIMIT $2", [now, limit]
    )
    return [record["id"] for record in records]


async def tell(check_in_id: UUID, now: datetime) -> bool:
    """Tell whoever of the two the check-in is due for, and has not answered; in quiet hours, once they are over.

    False when there is nobody to tell any more, or somebody is at it.
    """
    async with transaction() as changed:
        found = await CheckIn.get_or_none(id=check_in_id, tell_at__lte=now)
        if found is None:
            return False
        match = await Match.filter(id=found.match_id).select_for_update(no_key=True, skip_locked=True).first()
        check_in = await CheckIn.get_or_none(id=check_in_id, tell_at__lte=now)  # anew: now nobody changes it
        if match is None or check_in is None:
            return False
        if match.state == MatchState.ACTIVE:
            waits = await _tell_each(changed, match, check_in, now)
            check_in.tell_at = min(waits, default=None)
        else:
            check_in.tell_at = None
        await check_in.save(update_fields=("tell_at", "mentor_told_at", "mentee_told_at"))
    return True


async def _tell_each(changed: Changed, match: Match, check_in: CheckIn, now: datetime) -> list[datetime]:
    """Tell those for whom it is time, in the place of what they were told in earlier weeks; until when others wait."""
    held = await User.filter(id__in=match.pair).order_by("id").select_for_update(no_key=True)
    people = {user.id: user for user in held}
    earlier = await ids_of(CheckIn.filter(match_id=match.id).exclude(id=check_in.id))
    waits = []
    for side, user_id in zip((SignUpRole.MENTOR, SignUpRole.MENTEE), match.pair, strict=True):
        if check_in.answer_of(side) is not None or check_in.told_at(side) is not None:
            continue
        wait = _wait(check_in.due_at(side), people[user_id], now)
        if wait is None:
            check_in.note_told(side, now)
            kind = NotificationKind.CHECK_IN_DUE
            await notifications.supersede(changed, user_id, [kind], earlier, now)
            await notifications.notify(changed, [user_id], kind, check_in.id, actor=None, at=now)
        else:
            waits.append(wait)
    return waits


def _wait(due_at: datetime, user: User, now: datetime) -> datetime | None:
    """Until when to wait before telling somebody; None for not at all."""
    if now < due_at:
        return due_at
    return None if now < due_at + THE_HOUR else user.quiet_until_when(now)
