"""Asking to be forgotten, and taking it back: what happens at once (docs/decisions/0023-the-rights-to-ones-data.md)."""

from datetime import datetime, timedelta

from models.base import ids_of
from models.deletions import AccountDeletion
from models.errors import ErrorCode, Refused
from models.groups import Group, Membership
from models.users import User
from pubsub.transaction import transaction
from resolvers import access, memberships, passwords, sessions, text


async def delete_account(viewer: access.Viewer | None, now: datetime, *, password: str, grace: timedelta) -> datetime:
    """Leave all groups, as `leave_group` does, end all sessions, and be erased once the grace is over; when that is.

    Asked again, it changes nothing. Raises Refused: INVALID_INPUT for a wrong password, CONFLICT for the last admin of
    a group that has other members.
    """
    viewer = access.signed_in(viewer)
    if not await passwords.matches(viewer.user.password_hash, password):
        raise text.invalid("This is not your password. Type it again.", ("input", "password"))
    async with transaction() as changed:
        held = await memberships.hold_all_of(viewer.id)
        await _refuse_the_last_admin(viewer, held)
        await memberships.end_all(changed, [each for each in held if each.user_id == viewer.id], viewer, now)
        # Who joins a group or makes one holds this row too, and looks for the deletion (`access.staying`).
        await User.select_for_update(no_key=True).get(id=viewer.id)
        if await Membership.exists(user_id=viewer.id):
            raise Refused(ErrorCode.CONFLICT, "You have joined a group at this moment. Try again.")
        deletion = await AccountDeletion.get_or_none(user_id=viewer.id)
        if deletion is None:
            deletion = await AccountDeletion.create(user_id=viewer.id, requested_at=now, erases_at=now + grace)
        await sessions.revoke_all(changed, viewer.id, now)
    return deletion.erases_at


async def cancel_account_deletion(viewer: access.Viewer | None) -> access.Viewer:
    """Stay. Matches that ended and groups that were left do not come back by themselves.

    Where nothing is to be deleted it changes nothing. Raises Refused READ_ONLY once the erasure has begun.
    """
    viewer = access.signed_in(viewer)
    async with transaction():
        deletion = await AccountDeletion.filter(user_id=viewer.id).select_for_update().first()
        if deletion is None:
            return viewer
        if deletion.begun_at is not None:
            raise Refused(ErrorCode.READ_ONLY, "Your account is being erased; that cannot be stopped any more.")
        await deletion.delete()
    return viewer


async def erases_at(viewer: access.Viewer) -> datetime | None:
    """When the viewer's account is erased; None for one that stays."""
    deletion = await AccountDeletion.get_or_none(user_id=viewer.id)
    return None if deletion is None else deletion.erases_at


async def _refuse_the_last_admin(viewer: access.Viewer, held: list[Membership]) -> None:
    mine = {each.group_id for each in held if each.user_id == viewer.id and access.is_admin(each)}
    others = {each.group_id for each in held if each.user_id != viewer.id and access.is_admin(each)}
    alone = Membership.filter(group_id__in=mine - others).exclude(user_id=viewer.id)
    groups = await Group.filter(id__in=await ids_of(alone, "group_id")).order_by("name").values_list("name", flat=True)
    if groups:
        names = ", ".join(f"“{name}”" for name in groups)
        message = f"You are the last admin of {names}: make another member an admin there, then delete your account."
        raise Refused(ErrorCode.CONFLICT, message)
