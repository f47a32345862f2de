"""Answering a pair's weekly check-ins."""

from datetime import datetime
from uuid import UUID

from models.check_ins import Answer, CheckIn
from models.enums import ActivityKind
from models.matches import Match
from models.posts import MAX_BODY
from pubsub.streams import match_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, silence, text

PATH = ("input", "checkInId")
LONGEST_ACTION = 500


async def answer_check_in(
    viewer: access.Viewer | None,
    now: datetime,
    *,
    check_in_id: UUID,
    mood: int,
    body: str | None = None,
    next_action: str | None = None,
) -> CheckIn:
    """Answer one of one's own check-ins, also early, late, or once more in other words, as long as the match is open.

    The same answer again changes nothing. Raises Refused: NOT_FOUND, READ_ONLY after the end, INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    if not 1 <= mood <= 5:
        raise text.invalid("Say how the week was with a number from 1 to 5.", ("input", "mood"))
    body = text.optional_text(body, ("input", "body"), longest=MAX_BODY, what="the text")
    path = ("input", "nextAction")
    next_action = text.optional_text(next_action, path, longest=LONGEST_ACTION, what="the next action")
    async with transaction() as changed:
        check_in, match = await _take(changed, viewer, now, check_in_id)
        side = match.role_of(viewer.id)
        assert side is not None
        earlier = check_in.answer_of(side)
        if earlier is not None and earlier[:3] == (mood, body, next_action):
            await changed.give_back(match_stream(match.id))
            return check_in
        answered_at, edited_at = (now, None) if earlier is None else (earlier.answered_at, now)
        check_in.answer(side, Answer(mood, body, next_action, answered_at, edited_at))
        await check_in.save()
        stream, kind = match_stream(match.id), ActivityKind.CHECK_IN_CHANGED
        await changed.log(stream, kind, check_in.id, actor=viewer.id, at=now)
        if earlier is None:
            await silence.end(changed, match, now, actor=viewer.id)
    return check_in


async def _take(changed: Changed, viewer: access.Viewer, now: datetime, check_in_id: UUID) -> tuple[CheckIn, Match]:
    """A check-in of one's own pair with the match locked; read under the lock, so that two answers cannot cross."""
    found = await access.visible(CheckIn, viewer).get_or_none(id=check_in_id)
    if found is None:
        raise access.not_found("check-in", PATH)
    match = await access.take_match(changed, viewer, now, found.match_id, path=PATH)
    return await CheckIn.get(id=found.id), match
