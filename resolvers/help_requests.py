"""Asking the group's admins for help with a match, without a word of what it is about."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.enums import NotificationKind
from models.matches import Match
from models.programs import Program
from pubsub.streams import match_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, match_changes, notifications

PATH = ("input", "matchId")


async def ask_for_help(viewer: access.Viewer | None, now: datetime, *, match_id: UUID) -> Match:
    """Say that one would welcome an admin's help. Saying it again changes nothing."""
    return await _set(viewer, now, match_id, now)


async def stop_asking_for_help(viewer: access.Viewer | None, now: datetime, *, match_id: UUID) -> Match:
    """Take back that one asks for help. What the partner asks stands."""
    return await _set(viewer, now, match_id, None)


async def _set(viewer: access.Viewer | None, now: datetime, match_id: UUID, asked_at: datetime | None) -> Match:
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        match = await access.take_match(changed, viewer, now, match_id, path=PATH)
        if match.asks_for_help(viewer.id) == (asked_at is not None):
            match.activity_head = await changed.give_back(match_stream(match.id))
            return match
        welcome_before = match.welcomes_help()
        mine = "mentor_asked_help_at" if match.mentor_id == viewer.id else "mentee_asked_help_at"
        setattr(match, mine, asked_at)
        await match.save(update_fields=(mine,))
        # Nobody is named: the two see that help is asked for, and only who asks sees that it is he.
        await match_changes.tell(changed, match, now, actor=None)
        if match.welcomes_help() and not welcome_before:
            await tell_admins(changed, match, await admins_of(match), now)
    return match


async def admins_of(match: Match) -> list[UUID]:
    """The admins whose help a pair may hope for: those of its group who are none of the two."""
    program = await Program.get(id=match.program_id)
    return await access.admins_of(program.group_id, but=match.pair)


async def tell_admins(changed: Changed, match: Match, admins: Sequence[UUID], now: datetime) -> None:
    """Notify them that a pair would welcome help."""
    await notifications.notify(changed, admins, NotificationKind.HELP_WELCOME, match.id, actor=None, at=now)
