"""Presence: whether one's partner is there, types, or has read; and saying that one types."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from models.matches import Match as MatchRow
from resolvers import presence
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown, subscription
from schema.matches import MATCH_ID, Match
from schema.node import key_of


@strawberry.type(
    description="What the partner is doing now. Each part is shown only if both of the two share it; it is not stored."
)
class PartnerPresence:
    online: bool = strawberry.field(description="Whether the partner follows this pair, or all pairs, somewhere.")
    typing: bool = strawberry.field(
        description="Whether the partner types here. It lapses some 6 seconds after it was said last."
    )
    read_up_to: str | None = strawberry.field(
        description="How far the partner has read, as a cursor of `matchActivity`; null if nothing yet, or not shared."
    )


@strawberry.input(description="That one types, or not any more.")
class SetTypingInput:
    match_id: strawberry.ID = strawberry.field(description="One's match.")
    typing: bool = strawberry.field(description="True every 3 seconds or so while one types; false when one stops.")


@strawberry.type(description="What `setTyping` did.")
class SetTypingPayload(Payload):
    match: Match | None = strawberry.field(default=None, description="The match; null when refused.")


@strawberry.type
class PresenceMutation:
    @mutation(
        "Say that one types, or not any more; the partner sees it in `partnerPresence`. More than one change a second "
        "is absorbed, but for the last one."
    )
    async def set_typing(
        self, info: Info, input: Annotated[SetTypingInput, strawberry.argument(description="Whether one types.")]
    ) -> SetTypingPayload:
        match_id = key_of(input.match_id, MatchRow, MATCH_ID)
        context = info.context
        return SetTypingPayload(
            match=shown(await presence.set_typing(context.viewer, context.now, match_id=match_id, typing=input.typing))
        )


@strawberry.type
class PresenceSubscription:
    @subscription(
        description="The partner's presence in a pair: as it is now, and at every change. It is not replayed, and "
        "completes when the match ends. For the two members only."
    )
    async def partner_presence(
        self,
        info: Info,
        match_id: Annotated[strawberry.ID, strawberry.argument(description="One's match.")],
    ) -> AsyncGenerator[PartnerPresence, None]:
        key = key_of(match_id, MatchRow, ("matchId",))
        return shown(await presence.follow_partner(info.context.viewer, info.context.now, key))
