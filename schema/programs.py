"""Mentorship programs: what members see of them, what admins see, starting one and taking it further."""

from datetime import date
from functools import partial
from typing import Annotated

import strawberry
from strawberry import Parent

from models.enums import MatchState, ProgramState, SignUpRole, SignUpState, StepRule
from models.groups import Group as GroupRow
from models.matches import Match as MatchRow
from models.program_templates import program_templates
from models.programs import Program as ProgramRow
from models.sign_ups import SignUp as SignUpRow
from pubsub.streams import program_stream
from resolvers import access, loaders, programs
from resolvers.pages import Children
from schema.connections import After, Before, Connection, First, Last, connection, part
from schema.context import Info
from schema.errors import Payload, mutation
from schema.groups import Group
from schema.matches import Match
from schema.memberships import membership_of_viewer
from schema.node import Node, key_of, parse_id, visible_node
from schema.program_templates import ProgramTemplate
from schema.scalars import Markdown
from schema.sign_ups import SignUp

SIGN_UPS = Children(SignUpRow, "program_id", where="role = ANY($2::text[]) AND state = ANY($3::text[])")
MATCHES = Children(MatchRow, "program_id", programs.NEWEST_FIRST, "state = ANY($2::text[])")

Role = Annotated[SignUpRole | None, strawberry.argument(description="Only sign-ups for this role; both when left out.")]
SignUpStates = Annotated[
    list[SignUpState] | None,
    strawberry.argument(description="Only sign-ups in one of these states; all when left out."),
]
MatchStates = Annotated[
    list[MatchState] | None, strawberry.argument(description="Only matches in one of these states; all when left out.")
]


@strawberry.type(description="A step of a program. Each pair gets its own copy when it is matched.")
class ProgramStep(Node):
    position: int = strawberry.field(description="Its place among the steps, from 1.")
    week: int = strawberry.field(description="The week of a match that it belongs to, from 1.")
    title: str = strawberry.field(description="What it is called.")
    mentor_guidance: Markdown = strawberry.field(description="What the mentor does in it.")
    mentee_guidance: Markdown = strawberry.field(description="What the mentee does in it.")
    rule: StepRule = strawberry.field(description="Who has to complete it.")
    minutes: int = strawberry.field(description="About how long it takes each of the two.")


@strawberry.type(description="What only the admins of a program's group see of it.")
class ProgramAdmin:
    @strawberry.field(description="Who signed up, in the order in which they did.")
    async def sign_ups(
        self,
        root: Parent[ProgramRow],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        role: Role = None,
        state: SignUpStates = None,
    ) -> Connection[SignUp]:
        roles = tuple(SignUpRole) if role is None else (role,)
        states = tuple(SignUpState if state is None else state)
        asked = part(first, after, last, before)
        return connection(await info.context.page(SIGN_UPS, root.id, asked, roles, states))

    @strawberry.field(description="The pairs, newest first: people, state and dates. What they write is theirs alone.")
    async def matches(
        self,
        root: Parent[ProgramRow],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        state: MatchStates = None,
    ) -> Connection[Match]:
        states = tuple(MatchState if state is None else state)
        return connection(await info.context.page(MATCHES, root.id, part(first, after, last, before), states))

    @strawberry.field(description="Where the program's stream stands: `programActivity(after:)` goes on from here.")
    def activity_cursor(self, root: Parent[ProgramRow]) -> str:
        return program_stream(root.id).cursor(root.activity_head)


@strawberry.type(description="A mentorship program of a group, for its members; a draft is for its admins only.")
class Program(Node):
    title: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What it is for, and for whom.")
    state: ProgramState = strawberry.field(description="Where it stands.")
    rolling: bool = strawberry.field(description="Whether sign-up and matching stay open while it is RUNNING.")
    weeks: int = strawberry.field(description="How long a match lasts by its plan.")
    starts_on: date | None = strawberry.field(description="The day on which it is meant to start, if one is set.")

    @strawberry.field(description="The group whose program it is.")
    async def group(self, root: Parent[ProgramRow], info: Info) -> Group:
        return await info.context.one(GroupRow, root.group_id)

    @strawberry.field(description="Its steps, by position.")
    async def steps(self, root: Parent[ProgramRow], info: Info) -> list[ProgramStep]:
        return await info.context.load("steps of programs", loaders.steps_of_programs, root.id)

    @strawberry.field(description="The viewer's own sign-ups for it, the earliest first; those that are over too.")
    async def viewer_sign_ups(self, root: Parent[ProgramRow], info: Info) -> list[SignUp]:
        viewer = info.context.viewer
        if viewer is None:
            return []
        return await info.context.load("sign-ups of the viewer", partial(programs.sign_ups_of, viewer.id), root.id)

    @strawberry.field(description="What the group's admins see; null for everybody else.")
    async def admin(self, root: Parent[ProgramRow], info: Info) -> ProgramAdmin | None:
        membership = await membership_of_viewer(info.context, root.group_id)
        return root if access.is_admin(membership) else None


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


@strawberry.type(description="What `createProgram` did.")
class CreateProgramPayload(Payload):
    program: Program | None = strawberry.field(default=None, description="The new draft; null when refused.")


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
    @strawberry.field(description="A program by its id; null alike when it is absent and when it is not yours to see.")
    async def program(self, info: Info, id: ProgramId) -> Program | None:
        parsed = parse_id(id)
        return await visible_node(info.context, id) if parsed and parsed[0] == ProgramRow.__name__ else None

    @strawberry.field(description="The programs that the viewer may see, newest first.")
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
        return connection(
            await programs.find_programs(info.context.viewer, asked, topic=topic, open_for_sign_up=open_for_sign_up)
        )

    @strawberry.field(description="The templates that ship, in the order in which they are offered.")
    def program_templates(self) -> list[ProgramTemplate]:
        return program_templates()


@strawberry.type
class ProgramMutation:
    @mutation("Start a program as a draft with its own copy of a template's steps, as an admin of an eligible group.")
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
        )
        return CreateProgramPayload(program=program)

    @mutation("Take a program to its next state, as an admin. Closing lets matches finish; cancelling ends them.")
    async def advance_program(
        self, info: Info, input: Annotated[AdvanceProgramInput, strawberry.argument(description="The step.")]
    ) -> AdvanceProgramPayload:
        program = await programs.advance_program(
            info.context.viewer,
            info.context.now,
            program_id=key_of(input.program_id, ProgramRow, programs.PATH),
            to=input.to,
        )
        return AdvanceProgramPayload(program=program)
