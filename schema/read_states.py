"""Read state: how far the two of a pair have read, what is unread, and marking it as read."""

from typing import Annotated

import strawberry
from strawberry import Parent

from models.matches import Match as MatchRow
from models.users import User as UserRow
from pubsub.streams import match_stream
from resolvers import read_states
from schema.context import Info
from schema.errors import Payload, mutation
from schema.node import key_of


@strawberry.type(description="How much the viewer has not read yet. Deleted ones do not count.")
class UnreadCounts:
    posts: int = strawberry.field(description="Posts by partners. Comments do not count.")
    messages: int = strawberry.field(description="Messages by partners.")


@strawberry.type(description="How far the two of a pair have read, as cursors of `matchActivity`.")
class ReadState:
    @strawberry.field(description="How far the viewer has read, as `markRead` was told; null if nothing yet.")
    def viewer_read_up_to(self, root: Parent[MatchRow], info: Info) -> str | None:
        return _cursor(root, root.read_up_to(info.context.viewer.id))

    @strawberry.field(
        description="How far the partner has read; null if nothing yet, and unless both of the two share read receipts."
    )
    async def partner_read_up_to(self, root: Parent[MatchRow], info: Info) -> str | None:
        viewer, partner = await both(root, info)
        return _cursor(root, read_states.partner_read_up_to(root, viewer, partner))

    @strawberry.field(
        description="The partner's posts after `viewerReadUpTo` that are not deleted. Comments do not count."
    )
    def unread_posts(self, root: Parent[MatchRow], info: Info) -> int:
        return root.unread(info.context.viewer.id, "posts")

    @strawberry.field(description="The partner's messages after `viewerReadUpTo` that are not deleted.")
    def unread_messages(self, root: Parent[MatchRow], info: Info) -> int:
        return root.unread(info.context.viewer.id, "messages")


async def both(match: MatchRow, info: Info) -> tuple[UserRow, UserRow]:
    """The viewer and his partner as they are at this moment: either may have changed what is shared since he came."""
    viewer_id = info.context.viewer.id
    viewer = info.context.one(UserRow, viewer_id)
    partner = info.context.one(UserRow, match.partner_of(viewer_id))
    return await viewer, await partner


def _cursor(match: MatchRow, number: int | None) -> str | None:
    return match_stream(match.id).cursor(number) if number else None


@strawberry.input(description="How far one has read.")
class MarkReadInput:
    match_id: strawberry.ID = strawberry.field(description="One's match.")
    up_to: str = strawberry.field(
        description="The cursor of the last thing that was read: an event's of this pair's `matchActivity`, or the "
        "space's `activityCursor`."
    )


@strawberry.type(description="What `markRead` did.")
class MarkReadPayload(Payload):
    read_state: ReadState | None = strawberry.field(
        default=None, description="The read state as it is now; null when refused."
    )


@strawberry.type
class ReadStateMutation:
    @mutation(
        "Say how far one has read in a pair's space, also after the match has ended. It only goes forward: a cursor "
        "before the last one changes nothing."
    )
    async def mark_read(
        self, info: Info, input: Annotated[MarkReadInput, strawberry.argument(description="How far.")]
    ) -> MarkReadPayload:
        match = await read_states.mark_read(
            info.context.viewer,
            info.context.now,
            match_id=key_of(input.match_id, MatchRow, ("input", "matchId")),
            up_to=input.up_to,
        )
        return MarkReadPayload(read_state=match)
