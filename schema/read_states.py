"""Read state: how far the two of a pair have read, what is unread, and marking it as read."""

from typing import Annotated

import strawberry

from models.matches import Match as MatchRow
from pubsub.streams import match_stream
from resolvers import access, read_states
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.node import key_of
from schema.reads import computed


@strawberry.type(description="How much the viewer has not read yet. Deleted ones do not count.")
class UnreadCounts:
    posts: int = strawberry.field(description="Posts by partners. Comments do not count.")
    messages: int = strawberry.field(description="Messages by partners.")
    notifications: int = strawberry.field(description="Notifications.")


MARKS = ("id", "mentor_id", "mentee_id", "mentor_read_up_to", "mentee_read_up_to")


def _counted(what: str) -> tuple[str, ...]:
    return "mentor_id", "mentee_id", f"mentor_unread_{what}", f"mentee_unread_{what}"


@strawberry.type(description="How far the two of a pair have read, as cursors of `matchActivity`.")
class ReadState:
    viewer_read_up_to: str | None = computed(
        lambda match, viewer: _cursor(match, match.read_up_to(viewer.id)),
        *MARKS,
        description="How far the viewer has read, as `markRead` was told; null if nothing yet.",
    )
    partner_read_up_to: str | None = computed(
        lambda match, viewer, share: _cursor(match, match.read_up_to(match.partner_of(viewer.id)) if share else None),
        *MARKS,
        fact=access.BOTH_SHARE_READ_RECEIPTS,
        description="How far the partner has read; null if nothing yet, and unless both of the two share read "
        "receipts.",
    )
    unread_posts: int = computed(
        lambda match, viewer: match.unread(viewer.id, "posts"),
        *_counted("posts"),
        description="The partner's posts after `viewerReadUpTo` that are not deleted. Comments do not count.",
    )
    unread_messages: int = computed(
        lambda match, viewer: match.unread(viewer.id, "messages"),
        *_counted("messages"),
        description="The partner's messages after `viewerReadUpTo` that are not deleted.",
    )


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
        return MarkReadPayload(read_state=shown(match))
