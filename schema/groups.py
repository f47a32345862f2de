"""Community groups: what anybody sees of them, what their members see, and making one."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import Parent

from models.enums import GroupFocus, GroupRole, ProgramState
from models.groups import Group as GroupRow
from models.groups import Membership as MembershipRow
from models.programs import Program as ProgramRow
from resolvers import access, groups
from resolvers.pages import Children
from schema.connections import After, Before, Connection, First, Last, connection, part
from schema.context import Info
from schema.errors import Payload, mutation
from schema.memberships import Membership, MembershipMutation, membership_of_viewer
from schema.node import Node

if TYPE_CHECKING:
    from schema.programs import Program

MEMBERS = Children(MembershipRow, "group_id")
PROGRAMS = Children(ProgramRow, "group_id", groups.NEWEST_FIRST, "state = ANY($2::text[])")

ProgramStates = Annotated[
    list[ProgramState] | None,
    strawberry.argument(description="Only programs in one of these states; all when left out."),
]
LazyProgram = Annotated["Program", strawberry.lazy("schema.programs")]


@strawberry.type(description="Whether a group may run mentorship programs.")
class MentorshipEligibility:
    @strawberry.field(description="Whether it may.")
    def eligible(self, root: Parent[GroupRow]) -> bool:
        return root.ineligible_because() is None

    @strawberry.field(description="Why it may not, and what can be done about it; null when it may.")
    def reason(self, root: Parent[GroupRow]) -> str | None:
        return root.ineligible_because()


@strawberry.type(description="A community. Anybody sees what it is about; members and programs are for its members.")
class Group(Node):
    slug: str = strawberry.field(description="Its name in addresses, unique.")
    name: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What it is for.")
    focus: GroupFocus = strawberry.field(description="What it is about; it decides whether it may run programs.")
    topics: list[str] = strawberry.field(description="What people talk about there, in a word or two each.")

    @strawberry.field(description="Whether it may run mentorship programs, and why not.")
    def mentorship(self, root: Parent[GroupRow]) -> MentorshipEligibility:
        return root

    @strawberry.field(description="The viewer's role in it; null for somebody who is no member.")
    async def viewer_role(self, root: Parent[GroupRow], info: Info) -> GroupRole | None:
        membership = await membership_of_viewer(info.context, root.id)
        return membership and membership.role

    @strawberry.field(description="Its members, in the order in which they joined; null for an outsider.")
    async def members(
        self,
        root: Parent[GroupRow],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Membership] | None:
        if await membership_of_viewer(info.context, root.id) is None:
            return None
        return connection(await info.context.page(MEMBERS, root.id, part(first, after, last, before)))

    @strawberry.field(description="Its programs, newest first; null for an outsider. Drafts are for its admins.")
    async def programs(
        self,
        root: Parent[GroupRow],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        state: ProgramStates = None,
    ) -> Connection[LazyProgram] | None:
        visible = access.program_states(await membership_of_viewer(info.context, root.id))
        if visible is None:
            return None
        states = tuple(each for each in visible if state is None or each in state)
        return connection(await info.context.page(PROGRAMS, root.id, part(first, after, last, before), states))


@strawberry.input(description="A new group.")
class CreateGroupInput:
    name: str = strawberry.field(description="What it is called, up to 80 characters.")
    slug: str = strawberry.field(
        description="Its name in addresses: 3 to 60 small letters a to z, digits and single hyphens; unique."
    )
    focus: GroupFocus = strawberry.field(description="What it is about.")
    description: str = strawberry.field(description="What it is for, up to 4,000 characters.")
    topics: list[str] | None = strawberry.field(default=None, description="Up to 20 topics, 60 characters each.")


@strawberry.type(description="What `createGroup` did.")
class CreateGroupPayload(Payload):
    group: Group | None = strawberry.field(default=None, description="The new group; null when refused.")


Slug = Annotated[str, strawberry.argument(description="The group's name in addresses.")]
Focus = Annotated[GroupFocus | None, strawberry.argument(description="Only groups about this; all when left out.")]
Topic = Annotated[
    str | None, strawberry.argument(description="Only groups that name this topic, whether in capitals or not.")
]


@strawberry.type
class GroupQuery:
    @strawberry.field(description="The group of that slug; null when there is none.")
    async def group(self, info: Info, slug: Slug) -> Group | None:
        return await info.context.load("groups by slug", groups.groups_by_slug, slug)

    @strawberry.field(description="All groups, newest first. Anybody may look.")
    async def groups(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        focus: Focus = None,
        topic: Topic = None,
    ) -> Connection[Group]:
        asked = part(first, after, last, before)
        return connection(await groups.find_groups(info.context.viewer, asked, focus=focus, topic=topic))


@strawberry.type
class GroupMutation(MembershipMutation):
    @mutation("Make a group, and become its first admin.")
    async def create_group(
        self, info: Info, input: Annotated[CreateGroupInput, strawberry.argument(description="The group.")]
    ) -> CreateGroupPayload:
        group = await groups.create_group(
            info.context.viewer,
            info.context.now,
            name=input.name,
            slug=input.slug,
            focus=input.focus,
            description=input.description,
            topics=input.topics or (),
        )
        return CreateGroupPayload(group=group)
