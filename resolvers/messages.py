"""Direct messages of a pair: sending, editing and deleting them."""

from datetime import datetime
from uuid import UUID

from models.enums import ActivityKind
from models.messages import Message
from pubsub.transaction import transaction
from resolvers import access, writing
from resolvers.drafts import draft

PATH = ("input", "messageId")

MESSAGE = writing.Kind(
    Message, "message", ActivityKind.MESSAGE_ADDED, ActivityKind.MESSAGE_CHANGED, PATH, counted="messages"
)


async def send_message(
    viewer: access.Viewer | None, now: datetime, *, match_id: UUID, body: str, idempotency_key: str | None = None
) -> Message:
    """Send the other one of the pair a message; the first thing written makes an introduced match ACTIVE."""
    message = draft(viewer, now, body, idempotency_key, match_id)

    async def step_by_step() -> Message:
        async with transaction() as changed:
            match = await access.take_match(changed, message.author, now, match_id, path=("input", "matchId"))
            return await writing.add(MESSAGE, changed, match, message)

    return await writing.write(MESSAGE, message, step_by_step, match_id)


async def edit_message(viewer: access.Viewer | None, now: datetime, *, message_id: UUID, body: str) -> Message:
    """Change the text of one's own message."""
    return await writing.edit(MESSAGE, viewer, now, message_id, body)


async def delete_message(viewer: access.Viewer | None, now: datetime, *, message_id: UUID) -> Message:
    """Leave a tombstone in place of one's own message."""
    return await writing.delete(MESSAGE, viewer, now, message_id)
