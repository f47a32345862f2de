"""The steps of a program: what members see of them, and how admins change those of a draft."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from models.enums import StepRule
from models.programs import Program as ProgramRow
from models.programs import ProgramStep as ProgramStepRow
from resolvers import program_steps
from resolvers.program_steps import StepPlan
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.node import Node, key_of
from schema.scalars import Markdown

if TYPE_CHECKING:
    from schema.programs import Program

LazyProgram = Annotated["Program", strawberry.lazy("schema.programs")]


@strawberry.type(description="A step of a program. Each pair gets its own copy when it is matched.")
class ProgramStep(Node):
    position: int = strawberry.field(description="Its place among the steps, from 1.")
    week: int = strawberry.field(description="The week of a match that it belongs to, from 1.")
    title: str = strawberry.field(description="What it is called.")
    mentor_guidance: Markdown = strawberry.field(description="What the mentor does in it.")
    mentee_guidance: Markdown = strawberry.field(description="What the mentee does in it.")
    rule: StepRule = strawberry.field(description="Who has to complete it.")
    minutes: int = strawberry.field(description="About how long it takes each of the two.")


@strawberry.input(description="A new step of a draft.")
class AddProgramStepInput:
    program_id: strawberry.ID = strawberry.field(description="A draft of a group of which one is an admin.")
    week: int = strawberry.field(description="The week of a match that it belongs to, from 1 to the program's weeks.")
    title: str = strawberry.field(description="What it is called, up to 120 characters.")
    mentor_guidance: Markdown = strawberry.field(description="What the mentor does in it, up to 4,000 characters.")
    mentee_guidance: Markdown = strawberry.field(description="What the mentee does in it, up to 4,000 characters.")
    rule: StepRule = strawberry.field(description="Who has to complete it.")
    minutes: int = strawberry.field(description="About how long it takes each of the two: 5 to 240.")
    position: int | None = strawberry.field(
        default=None, description="Its place among the steps, from 1; left out, it comes last in its week."
    )


@strawberry.input(description="A step of a draft, and what is to change of it. What is left out stays as it is.")
class UpdateProgramStepInput:
    program_step_id: strawberry.ID = strawberry.field(description="The step.")
    week: int | None = strawberry.field(
        default=None, description="Another week, between those of the steps before and after it."
    )
    title: str | None = strawberry.field(default=None, description="What it is called, up to 120 characters.")
    mentor_guidance: Markdown | None = strawberry.field(
        default=None, description="What the mentor does in it, up to 4,000 characters."
    )
    mentee_guidance: Markdown | None = strawberry.field(
        default=None, description="What the mentee does in it, up to 4,000 characters."
    )
    rule: StepRule | None = strawberry.field(default=None, description="Who has to complete it.")
    minutes: int | None = strawberry.field(
        default=None, description="About how long it takes each of the two: 5 to 240."
    )


@strawberry.input(description="A step of a draft, and where it is to stand.")
class MoveProgramStepInput:
    program_step_id: strawberry.ID = strawberry.field(description="The step.")
    position: int = strawberry.field(description="Its new place among the steps, from 1.")
    week: int | None = strawberry.field(
        default=None, description="Its new week, where the old one does not fit there: weeks never go back."
    )


@strawberry.input(description="A step to take out of a draft.")
class RemoveProgramStepInput:
    program_step_id: strawberry.ID = strawberry.field(description="The step.")


@strawberry.type
class _StepPayload(Payload):
    program: LazyProgram | None = strawberry.field(
        default=None, description="The program with its steps as they are now; null when refused."
    )
    program_step: ProgramStep | None = strawberry.field(
        default=None, description="The step as it is now; null when refused."
    )


@strawberry.type(description="What `addProgramStep` did.")
class AddProgramStepPayload(_StepPayload):
    pass


@strawberry.type(description="What `updateProgramStep` did.")
class UpdateProgramStepPayload(_StepPayload):
    pass


@strawberry.type(description="What `moveProgramStep` did.")
class MoveProgramStepPayload(_StepPayload):
    pass


@strawberry.type(description="What `removeProgramStep` did.")
class RemoveProgramStepPayload(Payload):
    program: LazyProgram | None = strawberry.field(
        default=None, description="The program with the steps that are left; null when refused."
    )


def _plan(input: AddProgramStepInput | UpdateProgramStepInput) -> StepPlan:
    return StepPlan(
        week=input.week,
        title=input.title,
        mentor_guidance=input.mentor_guidance,
        mentee_guidance=input.mentee_guidance,
        rule=input.rule,
        minutes=input.minutes,
    )


def _step(step_id: strawberry.ID) -> UUID:
    return key_of(step_id, ProgramStepRow, program_steps.PATH)


@strawberry.type
class ProgramStepMutation:
    @mutation("Add a step to a draft, as an admin. A program has 60 steps at most.")
    async def add_program_step(
        self, info: Info, input: Annotated[AddProgramStepInput, strawberry.argument(description="The step.")]
    ) -> AddProgramStepPayload:
        program_id = key_of(input.program_id, ProgramRow, program_steps.PROGRAM_PATH)
        program, step = await program_steps.add_step(
            info.context.viewer, info.context.now, program_id=program_id, plan=_plan(input), position=input.position
        )
        return AddProgramStepPayload(program=shown(program), program_step=shown(step))

    @mutation("Change a step of a draft, as an admin.")
    async def update_program_step(
        self, info: Info, input: Annotated[UpdateProgramStepInput, strawberry.argument(description="The change.")]
    ) -> UpdateProgramStepPayload:
        program, step = await program_steps.update_step(
            info.context.viewer, info.context.now, plan=_plan(input), program_step_id=_step(input.program_step_id)
        )
        return UpdateProgramStepPayload(program=shown(program), program_step=shown(step))

    @mutation("Move a step of a draft to another place, as an admin; the others close up.")
    async def move_program_step(
        self, info: Info, input: Annotated[MoveProgramStepInput, strawberry.argument(description="Where to.")]
    ) -> MoveProgramStepPayload:
        program, step = await program_steps.move_step(
            info.context.viewer,
            info.context.now,
            position=input.position,
            week=input.week,
            program_step_id=_step(input.program_step_id),
        )
        return MoveProgramStepPayload(program=shown(program), program_step=shown(step))

    @mutation("Take a step out of a draft, as an admin; the others close up.")
    async def remove_program_step(
        self, info: Info, input: Annotated[RemoveProgramStepInput, strawberry.argument(description="The step.")]
    ) -> RemoveProgramStepPayload:
        program = await program_steps.remove_step(
            info.context.viewer, info.context.now, program_step_id=_step(input.program_step_id)
        )
        return RemoveProgramStepPayload(program=shown(program))
