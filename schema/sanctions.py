"""Taking back what was imposed on a person or a group: by those who may impose it."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from models.groups import Group as GroupRow
from models.users import User as UserRow
from resolvers import sanctions
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.node import key_of
from schema.users import User

if TYPE_CHECKING:
    from schema.groups import Group

MaybeGroup = Annotated["Group", strawberry.lazy("schema.groups")] | None


@strawberry.input(description="A ban from a group, to be lifted.")
class LiftBanInput:
    group_id: strawberry.ID = strawberry.field(description="A group of which one is an admin; any, for a moderator.")
    user_id: strawberry.ID = strawberry.field(description="The person who is banned there; not oneself.")


@strawberry.type(description="What `liftBan` did.")
class LiftBanPayload(Payload):
    group: MaybeGroup = strawberry.field(default=None, description="The group; null when refused.")


@strawberry.input(description="A group that may run mentorship programs again.")
class RestoreEligibilityInput:
    group_id: strawberry.ID = strawberry.field(
        description="A group from which a moderator has withdrawn mentorship, and of which one is no admin."
    )


@strawberry.type(description="What `restoreEligibility` did.")
class RestoreEligibilityPayload(Payload):
    group: MaybeGroup = strawberry.field(default=None, description="The group; null when refused.")


@strawberry.input(description="A suspended account, to be given back.")
class RestoreAccountInput:
    user_id: strawberry.ID = strawberry.field(description="The person; not oneself.")


@strawberry.type(description="What `restoreAccount` did.")
class RestoreAccountPayload(Payload):
    user: User | None = strawberry.field(default=None, description="The person; null when refused.")


@strawberry.type
class SanctionMutation:
    @mutation(
        "Let a person who is banned from a group join it again, as an admin of the group or a moderator; only as "
        "a moderator if one imposed the ban. The person is told. What ended with the ban stays ended."
    )
    async def lift_ban(
        self, info: Info, input: Annotated[LiftBanInput, strawberry.argument(description="The ban.")]
    ) -> LiftBanPayload:
        group = await sanctions.lift_ban(
            info.context.viewer,
            info.context.now,
            group_id=key_of(input.group_id, GroupRow, sanctions.GROUP_PATH),
            user_id=key_of(input.user_id, UserRow, sanctions.USER_PATH),
        )
        return LiftBanPayload(group=shown(group))

    @mutation("Let a group run mentorship programs again, as a moderator. Its admins are told.")
    async def restore_eligibility(
        self, info: Info, input: Annotated[RestoreEligibilityInput, strawberry.argument(description="The group.")]
    ) -> RestoreEligibilityPayload:
        group_id = key_of(input.group_id, GroupRow, sanctions.GROUP_PATH)
        group = await sanctions.restore_eligibility(info.context.viewer, info.context.now, group_id=group_id)
        return RestoreEligibilityPayload(group=shown(group))

    @mutation("Let a person whose account is suspended log in again, as a moderator. The person is told.")
    async def restore_account(
        self, info: Info, input: Annotated[RestoreAccountInput, strawberry.argument(description="The person.")]
    ) -> RestoreAccountPayload:
        user_id = key_of(input.user_id, UserRow, sanctions.USER_PATH)
        user = await sanctions.restore_account(info.context.viewer, info.context.now, user_id=user_id)
        return RestoreAccountPayload(user=shown(user))
