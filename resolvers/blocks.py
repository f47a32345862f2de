"""Blocking somebody: what the two share ends, as any end does, and nothing begins between them again (decision 20)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from models.blocks import Block
from models.enums import MatchEndReason
from models.groups import Membership
from models.users import User
from pubsub.transaction import Changed, transaction
from resolvers import access, emails, endings, text
from resolvers.pages import Order

PATH = ("input", "userId")

NEWEST_FIRST = Order(descending=True)


async def block_user(viewer: access.Viewer | None, now: datetime, *, user_id: UUID) -> User | None:
    """Block somebody whom the viewer may see, in one transaction with the end of all that the two share now.

    Doing it again changes nothing. Returns the person, None where he is out of sight by now. Raises Refused: NOT_FOUND,
    INVALID_INPUT for oneself.
    """
    viewer = access.signed_in(viewer)
    if user_id == viewer.id:
        raise text.invalid("You cannot block yourself. Name the person whom you want to block.", PATH)
    async with transaction() as changed:
        user = await access.visible(User, viewer).get_or_none(id=user_id)
        if await Block.exists(blocker_id=viewer.id, blocked_id=user_id):
            return user
        if user is None:
            raise access.not_found("user", PATH)
        await _hold_memberships((viewer.id, user_id))
        block = Block(blocker_id=viewer.id, blocked_id=user_id, created_at=now)
        await Block.bulk_create([block], ignore_conflicts=True)
        await _part(changed, viewer.id, user_id, now)
    return user


async def unblock_user(viewer: access.Viewer | None, now: datetime, *, user_id: UUID) -> User | None:
    """Take a block back; a match that it ended stays ended, and the two are not matched again after one.

    Somebody who was not blocked stays so. Returns the person, None where he is out of sight by now. Raises Refused
    NOT_FOUND for somebody who is neither in sight nor blocked.
    """
    viewer = access.signed_in(viewer)
    async with transaction():
        user = await access.visible(User, viewer).get_or_none(id=user_id)
        taken_back = await Block.filter(blocker_id=viewer.id, blocked_id=user_id).delete()
        if user is None and not taken_back:
            raise access.not_found("user", PATH)
    return user


async def _hold_memberships(people: Sequence[UUID]) -> None:
    """Keep both from being paired until the transaction ends: who makes a match holds the two's memberships as well.

    So their match is there already and ends with the others, or whoever makes it finds the block.
    """
    await Membership.filter(user_id__in=people).order_by("id").select_for_update(no_key=True)


async def _part(changed: Changed, blocker_id: UUID, blocked_id: UUID, now: datetime) -> None:
    theirs = Q(mentor_id=blocker_id, mentee_id=blocked_id) | Q(mentor_id=blocked_id, mentee_id=blocker_id)
    matches = await endings.take_open_matches(changed, theirs)
    for match in matches:
        # The reason is shown to nobody, and keeps the two apart when the block is gone (resolvers/pairing.py).
        match.ended_by_id, match.end_reason = blocker_id, MatchEndReason.SAFETY
    if matches:
        await endings.end(changed, matches, now, actor=blocker_id, withdrawn=set())
    await emails.cancel_between(changed, blocker_id, blocked_id, now, but=endings.TOLD_OF_THE_END)
