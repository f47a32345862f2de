"""Planning a program: changing a draft, and the last day of a program that is not closed."""

from datetime import date
from typing import Annotated

import strawberry

from models.enums import StepOpening
from models.programs import Program as ProgramRow
from resolvers import planning
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.node import key_of
from schema.programs import Program


@strawberry.input(description="A program, and what is to change of it. What is left out stays as it is.")
class UpdateProgramInput:
    program_id: strawberry.ID = strawberry.field(description="A program of a group of which one is an admin.")
    title: str | None = strawberry.field(default=None, description="What it is called, up to 120 characters.")
    description: str | None = strawberry.field(
        default=None, description="What it is for, and for whom, up to 4,000 characters."
    )
    weeks: int | None = strawberry.field(
        default=None, description="How long a match lasts by its plan: 1 to 52, and no shorter than its steps."
    )
    rolling: bool | None = strawberry.field(
        default=None, description="Whether sign-up and matching stay open while it is RUNNING."
    )
    step_opening: StepOpening | None = strawberry.field(default=None, description="When its steps open for its pairs.")
    starts_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="The day on which it is meant to start; null takes it away."
    )
    ends_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="Its last day in the group's time zone, after which it closes by itself; null takes it away. It "
        "can be changed until the program is CLOSED.",
    )


@strawberry.type(description="What `updateProgram` did.")
class UpdateProgramPayload(Payload):
    program: Program | None = strawberry.field(default=None, description="The program as it is now; null when refused.")


@strawberry.type
class ProgramPlanMutation:
    @mutation("Change a draft, as an admin. Once it is a draft no more, only its last day can be changed.")
    async def update_program(
        self, info: Info, input: Annotated[UpdateProgramInput, strawberry.argument(description="The change.")]
    ) -> UpdateProgramPayload:
        plan = planning.Plan(
            title=input.title,
            description=input.description,
            weeks=input.weeks,
            rolling=input.rolling,
            step_opening=input.step_opening,
            starts_on=None if input.starts_on is strawberry.UNSET else (input.starts_on,),
            ends_on=None if input.ends_on is strawberry.UNSET else (input.ends_on,),
        )
        program_id = key_of(input.program_id, ProgramRow, planning.PATH)
        program = await planning.update_program(info.context.viewer, info.context.now, program_id=program_id, plan=plan)
        return UpdateProgramPayload(program=shown(program))
