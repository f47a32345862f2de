"""The steps of a draft: adding, changing, moving and removing them. Positions count from 1, and weeks never go back."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from models.enums import StepRule
from models.program_templates import MAX_MINUTES, MAX_STEPS, MIN_MINUTES
from models.programs import Program, ProgramStep
from pubsub.transaction import Changed, transaction
from resolvers import access, planning, program_states, text

PATH = ("input", "programStepId")
PROGRAM_PATH = ("input", "programId")
WEEK_PATH = ("input", "week")
POSITION_PATH = ("input", "position")
LONGEST_GUIDANCE = 4_000


@dataclass(frozen=True, kw_only=True)
class StepPlan:
    """What a step is to be. In a change None leaves a thing as it is."""

    week: int | None = None
    title: str | None = None
    mentor_guidance: str | None = None
    mentee_guidance: str | None = None
    rule: StepRule | None = None
    minutes: int | None = None


async def add_step(
    viewer: access.Viewer | None, now: datetime, *, program_id: UUID, plan: StepPlan, position: int | None = None
) -> tuple[Program, ProgramStep]:
    """Add a step to a draft, at a position or after the others of its week; `plan` holds everything."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        program = await planning.draft(viewer, program_id, PROGRAM_PATH)
        steps = await _steps_of(program)
        if len(steps) >= MAX_STEPS:
            raise text.invalid(f"A program has {MAX_STEPS} steps at most. Remove one first.", PROGRAM_PATH)
        step = ProgramStep(program_id=program.id, position=len(steps) + 1)
        _write(step, plan, program)
        if position is None:
            position = 1 + sum(other.week <= step.week for other in steps)
        steps.insert(_index(position, len(steps) + 1), step)
        _in_order(steps, step, program.weeks)
        await step.save()
        await _settle(changed, program, steps, viewer, now)
    return program, step


async def update_step(
    viewer: access.Viewer | None, now: datetime, *, program_step_id: UUID, plan: StepPlan
) -> tuple[Program, ProgramStep]:
    """Change a step of a draft where it stands; its week may become another one only if it fits those beside it."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        program, steps, step = await _take_step(viewer, program_step_id)
        _write(step, plan, program)
        _in_order(steps, step, program.weeks)
        await step.save()
        await program_states.log_change(changed, program, now, actor=viewer.id)
    return program, step


async def move_step(
    viewer: access.Viewer | None, now: datetime, *, program_step_id: UUID, position: int, week: int | None = None
) -> tuple[Program, ProgramStep]:
    """Take a step of a draft to another position, and perhaps week; the steps between close up."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        program, steps, step = await _take_step(viewer, program_step_id)
        steps.remove(step)
        steps.insert(_index(position, len(steps) + 1), step)
        _write(step, StepPlan(week=week), program)
        _in_order(steps, step, program.weeks)
        await step.save(update_fields=("week",))
        await _settle(changed, program, steps, viewer, now)
    return program, step


async def remove_step(viewer: access.Viewer | None, now: datetime, *, program_step_id: UUID) -> Program:
    """Take a step out of a draft; those after it close up."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        program, steps, step = await _take_step(viewer, program_step_id)
        steps.remove(step)
        await step.delete()
        await _settle(changed, program, steps, viewer, now)
    return program


async def _take_step(viewer: access.Viewer, step_id: UUID) -> tuple[Program, list[ProgramStep], ProgramStep]:
    """The step among all of its draft, whose row is locked: nobody else changes one of them meanwhile."""
    found = await access.visible(ProgramStep, viewer).get_or_none(id=step_id)
    if found is None:
        raise access.not_found("step", PATH)
    program = await planning.draft(viewer, found.program_id, PATH)
    steps = await _steps_of(program)
    step = next((each for each in steps if each.id == step_id), None)
    if step is None:
        raise access.not_found("step", PATH)
    return program, steps, step


async def _steps_of(program: Program) -> list[ProgramStep]:
    return await ProgramStep.filter(program_id=program.id).order_by("position")


def _write(step: ProgramStep, plan: StepPlan, program: Program) -> None:
    if plan.week is not None:
        step.week = text.number(plan.week, WEEK_PATH, low=1, high=program.weeks, what="a week of the program")
    if plan.title is not None:
        step.title = text.line(plan.title, ("input", "title"), longest=120, what="the title")
    if plan.mentor_guidance is not None:
        step.mentor_guidance = _guidance(plan.mentor_guidance, "mentor")
    if plan.mentee_guidance is not None:
        step.mentee_guidance = _guidance(plan.mentee_guidance, "mentee")
    if plan.rule is not None:
        step.rule = plan.rule
    if plan.minutes is not None:
        path = ("input", "minutes")
        step.minutes = text.number(plan.minutes, path, low=MIN_MINUTES, high=MAX_MINUTES, what="the minutes")


def _guidance(words: str, role: str) -> str:
    path = ("input", f"{role}Guidance")
    return text.text(words, path, longest=LONGEST_GUIDANCE, what=f"the {role}'s guidance")


def _index(position: int, places: int) -> int:
    return text.number(position, POSITION_PATH, low=1, high=places, what="a position") - 1


def _in_order(steps: list[ProgramStep], step: ProgramStep, weeks: int) -> None:
    """Refuses a step whose week does not fit between those of the steps before and after it."""
    if all(before.week <= after.week for before, after in pairwise(steps)):
        return
    place = steps.index(step)
    earliest = steps[place - 1].week if place else 1
    latest = steps[place + 1].week if place + 1 < len(steps) else weeks
    fits = f"of week {earliest}" if earliest == latest else f"of weeks {earliest} to {latest}"
    message = f"Weeks never go back: at position {place + 1} there is room for a step {fits}, not of week {step.week}."
    raise text.invalid(message, WEEK_PATH)


async def _settle(
    changed: Changed, program: Program, steps: list[ProgramStep], viewer: access.Viewer, now: datetime
) -> None:
    """Number the steps in this order. No two may have one position at any moment, so all of them step aside first."""
    aside = "UPDATE program_steps SET position = position + $2 WHERE program_id = $1"
    await changed.sql(aside, program.id, 2 * MAX_STEPS)
    for position, step in enumerate(steps, start=1):
        step.position = position
    await changed.sql(
        "UPDATE program_steps SET position = place FROM unnest($1::uuid[]) WITH ORDINALITY AS named(step, place)"
        " WHERE id = step",
        [step.id for step in steps],
    )
    await program_states.log_change(changed, program, now, actor=viewer.id)
