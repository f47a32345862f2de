"""Mentorship programs: what members see of them, starting one and taking it further."""

from datetime import date
from typing import Annotated, Any

import strawberry

from models.enums import ProgramState, SignUpRole, StepOpening
from models.groups import Group as GroupRow
from models.program_templates import program_templates
from models.programs import Program as ProgramRow
from models.programs import ProgramStep as ProgramStepRow
from models.sign_ups import ShownSignUp as ShownRow
from models.sign_ups import SignUp as SignUpRow
from resolvers import access, program_states, programs
from resolvers.match_weights import set_match_weights
from resolvers.pages import Children
from schema import match_weights
from schema.connections import After, Before, Connection, First, Last, part
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown
from schema.groups import Group
from schema.node import Node, key_of, visible_of
from schema.program_admin import ProgramAdmin, Role
from schema.program_steps import ProgramStep
from schema.program_templates import ProgramTemplate
from schema.reads import computed, many, one, page, view
from schema.rows import page_of
from schema.sign_ups import ShownSignUp, SignUp

SHOWN = Children(
    ShownRow, "program_id", where=f"role = ANY($2::text[]) AND {access.SHOWN_TO_ONE_ANOTHER}", for_viewer=True
)


def shown_sign_ups(role: Role = None) -> tuple[Any, ...]:
    """The program's sign-ups for this role, or for both, that other members may see."""
    return SHOWN, list(SignUpRole) if role is None else [role]


@strawberry.type(description="A mentorship program of a group, for its members; a draft is for its admins only.")
class Program(Node):
    title: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What it is for, and for whom.")
    state: ProgramState = strawberry.field(description="Where it stands.")
    rolling: bool = strawberry.field(description="Whether sign-up and matching stay open while it is RUNNING.")
    weeks: int = strawberry.field(description="How long a match lasts by its plan.")
    step_opening: StepOpening = strawberry.field(description="When its steps open for its pairs.")
    starts_on: date | None = strawberry.field(
        description="The day on which it is meant to start, if one is set. Its admins start it."
    )
    ends_on: date | None = strawberry.field(
        description="Its last day, if one is set: when it is over in the group's time zone, the program is CLOSED, and "
        "its pairs may finish."
    )

    sign_up_opens_on: date | None = strawberry.field(
        description="The day on which sign-up opens by itself, in the group's time zone; null if an admin opens it."
    )
    sign_up_closes_on: date | None = strawberry.field(
        description="The last day for signing up, if one is set. When it is over in the group's time zone, sign-up "
        "closes and matching starts, if there are two to pair. In a rolling program it starts matching and closes "
        "nothing."
    )

    sign_up_is_open: bool = computed(
        lambda program: program.takes_sign_ups(),
        "state",
        "rolling",
        "sign_up_closed_at",
        description="Whether members may sign up now.",
    )
    group: Group = one(GroupRow, "group_id", description="The group whose program it is.")
    steps: list[ProgramStep] = many(
        ProgramStepRow, "program_id", order="position", description="Its steps, by position."
    )
    viewer_sign_ups: list[SignUp] = many(
        SignUpRow,
        "program_id",
        where="user_id = {viewer}",
        for_viewer=True,
        description="The viewer's own sign-ups for it, the earliest first; those that are over too.",
    )
    shown_sign_ups: Connection[ShownSignUp] | None = page(
        SHOWN,
        shown_sign_ups,
        guard=access.MAY_WISH,
        description="Those of others who agreed to be shown, in the order in which they signed up, to wish for. For "
        "members of 18 and older as long as pairs are to be made; null for everybody else.",
    )
    admin: ProgramAdmin | None = view(
        guard=access.ADMINS_ONLY, description="What the group's admins see; null for everybody else."
    )


@strawberry.input(description="A new program, made from a template.")
class CreateProgramInput:
    group_id: strawberry.ID = strawberry.field(description="A group of which one is an admin, and which is eligible.")
    template_key: str = strawberry.field(description="The key of one of the `programTemplates`.")
    title: str = strawberry.field(description="What it is called, up to 120 characters.")
    description: str = strawberry.field(description="What it is for, and for whom, up to 4,000 characters.")
    starts_on: date | None = strawberry.field(default=None, description="The day on which it is meant to start.")
    rolling: bool | None = strawberry.field(
        default=False, description="Whether sign-up and matching stay open while it is RUNNING."
    )
    step_opening: StepOpening | None = strawberry.field(
        default=StepOpening.BY_WEEK, description="When its steps open for its pairs."
    )
    ends_on: date | None = strawberry.field(
        default=None, description="Its last day in the group's time zone, after which it closes by itself."
    )


