"""Taking back what was imposed: a ban from a group, a withdrawn eligibility, a suspended account."""

from datetime import datetime
from uuid import UUID

from models.deletions import AccountDeletion
from models.enums import AuditAct, NotificationKind
from models.errors import ErrorCode, Refused
from models.groups import Group, GroupBan
from models.users import User
from pubsub.transaction import Changed, transaction
from resolvers import access, accounts, audit, memberships, notifications

GROUP_PATH = ("input", "groupId")
USER_PATH = ("input", "userId")


async def lift_ban(viewer: access.Viewer | None, now: datetime, *, group_id: UUID, user_id: UUID) -> Group:
    """Let a person join a group again, as one who may ban from it. What ended with the ban stays ended.

    Raises Refused: FORBIDDEN, also about oneself, and to an admin about a moderator's ban; NOT_FOUND for whom nobody
    has banned, account or not.
    """
    viewer = access.signed_in(viewer)
    group = await _group(viewer, group_id)
    async with transaction() as changed:
        held = await memberships.hold(group_id, viewer.id)
        access.ban_or_lift(viewer, held.get(viewer.id), GROUP_PATH)
        _about_another(viewer, user_id)
        ban = await GroupBan.get_or_none(group_id=group_id, user_id=user_id)
        if ban is None:
            raise access.not_found("ban", USER_PATH)
        access.lift(viewer, ban, USER_PATH)
        await ban.delete()
        person = await User.get(id=user_id)
        detail = {"group": str(group_id)}
        await audit.record(changed, AuditAct.BAN_LIFTED, person, actor=viewer.id, at=now, **detail)
        await notifications.notify(changed, [user_id], NotificationKind.BAN_LIFTED, group_id, actor=viewer.id, at=now)
    return group


async def restore_eligibility(viewer: access.Viewer | None, now: datetime, *, group_id: UUID) -> Group:
    """Let a group run mentorship programs again, as a moderator. Its admins are told.

    Raises Refused: FORBIDDEN, also for an admin of that group, CONFLICT for a group from which nothing was withdrawn.
    """
    viewer = access.signed_in(viewer)
    access.moderate(viewer)
    await _group(viewer, group_id)
    async with transaction() as changed:
        # As a decision does: the memberships first, and then the group.
        held = await memberships.hold(group_id, viewer.id)
        access.no_admin_of(held.get(viewer.id), GROUP_PATH)
        group = await Group.filter(id=group_id).select_for_update(no_key=True).get()
        if group.mentorship_withdrawn_at is None:
            raise Refused(ErrorCode.CONFLICT, "Nothing was withdrawn from this group: it is as it was.", GROUP_PATH)
        group.mentorship_withdrawn_at = None
        await group.save(update_fields=("mentorship_withdrawn_at",))
        await audit.record(changed, AuditAct.ELIGIBILITY_RESTORED, group, actor=viewer.id, at=now)
        kind, admins = NotificationKind.ELIGIBILITY_RESTORED, await access.admins_of(group_id)
        await notifications.notify(changed, admins, kind, group_id, actor=viewer.id, at=now)
    return group


async def restore_account(viewer: access.Viewer | None, now: datetime, *, user_id: UUID) -> User:
    """Let a suspended person log in again, as a moderator.

    Raises Refused: FORBIDDEN, NOT_FOUND, CONFLICT for an account that is not suspended, or is erased.
    """
    viewer = access.signed_in(viewer)
    access.moderate(viewer)
    _about_another(viewer, user_id)
    async with transaction() as changed:
        user = await User.filter(id=user_id).select_for_update(no_key=True).first()
        if user is None:
            raise access.not_found("person", USER_PATH)
        await let_in(changed, user, now, actor=viewer.id, path=USER_PATH)
    return user


async def restore(*, email: str, now: datetime) -> User:
    """Let a suspended person log in again, for the command line. Raises Refused: NOT_FOUND, CONFLICT, as above."""
    async with transaction() as changed:
        user = await accounts.of_address(email)
        await let_in(changed, user, now, actor=None)
    return user


async def let_in(changed: Changed, user: User, now: datetime, *, actor: UUID | None, path: access.Path = ()) -> None:
    """End the suspension of a person whose row is locked, and say so to whom it is about.

    Raises Refused CONFLICT for an account that is not suspended, or that is being erased, or was: nobody can have it
    any more.
    """
    if await AccountDeletion.exists(user_id=user.id, begun_at__isnull=False):
        raise Refused(ErrorCode.CONFLICT, "This account was deleted, and cannot come back.", path)
    if user.suspended_at is None:
        raise Refused(ErrorCode.CONFLICT, "This account is not suspended: the person can log in.", path)
    user.suspended_at = None
    await user.save(update_fields=("suspended_at",))
    await audit.record(changed, AuditAct.ACCOUNT_RESTORED, user, actor=actor, at=now)
    kind = NotificationKind.ACCOUNT_RESTORED
    await notifications.notify(changed, [user.id], kind, user.id, actor=actor, at=now)


async def _group(viewer: access.Viewer, group_id: UUID) -> Group:
    group = await access.visible(Group, viewer).get_or_none(id=group_id)
    if group is None:
        raise access.not_found("group", GROUP_PATH)
    return group


def _about_another(viewer: access.Viewer, user_id: UUID) -> None:
    if user_id == viewer.id:
        raise Refused(ErrorCode.FORBIDDEN, "Somebody else decides about yourself.", USER_PATH)
