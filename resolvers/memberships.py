"""Who belongs to a group: joining, leaving, removing, and the roles. A group with members always keeps an admin."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from models.base import ids_of
from models.enums import OPEN_SIGN_UP, ActivityKind, AuditAct, GroupRole, SignUpState
from models.errors import ErrorCode, Refused
from models.groups import Group, GroupBan, Membership
from models.matches import Match
from models.programs import Program
from models.sign_ups import SignUp
from models.users import User
from pubsub.streams import program_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, audit, endings

GROUP_PATH = ("input", "groupId")
USER_PATH = ("input", "userId")


async def join_group(viewer: access.Viewer | None, now: datetime, *, group_id: UUID) -> Group:
    """Become a member; a member stays what he is.

    Raises Refused NOT_AVAILABLE, in the same words for somebody banned and for a group that its last admin left.
    """
    viewer = access.signed_in(viewer)
    group = await _group(viewer, group_id)
    async with transaction():
        held = await hold(group_id)
        # Not from what is held: a membership made during the wait for the locks is not among it.
        if await Membership.exists(group_id=group_id, user_id=viewer.id):
            return group
        if not _admins(held) or await GroupBan.exists(group_id=group_id, user_id=viewer.id):
            raise Refused(ErrorCode.NOT_AVAILABLE, "You cannot join this group. Look for another one.", GROUP_PATH)
        await access.staying(viewer)
        await Membership.create(group_id=group_id, user_id=viewer.id, joined_at=now)
    return group


async def leave_group(viewer: access.Viewer | None, now: datetime, *, group_id: UUID) -> Group:
    """Stop being a member: one's open matches in this group end, and one's open sign-ups there are withdrawn.

    Somebody who is no member stays none. Raises Refused CONFLICT for the last admin, as long as there are others.
    """
    viewer = access.signed_in(viewer)
    group = await _group(viewer, group_id)
    async with transaction() as changed:
        held = await hold(group_id, viewer.id)
        mine = held.get(viewer.id)
        if mine is None:
            return group
        if _admins(held) == [mine] and await Membership.filter(group_id=group_id).exclude(id=mine.id).exists():
            message = "You are the group's last admin: make another member an admin before you leave."
            raise Refused(ErrorCode.CONFLICT, message, GROUP_PATH)
        await _end_membership(changed, mine, now, actor=viewer.id, cut=False)
    return group


async def remove_member(
    viewer: access.Viewer | None, now: datetime, *, group_id: UUID, user_id: UUID, ban: bool = False
) -> Group:
    """Remove a member, as an admin; banned, he cannot join again. Who left after signing up there can still be banned.

    It ends his open matches in this group as leaving does, and he reads none of his pairs' spaces there any more, not
    those that ended before either. Raises Refused: FORBIDDEN, NOT_FOUND, INVALID_INPUT for oneself.
    """
    viewer = access.signed_in(viewer)
    group = await _group(viewer, group_id)
    async with transaction() as changed:
        held = await hold(group_id, viewer.id, user_id)
        access.admin_of(held.get(viewer.id), GROUP_PATH)
        if user_id == viewer.id:
            raise Refused(ErrorCode.INVALID_INPUT, "To go yourself, use leaveGroup.", USER_PATH)
        if ban and user_id not in held and await _was_there(group_id, user_id):
            await _ban_as_admin(changed, viewer, group_id, user_id, now)
            return group
        member = _member(held, user_id)
        if ban:
            await _ban_as_admin(changed, viewer, group_id, user_id, now)
        await _end_membership(changed, member, now, actor=viewer.id, cut=True)
    return group


async def ban(
    changed: Changed,
    held: dict[UUID, Membership],
    group_id: UUID,
    user_id: UUID,
    now: datetime,
    *,
    by_moderator: bool,
) -> None:
    """Keep a person out of a group for good by a reviewer's decision, whether he is there now or not. `held` are the
    group's memberships, his among them. Raises Refused CONFLICT for the last admin."""
    member = held.get(user_id)
    if member is not None and _admins(held) == [member]:
        message = "This person is the group's only admin: make another member one first."
        raise Refused(ErrorCode.CONFLICT, message, ("input", "decision"))
    await _keep_out(group_id, user_id, now, by_moderator=by_moderator)
    if member is not None:
        await _end_membership(changed, member, now, actor=None, cut=True)


async def _ban_as_admin(changed: Changed, viewer: access.Viewer, group_id: UUID, user_id: UUID, now: datetime) -> None:
    if await _keep_out(group_id, user_id, now, by_moderator=False):
        person, detail = await User.get(id=user_id), {"group": str(group_id)}
        await audit.record(changed, AuditAct.BAN_IMPOSED, person, actor=viewer.id, at=now, **detail)


async def _keep_out(group_id: UUID, user_id: UUID, now: datetime, *, by_moderator: bool) -> bool:
    """Write a ban down; whether there was none yet. An admin's becomes a moderator's if he bans too, never the other
    way round."""
    values = {"created_at": now, "by_moderator": by_moderator}
    ban, is_new = await GroupBan.get_or_create(group_id=group_id, user_id=user_id, defaults=values)
    if by_moderator and not ban.by_moderator:
        ban.by_moderator = True
        await ban.save(update_fields=("by_moderator",))
    return is_new


