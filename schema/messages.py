"""Direct messages of a pair, and sending them."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.matches import Match as MatchRow
from models.messages import Message as MessageRow
from models.reactions import MessageReaction
from models.users import User as UserRow
from resolvers import messages, read_states
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.markdown import html_of
from schema.node import Node, key_of
from schema.reactions import Reaction, reactions_to
from schema.reads import computed, one
from schema.scalars import HTML, Markdown
from schema.users import User


@strawberry.type(
    description="A direct message between the two of a pair. A deleted one stays as a tombstone: its body is null."
)
class Message(Node):
    body: Markdown | None = strawberry.field(description="The text as its author wrote it; null once deleted.")
    created_at: datetime = strawberry.field(description="When it was sent.")
    edited_at: datetime | None = strawberry.field(description="When its text was last changed; null if never.")
    deleted_at: datetime | None = strawberry.field(description="When it was deleted; null if it was not.")

    author: User = one(UserRow, "author_id", description="The member of the pair who sent it.")
    body_html: HTML | None = computed(html_of, "body", description="The text as safe HTML; null once deleted.")
    reactions: list[Reaction] = reactions_to(MessageReaction)
    seen: bool = computed(
        lambda _, __, seen: seen,
        fact=read_states.SEEN,
        description="Whether the one to whom it was sent has marked it as read. Of one's own message this is false "
        "unless both of the two share read receipts.",
    )


@strawberry.input(description="A new message to the other one of a pair.")
class SendMessageInput:
    match_id: strawberry.ID = strawberry.field(description="The pair's match.")
    body: Markdown = strawberry.field(description="The text, 1 to 10,000 characters.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="Made by the client, 1 to 100 characters; a retry with it sends nothing twice."
    )


@strawberry.type(description="What `sendMessage` did.")
class SendMessagePayload(Payload):
    message: Message | None = strawberry.field(default=None, description="The new message; null when refused.")


@strawberry.input(description="A new text for one's own message.")
class EditMessageInput:
    message_id: strawberry.ID = strawberry.field(description="The message.")
    body: Markdown = strawberry.field(description="The new text, 1 to 10,000 characters.")


@strawberry.type(description="What `editMessage` did.")
class EditMessagePayload(Payload):
    message: Message | None = strawberry.field(default=None, description="The message as it is now; null when refused.")


@strawberry.input(description="One's own message to delete.")
class DeleteMessageInput:
    message_id: strawberry.ID = strawberry.field(description="The message.")


@strawberry.type(description="What `deleteMessage` did.")
class DeleteMessagePayload(Payload):
    message: Message | None = strawberry.field(default=None, description="The tombstone; null when refused.")


@strawberry.type
class MessageMutation:
    @mutation("Send one's partner a message. The first one makes an introduced match ACTIVE.", limited=True)
    async def send_message(
        self, info: Info, input: Annotated[SendMessageInput, strawberry.argument(description="The message.")]
    ) -> SendMessagePayload:
        message = await messages.send_message(
            info.context.viewer,
            info.context.now,
            match_id=key_of(input.match_id, MatchRow, ("input", "matchId")),
            body=input.body,
            idempotency_key=input.idempotency_key,
        )
        return SendMessagePayload(message=shown(message))

    @mutation("Change the text of one's own message.", limited=True)
    async def edit_message(
        self, info: Info, input: Annotated[EditMessageInput, strawberry.argument(description="The change.")]
    ) -> EditMessagePayload:
        context, message_id = info.context, key_of(input.message_id, MessageRow, messages.PATH)
        message = await messages.edit_message(context.viewer, context.now, message_id=message_id, body=input.body)
        return EditMessagePayload(message=shown(message))

    @mutation("Delete one's own message. A tombstone keeps its place.", limited=True)
    async def delete_message(
        self, info: Info, input: Annotated[DeleteMessageInput, strawberry.argument(description="The message.")]
    ) -> DeleteMessagePayload:
        context, message_id = info.context, key_of(input.message_id, MessageRow, messages.PATH)
        message = await messages.delete_message(context.viewer, context.now, message_id=message_id)
        return DeleteMessagePayload(message=shown(message))
