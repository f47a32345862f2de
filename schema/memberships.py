"""Memberships: who belongs to a group, and joining, leaving, removing and setting roles."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.enums import GroupRole
from models.groups import Group as GroupRow
from models.users import User as UserRow
from resolvers import memberships
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.node import Node, key_of
from schema.reads import one
from schema.users import User

if TYPE_CHECKING:
    from schema.groups import Group


@strawberry.type(description="A person's place in a group. For the group's members only.")
class Membership(Node):
    role: GroupRole = strawberry.field(description="What the person may do in the group.")
    joined_at: datetime = strawberry.field(description="When the person joined.")

    user: User = one(UserRow, "user_id", description="The member.")


MaybeGroup = Annotated["Group", strawberry.lazy("schema.groups")] | None


@strawberry.input(description="A group to join.")
class JoinGroupInput:
    group_id: strawberry.ID = strawberry.field(description="The group.")


@strawberry.type(description="What `joinGroup` did.")
class JoinGroupPayload(Payload):
    group: MaybeGroup = strawberry.field(default=None, description="The group joined; null when refused.")


@strawberry.input(description="A group to leave.")
class LeaveGroupInput:
    group_id: strawberry.ID = strawberry.field(description="The group.")


@strawberry.type(description="What `leaveGroup` did.")
class LeaveGroupPayload(Payload):
    group: MaybeGroup = strawberry.field(
        default=None, description="The group left, as an outsider sees it; null when refused."
    )


@strawberry.input(description="A member to remove from a group.")
class RemoveMemberInput:
    group_id: strawberry.ID = strawberry.field(description="A group of which one is an admin.")
    user_id: strawberry.ID = strawberry.field(description="The member; not oneself, who uses `leaveGroup`.")
    ban: bool | None = strawberry.field(default=False, description="Whether the person may not join again.")


@strawberry.type(description="What `removeMember` did.")
class RemoveMemberPayload(Payload):
    group: MaybeGroup = strawberry.field(default=None, description="The group; null when refused.")


@strawberry.input(description="A member's new role.")
class SetGroupRoleInput:
    group_id: strawberry.ID = strawberry.field(description="A group of which one is an admin.")
    user_id: strawberry.ID = strawberry.field(description="The member.")
    role: GroupRole = strawberry.field(description="The new role. The last admin stays one.")


@strawberry.type(description="What `setGroupRole` did.")
class SetGroupRolePayload(Payload):
    group: MaybeGroup = strawberry.field(default=None, description="The group; null when refused.")


@strawberry.type
class MembershipMutation:
    @mutation("Become a member of a group. Somebody who is one already stays what he or she is.")
    async def join_group(
        self, info: Info, input: Annotated[JoinGroupInput, strawberry.argument(description="The group.")]
    ) -> JoinGroupPayload:
        group_id = key_of(input.group_id, GroupRow, memberships.GROUP_PATH)
        group = await memberships.join_group(info.context.viewer, info.context.now, group_id=group_id)
        return JoinGroupPayload(group=shown(group))

    @mutation("Leave a group. One's open matches there end, and one's open sign-ups are withdrawn.")
    async def leave_group(
        self, info: Info, input: Annotated[LeaveGroupInput, strawberry.argument(description="The group.")]
    ) -> LeaveGroupPayload:
        group_id = key_of(input.group_id, GroupRow, memberships.GROUP_PATH)
        group = await memberships.leave_group(info.context.viewer, info.context.now, group_id=group_id)
        return LeaveGroupPayload(group=shown(group))

    @mutation(
        "Remove a member, as an admin. Open matches there end, and the person reads none of their spaces any more."
    )
    async def remove_member(
        self, info: Info, input: Annotated[RemoveMemberInput, strawberry.argument(description="The member.")]
    ) -> RemoveMemberPayload:
        group = await memberships.remove_member(
            info.context.viewer,
            info.context.now,
            group_id=key_of(input.group_id, GroupRow, memberships.GROUP_PATH),
            user_id=key_of(input.user_id, UserRow, memberships.USER_PATH),
            ban=bool(input.ban),
        )
        return RemoveMemberPayload(group=shown(group))

    @mutation("Make a member an admin, or an admin a member, as an admin. A group keeps at least one.")
    async def set_group_role(
        self, info: Info, input: Annotated[SetGroupRoleInput, strawberry.argument(description="The role.")]
    ) -> SetGroupRolePayload:
        group = await memberships.set_group_role(
            info.context.viewer,
            info.context.now,
            group_id=key_of(input.group_id, GroupRow, memberships.GROUP_PATH),
            user_id=key_of(input.user_id, UserRow, memberships.USER_PATH),
            role=input.role,
        )
        return SetGroupRolePayload(group=shown(group))
