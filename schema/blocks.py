"""Blocking somebody, taking it back, and one's own list of those whom one has blocked."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.users import User as UserRow
from resolvers import blocks
from resolvers.reads import Fact, bare
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.node import Node, global_id, key_of
from schema.reads import computed
from schema.users import User

# Of somebody who may be out of sight by now his name is left, and nothing else: enough to take the block back.
NAME = Fact("blocked name", "(SELECT name FROM users WHERE users.id = {row}.blocked_id)", for_viewer=False)


@strawberry.type(description="That the viewer has blocked somebody. For the viewer only: nobody else ever learns it.")
class Block(Node):
    created_at: datetime = strawberry.field(description="When the viewer blocked the person.")

    user_id: strawberry.ID = computed(
        lambda row: global_id(bare(UserRow, row.blocked_id)),
        "blocked_id",
        description="Who it is, for `unblockUser`, and for `node` as long as the two share a group or a match.",
    )
    name: str = computed(
        lambda _, __, name: name, fact=NAME, description="What the person is called, also when out of sight otherwise."
    )


@strawberry.input(description="Somebody to block.")
class BlockUserInput:
    user_id: strawberry.ID = strawberry.field(
        description="A person with whom one shares a group, or a match, also one that has ended."
    )


@strawberry.type(description="What `blockUser` did.")
class BlockUserPayload(Payload):
    user: User | None = strawberry.field(
        default=None,
        description="The person; null when refused, and for somebody blocked before who is out of sight by now.",
    )


@strawberry.input(description="Somebody to block no longer.")
class UnblockUserInput:
    user_id: strawberry.ID = strawberry.field(description="One of `viewer.blockedUsers`.")


@strawberry.type(description="What `unblockUser` did.")
class UnblockUserPayload(Payload):
    user: User | None = strawberry.field(
        default=None, description="The person; null when refused, and for somebody who is out of sight by now."
    )


@strawberry.type
class BlockMutation:
    @mutation(
        "Block a person: your open matches end, and neither of you is suggested to the other, matched or shown in a "
        "program again. The other one sees an ordinary end, and is not told why."
    )
    async def block_user(
        self, info: Info, input: Annotated[BlockUserInput, strawberry.argument(description="The person.")]
    ) -> BlockUserPayload:
        user_id = key_of(input.user_id, UserRow, blocks.PATH)
        user = await blocks.block_user(info.context.viewer, info.context.now, user_id=user_id)
        return BlockUserPayload(user=shown(user))

    @mutation("Take a block back. A match that it ended stays ended, and after one you two are not matched again.")
    async def unblock_user(
        self, info: Info, input: Annotated[UnblockUserInput, strawberry.argument(description="The person.")]
    ) -> UnblockUserPayload:
        user_id = key_of(input.user_id, UserRow, blocks.PATH)
        user = await blocks.unblock_user(info.context.viewer, info.context.now, user_id=user_id)
        return UnblockUserPayload(user=shown(user))