@strawberry.type(description="What `createProgram` did.")
class CreateProgramPayload(Payload):
    program: Program | None = strawberry.field(default=None, description="The new draft; null when refused.")


@strawberry.type(description="What `setMatchWeights` did.")
class SetMatchWeightsPayload(Payload):
    program: Program | None = strawberry.field(default=None, description="The program as it is now; null when refused.")


@strawberry.input(description="A program, and the state to take it to.")
class AdvanceProgramInput:
    program_id: strawberry.ID = strawberry.field(description="A program of a group of which one is an admin.")
    to: ProgramState = strawberry.field(description="The state that comes next, or CANCELLED.")


@strawberry.type(description="What `advanceProgram` did.")
class AdvanceProgramPayload(Payload):
    program: Program | None = strawberry.field(default=None, description="The program as it is now; null when refused.")


ProgramId = Annotated[strawberry.ID, strawberry.argument(description="The program's id.")]
Topic = Annotated[
    str | None, strawberry.argument(description="Only programs whose group names this topic, in capitals or not.")
]
OpenForSignUp = Annotated[
    bool | None, strawberry.argument(description="Only those that people may sign up for now, or only the others.")
]


@strawberry.type
class ProgramQuery:
    @field(description="A program by its id; null alike when it is absent and when it is not yours to see.")
    async def program(self, info: Info, id: ProgramId) -> Program | None:
        return shown(await visible_of(info, ProgramRow, id))

    @field(description="The programs that the viewer may see, newest first.")
    async def programs(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        topic: Topic = None,
        open_for_sign_up: OpenForSignUp = None,
    ) -> Connection[Program]:
        asked = part(first, after, last, before)
        query = programs.programs_about(info.context.viewer, topic=topic, open_for_sign_up=open_for_sign_up)
        return await page_of(query, programs.NEWEST_FIRST, asked, info)

    @field(description="The templates that ship, in the order in which they are offered.")
    def program_templates(self) -> list[ProgramTemplate]:
        return shown(program_templates())


@strawberry.type
class ProgramMutation:
    @mutation(
        "Start a program as a draft with its own copy of a template's steps, as an admin of an eligible group.",
        verified=True,
    )
    async def create_program(
        self, info: Info, input: Annotated[CreateProgramInput, strawberry.argument(description="The program.")]
    ) -> CreateProgramPayload:
        program = await programs.create_program(
            info.context.viewer,
            info.context.now,
            group_id=key_of(input.group_id, GroupRow, ("input", "groupId")),
            template_key=input.template_key,
            title=input.title,
            description=input.description,
            starts_on=input.starts_on,
            rolling=bool(input.rolling),
            step_opening=input.step_opening or StepOpening.BY_WEEK,
            ends_on=input.ends_on,
        )
        return CreateProgramPayload(program=shown(program))

    @mutation("Take a program to its next state, as an admin. Closing lets matches finish; cancelling ends them.")
    async def advance_program(
        self, info: Info, input: Annotated[AdvanceProgramInput, strawberry.argument(description="The step.")]
    ) -> AdvanceProgramPayload:
        program = await program_states.advance_program(
            info.context.viewer,
            info.context.now,
            program_id=key_of(input.program_id, ProgramRow, program_states.PATH),
            to=input.to,
        )
        return AdvanceProgramPayload(program=shown(program))

    @mutation("Set what counts in a program's suggestions, as an admin: how much each part of a pair's score weighs.")
    async def set_match_weights(self, info: Info, input: match_weights.Given) -> SetMatchWeightsPayload:
        program = await set_match_weights(
            info.context.viewer,
            info.context.now,
            program_id=key_of(input.program_id, ProgramRow, program_states.PATH),
            weights=input.named(),
        )
        return SetMatchWeightsPayload(program=shown(program))