async def set_group_role(
    viewer: access.Viewer | None, now: datetime, *, group_id: UUID, user_id: UUID, role: GroupRole
) -> Group:
    """Make a member an admin or an admin a member, as an admin, oneself too.

    Raises Refused: FORBIDDEN, NOT_FOUND, CONFLICT for the last admin.
    """
    viewer = access.signed_in(viewer)
    group = await _group(viewer, group_id)
    async with transaction() as changed:
        held = await hold(group_id, viewer.id, user_id)
        access.admin_of(held.get(viewer.id), GROUP_PATH)
        member = _member(held, user_id)
        if member.role == role:
            return group
        if _admins(held) == [member]:
            message = "A group needs an admin: make another member one before this one steps down."
            raise Refused(ErrorCode.CONFLICT, message, USER_PATH)
        member.role = role
        await member.save(update_fields=("role",))
        changed.rights_changed(user_id)
    return group


async def _group(viewer: access.Viewer, group_id: UUID) -> Group:
    group = await access.visible(Group, viewer).get_or_none(id=group_id)
    if group is None:
        raise access.not_found("group", GROUP_PATH)
    return group


async def hold(group_id: UUID, *people: UUID) -> dict[UUID, Membership]:
    """The memberships of the group's admins and of these people, by person, locked until the transaction ends.

    All who join, leave, remove or set roles in a group wait here for each other. That is what keeps the last two admins
    from leaving, and the last one from leaving somebody behind who is just joining. Each row is as the wait left it;
    one that was made, or became an admin's, during the wait is missing: a refusal may err on the careful side.
    """
    which = Q(group_id=group_id) & (Q(role=GroupRole.ADMIN) | Q(user_id__in=people))
    held = await Membership.filter(which).order_by("id").select_for_update(no_key=True)
    return {membership.user_id: membership for membership in held}


def _admins(held: dict[UUID, Membership]) -> list[Membership]:
    return [membership for membership in held.values() if membership.role == GroupRole.ADMIN]


def _member(held: dict[UUID, Membership], user_id: UUID) -> Membership:
    if user_id not in held:
        raise access.not_found("member", USER_PATH)
    return held[user_id]


async def _was_there(group_id: UUID, user_id: UUID) -> bool:
    """Whether somebody who is no member has signed up there once: he may be banned after he left."""
    return await SignUp.filter(user_id=user_id, program__group_id=group_id).exists()


async def hold_all_of(user_id: UUID) -> list[Membership]:
    """A person's memberships, and those of his groups' admins, locked as `_hold` does in one group."""
    groups = await ids_of(Membership.filter(user_id=user_id), "group_id")
    which = Q(group_id__in=groups) & (Q(role=GroupRole.ADMIN) | Q(user_id=user_id))
    return await Membership.filter(which).order_by("id").select_for_update(no_key=True)


async def end_all(changed: Changed, members: Sequence[Membership], viewer: access.Viewer, now: datetime) -> None:
    """The viewer leaves all groups of these locked memberships of his; open matches elsewhere there are none."""
    if members:
        there = Q(program__group_id__in=[each.group_id for each in members])
        await _end(changed, there, viewer.id, now, actor=viewer.id)
    for member in members:
        await member.delete()
    changed.rights_changed(viewer.id)


async def _end_membership(
    changed: Changed, member: Membership, now: datetime, *, actor: UUID | None, cut: bool
) -> None:
    """A locked membership ends. Who makes a match or a sign-up holds memberships too: none can appear meanwhile."""
    there = Q(program__group_id=member.group_id)
    await _end(changed, there, member.user_id, now, actor=actor, cut=member if cut else None)
    await member.delete()
    changed.rights_changed(member.user_id)


async def _end(
    changed: Changed,
    there: Q,
    user_id: UUID,
    now: datetime,
    *,
    actor: UUID | None,
    cut: Membership | None = None,
) -> None:
    """A person's open matches and sign-ups end where he is no member any more."""
    matches = await endings.take_open_matches(changed, there & (Q(mentor_id=user_id) | Q(mentee_id=user_id)))
    if cut is not None:
        await _cut_ended(cut)
    sign_ups = await _lock_sign_ups(Q(user_id=user_id, state__in=OPEN_SIGN_UP) & there, matches)
    await endings.end(changed, matches, now, actor=actor, withdrawn={user_id}, cut=None if cut is None else user_id)
    for sign_up in await SignUp.filter(id__in=sign_ups, user_id=user_id, state__in=OPEN_SIGN_UP).order_by("id"):
        sign_up.state = SignUpState.WITHDRAWN
        await sign_up.save(update_fields=("state",))
        stream = program_stream(sign_up.program_id)
        changed.tell(stream, ActivityKind.SIGN_UP_CHANGED, sign_up.id, actor=actor, at=now)


async def _cut_ended(member: Membership) -> None:
    programs = await ids_of(Program.filter(group_id=member.group_id))
    await Match.filter(program_id__in=programs, mentor_id=member.user_id).update(mentor_reads=False)
    await Match.filter(program_id__in=programs, mentee_id=member.user_id).update(mentee_reads=False)


async def _lock_sign_ups(which: Q, matches: Sequence[Match]) -> list[UUID]:
    """Lock the sign-ups that fit and those of the matches, then the programs of all of them; the sign-ups' ids."""
    of_matches = [id_ for match in matches for id_ in (match.mentor_sign_up_id, match.mentee_sign_up_id)]
    ids = await ids_of(SignUp.filter(which))
    locked = await SignUp.filter(id__in=[*ids, *of_matches]).order_by("id").select_for_update(no_key=True)
    programs = {sign_up.program_id for sign_up in locked}
    await Program.filter(id__in=programs).order_by("id").select_for_update(no_key=True)
    return [sign_up.id for sign_up in locked]
