"""Completing, skipping and reopening the steps of a pair, and what then opens."""

from datetime import datetime
from uuid import UUID

from models.enums import ActivityKind, NotificationKind, SignUpRole, StepRule, StepState
from models.errors import ErrorCode, Refused
from models.matches import Match, StepProgress
from pubsub.streams import match_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, notifications, silence

PATH = ("input", "stepProgressId")
TO_DO = (StepState.OPEN, StepState.DONE_BY_ONE)
OVER = (StepState.DONE, StepState.SKIPPED)


async def complete_step(viewer: access.Viewer | None, now: datetime, *, step_progress_id: UUID) -> StepProgress:
    """Say that one has done a step. Its rule says whether it is DONE now, or DONE_BY_ONE.

    Saying it again changes nothing. A mentor may not complete a step that is the mentee's to complete.
    """
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        step, match = await _take_step(changed, viewer, now, step_progress_id)
        mine = "done_by_mentor_at" if match.role_of(viewer.id) == SignUpRole.MENTOR else "done_by_mentee_at"
        if step.state in (StepState.LOCKED, StepState.SKIPPED):
            raise _illegal(step, "completed while it is OPEN or DONE_BY_ONE")
        if step.rule == StepRule.MENTEE and mine == "done_by_mentor_at":
            raise Refused(ErrorCode.FORBIDDEN, "This step is the mentee's to complete.", PATH)
        if step.state == StepState.DONE or getattr(step, mine) is not None:
            await changed.give_back(match_stream(match.id))
            return step
        setattr(step, mine, now)
        both = step.done_by_mentor_at is not None and step.done_by_mentee_at is not None
        step.state = StepState.DONE if both or step.rule != StepRule.BOTH else StepState.DONE_BY_ONE
        await _save(changed, step, match, viewer, now)
        if step.state == StepState.DONE:
            await _go_on(changed, match, viewer, now)
        else:
            kind = NotificationKind.STEP_WAITS
            await notifications.notify(changed, match.pair, kind, step.id, actor=viewer.id, at=now)
    return step


async def skip_step(viewer: access.Viewer | None, now: datetime, *, step_progress_id: UUID) -> StepProgress:
    """Leave a step out, for both: either of the two may. Skipping it again changes nothing; reopening takes it back."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        step, match = await _take_step(changed, viewer, now, step_progress_id)
        if step.state == StepState.SKIPPED:
            await changed.give_back(match_stream(match.id))
            return step
        if step.state not in TO_DO:
            raise _illegal(step, "skipped while it is OPEN or DONE_BY_ONE")
        step.state = StepState.SKIPPED
        await _save(changed, step, match, viewer, now)
        await _go_on(changed, match, viewer, now)
    return step


async def reopen_step(viewer: access.Viewer | None, now: datetime, *, step_progress_id: UUID) -> StepProgress:
    """Open a step again that was done or skipped, or that one has said to have done; what opened since stays open."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        step, match = await _take_step(changed, viewer, now, step_progress_id)
        if step.state not in (StepState.DONE_BY_ONE, *OVER):
            raise _illegal(step, "reopened while it is DONE_BY_ONE, DONE or SKIPPED")
        step.state, step.done_by_mentor_at, step.done_by_mentee_at = StepState.OPEN, None, None
        await _save(changed, step, match, viewer, now)
    return step


async def open_step(changed: Changed, step: StepProgress, *, actor: UUID | None, now: datetime) -> None:
    """Open a locked step of a match whose row is locked, and tell both."""
    step.state = StepState.OPEN
    await step.save(update_fields=("state",))
    await changed.log(match_stream(step.match_id), ActivityKind.STEP_PROGRESSED, step.id, actor=actor, at=now)


def _illegal(step: StepProgress, allowed: str) -> Refused:
    return Refused(ErrorCode.ILLEGAL_TRANSITION, f"This step is {step.state}; it can be {allowed}.", PATH)


async def _take_step(
    changed: Changed, viewer: access.Viewer, now: datetime, step_progress_id: UUID
) -> tuple[StepProgress, Match]:
    found = await access.visible(StepProgress, viewer).get_or_none(id=step_progress_id)
    if found is None:
        raise access.not_found("step", PATH)
    match = await access.take_match(changed, viewer, now, found.match_id, path=PATH)
    return await StepProgress.get(id=found.id), match


async def _save(changed: Changed, step: StepProgress, match: Match, viewer: access.Viewer, now: datetime) -> None:
    await step.save(update_fields=("state", "done_by_mentor_at", "done_by_mentee_at"))
    await changed.log(match_stream(match.id), ActivityKind.STEP_PROGRESSED, step.id, actor=viewer.id, at=now)
    await silence.end(changed, match, now, actor=viewer.id)


async def _go_on(changed: Changed, match: Match, viewer: access.Viewer, now: datetime) -> None:
    """A step is over. With nothing left to do the next one opens before its week; after the last one, both are told
    that they may say that they are done."""
    left = await StepProgress.filter(match_id=match.id).exclude(state__in=OVER).order_by("position")
    if not left:
        kind = NotificationKind.STEPS_FINISHED
        await notifications.notify(changed, match.pair, kind, match.id, actor=None, at=now)
    elif all(step.state == StepState.LOCKED for step in left):
        await open_step(changed, left[0], actor=viewer.id, now=now)
