"""Seeing that one's partner is there, types, or has read: as far as both share it, and while the match is open."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.matches import Match
from pubsub import live
from pubsub.presence_facts import Facts
from pubsub.presence_watches import Seen
from pubsub.streams import Scope, match_stream
from resolvers import access


@dataclass(frozen=True, slots=True)
class PartnerPresence:
    """What one of the two may see of the other one now. `read_up_to` is a cursor of the pair's stream."""

    online: bool
    typing: bool
    read_up_to: str | None


async def set_typing(viewer: access.Viewer | None, now: datetime, *, match_id: UUID, typing: bool) -> Match:
    """Say that one types in a pair's space, or not any more. It is written nowhere, locks nothing and takes no number.

    What is said too often, or not shared, is taken in silence.
    """
    viewer = access.signed_in(viewer)
    match = await access.open_space(viewer, now, match_id, path=("input", "matchId"))
    if viewer.user.shares_typing:
        live.presence().types(match.id, viewer.id, typing)
    return match


async def follow_partner(
    viewer: access.Viewer | None, now: datetime, match_id: UUID
) -> AsyncGenerator[PartnerPresence, None]:
    """The partner's presence, at once and at every change; it completes when the match ends, or the right to read it.

    Raises Refused NOT_FOUND for everybody but the two, UNDERAGE.
    """
    viewer = access.signed_in(viewer)
    access.adult(viewer.user, now)
    scope = access.stream_scope(viewer, match_stream(match_id))
    facts = await live.presence().open(match_id, scope)
    if facts is None:
        raise access.not_found("match", ("matchId",))
    return _changes(match_id, scope, facts)


async def _changes(match_id: UUID, scope: Scope, facts: Facts) -> AsyncGenerator[PartnerPresence, None]:
    told = None
    async with aclosing(live.presence().follow(match_id, scope, facts)) as following:
        async for seen in following:
            shown = _shared(match_id, seen)
            if shown != told:
                told = shown
                yield shown


def _shared(match_id: UUID, seen: Seen) -> PartnerPresence:
    shared = access.shared(seen.mine, seen.theirs)
    read = shared.shares_read_receipts and seen.read_up_to > 0
    return PartnerPresence(
        online=seen.online and shared.shares_presence,
        typing=seen.typing and shared.shares_typing,
        read_up_to=match_stream(match_id).cursor(seen.read_up_to) if read else None,
    )
