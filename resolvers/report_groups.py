"""The group in which something happened that is reported: its admins may be asked to look at it."""

from uuid import UUID

from tortoise.expressions import Q

from models.base import ids_of
from models.groups import Membership
from models.matches import Match
from models.posts import Writing
from models.programs import Program
from models.users import User
from resolvers import access, text

TO_PATH = ("input", "to")
GROUP_PATH = ("input", "groupId")


async def where_it_happened(
    viewer: access.Viewer, row: User | Writing, group_id: UUID | None, *, is_needed: bool
) -> UUID | None:
    """The group of a pair's writing. Of a person: the one that was named, or that of their newest match, or the only
    one that both are members of; None if it is none of these and not needed. Raises Refused INVALID_INPUT."""
    possible = await _possible(viewer, row)
    if group_id is not None:
        if group_id not in possible:
            raise text.invalid("You two share no such group. Leave it out, or name one that you share.", GROUP_PATH)
        return group_id
    if len(possible) == 1 or (possible and await _of_matches(viewer, row)):
        return possible[0]
    if not is_needed:
        return None
    if not possible:
        raise text.invalid("You two share no group whose admins could look at it. Choose MODERATOR.", TO_PATH)
    raise text.invalid("You two share several groups. Name by groupId the one whose admins are to look.", GROUP_PATH)


async def _possible(viewer: access.Viewer, row: User | Writing) -> list[UUID]:
    """The groups that it may be, those of matches first."""
    found = await _of_matches(viewer, row)
    if isinstance(row, User):
        mine = await ids_of(Membership.filter(user_id=viewer.id), "group_id")
        found += await ids_of(Membership.filter(user_id=row.id, group_id__in=mine), "group_id")
    return list(dict.fromkeys(found))


async def _of_matches(viewer: access.Viewer, row: User | Writing) -> list[UUID]:
    """The groups of the matches of the two, or of the match in which it was written, the newest first."""
    if isinstance(row, Writing):
        which = Q(id=row.match_id)
    else:
        which = Q(mentor_id=viewer.id, mentee_id=row.id) | Q(mentor_id=row.id, mentee_id=viewer.id)
    programs = await ids_of(Match.filter(which).order_by("-id"), "program_id")
    groups = dict(await Program.filter(id__in=programs).values_list("id", "group_id"))
    return [groups[program_id] for program_id in programs]
