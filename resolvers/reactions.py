"""Reacting to what a pair has written, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.enums import ActivityKind
from models.errors import ErrorCode, Refused
from models.messages import Message
from models.posts import Comment, Post, Writing
from models.reactions import MAX_EMOJIS, REACTIONS, Reaction
from pubsub.streams import match_stream
from pubsub.transaction import Changed, transaction
from resolvers import access
from resolvers.emojis import one_emoji

PATH = ("input", "subjectId")
EMOJI_PATH = ("input", "emoji")
NOUN = "post, comment or message"

CHANGED: dict[type[Writing], ActivityKind] = {
    Post: ActivityKind.POST_CHANGED,
    Comment: ActivityKind.COMMENT_CHANGED,
    Message: ActivityKind.MESSAGE_CHANGED,
}
"""What can be reacted to, and the event that tells of it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An emoji under something, and who set it, the first one first."""

    emoji: str
    user_ids: list[UUID]


async def react(
    viewer: access.Viewer | None, now: datetime, *, model: type[Writing], subject_id: UUID, emoji: str
) -> Writing:
    """Set an emoji under what the pair has written. Setting it again changes nothing."""
    viewer = access.signed_in(viewer)
    emoji = one_emoji(emoji, EMOJI_PATH)
    async with transaction() as changed:
        subject = await _take_subject(changed, viewer, now, model, subject_id)
        there = await REACTIONS[model].filter(subject_id=subject.id)
        if any(each.emoji == emoji and each.user_id == viewer.id for each in there):
            await changed.give_back(match_stream(subject.match_id))
            return subject
        if len({each.emoji for each in there} | {emoji}) > MAX_EMOJIS:
            message = f"There are {MAX_EMOJIS} different emojis here already. Use one of them, or take yours back."
            raise Refused(ErrorCode.CAPACITY_REACHED, message, EMOJI_PATH)
        number = await _log(changed, subject, viewer, now)
        await REACTIONS[model].create(subject_id=subject.id, user_id=viewer.id, emoji=emoji, number=number)
    return subject


async def unreact(
    viewer: access.Viewer | None, now: datetime, *, model: type[Writing], subject_id: UUID, emoji: str
) -> Writing:
    """Take back an emoji that one has set. Taking back one that is not there changes nothing."""
    viewer = access.signed_in(viewer)
    emoji = one_emoji(emoji, EMOJI_PATH)
    async with transaction() as changed:
        subject = await _take_subject(changed, viewer, now, model, subject_id)
        if await REACTIONS[model].filter(subject_id=subject.id, user_id=viewer.id, emoji=emoji).delete():
            await _log(changed, subject, viewer, now)
        else:
            await changed.give_back(match_stream(subject.match_id))
    return subject


async def clear(subject: Writing) -> None:
    """Take away all reactions to what is being deleted: a tombstone bears none."""
    await REACTIONS[type(subject)].filter(subject_id=subject.id).delete()


def by_emoji(rows: Sequence[Reaction]) -> list[Shown]:
    """The reactions to one subject, which come by number, as they are shown: by the first use of each emoji."""
    found: dict[str, Shown] = {}
    for row in rows:
        found.setdefault(row.emoji, Shown(row.emoji, [])).user_ids.append(row.user_id)
    return list(found.values())


async def _take_subject(
    changed: Changed, viewer: access.Viewer, now: datetime, model: type[Writing], subject_id: UUID
) -> Writing:
    """What is reacted to, with its match locked; read again under the lock, so that no reaction meets a deletion."""
    found = await access.visible(model, viewer).get_or_none(id=subject_id)
    if found is None:
        raise access.not_found(NOUN, PATH)
    await access.take_match(changed, viewer, now, found.match_id, path=PATH)
    subject = await model.get(id=found.id)
    if subject.deleted_at is not None:
        raise Refused(ErrorCode.READ_ONLY, "This was deleted: nobody can react to it any more.", PATH)
    return subject


async def _log(changed: Changed, subject: Writing, viewer: access.Viewer, now: datetime) -> int:
    kind = CHANGED[type(subject)]
    return await changed.log(match_stream(subject.match_id), kind, subject.id, actor=viewer.id, at=now)
