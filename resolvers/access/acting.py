"""Who may act for a group, for the platform, or at all."""

from collections.abc import Collection
from uuid import UUID

from models.base import ids_of
from models.deletions import AccountDeletion
from models.enums import GroupRole
from models.errors import ErrorCode, Refused
from models.groups import Group, GroupBan, Membership
from models.programs import Program
from models.users import User
from resolvers.access.scopes import visible
from resolvers.access.viewers import Path, Viewer, not_found


def admin_of(membership: Membership | None, path: Path = ()) -> None:
    """Refuses everybody but an admin, who shows it by the membership that he holds."""
    if not is_admin(membership):
        raise Refused(ErrorCode.FORBIDDEN, "Only an admin of this group may do that. Ask one of them.", path)


def ban_or_lift(viewer: Viewer, membership: Membership | None, path: Path = ()) -> None:
    """Refuses everybody but those who may keep people out of a group, and let them in: its admins, and moderators."""
    if not moderates(viewer):
        admin_of(membership, path)


def lift(viewer: Viewer, ban: GroupBan, path: Path = ()) -> None:
    """Refuses a group's admin to let in whom a moderator keeps out."""
    if ban.by_moderator and not moderates(viewer):
        message = "A moderator banned this person, and only moderators can lift it. Write to them if they should."
        raise Refused(ErrorCode.FORBIDDEN, message, path)


def no_admin_of(membership: Membership | None, path: Path = ()) -> None:
    """Refuses whoever would decide about a group of his own."""
    if is_admin(membership):
        raise Refused(ErrorCode.FORBIDDEN, "You are an admin of this group: another moderator decides about it.", path)


async def admins_of(group_id: UUID, *, but: Collection[UUID] = ()) -> list[UUID]:
    """The people who are admins of a group, by id, without these."""
    admins = Membership.filter(group_id=group_id, role=GroupRole.ADMIN).order_by("user_id")
    return [user_id for user_id in await ids_of(admins, "user_id") if user_id not in but]


def eligible(group: Group, path: Path = ()) -> None:
    """Refuses what a group may not do that runs no mentorship programs, with the reason (DESIGN.md, rule 4)."""
    if reason := group.ineligible_because():
        raise Refused(ErrorCode.NOT_ELIGIBLE, reason, path)


def is_admin(membership: Membership | None) -> bool:
    """Whether this membership, or none, makes its holder an admin of the group."""
    return membership is not None and membership.role == GroupRole.ADMIN


async def administer(viewer: Viewer, group_id: UUID, path: Path = ()) -> None:
    """Refuses everybody but the group's admins. The check stands for the transaction: a demotion waits for its end."""
    held = Membership.filter(group_id=group_id, user_id=viewer.id).select_for_update(no_key=True)
    admin_of(await held.first(), path)


async def program_to_administer(viewer: Viewer, program_id: UUID, path: Path = ()) -> Program:
    """The program, when the viewer is an admin of its group; NOT_FOUND or FORBIDDEN otherwise."""
    program = await visible(Program, viewer).get_or_none(id=program_id)
    if program is None:
        raise not_found("program", path)
    await administer(viewer, program.group_id, path)
    return program


def moderates(viewer: Viewer) -> bool:
    """Whether the viewer is one of the platform's moderators."""
    return viewer.user.is_moderator


def moderate(viewer: Viewer, path: Path = ()) -> None:
    """Refuses everybody but the platform's moderators."""
    if not moderates(viewer):
        raise Refused(ErrorCode.FORBIDDEN, "Only a moderator may do that. Report it, and one will have a look.", path)


async def staying(viewer: Viewer) -> None:
    """Refuses whose account is to be deleted to become a member anywhere. The person's row is held from here on, so
    that no deletion is asked for meanwhile."""
    await User.select_for_update(no_key=True).get(id=viewer.id)
    if await AccountDeletion.exists(user_id=viewer.id):
        message = "Your account is to be deleted. To stay, take that back first: cancelAccountDeletion."
        raise Refused(ErrorCode.CONFLICT, message)
