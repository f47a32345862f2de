"""Planning a program: its words, days and length while it is a draft, and its last day until it is closed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from models.enums import PROGRAM_OVER, ProgramState, StepOpening
from models.errors import ErrorCode, Refused
from models.groups import Group
from models.program_templates import MAX_WEEKS
from models.programs import Program, ProgramStep
from pubsub.transaction import transaction
from resolvers import access, last_days, program_states, text

PATH = ("input", "programId")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to change of a program; None leaves a thing as it is. The days come in a tuple, in which None takes one
    away."""

    title: str | None = None
    description: str | None = None
    weeks: int | None = None
    rolling: bool | None = None
    step_opening: StepOpening | None = None
    starts_on: tuple[date | None] | None = None
    ends_on: tuple[date | None] | None = None

    def is_only_the_end(self) -> bool:
        """Whether it changes nothing but the last day."""
        return self == Plan(ends_on=self.ends_on)


async def update_program(viewer: access.Viewer | None, now: datetime, *, program_id: UUID, plan: Plan) -> Program:
    """Change a draft as its plan says, as an admin of its group; after that only its last day, until it is closed.

    Raises Refused: NOT_FOUND, FORBIDDEN, ILLEGAL_TRANSITION, INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        program = await draft(viewer, program_id, PATH, its_end_only=plan.is_only_the_end())
        group = await Group.get(id=program.group_id)
        _write(program, plan)
        await _room_for_its_steps(program, plan)
        if plan.ends_on is not None:
            last_days.end_on(program, plan.ends_on[0], group, now)
        elif plan.starts_on is not None:
            last_days.start_before_the_end(program)
        await program.save()
        await program_states.log_change(changed, program, now, actor=viewer.id)
    return program


async def draft(viewer: access.Viewer, program_id: UUID, path: access.Path, *, its_end_only: bool = False) -> Program:
    """A draft, locked, for an admin of its group; a program that is not closed, if only its last day is to change."""
    await access.program_to_administer(viewer, program_id, path)
    program = await Program.select_for_update(no_key=True).get(id=program_id)
    if program.state == ProgramState.DRAFT or (its_end_only and program.state not in PROGRAM_OVER):
        return program
    possible = "its last day can be changed" if program.state not in PROGRAM_OVER else "nothing of it can be changed"
    message = f"This program is {program.state}: {possible}. All else is settled once it is a DRAFT no more."
    raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, path)


def _write(program: Program, plan: Plan) -> None:
    if plan.title is not None:
        program.title = text.line(plan.title, ("input", "title"), longest=120, what="the title")
    if plan.description is not None:
        path = ("input", "description")
        program.description = text.text(plan.description, path, longest=4_000, what="the description")
    if plan.weeks is not None:
        program.weeks = text.number(plan.weeks, ("input", "weeks"), low=1, high=MAX_WEEKS, what="the weeks")
    if plan.rolling is not None:
        program.rolling = plan.rolling
    if plan.step_opening is not None:
        program.step_opening = plan.step_opening
    if plan.starts_on is not None:
        (program.starts_on,) = plan.starts_on


async def _room_for_its_steps(program: Program, plan: Plan) -> None:
    last = await ProgramStep.filter(program_id=program.id).order_by("-week").first()
    if plan.weeks is not None and last is not None and last.week > program.weeks:
        message = f"There is a step in week {last.week}. Move or remove the steps after week {program.weeks} first."
        raise text.invalid(message, ("input", "weeks"))
