"""Read rights as query scopes: which rows of each model a viewer may see."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from tortoise.expressions import Q, RawSQL, Subquery
from tortoise.queryset import QuerySet

from models.base import Row
from models.blocks import Block
from models.check_ins import CheckIn
from models.enums import GroupRole, ProgramState
from models.exports import DataExport
from models.groups import Group, Membership
from models.matches import Match, StepProgress
from models.messages import Message
from models.notifications import Notification
from models.posts import Comment, Post
from models.programs import Program, ProgramStep
from models.reports import Report, ReportItem
from models.sign_ups import ShownSignUp, SignUp
from models.users import User
from resolvers.access.viewers import Viewer

R = TypeVar("R", bound=Row)


def readable_matches(viewer: Viewer) -> Q:
    """Matches whose space the viewer may read: he is one of the two, and his right was not cut."""
    return Q(mentor_id=viewer.id, mentor_reads=True) | Q(mentee_id=viewer.id, mentee_reads=True)


def _groups_of(viewer: Viewer, **more: Any) -> Subquery:
    return Subquery(Membership.filter(user_id=viewer.id, **more).values("group_id"))


def groups_of(viewer: Viewer) -> QuerySet[Group]:
    """The groups that the viewer is a member of."""
    return Group.filter(id__in=_groups_of(viewer))


def _groups_administered(viewer: Viewer) -> Subquery:
    return _groups_of(viewer, role=GroupRole.ADMIN)


def _users(viewer: Viewer) -> Q:
    together = Membership.filter(group_id__in=_groups_of(viewer)).values("user_id")
    mentors = Match.filter(mentee_id=viewer.id, mentee_reads=True).values("mentor_id")
    mentees = Match.filter(mentor_id=viewer.id, mentor_reads=True).values("mentee_id")
    return Q(id=viewer.id) | Q(id__in=Subquery(together)) | Q(id__in=Subquery(mentors)) | Q(id__in=Subquery(mentees))


def _programs(viewer: Viewer) -> Q:
    drafts_apart = Q(group_id__in=_groups_of(viewer)) & ~Q(state=ProgramState.DRAFT)
    mine = Subquery(Match.filter(readable_matches(viewer)).values("program_id"))
    return drafts_apart | Q(group_id__in=_groups_administered(viewer)) | Q(id__in=mine)


def _program_steps(viewer: Viewer) -> Q:
    return Q(program_id__in=Subquery(Program.filter(_programs(viewer)).values("id")))


def _sign_ups(viewer: Viewer) -> Q:
    administered = Program.filter(group_id__in=_groups_administered(viewer)).values("id")
    seen = Program.filter(_programs(viewer)).values("id")
    return Q(user_id=viewer.id, program_id__in=Subquery(seen)) | Q(program_id__in=Subquery(administered))


_FORMING = (ProgramState.SIGN_UP, ProgramState.MATCHING)


def _shown_sign_ups(viewer: Viewer) -> Q:
    """Those of others who agreed to be shown: for members of age, as long as pairs are to be made, and nobody with a
    block between them."""
    if not viewer.is_adult:
        return Q(id__in=[])
    gathering = Q(state__in=_FORMING) | Q(state=ProgramState.RUNNING, rolling=True)
    programs = Program.filter(gathering, group_id__in=_groups_of(viewer)).values("id")
    mine = Block.filter(blocker_id=viewer.id).values("blocked_id")
    theirs = Block.filter(blocked_id=viewer.id).values("blocker_id")
    kept_from = Q(user_id=viewer.id) | Q(user_id__in=Subquery(mine)) | Q(user_id__in=Subquery(theirs))
    return Q(program_id__in=Subquery(programs)) & ~kept_from


def _matches(viewer: Viewer) -> Q:
    administered = Program.filter(group_id__in=_groups_administered(viewer)).values("id")
    return readable_matches(viewer) | Q(program_id__in=Subquery(administered))


def _of_the_pair(viewer: Viewer) -> Q:
    if not viewer.is_adult:
        return Q(id__in=[])
    return Q(match_id__in=Subquery(Match.filter(readable_matches(viewer)).values("id")))


def _of_no_part(viewer: Viewer) -> Q:
    """Reports that are neither by nor about the viewer, and disclose nothing of a pair that he is in."""
    mine = Match.filter(Q(mentor_id=viewer.id) | Q(mentee_id=viewer.id)).values("id")
    disclosed = ReportItem.filter(match_id__in=Subquery(mine)).values("report_id")
    return ~Q(reporter_id=viewer.id) & ~Q(reported_id=viewer.id) & ~Q(id__in=Subquery(disclosed))


def _moderated(viewer: Viewer) -> Q:
    is_moderator = Subquery(User.filter(id=viewer.id).values("is_moderator"))
    return _of_no_part(viewer) & Q(for_moderators=True) & Q(for_moderators=is_moderator)


def _reports(viewer: Viewer) -> Q:
    administered = _of_no_part(viewer) & Q(for_admins=True, group_id__in=_groups_administered(viewer))
    return Q(reporter_id=viewer.id) | administered | _moderated(viewer)


def _report_items(viewer: Viewer) -> Q:
    return Q(report_id__in=Subquery(Report.filter(_reports(viewer)).values("id")))


def reports_to_moderate(viewer: Viewer) -> QuerySet[Report]:
    """The reports that this moderator may review as one; none for anybody else."""
    return Report.filter(_moderated(viewer))


_SCOPES: dict[type[Row], Callable[[Viewer], Q]] = {
    User: _users,
    Membership: lambda viewer: Q(group_id__in=_groups_of(viewer)),
    Program: _programs,
    ProgramStep: _program_steps,
    SignUp: _sign_ups,
    ShownSignUp: _shown_sign_ups,
    Match: _matches,
    StepProgress: _of_the_pair,
    Post: _of_the_pair,
    Comment: _of_the_pair,
    Notification: lambda viewer: Q(user_id=viewer.id),
    DataExport: lambda viewer: Q(user_id=viewer.id),
    Message: _of_the_pair,
    CheckIn: _of_the_pair,
    Block: lambda viewer: Q(blocker_id=viewer.id),
    Report: _reports,
    ReportItem: _report_items,
}


def visible(model: type[R], viewer: Viewer | None) -> QuerySet[R]:
    """All rows of a model that the viewer may see. Groups are for anybody (rule 13), all else for who is signed in."""
    if model is Group:
        return model.all()
    if viewer is None:
        return model.filter(id__in=[])
    return model.filter(_SCOPES[model](viewer))


def spaces_of(viewer: Viewer) -> QuerySet[Match]:
    """The matches whose space the viewer may enter, ended ones too: one of the two, not cut off, and of age."""
    return Match.filter(readable_matches(viewer)) if viewer.is_adult else Match.filter(id__in=[])


class _Each:
    """In the place of a viewer: whoever the line `want` of a statement names."""

    id = RawSQL("want.viewer")

    def __init__(self, is_adult: bool) -> None:
        self.is_adult = is_adult


@cache
def visible_to_each(model: type[Row], *, is_adult: bool) -> tuple[str, Sequence[Any]]:
    """The row `want.subject` if `want.viewer` may see it: `visible` as SQL for many viewers at once, and its values."""
    query = visible(model, cast(Viewer, _Each(is_adult))).filter(id=RawSQL("want.subject"))
    return query.sql(), query.query.get_parameterized_sql()[1]


def opens_space(viewer: Viewer | None, match: Match) -> bool:
    """Whether the viewer may enter the pair's space: one of the two, not cut off, and of age."""
    if viewer is None or not viewer.is_adult:
        return False
    return (match.mentor_id == viewer.id and match.mentor_reads) or (
        match.mentee_id == viewer.id and match.mentee_reads
    )
