"""The weeks of a match: with each, its steps open (docs/decisions/0013)."""

from datetime import datetime
from uuid import UUID

from tortoise.connection import get_connection

from models.enums import MatchState, NotificationKind, StepState
from models.matches import Match, StepProgress, week_begins, week_of
from pubsub.transaction import transaction
from resolvers import notifications, steps


async def due(now: datetime, limit: int) -> list[UUID]:
    """The matches under way whose next week may have begun, those that wait longest first."""
    records = await get_connection("default").execute_query_dict(
        "SELECT id FROM matches WHERE state = 'ACTIVE' AND steps_due_at <= $1 ORDER BY steps_due_at LIMIT $2",
        [now, limit],
    )
    return [record["id"] for record in records]


async def open_steps(match_id: UUID, now: datetime) -> bool:
    """Open the steps of all weeks that have begun, and note when the next one begins that has any.

    What opens as the first week begins needs no notification, and what opens at once needs only one. False when it is
    not due any more, or when somebody is at it.
    """
    waiting = Match.filter(id=match_id, state=MatchState.ACTIVE, steps_due_at__lte=now)
    async with transaction() as changed:
        match = await waiting.select_for_update(no_key=True, skip_locked=True).first()
        if match is None:
            return False
        week = week_of(match, now)
        locked = await StepProgress.filter(match_id=match.id, state=StepState.LOCKED).order_by("position")
        opened = [step for step in locked if step.week <= week]
        for step in opened:
            await steps.open_step(changed, step, actor=None, now=now)
        later = [step.week for step in locked if step.week > week]
        match.steps_due_at = week_begins(match, min(later)) if later else None
        await match.save(update_fields=("steps_due_at",))
        if opened and week > 1:
            kind = NotificationKind.STEP_OPENED
            await notifications.notify(changed, match.pair, kind, opened[0].id, actor=None, at=now)
    return True
