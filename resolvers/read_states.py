"""How far each of a pair has read, and what is unread: counted when it is written, not when it is asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from models.matches import Match
from pubsub.presence_voice import channel_of
from pubsub.streams import match_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, text
from resolvers.reads import Fact

Counted = Literal["posts", "messages"]
"""What counts as unread, and the name of its table; comments do not."""

COUNTED: tuple[Counted, ...] = ("posts", "messages")


@dataclass(frozen=True, slots=True)
class Unread:
    """How much one person has not read, over everything that is open to him."""

    posts: int
    messages: int
    notifications: int


async def unread_of(viewer: access.Viewer) -> Unread:
    """The counts of all the viewer's spaces, added up: one short row a match, whatever was written there; and what he
    was told, counted on his own row."""
    spaces = await access.spaces_of(viewer)
    posts, messages = (sum(match.unread(viewer.id, what) for match in spaces) for what in COUNTED)
    return Unread(posts, messages, viewer.user.unread_notifications)


_SHARE = access.BOTH_SHARE_READ_RECEIPTS.sql.replace("{row}", "pair")
_THEIRS = "CASE {viewer} WHEN pair.mentor_id THEN pair.mentee_read_up_to ELSE pair.mentor_read_up_to END"
_MINE = "CASE {viewer} WHEN pair.mentor_id THEN pair.mentor_read_up_to ELSE pair.mentee_read_up_to END"

SEEN = Fact(
    "seen",
    f"(SELECT {{row}}.number <= CASE WHEN {{row}}.author_id <> {{viewer}} THEN {_MINE} WHEN {_SHARE} THEN {_THEIRS}"
    " ELSE 0 END FROM matches AS pair WHERE pair.id = {row}.match_id)",
)
"""Whether the one to whom a message was sent has read it, as far as the viewer may know."""


async def mark_read(viewer: access.Viewer | None, now: datetime, *, match_id: UUID, up_to: str) -> Match:
    """Say that one has read a pair's stream up to a cursor of it. An older one than before changes nothing.

    It takes no number and is not logged; whoever follows the viewer's presence hears of it, if the viewer shares it.
    Raises Refused INVALID_INPUT for a cursor of another stream, or of what has not happened yet.
    """
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        match = await access.hold_space(changed, viewer, now, match_id, path=("input", "matchId"))
        number = match_stream(match.id).number_of(up_to)
        if number is None or number > match.activity_head:
            message = "This is no cursor of this pair's activity. Take one from an event or from activityCursor."
            raise text.invalid(message, ("input", "upTo"))
        if number <= match.read_up_to(viewer.id):
            return match
        match = await _advance(changed, match, viewer.id, number)
        if viewer.user.shares_read_receipts:
            changed.whisper(channel_of(match.id), f"read:{viewer.id.hex}:{number}")
    return match


def one_more(what: Counted, author: str) -> str:
    """What an UPDATE of the match's row sets when the author, whose id is given in SQL, has written one: the other
    one's count goes up."""
    return (
        f"mentor_unread_{what} = mentor_unread_{what} + (mentee_id = {author})::int,"
        f" mentee_unread_{what} = mentee_unread_{what} + (mentor_id = {author})::int"
    )


async def count_one_more(changed: Changed, match: Match, author_id: UUID, what: Counted) -> None:
    """The same for a match that is locked already."""
    await changed.sql(f"UPDATE matches SET {one_more(what, '$2')} WHERE id = $1", match.id, author_id)


async def count_one_less(changed: Changed, match: Match, author_id: UUID, number: int, what: Counted) -> None:
    """What the author deleted in a locked match is not unread any more, in case the other one had not read it."""
    partner_id = match.partner_of(author_id)
    if number > match.read_up_to(partner_id):
        column = f"{_side(match, partner_id)}_unread_{what}"
        await changed.sql(f"UPDATE matches SET {column} = {column} - 1 WHERE id = $1", match.id)


async def _advance(changed: Changed, match: Match, user_id: UUID, number: int) -> Match:
    """Move a mark in a locked match and count what lies after it: a statement after the lock sees all that is there."""
    side = _side(match, user_id)
    counts = ", ".join(
        f"{side}_unread_{what} = (SELECT count(*) FROM {what}"
        " WHERE match_id = $1 AND number > $2 AND author_id = $3 AND deleted_at IS NULL)"
        for what in COUNTED
    )
    statement = f"UPDATE matches SET {side}_read_up_to = $2, {counts} WHERE id = $1 RETURNING *"
    (record,) = await changed.sql(statement, match.id, number, match.partner_of(user_id))
    return Match.from_record(record)


def _side(match: Match, user_id: object) -> str:
    return "mentor" if user_id == match.mentor_id else "mentee"
