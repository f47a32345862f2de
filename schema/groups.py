"""Community groups: what anybody sees of them, what their members see, and making one."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.enums import GroupFocus, GroupRole, ProgramState
from models.groups import Group as GroupRow
from models.groups import Membership as MembershipRow
from models.programs import Program as ProgramRow
from resolvers import access, groups
from resolvers.pages import Children
from schema.connections import After, Before, Connection, First, Last, part
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown
from schema.memberships import Membership, MembershipMutation
from schema.node import Node, key_of
from schema.reads import computed, page, view
from schema.report_reviews import GroupAdmin
from schema.rows import page_of, visible_row

if TYPE_CHECKING:
    from schema.programs import Program

MEMBERS = Children(MembershipRow, "group_id")
PROGRAMS = Children(
    ProgramRow,
    "group_id",
    groups.NEWEST_FIRST,
    f"state = ANY($2::text[]) AND {access.LISTED_PROGRAMS}",
    for_viewer=True,
)
ELIGIBILITY = ("focus", "mentorship_withdrawn_at")

ProgramStates = Annotated[
    list[ProgramState] | None,
    strawberry.argument(description="Only programs in one of these states; all when left out."),
]
LazyProgram = Annotated["Program", strawberry.lazy("schema.programs")]


def programs_in(state: ProgramStates = None) -> tuple[Any, ...]:
    """The group's programs in these states, or in any."""
    return PROGRAMS, list(ProgramState if state is None else state)


@strawberry.type(description="Whether a group may run mentorship programs.")
class MentorshipEligibility:
    eligible: bool = computed(
        lambda group: group.ineligible_because() is None, *ELIGIBILITY, description="Whether it may."
    )
    reason: str | None = computed(
        lambda group: group.ineligible_because(),
        *ELIGIBILITY,
        description="Why it may not, and what can be done about it; null when it may.",
    )


@strawberry.type(description="A community. Anybody sees what it is about; members and programs are for its members.")
class Group(Node):
    slug: str = strawberry.field(description="Its name in addresses, unique.")
    name: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What it is for.")
    focus: GroupFocus = strawberry.field(description="What it is about; it decides whether it may run programs.")
    topics: list[str] = strawberry.field(
        description="What people talk about there, in a word or two each; sign-ups choose from them."
    )
    topics_closed: bool = strawberry.field(
        description="Whether sign-ups name these topics alone; otherwise people may add some in their own words."
    )

    time_zone: str | None = computed(
        lambda group, _, role: group.time_zone if role else None,
        "time_zone",
        fact=access.ROLE_IN_GROUP,
        description="By whose clocks its programs' days begin and end; null for an outsider.",
    )
    mentorship: MentorshipEligibility = view(description="Whether it may run mentorship programs, and why not.")
    viewer_role: GroupRole | None = computed(
        lambda _, __, role: role,
        fact=access.ROLE_IN_GROUP,
        description="The viewer's role in it; null for somebody who is no member.",
    )
    members: Connection[Membership] | None = page(
        MEMBERS,
        guard=access.MEMBERS_ONLY,
        description="Its members, in the order in which they joined; null for an outsider.",
    )
    programs: Connection[LazyProgram] | None = page(
        PROGRAMS,
        programs_in,
        guard=access.MEMBERS_ONLY,
        description="Its programs, newest first; null for an outsider. Drafts are for its admins.",
    )
    admin: GroupAdmin | None = view(
        guard=access.ADMINS_OF_GROUP_ONLY, description="What the group's admins see; null for everybody else."
    )


@strawberry.input(description="A new group.")
class CreateGroupInput:
    name: str = strawberry.field(description="What it is called, up to 80 characters.")
    slug: str = strawberry.field(
        description="Its name in addresses: 3 to 60 small letters a to z, digits and single hyphens; unique."
    )
    focus: GroupFocus = strawberry.field(description="What it is about.")
    description: str = strawberry.field(description="What it is for, up to 4,000 characters.")
    topics: list[str] | None = strawberry.field(default=None, description="Up to 20 topics, 60 characters each.")
    time_zone: str | None = strawberry.field(
        default="UTC",
        description="By whose clocks its programs' days begin and end: a name of the IANA database, such as "
        "Europe/Berlin.",
    )


@strawberry.type(description="What `createGroup` did.")
class CreateGroupPayload(Payload):
    group: Group | None = strawberry.field(default=None, description="The new group; null when refused.")


@strawberry.input(description="A group's topics from now on. What people chose in sign-ups before stays there.")
class SetGroupTopicsInput:
    group_id: strawberry.ID = strawberry.field(description="A group of which one is an admin.")
    topics: list[str] = strawberry.field(description="Up to 50 topics, 60 characters each.")
    closed: bool | None = strawberry.field(
        default=None, description="Whether sign-ups name these topics alone; left out, it stays as it is."
    )


@strawberry.type(description="What `setGroupTopics` did.")
class SetGroupTopicsPayload(Payload):
    group: Group | None = strawberry.field(default=None, description="The group as it is now; null when refused.")


Slug = Annotated[str, strawberry.argument(description="The group's name in addresses.")]
Focus = Annotated[GroupFocus | None, strawberry.argument(description="Only groups about this; all when left out.")]
Topic = Annotated[
    str | None, strawberry.argument(description="Only groups that name this topic, whether in capitals or not.")
]


@strawberry.type
class GroupQuery:
    @field(description="The group of that slug; null when there is none.")
    async def group(self, info: Info, slug: Slug) -> Group | None:
        return await visible_row(info, GroupRow, slug, by="slug") if groups.is_slug(slug) else None

    @field(description="All groups, newest first. Anybody may look.")
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
        query = groups.groups_about(info.context.viewer, focus=focus, topic=topic)
        return await page_of(query, groups.NEWEST_FIRST, asked, info)


@strawberry.type
class GroupMutation(MembershipMutation):
    @mutation("Make a group, and become its first admin.", verified=True)
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
            time_zone=input.time_zone or "UTC",
        )
        return CreateGroupPayload(group=shown(group))

    @mutation("Set the topics that sign-ups choose from, as an admin of the group.")
    async def set_group_topics(
        self, info: Info, input: Annotated[SetGroupTopicsInput, strawberry.argument(description="The topics.")]
    ) -> SetGroupTopicsPayload:
        group = await groups.set_group_topics(
            info.context.viewer,
            group_id=key_of(input.group_id, GroupRow, groups.GROUP_PATH),
            topics=input.topics,
            closed=input.closed,
        )
        return SetGroupTopicsPayload(group=shown(group))
