"""Emojis under what a pair has written, and setting them."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union
from uuid import UUID

import strawberry
from strawberry import Parent

from models.posts import Writing
from models.reactions import REACTIONS
from models.reactions import Reaction as ReactionRow
from models.users import User as UserRow
from resolvers import access, reactions
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown
from schema.node import NODES, parse_id
from schema.reads import many
from schema.users import User

if TYPE_CHECKING:
    from schema.comments import Comment
    from schema.messages import Message
    from schema.posts import Post


@strawberry.type(description="An emoji under a post, comment or message, and who set it.")
class Reaction:
    emoji: str = strawberry.field(description="The emoji.")

    @field(description="Who set it, the first one first.")
    async def users(self, root: Parent[reactions.Shown], info: Info) -> list[User]:
        return shown(await asyncio.gather(*(info.context.one(UserRow, user_id) for user_id in root.user_ids)))


def reactions_to(model: type[ReactionRow]) -> Any:
    """The field `reactions` of what the model's rows react to."""
    return many(
        model,
        "subject_id",
        order="number",
        columns=("emoji", "user_id"),
        made=reactions.by_emoji,
        description="The reactions to it, by the first use of each emoji.",
    )


WRITINGS: TypeAlias = Union[  # noqa: UP007  (types that are still to come cannot be joined by |)
    Annotated["Post", strawberry.lazy("schema.posts")],
    Annotated["Comment", strawberry.lazy("schema.comments")],
    Annotated["Message", strawberry.lazy("schema.messages")],
]
"""All that a pair writes."""

Reactable = Annotated[WRITINGS, strawberry.union("Reactable", description="What one can react to.")]


@strawberry.input(description="An emoji to set under something.")
class ReactInput:
    subject_id: strawberry.ID = strawberry.field(description="The post, comment or message.")
    emoji: str = strawberry.field(description="Exactly one emoji, such as 👍.")


@strawberry.type(description="What `react` did.")
class ReactPayload(Payload):
    subject: Reactable | None = strawberry.field(
        default=None, description="What was reacted to, as it is now; null when refused."
    )


@strawberry.input(description="An emoji of one's own to take back.")
class UnreactInput:
    subject_id: strawberry.ID = strawberry.field(description="The post, comment or message.")
    emoji: str = strawberry.field(description="The emoji.")


@strawberry.type(description="What `unreact` did.")
class UnreactPayload(Payload):
    subject: Reactable | None = strawberry.field(
        default=None, description="What the reaction was to, as it is now; null when refused."
    )


def _subject(value: str) -> tuple[type[Writing], UUID]:
    """The kind and key of what an id stands for. Any id that is none of ours is one that does not exist."""
    parsed = parse_id(value)
    model = NODES[parsed[0]] if parsed is not None else None
    if parsed is None or model not in REACTIONS:
        raise access.not_found(reactions.NOUN, reactions.PATH)
    return model, parsed[1]


@strawberry.type
class ReactionMutation:
    @mutation(
        "Set an emoji under what the pair has written. Each person sets it once; again changes nothing.", limited=True
    )
    async def react(
        self, info: Info, input: Annotated[ReactInput, strawberry.argument(description="The reaction.")]
    ) -> ReactPayload:
        context, (model, subject_id) = info.context, _subject(input.subject_id)
        subject = await reactions.react(
            context.viewer, context.now, model=model, subject_id=subject_id, emoji=input.emoji
        )
        return ReactPayload(subject=shown(subject))

    @mutation("Take back a reaction of one's own. Taking back what is not there changes nothing.", limited=True)
    async def unreact(
        self, info: Info, input: Annotated[UnreactInput, strawberry.argument(description="The reaction.")]
    ) -> UnreactPayload:
        context, (model, subject_id) = info.context, _subject(input.subject_id)
        subject = await reactions.unreact(
            context.viewer, context.now, model=model, subject_id=subject_id, emoji=input.emoji
        )
        return UnreactPayload(subject=shown(subject))
